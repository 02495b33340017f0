"""JSON values of a text, each with the line it begins on.

A file may hold one value, several one after the other (a log of answers, one a line), or an array of them; the elements
of an array at the top come one by one. So do the elements of one array inside each object, where a format needs to know
their lines. Numbers are kept as the text that is printed: ``0.10`` is "0.10" and no binary fraction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Final, TypeAlias

from recon.errors import SourceError
from recon.sources.piece import Piece

_BLANK: Final = re.compile(r"\s*")
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""Escape of half of a pair, as characters beyond U+FFFF are written; the other half may be missing."""
_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)

_Decode: TypeAlias = Callable[[int], tuple[object, int]]
"""Where a value begins -> the value, and where it ends."""


def documents(piece: Piece) -> list[tuple[int, object]]:
    """JSON values of a file with the line where each begins; the elements of arrays at the top one by one.

    Raises SourceError where the text is no JSON, with the line.
    """
    text = piece.text
    return _with_lines(text, _values(piece, text, lambda at: _decoded(piece, text, at)))


def members(piece: Piece, name: str) -> list[tuple[dict[str, object], list[tuple[int, object]]]]:
    """Objects of a file, each with the elements of its array ``name`` and the line where each of these begins.

    The objects keep all other members; values at the top that are no objects are left out. Raises SourceError where
    the text is no JSON, with the line.
    """
    text = piece.text
    inside: list[list[tuple[int, object]]] = []

    def decode(at: int) -> tuple[object, int]:
        if not text.startswith("{", at):
            return _decoded(piece, text, at)
        value, elements, end = _object(piece, text, at, name)
        inside.append(_with_lines(text, elements))
        return value, end

    objects = [value for _, value in _values(piece, text, decode) if isinstance(value, dict)]
    return list(zip(objects, inside, strict=True))


def inner(text: str) -> object:
    """Value of a JSON text that stands inside a JSON value. Raises ValueError (or RecursionError) when it is none."""
    value: object = _DECODER.decode(text)
    if _HALF.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def shown(value: object) -> str:
    """Text of one cell: text as it is, null as blank, everything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _with_lines(text: str, values: Iterable[tuple[int, object]]) -> list[tuple[int, object]]:
    found: list[tuple[int, object]] = []
    line_no, counted = 1, 0
    for at, value in values:
        line_no += text.count("\n", counted, at)
        counted = at
        found.append((line_no, value))
    return found


def _values(piece: Piece, text: str, decode: _Decode) -> Iterator[tuple[int, object]]:
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            at = yield from _elements(piece, text, at, decode)
        else:
            value, end = decode(at)
            yield at, value
            at = end
        at = _skip(text, at)
        if text.startswith(",", at):  # answers written one after the other, with commas between
            at = _skip(text, at + 1)


def _elements(piece: Piece, text: str, start: int, decode: _Decode) -> Generator[tuple[int, object], None, int]:
    """Elements of the array that begins at ``start``; returns where it ends."""
    at = _skip(text, start + 1)
    while not text.startswith("]", at):
        value, end = decode(at)
        yield at, value
        at = _skip(text, end)
        if text.startswith(",", at):
            at = _skip(text, at + 1)
        elif not text.startswith("]", at):
            raise _damaged(piece, text, at)
    return at + 1


def _object(piece: Piece, text: str, start: int, name: str) -> tuple[dict[str, object], list[tuple[int, object]], int]:
    """The object that begins at ``start``: other members than the array ``name``, its elements, and where it ends."""
    named: dict[str, object] = {}
    elements: list[tuple[int, object]] = []
    at = _skip(text, start + 1)
    while not text.startswith("}", at):
        key, at = _decoded(piece, text, at)
        at = _skip(text, at)
        if not isinstance(key, str) or not text.startswith(":", at):
            raise _damaged(piece, text, at)
        at = _skip(text, at + 1)
        if key == name and text.startswith("[", at):
            inner, at = _collected(_elements(piece, text, at, lambda here: _decoded(piece, text, here)))
            elements += inner
        else:
            named[key], at = _decoded(piece, text, at)
        at = _skip(text, at)
        if text.startswith(",", at):
            at = _skip(text, at + 1)
        elif not text.startswith("}", at):
            raise _damaged(piece, text, at)
    return named, elements, at + 1


def _collected(values: Generator[tuple[int, object], None, int]) -> tuple[list[tuple[int, object]], int]:
    """All values, and what the generator returns."""
    found: list[tuple[int, object]] = []
    while True:
        try:
            found.append(next(values))
        except StopIteration as ended:
            return found, int(ended.value)


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _decoded(piece: Piece, text: str, at: int) -> tuple[object, int]:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _damaged(piece, text, getattr(error, "pos", at)) from None
    half = _HALF.search(text, at, end)
    if half:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise SourceError(
                "an escape stands for half of a character, which is no text",
                path=piece.name,
                line_no=text.count("\n", 0, half.start()) + 1,
                excerpt=text[half.start() : half.start() + 12],
                remedy="Save the answer again, whole and unchanged.",
            ) from None
    return value, end


def _damaged(piece: Piece, text: str, at: int) -> SourceError:
    line_no = text.count("\n", 0, at) + 1
    excerpt = text[at : at + 60].partition("\n")[0]
    return SourceError(
        "it is no valid JSON from here on" if excerpt else "the JSON ends too early",
        path=piece.name,
        line_no=line_no,
        excerpt=f"{line_no} | {excerpt}" if excerpt else "",
        remedy="Save the answer again, whole and unchanged.",
    )
