//! The demo county: Blekinge with made-up people, a year of chains written by the product's own functions, and a log-in for
//! each role. `docs/demo.md` says what in it is taken from a source and what is assumed.

mod concern;
mod county;
mod custody;
mod names;
mod people;
mod releases;
mod series;
pub mod share;
mod sql;
mod story;
mod survey;
#[cfg(test)]
mod tests;
mod year;

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::access::Role;
use crate::app::{App, Chance, Clock, Stop};
use crate::cli::AssembleError;
use crate::http;
use crate::release_orders;
use crate::secrets::{self, Kek, KekError};
use crate::settings::Settings;
use crate::store::{self, Location, Store, StoreError};
use crate::web::format;

pub use county::{County, LogIn};
pub use year::{Recipe, Year};

/// How the demo county is made and served.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Where it listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where it is kept. A demo county that lies there is used again; without a folder it is gone when it stops.
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// How many chains the year has.
    #[arg(long, default_value_t = 600)]
    pub cases: usize,
    /// The same seed and the same day give the same county.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The day that the year ends with, as 2026-11-23; the machine's when not said.
    #[arg(long)]
    pub today: Option<Date>,
    /// A PostgreSQL address, for an empty database; a file in the folder when not said. The key lies in the folder.
    #[arg(long)]
    pub database: Option<String>,
}

/// Why there is no demo county.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The words of the command line cannot be used.
    #[error("{0}")]
    Words(String),
    /// The folder or the address.
    #[error("{what}: {cause}")]
    Io {
        /// What was to be done.
        what: String,
        /// Why it could not.
        cause: std::io::Error,
    },
    /// The key file.
    #[error("the key file: {0}")]
    Key(#[from] KekError),
    /// The product cannot be put together.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// The store.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}

impl DemoError {
    /// The exit status: 2 for wrong words, 3 for a fault.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            DemoError::Words(_) => 2,
            _ => 3,
        }
    }
}

impl From<Stop> for DemoError {
    fn from(stop: Stop) -> DemoError {
        DemoError::Store(match stop {
            Stop::Store(error) => error,
            Stop::Refused(refused) => StoreError::Fault(format!("the demo county was refused: {}", refused.name())),
        })
    }
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> DemoError {
    let what = what.into();
    move |cause| DemoError::Io { what, cause }
}

/// The key file of a demo folder.
const KEY: &str = "kedjan.key";
const PEOPLE_KEYS: &str = "kedjan.key.people";
/// The store of a demo folder.
const DATABASE: &str = "kedjan.db";
/// The log-ins of a demo folder; written last, so that a folder with it holds a whole county.
const LOG_INS: &str = "demo-log-ins.txt";
/// How often long making says how far it has come.
const PROGRESS: std::time::Duration = std::time::Duration::from_secs(2);
/// What time it is when the demo county of another day is opened.
const MORNING: SignedDuration = SignedDuration::from_hours(8);

/// Makes the demo county, tells its log-ins on standard output and serves it until the process is told to stop.
///
/// # Errors
/// See [`DemoError`].
pub fn run(args: &Args) -> Result<(), DemoError> {
    // As in `kedjan serve`: a log that cannot be written stops nothing.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_env_filter(EnvFilter::new(format!("warn,{}", crate::login::QUIET)))
        .init();
    let runtime = tokio::runtime::Runtime::new().map_err(io("starting"))?;
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind(args.listen))
        .map_err(io(format!("listening on {}", args.listen)))?;
    let address = listener.local_addr().map_err(io("listening"))?;
    let folder = Folder::open(args.dir.as_deref())?;
    let (app, log_ins) = open(args, &folder, address)?;
    say(&told(&log_ins, address)).map_err(io("standard output"))?;
    runtime.block_on(async {
        // Heard from before anybody knows that we are here, so that no word to stop is lost.
        let mut terminate = signal(SignalKind::terminate()).map_err(io("signals"))?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(io("signals"))?;
        let stop = async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        };
        if matches!(app.clock, Clock::Fixed(_)) {
            tokio::spawn(pass(app.clone()));
        }
        let (over, ended) = tokio::sync::oneshot::channel::<()>();
        let releasing = tokio::spawn(release_orders::run(app.clone(), async move { drop(ended.await) }));
        // Connections are taken since the listener was bound; from here on they are answered.
        say(&format!("ready http://{address}\n")).map_err(io("standard output"))?;
        http::server::serve(listener, app.clone(), stop).await.map_err(io("serving"))?;
        drop(over);
        releasing.await.map_err(|cause| io("ordered releases")(cause.into()))
    })?;
    app.store.clone().close();
    runtime.shutdown_background();
    Ok(())
}

