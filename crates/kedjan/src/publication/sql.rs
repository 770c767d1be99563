//! All SQL of releases.

use jiff::Timestamp;
use uuid::Uuid;

use crate::store::{Row, Sql, StoreError};
use crate::{args, sql};

/// A sum of tallies at the finest that releases are made of.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub measure: String,
    pub municipality: String,
    pub month: String,
    /// The authority; nil for what other installations have reported, which stands for all of theirs together.
    pub org: Uuid,
    pub unit: Uuid,
    pub sex: String,
    pub age_band: String,
    pub n: i64,
}

/// All that a county counted of a method from one month to another, here and at those who report here. This is where every
/// count of a release comes from.
pub(super) fn sums(tx: &mut dyn Sql, county: &str, method: &str, from: &str, to: &str) -> Result<Vec<Sum>, StoreError> {
    let mut sums = own(tx, county, method, from, to)?;
    sums.extend(taken(tx, county, method, from, to)?);
    Ok(sums)
}

fn own(tx: &mut dyn Sql, county: &str, method: &str, from: &str, to: &str) -> Result<Vec<Sum>, StoreError> {
    tx.rows(
        sql!(
            "SELECT measure, municipality, month, org_id, unit_id, sex, age_band, CAST(SUM(n) AS BIGINT)
             FROM tally WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4 AND measure NOT LIKE 'hours:%'
             GROUP BY measure, municipality, month, org_id, unit_id, sex, age_band
             ORDER BY measure, municipality, month, org_id, unit_id, sex, age_band"
        ),
        &args![county, method, from, to],
    )?
    .into_iter()
    .map(|mut row| {
        Ok(Sum {
            measure: row.take(0)?,
            municipality: row.take(1)?,
            month: row.take(2)?,
            org: row.get(3)?,
            unit: row.get(4)?,
            sex: row.take(5)?,
            age_band: row.take(6)?,
            n: row.get(7)?,
        })
    })
    .collect()
}

fn taken(tx: &mut dyn Sql, county: &str, method: &str, from: &str, to: &str) -> Result<Vec<Sum>, StoreError> {
    tx.rows(
        sql!(
            "SELECT measure, municipality, month, sex, age_band, CAST(SUM(n) AS BIGINT)
             FROM tally_taken
             WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4 AND measure NOT LIKE 'hours:%'
             GROUP BY measure, municipality, month, sex, age_band
             ORDER BY measure, municipality, month, sex, age_band"
        ),
        &args![county, method, from, to],
    )?
    .into_iter()
    .map(|mut row| {
        Ok(Sum {
            measure: row.take(0)?,
            municipality: row.take(1)?,
            month: row.take(2)?,
            org: Uuid::nil(),
            unit: Uuid::nil(),
            sex: row.take(3)?,
            age_band: row.take(4)?,
            n: row.get(5)?,
        })
    })
    .collect()
}

/// The municipalities in which a county counted anything from one month to another.
pub(super) fn counted_in(
    tx: &mut dyn Sql,
    county: &str,
    method: &str,
    from: &str,
    to: &str,
) -> Result<Vec<String>, StoreError> {
    tx.rows(
        sql!(
            "SELECT municipality FROM tally
             WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4 AND n > 0
             UNION
             SELECT municipality FROM tally_taken
             WHERE county = $1 AND method = $2 AND month >= $3 AND month <= $4 AND n > 0 ORDER BY municipality"
        ),
        &args![county, method, from, to],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// A release as it lies in the store.
#[derive(Clone, Debug)]
pub(super) struct ReleaseRow {
    pub id: String,
    pub method: String,
    pub scope: String,
    pub period: String,
    pub version: i64,
    pub made_at: Timestamp,
    pub marks: String,
    pub digest: String,
}

fn release_row(row: &Row) -> Result<ReleaseRow, StoreError> {
    Ok(ReleaseRow {
        id: row.get(0)?,
        method: row.get(1)?,
        scope: row.get(2)?,
        period: row.get(3)?,
        version: row.get(4)?,
        made_at: row.get(5)?,
        marks: row.get(6)?,
        digest: row.get(7)?,
    })
}

pub(super) fn release(tx: &mut dyn Sql, id: &str) -> Result<Option<ReleaseRow>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, method, scope, period, version, made_at, marks, digest
             FROM publication WHERE id = $1"
        ),
        &args![id],
    )?
    .map(|row| release_row(&row))
    .transpose()
}

