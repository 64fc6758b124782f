-- The common first steps of every query of a cohort: rows of the drugs of either arm, and the persons
-- with one of them that starts in the data window. The next file goes on with ", step AS (...) SELECT".
-- $1, $2  HOT and YJ prefixes of the exposure, $3, $4 of the comparator; comma-separated, may be empty
-- $5, $6  data window [$5, $6)
-- An injection covers the day it is given.
WITH drug_code AS (
  SELECT 1 AS arm, 'hot' AS system, unnest(string_split($1::VARCHAR, ',')) AS prefix
  UNION ALL SELECT 1, 'yj', unnest(string_split($2::VARCHAR, ','))
  UNION ALL SELECT 0, 'hot', unnest(string_split($3::VARCHAR, ','))
  UNION ALL SELECT 0, 'yj', unnest(string_split($4::VARCHAR, ','))
), drug_row AS (
  SELECT 0 AS kind, patient_key, is_execution, is_cancelled, order_number, starts_on, days_supply, hot_code,
         yj_code, completion, file_id, segment
  FROM ehr_prescription
  UNION ALL
  SELECT 1, patient_key, is_execution, is_cancelled, order_number, starts_on, 1, hot_code,
         yj_code, completion, file_id, segment
  FROM ehr_injection
), study_drug AS (
  -- DISTINCT: a row may fit by its HOT number and by its YJ code
  SELECT DISTINCT drug_code.arm, drug_row.*
  FROM drug_row JOIN drug_code ON prefix <> '' AND (
    (system = 'hot' AND starts_with(hot_code, prefix)) OR (system = 'yj' AND starts_with(yj_code, prefix)))
), study_person AS (
  SELECT DISTINCT patient_key FROM study_drug WHERE starts_on >= $5::DATE AND starts_on < $6::DATE
)
