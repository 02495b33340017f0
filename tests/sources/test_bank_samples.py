"""Every public sample of a bank statement is read with its number of rows, or refused for what is wrong with it.

INDEX.tsv beside the samples counts the lines of a table that are not blank, headings and totals too; here are the
records. Bills of credit cards and of foreign banks that no format reads are named, so that a later one takes them over.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings, by_name, discover
from recon.sources.piece import Piece

pytestmark = pytest.mark.samples

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
BANKS = ("abc", "boc", "bocom", "ccb", "ccb_personal", "cib", "cmb", "cmbc", "icbc", "mt940", "ofx", "pingan", "spdb")
EXAMPLE = "deb-sig+double-entry-generator__example__"
MT = "WoLpH+mt940__mt940_tests__"
OFX = "jseutter+ofxparse__tests__fixtures__"

READ = [
    # the columns: file name; format; how many rows are canonical; excluded, being totals or notes; rejected
    (f"{EXAMPLE}abc_debit__example-abc_debit-records.csv", "abc", 5, 0, 0),
    (f"{EXAMPLE}boc__credit__example-boc-records.csv", "boc", 14, 0, 0),
    (f"{EXAMPLE}boc__debit__example-boc-records.csv", "boc", 17, 0, 0),
    ("redacted__boc_corporate_pipe_2017.txt", "boc", 4, 0, 0),
    (f"{EXAMPLE}bocom_debit__example-bocom_debit-records.csv", "bocom", 6, 0, 0),
    (f"{EXAMPLE}ccb__交易明细_xxxx_2025xxxx_2025xxxx.xls", "ccb_personal", 6, 1, 0),
    (f"{EXAMPLE}cib_debit__example-cib_debit-cny-records.xlsx", "cib", 7, 1, 0),
    (f"{EXAMPLE}cib_debit__example-cib_debit-hkd-records.xlsx", "cib", 5, 1, 0),
    (f"{EXAMPLE}cib_debit__example-cib_debit-usd-records.xlsx", "cib", 3, 1, 0),
    (f"{EXAMPLE}cmb__debit__example-cmb-records.csv", "cmb", 5, 0, 0),
    (f"{EXAMPLE}icbc__credit__example-icbc-credit-records.csv", "icbc", 9, 1, 0),
    # the author wrote xx,yyyy.zz over every balance
    (f"{EXAMPLE}icbc__debit-v1__example-icbc-debit-v1-records.csv", "icbc", 0, 1, 11),
    (f"{EXAMPLE}icbc__debit-v2__example-icbc-debit-v2-records.csv", "icbc", 0, 1, 11),
    (f"{EXAMPLE}spdb_debit__example-spdb_debit-records.xls", "spdb", 4, 0, 0),
    (f"{MT}betterplace__sepa_mt9401.sta", "mt940", 97, 0, 0),
    (f"{MT}betterplace__sepa_snippet_broken.sta", "mt940", 1, 0, 0),
    (f"{MT}cmxl__mt940.sta", "mt940", 16, 0, 0),
    (f"{MT}jejik__generic.sta", "mt940", 2, 0, 0),
    (f"{MT}jejik__knab.sta", "mt940", 3, 0, 0),
    (f"{MT}jejik__rabobank-iban.sta", "mt940", 4, 0, 0),
    (f"{MT}jejik__sns.sta", "mt940", 2, 0, 0),
    (f"{MT}mBank__mt940.sta", "mt940", 3, 0, 0),
    (f"{MT}mBank__with_newline_in_tnr.sta", "mt940", 2, 0, 0),
    (f"{MT}self-provided__details_60-63.sta", "mt940", 1, 0, 0),
    (f"{MT}self-provided__february_30.sta", "mt940", 1, 0, 0),
    (f"{MT}self-provided__malformed_details.sta", "mt940", 1, 0, 0),
    (f"{MT}self-provided__overly_long_details.sta", "mt940", 1, 0, 0),
    (f"{MT}self-provided__raphaelm.sta", "mt940", 9, 0, 0),
    (f"{MT}self-provided__transaction_details_wrapped.sta", "mt940", 1, 0, 0),
    (f"{MT}self-provided__wrapped_timestamp.sta", "mt940", 1, 0, 0),
    (f"{OFX}anzcc.ofx", "ofx", 1, 0, 0),
    (f"{OFX}fail_nice__decimal_error.ofx", "ofx", 0, 0, 1),  # "$120", on a day 20112000
    (f"{OFX}fidelity-savings.ofx", "ofx", 0, 4, 0),  # cash rows of an investment account
    (f"{OFX}multiple_accounts.ofx", "ofx", 0, 0, 0),  # two accounts, balances only
    (f"{OFX}ofx-v102-empty-tags.ofx", "ofx", 1, 0, 0),
    (f"{OFX}suncorp.ofx", "ofx", 1, 0, 0),
]
REFUSED = [
    (f"{MT}betterplace__amount_formats.sta", "mt940", "belongs to no statement"),
    (f"{MT}cmxl__account_balance_credit.sta", "mt940", "belongs to no statement"),
    (f"{MT}cmxl__statement_details.sta", "mt940", "belongs to no statement"),
    (f"{OFX}bank_small.ofx", "ofx", "it holds no statement"),
    (f"{OFX}error_message.ofx", "ofx", "the bank answered with an error .* 2000 General Server Error"),
    (f"{OFX}investment_401k.ofx", "ofx", "an investment account"),
    (f"{OFX}signon_success.ofx", "ofx", "it holds no statement"),
    (f"{OFX}tiaacref.ofx", "ofx", "an investment account"),
    (f"{OFX}vanguard401k.ofx", "ofx", "an investment account"),
]
NOBODYS = [
    f"{EXAMPLE}bmo__credit__example-bmo-records.csv",
    f"{EXAMPLE}bmo__debit__example-bmo-records.csv",
    f"{EXAMPLE}bocom_credit__example-bocom_credit-records.csv",
    f"{EXAMPLE}cgb_credit__example-cgb_credit-records.csv",
    f"{EXAMPLE}citic__credit__example-citic-records.xls",
    f"{EXAMPLE}cmb__credit__example-cmb-records.csv",
    f"{EXAMPLE}hsbchk__credit__example-hsbchk-credit-records.csv",
    f"{EXAMPLE}hsbchk__debit__example-hsbchk-debit-records.csv",
    f"{EXAMPLE}td__example-td-records.csv",
    # single records, without a balance, an entry or a floor limit
    f"{MT}betterplace__empty_86.sta",
    f"{MT}betterplace__empty_line.sta",
    f"{MT}cmxl__account_identification_iban.sta",
    f"{MT}cmxl__available_balance.sta",
    f"{MT}cmxl__statement_number.sta",
    f"{MT}self-provided__invalid_statement.sta",
]
CHAINED = (
    f"{EXAMPLE}boc__debit__example-boc-records.csv",
    "redacted__boc_corporate_pipe_2017.txt",
    f"{EXAMPLE}cib_debit__example-cib_debit-hkd-records.xlsx",
    f"{EXAMPLE}cib_debit__example-cib_debit-usd-records.xlsx",
    f"{EXAMPLE}spdb_debit__example-spdb_debit-records.xls",
    f"{MT}betterplace__sepa_mt9401.sta",
    f"{MT}cmxl__mt940.sta",
    f"{MT}jejik__rabobank-iban.sta",
    f"{MT}jejik__sns.sta",
    f"{MT}self-provided__raphaelm.sta",
)
"""Samples whose figures nobody edited: what they print about themselves must come out of their rows."""


def opened(name: str) -> Piece:
    return Piece(name, (SAMPLES / name).read_bytes())


def read(name: str, source: str) -> Reading:
    return by_name(source).read(opened(name), Settings())


@pytest.mark.parametrize(("name", "source", "canonical", "excluded", "rejected"), READ, ids=[row[0] for row in READ])
def test_a_sample_is_read_with_all_its_rows(
    name: str, source: str, canonical: int, excluded: int, rejected: int
) -> None:
    reading = read(name, source)
    assert reading.txns is not None
    counted = (reading.txns.height, reading.excluded.height, reading.rejects["line_no"].n_unique())
    assert counted == (canonical, excluded, rejected)
    assert reading.raw.height == canonical + excluded + rejected


@pytest.mark.parametrize(("name", "source", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_sample_that_is_no_statement_is_refused(name: str, source: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(name, source)


@pytest.mark.parametrize("name", CHAINED)
def test_the_figures_of_an_unedited_sample_agree_with_its_rows(name: str) -> None:
    source = next(source for file, source, *_ in READ if file == name)
    controls = read(name, source).controls
    assert controls
    assert [control for control in controls if not control.ok] == []


def test_the_formats_of_banks_claim_all_and_only_their_own_samples() -> None:
    expected = {name: {source} for name, source, *_ in (*READ, *REFUSED)}
    for path in sorted(SAMPLES.iterdir()):
        claims = {source.name for source in discover() if source.identify(opened(path.name))}
        assert claims & set(BANKS) == expected.get(path.name, set()), path.name
        assert len(claims) <= 1 or not claims & set(BANKS), path.name


@pytest.mark.parametrize("name", NOBODYS)
def test_a_sample_that_no_format_reads_is_unknown(name: str) -> None:
    assert [source.name for source in discover() if source.identify(opened(name))] == []
