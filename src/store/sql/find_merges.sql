-- Which number is a patient's own in the end. Of several merges of one number the latest counts; numbers that
-- are merged in a circle are left as they are.
CREATE TEMP TABLE survivor AS
WITH RECURSIVE latest AS (
  SELECT old_key, new_key FROM patient_merge WHERE old_key <> new_key
  QUALIFY row_number() OVER (PARTITION BY old_key ORDER BY merged_on DESC NULLS LAST, file_id DESC, segment DESC) = 1
), step AS (
  SELECT old_key, new_key, 1 AS steps FROM latest
  UNION ALL
  SELECT step.old_key, latest.new_key, steps + 1 FROM step JOIN latest ON step.new_key = latest.old_key WHERE steps < 100
)
SELECT old_key, new_key FROM step WHERE new_key NOT IN (SELECT old_key FROM latest);
INSERT INTO affected SELECT old_key FROM patient_merge WHERE file_id > (SELECT file_id FROM edited_since)
UNION SELECT new_key FROM patient_merge WHERE file_id > (SELECT file_id FROM edited_since);
INSERT INTO affected SELECT new_key FROM survivor WHERE old_key IN (SELECT patient_key FROM affected);
INSERT INTO finding
SELECT file_id, segment, 'patient_merge_circle', 'warning', '', 'expected a number that stays; these numbers are merged into each other'
FROM patient_merge WHERE old_key NOT IN (SELECT old_key FROM survivor) AND file_id > (SELECT file_id FROM edited_since);
