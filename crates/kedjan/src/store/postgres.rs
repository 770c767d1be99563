//! PostgreSQL: a small pool, a transaction for each unit, and another try when units collide.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ::postgres::config::SslMode;
use ::postgres::error::{DbError, SqlState};
use ::postgres::types::private::BytesMut;
use ::postgres::types::{IsNull, ToSql, Type};
use ::postgres::{Client, Config, Error, NoTls};
use uuid::Uuid;

use super::error::StoreError;
use super::gate::Gate;
use super::pool::Pool;
use super::statement::{Sql, Statement};
use super::unit::{Ran, Unit, run};
use super::value::{Row, Val};
use super::{Counters, Kind, Settings, migrations};

/// How often a unit is run again when it collides with others.
const RETRIES: u32 = 5;

/// Writers see the database as if they ran one after another, which is what makes "look, then act"
/// safe when two units look at each other's rows.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
/// Readers see one snapshot.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// An open PostgreSQL store.
pub(super) struct Postgres {
    config: Config,
    nodes: Pool<Node>,
    gate: Gate,
    counters: Arc<Counters>,
}

/// One connection and what is prepared on it, by the place of the statement in the program.
struct Node {
    client: Client,
    prepared: HashMap<usize, ::postgres::Statement>,
}

/// How one run of a unit ended.
enum Once {
    /// For good.
    Settled(Result<(), StoreError>),
    /// Surely not committed, and worth another run.
    Again(StoreError),
}