/// A version of a release without what it is marked with.
#[derive(Clone, Debug)]
pub(super) struct VersionRow {
    pub id: String,
    pub method: String,
    pub period: String,
    pub made_at: Timestamp,
}

/// Every version of every release of a scope, of each the newest last: few bytes of them, since this is read for everybody who
/// looks at the nation.
pub(super) fn of_scope(tx: &mut dyn Sql, scope: &str) -> Result<Vec<VersionRow>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, method, period, made_at FROM publication
             WHERE scope = $1 ORDER BY method, period, version"
        ),
        &args![scope],
    )?
    .iter()
    .map(|row| Ok(VersionRow { id: row.get(0)?, method: row.get(1)?, period: row.get(2)?, made_at: row.get(3)? }))
    .collect()
}

/// How many releases there are, and when the last was made. Nothing that is released is ever changed, so this tells whether
/// anything is new.
pub(super) fn state(tx: &mut dyn Sql) -> Result<(i64, Option<Timestamp>), StoreError> {
    let row = tx.one(
        sql!(
            "SELECT COUNT(*), MAX(made_at) FROM publication
             -- scan: the index of when they were made, a few bytes of each"
        ),
        &[],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Every version of what is about the same, the newest first.
pub(super) fn versions(
    tx: &mut dyn Sql,
    method: &str,
    scope: &str,
    period: &str,
) -> Result<Vec<ReleaseRow>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, method, scope, period, version, made_at, marks, digest FROM publication
             WHERE method = $1 AND scope = $2 AND period = $3 ORDER BY version DESC"
        ),
        &args![method, scope, period],
    )?
    .iter()
    .map(release_row)
    .collect()
}

/// Releases, the newest first. An empty word leaves it out.
pub(super) fn releases(
    tx: &mut dyn Sql,
    wanted: [&str; 3],
    limit: i64,
    offset: i64,
) -> Result<Vec<ReleaseRow>, StoreError> {
    let [method, scope, period] = wanted;
    tx.rows(
        sql!(
            "SELECT id, method, scope, period, version, made_at, marks, digest FROM publication
             WHERE ($1 = '' OR method = $1) AND ($2 = '' OR scope = $2) AND ($3 = '' OR period = $3)
             ORDER BY made_at DESC, id LIMIT $4 OFFSET $5
             -- scan: from the newest on, no further than the page that is asked for; all of them are public"
        ),
        &args![method, scope, period, limit, offset],
    )?
    .iter()
    .map(release_row)
    .collect()
}

/// The newest version of each release in the place of all, the newest first, with what is said of it where it stands in a
/// list in the place of all that it is marked with.
pub(super) fn newest(tx: &mut dyn Sql, limit: i64) -> Result<Vec<ReleaseRow>, StoreError> {
    tx.rows(
        sql!(
            "SELECT p.id, p.method, p.scope, p.period, p.version, p.made_at, p.brief, p.digest FROM publication p
             WHERE NOT EXISTS (SELECT 1 FROM publication q WHERE q.scope = p.scope AND q.method = p.method
                               AND q.period = p.period AND q.version > p.version)
             ORDER BY p.made_at DESC, p.id LIMIT $1
             -- scan: the catalogue is of all that is released"
        ),
        &args![limit],
    )?
    .iter()
    .map(release_row)
    .collect()
}

