//! All that is wrong with an installation, at once.

use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use chain::method::Library;
use serde_json::json;

use super::sql::{self, Kept};
use super::told::say_json;
use super::{AssembleError, Failure, assemble, environment, methods, say};
use crate::access::Policies;
use crate::directory;
use crate::reference;
use crate::secrets::Kek;
use crate::settings::{Mail, Settings};
use crate::store::{self, Store, StoreError};

/// How long the mail server has to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which installation.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Args {
    /// The settings file.
    #[arg(long, default_value = "kedjan.toml")]
    config: PathBuf,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let wrong = match Settings::read(&args.config, environment()) {
        Err(wrong) => wrong.iter().map(ToString::to_string).collect(),
        Ok(settings) => wrong_with(&settings),
    };
    if args.json {
        say_json(&json!({ "wrong": wrong }))?;
    } else {
        wrong.iter().try_for_each(say)?;
    }
    match wrong.len() {
        0 if args.json => Ok(()),
        0 => say("all is well"),
        1 => Err(Failure::NotSo("one thing is wrong".into())),
        n => Err(Failure::NotSo(format!("{n} things are wrong"))),
    }
}

/// What is wrong with an installation whose settings can be read. Nothing is changed by looking, except that a database of an
/// older version is brought up to date.
pub(super) fn wrong_with(settings: &Settings) -> Vec<String> {
    let mut wrong = Vec::new();
    let kek = match Kek::from_file(&settings.key_file) {
        Ok(kek) => Some(kek),
        Err(cause) => {
            wrong.push(AssembleError::Key { path: settings.key_file.clone(), cause }.to_string());
            None
        }
    };
    let files = match methods_of(settings) {
        Ok(files) => files,
        Err(error) => {
            wrong.extend(error.to_string().lines().map(str::to_owned));
            Vec::new()
        }
    };
    wrong.extend(Policies::shipped().err().map(|error| error.to_string()));
    match Store::open(&settings.database, &store::Settings::default()) {
        Err(error) => wrong.push(format!("the database: {error}")),
        Ok(store) => {
            match in_store(&store, kek.as_ref(), &files) {
                Ok(found) => wrong.extend(found),
                Err(error) => wrong.push(format!("the database: {error}")),
            }
            store.close();
        }
    }
    if let Some(mail) = &settings.mail {
        wrong.extend(mail_wrong(mail));
    }
    wrong
}

fn methods_of(settings: &Settings) -> Result<Vec<Kept>, AssembleError> {
    let own = assemble::own_files(settings)?;
    let all = methods::arrange(own).map_err(AssembleError::Methods)?;
    let sound = assemble::parse_all(&all)?;
    let mut kept = Vec::new();
    for (method, files) in &sound {
        kept.push(assemble::kept(method, files)?);
    }
    Library::new(sound.into_iter().map(|(method, _)| method).collect()).map_err(AssembleError::Methods)?;
    Ok(kept)
}

fn in_store(store: &Store, kek: Option<&Kek>, files: &[Kept]) -> Result<Vec<String>, StoreError> {
    store.read_blocking(|tx| {
        let mut wrong = Vec::new();
        let check_value = sql::node(tx, assemble::KEY_CHECK)?;
        if let (Some(kek), Some(value)) = (kek, check_value)
            && !kek.matches(&value)
        {
            wrong.push(AssembleError::WrongKey.to_string());
        }
        wrong.extend(assemble::changed(&sql::method_files(tx)?, files));
        for (code, covered) in directory::sql::counties_with_units(tx)? {
            if !covered {
                let name = reference::county(&code).map_or(code.as_str(), |county| county.name);
                wrong.push(format!(
                    "{name}: no open unit receives what the others do not, so that a person can be left without a receiver. \
                     Let one unit receive from {code} and be its fallback: kedjan unit set UNIT --fallback true"
                ));
            }
        }
        Ok(wrong)
    })
}

fn mail_wrong(mail: &Mail) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(path) = &mail.password_file {
        match std::fs::metadata(path) {
            Err(cause) => wrong.push(format!("{}: {cause}. Write the mail password there", path.display())),
            Ok(file) if file.permissions().mode() & 0o077 != 0 => {
                wrong.push(format!("{}: others than its owner may read it. Set its mode to 0600", path.display()));
            }
            Ok(_) => {}
        }
    }
    let place = (mail.host.as_str(), mail.port);
    let reached = place.to_socket_addrs().and_then(|mut all| {
        let first = all.next().ok_or_else(|| std::io::Error::other("the name has no address"))?;
        TcpStream::connect_timeout(&first, PATIENCE)
    });
    if let Err(cause) = reached {
        wrong.push(format!(
            "the mail server {}:{} cannot be reached ({cause}). Look at `mail.host` and `mail.port`, and at what stands between",
            mail.host, mail.port
        ));
    }
    wrong
}
