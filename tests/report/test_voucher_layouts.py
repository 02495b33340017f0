"""The import files of the reversal vouchers: what recon writes for a finance system, recon reads back as its export."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from beancount import loader
from beancount.core import data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recon import sources
from recon.errors import UsageError
from recon.report import Terms, vouchers
from recon.report.vouchers import Line, Voucher
from recon.sources.piece import Piece
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
TERMS = Terms(maker="张会计", cloud_book="001", cloud_book_name="云杉家居")


def line(code: str, name: str, debit: int, credit: int, **more: object) -> Line:
    cells = {"currency": "", "fc_amount_minor": None, "fx_rate_e8": None, "channel": "", "own_channel": ""}
    return Line(code, name, debit, credit, **{**cells, **more})  # type: ignore[arg-type]


def voucher(place: int, *lines: Line, **more: object) -> Voucher:
    cells = {
        "voucher_no": f"冲-202602-{place:04d}", "number": 117 + place, "day": dt.date(2026, 2, 28), "period": "2026-02",
        "summary": f"冲正 2026-02 记-12{place}；退款 RF100{place}；订单 SO-{place}；渠道退款日 2026-02-20",
        "reference": f"RF100{place}", "lines": lines, "diff_id": f"D{place:012X}", "code": "REFUND_NOT_SYNCED",
        "channel": "alipay", "order_no": f"SO-{place}", "original": f"2026-02:记-12{place}", "currency": "CNY",
        "amount_minor": 10_000, "is_valid_refund": False,
    }  # fmt: skip
    return Voucher(**{**cells, **more})  # type: ignore[arg-type]


PLAIN = voucher(
    1,
    line("1012.01", "其他货币资金-支付宝", -3_333, 0, channel="alipay"),
    line("6001", "主营业务收入", 0, -2_950),
    line("2221", "应交税费 (销项)", 0, -383),
)
FOREIGN = {"currency": "USD", "fc_amount_minor": -500, "fx_rate_e8": 700_050_000}
DOLLARS = voucher(
    2,
    line("1012.04", "PayPal", -3_500, 0, **FOREIGN),
    line("6001", "主营业务收入", 0, -3_500, **FOREIGN),
    channel="paypal",
    currency="USD",
)
BOTH = (PLAIN, DOLLARS)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes vouchers in one layout and returns the file."""

    def write(name: str, *made: Voucher, terms: Terms = TERMS) -> Path:
        (layout,) = vouchers.chosen([name], place="formats")
        out = tmp_path / f"vouchers-2026-02{layout.suffix}"
        vouchers.write(made, terms, layout=layout, base_currency="CNY", as_of_s=AS_OF, out=out)
        return out

    return write


def read_back(path: Path, **settings: object) -> pl.DataFrame:
    """Read a file as recon reads what a finance system exports; nothing may be rejected."""
    piece = Piece(path.name, path.read_bytes())
    reading = sources.identify(piece).read(piece, sources.Settings(**settings))  # type: ignore[arg-type]
    assert reading.rejects.rows() == []
    assert reading.vouchers is not None
    return reading.vouchers


NUMBERED = {"template": lambda made: made.voucher_no}


@pytest.mark.parametrize(
    ("name", "source"),
    [("template", "vouchers"), ("k3", "kingdee_k3"), ("cloud", "kingdee_cloud"), ("u8", "yonyou_u8")],
)
def test_what_is_written_is_read_back_as_the_same_rows(written, name, source) -> None:
    path = written(name, *BOTH)
    assert sources.identify(Piece(path.name, path.read_bytes())).name == source
    found = read_back(path, u8_currencies={"1012.04": "USD", "6001": "USD"} if name == "u8" else {})
    expected = [
        (
            made.voucher_no if name == "template" else f"记-{made.number}",
            made.day,
            made.period,
            each.account_code,
            each.debit_minor,
            each.credit_minor,
            each.currency,
            None if each.fc_amount_minor is None else abs(each.fc_amount_minor),
            each.fx_rate_e8,
        )
        for made in BOTH
        for each in made.lines
    ]
    columns = (
        "voucher_no", "voucher_date", "period", "account_code", "debit_minor", "credit_minor", "currency",
        "fc_amount_minor", "fx_rate_e8",
    )  # fmt: skip
    assert found.select(columns).rows() == expected
    entries = found["entry_no"].cast(pl.Int64).to_list()
    assert [each - entries[0] for each in entries] == [0, 1, 2, 0, 1]
    for made, summary in zip((PLAIN,) * 3 + (DOLLARS,) * 2, found["summary"], strict=True):
        assert made.reference in summary
        assert made.original.replace(":", " ") in summary
        assert made.order_no in summary
    if name != "u8":
        assert found["reference"].to_list() == ["RF1001"] * 3 + ["RF1002"] * 2


