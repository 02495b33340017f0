-- voucher_highest: the highest number that is loaded of the period $period with the voucher word $word, 0 without any.
-- a number is what stands at the end: 118 of 记-118 and of 记-202602-000118; at most six digits, as finance systems count.
select coalesce(max(try_cast(regexp_extract(voucher_no, '([0-9]{1,6})$', 1) as bigint)), 0) as highest
from canon.voucher
where period = $period and starts_with(voucher_no, $word)
