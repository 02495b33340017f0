-- scope: what became of every row of the period on every leg.
-- returns one row per leg, side, book, channel and currency: number of rows and their money, of these matched, open,
-- excluded with a reason; and among the rows compared: broken (member of a break), waiting (member of a timing item),
-- clean (matched and neither), in_transit (open and waiting).
-- leaves out nothing: a row that is neither matched, open nor excluded shows as row_count - matched - open - excluded.
with entry as (
    select 'order_channel' as leg, 'left' as side, t.book, t.txn_id, t.txn_id as unit_id, t.channel, t.currency, t.amount_minor
    from canon.txn as t
    where t.book = 'order' and t.business_date between $first and $last
    union all
    select 'order_channel', 'right', t.book, t.txn_id, t.txn_id, t.channel, t.currency, t.amount_minor
    from canon.txn as t
    where t.book = 'channel' and t.business_date between $first and $last
    union all
    select
        'channel_bank', 'left', t.book, t.txn_id,
        case when t.batch_no = '' or t.kind = 'payout' then t.txn_id else t.batch_no || '|' || t.currency end, t.channel, t.currency, t.amount_minor
    from canon.txn as t
    where t.book = 'channel' and t.business_date between $first and $last
    union all
    select 'channel_bank', 'right', t.book, t.txn_id, t.txn_id, t.channel, t.currency, t.amount_minor
    from canon.txn as t
    where t.book = 'bank' and t.business_date between $first and $last
    union all
    select 'channel_ledger', 'left', t.book, t.txn_id, t.txn_id, t.channel, t.currency, t.amount_minor
    from canon.txn as t
    where t.book = 'channel' and t.business_date between $first and $last
    union all
    select 'channel_ledger', 'right', t.book, t.txn_id, t.txn_id, t.channel, t.currency, t.amount_minor
    from canon.txn as t
    where t.book = 'ledger' and t.business_date between $first and $last
),
matched as (
    select distinct m.leg, m.txn_id
    from match.member as m
    join match.match as p
        on p.match_id = m.match_id
    where p.state <> 'suggested'
),
excluded as (
    select distinct leg, txn_id
    from match.excluded
),
waiting_room as (
    select leg, txn_id
    from match.pool
    union
    select m.leg, m.txn_id
    from match.member as m
    join match.match as p
        on p.match_id = m.match_id
    where p.state = 'suggested'
),
told as (
    select d.leg, m.txn_id, max(case when d.kind = 'break' then 1 else 0 end) as is_break
    from diff.member as m
    join diff.difference as d
        on d.diff_id = m.diff_id
    where d.state <> 'cleared'
    group by d.leg, m.txn_id
),
fate as (
    select
        n.leg, n.side, n.book, n.channel, n.currency, n.amount_minor,
        case when x.txn_id is null and y.txn_id is null then 0 else 1 end as is_excluded,
        case when a.txn_id is null then 0 else 1 end as is_matched,
        case when w.txn_id is null then 0 else 1 end as is_open,
        coalesce(d.is_break, -1) as is_break
    from entry as n
    left join excluded as x on x.leg = n.leg and x.txn_id = n.txn_id
    left join excluded as y on y.leg = n.leg and y.txn_id = n.unit_id
    left join matched as a on a.leg = n.leg and a.txn_id = n.unit_id
    left join waiting_room as w on w.leg = n.leg and w.txn_id = n.unit_id
    left join told as d on d.leg = n.leg and d.txn_id = n.unit_id
)
select
    f.leg, f.side, f.book, f.channel, f.currency,
    cast(count(*) as bigint) as row_count,
    cast(sum(f.is_excluded) as bigint) as excluded,
    cast(sum(case when f.is_excluded = 0 and f.is_matched = 1 then 1 else 0 end) as bigint) as matched,
    cast(sum(case when f.is_excluded = 0 and f.is_matched = 0 and f.is_open = 1 then 1 else 0 end) as bigint) as still_open,
    cast(sum(case when f.is_excluded = 0 and f.is_break = 1 then 1 else 0 end) as bigint) as broken,
    cast(sum(case when f.is_excluded = 0 and f.is_break = 0 then 1 else 0 end) as bigint) as waiting,
    cast(sum(case when f.is_excluded = 0 and f.is_matched = 1 and f.is_break = -1 then 1 else 0 end) as bigint) as clean,
    cast(sum(case when f.is_excluded = 0 and f.is_matched = 0 and f.is_break = 0 then 1 else 0 end) as bigint) as in_transit,
    cast(sum(f.amount_minor) as bigint) as amount_minor,
    cast(sum(case when f.is_excluded = 1 then f.amount_minor else 0 end) as bigint) as excluded_minor,
    cast(sum(case when f.is_excluded = 0 and f.is_matched = 1 then f.amount_minor else 0 end) as bigint) as matched_minor,
    cast(sum(
        case when f.is_excluded = 0 and f.is_matched = 0 and f.is_open = 1 then f.amount_minor else 0 end
    ) as bigint) as open_minor
from fate as f
group by f.leg, f.side, f.book, f.channel, f.currency
order by f.leg, f.side, f.book, f.channel, f.currency