@pytest.mark.parametrize("name", vouchers.discover())
def test_the_same_vouchers_are_the_same_bytes(written, name) -> None:
    first = hashlib.sha256(written(name, *BOTH).read_bytes()).digest()
    assert hashlib.sha256(written(name, *BOTH).read_bytes()).digest() == first


@pytest.mark.parametrize("name", vouchers.discover())
def test_a_month_without_reversals_has_a_file_without_entries(written, name) -> None:
    path = written(name)
    if name in ("template", "k3", "cloud", "u8"):
        assert read_back(path).height == 0
    else:
        assert path.read_text(encoding="utf-8").startswith("; 冲正凭证")


@pytest.mark.parametrize("name", vouchers.discover())
def test_nothing_unbalanced_is_written(written, tmp_path, name) -> None:
    crooked = replace(PLAIN, lines=(*PLAIN.lines[:2], line("2221", "", 0, -382)))
    with pytest.raises(ValueError, match="do not balance: 冲-202602-0001"):
        written(name, crooked)
    assert list(tmp_path.iterdir()) == []


def test_k3_has_the_captions_the_defaults_and_the_sheet_that_describes_them(written) -> None:
    terms = replace(TERMS, k3_items={"1012.01": "客户---C001---云杉家居"})
    book = openpyxl.load_workbook(written("k3", *BOTH, terms=terms))
    assert book.sheetnames == ["Page1", "t_Schema"]
    rows = list(book["Page1"].iter_rows(values_only=True))
    assert len(rows[0]) == 37
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["凭证日期"] == "2026-2-28"
    assert (first["凭证字"], first["凭证号"], first["分录序号"], first["制单"]) == ("记", 118, 0, "张会计")
    assert (first["币别代码"], first["币别名称"], first["汇率类型"], first["汇率"]) == ("RMB", "人民币", "公司汇率", 1)
    assert (first["原币金额"], first["借方"], first["贷方"]) == (-33.33, -33.33, 0)
    assert (first["审核"], first["核准"], first["出纳"], first["过账"]) == ("NONE", "NONE", "NONE", 0)
    assert (first["参考信息"], first["往来业务编号"]) == ("2026-02 记-121", "RF1001")
    assert first["核算项目"] == "客户---C001---云杉家居"
    dollars = dict(zip(rows[0], rows[4], strict=True))
    assert (dollars["币别代码"], dollars["原币金额"], dollars["汇率"]) == ("USD", -5, 7.0005)
    schema = list(book["t_Schema"].iter_rows(values_only=True))
    assert schema[1][:4] == ("ClassInfo", "ClassType", None, "VoucherData")
    described = [row[3] for row in schema if row[0] == "FieldInfo"]
    assert described == list(rows[0])


def test_the_cloud_workbook_has_keys_captions_and_the_customers_own_dimensions(written) -> None:
    terms = replace(TERMS, cloud_dimensions={"1012.01": ("FDetailID#FFlex6=C001",)})
    book = openpyxl.load_workbook(written("cloud", *BOTH, terms=terms))
    assert book.sheetnames == ["凭证#单据头(FBillHead)"]
    keys, captions, *rows = book.active.iter_rows(values_only=True)
    assert all(captions)
    assert keys[keys.index("FACCOUNTID#Name") + 1] == "FDetailID#FFlex6"
    cells = [dict(zip(keys, row, strict=True)) for row in rows]
    assert [row["FBillHead(GL_VOUCHER)"] for row in cells] == [100001, None, None, 100002, None]
    assert [row["FDetailID#FFlex6"] for row in cells] == ["C001", None, None, None, None]
    first = cells[0]
    assert (first["FAccountBookID"], first["FVOUCHERGROUPID"], first["FVOUCHERGROUPNO"]) == ("001", "PRE001", 118)
    required = [key for key, caption in zip(keys, captions, strict=True) if caption.startswith("*")]
    assert [key for key in required if first[key] is None] == []
    assert (cells[3]["FCURRENCYID"], cells[3]["FCURRENCYID#Name"], cells[3]["FAMOUNTFOR"]) == ("PRE007", "美元", -5)


