"""What a format is: a class with a name, a way to recognise its files by content, and a way to read them.

A new format is one module in this package with one subclass of :class:`Source`; nothing else is edited
(:func:`recon.sources.discover` finds it). Its module docstring is the manual that ``recon sources show NAME`` prints:
where the file is downloaded, what it looks like, what comes out, where the knowledge comes from.

A source knows bytes and text, never the database. It never pairs, nets or drops business rows: every record of the
file is in ``Reading.raw`` as printed, and each of them is canonical, excluded with a reason, or rejected:

    rows of raw = distinct lines of the canonical frames + excluded + rejected

Two facts lie between files, so a source only states them and ingest acts on them:

- ``Source.confirms``: this bill tells movements again that another bill tells (Alipay's account bill those of the trade
  bill). Emit the rows as if the file were alone; ingest pairs them (:mod:`recon.ingest.confirming` says by what).
- ``Reading.totals``: a figure that this file prints about the rows of another file (:class:`Total`).
"""

from __future__ import annotations

import inspect
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from recon.errors import UsageError
from recon.model import EXCLUDED, REJECT, Book
from recon.times import BEIJING

if TYPE_CHECKING:
    import datetime as dt

    from recon.sources.mapping import ColumnMapping
    from recon.sources.piece import Piece

_WHERE: Final = re.compile(r"^Where(?: from)?: (.*?)\n\n", re.DOTALL | re.MULTILINE)
_CLAUSE: Final = re.compile(r"[^,;:.]+(?:[.:](?! |$)[^,;:.]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a source may need to know of the workspace."""

    zone: str = BEIJING
    """Zone of printed times that carry none."""
    base_currency: str = "CNY"
    unionpay_cutoff: str = "23:00"
    """UnionPay's accounting day turns here (channels.md 3.2: 22:59-23:02 observed)."""
    wechat_account: str = ""
    """Merchant number (商户号) of the WeChat Pay funds-flow bills that do not say whose account they show."""
    mappings: tuple[ColumnMapping, ...] = ()
    """The workspace's own files."""
    accept_damaged: bool = False
    """The user takes a damaged file and has said why: what is lost is left blank where that is better than nothing."""
    paypal_account: str = ""
    """Account of PayPal's Activity and Statement CSV, which do not say whose account they show."""
    paypal_date_order: Literal["", "D/M/Y", "M/D/Y"] = ""
    """Day or month first in PayPal's Activity and Statement CSV, for files that do not prove it; blank: refuse them."""
    paypal_decimal_mark: Literal["", ".", ","] = ""
    """Decimal mark in PayPal's Activity and Statement CSV, for files that do not prove it; blank: refuse them."""
    paypal_types: Mapping[str, str] = field(default_factory=dict)
    """Types in PayPal's CSV that recon does not know: "type" = "event code", as in "Refund" = "T1107"."""
    u8_currencies: Mapping[str, str] = field(default_factory=dict)
    """Currency of the accounts of Yonyou U8 that are kept in a foreign one, as its voucher text does not say it:
    "101204" = "USD"."""
    paypal_zones: Mapping[str, str] = field(default_factory=dict)
    """Time zones in PayPal's CSV that have several meanings: "CST" = "America/Chicago"."""

    def __post_init__(self) -> None:
        """Raise UsageError when an event code or a zone is none."""
        for name, code in self.paypal_types.items():
            if not re.fullmatch(r"T\d{4}", code):
                raise UsageError(
                    f'"{name}" is "{code}", which is no event code',
                    place="[sources] paypal_types",
                    remedy='PayPal\'s event codes are a T and four digits: "T1107"',
                )
        for name, zone in self.paypal_zones.items():
            try:
                ZoneInfo(zone)
            except (KeyError, ValueError, OSError):
                raise UsageError(
                    f'"{name}" is "{zone}", which is no time zone',
                    place="[sources] paypal_zones",
                    remedy='Zones are named by a place: "America/Chicago"',
                ) from None


@dataclass(frozen=True, slots=True)
class Control:
    """One figure that the file prints about itself, and the same recomputed from its rows (both as text, as shown)."""

    name: str
    printed: str
    computed: str
    binding: bool = True
    """False: the issuer itself does not promise the figure. A mismatch is shown and stored, and refuses nothing."""

    @property
    def ok(self) -> bool:
        """Whether the file agrees with itself."""
        return self.printed == self.computed


def _empty_rejects() -> pl.DataFrame:
    return pl.DataFrame(schema=REJECT)


def _empty_excluded() -> pl.DataFrame:
    return pl.DataFrame(schema=EXCLUDED)


Measure: TypeAlias = Literal["rows", "amount_minor", "fee_minor", "net_minor"]
Direction: TypeAlias = Literal["", "in", "out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One figure that a summary prints about the rows of another source; compared when both are in the store.

    A day's summary of Alipay's trade bill that says 退款订单总笔数 2 and 服务费 -0.59:

        told = {"source": "alipay_trade", "account": account, "first": day, "last": day}
        Total(name="退款订单总笔数", measure="rows", printed=2, kinds=("refund",), **told)
        Total(name="服务费(元)", measure="fee_minor", printed=-59, **told)

    The detail counts as there when its files (their ``period_start`` .. ``period_end``) cover every day from ``first``
    to ``last``. What is computed is the sum over the source's rows of the account with a business date in that span,
    also of those that only confirm another bill's row. A mismatch refuses the file that comes second.
    """

    name: str
    """As printed, with the row it stands in where there are several: ``合计 服务费（元）``."""
    source: str
    """Name of the source that has the rows: ``alipay_trade``."""
    account: str
    """Account of those rows, as that source gives it."""
    first: dt.date
    last: dt.date
    """Business dates of those rows, inclusive."""
    measure: Measure
    """``rows`` counts; the others are sums in minor units (null counts as 0)."""
    printed: int
    """The printed figure in the sign of the canonical column (a fee that is charged is negative)."""
    direction: Direction = ""
    """``in``: only rows in which the measured column (of ``rows``: the amount) is positive; ``out``: negative."""
    kinds: tuple[str, ...] = ()
    """Only rows of these kinds; empty: of all."""
    statuses: tuple[str, ...] = ()
    """Only rows of these statuses; empty: of all."""
    currency: str = "CNY"
    """Only rows of this currency; and the figure is shown in it."""
    binding: bool = True
    """False: what the figure counts is not known for sure. A mismatch is shown and stored, and refuses nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything one file says. Frames have the columns of :mod:`recon.model` (a subset; ingest fills the rest)."""

    raw: pl.DataFrame
    """``line_no`` (Int64) and one String column per printed field, as printed; one row per record."""
    account: str = ""
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    """First and last accounting day the file says it covers (inclusive), None when it does not say."""
    txns: pl.DataFrame | None = None
    vouchers: pl.DataFrame | None = None
    shipments: pl.DataFrame | None = None
    contacts: pl.DataFrame | None = None
    rates: pl.DataFrame | None = None
    rejects: pl.DataFrame = field(default_factory=_empty_rejects)
    excluded: pl.DataFrame = field(default_factory=_empty_excluded)
    controls: tuple[Control, ...] = ()
    totals: tuple[Total, ...] = ()
    """Figures about the rows of other files. Those about rows of its own source are of a report in several files, of
    which this is one: they wait for the others."""


class Source(ABC):
    """One file format."""

    name: ClassVar[str]
    """Word of the command line and of ``canon.txn.source``: ``alipay_trade``."""
    title: ClassVar[str]
    """What the issuer calls it: ``支付宝业务明细``."""
    raw_table: ClassVar[str]
    """``schema.table`` of the raw rows without the ``raw_`` prefix: ``alipay.trade`` -> ``raw_alipay.trade``."""
    looks_for: ClassVar[str]
    """One line for the error on an unknown file: by what a file of this format is recognised."""
    book: ClassVar[Book | None] = Book.CHANNEL
    """The book that its rows stand in; None for what stands beside the books: parcels, exchange rates."""
    confirms: ClassVar[tuple[str, ...]] = ()
    """Sources whose rows *are* the transaction where this one tells of the same movement again. What those confirm in
    their turn is confirmed by this one, too."""
    personal: ClassVar[re.Pattern[str] | None] = None
    """Found in the names of the columns of raw that hold names of people and where they live: nobody can tell that by
    the text alone, so these cells are masked where printed lines are shown."""

    streams: ClassVar[bool] = False
    """It reads a document piece by piece (``Piece.stream``), so that its size does not matter."""

    @property
    def manual(self) -> str:
        """What ``recon sources show NAME`` prints: the docstring of the format's module."""
        return inspect.getdoc(sys.modules[type(self).__module__]) or inspect.getdoc(type(self)) or self.title

    @property
    def where(self) -> str:
        """Where the file is downloaded: the first words of the manual's paragraph ``Where:``; ``""`` without one."""
        found = _WHERE.search(f"{self.manual}\n\n")
        plain = re.sub(r"\s+\([^()]*\)", "", " ".join(found[1].split())) if found else ""
        clause = _CLAUSE.match(plain)
        return clause[0].strip().replace("``", "") if clause else ""

    @abstractmethod
    def identify(self, piece: Piece) -> bool:
        """Tell by content alone (never by name or line number) whether the file is of this format. Never raises."""

    @abstractmethod
    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError when it is damaged as a whole; bad cells are rejects."""
