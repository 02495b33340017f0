"""recon: reconcile the order, channel, bank and ledger books of a merchant, and name the cause of every difference."""

from __future__ import annotations

__version__ = "0.1.0"
