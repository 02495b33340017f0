"""Questions and answers: the timeline of an order, the lines behind a difference, SQL that can change nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from typer.testing import Result

from recon.store import open_store

Run = Callable[..., Result]

DIFFERENCE = """
    INSERT INTO diff.difference BY NAME
    SELECT
        $id AS diff_id, 'REFUND_NOT_SYNCED' AS code, 'break' AS kind, 'order_channel' AS leg, 'alipay' AS channel,
        'ORD-1001' AS order_no, 'RF-1' AS reference, '' AS batch_no, 'CNY' AS currency, -2800 AS left_minor,
        NULL AS right_minor, -2800 AS delta_minor, -2800 AS gap_minor, DATE '2026-02-03' AS business_date,
        '订单系统有退款，渠道没有。' AS because_zh, 'The channel shows no refund.' AS because_en,
        'sync_refund' AS action, 'inbox/orders.csv:4' AS evidence,
        'REFUND_NOT_SYNCED,UNEXPLAINED' AS holds, '' AS match_id, 'open' AS state,
        0 AS first_seen_s, 0 AS last_seen_s, 1 AS first_run, 1 AS last_run, '' AS linked
"""


@pytest.fixture
def differing(loaded: Path) -> Path:
    """Return the workspace with two differences about the refund of ORD-1001."""
    with open_store(loaded / "recon.duckdb") as store:
        (txn_id,) = store.rows("SELECT txn_id FROM canon.txn WHERE refund_no = 'RF-1'")[0]
        for diff_id in ("D-abc1", "D-abd2"):
            store.run(DIFFERENCE, {"id": diff_id})
            store.run(
                "INSERT INTO diff.member VALUES ($id, 'left', $txn_id)",
                {"id": diff_id, "txn_id": txn_id},
            )
    return loaded


def table(found: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found.stdout)))


# ------------------------------------------------------------------------------------------------ trace


@pytest.mark.parametrize("number", ["ORD-1001", "PAY-88", "2026020122001", "RF-1"])
def test_any_number_of_an_order_leads_to_its_whole_timeline(number: str, recon: Run, loaded: Path) -> None:
    rows = table(recon("-w", loaded, "trace", number))
    assert [(row["time"], row["book"], row["event"], row["amount"]) for row in rows] == [
        ("2026-02-01 10:00:03", "order", "payment", "128.00"),
        ("2026-02-01 10:00:03", "order", "payment", "12.50"),  # the other order of the cart
        ("2026-02-01 18:00:00", "shipment", "outbound", ""),
        ("2026-02-02 11:30:00", "shipment", "signed", ""),
        ("2026-02-03 09:12:00", "order", "refund", "-28.00"),
    ]
    assert rows[0]["file:line"] == "inbox/orders.csv:2"


def test_a_number_that_no_book_knows_is_told(recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "trace", "ORD-100")
    assert found.exit_code == 2
    assert found.stderr.startswith('recon: no book knows the number "ORD-100"\n')


# ------------------------------------------------------------------------------------------------ explain


def test_a_difference_is_explained_with_the_printed_line(recon: Run, differing: Path) -> None:
    text = recon("-w", differing, "explain", "D-abc1").stdout
    assert text.startswith("difference  D-abc1  REFUND_NOT_SYNCED 退款未同步  break, open\n")
    assert "because     订单系统有退款，渠道没有。\n" in text
    assert "action      在订单系统补记退款\n" in text
    assert "also holds  UNEXPLAINED\n" in text
    assert "order: the printed lines\n  inbox/orders.csv:4  refund -28.00 CNY\n" in text
    assert "      refund_no = RF-1\n      amount = 28.00\n" in text
    assert text.endswith("\nchannel: no line\n")


def test_the_beginning_of_an_id_is_enough_while_it_is_unique(recon: Run, differing: Path) -> None:
    assert recon("-w", differing, "explain", "D-abc").exit_code == 0
    found = recon("-w", differing, "explain", "D-ab")
    assert found.exit_code == 2
    assert "Among them: D-abc1, D-abd2" in found.stderr


@pytest.mark.parametrize("diff_id", ["D-zzz", "", "%"])
def test_an_id_that_no_difference_has_is_told(diff_id: str, recon: Run, differing: Path) -> None:
    found = recon("-w", differing, "explain", diff_id)
    assert found.exit_code == 2
    assert f'there is no difference "{diff_id}"' in found.stderr


# ------------------------------------------------------------------------------------------------ diffs


@pytest.mark.parametrize(
    ("option", "value", "remedy"),
    [
        ("--code", "REFUND_NOT_SYNC", "Did you mean REFUND_NOT_SYNCED?"),
        ("--channel", "wehcat", "Did you mean wechat?"),
        ("--leg", "bank", "Did you mean channel_bank?"),
        ("--state", "xyzzy", "There are: open, assigned, resolved, written_off, suspended, cleared"),
    ],
)
def test_a_filter_that_fits_nothing_there_is_no_empty_list(
    option: str, value: str, remedy: str, recon: Run, differing: Path
) -> None:
    found = recon("-w", differing, "diffs", option, value)
    assert found.exit_code == 2
    assert found.stderr == f'recon: {option}: there is no "{value}"\n  {remedy}\n'


def test_the_csv_has_the_columns_that_other_tools_rely_on_and_json_has_more(recon: Run, differing: Path) -> None:
    head = recon("-w", differing, "diffs").stdout.splitlines()[0]
    assert head == (
        "diff_id,code,title,kind,leg,channel,order_no,reference,batch_no,currency,left_minor,right_minor,delta_minor,"
        "business_date,first_seen,age_days,state,because,action,evidence"
    )
    (row, _) = json.loads(recon("-w", differing, "diffs", "--format", "json").stdout)
    assert set(row) == {*head.split(","), "severity", "assignee", "clears_on"}


def test_differences_are_listed_by_severity(recon: Run, differing: Path) -> None:
    with open_store(differing / "recon.duckdb") as store:
        store.run("UPDATE diff.difference SET severity = 'high' WHERE diff_id = 'D-abd2'")
    found = table(recon("-w", differing, "diffs", "--severity", "high"))
    assert [row["diff_id"] for row in found] == ["D-abd2"]
    assert "Did you mean high?" in recon("-w", differing, "diffs", "--severity", "higher").stderr


# ------------------------------------------------------------------------------------------------ resolve


def test_a_difference_is_assigned_to_somebody_until_it_is_decided(recon: Run, differing: Path) -> None:
    words = ["resolve", "D-abc1", "--reason", "查渠道"]
    assert recon("-w", differing, *words, "--state", "assigned", "--to", "小李").exit_code == 0
    text = recon("-w", differing, "explain", "D-abc1").stdout
    assert "assigned to 小李\n" in text
    assert "open>assigned to 小李: 查渠道\n" in text
    assert recon("-w", differing, *words, "--state", "resolved", "--to", "小李").exit_code == 2
    assert recon("-w", differing, *words, "--state", "resolved").exit_code == 0
    text = recon("-w", differing, "explain", "D-abc1").stdout
    assert not any(line.startswith("assigned to") for line in text.splitlines())
    assert recon("-w", differing, "verify").exit_code == 0


def test_a_decision_is_kept_with_its_reason_and_seen_in_the_explanation(recon: Run, differing: Path) -> None:
    words = ["resolve", "D-abc1", "--state", "resolved", "--reason", "paid by hand"]
    assert recon("-w", differing, *words).stdout == "diff_id,before,after\nD-abc1,open,resolved\n"
    text = recon("-w", differing, "explain", "D-abc1").stdout
    assert "break, resolved\n" in text
    assert "open>resolved: paid by hand\n" in text
    assert recon("-w", differing, "verify").exit_code == 0


@pytest.mark.parametrize(
    ("state", "reason", "explanation"),
    [
        ("done", "x", '"done" is no state'),
        ("cleared", "x", '"cleared" is no state'),
        ("resolved", " ", "a change of state needs a reason"),
    ],
)
def test_a_decision_that_is_none_is_refused(
    state: str, reason: str, explanation: str, recon: Run, differing: Path
) -> None:
    found = recon("-w", differing, "resolve", "D-abc1", "--state", state, "--reason", reason)
    assert found.exit_code == 2
    assert explanation in found.stderr


def test_the_differences_of_a_closed_month_are_worked_on_in_the_next_one(recon: Run, differing: Path) -> None:
    with open_store(differing / "recon.duckdb") as store:
        store.run("INSERT INTO meta.period VALUES ('2026-02', true, 0, 1)")
    found = recon("-w", differing, "resolve", "D-abc1", "--state", "resolved", "--reason", "x")
    assert found.exit_code == 0
    assert recon("-w", differing, "verify").exit_code == 0


@pytest.fixture
def answered(recon: Run, differing: Path, tmp_path: Path) -> Path:
    """Return the list of the two differences, one of them answered."""
    found = recon("-w", differing, "--as-of", "2026-03-02", "report", "diffs", "--period", "2026-02", "--out", tmp_path)
    path = Path(found.stdout.strip())
    book = openpyxl.load_workbook(path)
    places = {cell.value: cell.column for cell in book["退款未同步"][1]}
    for caption, value in (("处理结果", "已解决"), ("处理说明", "已人工退款")):
        book["退款未同步"].cell(2, places[caption]).value = value
    book.save(path)
    return path


def test_the_answers_of_a_list_are_shown_then_taken_then_left(recon: Run, differing: Path, answered: Path) -> None:
    words = ["-w", differing, "resolve", "--from", answered]
    head = "diff_id,before,after,reason\n"
    states = ["-w", differing, "sql", "select diff_id, state from diff.difference order by 1"]
    assert recon(*words, "--dry-run").stdout == f"{head}D-abc1,open,resolved,已人工退款\n"
    assert recon(*states).stdout == "diff_id,state\nD-abc1,open\nD-abd2,open\n"
    assert recon(*words).stdout == f"{head}D-abc1,open,resolved,已人工退款\n"
    assert recon(*states).stdout == "diff_id,state\nD-abc1,resolved\nD-abd2,open\n"
    assert recon(*words).stdout == head
    assert recon("-w", differing, "verify").exit_code == 0


def test_one_wrong_answer_keeps_all_from_being_taken(recon: Run, differing: Path, answered: Path) -> None:
    book = openpyxl.load_workbook(answered)
    book["退款未同步"]["L3"].value = "已解决"
    book.save(answered)
    found = recon("-w", differing, "resolve", "--from", answered)
    assert found.exit_code == 2
    assert found.stdout == (
        "sheet,cell,diff_id,value,problem\n退款未同步,M3,D-abd2,,is blank; a change of state needs a reason\n"
    )
    assert "1 cells cannot be taken; nothing was changed" in found.stderr
    assert recon("-w", differing, "diffs", "--state", "resolved").stdout.count("\n") == 1


@pytest.mark.parametrize(
    "words", [[], ["D-abc1", "--from", "x.xlsx"], ["--dry-run"], ["--from", "x.xlsx", "--state", "open"]]
)
def test_one_difference_or_a_list_is_decided_about(recon: Run, differing: Path, words: list[str]) -> None:
    found = recon("-w", differing, "resolve", *words)
    assert found.exit_code == 2
    assert "recon resolve --from FILE.xlsx" in found.stderr


# ------------------------------------------------------------------------------------------------ sql


def test_sql_answers_as_csv_and_json(recon: Run, loaded: Path) -> None:
    query = "select order_no, amount_minor, fingerprint is null as bare from canon.txn where order_no = 'ORD-1003'"
    assert recon("-w", loaded, "sql", query).stdout == "order_no,amount_minor,bare\nORD-1003,500,false\n"
    found = json.loads(recon("-w", loaded, "sql", query, "--format", "json").stdout)
    assert found == [{"order_no": "ORD-1003", "amount_minor": 500, "bare": False}]


def test_sql_shows_bytes_as_hex_and_lists_as_json(recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "sql", "select '\\xAB'::blob as b, [1, 2] as l, '支付' as t")
    assert found.stdout == 'b,l,t\nab,"[1, 2]",支付\n'


@pytest.mark.parametrize(
    "query", ["delete from canon.txn", "update meta.run set version = 'x'", "drop table canon.txn", "selec 1", ""]
)
def test_sql_takes_questions_only(query: str, recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "sql", query)
    assert found.exit_code == 2
    assert found.stderr.startswith("recon: this is no question\n")


@pytest.mark.parametrize(
    "query",
    [
        "with gone as (select 1) delete from canon.txn",
        "select 1; drop table canon.txn",
        "select nothing from canon.txn",
    ],
)
def test_sql_can_change_nothing(query: str, recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "sql", query)
    assert found.exit_code == 4
    assert f"  {query}\n" in found.stderr
    assert recon("-w", loaded, "sql", "(select count(*) as n from canon.txn)").stdout == "n\n4\n"


def test_people_are_masked_unless_the_settings_show_them(recon: Run, loaded: Path) -> None:
    query = "select receiver_name, receiver_phone, waybill_no from canon.shipment"
    head = "receiver_name,receiver_phone,waybill_no\n"
    assert recon("-w", loaded, "sql", query).stdout == f"{head}张*,138****1234,YD0001\n"
    (loaded / "recon.toml").write_text("[report]\nshow_personal_data = true\n", encoding="utf-8")
    assert recon("-w", loaded, "sql", query).stdout == f"{head}张三,13800001234,YD0001\n"


PAYPAL = (
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address",'
    '"To Email Address","Transaction ID","Shipping Address","Reference Txn ID","Invoice Number","Balance"\n'
    '"13/02/2026","09:00:00","GMT+08:00","Erika Mustermann","Express Checkout Payment","Completed","USD","1,129.00",'
    '"-4.69","1,124.31","erika@example.com","shop@example.com","9AB12345CD678901E",'
    '"Erika Mustermann, Musterweg 7, Berlin","","ORD-7","2,124.31"\n'
)


def test_names_and_addresses_in_printed_lines_are_masked_where_the_format_knows_them(
    recon: Run, differing: Path
) -> None:
    (differing / "inbox" / "activity.csv").write_text(PAYPAL, encoding="utf-8")
    assert recon("-w", differing, "ingest", differing / "inbox" / "activity.csv").exit_code == 0
    with open_store(differing / "recon.duckdb") as store:
        store.run(
            "UPDATE diff.member SET txn_id = (SELECT txn_id FROM canon.txn WHERE source = 'paypal_activity')"
            " WHERE diff_id = 'D-abc1'"
        )
    query = 'select "Name", "Shipping Address", "From Email Address" as mail, "Type" from raw_paypal.activity'
    for words in (["explain", "D-abc1"], ["sql", query]):
        text = recon("-w", differing, *words).stdout
        assert "E***" in text
        assert "e***@example.com" in text
        assert "Express Checkout Payment" in text
        assert "Muster" not in text
    (differing / "recon.toml").write_text("[report]\nshow_personal_data = true\n", encoding="utf-8")
    for words in (["explain", "D-abc1"], ["sql", query]):
        assert "Musterweg 7" in recon("-w", differing, *words).stdout


def test_parquet_is_bytes(recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "sql", "select 1 as one", "--format", "parquet")
    assert found.stdout_bytes[:4] == found.stdout_bytes[-4:] == b"PAR1"


def test_a_table_is_drawn_where_it_is_asked_for(recon: Run, loaded: Path) -> None:
    text = recon("-w", loaded, "sql", "select '支付' as kind, 12 as n", "--format", "table").stdout
    assert next(line.split() for line in text.splitlines() if line.strip()) == ["kind", "n"]
    assert "支付" in text
