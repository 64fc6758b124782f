-- ADT-22 and ADT-52 carry no visit number. By the rules the discharge repeats the admission time
-- (PV1-44); messages of one patient with one admission time are paired in the order received. Some
-- hospitals leave it out: such a discharge takes the patient's latest open admission on or before its
-- day, each admission once. A discharge that finds none keeps a row of its own.
CREATE TEMP TABLE numbered AS
SELECT *, row_number() OVER (
  PARTITION BY patient_key, has_admission_message, admitted_on, admitted_at ORDER BY file_id, segment) AS turn
FROM admission_message WHERE patient_key IN (SELECT patient_key FROM affected);
DELETE FROM ehr_admission WHERE patient_key IN (SELECT patient_key FROM affected);

CREATE TEMP TABLE paired AS
SELECT a.file_id AS admission_file, a.segment AS admission_segment, d.file_id AS discharge_file, d.segment AS discharge_segment
FROM numbered a JOIN numbered d
  ON a.has_admission_message AND d.has_discharge_message AND a.patient_key = d.patient_key
  AND a.admitted_on IS NOT DISTINCT FROM d.admitted_on AND a.admitted_at IS NOT DISTINCT FROM d.admitted_at
  AND a.turn = d.turn;

INSERT INTO paired
WITH open_admission AS (
  SELECT * FROM numbered WHERE has_admission_message
  AND (file_id, segment) NOT IN (SELECT (admission_file, admission_segment) FROM paired)
), open_discharge AS (
  SELECT * FROM numbered WHERE has_discharge_message AND admitted_on IS NULL
  AND (file_id, segment) NOT IN (SELECT (discharge_file, discharge_segment) FROM paired)
), latest AS (
  SELECT a.file_id AS admission_file, a.segment AS admission_segment, d.file_id AS discharge_file, d.segment AS discharge_segment,
    d.discharged_on, d.discharged_at,
    row_number() OVER (PARTITION BY d.file_id, d.segment
      ORDER BY a.admitted_on DESC, a.admitted_at DESC NULLS LAST, a.file_id DESC, a.segment DESC) AS admission_place
  FROM open_discharge d JOIN open_admission a ON a.patient_key = d.patient_key AND a.admitted_on <= d.discharged_on
), first_discharge AS (
  SELECT *, row_number() OVER (PARTITION BY admission_file, admission_segment
    ORDER BY discharged_on, discharged_at NULLS LAST, discharge_file, discharge_segment) AS discharge_place
  FROM latest WHERE admission_place = 1
)
SELECT admission_file, admission_segment, discharge_file, discharge_segment FROM first_discharge WHERE discharge_place = 1;

INSERT INTO ehr_admission
SELECT a.patient_key, a.admitted_on, a.admitted_at, d.discharged_on, d.discharged_at, coalesce(a.department, d.department),
  d.disposition, true, d.patient_key IS NOT NULL, a.file_id, a.segment
FROM numbered a
LEFT JOIN paired p ON a.file_id = p.admission_file AND a.segment = p.admission_segment
LEFT JOIN numbered d ON d.file_id = p.discharge_file AND d.segment = p.discharge_segment
WHERE a.has_admission_message
UNION ALL
SELECT patient_key, admitted_on, admitted_at, discharged_on, discharged_at, department, disposition, false, true, file_id, segment
FROM numbered
WHERE has_discharge_message AND (file_id, segment) NOT IN (SELECT (discharge_file, discharge_segment) FROM paired)
ORDER BY file_id, segment;
