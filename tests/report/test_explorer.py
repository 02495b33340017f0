"""The explorer as a file: what its data say, what it may do, and that nothing in it comes out as markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib

import pytest

from recon.errors import UsageError
from recon.report import Settings, build, explorer
from recon.store import Store
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
SETTINGS = Settings(merchant="云杉家居")
HOSTILE = "</script><img src=x onerror=alert(1)>\"'{{7*7}}"


@pytest.fixture
def html(store: Store, tmp_path):
    """Return what writes the explorer of the store's February and returns its text."""

    def write(language: str = "zh", settings: Settings = SETTINGS) -> str:
        (path,) = build(
            store, settings, period="2026-02", as_of_s=AS_OF, out=tmp_path, only="explorer", language=language
        )
        assert path.name == "explorer-2026-02.html"
        return path.read_text(encoding="utf-8")

    return write


def unpacked(html: str) -> tuple[dict, list[list]]:
    """Return the head and the dossiers of a page."""
    blocks = re.findall(r'<script type="application/vnd\.recon\.\w+" id="[\w-]+">([\w+/=]*)</script>', html)
    head, *pieces = (json.loads(zlib.decompress(base64.b64decode(block), -15)) for block in blocks)
    return head, [dossier for piece in pieces for dossier in piece]


@pytest.mark.usefixtures("february")
def test_the_list_has_every_difference_with_its_amounts_in_minor_units(html) -> None:
    head, dossiers = unpacked(html())
    assert len(head["id"]) == len(dossiers) == 5
    rows = {
        head["causes"][cause][1]: (head["channels"][channel][0], left, right, delta)
        for cause, channel, left, right, delta in zip(
            head["cause"], head["channel"], head["left"], head["right"], head["delta"], strict=True
        )
    }
    assert rows == {
        "PAYOUT_IN_TRANSIT": ("unionpay", 700, None, 700),
        "CHANNEL_MISSING": ("alipay", 8_000, None, 8_000),
        "ORDER_MISSING": ("wechat", None, 5_000, -5_000),
        "PAYOUT_MISSING": ("wechat", 4_970, None, 4_970),
        "CROSS_DAY": ("unionpay", None, None, 0),
    }
    assert head["currencies"] == [["CNY", 2]]


@pytest.mark.usefixtures("february")
def test_a_dossier_has_the_sentence_the_evidence_and_the_timeline(books, html) -> None:
    books.run("UPDATE diff.difference SET order_no = 'U1' WHERE code = 'CROSS_DAY'")
    head, dossiers = unpacked(html())
    place = next(i for i, cause in enumerate(head["cause"]) if head["causes"][cause][1] == "CROSS_DAY")
    because, evidence, also, linked, decisions, records, left, right, events, more = dossiers[place]
    assert because == "原因 CROSS_DAY"
    assert [(head["files"][file], line) for file, line in evidence] == [("books.csv", "1")]
    assert (also, linked, decisions, left, right, more) == ([], [], [], 0, 0, 0)
    assert [(record[0], record[1], record[3]) for record in records] == [(0, "payment", "3000"), (1, "payment", "3000")]
    assert [(event[0], event[1], event[5]) for event in events] == [
        ("2026-02-28", "order", "3000"),
        ("2026-03-01", "channel", "3000"),
    ]


@pytest.mark.usefixtures("february")
def test_cleared_differences_are_not_listed(books, html) -> None:
    books.run("UPDATE diff.difference SET state = 'cleared' WHERE code = 'CROSS_DAY'")
    head, _ = unpacked(html())
    assert len(head["id"]) == 4


