-- How many rows each day has, so that no run counts all rows again: see recon.match.counting.
CREATE TABLE match.counted (
    book VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    batch_no VARCHAR NOT NULL,            -- of a channel's rows; blank in the other books
    business_date DATE NOT NULL,
    file_id INTEGER NOT NULL,
    entries BIGINT NOT NULL               -- rows of canon.txn that have all these
);
CREATE TABLE match.counted_state (
    file_id INTEGER NOT NULL              -- match.counted is right for the files up to this one
);
