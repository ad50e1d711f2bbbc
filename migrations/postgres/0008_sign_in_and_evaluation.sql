-- Who people are at their company's provider, what everybody may read, and how well the questions of
-- a set were answered, run by run.

-- Who a person is at a provider: its address, and what it calls them. It never changes what it calls
-- somebody; their login may.
CREATE TABLE identity (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    person_id  BYTEA   NOT NULL REFERENCES person (id),
    created_ms BIGINT  NOT NULL,
    used_ms    BIGINT  NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_by_person ON identity (person_id);

-- Whether a membership follows what the provider says at each sign-in; the others are left alone.
ALTER TABLE membership ADD COLUMN is_followed BIGINT NOT NULL DEFAULT 0
    CHECK (is_followed IN (0, 1));

-- Whether everybody who signs in may read a collection.
ALTER TABLE collection ADD COLUMN is_public BIGINT NOT NULL DEFAULT 0
    CHECK (is_public IN (0, 1));

-- A set of questions with known answers.
CREATE TABLE eval_dataset (
    id          BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    name        TEXT    NOT NULL UNIQUE,
    created_ms  BIGINT  NOT NULL,
    updated_ms  BIGINT  NOT NULL
);

-- A question of a set, as a line of `questions.jsonl` has it, by its place. What was made of an
-- answer that somebody judged names that answer.
CREATE TABLE eval_question (
    dataset_id BYTEA   NOT NULL REFERENCES eval_dataset (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    place      BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    turn_id    BYTEA   CHECK (turn_id IS NULL OR length(turn_id) = 16),
    PRIMARY KEY (dataset_id, name)
);

-- The questions of a set, asked once. What was asked for and the figures are JSON.
CREATE TABLE eval_run (
    id         BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    dataset_id BYTEA   NOT NULL REFERENCES eval_dataset (id) ON DELETE CASCADE,
    owner      BYTEA   NOT NULL CHECK (length(owner) = 16),
    request    TEXT    NOT NULL,
    n_total    BIGINT  NOT NULL,
    created_ms BIGINT  NOT NULL,
    ended_ms   BIGINT,
    outcome    TEXT    CHECK (outcome IN ('completed', 'cancelled', 'failed', 'interrupted')),
    figures    TEXT,
    detail     TEXT,
    CHECK ((ended_ms IS NULL) = (outcome IS NULL))
);
CREATE INDEX eval_run_by_dataset ON eval_run (dataset_id, id);

-- What became of a question in a run: ids and figures as JSON, no text of documents.
CREATE TABLE eval_result (
    run_id BYTEA   NOT NULL REFERENCES eval_run (id) ON DELETE CASCADE,
    name   TEXT    NOT NULL,
    place  BIGINT  NOT NULL,
    body   TEXT    NOT NULL,
    PRIMARY KEY (run_id, name)
);
