-- The catalog: the truth about collections, documents, their text, chunks and vectors.
-- Ids are 16-byte blobs, hashes 32-byte blobs, times UTC milliseconds, enums checked text.

-- The unit of access and of search.
CREATE TABLE collection (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL,
    removed_ms INTEGER
) STRICT;

-- A space of vectors that may be compared, with the generation of its index on disk.
CREATE TABLE space (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT    NOT NULL UNIQUE,
    dimension   INTEGER NOT NULL CHECK (dimension > 0),
    analyzer    TEXT    NOT NULL,
    generation  INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('building', 'serving', 'retired')),
    created_ms  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX space_serving ON space (state) WHERE state = 'serving';

-- One uri below one source root in one collection.
CREATE TABLE document (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    collection_id BLOB    NOT NULL REFERENCES collection (id),
    root          TEXT    NOT NULL,
    uri           TEXT    NOT NULL,
    modified_ms   INTEGER,
    created_ms    INTEGER NOT NULL,
    removed_ms    INTEGER,
    UNIQUE (collection_id, root, uri)
) STRICT;
CREATE INDEX document_by_uri ON document (uri, id);

-- Original bytes, kept as files under their hash.
CREATE TABLE blob (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    size_bytes INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

-- The content of a document at one time.
CREATE TABLE version (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    document_id   BLOB    NOT NULL REFERENCES document (id),
    content       BLOB    NOT NULL CHECK (length(content) = 32),
    reading       TEXT    NOT NULL,
    blob_hash     BLOB    REFERENCES blob (hash),
    media_type    TEXT    NOT NULL,
    title         TEXT,
    size_bytes    INTEGER NOT NULL,
    n_pages       INTEGER,
    n_chunks      INTEGER NOT NULL,
    notes         TEXT    NOT NULL,
    blocks        TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('embedded', 'live', 'superseded', 'removed')),
    created_ms    INTEGER NOT NULL,
    superseded_ms INTEGER
) STRICT;
CREATE INDEX version_by_document ON version (document_id, state);
CREATE INDEX version_by_blob ON version (blob_hash);
CREATE UNIQUE INDEX version_live ON version (document_id) WHERE state = 'live';

-- The canonical text of a version in pieces, so that a range is read without all of it.
CREATE TABLE version_text (
    version_id BLOB    NOT NULL REFERENCES version (id),
    byte_start INTEGER NOT NULL,
    char_start INTEGER NOT NULL,
    bytes      BLOB    NOT NULL,
    PRIMARY KEY (version_id, byte_start)
) STRICT;

-- A stretch of the canonical text that is embedded and indexed as one.
CREATE TABLE chunk (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    version_id BLOB    NOT NULL REFERENCES version (id),
    ordinal    INTEGER NOT NULL,
    byte_start INTEGER NOT NULL,
    byte_end   INTEGER NOT NULL,
    char_start INTEGER NOT NULL,
    char_end   INTEGER NOT NULL,
    page       INTEGER,
    headings   TEXT    NOT NULL,
    context    TEXT    NOT NULL,
    n_tokens   INTEGER NOT NULL,
    embedded   BLOB    NOT NULL CHECK (length(embedded) = 32),
    UNIQUE (version_id, ordinal)
) STRICT;
CREATE INDEX chunk_by_embedded ON chunk (embedded);

-- Vectors by the hash of the text they stand for: equal texts are embedded once.
CREATE TABLE embedding (
    embedded BLOB    NOT NULL CHECK (length(embedded) = 32),
    space_id INTEGER NOT NULL REFERENCES space (id),
    vector   BLOB    NOT NULL,
    PRIMARY KEY (embedded, space_id)
) STRICT;
CREATE INDEX embedding_by_space ON embedding (space_id);

-- Versions whose points in the index must be made to match their state. A row is forgotten only
-- after the index was flushed with it applied.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id BLOB    NOT NULL REFERENCES version (id),
    action     TEXT    NOT NULL CHECK (action IN ('replace', 'remove')),
    created_ms INTEGER NOT NULL,
    applied_ms INTEGER
) STRICT;
CREATE INDEX outbox_by_version ON outbox (version_id);
CREATE INDEX outbox_pending ON outbox (action, id) WHERE applied_ms IS NULL;

-- What was asked to be ingested.
CREATE TABLE job (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    collection_id BLOB    NOT NULL REFERENCES collection (id),
    source        TEXT    NOT NULL,
    state         TEXT    NOT NULL
                  CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    created_ms    INTEGER NOT NULL,
    started_ms    INTEGER,
    ended_ms      INTEGER,
    detail        TEXT
) STRICT;
CREATE INDEX job_by_collection ON job (collection_id);
CREATE INDEX job_by_state ON job (state);

-- What became of every item of a job.
CREATE TABLE job_item (
    job_id         BLOB    NOT NULL REFERENCES job (id),
    uri            TEXT    NOT NULL,
    document_id    BLOB    CHECK (document_id IS NULL OR length(document_id) = 16),
    state          TEXT    NOT NULL CHECK (state IN ('queued', 'parsing', 'chunking', 'embedding',
                           'indexing', 'ready', 'unchanged', 'removed', 'failed')),
    failure_code   TEXT,
    failure_detail TEXT,
    n_chunks       INTEGER NOT NULL,
    updated_ms     INTEGER NOT NULL,
    PRIMARY KEY (job_id, uri)
) STRICT;