def test_a_currency_whose_cloud_code_nobody_knows_is_not_guessed(written) -> None:
    euros = voucher(3, *(replace(each, currency="EUR") for each in DOLLARS.lines))
    with pytest.raises(UsageError, match="EUR"):
        written("cloud", euros)
    assert read_back(written("cloud", euros, terms=replace(TERMS, cloud_currencies={"EUR": "PRE003"}))).height == 2


def test_u8_text_is_gbk_with_short_summaries_and_no_comma_but_its_own(written, caplog) -> None:
    long = voucher(
        1,
        *PLAIN.lines,
        reference="50300103382024051200000000000",
        order_no="SO-1,0" * 12,
        original="2026-02:记-202602-000123",
    )
    odd = voucher(2, line("1012.01", "", -1, 0), line("6001", "", 0, -1), reference="RF𠮷-1")
    path = written("u8", long, odd, terms=replace(TERMS, u8_items={"6001": ("部门=D1", "项目=P9")}))
    rows = path.read_bytes().decode("gbk").split("\r\n")
    assert rows[0] == "填制凭证,V800"
    assert [row.count(",") for row in rows[1:6]] == [20] * 5
    cells = rows[2].split(",")
    assert cells[4] == "冲正 2026-02 记-202602-000123 退款 50300103382024051200000000000"
    assert cells[6:8] == ["0.00", "-29.50"]
    assert cells[15:] == ["D1", "", "", "", "", "P9"]
    assert "退款 RF〓-1" in rows[4]
    assert "𠮷" in caplog.text


def test_a_layout_that_there_is_not_is_told_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as told:
        vouchers.chosen(["k4"], place="--format")
    assert told.value.text() == '--format: has "k4", which is no format\n  Did you mean k3?'
    assert len(vouchers.chosen(["all", "k3"], place="--format")) == len(vouchers.discover()) == 6


# ------------------------------------------------------------------------------------------------ plain text


def sides(made: Voucher) -> list[tuple[Decimal, str, str]]:
    """What a plain text posting says of each line: signed amount, currency, side."""
    return [
        (
            Decimal(each.net_minor if not each.currency else (-500 if each.debit_minor else 500)).scaleb(-2),
            each.currency or "CNY",
            "debit" if each.debit_minor else "credit",
        )
        for each in made.lines
    ]


def test_beancount_reads_the_same_postings_and_finds_nothing_to_complain(written) -> None:
    path = written("beancount", *BOTH)
    found, errors, _ = loader.load_file(str(path))
    assert errors == []
    transactions = [entry for entry in found if isinstance(entry, data.Transaction)]
    assert [entry.flag for entry in transactions] == ["!", "!"]
    for entry, made in zip(transactions, BOTH, strict=True):
        assert (entry.date, entry.narration, entry.meta["original"]) == (
            made.day, made.summary, made.original.replace(":", " "),
        )  # fmt: skip
        assert entry.links == {made.diff_id}
        assert sides(made) == [(post.units.number, post.units.currency, post.meta["side"]) for post in entry.postings]
    assert transactions[0].postings[0].account == "Assets:1012-01-其他货币资金-支付宝"
    assert transactions[0].postings[1].account == "Income:6001-主营业务收入"
    bean_check = Path(sys.executable).with_name("bean-check")
    checked = subprocess.run([bean_check, path], check=False, capture_output=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_bean_check_would_notice_a_voucher_that_does_not_balance(written) -> None:
    path = written("beancount", PLAIN)
    path.write_text(path.read_text(encoding="utf-8").replace("3.83 CNY", "3.84 CNY"), encoding="utf-8")
    assert len(loader.load_file(str(path))[1]) == 1


def test_an_account_has_the_name_that_the_settings_give_it(written) -> None:
    terms = replace(TERMS, plain_accounts={"1012.01": "Assets:Alipay"}, plain_opens=False)
    text = written("beancount", PLAIN, terms=terms).read_text(encoding="utf-8")
    assert "  Assets:Alipay  -33.33 CNY\n" in text
    assert "open" not in text
    assert "account " not in written("hledger", PLAIN, terms=terms).read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="which is no account"):
        Terms(plain_accounts={"1012.01": "Bank:Alipay"})


