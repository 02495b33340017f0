"""Figures of a month whose sums can be done in one's head."""

from __future__ import annotations

import json

import pytest

from recon.report import Settings, compute, metrics
from recon.report.bridge import Bridge
from recon.store import Store
from recon.times import parse_moment
from tests.match.books import opened

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
SETTINGS = Settings(merchant="云杉家居")


def steps(bridge: Bridge) -> list[tuple[str, str, int]]:
    return [(step.key, step.code, step.amount_minor) for step in bridge.steps]


def figures(store: Store, settings: Settings = SETTINGS):
    return compute(store, settings, period="2026-02", as_of_s=AS_OF)


@pytest.mark.usefixtures("february")
def test_the_bridge_leads_from_the_orders_to_the_bank_and_leaves_nothing_over(store) -> None:
    yuan = next(bridge for bridge in figures(store).bridges if bridge.currency == "CNY")
    assert steps(yuan) == [
        ("order_total", "", 41_000),  # 3 x 100.00 + 80.00 + 30.00
        ("difference", "CHANNEL_MISSING", -8_000),
        ("difference", "ORDER_MISSING", 5_000),
        ("difference", "CROSS_DAY", -3_000),
        ("order_across", "earlier", 700),
        ("residual_order", "", 0),
        ("channel_gross", "", 35_700),  # 3 x 100.00 + 50.00 + 7.00
        ("fees", "", -210),
        ("channel_net", "", 35_490),
        ("payout", "PAYOUT_MISSING", -4_970),
        ("payout", "PAYOUT_IN_TRANSIT", -700),
        ("bank_across", "earlier", 900),
        ("residual_bank", "", 0),
        ("bank_receipts", "", 30_720),  # 298.20 + 9.00
    ]
    assert yuan.residual_minor == 0


@pytest.mark.usefixtures("february")
def test_money_that_stays_at_the_channel_or_is_exchanged_there_has_its_own_steps(store) -> None:
    dollars = next(bridge for bridge in figures(store).bridges if bridge.currency == "USD")
    assert steps(dollars) == [
        ("order_total", "", 2_000),
        ("residual_order", "", 0),
        ("channel_gross", "", 2_000),
        ("fees", "", -98),
        ("movement", "fee", -150),
        ("channel_net", "", 1_752),
        ("conversion", "", 500),
        ("balance_kept", "", -1_052),  # 17.52 + 5.00 - 12.00
        ("residual_bank", "", 0),
        ("bank_receipts", "", 1_200),
    ]


def matched(settings: dict[str, object], *rows: tuple[str, dict[str, object]]) -> Bridge:
    """The bridge of books that went through matching and classification."""
    with opened(settings) as books:
        books.put({book: [row for name, row in rows if name == book] for book in ("order", "channel", "bank")})
        books.match()
        books.classify()
        (bridge,) = figures(books.store).bridges
    return bridge


def test_what_is_tolerated_has_its_own_steps() -> None:
    bridge = matched(
        {"tolerance": {"order_channel": 1, "channel_bank": 50}},
        ("order", {"id": "o1", "number": "A1", "amount": 10_001, "at": "02-03 10:00:00"}),
        ("channel", {"id": "c1", "number": "A1", "amount": 10_000, "fee": -60, "at": "02-03 10:00:00"}),
        ("bank", {"id": "b1", "amount": 9_900, "day": "02-04", "memo": "结算款 20260203"}),
    )
    assert ("order_across", "tolerated", -1) in steps(bridge)
    assert ("bank_across", "tolerated", -40) in steps(bridge)
    assert bridge.residual_minor == 0


