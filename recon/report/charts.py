"""The charts of the health report, drawn by hand: figures in, SVG text out.

Each takes what it shows as plain numbers with their labels, in the order in which the sentence beside it reads them.
All ranges are computed from the numbers; none assumes that there is anything to show, that a total is positive, or
that a name is short. No library: the same bytes every time, Chinese stays text that can be searched and copied.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from recon.report.svg import (
    AMBER,
    BLUES,
    INK,
    MUTE,
    NAVY,
    RED,
    RULE,
    STEEL,
    SUB,
    TEAL,
    TINT,
    box,
    circle,
    drawing,
    fitted,
    line,
    mixed,
    number,
    path,
    text,
    width_of,
    wrapped,
)
from recon.report.words import Speaker, Unit

WIDTH = 665.0
HEALTHY, POOR = 85, 70


def sparkline(values: Sequence[int], title: str, *, color: str = NAVY, width: float = 128, height: float = 30) -> str:
    """Small line of a headline figure over the months; nothing when there is one month only."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    low, span = min(values), (max(values) - min(values)) or 1
    points = [
        (2 + i * (width - 8) / (len(values) - 1), height - 4 - (value - low) / span * (height - 8))
        for i, value in enumerate(values)
    ]
    under = [*points, (points[-1][0], height), (2.0, height)]
    inside = (
        path(under, fill=color, opacity=0.08) + path(points, stroke=color, width=1.4) + circle(*points[-1], 2.6, color)
    )
    return drawing(width, height, title, inside, kind="spark")


def gauge(score: int | None, title: str, foot: str) -> str:
    """Half circle from 0 to 100 with the marks of a poor and a healthy score; None: there was nothing to judge."""
    width, height, radius = 170.0, 112.0, 74.0
    cx, cy = width / 2, 92.0

    def arc(share: float, color: str) -> str:
        x, y = cx - radius * math.cos(math.pi * share), cy - radius * math.sin(math.pi * share)
        way = f"M{number(cx - radius)} {number(cy)} A{number(radius)} {number(radius)} 0 0 1 {number(x)} {number(y)}"
        return f'<path d="{way}" fill="none" stroke="{color}" stroke-width="13"/>'

    inside = arc(1, "#DDE4EE") + (arc(score / 100, score_color(score)) if score else "")
    for mark in (POOR, HEALTHY):
        c, s = math.cos(math.pi * mark / 100), math.sin(math.pi * mark / 100)
        inside += line(
            cx - (radius - 9) * c,
            cy - (radius - 9) * s,
            cx - (radius + 9) * c,
            cy - (radius + 9) * s,
            stroke="#FFFFFF",
            width=2,
        )
        inside += text(cx - (radius + 17) * c, cy - (radius + 15) * s + 3, str(mark), 8, fill=MUTE, anchor="middle")
    inside += text(cx, cy - 10, "–" if score is None else str(score), 44, fill=INK, anchor="middle", weight=700)
    inside += text(cx, cy + 10, foot, 9, fill=MUTE, anchor="middle")
    return drawing(width, height, title, inside)


def score_color(score: int) -> str:
    """Green when healthy, amber in between, red when poor."""
    return TEAL if score >= HEALTHY else AMBER if score >= POOR else RED


