-- The installations that packages of tallies go to and come from, and this one itself (`own`), whose private key is sealed.
CREATE TABLE peer (
  id {uuid} NOT NULL,
  org_id {uuid} NOT NULL REFERENCES authority (id),
  own {bool} NOT NULL,
  name {text} NOT NULL,
  public_key {bytes} NOT NULL,
  key_sealed {bytes},
  nation {bool} NOT NULL,
  since {int} NOT NULL,
  ended_at {int},
  {seal}
  PRIMARY KEY (id)
) {clustered};
CREATE UNIQUE INDEX peer_name ON peer (name);
CREATE UNIQUE INDEX peer_public_key ON peer (public_key);

-- What a node reports for: a county (two digits) or a municipality (four).
CREATE TABLE peer_place (
  peer_id {uuid} NOT NULL REFERENCES peer (id),
  place {text} NOT NULL,
  {seal}
  PRIMARY KEY (peer_id, place)
) {clustered};

-- Every package that was sent, taken or refused; never what it held. Refused ones that nobody known has signed have no peer.
CREATE TABLE package (
  id {uuid} NOT NULL,
  peer_id {uuid},
  at {int} NOT NULL,
  period {text} NOT NULL,
  seq {int} NOT NULL,
  replaces {int},
  reason {text} NOT NULL,
  digest {bytes} NOT NULL,
  fate {text} NOT NULL,
  why {text} NOT NULL,
  late {bool} NOT NULL,
  municipalities {int} NOT NULL,
  row_count {int} NOT NULL,
  total {int} NOT NULL,
  difference {int} NOT NULL,
  {seal}
  PRIMARY KEY (id)
) {clustered};
CREATE INDEX package_digest ON package (digest);
CREATE INDEX package_peer ON package (peer_id, period, seq);
CREATE INDEX package_refused ON package (peer_id, at) WHERE fate = 'refused';
CREATE INDEX package_stranger ON package (id) WHERE peer_id IS NULL;

-- Who has reported for a month in a package that stands: one node for each municipality.
CREATE TABLE package_place (
  period {text} NOT NULL,
  municipality {text} NOT NULL,
  peer_id {uuid} NOT NULL,
  package_id {uuid} NOT NULL,
  {seal}
  PRIMARY KEY (period, municipality)
) {clustered};
CREATE INDEX package_place_peer ON package_place (peer_id, period);

-- Tallies of other installations, as their packages that stand say. Read together with `tally`, county by county.
CREATE TABLE tally_taken (
  county {text} NOT NULL,
  method {text} NOT NULL,
  month {text} NOT NULL,
  measure {text} NOT NULL,
  bucket {int} NOT NULL,
  municipality {text} NOT NULL,
  sex {text} NOT NULL,
  age_band {text} NOT NULL,
  peer_id {uuid} NOT NULL,
  n {int} NOT NULL,
  {seal}
  PRIMARY KEY (county, method, month, measure, bucket, municipality, sex, age_band, peer_id)
) {clustered};
CREATE INDEX tally_taken_peer ON tally_taken (peer_id, month);
