-- The received layer: every file as it arrived. Rows are only ever added.
-- A file is known by its path and content; a later row with the same identity (the path without the
-- condition flag, which a hospital changes by renaming) supersedes an earlier one.
CREATE TABLE IF NOT EXISTS batch (
  batch_id BIGINT PRIMARY KEY,
  source VARCHAR NOT NULL,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP
);
CREATE TABLE IF NOT EXISTS received_file (
  file_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  path VARCHAR NOT NULL,
  file_identity VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,
  size_bytes BIGINT NOT NULL,
  read_error VARCHAR,
  received_at TIMESTAMP NOT NULL,
  content BLOB
);
