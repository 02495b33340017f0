-- rates: the last known rate of each currency up to the period's end, to show amounts of all currencies in one.
-- returns currency, rate_e8 (base units per one unit, times 10^8), rate_date, origin.
-- leaves out currencies without any rate: their amounts are then shown apart and in no total.
with ranked as (
    select
        r.currency, r.rate_e8, r.rate_date, r.origin,
        row_number() over (partition by r.currency order by r.rate_date desc, r.file_id desc, r.line_no desc) as place
    from canon.rate as r
    where r.base_currency = $base_currency
        and r.rate_date <= $last
)
select r.currency, r.rate_e8, r.rate_date, r.origin
from ranked as r
where r.place = 1
order by r.currency
