"""The health report: its page as text, and its PDF opened by programs that did not write it."""

from __future__ import annotations

import csv
import io
import re

import pypdf
import pypdfium2
import pytest

from recon.errors import UsageError
from recon.report import Settings, build, compute, health, vouchers
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
SETTINGS = Settings(merchant="云杉家居")


def page(store, settings: Settings = SETTINGS) -> str:
    """Text of the page without its markup."""
    figures = compute(store, settings, period="2026-02", as_of_s=AS_OF)
    proposals = vouchers.propose(store, settings, period="2026-02", as_of_s=AS_OF)
    html = health.page(figures, proposals, settings)
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", "", html, flags=re.DOTALL))


@pytest.mark.usefixtures("february")
def test_the_pdf_opens_has_its_pages_fonts_bookmarks_and_attachments(store, tmp_path) -> None:
    (path,) = build(store, SETTINGS, period="2026-02", as_of_s=AS_OF, out=tmp_path, only="health")
    assert path.name == "对账健康度报告-2026-02.pdf"
    pdf = pypdf.PdfReader(path)
    assert 7 <= len(pdf.pages) <= 8
    assert [str(item["/Title"]) for item in pdf.outline if not isinstance(item, list)] == [
        "1　差异率与主要原因",
        "2　从订单净额到银行来款",
        "3　渠道准确率",
        "4　账龄、在途与冲正",
        "5　重大差异清单",
        "6　证明与口径",
    ]
    fonts = {
        str(font["/BaseFont"]): font["/DescendantFonts"][0]["/FontDescriptor"]
        for sheet in pdf.pages
        for font in sheet["/Resources"]["/Font"].values()
    }
    assert all("NotoSansSC" in name or "Noto-Sans-SC" in name for name in fonts)
    assert len(fonts) == 2
    assert all("/FontFile2" in font for font in fonts.values())
    text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(path))
    assert "对账健康度报告" in text
    assert "云杉家居" in text
    assert "410.00" in text  # the order total of the bridge
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    attached = pdf.attachments
    assert sorted(attached) == ["differences-2026-02.csv", "differences-2026-02.xlsx"]
    rows = list(csv.DictReader(io.StringIO(attached["differences-2026-02.csv"][0].decode("utf-8-sig"))))
    assert len(rows) == 5
    assert b"pdfaid:conformance" not in path.read_bytes()


@pytest.mark.usefixtures("february")
def test_the_same_store_gives_the_same_bytes_of_every_document(store, tmp_path) -> None:
    first = build(store, SETTINGS, period="2026-02", as_of_s=AS_OF, out=tmp_path / "a")
    second = build(store, SETTINGS, period="2026-02", as_of_s=AS_OF, out=tmp_path / "b")
    assert [path.name for path in first] == [
        "对账健康度报告-2026-02.pdf",
        "differences-2026-02.xlsx",
        "vouchers-2026-02.csv",
        "explorer-2026-02.html",
    ]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.usefixtures("february")
def test_the_sentences_say_what_the_tables_show(store) -> None:
    text = page(store)
    assert "差异率 28.57%，超出目标 0.30%" in text
    assert "支付宝 × 渠道无此交易 是金额最大的一处差异：1 笔、80.00 元，占全部差异金额的 44.5%" in text
    assert "7 笔比对中有 2 笔差异" in text
    assert "两者之间的每一分都有去向，未解释余额为 0.00" in text
    assert "4 个渠道中 2 个达到 99.0% 的目标" in text
    assert "1 个结算批次未按期足额到账，合计 49.70 元" in text


def test_a_residual_is_shown_and_not_praised(february, store) -> None:
    february.txn("order", "payment", 123, "02-20", order_no="X")
    text = page(store)
    assert "CNY −1.23 未能解释，如实列示" in text
    assert "每一分都有去向" not in text


def test_a_residual_stands_among_the_points_for_the_reader(february, store) -> None:
    february.txn("order", "payment", 123, "02-20", order_no="X")
    assert "资金桥尚有余额未能解释：CNY −1.23，见第 2 节。" in page(store)


def test_channels_that_are_alike_are_not_ranked_in_words(books, store) -> None:
    for channel in ("alipay", "wechat"):
        order = books.txn("order", "payment", 100, "02-03", channel=channel, order_no=channel, merchant_no=channel)
        paid = books.txn("channel", "payment", 100, "02-03", channel=channel, merchant_no=channel)
        books.match("order_channel", [order], [paid])
    text = page(store)
    assert "2 个渠道中 2 个达到 99.0% 的目标，准确率都是 100.00%。" in text
    assert "最低" not in text


