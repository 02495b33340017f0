"""XML of bank statements, read in two ways that must tell the same, and what no bank sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.sources import Settings, camt_entries, camt_xml
from recon.sources.camt import Camt
from recon.sources.piece import Piece

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "shared" / "samples"
GOLDEN = sorted(path for path in (HERE / "camt").glob("*.xml"))


def files() -> list[Path]:
    samples = sorted(SAMPLES.iterdir()) if SAMPLES.is_dir() else []
    return [path for path in (*GOLDEN, *samples) if Camt().identify(Piece(path.name, path.read_bytes()))]


def told(reader: type[camt_xml._Reader], piece: Piece) -> object:
    try:
        statements, entries = reader(piece).read()
    except SourceError as error:
        return str(error)
    except camt_xml._UnsafeError:
        return None
    return statements, entries.to_dicts()


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_cutting_entries_out_tells_the_same_as_element_by_element(path: Path) -> None:
    piece = Piece(path.name, path.read_bytes())
    whole = told(camt_xml._Whole, piece)
    assert told(camt_xml._Cutting, piece) in (whole, None)
    assert told(camt_xml._Cutting, piece) is not None or isinstance(whole, str) or b"<!" in piece.data


def test_most_files_can_be_cut() -> None:
    assert sum(told(camt_xml._Cutting, Piece(path.name, path.read_bytes())) is not None for path in GOLDEN) >= 4


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_it_does_not_matter_how_the_file_comes(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    for path in GOLDEN:
        piece = Piece(path.name, path.read_bytes())
        expected = told(camt_xml._Whole, piece), told(camt_xml._Cutting, piece)
        with monkeypatch.context() as patch:
            patch.setattr(camt_xml, "_CHUNK_BYTES", size)
            assert (told(camt_xml._Whole, piece), told(camt_xml._Cutting, piece)) == expected


@pytest.mark.parametrize("together", [1, 2, 3])
def test_it_does_not_matter_how_many_are_packed_at_a_time(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    piece = Piece("statement.xml", (HERE / "camt" / "statement.xml").read_bytes())
    expected = told(camt_xml._Whole, piece)
    monkeypatch.setattr(camt_xml, "_AT_ONCE", together)
    monkeypatch.setattr(camt_entries, "_TOGETHER", together)
    assert told(camt_xml._Whole, piece) == told(camt_xml._Cutting, piece) == expected


TEXTS = st.sampled_from(["", " ", "a", "a  b", "&amp;", "&#20113;", "1.00", "|", "<x/>", "x<y/>z", "\n", "NOTPROVIDED"])
LEAVES = st.sampled_from(
    [
        "NtryRef", "CdtDbtInd", "RvslInd", "Sts", "Sts/Cd", "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "AcctSvcrRef",
        "NtryDtls/Btch/NbOfTxs", "NtryDtls/TxDtls/Refs/EndToEndId", "NtryDtls/TxDtls/Refs/AcctSvcrRef",
        "NtryDtls/TxDtls/RltdPties/Dbtr/Nm", "NtryDtls/TxDtls/RltdPties/Dbtr/Pty/Nm", "AddtlNtryInf",
        "NtryDtls/TxDtls/RltdPties/UltmtDbtr/Nm", "NtryDtls/TxDtls/RmtInf/Ustrd", "Unknown/Amt", "Amt",
    ]
)  # fmt: skip


def element(path: str, text: str) -> str:
    names = path.split("/")
    currency = ' Ccy="USD"' if names[-1] == "Amt" else ""
    return (
        "".join(f"<{name}>" for name in names[:-1])
        + f"<{names[-1]}{currency}>{text}</{names[-1]}>"
        + "".join(f"</{name}>" for name in reversed(names[:-1]))
    )


@settings(deadline=None, max_examples=60)
@given(
    entries=st.lists(st.lists(st.tuples(LEAVES, TEXTS), max_size=9), max_size=5),
    between=st.sampled_from(["", "\n", " \r\n ", "<Bal><Amt Ccy='EUR'>1</Amt></Bal>", "<!-- <Ntry> -->"]),
    prefix=st.sampled_from(["", "n:"]),
)
def test_both_ways_tell_the_same_of_any_entries(
    entries: list[list[tuple[str, str]]], between: str, prefix: str
) -> None:
    body = between.join(f"<Ntry>{''.join(element(*leaf) for leaf in leaves)}</Ntry>" for leaves in entries)
    space = " xmlns:n='urn:x'" if prefix else ""
    text = f"<Document{space}>\n<BkToCstmrStmt><Stmt><Id>S1</Id>\n{body}\n</Stmt></BkToCstmrStmt></Document>"
    if prefix:
        text = text.replace("<Ntry>", "<n:Ntry>").replace("</Ntry>", "</n:Ntry>")
    piece = Piece("statement.xml", text.encode())
    whole = told(camt_xml._Whole, piece)
    assert not isinstance(whole, str)
    assert told(camt_xml._Cutting, piece) in (whole, None)
    assert (told(camt_xml._Cutting, piece) is None) == ("<!" in between and len(entries) > 1)


# ------------------------------------------------------------------------------------------------ what no bank sends

ENTRY = '<Ntry><Amt Ccy="USD">1.00</Amt><AddtlNtryInf>{}</AddtlNtryInf></Ntry>'


def document(body: str, before: str = "") -> Piece:
    return Piece("statement.xml", f"{before}<BkToCstmrStmt><Stmt>{body}</Stmt></BkToCstmrStmt>".encode())


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://localhost/x.dtd"> %p;',
    ],
    ids=["multiplying", "outside", "parameter"],
)
def test_a_document_type_is_refused_before_any_entity_is_looked_at(entities: str) -> None:
    with pytest.raises(SourceError, match="the XML has a document type declaration, which no bank statement has"):
        Camt().read(document(ENTRY.format("&x;"), f"<!DOCTYPE x [{entities}]>"), Settings())


def test_an_entity_that_nobody_declared_is_damage() -> None:
    with pytest.raises(SourceError, match="the XML is damaged: undefined entity"):
        Camt().read(document(ENTRY.format("&x;")), Settings())


@pytest.mark.parametrize(
    "body",
    [
        ENTRY.format("x" * 5000),
        f"<Id>{'x' * 5000}</Id>",
        f"<Id a='{'x' * 5000}'/>",
        f"<Id><!-- {'x' * 5000} --></Id>",
        f"<{'x' * 5000}/>",
    ],
    ids=["text of an entry", "text of a head", "attribute", "comment", "name"],
)
def test_an_element_that_is_larger_than_any_is_refused(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(camt_xml, "_LARGEST_BYTES", 1000)
    monkeypatch.setattr(camt_xml, "_CHUNK_BYTES", 100)
    with pytest.raises(SourceError, match="an element of the XML is larger than any statement's"):
        Camt().read(document(body), Settings())


def test_elements_in_each_other_without_end_are_refused_in_a_head_and_harmless_in_an_entry() -> None:
    deep = "<a>" * 200 + "</a>" * 200
    with pytest.raises(SourceError, match="or in each other, than a statement"):
        camt_xml.read(document(deep))
    assert camt_xml.read(document(ENTRY.format(deep)))[1].height == 1


def test_a_head_of_too_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt_xml, "_MOST_NODES", 50)
    with pytest.raises(SourceError, match="more elements around its entries"):
        Camt().read(document("<Bal/>" * 60), Settings())
    assert camt_xml.read(document(ENTRY.format("<!-- -->") * 60))[1].height == 60


@pytest.mark.parametrize("body", ["<Ntry/>", "<Ntry><Ntry/></Ntry>", "<TxsSummry><Ntry>x</Ntry></TxsSummry>", "<Ntry>"])
def test_entries_where_none_belong_are_read_element_by_element(body: str) -> None:
    assert told(camt_xml._Cutting, document(body)) is None
    told(camt_xml._Whole, document(body))


def test_an_entry_that_is_cut_off_is_told_with_its_line() -> None:
    with pytest.raises(SourceError, match=r"statement.xml:3: the XML is damaged: no element found"):
        camt_xml.read(Piece("statement.xml", b"<BkToCstmrStmt>\n<Stmt>\n<Ntry><Amt>1</Amt>"))
