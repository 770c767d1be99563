//! All SQL of surveys.

use chain::survey::{Codes, Reconciled};
use jiff::Timestamp;
use uuid::Uuid;

use super::post::{Kind, Letter, Waiting};
use super::{Asked, File, Invitation, Round, State, parse};
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

pub(super) fn insert_round(tx: &mut dyn Sql, r: &Round, source: &str, by: Uuid) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO survey_round (org_id, id, questionnaire, year, source, last_day, ends_at, opened_at, opened_by,
                                       locked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &args![
            r.org,
            r.id,
            &r.questionnaire.id,
            i64::from(r.year),
            source,
            r.last_day.to_string(),
            r.ends_at,
            r.opened_at,
            by,
            r.locked_at
        ],
    )?;
    Ok(())
}

fn round_row(row: &Row) -> Result<Round, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("the {what} of a survey"));
    let file = File { name: format!("{}.toml", row.get::<String>(2)?), text: row.get(4)? };
    let questionnaire = parse(&file).map_err(|_| corrupt("questionnaire"))?;
    Ok(Round {
        org: row.get(0)?,
        id: row.get(1)?,
        year: i16::try_from(row.get::<i64>(3)?).map_err(|_| corrupt("year"))?,
        last_day: row.get::<String>(5)?.parse().map_err(|_| corrupt("last day"))?,
        ends_at: row.get(6)?,
        opened_at: row.get(7)?,
        locked_at: row.get(8)?,
        questionnaire,
    })
}

/// Those of the rounds that can be read. One that cannot is told in the log and stands in no other's way.
fn readable(rows: &[Row]) -> Result<Vec<Round>, StoreError> {
    let mut rounds = Vec::new();
    for row in rows {
        match round_row(row) {
            Ok(round) => rounds.push(round),
            Err(StoreError::Corrupt(what)) => {
                let round: Uuid = row.get(1)?;
                tracing::error!(%round, %what, "a survey cannot be read");
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(rounds)
}

pub(super) fn round(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<Round>, StoreError> {
    tx.opt(
        sql!(
            "SELECT org_id, id, questionnaire, year, source, last_day, ends_at, opened_at, locked_at
             FROM survey_round WHERE org_id = $1 AND id = $2"
        ),
        &args![org, id],
    )?
    .map(|row| round_row(&row))
    .transpose()
}

pub(super) fn rounds(tx: &mut dyn Sql, org: Uuid) -> Result<Vec<Round>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT org_id, id, questionnaire, year, source, last_day, ends_at, opened_at, locked_at
             FROM survey_round WHERE org_id = $1 ORDER BY year DESC, questionnaire"
        ),
        &args![org],
    )?;
    readable(&rows)
}

/// The rounds of every authority whose last day has not passed, for the job that reminds.
pub(super) fn open_rounds(tx: &mut dyn Sql, now: Timestamp) -> Result<Vec<Round>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT org_id, id, questionnaire, year, source, last_day, ends_at, opened_at, locked_at
             FROM survey_round WHERE locked_at IS NULL AND ends_at > $1 ORDER BY ends_at"
        ),
        &args![now],
    )?;
    readable(&rows)
}

pub(super) fn round_of_year(
    tx: &mut dyn Sql,
    org: Uuid,
    questionnaire: &str,
    year: i16,
) -> Result<Option<Uuid>, StoreError> {
    tx.opt(
        sql!("SELECT id FROM survey_round WHERE org_id = $1 AND questionnaire = $2 AND year = $3"),
        &args![org, questionnaire, i64::from(year)],
    )?
    .map(|row| row.get(0))
    .transpose()
}

/// The texts that the authority's rounds were opened with, the newest first.
pub(super) fn sources(tx: &mut dyn Sql, org: Uuid) -> Result<Vec<File>, StoreError> {
    tx.rows(
        sql!("SELECT questionnaire, source FROM survey_round WHERE org_id = $1 ORDER BY opened_at DESC"),
        &args![org],
    )?
    .iter()
    .map(|row| Ok(File { name: format!("{}.toml", row.get::<String>(0)?), text: row.get(1)? }))
    .collect()
}

