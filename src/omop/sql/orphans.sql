-- Rows of OMOP tables whose person is in no person table, or whose visit is in no visit_occurrence table. The rows
-- stay; each file gets one finding with their number. Asked anew after every load: a table that came later may hold
-- them. To be run while patient_message holds every snapshot.
DELETE FROM finding WHERE check_id IN ('omop_person_missing', 'omop_visit_missing');

INSERT INTO finding
WITH place AS (
  SELECT file_id, patient_key FROM ehr_visit
  UNION ALL SELECT file_id, patient_key FROM ehr_admission
  UNION ALL SELECT file_id, patient_key FROM ehr_diagnosis
  UNION ALL SELECT file_id, patient_key FROM ehr_prescription
  UNION ALL SELECT file_id, patient_key FROM ehr_lab_result
  UNION ALL SELECT file_id, patient_key FROM omop_procedure
  UNION ALL SELECT file_id, patient_key FROM omop_observation
  UNION ALL SELECT file_id, patient_key FROM omop_device
  UNION ALL SELECT file_id, patient_key FROM omop_death
  UNION ALL SELECT file_id, patient_key FROM omop_observation_period
), known AS (
  SELECT patient_key FROM patient_message
  WHERE file_id IN (SELECT file_id FROM source_file WHERE data_type = 'omop:person')
)
SELECT file_id, 0, 'omop_person_missing', 'warning', 'person_id',
  'expected every person in a person table (rows: ' || count(*) || ', persons: ' || count(DISTINCT patient_key) || ')'
FROM place
WHERE file_id IN (SELECT file_id FROM source_file WHERE data_type LIKE 'omop:%')
  AND patient_key NOT IN (SELECT patient_key FROM known)
GROUP BY file_id
ORDER BY file_id;

INSERT INTO finding
WITH visit_use AS (
  SELECT file_id, visit_id FROM omop_record
  UNION ALL SELECT file_id, visit_id FROM omop_procedure
  UNION ALL SELECT file_id, visit_id FROM omop_observation
  UNION ALL SELECT file_id, visit_id FROM omop_device
), known AS (
  SELECT record_id FROM omop_record
  WHERE record_id IS NOT NULL AND file_id IN (SELECT file_id FROM source_file WHERE data_type = 'omop:visit_occurrence')
)
SELECT file_id, 0, 'omop_visit_missing', 'info', 'visit_occurrence_id',
  'expected every visit in a visit_occurrence table (rows: ' || count(*) || ')'
FROM visit_use
WHERE visit_id IS NOT NULL AND visit_id NOT IN (SELECT record_id FROM known)
GROUP BY file_id
ORDER BY file_id;
