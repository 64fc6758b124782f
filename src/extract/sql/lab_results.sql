-- Numeric results (and "<", ">" bounds) of the analytes' JLAC10 prefixes; material, result digits and unit
-- are checked against the rules by the program.
-- $7 prefixes (five digits, comma-separated), $8 first day that a look-back can reach
, analyte_prefix AS (
  SELECT DISTINCT unnest(string_split($7::VARCHAR, ',')) AS prefix
)
SELECT patient_key, collected_on, jlac10_code, material, value_operator, value, unit, lower_limit, upper_limit
FROM ehr_lab_result JOIN study_person USING (patient_key)
JOIN analyte_prefix ON substr(jlac10_code, 1, 5) = prefix
WHERE value_class IN ('number', 'bound') AND value IS NOT NULL
  AND (result_status IS NULL OR result_status NOT IN ('D', 'W', 'X', 'I'))
  AND collected_on >= $8::DATE AND collected_on < $6::DATE
ORDER BY patient_key, collected_on, file_id, segment
