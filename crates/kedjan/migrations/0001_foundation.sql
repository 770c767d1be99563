-- The foundation. Times are microseconds UTC. Keys begin with the authority (org_id), which is the tenant: secrecy holds
-- between authorities, not between municipalities. Nothing here that identifies a person is in clear: *_sealed columns are
-- encrypted under the person's own key, look-up columns are keyed hashes. Where the database can, a table that is read by
-- its key lies in the order of its key. A seal is a sum over the columns above it, where the database has no checksums
-- of its own; the log has its chain, and the tallies are held against the cases. log_in_level: the least level of a log-in
-- ('password', 'two_factors' or 'passkey'); of an authority's and an account's the higher holds.

CREATE TABLE node (
  name {text} NOT NULL,
  value {bytes} NOT NULL,
  {seal}
  PRIMARY KEY (name)
) {strict};

CREATE TABLE method_file (
  id {text} NOT NULL,
  version {int} NOT NULL,
  digest {bytes} NOT NULL,
  sources {text} NOT NULL,
  taken_in_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (id, version)
) {strict};

CREATE TABLE authority (
  id {uuid} NOT NULL,
  kind {text} NOT NULL,
  name {text} NOT NULL,
  county {text},
  municipality {text},
  ombud {text} NOT NULL,
  ombud_email {text} NOT NULL,
  key_wrapped {bytes} NOT NULL,
  log_in_level {text} NOT NULL DEFAULT 'password',
  created_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (id)
) {strict};
CREATE UNIQUE INDEX authority_name ON authority (name);

CREATE TABLE unit (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  kind {text} NOT NULL,
  name {text} NOT NULL,
  county {text} NOT NULL,
  municipality {text},
  email {text} NOT NULL,
  lead_email {text} NOT NULL,
  phone {text} NOT NULL,
  opening_hours {text} NOT NULL,
  fallback {bool} NOT NULL,
  active {bool} NOT NULL,
  created_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, id)
) {strict};
CREATE UNIQUE INDEX unit_id ON unit (id);
CREATE UNIQUE INDEX unit_name ON unit (org_id, name);

-- What a unit receives: from a municipality (four digits) or a county (two), for which ages and which substances.
CREATE TABLE unit_receives (
  org_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  place {text} NOT NULL,
  nr {int} NOT NULL,
  age_from {int},
  age_to {int},
  substances {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, unit_id, place, nr),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
) {clustered};
CREATE INDEX unit_receives_place ON unit_receives (place);

CREATE TABLE account (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  login {text} NOT NULL,
  name {text} NOT NULL,
  password_hash {text} NOT NULL,
  password_once {bool} NOT NULL,
  lang {text},
  active {bool} NOT NULL,
  log_in_level {text} NOT NULL DEFAULT 'password',
  created_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, id)
) {strict};
CREATE UNIQUE INDEX account_login ON account (login);
CREATE INDEX account_name ON account (org_id, name, id);

CREATE TABLE membership (
  org_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  role {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, account_id, unit_id, role),
  FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
) {clustered};
CREATE INDEX membership_unit ON membership (org_id, unit_id);

CREATE TABLE session (
  token_hash {bytes} NOT NULL PRIMARY KEY,
  org_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  role {text} NOT NULL,
  created_at {int} NOT NULL,
  seen_at {int} NOT NULL,
  ends_at {int} NOT NULL
) {clustered};
CREATE INDEX session_account ON session (org_id, account_id);

CREATE TABLE api_token (
  token_hash {bytes} NOT NULL,
  org_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  role {text} NOT NULL,
  name {text} NOT NULL,
  created_at {int} NOT NULL,
  ends_at {int},
  revoked_at {int},
  {seal}
  PRIMARY KEY (token_hash),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
) {strict};
CREATE UNIQUE INDEX api_token_id ON api_token (org_id, id);

-- A person as one authority knows them. Another authority that is handed a case gets its own copy under its own key.
CREATE TABLE person (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  key_wrapped {bytes} NOT NULL,
  identity_kind {text} NOT NULL,
  identity_sealed {bytes},
  name_sealed {bytes},
  contact_sealed {bytes},
  birth_year {int},
  sex {text},
  municipality {text},
  protected {bool} NOT NULL,
  merged_into {uuid},
  created_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};

