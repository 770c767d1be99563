-- Retention: what falls due, what is held, what has been erased; and the consents that were withdrawn, by when.

-- A decision that the papers of a case may not be erased: the authority's own (preserve) or the law's (legal).
-- The reference is the number of the decision, never a name of whom it is about.
CREATE TABLE retention_hold (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  case_org {uuid} NOT NULL,
  case_id {uuid} NOT NULL,
  code {text} NOT NULL,
  reason {text} NOT NULL,
  reference {text} NOT NULL,
  set_by {text} NOT NULL,
  set_at {int} NOT NULL,
  until {int},
  released_by {text},
  released_at {int},
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};
CREATE INDEX retention_hold_case ON retention_hold (org_id, case_id);

-- What the latest run found to be past its time, case by case. Made anew by each run.
CREATE TABLE retention_due (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  due_at {int} NOT NULL,
  case_id {uuid} NOT NULL,
  code {text} NOT NULL,
  method {text} NOT NULL,
  class {text} NOT NULL,
  last_note {int} NOT NULL,
  state {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, due_at, case_id)
) {clustered};

-- What was erased. classes: how many cases of each class, as JSON. digest: over all that was erased, in order.
CREATE TABLE retention_receipt (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  at {int} NOT NULL,
  by_whom {text} NOT NULL,
  classes {text} NOT NULL,
  people {int} NOT NULL,
  cases {int} NOT NULL,
  texts {int} NOT NULL,
  consents {int} NOT NULL,
  lookups {int} NOT NULL,
  digest {bytes} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};

-- When each authority's list was made.
CREATE TABLE retention_run (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id)
) {clustered};

CREATE INDEX consent_withdrawn ON consent (withdrawn_at) WHERE withdrawn_at IS NOT NULL;
CREATE INDEX consent_person ON consent (org_id, person_id);
