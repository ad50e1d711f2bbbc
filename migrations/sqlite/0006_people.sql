-- People, what they may see, and what was done: who signs in, with which keys, in which groups; who
-- has which role on what; and the log of it.

-- Somebody who signs in. A role of a person's own is one on everything. Sessions and keys that were
-- made in an earlier epoch are of no use.
CREATE TABLE person (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    login         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    password_hash TEXT,
    role          TEXT    CHECK (role IN ('reader', 'editor', 'admin')),
    epoch         INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL,
    disabled_ms   INTEGER
) STRICT;

-- A browser in which somebody is signed in, by the hash of its token.
CREATE TABLE session (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    token_hash BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person_id  BLOB    NOT NULL REFERENCES person (id),
    epoch      INTEGER NOT NULL,
    user_agent TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    used_ms    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_end ON session (expires_ms);

-- What a program signs in with, by the hash of its token. Its collections are a JSON list of ids;
-- none are given where it reaches as far as its person.
CREATE TABLE api_key (
    id          BLOB    PRIMARY KEY CHECK (length(id) = 16),
    token_hash  BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person_id   BLOB    NOT NULL REFERENCES person (id),
    epoch       INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    scopes      TEXT    NOT NULL,
    collections TEXT,
    created_ms  INTEGER NOT NULL,
    used_ms     INTEGER,
    expires_ms  INTEGER
) STRICT;
CREATE INDEX api_key_by_person ON api_key (person_id);

-- A group of people and of other groups.
CREATE TABLE person_group (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE membership (
    group_id  BLOB NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (group_id, person_id)
) STRICT;
CREATE INDEX membership_by_person ON membership (person_id);
CREATE TABLE nesting (
    outer_id BLOB NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
    inner_id BLOB NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
    PRIMARY KEY (outer_id, inner_id)
) STRICT;
CREATE INDEX nesting_by_inner ON nesting (inner_id);

-- A person or a group has a role on a collection or on a single document.
CREATE TABLE access_grant (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    person_id     BLOB    REFERENCES person (id),
    group_id      BLOB    REFERENCES person_group (id) ON DELETE CASCADE,
    collection_id BLOB    REFERENCES collection (id) ON DELETE CASCADE,
    document_id   BLOB    REFERENCES document (id) ON DELETE CASCADE,
    role          TEXT    NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    created_ms    INTEGER NOT NULL,
    CHECK ((person_id IS NULL) <> (group_id IS NULL)),
    CHECK ((collection_id IS NULL) <> (document_id IS NULL))
) STRICT;
CREATE INDEX access_grant_by_person ON access_grant (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX access_grant_by_group ON access_grant (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX access_grant_by_collection ON access_grant (collection_id)
    WHERE collection_id IS NOT NULL;
CREATE INDEX access_grant_by_document ON access_grant (document_id) WHERE document_id IS NOT NULL;

-- Who did what to what, when and from where. Ids, no text of documents. Only ever added to.
CREATE TABLE audit (
    id        BLOB    PRIMARY KEY CHECK (length(id) = 16),
    at_ms     INTEGER NOT NULL,
    person_id BLOB    CHECK (person_id IS NULL OR length(person_id) = 16),
    actor     TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    target    TEXT,
    origin    TEXT
) STRICT;
CREATE INDEX audit_by_person ON audit (person_id, id) WHERE person_id IS NOT NULL;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;