CREATE TABLE person_lookup (
  org_id {uuid} NOT NULL,
  kind {text} NOT NULL,
  digest {bytes} NOT NULL,
  person_id {uuid} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, kind, digest, person_id),
  FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
) {clustered};
CREATE INDEX person_lookup_person ON person_lookup (org_id, person_id);

CREATE TABLE person_merge (
  org_id {uuid} NOT NULL,
  merged_id {uuid} NOT NULL,
  kept_id {uuid} NOT NULL,
  at {int} NOT NULL,
  by_account {uuid} NOT NULL,
  reason {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, merged_id)
) {strict};
CREATE INDEX person_merge_kept ON person_merge (org_id, kept_id);

-- A case ("kase": case is a word of SQL). Sex, age band and municipality are what the tallies count it under.
CREATE TABLE kase (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  code {text} NOT NULL,
  unit_id {uuid} NOT NULL,
  method {text} NOT NULL,
  method_version {int} NOT NULL,
  stage {text} NOT NULL,
  began_at {int} NOT NULL,
  closed_at {int},
  closing {text},
  steps {int} NOT NULL,
  version {int} NOT NULL,
  opened_by {text},
  county {text} NOT NULL,
  municipality {text} NOT NULL,
  sex {text} NOT NULL,
  age_band {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};
CREATE UNIQUE INDEX kase_code ON kase (code);
CREATE INDEX kase_opened_by ON kase (opened_by) WHERE opened_by IS NOT NULL;

CREATE TABLE step (
  org_id {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  seq {int} NOT NULL,
  step {text} NOT NULL,
  outcome {text} NOT NULL,
  at {int} NOT NULL,
  recorded_at {int} NOT NULL,
  by_org {uuid} NOT NULL,
  by_unit {uuid} NOT NULL,
  by_actor {uuid} NOT NULL,
  party {text} NOT NULL,
  fields {text} NOT NULL,
  corrects {int},
  {seal}
  PRIMARY KEY (org_id, case_id, seq),
  FOREIGN KEY (org_id, case_id) REFERENCES kase (org_id, id)
) {clustered};

-- Free text of a step, one copy for each authority that may read it, sealed under that authority's key for the person.
CREATE TABLE step_text (
  org_id {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  seq {int} NOT NULL,
  field {text} NOT NULL,
  sealed {bytes} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, case_id, seq, field)
) {clustered};

CREATE TABLE clock (
  org_id {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  clock {text} NOT NULL,
  started_at {int} NOT NULL,
  warn_at {int},
  due_at {int} NOT NULL,
  stopped_at {int},
  party {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, case_id, clock, started_at),
  FOREIGN KEY (org_id, case_id) REFERENCES kase (org_id, id)
) {clustered};

-- A unit's right to see a case, with its ground and end, and at the same time the unit's work item.
-- sort_at: for open work when it is due (far ahead when nothing is due), for the rest minus the time of the last change.
CREATE TABLE share (
  org_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  case_org {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  method {text} NOT NULL,
  party {text} NOT NULL,
  relation {text} NOT NULL,
  ground {text} NOT NULL,
  consent_id {uuid},
  state {text} NOT NULL,
  sort_at {int} NOT NULL,
  next_clock {text},
  warn_at {int},
  assignee {uuid},
  since {int} NOT NULL,
  until {int},
  ended_at {int},
  ended_why {text},
  routing {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, unit_id, case_id),
  FOREIGN KEY (case_org, case_id) REFERENCES kase (org_id, id)
) {clustered};
CREATE INDEX share_list ON share (org_id, unit_id, state, sort_at, case_id);
CREATE INDEX share_list_method ON share (org_id, unit_id, method, state, sort_at, case_id);
CREATE INDEX share_mine ON share (org_id, unit_id, assignee, state, sort_at, case_id, method) WHERE assignee IS NOT NULL;
CREATE INDEX share_case ON share (case_org, case_id);
CREATE INDEX share_person ON share (org_id, person_id);
CREATE INDEX share_until ON share (org_id, unit_id, until) WHERE until IS NOT NULL AND state <> 'ended';
CREATE INDEX share_due ON share (sort_at, org_id, unit_id, case_id) WHERE state = 'open';
CREATE INDEX share_warn ON share (warn_at, org_id, unit_id, case_id) WHERE state = 'open';

-- How many work items a unit has, by state, kept with each change so that a list's counts cost nothing.
CREATE TABLE work_count (
  org_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  method {text} NOT NULL,
  state {text} NOT NULL,
  n {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, unit_id, method, state)
) {clustered};

CREATE TABLE consent (
  org_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  case_org {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  giver {text} NOT NULL,
  how {text} NOT NULL,
  language {text} NOT NULL,
  parties {text} NOT NULL,
  kinds {text} NOT NULL,
  purpose {text} NOT NULL,
  text_sealed {bytes} NOT NULL,
  signature_sealed {bytes},
  given_at {int} NOT NULL,
  taken_by {uuid} NOT NULL,
  ends_at {int} NOT NULL,
  withdrawn_at {int},
  withdrawn_by {uuid},
  second_sealed {bytes},
  note_sealed {bytes},
  replaced_by {uuid},
  {seal}
  PRIMARY KEY (org_id, id)
) {strict};
CREATE UNIQUE INDEX consent_id ON consent (id);
CREATE INDEX consent_case ON consent (case_org, case_id);

-- The same key from the same caller is the same step once.
CREATE TABLE idempotency (
  org_id {uuid} NOT NULL,
  actor {uuid} NOT NULL,
  idem_key {text} NOT NULL,
  request_digest {bytes} NOT NULL,
  code {text} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, actor, idem_key)
) {clustered};

-- Figures: how many cases, by the month they began. One row a combination, changed in the step's own transaction.
CREATE TABLE tally (
  county {text} NOT NULL,
  method {text} NOT NULL,
  month {text} NOT NULL,
  measure {text} NOT NULL,
  bucket {int} NOT NULL,
  municipality {text} NOT NULL,
  org_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  sex {text} NOT NULL,
  age_band {text} NOT NULL,
  n {int} NOT NULL,
  PRIMARY KEY (county, method, month, measure, bucket, municipality, org_id, unit_id, sex, age_band)
) {clustered};
CREATE INDEX tally_unit ON tally (org_id, unit_id, method, month);

-- A reminder that was due, once for each clock run, receiver and rung of the ladder.
CREATE TABLE notice (
  org_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  clock {text} NOT NULL,
  due_at {int} NOT NULL,
  rung {int} NOT NULL,
  lease_until {int} NOT NULL,
  tries {int} NOT NULL,
  sent_at {int},
  {seal}
  PRIMARY KEY (org_id, unit_id, case_id, clock, due_at, rung)
) {clustered};
CREATE INDEX notice_unsent ON notice (lease_until) WHERE sent_at IS NULL;

-- The audit chain, one for each authority. digest = SHA-256 over the previous digest and this record.
CREATE TABLE audit (
  org_id {uuid} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  actor {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  role {text} NOT NULL,
  via {text} NOT NULL,
  action {text} NOT NULL,
  object {text} NOT NULL,
  relation {text} NOT NULL,
  decision {text} NOT NULL,
  policy {text} NOT NULL,
  people {int} NOT NULL,
  detail {text} NOT NULL,
  digest {bytes} NOT NULL,
  PRIMARY KEY (org_id, seq)
) {clustered};

CREATE TABLE audit_person (
  org_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  seq {int} NOT NULL,
  PRIMARY KEY (org_id, person_id, seq)
) {clustered};

CREATE INDEX audit_person_seq ON audit_person (org_id, seq, person_id);

CREATE TABLE audit_head (
  org_id {uuid} NOT NULL PRIMARY KEY,
  seq {int} NOT NULL,
  digest {bytes} NOT NULL
) {clustered};
