"""The report in a few lines: what a mail and a message into a group say of the month."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

from recon import report
from recon.report import Settings, compute, notice
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")


@pytest.mark.usefixtures("february")
def test_a_notice_has_the_headline_the_figures_and_the_three_main_causes(store) -> None:
    settings = Settings(merchant="云杉家居")
    figures = compute(store, settings, period="2026-02", as_of_s=AS_OF)
    said = notice(figures, settings, document="对账健康度报告-2026-02.pdf")
    assert said.subject == f"【对账健康度报告】云杉家居 2026-02：{figures.score} 分，差异 {figures.breaks} 笔"
    lines = said.text.splitlines()
    place = lines.index("主要原因")
    causes = lines[place + 1 : place + 4]
    assert causes == [
        "1. 渠道无此交易：1 笔，80.00 元，主要在支付宝",
        "2. 掉单：1 笔，50.00 元，主要在微信支付",
        "3. 结算未到账：1 笔，49.70 元，主要在微信支付",
    ]
    assert all(cause in said.markdown for cause in causes)
    assert said.markdown.splitlines()[0] == "**对账健康度报告** 云杉家居 2026-02"
    assert "<" not in said.text
    assert len(said.markdown.encode()) < 4096


@pytest.mark.usefixtures("february")
def test_a_notice_in_english_has_no_chinese_but_the_merchants_name(store) -> None:
    settings = Settings(merchant="Spruce", language="en")
    said = notice(compute(store, settings, period="2026-02", as_of_s=AS_OF), settings, document="health.pdf")
    whole = said.subject + said.text + said.markdown
    assert [letter for letter in whole if "\u4e00" <= letter <= "\u9fff"] == []
    assert "3. Payout missing: 1, CNY 49.70, mostly WeChat Pay" in said.text


def test_a_month_with_nothing_in_it_has_a_notice_too(store) -> None:
    settings = Settings()
    said = notice(compute(store, settings, period="2026-02", as_of_s=AS_OF), settings, document="x.pdf")
    assert "主要原因" not in said.text
    assert said.subject.startswith("【对账健康度报告】2026-02：")


def test_no_module_takes_the_place_of_what_the_package_offers() -> None:
    code = (
        "from recon import report; from recon.report import computing, headline; report.Notice; report.metrics; print("
    )
    code += "[name for name in report.__all__ if type(getattr(report, name)).__name__ == 'module'])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
    modules = {module.name for module in pkgutil.iter_modules(report.__path__)}
    assert modules & set(report.__all__) == set()
