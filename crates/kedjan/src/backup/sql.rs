//! All SQL of copying a store: the people's keys, what was withdrawn, and the mark of a backup.

use jiff::Timestamp;
use uuid::Uuid;

use super::keys::{Withdrawn, WrappedKey};
use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// Under which name a backup says that it is one, and what it holds.
pub(crate) const MARK: &str = "backup";
/// Under which name the number of the latest copy of the people's keys stands.
const COPY_NR: &str = "people_keys_nr";
/// How many people are read at a time.
const PAGE: i64 = 1000;

pub(crate) fn node(tx: &mut dyn Sql, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.opt(sql!("SELECT value FROM node WHERE name = $1"), &args![name])?.map(|row| row.get(0)).transpose()
}

pub(crate) fn put_node(tx: &mut dyn Sql, name: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.exec(
        sql!("INSERT INTO node (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
        &args![name, value],
    )?;
    Ok(())
}

pub(super) fn delete_mark(tx: &mut dyn Sql) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM node WHERE name = $1"), &args![MARK])?;
    Ok(())
}

/// Counts the copies on by one.
pub(super) fn next_copy(tx: &mut dyn Sql) -> Result<i64, StoreError> {
    let kept = node(tx, COPY_NR)?.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes);
    set_copy(tx, kept + 1)?;
    Ok(kept + 1)
}

pub(super) fn set_copy(tx: &mut dyn Sql, nr: i64) -> Result<(), StoreError> {
    put_node(tx, COPY_NR, &nr.to_be_bytes())
}

/// A person's key, which may be empty.
pub(super) struct PersonKey {
    pub id: (Uuid, Uuid),
    pub key: Vec<u8>,
}

pub(super) fn people_after(tx: &mut dyn Sql, after: (Uuid, Uuid)) -> Result<Vec<PersonKey>, StoreError> {
    tx.rows(
        sql!(
            "SELECT org_id, id, key_wrapped FROM person WHERE (org_id, id) > ($1, $2)
             ORDER BY org_id, id LIMIT $3"
        ),
        &args![after.0, after.1, PAGE],
    )?
    .iter()
    .map(|row| Ok(PersonKey { id: (row.get(0)?, row.get(1)?), key: row.get(2)? }))
    .collect()
}

/// The wrapped keys of everybody who has not been forgotten.
pub(super) fn keys(tx: &mut dyn Sql) -> Result<Vec<WrappedKey>, StoreError> {
    let mut keys = Vec::new();
    let mut after = (Uuid::nil(), Uuid::nil());
    loop {
        let page = people_after(tx, after)?;
        let Some(last) = page.last() else { return Ok(keys) };
        after = last.id;
        keys.extend(page.into_iter().filter(|p| !p.key.is_empty()).map(|p| (p.id, p.key)));
    }
}

pub(super) fn set_key(tx: &mut dyn Sql, (org, person): (Uuid, Uuid), key: &[u8]) -> Result<(), StoreError> {
    tx.exec(sql!("UPDATE person SET key_wrapped = $3 WHERE org_id = $1 AND id = $2"), &args![org, person, key])?;
    Ok(())
}

pub(super) fn withdrawn_since(tx: &mut dyn Sql, since: Timestamp) -> Result<Vec<Withdrawn>, StoreError> {
    tx.rows(
        sql!("SELECT id, withdrawn_at, withdrawn_by FROM consent WHERE withdrawn_at > $1 ORDER BY withdrawn_at, id"),
        &args![since],
    )?
    .iter()
    .map(withdrawn)
    .collect()
}

fn withdrawn(row: &Row) -> Result<Withdrawn, StoreError> {
    Ok(Withdrawn { consent: row.get(0)?, at: row.get(1)?, by: row.get(2)? })
}

/// How many consents have been withdrawn since then, and the latest of them.
pub(super) fn count_withdrawn(tx: &mut dyn Sql, since: Timestamp) -> Result<(i64, Option<Timestamp>), StoreError> {
    let row = tx.one(sql!("SELECT COUNT(*), MAX(withdrawn_at) FROM consent WHERE withdrawn_at > $1"), &args![since])?;
    Ok((row.get(0)?, row.get(1)?))
}

/// No link to a survey holds over a restore: it may have been withdrawn since.
pub(super) fn delete_survey_links(tx: &mut dyn Sql) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM survey_link -- scan: all of them, once"), &[])?;
    Ok(())
}

/// Nobody stays logged in over a restore.
pub(super) fn delete_sessions(tx: &mut dyn Sql) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM session -- scan: all of them, once"), &[])?;
    Ok(())
}

/// How many people and cases there are, and how many people have been forgotten.
pub(super) fn counts(tx: &mut dyn Sql) -> Result<(i64, i64, i64), StoreError> {
    let empty: &[u8] = &[];
    let people = tx.one(
        sql!("SELECT COUNT(*), COUNT(*) FILTER (WHERE key_wrapped = $1) FROM person -- scan: counted once, whole"),
        &args![empty],
    )?;
    let cases = tx.one(sql!("SELECT COUNT(*) FROM kase -- scan: counted once, whole"), &[])?;
    Ok((people.get(0)?, people.get(1)?, cases.get(0)?))
}
