"""What may stand in recon.toml: every section, every key, its type, its default and the sentence that explains it.

All of it is read from the dataclasses of the stages (the sentence is the docstring under the field). Written here are
only the settings that people say in words of their own: ``"0.60%"``, ``"T+1 working"``, ``"23:00"``.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from typing import Any, Final, Literal

from recon import delivery, differences, fulfilment, ingest, match, report, sources, store
from recon.contract import DEFAULTS, Contract
from recon.differences.rulebook import AddedRule
from recon.money import scaled, show
from recon.sources.mapping import ColumnMapping
from recon.times import BEIJING

CHANNELS: Final = {contract.channel: contract for contract in DEFAULTS}
PPM_PLACES: Final = 4  # "0.60%" is 0.60 hundredths, and a hundredth is 10^4 parts per million


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What the whole workspace is about."""

    merchant: str = ""
    """The merchant's name, as it stands on the reports."""
    zone: str = BEIJING
    """Time zone of printed times that carry none, and of the times that recon prints."""
    base_currency: str = "CNY"
    """Currency of the ledger's debit and credit columns (ISO 4217)."""
    language: Literal["zh", "en"] = "zh"
    """Language of the reports and of the sentences in the work lists."""
    difference_limit: int = 0
    """With --fail-on-difference: leave with exit code 1 when more breaks than this are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """The merchant's own bank accounts."""

    accounts: dict[str, str] = field(default_factory=dict)
    """Currency of each bank account whose statement prints none: "account number" = "currency"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules that name differences, as far as this workspace changes them."""

    off: tuple[str, ...] = ()
    """Rules that this workspace does not want: CODE, or leg.CODE for one leg alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days off and working days by country, as far as the program's calendars do not know them."""

    off: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Days off of a country, day by day or from one to another: CN = ["2027-02-05..2027-02-11", "2027-04-05"]."""
    working: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Saturdays and Sundays on which a country works: CN = ["2027-02-20"]."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: how it is called, what it takes, what it is without being set."""

    name: str
    hint: object
    default: object
    about: str
    read: Callable[[str], dict[str, object]] | None = None
    """For texts with a meaning of their own: text -> fields of the dataclass. Raises ValueError."""


@dataclass(frozen=True, slots=True)
class Section:
    """One ``[section]`` and the record that it fills."""

    name: str
    record: type
    about: str
    keys: tuple[Key, ...]


# Fields of a stage's Settings that come from elsewhere in the file: the same fact is written once.
SUPPLIED: Final = frozenset(
    {"accept_damaged", "accept_mismatch", "accounts", "actor", "base_currency", "calendar", "contracts", "language",
     "ledger", "mappings", "merchant", "rules_added", "rules_off", "sources", "unionpay_cutoff", "vouchers", "zone"},
)  # fmt: skip


def supplied_to(section: str) -> frozenset[str]:
    """Return the fields of a section's record that are no settings of this section."""
    # When a refund is a valid one is said where shipments are; the vouchers follow.
    # What is tolerated is said once, where rows are paired.
    return SUPPLIED | {"report": {"valid_refund_days"}, "differences": {"tolerance"}}.get(section, set())


_FILES: Final = (
    "How files are read.\n"
    "A table of your own is described under [sources.mapping.NAME]; recon sources learn FILE writes that."
)
_VOUCHERS: Final = (
    "The reversal vouchers (冲正凭证), as your finance system takes them.\nrecon proposes them and never posts one."
)
PATHS: Final = {"proof_root": "."}
"""Paths whose default depends on where the workspace is; a stage does not know that."""


def _abouts(record: type) -> dict[str, str]:
    """Sentence under each field of a dataclass, as written in its source."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - a class's source is a class
    found, last = {}, ""
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = inspect.cleandoc(str(node.value.value))
            last = ""
        else:
            last = ""
    return found


def _default(item: Field[Any]) -> object:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return None if item.default is MISSING else item.default


def _keys(record: type, *, without: frozenset[str] | set[str] = frozenset()) -> tuple[Key, ...]:
    """Return the settings that a dataclass's fields make, in their order."""
    # These two are known to the type checker alone where the stages' Settings are written.
    hints, abouts = (
        typing.get_type_hints(record, localns={"AddedRule": AddedRule, "ColumnMapping": ColumnMapping}),
        _abouts(record),
    )
    return tuple(
        Key(item.name, hints[item.name], PATHS.get(item.name, _default(item)), abouts.get(item.name, ""))
        for item in fields(record)
        if item.name not in without
    )


def _rate(text: str) -> dict[str, object]:
    if not text.endswith("%"):
        msg = 'is written in per cent, like "0.60%"'
        raise ValueError(msg)
    return {"fee_rate_ppm": scaled(text.removesuffix("%"), PPM_PLACES, what="a rate")}