impl Postgres {
    pub(super) fn open(
        address: &str,
        settings: &Settings,
        migrations: &[(&str, &str)],
        counters: Arc<Counters>,
    ) -> Result<Self, StoreError> {
        let mut config: Config = address.parse().map_err(|_| {
            StoreError::Refused("the PostgreSQL address cannot be read; write postgres://USER@HOST/NAME".into())
        })?;
        if !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer) {
            return Err(StoreError::Refused(
                "this program does not speak TLS to PostgreSQL; reach it over a socket of the same machine or an encrypted network, without sslmode=require"
                    .into(),
            ));
        }
        config.application_name("kedjan").connect_timeout(Duration::from_secs(5));
        let mut node = connect(&config)?;
        prepare_schema(&mut node, migrations)?;
        Ok(Self { config, nodes: Pool::new(settings.pool), gate: Gate::default(), counters })
    }

    /// Runs a writing unit and commits it.
    pub(super) fn write(&self, unit: &mut dyn Unit) -> Result<(), StoreError> {
        let first = {
            let _pass = self.gate.enter();
            self.once(unit, BEGIN_WRITE)
        };
        let settled = self.until_settled(first, || {
            let _pass = self.gate.enter_alone();
            self.once(unit, BEGIN_WRITE)
        });
        self.counters.units.fetch_add(1, Ordering::Relaxed);
        settled
    }

    /// Runs a reading unit on one snapshot.
    pub(super) fn read(&self, unit: &mut dyn Unit) -> Result<(), StoreError> {
        let first = self.once(unit, BEGIN_READ);
        self.until_settled(first, || self.once(unit, BEGIN_READ))
    }

    fn until_settled(&self, first: Once, mut again: impl FnMut() -> Once) -> Result<(), StoreError> {
        let mut once = first;
        for retry in 0..RETRIES {
            if let Once::Settled(settled) = once {
                return settled;
            }
            // The first time there is nobody to wait for: we run alone. Units of other nodes, though,
            // do not know of that, and two that keep meeting have to part by chance.
            if retry > 0 {
                std::thread::sleep(Duration::from_millis(2 << retry).mul_f64(rand::random::<f64>()));
            }
            self.counters.reruns.fetch_add(1, Ordering::Relaxed);
            once = again();
        }
        match once {
            Once::Settled(settled) => settled,
            Once::Again(cause) => Err(cause),
        }
    }

    fn once(&self, unit: &mut dyn Unit, begin: &str) -> Once {
        let mut lease = match self.nodes.lease(|| connect(&self.config)) {
            Ok(lease) => lease,
            Err(error) => return Once::Settled(Err(error)),
        };
        let node = match lease.get() {
            Ok(node) => node,
            Err(error) => return Once::Settled(Err(error)),
        };
        let once = self.once_on(node, unit, begin);
        if node.client.is_closed() {
            lease.discard();
        }
        once
    }

    fn once_on(&self, node: &mut Node, unit: &mut dyn Unit, begin: &str) -> Once {
        let writing = begin == BEGIN_WRITE;
        if let Err(error) = node.client.batch_execute(begin) {
            return if is_lost(&error) { Once::Again(meaning(&error)) } else { Once::Settled(Err(meaning(&error))) };
        }
        let mut raw = Raw { node, reading: !writing, again: false };
        let ran = run(unit, &mut raw);
        let again = raw.again;
        match ran {
            Ran::Ready => match node.client.batch_execute("COMMIT") {
                Ok(()) => {
                    if writing {
                        self.counters.commit(1);
                    }
                    Once::Settled(Ok(()))
                }
                Err(error) if is_conflict(&error) => Once::Again(StoreError::Busy),
                // Perhaps it was committed and only the answer was lost; running it again could store it twice.
                Err(error) if is_lost(&error) => Once::Settled(Err(StoreError::Unavailable(
                    "the connection was lost before the commit was answered".into(),
                ))),
                Err(error) => Once::Settled(Err(meaning(&error))),
            },
            Ran::Failed { cause: Some(cause), .. } if again => {
                node.roll_back();
                Once::Again(cause)
            }
            failed @ Ran::Failed { .. } => {
                node.roll_back();
                Once::Settled(failed.settled())
            }
        }
    }

    /// Makes the room of erased rows free. Outside any transaction, as PostgreSQL wants it.
    pub(super) fn vacuum(&self) -> Result<(), StoreError> {
        let mut node = connect(&self.config)?;
        node.client.batch_execute("VACUUM").map_err(|error| meaning(&error))
    }

    /// Closes every idle connection, on a thread that may wait for it; leased ones close when they
    /// come back.
    pub(super) fn stop(&self) {
        let idle = self.nodes.close();
        // Without a thread they close where they are; with one, a panic in it has closed them too.
        let _ = std::thread::spawn(move || drop(idle)).join();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Node {
    /// A rollback that fails leaves a connection that is closed, or one whose next BEGIN is refused.
    fn roll_back(&mut self) {
        if self.client.batch_execute("ROLLBACK").is_err() {
            tracing::debug!("a transaction ended with its connection");
        }
    }

    fn prepared(&mut self, statement: &'static Statement) -> Result<::postgres::Statement, Error> {
        let place = std::ptr::from_ref(statement).addr();
        if let Some(prepared) = self.prepared.get(&place) {
            return Ok(prepared.clone());
        }
        let prepared = self.client.prepare(statement.text)?;
        self.prepared.insert(place, prepared.clone());
        Ok(prepared)
    }
}

/// Opens a connection and makes sure that the server keeps what it acknowledges.
fn connect(config: &Config) -> Result<Node, StoreError> {
    let mut client = config.connect(NoTls).map_err(|error| meaning(&error))?;
    let asked = client
        .query_one(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
                    current_setting('server_encoding'), set_config('lock_timeout', '5s', false),
                    set_config('idle_in_transaction_session_timeout', '60s', false)",
            &[],
        )
        .map_err(|error| meaning(&error))?;
    let setting = |ix: usize| asked.try_get::<_, String>(ix).map_err(|error| meaning(&error));
    if !matches!(setting(0)?.as_str(), "on" | "remote_apply") {
        return Err(StoreError::Refused(
            "PostgreSQL's synchronous_commit is not on, so a power cut would lose what was acknowledged".into(),
        ));
    }
    let unsafe_for_tests = std::env::var_os("KEDJAN_TEST_UNSAFE").is_some_and(|value| value == "1");
    if !unsafe_for_tests && (setting(1)? != "on" || setting(2)? != "on") {
        return Err(StoreError::Refused(
            "PostgreSQL's fsync or full_page_writes is off, so a power cut would damage the database".into(),
        ));
    }
    if setting(3)? != "UTF8" {
        return Err(StoreError::Refused(
            "the PostgreSQL database is not in UTF-8; create it with ENCODING 'UTF8'".into(),
        ));
    }
    Ok(Node { client, prepared: HashMap::new() })
}

fn prepare_schema(node: &mut Node, migrations: &[(&str, &str)]) -> Result<(), StoreError> {
    // Two nodes that make the table at the same time collide in PostgreSQL's own catalogue, IF NOT
    // EXISTS or not; the second try then finds it.
    let table = migrations::text_for(Kind::Postgres, migrations::TABLE);
    node.client
        .batch_execute(&table)
        .or_else(|_| node.client.batch_execute(&table))
        .map_err(|error| meaning(&error))?;
    // Whoever opens at the same time waits here, without a limit, until the schema is whole.
    node.client
        .batch_execute("BEGIN; SET LOCAL lock_timeout = 0; LOCK TABLE schema_migration IN SHARE ROW EXCLUSIVE MODE")
        .map_err(|error| meaning(&error))?;
    let mut raw = Raw { node, reading: false, again: false };
    migrations::migrate(&mut raw, Kind::Postgres, migrations, |raw, text| {
        raw.node.client.batch_execute(text).map_err(|error| match (meaning(&error), error.as_db_error()) {
            (StoreError::Fault(_), Some(cause)) => StoreError::Fault(cause.message().to_owned()),
            (other, _) => other,
        })
    })?;
    node.client.batch_execute("COMMIT").map_err(|error| meaning(&error))
}

/// Runs statements on a connection that is inside a transaction.
struct Raw<'n> {
    node: &'n mut Node,
    reading: bool,
    /// The failure was a collision or a lost connection, so the unit is worth another run.
    again: bool,
}

