//! The free texts of steps: sealed under the person's key, one copy for each authority that may read them.

use uuid::Uuid;

use super::PeopleError;
use super::record::key;
use super::sql::{self, TextRow};
use crate::secrets::{Aad, Keyring, PersonKey, SealError};
use crate::store::Sql;

/// Which text of a case: the case, the step's number in it and the field.
#[derive(Debug, Clone, Copy)]
pub struct TextPlace<'a> {
    /// The case.
    pub case_id: Uuid,
    /// The step's number.
    pub seq: u32,
    /// The field.
    pub field: &'a str,
}

/// What, beside the case, tells a text's row apart.
fn text_column(seq: u32, field: &str) -> String {
    format!("sealed {seq} {field}")
}

fn text_aad(column: &str, org: Uuid, case_id: Uuid) -> Aad<'_> {
    Aad { table: "step_text", column, org, id: case_id }
}

/// Stores a free text of a step, sealed under the authority's key for the person.
///
/// # Errors
/// As [`load`]; the store's when the text stands already.
pub(crate) fn seal_text(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    (org, person): (Uuid, Uuid),
    place: TextPlace<'_>,
    text: &str,
) -> Result<(), PeopleError> {
    let key = key(tx, keyring, org, person)?;
    let TextPlace { case_id, seq, field } = place;
    let sealed = key.seal(&text_aad(&text_column(seq, field), org, case_id), text.as_bytes())?;
    Ok(sql::insert_text(tx, org, case_id, &TextRow { seq, field: field.to_owned(), sealed })?)
}

/// A free text with its place in the case.
#[derive(Clone, PartialEq, Eq)]
pub struct StepText {
    /// The step's number.
    pub seq: u32,
    /// The field.
    pub field: String,
    /// The text.
    pub text: String,
}

/// All free texts of a case that the authority has, by step and field.
///
/// # Errors
/// As [`load`].
pub(crate) fn open_texts(
    tx: &mut dyn Sql,
    keyring: &Keyring,
    (org, person): (Uuid, Uuid),
    case_id: Uuid,
) -> Result<Vec<StepText>, PeopleError> {
    let texts = read_texts(tx, org, case_id)?;
    if texts.rows.is_empty() {
        return Ok(Vec::new());
    }
    Ok(texts.open(org, &key(tx, keyring, org, person)?)?)
}

/// The free texts of a case as they were read, still sealed.
pub(crate) struct SealedTexts {
    case_id: Uuid,
    rows: Vec<TextRow>,
}

impl SealedTexts {
    /// The texts in clear, by step and field.
    pub(super) fn open(&self, org: Uuid, key: &PersonKey) -> Result<Vec<StepText>, SealError> {
        let open = |row: &TextRow| {
            let text = key.open_text(&text_aad(&text_column(row.seq, &row.field), org, self.case_id), &row.sealed)?;
            Ok(StepText { seq: row.seq, field: row.field.clone(), text })
        };
        self.rows.iter().map(open).collect()
    }
}

/// Reads the free texts of a case that the authority has.
///
/// # Errors
/// The store's.
pub(crate) fn read_texts(tx: &mut dyn Sql, org: Uuid, case_id: Uuid) -> Result<SealedTexts, PeopleError> {
    Ok(SealedTexts { case_id, rows: sql::texts(tx, org, case_id)? })
}

/// Seals a case's texts under another key. What does not open with the first key is about somebody else and stays.
pub(super) fn bring_texts(
    tx: &mut dyn Sql,
    org: Uuid,
    case_id: Uuid,
    from: &PersonKey,
    to: &PersonKey,
) -> Result<(), PeopleError> {
    for mut text in sql::texts(tx, org, case_id)? {
        let column = text_column(text.seq, &text.field);
        let aad = text_aad(&column, org, case_id);
        if let Ok(plain) = from.open(&aad, &text.sealed) {
            text.sealed = to.seal(&aad, &plain)?;
            sql::reseal_text(tx, org, case_id, &text)?;
        }
    }
    Ok(())
}
