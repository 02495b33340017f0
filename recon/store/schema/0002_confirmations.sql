-- One movement, one row: a bill that shows a movement again confirms the row that another bill brought.
CREATE TABLE canon.txn_confirmed AS FROM canon.txn LIMIT 0;
ALTER TABLE canon.txn_confirmed ADD COLUMN confirms_txn_id VARCHAR;  -- the row of canon.txn that is this movement
ALTER TABLE canon.txn_confirmed ADD COLUMN agrees BOOLEAN;           -- both bills tell the same amount
ALTER TABLE canon.txn_confirmed ADD COLUMN removed_by INTEGER;       -- file that took it out of canon.txn; null: it never stood there
CREATE TABLE canon.txn_returned (      -- rows of canon.txn that were in canon.txn_confirmed before
    txn_id VARCHAR NOT NULL,
    returned_by INTEGER NOT NULL       -- file that brought it back
);
ALTER TABLE meta.file ADD COLUMN rows_confirmed BIGINT DEFAULT 0;    -- of rows_canon: told by another bill already
