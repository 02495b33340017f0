"""What UnionPay's files tell together: the zip of a day, a list of the portal beside it, a dispute and its payment."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl
import pytest

from recon import money
from recon.ingest import Ingested, Settings, ingest
from recon.sources.piece import Piece
from recon.sources.unionpay_zm import UnionpayZm
from recon.store import open_store
from recon.times import show_moment

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "shared" / "samples"
DAY = (
    HERE / "unionpay_zm" / "INN26020388ZM_898310048990001.txt",
    HERE / "unionpay_zme" / "INN26020588ZME_898310048990001.txt",
    HERE / "unionpay_rd" / "RD201026020301_898310048990001.txt",
)


def test_a_days_zip_is_loaded_whole(tmp_path: Path) -> None:
    path = tmp_path / "898310048990001_20260203.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member in DAY:
            archive.write(member, member.stem)
    with open_store(None) as store:
        results = ingest([path], store, Settings(), run_id=1, at_s=0)
        assert [type(result) for result in results] == [Ingested] * 3
        assert store.value("SELECT count(*) FROM canon.txn") == 7 + 10
        assert store.value("SELECT count(*) FROM raw_unionpay.rd") == 9
    assert [Path(result.name).name for result in results] == sorted(member.stem for member in DAY)


def test_a_list_of_the_portal_confirms_the_rows_of_the_zm(tmp_path: Path) -> None:
    zm = UnionpayZm().read(Piece(DAY[0].name, DAY[0].read_bytes()), Settings().sources).txns
    assert zm is not None
    listed = zm.filter(pl.col("kind").is_in(["payment", "refund"]))
    portal = tmp_path / "list.csv"
    lines = ["商户代码,交易类型,交易时间,银联系统日期,订单号,交易金额（元）,交易状态,查询流水号,原查询流水号"]
    for row in listed.iter_rows(named=True):
        kind = "消费" if row["kind"] == "payment" else "退货"
        amount = money.show(abs(row["amount_minor"]), "CNY")
        cells = (row["account"], kind, show_moment(row["occurred_s"]), "20260203", row["merchant_no"], amount)
        lines.append(",".join([*cells, "交易成功", row["channel_txn_no"], row["related_no"]]))
    portal.write_text("\n".join(lines), encoding="utf-8")
    for order in ((DAY[0], portal), (portal, DAY[0])):
        with open_store(None) as store:
            results = ingest(order, store, Settings(), run_id=1, at_s=0)
            assert [type(result) for result in results] == [Ingested] * 2
            standing = store.frame("SELECT source, count(*) AS rows FROM canon.txn GROUP BY source")
            confirmed = store.frame("SELECT source, agrees, count(*) AS rows FROM canon.txn_confirmed GROUP BY ALL")
        assert standing.rows() == [("unionpay_zm", zm.height)]
        assert confirmed.rows() == [("unionpay_portal", True, listed.height)]


@pytest.mark.samples
def test_the_number_of_a_payment_is_its_year_time_and_trace_number_and_an_eight() -> None:
    """A dispute names its payment by time and trace number only; the number is put together as UnionPay does."""
    name = "unionpay__pingjianwei_csv_parser__INN17071888ZM_898319849000018"
    raw = UnionpayZm().read(Piece(name, (SAMPLES / name).read_bytes()), Settings().sources).raw
    put_together = "2017" + raw["交易传输时间"] + raw["系统跟踪号"] + "8"
    assert (put_together == raw["查询流水号"]).all()
