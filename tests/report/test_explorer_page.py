"""The explorer in a real browser: what a person sees, clicks, types and gets.

Needs Chromium, which script/bootstrap --dev installs where it may. Every test also holds that the page asked for
nothing and that the console heard no complaint.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest

from recon.report import Settings, build
from recon.store import Store
from recon.times import parse_moment
from tests.report.browser import Browser, Page, found

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not found(), reason="no Chromium on PATH; script/bootstrap --dev installs it where it may"),
]
AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
HOSTILE = "</script><img src=x onerror=\"document.title='stolen'\">"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return an empty page that, in the end, has asked for nothing and complained of nothing."""
    with browser.page() as opened:
        yield opened
        assert opened.requests() == []
        assert opened.complaints() == []


@pytest.fixture
def html(store: Store, tmp_path: Path):
    """Return what writes the explorer of the store's February and returns its path."""

    def write(language: str = "zh") -> Path:
        (path,) = build(
            store, Settings(merchant="云杉家居"), period="2026-02", as_of_s=AS_OF, out=tmp_path, only="explorer",
            language=language,
        )  # fmt: skip
        return path

    return write


@pytest.fixture
def months(books) -> Iterator[None]:
    """Fill three channels with 360 differences in three currencies with 0, 2 and 3 decimals."""
    causes = [("order_channel", "CHANNEL_MISSING"), ("order_channel", "AMOUNT_MISMATCH"), ("channel_ledger", "FX_RATE")]
    for n in range(360):
        leg, code = causes[n % 3]
        books.difference(
            code, leg, (n * 7_919 % 100_003) - 50_000, f"02-{n % 28 + 1:02d}", order_no=f"YS{n:05d}",
            channel=("alipay", "wechat", "unionpay")[n // 3 % 3], currency=("CNY", "JPY", "KWD")[n // 5 % 3],
            state=("open", "assigned", "resolved")[n // 7 % 3], severity=("low", "medium", "high")[n // 11 % 3],
            kind="timing" if n % 13 == 0 else "break",
        )  # fmt: skip
    return


def shown(page: Page) -> int:
    """Return how many differences the page says it shows."""
    numbers = re.findall(r"[\d,]+", page.run("document.getElementById('shown').textContent"))
    assert page.run("document.getElementById('table').getAttribute('aria-rowcount')") == str(
        int(numbers[-1].replace(",", "")) + 1
    )
    return int(numbers[-1].replace(",", ""))


def sums(page: Page) -> dict[str, tuple[str, str]]:
    """Currency -> absolute and net amount, as printed above the matrix."""
    rows = page.run(
        "[...document.querySelectorAll('#sums dl')].map((dl) => [dl.children[0].textContent, "
        "...[1, 2].map((n) => dl.children[n].lastChild.textContent)])"
    )
    return {currency: (size, net) for currency, size, net in rows}


def listed(store: Store, where: str = "true") -> pl.DataFrame:
    return store.frame(f"SELECT * FROM diff.difference WHERE state <> 'cleared' AND ({where}) ORDER BY diff_id")


def printed(minor: int, currency: str) -> str:
    decimals = {"JPY": 0, "CNY": 2, "KWD": 3}[currency]
    digits = str(abs(minor)).rjust(decimals + 1, "0")
    whole, part = (digits[:-decimals], "." + digits[-decimals:]) if decimals else (digits, "")
    return ("−" if minor < 0 else "") + f"{int(whole):,}" + part


@pytest.mark.usefixtures("months")
def test_the_totals_and_the_matrix_add_up_to_the_list_within_each_currency(store, html, page) -> None:
    page.open(html())
    assert shown(page) == 360
    expected = {
        str(currency): (
            printed(int(part["delta_minor"].abs().sum()), str(currency)),
            printed(int(part["delta_minor"].sum()), str(currency)),
        )
        for (currency,), part in listed(store).group_by("currency")
    }
    assert sums(page) == expected
    cells = page.run(
        "[...document.querySelectorAll('.matrix button')].map((b) => "
        "[b.dataset.cause ?? '', b.dataset.channel ?? '', b.querySelector('b').textContent, b.ariaLabel])"
    )
    found = {(cause, channel): (int(number), label.split("; ")[1:]) for cause, channel, number, label in cells}
    for (leg, code, channel), part in listed(store).group_by("leg", "code", "channel"):
        number, amounts = found.pop((f"{leg}.{code}", str(channel)))
        assert number == part.height
        assert set(amounts) == {
            f"{currency} {printed(int(some['delta_minor'].abs().sum()), str(currency))}"
            for (currency,), some in part.group_by("currency")
        }
    total = {f"{currency} {size}" for currency, (size, _) in expected.items()}
    assert (found["", ""][0], set(found["", ""][1])) == (360, total)
    assert sum(number for (cause, channel), (number, _) in found.items() if cause and not channel) == 360
    assert sum(number for (cause, channel), (number, _) in found.items() if channel and not cause) == 360


FILTERS = [
    ({"channel": "alipay"}, "channel = 'alipay'"),
    ({"channel": "alipay~wechat"}, "channel IN ('alipay', 'wechat')"),
    ({"leg": "channel_ledger"}, "leg = 'channel_ledger'"),
    ({"cause": "order_channel.AMOUNT_MISMATCH"}, "code = 'AMOUNT_MISMATCH' AND leg = 'order_channel'"),
    ({"currency": "KWD"}, "currency = 'KWD'"),
    ({"state": "assigned", "severity": "high"}, "state = 'assigned' AND severity = 'high'"),
    ({"kind": "timing"}, "kind = 'timing'"),
    ({"min": "100"}, "abs(delta_minor) >= CASE currency WHEN 'JPY' THEN 100 WHEN 'CNY' THEN 10000 ELSE 100000 END"),
    ({"max": "12.345"}, "abs(delta_minor) <= CASE currency WHEN 'JPY' THEN 12 WHEN 'CNY' THEN 1234 ELSE 12345 END"),
    ({"young": "10", "old": "19"}, "DATE '2026-03-02' - business_date BETWEEN 10 AND 19"),
    ({"q": "ys0000"}, "order_no LIKE 'YS0000%'"),
    ({"q": "YS00 7", "state": "open"}, "state = 'open' AND order_no LIKE '%YS00%' AND order_no || diff_id LIKE '%7%'"),
    ({"channel": "paypal"}, "false"),
]  # fmt: skip


@pytest.mark.usefixtures("months")
def test_a_link_with_filters_shows_what_fits_and_only_that(store, html, page) -> None:
    path = html()
    for number, (asked, where) in enumerate(FILTERS):
        page.open(path, urlencode(asked) + f"&n={number}")
        expected = listed(store, where)
        assert shown(page) == expected.height, asked
        assert set(sums(page)) == set(expected["currency"]), asked
        for currency, (size, net) in sums(page).items():
            of = expected.filter(pl.col("currency") == currency)["delta_minor"]
            assert (size, net) == (printed(int(of.abs().sum()), currency), printed(int(of.sum()), currency)), asked


@pytest.mark.usefixtures("months")
def test_a_click_on_the_matrix_filters_and_the_address_keeps_it(store, html, page) -> None:
    path = html()
    page.open(path)
    page.click('.matrix [data-cause="order_channel.CHANNEL_MISSING"][data-channel="wechat"]')
    expected = listed(store, "code = 'CHANNEL_MISSING' AND channel = 'wechat'")
    assert shown(page) == expected.height
    pressed = page.run("[...document.querySelectorAll('.matrix [aria-pressed=true]')].map((b) => b.dataset.channel)")
    assert pressed == ["wechat"]
    kept = page.run("location.hash")
    page.click("#chips .clear")
    assert (shown(page), page.run("location.hash")) == (360, "")
    page.open(path, kept[1:] + "&n=1")
    assert shown(page) == expected.height


@pytest.mark.usefixtures("months")
def test_facets_say_how_many_there_would_be(store, html, page) -> None:
    page.open(html(), "channel=alipay")
    counts = page.run(
        "Object.fromEntries([...document.querySelectorAll('#facets label')].map((l) => "
        "[l.querySelector('input').dataset.key, Number(l.querySelector('b').textContent)]))"
    )
    assert counts["channel wechat"] == listed(store, "channel = 'wechat'").height
    assert counts["currency JPY"] == listed(store, "channel = 'alipay' AND currency = 'JPY'").height
    page.click('[data-key="currency JPY"]')
    assert shown(page) == counts["currency JPY"]
    page.click('[data-key="channel alipay"]')
    assert shown(page) == listed(store, "currency = 'JPY'").height


@pytest.mark.usefixtures("months")
def test_typing_searches_and_orders_are_kept(store, html, page) -> None:
    page.open(html())
    page.press("/", 191)
    assert page.run("document.activeElement.id") == "q"
    page.type("#q", "ys00123")
    page.until("location.hash.includes('ys00123')")
    assert shown(page) == 1
    page.click("#chips .chip")
    page.click(".thead .amount button")
    largest = listed(store).with_columns(
        (pl.col("delta_minor").abs() / 10 ** pl.col("currency").replace_strict({"JPY": 0, "CNY": 2, "KWD": 3})).alias(
            "n"
        )
    )
    first = page.run("document.querySelector('.tbody .tr').dataset.id")
    assert first == largest.sort("n", descending=True)["diff_id"][0]
    assert page.run("document.querySelector('.thead .amount').getAttribute('aria-sort')") == "descending"


def test_a_click_opens_the_evidence_and_escape_closes_it(february, store, html, page) -> None:
    february.run("UPDATE diff.difference SET order_no = 'U1', holds = 'CROSS_DAY,UNEXPLAINED' WHERE code = 'CROSS_DAY'")
    february.run("UPDATE diff.difference SET linked = 'D9999' WHERE code = 'CROSS_DAY'")
    (diff_id,) = listed(store, "code = 'CROSS_DAY'")["diff_id"]
    path = html()
    page.open(path)
    page.click(f'[data-id="{diff_id}"]')
    page.until("document.querySelectorAll('#dossier .timeline li').length === 2")
    text = page.run("document.getElementById('dossier').innerText")
    for said in (
        "跨日切", "原因 CROSS_DAY", "人工核查", "books.csv:1", "CNY 30.00", "订单 · 收款", "渠道 · 收款", "未解释",
        "D9999", f"recon explain {diff_id}", "recon trace U1", "2026-03-04",
    ):  # fmt: skip
        assert said in text, said
    assert "null" not in text
    assert "undefined" not in text
    assert page.run("document.activeElement.id") == "dossier-title"
    assert f"open={diff_id}" in page.run("location.hash")
    page.press("Escape", 27)
    assert page.run("document.getElementById('dossier').hidden")
    assert page.run("document.activeElement.id") == "tbody"
    page.open(path, f"open={diff_id}")
    page.until("document.querySelectorAll('#dossier .timeline li').length === 2")


@pytest.mark.usefixtures("months")
def test_the_keyboard_walks_through_the_list(html, page) -> None:
    page.open(html())
    page.run("document.getElementById('tbody').focus()")
    for _ in range(3):
        page.press("ArrowDown", 40)
    assert page.run("document.getElementById('tbody').getAttribute('aria-activedescendant')") == "row-2"
    page.press("Enter", 13)
    third = page.run("document.getElementById('row-2').dataset.id")
    page.until(f"document.getElementById('dossier').dataset.id === '{third}'")
    page.click("#next")
    fourth = page.run("document.getElementById('row-3').dataset.id")
    page.until(f"document.getElementById('dossier').dataset.id === '{fourth}'")
    page.run("document.getElementById('tbody').focus()")
    page.press("End", 35)
    assert page.run("document.querySelector('.tbody .active').id") == "row-359"


def test_texts_from_files_stay_texts(books, html, page) -> None:
    order = books.txn("order", "payment", 100, "02-02", order_no=HOSTILE, merchant_no=HOSTILE, memo=HOSTILE)
    diff_id = books.difference(
        "CHANNEL_MISSING", "order_channel", 100, "02-02", members={order: "left"}, channel=HOSTILE, order_no=HOSTILE,
        because_zh=HOSTILE, evidence=f"{HOSTILE}:1", batch_no=HOSTILE, reference=HOSTILE, assignee=HOSTILE,
        currency="<b>", state="<i>", severity='"><u>',
    )  # fmt: skip
    page.open(html(), urlencode({"open": diff_id, "q": "<img", "channel": HOSTILE, "currency": "<s>"}))
    page.until("document.querySelectorAll('#dossier .timeline li').length === 1")
    assert page.run("document.querySelectorAll('img, u, s, i:not([aria-hidden]), .dossier b:has(*)').length") == 0
    assert page.run("document.title") == "差异浏览器 2026年2月 · 云杉家居"
    assert HOSTILE in page.run("document.getElementById('dossier').innerText")


def test_a_command_to_paste_holds_a_number_from_a_file_as_one_word(books, html, page) -> None:
    order = "O1'; touch stolen; echo '"
    diff_id = books.difference("CHANNEL_MISSING", "order_channel", 100, "02-02", order_no=order)
    page.open(html(), urlencode({"open": diff_id}))
    page.until("document.querySelectorAll('#dossier .command').length === 2")
    command = page.run("document.querySelectorAll('#dossier .command')[1].textContent")
    assert shlex.split(command) == ["recon", "trace", order]


def test_amounts_beyond_a_number_of_the_browser_stay_exact(books, html, page) -> None:
    for minor in (2**60 + 1, -3, 2**60):
        books.difference("CHANNEL_MISSING", "order_channel", minor, "02-02")
    path = html()
    page.open(path)
    assert sums(page) == {"CNY": (printed(2**61 + 4, "CNY"), printed(2**61 - 2, "CNY"))}
    page.open(path, "min=11529215046068469.77")
    assert shown(page) == 1


@pytest.mark.parametrize(("language", "said"), [("zh", "本期没有差异。"), ("en", "There are no differences")])
def test_a_month_without_differences_says_so(html, page, language, said) -> None:
    page.open(html(language))
    assert page.run("document.getElementById('shown').textContent").startswith(said)
    assert page.run("document.querySelectorAll('.tbody .tr, .matrix').length") == 0


@pytest.mark.usefixtures("february")
def test_everything_to_press_has_a_name(html, page) -> None:
    page.open(html(), "channel=alipay")
    page.click(".tbody .tr")
    page.until("document.querySelector('#dossier .facts')")
    nameless = page.run(
        "[...document.querySelectorAll('button, input, [role=dialog], [role=table], [role=region]')].filter((one) => "
        "!(one.textContent.trim() || one.ariaLabel || one.labels?.length || one.getAttribute('aria-labelledby'))"
        ").map((one) => one.outerHTML)"
    )
    assert nameless == []


@pytest.mark.usefixtures("months")
def test_on_paper_stand_the_rows_and_not_the_filters(html, page) -> None:
    page.open(html(), "channel=alipay")
    page.run("dispatchEvent(new Event('beforeprint'))")
    page.ask("Emulation.setEmulatedMedia", media="print")
    assert page.run("document.querySelectorAll('#paper .tr').length") == 120 + 1
    assert page.run("getComputedStyle(document.getElementById('filters')).display") == "none"
    assert page.run("getComputedStyle(document.getElementById('paper')).display") == "block"


@pytest.mark.usefixtures("february")
def test_on_a_telephone_nothing_is_wider_than_the_screen(html, browser) -> None:
    with browser.page(390, 844) as page:
        page.open(html())
        assert page.run("document.documentElement.scrollWidth") == 390
        assert not page.run("document.getElementById('filters').open")
        page.click(".tbody .tr")
        page.until("document.querySelector('#dossier .facts')")
        assert page.run("document.getElementById('dossier').getBoundingClientRect().width") == 390


def test_fifty_thousand_differences_are_filtered_and_scrolled_through(books, store, html, page) -> None:
    books.difference("CHANNEL_MISSING", "order_channel", 1, "02-01", order_no="first")
    store.run(
        "INSERT INTO diff.difference BY NAME "
        "SELECT d.* REPLACE ('E' || r.range AS diff_id, 'YS' || r.range AS order_no, r.range % 9973 AS delta_minor, "
        "CASE r.range % 4 WHEN 0 THEN 'alipay' ELSE 'wechat' END AS channel) "
        "FROM diff.difference AS d, range(49999) AS r"
    )
    path = html()
    page.open(path)
    assert shown(page) == 50_000
    drawn = "document.querySelectorAll('.tbody .tr').length"
    assert 0 < page.run(drawn) < 60
    page.run("document.getElementById('tbody').scrollTop = 1e9")
    page.until("document.querySelector('.tbody .tr:last-of-type').dataset.place === '49999'")
    assert page.run(drawn) < 60
    page.click('[data-key="channel alipay"]')
    assert shown(page) == 12_500 + 1
    page.type("#q", "ys49996")
    page.until("location.hash.includes('49996')")
    assert shown(page) == 1
    page.click(".tbody .tr")
    page.until("document.querySelector('#dossier .because')")
