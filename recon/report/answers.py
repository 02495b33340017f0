"""What a clerk wrote into the list of differences, read back: ``recon resolve --from differences-2026-02.xlsx``.

A row with a 处理结果 (Result) is an answer about the difference whose id stands in it. All answers of a workbook are
taken together or none is; what speaks against one is a :class:`Problem` with its sheet, cell, value and reason:

    sheet     cell  diff_id         value  problem
    金额不符  K3    DD1B4E1D1138E   已核   is no result; choose one of 处理中, 已解决, 已核销, 挂账
    金额不符  L4    D720F5AE470CB          has no reason
    金额不符  F5    D58AC6FA87E83   0.42   was changed; the difference is -0.24

The list may be in either language, its rows sorted, filtered, moved or deleted, its columns in any order. Amounts and
currency must be those of the store: a list made before the difference changed is not taken for one about it. An answer
that the store holds already is left as it is, so that the same file may be read again; an answer to a difference that
somebody else has decided about since the list was written is a problem.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from recon import money
from recon.differences.states import Decision, objection
from recon.errors import SourceError
from recon.report import listing
from recon.report.words import RESULTS, STATES, Pair
from recon.store import Store

HEADER_WITHIN: Final = 20
"""The captions stand in one of the first rows of a sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One row with a result or a reason, as it stands in the sheet."""

    sheet: str
    row: int
    """As the sheet counts it, 1-based."""
    columns: Mapping[str, int]
    """Field -> column (1-based); fields are id, result, reason, currency, delta, left, right, state."""
    cells: Mapping[str, str]
    """Field -> text as printed."""

    def problem(self, field: str, reason: str) -> Problem:
        """Say what is wrong with one cell of it."""
        cell = f"{get_column_letter(self.columns[field])}{self.row}"
        return Problem(self.sheet, cell, self.cells["id"], self.cells[field], reason)


@dataclass(frozen=True, slots=True)
class Problem:
    """What speaks against one answer, and in which cell."""

    sheet: str
    cell: str
    diff_id: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the answers come to: nothing is to be done while there are problems."""

    decisions: tuple[Decision, ...]
    """In the order of the workbook."""
    before: Mapping[str, str]
    """diff_id -> its state now, of the decisions."""
    unchanged: int
    """Answers that the store holds already."""
    problems: tuple[Problem, ...]


def read(path: Path) -> list[Answer]:
    """Read the answers of a workbook, by sheet and row.

    Raises SourceError when the file is no workbook, or when no sheet is a list of differences.
    """
    answers: list[Answer] = []
    lists = 0
    for name, rows in _sheets(path):
        found = _header(rows)
        if found is None:
            continue
        lists += 1
        at, columns = found
        missing = [caption for field, caption in _NEEDED.items() if field not in columns]
        if missing:
            raise SourceError(
                f'sheet "{name}" has no column {missing[0][0]} ({missing[0][1]})',
                path=str(path),
                line_no=at + 1,
                remedy="Write the list anew (recon report diffs), and answer in its own columns.",
            )
        answers += _answers(name, rows, at, columns)
    if not lists:
        raise SourceError(
            f"no sheet has a column {listing.ID[0]} ({listing.ID[1]})",
            path=str(path),
            remedy="Answer in the workbook that recon report diffs writes.",
        )
    return answers


def judge(store: Store, answers: list[Answer]) -> Judged:
    """Hold the answers to the store: what would be decided, and what speaks against it. Nothing is written."""
    known = _known(store, answers)
    decisions: dict[str, Decision] = {}
    problems: list[Problem] = []
    said: dict[str, tuple[str, str]] = {}
    unchanged = 0
    for answer in answers:
        found = _judged(answer, known.get(answer.cells["id"]))
        if isinstance(found, list):
            problems += found
            continue
        earlier = said.setdefault(found.diff_id, (found.state, found.reason))
        if earlier != (found.state, found.reason):
            problems.append(answer.problem("id", "is answered twice, in different ways"))
        elif known[found.diff_id]["state"] == found.state:
            unchanged += 1
        else:
            decisions[found.diff_id] = found
    return Judged(
        decisions=tuple(decisions.values()),
        before={diff_id: str(known[diff_id]["state"]) for diff_id in decisions},
        unchanged=unchanged,
        problems=tuple(problems),
    )


# ------------------------------------------------------------------------------------------------ the workbook

