"""A month with noise: the books are added up anew from the files, with the standard library alone.

The second opinion of test_truth_follows_from_the_files.py names every difference of a month without noise. It is not
extended to noise, where naming would need a second matcher. Here each number's money is added up instead: what two
books say under one number must agree unless truth.csv names that number, and must differ where it names an amount.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from sample_data import generate
from tests.sample_data import test_alipay_account as alipay_bill
from tests.sample_data import unionpay_files

CHANNEL_OF = {"1012.01": "alipay", "1012.02": "wechat", "1012.03": "unionpay", "1012.04": "paypal"}
NATURAL = {"CROSS_DAY", "PAYOUT_IN_TRANSIT", "REFUND_PENDING"}
NUMBER = re.compile(
    r"RF\d{13}|[YP][SN]\d{14}|(?<!\d)\d{28}(?!\d)|(?<!\d)\d{21}(?!\d)|(?<![0-9A-Z])[0-9A-Z]{17}(?![0-9A-Z])"
)
IN_CHINESE = {"支付宝": "alipay", "微信": "wechat", "云闪付": "unionpay"}
PAYERS = {"支付宝": "alipay", "财付通": "wechat", "银联商务": "unionpay"}
WIDTHS = {66: 12, 87: 21, 112: 32, 166: 13, 215: 2, 476: 32}


@dataclass(frozen=True)
class Move:
    kind: str
    channel: str
    mno: str  # merchant order number of the payment
    number: str  # transaction number of a payment or dispute, the merchant's number of a refund
    gross: int
    settled: int
    fee: int
    day: str  # of the payout: YYYYMMDD


def minor(text: str) -> int:
    assert re.fullmatch(r"-?\d+\.\d{2}", text), text
    return int(text.replace(".", ""))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)[:8]


def alipay(inbox: Path) -> list[Move]:
    moves = []
    for path in sorted((inbox / "alipay").iterdir()):
        with zipfile.ZipFile(path, metadata_encoding="gbk") as bundle:
            (name,) = [name for name in bundle.namelist() if name.endswith("_业务明细.csv")]
            text = bundle.read(name).decode("gbk").replace("\t", "")
        rows = table("\n".join(line for line in text.split("\r\n") if line and line[0] != "#"))
        (printed,) = re.findall(r"#交易合计：\d+笔，商家实收共(-?\d+\.\d\d)元", text)
        assert sum(minor(row["商家实收（元）"]) for row in rows if row["业务类型"] == "交易") == minor(printed)
        for row in rows:
            kind = "refund" if row["业务类型"] == "退款" else "payment"
            number = row["退款批次号/请求号" if kind == "refund" else "支付宝交易号"]
            gross, settled = minor(row["订单金额（元）"]), minor(row["商家实收（元）"])
            assert gross - settled == minor(row["商家优惠（元）"])
            day, fee = digits(row["完成时间"]), minor(row["服务费（元）"])
            moves.append(Move(kind, "alipay", row["商户订单号"], number, gross, settled, fee, day))
    return moves


def wechat(inbox: Path) -> list[Move]:
    moves = []
    for path in sorted((inbox / "wechat").glob("*All*")):
        lines = path.read_text("utf-8-sig").splitlines()
        names = lines[0].split(",")
        for line in lines[1:-2]:
            row = dict(zip(names, line[1:].split(",`"), strict=True))
            kind = "refund" if row["交易状态"] == "REFUND" else "payment"
            number = row["商户退款单号" if kind == "refund" else "微信订单号"]
            gross = minor(row["订单金额"]) - minor(row["申请退款金额"])
            settled = minor(row["应结订单金额"]) - minor(row["退款金额"])
            day, fee = digits(row["交易时间"]), -minor(row["手续费"].removesuffix("000"))
            moves.append(Move(kind, "wechat", row["商户订单号"], number, gross, settled, fee, day))
    return moves


def unionpay(inbox: Path) -> list[Move]:
    moves = []
    for name, data in unionpay_files.zm(inbox).items():
        for line in data.split(b"\r\n")[:-1]:
            cell = {at: line[at : at + width].decode("gbk").strip() for at, width in WIDTHS.items()}
            refund = cell[215] == "04"
            amount = int(cell[66]) * (-1 if refund else 1)
            fee = int(cell[166].lstrip("CD")) * (1 if cell[166][0] == "C" else -1)
            number, mno = (cell[112], cell[476]) if refund else (cell[87], cell[112])
            kind = "refund" if refund else "payment"
            moves.append(Move(kind, "unionpay", mno, number, amount, amount, fee, f"20{name[3:9]}"))
    return moves


def paypal(inbox: Path) -> list[Move]:
    kinds = {"T0006": "payment", "T1107": "refund", "T1201": "chargeback", "T1202": "reversal"}
    moves = []
    for path in sorted((inbox / "paypal").iterdir()):
        for row in csv.reader(path.read_text("utf-8-sig").splitlines()):
            if row[0] == "SB" and row[5] in kinds:
                amount = int(row[9]) * (1 if row[8] == "CR" else -1)
                moves.append(Move(kinds[row[5]], "paypal", row[2], row[1], amount, amount, 0, digits(row[6])))
    return moves


@dataclass
class Books:
    """The files of a month: every movement once, the order system's lines, the ledger's lines on channel accounts."""

    moves: set[Move]
    printed: int
    orders: list[dict[str, str]]
    vouchers: list[tuple[str, str, str, int]]  # counter account, channel, reference or summary, amount
    credits: dict[str, int]
    truth: list[dict[str, str]]
    services: int  # fees that only the account bill has


def services_of(month: Path) -> int:
    """Fees of no trade in Alipay's account bill."""
    rows = alipay_bill.account(month)
    return -sum(alipay_bill.amount(row) for row in rows if row["备注"] == alipay_bill.SERVICE)


