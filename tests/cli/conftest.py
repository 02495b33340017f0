"""A small workspace, and the program to run on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from recon.cli.app import app

ORDERS = """\
record,order_no,pay_no,channel,channel_txn_no,refund_no,amount,status,created_at,occurred_at
payment,ORD-1001,PAY-88,alipay,2026020122001,,128.00,success,2026-02-01 09:59:00,2026-02-01 10:00:03
payment,ORD-1002,PAY-88,alipay,2026020122001,,12.50,success,2026-02-01 09:59:00,2026-02-01 10:00:03
refund,ORD-1001,PAY-88,alipay,,RF-1,28.00,success,2026-02-03 09:12:00,2026-02-03 09:12:00
payment,ORD-1003,,wechat,,,5.00,success,2026-02-02 08:00:00,2026-02-02 08:00:01
"""
SHIPMENTS = """\
order_no,waybill_no,carrier,region,outbound_at,signed_at,receiver_name,receiver_phone
ORD-1001,YD0001,韵达,same_city,2026-02-01 18:00:00,2026-02-02 11:30:00,张三,13800001234
"""


def invoke(*words: object) -> Result:
    """Run the program as on a command line; stdout and stderr are kept apart."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def recon() -> Callable[..., Result]:
    """Return the program."""
    return invoke


@pytest.fixture
def workspace(tmp_path: Path, recon: Callable[..., Result]) -> Path:
    """Return an empty workspace."""
    folder = tmp_path / "books"
    assert recon("init", folder).exit_code == 0
    return folder


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace that holds three orders, a refund and a parcel; tests take copies of it."""
    folder = tmp_path_factory.mktemp("seed") / "books"
    invoke("init", folder)
    (folder / "inbox" / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (folder / "inbox" / "shipments.csv").write_text(SHIPMENTS, encoding="utf-8")
    assert invoke("-w", folder, "ingest", folder / "inbox").exit_code == 0
    return folder


@pytest.fixture
def loaded(seed: Path, tmp_path: Path) -> Path:
    """Return a copy of the workspace that holds three orders, a refund and a parcel."""
    return Path(shutil.copytree(seed, tmp_path / "books"))
