"""A table that no format knows: what it is taken for, and what is asked instead of being guessed."""

from __future__ import annotations

import io

import openpyxl
import pytest

from recon.errors import SourceError, UsageError
from recon.sources import Settings
from recon.sources.learning import Answers, Proposal, propose
from recon.sources.mapping import problems
from recon.sources.piece import Piece

ORDERS = "Order Number;Paid at;Order Total;Status;Currency"


def learnt(*lines: str, **said: object) -> Proposal:
    return propose(Piece("erp_2026-02.csv", "\n".join(lines).encode()), Answers(**said), Settings())


def open_questions(proposal: Proposal) -> list[str]:
    return [question.about for question in proposal.questions]


def because(proposal: Proposal, part: str) -> tuple[str, str]:
    (reason,) = (reason for reason in proposal.reasons if reason.part == part)
    return reason.confidence, reason.because


# -- columns -----------------------------------------------------------------------------------------------------------


def test_columns_are_known_by_their_names_and_held_to_their_cells() -> None:
    found = learnt(ORDERS, "A1;2026-02-03 10:00;12.50;paid;EUR", "A2;2026-02-03 10:00;1,250.00;paid;EUR")
    assert found.questions == ()
    assert found.mapping.columns == {
        "order_no": ("Order Number",),
        "amount": ("Order Total",),
        "currency": ("Currency",),
        "status": ("Status",),
        "occurred_at": ("Paid at",),
    }
    assert because(found, "order_no") == ("sure", "it is called so; 2 of 2 cells are numbers, each once")
    assert list(problems(found.mapping)) == []
    assert found.mapping.name == "erp"


def test_a_name_that_the_cells_contradict_counts_for_nothing() -> None:
    found = learnt("Order Number;Paid at;Total;Amount;Status", "A1;2026-02-03;see below;5.00;paid")
    assert found.mapping.columns["amount"] == ("Amount",)
    assert found.unused == ("Total",)


def test_of_several_amounts_the_one_that_was_paid_is_taken() -> None:
    found = learnt("订单号,支付时间,订单金额,实付金额,订单状态", "A1,2026-02-03 10:00:00,60.00,58.00,已发货")
    assert found.mapping.columns["amount"] == ("实付金额",)


def test_what_no_name_gives_goes_to_the_one_column_that_can_be_it() -> None:
    found = learnt("Beleg;Paid at;Wert;Status", "A1;2026-02-03;5.00;paid", "A2;2026-02-03;7.00;paid", template="orders")
    assert found.mapping.columns["order_no"] == ("Beleg",)
    assert because(found, "order_no")[0] == "by its values alone"


def test_two_columns_that_could_be_it_are_a_question() -> None:
    found = learnt(
        "Beleg;Paid at;X;Y;Status", "A1;2026-02-03;5.00;6.00;paid", "A2;2026-02-03;7.00;8.00;paid", template="orders"
    )
    assert open_questions(found) == ["columns.amount"]
    assert found.questions[0].choices == ("X", "Y")
    said = learnt(
        "Beleg;Paid at;X;Y;Status", "A1;2026-02-03;5.00;6.00;paid", template="orders", columns={"amount": ("Y",)}
    )
    assert said.mapping.columns["amount"] == ("Y",)


def test_a_date_and_its_time_are_joined() -> None:
    found = learnt("Order Number;Payment date;Clock;Order Total;Status", "A1;2026-02-03;10:00:03;12.50;paid")
    assert found.mapping.columns["occurred_at"] == ("Payment date", "Clock")
    assert found.reading.txns["occurred_s"].to_list() == [1770084003]


def test_the_header_is_found_below_a_heading_and_lines_of_totals_are_left_out() -> None:
    lines = (
        "销售报表,,,",
        "单号,付款时间,实收金额(元),状态",
        "A1,2026-02-03 10:00,5.50,已付款",
        "A2,2026-02-03 10:00,4.50,已付款",
        "合计,,10.00,",
    )
    found = learnt(*lines)
    assert (found.header_line, found.mapping.totals, found.mapping.constants["currency"]) == (2, "合计", "CNY")
    assert [control.ok for control in found.reading.controls] == [True]


def test_a_workbook_is_learnt_the_same_way() -> None:
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in (["订单号", "付款时间", "实付金额", "状态"], ["A1", "2026-02-03 10:00:00", 12.5, "已付款"]):
        book.active.append(row)
    book.save(data)
    found = propose(Piece("导出.xlsx", data.getvalue()), Answers(), Settings())
    assert found.reading.txns["amount_minor"].to_list() == [1250]
    assert found.mapping.name == "own_orders"


# -- proofs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["03/02/2026", "13/02/2026"], "D/M/Y"),
        (["02/03/2026", "02/13/2026"], "M/D/Y"),
        (["2026-02-03", "3 Feb 2026"], "Y-M-D"),
    ],
)
def test_the_order_of_day_and_month_is_proved_by_a_cell(dates: list[str], order: str) -> None:
    found = learnt(ORDERS, *(f"A{place};{date};1.00;paid;EUR" for place, date in enumerate(dates)))
    assert (found.mapping.date_order, found.questions) == (order, ())


