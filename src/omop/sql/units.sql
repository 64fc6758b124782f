-- Laboratory results of OMOP carry the concept of their unit; where the vocabulary was loaded, its UCUM code stands
-- in. A concept that came in several files counts by the latest of them.
UPDATE ehr_lab_result SET unit = ucum.concept_code
FROM (
  SELECT 'OMOP:' || concept_id AS unit, arg_max(concept_code, (file_id, segment)) AS concept_code
  FROM omop_concept WHERE vocabulary_id = 'UCUM' GROUP BY concept_id
) AS ucum
WHERE ehr_lab_result.unit = ucum.unit AND ucum.concept_code IS NOT NULL;
