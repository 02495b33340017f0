"""``python -m recon`` is ``recon``."""

from __future__ import annotations

from recon.cli import main

main()
