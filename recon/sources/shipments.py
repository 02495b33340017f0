"""Import template 发货与签收: one line a parcel, with what the carrier scanned and what the customer confirmed.

Where: any system of a warehouse, a carrier or a shop that can export a table of parcels.

    order_no 订单号                                                                               required
    waybill_no 运单号                                                                             required column
    carrier 承运商
    region 区域            same_city 同城 | cross_province 跨省 | remote 偏远; blank = unknown
    outbound_at 出库时间, first_scan_at 首扫时间
    signed_at 签收时间                                                                            required column
    sign_proof 签收凭证    path of the picture
    confirmed_at 确认收货时间
    receiver_name 收货人, receiver_phone 联系电话
    amount 订单金额        of the order; currency 币种 may stand beside it, blank = base currency
    last_contact_at 最后触达时间, last_contact_by 触达方式     the last time the customer was reminded, and how
    sender_address 发货地址, receiver_address 收货地址     the region follows from them where it is not printed; of them
                           only province and city are kept

    order_no,waybill_no,carrier,region,signed_at,confirmed_at,receiver_name,receiver_phone,amount
    ORD-1001,SF1000200030004,顺丰,同城,2026-02-03 18:20:11,,张示例,13800001234,128.00

What comes out: one shipment a line, and one contact a line that says when. signed_at, confirmed_at and last_contact_at
count hours, so a date alone is a reject there; outbound_at and first_scan_at that are a date alone leave the time
unknown. Events may arrive over several files: the same parcel again, later, with more times filled in, is the same
parcel (fulfilment keeps the latest time of each event).

Source: recon's own template.
"""

from __future__ import annotations

import polars as pl

from recon.places import REGIONS, place
from recon.sources import cells, template
from recon.sources.source import Reading, Settings
from recon.sources.template import Column, Doubt, Holds, Template


class Shipments(Template):
    """Parcels and confirmations of any warehouse or shop system."""

    name = "shipments"
    title = "导入模板：发货与签收"
    raw_table = "shipments.parcel"
    book = None
    looks_for = "a header with order_no 订单号, waybill_no 运单号, signed_at 签收时间"
    columns = (
        Column("order_no", "订单号", Holds.NUMBER),
        Column("waybill_no", "运单号", Holds.NUMBER),
        Column("carrier", "承运商"),
        Column("region", "区域", Holds.WORD, words=REGIONS),
        Column("outbound_at", "出库时间", Holds.TIME),
        Column("first_scan_at", "首扫时间", Holds.TIME),
        Column("signed_at", "签收时间", Holds.TIME),
        Column("sign_proof", "签收凭证"),
        Column("confirmed_at", "确认收货时间", Holds.TIME),
        Column("receiver_name", "收货人"),
        Column("receiver_phone", "联系电话", Holds.NUMBER),
        Column("amount", "订单金额", Holds.AMOUNT),
        Column("currency", "币种", Holds.CURRENCY),
        Column("last_contact_at", "最后触达时间", Holds.TIME),
        Column("last_contact_by", "触达方式"),
        Column("sender_address", "发货地址"),
        Column("receiver_address", "收货地址"),
    )
    required = ("order_no", "waybill_no", "signed_at")
    foreign = ("record", "记录类型", "voucher_no", "凭证号")

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``shipments`` and ``contacts``; columns as the manual above says."""
        unit = template.currency(frame, "currency", settings.base_currency)
        typed, rejects = template.typed_rows(
            frame,
            {
                "order_no": cells.text("order_no", required=True),
                "waybill_no": cells.text("waybill_no"),
                "carrier": cells.text("carrier"),
                "region": template.choice(frame, "region", REGIONS),
                "outbound": template.moment_or_day(frame, "outbound_at", settings.zone),
                "first_scan": template.moment_or_day(frame, "first_scan_at", settings.zone),
                "signed_s": template.moment(frame, "signed_at", settings.zone),
                "sign_proof": cells.text("sign_proof"),
                "confirmed_s": template.moment(frame, "confirmed_at", settings.zone),
                "receiver_name": cells.text("receiver_name"),
                "receiver_phone": cells.text("receiver_phone"),
                "currency": unit,
                "amount": template.amount(frame, "amount", unit, required=False),
                "contacted_s": template.moment(frame, "last_contact_at", settings.zone),
                "way": cells.text("last_contact_by"),
            },
            (Doubt("amount", pl.col("amount") < 0, "is negative; an order's amount is what the customer paid"),),
        )
        shipments = typed.join(_places(frame), on="line_no", how="left", maintain_order="left").select(
            "line_no",
            "order_no",
            "waybill_no",
            "carrier",
            pl.col("region").fill_null(""),
            "sent_from",
            "sent_to",
            pl.col("outbound").struct.field("s").alias("outbound_s"),
            pl.col("first_scan").struct.field("s").alias("first_scan_s"),
            "signed_s",
            "sign_proof",
            "confirmed_s",
            "receiver_name",
            "receiver_phone",
            pl.when(pl.col("amount").is_not_null()).then("currency").otherwise(pl.lit("")).alias("currency"),
            pl.col("amount").alias("amount_minor"),
        )
        contacts = typed.filter(pl.col("contacted_s").is_not_null()).select("line_no", "order_no", "contacted_s", "way")
        return Reading(raw=frame, shipments=shipments, contacts=contacts, rejects=rejects)


def _places(frame: pl.DataFrame) -> pl.DataFrame:
    """``line_no`` with province and city of both addresses; an address that does not tell them is no reject."""

    def ends(column: str) -> pl.Expr:
        known = frame[column].unique()
        named = [place(text) for text in known]
        return pl.col(column).replace_strict(known, named, return_dtype=pl.String)

    return frame.select("line_no", ends("sender_address").alias("sent_from"), ends("receiver_address").alias("sent_to"))
