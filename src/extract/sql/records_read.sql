-- How many rows of each table the extraction of a cohort reads: those of persons with a study drug.
SELECT 'ehr_prescription' AS table_name, count(*) AS rows FROM ehr_prescription JOIN study_person USING (patient_key)
UNION ALL SELECT 'ehr_injection', count(*) FROM ehr_injection JOIN study_person USING (patient_key)
UNION ALL SELECT 'ehr_lab_result', count(*) FROM ehr_lab_result JOIN study_person USING (patient_key)
UNION ALL SELECT 'ehr_diagnosis', count(*) FROM ehr_diagnosis JOIN study_person USING (patient_key)
UNION ALL SELECT 'ehr_visit', count(*) FROM ehr_visit JOIN study_person USING (patient_key)
UNION ALL SELECT 'ehr_admission', count(*) FROM ehr_admission JOIN study_person USING (patient_key)
UNION ALL SELECT 'ehr_patient', count(*) FROM ehr_patient JOIN study_person USING (patient_key)
ORDER BY table_name
