//! Setting up an installation: settings, key, database, and somebody who can log in and make the rest.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chain::text::Lang;

use super::people::console;
use super::{Failure, say};
use crate::accounts::{self, AccountDraft, MembershipDraft, password_to_give_out};
use crate::app::{self, App, Clock, Cx};
use crate::directory::{self, AuthorityDraft, NewAuthority, UnitDraft};
use crate::login::first;
use crate::secrets::{self, Kek};
use crate::settings::Settings;
use crate::store::{self, Location, Store};

/// What a new installation is made of.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Args {
    /// The folder for settings, key and, without --database, the database.
    #[arg(long)]
    dir: PathBuf,
    /// sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.
    #[arg(long)]
    database: Option<String>,
    /// Where it is to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address people will use, such as https://kedjan.example.se.
    #[arg(long)]
    public: Option<String>,
    /// The name of the first authority.
    #[arg(long, default_value = "Administrationen")]
    authority: String,
    /// What it is: police, coast_guard, customs, municipal_board, region, county_board, school_authority or other.
    #[arg(long, default_value = "other")]
    kind: String,
    /// Its county, two digits.
    #[arg(long, default_value = "01")]
    county: String,
    /// Make the first administrator at once, with this log-in name and a password that is printed once. Without it a
    /// one-time link is printed, at which the administrator makes the account.
    #[arg(long)]
    login: Option<String>,
    /// The administrator's name, with --login.
    #[arg(long, default_value = "Administrator")]
    name: String,
}

const EXAMPLE: &str = include_str!("../../../../kedjan.example.toml");

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let dir = std::path::absolute(&args.dir).map_err(Failure::while_doing(args.dir.display()))?;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir).map_err(Failure::while_doing(dir.display()))?;
    let (config, key) = (dir.join("kedjan.toml"), dir.join("kedjan.key"));
    for path in [&config, &key] {
        if path.exists() {
            return Err(Failure::Words(format!(
                "{} exists already, and an installation is never written over. Name another folder with --dir",
                path.display()
            )));
        }
    }
    let text = settings_text(args, &dir, &key);
    let settings = Settings::parse(&config.display().to_string(), &text, std::iter::empty())
        .map_err(|wrong| Failure::Words(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let made_before = matches!(&settings.database, Location::Sqlite(path) if path.exists());
    let location = settings.database.clone();
    let public = settings.public.trim_end_matches('/').to_owned();
    let first = set_up(args, settings, &key).inspect_err(|_| {
        // What was not finished must not stand in the way of the next try.
        let _ = std::fs::remove_file(&key);
        if let (Location::Sqlite(path), false) = (&location, made_before) {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", path.display()));
            }
        }
    })?;
    write_new(&config, &text)?;
    say(format_args!("settings {}", config.display()))?;
    say(format_args!("key {}", key.display()))?;
    match first {
        First::Password(login, password) => {
            say(format_args!("login {login}"))?;
            say(format_args!("password {password}"))?;
            super::told::complain(&"The password is shown this once and must be changed at the first log-in.");
        }
        First::Link(token) => {
            say(format_args!("link {public}/first/{token}"))?;
            super::told::complain(&format_args!(
                "Open the link to make the first administrator's account. It is shown this once, works once, and holds {} \
                 hours.",
                first::LINK.as_hours()
            ));
        }
    }
    super::told::complain(&format_args!(
        "Keep a copy of the key file in another place than the database.\nNow: kedjan serve --config {}",
        config.display()
    ));
    Ok(())
}

/// How the first administrator comes in.
enum First {
    /// With a log-in name and a password to be changed.
    Password(String, String),
    /// With a link that has this token.
    Link(String),
}

/// The example with this installation's values.
fn settings_text(args: &Args, dir: &Path, key: &Path) -> String {
    let database = args.database.clone().unwrap_or_else(|| format!("sqlite:{}", dir.join("kedjan.db").display()));
    let public = args.public.clone().unwrap_or_else(|| format!("http://{}", args.listen));
    let own = [
        ("listen", args.listen.to_string()),
        ("public", public),
        ("database", database),
        ("key_file", key.display().to_string()),
    ];
    let mut text = String::with_capacity(EXAMPLE.len() + 200);
    for line in EXAMPLE.lines() {
        match own.iter().find(|(name, _)| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(" = "))) {
            Some((name, value)) => text.push_str(&format!("{name} = {}", toml::Value::String(value.clone()))),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Only the owner may read the settings: they can hold the password of a database.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(Failure::while_doing(path.display()))
}

/// Makes key, database and first authority, and a way in for the first administrator.
fn set_up(args: &Args, settings: Settings, key: &Path) -> Result<First, Failure> {
    let kek = Kek::create_file(key).map_err(Failure::while_doing(key.display()))?;
    let store = Store::open(&settings.database, &store::Settings::default())?;
    let app = Arc::new(App::assemble(store, &kek, settings, Clock::Machine)?);
    let there = app.store.read_blocking(directory::sql::authorities)?;
    if !there.is_empty() {
        return Err(Failure::Words(
            "the database holds authorities already. Name an empty one, or use the settings file that it was made with"
                .into(),
        ));
    }
    let first = match &args.login {
        Some(login) => First::Password(login.clone(), password_to_give_out(&mut rand::rng())),
        None => First::Link(secrets::token()),
    };
    let way = match &first {
        First::Password(login, password) => {
            Ok((login.clone(), secrets::hash_password(password).map_err(Failure::while_doing("the password"))?))
        }
        First::Link(token) => Err(token.clone()),
    };
    let cx = Cx::new(&app, console(uuid::Uuid::nil()), Lang::En)?;
    let args = args.clone();
    app::unit_blocking(cx, move |tx, cx| {
        let draft = AuthorityDraft { name: args.authority.clone(), ..AuthorityDraft::default() };
        let new =
            NewAuthority { kind: args.kind.clone(), county: Some(args.county.clone()), municipality: None, draft };
        directory::create_authority(tx, cx, &new)?;
        let unit = UnitDraft {
            kind: "administration".into(),
            name: "Administration".into(),
            county: args.county.clone(),
            active: true,
            ..UnitDraft::default()
        };
        let unit = directory::create_unit(tx, cx, unit)?.unit.id;
        match &way {
            Ok((login, hash)) => {
                let place = MembershipDraft { unit: unit.to_string(), role: "admin".into() };
                let account = AccountDraft {
                    login: login.clone(),
                    name: args.name.clone(),
                    active: true,
                    memberships: vec![place],
                };
                accounts::create_account(tx, cx, &account, hash, true)?;
            }
            Err(token) => first::invite(tx, cx, unit, token)?,
        }
        Ok(())
    })?;
    app.store.clone().close();
    Ok(first)
}
