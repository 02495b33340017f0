"""Printed figures beside computed ones: damaged ones agree with nothing and end nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recon.sources import Control, Settings, by_name, figures
from recon.sources.piece import Piece

HERE = Path(__file__).parent
ENDLESS = "9" * 5_000


@pytest.mark.parametrize(
    ("printed", "shown"),
    [("1,234.5", "1234.50"), ("-3", "-3.00"), ("-1793.9999999900", "-1793.9999999900"), ("1,2,3", "1,2,3"), ("", "")],
)
def test_a_sum_is_shown_as_a_computed_one_or_as_printed(printed: str, shown: str) -> None:
    assert figures.amount(printed, "CNY") == shown


@pytest.mark.parametrize(("printed", "shown"), [("007", "7"), ("1,024", "1024"), ("000", "0"), (ENDLESS, ENDLESS)])
def test_a_count_loses_its_commas_and_leading_zeros(printed: str, shown: str) -> None:
    assert figures.count(printed) == shown


def broken(source: str, name: str, data: bytes) -> list[Control]:
    reading = by_name(source).read(Piece(name, data), Settings())
    return [control for control in reading.controls if control.binding and not control.ok]


@pytest.mark.parametrize(
    ("source", "file", "printed", "damaged"),
    [
        ("alipay_trade", "day.csv", "商家实收退款共-1793.00元", "商家实收退款共-1793.9999999900元"),
        ("alipay_trade", "day.csv", "退款合计：3笔", f"退款合计：{ENDLESS}笔"),
        ("alipay_account", "202602_part_1.csv", "共10220.13元", "共10220.1.3元"),
        ("alipay_account", "202602_part_1.csv", "#收入合计：8笔", f"#收入合计：{ENDLESS}笔"),
    ],
)
def test_a_damaged_figure_below_the_rows_is_a_broken_control(
    source: str, file: str, printed: str, damaged: str
) -> None:
    text = (HERE / source / file).read_bytes().decode("gb18030")
    assert printed in text
    assert len(broken(source, file, text.replace(printed, damaged).encode("gb18030"))) == 1


@pytest.mark.parametrize("pages", [999_999_999, int(ENDLESS[:400]), None, "x"])
def test_a_search_that_tells_of_any_number_of_pages_is_read_at_once(pages: object) -> None:
    path = next((HERE / "paypal_json").glob("*.json"))
    page = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    page = page[0] if isinstance(page, list) else page
    broken("paypal_json", path.name, json.dumps(page | {"total_pages": pages}).encode())
