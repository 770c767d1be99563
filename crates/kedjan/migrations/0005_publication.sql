-- A release of figures: frozen, versioned, with the marks of how it was made and protected, and in brief what lists say of it.
-- Nothing here is ever changed.
CREATE TABLE publication (
  id {text} NOT NULL,
  method {text} NOT NULL,
  scope {text} NOT NULL,
  period {text} NOT NULL,
  year {int} NOT NULL,
  version {int} NOT NULL,
  made_at {int} NOT NULL,
  brief {text} NOT NULL,
  marks {text} NOT NULL,
  digest {text} NOT NULL,
  {seal}
  PRIMARY KEY (id)
) {clustered};
CREATE UNIQUE INDEX publication_version ON publication (scope, method, period, version);
CREATE INDEX publication_year ON publication (method, year, made_at);
CREATE INDEX publication_made ON publication (made_at, id);

-- One table of a release, whole in one row, as anybody may read it.
CREATE TABLE publication_table (
  release_id {text} NOT NULL REFERENCES publication (id),
  nr {int} NOT NULL,
  name {text} NOT NULL,
  content {text} NOT NULL,
  digest {text} NOT NULL,
  {seal}
  PRIMARY KEY (release_id, name)
) {clustered};

-- The ledger: the true counts of each table's cells when it was frozen, in the table's order, published or not. It stays
-- in the house.
CREATE TABLE publication_ledger (
  release_id {text} NOT NULL REFERENCES publication (id),
  name {text} NOT NULL,
  counts {text} NOT NULL,
  {seal}
  PRIMARY KEY (release_id, name)
) {clustered};
