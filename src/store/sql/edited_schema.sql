-- Tables of the edited layer that no row struct describes.
CREATE TABLE batch (batch_id BIGINT NOT NULL, started_at TIMESTAMP NOT NULL, finished_at TIMESTAMP);
CREATE TABLE edited_origin (last_file_id BIGINT NOT NULL, code_map_sha256 VARCHAR NOT NULL, program_version VARCHAR NOT NULL);