def test_dates_that_prove_nothing_are_asked_and_never_guessed() -> None:
    lines = (ORDERS, "A1;03/02/2026;1.00;paid;EUR", "A2;04/02/2026;1.00;paid;EUR")
    assert open_questions(learnt(*lines)) == ["date_order"]
    assert str(learnt(*lines, date_order="D/M/Y").reading.txns["business_date"][0]) == "2026-02-03"
    assert str(learnt(*lines, date_order="M/D/Y").reading.txns["business_date"][0]) == "2026-03-02"


def test_dates_of_one_column_prove_the_order_of_the_others() -> None:
    found = learnt("Order Number;Order date;Paid at;Total;Status", "A1;13/02/2026;03/03/2026;1.00;paid")
    assert found.mapping.date_order == "D/M/Y"


def test_a_file_that_shows_both_orders_cannot_be_learnt() -> None:
    with pytest.raises(SourceError, match="in two ways"):
        learnt(ORDERS, "A1;13/02/2026;1.00;paid;EUR", "A2;02/13/2026;1.00;paid;EUR")


def test_an_answer_that_the_file_disproves_is_not_taken() -> None:
    with pytest.raises(SourceError, match="is D/M/Y, not M/D/Y"):
        learnt(ORDERS, "A1;13/02/2026;1.00;paid;EUR", date_order="M/D/Y")


@pytest.mark.parametrize(
    ("amounts", "mark", "minor"),
    [
        (["1.234,50", "5,00"], ",", 123450),
        (["1,234.50", "5.00"], ".", 123450),
        (["12,5", "1.000"], ",", 1250),
        (["1.234", "5"], ",", 123400),
        (["1234", "5"], ".", 123400),
    ],
)
def test_the_decimal_mark_is_proved_by_a_cell(amounts: list[str], mark: str, minor: int) -> None:
    found = learnt(ORDERS, *(f"A{place};2026-02-03;{text};paid;EUR" for place, text in enumerate(amounts)))
    assert (found.mapping.decimal_mark, found.reading.txns["amount_minor"][0]) == (mark, minor)


def test_amounts_in_two_forms_cannot_be_learnt() -> None:
    with pytest.raises(SourceError, match="in two ways"):
        learnt(ORDERS, "A1;2026-02-03;1.234,50;paid;EUR", "A2;2026-02-03;1,234.50;paid;EUR")


# -- words and constants -----------------------------------------------------------------------------------------------


def test_words_are_known_in_three_languages_and_a_method_that_is_no_channel_is_none() -> None:
    header = "Order Number;Paid at;Order Total;Status;Payment method"
    words = (("Completed", "PayPal"), ("storniert", "Überweisung"), ("待付款", "支付宝-花呗分期"))
    found = learnt(header, *(f"A{place};2026-02-03;1.00;{state};{way}" for place, (state, way) in enumerate(words)))
    assert found.mapping.words["status"] == {"Completed": "success", "storniert": "closed", "待付款": "pending"}
    assert found.mapping.words["channel"] == {"PayPal": "paypal", "Überweisung": "", "支付宝-花呗分期": "alipay"}


def test_a_state_that_nobody_knows_is_a_question() -> None:
    lines = (ORDERS, "A1;2026-02-03;1.00;paid;EUR", "A2;2026-02-03;1.00;parked;EUR")
    (question,) = learnt(*lines).questions
    assert (question.about, question.option) == ("words.status:parked", '--word "status:parked=..."')
    found = learnt(*lines, words={"status": {"parked": "pending"}})
    assert found.reading.txns["status"].to_list() == ["success", "pending"]


def test_a_file_without_states_is_a_question() -> None:
    found = learnt("Order Number;Paid at;Order Total", "A1;2026-02-03;1.00")
    assert open_questions(found) == ["constants.status"]


def test_negative_amounts_are_refunds() -> None:
    found = learnt(ORDERS, "A1;2026-02-03;5.00;paid;EUR", "A1;2026-02-05;-5.00;paid;EUR")
    assert found.mapping.constants["record"] == "sign"
    assert found.reading.txns["kind"].to_list() == ["payment", "refund"]


# -- lines that belong together ----------------------------------------------------------------------------------------


def test_item_lines_that_repeat_their_orders_amount_are_one_order() -> None:
    found = learnt(
        f"{ORDERS};Item",
        "A1;2026-02-03;9.00;paid;EUR;cup",
        "A1;2026-02-03;9.00;paid;EUR;pot",
        "A2;2026-02-03;5.00;paid;EUR;cup",
    )
    assert found.mapping.once == "order_no"
    assert found.reading.txns.select("order_no", "amount_minor").rows() == [("A1", 900), ("A2", 500)]