YEN = voucher(
    3,
    line("1012.04", "PayPal", -3_500, 0, currency="JPY", fc_amount_minor=-750, fx_rate_e8=4_666_667),
    line("6001", "主营业务收入", 0, -3_500),
    currency="JPY",
)


def test_a_currency_without_decimals_is_written_without_any(written) -> None:
    for name in ("template", "k3"):
        found = read_back(written(name, YEN))
        assert found.select("currency", "fc_amount_minor", "debit_minor").row(0) == ("JPY", 750, -3_500)
    text = written("beancount", YEN).read_text(encoding="utf-8")
    assert "  Assets:1012-04-PayPal  -750 JPY @@ 35.00 CNY\n" in text
    assert loader.load_string(text)[1] == []


@pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed: apt-get install hledger")
def test_hledger_accepts_the_journal_and_sums_it_to_nothing(written) -> None:
    path = written("hledger", *BOTH)
    checked = subprocess.run(["hledger", "-f", path, "check", "--strict"], check=False, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    printed = subprocess.run(
        ["hledger", "-f", path, "balance", "--cost", "-N", "-O", "csv"], check=True, capture_output=True, text=True
    ).stdout
    assert '"Assets:1012-01-其他货币资金-支付宝","-33.33 CNY"' in printed
    assert '"Assets:1012-04-PayPal","-35.00 CNY"' in printed
    assert '"Income:6001-主营业务收入","64.50 CNY"' in printed
    yen = ["hledger", "-f", written("hledger", YEN), "check", "--strict"]
    assert subprocess.run(yen, check=False, capture_output=True, text=True).stderr == ""
    path = written("hledger", *BOTH)
    path.write_text(path.read_text(encoding="utf-8").replace("3.83 CNY", "3.84 CNY"), encoding="utf-8")
    assert subprocess.run(["hledger", "-f", path, "check"], check=False, capture_output=True).returncode != 0


# ------------------------------------------------------------------------------------------------ whatever a text holds

TEXTS = st.text(
    st.one_of(st.sampled_from("=+-@,;\"'|<>%\n\t\\ 冲正收入（）𠮷é"), st.characters(exclude_categories=("Cs", "Cc"))),
    max_size=40,
)
AMOUNTS = st.integers(min_value=1, max_value=9_999_999_99)


@st.composite
def any_voucher(draw: st.DrawFn, place: int = 1) -> Voucher:
    """A balanced reversal with texts that nobody expects."""
    parts = draw(st.lists(AMOUNTS, min_size=1, max_size=4))
    lines = [line("1012.01", draw(TEXTS), -sum(parts), 0)]
    lines += [line(f"6001.{number:02d}", draw(TEXTS), 0, -part) for number, part in enumerate(parts)]
    return voucher(place, *lines, summary=f"冲正 {draw(TEXTS)}", order_no=draw(TEXTS))


@pytest.mark.parametrize("name", ["template", "k3", "cloud", "u8"])
@given(data_=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_moves_an_amount(written, name, data_) -> None:
    made = data_.draw(any_voucher())
    found = read_back(written(name, made))
    assert found.select("account_code", "debit_minor", "credit_minor").rows() == [
        (each.account_code, each.debit_minor, each.credit_minor) for each in made.lines
    ]


@given(data_=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_plain_text_ledgers(written, data_) -> None:
    made = data_.draw(any_voucher())
    found, errors, _ = loader.load_file(str(written("beancount", made)))
    assert errors == []
    (entry,) = [each for each in found if isinstance(each, data.Transaction)]
    assert [post.units.number for post in entry.postings] == [Decimal(each.net_minor).scaleb(-2) for each in made.lines]
    if shutil.which("hledger"):
        line_ = ["hledger", "-f", written("hledger", made), "check", "--strict"]
        assert subprocess.run(line_, check=False, capture_output=True).stderr == b""


@pytest.mark.parametrize("name", ["template", "k3", "cloud", "u8"])
def test_an_account_has_the_code_that_the_finance_system_gives_it(written, name) -> None:
    terms = replace(TERMS, account_codes={"1012.01": "101201"}, account_names={"1012.01": "支付宝"})
    found = read_back(written(name, PLAIN, terms=terms))
    assert found["account_code"].to_list() == ["101201", "6001", "2221"]
    if name != "u8":
        assert found["account_name"][0] == "支付宝"
