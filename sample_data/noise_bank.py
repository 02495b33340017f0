"""Noise of the bank (see ``noise``): payouts together, payouts late, memos that say the day in every way or not at all.

UnionPay pays the days off together (so its contract says ``merged``). Now and then Alipay or WeChat Pay send two trade
days in one transfer, or one some days late. A channel may pay a day twice: the second transfer belongs to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Final

import numpy as np

from sample_data import bank
from sample_data.bank import BankLine, Booked, Outcome, Payout
from sample_data.books import Batch
from sample_data.contract import ALIPAY, UNIONPAY, Plan, date_of
from sample_data.plant import outside_count

FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")
LATEST_DAYS: Final = 2


def statement(
    payouts: list[Payout], plan: Plan, rng: np.random.Generator
) -> tuple[list[BankLine], list[BankLine], list[Booked]]:
    """The CNY statement in order of time, the unidentified credits among its lines, and what finance books of it."""
    dice = plan.dice("bank")
    sent = _transfers(payouts, plan, dice)
    lines = [(_line(group, day, plan, dice), group) for day, group in sent]
    unknown = [*bank.unidentified(payouts, plan, rng), *_paid_twice(lines, plan, dice)]
    everything: list[tuple[BankLine, list[Payout]]] = [*lines, *((line, []) for line in unknown)]
    everything += [(line, []) for line in bank.ordinary(plan, rng)]
    everything.sort(key=lambda pair: (pair[0].day, pair[0].second, pair[0].amount))
    numbered = [
        (replace(line, serial=f"{index}-{date_of(line.day):%y%m%d}{int(dice.integers(10**9, 10**10))}"), group)
        for index, (line, group) in enumerate(everything, 1)
    ]
    strange = {(line.day, line.second, line.amount) for line in unknown}
    found = [line for line, _ in numbered if (line.day, line.second, line.amount) in strange]
    heads = [head for line, group in numbered for head in _booked(line, group, dice)]
    return [line for line, _ in numbered], found, heads


def service_fees(batches: list[Batch], plan: Plan) -> tuple[list[Batch], list[tuple[int, int]]]:
    """Two of Alipay's trade days have a service fee beside the fees of their payments: a row of the account bill alone.

    Gives the batches, which pay out that much less, and the fees: trade day, fen.
    """
    dice = plan.dice("service fees")
    able = [
        index
        for index, one in enumerate(batches)
        if one.channel == ALIPAY and one.net > 20_000 and one.due < plan.after_day - 1
    ]
    chosen = {int(index): int(dice.integers(990, 9_900)) for index in dice.permutation(able)[:2]}
    fees = [(batches[index].day, fee) for index, fee in sorted(chosen.items())]
    return [replace(one, net=one.net - chosen.get(index, 0)) for index, one in enumerate(batches)], fees


def booked_twice(heads: list[Booked], plan: Plan) -> list[Booked]:
    """Payouts that a clerk books once more the next day, citing the same number."""
    if not plan.difference_rate:
        return []
    dice = plan.dice("payouts booked twice")
    able = [head for head in heads if ":" in head.reference and head.day < plan.after_day - 3]
    count = min(outside_count(plan, 3, 0, "payout booked twice"), 3, len(able))
    return [replace(able[int(at)], day=able[int(at)].day + 1) for at in dice.permutation(len(able))[:count]]


def sent(payouts: list[Payout], plan: Plan) -> list[tuple[int, list[Payout]]]:
    """Day and payouts of each transfer as the channels know it: those that the bank never shows are sent as well."""
    lost = [(one.batch.due, [one]) for one in payouts if not one.arrived]
    return [*_transfers(payouts, plan, plan.dice("bank")), *lost]


def _transfers(payouts: list[Payout], plan: Plan, dice: np.random.Generator) -> list[tuple[int, list[Payout]]]:
    """Day and payouts of each transfer that arrived."""
    groups: dict[tuple[int, int], list[Payout]] = defaultdict(list)
    for one in payouts:
        if one.arrived:
            groups[one.batch.channel, one.batch.due].append(one)
    sent = {key: (key[1], group) for key, group in groups.items()}
    last = plan.after_day - 1
    calm = [
        (channel, due)
        for channel, due in sorted(sent)
        if channel != UNIONPAY and due < last - LATEST_DAYS and _all_right(groups[channel, due])
    ]
    touched: set[tuple[int, int]] = set()
    for index in dice.permutation(len(calm))[:12]:
        channel, due = calm[index]
        near = {(channel, due + shift) for shift in range(-3, 4)}
        if near & touched or any(key not in groups or not _all_right(groups[key]) for key in near):
            continue
        touched.add((channel, due))
        if len(touched) % 2:  # a day late, with the next day's
            sent[channel, due + 1] = (due + 1, [*sent.pop((channel, due))[1], *sent[channel, due + 1][1]])
        else:
            sent[channel, due] = (due + int(dice.integers(1, LATEST_DAYS + 1)), sent[channel, due][1])
        if len(touched) == 4:
            break
    return list(sent.values())


def _all_right(group: list[Payout]) -> bool:
    return all(one.outcome is Outcome.ARRIVED for one in group)


def _line(group: list[Payout], day: int, plan: Plan, dice: np.random.Generator) -> BankLine:
    channel = group[0].batch.channel
    days = sorted(one.batch.day for one in group)
    odd = any(one.outcome is Outcome.OTHER_AMOUNT for one in group)
    return BankLine(
        day,
        int(dice.integers(2 * 3600, 10 * 3600)),
        sum(one.arrived for one in group),
        str(dice.choice(bank.PAYERS[channel])),
        bank.PAYER_ACCOUNTS[channel],
        bank.PAYER_BANK[channel],
        str(dice.choice(bank.SUMMARIES[channel])),
        _memo(days, plan, dice, silent=0.5 if odd else 0.3),
        "",
    )


def _memo(days: list[int], plan: Plan, dice: np.random.Generator, silent: float) -> str:
    """The trade days in one of the ways that banks print them, or no day at all."""
    if dice.random() < silent:
        return str(dice.choice(["结算款", "货款结算", "", "商户资金结算", "银联入账,货款"]))
    first, last = date_of(days[0]), date_of(days[-1])
    if len(days) > 1:
        return str(
            dice.choice(
                [
                    f"{first:%Y%m%d}-{last:%Y%m%d}结算款",
                    f"结算款{first:%m%d}-{last:%m%d}",
                    f"{first.month}月{first.day}日至{last.month}月{last.day}日结算",
                    f"结算款 {last:%Y%m%d}",
                ]
            )
        )
    forms = [
        f"结算款 {first:%Y%m%d}",
        f"{first:%Y%m%d}交易结算",
        f"{first.month}月{first.day}日结算款",
        f"{first:%Y-%m-%d} 商户结算",
        f"{first:%Y/%m/%d}货款",
        f"结算{first:%m%d}",
        f"结算款 {first:%Y%m%d}".translate(FULL_WIDTH),
        f"清算日期{first:%y%m%d} 商户号{plan.seed % 10_000:04d}",
    ]
    return str(dice.choice(forms))


def _paid_twice(lines: list[tuple[BankLine, list[Payout]]], plan: Plan, dice: np.random.Generator) -> list[BankLine]:
    """The same transfer again, some days later and without a day in its memo."""
    if not plan.difference_rate:
        return []
    able = [
        line
        for line, group in lines
        if group[0].batch.channel != UNIONPAY
        and line.day < plan.after_day - 8
        and _all_right(group)
        and len(group) == 1
    ]
    count = min(outside_count(plan, 2, 0, "paid twice"), 3, len(able))
    chosen = [int(index) for index in dice.permutation(len(able))[:count]]
    return [
        replace(
            able[index],
            day=able[index].day + int(dice.integers(4, 7)),
            second=int(dice.integers(11 * 3600, 17 * 3600)),
            memo="结算款",
        )
        for index in chosen
    ]


def _booked(line: BankLine, group: list[Payout], dice: np.random.Generator) -> list[Booked]:
    """Payouts of a transfer: a voucher for each, or one for all of them that cites the bank's number."""
    if not group or not _all_right(group):
        return []
    first, last = date_of(group[0].batch.day), date_of(group[-1].batch.day)
    if len(group) > 1 and dice.random() < 0.5:
        words = f"{first:%Y%m%d}-{last:%Y%m%d}"
        return [Booked(group[0].batch.channel, line.day, line.serial, words, line.amount)]
    return [
        Booked(one.batch.channel, line.day, one.batch.batch_no, f"{date_of(one.batch.day):%Y%m%d}", one.arrived)
        for one in group
    ]
