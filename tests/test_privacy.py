"""What a document may show of a person, and what it must leave readable. All data here is invented."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from recon import privacy

BOTH: dict[str, tuple[Callable[[str], str], Callable[[pl.Expr], pl.Expr]]] = {
    "phone": (privacy.mask_phone, privacy.masked_phone),
    "name": (privacy.mask_name, privacy.masked_name),
    "card": (privacy.mask_card, privacy.masked_card),
    "openid": (privacy.mask_openid, privacy.masked_openid),
    "email": (privacy.mask_email, privacy.masked_email),
    "text": (privacy.mask_text, privacy.masked_text),
}
CASES = [
    ("phone", "13800001234", "138****1234"),
    ("phone", " 13800001234 ", "138****1234"),
    ("phone", "+8613800001234", "+86****1234"),
    ("phone", "010-60001234", "010****1234"),
    ("phone", "60001234", "****1234"),
    ("phone", "110", "****"),
    ("name", "张三", "张*"),
    ("name", "张示例", "张**"),
    ("name", "欧阳示例", "欧***"),
    ("name", "阿依·示例", "阿****"),
    ("name", "Jane Sample", "J***"),
    ("name", "张", "张***"),
    ("card", "6222020200001234567", "622202*********4567"),
    ("card", "4000000000001234", "400000******1234"),
    ("card", "12345678", "****5678"),
    ("card", "123", "****"),
    ("openid", "oABCdEfGhIjKlMnOpQrStUvWxYz0", "oABC****xYz0"),
    ("openid", "short", "****"),
    ("email", "jane.sample@shop.example", "j***@shop.example"),
    ("email", "no address", "n***"),
    ("text", "电话13800001234,备用 13900005678。", "电话138****1234,备用 139****5678。"),
    ("text", "13800001234,13900005678;13700001111", "138****1234,139****5678;137****1111"),
    ("text", "+86 138 0000 1234", "+86 138****1234"),
    ("text", "tel 138-0000-1234", "tel 138****1234"),
    ("text", "客服010-60001234转8", "客服010-****1234转8"),
    ("text", "付款卡6222020200001234567尾", "付款卡622202******4567尾"),
    ("text", "card 4000 0000 0000 1234", "card 4000 **** **** 1234"),
    ("text", "身份证110101199001011234", "身份证110101********1234"),
    ("text", "身份证11010119900101123X", "身份证110101********123X"),
    ("text", "mail jane.sample@shop.example ok", "mail j***@shop.example ok"),
    ("text", "用户oABCdEfGhIjKlMnOpQrStUvWxYz0付", "用户oABC****xYz0付"),
]


@pytest.mark.parametrize(("what", "printed", "shown"), CASES)
def test_personal_data_is_masked_alone_and_in_a_column(what: str, printed: str, shown: str) -> None:
    one, column = BOTH[what]
    assert one(printed) == shown
    frame = pl.DataFrame({"cell": ["", printed]})
    assert frame.select(column(pl.col("cell"))).to_series().to_list() == ["", shown]


@pytest.mark.parametrize("what", BOTH)
def test_a_blank_stays_blank(what: str) -> None:
    assert BOTH[what][0]("") == ""


@pytest.mark.parametrize(
    "number",
    [
        "2026020122001400000000000001",  # Alipay
        "4200000000202602010000000001",  # WeChat Pay
        "492602011000031234567",  # UnionPay queryId, 21 digits
        "ORD-1001",
        "R13800001234",
        "138000012345",
        "2026020110000312",  # an order number of 16 digits that starts with its day
        "898310048990001",  # merchant number
        "alipay:20880312345678900156:20260203",
        "结算款 20260203 128.00",
    ],
)
def test_numbers_by_which_money_is_found_stay_readable_in_text(number: str) -> None:
    assert privacy.mask_text(number) == number
    assert pl.select(privacy.masked_text(pl.lit(number))).item() == number


@pytest.mark.parametrize("shown", [shown for what, _, shown in CASES if what == "text"])
def test_text_that_is_masked_stays_as_it_is(shown: str) -> None:
    assert privacy.mask_text(shown) == shown
