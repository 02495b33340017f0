"""What can stop a document from being written, beside what stops every stage."""

from __future__ import annotations

from recon.errors import ReconError


class FontError(ReconError):
    """No font that holds Chinese characters: the page would show boxes, so it is not written."""


class PrinterError(ReconError):
    """The libraries that draw PDF pages are not on this machine."""
