-- The received layer: every file as it arrived. Rows are only ever added.
-- A file is known by its path and content; a later row with the same identity (in a standardized storage the
-- path without the condition flag, which a hospital changes by renaming) supersedes an earlier one.
CREATE TABLE batch (
  batch_id BIGINT PRIMARY KEY,
  source VARCHAR NOT NULL,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP
);
CREATE TABLE received_file (
  file_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  format VARCHAR NOT NULL,
  path VARCHAR NOT NULL,
  file_identity VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,
  size_bytes BIGINT NOT NULL,
  modified_us BIGINT NOT NULL,
  read_error VARCHAR,
  received_at TIMESTAMP NOT NULL,
  pieces BIGINT NOT NULL,   -- not 0: the content lies apart, in received/, under its SHA-256
  content BLOB
);
-- How far the changes that a storage tells by itself were read.
CREATE TABLE change_marker (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
