"""超时未确认订单清单: signed but not confirmed, one row an order, with whom to call and the proof of delivery.

The rows come from ``recon.fulfilment.overdue``; this module only prints them. Names and telephone numbers are masked
unless the settings say otherwise. The first delivery proofs stand in the sheet as small pictures, further ones as
links, so that a long list still opens; a picture that is not where the shipments file says is told as 未找到.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
from pathlib import Path
from typing import Any, Final

import polars as pl
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from PIL import Image as Picture
from PIL import UnidentifiedImageError

from recon import privacy, times
from recon.report.settings import Settings
from recon.report.words import REGIONS, WAYS, Speaker
from recon.report.workbook import Column, Link, Money, Sheet, local, saved, styles

log = logging.getLogger(__name__)

SIZE: Final = (112, 70)
"""Largest width and height of a thumbnail in pixels."""
ROW_HEIGHT: Final = 58.0
PROOF: Final = 14
"""Column (1-based) of the delivery proof."""
RESULT: Final = 15


def write(
    frame: pl.DataFrame, settings: Settings, *, period: str, as_of_s: int, out: Path, home: Path | None = None
) -> None:
    """Write the workbook of ``frame`` (columns of ``recon.fulfilment.UNCONFIRMED``) to the file ``out``.

    ``home`` is the folder that it will stand in, else that of ``out``: links to pictures are relative to it where they
    can be.
    """
    home = home or out.parent
    say = Speaker(settings.language)
    if not settings.show_personal_data:
        frame = frame.with_columns(
            privacy.masked_name(pl.col("receiver_name")).alias("receiver_name"),
            privacy.masked_phone(pl.col("receiver_phone")).alias("receiver_phone"),
        )
    book = Workbook(write_only=True)
    styles(book)
    sheet = Sheet(book, say("超时未确认订单", "Overdue confirmations"), _columns(say), frozen="E2")
    sheet.header()
    shown = 0
    for row in frame.iter_rows(named=True):
        picture, text = _proof(row["sign_proof"], settings, say, home, embed=shown < settings.thumbnails)
        sheet.add(_row(row, text, settings, say), height=ROW_HEIGHT if picture else 20)
        if picture is not None:
            sheet.picture(picture, PROOF)
            shown += 1
    words = say(
        "已确认收货,承诺确认,拒绝确认,联系不上,转售后,其他",
        "confirmed,will confirm,refuses,not reached,to after-sales,other",
    ).split(",")
    caption = say("处理结果", "Result")
    sheet.choices(RESULT, 2, words, caption, say("请从下拉列表选择", "choose from the list"))
    sheet.finish()
    _notes(book, frame, settings, say, period, as_of_s)
    saved(book, dt.datetime.fromtimestamp(as_of_s, tz=dt.UTC), settings.merchant or "recon", out)


def _columns(say: Speaker) -> list[Column]:
    return [
        Column(say("收货人", "Receiver"), 12),
        Column(say("联系电话", "Telephone"), 16),
        Column(say("订单号", "Order"), 22),
        Column(say("运单号", "Parcel"), 22),
        Column(say("承运商", "Carrier"), 12),
        Column(say("区域", "Region"), 10),
        Column(say("订单金额", "Amount"), 13),
        Column(say("币种", "Currency"), 8),
        Column(say("签收时间", "Signed"), 17, "moment"),
        Column(say("确认时限", "Deadline"), 17, "moment"),
        Column(say("超时（小时）", "Hours overdue"), 13, "count"),
        Column(say("最后触达时间", "Last contact"), 17, "moment"),
        Column(say("触达方式", "Contacted by"), 12),
        Column(say("签收凭证", "Delivery proof"), 19),
        Column(say("处理结果", "Result"), 14, "input"),
        Column(say("备注", "Remark"), 28, "input"),
        Column(say("证据（文件:行）", "Evidence (file:line)"), 34),
    ]


def _row(row: dict[str, Any], proof: object, settings: Settings, say: Speaker) -> list[object]:
    currency = row["currency"] or settings.base_currency
    return [
        row["receiver_name"],
        row["receiver_phone"],
        row["order_no"],
        row["waybill_no"],
        row["carrier"],
        say.name(REGIONS, row["region"]),
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
        row["evidence"],
    ]


def _proof(printed: str, settings: Settings, say: Speaker, out: Path | None, *, embed: bool) -> tuple[Any, object]:
    """Picture to embed, or the text or link to print instead. Of several proofs the first that exists is shown."""
    names = [name.strip() for name in printed.split(",") if name.strip()]
    if not names or settings.proof_root is None:
        return None, say("无", "none") if not names else printed
    root = settings.proof_root.resolve()
    for name in names:
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            continue
        if not embed:
            return None, Link(name, target=_target(path, out))
        try:
            return _thumbnail(path), ""
        except (UnidentifiedImageError, OSError, ValueError, Picture.DecompressionBombError) as error:
            log.warning("delivery proof %s is no picture that can be shown: %s", name, error)
            return None, Link(name, target=_target(path, out))
    return None, say("未找到", "not found")


def _target(path: Path, out: Path | None) -> str:
    """Address of a picture, relative to the workbook's folder where the two share one."""
    if out is not None:
        for up, folder in enumerate([out.resolve(), *out.resolve().parents][:4]):
            if path.is_relative_to(folder):
                return "../" * up + path.relative_to(folder).as_posix()
    return path.as_uri()


def _thumbnail(path: Path) -> Image:
    with Picture.open(path) as opened:
        small = opened.convert("RGB")
        small.thumbnail((SIZE[0] * 2, SIZE[1] * 2))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=80)
    out.seek(0)
    image = Image(out)
    scale = min(SIZE[0] / image.width, SIZE[1] / image.height)
    image.width, image.height = round(image.width * scale), round(image.height * scale)
    return image


def _notes(book: Workbook, frame: pl.DataFrame, settings: Settings, say: Speaker, period: str, as_of_s: int) -> None:
    """Say on a second sheet what the list holds and as of when."""
    sheet = Sheet(book, say("说明", "About"), [Column("", 90)])
    sheet.add([say("超时未确认订单清单", "Overdue confirmations") + " " + say.month(period)], style="title", height=30)
    moment = times.show_moment(as_of_s, settings.zone)[:16]
    lines = [
        say(
            f"{settings.merchant}　数据截至 {moment}，共 {frame.height} 单。",
            f"{settings.merchant} as of {moment}: {frame.height} orders.",
        ),
        say(
            "已签收、未确认收货、且已超过合理确认时限的订单；时限按区域：同城、跨省、偏远。",
            "Signed for, not confirmed, and past the reasonable window of their region.",
        ),
        say("处理结果请从下拉列表选择。", "Choose the result from the list."),
        say("姓名与电话已脱敏。", "Names and numbers are masked.")
        if not settings.show_personal_data
        else say("含个人信息，请勿外传。", "Holds personal data: do not pass on."),
    ]
    for line in lines:
        sheet.add([line], style="note")
    sheet.finish()
