"""What arrives at the bank: payouts when they are due, what does not arrive, and the company's ordinary life.

Statements cover the month only, so the payouts of its last trade days are still on their way. Three things go wrong:
a payout is missing, a payout has another amount (its memo then names the trade day), and a channel sends money that no
trade day explains. No such payout is booked in the ledger yet.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from sample_data.books import Batch
from sample_data.contract import ALIPAY, UNIONPAY, WECHAT, Plan, date_of, day_number, working_day_after
from sample_data.plant import outside_count

OPENING_CNY: Final = 128_465_073
OPENING_USD: Final = 1_204_418

PAYERS: Final = {
    ALIPAY: ("支付宝（中国）网络技术有限公司", "支付宝(中国)网络技术有限公司"),
    WECHAT: ("财付通支付科技有限公司", "财付通支付科技有限公司"),
    UNIONPAY: ("银联商务股份有限公司", "银联商务股份有限公司"),
}
PAYER_ACCOUNTS: Final = {ALIPAY: "215500690", WECHAT: "243300133", UNIONPAY: "1001190000012345678"}
PAYER_BANK: Final = {ALIPAY: "网联清算有限公司", WECHAT: "网联清算有限公司", UNIONPAY: "中国银联股份有限公司"}
SUMMARIES: Final = {
    ALIPAY: ("支付宝提现", "转账存入", "网银跨行汇款"),
    WECHAT: ("财付通付款", "转账存入", "电子汇入"),
    UNIONPAY: ("银联入账", "银联贷记", "代付"),
}
MEMOS_WITH_DAY: Final = ("结算款 {day}", "{day}交易结算", "商户结算资金{day}", "结算款 {day}")
SUPPLIERS: Final = ("安吉青竹家具厂（示例）", "南通棉悦纺织有限公司（示例）", "佛山木作五金有限公司（示例）")
MEMOS: Final = ("结算款", "货款结算", "")


class Outcome(StrEnum):
    """What became of a payout."""

    ARRIVED = "arrived"
    IN_TRANSIT = "in_transit"
    MISSING = "missing"
    OTHER_AMOUNT = "other_amount"


@dataclass(frozen=True, slots=True)
class Payout:
    """A batch and what the bank shows of it; ``arrived`` is fen, 0 when nothing is there."""

    batch: Batch
    outcome: Outcome
    arrived: int


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line of the CNY statement: amount in fen, positive is money in; ``account`` is the ledger's other side."""

    day: int
    second: int
    amount: int
    payer: str
    payer_account: str
    payer_bank: str
    summary: str
    memo: str
    serial: str
    account: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """What finance books of payouts: day of arrival, the reference it cites, the trade days in words, fen."""

    channel: int
    day: int
    reference: str
    days: str
    amount: int


def pay_out(batches: list[Batch], plan: Plan, rng: np.random.Generator) -> list[Payout]:
    """Decide what becomes of each batch."""
    last = plan.after_day - 1
    able = [index for index, batch in enumerate(batches) if batch.due < last and batch.net > 10_000]
    if plan.noise:  # a payout that is due on the last day of the statement may be missing; merged ones arrive
        able = [index for index, one in enumerate(batches) if one.due <= last and one.channel != UNIONPAY]
    wrong: dict[int, Outcome] = {}
    if plan.difference_rate and able:
        missing, other = (min(outside_count(plan, 2, 2, name), 4) for name in ("missing", "other amount"))
        chosen = [int(index) for index in rng.choice(able, min(missing + other, len(able)), replace=False)]
        wrong = dict.fromkeys(chosen[:missing], Outcome.MISSING)
        wrong |= dict.fromkeys(chosen[missing:], Outcome.OTHER_AMOUNT)
    payouts = []
    for index, batch in enumerate(batches):
        outcome = Outcome.IN_TRANSIT if batch.due > last else wrong.get(index, Outcome.ARRIVED)
        if outcome is Outcome.OTHER_AMOUNT:
            # less a chargeback of the bank's, or with somebody else's cent: a small part of the day
            arrived = batch.net + int(rng.choice([-1, -1, 1])) * int(rng.integers(50, 5_000))
        else:
            arrived = batch.net if outcome is Outcome.ARRIVED else 0
        payouts.append(Payout(batch, outcome, arrived))
    return payouts


def statement(payouts: list[Payout], plan: Plan, rng: np.random.Generator) -> tuple[list[BankLine], list[BankLine]]:
    """The CNY statement in order of time, and the unidentified credits among its lines."""
    twins = Counter((payout.batch.channel, payout.batch.net) for payout in payouts)
    lines = [
        _payout_line(payout, rng, twin=twins[payout.batch.channel, payout.batch.net] > 1)
        for payout in payouts
        if payout.arrived
    ]
    unknown = unidentified(payouts, plan, rng)
    lines = sorted([*lines, *unknown, *ordinary(plan, rng)], key=lambda line: (line.day, line.second, line.amount))
    numbered = [
        replace(line, serial=f"{index}-{date_of(line.day):%y%m%d}{int(rng.integers(10**9, 10**10))}")
        for index, line in enumerate(lines, 1)
    ]
    credits_ = {(line.day, line.second, line.amount) for line in unknown}
    return numbered, [line for line in numbered if (line.day, line.second, line.amount) in credits_]


