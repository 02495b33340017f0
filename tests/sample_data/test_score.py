"""score.py counts by keys, one to one, and is not generous."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from sample_data import score

TRUTH = ("leg", "code", "order_no", "reference", "batch_no", "amount")
DIFFS = (
    "diff_id", "code", "title", "kind", "leg", "channel", "order_no", "reference", "batch_no", "currency", "left_minor",
    "right_minor", "delta_minor", "business_date", "first_seen", "age_days", "state", "because", "action", "evidence",
)  # fmt: skip


def write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def scored(tmp_path):
    """Score rows written as ``leg code key=value ...``."""

    def rows(lines: str) -> list[dict[str, str]]:
        table = []
        for line in lines.split("\n"):
            leg, code, *pairs = line.split() or ("", "")
            table += [{"leg": leg, "code": code, **dict(pair.split("=") for pair in pairs)}] if leg else []
        return table

    def run(truth: str, diffs: str) -> score.Score:
        return score.score(
            write(tmp_path / "truth.csv", TRUTH, rows(truth)), write(tmp_path / "diffs.csv", DIFFS, rows(diffs))
        )

    return run


def test_a_difference_with_the_same_leg_code_and_keys_is_found(scored):
    result = scored(
        "order_channel FEE_MISMATCH order_no=A reference=1", "order_channel FEE_MISMATCH order_no=A reference=1"
    )

    assert result.line == "planted 1, found 1, missed 0, false 0"


@pytest.mark.parametrize(
    "shown",
    [
        "order_channel FX_RATE order_no=A reference=1",
        "channel_ledger FEE_MISMATCH order_no=A reference=1",
        "order_channel FEE_MISMATCH order_no=B reference=1",
        "order_channel FEE_MISMATCH order_no=A",
    ],
)
def test_another_code_leg_or_key_is_both_missed_and_false(scored, shown):
    result = scored("order_channel FEE_MISMATCH order_no=A reference=1", shown)

    assert result.line == "planted 1, found 0, missed 1, false 1"


def test_a_key_that_the_truth_leaves_blank_may_be_anything(scored):
    result = scored(
        "order_channel ORDER_SPLIT reference=1", "order_channel ORDER_SPLIT order_no=A reference=1 batch_no=x"
    )

    assert result.line == "planted 1, found 1, missed 0, false 0"


def test_one_difference_serves_one_row_only(scored):
    result = scored(
        "order_channel DUPLICATE_ENTRY order_no=A\norder_channel DUPLICATE_ENTRY order_no=A",
        "order_channel DUPLICATE_ENTRY order_no=A",
    )

    assert result.line == "planted 2, found 1, missed 1, false 0"


def test_the_same_difference_shown_twice_is_false_once(scored):
    result = scored(
        "channel_bank PAYOUT_MISSING batch_no=x amount=5",
        "channel_bank PAYOUT_MISSING batch_no=x delta_minor=5\nchannel_bank PAYOUT_MISSING batch_no=x delta_minor=5",
    )

    assert result.line == "planted 1, found 1, missed 0, false 1"


def test_the_assignment_is_as_large_as_it_can_be(scored):
    # The row without keys would do for either difference; the row with keys for one only.
    result = scored(
        "channel_ledger VOUCHER_ORPHAN amount=-7\nchannel_ledger VOUCHER_ORPHAN reference=V1 amount=-9",
        "channel_ledger VOUCHER_ORPHAN reference=V1 delta_minor=-7\nchannel_ledger VOUCHER_ORPHAN reference=V2",
    )

    assert result.line == "planted 2, found 2, missed 0, false 0"


def test_three_rows_give_way_to_each_other_along_a_chain(scored):
    result = scored(
        "order_channel X reference=1\norder_channel X order_no=A\norder_channel X batch_no=p",
        "order_channel X reference=1 order_no=A\norder_channel X order_no=A batch_no=p\norder_channel X batch_no=p",
    )

    assert result.line == "planted 3, found 3, missed 0, false 0"


def test_a_found_row_with_another_amount_is_told_but_counted(scored):
    result = scored(
        "order_channel FX_ROUNDING order_no=A amount=1", "order_channel FX_ROUNDING order_no=A delta_minor=-1"
    )

    assert result.line == "planted 1, found 1, missed 0, false 0"
    assert len(result.other_amount) == 1


def test_nothing_planted_and_nothing_found_is_a_clean_score(scored):
    assert scored("", "").line == "planted 0, found 0, missed 0, false 0"


def test_a_file_without_the_columns_is_refused(tmp_path):
    truth = write(tmp_path / "truth.csv", TRUTH, [])
    diffs = write(tmp_path / "diffs.csv", ("diff_id", "code"), [])

    with pytest.raises(KeyError, match="no column"):
        score.score(truth, diffs)


@pytest.mark.parametrize(("strict", "code"), [([], 0), (["--strict"], 1)])
def test_the_command_runs_alone_and_ends_in_one_line(tmp_path, strict, code):
    truth = write(tmp_path / "truth.csv", TRUTH, [{"leg": "order_channel", "code": "ORDER_MISSING", "order_no": "A"}])
    diffs = write(tmp_path / "diffs.csv", DIFFS, [{"leg": "order_channel", "code": "UNEXPLAINED", "order_no": "A"}])

    ran = subprocess.run(
        [sys.executable, score.__file__, str(truth), str(diffs), *strict], capture_output=True, text=True, check=False
    )

    assert ran.returncode == code
    assert ran.stdout.splitlines()[-1] == "planted 1, found 0, missed 1, false 1"
    assert "UNEXPLAINED" in ran.stdout
    assert ran.stderr == ""
