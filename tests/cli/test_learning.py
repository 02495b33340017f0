"""``sources learn``: from an unknown table to rows in the books, and nothing written without a yes."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from recon.cli import printing
from recon.cli.app import app
from recon.differences import printed
from recon.store import open_store

Run = Callable[..., Result]

# The layout of a much used order export of WooCommerce: one line an item, the order's cells on each of them.
WOO = """\
Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Email (Billing),Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Shipping Method Title,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost
2101,Completed,2026-02-03 10:00,,Ada,ada@example.com,PayPal,0,50.00,Parcel,8.00,0,58.00,0.00,CUP-W,1,Cup white,1,20.00
2101,Completed,2026-02-03 10:00,,Ada,ada@example.com,PayPal,0,50.00,Parcel,8.00,0,58.00,0.00,CUP-B,2,"Cup 24"" black",1,30.00
2102,Processing,2026-02-03 11:30,"two
lines",Bob,bob@example.com,Alipay,5,25.00,Parcel,8.00,10.00,28.00,0.00,CUP-B,1,Cup black,1,30.00
2103,On hold,2026-02-04 09:12,,Eve,eve@example.com,Direct bank transfer,0,20.00,Parcel,8.00,0,28.00,0.00,CUP-W,1,Cup white,1,20.00
2104,Cancelled,2026-02-05 19:12,,Eve,eve@example.com,PayPal,0,20.00,Parcel,8.00,0,28.00,0.00,CUP-W,1,Cup white,1,20.00
"""  # noqa: E501 - a line of the file is a line here
# An in-house order centre: GB18030, a heading, Chinese words, a line of totals.
CENTRE = """\
订单中心导出,2026-03-01
业务单号,店铺,下单时间,付款时间,收款渠道,商户单号,实付金额(元),已退款金额(元),订单状态,备注
XS260203001,云杉旗舰店,2026/2/3 9:58,2026/2/3 10:00,支付宝,P1001,128.00,0.00,已发货,
XS260203002,云杉旗舰店,2026/2/3 11:58,2026/2/3 12:00,微信支付,P1002,58.50,58.50,已退款,
XS260204001,云杉旗舰店,2026/2/4 9:58,,,,20.00,0.00,待付款,
XS260204002,云杉旗舰店,2026/2/4 10:58,2026/2/4 11:00,云闪付,P1003,"1,020.00",20.00,已完成,
合计,,,,,,"1,226.50",78.50,,
"""
# An in-house system in Europe: semicolons, decimal commas, the day first, refunds with a minus, a clock of its own.
EUROPE = """\
Bestellnummer;Bestelldatum;Zahlungseingang;Zahlungsart;Transaktions-ID;Gesamtbetrag;Währung;Status
B-1001;13.02.2026;13.02.2026 10:00;PayPal;8AB12345CD678901E;1.234,50;EUR;bezahlt
B-1002;14.02.2026;14.02.2026 11:30;PayPal;8AB12345CD678902E;58,00;EUR;bezahlt
B-1003;15.02.2026;;Überweisung;;20,00;EUR;offen
B-1002;16.02.2026;16.02.2026 09:00;PayPal;8AB12345CD678903E;-18,00;EUR;bezahlt
"""
OPEN = "Order no,Paid at,Total,Status\nA1,03/02/2026,5.00,paid\nA2,04/02/2026,6.00,parked\n"


def write(workspace: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = workspace / "inbox" / name
    path.write_text(text, encoding=encoding)
    return path


def rows(workspace: Path, columns: str) -> list[tuple[object, ...]]:
    with duckdb.connect(workspace / "recon.duckdb", read_only=True) as store:
        return store.sql(f"SELECT {columns} FROM canon.txn ORDER BY line_no, kind").fetchall()


def mappings(workspace: Path) -> dict[str, dict]:
    said = tomllib.loads((workspace / "recon.toml").read_text(encoding="utf-8"))
    return said.get("sources", {}).get("mapping", {})


# -- end to end --------------------------------------------------------------------------------------------------------


def test_an_export_of_woocommerce_is_learnt_and_loaded(recon: Run, workspace: Path) -> None:
    file = write(workspace, "orders-2026-02.csv", WOO)
    learnt = recon("-w", workspace, "sources", "learn", file, "--name", "woo", "--constant", "currency=USD", "--yes")
    assert learnt.exit_code == 0, learnt.stderr
    assert "it would read 5 lines: 4 records, 1 excluded, 0 rejected" in learnt.stdout
    assert recon("-w", workspace, "ingest", file).exit_code == 0
    assert rows(workspace, "source, order_no, kind, status, channel, amount_minor, currency") == [
        ("woo", "2101", "payment", "success", "paypal", 5800, "USD"),
        ("woo", "2102", "payment", "success", "alipay", 2800, "USD"),
        ("woo", "2102", "refund", "success", "alipay", -1000, "USD"),
        ("woo", "2103", "payment", "pending", "", 2800, "USD"),
        ("woo", "2104", "payment", "closed", "paypal", 2800, "USD"),
    ]
    with duckdb.connect(workspace / "recon.duckdb", read_only=True) as store:
        raw = store.sql('SELECT "Item Name" FROM raw_mapped.woo ORDER BY line_no').fetchall()
    assert [name for (name,) in raw] == ["Cup white", 'Cup 24" black', "Cup black", "Cup white", "Cup white"]


def test_an_in_house_system_in_chinese_is_learnt_and_loaded(recon: Run, workspace: Path) -> None:
    file = write(workspace, "订单中心.csv", CENTRE, "gb18030")
    learnt = recon("-w", workspace, "sources", "learn", file, "--name", "centre", "--title", "订单中心", "--yes")
    assert learnt.exit_code == 0, learnt.stderr
    loaded = recon("-w", workspace, "ingest", file)
    assert (loaded.exit_code, loaded.stderr) == (0, "")
    assert rows(
        workspace, "merchant_no, kind, status, channel, amount_minor, epoch_ms(occurred_s * 1000)::VARCHAR"
    ) == [
        ("P1001", "payment", "success", "alipay", 12800, "2026-02-03 02:00:00"),
        ("P1002", "payment", "success", "wechat", 5850, "2026-02-03 04:00:00"),
        ("P1002", "refund", "success", "wechat", -5850, None),
        ("XS260204001", "payment", "pending", "", 2000, None),
        ("P1003", "payment", "success", "unionpay", 102000, "2026-02-04 03:00:00"),
        ("P1003", "refund", "success", "unionpay", -2000, None),
    ]


def test_an_in_house_system_in_europe_is_learnt_and_loaded(recon: Run, workspace: Path) -> None:
    file = write(workspace, "shop_export_20260301.csv", EUROPE)
    learnt = recon("-w", workspace, "sources", "learn", file, "--zone", "Europe/Berlin", "--yes")
    assert learnt.exit_code == 0, learnt.stderr
    assert recon("-w", workspace, "ingest", file).exit_code == 0
    assert rows(
        workspace, "source, order_no, kind, amount_minor, epoch_ms(occurred_s * 1000)::VARCHAR, channel_txn_no"
    ) == [
        ("shop_export", "B-1001", "payment", 123450, "2026-02-13 09:00:00", "8AB12345CD678901E"),
        ("shop_export", "B-1002", "payment", 5800, "2026-02-14 10:30:00", "8AB12345CD678902E"),
        ("shop_export", "B-1003", "payment", 2000, None, ""),
        ("shop_export", "B-1002", "refund", -1800, "2026-02-16 08:00:00", "8AB12345CD678903E"),
    ]


def test_next_months_file_is_known(recon: Run, workspace: Path) -> None:
    file = write(workspace, "centre.csv", CENTRE, "gb18030")
    recon("-w", workspace, "sources", "learn", file, "--yes")
    later = write(workspace, "march.csv", CENTRE.replace("XS2602", "XS2603").replace("2026/2/", "2026/3/"))
    assert recon("-w", workspace, "ingest", file, later).exit_code == 0
    assert len(rows(workspace, "order_no")) == 12


def test_the_printed_lines_of_a_learnt_file_are_found_again_and_masked(recon: Run, workspace: Path) -> None:
    file = write(workspace, "orders-2026-02.csv", WOO)
    recon("-w", workspace, "sources", "learn", file, "--name", "woo", "--yes")
    recon("-w", workspace, "ingest", file)
    with open_store(workspace / "recon.duckdb", read_only=True) as store:
        lines = store.frame("SELECT source, file_id, line_no FROM canon.txn WHERE order_no = '2101'")
        (cells,) = printed.cells(store, lines).values()
        (masked,) = printed.cells(store, lines, masked=True).values()
    assert cells.of(1, 2)["Order Number"] == masked.of(1, 2)["Order Number"] == "2101"
    assert cells.personal == {"First Name (Billing)"}
    assert (cells.of(1, 2)["First Name (Billing)"], masked.of(1, 2)["First Name (Billing)"]) == ("Ada", "A***")
    shown = recon("-w", workspace, "sql", "SELECT * FROM raw_mapped.woo").stdout
    assert "Ada" not in shown
    assert "ada.com" not in shown


def test_a_learnt_bill_and_learnt_orders_meet_and_their_differences_are_explained(recon: Run, workspace: Path) -> None:
    bill = (
        "交易类型,交易时间,交易金额,手续费,结算金额,商户订单号\n"
        "消费,2026-02-03 10:00:00,128.00,0.77,127.23,P1001\n"
        "消费,2026-02-05 10:00:00,10.00,0.06,9.94,P9999\n"
    )
    files = (write(workspace, "centre.csv", CENTRE, "gb18030"), write(workspace, "acquirer.csv", bill))
    learn = ("-w", workspace, "sources", "learn", "--yes")
    assert recon(*learn, files[0]).exit_code == 0
    assert recon(*learn, files[1], "--template", "channel", "--constant", "channel=alipay").exit_code == 0
    assert recon("-w", workspace, "ingest", *files).exit_code == 0
    recon("-w", workspace, "match", "--as-of", "2026-03-31")
    listed = recon("-w", workspace, "diffs", "--leg", "order_channel", "--channel", "alipay", "--format", "csv")
    found = list(csv.DictReader(io.StringIO(listed.stdout)))
    assert [(row["code"], row["order_no"]) for row in found] == [("ORDER_MISSING", "P9999")]
    assert "商户订单号 = P9999" in recon("-w", workspace, "explain", found[0]["diff_id"]).stdout


# -- the yes -----------------------------------------------------------------------------------------------------------


def test_without_a_yes_nothing_is_written(recon: Run, workspace: Path) -> None:
    before = (workspace / "recon.toml").read_bytes()
    shown = recon("-w", workspace, "sources", "learn", write(workspace, "centre.csv", CENTRE))
    assert shown.exit_code == 0
    assert "[sources.mapping.centre.columns]" in shown.stdout
    assert (workspace / "recon.toml").read_bytes() == before


@pytest.mark.parametrize(("answer", "written"), [("y\n", ["centre"]), ("n\n", [])])
def test_on_a_terminal_the_yes_is_asked_for(
    answer: str, written: list[str], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "is_answered", lambda: True)
    words = ["-w", str(workspace), "sources", "learn", str(write(workspace, "centre.csv", CENTRE))]
    assert CliRunner().invoke(app, words, input=answer, catch_exceptions=False).exit_code == 0
    assert list(mappings(workspace)) == written


def test_on_a_terminal_what_is_open_is_asked_one_by_one(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "is_answered", lambda: True)
    words = ["-w", str(workspace), "sources", "learn", str(write(workspace, "erp.csv", OPEN))]
    done = CliRunner().invoke(app, words, input="pending\nD/M/Y\ny\n", catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    assert mappings(workspace)["erp"]["date_order"] == "D/M/Y"
    assert mappings(workspace)["erp"]["words"]["status"] == {"paid": "success", "parked": "pending"}


def test_elsewhere_what_is_open_is_an_error_that_names_the_options(recon: Run, workspace: Path) -> None:
    file = write(workspace, "erp.csv", OPEN)
    found = recon("-w", workspace, "sources", "learn", file, "--yes")
    assert found.exit_code == 2
    assert '--word "status:parked=..."' in found.stderr
    assert "--date-order" in found.stderr
    assert mappings(workspace) == {}
    said = recon(
        "-w", workspace, "sources", "learn", file, "--yes", "--date-order", "D/M/Y", "--word", "status:parked=skip"
    )
    assert said.exit_code == 0, said.stderr
    assert "1 records, 1 excluded" in said.stdout


# -- names and files ---------------------------------------------------------------------------------------------------


def test_a_mapping_that_is_there_is_replaced_only_when_told(recon: Run, workspace: Path) -> None:
    file = write(workspace, "centre.csv", CENTRE)
    learn = ("-w", workspace, "sources", "learn", file, "--name", "centre", "--yes")
    assert recon(*learn).exit_code == 0
    again = recon(*learn, "--title", "other")
    assert (again.exit_code, "is known already: it is read as centre" in again.stderr) == (2, True)
    other = write(workspace, "other.csv", EUROPE)
    taken = recon("-w", workspace, "sources", "learn", other, "--name", "centre", "--yes")
    assert (taken.exit_code, "there is a mapping centre already" in taken.stderr) == (2, True)
    assert recon(*learn, "--title", "other", "--replace").exit_code == 0
    assert (list(mappings(workspace)), mappings(workspace)["centre"]["title"]) == (["centre"], "other")


def test_a_file_that_a_format_reads_is_not_learnt(recon: Run, workspace: Path) -> None:
    text = "record,order_no,amount,status,occurred_at\npayment,A1,1.00,success,2026-02-03 10:00\n"
    found = recon("-w", workspace, "sources", "learn", write(workspace, "o.csv", text))
    assert (found.exit_code, "it is read as orders" in found.stderr) == (2, True)


def test_a_mapping_never_takes_the_name_of_a_format(recon: Run, workspace: Path) -> None:
    assert recon("-w", workspace, "sources", "learn", write(workspace, "orders.csv", CENTRE), "--yes").exit_code == 0
    assert list(mappings(workspace)) == ["own_orders"]


def test_a_learnt_file_is_listed_and_has_a_manual(recon: Run, workspace: Path) -> None:
    recon("-w", workspace, "sources", "learn", write(workspace, "centre.csv", CENTRE), "--yes", "--title", "订单中心")
    assert "order,centre,订单中心," in recon("-w", workspace, "sources").stdout
    manual = recon("-w", workspace, "sources", "show", "centre").stdout
    assert "order_no         业务单号" in manual
    for name in ("mapping", "bank", "channel"):
        assert "[sources.mapping." in recon("sources", "show", name).stdout or name == "channel"


def test_an_unknown_file_is_told_how_it_can_be_learnt(recon: Run, workspace: Path) -> None:
    found = recon("-w", workspace, "ingest", write(workspace, "centre.csv", CENTRE))
    assert (found.exit_code, "recon sources learn" in found.stderr) == (3, True)


def test_examples_are_masked(recon: Run, workspace: Path) -> None:
    text = "订单号,快递单号,收货人,收货人电话,签收时间\nA1,SF1,王小明,13800001234,2026-02-03 10:00\n"
    shown = recon("-w", workspace, "sources", "learn", write(workspace, "wms.csv", text)).stdout
    assert "A1" in shown
    assert "王小明" not in shown
    assert "13800001234" not in shown


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--column", "amount", "not of the form NAME=VALUE"),
        ("--word", "status=success", "not of the form COLUMN:WORD=WORD"),
        ("--column", "amount=Summe", 'the file has no column "Summe"'),
    ],
)  # fmt: skip
def test_an_option_of_the_wrong_form_is_an_error(
    option: str, value: str, why: str, recon: Run, workspace: Path
) -> None:
    found = recon("-w", workspace, "sources", "learn", write(workspace, "centre.csv", CENTRE), option, value)
    assert (found.exit_code, why in found.stderr) == (2, True)


def test_one_file_is_learnt_at_a_time(recon: Run, workspace: Path) -> None:
    assert recon("-w", workspace, "sources", "learn", workspace / "inbox").exit_code == 3
