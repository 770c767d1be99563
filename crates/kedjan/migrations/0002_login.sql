-- Log-in with more than a password: passkeys, authenticator apps, recovery codes, the level that is demanded, and sessions
-- that know how they were begun. Sessions from before end: whoever was logged in logs in anew.

DROP TABLE session;
CREATE TABLE session (
  token_hash {bytes} NOT NULL,
  org_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  role {text} NOT NULL,
  level {text} NOT NULL,
  half {bool} NOT NULL,
  proved_at {int} NOT NULL,
  browser {text} NOT NULL,
  created_at {int} NOT NULL,
  seen_at {int} NOT NULL,
  ends_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (token_hash)
) {clustered};
CREATE INDEX session_account ON session (org_id, account_id);

-- A passkey: its public half and its counter. The public key is no secret.
CREATE TABLE passkey (
  org_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  credential_id {bytes} NOT NULL,
  public_data {text} NOT NULL,
  name {text} NOT NULL,
  created_at {int} NOT NULL,
  used_at {int},
  {seal}
  PRIMARY KEY (org_id, account_id, id),
  FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
) {clustered};
CREATE UNIQUE INDEX passkey_credential ON passkey (credential_id);

-- The secret an authenticator app shares with us, sealed under the authority's key, and the last step whose code was taken.
CREATE TABLE authenticator_app (
  org_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  secret_sealed {bytes} NOT NULL,
  last_step {int} NOT NULL,
  created_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, account_id),
  FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
) {clustered};

-- Recovery codes that are left, as keyed digests. A used one is gone.
CREATE TABLE recovery_code (
  org_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  digest {bytes} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, account_id, digest),
  FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
) {clustered};

-- What has been asked of a browser and not been answered yet: taken once, gone after minutes. Bound to a session, or to a
-- cookie where nobody is logged in.
CREATE TABLE log_in_ceremony (
  bound_to {bytes} NOT NULL,
  kind {text} NOT NULL,
  state {bytes} NOT NULL,
  ends_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (bound_to, kind)
) {clustered};
CREATE INDEX log_in_ceremony_ends ON log_in_ceremony (ends_at);

-- The one-time link with which the first administrator makes an account.
CREATE TABLE first_run (
  token_hash {bytes} NOT NULL,
  org_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  ends_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (token_hash),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
) {clustered};
