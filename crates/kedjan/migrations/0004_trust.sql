-- What left an authority, to whom, on which ground, by whose decision. Handovers write theirs themselves.
CREATE TABLE disclosure (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  at {int} NOT NULL,
  case_org {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  code {text} NOT NULL,
  person_id {uuid} NOT NULL,
  ground {text} NOT NULL,
  paragraph {text} NOT NULL,
  consent_id {uuid},
  kinds {text} NOT NULL,
  receiver_kind {text} NOT NULL,
  receiver {text} NOT NULL,
  by_unit {uuid} NOT NULL,
  by_account {uuid} NOT NULL,
  by_step {bool} NOT NULL,
  words_sealed {bytes},
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};
CREATE INDEX disclosure_at ON disclosure (org_id, at, id);
CREATE INDEX disclosure_case ON disclosure (org_id, case_id, at);
CREATE INDEX disclosure_person ON disclosure (org_id, person_id, at);
CREATE TABLE disclosure_count (
  org_id {uuid} NOT NULL,
  n {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id)
) {clustered};

-- A case of the own authority that somebody looks at without having it: until when, and who will ask why.
CREATE TABLE glass (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  case_org {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  code {text} NOT NULL,
  person_id {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  cause {text} NOT NULL,
  words_sealed {bytes} NOT NULL,
  opened_at {int} NOT NULL,
  ends_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};
CREATE INDEX glass_open ON glass (org_id, account_id, case_id, ends_at);
CREATE INDEX glass_person ON glass (org_id, person_id);

-- A record of the log that somebody is to look into, why it was drawn, and what was decided.
CREATE TABLE review (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  actor {uuid} NOT NULL,
  unit_id {uuid} NOT NULL,
  signal {text} NOT NULL,
  person_id {uuid} NOT NULL,
  glass_id {uuid},
  reviewer {uuid},
  drawn_at {int} NOT NULL,
  decision {text},
  note_sealed {bytes},
  decided_at {int},
  decided_by {uuid},
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};
CREATE UNIQUE INDEX review_once ON review (org_id, seq, signal);
CREATE INDEX review_person ON review (org_id, person_id);
CREATE INDEX review_open ON review (org_id, at, id) WHERE decision IS NULL;
CREATE INDEX review_decided ON review (org_id, decided_at, id) WHERE decision IS NOT NULL;

-- How far the log of an authority has been drawn from.
CREATE TABLE review_mark (
  org_id {uuid} NOT NULL,
  seq {int} NOT NULL,
  drawn_at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id)
) {clustered};
