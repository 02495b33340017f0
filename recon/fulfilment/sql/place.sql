-- place: where the printed lines about chosen orders and parcels stand.
-- returns order_no, waybill_no (as chosen), file_name, line_no.
-- leaves out: what is not in finding_row (order_no, waybill_no, either may be blank), which the caller shows to the query.
SELECT r.order_no, r.waybill_no, f.name AS file_name, s.line_no
FROM finding_row AS r
INNER JOIN canon.shipment AS s ON s.waybill_no = r.waybill_no
INNER JOIN meta.file AS f ON f.file_id = s.file_id
WHERE r.waybill_no <> ''
UNION
SELECT r.order_no, r.waybill_no, f.name AS file_name, s.line_no
FROM finding_row AS r
INNER JOIN canon.shipment AS s ON s.order_no = r.order_no
INNER JOIN meta.file AS f ON f.file_id = s.file_id
WHERE r.waybill_no = ''
UNION
SELECT r.order_no, r.waybill_no, f.name AS file_name, t.line_no
FROM finding_row AS r
INNER JOIN canon.txn AS t ON t.order_no = r.order_no
INNER JOIN meta.file AS f ON f.file_id = t.file_id
WHERE r.waybill_no = '' AND t.book = 'order'
