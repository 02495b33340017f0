"""recon.toml -> one frozen :class:`Config`, assembled from each stage's own ``Settings``.

    [workspace]
    merchant = "云杉家居"
    zone = "Asia/Shanghai"

    [channel.alipay]
    fee_rate = "0.60%"
    lag = "T+1 working"

    [ledger.accounts]
    "1012.01" = "alipay"

A stage never reads this file and never imports this module: it is handed its Settings. What a key is called, which type
it has, its default and the sentence that explains it are therefore written once, in the stage's dataclass; this module
reads them from there, checks the file against them and renders the commented default (:func:`default_toml`). Only the
terms of a channel are written in words of their own, because people write ``"0.60%"`` and not 6000 parts per million.

Rates and amounts are texts in quotes, so that no binary fraction ever stands for money. A key that does not exist is an
error that names the nearest one that does: a misspelt setting would otherwise be a setting that silently is not there.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import tomllib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from recon import differences, fulfilment, ingest, match, report, sources, store
from recon.contract import DEFAULTS, Contract
from recon.errors import UsageError
from recon.money import MoneyError, scaled, show
from recon.times import BEIJING

FILE: Final = "recon.toml"
_CHANNELS: Final = {contract.channel: contract for contract in DEFAULTS}
_PPM_PLACES: Final = 4  # "0.60%" is 0.60 hundredths, and a hundredth is 10^4 parts per million


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
class Config:
    """Everything recon.toml says, ready to be handed to the stages."""

    workspace: Workspace
    contracts: tuple[Contract, ...]
    store: store.Settings
    ingest: ingest.Settings
    match: match.Settings
    differences: differences.Settings
    fulfilment: fulfilment.Settings
    report: report.Settings


# ------------------------------------------------------------------------------------------------ what may stand in it


@dataclass(frozen=True, slots=True)
class _Key:
    """One setting: how it is called, what it takes, what it is without being set."""

    name: str
    hint: object
    default: object
    about: str
    read: Callable[[str], dict[str, object]] | None = None
    """For texts with a meaning of their own: text -> fields of the dataclass. Raises ValueError."""


@dataclass(frozen=True, slots=True)
class _Section:
    """One ``[section]`` and the record that it fills."""

    name: str
    record: type
    about: str
    keys: tuple[_Key, ...]


# Fields of a stage's Settings that come from elsewhere in the file: the same fact is written once.
_SUPPLIED: Final = frozenset(
    {"accept_mismatch", "accounts", "base_currency", "contracts", "language", "ledger", "merchant", "sources",
     "unionpay_cutoff", "zone"},
)  # fmt: skip


def _supplied(section: str) -> frozenset[str]:
    """Return the fields of a section's record that are no settings of this section."""
    # When a refund is a valid one is said where shipments are; the vouchers follow.
    return _SUPPLIED | {"valid_refund_days"} if section == "report" else _SUPPLIED


_PATHS: Final = {"proof_root": "."}
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


def _keys(record: type, *, without: frozenset[str] | set[str] = frozenset()) -> tuple[_Key, ...]:
    """Return the settings that a dataclass's fields make, in their order."""
    hints, abouts = typing.get_type_hints(record), _abouts(record)
    return tuple(
        _Key(item.name, hints[item.name], _PATHS.get(item.name, _default(item)), abouts.get(item.name, ""))
        for item in fields(record)
        if item.name not in without
    )


def _rate(text: str) -> dict[str, object]:
    if not text.endswith("%"):
        msg = 'is written in per cent, like "0.60%"'
        raise ValueError(msg)
    return {"fee_rate_ppm": scaled(text.removesuffix("%"), _PPM_PLACES, what="a rate")}


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
    {"channel", "fee_rate_ppm", "fee_fixed_minor", "fee_min_minor", "fee_max_minor", "lag_days", "lag_unit", "cutoff"},
)


def _channel(contract: Contract) -> tuple[_Key, ...]:
    """Return the settings of one channel; their defaults are its ordinary public terms."""
    whole, part = divmod(contract.fee_rate_ppm, 10**_PPM_PLACES)
    percent = f"{whole}.{f'{part:04d}'.rstrip('0').ljust(2, '0')}%"
    words = (
        _Key("fee_rate", str, percent, "Fee in per cent of the amount it is charged on.", _rate),
        *(
            _Key(name, str, show(getattr(contract, f"{name}_minor"), "CNY"), about, _amount(f"{name}_minor"))
            for name, about in (
                ("fee_fixed", "Fixed part of the fee, in the transaction's currency."),
                ("fee_min", "Smallest fee of one transaction."),
                ("fee_max", "Largest fee of one transaction; 0.00 = no maximum."),
            )
        ),
        _Key(
            "lag", str, f"T+{contract.lag_days}" + (" working" if contract.lag_unit == "working" else ""),
            'Day of the payout after the trade day: "T+1" in natural days, "T+1 working" in working days.', _lag,
        ),
        _Key("cutoff", str, contract.cutoff, "Local time at which the channel's accounting day ends.", _cutoff),
    )  # fmt: skip
    rest = _keys(Contract, without=_WORDED)
    return words + tuple(replace(key, default=getattr(contract, key.name)) for key in rest)


