-- payouts: settlement batches and withdrawals of the period and how many of them are not settled as they should be.
-- returns one row: batches, in_transit (their day has not come), late (missing or of another amount).
-- leaves out payments that stay in a channel's balance: they belong to no batch.
select
    (
        select cast(count(*) as bigint)
        from match.settlement as b
        where b.kind in ('batch', 'payout') and b.net_minor <> 0 and b.business_date between $first and $last
    ) as batches,
    cast(coalesce(sum(case when d.code = 'PAYOUT_IN_TRANSIT' then 1 else 0 end), 0) as bigint) as in_transit,
    cast(coalesce(sum(case when d.code in ('PAYOUT_MISSING', 'PAYOUT_AMOUNT_MISMATCH') then 1 else 0 end), 0) as bigint) as late
from diff.difference as d
where d.leg = 'channel_bank'
    and d.state <> 'cleared'
    and d.business_date between $first and $last
