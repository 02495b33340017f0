"""Column mappings: a file of your own (an in-house system, a shop plugin, another bank), described in recon.toml.

    [sources.mapping.woo]                          # its name in recon sources, and of its raw table
    template = "orders"                            # orders | vouchers | shipments | rates | bank | channel
    date_order = "D/M/Y"                           # order in dates like 3/2/2026; Y-M-D when not said
    decimal_mark = ","                             # decimal mark of amounts; "." when not said
    zone = "Europe/Berlin"                         # of times that carry none; the workspace's when not said
    once = "order_no"                              # several lines an order, each with the order's own amount
    fill_down = ["order_no"]                       # blank cells repeat the one above (merged cells)
    totals = "Total"                               # lines that begin with this word are totals, no records
    lacks = ["Item Cost"]                          # a header with one of these is another file

    [sources.mapping.woo.columns]                  # column of the template = header of the file, or several of them
    order_no = "Order Number"
    occurred_at = ["Order Date", "Order Time"]
    amount = "Order Total Amount"
    status = "Order Status"

    [sources.mapping.woo.constants]                # what the file does not say; with a column: what a blank cell means
    record = "payment"
    currency = "EUR"

    [sources.mapping.woo.words.status]             # words of the file = word of the template
    "Completed" = "success"
    "On hold" = "pending"
    "Draft" = "skip"                               # these lines are left out

``recon sources learn FILE`` proposes all this and writes it. A file is read through a mapping when its header has all
the names under ``columns`` and none of ``lacks``; where the header stands, what separates the cells (comma, tab,
semicolon, a workbook) and the encoding are found out. What comes out is what the template says (``recon sources show
orders``); raw rows are kept as printed.

- Of the templates, ``bank`` (a bank statement) and ``channel`` (a bill of a payment channel) exist for mappings alone:
  ``recon sources show bank``.
- Dates are read in one order, or without choice: a year in front, a month as a word. 24 or 12 hours; a zone behind the
  time counts. A date that does not fit is a reject.
- Amounts may carry currency marks, thousands marks, brackets or a minus behind; the decimal mark is the one said.
- Words are compared without regard to case; a word that is neither named nor the template's own is a reject. An empty
  target (``"Cash" = ""``) leaves the cell blank.
- Several headers of one column are joined: date and time with a blank, numbers with ``-``, texts with `` | ``.

orders, besides its own columns: ``refund_amount`` (and ``refunded_at``): what went back of the order on this line; it
becomes a refund row of its own, on the day of the payment where no other is printed. ``record = "sign"`` as a constant:
negative amounts are refunds. ``"refunded"`` as a status: paid, and all of it went back. A closed order of which
money went back had been paid. With ``once`` the further lines of an order are left out when they say the same or
nothing, and are rejects when they say something else.

vouchers, besides its own: ``amount`` and ``direction`` (words ``debit`` and ``credit``) instead of two columns.

A line of totals (``totals``) that prints an amount below a mapped column is a control: all lines must add up to it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from recon.sources import bank_lines, bill_lines
from recon.sources.bank_lines import BankLines
from recon.sources.bill_lines import BillLines
from recon.sources.orders import Orders
from recon.sources.printed_forms import DateOrder, DecimalMark
from recon.sources.rates import Rates
from recon.sources.shipments import Shipments
from recon.sources.template import Column, Holds, Records
from recon.sources.vouchers import Vouchers

TEMPLATES: Final[Mapping[str, Records]] = {
    template.name: template for template in (Orders(), Vouchers(), Shipments(), Rates(), BankLines(), BillLines())
}
SKIP: Final = "skip"
REFUNDED: Final = "refunded"
BY_SIGN: Final = "sign"
EXTRA: Final[Mapping[str, tuple[Column, ...]]] = {
    "orders": (Column("refund_amount", "退款金额", Holds.AMOUNT), Column("refunded_at", "退款时间", Holds.TIME)),
    "vouchers": (
        Column("amount", "金额", Holds.AMOUNT),
        Column("direction", "借贷方向", Holds.WORD, words={"debit": "debit", "credit": "credit"}),
    ),
}
"""Columns that only mappings have."""
MANUALS: Final[Mapping[str, str]] = {
    "mapping": inspect.cleandoc(__doc__),
    **{
        name: inspect.cleandoc(module.__doc__ or "") for name, module in (("bank", bank_lines), ("channel", bill_lines))
    },
}
"""What ``recon sources show`` says of mappings, and of the templates that exist for them alone."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """One ``[sources.mapping.NAME]`` of recon.toml. Headers are compared after ``table.normal``."""

    name: str
    template: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    title: str = ""
    date_order: DateOrder = "Y-M-D"
    decimal_mark: DecimalMark = "."
    zone: str = ""
    once: str = ""
    fill_down: tuple[str, ...] = ()
    totals: str = ""
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a mapping: where (``columns``, ``words.status``, ``""`` = its own keys), which key, why."""

    table: str
    key: str
    explanation: str
    remedy: str = ""