impl Raw<'_> {
    fn attempt<R>(
        &mut self,
        statement: &'static Statement,
        args: &[Val],
        run: impl FnOnce(&mut Client, &::postgres::Statement, &[&(dyn ToSql + Sync)]) -> Result<R, Error>,
        rows_wanted: bool,
    ) -> Result<R, StoreError> {
        let prepared = self.node.prepared(statement).map_err(|error| self.failed(statement, &error))?;
        if prepared.params().len() != args.len() {
            return Err(statement.fault(format_args!(
                "{} parameters given, {} wanted",
                args.len(),
                prepared.params().len()
            )));
        }
        if !rows_wanted && !prepared.columns().is_empty() {
            return Err(statement.fault("it gives rows, but was run as one that does not"));
        }
        let params: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
        run(&mut self.node.client, &prepared, &params).map_err(|error| self.failed(statement, &error))
    }

    fn failed(&mut self, statement: &'static Statement, error: &Error) -> StoreError {
        self.again = is_conflict(error) || is_lost(error);
        match meaning(error) {
            StoreError::ReadOnly if self.reading => statement.fault("a reading unit of work tried to write"),
            StoreError::Fault(cause) => statement.fault(cause),
            other => other,
        }
    }
}

impl Sql for Raw<'_> {
    fn exec(&mut self, statement: &'static Statement, args: &[Val]) -> Result<u64, StoreError> {
        self.attempt(statement, args, |client, prepared, params| client.execute(prepared, params), false)
    }

    fn rows(&mut self, statement: &'static Statement, args: &[Val]) -> Result<Vec<Row>, StoreError> {
        let found = self.attempt(statement, args, |client, prepared, params| client.query(prepared, params), true)?;
        found
            .iter()
            .map(|row| {
                Ok(Row::new((0..row.len()).map(|ix| value(statement, row, ix)).collect::<Result<_, _>>()?, statement))
            })
            .collect()
    }
}

fn value(statement: &'static Statement, row: &::postgres::Row, ix: usize) -> Result<Val, StoreError> {
    let Some(column) = row.columns().get(ix) else { return Ok(Val::Null) };
    let read = match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(ix).map(Val::from),
        Type::INT4 => row.try_get::<_, Option<i32>>(ix).map(Val::from),
        Type::INT2 => row.try_get::<_, Option<i16>>(ix).map(|v| v.map(i32::from).into()),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(ix).map(Val::from),
        Type::TEXT | Type::VARCHAR | Type::NAME => row.try_get::<_, Option<String>>(ix).map(Val::from),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(ix).map(Val::from),
        Type::BOOL => row.try_get::<_, Option<bool>>(ix).map(Val::from),
        Type::UUID => row.try_get::<_, Option<AsUuid>>(ix).map(|v| v.map(|v| v.0).into()),
        ref other => {
            return Err(statement
                .fault(format_args!("column {ix} is of type {other}; cast it to one that both databases have")));
        }
    };
    read.map_err(|error| statement.fault(meaning(&error)))
}

