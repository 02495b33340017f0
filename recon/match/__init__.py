"""Matching: ordered passes over what is open, leg by leg; every match records its pass."""

from __future__ import annotations

from recon.match.passes import PASSES, Pass
from recon.match.runner import Found, Matched, run
from recon.match.settings import Settings

__all__ = ["PASSES", "Found", "Matched", "Pass", "Settings", "run"]