def test_a_cause_that_no_channel_dominates_is_called_spread(books, store) -> None:
    for channel in ("alipay", "wechat", "unionpay", "paypal"):
        books.difference("CHANNEL_MISSING", "order_channel", 25_00 + len(channel), "02-03", channel=channel)
    books.difference("ORDER_MISSING", "order_channel", -60_00, "02-03", channel="alipay")
    books.difference("ORDER_MISSING", "order_channel", -40_00, "02-03", channel="wechat")
    text = page(store)
    assert re.search(r"渠道无此交易（100\.\d\d 元）分散在各渠道，最多的是银联，占 25\.0%。", text)
    assert "掉单（100.00 元）主要在支付宝，占 60.0%。" in text


@pytest.mark.usefixtures("february")
def test_english_has_its_own_brackets_and_says_one_item_of_one(store) -> None:
    store.run("DELETE FROM diff.difference WHERE code = 'CROSS_DAY'")
    text = page(store, Settings(language="en"))
    assert "1 timing item is expected to clear" in text
    assert "1 settlement batch is late or short" in text
    assert re.findall(r"[（）：，。]", text) == []


def test_a_month_without_anything_can_be_printed(store) -> None:
    text = page(store)
    assert "本月没有可以比对的订单或渠道流水" in text
    assert "本月没有发现差异" in text
    assert "没有在途事项" in text
    assert "没有需要特别关注的事项。" in text
    assert re.search(r"自动匹配\s+–\s*差异率\s+–", text)
    assert text.count("不作判断") == 6  # in the headline, and of each of the five figures with a target
    assert "未达标" not in text


def test_a_month_without_differences_says_so(books, store) -> None:
    order = books.txn("order", "payment", 10_000, "02-03", order_no="O1", merchant_no="O1")
    paid = books.txn("channel", "payment", 10_000, "02-03", merchant_no="O1", batch_no="alipay:A:20260203")
    books.match("order_channel", [order], [paid])
    text = page(store)
    assert "差异率 0.00%，优于目标 0.30%；没有发现差异" in text
    assert "本月只有一个渠道：支付宝，准确率 100.00%" in text
    assert "这是第一个有记录的月份" in text


def test_the_trend_tells_the_change_and_how_long_the_target_was_met(february, store) -> None:
    for period, breaks in (("2025-12", 9), ("2026-01", 2)):
        for name, value in (("compared", 1_000), ("breaks", breaks), ("rate", breaks * 1_000)):
            february.put("meta.metric", period=period, name=name, value=value)
    assert "较上一期上升 28.37 个百分点" in page(store)
    lenient = Settings(target_rate_ppm=400_000)
    assert "连续 3 期达到 40.00% 的目标" in page(store, lenient)


@pytest.mark.usefixtures("february")
def test_the_report_speaks_english_when_asked(store) -> None:
    text = page(store, Settings(language="en", merchant="Spruce Home"))
    assert "Reconciliation Health Report" in text
    assert "Every cent between them is explained" in text
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_names_from_files_are_escaped(books, store) -> None:
    books.difference("ORDER_MISSING", "order_channel", -100, "02-02", channel="<b>evil</b>", order_no="<script>")
    figures = compute(store, SETTINGS, period="2026-02", as_of_s=AS_OF)
    html = health.page(figures, vouchers.Proposals((), ()), SETTINGS)
    assert "<script>" not in html
    assert "<b>evil" not in html


def test_a_rare_character_is_counted_on_the_page(books, store) -> None:
    books.difference("ORDER_MISSING", "order_channel", -100, "02-02", order_no="𠮷A1")
    figures = compute(store, SETTINGS, period="2026-02", as_of_s=AS_OF)
    pdf = health.render(figures, vouchers.Proposals((), ()), SETTINGS)
    text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf))
    assert "有 1 处字符不在字库中" in text


def test_a_missing_template_is_named(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"health\.html\.j2 was not found"):
        health.templates(Settings(templates=tmp_path))


@pytest.mark.parametrize("document", ["pdf", "all"])
def test_a_document_that_does_not_exist_is_refused(store, tmp_path, document) -> None:
    with pytest.raises(ValueError, match="there is no document"):
        build(store, SETTINGS, period="2026-02", as_of_s=AS_OF, out=tmp_path, only=document)
