-- booked_side: the channel's movements as finance books them: what reaches the channel account, less discounts the merchant paid.
-- returns the columns of channel_side with amount_minor = settled_minor.
SELECT
    txn_id, channel, class, kind, status, currency, settled_minor AS amount_minor, fee_minor, net_minor, occurred_s,
    business_date, key_no, channel_txn_no, refund_no, batch_no, fingerprint, rate_e8, expected_fee_minor
FROM movement
