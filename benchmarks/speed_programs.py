"""The programs that ``speed.py`` runs in processes of their own: recon's stages alone, the floor's query, the peers.

Each is the text of a small Python program, so that what it costs is its own: nothing of the benchmark is loaded in it.
"""

from __future__ import annotations

# ruff: noqa: E501 - the lines of the programs below stay as they would be written by themselves
from typing import Final

TYPED: Final = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("SET enable_progress_bar = false")
orders, bills = [], []
for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
    columns = [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()]
    first = connection.execute(f"SELECT * FROM {name} LIMIT 1").fetchone()
    if "pay_no" in columns:
        orders.append(f"SELECT record, order_no, pay_no, channel, amount, status FROM {name}")
    elif first and any(str(cell).lstrip("\\ufeff") == "交易时间" for cell in first):
        at = {str(cell).lstrip("\\ufeff"): column for cell, column in zip(first, columns)}
        bills.append(
            f'SELECT {at["商户订单号"]} AS number, {at["订单金额"]} AS amount, {at["交易状态"]} AS status FROM {name}'
        )
found = connection.execute(f'''
WITH l AS (
    SELECT coalesce(pay_no, order_no) AS number, sum(CAST(amount AS DECIMAL(18, 2))) AS amount, min(status) AS status, count(*) AS n
    FROM ({" UNION ALL ".join(orders)}) WHERE record = 'payment' AND channel = 'wechat' GROUP BY ALL
), r AS (
    SELECT ltrim(number, '`') AS number, sum(CAST(ltrim(amount, '`') AS DECIMAL(18, 2))) AS amount, count(*) AS n
    FROM ({" UNION ALL ".join(bills)}) WHERE status = '`SUCCESS' GROUP BY 1
)
SELECT CASE
        WHEN l.number IS NULL THEN 'missing in orders' WHEN r.number IS NULL THEN 'missing at the channel'
        WHEN l.status <> 'success' THEN 'status' WHEN r.n > l.n THEN 'paid twice' WHEN l.n > r.n THEN 'entered twice or cart'
        WHEN abs(l.amount - r.amount) = 0.01 THEN 'one cent' ELSE 'amount'
    END AS cause, count(*)
FROM l FULL JOIN r ON l.number = r.number
WHERE l.number IS NULL OR r.number IS NULL OR l.amount <> r.amount OR l.status <> 'success'
GROUP BY ALL ORDER BY ALL''').fetchall()
print(found)
"""
STAGE: Final = """
import sys
from pathlib import Path
from recon import differences, match
from recon.cli.session import Session
from recon.store.journal import begin_run
session = Session(Path(sys.argv[2]), sys.argv[3])
with session.writing() as store:
    run_id = begin_run(store, sys.argv[1], session.as_of_s)
    if sys.argv[1] == "match":
        match.run(store, session.config.match, run_id=run_id, as_of_s=session.as_of_s)
    elif sys.argv[1] == "classify":
        differences.classify(store, session.config.differences, run_id=run_id, as_of_s=session.as_of_s)
    else:  # forget that anything was matched
        store.run("UPDATE match.progress SET settings = ''")
"""
"""One stage alone: match, classify, or what makes the next match start from nothing."""
SIDES: Final = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("SET enable_progress_bar = false")
for book, path in (("order", sys.argv[2]), ("channel", sys.argv[3])):
    connection.execute(f'''COPY (
        SELECT merchant_no AS number, CAST(sum(amount_minor) AS DECIMAL(18, 0)) * 0.01 AS amount, min(currency) AS currency,
            min(status) AS status
        FROM canon.txn WHERE book = '{book}' AND kind = 'payment' AND merchant_no <> '' GROUP BY merchant_no
    ) TO '{path}' (HEADER)''')
"""
FASTRECON: Final = """
import sys
from fastrecon import compare, CsvFile
print(compare(left=CsvFile(path=sys.argv[1]), right=CsvFile(path=sys.argv[2]), keys=["number"], compare_mode="keyed").summary())
"""
DATACOMPY: Final = """
import sys
import polars as pl
from datacompy import PolarsCompare
print(PolarsCompare(pl.read_csv(sys.argv[1]), pl.read_csv(sys.argv[2]), join_columns=["number"]).report()[:300])
"""
DATARECON: Final = """
import sys
from datarecon import reconcile
print(reconcile(sys.argv[1], sys.argv[2], key="number").summary())
"""
PEERS: Final = {
    "fastrecon": (("fastrecon==0.9.3",), FASTRECON),
    "datacompy (polars)": (("datacompy==1.1.0", "polars"), DATACOMPY),
    "datarecon": (("datarecon==0.1.1",), DATARECON),
}
APART: Final = """
import sys
import duckdb
connection = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": sys.argv[1] + ".tmp"})
connection.execute("SET enable_progress_bar = false")
for name, path in zip(("grown", "again"), sys.argv[1:]):
    connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
rows = apart = 0
for table in ("match.match", "match.member", "match.pool", "match.review", "match.review_member", "diff.difference"):
    named = [row[0] for row in connection.execute(f"DESCRIBE grown.{table}").fetchall()]
    kept = ", ".join(name for name in named if "run" not in name and name != "first_seen_s")
    for one, other in (("grown", "again"), ("again", "grown")):
        missing = f"SELECT {kept} FROM {one}.{table} EXCEPT ALL SELECT {kept} FROM {other}.{table}"
        apart += connection.execute(f"SELECT count(*) FROM ({missing})").fetchone()[0]
    rows += connection.execute(f"SELECT count(*) FROM again.{table}").fetchone()[0]
print(f"{apart:,} of {rows:,} rows apart")
"""
