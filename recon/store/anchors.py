"""Where the audit chain ended, noted outside of the database: what makes a chain that was cut off show.

A chain of hashes shows an entry that was changed, removed or slipped in, but not that its last entries are gone: a
shorter chain is as intact as a longer one. So every command that writes the store notes the last entry in a file of the
workspace, ``audit.heads``, and the health report prints it:

    27 3f1c09...e2 2026-03-02T02:00:00Z

An entry that is noted and not in the chain, or not with that hash, is a finding. Who can write the database can write
this file too, and could rewrite both; then only a head that is out of their reach still tells: a printed or mailed
report, a backup (``recon verify --head HASH``). What was added after the last noted head and cut off again leaves no
trace at all.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recon.errors import StoreError
from recon.store.journal import head
from recon.times import now_s

if TYPE_CHECKING:
    from recon.store.database import Store

FILE: Final = "audit.heads"
_ABOUT: Final = (
    "# Last entry of the audit chain (meta.audit) after each change: number, hash, moment. See: recon verify\n"
)
_CELLS: Final = 2


def heads(path: Path) -> list[tuple[int, str]]:
    """Heads (entry, hash) that the file ``path`` notes, in its order; none when there is no file.

    Raises StoreError for a line that is no head.
    """
    if not path.exists():
        return []
    found = []
    for line_no, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = line.split()
        if not cells or line.startswith("#"):
            continue
        if len(cells) < _CELLS or not cells[0].isdigit():
            raise StoreError("this is no head of the audit chain", place=f"{path}:{line_no}", excerpt=line)
        found.append((int(cells[0]), cells[1]))
    return found


def anchor(store: Store, path: Path) -> None:
    """Note the last entry of the chain in the file ``path`` when it is not noted there yet."""
    seq, stated = head(store)
    if not seq or (seq, stated) in heads(path)[-1:]:
        return
    moment = dt.datetime.fromtimestamp(now_s(), tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    fresh = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{_ABOUT if fresh else ''}{seq} {stated} {moment}\n")
