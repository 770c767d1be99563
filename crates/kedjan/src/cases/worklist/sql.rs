//! The SQL of the work lists: a unit's lines, page by page, and its counts.

use jiff::Timestamp;
use uuid::Uuid;

use crate::app::Cx;
use crate::people::SealedName;
use crate::store::{Sql, StoreError};
use crate::{args, sql};

pub(super) fn work_counts(tx: &mut dyn Sql, org: Uuid, unit: Uuid) -> Result<Vec<(String, String, i64)>, StoreError> {
    tx.rows(sql!("SELECT method, state, n FROM work_count WHERE org_id = $1 AND unit_id = $2"), &args![org, unit])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// How many open cases of the unit are past their limit, of one method or of all.
pub(super) fn count_overdue(
    tx: &mut dyn Sql,
    org: Uuid,
    unit: Uuid,
    method: Option<&str>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let row = match method {
        None => tx.one(
            sql!("SELECT COUNT(*) FROM share WHERE org_id = $1 AND unit_id = $2 AND state = 'open' AND sort_at < $3"),
            &args![org, unit, now],
        )?,
        Some(method) => tx.one(
            sql!(
                "SELECT COUNT(*) FROM share
                 WHERE org_id = $1 AND unit_id = $2 AND method = $3 AND state = 'open' AND sort_at < $4"
            ),
            &args![org, unit, method, now],
        )?,
    };
    row.get(0)
}

/// How much of the unit's work the actor has taken on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mine {
    pub open: i64,
    pub overdue: i64,
    pub passed: i64,
    pub closed: i64,
    pub ended: i64,
}

/// Counts what is open and what is in `state`; what else the actor ever had may be much, and nobody asks for it.
pub(super) fn count_mine(tx: &mut dyn Sql, cx: &Cx, method: Option<&str>, state: &str) -> Result<Mine, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT state, COUNT(*), COUNT(*) FILTER (WHERE sort_at < $4)
             FROM share
             WHERE org_id = $1 AND unit_id = $2 AND assignee = $3 AND state IN ('open', $6) AND (method = $5 OR $5 = '')
             GROUP BY state"
        ),
        &args![cx.actor.org, cx.actor.unit, cx.actor.id, cx.now, method.unwrap_or_default(), state],
    )?;
    let mut mine = Mine::default();
    for row in &rows {
        let state: String = row.get(0)?;
        match state.as_str() {
            "open" => {
                mine.open = row.get(1)?;
                mine.overdue = row.get(2)?;
            }
            "passed" => mine.passed = row.get(1)?,
            "closed" => mine.closed = row.get(1)?,
            "ended" => mine.ended = row.get(1)?,
            _ => {}
        }
    }
    Ok(mine)
}

/// One line of a work list, with the name still sealed.
pub(crate) struct ListRow {
    pub case_id: Uuid,
    pub code: String,
    pub method: String,
    pub method_version: u32,
    pub stage: String,
    pub closing: Option<String>,
    pub began_at: Timestamp,
    pub municipality: String,
    pub name: SealedName,
    pub party: String,
    pub state: String,
    pub sort_at: i64,
    pub next_clock: Option<String>,
    pub warn_at: Option<Timestamp>,
    pub assignee: Option<Uuid>,
    pub since: Timestamp,
    /// Why the unit no longer has it.
    pub ended_why: Option<String>,
}

/// Which part of a unit's work a list shows.
pub(crate) struct ListWanted<'a> {
    pub org: Uuid,
    pub unit: Uuid,
    pub state: &'a str,
    pub method: Option<&'a str>,
    pub mine: Option<Uuid>,
    /// Only what is due before this (overdue), in microseconds.
    pub before: i64,
    /// Where the page begins: after this sort key and case.
    pub after: (i64, Uuid),
    pub limit: i64,
}