pub(super) fn lock(tx: &mut dyn Sql, r: &Round, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE survey_round SET locked_at = $3 WHERE org_id = $1 AND id = $2 AND locked_at IS NULL"),
        &args![r.org, r.id, now],
    )?;
    Ok(())
}

/// The active units of a kind, of every authority, as they could be asked.
pub(super) fn of_kind(tx: &mut dyn Sql, kind: &str) -> Result<Vec<Asked>, StoreError> {
    tx.rows(
        sql!(
            "SELECT CASE WHEN u.kind = 'county_board' THEN u.county ELSE COALESCE(u.municipality, '') END, o.name, u.email
             FROM unit u JOIN authority o ON o.id = u.org_id
             WHERE u.kind = $1 AND u.active ORDER BY 1, o.name"
        ),
        &args![kind],
    )?
    .iter()
    .map(|row| Ok(Asked { code: row.get(0)?, name: row.get(1)?, email: row.get(2)? }))
    .collect()
}

pub(super) fn insert_invitation(
    tx: &mut dyn Sql,
    r: &Round,
    id: Uuid,
    nr: i64,
    asked: &Asked,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO survey_invitation (org_id, round_id, id, nr, code, name, email, state, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'not_begun', 0)"
        ),
        &args![r.org, r.id, id, nr, &asked.code, &asked.name, &asked.email],
    )?;
    Ok(())
}

fn invitation_row(row: &Row) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        id: row.get(0)?,
        code: row.get(1)?,
        name: row.get(2)?,
        email: row.get(3)?,
        state: State::from_name(&row.get::<String>(4)?)?,
        version: row.get(5)?,
        invited_at: row.get(6)?,
        changed_at: row.get(7)?,
        submitted_at: row.get(8)?,
        reminders: row.get(9)?,
        withdrawn_at: row.get(10)?,
        reminded_at: row.get(11)?,
    })
}

pub(super) fn invitations(tx: &mut dyn Sql, r: &Round) -> Result<Vec<Invitation>, StoreError> {
    tx.rows(
        sql!(
            "SELECT i.id, i.code, i.name, i.email, i.state, i.version, i.invited_at, i.changed_at, i.submitted_at,
                    (SELECT COUNT(*) FROM survey_letter l
                     WHERE l.org_id = i.org_id AND l.round_id = i.round_id AND l.invitation_id = i.id
                       AND l.kind = 'remind'),
                    i.withdrawn_at,
                    (SELECT MAX(l.made_at) FROM survey_letter l
                     WHERE l.org_id = i.org_id AND l.round_id = i.round_id AND l.invitation_id = i.id
                       AND l.kind = 'remind')
             FROM survey_invitation i WHERE i.org_id = $1 AND i.round_id = $2 ORDER BY i.nr"
        ),
        &args![r.org, r.id],
    )?
    .iter()
    .map(invitation_row)
    .collect()
}

pub(super) fn invitation(tx: &mut dyn Sql, r: &Round, id: Uuid) -> Result<Option<Invitation>, StoreError> {
    tx.opt(
        sql!(
            "SELECT i.id, i.code, i.name, i.email, i.state, i.version, i.invited_at, i.changed_at, i.submitted_at,
                    (SELECT COUNT(*) FROM survey_letter l
                     WHERE l.org_id = i.org_id AND l.round_id = i.round_id AND l.invitation_id = i.id
                       AND l.kind = 'remind'),
                    i.withdrawn_at,
                    (SELECT MAX(l.made_at) FROM survey_letter l
                     WHERE l.org_id = i.org_id AND l.round_id = i.round_id AND l.invitation_id = i.id
                       AND l.kind = 'remind')
             FROM survey_invitation i WHERE i.org_id = $1 AND i.round_id = $2 AND i.id = $3"
        ),
        &args![r.org, r.id, id],
    )?
    .map(|row| invitation_row(&row))
    .transpose()
}

