"""The proposal: a column mapping for one file, with the reason for each part, and what only a person can say.

    proposal = propose(piece, Answers(), settings)
    proposal.questions      what is open: the date order that nothing proves, a word that nobody knows
    propose(piece, Answers(date_order="D/M/Y"), settings)       the same, with an answer

Nothing is open: ``proposal.mapping`` can be written, and ``proposal.reading`` is what it reads of the file.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, cast

import polars as pl

from recon.errors import SourceError, UsageError
from recon.sources.learning import proving, wording
from recon.sources.learning.aliases import bare_name
from recon.sources.learning.assigning import Confidence, Part, assign
from recon.sources.learning.finding import Found, find
from recon.sources.learning.profiles import Profile, profile
from recon.sources.mapped import DIFFERS, REPEATS, MappedSource
from recon.sources.mapping import TEMPLATES, ColumnMapping, columns_of, problems
from recon.sources.piece import Piece
from recon.sources.printed_forms import MARKS, ORDERS, DateOrder, DecimalMark
from recon.sources.source import Reading, Settings
from recon.sources.table import normal
from recon.sources.template import Holds

_SIGNATURES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "vouchers": (("account_code",),),
    "shipments": (("waybill_no",), ("signed_at", "confirmed_at", "outbound_at")),
    "bank": (("balance", "money_in", "counterparty", "direction"),),
    "channel": (("fee", "net", "batch_no", "settled_on"),),
    "orders": (("order_no",),),
    "rates": (("rate",), ("currency",)),
}
"""What makes a file one of a template: one column of each group. The templates in the order of preference."""
_CLEAR: Final = 0.8
_CLOCK: Final = r"^\d{1,2}:\d{2}(:\d{2})?$"
_PREFIXES: Final = ("凭证字", "凭证类别字", "凭证类别", "字", "voucher type", "journal type")
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person has said. Blank, or None, is what is to be found out."""

    template: str = ""
    name: str = ""
    title: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    date_order: str = ""
    decimal_mark: str = ""
    zone: str = ""
    once: str | None = None
    totals: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the mapping: what it is, where it comes from, how sure, why, and how its cells look."""

    part: str
    value: str
    confidence: str
    because: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say. ``about``: ``date_order``, ``columns.amount``, ``words.status:Odd`` ..."""

    about: str
    text: str
    choices: tuple[str, ...]
    option: str
    """How it is said on the command line: ``--date-order``, ``--word status:Odd=``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A mapping, the reasons for it, and what is still open."""

    mapping: ColumnMapping
    reasons: tuple[Reason, ...]
    unused: tuple[str, ...]
    """Headers that play no part; they are kept in raw."""
    questions: tuple[Question, ...]
    reading: Reading | None = None
    """What the mapping reads of the file; None while questions are open."""
    header_line: int = 0


def propose(piece: Piece, answers: Answers, settings: Settings) -> Proposal:
    """Propose a mapping for the file.

    Raises SourceError when the file has no table, or shows dates or amounts in two ways; UsageError for an answer that
    names what is not there.
    """
    found = find(piece)
    profiles = {name: profile(found.records[name]) for name in found.headers}
    answers = _checked(answers, found)
    template, close = _template(answers, profiles)
    draft = _Draft(piece, found, profiles, answers, template, settings.base_currency)
    questions = list(draft.questions())
    if close:
        first = f"the file could be {' or '.join(close)}"
        questions.insert(0, Question("template", first, close, "--template"))
    mapping = draft.mapping()
    if not questions:
        mapping = draft.with_lines(mapping, settings)
    reading = None if questions else MappedSource(mapping).read(piece, settings)
    used = {normal(header) for headers in mapping.columns.values() for header in headers}
    return Proposal(
        mapping=mapping,
        reasons=tuple(draft.reasons),
        unused=tuple(name for name in found.headers if name not in used),
        questions=tuple(questions),
        reading=reading,
        header_line=found.table.header_line,
    )


def _checked(answers: Answers, found: Found) -> Answers:
    """Answers with headers as they stand in the file. Raises UsageError for what is not there."""
    if answers.template and answers.template not in TEMPLATES:
        raise UsageError(
            f'there is no template "{answers.template}"',
            place="--template",
            remedy=f"There are: {', '.join(TEMPLATES)}",
        )
    columns: dict[str, tuple[str, ...]] = {}
    for name, headers in answers.columns.items():
        missing = [header for header in headers if normal(header) not in found.headers]
        if missing:
            raise UsageError(
                f'the file has no column "{missing[0]}"',
                place="--column",
                remedy=f"Its columns are: {', '.join(found.headers)}",
            )
        columns[name] = tuple(normal(header) for header in headers)
    return dataclasses.replace(answers, columns=columns)


