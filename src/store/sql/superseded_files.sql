-- Files in whose place a file later than $1 came: the same identity was received again. A file that could not be
-- read takes no other one's place: a share that is away for a night must not empty the layer.
WITH later AS (
  SELECT format, file_identity, coalesce(max(file_id) FILTER (WHERE read_error IS NULL), max(file_id)) AS last_id
  FROM received_file
  WHERE $1 = 0 OR file_identity IN (SELECT file_identity FROM received_file WHERE file_id > $1)
  GROUP BY format, file_identity
)
SELECT file_id FROM received_file JOIN later USING (format, file_identity) WHERE last_id > file_id ORDER BY file_id
