"""The explorer: all differences of a period in one HTML file, to look with: count, filter, open one, read its evidence.

The file is self-contained. Its policy forbids every request, the browser runs the one script whose hash the page
states, and whatever comes from the merchant's files travels as compressed data and becomes text, never markup. The
page is ``reports/templates/explorer.html.j2`` with its own css and js beside it.

What is in it, as JSON, deflated and in base64:

    the head      names, words, and the list: one array a column, names as numbers into dictionaries
    the dossiers  in pieces of 256 differences, unpacked when one of them is opened: sentence, evidence with the printed
                  cells, second opinions, decisions, the timeline of its order in all books

A file has to stay a file that a browser opens and a mail server takes: past DOSSIERS differences the printed lines and
timelines of those with the largest amounts are taken, and the others keep the sentence and ``file:line``. The page says
so, and names the command that shows the rest. (Measured: 69,160 differences of a generated month are 19 MB with all
dossiers, 9 MB with 20,000; Chromium shows either in about a second.)
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
import polars as pl
from markupsafe import Markup

import recon
from recon import money, times
from recon.differences import printed, timeline
from recon.privacy import mask_text, masked_text
from recon.report import health, listing, sentences
from recon.report.bridge import SQL
from recon.report.explorer_words import WORDS
from recon.report.figures import Figures
from recon.report.settings import Settings
from recon.report.words import BOOKS, CHANNELS, CODES, EVENTS, KINDS, LEGS, SEVERITIES, STATES, STATUSES, Speaker
from recon.store import Store

PIECE: Final = 256
"""Dossiers that are unpacked together."""
BLOCK: Final = 40 * PIECE
"""Differences that are asked for together: each question reads whole books."""
DOSSIERS: Final = 50_000
"""Differences whose printed lines and timelines are embedded."""
MOST_EVENTS: Final = 60
"""Of one timeline; a cart of hundreds of orders has more."""
EXACT: Final = 2**53 - 1
"""The largest integer that a number of JavaScript holds; past it the page counts in BigInt."""
SCRIPTS: Final = ("explorer-data.js", "explorer-view.js")


def write(store: Store, figures: Figures, settings: Settings, *, out: Path) -> None:
    """Write the explorer of the period of ``figures`` to the file ``out``. Raises UsageError without a template."""
    say = Speaker(settings.language)
    rows = _rows(store, figures)
    detailed = _detailed(rows, figures, DOSSIERS)
    names = _Names()
    pieces = [_packed(piece) for piece in _dossiers(store, rows, detailed, names, settings)]
    head = _head(rows, figures, settings, say) | {
        "piece": PIECE, "detailed": len(detailed), "files": names.listed("file"), "cells": names.listed("cell"),
        "decimals": {currency: money.exponent(currency) for currency in names.listed("currency")},
    }  # fmt: skip
    folder = health.templates(settings, "explorer.html.j2")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    script = "\n".join(_part(name, settings) for name in SCRIPTS)
    style = _part("explorer.css", settings)
    html = environment.get_template(
        "explorer.html.j2"
    ).render(
        figures=figures,
        settings=settings,
        say=say,
        verdict=Markup(sentences.verdict(figures, settings, say)),  # noqa: S704 - sentences escape names
        points=[Markup(rate) for rate in _headline(figures, say)],  # noqa: S704 - figures only
        as_of=times.show_moment(figures.as_of_s, settings.zone)[:16],
        version=recon.__version__,
        number=rows.height,
        detailed=len(detailed),
        head=_packed(head),
        pieces=pieces,
        script=Markup("\n" + script),  # noqa: S704 - our own files
        style=Markup("\n" + style),  # noqa: S704 - our own files
        script_hash=_hash("\n" + script),
        style_hash=_hash("\n" + style),
    )
    out.write_text(html, encoding="utf-8")


def _part(name: str, settings: Settings) -> str:
    """Text of a file of the page: the merchant's own, else the program's."""
    return (health.templates(settings, name) / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _packed(content: object) -> str:
    """JSON, deflated, in base64: letters that no parser of markup or script can take for anything else."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return base64.b64encode(packer.compress(text.encode()) + packer.flush()).decode()


