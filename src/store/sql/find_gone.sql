-- Files as a whole. A file of many documents is not read once it is superseded, so nothing of what was
-- read of it stays.
INSERT INTO gone
SELECT file_id, 0, 9223372036854775807 FROM source_file
WHERE status <> 'superseded' AND file_id IN (SELECT file_id FROM superseded_now);
UPDATE source_file SET status = 'superseded', reason_code = NULL, reason = NULL,
  records = 0, records_accepted = 0, records_rejected = 0, records_refused = 0,
  data_type = CASE WHEN format = 'ssmix2' THEN data_type ELSE '' END,
  care_date = CASE WHEN format = 'ssmix2' THEN care_date ELSE '' END,
  message_type = CASE WHEN format = 'ssmix2' THEN message_type ELSE '' END,
  detected_encoding = CASE WHEN format = 'ssmix2' THEN detected_encoding ELSE '' END,
  segments = CASE WHEN format = 'ssmix2' THEN segments ELSE 0 END
WHERE file_id IN (SELECT file_id FROM gone);
INSERT INTO gone SELECT file_id, 0, 9223372036854775807 FROM taken_back;
DELETE FROM source_document WHERE file_id IN (SELECT file_id FROM gone);

-- Documents of which a new version came: one version is current.
CREATE TEMP TABLE contest AS
SELECT document_key, file_id, first_segment, last_segment, records, is_current, row_number() OVER (
  PARTITION BY document_key ORDER BY version_rank DESC, file_id DESC, first_segment DESC) AS place
FROM source_document
WHERE document_key IN (SELECT document_key FROM source_document WHERE file_id > (SELECT file_id FROM edited_since));
INSERT INTO gone SELECT file_id, first_segment, last_segment FROM contest WHERE place > 1 AND is_current;
UPDATE source_document SET is_current = false FROM contest
WHERE contest.place > 1 AND contest.is_current AND source_document.file_id = contest.file_id
  AND source_document.first_segment = contest.first_segment AND source_document.document_key = contest.document_key;

-- A version with fewer records than the one before it: something may have been lost on the way.
DELETE FROM finding WHERE check_id = 'document_has_fewer_records'
  AND (file_id, segment) IN (SELECT (file_id, first_segment) FROM contest);
INSERT INTO finding
SELECT newest.file_id, newest.first_segment, 'document_has_fewer_records', 'warning', '',
  'expected at least as many records as in the version that this one replaces'
FROM contest newest JOIN contest before ON newest.document_key = before.document_key AND newest.place = 1 AND before.place = 2
WHERE newest.records < before.records;
