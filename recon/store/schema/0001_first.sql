-- The first schema. Text is never null in canon (unknown is ''); amounts are minor units; times are UTC epoch seconds.
CREATE SCHEMA meta;
CREATE SCHEMA canon;
CREATE SCHEMA match;
CREATE SCHEMA diff;

CREATE TABLE meta.run (
    run_id INTEGER PRIMARY KEY,
    command VARCHAR NOT NULL,          -- ingest | match | close ...
    started_s BIGINT NOT NULL,         -- wall clock
    ended_s BIGINT,
    as_of_s BIGINT NOT NULL,           -- the moment the run speaks for
    version VARCHAR NOT NULL           -- of the program
);
CREATE TABLE meta.file (
    file_id INTEGER PRIMARY KEY,       -- in order of arrival
    sha256 VARCHAR NOT NULL UNIQUE,    -- of the bytes of this file or zip member
    name VARCHAR NOT NULL,             -- as shown: inbox/a.zip!/member.csv
    size_bytes BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    encoding VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    period_start DATE,                 -- as printed in the file, inclusive
    period_end DATE,
    rows_raw BIGINT NOT NULL,          -- = rows_canon + rows_excluded + rows_rejected
    rows_canon BIGINT NOT NULL,
    rows_excluded BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    rows_new BIGINT NOT NULL,          -- of rows_canon: never seen before
    rows_overlap BIGINT NOT NULL,      -- of rows_canon: stored by another file already
    rows_restated BIGINT NOT NULL,     -- of rows_canon: known identity, new content
    control VARCHAR NOT NULL,          -- JSON: [{"name","printed","computed","ok"}]
    run_id INTEGER NOT NULL,
    ingested_s BIGINT NOT NULL
);
CREATE TABLE meta.reject (
    file_id INTEGER NOT NULL,
    line_no BIGINT NOT NULL,
    "column" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
CREATE TABLE meta.excluded (
    file_id INTEGER NOT NULL,
    line_no BIGINT NOT NULL,
    reason VARCHAR NOT NULL
);
CREATE TABLE meta.audit (
    seq BIGINT PRIMARY KEY,
    at_s BIGINT NOT NULL,
    actor VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,          -- diff_id, period ...
    action VARCHAR NOT NULL,           -- from>to, lock, reopen
    reason VARCHAR NOT NULL,
    previous VARCHAR NOT NULL,         -- hash of the entry before
    hash VARCHAR NOT NULL
);
CREATE TABLE meta.period (
    period VARCHAR PRIMARY KEY,        -- YYYY-MM
    locked BOOLEAN NOT NULL,
    as_of_s BIGINT NOT NULL,
    run_id INTEGER NOT NULL
);
CREATE TABLE meta.metric (
    period VARCHAR NOT NULL,
    name VARCHAR NOT NULL,             -- e.g. rows, differences, gap_minor
    currency VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (period, name, currency, channel)
);

CREATE TABLE meta.zone (offset_s BIGINT NOT NULL);   -- of the workspace's zone; people's views of times use it
INSERT INTO meta.zone VALUES (28800);

CREATE TABLE canon.txn (
    txn_id VARCHAR NOT NULL,           -- identity: source:account:kind:native id[#ordinal]
    version INTEGER NOT NULL,          -- 1, 2 ... ; older ones are in canon.txn_superseded
    book VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    amount_minor BIGINT NOT NULL,      -- signed, + = money to the merchant
    fee_minor BIGINT,                  -- signed, - = charged
    net_minor BIGINT,
    base_amount_minor BIGINT,
    fx_rate_e8 BIGINT,                 -- base units per one unit, times 10^8
    occurred_s BIGINT,
    business_date DATE NOT NULL,
    period VARCHAR NOT NULL,
    order_no VARCHAR NOT NULL,
    merchant_no VARCHAR NOT NULL,
    channel_txn_no VARCHAR NOT NULL,
    related_no VARCHAR NOT NULL,
    refund_no VARCHAR NOT NULL,
    batch_no VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    counterparty VARCHAR NOT NULL,
    memo VARCHAR NOT NULL,
    shop VARCHAR NOT NULL,
    file_id INTEGER NOT NULL,
    line_no BIGINT NOT NULL,
    fingerprint BLOB NOT NULL,         -- 32 bytes
    content BLOB NOT NULL              -- 32 bytes: changes when the row is restated
);
CREATE TABLE canon.txn_superseded AS FROM canon.txn LIMIT 0;
ALTER TABLE canon.txn_superseded ADD COLUMN superseded_by INTEGER;   -- file_id of the restating file

CREATE TABLE canon.voucher (
    voucher_id VARCHAR NOT NULL,       -- period:voucher_no:entry_no[#ordinal]
    voucher_no VARCHAR NOT NULL,
    entry_no VARCHAR NOT NULL,
    voucher_date DATE NOT NULL,
    period VARCHAR NOT NULL,
    account_code VARCHAR NOT NULL,
    account_name VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    debit_minor BIGINT NOT NULL,       -- base currency
    credit_minor BIGINT NOT NULL,
    currency VARCHAR NOT NULL,
    fc_amount_minor BIGINT,
    fx_rate_e8 BIGINT,
    reference VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    file_id INTEGER NOT NULL,
    line_no BIGINT NOT NULL
);
CREATE TABLE canon.shipment (
    order_no VARCHAR NOT NULL,
    waybill_no VARCHAR NOT NULL,
    carrier VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    outbound_s BIGINT,
    first_scan_s BIGINT,
    signed_s BIGINT,
    sign_proof VARCHAR NOT NULL,
    confirmed_s BIGINT,
    receiver_name VARCHAR NOT NULL,
    receiver_phone VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    amount_minor BIGINT,
    file_id INTEGER NOT NULL,
    line_no BIGINT NOT NULL
);
CREATE TABLE canon.contact (
    order_no VARCHAR NOT NULL,
    contacted_s BIGINT,
    way VARCHAR NOT NULL,
    file_id INTEGER NOT NULL,
    line_no BIGINT NOT NULL
);
CREATE TABLE canon.rate (
    rate_date DATE NOT NULL,
    currency VARCHAR NOT NULL,
    base_currency VARCHAR NOT NULL,
    rate_e8 BIGINT NOT NULL,
    origin VARCHAR NOT NULL,
    file_id INTEGER NOT NULL,
    line_no BIGINT NOT NULL
);
CREATE VIEW canon.txn_readable AS
SELECT
    t.txn_id, t.book, t.channel, t.source, t.account, t.kind, t.status, t.currency,
    CASE
        WHEN t.currency IN ('JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XAF', 'XOF', 'XPF', 'UGX', 'PYG', 'RWF', 'VUV', 'KMF', 'GNF', 'DJF', 'BIF', 'UYI')
            THEN CAST(t.amount_minor AS DECIMAL(20, 3))
        WHEN t.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN CAST(CAST(t.amount_minor AS DECIMAL(20, 0)) * 0.001 AS DECIMAL(20, 3))
        ELSE CAST(CAST(t.amount_minor AS DECIMAL(20, 0)) * 0.01 AS DECIMAL(20, 3))
    END AS amount,
    CASE WHEN t.occurred_s IS NULL THEN '' ELSE strftime(make_timestamp((t.occurred_s + z.offset_s) * 1000000), '%Y-%m-%d %H:%M:%S') END AS occurred_at,
    t.business_date, t.order_no, t.merchant_no, t.channel_txn_no, t.refund_no, t.batch_no, t.reference,
    f.name || ':' || t.line_no AS evidence
FROM canon.txn AS t
JOIN meta.file AS f ON f.file_id = t.file_id
CROSS JOIN meta.zone AS z;

CREATE TABLE match.match (
    match_id VARCHAR NOT NULL,         -- from leg and members: the same members, the same id
    leg VARCHAR NOT NULL,
    pass VARCHAR NOT NULL,             -- which pass paired it
    cardinality VARCHAR NOT NULL,      -- 1:1 1:N N:1 N:M
    state VARCHAR NOT NULL,            -- confirmed | paired (amounts differ) | suggested (ambiguous)
    currency VARCHAR NOT NULL,
    left_minor BIGINT NOT NULL,
    right_minor BIGINT NOT NULL,
    delta_minor BIGINT NOT NULL,       -- left - right
    run_id INTEGER NOT NULL
);
CREATE TABLE match.member (
    leg VARCHAR NOT NULL,
    txn_id VARCHAR NOT NULL,           -- canon.txn, or a batch of canon.batch on the channel side of channel_bank
    side VARCHAR NOT NULL,             -- left | right
    match_id VARCHAR NOT NULL
);
CREATE TABLE match.pool (              -- 缓冲池: rows whose other side has not been found yet
    leg VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    txn_id VARCHAR NOT NULL
);
CREATE TABLE match.review (            -- matches that have something to say: amounts, states, periods, fees or rates differ
    leg VARCHAR NOT NULL,
    match_id VARCHAR NOT NULL
);
CREATE TABLE match.batch (
    batch_id VARCHAR NOT NULL,         -- batch_no|currency; the txn_id of a payout row; day|... (fees of a balance channel)
    kind VARCHAR NOT NULL,             -- batch | payout | day
    channel VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    batch_no VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,        -- bank reference printed by the channel
    business_date DATE NOT NULL,
    members BIGINT NOT NULL,
    gross_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,         -- what should arrive at the bank
    other_fee_minor BIGINT NOT NULL,   -- fee rows of the day (disputes), kind day only
    due_date DATE NOT NULL,            -- T+N by the channel's calendar
    last_date DATE NOT NULL            -- latest day on which the amount alone identifies the payout
);
CREATE VIEW canon.batch AS SELECT * EXCLUDE (kind) FROM match.batch WHERE kind <> 'day';
CREATE VIEW match.excluded AS          -- rows that a leg does not compare, each with its reason
SELECT
    'order_channel' AS leg, txn_id,
    CASE
        WHEN status = 'closed' THEN 'no money moved: the channel closed it'
        WHEN kind = 'fee' THEN 'fee row of the channel'
        WHEN kind = 'payout' THEN 'payout: compared with the bank'
        WHEN kind = 'conversion' THEN 'the channel''s own currency conversion'
        WHEN kind = 'hold' THEN 'hold or its release'
        ELSE 'movement without an order'
    END AS reason
FROM canon.txn
WHERE book = 'channel' AND (status = 'closed' OR kind NOT IN ('payment', 'refund', 'chargeback', 'chargeback_reversal'))
UNION ALL
SELECT
    'channel_bank' AS leg, txn_id,
    CASE WHEN status = 'closed' THEN 'no money moved: the channel closed it' ELSE 'stays in the channel''s balance until paid out' END AS reason
FROM canon.txn
WHERE
    book = 'channel'
    AND ((status = 'closed' AND (kind = 'payout' OR coalesce(net_minor, 0) = 0)) OR (batch_no = '' AND kind <> 'payout'))
UNION ALL
SELECT
    'channel_bank' AS leg, txn_id,
    CASE WHEN channel = '' THEN 'not a line of a payment channel' ELSE 'money paid to the channel' END AS reason
FROM canon.txn
WHERE book = 'bank' AND (channel = '' OR amount_minor <= 0)
UNION ALL
SELECT
    'channel_ledger' AS leg, txn_id,
    CASE
        WHEN status = 'closed' THEN 'no money moved: the channel closed it'
        WHEN kind = 'fee' THEN 'fee row of the channel: booked with the fees of its day'
        WHEN kind = 'payout' THEN 'payout: booked as a payout'
        WHEN kind = 'conversion' THEN 'the channel''s own currency conversion'
        WHEN kind = 'hold' THEN 'hold or its release'
        ELSE 'movement without a sale'
    END AS reason
FROM canon.txn
WHERE book = 'channel' AND (status = 'closed' OR kind NOT IN ('payment', 'refund', 'chargeback', 'chargeback_reversal'))
UNION ALL
SELECT 'channel_ledger' AS leg, txn_id, 'entry between channel accounts' AS reason
FROM canon.txn
WHERE book = 'ledger' AND kind NOT IN ('payment', 'refund', 'fee', 'payout');
CREATE TABLE match.progress (
    leg VARCHAR PRIMARY KEY,
    file_id INTEGER NOT NULL,          -- rows of files up to this one have met the passes
    settings VARCHAR NOT NULL          -- hash of the settings they met them under; other settings start over
);

CREATE TABLE diff.difference (
    diff_id VARCHAR PRIMARY KEY,       -- from leg and members, stable across runs
    code VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,             -- timing | break
    leg VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    order_no VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    batch_no VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    left_minor BIGINT,                 -- null: that side has no row
    right_minor BIGINT,
    delta_minor BIGINT NOT NULL,       -- left - right, a missing side counts as 0
    gap_minor BIGINT NOT NULL,         -- what it contributes to (left book - right book) of its period
    business_date DATE NOT NULL,       -- of the earliest side
    because_zh VARCHAR NOT NULL,
    because_en VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,         -- file:line items joined by '; '
    holds VARCHAR NOT NULL,            -- every rule that holds, joined by ','
    match_id VARCHAR NOT NULL,         -- '' for one-sided items
    clears_on DATE,                    -- timing items: the day they are expected to clear
    state VARCHAR NOT NULL,            -- open | assigned | resolved | written_off | suspended | cleared
    first_seen_s BIGINT NOT NULL,
    last_seen_s BIGINT NOT NULL,
    first_run INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    linked VARCHAR NOT NULL            -- diff_ids of the same event on other legs, joined by ','
);
CREATE TABLE diff.member (
    diff_id VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    txn_id VARCHAR NOT NULL
);
