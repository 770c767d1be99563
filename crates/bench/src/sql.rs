//! All SQL of the bench: whose cases there are to ask for, the bulk of a very large store, and how the bare database is set.

use kedjan::store::{Sql, StoreError};
use kedjan::{args, sql};

/// The numbers of the SMADIT cases of a token's unit in which a contact attempt can be recorded.
pub fn to_contact(tx: &mut dyn Sql, token_digest: &[u8]) -> Result<Vec<String>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.code
             FROM api_token t
             JOIN share s ON s.org_id = t.org_id AND s.unit_id = t.unit_id AND s.state = 'open'
             JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             WHERE t.token_hash = $1 AND s.method = 'smadit' AND s.party = 'receiver'
                   AND k.stage IN ('to_contact', 'in_contact')
             ORDER BY s.case_id"
        ),
        &args![token_digest],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The numbers of cases that a token's unit may open, spread over all it has.
pub fn to_open(tx: &mut dyn Sql, token_digest: &[u8], most: i64) -> Result<Vec<String>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.code
             FROM api_token t
             JOIN share s ON s.org_id = t.org_id AND s.unit_id = t.unit_id AND s.state <> 'ended'
             JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             WHERE t.token_hash = $1 ORDER BY k.code LIMIT $2"
        ),
        &args![token_digest, most],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Whether a statement changes rows.
pub fn writes(text: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| text.trim_start().starts_with(verb))
}

/// The verb and the table of a statement that changes rows, for telling what a step writes.
pub fn what_it_writes(text: &str) -> String {
    let mut words = text.split_whitespace().filter(|word| !["INTO", "FROM"].contains(word));
    format!("{} {}", words.next().unwrap_or_default(), words.next().unwrap_or_default())
}

/// A statement's text for SQLite, where `$1` would be numbered by its first appearance and `?1` is not.
pub fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(sign) = rest.next() {
        let parameter = sign == '$' && rest.peek().is_some_and(char::is_ascii_digit);
        out.push(if parameter { '?' } else { sign });
    }
    out
}

/// The bare database: write-ahead log, durable at every commit, and nothing else that costs anything.
pub fn bare_settings(cache_mb: u32) -> String {
    format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
         PRAGMA cache_size = -{};",
        u64::from(cache_mb) * 1024
    )
}

/// Begins a transaction of the bare database.
pub const BEGIN: &str = "BEGIN IMMEDIATE";
/// Makes it durable.
pub const COMMIT: &str = "COMMIT";

/// Fills a store with `?1` closed cases of the receiver whose token has the digest `?2`, detected by the unit of the token
/// with the digest `?3`: person, case, share and count, as they lie after a chain that ended. The caller had taken on every
/// fourth by name, as half of the demo county's are by one of two.
pub const BULK: [&str; 4] = [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
     INSERT INTO person (org_id, id, key_wrapped, identity_kind, identity_sealed, name_sealed, contact_sealed, birth_year,
                         sex, municipality, protected, merged_into, created_at)
     SELECT t.org_id, unhex(printf('%012x70010000%012x', 1700000000000 + n.i, n.i)), randomblob(60), 'none', NULL,
            randomblob(60), randomblob(120), 1980, 'man', '1082', 0, NULL, (1700000000000 + n.i) * 1000
     FROM n JOIN api_token t ON t.token_hash = ?2 WHERE ?3 IS NOT NULL",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
     INSERT INTO kase (org_id, id, code, unit_id, method, method_version, stage, began_at, closed_at, closing, steps,
                       version, opened_by, county, municipality, sex, age_band)
     SELECT d.org_id, unhex(printf('%012x70020000%012x', 1700000000000 + n.i, n.i)), printf('-%09d', n.i), d.unit_id,
            'smadit', 1, '', (1700000000000 + n.i) * 1000, (1700086400000 + n.i) * 1000, 'completed', 6, 6, NULL, '10',
            '1082', 'man', '35-44'
     FROM n JOIN api_token d ON d.token_hash = ?3 WHERE ?2 IS NOT NULL",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
     INSERT INTO share (org_id, unit_id, case_id, case_org, person_id, method, party, relation, ground, consent_id, state,
                        sort_at, next_clock, warn_at, assignee, since, until, ended_at, ended_why, routing)
     SELECT t.org_id, t.unit_id, unhex(printf('%012x70020000%012x', 1700000000000 + n.i, n.i)), d.org_id,
            unhex(printf('%012x70010000%012x', 1700000000000 + n.i, n.i)), 'smadit', 'receiver', 'consent', 'consent', NULL,
            'closed', -(1700086400000 + n.i) * 1000, NULL, NULL, CASE n.i % 4 WHEN 0 THEN t.id END,
            (1700000000000 + n.i) * 1000, NULL, NULL, NULL, '{}'
     FROM n JOIN api_token t ON t.token_hash = ?2 JOIN api_token d ON d.token_hash = ?3",
    "INSERT INTO work_count (org_id, unit_id, method, state, n)
     SELECT t.org_id, t.unit_id, 'smadit', 'closed', ?1 FROM api_token t WHERE t.token_hash = ?2 AND ?3 IS NOT NULL
     ON CONFLICT (org_id, unit_id, method, state) DO UPDATE SET n = work_count.n + excluded.n",
];

/// A tally of a municipality whose own number, `?7`, stands for its board and unit.
pub const TALLY: &str =
    "INSERT INTO tally (county, method, month, measure, bucket, municipality, org_id, unit_id, sex, age_band, n)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, unhex(printf('%032x', ?7)), unhex(printf('%031x1', ?7)), ?8, ?9, ?10)
     ON CONFLICT DO UPDATE SET n = tally.n + excluded.n";

/// After filling a store: what the planner knows of it.
pub const BULK_DONE: &str = "PRAGMA optimize;";

/// For filling a store that nobody uses and that is made anew if it fails: no log and no waiting for the disk.
pub const BULK_SETTINGS: &str =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144;";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_statement_writes_nothing() {
        assert!(writes("\n  UPDATE audit_head SET seq = seq + 1 RETURNING seq"));
        assert!(writes("INSERT INTO step (org_id) VALUES ($1)"));
        assert!(!writes("SELECT updated FROM step"));
        assert_eq!(what_it_writes("INSERT INTO step (org_id) VALUES ($1)"), "INSERT step");
        assert_eq!(what_it_writes("UPDATE kase SET stage = $3"), "UPDATE kase");
    }

    #[test]
    fn parameters_keep_their_numbers() {
        assert_eq!(numbered("SET a = $2 WHERE b = $1 AND c = '$.x'"), "SET a = ?2 WHERE b = ?1 AND c = '$.x'");
    }
}
