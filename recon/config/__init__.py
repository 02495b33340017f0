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

rules       the workspace's own rules of differences
fees        terms of a channel's fee that differ from a day on, by account or by currency
mappings    the workspace's own files
known       what may stand in the file
checking    what is said when it is wrong
writing     the commented default
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import tempfile
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from recon import delivery, differences, fulfilment, ingest, match, report, store
from recon.config import mappings, rules
from recon.config.checking import (
    Text,
    check_accounts,
    check_countries,
    check_formats,
    check_patterns,
    check_sections,
    check_workspace,
    checked,
    excerpt_of,
    read_days,
)
from recon.config.fees import read_fees
from recon.config.known import CHANNELS, PATHS, Bank, Days, Rules, Workspace, every_section
from recon.config.writing import default_toml
from recon.contract import Contract
from recon.errors import UsageError
from recon.sources.mapping import ColumnMapping

__all__ = ["FILE", "Bank", "Config", "Workspace", "add_mapping", "default_toml", "load", "parse", "rendered"]

FILE: Final = "recon.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything recon.toml says, ready to be handed to the stages."""

    workspace: Workspace
    contracts: tuple[Contract, ...]
    store: store.Settings
    ingest: ingest.Settings
    match: match.Settings
    differences: differences.Settings
    reminders: fulfilment.Reminders
    mail: delivery.Mail
    fulfilment: fulfilment.Settings
    report: report.Settings


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


def rendered(mapping: ColumnMapping) -> str:
    """Return a column mapping as :func:`add_mapping` writes it."""
    return mappings.render(mapping)


def add_mapping(folder: Path, mapping: ColumnMapping) -> None:
    """Write a column mapping into ``folder/recon.toml``, instead of an older one of the same name.

    Comments, order and everything else stay. The file is there as it was, or with the mapping, whatever happens in
    between; what would not be read back is not written. Raises UsageError as :func:`load` does.
    """
    load(folder)
    path = (folder / FILE).resolve()  # a link stays a link
    data = path.read_bytes()
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = mappings.with_mapping(data.decode("utf-8-sig"), mapping)
    parse(text, place=str(path), folder=folder)
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{FILE}.", delete=False) as file:
        file.write(mark + text.encode())
        file.flush()
        os.fsync(file.fileno())
    beside = Path(file.name)
    try:
        shutil.copymode(path, beside)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


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
            excerpt=excerpt_of(text, line_no),
            remedy='Texts stand in quotes: merchant = "云杉家居"',
        ) from None
    return _assemble(Text(text, place, folder), said)


def _assemble(text: Text, said: dict[str, Any]) -> Config:
    sections = {section.name: section for section in every_section()}
    check_sections(text, said, sections)

    def told(name: str) -> dict[str, object]:
        above, _, below = name.partition(".")
        table = said.get(above, {})
        return checked(text, sections[name], table.get(below, {}) if below else table)

    added = rules.read_rules(text, said.get("rules", {}).pop("add", []))
    own = mappings.read_mappings(text, said.get("sources", {}).pop("mapping", {}))

    workspace = Workspace(**told("workspace"))  # type: ignore[arg-type]  # checked holds them to the field's types
    check_workspace(text, workspace)
    terms = {name: said.get("channel", {}).get(name, {}).pop("fees", []) for name in CHANNELS}
    plain = [replace(CHANNELS[name], **told(f"channel.{name}")) for name in CHANNELS]  # type: ignore[arg-type]
    contracts = tuple(replace(each, fees=read_fees(text, each, terms[each.channel])) for each in plain)
    check_patterns(text, contracts)
    check_countries(text, contracts)
    ledger, bank = ingest.LedgerMap(**{"accounts": {}} | told("ledger")), Bank(**told("bank"))  # type: ignore[arg-type]
    check_accounts(text, ledger.accounts, bank.accounts)
    common: dict[str, object] = {
        "contracts": contracts,
        "calendar": read_days(text, Days(**told("calendar"))),  # type: ignore[arg-type]
        "zone": workspace.zone,
        "base_currency": workspace.base_currency,
        "merchant": workspace.merchant,
        "language": workspace.language,
        "unionpay_cutoff": next(contract.cutoff for contract in contracts if contract.channel == "unionpay"),
        "ledger": ledger,
        "accounts": bank.accounts,
        "rules_off": Rules(**told("rules")).off,  # type: ignore[arg-type]
        "rules_added": added,
        "mappings": own,
        **{name: text.folder / path for name, path in PATHS.items()},
    }

    def stage(name: str) -> Any:  # noqa: ANN401 - each stage's own Settings
        record = sections[name].record
        known = {item.name for item in fields(record)}
        supplied, own = {key: value for key, value in common.items() if key in known}, told(name)
        try:
            return record(**(supplied | own))
        except ValueError as error:
            raise text.error(name, "", str(error)) from error
        except UsageError as error:  # the stage knows the key and not the file
            key = error.place.removeprefix(f"[{name}]").strip()
            raise text.error(name, key, error.explanation, error.remedy) from None

    common["sources"] = stage("sources")
    pairing = stage("match")
    common["tolerance"] = pairing.tolerance
    naming, shipping = stage("differences"), stage("fulfilment")
    rules.check(text, naming)
    common["valid_refund_days"] = shipping.valid_refund_days
    common["vouchers"] = terms_of_vouchers = stage("vouchers")
    check_formats(text, terms_of_vouchers.formats)
    return Config(
        workspace=workspace,
        contracts=contracts,
        store=stage("store"),
        ingest=stage("ingest"),
        match=pairing,
        differences=naming,
        fulfilment=shipping,
        reminders=stage("reminders"),
        mail=stage("mail"),
        report=stage("report"),
    )