def trend(months: Sequence[tuple[str, str, int]], target_ppm: int, say: Speaker, title: str) -> str:
    """Line of a share over the months. ``months``: label, second label (a year or blank), parts per million."""
    width, height, left, right, top, bottom = WIDTH, 250.0, 44.0, 66.0, 20.0, 32.0
    inner, tall = width - left - right, height - top - bottom
    step = _nice(max([target_ppm, *(month[2] for month in months)]) * 1.12 / 4)
    ceiling = step * 4
    places = 1 if step % 1000 == 0 else 2

    def at(i: int, ppm: int) -> tuple[float, float]:
        return left + inner * (i + 0.5) / len(months), top + tall * (1 - ppm / ceiling)

    floor = at(0, 0)[1]
    inside = ""
    for tick in range(5):
        y = at(0, tick * step)[1]
        inside += line(left, y, left + inner, y, stroke=RULE if tick else "#CBD2DC", width=0.8 if tick else 1)
        inside += text(left - 8, y + 3.2, say.ppm(tick * step, places), 9, fill=MUTE, anchor="end")
    goal = at(0, target_ppm)[1]
    inside += box(left, goal, inner, floor - goal, TEAL, opacity=0.05)
    inside += line(left, goal, left + inner, goal, stroke=TEAL, width=1.1, dash="4 3")
    inside += text(left + 5, goal - 5, say("目标 ", "target ") + say.ppm(target_ppm), 9, fill=TEAL)
    points = [at(i, month[2]) for i, month in enumerate(months)]
    if len(points) > 1:
        inside += path([*points, (points[-1][0], floor), (points[0][0], floor)], fill=NAVY, opacity=0.07)
        inside += path(points, stroke=NAVY, width=2.2)
    for i, (label, second, ppm) in enumerate(months):
        x, y = points[i]
        last = i == len(months) - 1
        inside += text(
            x, height - 17, label, 9.5, fill=INK if last else SUB, anchor="middle", weight=700 if last else 400
        )
        inside += text(x, height - 4, second, 8.5, fill=MUTE, anchor="middle") if second else ""
        inside += circle(
            x, y, 5 if last else 2.8, NAVY if last else "#FFFFFF", stroke="#FFFFFF" if last else NAVY, width=1.6
        )
        if not last:
            inside += text(
                x, y - 9, say.ppm(ppm).rstrip("%"), 8.5, fill=RED if ppm > target_ppm else TEAL, anchor="middle"
            )
    x, y = points[-1]
    inside += box(x + 12, y - 12.5, 56, 22, NAVY, radius=4)
    inside += text(x + 40, y + 3, say.ppm(months[-1][2]), 12, fill="#FFFFFF", anchor="middle", weight=700)
    return drawing(width, height, title, inside)


def bars(rows: Sequence[tuple[str, str, int, int]], total: int, unit: Unit, say: Speaker, title: str) -> str:
    """Ranked bars. ``rows``: label, remark, amount in minor units, count; shares are of ``total``."""
    width, left, right, tall = WIDTH, 22.0, 138.0, 50.0
    inner, most = width - left - right, max([1, *(row[2] for row in rows)])
    inside = ""
    for i, (label, remark, minor, _) in enumerate(rows):
        y, color = i * tall + 4, BLUES[min(i, 2)]
        name = fitted(label, 220, 11)
        inside += text(0, y + 12, str(i + 1), 15, fill=color, weight=700) + text(
            left, y + 11, name, 11, fill=INK, weight=700
        )
        start = left + width_of(name, 11) * 1.04 + 10
        inside += text(start, y + 11, fitted(remark, width - start, 9), 9, fill=MUTE)
        inside += box(left, y + 19, inner, 12, TINT, radius=2) + box(
            left, y + 19, max(inner * minor / most, 1), 12, color, radius=2
        )
        inside += text(width - 50, y + 30, unit.show(minor), 13, fill=INK, anchor="end", weight=700)
        inside += text(width, y + 30, say.share(minor, total, 1), 10, anchor="end")
    return drawing(width, tall * len(rows) + 2, title, inside)


