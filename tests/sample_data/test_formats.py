"""Each file of a generated month has the shape its real counterpart has, and the totals it prints are right."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from PIL import Image

from sample_data import generate
from tests.sample_data import unionpay_files

CODES = {
    "order_channel": {
        "ORDER_MISSING", "CHANNEL_MISSING", "DUPLICATE_PAYMENT", "DUPLICATE_ENTRY", "AMOUNT_MISMATCH", "ORDER_SPLIT",
        "STATUS_MISMATCH", "REFUND_NOT_SYNCED", "REFUND_PENDING", "REFUND_OVERDUE", "REFUND_AMOUNT_MISMATCH",
        "CROSS_DAY", "CHARGEBACK", "FX_ROUNDING", "FX_RATE", "FEE_MISMATCH",
    },
    "channel_bank": {"PAYOUT_IN_TRANSIT", "PAYOUT_MISSING", "PAYOUT_AMOUNT_MISMATCH", "BANK_UNIDENTIFIED"},
    "channel_ledger": {
        "VOUCHER_MISSING", "REFUND_NOT_SYNCED", "DUPLICATE_ENTRY", "VOUCHER_AMOUNT_MISMATCH", "WRONG_PERIOD",
        "VOUCHER_ORPHAN", "FX_ROUNDING", "FX_RATE",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    out = tmp_path_factory.mktemp("month")
    generate.main(["--orders", "600", "--seed", "20260201", "--out", str(out)])
    return out


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def minor(text: str) -> int:
    return int(text.replace(".", ""))


def members(path: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(path, metadata_encoding="gbk") as bundle:
        return {info.filename: bundle.read(info).decode("gbk").split("\r\n") for info in bundle.infolist()}


def test_alipay_zips_hold_gbk_names_without_the_utf8_flag_and_no_date(month):
    path = month / "inbox/alipay/202602_2088031234567890.zip"

    with zipfile.ZipFile(path, metadata_encoding="gbk") as bundle:
        assert bundle.testzip() is None
        infos = bundle.infolist()

    assert [info.filename for info in infos] == [
        "20880312345678900156_202602_业务明细(汇总).csv",
        "20880312345678900156_202602_业务明细.csv",
    ]
    assert {(info.flag_bits, info.date_time) for info in infos} == {(0, (1980, 1, 1, 0, 0, 0))}


@pytest.mark.parametrize("name", ["202602_2088031234567890.zip", "20880312345678900156_20260301.csv.zip"])
def test_alipay_totals_add_up(month, name):
    summary, detail = members(month / "inbox/alipay" / name).values()
    rows = list(csv.DictReader(line for line in detail if line and not line.startswith("#")))
    assert rows[0]["支付宝交易号"].endswith("\t")
    assert rows[0]["商家红包消费金额（元）"] == "0.00\t"
    assert len(rows[0]) == 25

    paid = [minor(row["订单金额（元）"]) for row in rows if row["业务类型"] == "交易\t"]
    returned = [minor(row["订单金额（元）"]) for row in rows if row["业务类型"] == "退款\t"]
    fees = sum(minor(row["服务费（元）"]) for row in rows)

    def printed(start: str) -> tuple[int, int]:
        (line,) = [line for line in detail if line.startswith(start)]
        count, amount = re.fullmatch(r".*：(\d+)笔，商家实收(?:退款)?共(-?\d+\.\d\d)元，.*", line).groups()
        return int(count), minor(amount)

    assert printed("#交易合计") == (len(paid), sum(paid))
    assert printed("#退款合计") == (len(returned), sum(returned))
    assert all(amount < 0 for amount in returned)
    (total,) = [line.split(",") for line in summary if line.startswith("合计")]
    assert [int(cell) for cell in total[2:4]] == [len(paid), len(returned)]
    assert minor(total[-1]) == sum(paid) + sum(returned) + fees


def test_wechat_bills_end_in_right_totals(month):
    files = sorted((month / "inbox/wechat").glob("*All*"))
    assert [path.name for path in files] == [
        "1900012345All2026-02-01_2026-02-28.csv",
        "1900012345All2026-03-01.csv",
    ]
    assert [path.read_bytes()[:3] == b"\xef\xbb\xbf" for path in files] == [True, False]
    for path in files:
        head, *rows, names, totals = path.read_text("utf-8-sig").splitlines()
        cells = [row[1:].split(",`") for row in rows]
        assert {len(row) for row in cells} == {27}
        sums = dict.fromkeys(("应结订单金额", "退款金额", "手续费", "订单金额", "申请退款金额"), 0)
        for row in cells:
            for name in sums:
                sums[name] += minor(dict(zip(head.split(","), row, strict=True))[name])
        printed = dict(zip(names.split(","), totals[1:].split(",`"), strict=True))
        assert int(printed["总交易单数"]) == len(rows)
        assert minor(printed["手续费总金额"]) == sums["手续费"]
        assert minor(printed["应结订单总金额"]) == sums["应结订单金额"]
        assert minor(printed["订单总金额"]) == sums["订单金额"]
        assert minor(printed["退款总金额"]) == minor(printed["申请退款总金额"]) == sums["申请退款金额"]


def funds(month: Path) -> list[dict[str, str]]:
    """Rows of the funds-flow bills, after the sums of each were added up again."""
    found = []
    for path in sorted((month / "inbox/wechat").glob("*基本账户*")):
        head, *lines, names, totals = path.read_text("utf-8-sig").splitlines()
        rows = [dict(zip(head.split(","), line[1:].split(",`"), strict=True)) for line in lines]
        assert len(rows[0]) == 11
        came = [minor(row["收支金额(元)"]) for row in rows if row["收支类型"] == "收入"]
        went = [minor(row["收支金额(元)"]) for row in rows if row["收支类型"] == "支出"]
        assert names == "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
        count, *sums = (minor(figure) for figure in totals[1:].split(",`"))
        assert (count, sums) == (len(rows), [len(came), sum(came), len(went), sum(went)])
        found += rows
    return found


def test_the_balance_of_the_funds_flow_bills_is_one_chain_in_order_of_time(month):
    rows = funds(month)
    balance = 5_000_000

    for row in rows:
        balance += minor(row["收支金额(元)"]) * (1 if row["收支类型"] == "收入" else -1)
        assert minor(row["账户结余(元)"]) == balance > 0

    assert [row["记账时间"] for row in rows] == sorted(row["记账时间"] for row in rows)
    numbers = [row["资金流水单号"] for row in rows if row["业务类型"] != "退款"]
    assert len(set(numbers)) == len(numbers)
    assert {len(number) for number in numbers} == {28}


def test_the_funds_flow_bills_tell_the_movements_of_the_trade_bills_and_their_fees(month):
    traded = Counter()
    for path in (month / "inbox/wechat").glob("*All*"):
        head, *lines, _, _ = path.read_text("utf-8-sig").splitlines()
        for line in lines:
            row = dict(zip(head.split(","), line[1:].split(",`"), strict=True))
            fee = minor(row["手续费"].removesuffix("000"))
            if row["交易状态"] == "SUCCESS":
                traded["交易", row["微信订单号"], row["商户订单号"], minor(row["应结订单金额"])] += 1
                if fee:
                    traded["扣除交易手续费", row["微信订单号"], row["商户订单号"], -fee] += 1
            else:
                traded["退款", row["微信退款单号"], row["商户退款单号"], -minor(row["退款金额"])] += 1
                if fee:
                    traded["退还交易手续费", row["微信退款单号"], row["商户退款单号"], -fee] += 1

    moved = Counter(
        (
            row["业务类型"],
            row["微信支付业务单号"],
            row["业务凭证号"],
            minor(row["收支金额(元)"]) * (1 if row["收支类型"] == "收入" else -1),
        )
        for row in funds(month)
        if row["业务类型"] != "提现"
    )

    assert moved == traded


def test_what_leaves_for_the_bank_arrives_or_is_named_in_the_truth(month):
    left = {row["记账时间"][:10]: minor(row["收支金额(元)"]) for row in funds(month) if row["业务类型"] == "提现"}
    (statement,) = (month / "inbox/bank").glob("ccb_*.csv")
    with statement.open(encoding="gb18030", newline="") as file:
        arrived = Counter(
            (f"{row['记账日期'][:4]}-{row['记账日期'][4:6]}-{row['记账日期'][6:]}", minor(row["贷方发生额（收入）"]))
            for row in csv.DictReader(file)
            if row["对方户名"].startswith("财付通")
        )
    truth = [row for row in table(month / "truth.csv") if row["leg"] == "channel_bank"]
    traded = {
        dt.datetime.strptime(row["batch_no"][-8:] + "+0800", "%Y%m%d%z").date()
        for row in truth
        if row["batch_no"].startswith("wechat:")
    }
    not_so = {f"{day + dt.timedelta(days=1)}" for day in traded}
    strange = sum(row["code"] == "BANK_UNIDENTIFIED" for row in truth)

    assert len(left) == 28
    assert all(arrived[day, amount] == (day not in not_so) for day, amount in left.items())
    wrong = sum(row["code"] == "PAYOUT_AMOUNT_MISMATCH" and row["batch_no"].startswith("wechat:") for row in truth)
    assert sum(arrived.values()) - sum(day not in not_so for day in left) <= wrong + strange


def test_unionpay_lines_are_607_bytes_and_every_day_has_a_file(month):
    files = unionpay_files.zm(month / "inbox")

    assert len(files) == 29
    assert all(re.fullmatch(r"INN26\d{4}88ZM_898310048990001", name) for name in files)
    widths = (
        3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32,
        13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98,
    )  # fmt: skip
    queries = []
    for data in files.values():
        *lines, end = data.split(b"\r\n")
        assert end == b""
        for line in lines:
            assert len(line) == 607
            at = -1
            for width in widths:
                assert at < 0 or line[at : at + 1] == b" "
                at += width + 1
            queries.append(line[87:108].strip())
    assert len(set(queries)) == len(queries)


def test_a_unionpay_refund_points_to_its_payment(month):
    lines = [line for data in unionpay_files.zm(month / "inbox").values() for line in data.split(b"\r\n")[:-1]]
    payments = {line[87:108]: line for line in lines if line[215:217] == b"01"}
    refunds = [line for line in lines if line[215:217] == b"04"]

    assert refunds
    for refund in refunds:
        payment = payments[refund[271:292]]
        assert refund[476:508] == payment[112:144]
        assert refund[148:165] == payment[28:45]
        assert (refund[166:167], refund[374:375]) == (b"C", b"D")


def test_unionpay_files_lie_unpacked_in_an_answer_and_in_zips(month):
    kinds = Counter(path.name[:3] if path.suffix != ".zip" else "zip" for path in (month / "inbox/unionpay").iterdir())
    assert kinds == {"INN": 7, "RD2": 7, "898": 1, "zip": 21}
    names = [re.sub(r"\d+", "", name.split("_")[0]) for name in unionpay_files.members(month / "inbox")]
    assert Counter(names) == {"INNZM": 29, "INNZME": 1, "RD": 29}


def test_a_unionpay_summary_adds_up_the_file_of_its_day(month):
    files = unionpay_files.members(month / "inbox")
    for name, data in unionpay_files.zm(month / "inbox").items():
        page = files[f"RD2010{name[3:9]}01_898310048990001"].decode("gbk").split("\r\n")
        assert f"清算日期:20{name[3:9]}" in page[3]
        totals = [line.split()[1:] for line in page if line.startswith("总计")]
        lines = data.split(b"\r\n")[:-1]
        sums: dict[bytes, list[int]] = {b"C": [0, 0], b"D": [0, 0]}
        for line in lines:
            sums[b"D" if line[215:217] == b"04" else b"C"][0] += int(line[66:78])
            if line[166:167] in sums:
                sums[line[166:167]][1] += int(line[167:179])
        figures = [sums[side][place] for place in (0, 1) for side in (b"D", b"C")]
        printed = [int(figure.replace(".", "")) for figure in totals[0][1:]]
        assert printed[:4] == figures
        assert printed[5] - printed[4] == figures[1] - figures[0] + figures[3] - figures[2]
        assert totals[0] == totals[1]
        assert totals[0][0] == str(len(lines))


def test_a_unionpay_enquiry_cost_nothing(month):
    (data,) = (data for name, data in unionpay_files.members(month / "inbox").items() if "ZME_" in name)
    line = data.removesuffix(b"\r\n")
    assert (len(line), line[:3], line[66:78]) == (339, b"E05", b"0" * 12)
    queries = {row[87:107] for rows in unionpay_files.zm(month / "inbox").values() for row in rows.split(b"\r\n")}
    assert b"2026" + line[97:107] + line[90:96] in queries


def test_paypal_reports_carry_balances_from_one_to_the_next(month):
    balance: dict[str, int] = {"USD": 200_000, "EUR": 0}
    for path in sorted((month / "inbox/paypal").glob("STL-*")):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\n") == data.count(b"\r\n")
        records = list(csv.reader(data.decode("utf-8-sig").splitlines()))
        rows = [record for record in records if record[0] == "SB"]
        assert [record[0] for record in records if record[0] not in {"SB", "SF", "RF"}] == [
            "RH", "FH", "SH", "CH", "SC", "RC", "FF",
        ]  # fmt: skip
        assert {len(row) for row in rows} <= {22}
        sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("gCR", "gDR", "fCR", "fDR", "rows"), 0))
        for row in rows:
            total = sums[row[10]]
            total["g" + row[8]] += int(row[9])
            total["rows"] += 1
            if row[11]:
                total["f" + row[11]] += int(row[12])
        for record in records:
            if record[0] in {"SF", "RF"}:
                currency, *numbers = record[1:6]
                assert [int(number) for number in numbers] == list(sums[currency].values())[:4]
                gross_in, gross_out, fee_in, fee_out = map(int, numbers)
                begin, end = int(record[7]), int(record[9])
                assert begin == balance[currency]
                assert end == begin + gross_in - gross_out + fee_in - fee_out
                assert len(record) == 19
                if record[0] == "RF":
                    balance[currency] = end
        assert {record[1]: int(record[-1]) for record in records if record[0] == "SF"} == {
            "USD": sums["USD"]["rows"],
            **({"EUR": sums["EUR"]["rows"]} if "EUR" in sums else {}),
        }
    assert balance["EUR"] == 0


def test_paypals_activity_report_tells_the_settlement_reports_in_time_with_the_balance_after_each_row(month):
    settled = {}
    for path in sorted((month / "inbox/paypal").glob("STL-*")):
        for row in csv.reader(path.read_text("utf-8-sig").splitlines()):
            if row[0] == "SB":
                gross, fee = (int(cell or 0) * (1 if side == "CR" else -1) for side, cell in (row[8:10], row[11:13]))
                settled[row[1]] = (row[5], row[2], row[3], row[10], gross, fee, row[18])
    (path,) = (month / "inbox/paypal").glob("Activity-*")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    balance = {"USD": 200_000, "EUR": 0}
    told, times, buyers = {}, [], defaultdict(set)
    for row in csv.DictReader(data.decode("utf-8-sig").splitlines()):
        times.append(dt.datetime.strptime(f"{row['Date']} {row['Time']}", "%d/%m/%Y %H:%M:%S"))  # noqa: DTZ007
        gross, fee, net, after = (minor(row[name].replace(",", "")) for name in ("Gross", "Fee", "Net", "Balance"))
        unit = row["Currency"]
        balance[unit] += net
        assert (gross + fee, after) == (net, balance[unit])
        if row["Name"]:
            buyers[row["Invoice Number"]].add(row["Name"])
        event = (row["Transaction Event Code"], row["Invoice Number"], row["Reference Txn ID"])
        told[row["Transaction ID"]] = (*event, unit, gross, fee, row["Bank Reference ID"])
    assert told == settled
    assert times == sorted(times)
    assert balance["EUR"] == 0
    assert {len(names) for names in buyers.values()} == {1}
    assert len({name for names in buyers.values() for name in names}) == 4


def test_every_code_is_there_and_its_keys_stand_in_the_files(month):
    truth = table(month / "truth.csv")
    assert list(truth[0]) == ["leg", "code", "order_no", "reference", "batch_no", "amount"]
    codes = defaultdict(set)
    for row in truth:
        codes[row["leg"]].add(row["code"])
    assert codes == CODES

    text = b"".join(
        zipfile.ZipFile(path).read(name)
        for path in (month / "inbox/alipay").iterdir()
        for name in zipfile.ZipFile(path).namelist()
    )
    others = [path for path in (month / "inbox").rglob("*") if path.is_file() and path.suffix != ".zip"]
    text += b"".join(path.read_bytes() for path in others)
    for row in truth:
        for key in ("order_no", "reference"):
            assert row[key].encode() in text
        assert not row["batch_no"] or re.fullmatch(
            r"(alipay|wechat|unionpay|paypal):\w+:20260[23]\d\d", row["batch_no"]
        )


def test_a_few_orders_show_a_clock_of_their_own(month):
    paid = table(month / "inbox/orders.csv")
    known = {}
    for path in (month / "inbox/wechat").glob("*All*"):
        for line in path.read_text("utf-8-sig").splitlines()[1:-2]:
            cells = line[1:].split(",`")
            if cells[9] == "SUCCESS":
                known[cells[5]] = cells[0]
    times = [(row["occurred_at"], known[row["channel_txn_no"]]) for row in paid if row["channel_txn_no"] in known]

    other = sum(left != right for left, right in times)

    assert 0 < other < len(times) // 5


def test_proofs_that_parcels_point_to_are_small_pictures_but_for_the_one_that_is_gone(month):
    named = [row["sign_proof"] for row in table(month / "inbox/shipments.csv") if row["sign_proof"]]
    gone = {path for path in named if not (month / path).exists()}

    assert gone == {"proofs/sign-99.png"}
    assert len(named) == len(set(named)) + 1  # one picture serves two parcels
    for path in set(named) - gone:
        assert (month / path).stat().st_size < 5_000
        with Image.open(month / path) as image:
            assert image.size == (120, 90)


def test_month_json_says_for_which_moment_the_truth_is_true(month):
    assert json.loads((month / "month.json").read_text("utf-8")) == {
        "period": "2026-02",
        "as_of": "2026-03-02T10:00:00+08:00",
        "seed": 20260201,
        "orders": 600,
        "difference_rate": 0.003,
        "base_currency": "CNY",
    }


def test_the_same_arguments_give_the_same_bytes(month, tmp_path):
    generate.main(["--orders", "600", "--seed", "20260201", "--out", str(tmp_path)])

    first = {path.relative_to(month): path.read_bytes() for path in month.rglob("*") if path.is_file()}
    second = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert first == second


def test_another_seed_gives_another_month(month, tmp_path):
    generate.main(["--orders", "600", "--seed", "8", "--out", str(tmp_path)])

    assert (tmp_path / "inbox/orders.csv").read_bytes() != (month / "inbox/orders.csv").read_bytes()


def test_without_differences_only_the_last_payouts_are_on_their_way(tmp_path):
    generate.main(["--orders", "600", "--seed", "3", "--out", str(tmp_path), "--difference-rate", "0"])

    planted = {row["code"] for row in table(tmp_path / "truth.csv")}

    assert "PAYOUT_IN_TRANSIT" in planted
    assert planted <= {"PAYOUT_IN_TRANSIT", "CROSS_DAY", "REFUND_PENDING"}


def test_a_folder_with_somebody_elses_inbox_is_left_alone(tmp_path, capsys):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/mine.csv").write_text("mine")

    with pytest.raises(SystemExit):
        generate.main(["--orders", "600", "--out", str(tmp_path)])

    assert "did not write" in capsys.readouterr().err
    assert (tmp_path / "inbox/mine.csv").read_text() == "mine"
