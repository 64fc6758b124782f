SELECT patient_key, birth_date, sex FROM ehr_patient JOIN study_person USING (patient_key)
ORDER BY patient_key
