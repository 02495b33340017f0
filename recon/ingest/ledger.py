"""Voucher lines -> canon.voucher, and from them the ledger's rows of canon.txn.

A voucher is seen whole: all stored lines of one voucher number and period, whichever file brought them. One row of
canon.txn comes from each line on a channel's account (the account map, or a channel-money account whose line names its
channel). Its amount is debit minus credit in the line's own currency, its kind is told by the counter-accounts:

    Dr 1012.01 支付宝 100      Cr 6001 收入 100      payment +100     (a red entry: refund, negative)
    Dr 6603.01 手续费 0.60     Cr 1012.01 0.60       fee -0.60
    Dr 1002.01 银行 99.40      Cr 1012.01 99.40      payout -99.40
    Dr 1012.04 USD             Cr 1012.04 EUR        entry, both      (nothing but channel accounts: a conversion)

Where a voucher has counter-accounts of several sorts, a line that one counter-line cancels exactly is of that line's
sort; else a bank line makes it a payout, a sale line a sale, a fee line a fee.

Lines have an identity like transactions (``period:voucher_no:entry_no``, see recon.ingest.identity). A voucher exported
again with other lines replaces what it said; ledger rows that it no longer says go to canon.txn_superseded. A voucher
deleted in the finance system is not noticed: an export does not say what it does not contain.

A voucher whose debits and credits differ stays in canon (it is what finance booked) and gets a row in meta.reject, at
its first line in the file, that says by how much; that row is a warning and not counted as a rejected line.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from recon import fingerprint, money
from recon.ingest.identity import CROWDED, escaped, forget, fresh_outcomes, key_parts, resolve, supersede
from recon.ingest.settings import LedgerMap
from recon.model import REJECT, TXN, Book, Kind, Status, shaped
from recon.store import Store

_CONTENT: Final = fingerprint.sql(
    (
        "voucher_date", "account_code", "summary", "debit_minor", "credit_minor", "currency", "fc_amount_minor",
        "fx_rate_e8", "reference", "channel",
    ),
    "e1",
)  # fmt: skip
_BASE: Final = escaped("period || ':' || voucher_no || ':' || entry_no")
_KEYED: Final = f"(SELECT *, {_BASE} AS base_id FROM incoming)"  # noqa: S608 - the expression is ours
_NUMBER: Final = r"[A-Za-z0-9:_-]{6,}"
_VOUCHER_NO: Final = r"[记收付转冲]字?-[0-9-]+"
_PAYPAL_ID: Final = r"^[A-Z]{17}$"  # 17 letters and digits, of which now and then none is a digit
_DATE: Final = r"^(?:(?:19|20)\d{2}[-:_]?(?:0?[1-9]|1[0-2])(?:[-:_]?(?:0[1-9]|[12]\d|3[01]|[1-9]))?[-:_]?){1,2}$"
_CLOCK: Final = r"^\d{1,2}:\d{2}(?::\d{2})?$"
_VOUCHER: Final = ("period", "voucher_no")
_BATCH_LINES: Final = 500_000  # whole vouchers of about this many lines are in memory at a time


def load_vouchers(store: Store, vouchers: pl.DataFrame, *, file_id: int) -> pl.DataFrame:
    """Store voucher lines that are new or restated. Returns line_no and outcome per line.

    ``vouchers`` has the columns of model.VOUCHER. :func:`load_ledger` must follow: the temporary ``touched`` and
    ``ledger_before`` that this leaves say which vouchers changed and what the ledger said of them.
    """
    lines = _completed(vouchers)
    batches = 1 + lines.height // _BATCH_LINES
    with store.shown("incoming", lines):
        store.temp("fresh_base", f"SELECT line_no, period, voucher_no, {_BASE} AS base_id FROM incoming")  # noqa: S608
        store.temp(
            "stored_key",
            f"""
            SELECT voucher_id AS txn_id, 1 AS version, {_CONTENT} AS content, {key_parts("voucher_id")}
            FROM canon.voucher
            WHERE period IN (SELECT period FROM fresh_base)
            AND split_part(voucher_id, '#', 1) IN (SELECT base_id FROM fresh_base)
            """,  # noqa: S608 - the expression is ours
        )
        store.temp("crowded", CROWDED)
        store.temp(
            "staged",
            f"SELECT k.*, {_CONTENT} AS content FROM {_KEYED} AS k "  # noqa: S608 - the expressions are ours
            "SEMI JOIN crowded AS c ON c.base_id = k.base_id",
        )
        store.temp("fresh_key", "SELECT rowid AS rid, line_no, base_id, content FROM staged")
        resolve(store)
        store.temp(
            "touched",
            """
            SELECT DISTINCT period, voucher_no, hash(period, voucher_no) % $batches AS batch
            FROM (
                SELECT f.period, f.voucher_no FROM fresh_base AS f ANTI JOIN crowded AS c ON c.base_id = f.base_id
                UNION ALL
                SELECT s.period, s.voucher_no FROM staged AS s JOIN resolved AS r ON r.rid = s.rowid
                WHERE r.outcome <> 'overlap'
            )
            """,
            {"batches": batches},
        )
        _remember_ledger(store)
        store.run(
            "DELETE FROM canon.voucher WHERE voucher_id IN (SELECT txn_id FROM resolved WHERE outcome = 'restated')"
        )
        store.insert(
            "canon.voucher",
            f"""
            SELECT k.base_id AS voucher_id, CAST($file_id AS INTEGER) AS file_id, k.* EXCLUDE (base_id)
            FROM {_KEYED} AS k
            ANTI JOIN crowded AS c ON c.base_id = k.base_id
            UNION ALL BY NAME
            SELECT r.txn_id AS voucher_id, CAST($file_id AS INTEGER) AS file_id, s.* EXCLUDE (content, base_id)
            FROM staged AS s
            JOIN resolved AS r ON r.rid = s.rowid
            WHERE r.outcome <> 'overlap'
            """,  # noqa: S608 - the expression is ours
            {"file_id": file_id},
        )
    outcomes = fresh_outcomes(store, resolved=True)
    forget(store, "fresh_base", "crowded", "staged", "fresh_key", "stored_key", "resolved")
    return outcomes


def load_ledger(store: Store, *, source: str, file_id: int, accounts: LedgerMap, base_currency: str) -> pl.DataFrame:
    """Bring the ledger rows of the vouchers that :func:`load_vouchers` touched up to date. Returns warnings."""
    warnings: list[pl.DataFrame] = []
    for batch in range(1 + int(store.value("SELECT coalesce(max(batch), 0) FROM touched"))):
        whole = store.frame(
            """
            SELECT v.* EXCLUDE (entry_no, account_name), coalesce(f.source, $source) AS source
            FROM canon.voucher AS v
            SEMI JOIN touched AS t ON t.period = v.period AND t.voucher_no = v.voucher_no AND t.batch = $batch
            LEFT JOIN meta.file AS f ON f.file_id = v.file_id
            """,
            {"source": source, "batch": batch},
        )
        warnings.append(_unbalanced(whole, file_id, base_currency))
        ledger = ledger_rows(whole, accounts, base_currency)
        del whole
        _write_ledger(store, ledger, batch=batch, file_id=file_id)
    forget(store, "touched", "ledger_before", "ledger_after", "superseded")
    return pl.concat(warnings).sort("line_no", "value")


def _completed(vouchers: pl.DataFrame) -> pl.DataFrame:
    """A voucher without a printed period belongs to the month of its date."""
    month = pl.col("voucher_date").dt.strftime("%Y-%m")
    return vouchers.with_columns(
        pl.when(pl.col("period") == "").then(month).otherwise(pl.col("period")).alias("period")
    )


def ledger_rows(lines: pl.DataFrame, accounts: LedgerMap, base_currency: str) -> pl.DataFrame:
    """Ledger rows of whole vouchers.

    ``lines`` has the columns of canon.voucher (without entry_no and account_name) and source. Returns the columns of
    model.TXN (native_id = voucher_id) plus source and file_id, one row per line on a channel account.
    """
    sorted_lines = _sorted_by_account(lines, accounts).with_columns(
        (pl.col("debit_minor") - pl.col("credit_minor")).alias("signed")
    )
    kinds = _kinds(sorted_lines)
    rows = sorted_lines.filter(pl.col("sort") == "channel").join(kinds, on="voucher_id", how="left")
    foreign = (
        (pl.col("currency") != "") & (pl.col("currency") != base_currency) & pl.col("fc_amount_minor").is_not_null()
    )
    unsigned = pl.col("fc_amount_minor")
    # The base amount of a tiny foreign line can round to zero; then the original amount's own sign is all there is.
    original = pl.when(pl.col("signed") == 0).then(unsigned).otherwise(pl.col("signed").sign() * unsigned.abs())
    kind = (
        pl.when(pl.col("kind") != "sale")
        .then(pl.col("kind"))
        .when(pl.col("signed") < 0)
        .then(pl.lit(Kind.REFUND.value))
        .otherwise(pl.lit(Kind.PAYMENT.value))
    )
    found = with_references(rows)
    ledger = found.select(
        "source",
        "file_id",
        "line_no",
        pl.lit(Book.LEDGER.value).alias("book"),
        pl.col("line_channel").alias("channel"),
        pl.col("account_code").alias("account"),
        kind.alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.col("voucher_id").alias("native_id"),
        pl.when(foreign).then(pl.col("currency")).otherwise(pl.lit(base_currency)).alias("currency"),
        pl.when(foreign).then(original).otherwise(pl.col("signed")).alias("amount_minor"),
        pl.col("signed").alias("base_amount_minor"),
        "fx_rate_e8",
        pl.col("voucher_date").alias("business_date"),
        "period",
        "reference",
        pl.col("summary").alias("memo"),
    )
    where = ledger.select("source", "file_id")
    return shaped(ledger.drop("source", "file_id"), TXN).hstack(where)


def _sorted_by_account(lines: pl.DataFrame, accounts: LedgerMap) -> pl.DataFrame:
    """Add ``line_channel`` and ``sort`` ('channel' | 'bank' | 'fee' | 'sale') from account code and channel cell."""
    codes = lines["account_code"].unique().to_list()
    mapped = {code: mapped_channel(code, accounts) for code in codes}
    believed = [code for code in codes if code.startswith(accounts.channel_prefixes)]
    sorts = {
        code: "bank" if code.startswith(accounts.bank_prefixes) else "fee"
        for code in codes
        if code.startswith((*accounts.bank_prefixes, *accounts.fee_prefixes))
    }
    code = pl.col("account_code")
    said = pl.when(code.is_in(believed)).then(pl.col("channel")).otherwise(pl.lit(""))
    channel = code.replace_strict(mapped, return_dtype=pl.String) if mapped else pl.lit("")
    return lines.with_columns(pl.when(channel != "").then(channel).otherwise(said).alias("line_channel")).with_columns(
        pl.when(pl.col("line_channel") != "")
        .then(pl.lit("channel"))
        .otherwise(code.replace_strict(sorts, default="sale", return_dtype=pl.String))
        .alias("sort")
    )


def mapped_channel(code: str, accounts: LedgerMap) -> str:
    """Channel of an account code: its own entry in the map, else that of the nearest account above it, else ``""``.

    ``1012.01`` stands above ``1012.01.03`` and not above ``1012.011``; ``101201`` stands above ``10120103``.
    """
    above = [
        known
        for known in accounts.accounts
        if code == known or (code.startswith(known) and (known.isdigit() or not code[len(known)].isalnum()))
    ]
    return accounts.accounts[max(above, key=len)] if above else ""


def _kinds(lines: pl.DataFrame) -> pl.DataFrame:
    """voucher_id and kind ('payout' | 'fee' | 'sale' | 'entry') of every line on a channel account."""
    has = [(pl.col("sort") == sort).any().alias(sort) for sort in ("bank", "sale", "fee")]
    vouchers = lines.group_by(_VOUCHER).agg(has)
    overall = (
        pl.when("bank")
        .then(pl.lit(Kind.PAYOUT.value))
        .when("sale")
        .then(pl.lit("sale"))
        .when("fee")
        .then(pl.lit(Kind.FEE.value))
        .otherwise(pl.lit(Kind.ENTRY.value))
    )
    several = pl.sum_horizontal(pl.col("bank", "sale", "fee").cast(pl.Int8)) > 1
    vouchers = vouchers.select(*_VOUCHER, overall.alias("overall"), several.alias("several"))
    channel_lines = lines.filter(pl.col("sort") == "channel").join(vouchers, on=_VOUCHER, how="left")
    mixed = vouchers.filter("several").select(_VOUCHER)
    counter = (
        lines.join(mixed, on=_VOUCHER, how="semi")
        .filter(pl.col("sort") != "channel")
        .group_by(*_VOUCHER, (-pl.col("signed")).alias("signed"))
        .agg(pl.col("sort").first().alias("cancelled_by"), pl.col("sort").n_unique().alias("sorts"))
        .filter(pl.col("sorts") == 1)
    )
    words = {"bank": Kind.PAYOUT.value, "fee": Kind.FEE.value, "sale": "sale"}
    own = pl.col("cancelled_by").replace_strict(words, return_dtype=pl.String)
    return channel_lines.join(counter, on=(*_VOUCHER, "signed"), how="left").select(
        "voucher_id", pl.coalesce(own, "overall").alias("kind")
    )


def with_references(lines: pl.DataFrame) -> pl.DataFrame:
    """Fill a blank ``reference`` with the number that the summary carries. Other columns and order are kept.

    The number is the longest run of letters, digits and ``: _ -`` of at least six characters that has a digit (or the
    form of a PayPal transaction id) and is neither a date nor a time of day; amounts (digits with a decimal point) and
    numbers of other vouchers (``记-202602-000123``) are no numbers. The first of equal length.
    """
    blank = lines.filter(pl.col("reference") == "").select("summary").unique()
    if not blank.height:
        return lines
    text = pl.col("summary").str.normalize("NFKC").str.replace_all(r"\d[\d,]*\.\d+", " ")
    text = text.str.replace_all(_VOUCHER_NO, " ")
    tokens = (
        blank.with_columns(text.str.extract_all(_NUMBER).alias("token"))
        .explode("token")
        .with_columns(pl.col("token").str.strip_chars(":_-"))
        .with_columns(pl.col("token").str.len_chars().alias("size"))
        .filter(
            (pl.col("size") >= 6)  # noqa: PLR2004 - the docstring says so
            & (pl.col("token").str.contains(r"\d") | pl.col("token").str.contains(_PAYPAL_ID))
            & ~pl.col("token").str.contains(_DATE)
            & ~pl.col("token").str.contains(_CLOCK)
        )
    )
    longest = tokens.group_by("summary", maintain_order=True).agg(pl.col("token").get(pl.col("size").arg_max()))
    found = lines.join(longest, on="summary", how="left", maintain_order="left")
    reference = pl.when(pl.col("reference") == "").then(pl.col("token").fill_null("")).otherwise(pl.col("reference"))
    return found.with_columns(reference.alias("reference")).drop("token")


def _remember_ledger(store: Store) -> None:
    """Keep which ledger rows the touched vouchers have now: those of their lines, found by provenance."""
    store.temp(
        "ledger_before",
        """
        SELECT t.txn_id, t.version, t.content, t.file_id, t.line_no, l.batch
        FROM canon.txn AS t
        JOIN (
            SELECT DISTINCT v.file_id, v.line_no, u.batch
            FROM canon.voucher AS v
            JOIN touched AS u ON u.period = v.period AND u.voucher_no = v.voucher_no
        ) AS l ON l.file_id = t.file_id AND l.line_no = t.line_no
        WHERE t.book = 'ledger'
        """,
    )


def _write_ledger(store: Store, ledger: pl.DataFrame, *, batch: int, file_id: int) -> None:
    """Bring the ledger rows of one batch of vouchers from ``ledger_before`` to what ``ledger`` says.

    A row whose line was printed anew is written anew, even with equal content: it must go on pointing at its line.
    """
    with store.shown("incoming", ledger):
        store.temp(
            "ledger_after",
            f"""
            SELECT *, {fingerprint.SQL} AS fingerprint, {fingerprint.CONTENT_SQL} AS content,
                source || ':' || {escaped("account")} || ':' || kind || ':' || native_id AS txn_id
            FROM incoming
            """,  # noqa: S608 - the expressions are ours
        )
    store.temp(
        "superseded",
        """
        SELECT b.txn_id
        FROM ledger_before AS b
        ANTI JOIN ledger_after AS a
            ON a.txn_id = b.txn_id AND a.content = b.content AND a.file_id = b.file_id AND a.line_no = b.line_no
        WHERE b.batch = $batch
        """,
        {"batch": batch},
    )
    supersede(store, file_id=file_id)
    store.insert(
        "canon.txn",
        """
        SELECT a.* EXCLUDE (native_id), CAST(coalesce(b.version, 0) + 1 AS INTEGER) AS version
        FROM ledger_after AS a
        LEFT JOIN ledger_before AS b ON b.txn_id = a.txn_id
        WHERE b.txn_id IS NULL OR b.txn_id IN (SELECT txn_id FROM superseded)
        """,
    )


def _unbalanced(lines: pl.DataFrame, file_id: int, base_currency: str) -> pl.DataFrame:
    own = pl.when(pl.col("file_id") == file_id).then(pl.col("line_no"))
    sums = lines.group_by(_VOUCHER).agg(
        own.min().alias("line_no"), (pl.col("debit_minor") - pl.col("credit_minor")).sum().alias("gap")
    )
    odd = sums.filter(pl.col("gap") != 0)
    found = [
        (line_no, "voucher_no", voucher_no, f"debits and credits differ by {money.show(gap, base_currency)}")
        for line_no, voucher_no, gap in odd.select("line_no", "voucher_no", "gap").iter_rows()
    ]
    return pl.DataFrame(found, schema=REJECT, orient="row")