def columns_of(template: str) -> dict[str, Column]:
    """Return the columns that a mapping to this template may name, by name."""
    return {column.name: column for column in (*TEMPLATES[template].columns, *EXTRA.get(template, ()))}


def problems(mapping: ColumnMapping) -> Iterator[Problem]:
    """Yield everything that is wrong with a mapping; nothing when it can be used."""
    if not _NAME.fullmatch(mapping.name):
        yield Problem("", "", "has a name that is none: small letters, digits and _", "Example: [sources.mapping.erp]")
    if mapping.template not in TEMPLATES:
        yield Problem("", "template", "is no template", f"There are: {', '.join(TEMPLATES)}")
        return
    yield from _unknown_columns(mapping)
    known = columns_of(mapping.template)
    for name, words in mapping.words.items():
        yield from _wrong_words(mapping, known.get(name), name, words)
    for name, value in mapping.constants.items():
        column = known.get(name)
        targets = {*(column.words if column else ()), *([BY_SIGN] if name == "record" else [])}
        if column and column.holds is Holds.WORD and value not in targets:
            yield Problem("constants", name, f'is "{value}"', f"One of: {', '.join(sorted(targets))}")
    missing = _missing(mapping)
    if missing:
        remedy = f"Name their headers under columns, or say them under constants: {', '.join(missing)}"
        yield Problem("columns", "", f"says too little for {mapping.template}", remedy)
    if not any(mapping.columns.values()):
        yield Problem("columns", "", "names no header of the file")


def _unknown_columns(mapping: ColumnMapping) -> Iterator[Problem]:
    known = columns_of(mapping.template)
    for table, names in (("columns", mapping.columns), ("constants", mapping.constants), ("words", mapping.words)):
        for name in names:
            if name not in known:
                yield Problem(table, name, f"is no column of {mapping.template}", f"There are: {', '.join(known)}")
    for key, chosen in (("once", (mapping.once,)), ("fill_down", mapping.fill_down)):
        for name in chosen:
            if name and name not in mapping.columns:
                yield Problem("", key, f'names "{name}", for which there is no header under columns')


def _wrong_words(
    mapping: ColumnMapping, column: Column | None, name: str, words: Mapping[str, str]
) -> Iterator[Problem]:
    if name not in mapping.columns:
        yield Problem(f"words.{name}", "", f"translates words of {name}, for which there is no header under columns")
    if column is None or column.holds is Holds.CURRENCY:
        return
    if column.holds is not Holds.WORD:
        yield Problem(f"words.{name}", "", f"translates words, but {name} has none")
        return
    targets = {"", SKIP, *column.words, *([REFUNDED] if (mapping.template, name) == ("orders", "status") else [])}
    for printed, word in words.items():
        if word not in targets:
            shown = ", ".join(filter(None, sorted(targets)))
            yield Problem(f"words.{name}", printed, f'becomes "{word}"', f'One of: {shown}, or "" for none')


def _missing(mapping: ColumnMapping) -> tuple[str, ...]:
    """Columns of the template that the mapping must supply and does not."""
    said = {*(name for name, headers in mapping.columns.items() if headers), *mapping.constants}
    if mapping.template == "vouchers" and {"amount", "direction"} <= said:
        said |= {"debit", "credit"}
    if mapping.template == "shipments":  # the template wants the columns; their cells may be blank
        said |= (
            {"waybill_no", "signed_at"} if said & {"waybill_no", "signed_at", "confirmed_at", "outbound_at"} else set()
        )
    return TEMPLATES[mapping.template].lacks(said)