/// How many have come how far.
pub(super) fn reconciled(tx: &mut dyn Sql, r: &Round) -> Result<Reconciled, StoreError> {
    let rows = tx.rows(
        sql!("SELECT state, COUNT(*) FROM survey_invitation WHERE org_id = $1 AND round_id = $2 GROUP BY state"),
        &args![r.org, r.id],
    )?;
    let mut counted = Reconciled::default();
    for row in rows {
        let n: u32 = row.get(1)?;
        counted.invited += n;
        match State::from_name(&row.get::<String>(0)?)? {
            State::Answered => counted.answered = n,
            State::Partly => counted.partly = n,
            State::NotBegun => counted.not_begun = n,
            State::Declined => counted.declined = n,
        }
    }
    Ok(counted)
}

/// The round and the invitation that a link leads to, as long as the link holds.
pub(super) fn by_link(tx: &mut dyn Sql, digest: &[u8]) -> Result<Option<(Uuid, Uuid, Uuid)>, StoreError> {
    tx.opt(
        sql!("SELECT org_id, round_id, invitation_id FROM survey_link WHERE token_digest = $1 AND ended_at IS NULL"),
        &args![digest],
    )?
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .transpose()
}

pub(super) fn insert_link(
    tx: &mut dyn Sql,
    of: (Uuid, Uuid, Uuid),
    digest: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO survey_link (token_digest, org_id, round_id, invitation_id, made_at) VALUES ($1, $2, $3, $4, $5)"
        ),
        &args![digest, of.0, of.1, of.2, now],
    )?;
    Ok(())
}

pub(super) fn end_links(tx: &mut dyn Sql, of: (Uuid, Uuid, Uuid), now: Timestamp) -> Result<u64, StoreError> {
    tx.exec(
        sql!(
            "UPDATE survey_link SET ended_at = $4
             WHERE org_id = $1 AND round_id = $2 AND invitation_id = $3 AND ended_at IS NULL"
        ),
        &args![of.0, of.1, of.2, now],
    )
}

/// Says since when the link is withdrawn, or that it is not.
pub(super) fn mark_withdrawn(
    tx: &mut dyn Sql,
    of: (Uuid, Uuid, Uuid),
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE survey_invitation SET withdrawn_at = $4 WHERE org_id = $1 AND round_id = $2 AND id = $3"),
        &args![of.0, of.1, of.2, at],
    )?;
    Ok(())
}

pub(super) fn mark_invited(tx: &mut dyn Sql, of: (Uuid, Uuid, Uuid), now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE survey_invitation SET invited_at = $4
             WHERE org_id = $1 AND round_id = $2 AND id = $3 AND invited_at IS NULL"
        ),
        &args![of.0, of.1, of.2, now],
    )?;
    Ok(())
}

/// The sealed answers of one who is asked.
pub(super) fn answers(tx: &mut dyn Sql, r: &Round, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
    tx.one(
        sql!("SELECT answers_sealed FROM survey_invitation WHERE org_id = $1 AND round_id = $2 AND id = $3"),
        &args![r.org, r.id, id],
    )?
    .get(0)
}

/// One who has handed in: id, code, name and the sealed answers.
type HandedIn = (Uuid, String, String, Vec<u8>);

/// Everybody who has handed in.
pub(super) fn handed_in(tx: &mut dyn Sql, r: &Round) -> Result<Vec<HandedIn>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, code, name, answers_sealed FROM survey_invitation
             WHERE org_id = $1 AND round_id = $2 AND state = 'answered' AND answers_sealed IS NOT NULL ORDER BY nr"
        ),
        &args![r.org, r.id],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
    .collect()
}

