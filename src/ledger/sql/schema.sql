-- The ledger, format 1. Read docs/formats/ledger.md for the hash of an entry.

-- The one truth: rows are only ever added. The triggers stop a slip, not an attacker; against one
-- there is the chain of hashes and the heads that other parties hold.
CREATE TABLE entry (
  seq           INTEGER PRIMARY KEY CHECK (seq >= 1),
  at_ms         INTEGER NOT NULL,
  kind          TEXT NOT NULL,
  actor         TEXT NOT NULL,
  body          BLOB NOT NULL,
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL
) STRICT;

CREATE TRIGGER entry_is_never_altered BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'an entry is never altered'); END;

CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'an entry is never removed'); END;

-- Named people. The password is nowhere: it opens sealed_totp, or it does not.
CREATE TABLE account (
  login                TEXT PRIMARY KEY,
  name                 TEXT NOT NULL,
  salt                 BLOB NOT NULL,     -- of Argon2id
  operations           INTEGER NOT NULL,  -- of Argon2id
  memory_bytes         INTEGER NOT NULL,  -- of Argon2id
  sealed_totp          BLOB NOT NULL,     -- nonce, then the TOTP secret under the password's key
  totp_last_step       INTEGER NOT NULL,  -- a code of this step or an earlier one is not taken again
  must_change_password INTEGER NOT NULL,
  disabled             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_role (
  login TEXT NOT NULL REFERENCES account (login),
  role  TEXT NOT NULL,
  PRIMARY KEY (login, role)
) STRICT, WITHOUT ROWID;

-- Failed sign-ins in a row, for logins that exist and for those that do not: both look the same.
CREATE TABLE sign_in_failure (
  login_hash    TEXT PRIMARY KEY,
  known         INTEGER NOT NULL,  -- 1 if there is such an account; the others may be forgotten
  failures      INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,  -- the next attempt before this is refused unseen
  last_at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  token_hash   TEXT PRIMARY KEY,  -- SHA-256 of the token; the token itself is with the client only
  login        TEXT NOT NULL REFERENCES account (login),
  binding_hash TEXT NOT NULL,     -- of the listener and the client that the session belongs to
  created_ms   INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_of_login ON session (login);
