-- What a source told of a document when it was read last: while it tells the same of the same
-- version, nothing is read again.
CREATE TABLE seen (
    document_id BLOB    PRIMARY KEY CHECK (length(document_id) = 16)
                REFERENCES document (id) ON DELETE CASCADE,
    version_id  BLOB    NOT NULL CHECK (length(version_id) = 16),
    size_bytes  INTEGER NOT NULL,
    modified_ms INTEGER,
    tag         TEXT
) STRICT;