/// A UUID as PostgreSQL sends it: its 16 bytes.
struct AsUuid(Uuid);

impl ::postgres::types::FromSql<'_> for AsUuid {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Uuid::from_slice(raw)?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }
}

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(v), &Type::INT8) => v.to_sql(ty, out),
            (Self::Int(v), &Type::INT4) => i32::try_from(*v)?.to_sql(ty, out),
            (Self::Int(v), &Type::INT2) => i16::try_from(*v)?.to_sql(ty, out),
            (Self::Real(v), &Type::FLOAT8) => v.to_sql(ty, out),
            (Self::Text(v), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => v.to_sql(ty, out),
            (Self::Blob(v), &Type::BYTEA) => v.to_sql(ty, out),
            (Self::Bool(v), &Type::BOOL) => v.to_sql(ty, out),
            (Self::Uuid(v), &Type::UUID) => {
                out.extend_from_slice(v.as_bytes());
                Ok(IsNull::No)
            }
            _ => Err(format!("a value of type {} is given for {ty}", self.type_name()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    ::postgres::types::to_sql_checked!();
}

fn is_conflict(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|code| [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code))
}

/// Whether the connection is gone. A server that is being shut down says so first.
fn is_lost(error: &Error) -> bool {
    match error.as_db_error() {
        Some(cause) => {
            matches!(cause.code().code(), "57P01" | "57P02" | "57P03" | "25P03")
                || cause.code().code().starts_with("08")
        }
        None => error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()),
    }
}

/// What an error of PostgreSQL means for those who use the store. PostgreSQL's own sentences are not
/// passed on, for they quote values.
fn meaning(error: &Error) -> StoreError {
    let Some(cause) = error.as_db_error() else {
        return match error.source() {
            _ if is_lost(error) => {
                StoreError::Unavailable("the connection to PostgreSQL is lost or was not made".into())
            }
            // The only words of our own making: the type of a parameter.
            Some(source) if error.to_string().starts_with("error serializing parameter") => {
                StoreError::Fault(source.to_string())
            }
            _ => StoreError::Fault("PostgreSQL's driver refused it".into()),
        };
    };
    let code = cause.code().code();
    match code {
        "23505" => StoreError::Unique { constraint: key(cause) },
        "23503" => StoreError::ForeignKey,
        "40001" | "40P01" | "55P03" => StoreError::Busy,
        "53100" => StoreError::Full,
        "25006" => StoreError::ReadOnly,
        "28000" | "28P01" => StoreError::Refused("PostgreSQL does not accept the user or the password".into()),
        "3D000" => StoreError::Refused("there is no database of that name on the PostgreSQL server".into()),
        "XX001" | "XX002" => StoreError::Corrupt(format!("PostgreSQL finds its data broken (SQLSTATE {code})")),
        _ if is_lost(error) || code.starts_with("53") || code.starts_with("57") || code.starts_with("58") => {
            StoreError::Unavailable(format!("PostgreSQL does not answer as it should (SQLSTATE {code})"))
        }
        // Wrong words: the sentence is about the statement and the schema.
        _ if code.starts_with("42") => StoreError::Fault(format!("{} (SQLSTATE {code})", cause.message())),
        _ => StoreError::Fault(format!("PostgreSQL refused it (SQLSTATE {code}{})", named(cause))),
    }
}

fn named(cause: &DbError) -> String {
    cause.constraint().map(|name| format!(", {name}")).unwrap_or_default()
}

/// `table(column, column)`, as SQLite says it. The columns stand in the detail, in front of the
/// values and in every language of the server as `(columns)=(values)`.
fn key(cause: &DbError) -> String {
    let columns =
        cause.detail().and_then(|detail| detail.split_once('(')?.1.split_once(")=(")).map(|(columns, _)| columns);
    match (cause.table(), columns) {
        (Some(table), Some(columns)) if !columns.contains('(') => format!("{table}({columns})"),
        _ => cause.constraint().unwrap_or("unknown").to_owned(),
    }
}
