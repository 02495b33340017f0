-- contact: every contact with the customers of chosen orders, printed in a file or made by recon reminders.
-- returns order_no, contacted_s (UTC epoch seconds), way as printed, or as sent (sms, wecom).
-- leaves out: contacts without a time; messages that were not accepted; orders not in fulfilment_order, which the caller
--         shows to the query.
SELECT c.order_no, c.contacted_s, c.way
FROM canon.contact AS c
INNER JOIN fulfilment_order AS o ON o.order_no = c.order_no
WHERE c.contacted_s IS NOT NULL
UNION ALL
SELECT m.order_no, m.sent_s AS contacted_s, m.way
FROM meta.message AS m
INNER JOIN fulfilment_order AS o ON o.order_no = m.order_no
WHERE m.state = 'sent'
