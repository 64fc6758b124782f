-- The last day of any record of the site that counts as one (sql/record_dates.sql).
SELECT max(recorded_on) AS last_record FROM (
  SELECT visited_on AS recorded_on FROM ehr_visit
  UNION ALL SELECT admitted_on FROM ehr_admission
  UNION ALL SELECT discharged_on FROM ehr_admission
  UNION ALL SELECT diagnosed_on FROM ehr_diagnosis
  UNION ALL SELECT starts_on FROM ehr_prescription WHERE NOT is_cancelled
  UNION ALL SELECT starts_on FROM ehr_injection WHERE NOT is_cancelled
  UNION ALL SELECT collected_on FROM ehr_lab_result
    WHERE result_status IS NULL OR result_status NOT IN ('D', 'W', 'X', 'I')
)
