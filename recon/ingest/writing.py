"""One reading -> the store, all or nothing: raw rows, canonical rows, rejects, exclusions and the file's own row.

The law of conservation is checked before anything is written (:func:`counted`): every printed line of the file is
canonical, excluded with a reason, or rejected, and only one of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from recon.ingest import replacing, totals
from recon.ingest.banking import with_channels, with_currency
from recon.ingest.confirming import NOTHING, Confirmed, confirm
from recon.ingest.identity import load_txns
from recon.ingest.ledger import load_ledger, load_vouchers
from recon.ingest.refusing import separator_found
from recon.ingest.result import Ingested
from recon.ingest.settings import Settings
from recon.model import CONTACT, RATE, SHIPMENT, TXN, VOUCHER, Book, Channel, Kind, Status, shaped
from recon.sources import Reading
from recon.store import Store, audit

_CLOSED = {"book": Book, "kind": Kind, "status": Status}


@dataclass(slots=True, kw_only=True)
class Draft:
    """A file that was read and is not stored yet; its bytes are no longer needed."""

    name: str
    sha256: str
    size_bytes: int
    encoding: str
    source: str
    raw_table: str
    raw: pl.DataFrame
    """Emptied as soon as it is stored: printed cells are half of what a large file takes in memory."""
    reading: Reading
    """Without its raw rows."""
    odd: bool
    """It was read only because the user takes it although it is damaged or does not agree with itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Distinct printed lines of one file."""

    raw: int
    canon: int
    excluded: int
    rejected: int


def counted(name: str, reading: Reading) -> Counts:
    """Count the printed lines of a reading and where they went.

    Raises AssertionError when a line is nowhere or in two places: then the format's code is wrong, not the file.
    """
    frames = (reading.txns, reading.vouchers, reading.shipments, reading.contacts, reading.rates)
    canon = _lines(*(frame for frame in frames if frame is not None))
    excluded, rejected = _lines(reading.excluded), _lines(reading.rejects)
    read = _lines(reading.raw, reading.rejects)  # a record of the wrong width is in the rejects alone
    placed = pl.concat([canon, excluded, rejected])
    if placed.n_unique() != placed.len() or not read.sort().equals(placed.sort(), null_equal=True):
        lost = read.filter(~read.is_in(placed.implode())).sort().head(5).to_list()
        made_up = placed.filter(~placed.is_in(read.implode())).sort().head(5).to_list()
        twice = placed.filter(placed.is_duplicated()).unique().sort().head(5).to_list()
        msg = (
            f"{name}: {read.len()} lines were read, but {canon.len()} are canonical, {excluded.len()} excluded and "
            f"{rejected.len()} rejected (nowhere: {lost}, not read: {made_up}, in two places: {twice})"
        )
        raise AssertionError(msg)
    return Counts(raw=read.len(), canon=canon.len(), excluded=excluded.len(), rejected=rejected.len())


def _lines(*frames: pl.DataFrame) -> pl.Series:
    parts = [frame["line_no"].cast(pl.Int64) for frame in frames]
    return pl.concat(parts).unique() if parts else pl.Series("line_no", [], dtype=pl.Int64)


def write(store: Store, draft: Draft, counts: Counts, settings: Settings, *, run_id: int, at_s: int) -> Ingested:
    """Store a reading in one transaction.

    Raises SourceError when the canonical rows cannot be completed (a bank account of unknown currency, U+001F in a
    cell), or a summary's figure is not that of the rows; the store is then as before.
    """
    txns = _completed(draft, settings)
    reading = draft.reading
    vouchers = None if reading.vouchers is None or not reading.vouchers.height else shaped(reading.vouchers, VOUCHER)
    # Each frame is let go once it is stored: a large file's take as much memory as the file.
    reading = draft.reading = replace(reading, txns=None, vouchers=None)
    with store.transaction():
        file_id = int(store.value("SELECT coalesce(max(file_id), 0) + 1 FROM meta.file"))
        _write_raw(store, draft, file_id)
        outcomes: list[pl.DataFrame] = []
        warnings = reading.rejects
        confirmed = NOTHING
        if txns is not None:
            outcomes.append(load_txns(store, txns, source=draft.source, file_id=file_id))
            del txns
            confirmed = confirm(store, source=draft.source, file_id=file_id)
        if vouchers is not None:
            outcomes.append(load_vouchers(store, vouchers, file_id=file_id))
            del vouchers
            unbalanced = load_ledger(
                store,
                source=draft.source,
                file_id=file_id,
                accounts=settings.ledger,
                base_currency=settings.base_currency,
            )
            warnings = pl.concat([warnings, unbalanced])
        outcomes += _replaced(store, reading, file_id)
        _append(store, "meta.reject", warnings, file_id)
        _append(store, "meta.excluded", reading.excluded, file_id)
        result = _ingested(draft, counts, outcomes, confirmed, file_id)
        _write_file(store, draft, result, run_id=run_id, at_s=at_s)
        totals.keep(store, reading.totals, file_id=file_id)
        reason = settings.accept_mismatch
        compared = totals.compare(store, name=draft.name, file_id=file_id, accept=bool(reason))
        if draft.odd or compared.accepted:
            _accept(store, file_id, reason=reason, actor=settings.actor, at_s=at_s)
    return replace(result, totals_agree=compared.agree, totals_differ=compared.differ)


def _completed(draft: Draft, settings: Settings) -> pl.DataFrame | None:
    """Give the transactions all their columns, bank lines their channel and currency; check the closed sets."""
    found = draft.reading.txns
    if found is None or not found.height:
        return None
    txns = with_currency(draft.name, shaped(found, TXN), settings.accounts)
    txns = with_channels(txns, settings.contracts)
    text = [name for name, kind in TXN.items() if kind is pl.String]
    separated = txns.filter(pl.any_horizontal(pl.col(name).str.contains("\x1f", literal=True) for name in text)).head(1)
    if separated.height:
        row = separated.row(0, named=True)
        raise separator_found(draft.name, row["line_no"], next(row[name] for name in text if "\x1f" in row[name]))
    wrong = [
        *(pl.col(name).is_null() for name in ("line_no", "amount_minor", "business_date")),
        *(~pl.col(name).is_in([word.value for word in words]) for name, words in _CLOSED.items()),
        ~pl.col("channel").is_in(["", *(channel.value for channel in Channel)]),
        ~pl.col("currency").str.contains(r"^[A-Z]{3}$"),
    ]
    bad = txns.filter(pl.any_horizontal(wrong)).head(1)
    if bad.height:
        msg = f"{draft.name}: the format {draft.source} made a row that is no record: {bad.row(0, named=True)}"
        raise AssertionError(msg)
    return txns


def _write_raw(store: Store, draft: Draft, file_id: int) -> None:
    raw, draft.raw = draft.raw, draft.raw.clear()
    names = _column_names(raw.columns)
    table = store.ensure_raw(draft.raw_table, [name for name in names if name != "line_no"])
    _append(store, table, raw.rename(dict(zip(raw.columns, names, strict=True))), file_id)


def _column_names(printed: list[str]) -> list[str]:
    """Printed names as columns of one table: SQL does not tell ``Fee`` from ``fee``, and file_id is ours."""
    taken = {"file_id"}
    names: list[str] = []
    for name in printed:
        free, repeat = name, 2
        while free.lower() in taken:
            free, repeat = f"{name}_{repeat}", repeat + 1
        taken.add(free.lower())
        names.append(free)
    return names


def _append(store: Store, table: str, frame: pl.DataFrame, file_id: int) -> None:
    store.append(table, frame.with_columns(pl.lit(file_id, dtype=pl.Int32).alias("file_id")))


def _replaced(store: Store, reading: Reading, file_id: int) -> list[pl.DataFrame]:
    parts = (
        ("canon.shipment", reading.shipments, SHIPMENT, replacing.PARCEL_KEY),
        ("canon.contact", reading.contacts, CONTACT, replacing.CONTACT_KEY),
        ("canon.rate", reading.rates, RATE, replacing.RATE_KEY),
    )
    return [
        replacing.replace(store, table, shaped(frame, columns), key, file_id=file_id)
        for table, frame, columns, key in parts
        if frame is not None and frame.height
    ]


_OUTCOMES: Final = ("overlap", "confirmed", "new", "restated")


def _ingested(
    draft: Draft, counts: Counts, outcomes: list[pl.DataFrame], confirmed: Confirmed, file_id: int
) -> Ingested:
    by_outcome = _by_outcome(pl.concat(outcomes), confirmed.lines) if outcomes else dict.fromkeys(_OUTCOMES, 0)
    if sum(by_outcome.values()) != counts.canon:
        msg = f"{draft.name}: {counts.canon} canonical lines became {by_outcome}"
        raise AssertionError(msg)
    return Ingested(
        name=draft.name,
        source=draft.source,
        file_id=file_id,
        rows_raw=counts.raw,
        rows_canon=counts.canon,
        rows_excluded=counts.excluded,
        rows_rejected=counts.rejected,
        rows_new=by_outcome["new"],
        rows_overlap=by_outcome["overlap"],
        rows_restated=by_outcome["restated"],
        rows_confirmed=by_outcome["confirmed"],
        confirmed_earlier=confirmed.earlier,
        contradictions=confirmed.contradictions,
        controls=draft.reading.controls,
        encoding=draft.encoding,
    )


def _by_outcome(told: pl.DataFrame, confirmed: pl.DataFrame) -> dict[str, int]:
    """Count lines by outcome. A line of several records has the last of ``_OUTCOMES`` that one of them has."""
    by_outcome = dict.fromkeys(_OUTCOMES, 0)
    if not confirmed.height and (told["outcome"] == "new").all():  # a large file is new as a whole, as a rule
        return by_outcome | {"new": told["line_no"].n_unique()}
    told = _with_confirmed(told, confirmed)
    rank = pl.col("outcome").replace_strict(_OUTCOMES, range(len(_OUTCOMES)), return_dtype=pl.Int8)
    ranks = told.select("line_no", rank.alias("rank")).group_by("line_no").agg(pl.col("rank").max())
    for number, count in ranks["rank"].value_counts().iter_rows():
        by_outcome[_OUTCOMES[number]] = count
    return by_outcome


def _with_confirmed(outcomes: pl.DataFrame, confirmed: pl.DataFrame) -> pl.DataFrame:
    """Call as many 'new' rows of a line 'confirmed' as do confirm another bill's row."""
    if not confirmed.height:
        return outcomes
    counts = confirmed.group_by("line_no").agg(pl.len().alias("taken"))
    is_new = pl.col("outcome") == "new"
    nth = is_new.cast(pl.UInt32).cum_sum().over("line_no")
    outcome = pl.when(is_new & (nth <= pl.col("taken"))).then(pl.lit("confirmed")).otherwise(pl.col("outcome"))
    return outcomes.join(counts, on="line_no", how="left").select("line_no", outcome.alias("outcome"))


