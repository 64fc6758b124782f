-- Tables of the edited layer that no row struct describes.
CREATE TABLE batch (batch_id BIGINT NOT NULL, started_at TIMESTAMP NOT NULL, finished_at TIMESTAMP);
CREATE TABLE edited_origin (last_file_id BIGINT NOT NULL, rules_sha256 VARCHAR NOT NULL, program_version VARCHAR NOT NULL);
-- One row per patient of any source (R-039): the electronic record says who they are, else DPC form 1, else a claim.
CREATE VIEW patient AS
WITH told AS (
  SELECT patient_key, nullif(sex, 'U') AS sex, birth_date, 1 AS source, file_id, segment FROM ehr_patient
  UNION ALL SELECT patient_key, nullif(sex, 'U'), birth_date, 2, file_id, segment FROM dpc_patient
  UNION ALL SELECT patient_key, nullif(sex, 'U'), birth_date, 3, file_id, segment FROM claim_claim
)
SELECT patient_key, coalesce(arg_min(sex, (source, -file_id, -segment)), 'U') AS sex,
  arg_min(birth_date, (source, -file_id, -segment)) AS birth_date,
  bool_or(source = 1) AS has_record, bool_or(source = 2) AS has_dpc, bool_or(source = 3) AS has_claims
FROM told GROUP BY patient_key;
