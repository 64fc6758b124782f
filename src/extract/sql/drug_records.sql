-- Every row of a study drug, also outside the data window: washout needs what came before it.
SELECT patient_key, arm::BIGINT AS arm, kind::BIGINT AS kind, is_execution, is_cancelled, order_number, starts_on,
       days_supply::BIGINT AS days_supply, completion
FROM study_drug JOIN study_person USING (patient_key)
ORDER BY patient_key, starts_on, file_id, segment, kind, arm
