//! What runs inside the guest: the server and the writers, on a machine whose power is about to be cut.
//!
//! The journal goes line by line to the guest's console, which is a pipe to the host. What the host has read is outside.

use super::journal::{self, Journal};
use super::site::Site;
use super::sql::Database;
use super::writers::{Load, Tokens};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

/// What the guest is told.
#[derive(clap::Args)]
pub struct Arguments {
    /// The program under test.
    #[arg(long)]
    kedjan: PathBuf,
    /// Where the installation is mounted.
    #[arg(long)]
    folder: PathBuf,
    /// Two tokens: the officer's and the receiver's.
    #[arg(long, num_args = 2)]
    tokens: Vec<String>,
    /// A file with the writes that are to be sent again.
    #[arg(long)]
    again: PathBuf,
    /// The time of the next write.
    #[arg(long)]
    next: i64,
    /// A library that is loaded into the server.
    #[arg(long)]
    preload: Option<PathBuf>,
}

/// Serves and writes until the power is cut.
pub fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let [officer, receiver] = arguments.tokens.as_slice() else { anyhow::bail!("two tokens are needed") };
    let tokens = Tokens { officer: officer.clone(), receiver: receiver.clone() };
    let site = Site {
        kedjan: arguments.kedjan.clone(),
        folder: arguments.folder.clone(),
        database: Database::Sqlite(arguments.folder.join("kedjan.db")),
        tokens: tokens.clone(),
    };
    let preload = arguments.preload.as_ref().map(|library| ("LD_PRELOAD", library.to_string_lossy().into_owned()));
    let served = site.serve_with(preload.as_slice())?;
    println!("up {}", served.ready_in.as_millis());
    let load = Load {
        address: served.address,
        tokens,
        journal: Arc::new(Journal::on(Box::new(std::io::stdout()))),
        next: Arc::new(AtomicI64::new(arguments.next)),
        again: journal::writes(&std::fs::read_to_string(&arguments.again)?),
        fresh: true,
    };
    let running = load.start();
    let mut told = 0;
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let met = running.met();
        for wrong in met.wrong.iter().skip(told) {
            println!("wrong {}", wrong.replace('\n', " "));
        }
        told = met.wrong.len();
    }
}
