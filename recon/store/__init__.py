"""The only importer of duckdb. Everything else asks a :class:`Store`."""

from __future__ import annotations

from recon.store.database import HASH_PROBE, Settings, Store, open_store
from recon.store.journal import audit, begin_run, end_run, verify

__all__ = ["HASH_PROBE", "Settings", "Store", "audit", "begin_run", "end_run", "open_store", "verify"]
