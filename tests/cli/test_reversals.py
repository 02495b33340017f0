"""Reversal vouchers by the commands that a finance team uses: written, imported, exported again, and done with."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from recon.cli.app import app
from recon.config import default_toml

Run = Callable[..., Result]
pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "month"
ACCOUNTS = {"1012.01": "alipay", "1012.02": "wechat", "1012.03": "unionpay", "1012.04": "paypal"}
AS_OF = "2026-03-02T10:00:00+08:00"
FILES = {
    "template": "vouchers-2026-02.csv",
    "k3": "vouchers-2026-02-kingdee-k3.xlsx",
    "cloud": "vouchers-2026-02-kingdee-cloud.xlsx",
    "u8": "vouchers-2026-02-yonyou-u8.txt",
}


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace that holds the sample month, matched and not closed; no test changes it."""
    folder = tmp_path_factory.mktemp("reversals") / "books"
    shutil.copytree(SAMPLE / "inbox", folder / "inbox")
    (folder / "recon.toml").write_text(default_toml(ledger_accounts=ACCOUNTS), encoding="utf-8")
    assert CliRunner().invoke(app, ["-w", str(folder), "--as-of", AS_OF, "run"]).exit_code == 0
    return folder


@pytest.fixture
def books(matched: Path, tmp_path: Path) -> Path:
    """Return a copy of the workspace to change."""
    return Path(shutil.copytree(matched, tmp_path / "books"))


def states(recon: Run, folder: Path) -> dict[tuple[str, str], int]:
    """Count the differences that a reversal settles, by code and state."""
    query = (
        "select code, state, count(*) as n from diff.difference where leg = 'channel_ledger' "
        "and code in ('REFUND_NOT_SYNCED', 'DUPLICATE_ENTRY') group by all"
    )
    found = recon("-w", folder, "sql", query, "--format", "csv")
    return {(row["code"], row["state"]): int(row["n"]) for row in csv.DictReader(io.StringIO(found.stdout))}


@pytest.mark.parametrize(("form", "file"), FILES.items())
def test_what_finance_posts_of_it_comes_back_and_settles_the_differences(recon: Run, books, form, file) -> None:
    assert states(recon, books) == {("REFUND_NOT_SYNCED", "open"): 4, ("DUPLICATE_ENTRY", "open"): 2}
    assert recon("-w", books, "vouchers", "--period", "2026-02", "--format", form).exit_code == 0
    shutil.copy(books / "reports" / file, books / "inbox" / f"posted-{file}")
    assert recon("-w", books, "--as-of", AS_OF, "run").exit_code == 0
    assert states(recon, books) == {("REFUND_NOT_SYNCED", "cleared"): 4, ("DUPLICATE_ENTRY", "cleared"): 2}
    again = recon("-w", books, "vouchers", "--period", "2026-02", "--format", "template")
    assert len(Path(again.stdout.strip()).read_text(encoding="utf-8").splitlines()) == 1


def test_all_formats_are_written_and_the_settings_say_which_without_a_word(recon: Run, books) -> None:
    settings = books / "recon.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[vouchers]\n", '[vouchers]\nformats = ["k3", "hledger"]\n'), encoding="utf-8")
    told = recon("-w", books, "vouchers", "--period", "2026-02")
    assert [Path(line).name for line in told.stdout.splitlines()] == [FILES["k3"], "vouchers-2026-02.journal"]
    every = recon("-w", books, "vouchers", "--period", "2026-02", "--format", "all")
    assert {Path(line).name for line in every.stdout.splitlines()} == {
        *FILES.values(), "vouchers-2026-02.journal", "vouchers-2026-02.beancount",
    }  # fmt: skip
    settings.write_text(text.replace("[vouchers]\n", '[vouchers]\nformats = ["k4"]\n'), encoding="utf-8")
    wrong = recon("-w", books, "vouchers", "--period", "2026-02")
    assert (wrong.exit_code, '[vouchers] formats has "k4", which is no format' in wrong.stderr) == (2, True)


def test_a_reversal_is_booked_in_a_later_open_month_and_in_no_other(recon: Run, books) -> None:
    def into(month: str) -> Result:
        return recon("-w", books, "vouchers", "--period", "2026-02", "--into", month)

    text = Path(into("2026-03").stdout.strip()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["会计期间"], row["凭证日期"]) for row in rows} == {("2026-03", "2026-03-31")}
    assert rows[0]["凭证号"] == "冲-202602-0001"
    assert into("2026-01").exit_code == 2