pub(super) fn list(tx: &mut dyn Sql, w: &ListWanted<'_>) -> Result<Vec<ListRow>, StoreError> {
    let mut wanted = args![w.org, w.unit, w.state, w.before, w.after.0, w.after.1, w.limit].to_vec();
    let statement = match (w.mine, w.method) {
        (None, None) => sql!(
            "SELECT s.case_id, k.code, k.method, k.method_version, k.stage, k.closing, k.began_at, k.municipality,
                    s.person_id, s.party, s.state, s.sort_at, s.next_clock, s.warn_at, s.assignee, s.since,
                    p.key_wrapped, p.name_sealed, p.protected, s.ended_why
             FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
                          JOIN person p ON p.org_id = s.org_id AND p.id = s.person_id
             WHERE s.org_id = $1 AND s.unit_id = $2 AND s.state = $3 AND s.sort_at < $4
                   AND (s.sort_at, s.case_id) > ($5, $6)
             ORDER BY s.sort_at, s.case_id LIMIT $7"
        ),
        (None, Some(method)) => {
            wanted.push(method.into());
            sql!(
                "SELECT s.case_id, k.code, k.method, k.method_version, k.stage, k.closing, k.began_at, k.municipality,
                    s.person_id, s.party, s.state, s.sort_at, s.next_clock, s.warn_at, s.assignee, s.since,
                    p.key_wrapped, p.name_sealed, p.protected, s.ended_why
             FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
                          JOIN person p ON p.org_id = s.org_id AND p.id = s.person_id
             WHERE s.org_id = $1 AND s.unit_id = $2 AND s.state = $3 AND s.sort_at < $4
                   AND (s.sort_at, s.case_id) > ($5, $6) AND s.method = $8
             ORDER BY s.sort_at, s.case_id LIMIT $7"
            )
        }
        (Some(mine), method) => {
            wanted.extend([mine.into(), method.unwrap_or_default().into()]);
            sql!(
                "SELECT s.case_id, k.code, k.method, k.method_version, k.stage, k.closing, k.began_at, k.municipality,
                    s.person_id, s.party, s.state, s.sort_at, s.next_clock, s.warn_at, s.assignee, s.since,
                    p.key_wrapped, p.name_sealed, p.protected, s.ended_why
             FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
                          JOIN person p ON p.org_id = s.org_id AND p.id = s.person_id
             WHERE s.org_id = $1 AND s.unit_id = $2 AND s.state = $3 AND s.sort_at < $4
                   AND (s.sort_at, s.case_id) > ($5, $6) AND s.assignee = $8 AND (s.method = $9 OR $9 = '')
             ORDER BY s.sort_at, s.case_id LIMIT $7"
            )
        }
    };
    let rows = tx.rows(statement, &wanted)?;
    rows.iter()
        .map(|row| {
            Ok(ListRow {
                case_id: row.get(0)?,
                code: row.get(1)?,
                method: row.get(2)?,
                method_version: row.get(3)?,
                stage: row.get(4)?,
                closing: row.get(5)?,
                began_at: row.get(6)?,
                municipality: row.get(7)?,
                name: SealedName {
                    id: row.get(8)?,
                    key_wrapped: row.get(16)?,
                    name_sealed: row.get(17)?,
                    protected: row.get(18)?,
                },
                party: row.get(9)?,
                state: row.get(10)?,
                sort_at: row.get(11)?,
                next_clock: row.get(12)?,
                warn_at: row.get(13)?,
                assignee: row.get(14)?,
                since: row.get(15)?,
                ended_why: row.get(19)?,
            })
        })
        .collect()
}

/// The cases a person is in, as the unit sees them.
pub(super) fn of_person(
    tx: &mut dyn Sql,
    org: Uuid,
    unit: Uuid,
    person: Uuid,
) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT k.code, k.method, k.began_at
             FROM share s JOIN kase k ON k.org_id = s.case_org AND k.id = s.case_id
             WHERE s.org_id = $1 AND s.person_id = $2 AND s.unit_id = $3 AND s.state <> 'ended'
             ORDER BY k.began_at DESC"
        ),
        &args![org, person, unit],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .collect()
}
