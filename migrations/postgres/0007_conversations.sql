-- Conversations with their answers, what people say about answers, requests that are not done twice,
-- and what an admin sets at run time.
--
-- An owner is the id of a person, or 16 zeros for the owner of the data directory.

-- A conversation: a tree of questions.
CREATE TABLE conversation (
    id          BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    owner       BYTEA   NOT NULL CHECK (length(owner) = 16),
    title       TEXT    NOT NULL,
    folded      TEXT    NOT NULL,
    is_pinned   BIGINT  NOT NULL CHECK (is_pinned IN (0, 1)),
    archived_ms BIGINT,
    created_ms  BIGINT  NOT NULL,
    updated_ms  BIGINT  NOT NULL
);
CREATE INDEX conversation_by_owner ON conversation (owner, updated_ms, id);

-- A question with its answer: in a conversation after another one or as a first one, or alone. What
-- was asked for and the answer as it was shown are JSON. Of a withdrawn answer nothing is kept. The
-- parent is of the same conversation and goes with it.
CREATE TABLE turn (
    id              BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    owner           BYTEA   NOT NULL CHECK (length(owner) = 16),
    conversation_id BYTEA   REFERENCES conversation (id) ON DELETE CASCADE,
    parent_id       BYTEA   CHECK (parent_id IS NULL OR length(parent_id) = 16),
    question        TEXT    NOT NULL,
    request         TEXT    NOT NULL,
    created_ms      BIGINT  NOT NULL,
    ended_ms        BIGINT,
    outcome         TEXT    CHECK (outcome IN ('completed', 'no_answer', 'cancelled', 'failed',
                                               'interrupted')),
    body            BYTEA,
    withdrawn_ms    BIGINT,
    CHECK ((ended_ms IS NULL) = (outcome IS NULL)),
    CHECK (body IS NULL OR (ended_ms IS NOT NULL AND withdrawn_ms IS NULL)),
    CHECK (parent_id IS NULL OR conversation_id IS NOT NULL)
);
CREATE INDEX turn_by_conversation ON turn (conversation_id, created_ms, id)
    WHERE conversation_id IS NOT NULL;
CREATE INDEX turn_open ON turn (created_ms) WHERE ended_ms IS NULL;

-- The versions of documents whose text stands in an answer, by document and hash of the original.
-- They outlive what they name: an answer is shown only while all of it is kept.
CREATE TABLE turn_version (
    turn_id     BYTEA NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
    document_id BYTEA NOT NULL CHECK (length(document_id) = 16),
    content     BYTEA NOT NULL CHECK (length(content) = 32),
    PRIMARY KEY (turn_id, document_id, content)
);
CREATE INDEX turn_version_by_document ON turn_version (document_id);

-- What whoever asked says about an answer. The reasons are a JSON list of words.
CREATE TABLE feedback (
    turn_id    BYTEA   PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
    owner      BYTEA   NOT NULL CHECK (length(owner) = 16),
    rating     TEXT    NOT NULL CHECK (rating IN ('up', 'down')),
    reasons    TEXT    NOT NULL,
    comment    TEXT    NOT NULL,
    created_ms BIGINT  NOT NULL,
    updated_ms BIGINT  NOT NULL
);

-- A request that must not be done twice, by the hash of the key that its sender chose; with the
-- response once it is done. The epoch tells whoever took it up apart from whoever gave it up.
CREATE TABLE request_key (
    owner      BYTEA   NOT NULL CHECK (length(owner) = 16),
    key_hash   BYTEA   NOT NULL CHECK (length(key_hash) = 32),
    body_hash  BYTEA   NOT NULL CHECK (length(body_hash) = 32),
    epoch      BIGINT  NOT NULL,
    claimed_ms BIGINT  NOT NULL,
    status     BIGINT,
    response   BYTEA,
    PRIMARY KEY (owner, key_hash),
    CHECK ((status IS NULL) = (response IS NULL))
);
CREATE INDEX request_key_by_time ON request_key (claimed_ms);

-- What an admin sets at run time, as JSON. How often that was changed stands in `setting`.
CREATE TABLE app_setting (
    name       TEXT    COLLATE "C" PRIMARY KEY,
    value      TEXT    NOT NULL,
    changed_ms BIGINT  NOT NULL
);

-- What a collection is for, and how often that was changed.
ALTER TABLE collection ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE collection ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