def read(month: Path) -> Books:
    inbox = month / "inbox"
    printed = [*alipay(inbox), *wechat(inbox), *unionpay(inbox), *paypal(inbox)]
    entries = table((inbox / "vouchers.csv").read_text("utf-8"))
    vouchers = []
    for debit, credit in zip(entries[::2], entries[1::2], strict=True):
        assert debit["voucher_no"] == credit["voucher_no"]
        assert debit["debit"] == credit["credit"]
        for line, other, sign in ((debit, credit, 1), (credit, debit, -1)):
            if line["account_code"] in CHANNEL_OF:
                amount = sign * minor(line["fc_amount"] or line["debit"] or line["credit"])
                words = line["reference"] or line["summary"]
                vouchers.append((other["account_code"], CHANNEL_OF[line["account_code"]], words, amount))
    arrived: Counter[str] = Counter()
    (statement,) = (inbox / "bank").glob("ccb_*.csv")
    for row in table(statement.read_bytes().decode("gb18030")):
        payer = next((name for start, name in PAYERS.items() if row["对方户名"].startswith(start)), "")
        arrived[payer] += minor(row["贷方发生额（收入）"]) - minor(row["借方发生额（支取）"])
    orders = table((inbox / "orders.csv").read_text("utf-8"))
    return Books(
        set(printed),
        len(printed),
        orders,
        vouchers,
        dict(arrived),
        table((month / "truth.csv").read_text("utf-8")),
        services_of(month),
    )


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return read(written(tmp_path_factory.mktemp("quiet"), "0"))


@pytest.fixture(scope="module", params=["0", "0.02"])
def books(request, tmp_path_factory):
    return read(written(tmp_path_factory.mktemp("noisy"), request.param))


def written(out: Path, rate: str) -> Path:
    generate.main(["--orders", "4000", "--seed", "11", "--noise", "--difference-rate", rate, "--out", str(out)])
    return out


def named_in_the_truth(books: Books, leg: str) -> tuple[set[str], set[str]]:
    """Merchant order numbers that truth.csv names on a leg: all of them, and those with money that differs."""
    mno_of = {
        line["order_no"]: line["pay_no"] or line["order_no"] for line in books.orders if line["status"] != "closed"
    }
    mno_of |= {move.number: move.mno for move in books.moves}
    for line in books.orders:
        if line["record"] == "refund" and line["status"] != "closed":
            mno_of.setdefault(line["refund_no"], line["pay_no"] or line["order_no"])
    named, with_money = set(), set()
    for row in books.truth:
        of_payout = ":" in row["reference"]
        if row["leg"] == leg and row["code"] not in {"VOUCHER_ORPHAN", "FEE_MISMATCH"} and not of_payout:
            number = row["reference"] or row["order_no"]
            named.add(mno_of.get(number, number))
            if int(row["amount"]) and not row["code"].startswith("FX_"):
                with_money.add(mno_of.get(number, number))
    return named, with_money


def test_without_planted_differences_the_truth_holds_natural_ones_only(quiet):
    assert {row["code"] for row in quiet.truth} <= NATURAL


