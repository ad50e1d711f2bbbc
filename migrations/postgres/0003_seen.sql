-- What a source told of a document when it was read last: while it tells the same of the same
-- version, nothing is read again.
CREATE TABLE seen (
    document_id BYTEA PRIMARY KEY CHECK (length(document_id) = 16)
                REFERENCES document (id) ON DELETE CASCADE,
    version_id  BYTEA NOT NULL CHECK (length(version_id) = 16),
    size_bytes  BIGINT NOT NULL,
    modified_ms BIGINT,
    tag         TEXT
);
