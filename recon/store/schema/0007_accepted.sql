-- A file whose figures do not agree is taken when a person says why.
ALTER TABLE meta.file ADD COLUMN accepted VARCHAR DEFAULT '';      -- the reason; '': there was nothing to accept
ALTER TABLE meta.file ADD COLUMN accepted_by VARCHAR DEFAULT '';   -- who gave it; meta.audit says when
