"""HTML to PDF: fonts that can print Chinese, WeasyPrint, and the same bytes for the same page.

The font comes with the package (``fonts/``: Noto Sans SC, static TrueType), so a machine without any Chinese font
prints right. When it is not there a font of the system is taken if fontconfig knows one; when there is none the report
is refused (:class:`FontError`): WeasyPrint itself would print boxes and say nothing. A character that the font does not
have (a rare one in a customer's name) is replaced by 〓, logged with its code point and counted on the page.

The file is tagged, carries bookmarks, alternative texts and attachments, as PDF/A-3a asks, but its metadata do not
claim that conformity: nobody has proven it with a validator.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import logging
import re
import subprocess
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTCollection, TTFont

from recon.report.errors import FontError, PrinterError

log = logging.getLogger(__name__)

GETA: Final = "〓"
FACES: Final = {"Regular": 400, "Medium": 500, "Bold": 700}
SYSTEM: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Hiragino Sans GB", "STHeiti", "SimHei",
)  # fmt: skip
_MARKUP: Final = re.compile(r"<style.*?</style>|<[^>]*>|&[a-zA-Z#0-9]+;", re.DOTALL)
_LIBRARIES: Final = (
    "Debian, Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\nmacOS: brew install pango"
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF."""

    name: str
    description: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Font:
    """The faces to print with: CSS that declares them, and the characters they have."""

    css: str
    characters: frozenset[int]


def find_font(folder: Path | None = None) -> Font:
    """Take the package's font (or that of ``folder``), else one of the system. Raises FontError when there is none."""
    home = folder or Path(str(files("recon.report") / "fonts"))
    faces = {
        weight: path
        for path in sorted(home.glob("*.ttf"))
        if (weight := FACES.get(path.stem.rpartition("-")[2])) is not None
    }
    if 400 in faces:  # noqa: PLR2004 - the regular face
        css = "".join(
            f"@font-face{{font-family:'Noto Sans SC';font-weight:{weight};src:url('{path.resolve().as_uri()}')}}\n"
            for weight, path in faces.items()
        )
        return Font(css, _characters(faces[400]))
    for family in SYSTEM:
        if path := _installed(family):
            log.warning("the report's own font is missing; it is printed with %s", family)
            return Font(f"@font-face{{font-family:'Noto Sans SC';src:local('{family}')}}\n", _characters(path))
    raise FontError(
        "no font with Chinese characters was found, so the report was not written: it would show boxes",
        place=str(home),
        remedy="Install recon again (its font is part of it), or a font: apt-get install fonts-noto-cjk",
    )


def _installed(family: str) -> Path | None:
    """File of a system font. fc-match always answers with something, so the family it names is compared."""
    try:
        answer = subprocess.run(  # noqa: S603
            ["fc-match", "-f", "%{family}|%{file}", f"{family}:lang=zh-cn"],  # noqa: S607
            capture_output=True, text=True, timeout=20, check=False,
        ).stdout  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    name, _, path = answer.partition("|")
    return Path(path) if family.lower() in name.lower() and path else None


def _characters(path: Path) -> frozenset[int]:
    collection = path.suffix.lower() in {".ttc", ".otc"}
    with contextlib.closing(TTCollection(path, lazy=True) if collection else TTFont(path, lazy=True)) as opened:
        font: Any = opened.fonts[0] if collection else opened
        return frozenset(font.getBestCmap())


def printable(html: str, font: Font) -> tuple[str, Counter[str]]:
    """Replace characters that ``font`` does not have by 〓; returns the page and how often each was replaced."""
    missing = Counter(
        char
        for char in _MARKUP.sub("", html)
        if ord(char) not in font.characters and not char.isspace() and char.isprintable() and char != GETA
    )
    for char in sorted(missing):
        log.warning("the font has no %s (U+%04X): printed as %s, %d times", char, ord(char), GETA, missing[char])
    return html.translate({ord(char): GETA for char in missing}), missing


def render(html: str, *, identifier: bytes, made: dt.datetime, attachments: Sequence[Attachment] = ()) -> bytes:
    """Draw the page. ``identifier`` (16 bytes) and ``made`` stand for the content: same content, same bytes.

    Raises PrinterError, naming what to install, when Pango is not on this machine.
    """
    try:
        import weasyprint  # noqa: PLC0415 - half a second, and it needs libraries that a machine may lack
    except OSError as error:
        raise PrinterError(
            f"the libraries that draw PDF pages are missing: {error}", remedy=f"Install them.\n{_LIBRARIES}"
        ) from error
    attached = [
        weasyprint.Attachment(
            file_obj=io.BytesIO(each.content), name=each.name, description=each.description, relationship="Data",
            created=made, modified=made,
        )
        for each in attachments
    ]  # fmt: skip
    # A template that asks the network for something gets nothing: the report needs none, and says nothing to anyone.
    page = weasyprint.HTML(string=html, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols={"file", "data"}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint 70 leaves its colour profile open
        pdf: bytes = page.write_pdf(
            pdf_variant="pdf/a-3a", pdf_identifier=identifier, finisher=_finish, attachments=attached or None
        )
    return pdf


def _finish(_: Any, pdf: Any) -> None:
    """Name every attachment once (WeasyPrint 70 lists them twice), and take back the claim of conformity."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    text: bytes = metadata.stream[0]
    metadata.stream[0] = re.sub(rb"<rdf:Description[^>]* pdfaid:[^>]*/>", b"", text)
