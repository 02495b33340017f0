-- The life of a difference: how much it matters, who works on it; and where the audit chain stood when a month was closed.
ALTER TABLE diff.difference ADD COLUMN severity VARCHAR DEFAULT 'low';   -- high | medium | low, as of the last judgement
ALTER TABLE diff.difference ADD COLUMN assignee VARCHAR DEFAULT '';      -- who it was assigned to, as long as it is