/// Moves the clock of another day on as time passes.
async fn pass(app: Arc<App>) {
    let (from, since) = (app.clock.now(), std::time::Instant::now());
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let passed = SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::MAX);
        app.clock.set(from.saturating_add(passed).unwrap_or(Timestamp::MAX));
    }
}

/// Where the demo county lies.
struct Folder {
    path: PathBuf,
    /// Whether it goes away with the process.
    passing: bool,
    /// Whether a whole county lies there already.
    made: bool,
}

impl Folder {
    fn open(dir: Option<&Path>) -> Result<Folder, DemoError> {
        let Some(dir) = dir else {
            let path = std::env::temp_dir().join(format!("kedjan-demo-{}", uuid::Uuid::new_v4().simple()));
            std::fs::create_dir(&path).map_err(io(path.display().to_string()))?;
            return Ok(Folder { path, passing: true, made: false });
        };
        std::fs::create_dir_all(dir).map_err(io(dir.display().to_string()))?;
        let path = dir.to_owned();
        if path.join(LOG_INS).is_file() {
            return Ok(Folder { path, passing: false, made: true });
        }
        let mut entries = std::fs::read_dir(&path).map_err(io(path.display().to_string()))?;
        if entries.next().is_some() {
            return Err(DemoError::Words(format!(
                "{} holds something else than a demo county, or one that was never finished. Name an empty folder, or \
                 one that does not exist yet",
                path.display()
            )));
        }
        Ok(Folder { path, passing: false, made: false })
    }

    fn kek(&self) -> Result<Kek, KekError> {
        let file = self.path.join(KEY);
        if self.made { Kek::from_file(&file) } else { Kek::create_file(&file) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.passing
            && let Err(cause) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!(%cause, "the demo county's folder could not be removed");
        }
    }
}

/// Opens the demo county of a folder, and makes it first where there is none.
fn open(args: &Args, folder: &Folder, address: SocketAddr) -> Result<(Arc<App>, Vec<LogIn>), DemoError> {
    let kek = folder.kek()?;
    let location = match &args.database {
        None => Location::Sqlite(folder.path.join(DATABASE)),
        Some(text) => text.parse::<Location>().map_err(|e| DemoError::Words(e.to_string()))?,
    };
    let machine = Clock::Machine.now();
    let its_day = format::local(machine).date();
    let recipe = Recipe { seed: args.seed, cases: args.cases, today: args.today.unwrap_or(its_day) };
    let clock = if recipe.today == its_day {
        Clock::Machine
    } else {
        Clock::fixed(recipe.end()?.saturating_add(MORNING).unwrap_or(Timestamp::MAX))
    };
    let store = Store::open(&location, &store::Settings::default())?;
    let app = Arc::new(App::assemble(store, &kek, settings(folder, location, address), clock)?);
    let file = folder.path.join(LOG_INS);
    if folder.made {
        let text = std::fs::read_to_string(&file).map_err(io(file.display().to_string()))?;
        return Ok((app, text.lines().filter_map(read_log_in).collect()));
    }
    let mut said = std::time::Instant::now();
    let log_ins = make(&app, recipe, |begun| {
        if said.elapsed() > PROGRESS {
            said = std::time::Instant::now();
            eprintln!("making the demo county: {begun} of {} chains", recipe.cases);
        }
    })?;
    releases::write(&app, recipe.today)?;
    let mut text = String::new();
    for LogIn { role, password, token } in &log_ins {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{} {password} {token}", role.name());
    }
    let written = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
    written
        .and_then(|mut open| open.write_all(text.as_bytes()).and_then(|()| open.sync_all()))
        .map_err(io(file.display().to_string()))?;
    Ok((app, log_ins))
}

