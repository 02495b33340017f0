"""What is found out about a file is found once, and goes with it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from recon import sources
from recon.sources.piece import Piece, once

HERE = Path(__file__).parent


@pytest.fixture
def counted_references_only() -> Iterator[None]:
    """No collector of garbage: what goes, goes because nobody holds it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_file_is_asked_once() -> None:
    asked: list[str] = []

    @once
    def size(piece: Piece) -> int:
        asked.append(piece.name)
        return len(piece.data)

    one, other = Piece("a.csv", b"abc"), Piece("b.csv", b"")
    assert [size(one), size(one), size(other), size(one)] == [3, 3, 0, 3]
    assert asked == ["a.csv", "b.csv"]


def test_a_file_may_be_its_own_answer() -> None:
    @once
    def same(piece: Piece) -> Piece:
        return piece

    piece = Piece("a.csv", b"abc")
    assert same(piece) is piece
    assert same(piece) is piece


@pytest.mark.usefixtures("counted_references_only")
@pytest.mark.parametrize(
    "place", ["alipay_account_web/page.xls", "cmbc/statement.xls", "pingan/statement.xlsx", "unknown/expired.html"]
)
def test_a_file_that_every_format_was_asked_about_is_gone_when_nobody_holds_it(place: str) -> None:
    piece = Piece(place, (HERE / place).read_bytes())
    for source in sources.known():
        source.identify(piece)
    alive = weakref.ref(piece)
    del piece
    assert alive() is None