/// The sealed answers of everybody who has saved any.
pub(super) fn filled_in(tx: &mut dyn Sql, r: &Round) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, answers_sealed FROM survey_invitation
             WHERE org_id = $1 AND round_id = $2 AND answers_sealed IS NOT NULL ORDER BY nr"
        ),
        &args![r.org, r.id],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Puts answers or a state in place, if nobody has since the version that they follow.
pub(super) fn change(
    tx: &mut dyn Sql,
    r: &Round,
    id: Uuid,
    version: i64,
    state: State,
    sealed: Option<&[u8]>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let submitted = (state == State::Answered).then_some(now);
    let changed = tx.exec(
        sql!(
            "UPDATE survey_invitation
             SET state = $5, answers_sealed = $6, version = version + 1, changed_at = $7, submitted_at = $8
             WHERE org_id = $1 AND round_id = $2 AND id = $3 AND version = $4"
        ),
        &args![r.org, r.id, id, version, state.name(), sealed, now, submitted],
    )?;
    Ok(changed == 1)
}

/// The codes of every free text of a round, by who is asked.
pub(super) fn codes(tx: &mut dyn Sql, r: &Round) -> Result<Vec<(Uuid, Codes)>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT invitation_id, question, code FROM survey_code WHERE org_id = $1 AND round_id = $2
             ORDER BY invitation_id, question, code"
        ),
        &args![r.org, r.id],
    )?;
    let mut all: Vec<(Uuid, Codes)> = Vec::new();
    for row in rows {
        let id: Uuid = row.get(0)?;
        if all.last().is_none_or(|(last, _)| *last != id) {
            all.push((id, Codes::new()));
        }
        if let Some((_, codes)) = all.last_mut() {
            codes.entry(row.get(1)?).or_default().insert(row.get(2)?);
        }
    }
    Ok(all)
}

/// Who coded the texts of a question, and when: the latest code of each.
pub(super) fn coded_by(
    tx: &mut dyn Sql,
    r: &Round,
    question: &str,
) -> Result<Vec<(Uuid, Timestamp, Option<String>)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT c.invitation_id, MAX(c.at), MAX(a.name)
             FROM survey_code c LEFT JOIN account a ON a.org_id = c.org_id AND a.id = c.by_account
             WHERE c.org_id = $1 AND c.round_id = $2 AND c.question = $3 GROUP BY c.invitation_id"
        ),
        &args![r.org, r.id, question],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .collect()
}

pub(super) fn drop_codes(tx: &mut dyn Sql, r: &Round, id: Uuid, question: &str) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "DELETE FROM survey_code
             WHERE org_id = $1 AND round_id = $2 AND invitation_id = $3 AND question = $4"
        ),
        &args![r.org, r.id, id, question],
    )?;
    Ok(())
}

pub(super) fn insert_code(
    tx: &mut dyn Sql,
    r: &Round,
    id: Uuid,
    (question, code): (&str, &str),
    by: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO survey_code (org_id, round_id, invitation_id, question, code, by_account, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &args![r.org, r.id, id, question, code, by, now],
    )?;
    Ok(())
}

/// Writes down that a letter is to be sent; 0 when it is written down already.
pub(super) fn insert_letter(tx: &mut dyn Sql, l: &Letter, now: Timestamp) -> Result<u64, StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO survey_letter (org_id, round_id, invitation_id, kind, nr, made_at, lease_until, tries)
             VALUES ($1, $2, $3, $4, $5, $6, 0, 0)
             ON CONFLICT (org_id, round_id, invitation_id, kind, nr) DO NOTHING"
        ),
        &args![l.org, l.round, l.invitation, l.kind.name(), l.nr, now],
    )
}

