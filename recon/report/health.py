"""《对账健康度报告》: the monthly PDF for the CFO.

Figures become words and charts here and a page in ``reports/templates/health.html.j2`` (structure) and ``health.css``
(looks), which an accountant may restyle; a merchant's own copies are named by ``Settings.templates``. The template gets
the records themselves (``figures``, ``proposals``), the speaker (``say``), the charts as SVG and the sentences.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

import recon
from recon import money, times
from recon.errors import UsageError
from recon.report import charts, exhibits, pages, sentences
from recon.report.figures import Figures, History, Share
from recon.report.settings import Settings
from recon.report.svg import NAVY, TEAL
from recon.report.vouchers import Proposals
from recon.report.words import SHIPPING, Speaker


def render(
    figures: Figures, proposals: Proposals, settings: Settings, attachments: Sequence[pages.Attachment] = ()
) -> bytes:
    """Return the PDF. Raises FontError or PrinterError where it cannot be printed, UsageError without a template."""
    font = pages.find_font(settings.fonts)
    html = page(figures, proposals, settings, css=font.css, attachments=[each.name for each in attachments])
    printable, missing = pages.printable(html, font)
    if missing:
        note = Speaker(settings.language)(
            f"有 {sum(missing.values())} 处字符不在字库中，以 {pages.GETA} 代替。",
            f"{sum(missing.values())} characters are not in the font and are shown as {pages.GETA}.",
        )
        printable = printable.replace("<!-- missing characters -->", note)
    made = dt.datetime.fromtimestamp(figures.as_of_s, tz=dt.UTC)
    identifier = hashlib.sha256(printable.encode()).digest()[:16]
    return pages.render(printable, identifier=identifier, made=made, attachments=attachments)


def page(
    figures: Figures, proposals: Proposals, settings: Settings, *, css: str = "", attachments: Sequence[str] = ()
) -> str:
    """Return the report as HTML; the fonts are declared by ``css``."""
    folder = templates(settings)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    say = Speaker(settings.language)
    made = dt.datetime.fromtimestamp(figures.as_of_s, tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return environment.get_template(
        "health.html.j2"
    ).render(
        **exhibits.drawn(figures, settings, say),
        **_said(figures, proposals, settings, say),
        figures=figures,
        proposals=proposals,
        settings=settings,
        say=say,
        css=Markup(css + (folder / "health.css").read_text(encoding="utf-8")),  # noqa: S704 - our own files
        stamp=made,
        as_of=times.show_moment(figures.as_of_s, settings.zone)[:16],
        fingerprint=hashlib.sha256(figures.to_json().encode()).hexdigest()[:12],
        version=recon.__version__,
        bridges=[(found, exhibits.table(found, say)) for found in figures.bridges],
        attachments=list(attachments),
        shown_vouchers=proposals.vouchers[:8],
        shown_skipped=proposals.skipped[:5],
        shown_timing=figures.timing[:12],
        rate_text=money.show_rate,
        shipping_names=SHIPPING,
        places={step.code: found.currency for found in reversed(figures.bridges) for step in found.steps if step.code},
    )


def templates(settings: Settings, name: str = "health.html.j2") -> Path:
    """Find the folder of the template: the merchant's own, the installed package's, or the checkout's.

    A merchant's own folder may hold the health report alone; the explorer is then the program's.
    """
    package = Path(str(files("recon")))
    ours = [package / "_templates", package.parent / "reports" / "templates"]
    own = [settings.templates] if settings.templates else []
    choices = own if own and name == "health.html.j2" else [*own, *ours]
    for folder in choices:
        if (folder / name).is_file():
            return folder
    raise UsageError(
        f"the report's template {name} was not found",
        place=", ".join(str(folder) for folder in choices),
        remedy="Install recon again, or name the folder of your own template in recon.toml.",
    )


def _said(figures: Figures, proposals: Proposals, settings: Settings, say: Speaker) -> dict[str, Any]:
    text = {
        "verdict": sentences.verdict(figures, settings, say),
        "n_trend": sentences.trend(figures, settings, say),
        "n_causes": sentences.causes(figures, say),
        "n_bridge": sentences.bridge(figures, say),
        "n_channels": sentences.channels(figures, settings, say),
        "n_heat": sentences.heat(figures, say),
        "n_ages": sentences.ages(figures, say),
        "n_largest": sentences.largest(figures, say),
        "n_proof": sentences.proof(figures, say),
        "n_vouchers": sentences.vouchers(proposals, say),
        "n_shipping": sentences.shipping(figures, say),
    }
    result: dict[str, Any] = {name: Markup(value) for name, value in text.items()}  # noqa: S704 - sentences escape names
    result["points"] = [Markup(point) for point in sentences.three_points(figures, proposals, say)]  # noqa: S704
    result["kpis"] = [_kpi(kpi, figures, say) for kpi in figures.kpis]
    result["parts"] = [(_PARTS[part.key], part) for part in figures.parts]
    result["scorecard"] = _scorecard(figures, settings, say)
    return result


_PARTS: Final = {
    "match": ("自动匹配", "Auto-match"),
    "rate": ("差异率", "Difference rate"),
    "unexplained": ("可解释度", "Explained"),
    "payout": ("到账及时", "Payouts on time"),
}
_KPIS: Final[dict[str, tuple[str, str, bool | None]]] = {
    "order_base": ("订单净额", "Orders, net", None),
    "bank_base": ("渠道来款", "Bank receipts", None),
    "rate": ("差异率", "Difference rate", False),
    "break_base": ("差异金额", "Money in differences", False),
    "match": ("自动匹配率", "Auto-match rate", True),
    "residual_base": ("未解释余额", "Unexplained residual", False),
}


def _kpi(kpi: History, figures: Figures, say: Speaker) -> dict[str, str]:
    zh, en, more_is_good = _KPIS[kpi.key]
    is_share = kpi.key in ("rate", "match")
    delta, tone = sentences.change(kpi, say, more_is_good=more_is_good, is_share=is_share)
    whole = {"rate": figures.rate.whole, "match": figures.match.whole}.get(kpi.key, 1)
    if not whole:
        value, unit = "–", ""
    elif is_share:
        value, unit = say.ppm(kpi.now).rstrip("%"), "%"
    else:
        scale = say.unit(kpi.now, figures.base_currency)
        value, unit = scale.show(kpi.now) + scale.suffix, scale.name
    if kpi.key == "break_base":
        unit += say(f" · {say.count(figures.breaks)} 笔", f" · {say.count(figures.breaks)}")
    color = NAVY if more_is_good is None else TEAL
    title = say(f"{zh}近 {len(kpi.values)} 期走势", f"{en}, {len(kpi.values)} periods")
    return {
        "label": say(zh, en),
        "second": en if say.language == "zh" else "",
        "value": value,
        "unit": unit,
        "delta": delta,
        "tone": tone,
        "spark": Markup(charts.sparkline(kpi.values, title, color=color)),  # noqa: S704 - drawn here
    }


def _scorecard(figures: Figures, settings: Settings, say: Speaker) -> list[tuple[str, str, str, str, str, str]]:
    """Rows of figure, now, before, target, tone, judgement."""
    met = sum(channel.accuracy.ppm >= settings.target_accuracy_ppm for channel in figures.channels)
    channels = len(figures.channels)
    parts = {part.key: part.share for part in figures.parts}
    late, unexplained = parts["payout"], parts["unexplained"]
    rows = [
        _judged(figures.kpi("rate"), figures.rate, ("差异率", "Difference rate"), ("≤", settings.target_rate_ppm), say),
        _judged(
            figures.kpi("match"),
            figures.match,
            ("自动匹配率", "Auto-match rate"),
            ("≥", settings.target_match_ppm),
            say,
        ),
        (
            say("未解释金额占差异", "Unexplained, of all differences"),
            say.ppm(unexplained.ppm),
            "–",
            "≤ " + say.ppm(settings.target_unexplained_ppm),
            unexplained.ppm <= settings.target_unexplained_ppm,
        ),
        (
            say("按期足额到账的结算批次", "Batches paid in full on time"),
            f"{late.whole - late.part} / {late.whole}",
            "–",
            f"{late.whole} / {late.whole}",
            not late.part,
        ),
        (
            say("准确率达标渠道", "Channels that meet the target"),
            f"{met} / {channels}",
            "–",
            f"{channels} / {channels}",
            met == channels,
        ),
    ]
    if not figures.rate.whole:
        return [(row[0], "–", "–", row[3] if "/" not in row[3] else "–", "n", say("不作判断", "none")) for row in rows]
    return [
        (*row[:4], "" if row[4] else "b", say("达标", "met") if row[4] else say("未达标", "missed")) for row in rows
    ]


def _judged(
    kpi: History, share: Share, name: tuple[str, str], target: tuple[str, int], say: Speaker
) -> tuple[str, str, str, str, bool]:
    """Row of a share with a target that it should not exceed (≤) or fall short of (≥)."""
    sign, goal = target
    now = say.ppm(kpi.now) if share.whole else "–"
    before = "–" if kpi.before is None else say.ppm(kpi.before)
    is_met = not share.whole or (kpi.now <= goal if sign == "≤" else kpi.now >= goal)
    return say(*name), now, before, f"{sign} {say.ppm(goal)}", is_met
