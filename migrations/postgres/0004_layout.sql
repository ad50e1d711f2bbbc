-- Where the text of a version stands on its pages: runs of characters with their rectangles, coded.
CREATE TABLE version_layout (
    version_id BYTEA PRIMARY KEY REFERENCES version (id),
    layout     BYTEA NOT NULL
);
