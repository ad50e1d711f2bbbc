-- Where the text of a version stands on its pages: runs of characters with their rectangles, coded.
CREATE TABLE version_layout (
    version_id BLOB PRIMARY KEY REFERENCES version (id),
    layout     BLOB NOT NULL
) STRICT;
