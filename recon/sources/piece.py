"""One opened file: its bytes, and its text once the encoding is known.

The encoding is decided, not guessed: a byte order mark, else strict UTF-8, else GB18030 (a superset of GBK and GB2312),
in that order; no statistics. A file in none of them is refused with the offset of the first bad byte.

Of a large file nothing is in memory until somebody asks for it: what it is, is told by its first 64 KiB
(:attr:`Piece.start`, :attr:`Piece.head`), what it weighs and whether its lines are lines by one pass over it
(:attr:`Piece.survey`), and a format that can reads it as a stream (:meth:`Piece.stream`).
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, BinaryIO, Final, TypeVar, cast

from recon.errors import SourceError

HEAD_BYTES: Final = 65_536
CHUNK_BYTES: Final = 1024**2
_CHUNK_BYTES: Final = 16 * 1024**2
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PACKED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_NOTHING: Final = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_ITSELF: Final = object()

Found = TypeVar("Found")


def _utf8(data: bytes, encoding: str) -> bytes:
    """UTF-8 of ``data``; ``data`` itself if it is that. Raises UnicodeDecodeError with the offset in ``data``."""
    decoder = codecs.getincrementaldecoder(encoding)()
    encoded: list[bytes] = []
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            text = decoder.decode(data[start : start + _CHUNK_BYTES], final=start + _CHUNK_BYTES >= len(data))
            if encoding != "utf-8":
                encoded.append(text.encode())
    except UnicodeDecodeError:
        return data.decode(encoding).encode()  # fails again, and tells the offset in the file
    return data if encoding == "utf-8" else b"".join(encoded)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the bytes of a file tells."""

    sha256: str
    size: int
    """Number of bytes."""
    is_blank: bool
    """Nothing but blanks, line ends, NUL and byte order marks."""
    longest_line: int
    """Bytes of the longest line, where it is longer than :data:`CHUNK_BYTES`; else 0."""
    longest_line_no: int
    has_separator: bool
    """U+001F stands in it, which no bill prints."""


class Piece:
    """A file, or one member of an archive. ``name`` is what the user sees: ``inbox/bill.zip!/day.csv``.

    Two pieces are equal only if they are one: what is found out about one is kept by it.
    """

    def __init__(self, name: str, data: bytes | None = None, *, opener: Callable[[], BinaryIO] | None = None) -> None:
        self.name = name
        self.found: dict[Any, Any] = {}
        """What :func:`once` keeps."""
        self._opener = opener
        if data is not None:
            self.__dict__["data"] = data

    @classmethod
    def on_disk(cls, name: str, opener: Callable[[], BinaryIO]) -> Piece:
        """Return a piece whose bytes ``opener`` gives, each time from the first on; it may raise SourceError."""
        return cls(name, opener=opener)

    @cached_property
    def data(self) -> bytes:
        """All bytes. Raises SourceError when they cannot be read (any more)."""
        with self.stream() as file:
            return file.read()

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.survey.size

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """Open the bytes for one pass from the first on. Raises SourceError when they cannot be read."""
        if "data" in self.__dict__ or self._opener is None:
            yield io.BytesIO(self.data)
            return
        try:
            with self._opener() as file:
                yield file
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror or error}", path=self.name) from None

    @cached_property
    def start(self) -> bytes:
        """First 64 KiB."""
        if "data" in self.__dict__:
            return self.data[:HEAD_BYTES]
        with self.stream() as file:
            return file.read(HEAD_BYTES)

    @cached_property
    def survey(self) -> Survey:
        """What one pass over the bytes tells. Raises SourceError when they cannot be read."""
        digest = hashlib.sha256()
        is_blank, has_separator = True, False
        size, line, lines, longest, longest_line_no = 0, 0, 0, 0, 0
        with self.stream() as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                is_blank = is_blank and not chunk.strip(_NOTHING)
                has_separator = has_separator or b"\x1f" in chunk
                ends = [at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0]
                line += min(ends, default=len(chunk))
                if line > max(longest, CHUNK_BYTES):
                    longest, longest_line_no = line, lines + 1
                lines += chunk.count(b"\n")
                if ends:
                    line = len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) - 1
        return Survey(digest.hexdigest(), size, is_blank, longest, longest_line_no, has_separator)

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes; the same file again is known by it, whatever its name."""
        return self.survey.sha256

    @property
    def encoding(self) -> str:
        """``utf-8-sig``, ``utf-16``, ``utf-32``, ``utf-8`` or ``gb18030``. Raises SourceError for any other bytes."""
        return self._decoded[0]

    @property
    def utf8(self) -> bytes:
        r"""The text as UTF-8, byte order mark removed, line ends as ``\n``. Raises SourceError as ``encoding`` does.

        For a file that is that already these are the file's own bytes: a month's bill is half a gigabyte, and as a
        Python text it would be one again.
        """
        return self._decoded[1]

    @property
    def text(self) -> str:
        """:attr:`utf8` as a text; for files that are not large."""
        return self.utf8.decode()

    @cached_property
    def _decoded(self) -> tuple[str, bytes]:
        """Encoding and UTF-8; decoded once."""
        if self.start.startswith(_PACKED):
            raise SourceError(
                "it is a spreadsheet or an archive, not text",
                path=self.name,
                remedy="This format is a text file: load it as it was downloaded.",
            )
        marked = [name for mark, name in _MARKS if self.data.startswith(mark)][:1]
        at = 0
        for name in marked or ("utf-8", "gb18030"):
            try:
                clean = _utf8(self.data, name)
            except UnicodeDecodeError as error:
                at = max(at, error.start)  # the encoding that got further is the one the file was meant to have
                continue
            if b"\x00" in clean:
                raise self._with_nul(clean)
            return name, clean.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in clean else clean
        what = f"no {marked[0]}, which the file begins as" if marked else "neither UTF-8 nor GB18030 text"
        raise SourceError(
            f"byte {at} (0x{self.data[at]:02X}) is {what}",
            path=self.name,
            line_no=self.data.count(b"\n", 0, at) + 1,
            remedy="Download the file again; do not convert it with an editor that guesses encodings.",
        )

    def _with_nul(self, clean: bytes) -> SourceError:
        return SourceError(
            "there is a NUL byte in the text, as an interrupted download or a failing disk leaves it",
            path=self.name,
            line_no=clean.count(b"\n", 0, clean.index(b"\x00")) + 1,
            remedy="Download the file again.",
        )

    @cached_property
    def head(self) -> str:
        """About the first 64 KiB as text, enough to identify a format; never raises, never reads the rest.

        The head of a file that is no text (a spreadsheet, a picture) is ``""``.
        """
        start = self.start
        if b"\x00" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return ""
        for mark, name in _MARKS:
            if start.startswith(mark):
                return start.decode(name, errors="ignore").replace("\r\n", "\n")
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            text = decoder.decode(start)  # a character cut by the end of the head is no error
        except UnicodeDecodeError:
            text = start.decode("gb18030", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def head_lines(self) -> list[str]:
        """Lines of :attr:`head`; the last one may be cut."""
        return self.head.split("\n")


def once(make: Callable[[Piece], Found]) -> Callable[[Piece], Found]:
    """Let ``make`` work once a file: some eighty formats ask the same of it, one after the other.

    What it finds is kept by the file and goes with it. A cache beside the file would keep the bytes of the last ones.
    """

    @wraps(make)
    def kept(piece: Piece) -> Found:
        if make not in piece.found:
            found = make(piece)
            piece.found[make] = _ITSELF if found is piece else found  # a file that held itself would stay for long
        found = piece.found[make]
        return cast("Found", piece if found is _ITSELF else found)

    return kept
