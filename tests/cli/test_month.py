"""A sample month from files to documents, by the commands that a finance team uses. One demo serves all tests here."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import Result

import recon as package

Run = Callable[..., Result]
Done = subprocess.CompletedProcess[str]
pytestmark = pytest.mark.slow

COLUMNS = (
    "diff_id,code,title,kind,leg,channel,order_no,reference,batch_no,currency,left_minor,right_minor,delta_minor,"
    "business_date,first_seen,age_days,state,because,action,evidence"
)
DOCUMENTS = {
    "对账健康度报告-2026-02.pdf",
    "differences-2026-02.xlsx",
    "overdue-confirmation-2026-02.xlsx",
    "shipping-truth-2026-02.xlsx",
    "vouchers-2026-02.csv",
    "explorer-2026-02.html",
}
AS_OF = "2026-03-02T10:00:00+08:00"


def program(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own: what the PDF's libraries leave open is then nobody's warning."""
    here = os.pathsep.join([str(Path(package.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": here}
    line = [sys.executable, "-m", "recon", *map(str, words)]
    return subprocess.run(line, check=False, capture_output=True, text=True, env=environment)


def table(found: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found.stdout)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """Return the demo workspace, which no test changes, and what making it printed."""
    folder = tmp_path_factory.mktemp("month") / "demo"
    return folder, program("demo", folder)


@pytest.fixture
def demo(made: tuple[Path, Done], tmp_path: Path) -> Path:
    """Return a copy of the demo workspace to change."""
    return Path(shutil.copytree(made[0], tmp_path / "demo"))


def test_demo_prints_the_documents_and_nothing_else(made: tuple[Path, Done]) -> None:
    folder, found = made
    assert found.returncode == 0, found.stderr
    paths = [Path(line) for line in found.stdout.splitlines()]
    assert {path.name for path in paths} == DOCUMENTS
    assert {path.parent for path in paths} == {folder / "reports"}
    assert all(path.stat().st_size > 100 for path in paths)


def test_an_earlier_demo_is_replaced(demo: Path) -> None:
    (demo / "diffs.csv").write_text("of an earlier look", encoding="utf-8")
    assert program("demo", demo).returncode == 0
    assert not (demo / "diffs.csv").exists()


def test_the_list_of_differences_has_the_columns_that_other_tools_rely_on(made: tuple[Path, Done], recon: Run) -> None:
    text = recon("-w", made[0], "diffs", "--format", "csv").stdout
    assert text.splitlines()[0] == COLUMNS
    assert len(text.splitlines()) > 20


@pytest.mark.parametrize(
    ("option", "column", "value"),
    [("--code", "code", "REFUND_NOT_SYNCED"), ("--channel", "channel", "alipay"), ("--leg", "leg", "channel_bank")],
)
def test_a_filter_keeps_all_and_only_its_own(
    option: str, column: str, value: str, made: tuple[Path, Done], recon: Run
) -> None:
    every = table(recon("-w", made[0], "diffs"))
    kept = table(recon("-w", made[0], "diffs", option, value))
    assert kept
    assert kept == [row for row in every if row[column] == value]


def test_every_difference_can_be_explained_down_to_printed_lines(made: tuple[Path, Done], recon: Run) -> None:
    rows = table(recon("-w", made[0], "diffs"))
    for row in rows:
        found = recon("-w", made[0], "explain", row["diff_id"])
        assert found.exit_code == 0, row
        left, right = row["leg"].split("_")
        for book, minor in ((left, row["left_minor"]), (right, row["right_minor"])):
            if row["code"] != "FEE_MISMATCH":
                assert (f"{book}: the printed lines" in found.stdout) == (minor != ""), row
        first = row["evidence"].split("; ")[0]
        assert f"\n  {first}  " in found.stdout, row


def test_an_order_is_traced_through_all_books(made: tuple[Path, Done], recon: Run) -> None:
    (row,) = table(
        recon(
            "-w", made[0], "sql",
            "select order_no from canon.txn where book = 'order' and channel = 'alipay' and kind = 'payment' "
            "and order_no in (select reference from canon.txn where book = 'ledger') "
            "and order_no not in (select order_no from diff.difference) "
            "order by business_date, order_no limit 1",
        )
    )  # fmt: skip
    books = {event["book"] for event in table(recon("-w", made[0], "trace", row["order_no"]))}
    assert books >= {"order", "channel", "bank", "ledger"}


def test_the_hourly_job_finds_nothing_new_and_says_nothing(demo: Path, recon: Run) -> None:
    before = recon("-w", demo, "status").stdout.replace("run,close,1", "")
    found = recon("-w", demo, "--as-of", AS_OF, "run")
    assert (found.exit_code, found.stdout, found.stderr) == (0, "", "")
    after = recon("-w", demo, "status").stdout.replace("run,run,2", "")
    assert before == after


def test_a_closed_period_is_closed_again_only_with_a_reason(demo: Path, recon: Run) -> None:
    words = ["-w", demo, "--as-of", AS_OF, "close", "2026-02"]
    refused = recon(*words)
    assert refused.exit_code == 5
    assert refused.stderr == (
        "recon: 2026-02: the period is closed\n"
        '  Open it again, with a reason that is kept: recon close 2026-02 --reopen "REASON"\n'
    )
    assert program(*words, "--reopen", "a late bank statement").returncode == 0
    entries = table(
        recon("-w", demo, "sql", "select action, reason from meta.audit where subject = '2026-02' order by seq")
    )
    assert [(row["action"], row["reason"]) for row in entries] == [
        ("lock", "closed"),
        ("reopen", "a late bank statement"),
        ("lock", "closed"),
    ]
    assert recon("-w", demo, "verify").exit_code == 0


def test_a_month_is_not_closed_on_a_file_that_was_refused(demo: Path, recon: Run) -> None:
    (demo / "inbox" / "page.csv").write_text("<html>502</html>", encoding="utf-8")
    found = recon("-w", demo, "close", "2026-02", "--reopen", "one more file", "--as-of", AS_OF)
    assert found.exit_code == 3
    assert "2026-02 is not closed" in found.stderr
    assert "2026-02,1,open" in recon("-w", demo, "status").stdout


def test_a_month_that_no_book_has_is_not_closed(demo: Path, recon: Run) -> None:
    found = recon("-w", demo, "close", "2031-01")
    assert found.exit_code == 2
    assert "There are: " in found.stderr


def test_breaks_above_the_limit_leave_with_1_only_when_asked(demo: Path, recon: Run) -> None:
    assert recon("-w", demo, "diffs").exit_code == 0
    assert recon("-w", demo, "diffs", "--fail-on-difference").exit_code == 1
    settings = demo / "recon.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("difference_limit = 0\n", "").replace("[workspace]\n", "[workspace]\ndifference_limit = 1000\n")
    settings.write_text(text, encoding="utf-8")
    assert recon("-w", demo, "diffs", "--fail-on-difference").exit_code == 0


@pytest.mark.parametrize("document", ["health", "diffs", "overdue", "shipping", "explorer"])
def test_one_document_alone_is_the_one_of_the_close(document: str, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    found = program("-w", demo, "report", document, "--period", "2026-02", "--out", out)
    assert found.returncode == 0, found.stderr
    (path,) = out.iterdir()
    assert found.stdout == f"{path}\n"
    assert path.read_bytes() == (demo / "reports" / path.name).read_bytes()


def test_the_vouchers_alone_are_those_of_the_close(demo: Path, recon: Run, tmp_path: Path) -> None:
    found = recon("-w", demo, "vouchers", "--period", "2026-02", "--out", tmp_path / "again")
    (path,) = (tmp_path / "again").iterdir()
    assert found.stdout == f"{path}\n"
    assert path.read_bytes() == (demo / "reports" / path.name).read_bytes()


def test_a_document_needs_a_month_that_there_is(demo: Path, recon: Run) -> None:
    for words in (["report", "health"], ["report", "health", "--period", "2031-01"]):
        found = recon("-w", demo, *words)
        assert found.exit_code == 2
        assert "There are: 2026-02" in found.stderr


# ------------------------------------------------------------------------------------------------ the same figures


def sheets(path: Path) -> dict[str, list[dict[str, object]]]:
    """Return the rows of every sheet by their captions, read by a program that did not write them."""
    book = CalamineWorkbook.from_path(path)
    found = {}
    for name in book.sheet_names:
        head, *rows = book.get_sheet_by_name(name).to_python()
        found[name] = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return found


def minor(amount: object, currency: object) -> int:
    return round(Decimal(str(amount)).scaleb(0 if currency == "JPY" else 2))


def test_the_list_of_differences_holds_all_and_only_what_recon_diffs_lists(made: tuple[Path, Done], recon: Run) -> None:
    folder = made[0]
    listed = table(recon("-w", folder, "diffs", "--period", "2026-02"))
    book = sheets(folder / "reports" / "differences-2026-02.xlsx")
    rows = [row for name, part in book.items() if name != "总览" for row in part]
    assert {(row["差异编号"], row["币种"], minor(row["差额"], row["币种"])) for row in rows} == {
        (row["diff_id"], row["currency"], int(row["delta_minor"])) for row in listed
    }
    assert len(rows) == len(listed)


def test_the_overview_of_the_list_adds_up_to_what_recon_diffs_lists(made: tuple[Path, Done], recon: Run) -> None:
    folder = made[0]
    listed = table(recon("-w", folder, "diffs", "--period", "2026-02"))
    path = folder / "reports" / "differences-2026-02.xlsx"
    lines = CalamineWorkbook.from_path(path).get_sheet_by_name("总览").to_python()
    head = next(line for line in lines if line[0] == "原因")
    total = dict(zip(head, next(line for line in lines if line[0] == "合计"), strict=True))
    assert (total["笔数"], total["未处理"]) == (len(listed), sum(row["state"] == "open" for row in listed))
    for currency in {row["currency"] for row in listed}:
        deltas = [int(row["delta_minor"]) for row in listed if row["currency"] == currency]
        assert minor(total[f"差额 {currency}"], currency) == sum(deltas)
        assert minor(total[f"绝对额 {currency}"], currency) == sum(map(abs, deltas))


def test_the_other_lists_hold_what_their_commands_list(made: tuple[Path, Done], recon: Run) -> None:
    folder = made[0]
    words = ["-w", folder, "--as-of", AS_OF]
    late = table(recon(*words, "overdue", "--state", "overdue"))
    book = sheets(folder / "reports" / "overdue-confirmation-2026-02.xlsx")
    assert [(row["订单号"], int(str(row["超时（小时）"]).partition(".")[0])) for row in book["超时未确认订单"]] == [
        (row["order_no"], int(row["overdue_hours"])) for row in late
    ]
    assert len(book["低活跃用户"]) == len(table(recon(*words, "overdue", "--customers"))) == 1
    found = table(recon(*words, "shipping", "--period", "2026-02"))
    book = sheets(folder / "reports" / "shipping-truth-2026-02.xlsx")
    rows = [
        (row["订单号"], row["运单号"], row["说明"]) for name, part in book.items() if name != "总览" for row in part
    ]
    assert rows == [(row["order_no"], row["waybill_no"], row["because"]) for row in found]
    assert len(rows) == 6


def test_the_answers_of_a_whole_list_can_be_taken(demo: Path, recon: Run) -> None:
    path = demo / "reports" / "differences-2026-02.xlsx"
    book = openpyxl.load_workbook(path)
    answered = 0
    for sheet in book:
        places = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1) if "处理结果" in places else ():
            sheet.cell(row, places["处理结果"]).value = "挂账"
            sheet.cell(row, places["处理说明"]).value = "下月再查"
            answered += 1
    book.save(path)
    assert len(table(recon("-w", demo, "resolve", "--from", path))) == answered > 50
    states = {row["state"] for row in table(recon("-w", demo, "diffs", "--period", "2026-02"))}
    assert states == {"suspended"}
    assert recon("-w", demo, "verify").exit_code == 0
