-- Files that were loaded from the file system, as they were then: see recon.ingest.remembering.
CREATE TABLE meta.inbox (
    path VARCHAR NOT NULL,                -- absolute
    state VARCHAR NOT NULL,               -- what the file system told: device, inode, size, times of change
    member VARCHAR NOT NULL,              -- of an archive, as '!/name'; blank: the file itself
    file_id INTEGER NOT NULL              -- meta.file: its content, under whatever name it was loaded first
);
