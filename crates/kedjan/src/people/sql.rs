//! All SQL about people.

use jiff::Timestamp;
use uuid::Uuid;

use super::PeopleError;
use crate::store::{Row, Sql, StoreError, args, sql};

/// A row of `person`, as stored.
#[derive(Clone)]
pub(super) struct PersonRow {
    pub id: Uuid,
    pub key_wrapped: Vec<u8>,
    pub identity_sealed: Option<Vec<u8>>,
    pub name_sealed: Option<Vec<u8>>,
    pub contact_sealed: Option<Vec<u8>>,
    pub identity_kind: String,
    pub birth_year: Option<i32>,
    pub sex: Option<String>,
    pub municipality: Option<String>,
    pub protected: bool,
    pub merged_into: Option<Uuid>,
}

pub(super) fn authority_key(tx: &mut dyn Sql, org: Uuid) -> Result<Vec<u8>, PeopleError> {
    let row = tx.opt(sql!("SELECT key_wrapped FROM authority WHERE id = $1"), &args![org])?;
    Ok(row.ok_or(PeopleError::Unknown)?.get(0)?)
}

pub(super) fn person(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Option<PersonRow>, StoreError> {
    let statement = sql!(
        "SELECT id, key_wrapped, identity_sealed, name_sealed, contact_sealed, identity_kind, birth_year, sex, municipality, \
         protected, merged_into FROM person WHERE org_id = $1 AND id = $2"
    );
    tx.opt(statement, &args![org, id])?.map(|mut row| person_row(&mut row)).transpose()
}

fn person_row(row: &mut Row) -> Result<PersonRow, StoreError> {
    Ok(PersonRow {
        id: row.take(0)?,
        key_wrapped: row.take(1)?,
        identity_sealed: row.take(2)?,
        name_sealed: row.take(3)?,
        contact_sealed: row.take(4)?,
        identity_kind: row.take(5)?,
        birth_year: row.take(6)?,
        sex: row.take(7)?,
        municipality: row.take(8)?,
        protected: row.take(9)?,
        merged_into: row.take(10)?,
    })
}

pub(super) fn insert_person(tx: &mut dyn Sql, org: Uuid, row: &PersonRow, now: Timestamp) -> Result<(), StoreError> {
    let statement = sql!(
        "INSERT INTO person (org_id, id, key_wrapped, identity_sealed, name_sealed, contact_sealed, identity_kind, birth_year, \
         sex, municipality, protected, merged_into, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, $12)"
    );
    let PersonRow {
        id, key_wrapped, identity_sealed, name_sealed, contact_sealed, identity_kind, birth_year, sex, ..
    } = row;
    tx.exec(
        statement,
        &args![
            org,
            *id,
            key_wrapped.as_slice(),
            identity_sealed.as_deref(),
            name_sealed.as_deref(),
            contact_sealed.as_deref(),
            identity_kind,
            *birth_year,
            sex.as_deref(),
            row.municipality.as_deref(),
            row.protected,
            now
        ],
    )?;
    Ok(())
}

/// Stores everything of a row but its key and its merge.
pub(super) fn update_person(tx: &mut dyn Sql, org: Uuid, row: &PersonRow) -> Result<(), StoreError> {
    let statement = sql!(
        "UPDATE person SET identity_sealed = $3, name_sealed = $4, contact_sealed = $5, identity_kind = $6, birth_year = $7, \
         sex = $8, municipality = $9, protected = $10 WHERE org_id = $1 AND id = $2"
    );
    tx.exec(
        statement,
        &args![
            org,
            row.id,
            row.identity_sealed.as_deref(),
            row.name_sealed.as_deref(),
            row.contact_sealed.as_deref(),
            &row.identity_kind,
            row.birth_year,
            row.sex.as_deref(),
            row.municipality.as_deref(),
            row.protected
        ],
    )?;
    Ok(())
}

pub(super) fn insert_lookup(
    tx: &mut dyn Sql,
    org: Uuid,
    kind: &str,
    digest: &[u8],
    id: Uuid,
) -> Result<(), StoreError> {
    let statement = sql!(
        "INSERT INTO person_lookup (org_id, kind, digest, person_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    );
    tx.exec(statement, &args![org, kind, digest, id])?;
    Ok(())
}

pub(super) fn by_digest(tx: &mut dyn Sql, org: Uuid, kind: &str, digest: &[u8]) -> Result<Option<Uuid>, StoreError> {
    let statement = sql!(
        "SELECT person_id FROM person_lookup WHERE org_id = $1 AND kind = $2 AND digest = $3 ORDER BY person_id LIMIT 1"
    );
    tx.opt(statement, &args![org, kind, digest])?.map(|row| row.get(0)).transpose()
}

/// The people with all six digests of kind `name`; the same digest may stand several times.
pub(super) fn by_names(
    tx: &mut dyn Sql,
    org: Uuid,
    digests: &[[u8; 16]; 6],
    protected_too: bool,
    limit: u32,
) -> Result<Vec<Uuid>, StoreError> {
    let statement = sql!(
        "SELECT l.person_id FROM person_lookup l JOIN person p ON p.org_id = l.org_id AND p.id = l.person_id \
         WHERE l.org_id = $1 AND l.kind = 'name' AND l.digest = $2 AND (NOT p.protected OR $3) \
         AND EXISTS (SELECT 1 FROM person_lookup a WHERE a.org_id = $1 AND a.kind = 'name' AND a.digest = $4 AND a.person_id = l.person_id) \
         AND EXISTS (SELECT 1 FROM person_lookup b WHERE b.org_id = $1 AND b.kind = 'name' AND b.digest = $5 AND b.person_id = l.person_id) \
         AND EXISTS (SELECT 1 FROM person_lookup c WHERE c.org_id = $1 AND c.kind = 'name' AND c.digest = $6 AND c.person_id = l.person_id) \
         AND EXISTS (SELECT 1 FROM person_lookup d WHERE d.org_id = $1 AND d.kind = 'name' AND d.digest = $7 AND d.person_id = l.person_id) \
         AND EXISTS (SELECT 1 FROM person_lookup e WHERE e.org_id = $1 AND e.kind = 'name' AND e.digest = $8 AND e.person_id = l.person_id) \
         ORDER BY l.person_id LIMIT $9"
    );
    let [first, a, b, c, d, e] = digests.each_ref().map(|digest| digest.as_slice());
    tx.rows(statement, &args![org, first, protected_too, a, b, c, d, e, limit])?.iter().map(|row| row.get(0)).collect()
}

/// Gives one record's look-up rows to another, without doubling those it has.
pub(super) fn move_lookups(tx: &mut dyn Sql, org: Uuid, from: Uuid, to: Uuid) -> Result<(), StoreError> {
    let give = sql!(
        "UPDATE person_lookup SET person_id = $3 WHERE org_id = $1 AND person_id = $2 AND NOT EXISTS \
         (SELECT 1 FROM person_lookup h WHERE h.org_id = $1 AND h.kind = person_lookup.kind AND h.digest = person_lookup.digest AND h.person_id = $3)"
    );
    tx.exec(give, &args![org, from, to])?;
    delete_lookups(tx, org, from)
}

pub(super) fn delete_lookups(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM person_lookup WHERE org_id = $1 AND person_id = $2"), &args![org, id])?;
    Ok(())
}

/// The cases that the authority sees of a person: the authority that made the case, and the case.
pub(super) fn cases_of(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let statement =
        sql!("SELECT DISTINCT case_org, case_id FROM share WHERE org_id = $1 AND person_id = $2 ORDER BY case_id");
    tx.rows(statement, &args![org, id])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) fn move_shares(tx: &mut dyn Sql, org: Uuid, from: Uuid, to: Uuid) -> Result<(), StoreError> {
    tx.exec(sql!("UPDATE share SET person_id = $3 WHERE org_id = $1 AND person_id = $2"), &args![org, from, to])?;
    Ok(())
}

/// A consent's sealed parts.
pub(super) struct ConsentRow {
    pub id: Uuid,
    pub text_sealed: Vec<u8>,
    pub signature_sealed: Option<Vec<u8>>,
    pub second_sealed: Option<Vec<u8>>,
    pub note_sealed: Option<Vec<u8>>,
}

pub(super) fn consents_of(
    tx: &mut dyn Sql,
    org: Uuid,
    (case_org, case_id): (Uuid, Uuid),
    person: Uuid,
) -> Result<Vec<ConsentRow>, StoreError> {
    let statement = sql!(
        "SELECT id, text_sealed, signature_sealed, second_sealed, note_sealed FROM consent \
         WHERE case_org = $1 AND case_id = $2 AND org_id = $3 AND person_id = $4 ORDER BY id"
    );
    tx.rows(statement, &args![case_org, case_id, org, person])?.iter().map(consent_row).collect()
}

fn consent_row(row: &Row) -> Result<ConsentRow, StoreError> {
    Ok(ConsentRow {
        id: row.get(0)?,
        text_sealed: row.get(1)?,
        signature_sealed: row.get(2)?,
        second_sealed: row.get(3)?,
        note_sealed: row.get(4)?,
    })
}

/// What people have written beside a person's cases and is sealed under the person's key: why a glass was broken, what a
/// controller noted, what was given out and why.
pub(super) fn empty_words(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<(), StoreError> {
    let none: &[u8] = &[];
    tx.exec(sql!("UPDATE glass SET words_sealed = $3 WHERE org_id = $1 AND person_id = $2"), &args![org, id, none])?;
    tx.exec(sql!("UPDATE review SET note_sealed = NULL WHERE org_id = $1 AND person_id = $2"), &args![org, id])?;
    tx.exec(sql!("UPDATE disclosure SET words_sealed = NULL WHERE org_id = $1 AND person_id = $2"), &args![org, id])?;
    Ok(())
}

pub(super) fn move_consent(tx: &mut dyn Sql, org: Uuid, consent: &ConsentRow, to: Uuid) -> Result<(), StoreError> {
    let statement = sql!(
        "UPDATE consent SET person_id = $3, text_sealed = $4, signature_sealed = $5, second_sealed = $6, note_sealed = $7 \
         WHERE org_id = $1 AND id = $2"
    );
    let ConsentRow { id, text_sealed, signature_sealed, second_sealed, note_sealed } = consent;
    let (signature, second, note) = (signature_sealed.as_deref(), second_sealed.as_deref(), note_sealed.as_deref());
    tx.exec(statement, &args![org, *id, to, text_sealed.as_slice(), signature, second, note])?;
    Ok(())
}

/// One free text of a case, sealed: the step's number, the field, the text.
pub(super) struct TextRow {
    pub seq: u32,
    pub field: String,
    pub sealed: Vec<u8>,
}

pub(super) fn texts(tx: &mut dyn Sql, org: Uuid, case_id: Uuid) -> Result<Vec<TextRow>, StoreError> {
    let statement =
        sql!("SELECT seq, field, sealed FROM step_text WHERE org_id = $1 AND case_id = $2 ORDER BY seq, field");
    let rows = tx.rows(statement, &args![org, case_id])?;
    rows.iter().map(|row| Ok(TextRow { seq: row.get(0)?, field: row.get(1)?, sealed: row.get(2)? })).collect()
}

pub(super) fn insert_text(tx: &mut dyn Sql, org: Uuid, case_id: Uuid, text: &TextRow) -> Result<(), StoreError> {
    let statement = sql!("INSERT INTO step_text (org_id, case_id, seq, field, sealed) VALUES ($1, $2, $3, $4, $5)");
    tx.exec(statement, &args![org, case_id, text.seq, &text.field, text.sealed.as_slice()])?;
    Ok(())
}

pub(super) fn reseal_text(tx: &mut dyn Sql, org: Uuid, case_id: Uuid, text: &TextRow) -> Result<(), StoreError> {
    let statement =
        sql!("UPDATE step_text SET sealed = $5 WHERE org_id = $1 AND case_id = $2 AND seq = $3 AND field = $4");
    tx.exec(statement, &args![org, case_id, text.seq, &text.field, text.sealed.as_slice()])?;
    Ok(())
}

/// Who merged what into what, when and why.
pub(super) struct MergeRow<'a> {
    pub kept: Uuid,
    pub merged: Uuid,
    pub by: Uuid,
    pub reason: &'a str,
    pub at: Timestamp,
}

pub(super) fn insert_merge(tx: &mut dyn Sql, org: Uuid, merge: &MergeRow<'_>) -> Result<(), StoreError> {
    let MergeRow { kept, merged, by, reason, at } = merge;
    tx.exec(sql!("UPDATE person SET merged_into = $3 WHERE org_id = $1 AND id = $2"), &args![org, *merged, *kept])?;
    let trace = sql!(
        "INSERT INTO person_merge (org_id, merged_id, kept_id, at, by_account, reason) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    tx.exec(trace, &args![org, *merged, *kept, *at, *by, *reason])?;
    Ok(())
}

/// The records that have been merged into this one, each by itself.
pub(super) fn merged_into(tx: &mut dyn Sql, org: Uuid, kept: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let statement = sql!("SELECT merged_id FROM person_merge WHERE org_id = $1 AND kept_id = $2 ORDER BY merged_id");
    tx.rows(statement, &args![org, kept])?.iter().map(|row| row.get(0)).collect()
}

pub(super) fn delete_texts(tx: &mut dyn Sql, org: Uuid, case_id: Uuid) -> Result<u64, StoreError> {
    tx.exec(sql!("DELETE FROM step_text WHERE org_id = $1 AND case_id = $2"), &args![org, case_id])
}

/// The consents of a person that the authority took and that still hold a text.
pub(super) fn consents_of_person(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<Vec<ConsentRow>, StoreError> {
    let statement = sql!(
        "SELECT id, text_sealed, signature_sealed, second_sealed, note_sealed FROM consent \
         WHERE org_id = $1 AND person_id = $2 AND text_sealed <> $3 ORDER BY id"
    );
    let none: &[u8] = &[];
    tx.rows(statement, &args![org, id, none])?.iter().map(consent_row).collect()
}

pub(super) fn empty_consent(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<(), StoreError> {
    let none: &[u8] = &[];
    let statement = sql!(
        "UPDATE consent SET text_sealed = $3, signature_sealed = NULL, second_sealed = NULL, note_sealed = NULL \
         WHERE org_id = $1 AND id = $2"
    );
    tx.exec(statement, &args![org, id, none])?;
    Ok(())
}

pub(super) fn count_lookups(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<i64, StoreError> {
    let statement = sql!("SELECT COUNT(*) FROM person_lookup WHERE org_id = $1 AND person_id = $2");
    tx.one(statement, &args![org, id])?.get(0)
}

/// Destroys the key and leaves a row that says nothing of anybody.
pub(super) fn empty_person(tx: &mut dyn Sql, org: Uuid, id: Uuid) -> Result<(), StoreError> {
    let none: &[u8] = &[];
    let statement = sql!(
        "UPDATE person SET key_wrapped = $3, identity_sealed = NULL, name_sealed = NULL, contact_sealed = NULL, \
         identity_kind = 'none', birth_year = NULL, sex = NULL, municipality = NULL, protected = $4 \
         WHERE org_id = $1 AND id = $2"
    );
    tx.exec(statement, &args![org, id, none, false])?;
    Ok(())
}
