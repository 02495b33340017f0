"""Tables that other systems export: containers, lone quotes, and that no such format claims another one's file."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.sources import Settings, by_name, discover
from recon.sources.export import Export
from recon.sources.piece import Piece
from recon.sources.pinduoduo import Pinduoduo

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
EXPORTS = [source for source in discover() if isinstance(source, Export)]
HEADER = ["订单号", "商品", "订单状态", "用户实付金额(元)", "商家实收金额(元)", "售后状态"]
ORDER = ["260203-01", "示例杯子", "已签收", "58.00", "60.00", "无"]


def piece(*rows: list[str], separator: str = ",", encoding: str = "utf-8") -> Piece:
    return Piece("orders.csv", "\n".join(separator.join(row) for row in rows).encode(encoding))


def workbook(*rows: list[str]) -> Piece:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return Piece("orders.xlsx", data.getvalue())


@pytest.mark.parametrize("source", EXPORTS, ids=lambda source: source.name)
def test_a_header_of_the_columns_a_format_asks_for_is_claimed_by_it_alone(source):
    header = piece([*source.required, *source.either[:1]])
    assert [other.name for other in discover() if other.identify(header)] == [source.name]


@pytest.mark.parametrize("source", EXPORTS, ids=lambda source: source.name)
def test_a_header_without_one_of_them_is_not_claimed(source):
    for missing in source.required:
        names = [name for name in (*source.required, *source.either[:1]) if name != missing]
        assert not source.identify(piece([*names, "x", "y"]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_container_of_a_text_makes_no_difference(separator, encoding):
    reading = Pinduoduo().read(piece(HEADER, ORDER, separator=separator, encoding=encoding), Settings())
    assert reading.txns.select("order_no", "amount_minor").rows() == [("260203-01", 5800)]


def test_a_workbook_with_a_title_above_the_header_is_read():
    reading = Pinduoduo().read(workbook(["订单导出"], HEADER, ORDER), Settings())
    assert reading.txns.select("line_no", "amount_minor").rows() == [(3, 5800)]


def test_a_lone_inch_mark_does_not_swallow_the_next_order():
    lines = [[f"260203-0{n}", '显示器 24" 黑', *ORDER[2:]] for n in range(1, 4)]
    reading = Pinduoduo().read(piece(HEADER, *lines), Settings())
    assert reading.txns["line_no"].to_list() == [2, 3, 4]


def test_a_quoted_line_break_stays_in_its_cell():
    reading = Pinduoduo().read(piece(HEADER, [ORDER[0], '"杯子\n\n白色, 大"', *ORDER[2:]], ORDER), Settings())
    assert reading.txns["line_no"].to_list() == [2, 5]


def test_a_file_of_another_format_is_refused_with_the_columns_looked_for():
    with pytest.raises(SourceError, match="the table header was not found; looked for a line with the columns 订单号"):
        Pinduoduo().read(piece(["a", "b", "c"]), Settings())


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01", b"PK\x03\x04 no zip", b"\xff\xfe", b'{"a":1,"b":2,"c":3}', b",,,\n,,"]
)
def test_what_is_no_table_is_not_claimed(data):
    assert [source.name for source in EXPORTS if source.identify(Piece("x", data))] == []


@pytest.mark.samples
def test_of_all_samples_only_their_own_are_claimed():
    names = {source.name for source in EXPORTS} | {"kuaidi100", "sf_routes", "yonyou_u8"}
    sources = [source for source in discover() if source.name in names]
    claims = {
        (path.name, source.name)
        for path in sorted(SAMPLES.iterdir())
        for source in sources
        if source.identify(Piece(path.name, path.read_bytes()))
    }
    assert {name for _, name in claims} == {"taobao", "shopify", "paypal_activity"}
    assert len(claims) == 3


PIECES = [b'"', b",", b"\n", b"\t", b'="', b"{", b"\r\n,,,", b"9" * 40]
MUTATED = sorted(
    path
    for name in (*(source.name for source in EXPORTS), "kuaidi100", "sf_routes", "yonyou_u8")
    for path in (Path(__file__).parent / name).iterdir()
    if path.name.count(".") == 1
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
@pytest.mark.parametrize("path", MUTATED, ids=lambda path: path.stem)
def test_a_damaged_file_is_read_or_refused_and_never_loses_a_row(path, data):
    whole = path.read_bytes()
    start, cut = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 40))
    put = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(PIECES)))
    source = by_name(path.parent.name)
    damaged = Piece(path.name, whole[:start] + put + whole[start + cut :])
    source.identify(damaged)
    try:
        reading = source.read(damaged, Settings())
    except SourceError:
        return
    frames = (reading.txns, reading.vouchers, reading.shipments)
    canonical = {line for frame in frames if frame is not None for line in frame["line_no"]}
    excluded, rejected = set(reading.excluded["line_no"]), set(reading.rejects["line_no"])
    assert canonical | excluded | rejected == set(reading.raw["line_no"])
    assert len(canonical) + len(excluded) + len(rejected) == reading.raw.height