@pytest.mark.parametrize("settle", ["daily", "balance"])
def test_a_withdrawal_of_any_amount_leaves_nothing_over(settle: str) -> None:
    bridge = matched(
        {"contracts": {"alipay": {"settle": settle}}},
        ("channel", {"id": "c1", "number": "A1", "amount": 10_000, "fee": -60, "at": "02-03 10:00:00"}),
        ("channel", {"id": "f1", "kind": "fee", "amount": -5, "at": "02-03 12:00:00", "batch_no": ""}),
        ("channel", {"id": "p1", "kind": "payout", "amount": -7_000, "day": "02-05", "batch_no": "", "ref": "W1"}),
        ("bank", {"id": "b1", "amount": 7_000, "day": "02-06", "memo": "W1"}),
    )
    assert bridge.residual_minor == bridge.total("residual_bank") == bridge.total("residual_order") == -0


def test_a_payout_row_that_announces_a_batch_is_counted_once() -> None:
    bridge = matched(
        {},
        ("channel", {"id": "c1", "number": "A1", "amount": 10_000, "fee": -60, "at": "02-03 10:00:00"}),
        ("channel", {"id": "p1", "kind": "payout", "amount": -9_940, "day": "02-04", "batch_no": ""}),
        ("bank", {"id": "b1", "amount": 9_940, "day": "02-04"}),
    )
    assert bridge.total("bank_receipts") == bridge.total("channel_net") == 9_940
    assert bridge.residual_minor == 0


def test_what_no_difference_explains_is_printed_as_a_residual(february, store) -> None:
    february.txn("order", "payment", 123, "02-20", order_no="X")
    february.txn("bank", "bank_line", 77, "02-20", reference="X")
    found = figures(store)
    yuan = found.bridges[0]
    assert (yuan.total("residual_order"), yuan.total("residual_bank")) == (-123, 77)
    assert yuan.residual_minor == -46
    assert found.residual_base_minor == 46
    assert found.unexplained_base_minor == 46


def test_each_bridge_adds_up_whatever_the_books_hold(february, store) -> None:
    february.txn("order", "refund", -999, "02-21", currency="EUR")
    february.difference("UNEXPLAINED", "order_channel", 333, "02-22")
    for bridge in figures(store).bridges:
        run = 0
        for step in bridge.steps:
            assert not step.is_total or step.key == "order_total" or step.amount_minor == run
            run = step.amount_minor if step.is_total else run + step.amount_minor


@pytest.mark.usefixtures("february")
def test_the_difference_rate_counts_breaks_of_the_order_leg_by_what_was_compared(store) -> None:
    rate = figures(store).rate
    assert (rate.part, rate.whole) == (2, 7)  # 6 order rows of February, 1 channel row without an order


@pytest.mark.usefixtures("february")
def test_causes_are_sorted_by_money_and_name_their_channel(store) -> None:
    found = figures(store)
    assert [(c.leg, c.code, c.count, c.base_minor, c.channel) for c in found.causes] == [
        ("order_channel", "CHANNEL_MISSING", 1, 8_000, "alipay"),
        ("order_channel", "ORDER_MISSING", 1, 5_000, "wechat"),
        ("channel_bank", "PAYOUT_MISSING", 1, 4_970, "wechat"),
    ]
    assert found.breaks == 3
    assert found.break_base_minor == sum(cell.base_minor for cell in found.matrix) == 17_970


def test_a_foreign_difference_counts_at_the_last_rate_of_the_period(february, store) -> None:
    february.difference("AMOUNT_MISMATCH", "order_channel", -10, "02-12", channel="paypal", currency="USD")
    paypal = [cell for cell in figures(store).matrix if cell.channel == "paypal"]
    assert [(cell.count, cell.base_minor) for cell in paypal] == [(1, 70)]


def test_a_currency_without_a_rate_is_named_and_in_no_total(february, store) -> None:
    february.difference("AMOUNT_MISMATCH", "order_channel", -10, "02-12", channel="paypal", currency="EUR")
    found = figures(store)
    assert found.unconverted == ("EUR",)
    assert found.break_base_minor == 17_970
    assert found.breaks == 4


@pytest.mark.usefixtures("february")
def test_accuracy_leaves_out_what_is_in_transit(store) -> None:
    by_channel = {c.channel: (c.accuracy.part, c.accuracy.whole, c.waiting) for c in figures(store).channels}
    assert by_channel == {"alipay": (6, 7, 0), "wechat": (0, 1, 0), "unionpay": (1, 1, 1), "paypal": (2, 2, 0)}


