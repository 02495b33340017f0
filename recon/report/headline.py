"""The health report in a few lines: a mail's subject and text, and a message into a WeCom group.

    【对账健康度报告】云杉家居 2026-02：86 分，差异 31 笔

    对账状况健康：差异率 0.27%，优于目标 0.30%；...
    健康度 86 分；差异 31 笔，CNY 8,342.65；...
    主要原因
    1. 渠道资金 · 结算未到账 ...

Everything said comes from the same tree of figures as the report; names and numbers of customers are not in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

from recon.report import sentences
from recon.report.figures import Figures
from recon.report.settings import Settings
from recon.report.words import Speaker

TOP: Final = 3
"""Causes that are named."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said of one month where the report itself does not fit."""

    subject: str
    text: str
    markdown: str


def notice(figures: Figures, settings: Settings, *, document: str) -> Notice:
    """Return the notice of a month; ``document`` is the file name of the report."""
    say = Speaker(settings.language)
    verdict = _plain(sentences.verdict(figures, settings, say))
    facts, causes = _facts(figures, say), _causes(figures, say)
    title = say("对账健康度报告", "Reconciliation health report")
    whose = " ".join(part for part in (settings.merchant, figures.period) if part)
    score = say(f"{figures.score} 分，差异 {figures.breaks} 笔", f"score {figures.score}, {figures.breaks} differences")
    head = say("主要原因", "Main causes")
    subject = say(f"【{title}】{whose}：{score}", f"{title} {whose}: {score}")
    lines = [verdict, "", *(f"{name}{say('：', ': ')}{value}" for name, value in facts)]
    if causes:
        lines += ["", head, *(f"{place}. {cause}" for place, cause in enumerate(causes, start=1))]
    lines += ["", say(f"全文见附件 {document}。", f"The report is attached: {document}.")]
    marked = [
        f"**{title}** {whose}",
        f"> {verdict}",
        "",
        *(f"{name}{say('：', ': ')}**{value}**" for name, value in facts),
    ]
    if causes:
        marked += ["", f"**{head}**", *(f"{place}. {cause}" for place, cause in enumerate(causes, start=1))]
    return Notice(subject, "\n".join(lines) + "\n", "\n".join(marked))


def _facts(figures: Figures, say: Speaker) -> list[tuple[str, str]]:
    base = figures.base_currency
    return [
        (say("健康度", "Health score"), say(f"{figures.score} 分", f"{figures.score} of 100")),
        (say("差异率", "Difference rate"), say.share(figures.rate.part, figures.rate.whole)),
        (say("差异", "Differences"), f"{figures.breaks} / {say.money(figures.break_base_minor, base)}"),
        (say("时间性差异", "Timing items"), str(figures.timing_count)),
        (say("未解释", "Unexplained"), say.money(figures.unexplained_base_minor, base)),
    ]


def _causes(figures: Figures, say: Speaker) -> list[str]:
    return [
        say(
            f"{_plain(say.cause(cause.leg, cause.code))}：{cause.count} 笔，"
            f"{say.money(cause.base_minor, figures.base_currency)}，主要在{_plain(say.channel(cause.channel))}",
            f"{_plain(say.cause(cause.leg, cause.code))}: {cause.count}, "
            f"{say.money(cause.base_minor, figures.base_currency)}, mostly {_plain(say.channel(cause.channel))}",
        )
        for cause in figures.causes[:TOP]
    ]


def _plain(text: str) -> str:
    """Sentence without the report's marks."""
    return unescape(re.sub(r"<[^>]+>", "", text))
