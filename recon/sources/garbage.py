"""A pause of Python's search for circles of objects, for readers that make many objects and no circle.

    with garbage.paused():
        entries = ...       a hundred thousand small objects

Looking for circles among them, again and again while they grow, takes as long as to make them. What nothing refers to
any more is freed all the same.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Pause the search until the block ends; leave it off where it was off."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
