"""Pieces of SVG that WeasyPrint draws right: lines, boxes, circles, paths and text, nothing else.

One unit is one CSS pixel. Coordinates are rounded to hundredths, so the same figures give the same bytes. The ``title``
of a drawing becomes its alternative text in the PDF. Text is fitted by an estimate of its width (:func:`width_of`),
which is within 3 % for Noto Sans SC.
"""

from __future__ import annotations

from html import escape
from typing import Final, Literal

INK, SUB, MUTE, RULE, TINT = "#14253D", "#475467", "#8A94A6", "#E4E8EE", "#F4F6F9"
NAVY, TEAL, RED, AMBER, STEEL = "#1D3F6E", "#0E7C6B", "#B5382A", "#C77A12", "#6B7FA0"
BLUES: Final = (NAVY, "#3E659B", "#7292BF", "#A9BDD8", "#C9D5E6", "#DFE6F0")

Anchor = Literal["start", "middle", "end"]
_CJK: Final = 0x2E7F


def width_of(text: str, size: float) -> float:
    """Estimate how wide ``text`` is printed at ``size``."""
    total = 0.0
    for char in text:
        if ord(char) > _CJK:
            total += 1
        elif char in " ,.:;|il()'":
            total += 0.3
        else:
            total += 0.9 if char in "%mWMw" else 0.58
    return total * size


def fitted(text: str, width: float, size: float) -> str:
    """Shorten ``text`` with an ellipsis so that it is no wider than ``width``."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, width: float, size: float, lines: int = 2) -> list[str]:
    """Break ``text`` into at most ``lines`` lines of ``width``; the last one is shortened. Latin words stay whole."""
    result: list[str] = []
    rest = text
    while rest and len(result) < lines - 1 and width_of(rest, size) > width:
        cut = len(rest)
        while cut > 1 and width_of(rest[:cut], size) > width:
            cut -= 1
        seam = max(rest.rfind(" ", 0, cut + 1), rest.rfind("（", 0, cut))
        if seam > 0:
            cut = seam
        result.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*result, fitted(rest, width, size)] if rest else result


def number(value: float) -> str:
    """Print a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if round(value, 2) else "0"


def text(
    x: float, y: float, content: str, size: float = 9.5, *, fill: str = SUB, anchor: Anchor = "start", weight: int = 400
) -> str:
    """One line of text."""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" fill="{fill}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(content)}</text>'
    )


def box(x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0, opacity: float = 1) -> str:
    """Filled rectangle; negative sizes are nothing."""
    faint = f' fill-opacity="{number(opacity)}"' if opacity < 1 else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}" height="{number(max(height, 0))}" '
        f'fill="{fill}" rx="{number(radius)}"{faint}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = RULE, width: float = 1, dash: str = "") -> str:
    """Straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" stroke="{stroke}" '
        f'stroke-width="{number(width)}"{dashed}/>'
    )


def circle(x: float, y: float, radius: float, fill: str, *, stroke: str = "none", width: float = 0) -> str:
    """Circle."""
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="{number(width)}"/>'
    )


def path(
    points: list[tuple[float, float]], *, stroke: str = "none", fill: str = "none", width: float = 1, opacity: float = 1
) -> str:
    """Polygon line through ``points``."""
    way = " L".join(f"{number(x)} {number(y)}" for x, y in points)
    faint = f' fill-opacity="{number(opacity)}"' if opacity < 1 else ""
    return (
        f'<path d="M{way}" fill="{fill}"{faint} stroke="{stroke}" stroke-width="{number(width)}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def drawing(width: float, height: float, title: str, content: str, *, kind: str = "chart") -> str:
    """Put pieces into one SVG element with an alternative text."""
    return (
        f'<svg class="{kind}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
        f'width="{number(width)}" height="{number(height)}" font-family="Noto Sans SC" role="img">'
        f"<title>{escape(title)}</title>{content}</svg>"
    )


def mixed(first: str, second: str, share: float) -> str:
    """Colour between two ``#RRGGBB`` colours; ``share`` 0 is the first."""
    pairs = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