def strip(rows: Sequence[tuple[str, int]], say: Speaker, title: str) -> str:
    """One bar cut into shares. ``rows``: label, amount; those too narrow for their label stand together."""
    total = sum(row[1] for row in rows) or 1
    shown: list[tuple[str, int]] = []
    for label, minor in rows[:5]:
        if WIDTH * minor / total < max(width_of(label, 9) + 8, 44):
            break
        shown.append((label, minor))
    rest = sum(row[1] for row in rows) - sum(row[1] for row in shown)
    if rest:
        shown.append((say("其他", "Other") if shown else say("各类", "All"), rest))
    x, inside = 0.0, ""
    for i, (label, minor) in enumerate(shown):
        wide = WIDTH * minor / total
        is_rest = bool(rest) and i == len(shown) - 1
        inside += box(x, 0, wide - 1.5, 22, BLUES[5 if is_rest else i])
        if wide > 36:  # noqa: PLR2004 - narrower than its own label
            inside += text(x + 6, 15, say.share(minor, total, 1), 9.5, fill="#FFFFFF" if i < 3 and not is_rest else INK)  # noqa: PLR2004
        inside += text(x, 37, fitted(label, max(wide - 4, 24), 9), 9)
        x += wide
    return drawing(WIDTH, 42, title, inside)


def waterfall(columns: Sequence[tuple[str, int, bool, str]], title: str, *, height: float = 236) -> tuple[str, bool]:
    """Draw the bridge. ``columns``: label, amount, is_total, printed amount. Returns it and whether its axis is cut."""
    width, top = WIDTH, 30.0
    levels, run = [], 0
    for _, minor, is_total, _ in columns:
        start = 0 if is_total else run
        run = minor if is_total else run + minor
        levels.append((start, run))
    ends = [end for _, end in levels]
    low, high = min(0, *ends), max(0, *ends)
    bottom = 58.0 if low < 0 else 42.0  # below zero the amounts stand under their columns
    cut = min(ends) > 0 and min(ends) > 0.6 * high
    floor = min(ends) - (high - min(ends)) * 0.8 - high * 0.01 if cut else low
    span = (high - floor) or 1
    wide = width / len(columns)
    thick = min(wide * 0.6, 46.0)

    def y_of(level: float) -> float:
        return top + (height - top - bottom) * (1 - (max(level, floor) - floor) / span)

    base = y_of(max(floor, 0)) if not cut else height - bottom
    inside = line(0, base, width, base, stroke="#CBD2DC")
    for i, ((label, minor, is_total, shown), (start, end)) in enumerate(zip(columns, levels, strict=True)):
        x = i * wide + (wide - thick) / 2
        first, second = y_of(start if not is_total else max(floor, 0) if not cut else floor), y_of(end)
        upper, lower = min(first, second), max(first, second)
        color = NAVY if is_total else TEAL if minor > 0 else STEEL
        inside += box(x, upper, thick, max(lower - upper, 1.2), color, radius=1.5)
        sign = "" if is_total else "+" if minor > 0 else ""
        above = is_total or minor > 0
        place = upper - 6 if above and not (is_total and minor < 0) else lower + 13
        if not above and (lower + 13 > height - bottom + 2 or lower + 2 < base < lower + 16):
            place = upper - 6  # below it stands the column's name, or the axis runs through it
        inside += text(
            x + thick / 2, place, sign + shown, _size(sign + shown, wide, 10.5 if is_total else 9.2),
            fill=INK if is_total else color, anchor="middle", weight=700 if is_total else 400,
        )  # fmt: skip
        for row, part in enumerate(wrapped(label, wide - 4, 8.8)):
            inside += text(
                x + thick / 2, height - 26 + row * 12, part, 8.8,
                fill=INK if is_total else SUB, anchor="middle", weight=700 if is_total else 400,
            )  # fmt: skip
        if i + 1 < len(columns):
            inside += line(x + thick, y_of(end), x + wide, y_of(end), stroke="#AEB8C6", width=0.8, dash="2 2")
        if is_total and cut:
            y = height - bottom - 12
            waves = [(x + thick * k / 4, y + (3 if k % 2 == 0 else -3)) for k in range(5)]
            inside += path(waves, stroke="#FFFFFF", width=3)
    return drawing(width, height, title, inside), cut