def _lag(text: str) -> dict[str, object]:
    found = re.fullmatch(r"T\+(\d+)(?: (natural|working))?", text, re.IGNORECASE)
    if found is None:
        msg = 'is written "T+1" or "T+1 working"'
        raise ValueError(msg)
    return {"lag_days": int(found[1]), "lag_unit": (found[2] or "natural").lower()}


def _amount(name: str) -> Callable[[str], dict[str, object]]:
    return lambda text: {name: scaled(text, 2, what="a fee")}


def _cutoff(text: str) -> dict[str, object]:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
        msg = 'is a time of the day, like "23:00" ("24:00": midnight)'
        raise ValueError(msg)
    return {"cutoff": text}


# Fields of Contract that have a setting written in words instead.
_WORDED: Final = frozenset(
    {
        "channel",
        "fee_rate_ppm",
        "fee_fixed_minor",
        "fee_min_minor",
        "fee_max_minor",
        "fee_tolerance_minor",
        "fees",
        "lag_days",
        "lag_unit",
        "cutoff",
    },
)


def _channel(contract: Contract) -> tuple[Key, ...]:
    """Return the settings of one channel; their defaults are its ordinary public terms."""
    whole, part = divmod(contract.fee_rate_ppm, 10**PPM_PLACES)
    percent = f"{whole}.{f'{part:04d}'.rstrip('0').ljust(2, '0')}%"
    words = (
        Key("fee_rate", str, percent, "Fee in per cent of the amount it is charged on.", _rate),
        *(
            Key(name, str, show(getattr(contract, f"{name}_minor"), "CNY"), about, _amount(f"{name}_minor"))
            for name, about in (
                ("fee_fixed", "Fixed part of the fee, in the transaction's currency."),
                ("fee_min", "Smallest fee of one transaction."),
                ("fee_max", "Largest fee of one transaction; 0.00 = no maximum."),
                ("fee_tolerance", "A fee that differs from the contract's by no more than this is right."),
            )
        ),
        Key(
            "lag", str, f"T+{contract.lag_days}" + (" working" if contract.lag_unit == "working" else ""),
            'Day of the payout after the trade day: "T+1" in natural days, "T+1 working" in working days.', _lag,
        ),
        Key("cutoff", str, contract.cutoff, "Local time at which the channel's accounting day ends.", _cutoff),
    )  # fmt: skip
    rest = _keys(Contract, without=_WORDED)
    return words + tuple(replace(key, default=getattr(contract, key.name)) for key in rest)


_ABOUT_FEES: Final = """
Fees that differ from a day on, or for one account or currency, stand under lines [[channel.alipay.fees]] of their own
and have since, account, currency, rate, fixed, min, max, on, refund, rounding; what they do not say is as said here."""


def every_section() -> tuple[Section, ...]:
    """Return every section of recon.toml, in the order in which they are rendered."""
    return (
        Section("workspace", Workspace, "What the workspace is about.", _keys(Workspace)),
        Section(
            "ledger", ingest.LedgerMap,
            "How the accounts of the ledger are told apart: accounts maps the code of an account to its channel.\n"
            'Example:  [ledger.accounts]  "1012.01" = "alipay"  "1012.02" = "wechat"  "1012.03" = "unionpay"',
            _keys(ingest.LedgerMap),
        ),
        Section("bank", Bank, "The merchant's bank accounts.", _keys(Bank)),
        *(
            Section(
                f"channel.{name}", Contract,
                f"The contract with {name}." + ("" if number else _ABOUT_FEES),
                _channel(contract),
            )
            for number, (name, contract) in enumerate(CHANNELS.items())
        ),
        Section("calendar", Days, "Holidays that the program's calendars do not know yet.", _keys(Days)),
        Section(
            "rules", Rules,
            "The rules that name differences. A rule of your own stands under a line [[rules.add]] of its own and has\n"
            "leg, code, zh, en, when, because_zh, because_en, and if you like action, kind, before.",
            _keys(Rules),
        ),
        *(
            Section(name, record, about, _keys(record, without=supplied_to(name)))
            for name, record, about in (
                ("sources", sources.Settings, _FILES),
                ("ingest", ingest.Settings, "How files are loaded."),
                ("match", match.Settings, "How rows of two books are paired."),
                ("differences", differences.Settings, "How differences are named."),
                ("fulfilment", fulfilment.Settings, "Shipments and confirmations of receipt."),
                ("reminders", fulfilment.Reminders, "Reminders to confirm (recon reminders)."),
                ("report", report.Settings, "The documents."),
                ("mail", delivery.Mail, "The report by mail (recon report health --email)."),
                ("vouchers", report.Terms, _VOUCHERS),
                ("store", store.Settings, "The database."),
            )
        ),
    )  # fmt: skip


def given(hint: object) -> object:
    """Return the type that a set value has: ``Path`` for ``Path | None``."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(item for item in typing.get_args(hint) if item is not type(None))
    return hint