def test_what_orders_and_channels_say_under_one_number_agrees_unless_the_truth_names_it(books):
    balance: Counter[tuple[str, str]] = Counter()
    for line in books.orders:
        if line["status"] == "success" or (line["record"], line["status"]) == ("refund", "pending"):
            place = IN_CHINESE.get(line["channel"], line["channel"]), line["pay_no"] or line["order_no"]
            balance[place] += minor(line["amount"]) * (1 if line["record"] == "payment" else -1)
    for move in books.moves:
        balance[move.channel, move.mno] -= move.gross
    unbalanced = {mno for (_, mno), amount in balance.items() if amount}
    named, with_money = named_in_the_truth(books, "order_channel")

    assert unbalanced <= named
    assert with_money <= unbalanced


def test_what_channels_and_vouchers_say_under_one_number_agrees_unless_the_truth_names_it(books):
    mno_of = {move.number: move.mno for move in books.moves} | {move.mno: move.mno for move in books.moves}
    for line in sorted(books.orders, key=lambda line: line["status"] == "closed"):  # a closed attempt counts last
        if line["record"] == "payment":
            mno_of.setdefault(line["order_no"], line["pay_no"] or line["order_no"])
    shops = {line["pay_no"] or line["order_no"]: line["shop"] for line in books.orders}
    balance: Counter[str] = Counter()
    for move in books.moves:
        small = shops.get(move.mno) == "云杉小集" and move.kind == "payment"
        balance[f"unionpay:{move.day}" if small else move.mno] += move.settled
    speechless: Counter[int] = Counter()
    orphans = {row["reference"] for row in books.truth if row["code"] == "VOUCHER_ORPHAN"}
    for counter, channel, words, amount in books.vouchers:
        if counter != "6001" or words in orphans:
            continue
        numbers = NUMBER.findall(words)
        if words.startswith("unionpay:"):
            balance[f"{channel}:{words[-8:]}"] -= amount
        elif numbers:
            balance[mno_of[numbers[0]]] -= amount
        else:
            speechless[amount] += 1
    unbalanced = {mno: amount for mno, amount in balance.items() if amount}
    named, with_money = named_in_the_truth(books, "channel_ledger")
    in_cny_only = {mno for mno in with_money if mno not in unbalanced}

    assert Counter(amount for mno, amount in unbalanced.items() if mno not in named) == speechless
    assert all(any(m.mno == mno and m.channel == "paypal" for m in books.moves) for mno in in_cny_only)


def test_what_channels_settled_arrives_at_the_bank_or_is_named_in_the_truth(books):
    due: Counter[str] = Counter()
    for move in books.moves:
        due[move.channel] += move.settled + move.fee
    for row in books.truth:
        if row["leg"] == "channel_bank" and row["batch_no"]:
            due[row["batch_no"].split(":")[0]] -= int(row["amount"])
    strange = sum(int(row["amount"]) for row in books.truth if row["code"] == "BANK_UNIDENTIFIED")
    arrived = sum(books.credits[channel] for channel in ("alipay", "wechat", "unionpay"))

    assert books.services > 0
    assert due["alipay"] + due["wechat"] + due["unionpay"] == arrived + strange + books.services


def test_the_noise_is_there(quiet):
    kinds = Counter(move.kind for move in quiet.moves)
    at_channel: dict[str, list[Move]] = defaultdict(list)
    for move in quiet.moves:
        at_channel[move.mno].append(move)
    payments = [[move for move in moves if move.kind == "payment"] for moves in at_channel.values()]
    old = [moves for moves in at_channel.values() if all(move.kind == "refund" for move in moves)]
    coupons = [move for move in quiet.moves if move.settled != move.gross]
    closed = Counter(line["record"] for line in quiet.orders if line["status"] == "closed")

    assert quiet.printed > len(quiet.moves)  # day bills beside the month's
    assert kinds["chargeback"] == kinds["reversal"] > 0
    assert sum(len(moves) == 2 for moves in payments) > 5  # paid in two parts
    assert len(old) > 5
    assert len(coupons) > 50
    assert closed["payment"] > 30
    assert closed["refund"] > 5
    assert {"支付宝", "微信", "云闪付"} <= {line["channel"] for line in quiet.orders}


def test_the_same_arguments_give_the_same_noise(tmp_path):
    first, second = written(tmp_path / "first", "0.01"), written(tmp_path / "second", "0.01")

    for path in sorted(path for path in first.rglob("*") if path.is_file()):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()
    assert json.loads((first / "month.json").read_text("utf-8"))["noise"] is True