def _row_name(name: str, middle: float, width: float, lines: int) -> str:
    """Name of a row, around the height ``middle``: a long one small and on several lines, so that two stay apart."""
    if width_of(name, 10) <= width:
        return text(0, middle + 3.5, name, 10, fill=INK)
    parts = wrapped(name, width, 7.6, lines)
    first = middle + 2.7 - 4.3 * (len(parts) - 1)
    return "".join(text(0, first + 8.6 * place, part, 7.6, fill=INK) for place, part in enumerate(parts))


def ranking(rows: Sequence[tuple[str, int, int | None]], target_ppm: int, say: Speaker, title: str) -> str:
    """Accuracy of each channel against the target: solid now, hollow before. ``rows``: name, ppm, ppm before."""
    width, left, right, top, tall = 320.0, 84.0, 50.0, 22.0, 32.0 if len(rows) < 9 else 24.0  # noqa: PLR2004
    inner = width - left - right
    values = [target_ppm, *(row[1] for row in rows), *(row[2] for row in rows if row[2] is not None)]
    step = _nice((1_000_000 - min(values)) * 1.1 / 4)
    low = max(0, 1_000_000 - step * 4)
    height = top + tall * max(len(rows), 1) + 20

    def x_of(ppm: int) -> float:
        return left + inner * (max(ppm, low) - low) / (1_000_000 - low)

    inside = ""
    places = 1 if step % 1000 == 0 else 2
    for tick in range(5):
        ppm = 1_000_000 - tick * step
        if ppm >= low and tick % 2 == 0:
            inside += line(x_of(ppm), top - 4, x_of(ppm), height - 20, width=0.8)
            inside += text(x_of(ppm), height - 7, say.ppm(ppm, places if tick else 0), 8.2, fill=MUTE, anchor="middle")
    goal = x_of(target_ppm)
    inside += line(goal, top - 6, goal, height - 20, stroke=TEAL, width=1.1, dash="3 2")
    inside += text(goal, top - 10, say("目标 ", "target ") + say.ppm(target_ppm, 1), 8.5, fill=TEAL, anchor="middle")
    for i, (name, ppm, before) in enumerate(rows):
        y, color = top + tall * i + tall / 2, NAVY if ppm >= target_ppm else RED
        inside += _row_name(name, y, left - 8, 2)
        inside += line(left, y, left + inner, y, stroke="#EEF1F5", width=0.8)
        if before is not None:
            inside += line(x_of(before), y, x_of(ppm), y, stroke=color, width=2.4)
            inside += circle(x_of(before), y, 3.6, "#FFFFFF", stroke=MUTE, width=1.3)
        inside += circle(x_of(ppm), y, 5, color)
        inside += text(width, y + 3.5, say.ppm(ppm), 10, fill=color, anchor="end", weight=700)
    return drawing(width, height, title, inside)


