"""Orders that wait for their confirmation, and the customers who let them wait."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]
LATE = "2026-02-03T11:31:00+08:00"  # the parcel of the seed: same city, signed on the 2nd at 11:30


def table(found: Result) -> list[dict[str, str]]:
    assert found.exit_code == 0, found.stderr
    return list(csv.DictReader(io.StringIO(found.stdout)))


def test_an_overdue_order_is_listed_with_its_times_and_the_customer_masked(recon: Run, loaded: Path) -> None:
    (row,) = table(recon("-w", loaded, "--as-of", LATE, "overdue"))
    assert row == {
        "order_no": "ORD-1001",
        "waybill_no": "YD0001",
        "carrier": "韵达",
        "region": "same_city",
        "region_by": "printed",
        "signed": "2026-02-02 11:30:00",
        "window_hours": "24",
        "first_reminder": "2026-02-03 06:42:00",
        "second_reminder": "2026-02-03 09:30:00",
        "deadline": "2026-02-03 11:30:00",
        "state": "overdue",
        "overdue_hours": "0",
        "last_contact": "",
        "last_contact_by": "",
        "receiver_name": "张*",
        "receiver_phone": "138****1234",
        "low_activity": "false",
        "shop": "",
        "owner": "",
        "currency": "",
        "amount_minor": "",
        "evidence": "inbox/shipments.csv:2",
    }


@pytest.mark.parametrize(
    ("moment", "options", "states"),
    [
        ("2026-02-02T12:00+08:00", [], []),
        ("2026-02-02T12:00+08:00", ["--all"], ["within_window"]),
        ("2026-02-03T06:42+08:00", [], ["first_reminder"]),
        ("2026-02-03T10:00+08:00", [], ["second_reminder"]),
        ("2026-02-03T10:00+08:00", ["--state", "overdue"], []),
        (LATE, ["--state", "overdue"], ["overdue"]),
    ],
)
def test_what_is_due_depends_on_the_moment(
    recon: Run, loaded: Path, moment: str, options: list[str], states: list[str]
) -> None:
    assert [row["state"] for row in table(recon("-w", loaded, "--as-of", moment, "overdue", *options))] == states


def test_low_activity_customers_are_listed_with_what_follows(recon: Run, loaded: Path) -> None:
    settings = loaded / "recon.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("#low_activity_orders = 3", "low_activity_orders = 1"), encoding="utf-8")
    (row,) = table(recon("-w", loaded, "--as-of", LATE, "overdue", "--customers"))
    assert (row["receiver_phone"], row["streak"], row["order_nos"]) == ("138****1234", "1", "ORD-1001")
    assert "电话回访" in row["policy"]
    assert recon("-w", loaded, "overdue", "--customers", "--all").exit_code == 2


def test_findings_about_shipments_are_listed_with_their_evidence(recon: Run, loaded: Path) -> None:
    (loaded / "inbox" / "more.csv").write_text(
        "order_no,waybill_no,outbound_at,first_scan_at,signed_at\n"
        "ORD-1003,YD0003,2026-02-03 10:00:00,2026-02-05 11:00:00,2026-02-07 10:00:00\n",
        encoding="utf-8",
    )
    recon("-w", loaded, "ingest", loaded / "inbox" / "more.csv")
    late, unshipped = table(recon("-w", loaded, "--as-of", "2026-02-10", "shipping"))
    assert (late["kind"], late["is_audit"], late["hours"], late["evidence"]) == (
        "late_first_scan", "true", "49", "inbox/more.csv:2",
    )  # fmt: skip
    assert (unshipped["kind"], unshipped["order_no"], unshipped["evidence"]) == (
        "paid_not_shipped", "ORD-1002", "inbox/orders.csv:3",
    )  # fmt: skip
    assert table(recon("-w", loaded, "--as-of", "2026-02-10", "shipping", "--kind", "paid_not_shipped")) == [unshipped]
    assert recon("-w", loaded, "shipping", "--kind", "late_scan").exit_code == 2
    assert table(recon("-w", loaded, "--as-of", "2026-02-10", "shipping", "--period", "2026-03")) == []
