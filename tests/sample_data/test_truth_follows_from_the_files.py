"""A second opinion: the month's files are read with the standard library alone, and every difference is named afresh.

What follows from the printed lines must be exactly what truth.csv says, amounts included. Nothing of ``recon`` and
nothing of the generator takes part but the command itself, so a book that does not follow from another one shows.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import holidays
import pytest

from sample_data import generate, score
from tests.sample_data import unionpay_files

AS_OF = dt.date(2026, 3, 2)
END = dt.date(2026, 3, 1)
CHANNEL_OF = {"1012.01": "alipay", "1012.02": "wechat", "1012.03": "unionpay", "1012.04": "paypal"}
PAYERS = {"支付宝": "alipay", "财付通": "wechat", "银联商务": "unionpay"}
ACCOUNTS = {"alipay": "20880312345678900156", "wechat": "1900012345", "unionpay": "898310048990001"}
WORKDAYS = holidays.country_holidays("CN", years=[2026])


@dataclass(frozen=True)
class Move:
    kind: str
    channel: str
    number: str  # transaction number of a payment or dispute, the merchant's number of a refund
    mno: str
    amount: int
    fee: int
    currency: str
    at: str

    @property
    def day(self) -> dt.date:
        at = dt.datetime.fromisoformat(self.at)
        return (at + dt.timedelta(hours=self.channel == "unionpay")).date()


def minor(text: str) -> int:
    assert re.fullmatch(r"-?\d+\.\d{2}", text), text
    return int(text.replace(".", ""))


def half_up(value: Fraction) -> int:
    return int((2 * value.numerator + value.denominator) // (2 * value.denominator))


def table(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


def working_day_after(day: dt.date, count: int) -> dt.date:
    while count:
        day += dt.timedelta(days=1)
        count -= WORKDAYS.is_working_day(day)
    return day


def alipay(inbox: Path) -> list[Move]:
    moves = []
    for path in sorted((inbox / "alipay").iterdir()):
        with zipfile.ZipFile(path, metadata_encoding="gbk") as bundle:
            (name,) = [name for name in bundle.namelist() if name.endswith("_业务明细.csv")]
            lines = [line for line in bundle.read(name).decode("gbk").split("\r\n") if line and line[0] != "#"]
        for row in csv.DictReader(cell.replace("\t", "") for cell in lines):
            refund = row["业务类型"] == "退款"
            number = row["退款批次号/请求号" if refund else "支付宝交易号"]
            amount, fee = minor(row["订单金额（元）"]), minor(row["服务费（元）"])
            kind = "refund" if refund else "payment"
            moves.append(Move(kind, "alipay", number, row["商户订单号"], amount, fee, "CNY", row["完成时间"]))
    return moves


def wechat(inbox: Path) -> list[Move]:
    moves = []
    for path in sorted((inbox / "wechat").glob("*All*")):
        lines = path.read_text("utf-8-sig").splitlines()
        names = lines[0].split(",")
        for line in lines[1:-2]:
            row = dict(zip(names, line[1:].split(",`"), strict=True))
            refund = row["交易状态"] == "REFUND"
            amount = minor(row["订单金额"]) - minor(row["申请退款金额"])
            fee = -minor(row["手续费"].removesuffix("000"))
            number = row["商户退款单号" if refund else "微信订单号"]
            kind = "refund" if refund else "payment"
            moves.append(Move(kind, "wechat", number, row["商户订单号"], amount, fee, "CNY", row["交易时间"]))
    return moves


def unionpay(inbox: Path) -> list[Move]:
    def signed(cell: str) -> int:
        return {"C": 1, "D": -1, " ": 0}[cell[0]] * int(cell[1:])

    moves, queries = [], {}
    for name, data in unionpay_files.zm(inbox).items():
        for raw in data.decode("gbk").split("\r\n")[:-1]:
            line = raw.encode("gbk")
            cell = {at: line[at : at + width].decode("gbk") for at, width in WIDTHS.items()}
            refund = cell[215] == "04"
            query, order = cell[87].strip(), cell[112].strip()
            queries[query] = order
            at = f"{query[:4]}-{query[4:6]}-{query[6:8]}T{query[8:10]}:{query[10:12]}:{query[12:14]}"
            fee, net = signed(cell[166]), signed(cell[374])
            assert signed(cell[180]) == net
            assert abs(net - fee) == int(cell[66])
            mno = queries[cell[271].strip()] if refund else order
            kind = "refund" if refund else "payment"
            moves.append(Move(kind, "unionpay", order if refund else query, mno, net - fee, fee, "CNY", at))
            assert moves[-1].day == dt.date(2000 + int(name[3:5]), int(name[5:7]), int(name[7:9]))
    return moves


WIDTHS = {66: 12, 87: 21, 112: 32, 166: 13, 180: 13, 215: 2, 271: 21, 374: 13}


def paypal(inbox: Path) -> tuple[list[Move], list[tuple[str, int, dt.date]]]:
    moves, withdrawals = [], []
    kinds = {"T0006": "payment", "T1107": "refund", "T1201": "chargeback"}
    for path in sorted((inbox / "paypal").iterdir()):
        for row in csv.reader(path.read_text("utf-8-sig").splitlines()):
            if row[0] != "SB":
                continue
            gross = int(row[9]) * (1 if row[8] == "CR" else -1)
            fee = int(row[12] or 0) * (1 if row[11] == "CR" else -1)
            at = row[6].removesuffix(" +0800").replace("/", "-")
            if row[5] in kinds:
                moves.append(Move(kinds[row[5]], "paypal", row[1], row[2], gross, fee, row[10], at))
            elif row[5] == "T0400":
                withdrawals.append((row[18], -gross, dt.date.fromisoformat(at[:10])))
    return moves, withdrawals


def contract_fee(move: Move) -> int:
    """What the contract says the channel takes (payments) or gives back (refunds), signed."""
    rate, fixed, least = {
        "alipay": (Fraction(60, 10_000), 0, 0),
        "wechat": (Fraction(60, 10_000), 0, 0),
        "unionpay": (Fraction(50, 10_000), 0, 1),
        "paypal": (Fraction(340, 10_000), 30, 0),
    }[move.channel]
    if move.kind == "payment":
        return -max(half_up(move.amount * rate) + fixed, least)
    return 0 if move.channel == "alipay" else half_up(-move.amount * rate)


class Findings(list[dict[str, str]]):
    def add(self, leg: str, code: str, delta: int, order_no: str = "", reference: str = "", batch_no: str = "") -> None:
        keys = {"order_no": order_no, "reference": reference, "batch_no": batch_no}
        self.append({"leg": leg, "code": code, **keys, "delta_minor": str(delta)})


class Books:
    """All files of one month, and the differences that follow from them."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        abroad, self.withdrawals = paypal(inbox)
        self.moves = [*alipay(inbox), *wechat(inbox), *unionpay(inbox), *abroad]
        self.orders = table(inbox / "orders.csv")
        self.rates = {(r["rate_date"], r["currency"]): Fraction(r["rate"]) for r in table(inbox / "rates.csv")}
        self.order_of: dict[str, str] = {}
        self.shops = {line["pay_no"] or line["order_no"]: line["shop"] for line in self.orders}
        for line in self.orders:
            if line["record"] == "payment":
                self.order_of.setdefault(line["pay_no"] or line["order_no"], line["order_no"])
        self.found = Findings()

    def rate(self, move: Move) -> Fraction:
        return self.rates.get((move.day.isoformat(), move.currency), Fraction(1))

    def differences(self) -> Findings:
        self.fees_and_disputes()
        self.payments()
        self.refunds()
        self.ledger()
        self.bank()
        return self.found

    def first_of_each(self, record: str, key: str) -> list[dict[str, str]]:
        seen: dict[str, dict[str, str]] = {}
        for line in self.orders:
            if line["record"] != record:
                continue
            if line[key] in seen:
                assert line == seen[line[key]]
                sign, reference = (1, "channel_txn_no") if record == "payment" else (-1, "refund_no")
                amount = sign * minor(line["amount"])
                self.found.add("order_channel", "DUPLICATE_ENTRY", amount, line["order_no"], line[reference])
            else:
                seen[line[key]] = line
        return list(seen.values())

    def fees_and_disputes(self) -> None:
        for move in self.moves:
            order_no = self.order_of.get(move.mno, move.mno)
            if move.kind == "chargeback":
                self.found.add("order_channel", "CHARGEBACK", -move.amount, order_no, move.number)
            elif move.fee != contract_fee(move):
                assert move.kind == "payment"
                delta = contract_fee(move) - move.fee
                self.found.add("order_channel", "FEE_MISMATCH", delta, order_no, move.number)

    def payments(self) -> None:
        at_channel: dict[str, list[Move]] = defaultdict(list)
        for move in self.moves:
            if move.kind == "payment":
                at_channel[move.mno].append(move)
        groups: dict[str, list[dict[str, str]]] = defaultdict(list)
        for line in self.first_of_each("payment", "order_no"):
            groups[line["pay_no"] or line["order_no"]].append(line)
        for mno, lines in groups.items():
            moves = at_channel.pop(mno, [])
            told = sum(minor(line["amount"]) for line in lines)
            own = [
                m for m in moves if m.channel == lines[0]["channel"] and lines[0]["channel_txn_no"] in {"", m.number}
            ]
            if not own:
                assert not moves
                self.found.add("order_channel", "CHANNEL_MISSING", told, lines[0]["order_no"])
                continue
            self.pair(lines, told, own[0])
            for extra in moves:
                if extra is not own[0]:
                    order_no = lines[0]["order_no"]
                    self.found.add("order_channel", "DUPLICATE_PAYMENT", -extra.amount, order_no, extra.number)
        for mno, (move,) in at_channel.items():
            self.found.add("order_channel", "ORDER_MISSING", -move.amount, mno, move.number)

    def pair(self, lines: list[dict[str, str]], told: int, move: Move) -> None:
        first, delta = lines[0], told - move.amount
        assert {line["currency"] for line in lines} == {move.currency}
        name = (first["order_no"], move.number)
        if first["occurred_at"]:
            day = dt.date.fromisoformat(first["occurred_at"][:10])
            if (day < END) != (move.day < END):
                assert len(lines) == 1
                self.found.add("order_channel", "CROSS_DAY", delta, *name)
        if first["base_amount"]:
            quotient = minor(first["base_amount"]) / Fraction(first["fx_rate"])
            assert half_up(quotient) == told or abs(quotient - told) < 1
        if first["status"] != "success":
            assert delta == 0
            self.found.add("order_channel", "STATUS_MISMATCH", 0, *name)
        if delta and len(lines) > 1:
            self.found.add("order_channel", "ORDER_SPLIT", delta, "", move.number)
        elif delta and first["base_amount"]:
            rounding = abs(minor(first["base_amount"]) / Fraction(first["fx_rate"]) - move.amount) < 1
            if not rounding:
                assert half_up(minor(first["base_amount"]) / self.rate(move)) == move.amount
            self.found.add("order_channel", "FX_ROUNDING" if rounding else "FX_RATE", delta, *name)
        elif delta:
            self.found.add("order_channel", "AMOUNT_MISMATCH", delta, *name)

    def refunds(self) -> None:
        paid = {move.number: move for move in self.moves if move.kind == "refund"}
        for line in self.first_of_each("refund", "refund_no"):
            name = (line["order_no"], line["refund_no"])
            told = -minor(line["amount"])
            move = paid.pop(line["refund_no"], None)
            day = dt.date.fromisoformat(line["occurred_at"][:10])
            if move is None:
                in_time = working_day_after(day, 3) >= AS_OF
                self.found.add("order_channel", "REFUND_PENDING" if in_time else "REFUND_OVERDUE", told, *name)
                continue
            if (day < END) != (move.day < END):
                self.found.add("order_channel", "CROSS_DAY", told - move.amount, *name)
            if line["status"] == "pending":
                self.found.add("order_channel", "REFUND_NOT_SYNCED", told - move.amount, *name)
            elif told != move.amount:
                self.found.add("order_channel", "REFUND_AMOUNT_MISMATCH", told - move.amount, *name)
        for move in paid.values():
            order_no = self.order_of[move.mno]
            self.found.add("order_channel", "REFUND_NOT_SYNCED", -move.amount, order_no, move.number)

    def move_of_each_number(self) -> dict[tuple[str, str], Move]:
        numbers: dict[tuple[str, str], Move] = {}
        for move in reversed(self.moves):  # the first payment of a number wins over its duplicate
            numbers[move.channel, move.number] = move
            if move.kind == "payment":
                numbers[move.channel, move.mno] = move
        for line in self.orders:
            key = (line["channel"], line["pay_no"] or line["order_no"])
            if key in numbers and line["record"] == "payment":
                numbers[line["channel"], line["order_no"]] = numbers[key]
        return numbers

    def ledger(self) -> None:
        numbers = self.move_of_each_number()
        booked: dict[Move, list[tuple[dict[str, str], int]]] = defaultdict(list)
        small: Counter[str] = Counter()
        others: Counter[tuple[str, str, int]] = Counter()
        for line, amount, counter in self.channel_lines():
            number = line["reference"] or line["summary"].split()[-1]
            key = (CHANNEL_OF[line["account_code"]], number)
            if counter != "6001":
                others[counter, number, amount] += 1
            elif key in numbers:
                booked[numbers[key]].append((line, amount))
            elif number.startswith("unionpay:"):
                small[number[-8:]] += amount
            else:
                self.found.add("channel_ledger", "VOUCHER_ORPHAN", -amount, "", number)
        for move in self.moves:
            if move in booked:
                self.compare(move, booked[move])
            elif self.shops.get(move.mno) == "云杉小集" and move.kind == "payment":
                small[f"{move.day:%Y%m%d}"] -= move.amount
            else:
                code = "VOUCHER_MISSING" if move.kind == "payment" else "REFUND_NOT_SYNCED"
                order_no = self.order_of.get(move.mno, move.mno)
                self.found.add("channel_ledger", code, move.amount, order_no, move.number)
        assert not any(small.values())
        self.fees_and_payouts(others)

    def channel_lines(self) -> list[tuple[dict[str, str], int, str]]:
        vouchers: dict[str, list[dict[str, str]]] = defaultdict(list)
        for line in table(self.inbox / "vouchers.csv"):
            vouchers[line["voucher_no"]].append(line)
        lines = []
        for debit, credit in vouchers.values():
            assert debit["debit"] == credit["credit"]
            assert not debit["credit"] + credit["debit"]
            assert debit["voucher_date"][:7] == debit["period"]
            for line, other, sign in ((debit, credit, 1), (credit, debit, -1)):
                if line["account_code"] in CHANNEL_OF:
                    lines.append((line, sign * minor(line["debit"] or line["credit"]), other["account_code"]))
        return lines

    def compare(self, move: Move, lines: list[tuple[dict[str, str], int]]) -> None:
        name = (self.order_of.get(move.mno, move.mno), move.number)
        if len(lines) > 1 and len({line["reference"] or line["summary"] for line, _ in lines}) == 1:
            (_, amount), *lines = lines[:2]
            self.found.add("channel_ledger", "DUPLICATE_ENTRY", -amount, *name)
        told = sum(amount for _, amount in lines)
        due = half_up(abs(move.amount) * self.rate(move)) * (1 if move.amount > 0 else -1)
        if any(line["period"] != f"{move.day:%Y-%m}" for line, _ in lines):
            self.found.add("channel_ledger", "WRONG_PERIOD", due - told, *name)
        if move.currency != "CNY":
            assert [minor(line["fc_amount"]) for line, _ in lines] == [move.amount]
        if due != told and move.currency == "CNY":
            self.found.add("channel_ledger", "VOUCHER_AMOUNT_MISMATCH", due - told, *name)
        elif due != told:
            rounding = abs(move.amount * self.rate(move) - told) < 1
            if not rounding:
                ((line, _),) = lines
                assert Fraction(line["fx_rate"]) in self.rates.values()
                assert half_up(move.amount * Fraction(line["fx_rate"])) == told
            self.found.add("channel_ledger", "FX_ROUNDING" if rounding else "FX_RATE", due - told, *name)

    def fees_and_payouts(self, others: Counter[tuple[str, str, int]]) -> None:
        fees: dict[tuple[str, dt.date, str], int] = defaultdict(int)
        for move in self.moves:
            fees[move.channel, move.day, move.currency] += move.fee
        accounts = {**ACCOUNTS, "paypal": "YSHOME7K2PAYL"}
        for (channel, day, currency), fee in fees.items():
            if not fee:
                continue
            rate = self.rates.get((day.isoformat(), currency), Fraction(1))
            amount = half_up(abs(fee) * rate) * (1 if fee > 0 else -1)
            others["6603.01", f"{channel}:{accounts[channel]}:{day:%Y%m%d}", amount] -= 1
        for channel, day, net, outcome in self.payouts():
            if outcome == "":
                others["1002.01", f"{channel}:{accounts[channel]}:{day:%Y%m%d}", -net] -= 1
        for reference, amount, day in self.withdrawals:
            others["1002.02", reference, -half_up(amount * self.rates[day.isoformat(), "USD"])] -= 1
        assert {key: count for key, count in others.items() if count} == {}

    def payouts(self) -> list[tuple[str, dt.date, int, str]]:
        """Each trade day's net and what the bank says of it: ``""`` when it arrived, else a code."""
        nets: dict[tuple[str, dt.date], int] = defaultdict(int)
        for move in self.moves:
            if move.channel != "paypal":
                nets[move.channel, move.day] += move.amount + move.fee
        self.credits = self.bank_credits()
        results = []
        for with_day in (True, False):  # memos first, amounts for the rest
            for (channel, day), net in sorted(nets.items()):
                due = working_day_after(day, 1) if channel == "unionpay" else day + dt.timedelta(days=1)
                mine = [line for line in self.credits if line[0] == channel and line[1] == due]
                if with_day:
                    hits = [line for line in mine if f"{day:%Y%m%d}" in line[3]]
                else:
                    hits = [line for line in mine if line[2] == net and not re.search(r"\d{8}", line[3])]
                    hits = hits if (channel, day) not in {(c, d) for c, d, _, _ in results} else []
                if hits:
                    (line,) = hits
                    self.credits.remove(line)
                    results.append((channel, day, net, "" if line[2] == net else f"{net - line[2]}"))
        done = {(channel, day) for channel, day, _, _ in results}
        for (channel, day), net in nets.items():
            assert net > 0
            if (channel, day) not in done:
                due = working_day_after(day, 1) if channel == "unionpay" else day + dt.timedelta(days=1)
                results.append((channel, day, net, "PAYOUT_IN_TRANSIT" if due >= END else "PAYOUT_MISSING"))
        return results

    def bank_credits(self) -> list[tuple[str, dt.date, int, str, str]]:
        lines, balance = [], None
        (path,) = (self.inbox / "bank").glob("ccb_*.csv")
        for row in table(path, "gb18030"):
            amount = minor(row["贷方发生额（收入）"]) - minor(row["借方发生额（支取）"])
            assert balance is None or balance + amount == minor(row["余额"])
            balance = minor(row["余额"])
            channel = next((name for payer, name in PAYERS.items() if row["对方户名"].startswith(payer)), "")
            day = dt.datetime.strptime(row["记账日期"] + "+0800", "%Y%m%d%z").date()
            assert day < END
            if channel:
                lines.append((channel, day, amount, row["备注"], row["账户明细编号-交易流水号"]))
        return lines

    def bank(self) -> None:
        for channel, day, net, outcome in self.payouts():
            batch_no = f"{channel}:{ACCOUNTS[channel]}:{day:%Y%m%d}"
            if outcome.startswith("PAYOUT"):
                self.found.add("channel_bank", outcome, net, "", "", batch_no)
            elif outcome:
                self.found.add("channel_bank", "PAYOUT_AMOUNT_MISMATCH", int(outcome), "", "", batch_no)
        for line in self.credits:
            self.found.add("channel_bank", "BANK_UNIDENTIFIED", -line[2], "", line[4])
        arrived = self.camt()
        for reference, amount, day in self.withdrawals:
            if arrived.pop(reference, None) != amount:
                batch_no = f"paypal:YSHOME7K2PAYL:{day:%Y%m%d}"
                self.found.add("channel_bank", "PAYOUT_IN_TRANSIT", amount, "", reference, batch_no)
                assert working_day_after(day, 3) >= END
        assert not arrived

    def camt(self) -> dict[str, int]:
        (path,) = (self.inbox / "bank").glob("camt053_*.xml")
        root = ET.fromstring(path.read_bytes())  # noqa: S314 -- written by the generator a moment ago
        ns = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"}

        def signed(element: ET.Element) -> int:
            sign = {"CRDT": 1, "DBIT": -1}[element.findtext("c:CdtDbtInd", "", ns)]
            return sign * minor(element.findtext("c:Amt", "", ns))

        opening, closing = (signed(balance) for balance in root.iterfind(".//c:Bal", ns))
        entries = list(root.iterfind(".//c:Ntry", ns))
        assert opening + sum(signed(entry) for entry in entries) == closing
        return {e.findtext("c:AcctSvcrRef", "", ns): signed(e) for e in entries if signed(e) > 0}


def explain(month: Path) -> score.Score:
    found = Books(month / "inbox").differences()
    diffs = month / "second_opinion.csv"
    with diffs.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["leg", "code", "order_no", "reference", "batch_no", "delta_minor"])
        writer.writeheader()
        writer.writerows(found)
    return score.score(month / "truth.csv", diffs)


@pytest.mark.parametrize(("orders", "seed"), [(500, 1), (500, 2), (4_000, 3)])
def test_every_difference_in_the_files_is_in_the_truth_and_the_other_way_round(tmp_path, orders, seed):
    generate.main(["--orders", str(orders), "--seed", str(seed), "--out", str(tmp_path)])

    result = explain(tmp_path)

    assert (result.missed, result.false) == ([], [])
    assert result.other_amount == []
    assert result.planted >= 60


def test_a_month_in_which_one_order_in_twenty_goes_wrong_is_still_coherent(tmp_path):
    generate.main(["--orders", "4000", "--seed", "5", "--out", str(tmp_path), "--difference-rate", "0.05"])

    result = explain(tmp_path)

    assert (result.missed, result.false) == ([], [])
    assert result.planted > 150