def _sections() -> tuple[_Section, ...]:
    """Return every section of recon.toml, in the order in which they are rendered."""
    return (
        _Section("workspace", Workspace, "What the workspace is about.", _keys(Workspace)),
        _Section(
            "ledger", ingest.LedgerMap,
            "How the accounts of the ledger are told apart: accounts maps the code of an account to its channel.\n"
            'Example:  [ledger.accounts]  "1012.01" = "alipay"  "1012.02" = "wechat"  "1012.03" = "unionpay"',
            _keys(ingest.LedgerMap),
        ),
        _Section("bank", Bank, "The merchant's bank accounts.", _keys(Bank)),
        *(
            _Section(f"channel.{name}", Contract, f"The contract with {name}.", _channel(contract))
            for name, contract in _CHANNELS.items()
        ),
        *(
            _Section(name, record, about, _keys(record, without=_supplied(name)))
            for name, record, about in (
                ("sources", sources.Settings, "How files are read."),
                ("ingest", ingest.Settings, "How files are loaded."),
                ("match", match.Settings, "How rows of two books are paired."),
                ("differences", differences.Settings, "How differences are named."),
                ("fulfilment", fulfilment.Settings, "Shipments and confirmations of receipt."),
                ("report", report.Settings, "The documents."),
                ("store", store.Settings, "The database."),
            )
        ),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ reading


def load(folder: Path) -> Config:
    """Read ``folder/recon.toml``. Raises UsageError with the line and the remedy when it is missing or wrong."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            f"there is no {FILE}",
            place=str(folder),
            remedy="Make a workspace: recon init DIR   (or name one: recon -w DIR, or RECON_WORKSPACE=DIR)",
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError("the file is not UTF-8", place=str(path), remedy="Save it as UTF-8.") from error
    return parse(text, place=str(path), folder=folder)


def parse(text: str, *, place: str = FILE, folder: Path = Path()) -> Config:
    """Read the text of a recon.toml; what it does not set has its default. Raises UsageError as :func:`load` does.

    Paths in it are relative to ``folder``, the workspace.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line_no = int(found[1]) if found else 0
        raise UsageError(
            f"this is no TOML: {re.sub(r' *[(]at .*[)]$', '', str(error))}",
            place=f"{place}:{line_no}" if line_no else place,
            excerpt=_excerpt(text, line_no),
            remedy='Texts stand in quotes: merchant = "云杉家居"',
        ) from None
    return _assemble(_Text(text, place, folder), said)


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of the file, to say where in it something is wrong."""

    text: str
    place: str
    folder: Path
    """The workspace: paths in the file are relative to it."""

    def error(self, section: str, key: str, explanation: str, remedy: str = "") -> UsageError:
        """Return the error about ``key`` of ``section`` (or about the section, when ``key`` is blank)."""
        line_no = self._line_no(section, key)
        name = f"[{section}] {key}".removeprefix("[] ").rstrip()
        return UsageError(
            f"{name} {explanation}",
            place=f"{self.place}:{line_no}" if line_no else self.place,
            excerpt=_excerpt(self.text, line_no),
            remedy=remedy,
        )

    def _line_no(self, section: str, key: str) -> int:
        """Find the line of a key: exact for ordinary files, 0 for a way of writing TOML that is not foreseen here."""
        current = heading = 0
        inside = ""
        for current, line in enumerate(self.text.splitlines(), start=1):
            plain = line.strip()
            if found := re.match(r"\[\s*([^\[\]]+?)\s*\]", plain):
                inside = re.sub(r"[\s\"']", "", found[1])
                heading = heading or (current if inside == section or inside.startswith(f"{section}.") else 0)
                continue
            left = re.sub(r"[\s\"']", "", plain.partition("=")[0])
            if key and (inside, left) == (section, key):
                return current
        return heading


def _excerpt(text: str, line_no: int) -> str:
    lines = text.splitlines()
    return f"{line_no} | {lines[line_no - 1]}" if 0 < line_no <= len(lines) else ""


def _assemble(text: _Text, said: dict[str, Any]) -> Config:
    sections = {section.name: section for section in _sections()}
    _check_sections(text, said, sections)

    def told(name: str) -> dict[str, object]:
        above, _, below = name.partition(".")
        table = said.get(above, {})
        return _checked(text, sections[name], table.get(below, {}) if below else table)

    workspace = Workspace(**told("workspace"))  # type: ignore[arg-type]  # _checked holds them to the field's types
    _check_workspace(text, workspace)
    contracts = tuple(
        replace(contract, **told(f"channel.{name}"))  # type: ignore[arg-type]
        for name, contract in _CHANNELS.items()
    )
    _check_patterns(text, contracts)
    ledger, bank = ingest.LedgerMap(**{"accounts": {}} | told("ledger")), Bank(**told("bank"))  # type: ignore[arg-type]
    _check_accounts(text, ledger.accounts, bank.accounts)
    common: dict[str, object] = {
        "contracts": contracts,
        "zone": workspace.zone,
        "base_currency": workspace.base_currency,
        "merchant": workspace.merchant,
        "language": workspace.language,
        "unionpay_cutoff": next(contract.cutoff for contract in contracts if contract.channel == "unionpay"),
        "ledger": ledger,
        "accounts": bank.accounts,
        **{name: text.folder / path for name, path in _PATHS.items()},
    }

    def stage(name: str) -> Any:  # noqa: ANN401 - each stage's own Settings
        record = sections[name].record
        known = {item.name for item in fields(record)}
        supplied = {key: value for key, value in common.items() if key in known}
        try:
            return record(**(supplied | told(name)))
        except ValueError as error:
            raise text.error(name, "", str(error)) from error
        except UsageError as error:  # the stage knows the key and not the file
            key = error.place.removeprefix(f"[{name}]").strip()
            raise text.error(name, key, error.explanation, error.remedy) from None

    common["sources"] = stage("sources")
    shipping = stage("fulfilment")
    common["valid_refund_days"] = shipping.valid_refund_days
    return Config(
        workspace=workspace,
        contracts=contracts,
        store=stage("store"),
        ingest=stage("ingest"),
        match=stage("match"),
        differences=stage("differences"),
        fulfilment=shipping,
        report=stage("report"),
    )


def _check_sections(text: _Text, said: Mapping[str, Any], sections: Mapping[str, _Section]) -> None:
    top = dict.fromkeys(name.partition(".")[0] for name in sections)
    for name, value in said.items():
        if name not in top:
            raise text.error(name, "", "is no section of recon.toml", _nearest(name, top))
        if not isinstance(value, dict):
            raise text.error("", name, "stands outside of a section", f"Sections are: {', '.join(top)}")
    for name, value in said.get("channel", {}).items():
        if name not in _CHANNELS:
            raise text.error(f"channel.{name}", "", "is no channel", _nearest(name, _CHANNELS))
        if not isinstance(value, dict):
            raise text.error("channel", name, "is a section of its own", f"Write [channel.{name}]")


def _checked(text: _Text, section: _Section, table: Mapping[str, object]) -> dict[str, object]:
    """Return the record's fields that the table sets, each of the type that the record wants."""
    keys = {key.name: key for key in section.keys}
    result: dict[str, object] = {}
    for name, value in table.items():
        if name not in keys:
            raise text.error(section.name, name, "is no setting", _nearest(name, keys))
        key = keys[name]
        wanted = _misfit(value, key.hint)
        if wanted:
            raise text.error(section.name, name, f"is {_toml(value)}, which is not {wanted}", _example(key))
        if key.read is None:
            result[name] = _shaped(value, key.hint, text.folder)
            continue
        try:
            result |= key.read(str(value))
        except MoneyError as error:
            raise text.error(section.name, name, f"is wrong: {error}", _example(key)) from None
        except ValueError as error:
            raise text.error(section.name, name, f'is "{value}" but {error}', _example(key)) from None
    return result


def _given(hint: object) -> object:
    """Return the type that a set value has: ``Path`` for ``Path | None``."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(item for item in typing.get_args(hint) if item is not type(None))
    return hint


def _misfit(value: object, hint: object) -> str:
    """Say what is wanted when ``value`` does not fit ``hint``; blank when it fits."""
    hint = _given(hint)
    kind, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if kind is Literal:
        good, wanted = value in inner, "one of " + ", ".join(_toml(item) for item in inner)
    elif kind is bool:
        good, wanted = isinstance(value, bool), "true or false"
    elif kind is int:
        good, wanted = isinstance(value, int) and not isinstance(value, bool), "a whole number"
    elif kind is tuple:
        good = isinstance(value, list) and not any(_misfit(item, inner[0]) for item in value)
        wanted = f"a list of {_PLURALS.get(inner[0], 'such values')}"
    elif kind in (dict, Mapping):
        good = isinstance(value, dict) and not any(_misfit(item, inner[1]) for item in value.values())
        wanted = f'lines of the form "name" = {_PLURALS.get(inner[1], "such a value")}'
    else:
        good, wanted = isinstance(value, str), "a text in quotes"
    return "" if good else wanted


_PLURALS: Final[dict[object, str]] = {int: "whole numbers", str: "texts in quotes"}


def _shaped(value: object, hint: object, folder: Path) -> object:
    """Return the value as the record holds it: lists as tuples, paths as seen from the workspace (blank: None)."""
    if isinstance(value, list):
        return tuple(value)
    if _given(hint) is Path:
        return folder / str(value) if value else None
    return value


def _nearest(name: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else "There are: " + ", ".join(known)


def _example(key: _Key) -> str:
    return f"Default: {key.name} = {_toml(key.default)}"


def _check_workspace(text: _Text, workspace: Workspace) -> None:
    try:
        ZoneInfo(workspace.zone)
    except (KeyError, ValueError, OSError):
        explanation = f'is "{workspace.zone}", which is no time zone'
        raise text.error("workspace", "zone", explanation, f'Default: zone = "{BEIJING}"') from None
    if not re.fullmatch(r"[A-Z]{3}", workspace.base_currency):
        explanation = f'is "{workspace.base_currency}", which is no currency code'
        raise text.error("workspace", "base_currency", explanation, 'Default: base_currency = "CNY"')


def _check_patterns(text: _Text, contracts: tuple[Contract, ...]) -> None:
    for contract in contracts:
        for pattern in contract.payout_patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                explanation = f"holds {_toml(pattern)}, which is no regular expression: {error}"
                remedy = "Regular expressions stand in single quotes: payout_patterns = ['支付宝', '(?i)alipay']"
                raise text.error(f"channel.{contract.channel}", "payout_patterns", explanation, remedy) from None


def _check_accounts(text: _Text, ledger: Mapping[str, str], bank: Mapping[str, str]) -> None:
    for code, channel in ledger.items():
        if channel not in _CHANNELS:
            explanation = f'is "{channel}", which is no channel'
            raise text.error("ledger.accounts", code, explanation, _nearest(channel, _CHANNELS))
    for account, currency in bank.items():
        if not re.fullmatch(r"[A-Z]{3}", currency):
            explanation = f'is "{currency}", which is no currency code'
            raise text.error("bank.accounts", account, explanation, f'Example: "{account}" = "CNY"')


# ------------------------------------------------------------------------------------------------ writing

_HEAD: Final = """\
# recon.toml: the settings of this workspace.
#
# A line that starts with # and a blank explains; a line that starts with # alone is a setting at its default: take
# the # away to change it. Settings that are left out keep the default of the program.
"""


def default_toml(*, merchant: str = "", ledger_accounts: Mapping[str, str] | None = None) -> str:
    """Render the commented recon.toml that ``recon init`` writes: every section, every setting, its default."""
    parts, explained = [_HEAD], set[type]()
    for section in _sections():
        lines = [f"\n# {line}" if not number else f"# {line}" for number, line in enumerate(section.about.splitlines())]
        lines.append(f"[{section.name}]")
        tables = []
        told = not section.name.startswith("channel.") or section.record not in explained
        explained.add(section.record)
        for key in section.keys:
            if isinstance(key.default, Mapping) or typing.get_origin(key.hint) in (dict, Mapping):
                tables.append(key)
                continue
            lines += _comment(key) if told else []
            value = merchant if (section.name, key.name) == ("workspace", "merchant") else key.default
            lines.append(f"{'' if section.name == 'workspace' else '#'}{key.name} = {_toml(value)}")
        for key in tables:
            lines += ["", *_comment(key), f"[{section.name}.{key.name}]"]
            given = ledger_accounts if (section.name, key.name) == ("ledger", "accounts") else None
            default = key.default if isinstance(key.default, Mapping) else {}
            marks = "" if given else "#"
            lines += [f"{marks}{_toml(name)} = {_toml(value)}" for name, value in (given or default).items()]
        parts.append("\n".join(lines) + "\n")
    return "".join(parts)


def _comment(key: _Key) -> list[str]:
    """Return the sentence of a setting, and what it may be when that is a closed set."""
    choices = typing.get_args(key.hint) if typing.get_origin(key.hint) is Literal else ()
    words = f"{key.about} One of: {', '.join(map(_toml, choices))}." if choices else key.about
    plain = " ".join(words.replace("``", "").split())
    return textwrap.wrap(plain, 116, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _toml(value: object) -> str:
    """Write a value as TOML; texts with a backslash in single quotes, as a regular expression is best read."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if "\\" in value and "'" not in value:
            return f"'{value}'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)
