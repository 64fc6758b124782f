-- What the steps after the last file work on.
CREATE TEMP TABLE edited_since (file_id BIGINT);       -- the last file that was in the layer before
CREATE TEMP TABLE superseded_now (file_id BIGINT);     -- files in whose place another came since
CREATE TEMP TABLE taken_back (file_id BIGINT);         -- files that turned out to be unreadable half way
CREATE TEMP TABLE gone (file_id BIGINT, first_segment BIGINT, last_segment BIGINT);
CREATE TEMP TABLE affected (patient_key VARCHAR);      -- patients of whom something came or went
