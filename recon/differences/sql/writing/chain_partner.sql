-- chain_partner: what matching found without a number: the voucher of a whole day, the bank line that paid a batch.
-- returns key, txn_id, once each.
-- leaves out partners of rows that are not in chain_reached (key, txn_id), which the caller shows to the query, and suggestions.
with known as (
    select r.key, t.txn_id, t.book, t.batch_no, t.currency
    from chain_reached as r
    inner join canon.txn as t on t.txn_id = r.txn_id
)
select k.key, o.txn_id
from known as k
inner join match.member as m on m.txn_id = k.txn_id
inner join match.match as g on g.match_id = m.match_id and g.state <> 'suggested'
inner join match.member as o on o.match_id = m.match_id and o.leg = m.leg and o.side <> m.side
where k.book in ('order', 'channel')
union
select k.key, o.txn_id
from known as k
inner join match.member as m
    on m.txn_id = k.batch_no || '|' || k.currency and m.leg = 'channel_bank' and m.side = 'left'
inner join match.member as o on o.match_id = m.match_id and o.leg = m.leg and o.side = 'right'
where k.book = 'channel' and k.batch_no <> ''
union
select k.key, a.txn_id
from known as k
inner join match.announcement as a on a.batch_id = k.batch_no || '|' || k.currency
where k.book = 'channel' and k.batch_no <> ''
order by key, txn_id
