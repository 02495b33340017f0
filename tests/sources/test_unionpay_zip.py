"""The zip of a settlement day, as UnionPay sends it: ZM, ZME and RD in one."""

from __future__ import annotations

import zipfile
from pathlib import Path

from recon.ingest import Ingested, Settings, ingest
from recon.store import open_store

HERE = Path(__file__).parent
DAY = (
    HERE / "unionpay_zm" / "INN26020388ZM_898310048990001.txt",
    HERE / "unionpay_zme" / "INN26020588ZME_898310048990001.txt",
    HERE / "unionpay_rd" / "RD201026020301_898310048990001.txt",
)


def test_a_days_zip_is_loaded_whole(tmp_path: Path) -> None:
    path = tmp_path / "898310048990001_20260204.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member in DAY:
            archive.write(member, member.stem)
    with open_store(None) as store:
        results = ingest([path], store, Settings(), run_id=1, at_s=0)
        assert [type(result) for result in results] == [Ingested] * 3
        assert store.value("SELECT count(*) FROM canon.txn") == 7 + 10
        assert store.value("SELECT count(*) FROM raw_unionpay.rd") == 9
    assert [Path(result.name).name for result in results] == sorted(member.stem for member in DAY)
