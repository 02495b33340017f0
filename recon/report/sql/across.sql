-- across: what lies between two books of the period though no difference tells of it.
-- returns one row per leg, currency and direction: number of matches or rows, and what their rows inside the period
-- contribute to (left book minus right book), in minor units.
-- earlier | later: matches with one side in the period and another before or after it; tolerated: matches inside the period,
-- their amounts apart by no more than the tolerance; waiting: rows whose other side is not loaded, not due or not expected.
-- leaves out other matches inside the period (they cancel) and those told of by a difference (its gap tells it).
with item as (
    select m.leg, m.match_id, m.side, t.currency, t.business_date, t.amount_minor
    from match.member as m
    join canon.txn as t
        on t.txn_id = m.txn_id
    where (m.leg = 'order_channel' and t.status = 'success') or (m.leg = 'channel_bank' and m.side = 'right')
    union all
    select m.leg, m.match_id, m.side, b.currency, b.business_date, b.net_minor
    from match.member as m
    join match.batch as b
        on b.batch_id = m.txn_id
    where m.leg = 'channel_bank' and m.side = 'left'
),
spanning as (
    select i.match_id, case when min(i.business_date) < $first then 'earlier' else 'later' end as direction
    from item as i
    join match.match as p
        on p.match_id = i.match_id
    where p.state <> 'suggested'
    group by i.match_id
    having (min(i.business_date) < $first and max(i.business_date) >= $first)
        or (min(i.business_date) <= $last and max(i.business_date) > $last)
    union all
    select i.match_id, 'tolerated' as direction
    from item as i
    join match.match as p
        on p.match_id = i.match_id
    where p.state = 'tolerated'
    group by i.match_id
    having min(i.business_date) >= $first and max(i.business_date) <= $last
)
select
    i.leg,
    i.currency,
    s.direction,
    cast(count(distinct i.match_id) as bigint) as number,
    cast(sum(case when i.side = 'left' then i.amount_minor else - i.amount_minor end) as bigint) as gap_minor
from spanning as s
join item as i
    on i.match_id = s.match_id
where i.business_date between $first and $last
    and not exists (
        select 1
        from diff.difference as d
        where d.match_id = i.match_id and d.state <> 'cleared' and d.business_date between $first and $last
    )
group by i.leg, i.currency, s.direction
union all
select
    w.leg,
    w.currency,
    'waiting' as direction,
    cast(count(*) as bigint) as number,
    cast(sum(case when w.side = 'left' then w.amount_minor else - w.amount_minor end) as bigint) as gap_minor
from (
    select p.leg, p.side, p.txn_id, t.currency, t.amount_minor, t.business_date
    from match.pool as p
    join canon.txn as t
        on t.txn_id = p.txn_id
    where (p.leg = 'order_channel' and (t.book <> 'order' or t.status = 'success')) or (p.leg = 'channel_bank' and p.side = 'right')
    union all
    select p.leg, p.side, p.txn_id, b.currency, b.net_minor, b.business_date
    from match.pool as p
    join match.batch as b
        on b.batch_id = p.txn_id
    where p.leg = 'channel_bank' and p.side = 'left'
) as w
where w.business_date between $first and $last
    and not exists (
        select 1
        from diff.member as m
        join diff.difference as d
            on d.diff_id = m.diff_id
        where m.txn_id = w.txn_id and d.leg = w.leg and d.state <> 'cleared'
    )
group by w.leg, w.currency
order by 1, 2, 3
