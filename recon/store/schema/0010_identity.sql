-- Which identities are stored, so that a file's rows are looked up on their own days alone: see recon.ingest.identity.
CREATE TABLE canon.identity (
    identity_hash UBIGINT NOT NULL,       -- of a txn_id without its ordinal
    business_date DATE NOT NULL           -- a day under which it was stored; it may stand under another one by now
);
CREATE TABLE canon.identity_state (
    probe UBIGINT NOT NULL                -- hash of a fixed text: another version of the database may hash otherwise
);
