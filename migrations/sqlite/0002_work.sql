-- Jobs become the queue of work, documents get a history, and what was promised can be found again.

-- What only this installation has, e.g. its id. One row a name.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- The name of the model that a space was made with, so that a program knows which to load.
ALTER TABLE space ADD COLUMN model TEXT NOT NULL DEFAULT '';

-- When a version served. One that came back has two lives.
CREATE TABLE version_life (
    version_id BLOB    NOT NULL REFERENCES version (id),
    from_ms    INTEGER NOT NULL,
    until_ms   INTEGER,
    PRIMARY KEY (version_id, from_ms)
) STRICT;
CREATE INDEX version_life_by_end ON version_life (until_ms);
INSERT INTO version_life (version_id, from_ms, until_ms)
SELECT id, created_ms, superseded_ms FROM version WHERE state IN ('live', 'superseded');

-- Equal bytes are looked up by their hash, so that they are read once.
CREATE INDEX version_by_content ON version (content);

-- What tells near duplicates: a sketch of each version's words, and its bands for looking up.
ALTER TABLE version ADD COLUMN sketch BLOB;
CREATE TABLE sketch_band (
    band       INTEGER NOT NULL,
    version_id BLOB    NOT NULL REFERENCES version (id),
    PRIMARY KEY (band, version_id)
) STRICT;
CREATE INDEX sketch_band_by_version ON sketch_band (version_id);

-- Original bytes in pieces, where they are kept in the catalog rather than in a folder.
CREATE TABLE blob_piece (
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    ordinal INTEGER NOT NULL,
    bytes   BLOB    NOT NULL,
    PRIMARY KEY (hash, ordinal)
) STRICT;

-- Places that are looked at again and again.
CREATE TABLE source (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    collection_id BLOB    NOT NULL REFERENCES collection (id),
    address       TEXT    NOT NULL,
    request       TEXT    NOT NULL,
    every_seconds INTEGER NOT NULL CHECK (every_seconds > 0),
    cursor        TEXT,
    next_ms       INTEGER NOT NULL,
    last_job_id   BLOB,
    created_ms    INTEGER NOT NULL,
    UNIQUE (collection_id, address)
) STRICT;
CREATE INDEX source_by_next ON source (next_ms);

-- The queue. Who lists a job holds its lease; its items are leased one by one. Jobs take turns;
-- how many of their items are in which state is counted as they change.
ALTER TABLE job ADD COLUMN kind TEXT NOT NULL DEFAULT 'ingest' CHECK (kind IN ('ingest', 'reembed'));
ALTER TABLE job ADD COLUMN request TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN paused_ms INTEGER;
ALTER TABLE job ADD COLUMN listed_ms INTEGER;
ALTER TABLE job ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN lease_owner TEXT;
ALTER TABLE job ADD COLUMN lease_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN lease_expires_ms INTEGER;
ALTER TABLE job ADD COLUMN n_lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_waiting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_working INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_ready INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_unchanged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_cancelled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN n_chunks INTEGER NOT NULL DEFAULT 0;
CREATE INDEX job_by_turn ON job (turn);

ALTER TABLE job_item RENAME TO job_item_before;
CREATE TABLE job_item (
    job_id           BLOB    NOT NULL REFERENCES job (id),
    root             TEXT    NOT NULL,
    uri              TEXT    NOT NULL,
    document_id      BLOB    CHECK (document_id IS NULL OR length(document_id) = 16),
    place            TEXT    NOT NULL,
    size_bytes       INTEGER NOT NULL DEFAULT 0,
    modified_ms      INTEGER,
    tag              TEXT,
    state            TEXT    NOT NULL CHECK (state IN ('queued', 'parsing', 'chunking',
                             'embedding', 'indexing', 'ready', 'unchanged', 'removed', 'failed',
                             'cancelled')),
    n_failures       INTEGER NOT NULL DEFAULT 0,
    n_lost           INTEGER NOT NULL DEFAULT 0,
    n_lost_alone     INTEGER NOT NULL DEFAULT 0,
    is_alone         INTEGER NOT NULL DEFAULT 0,
    lease_owner      TEXT,
    lease_epoch      INTEGER NOT NULL DEFAULT 0,
    lease_expires_ms INTEGER,
    progress         INTEGER NOT NULL DEFAULT 0,
    progress_ms      INTEGER,
    not_before_ms    INTEGER NOT NULL DEFAULT 0,
    failure_code     TEXT,
    failure_detail   TEXT,
    n_chunks         INTEGER NOT NULL DEFAULT 0,
    updated_ms       INTEGER NOT NULL,
    PRIMARY KEY (job_id, root, uri)
) STRICT;
INSERT INTO job_item (job_id, root, uri, document_id, place, state, failure_code, failure_detail,
                      n_chunks, updated_ms)
SELECT job_id, '', uri, document_id, '', state, failure_code, failure_detail, n_chunks, updated_ms
FROM job_item_before;
DROP TABLE job_item_before;
-- Earlier releases did not resume a job.
UPDATE job_item SET state = 'cancelled'
WHERE state NOT IN ('ready', 'unchanged', 'removed', 'failed');
UPDATE job SET state = 'cancelled', detail = 'interrupted', ended_ms = coalesce(started_ms, created_ms)
WHERE state IN ('queued', 'running');
UPDATE job SET
    n_ready = (SELECT count(*) FROM job_item i WHERE i.job_id = job.id AND i.state = 'ready'),
    n_unchanged = (SELECT count(*) FROM job_item i WHERE i.job_id = job.id AND i.state = 'unchanged'),
    n_removed = (SELECT count(*) FROM job_item i WHERE i.job_id = job.id AND i.state = 'removed'),
    n_failed = (SELECT count(*) FROM job_item i WHERE i.job_id = job.id AND i.state = 'failed'),
    n_cancelled = (SELECT count(*) FROM job_item i WHERE i.job_id = job.id AND i.state = 'cancelled'),
    n_chunks = (SELECT coalesce(sum(i.n_chunks), 0) FROM job_item i WHERE i.job_id = job.id),
    listed_ms = ended_ms;
CREATE INDEX job_item_queued ON job_item (job_id, is_alone, not_before_ms) WHERE state = 'queued';
CREATE INDEX job_item_leased ON job_item (job_id) WHERE lease_owner IS NOT NULL;
CREATE INDEX job_item_by_worker ON job_item (lease_owner, lease_expires_ms) WHERE lease_owner IS NOT NULL;
CREATE INDEX job_item_failed ON job_item (job_id, root, uri) WHERE state = 'failed';
CREATE INDEX job_item_by_document ON job_item (document_id);
