"""Files -> raw rows -> canonical rows with identity and fingerprint; the only writer of raw_* and canon.

opening      paths -> pieces: folders, zips, gzips, answers of an interface (file_transfer)
refusing     what is no bill, told by name
answering    what a channel's interface answers instead of a bill
loading      the verb: known? identify, read, check, write; one transaction per file
writing      a reading -> the store; the law of conservation
identity     which row is which: copies, overlaps, restatements (sql/resolve.sql)
confirming   which rows tell a movement again that another bill tells (sql/confirm.sql)
totals       what a summary prints about the rows of another file (sql/total.sql)
banking      which channel a bank line belongs to
ledger       voucher lines -> ledger rows
replacing    parcels, contacts, rates: the newest statement holds
status       what a workspace holds, in figures
"""

from __future__ import annotations

from recon.ingest.loading import ingest
from recon.ingest.result import Ingested, Known, Refused
from recon.ingest.settings import LedgerMap, Settings

__all__ = ["Ingested", "Known", "LedgerMap", "Refused", "Settings", "ingest"]
