-- What an hourly run needs of the past, without reading the past: see recon.match.nearby.
ALTER TABLE match.member ADD COLUMN business_date DATE;   -- of the row; null: a batch, or an item that is no row
ALTER TABLE match.member ADD COLUMN first_date DATE;      -- earliest business_date of the match's rows
ALTER TABLE match.match ADD COLUMN first_date DATE;       -- the same
CREATE TABLE match.review_member AS FROM match.member LIMIT 0;   -- members of the matches in match.review
CREATE TABLE match.number (               -- on which days each number is printed; days that no longer print it may stay
    number_hash UBIGINT NOT NULL,
    business_date DATE NOT NULL
);
CREATE TABLE match.near AS FROM canon.txn LIMIT 0;        -- open and judged rows, and all rows that hang together with them by numbers
CREATE TABLE match.near_state (
    file_id INTEGER NOT NULL,             -- match.near and match.number are right for the files up to this one
    probe UBIGINT NOT NULL                -- hash of a fixed text: another version of the database may hash otherwise
);
CREATE TABLE match.item (                 -- what vouchers of fees and payouts were compared with in the last run (batch_item)
    item_id VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    class VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    amount_minor BIGINT NOT NULL,
    number VARCHAR NOT NULL
);
CREATE TABLE match.item_part (            -- which of them are sums of which others (batch_whole)
    whole_id VARCHAR NOT NULL,
    part_id VARCHAR NOT NULL
);
UPDATE match.progress SET settings = '';  -- matches of older versions have no dates: everything is matched anew once
