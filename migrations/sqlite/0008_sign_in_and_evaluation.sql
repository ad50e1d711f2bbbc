-- Who people are at their company's provider, what everybody may read, and how well the questions of
-- a set were answered, run by run.

-- Who a person is at a provider: its address, and what it calls them. It never changes what it calls
-- somebody; their login may.
CREATE TABLE identity (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    person_id  BLOB    NOT NULL REFERENCES person (id),
    created_ms INTEGER NOT NULL,
    used_ms    INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
CREATE INDEX identity_by_person ON identity (person_id);

-- Whether a membership follows what the provider says at each sign-in; the others are left alone.
ALTER TABLE membership ADD COLUMN is_followed INTEGER NOT NULL DEFAULT 0
    CHECK (is_followed IN (0, 1));

-- Whether everybody who signs in may read a collection.
ALTER TABLE collection ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0
    CHECK (is_public IN (0, 1));

-- A set of questions with known answers.
CREATE TABLE eval_dataset (
    id          BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name        TEXT    NOT NULL UNIQUE,
    created_ms  INTEGER NOT NULL,
    updated_ms  INTEGER NOT NULL
) STRICT;

-- A question of a set, as a line of `questions.jsonl` has it, by its place. What was made of an
-- answer that somebody judged names that answer.
CREATE TABLE eval_question (
    dataset_id BLOB    NOT NULL REFERENCES eval_dataset (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    place      INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    turn_id    BLOB    CHECK (turn_id IS NULL OR length(turn_id) = 16),
    PRIMARY KEY (dataset_id, name)
) STRICT;

-- The questions of a set, asked once. What was asked for and the figures are JSON.
CREATE TABLE eval_run (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    dataset_id BLOB    NOT NULL REFERENCES eval_dataset (id) ON DELETE CASCADE,
    owner      BLOB    NOT NULL CHECK (length(owner) = 16),
    request    TEXT    NOT NULL,
    n_total    INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER,
    outcome    TEXT    CHECK (outcome IN ('completed', 'cancelled', 'failed', 'interrupted')),
    figures    TEXT,
    detail     TEXT,
    CHECK ((ended_ms IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX eval_run_by_dataset ON eval_run (dataset_id, id);

-- What became of a question in a run: ids and figures as JSON, no text of documents.
CREATE TABLE eval_result (
    run_id BLOB    NOT NULL REFERENCES eval_run (id) ON DELETE CASCADE,
    name   TEXT    NOT NULL,
    place  INTEGER NOT NULL,
    body   TEXT    NOT NULL,
    PRIMARY KEY (run_id, name)
) STRICT;
