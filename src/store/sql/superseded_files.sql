-- A file is superseded if the same identity was received again later.
WITH later AS (
  SELECT file_identity, max(file_id) AS last_id FROM received_file GROUP BY file_identity
)
SELECT file_id FROM received_file JOIN later USING (file_identity) WHERE last_id > file_id ORDER BY file_id
