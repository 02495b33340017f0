"""The font: there and good for every character of the page, or the report says what is wrong."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from typing import Final

import pypdf
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


PRINTS: Final = """
import socket, sys
def refuse(*_, **__):
    raise OSError("there is no network")
socket.socket.connect = socket.getaddrinfo = refuse
from pathlib import Path
from recon.report import Settings, build
from recon.store import open_store
from recon.times import parse_moment
with open_store(None) as store:
    build(store, Settings(merchant="云杉家居"), period="2026-02", as_of_s=parse_moment("2026-03-02T10:00:00+08:00"),
          out=Path(sys.argv[1]), only="health")
"""


@pytest.mark.slow
def test_a_machine_without_any_font_and_without_a_network_prints_the_same_bytes(tmp_path) -> None:
    bare = tmp_path / "fonts.conf"
    bare.write_text(f"<fontconfig><cachedir>{tmp_path}/cache</cachedir></fontconfig>", encoding="utf-8")
    printed = []
    for name, more in (("here", {}), ("bare", {"FONTCONFIG_FILE": str(bare), "HOME": str(tmp_path)})):
        subprocess.run([sys.executable, "-c", PRINTS, tmp_path / name], check=True, env={**os.environ, **more})
        (path,) = (tmp_path / name).iterdir()
        printed.append(path.read_bytes())
    if shutil.which("fc-list"):
        environment = {**os.environ, "FONTCONFIG_FILE": str(bare)}
        asked = subprocess.run(["fc-list"], check=True, capture_output=True, text=True, env=environment)
        assert asked.stdout == ""
    assert printed[0] == printed[1]
    fonts = {
        str(font["/BaseFont"]).partition("+")[2]: font["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"]
        for sheet in pypdf.PdfReader(io.BytesIO(printed[1])).pages
        for font in sheet["/Resources"]["/Font"].values()
    }
    assert len(fonts) == 2
    assert sum("Bold" in name for name in fonts) == 1
