"""The account bill of a generated month, read with the standard library: its sums, its balance, the other files."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sample_data import generate

Row = dict[str, str]


@pytest.fixture(scope="module", params=["plain", "noise"])
def month(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("month")
    noise = ["--noise"] if request.param == "noise" else []
    generate.main(["--orders", "2000", "--seed", "20260201", "--out", str(out), *noise])
    return out


def minor(text: str) -> int:
    assert re.fullmatch(r"-?\d+\.\d\d", text), text
    return int(text.replace(".", ""))


def members(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path, metadata_encoding="gbk") as bundle:
        return {info.filename: bundle.read(info).decode("gbk") for info in bundle.infolist()}


def rows_of(text: str) -> list[Row]:
    lines = (line.replace("\t", "") for line in text.split("\r\n") if line and line[0] != "#")
    return list(csv.DictReader(lines))


def details(path: Path) -> list[str]:
    return [text for name, text in sorted(members(path).items()) if "账务明细列表" in text and "汇总" not in name]


SERVICE = "花呗分期服务费"
"""A fee of no trade, which only this bill has (months with noise)."""


def amount(row: Row) -> int:
    return minor(row["收入金额（+元）"]) + minor(row["支出金额（-元）"])


def account(month: Path) -> list[Row]:
    """Every row once, in order: the month, and the day after it."""
    zips = sorted((month / "inbox/alipay_account").iterdir())
    texts = [text for path in (zips[0], zips[-1]) for text in details(path)]
    return [row for text in texts for row in rows_of(text)]


def trade(month: Path) -> list[Row]:
    zips = sorted((month / "inbox/alipay").iterdir())
    texts = [members(path) for path in (zips[0], zips[-1])]
    return [row for files in texts for name, text in files.items() if "汇总" not in name for row in rows_of(text)]


def bank(month: Path) -> list[tuple[str, int]]:
    """Day and fen of what Alipay pays into the bank account."""
    (path,) = (month / "inbox/bank").glob("ccb*.csv")
    rows = path.read_text("gb18030").splitlines()
    at = next(number for number, line in enumerate(rows) if "对方户名" in line)
    table = csv.DictReader(rows[at:])
    return [
        (re.sub(r"\D", "", row["交易时间"])[:8], minor(row["贷方发生额（收入）"].replace(",", "")))
        for row in table
        if "支付宝" in row["对方户名"]
    ]


def test_every_file_adds_up_to_what_it_prints(month: Path) -> None:
    for path in (month / "inbox/alipay_account").iterdir():
        every: list[Row] = []
        for text in details(path):
            rows = rows_of(text)
            every += rows
            for word, holds in (("收入", lambda n: n > 0), ("支出", lambda n: n < 0)):
                (count, printed) = re.findall(rf"#{word}合计：(\d+)笔，共(-?\d+\.\d\d)元", text)[0]
                side = [amount(row) for row in rows if holds(amount(row))]
                assert (int(count), minor(printed)) == (len(side), sum(side))
        (sums,) = [text for name, text in members(path).items() if "汇总" in name]
        assert [row["类型"] for row in rows_of(sums)] == [*dict.fromkeys(kinds(every)), "合计"]
        for row in rows_of(sums):
            of_kind = [each for each in every if row["类型"] in {each["业务类型"], "合计"}]
            assert sum(map(amount, of_kind)) == minor(row["总金额（元）"])
            assert len(of_kind) == int(row["收入笔数"]) + int(row["支出笔数"])


def kinds(rows: list[Row]) -> list[str]:
    order = ("交易付款", "交易退款", "收费", "退费", "提现")
    return sorted({row["业务类型"] for row in rows}, key=order.index)


def test_the_balance_runs_on_through_all_files(month: Path) -> None:
    balance = 2_000_000
    rows = account(month)
    assert [row["发生时间"] for row in rows] == sorted(row["发生时间"] for row in rows)
    for row in rows:
        balance += amount(row)
        assert minor(row["账户余额（元）"]) == balance
    assert len({row["账务流水号"] for row in rows}) == len(rows)


def test_it_has_what_the_trade_bill_has_and_payouts(month: Path) -> None:
    def told(word: str, value: Callable[[Row], int]) -> Counter[tuple[str, int]]:
        of_word = {"交易付款": "交易", "交易退款": "退款"}
        return Counter((row["支付宝交易号"], value(row)) for row in trade(month) if row["业务类型"] == of_word[word])

    rows = account(month)
    for word in ("交易付款", "交易退款"):
        found = Counter((row["业务流水号"], amount(row)) for row in rows if row["业务类型"] == word)
        assert found == told(word, lambda row: minor(row["商家实收（元）"]))
    fees = Counter((row["备注"], amount(row)) for row in rows if row["业务类型"] == "收费" and row["备注"] != SERVICE)
    charged = [row for row in trade(month) if minor(row["服务费（元）"])]
    assert fees == Counter((f"服务费[{row['支付宝交易号']}]", minor(row["服务费（元）"])) for row in charged)
    assert {row["业务类型"] for row in rows} == {"交易付款", "交易退款", "收费", "提现"}


def test_a_payout_is_what_the_bank_receives_that_day_but_for_what_the_truth_says(month: Path) -> None:
    sent = Counter(
        (re.sub(r"\D", "", row["发生时间"])[:8], -amount(row)) for row in account(month) if row["业务类型"] == "提现"
    )
    received = Counter(bank(month))
    truth = list(csv.DictReader((month / "truth.csv").read_text("utf-8").splitlines()))
    wrong = [row for row in truth if row["leg"] == "channel_bank" and row["batch_no"].startswith("alipay:")]
    # the payout of the last day but one of what is loaded leaves when the statement has ended; the last day's does not
    lost = sum(row["code"] in {"PAYOUT_MISSING", "PAYOUT_AMOUNT_MISMATCH"} for row in wrong) + 1
    assert sum((sent - received).values()) == lost
    strange = sum(row["code"] == "PAYOUT_AMOUNT_MISMATCH" for row in wrong)
    unknown = sum(row["code"] == "BANK_UNIDENTIFIED" for row in truth)
    assert strange <= sum((received - sent).values()) <= strange + unknown


def test_days_that_were_taken_at_the_time_repeat_the_months_rows(month: Path) -> None:
    rows = {row["账务流水号"]: row for row in account(month)}
    days = sorted((month / "inbox/alipay_account").iterdir())[1:-1]
    assert len(days) in {0, 4}
    for path in days:
        (text,) = details(path)
        assert all(rows[row["账务流水号"]] == row for row in rows_of(text))