def test_every_row_has_its_fate_and_a_lost_one_shows(february, store) -> None:
    assert [c.lost for c in figures(store).conservation if c.leg == "order_channel"] == [0, 0]
    february.txn("order", "payment", 500, "02-15", order_no="nowhere")
    orders = figures(store).conservation[0]
    assert (orders.book, orders.lost, orders.money) == ("order", 1, (("CNY", 41_500, 500), ("USD", 2_000, 0)))


@pytest.mark.usefixtures("february")
def test_timing_items_tell_the_day_on_which_they_clear(store) -> None:
    assert [(t.code, str(t.clears_on), t.delta_minor) for t in figures(store).timing] == [
        ("PAYOUT_IN_TRANSIT", "2026-03-03", 700),
        ("CROSS_DAY", "2026-03-04", 3_000),
    ]


def test_ages_count_from_the_business_date_to_the_as_of_date(february, store) -> None:
    february.difference("AMOUNT_MISMATCH", "order_channel", 1_100, "2025-12-20")
    february.difference("AMOUNT_MISMATCH", "order_channel", 1_200, "02-27", state="resolved")
    assert [(age.first, age.count, age.base_minor) for age in figures(store).ages] == [
        (0, 0, 0),
        (8, 0, 0),
        (16, 3, 17_970),
        (31, 0, 0),
        (61, 1, 1_100),
    ]


def test_cleared_differences_are_no_longer_there(february, store) -> None:
    february.difference("REFUND_PENDING", "order_channel", -900, "02-12", kind="timing", state="cleared")
    found = figures(store)
    assert found.bridges[0].residual_minor == 0
    assert found.timing_count == 2


@pytest.mark.usefixtures("february")
def test_a_part_of_the_score_is_100_without_fault_and_85_at_its_target(store) -> None:
    parts = {part.key: part for part in figures(store).parts}
    assert parts["unexplained"].points == 100
    assert parts["payout"].share.whole == 3  # four batches, one in transit
    assert parts["payout"].points == 0  # one of three late
    exact = Settings(target_rate_ppm=parts["rate"].share.ppm)
    assert {part.key: part.points for part in figures(store, exact).parts}["rate"] == 85


def test_a_month_without_anything_has_a_full_score_and_no_bridges(store) -> None:
    found = figures(store)
    assert (found.score, found.bridges, found.causes, found.channels) == (100, (), (), ())


@pytest.mark.usefixtures("february")
def test_stored_metrics_become_the_trend_of_the_next_month(store) -> None:
    store.append("meta.metric", metrics(figures(store)))
    march = compute(store, SETTINGS, period="2026-03", as_of_s=AS_OF + 31 * 86_400)
    assert [(month.period, month.rate.part, month.rate.whole) for month in march.trend] == [
        ("2026-02", 2, 7),
        ("2026-03", 0, 0),
    ]
    assert march.kpi("break_base").values == (17_970, 0)


def test_only_twelve_months_are_shown(february, store) -> None:
    periods = [f"2025-{month:02d}" for month in range(1, 13)] + ["2026-01"]
    for period in periods:
        for name, value in (("compared", 1_000), ("breaks", 3)):
            february.put("meta.metric", period=period, name=name, value=value)
    trend = figures(store).trend
    assert [trend[0].period, trend[-1].period, len(trend)] == ["2025-03", "2026-02", 12]


@pytest.mark.usefixtures("february")
def test_the_tree_prints_as_json(store) -> None:
    tree = json.loads(figures(store).to_json())
    assert tree["bridges"][0]["steps"][0] == {"key": "order_total", "code": "", "amount_minor": 41_000, "count": 5}


def test_a_month_that_is_none_is_refused(store) -> None:
    with pytest.raises(ValueError, match="month must be in"):
        compute(store, SETTINGS, period="2026-13", as_of_s=AS_OF)