def _template(answers: Answers, profiles: Mapping[str, Profile]) -> tuple[str, tuple[str, ...]]:
    """The template that the headers fit best, and those that fit nearly as well (a question), if there are any."""
    if answers.template:
        return answers.template, ()
    scores: dict[str, float] = {}
    for template, groups in _SIGNATURES.items():
        known = columns_of(template)
        told = {name: headers for name, headers in answers.columns.items() if name in known}
        parts = assign(template, profiles, [*told, *(header for headers in told.values() for header in headers)])
        have = {*parts, *told}
        if all(have & set(group) for group in groups):
            missing = len(TEMPLATES[template].lacks({*have, "record", "status", "channel", "kind"}))
            scores[template] = sum(part.score for part in parts.values()) + len(told) - 2 * missing
    if not scores:
        return "orders", tuple(TEMPLATES)
    best = max(scores, key=lambda name: scores[name])
    close = tuple(name for name, score in scores.items() if score > _CLEAR * scores[best])
    return best, close if len(close) > 1 else ()


class _Draft:
    """One mapping in the making."""

    def __init__(
        self, piece: Piece, found: Found, profiles: Mapping[str, Profile], answers: Answers, template: str, base: str
    ) -> None:
        self.piece, self.found, self.profiles, self.answers, self.template = piece, found, profiles, answers, template
        self.base_currency = base
        self.known = columns_of(template)
        self.reasons: list[Reason] = []
        self.headers: dict[str, tuple[str, ...]] = {}
        self.words: dict[str, dict[str, str]] = {}
        self.unknown: dict[str, tuple[str, ...]] = {}
        self.constants: dict[str, str] = {}
        self._columns()
        self._words()
        self._constants()
        dated = self._cells(Holds.TIME, Holds.DAY)
        self.order = proving.date_order(dated, found.records["line_no"])
        self.mark = proving.decimal_mark(self._cells(Holds.AMOUNT, Holds.RATE), found.records["line_no"])

    # -- columns -------------------------------------------------------------------------------------------------------

    def _columns(self) -> None:
        told = {name: headers for name, headers in self.answers.columns.items() if headers}
        taken = [*self.answers.columns, *(header for headers in told.values() for header in headers)]
        parts = assign(self.template, self.profiles, taken)
        parts |= {name: Part(headers[0], Confidence.TOLD, "you said so") for name, headers in told.items()}
        for name in self.known:
            if name not in parts:
                continue
            part = parts[name]
            headers = told.get(name) or self._joined(name, part.header, parts)
            self.headers[name] = headers
            examples = self.found.records[headers[0]].filter(self.found.records[headers[0]].str.strip_chars() != "")
            shown = tuple(text.strip() for text in examples.unique(maintain_order=True).head(_SHOWN))
            self.reasons.append(Reason(name, " + ".join(headers), part.confidence, part.because, shown))

    def _joined(self, name: str, header: str, parts: Mapping[str, Part]) -> tuple[str, ...]:
        """The header, and those that belong to it: the time beside a date, the word before a voucher's number."""
        free = [other for other in self.found.headers if other not in {part.header for part in parts.values()}]
        if self.known[name].holds is Holds.TIME and not self.profiles[header].timed:
            clocks = [other for other in free if self._all(other, _CLOCK)]
            if len(clocks) == 1:
                return (header, clocks[0])
        if name == "voucher_no" and self._all(header, r"^\d{1,6}$"):
            words = [other for other in free if bare_name(other) in {bare_name(prefix) for prefix in _PREFIXES}]
            if len(words) == 1:
                return (words[0], header)
        return (header,)

    def _all(self, header: str, form: str) -> bool:
        cells = self.found.records[header].str.strip_chars()
        filled = cells.filter(cells != "")
        return filled.len() > 0 and bool(filled.str.contains(form).all())

    def _cells(self, *holds: Holds) -> list[tuple[str, pl.Series]]:
        """Headers and cells of the mapped columns of some kinds; the time beside a date is left out."""
        return [
            (headers[0], self.found.records[headers[0]])
            for name, headers in self.headers.items()
            if self.known[name].holds in holds
        ]

    # -- words and constants -------------------------------------------------------------------------------------------

    def _words(self) -> None:
        for name, headers in self.headers.items():
            if self.known[name].holds is not Holds.WORD:
                continue
            told = self.answers.words.get(name, {})
            found = wording.words(self.template, self.known[name], self.profiles[headers[0]], told)
            self.unknown[name] = found.unknown
            if found.known:
                self.words[name] = found.known
                shown = ", ".join(f"{word} = {target or '(none)'}" for word, target in found.known.items())
                self.reasons.append(Reason(f"words of {name}", headers[0], "", shown))

    def _constants(self) -> None:
        single = {name: headers[0] for name, headers in self.headers.items()}
        heading = unicodedata.normalize("NFKC", "\n".join(self.found.table.before))
        for name, value, why in wording.constants(self.template, single, self.profiles, self.found.records, heading):
            if name not in self.answers.constants:
                self.constants[name] = value
                self.reasons.append(Reason(name, f'"{value}"', "constant", why))
        if self.template in ("orders", "channel") and "currency" not in {
            *self.headers,
            *self.constants,
            *self.answers.constants,
        }:
            why = "nothing in the file names another: if it is, say --constant currency=..."
            self.reasons.append(Reason("currency", f"{self.base_currency}, the workspace's", "assumed", why))
        for name, value in self.answers.constants.items():
            self.constants[name] = value
            self.reasons.append(Reason(name, f'"{value}"', Confidence.TOLD, "you said so"))

    # -- what is open --------------------------------------------------------------------------------------------------

    def questions(self) -> Iterator[Question]:
        """Yield what the file does not prove and nobody has said. Raises SourceError for a file that shows two ways."""
        yield from self._missing()
        for name, words in self.unknown.items():
            column = self.known[name]
            choices = (*dict.fromkeys(column.words.values()), "skip")
            choices = (*choices, "refunded") if (self.template, name) == ("orders", "status") else choices
            for word in words:
                yield Question(
                    f"words.{name}:{word}",
                    f'what does "{word}" mean in the column {" + ".join(self.headers[name])}',
                    choices,
                    f'--word "{name}:{word}=..."',
                )
        yield from self._proved("date_order", self.answers.date_order, self.order, ORDERS[1:], "--date-order")
        yield from self._proved("decimal_mark", self.answers.decimal_mark, self.mark, MARKS, "--decimal-mark")

    def _missing(self) -> Iterator[Question]:
        free = tuple(name for name in self.found.headers if name not in {h for hs in self.headers.values() for h in hs})
        have = {*self.headers, *self.constants}
        if self.template == "vouchers" and {"amount", "direction"} <= have:
            have |= {"debit", "credit"}
        if self.template == "shipments":
            have |= {"signed_at", "waybill_no"}
        for name in TEMPLATES[self.template].lacks(have):
            column = self.known[name]
            if column.holds is Holds.WORD:
                words = tuple(dict.fromkeys(column.words.values()))
                text = f"no column says the {name} ({column.caption}): what holds for all lines"
                yield Question(f"constants.{name}", text, words, f"--constant {name}=...")
            else:
                text = f"which column is {name} ({column.caption})"
                yield Question(f"columns.{name}", text, free, f'--column "{name}=..."')
        if self.template == "bank" and "currency" not in have:
            text = "the statement names no currency: which one is it in"
            yield Question("constants.currency", text, (), "--constant currency=...")

    def _proved(
        self, about: str, told: str, proof: proving.Proof, choices: Sequence[str], option: str
    ) -> Iterator[Question]:
        what = "order of day and month" if about == "date_order" else "decimal mark"
        if told:
            if told not in (*choices, proof.value):
                raise UsageError(f'"{told}" is none', place=option, remedy=f"One of: {', '.join(choices)}")
            if proof.value and proof.value not in (told, "Y-M-D") and "either would do" not in proof.because:
                raise SourceError(f"the {what} is {proof.value}, not {told}: {proof.because}", path=self.piece.name)
            self.reasons.append(Reason(about, told, Confidence.TOLD, "you said so"))
        elif proof.contradicts:
            raise SourceError(
                f"the file shows its dates or amounts in two ways, so that none can be believed ({what})",
                path=self.piece.name,
                excerpt=proof.because.replace("; ", "\n"),
                remedy="A spreadsheet may have rewritten some cells: export the file again and do not open it in one.",
            )
        elif proof.value:
            self.reasons.append(Reason(about, proof.value, "proved", proof.because))
        else:
            yield Question(about, f"which {what} does the file have: {proof.because}", tuple(choices), option)

    # -- the mapping ---------------------------------------------------------------------------------------------------

    def mapping(self) -> ColumnMapping:
        """The mapping as far as columns, words, constants and forms go."""
        totals = self.found.totals if self.answers.totals is None else self.answers.totals
        return ColumnMapping(
            name=self.answers.name or _name(self.piece.name, self.template),
            title=self.answers.title,
            template=self.template,
            columns=self.headers,
            constants=self.constants,
            words=self.words,
            date_order=cast("DateOrder", self.answers.date_order or self.order.value or "Y-M-D"),
            decimal_mark=cast("DecimalMark", self.answers.decimal_mark or self.mark.value or "."),
            zone=self.answers.zone,
            totals=totals,
        )

    def with_lines(self, mapping: ColumnMapping, settings: Settings) -> ColumnMapping:
        """The mapping that also knows how lines belong together: merged cells, several lines an order."""
        if wrong := next(problems(mapping), None):
            place = f"{wrong.table}.{wrong.key}".strip(".")
            raise UsageError(f"{place} {wrong.explanation}".strip(), remedy=wrong.remedy)
        key = {"orders": "order_no", "vouchers": "voucher_no"}.get(self.template, "")
        if not key or key not in self.headers:
            return mapping
        gaps = self.profiles[self.headers[key][-1]].blank
        if gaps:
            filled = tuple(
                name
                for name in (key, "voucher_date", "period")
                if name in self.headers and self.profiles[self.headers[name][-1]].blank == gaps
            )
            mapping = dataclasses.replace(mapping, fill_down=filled)
            self.reasons.append(Reason("fill_down", ", ".join(filled), "likely", f"{gaps} cells below one are blank"))
        if mapping.totals:
            self.reasons.append(Reason("totals", mapping.totals, "likely", "the last lines begin with it"))
        return self._of_orders(mapping, settings) if self.template == "orders" else mapping

    def _of_orders(self, mapping: ColumnMapping, settings: Settings) -> ColumnMapping:
        if self.answers.once is not None:
            return dataclasses.replace(mapping, once=self.answers.once)
        payments = MappedSource(mapping).read(self.piece, settings).txns
        twice = 0
        if payments is not None:
            paid = payments.filter(pl.col("kind") == "payment")
            twice = paid.height - paid.select("native_id").n_unique()
        if not twice and "order_no" not in mapping.fill_down:
            return mapping
        single = dataclasses.replace(mapping, once="order_no")
        reading = MappedSource(single).read(self.piece, settings)
        repeats = reading.excluded.filter(pl.col("reason") == REPEATS).height
        contrary = reading.rejects.filter(pl.col("reason") == DIFFERS).height
        if repeats and not contrary:
            why = f"{repeats} further lines of an order repeat its amount, or print none"
            self.reasons.append(Reason("once", "order_no", "likely", why))
            return single
        if item := self._item(payments):
            self.reasons.append(Reason("sub_order_no", item, "likely", "it tells the lines of one order apart"))
            return dataclasses.replace(mapping, columns=dict(mapping.columns) | {"sub_order_no": (item,)})
        why = f"{twice} payments have an order number that stood before: they will be told as entered twice"
        self.reasons.append(Reason("order_no", " + ".join(self.headers["order_no"]), "mind", why))
        return mapping

    def _item(self, payments: pl.DataFrame | None) -> str:
        """Header that tells the lines of an order apart, ``""`` when none does or the mapping has one."""
        if payments is None or "sub_order_no" in self.headers:
            return ""
        used = {header for headers in self.headers.values() for header in headers}
        lines = self.found.records.filter(pl.col("line_no").is_in(payments["line_no"].implode()))
        numbers = payments.select("line_no", "order_no").unique("line_no")
        lines = lines.join(numbers, on="line_no")
        for header in self.found.headers:
            found = self.profiles[header]
            if header in used or found.blank or found.decimals:
                continue
            if lines.select("order_no", header).n_unique() == lines.height and found.numbers > 0:
                return header
        return ""


def _name(path: str, template: str) -> str:
    """Name of the mapping from that of the file, without its dates and numbers: ``erp_export``."""
    stem = PurePosixPath(path.rpartition("!/")[2] or path).stem.casefold()
    words = re.findall(r"[a-z]+", re.sub(r"\d+", " ", stem))
    return "_".join(words)[:40] or f"own_{template}"
