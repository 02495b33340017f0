"""``sources learn``: a table that no format knows becomes a column mapping in recon.toml.

The proposal is shown part by part with its reasons, then what it would read of the file. What the file does not prove
is asked on a terminal; elsewhere it is an error that names the option to say it with. Nothing is written without a
yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import printing
from recon.cli.session import Session, one_of
from recon.errors import SourceError, UsageError

if TYPE_CHECKING:
    from recon.sources import Reading
    from recon.sources.learning import Answers, Proposal, Question
    from recon.sources.piece import Piece

_ROWS = 5
_REJECTS = 3
_TXN = (
    "line_no", "kind", "status", "channel", "order_no", "merchant_no", "channel_txn_no", "account", "amount",
    "fee", "currency", "time", "day", "counterparty", "memo",
)  # fmt: skip


def learn(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or workbook, or a zip with one.")],
    template: Annotated[
        str, typer.Option("--template", help="What it is: orders, vouchers, shipments, rates, bank, channel.")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="Name of the mapping; else made from the file's name.")] = "",
    title: Annotated[str, typer.Option("--title", help="What people call the file.")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="COLUMN=HEADER",
            help="Which header is a column. Twice: the two are joined. Blank: none is.",
        ),
    ] = None,
    constant: Annotated[
        list[str] | None,
        typer.Option(
            "--constant", metavar="COLUMN=VALUE", help="What holds for all lines: currency=EUR, status=success."
        ),
    ] = None,
    word: Annotated[
        list[str] | None,
        typer.Option(
            "--word", metavar="COLUMN:WORD=WORD", help='What a word means: "status:On hold=pending"; skip: left out.'
        ),
    ] = None,
    date_order: Annotated[
        str, typer.Option("--date-order", help="D/M/Y or M/D/Y, where the file does not prove it.")
    ] = "",
    decimal_mark: Annotated[
        str, typer.Option("--decimal-mark", help='"." or ",", where the file does not prove it.')
    ] = "",
    zone: Annotated[str, typer.Option("--zone", help="Zone of its times; else the workspace's.")] = "",
    once: Annotated[
        str | None,
        typer.Option("--once", metavar="COLUMN", help='Lines with the same number are one record; "": they are not.'),
    ] = None,
    totals: Annotated[
        str | None, typer.Option("--totals", metavar="WORD", help='Word that lines of totals begin with; "": none.')
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write it without asking.")] = False,
    again: Annotated[bool, typer.Option("--replace", help="Replace the mapping that has this name.")] = False,
) -> None:
    """Learn an unknown table: propose a column mapping, show what it reads, write it into recon.toml after a yes."""
    from recon.config import FILE, add_mapping
    from recon.sources.learning import Answers, propose

    settings = session.config.ingest.sources
    piece = _only(file, session.config.ingest.max_file_bytes)
    answers = Answers(
        template=template,
        name=name,
        title=title,
        columns=_columns(column or ()),
        constants=_pairs("--constant", constant or ()),
        words=_words(word or ()),
        date_order=date_order,
        decimal_mark=decimal_mark,
        zone=zone,
        once=once,
        totals=totals,
    )
    _refuse_known(session, piece, name, again=again)
    proposal = propose(piece, answers, settings)
    while proposal.questions:
        if not printing.is_answered():
            _show_parts(session, proposal)
            raise _open(piece, proposal.questions)
        answers = _asked(answers, proposal.questions[0])
        proposal = propose(piece, answers, settings)
    proposal = _named(session, proposal, again=again)
    _show_parts(session, proposal)
    _show_reading(session, proposal)
    _show_toml(proposal)
    if not yes and not (
        printing.is_answered() and typer.confirm(f"Write this into {session.folder / FILE}?", err=True)
    ):
        session.say("nothing was written; --yes writes it")
        return
    add_mapping(session.folder, proposal.mapping)
    printing.text(f"{proposal.mapping.name}: written. Load the file: recon ingest {file}")


# -- what was said -----------------------------------------------------------------------------------------------------


def _only(file: Path, limit: int) -> Piece:
    """The one table in the file. Raises SourceError for a folder, and for an archive of several files."""
    from recon.ingest.opening import opened

    found = list(opened([file], max_file_bytes=limit)) if not file.is_dir() else []
    if len(found) != 1:
        inside = ", ".join(item.name for item in found if not isinstance(item, SourceError))
        raise SourceError(
            "one file is learnt at a time",
            path=file.as_posix(),
            excerpt=inside,
            remedy="Name one table; unpack an archive of several.",
        )
    (piece,) = found
    if isinstance(piece, SourceError):
        raise piece
    return piece


def _pairs(option: str, said: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in said:
        left, equals, right = text.partition("=")
        if not (left and equals):
            raise UsageError(f'"{text}" is not of the form NAME=VALUE', place=option)
        pairs[left.strip()] = right.strip()
    return pairs


def _columns(said: Sequence[str]) -> dict[str, tuple[str, ...]]:
    columns: dict[str, tuple[str, ...]] = {}
    for text in said:
        ((name, header),) = _pairs("--column", [text]).items()
        columns[name] = (*columns.get(name, ()), header) if header else ()
    return columns


def _words(said: Sequence[str]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for text in said:
        left, equals, target = text.rpartition("=")
        name, colon, printed = left.partition(":")
        if not (equals and colon and name):
            raise UsageError(f'"{text}" is not of the form COLUMN:WORD=WORD', place="--word")
        words.setdefault(name.strip(), {})[printed.strip()] = target.strip()
    return words


def _refuse_known(session: Session, piece: Piece, name: str, *, again: bool) -> None:
    """Raise UsageError for a file that a format, or another mapping, reads already."""
    from recon.sources import known

    for source in known(session.config.ingest.sources.mappings):
        own = source.raw_table.startswith("mapped.")
        if source.identify(piece) and not (own and again and name in ("", source.name)):
            raise UsageError(
                f"the file is known already: it is read as {source.name} ({source.title})",
                place=piece.name,
                remedy=f"Load it: recon ingest FILE. Or change the mapping: --replace --name {source.name}"
                if own
                else f"Load it: recon ingest FILE. What it becomes: recon sources show {source.name}",
            )


def _named(session: Session, proposal: Proposal, *, again: bool) -> Proposal:
    """The proposal with a name that is free, or that is to be replaced."""
    from recon.sources import discover

    own = [mapping.name for mapping in session.config.ingest.sources.mappings]
    formats = [source.name for source in discover()]
    name = proposal.mapping.name
    if name in own and not again:
        raise UsageError(
            f"there is a mapping {name} already",
            place="--name",
            remedy=f"Give this one another name, or replace that one: --replace --name {name}",
        )
    if name in formats:
        name = f"own_{name}"
    return replace(proposal, mapping=replace(proposal.mapping, name=name))


# -- questions ---------------------------------------------------------------------------------------------------------


def _open(piece: Piece, questions: Sequence[Question]) -> UsageError:
    said = "\n".join(f"{question.option}: {question.text}" for question in questions)
    return UsageError(
        "the file does not say all that must be known",
        place=piece.name,
        excerpt=said,
        remedy="Say it with these options, or run the command on a terminal and be asked.",
    )


def _asked(answers: Answers, question: Question) -> Answers:
    """Ask one question on the terminal; return the answers with this one."""
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    said = str(typer.prompt(f"{question.text}{choices}?", err=True)).strip()
    if question.choices and said not in question.choices:
        one_of(question.text, said, question.choices)
    kind, _, rest = question.about.partition(".")
    if kind == "columns":
        return replace(answers, columns=dict(answers.columns) | {rest: (said,)})
    if kind == "constants":
        return replace(answers, constants=dict(answers.constants) | {rest: said})
    if kind == "words":
        name, _, printed = rest.partition(":")
        words = {key: dict(value) for key, value in answers.words.items()}
        words.setdefault(name, {})[printed] = said
        return replace(answers, words=words)
    return replace(answers, **{question.about: said})  # type: ignore[arg-type]  # template, date_order, decimal_mark


# -- what is shown -----------------------------------------------------------------------------------------------------


def _show_parts(session: Session, proposal: Proposal) -> None:
    mapping = proposal.mapping
    printing.text(f"{mapping.name}: {mapping.template}; the header stands in line {proposal.header_line}")
    rows = [
        (
            reason.part,
            reason.value,
            reason.confidence,
            reason.because,
            " | ".join(_masked(session, reason.part, text) for text in reason.examples),
        )
        for reason in proposal.reasons
    ]
    printing.drawn(("part", "header or value", "how sure", "because", "for example"), rows)
    if proposal.unused:
        printing.text(f"kept in raw, and used for nothing: {', '.join(proposal.unused)}")


def _masked(session: Session, column: str, text: str) -> str:
    """A cell of one column as it may be shown."""
    from recon.privacy import mask_name, mask_text

    if session.config.report.show_personal_data:
        return text
    return mask_name(text) if column == "receiver_name" else mask_text(text)


def _show_reading(session: Session, proposal: Proposal) -> None:
    """Counts, first rows, sums, and the first lines that could not be read."""
    reading = proposal.reading
    assert reading is not None  # noqa: S101 - no question is open
    from recon.ingest.writing import counted

    counts = counted(proposal.mapping.name, reading)
    printing.text()
    fates = f"{counts.canon} records, {counts.excluded} excluded, {counts.rejected} rejected"
    printing.text(f"it would read {counts.raw} lines: {fates}")
    _show_rows(session, reading)
    for reason, number in reading.excluded["reason"].value_counts(sort=True).iter_rows():
        printing.text(f"excluded, {number}: {reason}")
    for line_no, column, value, reason in reading.rejects.head(_REJECTS).iter_rows():
        printing.text(f'rejected, line {line_no}: {column} "{value}" {reason}')
    for control in reading.controls:
        verdict = "agrees" if control.ok else f"does not agree: computed {control.computed}"
        printing.text(f"{control.name}: printed {control.printed}, {verdict}")


def _show_rows(session: Session, reading: Reading) -> None:
    frames = (reading.txns, reading.vouchers, reading.shipments, reading.rates)
    frame = next((frame for frame in frames if frame is not None), None)
    if frame is None or not frame.height:
        return
    shown = _readable(session, reading) if reading.txns is not None else frame.head(_ROWS).to_dicts()
    names = [name for name in shown[0] if any(row[name] not in ("", None) for row in shown)]
    cells = [["" if row[name] is None else _masked(session, name, str(row[name])) for name in names] for row in shown]
    printing.drawn(names, cells)
    if reading.txns is not None:
        import polars as pl

        from recon.money import show

        sums = reading.txns.group_by("kind", "status", "currency").agg(pl.len(), pl.col("amount_minor").sum())
        for kind, status, currency, number, minor in sums.sort("kind", "status", "currency").iter_rows():
            printing.text(f"{number} {kind}, {status}: {show(minor, currency, grouped=True)} {currency}".rstrip())


def _readable(session: Session, reading: Reading) -> list[dict[str, object]]:
    """First transactions with money as decimals and times in the workspace's zone."""
    from recon.model import TXN, shaped
    from recon.money import show
    from recon.times import show_moment

    assert reading.txns is not None  # noqa: S101 - asked before
    zone = session.config.workspace.zone
    rows: list[dict[str, object]] = []
    for row in shaped(reading.txns.head(_ROWS), TXN).iter_rows(named=True):
        row |= {
            "amount": show(row["amount_minor"], row["currency"]),
            "fee": show(row["fee_minor"], row["currency"]),
            "time": show_moment(row["occurred_s"], zone),
            "day": str(row["business_date"]),
        }
        rows.append({name: row[name] for name in _TXN})
    return rows


def _show_toml(proposal: Proposal) -> None:
    from recon.config import rendered

    printing.text()
    for line in rendered(proposal.mapping).splitlines():
        printing.text(line)
    printing.text()
