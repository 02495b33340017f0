-- A summary prints figures about the rows of another file; they are compared when both are there.
CREATE TABLE meta.total (
    file_id INTEGER NOT NULL,          -- the summary
    name VARCHAR NOT NULL,             -- as printed
    source VARCHAR NOT NULL,           -- whose rows it is about, of which account and days
    account VARCHAR NOT NULL,
    first_date DATE NOT NULL,
    last_date DATE NOT NULL,
    measure VARCHAR NOT NULL,          -- rows | amount_minor | fee_minor | net_minor
    direction VARCHAR NOT NULL,        -- in | out: only what is positive, negative; '': both
    kinds VARCHAR NOT NULL,            -- only these, joined by ','; '': all
    statuses VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    binding BOOLEAN NOT NULL,          -- whether a mismatch refuses the file
    printed BIGINT NOT NULL,
    computed BIGINT,                   -- null: never compared
    state VARCHAR NOT NULL,            -- waiting (for the rows) | agrees | differs | outdated (a later summary says it again)
    compared_by INTEGER                -- the file whose arrival told
);
