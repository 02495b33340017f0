-- receipts: bank lines of the period that came from (or went to) a payment channel.
-- returns one row per channel and currency: rows, amount_minor.
-- leaves out bank lines that no payout pattern recognises: rent, salaries, suppliers.
select
    b.channel,
    b.currency,
    cast(count(*) as bigint) as row_count,
    cast(sum(b.amount_minor) as bigint) as amount_minor
from canon.txn as b
where b.book = 'bank'
    and b.channel <> ''
    and b.business_date between $first and $last
group by b.channel, b.currency
order by b.channel, b.currency
