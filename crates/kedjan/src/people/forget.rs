//! Forgetting: a person's key is destroyed, and all that was sealed under it and all that finds them goes with it.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::sql;
use crate::store::{Sql, StoreError};

/// What has been erased, in numbers, and a digest over the sealed bytes of it in the order in which they went.
#[derive(Default)]
pub(crate) struct Erased {
    /// Records of people; merged ones count each.
    pub(crate) people: i64,
    /// Free texts of steps.
    pub(crate) texts: i64,
    /// Consents whose text and signature went.
    pub(crate) consents: i64,
    /// Look-up rows.
    pub(crate) lookups: i64,
    digest: Sha256,
}

impl Erased {
    /// Goes on from a digest of what was erased before.
    pub(crate) fn after(digest: &[u8]) -> Erased {
        let mut erased = Erased::default();
        erased.take(digest);
        erased
    }

    fn take(&mut self, bytes: &[u8]) {
        self.digest.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.digest.update(bytes);
    }

    /// The digest of all of it.
    pub(crate) fn digest(&self) -> Vec<u8> {
        self.digest.clone().finalize().to_vec()
    }
}

/// Forgets a person at an authority, with every record that has been merged into theirs. The empty row stays, for cases and
/// the audit chain point at it; it says nothing of anybody.
///
/// # Errors
/// The store's.
pub(crate) fn forget(tx: &mut dyn Sql, org: Uuid, id: Uuid, erased: &mut Erased) -> Result<(), StoreError> {
    let mut all = vec![id];
    let mut at = 0;
    while let Some(record) = all.get(at).copied() {
        at += 1;
        for merged in sql::merged_into(tx, org, record)? {
            if !all.contains(&merged) {
                all.push(merged);
            }
        }
    }
    for record in all {
        forget_record(tx, org, record, erased)?;
    }
    Ok(())
}

fn forget_record(tx: &mut dyn Sql, org: Uuid, id: Uuid, erased: &mut Erased) -> Result<(), StoreError> {
    for (_, case) in sql::cases_of(tx, org, id)? {
        for text in sql::texts(tx, org, case)? {
            erased.take(&text.sealed);
        }
        erased.texts += i64::try_from(sql::delete_texts(tx, org, case)?).unwrap_or(0);
    }
    for consent in sql::consents_of_person(tx, org, id)? {
        erased.take(&consent.text_sealed);
        for sealed in [&consent.signature_sealed, &consent.second_sealed, &consent.note_sealed] {
            erased.take(sealed.as_deref().unwrap_or_default());
        }
        sql::empty_consent(tx, org, consent.id)?;
        erased.consents += 1;
    }
    if let Some(row) = sql::person(tx, org, id)? {
        erased.take(id.as_bytes());
        erased.take(&row.key_wrapped);
        for sealed in [&row.identity_sealed, &row.name_sealed, &row.contact_sealed] {
            erased.take(sealed.as_deref().unwrap_or_default());
        }
        erased.people += i64::from(!row.key_wrapped.is_empty());
    }
    sql::empty_words(tx, org, id)?;
    erased.lookups += sql::count_lookups(tx, org, id)?;
    sql::delete_lookups(tx, org, id)?;
    sql::empty_person(tx, org, id)
}
