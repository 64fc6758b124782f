-- Files in whose place a file later than $1 came: the same identity was received again.
WITH later AS (
  SELECT file_identity, max(file_id) AS last_id FROM received_file
  WHERE $1 = 0 OR file_identity IN (SELECT file_identity FROM received_file WHERE file_id > $1)
  GROUP BY file_identity
)
SELECT file_id FROM received_file JOIN later USING (file_identity) WHERE last_id > file_id ORDER BY file_id
