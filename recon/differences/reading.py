"""The text of this stage's SQL: one SELECT a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def model(name: str) -> str:
    """Text of ``sql/NAME.sql``."""
    return (files("recon.differences") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
