-- Where parcels came from and went to, drops that are no signature, and what was sent to customers.
ALTER TABLE canon.shipment ADD COLUMN sent_from VARCHAR DEFAULT '';   -- province and city, never a street
ALTER TABLE canon.shipment ADD COLUMN sent_to VARCHAR DEFAULT '';
ALTER TABLE canon.shipment ADD COLUMN dropped_s BIGINT;               -- last put into a locker or a station

CREATE TABLE meta.message (
    message_key VARCHAR PRIMARY KEY,   -- delivery key, from order, reminder and way: each is sent once
    order_no VARCHAR NOT NULL,
    reminder VARCHAR NOT NULL,         -- first | second
    way VARCHAR NOT NULL,              -- sms | wecom
    recipient VARCHAR NOT NULL,        -- telephone number as canon.shipment has it; '' for a group
    text VARCHAR NOT NULL,
    due_s BIGINT NOT NULL,             -- when the reminder fell due
    made_s BIGINT NOT NULL,            -- the moment of the run that found it due
    outbox VARCHAR NOT NULL,           -- file of the outbox in which it stands
    state VARCHAR NOT NULL,            -- written | sent | refused | failed | uncertain | unsendable | lapsed
    attempts BIGINT NOT NULL,
    tried_s BIGINT,                    -- last attempt, wall clock
    sent_s BIGINT,                     -- accepted by the gateway, wall clock
    answer VARCHAR NOT NULL            -- what the gateway said last
);
