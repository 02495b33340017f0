"""Alipay's downloads as they come, zips and all, through ingest: what each member is, and what is then in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recon.ingest import Ingested, Known, Refused, Settings, ingest
from recon.store import Store, open_store
from sample_data.write_alipay import zipped

HERE = Path(__file__).parent
STEM = "20880312345678900156_20260203"
TRADE = (HERE / "alipay_trade" / "day.csv").read_bytes()
TRADE_SUMS = (HERE / "alipay_trade_summary" / "day.csv").read_bytes()
ACCOUNT = (HERE / "alipay_account" / "202602_part_1.csv").read_bytes()
ACCOUNT_SUMS = (HERE / "alipay_account_summary" / "day.csv").read_bytes()
WEB = (HERE / "alipay_account_web" / "2088031234567890-20260301-086513029-账务组合查询.xls").read_bytes()
FEED = (HERE / "alipay_trade" / "bank_feed.csv").read_bytes()


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as opened:
        yield opened


def load(store: Store, path: Path) -> list[tuple[str, str, int]]:
    """Load one path: member, format (or why it was refused) and canonical rows of each file."""
    outcomes = []
    for outcome in ingest([path], store, Settings(), run_id=1, at_s=1_770_000_000):
        member = outcome.name.rpartition("!/")[2]
        if isinstance(outcome, Ingested):
            outcomes.append((member, outcome.source, outcome.rows_canon))
        elif isinstance(outcome, Refused):
            outcomes.append((member, outcome.error.explanation, 0))
        else:
            assert isinstance(outcome, Known)
            outcomes.append((member, "known", 0))
    return outcomes


def put(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    """Write a zip as Alipay does: GBK names, and no flag that says in what they are."""
    path = folder / name
    path.write_bytes(zipped(members))
    assert all(member.encode("gbk") in path.read_bytes() for member in members)
    return path


def part(data: bytes, lines: slice, counts: dict[str, str]) -> bytes:
    """The same bill with these of its records only, and the totals that they have."""
    text = data.decode("gb18030").split("\r\n")
    header = next(number for number, line in enumerate(text) if line.startswith("账务流水号"))
    end = next(number for number, line in enumerate(text) if "列表结束" in line)
    rows = "\r\n".join([*text[: header + 1], *text[header + 1 : end][lines], *text[end:]])
    for old, new in counts.items():
        assert old in rows
        rows = rows.replace(old, new)
    return rows.encode("gb18030")


def test_a_day_of_trades_comes_with_its_sums_before_it(store: Store, tmp_path: Path) -> None:
    day = {f"{STEM}_业务明细(汇总).csv": TRADE_SUMS, f"{STEM}_业务明细.csv": TRADE}
    assert load(store, put(tmp_path, f"{STEM}.csv.zip", day)) == [
        (f"{STEM}_业务明细(汇总).csv", "alipay_trade_summary", 0),
        (f"{STEM}_业务明细.csv", "alipay_trade", 7),
    ]


@pytest.mark.parametrize("sums", ["账务汇总", "账务明细(汇总)"])
def test_a_day_of_the_balance_comes_with_its_sums_under_the_newer_and_the_older_name(
    sums: str, store: Store, tmp_path: Path
) -> None:
    day = {f"{STEM}_{sums}.csv": ACCOUNT_SUMS, f"{STEM}_账务明细.csv": ACCOUNT}
    assert {name: rest for name, *rest in load(store, put(tmp_path, f"{STEM}.csv.zip", day))} == {
        f"{STEM}_{sums}.csv": ["alipay_account_summary", 0],
        f"{STEM}_账务明细.csv": ["alipay_account", 16],
    }


def test_a_month_in_parts_has_all_rows_once(store: Store, tmp_path: Path) -> None:
    first = part(ACCOUNT, slice(0, 8), {"支出合计：8笔，共-6369.00": "支出合计：4笔，共-349.20",
                                        "收入合计：8笔，共10220.13": "收入合计：4笔，共5367.12"})  # fmt: skip
    second = part(ACCOUNT, slice(8, None), {"支出合计：8笔，共-6369.00": "支出合计：4笔，共-6019.80",
                                            "收入合计：8笔，共10220.13": "收入合计：4笔，共4853.01"})  # fmt: skip
    month = {
        "P_202602_账务明细(汇总)_1.csv": ACCOUNT_SUMS,
        "P_202602_账务明细_1.csv": first,
        "P_202602_账务明细_2.csv": second,
    }
    assert load(store, put(tmp_path, "202602_2088031234567890.zip", month)) == [
        ("P_202602_账务明细(汇总)_1.csv", "alipay_account_summary", 0),
        ("P_202602_账务明细_1.csv", "alipay_account", 8),
        ("P_202602_账务明细_2.csv", "alipay_account", 8),
    ]
    parts = store.rows("SELECT txn_id, amount_minor FROM canon.txn ORDER BY txn_id")
    # the day's own bill, taken at the time, says nothing new
    (again,) = ingest(
        [put(tmp_path, f"{STEM}.csv.zip", {f"{STEM}_账务明细.csv": ACCOUNT})], store, Settings(), run_id=2, at_s=1
    )
    assert isinstance(again, Ingested)
    assert (again.rows_new, again.rows_overlap) == (0, 16)
    assert store.rows("SELECT txn_id, amount_minor FROM canon.txn ORDER BY txn_id") == parts


def test_the_feed_of_a_bank_or_service_provider_has_names_of_its_own(store: Store, tmp_path: Path) -> None:
    assert load(store, put(tmp_path, "feed.zip", {"20260203_DETAILS.csv": FEED})) == [
        ("20260203_DETAILS.csv", "alipay_trade", 2)
    ]


def test_the_webs_export_comes_in_a_zip_that_calls_its_gbk_name_utf8(store: Store, tmp_path: Path) -> None:
    name = "2088031234567890-20260301-账务组合查询.xls"
    data = bytearray(zipped({name: WEB}))
    for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        data[data.index(mark) + offset] |= 0x08
    path = tmp_path / f"{name}.zip"
    path.write_bytes(bytes(data))
    assert load(store, path) == [(name, "alipay_account_web", 9)]


@pytest.mark.parametrize(
    ("title", "name"),
    [("每日结算到卡明细", "结算明细"), ("营销活动明细", "活动明细"), ("直付通业务明细", "直付通业务明细")],
)
@pytest.mark.parametrize("columns", ["same", "unknown"])
def test_a_bill_that_is_not_read_says_so_and_keeps_no_other_back(
    title: str, name: str, columns: str, store: Store, tmp_path: Path
) -> None:
    other = TRADE.decode("gb18030").replace("#支付宝业务明细查询", f"#支付宝{title}查询")
    if columns == "unknown":
        other = other.replace("商家实收（元）", "到卡金额（元）").replace("业务类型", "结算类型")
    members = {f"{STEM}_{name}.csv": other.encode("gb18030"), f"{STEM}_账务明细.csv": ACCOUNT}
    outcomes = load(store, put(tmp_path, "merge.zip", members))
    assert sorted(outcomes) == sorted(
        [
            (f"{STEM}_{name}.csv", f"it is Alipay's 支付宝{title}, and its columns are none of those known here", 0),
            (f"{STEM}_账务明细.csv", "alipay_account", 16),
        ]
    )


def test_a_bill_whose_columns_were_renamed_is_called_by_its_name(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(TRADE.decode("gb18030").replace("服务费（元）", "手续费").encode("gb18030"))
    (refused,) = ingest([path], store, Settings(), run_id=1, at_s=1)
    assert isinstance(refused, Refused)
    assert refused.error.explanation == "it is Alipay's 支付宝业务明细, and its columns are none of those known here"
    assert refused.error.excerpt.startswith("支付宝交易号,商户订单号,业务类型")
    assert store.value("SELECT count(*) FROM meta.file") == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TRADE, "列表结束: printed 无, computed 有"),
        (ACCOUNT, "列表结束: printed 无, computed 有"),
        (ACCOUNT_SUMS, "列表结束: printed 无, computed 有"),
    ],
)
def test_a_cut_download_leaves_the_store_as_it_was(data: bytes, said: str, store: Store, tmp_path: Path) -> None:
    text = data.decode("gb18030")
    cut = text[: text.rindex("#-----")]
    (refused,) = ingest(
        [put(tmp_path, "cut.zip", {"bill.csv": cut.encode("gb18030")})], store, Settings(), run_id=1, at_s=1
    )
    assert isinstance(refused, Refused)
    assert said in refused.error.excerpt
    assert store.value("SELECT count(*) FROM meta.file") == 0