def test_item_lines_with_amounts_of_their_own_are_told_apart_by_their_number() -> None:
    found = learnt(f"{ORDERS};SKU", "A1;2026-02-03;9.00;paid;EUR;C-1", "A1;2026-02-03;4.00;paid;EUR;C-2")
    assert (found.mapping.once, found.mapping.columns["sub_order_no"]) == ("", ("SKU",))


def test_order_numbers_that_repeat_for_no_visible_reason_are_told() -> None:
    found = learnt(ORDERS, "A1;2026-02-03;9.00;paid;EUR", "A1;2026-02-03;4.00;paid;EUR")
    assert [reason.confidence for reason in found.reasons if reason.part == "order_no"] == ["sure", "mind"]


def test_merged_cells_repeat_the_one_above() -> None:
    lines = (
        "凭证字,凭证号,日期,科目编码,摘要,借方金额,贷方金额",
        "记,1,2026-02-03,1012.01,销售,5.00,",
        ",,,6001,销售,,5.00",
    )
    found = learnt(*lines)
    assert (found.mapping.template, found.mapping.columns["voucher_no"]) == ("vouchers", ("凭证字", "凭证号"))
    assert found.mapping.fill_down == ("voucher_no", "voucher_date")
    assert found.reading.vouchers["voucher_no"].to_list() == ["记-1", "记-1"]


# -- templates ---------------------------------------------------------------------------------------------------------


FILES = [
    """bank
Date,Description,Amount,Currency,Balance
24/03/2025,POS,-1.00,HKD,3.00
23/03/2025,ATM,-2.00,HKD,4.00""",
    """bank
账号：6222000000000123,,,,,
交易日期,摘要,收入金额,支出金额,余额,币种
2026-02-03,利息,1.00,,1.00,人民币""",
    """channel
交易类型,交易时间,交易金额,手续费,结算金额,商户订单号,支付渠道
消费,2026-02-03 10:00:00,10.00,0.06,9.94,A1,银联""",
    """shipments
订单号,快递单号,快递公司,发货时间,签收时间
A1,SF1000,顺丰,2026-02-03 10:00,2026-02-05 10:00""",
    """rates
Date,Currency,Exchange rate
2026-02-03,USD,6.9532""",
    """vouchers
Belegnummer;Belegdatum;Konto;Buchungstext;Soll;Haben
12;13.02.2026;1800;Verkauf;5,00;
12;13.02.2026;8400;Verkauf;;5,00""",
]


@pytest.mark.parametrize("file", FILES)
def test_the_columns_tell_which_template_a_file_is_of(file: str) -> None:
    template, *lines = file.split("\n")
    found = learnt(*lines)
    assert (found.mapping.template, open_questions(found)) == (template, [])
    assert found.reading.rejects.rows() == []
    assert [control.ok for control in found.reading.controls if not control.ok] == []


def test_the_account_of_a_statement_may_stand_in_its_heading() -> None:
    lines = (
        "账号：6222000000000123,币种：人民币",
        "交易日期,摘要,收入金额,支出金额,余额",
        "2026-02-03,利息,1.00,,1.00",
    )
    found = learnt(*lines)
    assert (found.mapping.constants["account"], found.mapping.constants["currency"]) == ("6222000000000123", "CNY")


def test_a_file_that_could_be_two_things_is_a_question() -> None:
    found = learnt(
        "订单号,支付时间,实付金额,订单状态,支付方式,手续费,交易号", "A1,2026-02-03 10:00:00,5.00,已支付,支付宝,0.03,T1"
    )
    assert open_questions(found)[0] == "template"


def test_a_file_that_is_nothing_known_is_a_question() -> None:
    found = learnt("Colour;Size;Weight", "red;XL;heavy")
    assert open_questions(found)[0] == "template"


# -- what cannot be learnt ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("05/01/2023,SHOP,1.96,,13.04", "05/01/2023,SHOP,12.10,,15.00"), "no line of the file looks like a header"),
        (("Order Number;Paid at;Total", ""), "nothing stands below the header"),
        (("only one column", "a", "b"), "no line of the file looks like a header"),
        (("",), "no line of the file looks like a header"),
    ],
)
def test_a_file_without_a_table_says_what_is_missing(lines: tuple[str, ...], why: str) -> None:
    with pytest.raises(SourceError, match=why):
        learnt(*lines)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"template": "order"}, 'there is no template "order"'),
        ({"columns": {"amount": ("Summe",)}}, 'the file has no column "Summe"'),
        ({"date_order": "YDM"}, '"YDM" is none'),
        ({"decimal_mark": ";"}, '";" is none'),
        ({"constants": {"record": "sale"}}, 'is "sale"'),
        ({"words": {"status": {"paid": "done"}}}, 'becomes "done"'),
    ],
)
def test_an_answer_that_names_what_is_not_there_is_an_error(said: dict[str, object], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        learnt(ORDERS, "A1;2026-02-03;1.00;paid;EUR", **said)
