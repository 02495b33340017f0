"""XML Spreadsheet 2003 is read like any other workbook, and what only an attacker writes is refused."""

from __future__ import annotations

import pytest

from recon.errors import SourceError
from recon.ingest.refusing import misfit
from recon.sources import identify
from recon.sources.piece import Piece
from recon.sources.sheet import is_spreadsheet, read_sheet, sheet_has

HEADER = (
    '<Row><Cell><Data ss:Type="String">单号</Data></Cell><Cell><Data ss:Type="String">金额（元）</Data></Cell></Row>'
)


def workbook(*sheets: str, prefix: str = "", prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> Piece:
    """A workbook of these tables; the sheets are called 明细1, 明细2 ..."""
    bodies = "".join(
        f'<Worksheet ss:Name="明细{number}"><Table>{rows}</Table></Worksheet>' for number, rows in enumerate(sheets, 1)
    )
    names = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    text = f'{prolog}\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {names}>{bodies}</Workbook>'
    for name in ("Workbook", "Worksheet", "Table", "Row", "Cell", "Data") if prefix else ():
        text = text.replace(f"<{name}", f"<{prefix}:{name}").replace(f"</{name}", f"</{prefix}:{name}")
    return Piece("bill.xls", text.replace("xmlns=", f"xmlns:{prefix}=" if prefix else "xmlns=").encode())


def row(*cells: str, kind: str = "String") -> str:
    return "<Row>" + "".join(f'<Cell><Data ss:Type="{kind}">{cell}</Data></Cell>' for cell in cells) + "</Row>"


@pytest.mark.parametrize("prefix", ["", "x"])
def test_it_is_a_workbook_with_or_without_a_prefix(prefix: str) -> None:
    piece = workbook(HEADER + row("A1", "12.50"), prefix=prefix)
    assert is_spreadsheet(piece)
    assert sheet_has(piece, ("单号", "金额(元)"))
    assert read_sheet(piece, required=("单号", "金额(元)")).frame.rows() == [(2, "A1", "12.50")]


def test_rows_and_cells_that_an_index_jumps_over_are_blank() -> None:
    body = HEADER + '<Row ss:Index="5"><Cell ss:Index="2"><Data ss:Type="String">7.00</Data></Cell></Row>'
    assert read_sheet(workbook(body), required=("单号", "金额(元)")).frame.rows() == [(5, "", "7.00")]


def test_a_merged_cell_covers_blank_columns() -> None:
    title = '<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">#账号：a@x.example</Data></Cell></Row>'
    table = read_sheet(workbook(title + HEADER + row("A1", "1.00")), required=("单号", "金额(元)"))
    assert (table.before, table.frame.rows()) == (("#账号：a@x.example",), [(3, "A1", "1.00")])


def test_formatted_text_is_read_whole_and_a_comment_is_no_cell() -> None:
    cell = (
        '<Row><Cell><Data ss:Type="String">A<B>1</B>&amp;2</Data>'
        '<Comment><Data ss:Type="String">note</Data></Comment></Cell></Row>'
    )
    assert read_sheet(workbook(HEADER + cell), required=("单号", "金额(元)")).frame.rows() == [(2, "A1&2", "")]


@pytest.mark.parametrize(
    ("kind", "printed", "shown"),
    [
        ("Number", "99.10", "99.10"),
        ("Number", "123456789012345", "123456789012345"),
        ("Number", "2026020322001458860500000001", "2.02602032200146E+27"),
        ("Number", "1.2E3", "1200"),
        ("DateTime", "2026-02-03T09:08:07.000", "2026-02-03 09:08:07"),
        ("DateTime", "2026-02-03T00:00:00.000", "2026-02-03"),
        ("String", "2026020322001458860500000001", "2026020322001458860500000001"),
    ],
)
def test_cells_become_the_text_that_was_meant(kind: str, printed: str, shown: str) -> None:
    piece = workbook(HEADER + row(printed, kind=kind))
    assert read_sheet(piece, required=("单号", "金额(元)")).frame["单号"].to_list() == [shown]


def test_sheets_of_the_same_name_go_on_with_the_records() -> None:
    piece = workbook(HEADER + row("A1", "1.00"), row("A2", "2.00") + row("A3"))
    required = ("单号", "金额(元)")
    assert read_sheet(piece, required=required).frame.rows() == [(2, "A1", "1.00")]
    assert read_sheet(piece, required=required, continued=True).frame.rows() == [
        (2, "A1", "1.00"),
        (3, "A2", "2.00"),
        (4, "A3", ""),
    ]


def test_a_sheet_of_another_name_does_not() -> None:
    other = workbook(HEADER + row("A1", "1.00"), row("A2", "2.00")).data.replace("明细2".encode(), "汇总2".encode())
    table = read_sheet(Piece("bill.xls", other), required=("单号", "金额(元)"), continued=True)
    assert table.frame.rows() == [(2, "A1", "1.00")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<Row ss:Index="2000000"/>', "is no number of rows or columns"),
        ('<Row ss:Index="-1"/>', "is no number of rows or columns"),
        (f'<Row ss:Index="{"9" * 5000}"/>', "is no number of rows or columns"),
        ('<Row><Cell ss:MergeAcross="999999"/></Row>', "is no number of rows or columns"),
        ('<Row><Cell ss:Index="16000"/></Row>' * 700, "more rows or columns than a spreadsheet holds"),
        ("<Row><Cell>", "the workbook's XML is damaged"),
    ],
)
def test_what_no_spreadsheet_holds_is_refused(body: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read_sheet(workbook(HEADER + body), required=("单号", "金额(元)"))


def test_a_document_type_is_refused_before_any_entity_is_read() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    piece = workbook(HEADER + row("&c;", "1.00"), prolog=bomb)
    assert not sheet_has(piece, ("单号",))
    with pytest.raises(SourceError, match="document type"):
        read_sheet(piece, required=("单号",))


def test_one_that_no_format_claims_is_called_a_spreadsheet() -> None:
    piece = workbook(row("这是", "什么"))
    with pytest.raises(SourceError) as unknown:
        identify(piece)
    assert "it is a spreadsheet" in str(misfit(piece, unknown.value))


def test_one_that_cannot_be_opened_is_called_what_it_is() -> None:
    piece = workbook(HEADER + "<Row><Cell>")
    with pytest.raises(SourceError) as unknown:
        identify(piece)
    assert "the workbook's XML is damaged" in str(misfit(piece, unknown.value))
