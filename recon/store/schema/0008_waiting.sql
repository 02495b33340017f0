-- What open rows wait for, in sums; and which searches for them were given up.
CREATE TABLE diff.waiting (            -- open rows that are not judged, summed up by what they wait for (last judgement)
    leg VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    waits_for VARCHAR NOT NULL,        -- channel_bill | channel_lag | order_export | vouchers | next_payout | nothing
    number BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    first_date DATE NOT NULL,
    last_date DATE NOT NULL
);
CREATE TABLE match.given_up (          -- rows of the bank leg for which a search ended with its budget; they stay open
    txn_id VARCHAR NOT NULL,           -- a batch or a bank line
    candidates BIGINT NOT NULL         -- rows of the other side that it might be made of
);
