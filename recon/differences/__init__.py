"""Differences: evidence, rules, names, and the list that people work from."""

from __future__ import annotations

from recon.differences.classifying import Classified, classify
from recon.differences.selecting import COLUMNS, Wanted, select, titles
from recon.differences.settings import Settings

__all__ = ["COLUMNS", "Classified", "Settings", "Wanted", "classify", "select", "titles"]