def sent(payouts: list[Payout]) -> list[tuple[int, list[Payout]]]:
    """Day on which the channel sends each payout to the bank, whatever the bank then shows."""
    return [(one.batch.due, [one]) for one in payouts]


def booked(payouts: list[Payout]) -> list[Booked]:
    """One voucher for each payout that arrived in full, on the day it was due."""
    return [
        Booked(one.batch.channel, one.batch.due, one.batch.batch_no, f"{date_of(one.batch.day):%Y%m%d}", one.arrived)
        for one in payouts
        if one.outcome is Outcome.ARRIVED
    ]


def _payout_line(payout: Payout, rng: np.random.Generator, *, twin: bool) -> BankLine:
    """The line of a payout; four of five memos name the trade day, always so where the amount alone is not enough."""
    batch = payout.batch
    says_day = rng.random() < 0.8 or twin or payout.outcome is Outcome.OTHER_AMOUNT
    memo = str(rng.choice(MEMOS_WITH_DAY if says_day else MEMOS)).format(day=f"{date_of(batch.day):%Y%m%d}")
    return BankLine(
        batch.due,
        int(rng.integers(2 * 3600, 10 * 3600)),
        payout.arrived,
        str(rng.choice(PAYERS[batch.channel])),
        PAYER_ACCOUNTS[batch.channel],
        PAYER_BANK[batch.channel],
        str(rng.choice(SUMMARIES[batch.channel])),
        memo,
        "",
    )


def unidentified(payouts: list[Payout], plan: Plan, rng: np.random.Generator) -> list[BankLine]:
    """Credits of a channel that no trade day explains."""
    if not plan.difference_rate:
        return []
    nets = {payout.batch.net for payout in payouts}
    lines: list[BankLine] = []
    while len(lines) < min(outside_count(plan, 2, 2, "unidentified"), 40):
        channel = int(rng.integers(0, 3))
        amount = int(rng.integers(12_000, 480_000))
        day = int(rng.integers(plan.first_day + 2, plan.after_day - 1))
        if amount in nets:
            continue
        nets.add(amount)
        line = BankLine(
            day,
            int(rng.integers(11 * 3600, 17 * 3600)),
            amount,
            PAYERS[channel][0],
            PAYER_ACCOUNTS[channel],
            PAYER_BANK[channel],
            str(rng.choice(SUMMARIES[channel])),
            str(rng.choice(("补结算", "退回款", "往来款"))),
            "",
        )
        lines.append(line)
    return lines


def ordinary(plan: Plan, rng: np.random.Generator) -> list[BankLine]:
    """Rent, salaries, suppliers, taxes, interest, a hotel that buys by transfer: nothing of a channel's."""
    ccb = "中国建设银行杭州分行"
    lines = []

    def add(day: int, amount: int, payer: str, summary: str, memo: str, account: tuple[str, str]) -> None:
        when = working_day_after(plan.first + dt.timedelta(days=day - 2), 1)
        if when <= plan.last:
            number = "3305" + str(int(rng.integers(10**11, 10**12)))
            second = int(rng.integers(9 * 3600, 17 * 3600))
            lines.append(BankLine(day_number(when), second, amount, payer, number, ccb, summary, memo, "", account))

    add(5, -4_800_000, "杭州云栖物业管理有限公司（示例）", "转账支出", "租金", ("6602.01", "管理费用-租赁费"))
    add(10, -18_642_350, "代发工资户", "代发工资", "工资", ("2211.01", "应付职工薪酬-工资"))
    add(14, -2_315_518, "国家金库杭州市支库", "实时扣税", "增值税及附加", ("2221.01", "应交税费-未交增值税"))
    add(12, 4_268_000, "苏州平江酒店用品有限公司（示例）", "转账存入", "客房软装款", ("1122.01", "应收账款-企业客户"))
    add(25, 1_530_600, "南京玄武民宿管理有限公司（示例）", "网银跨行汇款", "货款", ("1122.01", "应收账款-企业客户"))
    for day in (3, 9, 11, 24, 27):
        supplier = str(rng.choice(SUPPLIERS))
        amount = -int(rng.integers(900_000, 4_500_000))
        add(day, amount, supplier, "转账支出", "采购货款", ("2202.01", "应付账款-供应商"))
    add(21, int(rng.integers(20_000, 60_000)), "", "结息", "存款利息", ("6603.02", "财务费用-利息收入"))
    add(26, -int(rng.integers(2_000, 9_000)), "", "手续费", "对公账户服务费", ("6603.03", "财务费用-银行手续费"))
    return lines
