"""One file after the other: known, stored, refused; and what a refused one leaves behind (nothing)."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError, UsageError
from recon.ingest import Ingested, Known, Refused, Settings, status
from recon.store import verify

A = {"native_id": "A", "amount_minor": 100}
B = {"native_id": "B", "amount_minor": 200}


def test_a_file_is_stored_with_its_rows_counts_and_controls(desk, page) -> None:
    total = {"control": ["交易笔数", "1", "1"]}
    file = page(A, {"exclude": "an item line"}, {"reject": "is no amount"}, total)
    (result,) = desk.load(file)
    assert isinstance(result, Ingested)
    assert (result.rows_raw, result.rows_canon, result.rows_excluded, result.rows_rejected) == (3, 1, 1, 1)
    assert (result.source, result.encoding, result.file_id) == ("notebook", "utf-8", 1)
    (row,) = desk.store.frame("FROM meta.file").to_dicts()
    assert row["name"] == (desk.folder / "1.txt").as_posix()
    assert (row["run_id"], row["ingested_s"], row["size_bytes"]) == (1, 1_770_000_000, len(file))
    assert json.loads(row["control"]) == [
        {"name": "交易笔数", "printed": "1", "computed": "1", "ok": True} | {"binding": True}
    ]
    assert desk.rows("SELECT file_id, line_no, reason FROM meta.excluded") == [(1, 3, "an item line")]
    assert desk.rows("SELECT file_id, line_no, reason FROM meta.reject") == [(1, 4, "is no amount")]


def test_every_record_is_in_raw_as_printed(desk, page) -> None:
    desk.load(page(A, {"exclude": "an item line"}))
    assert desk.rows("SELECT file_id, line_no, text FROM raw_notebook.record ORDER BY line_no") == [
        (1, 2, json.dumps(A)),
        (1, 3, '{"exclude": "an item line"}'),
    ]


def test_a_column_that_a_newer_export_brings_is_blank_in_older_rows(desk, page) -> None:
    desk.load(page(A), page({**B, "columns": {"优惠金额": "1.00", "file_id": "x", "TEXT": "y"}}))
    assert desk.rows('SELECT file_id, "优惠金额", file_id_2, text_2 FROM raw_notebook.record ORDER BY file_id') == [
        (1, None, None, None),
        (2, "1.00", "x", "y"),
    ]


def test_the_same_bytes_again_are_known_whatever_their_name(desk, page) -> None:
    desk.load(page(A))
    before = desk.everything()
    again, renamed = desk.load(desk.folder / "1.txt", desk.put(page(A), "other.csv"))
    assert (again, renamed.file_id) == (Known((desk.folder / "1.txt").as_posix(), 1), 1)
    assert desk.everything() == before


def test_members_of_a_zip_are_known_one_by_one(desk, page) -> None:
    desk.load(page(A))
    archive = desk.folder / "bills.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("a.csv", page(A))
        zipped.writestr("b.csv", page(B))
    known, new = desk.load(archive)
    assert isinstance(known, Known)
    assert (new.name, new.rows_new) == (f"{archive.as_posix()}!/b.csv", 1)


def test_a_gzip_is_known_by_what_is_in_it(desk, page) -> None:
    desk.load(page(A))
    (result,) = desk.load(desk.put(gzip.compress(page(A)), "a.csv.gz"))
    assert isinstance(result, Known)


def test_a_bill_without_rows_is_stored_with_its_controls(desk, page) -> None:
    (result,) = desk.load(page({"control": ["交易笔数", "0", "0"]}))
    assert (result.rows_raw, result.rows_canon) == (0, 0)
    assert desk.rows("SELECT count(*) FROM meta.file") == [(1,)]


@pytest.mark.parametrize(
    "file",
    [
        [A, {"damaged": "the trailer is missing"}],
        [A, {"control": ["金额合计", "2.00", "1.00"]}],
        [{"reject": "is no amount"}, {"reject": "is no amount"}],
        [{**A, "memo": "a\x1fb"}],
        [{**A, "book": "bank", "kind": "bank_line", "currency": ""}],
    ],
    ids=["damaged", "totals", "all rejected", "separator", "currency"],
)
def test_a_file_that_fails_leaves_the_store_as_it_was_and_the_others_go_on(desk, page, file) -> None:
    desk.load(page(B))
    before = desk.everything()
    (refused,) = desk.load(page(*file))
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, SourceError)
    assert desk.everything() == before
    bad, good = desk.load(page(*file, {"exclude": "again"}), page(A))
    assert (type(bad), type(good)) == (Refused, Ingested)
    assert good.file_id == 2


def test_a_failure_while_writing_rolls_everything_back(desk, page, monkeypatch) -> None:
    desk.load(page(B))
    before = desk.everything()

    def fails(*_args, **_kwargs) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recon.ingest.writing._write_file", fails)
    with pytest.raises(KeyboardInterrupt):
        desk.load(page(A, {**B, "status": "pending"}, {"reject": "is no amount", "columns": {"新列": "1"}}))
    assert desk.everything() == before
    monkeypatch.undo()
    (result,) = desk.load(page(A))
    assert (result.file_id, result.rows_new) == (2, 1)


def test_totals_that_disagree_are_accepted_for_a_reason_that_stays_with_the_file(desk, page) -> None:
    odd = page(A, {"control": ["金额合计", "2.00", "1.00"]})
    settings = Settings(accept_mismatch="the shop confirmed it", actor="韩梅梅")
    (result, plain) = desk.load(odd, page(B), settings=settings)
    assert [control.ok for control in result.controls] == [False]
    assert '"ok": false' in desk.store.value("SELECT control FROM meta.file WHERE file_id = 1")
    first, second = status.files(desk.store).to_dicts()
    assert (first["accepted"], first["accepted_by"]) == ("the shop confirmed it", "韩梅梅")
    assert (first["totals"], first["odd"]) == ("0/1", "金额合计: printed 2.00, computed 1.00")
    assert (second["accepted"], second["totals"], second["odd"]) == ("", "", "")
    assert desk.rows("SELECT actor, subject, action, reason FROM meta.audit") == [
        ("韩梅梅", "file 1", "accept-mismatch", "the shop confirmed it")
    ]
    assert verify(desk.store) == []
    assert plain.rows_new == 1


def test_a_file_says_where_each_of_its_rows_went(desk, page) -> None:
    lines = [{"exclude": "an item line"}, {"exclude": "an item line"}, {"exclude": "a sum"}, {"reject": "is no amount"}]
    desk.load(page(A), page(A, B, *lines), settings=Settings(max_reject_percent=100))
    first, second = status.files(desk.store).to_dicts()
    assert (first["rows_raw"], first["rows_new"], first["excluded"], first["adds_up"]) == (1, 1, "", True)
    assert (second["rows_raw"], second["rows_canon"], second["rows_new"], second["rows_overlap"]) == (6, 2, 1, 1)
    assert (second["rows_excluded"], second["excluded"]) == (3, "2 an item line; 1 a sum")
    assert (second["rows_rejected"], second["adds_up"]) == (1, True)


def test_a_file_whose_exclusions_are_gone_does_not_add_up(desk, page) -> None:
    desk.load(page(A, {"exclude": "an item line"}))
    desk.store.run("DELETE FROM meta.excluded")
    assert status.files(desk.store)["adds_up"].to_list() == [False]


def test_as_many_rejects_as_allowed_are_stored_and_one_more_refuses_the_file(desk, page) -> None:
    two = [{"reject": "is no amount"}, {"reject": "is no date"}]
    stored, refused = desk.load(
        page(A, *two),
        page(A, *two, {"reject": "is no amount"}),
        settings=Settings(max_rejects=2, max_reject_percent=100),
    )
    assert (stored.rows_rejected, stored.rows_canon) == (2, 1)
    assert refused.error.explanation == "3 of 4 rows cannot be read"


def test_a_file_of_whose_rows_more_than_a_share_cannot_be_read_is_refused(desk, page) -> None:
    bad, worse = page(A, {"reject": "is no amount"}), page(B, {"reject": "is no amount"}, {"reject": "is no amount"})
    half, more = desk.load(bad, worse)
    assert half.rows_rejected == 1
    assert more.error.explanation == "2 of 3 rows cannot be read"
    (stored,) = desk.load(worse, settings=Settings(max_reject_percent=67))
    assert stored.rows_rejected == 2


def test_a_row_that_a_format_loses_is_a_bug_and_not_a_refusal(desk, page) -> None:
    with pytest.raises(AssertionError, match=r"2 lines were read, but 1 are canonical.*nowhere: \[3\]"):
        desk.load(page(A, {"lost": True}))
    assert desk.rows("SELECT count(*) FROM meta.file") == [(0,)]


@pytest.mark.parametrize("wrong", [{"amount_minor": None}, {"kind": "sale"}, {"currency": ""}, {"channel": "visa"}])
def test_a_row_that_is_no_record_is_a_bug_of_its_format(desk, page, wrong) -> None:
    with pytest.raises(AssertionError, match="made a row that is no record"):
        desk.load(page({**A, **wrong}))


def test_a_forced_format_reads_what_content_does_not_tell(desk, page) -> None:
    headless = page(A).replace(b"NOTEBOOK", b"(edited)")
    (refused,) = desk.load(headless)
    assert refused.error.explanation == "the format is unknown"
    (result,) = desk.load(headless, source="notebook")
    assert result.rows_new == 1


def test_an_unknown_forced_format_is_a_usage_error(desk, page) -> None:
    with pytest.raises(UsageError, match='there is no format "notbook"'):
        desk.load(page(A), source="notbook")


def test_progress_names_each_file_before_it_is_read(desk, page) -> None:
    said: list[str] = []
    desk.load(page(A), page(B), progress=said.append)
    assert said == [(desk.folder / name).as_posix() for name in ("1.txt", "2.txt")]


def test_a_gb18030_file_says_so(desk, page) -> None:
    (result,) = desk.load(page({**A, "memo": "沙发"}).decode().encode("gb18030"))
    assert result.encoding == "gb18030"
    assert desk.rows("SELECT memo FROM canon.txn") == [("沙发",)]


records = st.lists(
    st.one_of(
        st.builds(lambda n: {"native_id": n, "amount_minor": 1}, st.sampled_from("ABC")),
        st.just({"exclude": "an item line"}),
        st.just({"reject": "is no amount"}),
        st.builds(lambda n: {"voucher": {"voucher_no": n, "account_code": "6001"}}, st.sampled_from("12")),
        st.builds(
            lambda n: {"shipment": {"order_no": n}, "contact": {"order_no": n, "way": "sms"}}, st.sampled_from("AB")
        ),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(records=records)
def test_every_line_is_canonical_excluded_or_rejected(new_desk, page, records) -> None:
    with new_desk() as desk:
        (result,) = desk.load(page(*records), settings=Settings(max_reject_percent=100))
        if isinstance(result, Refused):
            assert records
            assert all("reject" in record or "exclude" in record for record in records)
            return
        assert result.rows_raw == len(records)
        assert result.rows_raw == result.rows_canon + result.rows_excluded + result.rows_rejected
        assert result.rows_canon == result.rows_new + result.rows_overlap + result.rows_restated
        assert desk.rows("SELECT count(*) FROM raw_notebook.record") == [(len(records),)]


@settings(max_examples=10, deadline=None)
@given(records=records)
def test_loading_again_changes_nothing(new_desk, page, records) -> None:
    with new_desk() as desk:
        path = desk.put(page(*records), "bill.txt")
        desk.load(path)
        before = desk.everything()
        desk.load(path, path)
        assert desk.everything() == before
