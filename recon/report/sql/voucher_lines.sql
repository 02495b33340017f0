-- voucher_lines: whole vouchers.
-- returns the lines of the vouchers named in $vouchers ("period:voucher_no"), in their printed order. own_channel is the
-- channel whose account the line stands on, blank for revenue, tax and the like.
-- leaves out lines that another file repeats: a voucher that was loaded twice is read from its first file.
with wanted as (
    select unnest($vouchers) as voucher
),
line as (
    select
        v.*,
        v.period || ':' || v.voucher_no as voucher,
        min(v.file_id) over (partition by v.period, v.voucher_no) as first_file
    from canon.voucher as v
)
select
    l.voucher, l.voucher_no, l.entry_no, l.account_code, l.account_name, l.debit_minor, l.credit_minor,
    l.currency, l.fc_amount_minor, l.fx_rate_e8, l.channel, coalesce(t.channel, '') as own_channel
from line as l
join wanted as w
    on w.voucher = l.voucher
left join canon.txn as t
    on t.book = 'ledger' and t.file_id = l.file_id and t.line_no = l.line_no
where l.file_id = l.first_file
order by l.voucher, l.line_no
