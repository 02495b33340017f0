-- The life of a difference: how much it matters, who works on it; and where the audit chain stood when a month was closed.
ALTER TABLE diff.difference ADD COLUMN severity VARCHAR DEFAULT 'low';   -- high | medium | low, as of the last judgement
ALTER TABLE diff.difference ADD COLUMN assignee VARCHAR DEFAULT '';      -- who it was assigned to, as long as it is
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
