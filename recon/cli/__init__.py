"""The command line: words in, one call, words out. A module per command family; no SQL, no business rule.

``recon.cli.app`` puts the commands together and owns the one error handler; ``session`` is the workspace that a command
works on; ``printing`` decides what stdout and stderr look like. Commands import their stage when they are called, so
that ``recon --help`` answers at once.
"""

from __future__ import annotations

from recon.cli.app import main

__all__ = ["main"]
