"""Charts with what is hard to draw: nothing, one of it, negative totals, very long names."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from recon.report import charts, svg
from recon.report.words import Speaker

SAY = Speaker("zh")
UNIT = SAY.unit(0, "CNY")
LONG = "一个名字特别特别特别特别特别特别特别特别特别长的支付渠道 International Payments (Cross-Border) Ltd."


def numbers(drawing: str) -> list[float]:
    """All coordinates and sizes of a drawing, which must lie on its canvas."""
    root = ET.fromstring(drawing)  # noqa: S314 - drawn by us
    return [float(node.get(name, "0")) for node in root.iter() for name in ("x", "y", "width", "height", "cx", "cy")]


@pytest.mark.parametrize(
    "drawing",
    [
        charts.gauge(0, "t", "f"),
        charts.gauge(100, "t", "f"),
        charts.trend([("2月", "2026", 0)], 3_000, SAY, "t"),
        charts.trend([(f"{i}月", "", i * 90_000) for i in range(1, 12)], 3_000, SAY, "t"),
        charts.bars([(LONG, LONG, 0, 1)], 0, UNIT, SAY, "t"),
        charts.strip([(LONG, 1)] * 30, SAY, "t"),
        charts.waterfall([("a", 100, True, "1"), (LONG, -300, False, "-3"), ("c", -200, True, "-2")], "t")[0],
        charts.waterfall([("a", 0, True, "0"), ("b", 0, True, "0")], "t")[0],
        charts.ranking([(LONG, 1_000_000, None)], 990_000, SAY, "t"),
        charts.ranking([(LONG, 0, 1_000_000)] * 12, 990_000, SAY, "t"),
        charts.heatmap([LONG] * 12, [LONG] * 9, [[0] * 9] * 12, [[1] * 9] * 12, UNIT, SAY, "t"),
        charts.columns([("a", "b", 0, False)] * 5, UNIT, "t"),
    ],
)
def test_everything_is_drawn_on_its_canvas(drawing) -> None:
    root = ET.fromstring(drawing)  # noqa: S314
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    assert all(-1 <= number <= max(width, height) + 1 for number in numbers(drawing))
    assert "nan" not in drawing
    assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_one_month_has_no_line() -> None:
    assert charts.sparkline([1], "t") == ""
    assert "<path" not in charts.trend([("2月", "", 500)], 3_000, SAY, "t")


def test_the_axis_is_cut_only_when_everything_is_far_above_zero() -> None:
    assert charts.waterfall([("a", 1000, True, ""), ("b", -10, False, ""), ("c", 990, True, "")], "t")[1]
    assert not charts.waterfall([("a", 1000, True, ""), ("b", -900, False, ""), ("c", 100, True, "")], "t")[1]


def test_the_largest_bar_is_the_first_row() -> None:
    drawing = charts.bars([("A", "", 400, 1), ("B", "", 100, 1)], 500, UNIT, SAY, "t")
    widths = [float(found) for found in re.findall(r'width="([\d.]+)" height="12"', drawing)]
    assert widths[1] == widths[3] * 4
    assert "80.0%" in drawing


def test_names_are_escaped() -> None:
    assert "<b>&" not in charts.ranking([("<b>&", 990_000, None)], 990_000, SAY, "<i>")


def test_text_is_shortened_to_its_width() -> None:
    assert svg.fitted("订单与渠道差异", 40, 10) == "订单与…"
    assert svg.wrapped("Payout amount differs", 60, 9) == ["Payout", "amount dif…"]
    assert svg.wrapped("重复记账（账务）", 50, 9) == ["重复记账", "（账务）"]


def test_no_amount_of_the_bridge_is_crossed_by_its_axis() -> None:
    """A large step back to just above zero: its amount would stand on the axis, and stands above the column."""
    columns = [("订单", 2_000, True, "20.00"), ("差异", 25_000, False, "250.00"), ("未解释", -25_000, False, "−250.00")]
    drawn, _ = charts.waterfall(columns, "桥")
    (axis,) = {float(y) for y in re.findall(r'<line x1="0" y1="([\d.]+)"', drawn)}
    places = [float(y) for y in re.findall(r'<text[^>]* y="([\d.]+)"[^>]*>[+−\d.]+</text>', drawn)]
    assert len(places) == 3
    assert [y for y in places if y - 9 < axis < y + 2] == []


def test_long_names_that_begin_alike_stay_apart() -> None:
    names = ["跨境收单服务商新加坡国际卡业务一部", "跨境收单服务商新加坡国际卡业务二部"]
    drawn = [
        charts.ranking([(name, 990_000, None) for name in names], 990_000, SAY, "t"),
        charts.heatmap(names, ["掉单"], [[1], [2]], [[1], [1]], UNIT, SAY, "t"),
    ]
    for drawing in drawn:
        told = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawing))
        assert [name in told for name in names] == [True, True]