class _Names:
    """Dictionaries: a text that comes again and again travels once."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, int]] = {}

    def number(self, kind: str, text: str) -> int:
        known = self._known.setdefault(kind, {})
        return known.setdefault(text, len(known))

    def listed(self, kind: str) -> list[str]:
        return list(self._known.get(kind, {}))


# ------------------------------------------------------------------------------------------------ the list


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _rows(store: Store, figures: Figures) -> pl.DataFrame:
    """Differences of the period that are not cleared, as ``recon diffs`` orders them."""
    return store.frame(_sql("explorer"), {"first": figures.first, "last": figures.last})


def _detailed(rows: pl.DataFrame, figures: Figures, most: int) -> list[str]:
    """Ids of the differences whose dossiers are embedded: all, or the largest ones in base currency."""
    if rows.height <= most:
        return rows["diff_id"].to_list()
    rates = {rate.currency: rate.rate_e8 for rate in figures.rates}
    sizes: list[tuple[int, str]] = []
    for row in rows.iter_rows(named=True):
        currency = row["currency"]
        rate = money.RATE_SCALE if currency == figures.base_currency else rates.get(currency, 0)
        sizes.append((-abs(row["delta_minor"]) * rate // 10 ** money.exponent(currency), row["diff_id"]))
    return [diff_id for _, diff_id in sorted(sizes)[:most]]


def _head(rows: pl.DataFrame, figures: Figures, settings: Settings, say: Speaker) -> dict[str, Any]:
    """Names, words and the columns of the list."""
    order = {code: place for place, code in enumerate(CODES)}
    legs = {leg: place for place, leg in enumerate(LEGS)}
    causes = sorted(
        rows.select("leg", "code").unique().iter_rows(),
        key=lambda key: (legs.get(key[0], 9), order.get(key[1], len(order)), key),
    )
    channels = _listed(rows["channel"], CHANNELS)
    currencies = sorted(rows["currency"].unique(), key=lambda c: (c != figures.base_currency, c))
    states, severities = _listed(rows["state"], STATES), _listed(rows["severity"], SEVERITIES)
    actions, batches, people = (sorted(rows[name].unique()) for name in ("action", "batch_no", "assignee"))
    is_exact = all(
        int(part["delta_minor"].abs().sum()) <= EXACT and not _beyond(part["left_minor"], part["right_minor"])
        for part in rows.partition_by("currency")
    )

    def column(name: str, listed: Sequence[str]) -> list[int]:
        places = {text: place for place, text in enumerate(listed)}
        return [places[text] for text in rows[name]]

    def amounts(name: str) -> list[Any]:
        found = rows[name].to_list()
        return found if is_exact else [None if minor is None else str(minor) for minor in found]

    def days(name: str) -> list[int | None]:
        return (rows[name].cast(pl.Date) - figures.first).dt.total_days().to_list()

    kinds = ["break", "timing"]
    place = {key: number for number, key in enumerate(causes)}
    today = times.local_date(figures.as_of_s, settings.zone)
    return {
        "language": settings.language,
        "period": figures.period,
        "first": str(figures.first),
        "today": (today - figures.first).days,
        "exact": is_exact,
        "currencies": [(currency, money.exponent(currency)) for currency in currencies],
        "causes": [
            (leg, code, say.cause(leg, code), say.leg(leg), *(say(*side) for side in listing.sides(leg, code)))
            for leg, code in causes
        ],
        "channels": [(channel, say.channel(channel)) for channel in channels],
        "legs": [(leg, say.leg(leg)) for leg in _listed(rows["leg"], LEGS)],
        "kinds": [(kind, say.name(KINDS, kind)) for kind in kinds],
        "states": [(state, say.name(STATES, state)) for state in states],
        "severities": [(severity, say.name(SEVERITIES, severity)) for severity in severities],
        "actions": [listing.action(action, say) for action in actions],
        "batches": batches,
        "people": people,
        "titles": {code: say.code(code) for code in sorted(_codes(rows))},
        "books": {book: say.book(book) for book in BOOKS},
        "events": {kind: say.name(EVENTS, kind) for kind in EVENTS},
        "statuses": {status: say.name(STATUSES, status) for status in STATUSES},
        "words": {key: say(*pair) for key, pair in WORDS.items()},
        "id": rows["diff_id"].to_list(),
        "order": rows["order_no"].to_list(),
        "reference": rows["reference"].to_list(),
        "batch": column("batch_no", batches),
        "cause": [place[key] for key in rows.select("leg", "code").iter_rows()],
        "channel": column("channel", channels),
        "kind": column("kind", kinds),
        "currency": column("currency", currencies),
        "state": column("state", states),
        "severity": column("severity", severities),
        "action": column("action", actions),
        "person": column("assignee", people),
        "left": amounts("left_minor"),
        "right": amounts("right_minor"),
        "delta": amounts("delta_minor"),
        "day": days("business_date"),
        "clears": days("clears_on"),
    }


def _listed(column: pl.Series, names: dict[str, Any]) -> list[str]:
    """Values that occur, in the order of the vocabulary; others behind them by name."""
    order = {name: place for place, name in enumerate(names)}
    return sorted(column.unique(), key=lambda value: (order.get(value, len(order)), value))


def _beyond(*columns: pl.Series) -> bool:
    return any(bool((column.abs() > EXACT).any()) for column in columns)


def _codes(rows: pl.DataFrame) -> set[str]:
    return {code for holds in rows["holds"].unique() for code in holds.split(",") if code}


def _headline(figures: Figures, say: Speaker) -> Iterator[str]:
    """Figures of the health report, name and value, said as there."""
    rows = (
        (say("健康分", "Health score"), f"{figures.score if figures.rate.whole else '–'}<small> / 100</small>"),
        (say("差异率", "Difference rate"), say.share(figures.rate.part, figures.rate.whole)),
        (say("自动匹配率", "Auto-match rate"), say.share(figures.match.part, figures.match.whole)),
        (
            say("差异 · 时间性", "Breaks · timing"),
            f"{say.count(figures.breaks)}<small> · {say.count(figures.timing_count)}</small>",
        ),
        (say("未解释余额", "Unexplained residual"), say.money(figures.residual_base_minor, figures.base_currency)),
    )
    for name, value in rows:
        yield f"<dt>{name}</dt><dd>{value}</dd>"


# ------------------------------------------------------------------------------------------------ the dossiers


def _dossiers(
    store: Store, rows: pl.DataFrame, detailed: list[str], names: _Names, settings: Settings
) -> Iterator[list[list[Any]]]:
    """Pieces of dossiers, in the order of the list.

    A dossier is [sentence, evidence, second opinions, linked ids, decisions], and where it is embedded also [records,
    how many more on the left, on the right, events, how many more].
    """
    masked = not settings.show_personal_data
    chosen = set(detailed)
    sentence = pl.col("because_zh" if settings.language == "zh" else "because_en")
    said = rows.select(masked_text(sentence) if masked else sentence).to_series().to_list()
    decided = _decisions(store, rows, settings)
    for start in range(0, rows.height, BLOCK):
        block = rows.slice(start, BLOCK)
        inside = block.filter(pl.col("diff_id").is_in(list(chosen)))
        records = _records(store, inside["diff_id"].to_list(), names, masked=masked)
        events = _events(store, inside, names, settings)
        made: list[list[Any]] = []
        for place, row in enumerate(block.iter_rows(named=True), start=start):
            diff_id = row["diff_id"]
            evidence = [_place(names, *_parted(item)) for item in row["evidence"].split("; ") if item]
            also = [code for code in row["holds"].split(",") if code and code != row["code"]]
            linked = [other for other in row["linked"].split(",") if other]
            dossier = [said[place], evidence, also, linked, decided.get(diff_id, [])]
            if diff_id in chosen:
                dossier += records.get(diff_id, [[], 0, 0])
                dossier += events.get(row["order_no"] or row["reference"], [[], 0])
            made.append(dossier)
        yield from (made[place : place + PIECE] for place in range(0, len(made), PIECE))


def _parted(place: str) -> tuple[str, str]:
    name, _, line = place.rpartition(":")
    return (name, line) if line.isdigit() else (place, "")


def _place(names: _Names, name: str, line: object) -> list[Any]:
    return [names.number("file", name), "" if line is None else line]


def _decisions(store: Store, rows: pl.DataFrame, settings: Settings) -> dict[str, list[list[str]]]:
    hide = str if settings.show_personal_data else mask_text
    found: dict[str, list[list[str]]] = {}
    with store.shown("asked_difference", rows.select("diff_id")):
        for diff_id, at_s, actor, action, reason in store.rows(_sql("explorer_decision")):
            moment = times.show_moment(at_s, settings.zone)
            found.setdefault(diff_id, []).append([moment, actor, action, hide(reason)])
    return found


def _records(store: Store, diff_ids: list[str], names: _Names, *, masked: bool) -> dict[str, list[Any]]:
    """Id -> [records, more on the left, more on the right]; a record: side, kind, currency, minor, place, cells."""
    lines = printed.lines(store, diff_ids)
    cells = printed.cells(store, lines, masked=masked)
    found: dict[str, list[Any]] = {}
    for row in lines.iter_rows(named=True):
        kept = found.setdefault(row["diff_id"], [[], 0, 0])
        side = int(row["side"] == "right")
        values = [
            part
            for name, value in cells[row["source"]].of(row["file_id"], row["line_no"]).items()
            for part in (names.number("cell", name), value)
        ]
        place = _place(names, row["name"], row["line_no"])
        names.number("currency", row["currency"])
        kept[0].append([side, row["kind"], row["currency"], str(row["amount_minor"]), place, values])
        kept[1 + side] = row["total"] - row["place"]
    return found


def _events(store: Store, rows: pl.DataFrame, names: _Names, settings: Settings) -> dict[str, list[Any]]:
    """Number -> [events, more]; an event: time, book, kind, status, currency, minor, fee, number, place, note."""
    numbers = [order or reference for order, reference in rows.select("order_no", "reference").iter_rows()]
    known, reached = timeline.followed(store, numbers)
    told = timeline.events(store, known, reached, zone=settings.zone)
    if not settings.show_personal_data:
        told = told.with_columns(masked_text(pl.col("note")))
    found: dict[str, list[Any]] = {}
    for row in told.iter_rows(named=True):
        kept = found.setdefault(row["key"], [[], 0])
        if len(kept[0]) == MOST_EVENTS:
            kept[1] += 1
            continue
        names.number("currency", row["currency"])
        kept[0].append([
            times.show_moment(row["occurred_s"], settings.zone) or str(row["day"]),
            row["book"], row["kind"], row["status"], row["currency"],
            *(None if row[name] is None else str(row[name]) for name in ("amount_minor", "fee_minor")),
            row["number"], _place(names, row["name"], row["line_no"]), row["note"],
        ])  # fmt: skip
    return found
