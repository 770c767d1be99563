//! The audit chain: for each authority one unbroken row of records of who looked at or changed what, reads included.
//!
//! Each record's digest covers the one before, so a record that is changed, added or taken away in the middle shows. That
//! the end is missing shows only against a root kept elsewhere ([`head`] gives it). A record holds ids and never a name.

pub mod api;
pub mod http;
mod sql;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::Actor;
use crate::store::{Row, Sql, StoreError};

/// What is to be recorded.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// What was done, an action of the policies or of the house (`log_in`).
    pub action: &'a str,
    /// The case code, or what else it was about.
    pub object: &'a str,
    /// How the unit stood to it.
    pub relation: &'a str,
    /// Whether it was allowed.
    pub allowed: bool,
    /// The policy that decided.
    pub policy: &'a str,
    /// Whose data it concerned, as the authority's own ids.
    pub people: &'a [Uuid],
    /// What else is needed to understand it, never personal data.
    pub detail: &'a str,
}

/// One record of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The account or token.
    pub actor: Uuid,
    /// The unit it acted for.
    pub unit: Uuid,
    /// In which role.
    pub role: String,
    /// Which way in.
    pub via: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// How the unit stood to it.
    pub relation: String,
    /// `allow` or `deny`.
    pub decision: String,
    /// The policy that decided.
    pub policy: String,
    /// How many people it concerned.
    pub people: i64,
    /// What else is needed to understand it.
    pub detail: String,
    /// SHA-256 over the previous digest and this record.
    pub digest: Vec<u8>,
}

/// The end of a chain: how long it is and its last digest. Kept elsewhere, it shows that nothing was cut off or rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many records.
    pub seq: i64,
    /// The last digest; 32 zero bytes of an empty chain.
    pub digest: Vec<u8>,
}

/// Where a chain breaks.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the chain breaks at record {seq}: {why}")]
pub struct BrokenChain {
    /// The first record that does not hold.
    pub seq: i64,
    /// Why not.
    pub why: &'static str,
}

/// Begins the chain of a new authority.
pub fn begin(tx: &mut dyn Sql, org: Uuid) -> Result<(), StoreError> {
    sql::insert_head(tx, org, &[0; 32])
}

/// Adds a record to the chain of the actor's authority, in the same transaction as what it records.
pub fn append(tx: &mut dyn Sql, now: Timestamp, actor: &Actor, entry: &Entry<'_>) -> Result<i64, StoreError> {
    let previous =
        sql::head(tx, actor.org)?.ok_or_else(|| StoreError::Fault("an authority has no audit chain".into()))?;
    let mut record = Record {
        seq: previous.seq + 1,
        at: now,
        actor: actor.id,
        unit: actor.unit,
        role: actor.role.name().to_owned(),
        via: actor.via.name().to_owned(),
        action: entry.action.to_owned(),
        object: entry.object.to_owned(),
        relation: entry.relation.to_owned(),
        decision: if entry.allowed { "allow" } else { "deny" }.to_owned(),
        policy: entry.policy.to_owned(),
        people: i64::try_from(entry.people.len()).unwrap_or(i64::MAX),
        detail: entry.detail.to_owned(),
        digest: Vec::new(),
    };
    record.digest = digest(&previous.digest, &record, entry.people);
    // The place first: where several write, that is where one waits for the other.
    let head = Head { seq: record.seq, digest: record.digest.clone() };
    if !sql::advance_head(tx, actor.org, &head)? {
        return Err(StoreError::Busy);
    }
    sql::insert(tx, actor.org, &record)?;
    for person in entry.people {
        sql::insert_person(tx, actor.org, *person, record.seq)?;
    }
    Ok(record.seq)
}

/// The end of an authority's chain.
pub fn head(tx: &mut dyn Sql, org: Uuid) -> Result<Option<Head>, StoreError> {
    sql::head(tx, org)
}

/// One page of an authority's chain, from record `from` on.
pub fn page(tx: &mut dyn Sql, org: Uuid, from: i64, limit: i64) -> Result<Vec<Record>, StoreError> {
    sql::page(tx, org, from, limit)
}

/// Who has seen or changed a person's data, newest first, and how many records there are in all.
pub fn of_person(
    tx: &mut dyn Sql,
    org: Uuid,
    person: Uuid,
    before: i64,
    limit: i64,
) -> Result<(Vec<Record>, i64), StoreError> {
    Ok((sql::of_person(tx, org, person, before, limit)?, sql::count_of_person(tx, org, person)?))
}

/// Verifies an authority's whole chain against its head; gives the head when it holds.
pub fn verify(tx: &mut dyn Sql, org: Uuid) -> Result<Result<Head, BrokenChain>, StoreError> {
    const PAGE: i64 = 1000;
    let mut head = Head { seq: 0, digest: vec![0; 32] };
    loop {
        let records = sql::page(tx, org, head.seq + 1, PAGE)?;
        if records.is_empty() {
            break;
        }
        for record in records {
            if record.seq != head.seq + 1 {
                return Ok(Err(BrokenChain { seq: head.seq + 1, why: "the record is missing" }));
            }
            let people = sql::people(tx, org, record.seq)?;
            if digest(&head.digest, &record, &people) != record.digest {
                return Ok(Err(BrokenChain { seq: record.seq, why: "the record has been changed" }));
            }
            head = Head { seq: record.seq, digest: record.digest };
        }
    }
    match sql::head(tx, org)? {
        Some(kept) if kept == head => Ok(Ok(head)),
        _ => Ok(Err(BrokenChain { seq: head.seq + 1, why: "the end of the chain is not where its head says" })),
    }
}

/// SHA-256 over the previous digest and every part of the record, each with its length before it.
fn digest(previous: &[u8], record: &Record, people: &[Uuid]) -> Vec<u8> {
    let mut sorted: Vec<Uuid> = people.to_vec();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    part(previous);
    part(&record.seq.to_be_bytes());
    part(&record.at.as_microsecond().to_be_bytes());
    part(record.actor.as_bytes());
    part(record.unit.as_bytes());
    for text in [
        &record.role,
        &record.via,
        &record.action,
        &record.object,
        &record.relation,
        &record.decision,
        &record.policy,
        &record.detail,
    ] {
        part(text.as_bytes());
    }
    for person in &sorted {
        part(person.as_bytes());
    }
    hash.finalize().to_vec()
}

impl Record {
    fn read(row: &Row) -> Result<Record, StoreError> {
        Ok(Record {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            unit: row.get(3)?,
            role: row.get(4)?,
            via: row.get(5)?,
            action: row.get(6)?,
            object: row.get(7)?,
            relation: row.get(8)?,
            decision: row.get(9)?,
            policy: row.get(10)?,
            people: row.get(11)?,
            detail: row.get(12)?,
            digest: row.get(13)?,
        })
    }
}
