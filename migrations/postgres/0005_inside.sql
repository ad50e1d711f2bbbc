-- A file that lies inside another is a document of its own: the attachment of a mail, the file of an
-- archive. Its row is there as soon as its container is read, so that it is known what was not read.
ALTER TABLE document ADD COLUMN container BYTEA;
CREATE INDEX document_by_container ON document (container) WHERE container IS NOT NULL;
