-- parcel: one row a parcel, from all the lines that tell of it, whatever file they came with and in whatever order.
-- returns order_no, waybill_no, the latest time of each event (UTC epoch seconds, null = not yet), the other cells (of
--         several values the greatest, which is never the blank one), amount_minor of the order in minor units.
-- leaves out: lines without a waybill of an order that has one: written before the parcel was handed over; carriers' lines
--         whose waybill no order names (a carrier's answer knows the waybill, not the order).
WITH named AS (
    SELECT n.waybill_no, min(n.order_no) AS order_no
    FROM canon.shipment AS n
    WHERE n.waybill_no <> '' AND n.order_no <> ''
    GROUP BY n.waybill_no
    HAVING min(n.order_no) = max(n.order_no)
),
told AS (
    SELECT l.* REPLACE (coalesce(nullif(l.order_no, ''), n.order_no, '') AS order_no)
    FROM canon.shipment AS l
    LEFT JOIN named AS n ON l.waybill_no = n.waybill_no AND l.order_no = ''
),
tracked AS (
    SELECT DISTINCT s.order_no FROM told AS s WHERE s.waybill_no <> ''
)
SELECT
    s.order_no,
    s.waybill_no,
    max(s.carrier) AS carrier,
    max(s.region) AS region,
    max(s.outbound_s) AS outbound_s,
    max(s.first_scan_s) AS first_scan_s,
    max(s.signed_s) AS signed_s,
    max(s.sign_proof) AS sign_proof,
    max(s.confirmed_s) AS confirmed_s,
    max(s.receiver_name) AS receiver_name,
    max(s.receiver_phone) AS receiver_phone,
    max(s.currency) AS currency,
    max(s.amount_minor) AS amount_minor
FROM told AS s
LEFT JOIN tracked AS t ON t.order_no = s.order_no
WHERE s.order_no <> '' AND (s.waybill_no <> '' OR t.order_no IS NULL)
GROUP BY s.order_no, s.waybill_no
