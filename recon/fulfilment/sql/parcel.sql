-- parcel: one row a parcel, from all the lines that tell of it, whatever file they came with and in whatever order.
-- returns order_no, waybill_no, the latest time of each event (UTC epoch seconds, null = not yet), the other cells (of
--         several values the greatest, which is never the blank one), amount_minor of the order in minor units.
-- leaves out: lines without a waybill of an order that has one: written before the parcel was handed over; carriers' lines
--         whose waybill no order names (a carrier's answer knows the waybill, not the order); signatures of the minute in
--         which the carrier put the parcel into a locker or a station: a shop system takes the one for the other.
WITH named AS (
    SELECT n.waybill_no, min(n.order_no) AS order_no
    FROM canon.shipment AS n
    WHERE n.waybill_no <> '' AND n.order_no <> ''
    GROUP BY n.waybill_no
    HAVING min(n.order_no) = max(n.order_no)
),
dropped AS (
    SELECT d.waybill_no, max(d.dropped_s) AS dropped_s
    FROM canon.shipment AS d
    WHERE d.waybill_no <> '' AND d.dropped_s IS NOT NULL
    GROUP BY d.waybill_no
),
told AS (
    SELECT
        l.* REPLACE (
            coalesce(nullif(l.order_no, ''), n.order_no, '') AS order_no,
            CASE WHEN abs(l.signed_s - d.dropped_s) <= 60 THEN NULL ELSE l.signed_s END AS signed_s
        )
    FROM canon.shipment AS l
    LEFT JOIN named AS n ON l.waybill_no = n.waybill_no AND l.order_no = ''
    LEFT JOIN dropped AS d ON l.waybill_no = d.waybill_no
),
tracked AS (
    SELECT DISTINCT s.order_no FROM told AS s WHERE s.waybill_no <> ''
)
SELECT
    s.order_no,
    s.waybill_no,
    max(s.carrier) AS carrier,
    max(s.region) AS region,
    max(coalesce(s.sent_from, '')) AS sent_from,
    max(coalesce(s.sent_to, '')) AS sent_to,
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
