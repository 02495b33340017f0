"""Totals printed on a statement become controls, and what is no total of the whole file does not."""

from __future__ import annotations

import polars as pl

from recon.sources import bank_totals

HEADER = ("日期", "收入", "支出")
LINES = pl.DataFrame({"currency": ["CNY", "CNY"], "in_minor": [500, 0], "out_minor": [0, 200]})
MIXED = LINES.with_columns(pl.Series("currency", ["CNY", "USD"]))


def heading(*cells: str, lines: pl.DataFrame = LINES) -> list[tuple[str, str, str]]:
    return [(control.name, control.printed, control.computed) for control in bank_totals.of_heading([cells], lines)]


def footer(*cells: str, lines: pl.DataFrame = LINES) -> list[tuple[str, str, str]]:
    found = bank_totals.of_footers([cells], HEADER, "收入", "支出", lines)
    return [(control.name, control.printed, control.computed) for control in found]


def test_counts_and_sums_of_the_heading_are_recomputed() -> None:
    assert heading("总笔数[ Total number ]", "2") == [("总笔数", "2", "2")]
    assert heading("借方笔数：", "2笔", "贷方总额", "5.00") == [("借方笔数", "2", "1"), ("贷方总额", "5.00", "5.00")]


def test_a_label_without_a_figure_is_no_control() -> None:
    assert heading("总笔数", "见下") == heading("借方总额", "见下") == heading("户名", "2") == []


def test_sums_below_the_money_columns_are_recomputed() -> None:
    assert footer("合计", "5.00", "1.00") == [("total in", "5.00", "5.00"), ("total out", "1.00", "2.00")]


def test_a_page_total_is_none_of_the_file() -> None:
    assert footer("本页合计", "5.00", "2.00") == []


def test_a_sum_of_several_currencies_counts_only_with_its_currency() -> None:
    assert footer("合计", "5.00", "2.00", lines=MIXED) == []
    assert footer("人民币合计", "5.00", "0.00", lines=MIXED) == [
        ("total in", "5.00", "5.00"),
        ("total out", "0.00", "0.00"),
    ]
