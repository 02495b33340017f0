"""A dispute in UnionPay's ZME, from files to its name: the payment told by time and trace leads to the order."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon import differences, ingest, match
from recon.sources.unionpay_records import Fields
from recon.sources.unionpay_zm import FIELDS as ZM
from recon.sources.unionpay_zme import FIELDS as ZME
from recon.store import open_store

MERCHANT = "898310048990001"
ORDERS = (
    "record,order_no,shop,channel,amount,currency,status,created_at,occurred_at\n"
    "payment,SO1,云杉小集,unionpay,838.00,CNY,success,2026-02-03 10:10:00,2026-02-03 10:15:02\n"
)


def line(fields: Fields, **cells: str) -> bytes:
    """One record; a cell that is not given is blank."""
    assert set(cells) <= {name for name, _ in fields}
    return b" ".join(cells.get(name, "").encode("gbk").ljust(length) for name, length in fields) + b"\r\n"


PAYMENT = line(
    ZM,
    交易代码="S22", 代理机构标识码="48022901", 发送机构标识码="00040000", 系统跟踪号="000001",
    交易传输时间="0203101502", 账号="622280*********0000", 交易金额="000000083800", 商户类别="5712", 终端类型="07",
    查询流水号="202602031015020000018", 商户订单号="SO1", 商户手续费="D000000000419", 结算金额="C000000083381",
    交易类型="01", 商户代码=MERCHANT, 清算净额="C000000083381",
)  # fmt: skip


def dispute(flag: str, trace: str, when: str, settled: str) -> bytes:
    return line(
        ZME,
        差错交易标志=flag, 代理机构标识码="48022901", 发送机构标识码="00040000", 系统跟踪号=trace, 交易传输时间=when,
        账号="622280*********0000", 交易金额=settled[1:], 商户类型="5712", 终端类型="07", 支付卡类型="01",
        上一笔交易系统跟踪号="000001", 上一笔交易日期时间="0203101502", 上一笔交易清算日期="0203",
        上一笔交易金额="000000083800", 商户手续费=" 000000000000", 结算金额=settled, 商户代码=MERCHANT,
    )  # fmt: skip


TAKEN = dispute("E23", "000731", "0205101500", "D000000083800")
WON = dispute("E24", "000801", "0209101500", "C000000083800")


def named(folder: Path, files: dict[str, bytes]) -> list[tuple[str, str, int]]:
    """Code, order number and amount of the differences between orders and channel."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with open_store(None) as store:
        results = ingest.ingest([folder], store, ingest.Settings(), run_id=1, at_s=0)
        assert [type(result) for result in results] == [ingest.Ingested] * len(files)
        match.run(store, match.Settings(), run_id=1, as_of_s=1_770_800_000)
        differences.classify(store, differences.Settings(), run_id=1, as_of_s=1_770_800_000)
        return store.rows(
            "SELECT code, order_no, gap_minor FROM diff.difference WHERE leg = 'order_channel' ORDER BY ALL"
        )


@pytest.mark.parametrize(
    ("disputes", "found"),
    [
        ({}, []),
        ({f"INN26020588ZME_{MERCHANT}": TAKEN}, [83_800]),
        ({f"INN26020588ZME_{MERCHANT}": TAKEN, f"INN26020988ZME_{MERCHANT}": WON}, [-83_800, 83_800]),
    ],
    ids=["none", "taken", "taken and returned"],
)
def test_a_dispute_is_named_with_the_order_it_is_about(
    disputes: dict[str, bytes], found: list[int], tmp_path: Path
) -> None:
    files = {"orders.csv": ORDERS.encode(), f"INN26020388ZM_{MERCHANT}": PAYMENT}
    assert named(tmp_path, files | disputes) == [("CHARGEBACK", "SO1", gap) for gap in found]
