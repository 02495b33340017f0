-- reversal_duplicates: the vouchers that book one transaction more than once.
-- returns diff_id, channel, order_no, reference, currency, period, voucher_no, is_used (1: the voucher also belongs to a
-- confirmed match of its own, so it is not the superfluous one), voucher_date, cited (the number that the voucher itself
-- cites); the earliest voucher of a difference first.
-- of the period, and of earlier periods that are locked: what is left of these is booked in this one.
-- leaves out what is resolved, written off or cleared.
select
    d.diff_id,
    d.channel,
    d.order_no,
    d.reference,
    d.currency,
    v.period,
    v.voucher_no,
    max(case when p.match_id is null or p.match_id = d.match_id then 0 else 1 end) as is_used,
    min(v.voucher_date) as voucher_date,
    max(l.reference) as cited
from diff.difference as d
join diff.member as m
    on m.diff_id = d.diff_id and m.side = 'right'
join canon.txn as l
    on l.txn_id = m.txn_id and l.book = 'ledger'
join canon.voucher as v
    on v.file_id = l.file_id and v.line_no = l.line_no
left join match.member as a
    on a.leg = 'channel_ledger' and a.txn_id = m.txn_id
left join match.match as p
    on p.match_id = a.match_id and p.state <> 'suggested'
where d.leg = 'channel_ledger'
    and d.code = 'DUPLICATE_ENTRY'
    and d.state in ('open', 'assigned', 'suspended')
    and (
        d.business_date between $first and $last
        or (
            d.business_date < $first
            and strftime(d.business_date, '%Y-%m') in (select k.period from meta.period as k where k.locked)
        )
    )
group by d.diff_id, d.channel, d.order_no, d.reference, d.currency, v.period, v.voucher_no
order by d.diff_id, voucher_date, v.period, v.voucher_no
