-- stray: parcels that a carrier tells of and no order names.
-- returns waybill_no, carrier, first_scan_s, signed_s (UTC epoch seconds).
-- leaves out: parcels without a signature.
WITH named AS (
    SELECT DISTINCT n.waybill_no FROM canon.shipment AS n WHERE n.order_no <> ''
)
SELECT s.waybill_no, max(s.carrier) AS carrier, max(s.first_scan_s) AS first_scan_s, max(s.signed_s) AS signed_s
FROM canon.shipment AS s
ANTI JOIN named AS n ON n.waybill_no = s.waybill_no
WHERE s.order_no = '' AND s.waybill_no <> ''
GROUP BY s.waybill_no
HAVING max(s.signed_s) IS NOT NULL
