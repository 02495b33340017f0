"""The font: there and good for every character of the page, or the report says what is wrong."""

from __future__ import annotations

import pytest

from recon.report import FontError, pages


def test_the_package_brings_a_font_with_two_weights_and_all_of_gbk() -> None:
    font = pages.find_font()
    assert font.css.count("@font-face") == 2
    lacking = {
        char
        for lead in range(0xB0, 0xF8)
        for trail in range(0xA1, 0xFF)
        for char in bytes([lead, trail]).decode("gbk", "ignore")
        if ord(char) not in font.characters
    }
    assert {char for char in lacking if char >= "\u4e00" and char <= "\u9fff"} == set()
    assert ord("镕") in font.characters
    assert ord("¥") in font.characters


def test_without_any_chinese_font_the_report_is_refused_with_the_remedy(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pages, "SYSTEM", ())
    with pytest.raises(FontError) as caught:
        pages.find_font(tmp_path)
    assert caught.value.exit_code == 2
    assert "it would show boxes" in caught.value.text()
    assert "apt-get install fonts-noto-cjk" in caught.value.text()


def test_a_font_that_fontconfig_answers_with_for_want_of_a_better_one_is_not_taken() -> None:
    assert pages._installed("No Such Font SC") is None


def test_a_character_outside_the_font_is_replaced_logged_and_counted(caplog) -> None:
    html, missing = pages.printable("<p title='x'>𠮷野家与𠮷祥</p><style>.𠮷{}</style>", pages.find_font())
    assert html.startswith("<p title='x'>〓野家与〓祥</p>")
    assert missing == {"𠮷": 2}
    assert "U+20BB7" in caplog.text
    assert "2 times" in caplog.text


def test_ordinary_text_is_left_as_it_is() -> None:
    text = "<p>对账健康度报告：差异率 0.30% ▲▼ − “引号” ≤ ≥ × ÷ ·</p>"
    assert pages.printable(text, pages.find_font()) == (text, {})
