-- On which days the bills that tell movements twice have rows of a number: see recon.ingest.confirming.
CREATE TABLE canon.told (
    number_hash UBIGINT NOT NULL,         -- of channel_txn_no, and of a fee row's related_no
    business_date DATE NOT NULL
);
CREATE TABLE canon.told_state (
    probe UBIGINT NOT NULL,               -- hash of a fixed text: another version of the database may hash otherwise
    sources VARCHAR NOT NULL              -- the bills whose rows are in canon.told: another version may know more
);
