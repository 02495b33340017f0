-- movements: what the channels' own bills say moved in the period.
-- returns one row per channel, currency, kind, compared (1: the order leg compares it) and at_bank (1: the bank leg does,
-- in a batch or as a payout): rows, gross, fee and net in minor units. net is what the row adds to the settlement or balance: printed, else gross plus fee.
-- leaves out rows that failed, and rows that show another row's money again (an account bill beside a trade bill).
with excluded as (
    select
        e.txn_id,
        max(case when r.reason is null then 0 else 1 end) as is_repeat,
        max(case when e.leg = 'order_channel' then 1 else 0 end) as is_apart,
        max(case when e.leg = 'channel_bank' then 1 else 0 end) as is_kept
    from match.excluded as e
    left join (select unnest($repeat_reasons) as reason) as r
        on starts_with(e.reason, r.reason)
    group by e.txn_id
)
select
    c.channel,
    c.currency,
    c.kind,
    case when coalesce(e.is_apart, 0) = 1 then 0 else 1 end as compared,
    cast(count(*) as bigint) as row_count,
    cast(sum(c.amount_minor) as bigint) as gross_minor,
    cast(sum(coalesce(c.fee_minor, 0)) as bigint) as fee_minor,
    cast(sum(coalesce(c.net_minor, c.amount_minor + coalesce(c.fee_minor, 0))) as bigint) as net_minor,
    case when coalesce(e.is_kept, 0) = 1 then 0 else 1 end as at_bank
from canon.txn as c
left join excluded as e
    on e.txn_id = c.txn_id
where c.book = 'channel'
    and c.status = 'success'
    and coalesce(e.is_repeat, 0) = 0
    and c.business_date between $first and $last
group by c.channel, c.currency, c.kind, compared, at_bank
order by c.channel, c.currency, c.kind, compared, at_bank
