-- A questionnaire sent out for a year. It keeps the very text that it was opened with, so that a changed file changes nothing.
CREATE TABLE survey_round (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  questionnaire {text} NOT NULL,
  year {int} NOT NULL,
  source {text} NOT NULL,
  last_day {text} NOT NULL,
  ends_at {int} NOT NULL,
  opened_at {int} NOT NULL,
  opened_by {uuid} NOT NULL,
  locked_at {int},
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};
CREATE UNIQUE INDEX survey_round_year ON survey_round (org_id, questionnaire, year);

-- Who is asked: an organisation and its function address, never a person. The answers are sealed under the key of the
-- authority that asks. While the link is withdrawn nothing is sent that has another.
CREATE TABLE survey_invitation (
  org_id {uuid} NOT NULL,
  round_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  nr {int} NOT NULL,
  code {text} NOT NULL,
  name {text} NOT NULL,
  email {text} NOT NULL,
  state {text} NOT NULL,
  version {int} NOT NULL,
  answers_sealed {bytes},
  invited_at {int},
  withdrawn_at {int},
  changed_at {int},
  submitted_at {int},
  {seal}
  PRIMARY KEY (org_id, round_id, id)
) {clustered};

-- Links to answer by. Of the token in them only the digest is kept.
CREATE TABLE survey_link (
  token_digest {bytes} NOT NULL,
  org_id {uuid} NOT NULL,
  round_id {uuid} NOT NULL,
  invitation_id {uuid} NOT NULL,
  made_at {int} NOT NULL,
  ended_at {int},
  {seal}
  PRIMARY KEY (token_digest)
) {clustered};
CREATE INDEX survey_link_of ON survey_link (org_id, round_id, invitation_id);

-- Invitations and reminders that are sent or wait to be.
CREATE TABLE survey_letter (
  org_id {uuid} NOT NULL,
  round_id {uuid} NOT NULL,
  invitation_id {uuid} NOT NULL,
  kind {text} NOT NULL,
  nr {int} NOT NULL,
  made_at {int} NOT NULL,
  lease_until {int} NOT NULL,
  tries {int} NOT NULL,
  sent_at {int},
  {seal}
  PRIMARY KEY (org_id, round_id, invitation_id, kind, nr)
) {clustered};
CREATE INDEX survey_letter_waiting ON survey_letter (lease_until) WHERE sent_at IS NULL;

-- What a free text is coded as, by whom.
CREATE TABLE survey_code (
  org_id {uuid} NOT NULL,
  round_id {uuid} NOT NULL,
  invitation_id {uuid} NOT NULL,
  question {text} NOT NULL,
  code {text} NOT NULL,
  by_account {uuid} NOT NULL,
  at {int} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, round_id, invitation_id, question, code)
) {clustered};
