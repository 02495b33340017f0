-- What open rows wait for, in sums.
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
