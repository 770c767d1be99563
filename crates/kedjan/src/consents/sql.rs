//! All SQL of consents.

use jiff::Timestamp;
use uuid::Uuid;

use super::Consent;
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// What goes into the store of a consent, sealed parts included.
pub(super) struct Sealed {
    pub consent: Consent,
    pub text: Vec<u8>,
    pub signature: Option<Vec<u8>>,
    pub second: Option<Vec<u8>>,
    pub note: Option<Vec<u8>>,
}

pub(super) fn insert(tx: &mut dyn Sql, s: &Sealed) -> Result<(), StoreError> {
    let c = &s.consent;
    tx.exec(
        sql!(
            "INSERT INTO consent (org_id, id, case_org, case_id, person_id, giver, how, language, parties, kinds,
                                  purpose, text_sealed, signature_sealed, given_at, taken_by, ends_at, withdrawn_at,
                                  withdrawn_by, second_sealed, note_sealed, replaced_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, NULL, NULL, $17, $18, NULL)"
        ),
        &args![
            c.org,
            c.id,
            c.case_org,
            c.case,
            c.person,
            &c.giver,
            &c.how,
            &c.language,
            c.parties.join(","),
            c.kinds.join(","),
            &c.purpose,
            s.text.as_slice(),
            s.signature.clone(),
            c.given_at,
            c.taken_by,
            c.ends_at,
            s.second.clone(),
            s.note.clone()
        ],
    )?;
    Ok(())
}

fn consent(row: &Row) -> Result<Consent, StoreError> {
    let parties: String = row.get(8)?;
    let kinds: String = row.get(9)?;
    Ok(Consent {
        org: row.get(0)?,
        id: row.get(1)?,
        case_org: row.get(2)?,
        case: row.get(3)?,
        person: row.get(4)?,
        giver: row.get(5)?,
        how: row.get(6)?,
        language: row.get(7)?,
        parties: parties.split(',').map(str::to_owned).collect(),
        kinds: kinds.split(',').map(str::to_owned).collect(),
        purpose: row.get(10)?,
        given_at: row.get(11)?,
        taken_by: row.get(12)?,
        ends_at: row.get(13)?,
        withdrawn_at: row.get(14)?,
        replaced_by: row.get(15)?,
    })
}

pub(super) fn by_id(tx: &mut dyn Sql, id: Uuid) -> Result<Option<(Consent, String)>, StoreError> {
    tx.opt(
        sql!(
            "SELECT c.org_id, c.id, c.case_org, c.case_id, c.person_id, c.giver, c.how, c.language, c.parties, c.kinds,
                    c.purpose, c.given_at, c.taken_by, c.ends_at, c.withdrawn_at, c.replaced_by, k.code
             FROM consent c JOIN kase k ON k.org_id = c.case_org AND k.id = c.case_id
             WHERE c.id = $1"
        ),
        &args![id],
    )?
    .map(|row| Ok((consent(&row)?, row.get(16)?)))
    .transpose()
}

pub(super) fn of_case(tx: &mut dyn Sql, case_org: Uuid, case: Uuid) -> Result<Vec<Consent>, StoreError> {
    tx.rows(
        sql!(
            "SELECT org_id, id, case_org, case_id, person_id, giver, how, language, parties, kinds, purpose, given_at,
                    taken_by, ends_at, withdrawn_at, replaced_by
             FROM consent WHERE case_org = $1 AND case_id = $2 ORDER BY given_at, id"
        ),
        &args![case_org, case],
    )?
    .iter()
    .map(consent)
    .collect()
}

/// What of a consent is still sealed.
pub(super) struct SealedParts {
    pub text: Vec<u8>,
    pub signature: Option<Vec<u8>>,
    pub second: Option<Vec<u8>>,
    pub note: Option<Vec<u8>>,
}

/// The sealed parts of a consent.
pub(super) fn sealed_parts(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<SealedParts>, StoreError> {
    tx.opt(
        sql!(
            "SELECT text_sealed, signature_sealed, second_sealed, note_sealed FROM consent WHERE org_id = $1 AND id = $2"
        ),
        &args![org, id],
    )?
    .map(|row| {
        Ok(SealedParts { text: row.get(0)?, signature: row.get(1)?, second: row.get(2)?, note: row.get(3)? })
    })
    .transpose()
}

/// Says which consent has taken the place of another.
pub(super) fn replace(tx: &mut dyn Sql, org: Uuid, old: Uuid, new: Uuid) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE consent SET replaced_by = $3 WHERE org_id = $1 AND id = $2 AND withdrawn_at IS NULL"),
        &args![org, old, new],
    )?;
    Ok(())
}

/// Marks a consent as withdrawn, once.
pub(super) fn withdraw(tx: &mut dyn Sql, org: Uuid, id: Uuid, at: Timestamp, by: Uuid) -> Result<bool, StoreError> {
    let changed = tx.exec(
        sql!(
            "UPDATE consent SET withdrawn_at = $3, withdrawn_by = $4
             WHERE org_id = $1 AND id = $2 AND withdrawn_at IS NULL"
        ),
        &args![org, id, at, by],
    )?;
    Ok(changed == 1)
}
