-- line: where each printed line of the parcels of chosen orders stands.
-- returns order_no, file_name, line_no.
-- leaves out: orders not in fulfilment_order, which the caller shows to the query.
SELECT s.order_no, f.name AS file_name, s.line_no
FROM canon.shipment AS s
INNER JOIN fulfilment_order AS o ON o.order_no = s.order_no
INNER JOIN meta.file AS f ON f.file_id = s.file_id
