"""What ingest may need to know of the workspace. recon.toml fills it; the defaults are those of a plain workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recon import contract, sources
from recon.contract import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMap:
    """Which ledger accounts stand for what. Account codes are compared as text, prefixes from the left."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    """Account code -> channel: ``{"1012.01": "alipay"}``; holds for its sub-accounts too (``1012.01.03``)."""
    channel_prefixes: tuple[str, ...] = ("1012", "1015")
    """Accounts of money at a channel (其他货币资金); with one of these a line's own channel cell is believed."""
    fee_prefixes: tuple[str, ...] = ("6603", "660303", "5503")
    """Fee accounts (财务费用)."""
    bank_prefixes: tuple[str, ...] = ("1002",)
    """Bank accounts (银行存款)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How files are opened, read and judged."""

    sources: sources.Settings = field(default_factory=sources.Settings)
    contracts: tuple[Contract, ...] = contract.DEFAULTS
    """Their ``payout_patterns`` say which bank lines belong to which channel."""
    ledger: LedgerMap = field(default_factory=LedgerMap)
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Bank account or IBAN -> ISO currency, for statements that print none."""
    max_rejects: int = 1000
    """A file with more rejected rows than this is refused as a whole: it is not what it was taken for."""
    max_reject_percent: int = 50
    """A file of whose rows more than this share cannot be read is refused as a whole, however few they are."""
    accept_mismatch: str = ""
    """Why files are loaded that are damaged or do not agree with themselves or each other; blank: they are refused."""
    actor: str = ""
    """Who says so."""
    base_currency: str = "CNY"
    max_file_bytes: int = 2 * 1024**3
    """A file that has more, or an archive whose members together unpack to more, is refused."""
