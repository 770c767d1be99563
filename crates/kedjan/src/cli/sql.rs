//! All SQL of opening an installation: what it knows of itself, and the method files it has taken in.

use jiff::Timestamp;

use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// A method file as it was taken in.
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) digest: Vec<u8>,
    pub(super) sources: String,
}

impl Kept {
    /// Whether both are the same version of the same method, whatever their text.
    pub(super) fn is_of(&self, other: &Kept) -> bool {
        self.id == other.id && self.version == other.version
    }

    fn read(row: &Row) -> Result<Kept, StoreError> {
        Ok(Kept { id: row.get(0)?, version: row.get(1)?, digest: row.get(2)?, sources: row.get(3)? })
    }
}

pub(super) fn node(tx: &mut dyn Sql, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.opt(sql!("SELECT value FROM node WHERE name = $1"), &args![name])?.map(|row| row.get(0)).transpose()
}

pub(super) fn insert_node(tx: &mut dyn Sql, name: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.exec(sql!("INSERT INTO node (name, value) VALUES ($1, $2)"), &args![name, value])?;
    Ok(())
}

pub(super) fn method_files(tx: &mut dyn Sql) -> Result<Vec<Kept>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, version, digest, sources FROM method_file ORDER BY id, version
             -- scan: a few files, read whole at start"
        ),
        &[],
    )?
    .iter()
    .map(Kept::read)
    .collect()
}

pub(super) fn insert_method_file(tx: &mut dyn Sql, file: &Kept, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!("INSERT INTO method_file (id, version, digest, sources, taken_in_at) VALUES ($1, $2, $3, $4, $5)"),
        &args![&file.id, file.version, file.digest.as_slice(), &file.sources, now],
    )?;
    Ok(())
}
