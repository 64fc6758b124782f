-- $1, $2: file_id in ($1, $2]. A file is superseded if the same identity was received again later.
WITH later AS (
  SELECT file_identity, max(file_id) AS last_id FROM received_file GROUP BY file_identity
)
SELECT file_id, batch_id, path, sha256, size_bytes, read_error, last_id > file_id, content
FROM received_file JOIN later USING (file_identity)
WHERE file_id > $1 AND file_id <= $2
ORDER BY file_id