_CAPTIONS: Final[dict[str, tuple[Pair, ...]]] = {
    "id": (listing.ID,),
    "result": (listing.RESULT,),
    "reason": (listing.REASON,),
    "currency": (listing.CURRENCY,),
    "delta": (listing.DELTA,),
    "state": (listing.STATE,),
}
_NEEDED: Final[dict[str, Pair]] = {field: captions[0] for field, captions in _CAPTIONS.items()}
_FIELDS: Final = {word: field for field, captions in _CAPTIONS.items() for pair in captions for word in pair}
_STATES: Final = {word: state for state, pair in STATES.items() for word in (*pair, state)}


def _sheets(path: Path) -> Iterator[tuple[str, list[list[Any]]]]:
    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            for name in book.sheet_names:
                yield name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise SourceError(
            f"the workbook cannot be opened ({error})",
            path=str(path),
            remedy="Close it in Excel and save it as .xlsx, without a password.",
        ) from None


def _header(rows: list[list[Any]]) -> tuple[int, dict[str, int]] | None:
    """Index of the row of captions and its fields' columns; None when the sheet is no list of differences."""
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        captions = [_text(cell) for cell in row]
        columns = {_FIELDS[caption]: place for place, caption in enumerate(captions, 1) if caption in _FIELDS}
        if "id" in columns:
            places = {caption: place for place, caption in enumerate(captions, 1)}
            for left, right in (names for pair in listing.AMOUNTS for names in zip(*pair, strict=True)):
                if left in places and right in places:
                    columns |= {"left": places[left], "right": places[right]}
            return at, columns
    return None


def _answers(name: str, rows: list[list[Any]], at: int, columns: dict[str, int]) -> Iterator[Answer]:
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {field: _text(row[place - 1]) if place <= len(row) else "" for field, place in columns.items()}
        if cells["result"] or cells["reason"]:
            yield Answer(sheet=name, row=number, columns=columns, cells=cells)


def _text(value: object) -> str:
    return money.cell_text(value).strip()


# ------------------------------------------------------------------------------------------------ the judgement


def _known(store: Store, answers: list[Answer]) -> dict[str, dict[str, Any]]:
    ids = pl.DataFrame({"diff_id": sorted({answer.cells["id"] for answer in answers})}, schema={"diff_id": pl.String})
    with store.shown("answer", ids):
        rows = store.frame(
            "SELECT d.diff_id, d.state, d.currency, d.delta_minor, d.left_minor, d.right_minor "
            "FROM diff.difference AS d JOIN answer AS a USING (diff_id)"
        )
    return {row["diff_id"]: row for row in rows.iter_rows(named=True)}


def _judged(answer: Answer, known: dict[str, Any] | None) -> Decision | list[Problem]:
    """Return what the answer decides, or everything that speaks against it."""
    cells = answer.cells
    if known is None:
        return [answer.problem("id", "is no difference of this workspace" if cells["id"] else "is blank")]
    problems = _changed(answer, known)
    wanted = _STATES.get(cells["result"].casefold()) or _STATES.get(cells["result"])
    if not cells["result"]:
        problems.append(answer.problem("result", "is blank, and a reason is given"))
    elif wanted not in RESULTS:
        words = ", ".join(STATES[state][0] for state in RESULTS)
        problems.append(answer.problem("result", f"is no result; choose one of {words}"))
    elif not cells["reason"]:
        problems.append(answer.problem("reason", "is blank; a change of state needs a reason"))
    if problems or wanted is None:
        return problems
    before, printed = str(known["state"]), _STATES.get(cells["state"])
    if before != wanted:
        if printed != before:
            reason = f"is not its state any more: it is {before} since; write the list anew"
            return [answer.problem("state", reason)]
        if against := objection(before, wanted):
            return [answer.problem("result", against)]
    return Decision(diff_id=cells["id"], state=wanted, reason=cells["reason"])


def _changed(answer: Answer, known: dict[str, Any]) -> list[Problem]:
    """Problems of the cells that are not what the store has."""
    currency = str(known["currency"])
    if answer.cells["currency"] != currency:
        return [answer.problem("currency", f"was changed; the currency is {currency}")]
    problems = []
    for field in ("delta", "left", "right"):
        if field in answer.columns:
            stored = known[f"{field}_minor"]
            if _minor(answer.cells[field], currency) != (stored, True):
                shown = money.show(stored, currency) or "blank"
                problems.append(answer.problem(field, f"was changed; the amount is {shown}"))
    return problems


def _minor(text: str, currency: str) -> tuple[int | None, bool]:
    """Minor units (None: blank), and whether the text is an amount at all."""
    if not text:
        return None, True
    try:
        return money.parse(text, currency), True
    except money.MoneyError:
        return None, False
