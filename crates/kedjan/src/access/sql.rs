//! All SQL of the guard.

use uuid::Uuid;

use crate::store::{Sql, StoreError};
use crate::{args, sql};

/// Whether the authority's own record of the person says protected identity.
pub(super) fn is_protected(tx: &mut dyn Sql, org: Uuid, person: Option<Uuid>) -> Result<bool, StoreError> {
    let Some(person) = person else { return Ok(false) };
    match tx.opt(sql!("SELECT protected FROM person WHERE org_id = $1 AND id = $2"), &args![org, person])? {
        Some(row) => row.get(0),
        None => Ok(false),
    }
}
