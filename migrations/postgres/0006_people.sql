-- People, what they may see, and what was done: who signs in, with which keys, in which groups; who
-- has which role on what; and the log of it.

-- Somebody who signs in. A role of a person's own is one on everything. Sessions and keys that were
-- made in an earlier epoch are of no use.
CREATE TABLE person (
    id            BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    login         TEXT    COLLATE "C" NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    password_hash TEXT,
    role          TEXT    CHECK (role IN ('reader', 'editor', 'admin')),
    epoch         BIGINT  NOT NULL,
    created_ms    BIGINT  NOT NULL,
    disabled_ms   BIGINT
);

-- A browser in which somebody is signed in, by the hash of its token.
CREATE TABLE session (
    id         BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    token_hash BYTEA   NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person_id  BYTEA   NOT NULL REFERENCES person (id),
    epoch      BIGINT  NOT NULL,
    user_agent TEXT    NOT NULL,
    created_ms BIGINT  NOT NULL,
    used_ms    BIGINT  NOT NULL,
    expires_ms BIGINT  NOT NULL
);
CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_end ON session (expires_ms);

-- What a program signs in with, by the hash of its token. Its collections are a JSON list of ids;
-- none are given where it reaches as far as its person.
CREATE TABLE api_key (
    id          BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    token_hash  BYTEA   NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person_id   BYTEA   NOT NULL REFERENCES person (id),
    epoch       BIGINT  NOT NULL,
    name        TEXT    NOT NULL,
    scopes      TEXT    NOT NULL,
    collections TEXT,
    created_ms  BIGINT  NOT NULL,
    used_ms     BIGINT,
    expires_ms  BIGINT
);
CREATE INDEX api_key_by_person ON api_key (person_id);

-- A group of people and of other groups.
CREATE TABLE person_group (
    id         BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    COLLATE "C" NOT NULL UNIQUE,
    created_ms BIGINT  NOT NULL
);
CREATE TABLE membership (
    group_id  BYTEA NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
    person_id BYTEA NOT NULL REFERENCES person (id),
    PRIMARY KEY (group_id, person_id)
);
CREATE INDEX membership_by_person ON membership (person_id);
CREATE TABLE nesting (
    outer_id BYTEA NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
    inner_id BYTEA NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
    PRIMARY KEY (outer_id, inner_id)
);
CREATE INDEX nesting_by_inner ON nesting (inner_id);

-- A person or a group has a role on a collection or on a single document.
CREATE TABLE access_grant (
    id            BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    person_id     BYTEA   REFERENCES person (id),
    group_id      BYTEA   REFERENCES person_group (id) ON DELETE CASCADE,
    collection_id BYTEA   REFERENCES collection (id) ON DELETE CASCADE,
    document_id   BYTEA   REFERENCES document (id) ON DELETE CASCADE,
    role          TEXT    NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    created_ms    BIGINT  NOT NULL,
    CHECK ((person_id IS NULL) <> (group_id IS NULL)),
    CHECK ((collection_id IS NULL) <> (document_id IS NULL))
);
CREATE INDEX access_grant_by_person ON access_grant (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX access_grant_by_group ON access_grant (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX access_grant_by_collection ON access_grant (collection_id)
    WHERE collection_id IS NOT NULL;
CREATE INDEX access_grant_by_document ON access_grant (document_id) WHERE document_id IS NOT NULL;

-- Who did what to what, when and from where. Ids, no text of documents. Only ever added to.
CREATE TABLE audit (
    id        BYTEA   PRIMARY KEY CHECK (length(id) = 16),
    at_ms     BIGINT  NOT NULL,
    person_id BYTEA   CHECK (person_id IS NULL OR length(person_id) = 16),
    actor     TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    target    TEXT,
    origin    TEXT
);
CREATE INDEX audit_by_person ON audit (person_id, id) WHERE person_id IS NOT NULL;
CREATE FUNCTION refuse_to_change_the_audit() RETURNS TRIGGER LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_audit();