/// The number of the next letter of a kind to one who is asked.
pub(super) fn next_letter(tx: &mut dyn Sql, of: (Uuid, Uuid, Uuid), kind: Kind) -> Result<i64, StoreError> {
    tx.one(
        sql!(
            "SELECT COALESCE(MAX(nr), -1) + 1 FROM survey_letter
             WHERE org_id = $1 AND round_id = $2 AND invitation_id = $3 AND kind = $4"
        ),
        &args![of.0, of.1, of.2, kind.name()],
    )?
    .get(0)
}

/// How many letters of a round wait to be sent.
pub(super) fn waiting_of(tx: &mut dyn Sql, r: &Round) -> Result<i64, StoreError> {
    tx.one(
        sql!("SELECT COUNT(*) FROM survey_letter WHERE org_id = $1 AND round_id = $2 AND sent_at IS NULL"),
        &args![r.org, r.id],
    )?
    .get(0)
}

/// Letters that nobody has a lease on. Few at a time, so that all are sent before the leases run out.
pub(super) fn waiting(tx: &mut dyn Sql, now: Timestamp) -> Result<Vec<Waiting>, StoreError> {
    tx.rows(
        sql!(
            "SELECT l.org_id, l.round_id, l.invitation_id, l.kind, l.nr, l.tries, i.email, i.name, o.name
             FROM survey_letter l
             JOIN survey_invitation i
               ON i.org_id = l.org_id AND i.round_id = l.round_id AND i.id = l.invitation_id
             JOIN authority o ON o.id = l.org_id
             WHERE l.sent_at IS NULL AND l.lease_until <= $1
             ORDER BY l.lease_until LIMIT 4"
        ),
        &args![now],
    )?
    .iter()
    .map(|row| {
        let letter = Letter {
            org: row.get(0)?,
            round: row.get(1)?,
            invitation: row.get(2)?,
            kind: Kind::from_name(&row.get::<String>(3)?)?,
            nr: row.get(4)?,
        };
        Ok(Waiting { letter, tries: row.get(5)?, to: row.get(6)?, asked: row.get(7)?, by: row.get(8)? })
    })
    .collect()
}

/// Takes a lease, if nobody has one and there is still reason to write.
pub(super) fn lease(tx: &mut dyn Sql, l: &Letter, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
    let changed = tx.exec(
        sql!(
            "UPDATE survey_letter SET lease_until = $7, tries = tries + 1
             WHERE org_id = $1 AND round_id = $2 AND invitation_id = $3 AND kind = $4 AND nr = $5
               AND sent_at IS NULL AND lease_until <= $6
               AND EXISTS (SELECT 1 FROM survey_round r
                           WHERE r.org_id = $1 AND r.id = $2 AND r.locked_at IS NULL AND r.ends_at > $6)
               AND EXISTS (SELECT 1 FROM survey_invitation i
                           WHERE i.org_id = $1 AND i.round_id = $2 AND i.id = $3
                             AND i.withdrawn_at IS NULL AND (i.state IN ('not_begun', 'partly') OR $4 = 'again'))"
        ),
        &args![l.org, l.round, l.invitation, l.kind.name(), l.nr, now, until],
    )?;
    Ok(changed == 1)
}

/// Drops a letter that there is no reason for any more, unless somebody is sending it.
pub(super) fn drop_letter(tx: &mut dyn Sql, l: &Letter, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "DELETE FROM survey_letter
             WHERE org_id = $1 AND round_id = $2 AND invitation_id = $3 AND kind = $4 AND nr = $5
               AND sent_at IS NULL AND lease_until <= $6"
        ),
        &args![l.org, l.round, l.invitation, l.kind.name(), l.nr, now],
    )?;
    Ok(())
}

pub(super) fn mark_sent(tx: &mut dyn Sql, l: &Letter, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE survey_letter SET sent_at = $6
             WHERE org_id = $1 AND round_id = $2 AND invitation_id = $3 AND kind = $4 AND nr = $5"
        ),
        &args![l.org, l.round, l.invitation, l.kind.name(), l.nr, now],
    )?;
    Ok(())
}