fn settings(folder: &Folder, database: Location, listen: SocketAddr) -> Settings {
    Settings {
        listen,
        public: public(listen),
        database,
        key_file: folder.path.join(KEY),
        people_keys: folder.path.join(PEOPLE_KEYS),
        methods: None,
        mail: None,
        log: "warn".into(),
        demo: true,
        threshold: 5,
        proxies: 0,
        // The people are made up, and tests and visitors ask as fast as they can.
        limits: false,
        late_days: 30,
        publisher: None,
        contact: None,
    }
}

/// The address people use. On one's own machine it has a name, for passkeys belong to a name.
fn public(listen: SocketAddr) -> String {
    if listen.ip().is_loopback() { format!("http://localhost:{}", listen.port()) } else { format!("http://{listen}") }
}

fn read_log_in(line: &str) -> Option<LogIn> {
    let mut parts = line.split(' ');
    let role = Role::from_name(parts.next()?)?;
    Some(LogIn { role, password: parts.next()?.to_owned(), token: parts.next()?.to_owned() })
}

/// Makes the demo county in an empty store; waits for the store, so not for async tasks.
///
/// # Errors
/// [`DemoError::Words`] when the store holds something already, and the store's.
pub fn make(app: &Arc<App>, recipe: Recipe, progress: impl FnMut(usize)) -> Result<Vec<LogIn>, DemoError> {
    if app.store.read_blocking(|tx| sql::count_authorities(tx))? > 0 {
        return Err(DemoError::Words("the database holds authorities already: name an empty one".into()));
    }
    let since = recipe.start()?;
    let county = Arc::new(County::new(&mut Chance::seeded(recipe.seed), since));
    let mut log_ins = Vec::new();
    for role in county::ROLES {
        let password = password()?;
        let hash = secrets::hash_password(&password).map_err(|e| StoreError::Fault(e.to_string()))?;
        log_ins.push((LogIn { role, password, token: secrets::token() }, hash));
    }
    let (writing, own, hashed) = (county.clone(), app.clone(), log_ins.clone());
    app.store.write_blocking(move |tx| writing.write(tx, &own, &hashed, since))?;
    survey::write(app, &county, recipe)?;
    Year::new(app, county.clone(), recipe)?.write(progress)?;
    series::take_in(app, &county, recipe)?;
    Ok(log_ins.into_iter().map(|(log_in, _)| log_in).collect())
}

/// A password that can be typed: three groups of four signs that are hard to mistake for each other.
fn password() -> Result<String, StoreError> {
    let mut chance = Chance::system()?;
    let signs: Vec<char> = (0..2)
        .flat_map(|_| secrets::case_code(chance.rng()).to_lowercase().into_bytes())
        .map(char::from)
        .take(12)
        .collect();
    Ok(signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// Where it is, and how to get in.
fn told(log_ins: &[LogIn], address: SocketAddr) -> String {
    let mut text = format!("http://{address}\n\n{:<12} {:<16} where\n", "log-in", "password");
    for LogIn { role, password, .. } in log_ins {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{:<12} {password:<16} {}", role.name(), place(*role));
    }
    text.push('\n');
    for LogIn { role, token, .. } in log_ins {
        let _ = writeln!(text, "token {} {token}", role.name());
    }
    text
}

fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Where a role's log-in works.
fn place(role: Role) -> &'static str {
    match role {
        Role::Officer => "Polisen, lokalpolisområde Karlshamn",
        Role::Lead => "Polisen, lokalpolisområde Karlshamn (leder enheten)",
        Role::Receiver => "Socialtjänsten Karlshamn, vuxenenheten",
        Role::Care => "Region Blekinge, Beroendemottagningen",
        Role::Reception => "Mottagningen barn och unga, Karlshamn",
        Role::School => "Exempelskolan, elevhälsan",
        Role::Coordinator => "Kommunal ANDTS-samordning, Karlshamn",
        Role::County => "Länsstyrelsen Blekinge",
        Role::Controller => "Socialnämnden i Karlshamn, granskar loggen",
        Role::Admin => "Socialnämnden i Karlshamn, sköter enheter och konton",
    }
}
