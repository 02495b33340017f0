"""What is said when recon.toml is wrong: the line, what is wanted, and the nearest name that there is."""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from recon import calendars, report
from recon.calendars import Calendar
from recon.config.known import CHANNELS, Days, Key, Section, Workspace, given
from recon.config.writing import toml
from recon.contract import Contract
from recon.errors import UsageError
from recon.money import MoneyError
from recon.times import BEIJING


@dataclass(frozen=True, slots=True)
class Text:
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
            excerpt=excerpt_of(self.text, line_no),
            remedy=remedy,
        )

    def _line_no(self, section: str, key: str) -> int:
        """Find the line of a key: exact for ordinary files, 0 for a way of writing TOML that is not foreseen here."""
        current = heading = 0
        inside = ""
        for current, line in enumerate(self.text.splitlines(), start=1):
            plain = line.strip()
            if found := re.match(r"\[{1,2}\s*([^\[\]]+?)\s*\]", plain):
                inside = re.sub(r"[\s\"']", "", found[1])
                heading = heading or (current if inside == section or inside.startswith(f"{section}.") else 0)
                continue
            left = re.sub(r"[\s\"']", "", plain.partition("=")[0])
            if key and (inside, left) == (section, key):
                return current
        return heading


def excerpt_of(text: str, line_no: int) -> str:
    """Return the line as an error shows it; blank when its number is not known."""
    lines = text.splitlines()
    return f"{line_no} | {lines[line_no - 1]}" if 0 < line_no <= len(lines) else ""


def check_sections(text: Text, said: Mapping[str, Any], sections: Mapping[str, Section]) -> None:
    """Raise UsageError when a section or a channel is none."""
    top = dict.fromkeys(name.partition(".")[0] for name in sections)
    for name, value in said.items():
        if name not in top:
            raise text.error(name, "", "is no section of recon.toml", nearest(name, top))
        if not isinstance(value, dict):
            raise text.error("", name, "stands outside of a section", f"Sections are: {', '.join(top)}")
    for name, value in said.get("channel", {}).items():
        if name not in CHANNELS:
            raise text.error(f"channel.{name}", "", "is no channel", nearest(name, CHANNELS))
        if not isinstance(value, dict):
            raise text.error("channel", name, "is a section of its own", f"Write [channel.{name}]")


def checked(text: Text, section: Section, table: Mapping[str, object]) -> dict[str, object]:
    """Return the record's fields that the table sets, each of the type that the record wants."""
    keys = {key.name: key for key in section.keys}
    result: dict[str, object] = {}
    for name, value in table.items():
        if name not in keys:
            raise text.error(section.name, name, "is no setting", nearest(name, keys))
        key = keys[name]
        wanted = _misfit(value, key.hint)
        if wanted:
            raise text.error(section.name, name, f"is {toml(value)}, which is not {wanted}", _example(key))
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


def _misfit(value: object, hint: object) -> str:
    """Say what is wanted when ``value`` does not fit ``hint``; blank when it fits."""
    hint = given(hint)
    kind, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if kind is Literal:
        good, wanted = value in inner, "one of " + ", ".join(toml(item) for item in inner)
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


_PLURALS: Final[dict[object, str]] = {
    int: "whole numbers",
    str: "texts in quotes",
    tuple[str, ...]: "lists of texts in quotes",
}


def _shaped(value: object, hint: object, folder: Path) -> object:
    """Return the value as the record holds it: lists as tuples, paths as seen from the workspace (blank: None)."""
    if isinstance(value, list):
        return tuple(value)
    if given(hint) is Path:
        return folder / str(value) if value else None
    return value


def nearest(name: str, known: Mapping[str, object]) -> str:
    """Return the remedy for a name that there is not: the nearest one, else all."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else "There are: " + ", ".join(known)


def _example(key: Key) -> str:
    return f"Default: {key.name} = {toml(key.default)}"


def check_workspace(text: Text, workspace: Workspace) -> None:
    """Raise UsageError when the zone or the base currency is none."""
    try:
        ZoneInfo(workspace.zone)
    except (KeyError, ValueError, OSError):
        explanation = f'is "{workspace.zone}", which is no time zone'
        raise text.error("workspace", "zone", explanation, f'Default: zone = "{BEIJING}"') from None
    if not re.fullmatch(r"[A-Z]{3}", workspace.base_currency):
        explanation = f'is "{workspace.base_currency}", which is no currency code'
        raise text.error("workspace", "base_currency", explanation, 'Default: base_currency = "CNY"')


def check_patterns(text: Text, contracts: tuple[Contract, ...]) -> None:
    """Raise UsageError when a payout pattern is no regular expression."""
    for contract in contracts:
        for pattern in contract.payout_patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                explanation = f"holds {toml(pattern)}, which is no regular expression: {error}"
                remedy = "Regular expressions stand in single quotes: payout_patterns = ['支付宝', '(?i)alipay']"
                raise text.error(f"channel.{contract.channel}", "payout_patterns", explanation, remedy) from None


def check_formats(text: Text, formats: tuple[str, ...]) -> None:
    """Raise UsageError when a format of the reversal vouchers is none."""
    if formats == report.Terms().formats:
        return  # the formats, which bring the writing of workbooks, are not loaded for this
    known = {**report.discover(), report.ALL: None}
    for name in formats:
        if name not in known:
            raise text.error("vouchers", "formats", f'has "{name}", which is no format', nearest(name, known))


def check_countries(text: Text, contracts: tuple[Contract, ...]) -> None:
    """Raise UsageError when a contract names a country whose holidays nobody knows."""
    for contract in contracts:
        for key, section, country in (
            ("country", f"channel.{contract.channel}", contract.country),
            *(
                (currency, f"channel.{contract.channel}.countries", country)
                for currency, country in contract.countries.items()
            ),
        ):
            try:
                calendars.check_country(country)
            except ValueError as error:
                raise text.error(section, key, f"is wrong: {error}") from None


def read_days(text: Text, said: Days) -> Calendar:
    """Return the calendar with the days of ``[calendar]``. Raises UsageError for a country or a day that is none."""
    found: dict[str, dict[str, tuple[dt.date, ...]]] = {"off": {}, "working": {}}
    for name, table in (("off", said.off), ("working", said.working)):
        for country, texts in table.items():
            try:
                calendars.check_country(country)
                found[name][country] = calendars.days(texts)
            except ValueError as error:
                remedy = f'Example: {country} = ["2027-02-05..2027-02-11", "2027-04-05"]'
                raise text.error(f"calendar.{name}", country, f"is wrong: {error}", remedy) from None
    return Calendar(off=found["off"], working=found["working"])


def check_accounts(text: Text, ledger: Mapping[str, str], bank: Mapping[str, str]) -> None:
    """Raise UsageError when an account is mapped to no channel, or to no currency."""
    for code, channel in ledger.items():
        if channel not in CHANNELS:
            explanation = f'is "{channel}", which is no channel'
            raise text.error("ledger.accounts", code, explanation, nearest(channel, CHANNELS))
    for account, currency in bank.items():
        if not re.fullmatch(r"[A-Z]{3}", currency):
            explanation = f'is "{currency}", which is no currency code'
            raise text.error("bank.accounts", account, explanation, f'Example: "{account}" = "CNY"')