def heatmap(
    rows: Sequence[str], columns: Sequence[str], amounts: Sequence[Sequence[int]], counts: Sequence[Sequence[int]],
    unit: Unit, say: Speaker, title: str,
) -> str:  # fmt: skip
    """Channel x cause. ``amounts`` (minor units) colour the fields, ``counts`` stand below; totals at the ends."""
    left, right, tall = 84.0, 66.0, 38.0 if len(rows) < 9 else 30.0  # noqa: PLR2004
    wide = (WIDTH - left - right) / max(len(columns), 1)
    heads = [wrapped(column, wide - 3, 8.8, 3) for column in columns]
    top = 18.0 + 11 * max([1, *map(len, heads)])
    most = max([1, *(value for row in amounts for value in row)])
    height = top + tall * (len(rows) + 1) + 2
    inside = ""
    for j, lines in enumerate(heads):
        for k, part in enumerate(lines):
            y = top - 10 - 11 * (len(lines) - 1 - k)
            inside += text(left + wide * (j + 0.5), y, part, 8.8, anchor="middle")
    inside += text(WIDTH, top - 10, say("合计", "Total"), 9.5, anchor="end")
    for i, name in enumerate(rows):
        y = top + i * tall
        inside += _row_name(name, y + tall / 2, left - 8, 3)
        for j in range(len(columns)):
            value, share = amounts[i][j], (amounts[i][j] / most) ** 0.6
            x, ground = left + wide * j, "#FAFBFC"
            if counts[i][j]:
                ground = mixed("#EDF1F7", NAVY, share)
            inside += box(x + 1, y + 1, wide - 2, tall - 2, ground, radius=2)
            dark = share > 0.4  # noqa: PLR2004 - white text from here on
            ink = "#FFFFFF" if dark else INK if counts[i][j] else MUTE
            shown = unit.show(value) if counts[i][j] else "–"
            inside += text(
                x + wide / 2,
                y + tall / 2 + (0.5 if counts[i][j] else 3.7),
                shown,
                _size(shown, wide, 10),
                fill=ink,
                anchor="middle",
            )
            if counts[i][j]:
                small = say(f"{say.count(counts[i][j])} 笔", say.count(counts[i][j]))
                inside += text(
                    x + wide / 2, y + tall / 2 + 11, small, 7.4, fill="#DCE4EF" if dark else SUB, anchor="middle"
                )
        shown = unit.show(sum(amounts[i]))
        inside += text(WIDTH, y + tall / 2 + 3.7, shown, _size(shown, right, 10.5), fill=INK, anchor="end", weight=700)
    y = top + len(rows) * tall
    inside += line(0, y + 2, WIDTH, y + 2, stroke="#AEB8C6", width=0.8) + text(
        0, y + tall / 2 + 5, say("合计", "Total"), 10
    )
    for j in range(len(columns)):
        shown = unit.show(sum(row[j] for row in amounts))
        inside += text(
            left + wide * (j + 0.5), y + tall / 2 + 5, shown, _size(shown, wide, 10.5), fill=INK, anchor="middle"
        )
    shown = unit.show(sum(sum(row) for row in amounts))
    inside += text(WIDTH, y + tall / 2 + 5, shown, _size(shown, right, 11.5), fill=INK, anchor="end", weight=700)
    return drawing(WIDTH, height, title, inside)


def columns(rows: Sequence[tuple[str, str, int, bool]], unit: Unit, title: str) -> str:
    """Age classes as columns. ``rows``: label, second label, amount, is_old (drawn in a warning colour)."""
    width, height, top, bottom = WIDTH, 190.0, 24.0, 40.0
    tall, wide = height - top - bottom, width / max(len(rows), 1)
    most = max([1, *(row[2] for row in rows)])
    inside = line(0, height - bottom, width, height - bottom, stroke="#CBD2DC")
    for i, (label, second, minor, is_old) in enumerate(rows):
        thick = wide * 0.44
        x, y = i * wide + (wide - thick) / 2, top + tall * (1 - minor / most)
        color = (AMBER if i < len(rows) - 1 else RED) if is_old else BLUES[min(i, 2)]
        if minor:
            inside += box(x, min(y, height - bottom - 1.5), thick, max(height - bottom - y, 1.5), color, radius=1.5)
            inside += text(
                x + thick / 2, y - 6, unit.show(minor), 11.5, fill=color if is_old else INK, anchor="middle", weight=700
            )
        inside += text(i * wide + wide / 2, height - bottom + 15, label, 9.5, fill=INK, anchor="middle")
        inside += text(i * wide + wide / 2, height - bottom + 28, second, 8.5, fill=MUTE, anchor="middle")
    return drawing(width, height, title, inside)


def _size(content: str, width: float, size: float) -> float:
    """Type size at which ``content`` fits into ``width``, at most ``size``."""
    wide = width_of(content, size)
    return size if wide <= width - 3 else max(size * (width - 3) / wide, 5.5)


def _nice(step: float) -> int:
    """Smallest of 1, 2, 2.5, 5 times a power of ten (in ppm, at least 50) that is not below ``step``."""
    power = 10.0 ** math.floor(math.log10(max(step, 50.0)))
    for factor in (1, 2, 2.5, 5, 10):
        if factor * power >= step:
            return max(50, round(factor * power))
    return round(10 * power)
