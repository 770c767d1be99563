//! The schema, step by step: embedded files with tokens for the types that the databases name
//! differently.

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::{Kind, Statement, args, seal, statement::Sql};

/// Every migration in the order they are run. Only ever added to: a text that has been run somewhere
/// may not change.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("foundation", include_str!("../../migrations/0001_foundation.sql")),
    ("login", include_str!("../../migrations/0002_login.sql")),
    ("retention", include_str!("../../migrations/0003_retention.sql")),
    ("trust", include_str!("../../migrations/0004_trust.sql")),
    ("publication", include_str!("../../migrations/0005_publication.sql")),
    ("packages", include_str!("../../migrations/0006_packages.sql")),
    ("surveys", include_str!("../../migrations/0007_surveys.sql")),
    ("series", include_str!("../../migrations/0008_series.sql")),
    ("orders", include_str!("../../migrations/0009_orders.sql")),
];

/// The table of what has been run. Made before anything else, on every opening. `at` is a note for
/// people by the database's own clock; nothing is decided on it.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    version {int} PRIMARY KEY,
    name {text} NOT NULL,
    checksum {text} NOT NULL,
    at {int} NOT NULL DEFAULT {now}
) {strict}";

/// A migration's text for one database. A line `{seal}` asks for a sum over the columns above it, where the database has no
/// checksums of its own; a column that is added later is not in it.
pub(super) fn text_for(kind: Kind, template: &str) -> String {
    let words = match kind {
        Kind::Sqlite => {
            let now = "(CAST(unixepoch('subsec') * 1000000 AS INTEGER))";
            ["INTEGER", "REAL", "TEXT", "INTEGER", "BLOB", "BLOB", "STRICT, WITHOUT ROWID", "STRICT", now]
        }
        Kind::Postgres => {
            let now = "(CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT))";
            ["BIGINT", "DOUBLE PRECISION", "TEXT", "BOOLEAN", "BYTEA", "UUID", "", "", now]
        }
    };
    let tokens = ["{int}", "{real}", "{text}", "{bool}", "{bytes}", "{uuid}", "{clustered}", "{strict}", "{now}"];
    let template = seal::spelled_out(template, kind == Kind::Sqlite);
    tokens.iter().zip(words).fold(template, |text, (token, word)| text.replace(token, word))
}

/// Runs what has not been run, in the transaction that `sql` is in. `batch` runs a whole text.
/// The caller holds the lock that keeps others from doing the same at the same time.
pub(super) fn migrate<S: Sql>(
    sql: &mut S,
    kind: Kind,
    migrations: &[(&str, &str)],
    mut batch: impl FnMut(&mut S, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    static APPLIED: Statement =
        Statement::new("SELECT version, name, checksum FROM schema_migration ORDER BY version", file!(), line!());
    static RECORD: Statement =
        Statement::new("INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)", file!(), line!());

    let rows = sql.rows(&APPLIED, &[])?;
    let applied = rows.len();
    if let Some(row) = rows.last()
        && applied > migrations.len()
    {
        return Err(StoreError::NewerSchema { found: row.get(0)?, known: number(migrations.len()) });
    }
    for (index, (row, (name, text))) in rows.iter().zip(migrations).enumerate() {
        let same = row.get::<i64>(0)? == number(index + 1)
            && row.get::<String>(1)? == *name
            && row.get::<String>(2)? == checksum(text);
        if !same {
            return Err(StoreError::ChangedMigration { name: (*name).to_owned() });
        }
    }
    for (index, (name, text)) in migrations.iter().enumerate().skip(applied) {
        batch(sql, &text_for(kind, text)).map_err(|error| match error {
            StoreError::Fault(cause) => StoreError::Fault(format!("migration {name}: {cause}")),
            other => other,
        })?;
        sql.exec(&RECORD, &args![number(index + 1), *name, checksum(text)])?;
    }
    Ok(())
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
