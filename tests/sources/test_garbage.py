"""The pause of Python's garbage collector ends as it began, whatever happens in it."""

from __future__ import annotations

import gc
from contextlib import suppress

import pytest

from recon.sources import garbage


@pytest.mark.parametrize("on", [True, False])
def test_a_pause_leaves_the_collector_as_it_was_even_after_an_error(on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        seen = []
        with suppress(ValueError), garbage.paused():
            seen.append(gc.isenabled())
            raise ValueError
        assert seen == [False]
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()
