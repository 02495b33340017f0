"""What the golden files of 微信支付交易账单 do not say by themselves, and genuine captures where they lie."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon import ingest
from recon.errors import SourceError
from recon.ingest import Ingested, Refused
from recon.sources import Reading, Settings, identify
from recon.sources.piece import Piece
from recon.sources.wechat_trade import WechatTrade
from recon.store import open_store

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "shared" / "samples"
ALL = (HERE / "wechat_trade" / "all.csv").read_text(encoding="utf-8")


GOLDEN = {name: (HERE / "wechat_trade" / f"{name}.csv").read_text(encoding="utf-8") for name in ("success", "refund")}
TAKEN = Settings(accept_damaged=True)


def read(text: str, given: Settings = Settings()) -> Reading:  # noqa: B008 - frozen
    return WechatTrade().read(Piece("all.csv", text.encode()), given)


def mangled(text: str) -> str:
    """The bill as Excel leaves it that was opened without the back-ticks in its way: tabs, seconds and numbers lost."""
    lines = []
    for line in text.splitlines():
        row = line.replace(",`", "\t").removeprefix("`") if line.startswith("`") else line.replace(",", "\t")
        cells = row.split("\t")
        lost = [
            "4.20000E+27" if cell.startswith("4200") else "5.03000E+27" if cell.startswith("5030") else cell
            for cell in cells
        ]
        lines.append("\t".join([lost[0].replace("-0", "/").rpartition(":")[0] or lost[0], *lost[1:]]))
    return "\r\n".join(lines) + "\r\n"


def broken(reading: Reading) -> list[str]:
    return [control.name for control in reading.controls if not control.ok]


def test_a_bill_that_agrees_with_its_sums_has_no_broken_control():
    assert broken(read(ALL)) == []


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [("\n`9,`155.01", "\n`8,`155.01", "总交易单数"), (",`0.56000,`165.01", ",`0.57000,`165.01", "手续费总金额")],
)
def test_a_sum_that_the_rows_do_not_add_up_to_is_a_broken_control(old, new, name):
    assert old in ALL
    assert broken(read(ALL.replace(old, new))) == [name]


def test_a_sum_that_is_no_amount_is_a_broken_control():
    assert broken(read(ALL.replace("\n`9,`155.01", "\n`9,`?"))) == ["应结订单总金额"]


def test_a_download_cut_anywhere_below_the_header_is_a_broken_control():
    for end in range(ALL.index("费率备注\n") + 5, ALL.index("总交易单数"), 107):
        reading = read(ALL[:end])
        assert broken(reading) == ["汇总行"]
        assert reading.raw.height == len({*reading.txns["line_no"], *reading.rejects["line_no"]})


def test_refunds_are_negative_and_give_the_fee_back():
    refunds = read(ALL).txns.filter(pl.col("kind") == "refund")
    assert (refunds["amount_minor"] < 0).all()
    assert (refunds["fee_minor"] >= 0).all()


def test_a_refund_of_a_coupon_payment_settles_less_than_was_asked_for():
    row = read(ALL).txns.row(2, named=True)
    assert (row["amount_minor"], row["net_minor"]) == (-5000, -4500 + 27)


def test_a_negative_refund_amount_is_a_reject_and_not_income():
    reading = read(ALL.replace("`RF20260203100001,`45.00", "`RF20260203100001,`-45.00"))
    assert (4, "退款金额", "-45.00") in reading.rejects.select("line_no", "column", "value").rows()


def test_the_state_of_a_refund_is_a_snapshot():
    refunds = read(ALL).txns.filter(pl.col("kind") == "refund")
    assert refunds["status"].to_list() == ["success", "pending", "closed", "closed", "success"]


def test_commas_and_quotes_in_what_the_shop_typed_stay_in_their_cells():
    row = read(ALL).raw.row(1, named=True)
    assert row["商品名称"] == '椅子, "胡桃木", 2 把'
    assert row["商户数据包"] == '{"shop":"2","note":"a, b"}'


def test_the_refund_bill_and_the_bill_of_all_say_the_same_of_a_refund():
    refund = read((HERE / "wechat_trade" / "refund.csv").read_text(encoding="utf-8")).txns
    both = read(ALL).txns.filter(pl.col("native_id").is_in(refund["native_id"].implode()))
    assert refund.drop("line_no").equals(both.drop("line_no"))


@pytest.mark.samples
def test_a_genuine_bill_of_three_payments_is_read():
    path = SAMPLES / "wechat_merchant__gunsluo_wechatpay-go__v3_ALL_2021.csv"
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "wechat_trade"
    reading = WechatTrade().read(piece, Settings())
    assert (reading.txns.height, reading.rejects.height, broken(reading)) == (3, 0, [])


def test_all_success_and_refund_bill_of_one_day_double_nothing(tmp_path: Path) -> None:
    for name, text in (("all", ALL), *GOLDEN.items()):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    with open_store(None) as store:
        paths = [tmp_path / f"{name}.csv" for name in ("refund", "all", "success")]
        found = ingest.ingest(paths, store, ingest.Settings(), run_id=1, at_s=0)
        assert [outcome.rows_new for outcome in found if isinstance(outcome, Ingested)] == [2, 6, 0]
        assert store.rows("SELECT count(*), sum(amount_minor) FROM canon.txn") == [(8, 16001 - 6101)]


@pytest.mark.parametrize("name", ["1900012345All2026-02-03.csv", "bill.csv.gz", "bill.gzip"])
def test_a_download_that_is_still_packed_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(ALL.encode()))
    with open_store(None) as store:
        (found,) = ingest.ingest([path], store, ingest.Settings(), run_id=1, at_s=0)
        assert isinstance(found, Ingested)
        assert (found.source, found.rows_raw, found.rows_rejected) == ("wechat_trade", 9, 1)


def test_a_bill_saved_by_a_spreadsheet_says_the_same_as_long_as_its_numbers_are_whole() -> None:
    pieces = [(HERE / "wechat_trade" / name) for name in ("saved_by_excel.csv", "workbook.xlsx")]
    rows = [WechatTrade().read(Piece(path.name, path.read_bytes()), Settings()).txns for path in pieces]
    whole = read(ALL).txns.drop("line_no", "memo")
    assert rows[0].drop("line_no", "memo").sort("native_id").equals(whole.head(2).sort("native_id"))
    assert rows[1].drop("line_no", "memo").equals(whole.head(1))


def test_a_bill_without_its_numbers_is_taken_by_the_merchants_own_when_somebody_says_so() -> None:
    bill = mangled(ALL)
    with pytest.raises(SourceError, match="spreadsheet rounded") as refused:
        read(bill)
    assert "--accept-mismatch" in str(refused.value)
    taken, whole = read(bill, TAKEN).txns, read(ALL).txns
    assert set(taken["channel_txn_no"]) == set(taken["related_no"]) == {""}
    same = ["line_no", "kind", "status", "amount_minor", "net_minor", "merchant_no", "refund_no", "business_date"]
    assert taken.select(same).equals(whole.select(same))
    assert taken.filter(pl.col("kind") == "payment")["native_id"].to_list() == [
        "YS20260203100001", "YS20260203100002", "YS20260203100003",
    ]  # fmt: skip
    assert taken.filter(pl.col("kind") == "refund")["native_id"].to_list() == [
        "RF20260203100001", "RF20260203100002", "RF20260203100003", "RF20260203100004", "YS20260203100003/REVOKED",
    ]  # fmt: skip


def test_a_bill_without_its_numbers_is_loaded_with_accept_mismatch_only(tmp_path: Path) -> None:
    path = tmp_path / "bill.tsv"
    path.write_text(mangled(ALL), encoding="utf-8", newline="")
    with open_store(None) as store:
        for accept, result in ((False, Refused), (True, Ingested)):
            given = ingest.Settings(accept_mismatch=accept)
            (found,) = ingest.ingest([path], store, given, run_id=1, at_s=0)
            assert isinstance(found, result)
        assert store.value("SELECT count(*) FROM canon.txn WHERE channel_txn_no = ''") == 8


def test_a_refund_that_lost_its_number_is_known_by_its_order() -> None:
    for lost in ("2.02602E+15", "0"):
        row = read(mangled(ALL).replace("RF20260203100003", lost), TAKEN).txns.row(4, named=True)
        assert (row["native_id"], row["refund_no"], row["merchant_no"]) == (
            "YS20260130109998/REFUND", "", "YS20260130109998",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "reason"), [("2.02602E+15", "is a number that a spreadsheet rounded"), ("", "is blank")]
)
def test_a_row_that_lost_its_order_too_is_a_reject(lost: str, reason: str) -> None:
    reading = read(mangled(ALL).replace("YS20260203100001", lost), TAKEN)
    assert (2, "商户订单号", lost, reason) in reading.rejects.rows()
    assert reading.txns.height == read(ALL).txns.height - 1


def test_whose_money_it_is_in_a_service_providers_bill() -> None:
    text = (HERE / "wechat_trade" / "service_provider.csv").read_text(encoding="utf-8-sig")
    reading = read(text)
    assert (reading.account, reading.txns["account"].to_list()) == ("", ["1600000201", "1600000202", "1900000101"])


@settings(deadline=None, max_examples=40)
@given(st.text(alphabet="ab,\"'`{}:\\ \t支付", max_size=12).filter(lambda text: ",`" not in text))
def test_what_a_shop_types_moves_no_cell(typed: str) -> None:
    row = read(ALL.replace('`{"shop":"2","note":"a, b"}', f"`{typed}")).raw.row(1, named=True)
    assert (row["商户数据包"], row["手续费"], row["费率备注"]) == (typed, "0.54000", "")


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_damaged_bill_is_refused_or_read_with_every_line(data: st.DataObject) -> None:
    raw = bytearray((HERE / "wechat_trade" / "all.csv").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        end = at + data.draw(st.integers(0, 40))
        raw[at:end] = data.draw(
            st.one_of(st.binary(max_size=6), st.sampled_from([b"`", b",", b'"', b"\n", b"\t", b""]))
        )
    piece = Piece("damaged.csv", bytes(raw))
    try:
        reading = WechatTrade().read(piece, data.draw(st.sampled_from([Settings(), TAKEN])))
    except SourceError:
        return
    lines = [set(frame["line_no"]) for frame in (reading.txns, reading.rejects)]
    assert lines[0] | lines[1] == set(reading.raw["line_no"])
    assert not lines[0] & lines[1]


@pytest.mark.samples
def test_the_genuine_bill_that_a_spreadsheet_destroyed_is_refused():
    path = SAMPLES / "wechat_merchant__linjunpop_wechat_pay__download_bill_sandbox.tsv"
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "wechat_trade"
    with pytest.raises(SourceError, match="spreadsheet") as refused:
        WechatTrade().read(piece, Settings())
    assert (refused.value.line_no, refused.value.column, refused.value.value) == (2, "微信订单号", "4.00123E+27")


@pytest.mark.samples
def test_the_genuine_bill_that_a_spreadsheet_destroyed_is_taken_by_the_merchants_numbers() -> None:
    path = SAMPLES / "wechat_merchant__linjunpop_wechat_pay__download_bill_sandbox.tsv"
    reading = WechatTrade().read(Piece(path.name, path.read_bytes()), TAKEN)
    assert (reading.txns.height, reading.rejects.height, broken(reading)) == (1269, 0, [])
    assert reading.txns["amount_minor"].sum() == 1127 - 637
    assert reading.txns["merchant_no"].n_unique() == 982


@pytest.mark.samples
def test_a_genuine_bill_of_1269_rows_adds_up_to_its_sums():
    path = SAMPLES / "wechat_merchant__linjunpop_wechat_pay__download_bill_sandbox.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines]
    for number, row in enumerate(cells[1:-2]):  # numbers of our own in place of the destroyed ones
        row[5], row[14] = f"4{number:027d}", "0" if row[14] == "0" else f"5{number:027d}"
    reading = read("\n".join("\t".join(row) for row in cells) + "\n")
    assert (reading.raw.height, reading.rejects.height, broken(reading)) == (1269, 0, [])
    assert reading.txns["amount_minor"].sum() == 1127 - 637


@pytest.mark.parametrize("damaged", ["CN", "cny", "CN Y", "人民币"])
def test_a_currency_that_is_no_code_is_a_reject(damaged):
    reading = read(ALL.replace("`CNY", f"`{damaged}", 1))
    found = reading.rejects.filter(pl.col("column") == "货币种类")
    assert found.select("value", "reason").rows() == [(damaged, "is no currency")]
