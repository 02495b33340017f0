"""超时未确认订单清单: signed but not confirmed, one row an order, with whom to call and the proof of delivery.

The rows come from ``recon.fulfilment`` (:class:`Confirmations`); this module only prints them: an overview, one sheet
for each owner (one for all when no owners are set), and the low-activity customers (低活跃用户) with the policy that
follows for them. Names and telephone numbers are masked unless the settings say otherwise.

The first delivery proofs stand in the sheets as small pictures, further ones as links, so that a long list still opens;
a picture that is not where the shipments file says is told as 未找到, and a proof that is an address on the net is a
link: nothing is fetched.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import polars as pl
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from PIL import Image as Picture
from PIL import ImageOps, UnidentifiedImageError

from recon import privacy, times
from recon.report.settings import Settings
from recon.report.words import REGIONS, WAYS, Speaker
from recon.report.workbook import Column, Link, Money, Sheet, local, place_of, saved, styles, titled

log = logging.getLogger(__name__)

SIZE: Final = (112, 70)
"""Largest width and height of a thumbnail in pixels."""
ROW_HEIGHT: Final = 58.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmations:
    """What the fulfilment stage found, as of one moment (report and fulfilment do not know each other)."""

    orders: pl.DataFrame
    """Overdue orders; columns of ``recon.fulfilment.UNCONFIRMED``."""
    customers: pl.DataFrame
    """Low-activity customers; columns of ``recon.fulfilment.LOW_ACTIVITY``."""
    policy: str
    """What follows for them, in words."""
    owners: tuple[str, ...] = ()
    """Who has a sheet of the list, in this order; none: one sheet for all."""


def write(
    found: Confirmations, settings: Settings, *, period: str, as_of_s: int, out: Path, home: Path | None = None
) -> None:
    """Write the workbook to the file ``out``.

    ``home`` is the folder that it will stand in, else that of ``out``: links to pictures are relative to it where they
    can be.
    """
    say = Speaker(settings.language)
    orders, customers = _masked(found.orders, settings), _masked(found.customers, settings)
    book = Workbook(write_only=True)
    styles(book)
    widths = (
        Column("", 26),
        Column("", 10, "count"),
        Column("", 18, "money"),
        Column("", 8),
        Column("", 18, "count"),
        Column("", 16, "count"),
    )
    overview = Sheet(book, say("总览", "Overview"), widths)
    proofs = _Proofs(settings, say, home or out.parent)
    taken = [overview.title, say("低活跃用户", "Low-activity customers")]
    sheets: list[tuple[str, pl.DataFrame]] = []
    for name, rows in _shared(orders, found.owners, say):
        title = titled(name, taken)
        taken.append(title)
        sheets.append((title, rows))
        _sheet(book, title, rows, settings, say, proofs)
    _low_activity(book, taken[1], customers, found.policy, settings, say)
    _overview(overview, sheets, (taken[1], customers.height), settings, say, (period, as_of_s))
    saved(book, dt.datetime.fromtimestamp(as_of_s, tz=dt.UTC), settings.merchant or "recon", out)


def _masked(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    if settings.show_personal_data:
        return frame
    return frame.with_columns(
        privacy.masked_name(pl.col("receiver_name")).alias("receiver_name"),
        privacy.masked_phone(pl.col("receiver_phone")).alias("receiver_phone"),
    )


def _shared(orders: pl.DataFrame, owners: tuple[str, ...], say: Speaker) -> list[tuple[str, pl.DataFrame]]:
    """Name and rows of each sheet of orders."""
    if not owners:
        return [(say("超时未确认订单", "Overdue confirmations"), orders)]
    shared = [(name, orders.filter(pl.col("owner") == name)) for name in owners]
    rest = orders.filter(~pl.col("owner").is_in(owners))
    return [*shared, (say("未分配", "Nobody's"), rest)] if rest.height else shared


# ------------------------------------------------------------------------------------------------ the overview


def _overview(
    sheet: Sheet, sheets: list[tuple[str, pl.DataFrame]], customers: tuple[str, int], settings: Settings,
    say: Speaker, moment: tuple[str, int],
) -> None:  # fmt: skip
    """Say what the list holds and as of when, with a link to each sheet."""
    period, as_of_s = moment
    title = say("超时未确认订单清单", "Overdue confirmations")
    sheet.add([f"{title} {say.month(period)}"], style="title", height=30)
    about = say("数据截至 ", "as of ") + times.show_moment(as_of_s, settings.zone)[:16]
    sheet.add([f"{settings.merchant}　{about}" if settings.merchant else about], style="note")
    sheet.add([])
    sums_of = (("金额", "Amount"), ("币种", "Currency"))
    heads = (("清单", "Sheet"), ("单数", "Orders"), *sums_of, ("最久超时（小时）", "Longest (hours)"))
    sheet.add([say(*head) for head in (*heads, ("从未触达", "Never contacted"))], style="header", height=22)
    for name, rows in sheets:
        sums = (
            rows.filter(pl.col("amount_minor").is_not_null())
            .group_by(pl.col("currency").replace("", settings.base_currency))
            .agg(pl.col("amount_minor").sum())
        )
        amounts: list[tuple[object, str]] = [(Money(minor, unit), unit) for unit, minor in sorted(sums.iter_rows())]
        amounts = amounts or [("", "")]
        never = rows["last_contact_s"].null_count()
        longest = max(rows["overdue_hours"], default=0)
        sheet.add([Link(name, location=place_of(name)), rows.height, *amounts[0], longest, never])
        for amount in amounts[1:]:
            sheet.add(["", "", *amount])
    sheet.add([Link(customers[0], location=place_of(customers[0])), customers[1]])
    sheet.add([])
    for line in _notes(settings, say):
        sheet.add([line], style="note")
    sheet.finish()


def _notes(settings: Settings, say: Speaker) -> list[str]:
    private = say(
        "含个人信息，请勿外传。" if settings.show_personal_data else "姓名与电话已脱敏。",
        "Holds personal data: do not pass on." if settings.show_personal_data else "Names and numbers are masked.",
    )
    return [
        say(
            "已签收、未确认收货、且已超过合理确认时限的订单；快递柜、驿站代收不算签收。",
            "Signed for, not confirmed, and past the reasonable window; a drop in a locker is no signature.",
        ),
        say(
            "时限按区域：同城、跨省、偏远；承运商另有约定的从其约定。带“推”字的区域由承运商或收发地推定。",
            "Windows are by region, or by carrier where one has its own. "
            "Regions marked * follow from carrier or places.",
        ),
        say("处理结果请从下拉列表选择。", "Choose the result from the list."),
        private,
    ]


# ------------------------------------------------------------------------------------------------ the orders


def columns(say: Speaker) -> list[Column]:
    """Columns of a sheet of orders."""
    return [
        Column(say("收货人", "Receiver"), 11),
        Column(say("联系电话", "Telephone"), 15),
        Column(say("订单号", "Order"), 22, "long"),
        Column(say("运单号", "Parcel"), 20, "long"),
        Column(say("承运商", "Carrier"), 12, "long"),
        Column(say("区域", "Region"), 9),
        Column(say("店铺", "Shop"), 16, "long"),
        Column(say("订单金额", "Amount"), 14, "money"),
        Column(say("币种", "Currency"), 8),
        Column(say("签收时间", "Signed"), 17, "moment"),
        Column(say("确认时限", "Deadline"), 17, "moment"),
        Column(say("超时（小时）", "Hours overdue"), 13, "count"),
        Column(say("最后触达时间", "Last contact"), 17, "moment"),
        Column(say("触达方式", "Contacted by"), 11),
        Column(say("签收凭证", "Delivery proof"), 18),
        Column(say("处理结果", "Result"), 13, "input"),
        Column(say("备注", "Remark"), 24, "input"),
        Column(say("低活跃", "Low activity"), 9),
        Column(say("证据（文件:行）", "Evidence (file:line)"), 34),
    ]


def _sheet(book: Workbook, title: str, orders: pl.DataFrame, settings: Settings, say: Speaker, proofs: _Proofs) -> None:
    captions = columns(say)
    place = {column.caption: number for number, column in enumerate(captions, start=1)}
    sheet = Sheet(book, title, captions, frozen="D2")
    sheet.header()
    for row in orders.iter_rows(named=True):
        picture, text = proofs.of(row["sign_proof"])
        sheet.add(_row(row, text, settings, say), height=ROW_HEIGHT if picture else 20)
        if picture is not None:
            sheet.picture(picture, place[say("签收凭证", "Delivery proof")])
    words = say(
        "已确认收货,承诺确认,拒绝确认,联系不上,转售后,其他",
        "confirmed,will confirm,refuses,not reached,to after-sales,other",
    ).split(",")
    result = say("处理结果", "Result")
    sheet.choices(place[result], 2, words, result, say("请从下拉列表选择", "choose from the list"))
    sheet.finish(printed=place[say("备注", "Remark")])


def _row(row: dict[str, Any], proof: object, settings: Settings, say: Speaker) -> list[object]:
    currency = row["currency"] or settings.base_currency
    region = say.name(REGIONS, row["region"])
    if region and row["region_by"] in ("carrier", "places"):
        region = say(f"{region}（推）", f"{region} *")
    return [
        row["receiver_name"],
        row["receiver_phone"],
        row["order_no"],
        row["waybill_no"],
        row["carrier"],
        region,
        row["shop"],
        Money(row["amount_minor"], currency),
        currency,
        local(row["signed_s"], settings.zone),
        local(row["deadline_s"], settings.zone),
        row["overdue_hours"],
        local(row["last_contact_s"], settings.zone) or say("从未触达", "never"),
        say.name(WAYS, row["last_contact_by"]),
        proof,
        "",
        "",
        say("是", "yes") if row["is_low_activity"] else "",
        row["evidence"],
    ]


# ------------------------------------------------------------------------------------------------ the proofs


class _Proofs:
    """Delivery proofs: the first ones as pictures, the rest as links."""

    def __init__(self, settings: Settings, say: Speaker, home: Path) -> None:
        self._say, self._home = say, home
        self._root = settings.proof_root.resolve() if settings.proof_root else None
        self._left = settings.thumbnails

    def of(self, printed: str) -> tuple[Any, object]:
        """Picture to embed, or the text or link to print instead. Of several proofs the first that exists is shown."""
        names = [name.strip() for name in printed.split(",") if name.strip()]
        if not names:
            return None, self._say("无", "none")
        if names[0].lower().startswith(("https://", "http://")):
            return None, Link(self._say("查看", "open"), target=names[0])
        if self._root is None:
            return None, printed
        for name in names:
            path = (self._root / name).resolve()
            if path.is_relative_to(self._root) and path.is_file():
                picture = self._picture(path) if self._left else None
                self._left -= picture is not None
                return picture, "" if picture else Link(name, target=_target(path, self._home))
        return None, self._say("未找到", "not found")

    @staticmethod
    def _picture(path: Path) -> Image | None:
        try:
            return _thumbnail(path)
        except (UnidentifiedImageError, OSError, ValueError, Warning, Picture.DecompressionBombError) as error:
            log.warning("delivery proof %s is no picture that can be shown: %s", path.name, error)
            return None


def _target(path: Path, home: Path) -> str:
    """Address of a picture, relative to the workbook's folder where the two share one."""
    for up, folder in enumerate([home.resolve(), *home.resolve().parents][:4]):
        if path.is_relative_to(folder):
            return quote("../" * up + path.relative_to(folder).as_posix())
    return path.as_uri()