@pytest.mark.usefixtures("february")
def test_the_policy_allows_the_two_blocks_of_the_page_and_nothing_else(html) -> None:
    page = html()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#39;", "'").split(";"))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)

    def stated(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert rules == {
        "default-src": "'none'",
        "script-src": stated(script),
        "style-src": stated(style),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"https?:|//|@import|url\(|\ssrc=|\son\w+=|\sstyle=", markup)


def test_texts_from_files_do_not_appear_as_markup(books, html) -> None:
    order = books.txn("order", "payment", 100, "02-02", order_no=HOSTILE, merchant_no=HOSTILE, memo=HOSTILE)
    books.difference(
        "CHANNEL_MISSING", "order_channel", 100, "02-02", members={order: "left"}, channel=HOSTILE, order_no=HOSTILE,
        because_zh=HOSTILE, evidence=f"{HOSTILE}:1", batch_no=HOSTILE,
    )  # fmt: skip
    page = html(settings=Settings(merchant=HOSTILE))
    assert "<img" not in page
    assert "49" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    assert page.count("<script") == 3  # head, script, one piece
    head, dossiers = unpacked(page)
    assert head["order"] == [HOSTILE]
    assert dossiers[0][0] == HOSTILE


def test_personal_data_are_masked_unless_the_workspace_shows_them(books, html) -> None:
    order = books.txn("order", "payment", 100, "02-02", order_no="O1", merchant_no="O1", memo="电话 13800001234")
    books.difference(
        "CHANNEL_MISSING", "order_channel", 100, "02-02", members={order: "left"}, order_no="O1",
        because_zh="顾客 13800001234 的订单",
    )  # fmt: skip
    (masked,), (shown,) = (
        unpacked(html(settings=settings))[1] for settings in (SETTINGS, Settings(show_personal_data=True))
    )
    assert (masked[0], masked[8][0][9]) == ("顾客 138****1234 的订单", "电话 138****1234")
    assert (shown[0], shown[8][0][9]) == ("顾客 13800001234 的订单", "电话 13800001234")


def test_past_the_limit_the_largest_keep_their_dossiers_and_the_page_says_so(books, html, monkeypatch) -> None:
    monkeypatch.setattr(explorer, "DOSSIERS", 2)
    books.put(
        "canon.rate", rate_date=books.day("02-27"), currency="USD", base_currency="CNY", rate_e8=700_000_000,
        origin="test", file_id=1,
    )  # fmt: skip
    for minor, currency in ((100, "CNY"), (-900, "CNY"), (300, "USD"), (500, "CNY")):
        books.difference("CHANNEL_MISSING", "order_channel", minor, "02-02", currency=currency)
    page = html()
    head, dossiers = unpacked(page)
    kept = {head["delta"][place] for place, dossier in enumerate(dossiers) if len(dossier) > 5}
    assert kept == {-900, 300}  # 300 cents are 21.00 yuan
    assert head["detailed"] == 2
    assert "本页含全部 4 笔差异；其中金额最大的 2 笔附有原文与时间线" in page
    assert all(dossier[0] and dossier[1] for dossier in dossiers)


def test_many_pieces_hold_all_dossiers_in_the_order_of_the_list(books, html, monkeypatch) -> None:
    monkeypatch.setattr(explorer, "PIECE", 2)
    monkeypatch.setattr(explorer, "BLOCK", 4)
    ids = [books.difference("CHANNEL_MISSING", "order_channel", n, "02-02", because_zh=f"第 {n} 笔") for n in range(7)]
    page = html()
    assert page.count('type="application/vnd.recon.dossiers"') == 4
    head, dossiers = unpacked(page)
    assert head["id"] == ids
    assert [dossier[0] for dossier in dossiers] == [f"第 {n} 笔" for n in range(7)]


def test_amounts_that_a_number_of_the_browser_cannot_hold_travel_as_text(books, html) -> None:
    for minor in (2**60 + 1, -3):
        books.difference("CHANNEL_MISSING", "order_channel", minor, "02-02")
    head, _ = unpacked(html())
    assert head["exact"] is False
    assert sorted(head["delta"]) == ["-3", str(2**60 + 1)]


@pytest.mark.usefixtures("february")
def test_the_page_speaks_english_when_asked(html) -> None:
    page = html(language="en", settings=Settings(merchant="Spruce Home"))
    head, dossiers = unpacked(page)
    script = re.compile(r"<script>.*?</script>|<style>.*?</style>", re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", script.sub("", page)) == []
    assert re.findall(r"[\u4e00-\u9fff]+", json.dumps([head, dossiers], ensure_ascii=False)) == []


def test_a_month_without_differences_has_a_page_that_says_so(html) -> None:
    page = html()
    head, dossiers = unpacked(page)
    assert (head["id"], dossiers) == ([], [])
    assert "本期没有差异。" in head["words"].values()


def test_a_folder_of_own_templates_may_hold_the_report_alone(tmp_path, html) -> None:
    assert html(settings=Settings(templates=tmp_path)).startswith("<!doctype html>")
    (tmp_path / "explorer.css").write_text("h1 { color: #123456 }", encoding="utf-8")
    page = html(settings=Settings(templates=tmp_path))
    assert "<style>\nh1 { color: #123456 }</style>" in page
    assert "class Book" in page
    with pytest.raises(UsageError, match=r"none\.html was not found"):
        explorer.health.templates(Settings(templates=tmp_path), "none.html")
