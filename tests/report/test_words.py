"""How figures are said."""

from __future__ import annotations

import pytest

from recon.report.words import CODES, Speaker


@pytest.mark.parametrize(
    ("language", "minor", "currency", "said"),
    [
        ("zh", 4_832_641_860, "CNY", "4,832.6 万元"),
        ("zh", 12_345, "CNY", "123.45 元"),
        ("zh", -12_345, "CNY", "−123.45 元"),
        ("zh", 123_456_789_012, "CNY", "12.35 亿元"),
        ("zh", 981_035, "USD", "9,810.35 USD"),
        ("zh", 1_500_000, "JPY", "150.0 万 JPY"),
        ("en", 4_832_641_860, "CNY", "CNY 48,326.4k"),
        ("en", 12_345, "CNY", "CNY 123.45"),
        ("en", 1_500, "KWD", "KWD 1.500"),
    ],
)
def test_an_amount_is_said_in_a_unit_that_reads_well(language, minor, currency, said) -> None:
    assert Speaker(language).money(minor, currency) == said


@pytest.mark.parametrize(("minor", "said"), [(55_55, "<0.1"), (-55_55, ">−0.1"), (0, "0.0"), (600_00, "0.1")])
def test_what_is_too_small_for_the_unit_is_not_called_nothing(minor, said) -> None:
    assert Speaker("zh").unit(4_832_641_860, "CNY").show(minor) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(3, 1000, "0.30%"), (1, 3, "33.33%"), (-1, 8, "−12.50%"), (1, 0, "–")]
)
def test_a_share_is_said_in_per_cent(part, whole, said) -> None:
    assert Speaker("zh").share(part, whole) == said


def test_a_code_that_occurs_on_two_legs_says_which() -> None:
    say = Speaker("zh")
    assert say.cause("order_channel", "REFUND_NOT_SYNCED") == "退款未同步"
    assert say.cause("channel_ledger", "REFUND_NOT_SYNCED") == "退款未同步（账务）"
    assert say.cause("channel_ledger", "WRONG_PERIOD") == "跨期入账"


def test_every_code_has_a_name_of_its_own_in_both_languages() -> None:
    for place in (0, 1):
        names = [pair[place] for pair in CODES.values()]
        assert len(set(names)) == len(names) == 25
