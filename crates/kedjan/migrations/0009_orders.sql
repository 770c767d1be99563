-- A release that somebody has asked for at the pages, and what came of it. Whoever asked does not wait for it.
CREATE TABLE release_order (
  id {uuid} NOT NULL,
  org_id {uuid} NOT NULL,
  account_id {uuid} NOT NULL,
  lang {text} NOT NULL,
  method {text} NOT NULL,
  scope {text} NOT NULL,
  period {text} NOT NULL,
  reason {text},
  ordered_at {int} NOT NULL,
  -- waiting, working, made, already, refused
  state {text} NOT NULL,
  -- How far it has come, or why there is none, in the words of the one who asked.
  words {text} NOT NULL,
  -- When the one who makes it was last heard of.
  heard_at {int} NOT NULL,
  tries {int} NOT NULL,
  release_id {text},
  {seal}
  PRIMARY KEY (id)
) {strict};
CREATE INDEX release_order_of ON release_order (org_id, ordered_at, id);
CREATE INDEX release_order_next ON release_order (state, ordered_at, id);
