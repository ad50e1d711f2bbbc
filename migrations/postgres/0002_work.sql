-- Jobs become the queue of work, documents get a history, and what was promised can be found again.

-- What only this installation has, e.g. its id. One row a name.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The name of the model that a space was made with, so that a program knows which to load.
ALTER TABLE space ADD COLUMN model TEXT NOT NULL DEFAULT '';

-- When a version served. One that came back has two lives.
CREATE TABLE version_life (
    version_id BYTEA NOT NULL REFERENCES version (id),
    from_ms    BIGINT NOT NULL,
    until_ms   BIGINT,
    PRIMARY KEY (version_id, from_ms)
);
CREATE INDEX version_life_by_end ON version_life (until_ms);
INSERT INTO version_life (version_id, from_ms, until_ms)
SELECT id, created_ms, superseded_ms FROM version WHERE state IN ('live', 'superseded');

-- Equal bytes are looked up by their hash, so that they are read once.
CREATE INDEX version_by_content ON version (content);

-- What tells near duplicates: a sketch of each version's words, and its bands for looking up.
ALTER TABLE version ADD COLUMN sketch BYTEA;
CREATE TABLE sketch_band (
    band       BIGINT NOT NULL,
    version_id BYTEA NOT NULL REFERENCES version (id),
    PRIMARY KEY (band, version_id)
);
CREATE INDEX sketch_band_by_version ON sketch_band (version_id);

-- Original bytes in pieces, where they are kept in the catalog rather than in a folder.
CREATE TABLE blob_piece (
    hash    BYTEA NOT NULL CHECK (length(hash) = 32),
    ordinal BIGINT NOT NULL,
    bytes   BYTEA NOT NULL,
    PRIMARY KEY (hash, ordinal)
);

-- Places that are looked at again and again.
CREATE TABLE source (
    id            BYTEA PRIMARY KEY CHECK (length(id) = 16),
    collection_id BYTEA NOT NULL REFERENCES collection (id),
    address       TEXT NOT NULL,
    request       TEXT NOT NULL,
    every_seconds BIGINT NOT NULL CHECK (every_seconds > 0),
    cursor        TEXT,
    next_ms       BIGINT NOT NULL,
    last_job_id   BYTEA,
    created_ms    BIGINT NOT NULL,
    UNIQUE (collection_id, address)
);
CREATE INDEX source_by_next ON source (next_ms);

-- The queue. Who lists a job holds its lease; its items are leased one by one. Jobs take turns;
-- how many of their items are in which state is counted as they change.
ALTER TABLE job ADD COLUMN kind TEXT NOT NULL DEFAULT 'ingest' CHECK (kind IN ('ingest', 'reembed'));
ALTER TABLE job ADD COLUMN request TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN paused_ms BIGINT;
ALTER TABLE job ADD COLUMN listed_ms BIGINT;
ALTER TABLE job ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN lease_owner TEXT;
ALTER TABLE job ADD COLUMN lease_epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN lease_expires_ms BIGINT;
ALTER TABLE job ADD COLUMN n_lost BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_waiting BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_working BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_ready BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_unchanged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_removed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_failed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_cancelled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_chunks BIGINT NOT NULL DEFAULT 0;
CREATE INDEX job_by_turn ON job (turn);

CREATE TABLE job_item (
    job_id           BYTEA NOT NULL REFERENCES job (id),
    root             TEXT COLLATE "C" NOT NULL,
    uri              TEXT COLLATE "C" NOT NULL,
    document_id      BYTEA CHECK (document_id IS NULL OR length(document_id) = 16),
    place            TEXT NOT NULL,
    size_bytes       BIGINT NOT NULL DEFAULT 0,
    modified_ms      BIGINT,
    tag              TEXT,
    state            TEXT NOT NULL CHECK (state IN ('queued', 'parsing', 'chunking',
                             'embedding', 'indexing', 'ready', 'unchanged', 'removed', 'failed',
                             'cancelled')),
    n_failures       BIGINT NOT NULL DEFAULT 0,
    n_lost           BIGINT NOT NULL DEFAULT 0,
    n_lost_alone     BIGINT NOT NULL DEFAULT 0,
    is_alone         BIGINT NOT NULL DEFAULT 0,
    lease_owner      TEXT,
    lease_epoch      BIGINT NOT NULL DEFAULT 0,
    lease_expires_ms BIGINT,
    progress         BIGINT NOT NULL DEFAULT 0,
    progress_ms      BIGINT,
    not_before_ms    BIGINT NOT NULL DEFAULT 0,
    failure_code     TEXT,
    failure_detail   TEXT,
    n_chunks         BIGINT NOT NULL DEFAULT 0,
    updated_ms       BIGINT NOT NULL,
    PRIMARY KEY (job_id, root, uri)
);
CREATE INDEX job_item_queued ON job_item (job_id, is_alone, not_before_ms) WHERE state = 'queued';
CREATE INDEX job_item_leased ON job_item (job_id) WHERE lease_owner IS NOT NULL;
CREATE INDEX job_item_by_worker ON job_item (lease_owner, lease_expires_ms) WHERE lease_owner IS NOT NULL;
CREATE INDEX job_item_failed ON job_item (job_id, root, uri) WHERE state = 'failed';
CREATE INDEX job_item_by_document ON job_item (document_id);
