-- Figures that others have made, such as a school survey: each file that was taken in, by whom, and what became of it.
CREATE TABLE series_import (
  org_id {uuid} NOT NULL REFERENCES authority (id),
  id {uuid} NOT NULL,
  county {text} NOT NULL,
  name {text} NOT NULL,
  version {int} NOT NULL,
  at {int} NOT NULL,
  by_unit {uuid} NOT NULL,
  by_account {uuid} NOT NULL,
  via {text} NOT NULL,
  digest {text} NOT NULL,
  cells {int} NOT NULL,
  state {text} NOT NULL,
  ended_at {int},
  ended_by {uuid},
  {seal}
  PRIMARY KEY (org_id, id)
) {clustered};
CREATE UNIQUE INDEX series_import_version ON series_import (org_id, county, name, version);
CREATE UNIQUE INDEX series_import_current ON series_import (org_id, county, name) WHERE state = 'current';
CREATE INDEX series_import_county ON series_import (county, at) WHERE state = 'current';
CREATE INDEX series_import_at ON series_import (org_id, county, at, id);

-- A figure of such a file. A value that its maker keeps back, or never had, is missing and says which.
CREATE TABLE series_cell (
  org_id {uuid} NOT NULL,
  import_id {uuid} NOT NULL,
  area {text} NOT NULL,
  indicator {text} NOT NULL,
  period {text} NOT NULL,
  grp {text} NOT NULL,
  sex {text} NOT NULL,
  unit {text} NOT NULL,
  source {text} NOT NULL,
  value {real},
  sign {text} NOT NULL,
  n {int},
  note {text} NOT NULL,
  {seal}
  PRIMARY KEY (org_id, import_id, area, indicator, period, grp, sex, unit, source),
  FOREIGN KEY (org_id, import_id) REFERENCES series_import (org_id, id)
) {clustered};

-- What a county's actors read out of the figures together: the problem, what and whom to begin with, what they want to reach.
-- Each writing is a version; none is changed.
CREATE TABLE series_reading (
  county {text} NOT NULL,
  area {text} NOT NULL,
  version {int} NOT NULL,
  org_id {uuid} NOT NULL REFERENCES authority (id),
  at {int} NOT NULL,
  by_unit {uuid} NOT NULL,
  by_account {uuid} NOT NULL,
  problem {text} NOT NULL,
  priorities {text} NOT NULL,
  goals {text} NOT NULL,
  {seal}
  PRIMARY KEY (county, area, version)
) {clustered};