def _thumbnail(path: Path) -> Image:
    """Make a small picture of a photograph, upright as the telephone says it was held."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Picture.DecompressionBombWarning)
        with Picture.open(path) as opened:
            opened.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))  # a JPEG is decoded at the size that is wanted
            small = ImageOps.exif_transpose(opened).convert("RGB")
            small.thumbnail((SIZE[0] * 2, SIZE[1] * 2))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    out.seek(0)
    image = Image(out)
    scale = min(SIZE[0] / image.width, SIZE[1] / image.height)
    image.width, image.height = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    return image


# ------------------------------------------------------------------------------------------------ the customers


def _low_activity(
    book: Workbook, title: str, customers: pl.DataFrame, policy: str, settings: Settings, say: Speaker
) -> None:
    captions = [
        Column(say("收货人", "Receiver"), 12),
        Column(say("联系电话", "Telephone"), 16),
        Column(say("连续超时（单）", "Overdue in a row"), 16, "count"),
        Column(say("累计超时", "Overdue in all"), 12, "count"),
        Column(say("累计订单", "Orders in all"), 12, "count"),
        Column(say("起（签收）", "Since (signed)"), 17, "moment"),
        Column(say("止（签收）", "To (signed)"), 17, "moment"),
        Column(say("客户身份", "Identity"), 24),
        Column(say("后续策略", "Policy"), 46, "long"),
        Column(say("连续超时的订单", "Orders"), 60, "long"),
    ]
    sheet = Sheet(book, title, captions, frozen="C2")
    sheet.header()
    for row in customers.iter_rows(named=True):
        sheet.add(
            [
                row["receiver_name"],
                row["receiver_phone"],
                row["streak"],
                row["overdue"],
                row["orders"],
                local(row["since_s"], settings.zone),
                local(row["last_s"], settings.zone),
                say("号码完整", "full number")
                if row["is_certain"]
                else say("号码已脱敏，按姓名归并", "masked, by name"),
                policy,
                row["order_nos"],
            ]
        )
    sheet.finish()