/// A page of all releases, the newest first, with what is said of each in a list.
pub(super) fn listed(tx: &mut dyn Sql, limit: i64, offset: i64) -> Result<Vec<ReleaseRow>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, method, scope, period, version, made_at, brief, digest FROM publication
             ORDER BY made_at DESC, id LIMIT $1 OFFSET $2
             -- scan: from the newest on, no further than the page that is asked for; all of them are public"
        ),
        &args![limit, offset],
    )?
    .iter()
    .map(release_row)
    .collect()
}

pub(super) fn count_releases(tx: &mut dyn Sql, wanted: [&str; 3]) -> Result<i64, StoreError> {
    let [method, scope, period] = wanted;
    tx.one(
        sql!(
            "SELECT COUNT(*) FROM publication
             WHERE ($1 = '' OR method = $1) AND ($2 = '' OR scope = $2) AND ($3 = '' OR period = $3)
             -- scan: the count of a list that is open to everybody"
        ),
        &args![method, scope, period],
    )?
    .get(0)
}

/// The releases of a method's year, the oldest first, whatever their scope: what a new one has to keep to.
pub(super) fn of_year(tx: &mut dyn Sql, method: &str, year: i64) -> Result<Vec<ReleaseRow>, StoreError> {
    tx.rows(
        sql!(
            "SELECT id, method, scope, period, version, made_at, marks, digest FROM publication
             WHERE method = $1 AND year = $2 ORDER BY made_at, id"
        ),
        &args![method, year],
    )?
    .iter()
    .map(release_row)
    .collect()
}

/// A table's name, content and digest.
pub(super) type TableRow = (String, String, String);

pub(super) fn table(tx: &mut dyn Sql, release: &str, name: &str) -> Result<Option<TableRow>, StoreError> {
    tx.opt(
        sql!("SELECT name, content, digest FROM publication_table WHERE release_id = $1 AND name = $2"),
        &args![release, name],
    )?
    .map(|mut row| Ok((row.take(0)?, row.take(1)?, row.take(2)?)))
    .transpose()
}

pub(super) fn tables(tx: &mut dyn Sql, release: &str) -> Result<Vec<TableRow>, StoreError> {
    tx.rows(
        sql!("SELECT name, content, digest FROM publication_table WHERE release_id = $1 ORDER BY nr"),
        &args![release],
    )?
    .into_iter()
    .map(|mut row| Ok((row.take(0)?, row.take(1)?, row.take(2)?)))
    .collect()
}

/// The true counts of a release's tables, by name.
pub(super) fn ledger(tx: &mut dyn Sql, release: &str) -> Result<Vec<(String, String)>, StoreError> {
    tx.rows(sql!("SELECT name, counts FROM publication_ledger WHERE release_id = $1 ORDER BY name"), &args![release])?
        .into_iter()
        .map(|mut row| Ok((row.take(0)?, row.take(1)?)))
        .collect()
}

/// Stores a release; `brief` is what lists say of it.
pub(super) fn insert_release(tx: &mut dyn Sql, row: &ReleaseRow, year: i64, brief: &str) -> Result<(), StoreError> {
    let ReleaseRow { id, method, scope, period, version, made_at, marks, digest } = row;
    tx.exec(
        sql!(
            "INSERT INTO publication (id, method, scope, period, year, version, made_at, brief, marks, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &args![id, method, scope, period, year, *version, *made_at, brief, marks, digest],
    )?;
    Ok(())
}

pub(super) fn insert_table(
    tx: &mut dyn Sql,
    release: &str,
    nr: i64,
    table: &TableRow,
    counts: &str,
) -> Result<(), StoreError> {
    let (name, content, digest) = table;
    tx.exec(
        sql!("INSERT INTO publication_table (release_id, nr, name, content, digest) VALUES ($1, $2, $3, $4, $5)"),
        &args![release, nr, name, content, digest],
    )?;
    tx.exec(
        sql!("INSERT INTO publication_ledger (release_id, name, counts) VALUES ($1, $2, $3)"),
        &args![release, name, counts],
    )?;
    Ok(())
}
