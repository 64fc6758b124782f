-- First and last record of any kind. Cancelled orders and withdrawn results are no records.
, record_date AS (
  SELECT patient_key, visited_on AS recorded_on FROM ehr_visit
  UNION ALL SELECT patient_key, admitted_on FROM ehr_admission
  UNION ALL SELECT patient_key, discharged_on FROM ehr_admission
  UNION ALL SELECT patient_key, diagnosed_on FROM ehr_diagnosis
  UNION ALL SELECT patient_key, starts_on FROM ehr_prescription WHERE NOT is_cancelled
  UNION ALL SELECT patient_key, starts_on FROM ehr_injection WHERE NOT is_cancelled
  UNION ALL SELECT patient_key, collected_on FROM ehr_lab_result
    WHERE result_status IS NULL OR result_status NOT IN ('D', 'W', 'X', 'I')
)
SELECT patient_key, min(recorded_on) AS first_record, max(recorded_on) AS last_record
FROM record_date JOIN study_person USING (patient_key)
WHERE recorded_on IS NOT NULL
GROUP BY patient_key
ORDER BY patient_key
