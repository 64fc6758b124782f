-- ADT-22 and ADT-52 carry no visit number; the discharge repeats the admission time (PV1-44), which
-- joins them. When a patient has several messages with one admission time, they are paired in the
-- order received. A discharge without an admission message keeps a row of its own.
INSERT INTO ehr_admission
WITH numbered AS (
  SELECT *, row_number() OVER (
    PARTITION BY patient_key, has_admission_message, admitted_on, admitted_at ORDER BY file_id, segment) AS turn
  FROM admission_message
), admissions AS (
  SELECT * FROM numbered WHERE has_admission_message
), discharges AS (
  SELECT * FROM numbered WHERE has_discharge_message
)
SELECT
  coalesce(a.patient_key, d.patient_key), coalesce(a.admitted_on, d.admitted_on), coalesce(a.admitted_at, d.admitted_at),
  d.discharged_on, d.discharged_at, coalesce(a.department, d.department), d.disposition,
  a.patient_key IS NOT NULL, d.patient_key IS NOT NULL,
  coalesce(a.file_id, d.file_id), coalesce(a.segment, d.segment)
FROM admissions a FULL OUTER JOIN discharges d
  ON a.patient_key = d.patient_key AND a.admitted_on IS NOT DISTINCT FROM d.admitted_on
  AND a.admitted_at IS NOT DISTINCT FROM d.admitted_at AND a.turn = d.turn
ORDER BY coalesce(a.file_id, d.file_id), coalesce(a.segment, d.segment);
DROP TABLE admission_message;
