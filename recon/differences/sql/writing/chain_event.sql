-- chain_event: what the books say of rows: movements of money, parcels of their orders, contacts with the receivers and
-- reminders that were sent to them, or may have been: the note says which, by what way, and to whom.
-- returns key, occurred_s, day, book, channel, kind, status, currency, amount_minor, fee_minor, number, name of the file,
-- line_no, note.
-- leaves out rows that are not in chain_reached (key, txn_id), and parcels of numbers that are not in chain_followed (key, number),
-- which the caller shows to the query.
with step as (
    select s.order_no, s.outbound_s as at_s, 'outbound' as kind, s.waybill_no as number, s.carrier as note, s.file_id, s.line_no
    from canon.shipment as s
    union all
    select s.order_no, s.first_scan_s, 'first_scan', s.waybill_no, s.carrier, s.file_id, s.line_no from canon.shipment as s
    union all
    select s.order_no, s.signed_s, 'signed', s.waybill_no, s.sign_proof, s.file_id, s.line_no from canon.shipment as s
    union all
    select s.order_no, s.confirmed_s, 'confirmed', s.waybill_no, s.carrier, s.file_id, s.line_no from canon.shipment as s
    union all
    select c.order_no, c.contacted_s, 'contact', c.order_no, c.way, c.file_id, c.line_no from canon.contact as c
)
select
    r.key, t.occurred_s, t.business_date as day, t.book, t.channel, t.kind, t.status, t.currency, t.amount_minor, t.fee_minor,
    case
        when t.kind = 'refund' and t.refund_no <> '' then t.refund_no
        when t.book = 'order' then t.order_no
        when t.book = 'channel' then t.channel_txn_no
        else t.reference
    end as number,
    f.name, t.line_no, t.memo as note
from chain_reached as r
inner join canon.txn as t on t.txn_id = r.txn_id
inner join meta.file as f on f.file_id = t.file_id
union all
select
    n.key, s.at_s, null, 'shipment', '', s.kind, '', '', null, null, s.number, f.name, s.line_no, s.note
from chain_followed as n
inner join step as s on s.order_no = n.number
inner join meta.file as f on f.file_id = s.file_id
where s.at_s is not null
union all
select
    n.key, coalesce(m.sent_s, m.tried_s), null, 'shipment', '', 'reminder', m.state, '', null, null, m.order_no,
    'outbox/' || m.outbox, null,
    m.reminder || ' reminder, ' || m.way || case when m.recipient <> '' then ' ' || m.recipient else '' end
from chain_followed as n
inner join meta.message as m on m.order_no = n.number
where m.state in ('sent', 'uncertain')