def _accept(store: Store, file_id: int, *, reason: str, actor: str, at_s: int) -> None:
    """Keep why the file was taken, with the file and in the audit chain."""
    given = {"file_id": file_id, "reason": reason, "actor": actor}
    store.run("UPDATE meta.file SET accepted = $reason, accepted_by = $actor WHERE file_id = $file_id", given)
    audit(store, at_s=at_s, actor=actor, subject=f"file {file_id}", action="accept-mismatch", reason=reason)


def _write_file(store: Store, draft: Draft, result: Ingested, *, run_id: int, at_s: int) -> None:
    controls = [
        {
            "name": control.name,
            "printed": control.printed,
            "computed": control.computed,
            "ok": control.ok,
            "binding": control.binding,
        }
        for control in result.controls
    ]
    row = {
        "file_id": result.file_id,
        "sha256": draft.sha256,
        "name": draft.name,
        "size_bytes": draft.size_bytes,
        "source": draft.source,
        "encoding": draft.encoding,
        "account": draft.reading.account,
        "period_start": draft.reading.period_start,
        "period_end": draft.reading.period_end,
        "rows_raw": result.rows_raw,
        "rows_canon": result.rows_canon,
        "rows_excluded": result.rows_excluded,
        "rows_rejected": result.rows_rejected,
        "rows_new": result.rows_new,
        "rows_overlap": result.rows_overlap,
        "rows_restated": result.rows_restated,
        "rows_confirmed": result.rows_confirmed,
        "control": json.dumps(controls, ensure_ascii=False),
        "run_id": run_id,
        "ingested_s": at_s,
    }
    dates = {"period_start": pl.Date, "period_end": pl.Date}
    store.append("meta.file", pl.DataFrame([row], schema_overrides=dates))
