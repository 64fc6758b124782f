-- A patient is the newest snapshot (ADT-00). Patients of whom only other messages came get a row with
-- unknown sex and birth date, so that no record points to nobody.
DELETE FROM ehr_patient WHERE patient_key IN (SELECT patient_key FROM affected);
INSERT INTO ehr_patient
WITH ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY patient_key ORDER BY updated_on DESC NULLS LAST, updated_at DESC NULLS LAST, file_id DESC, segment DESC) AS place
  FROM patient_message WHERE patient_key IN (SELECT patient_key FROM affected)
), nameless AS (
  SELECT DISTINCT patient_key FROM affected WHERE patient_key NOT IN (SELECT patient_key FROM patient_message)
), without_snapshot AS (
  SELECT patient_key, min(file_id) AS file_id, arg_min(segment, (file_id, segment)) AS segment
  FROM mentioned WHERE patient_key IN (SELECT patient_key FROM nameless) GROUP BY patient_key
)
SELECT patient_key, birth_date, sex, updated_on, updated_at, file_id, segment FROM ranked WHERE place = 1
UNION ALL
SELECT patient_key, NULL, 'U', NULL, NULL, file_id, segment FROM without_snapshot
ORDER BY file_id, segment;
DELETE FROM finding WHERE check_id = 'patient_without_snapshot';
INSERT INTO finding
SELECT file_id, 0, 'patient_without_snapshot', 'warning', '', 'expected an ADT-00 for every patient; sex and birth date stay unknown'
FROM ehr_patient WHERE patient_key NOT IN (SELECT patient_key FROM patient_message)
ORDER BY file_id;
