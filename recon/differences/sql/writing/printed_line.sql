-- printed_line: the records behind chosen differences, where their files printed them; those of a batch for a batch.
-- returns diff_id, side, book, kind, currency, amount_minor, file_id, line_no, name and source of the file, place (from 1,
-- in the order of the files) and total (records of that side).
-- leaves out differences that are not in asked_difference (diff_id), which the caller shows to the query, and places past $most.
with row_of as (
    select m.diff_id, m.side, t.txn_id, t.book, t.kind, t.currency, t.amount_minor, t.file_id, t.line_no
    from asked_difference as a
    inner join diff.member as m on m.diff_id = a.diff_id
    inner join canon.txn as t on t.txn_id = m.txn_id
    union all
    select m.diff_id, m.side, t.txn_id, t.book, t.kind, t.currency, t.amount_minor, t.file_id, t.line_no
    from asked_difference as a
    inner join diff.member as m on m.diff_id = a.diff_id
    inner join canon.txn as t on t.batch_no || '|' || t.currency = m.txn_id
    where t.book = 'channel' and t.batch_no <> ''
    union
    select m.diff_id, m.side, t.txn_id, t.book, t.kind, t.currency, t.amount_minor, t.file_id, t.line_no
    from asked_difference as a
    inner join diff.member as m on m.diff_id = a.diff_id
    inner join match.announcement as n on n.batch_id = m.txn_id
    inner join canon.txn as t on t.txn_id = n.txn_id
),
placed as (
    select
        r.*,
        row_number() over (partition by r.diff_id, r.side order by r.file_id, r.line_no, r.txn_id) as place,
        count(*) over (partition by r.diff_id, r.side) as total
    from row_of as r
)
select
    p.diff_id, p.side, p.book, p.kind, p.currency, p.amount_minor, p.file_id, p.line_no, f.name, f.source, p.place, p.total
from placed as p
inner join meta.file as f on f.file_id = p.file_id
where p.place <= $most
order by p.diff_id, p.side, p.place
