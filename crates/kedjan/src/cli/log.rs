//! The tamper-evident log at the command line.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::told::say_json;
use super::units::the_authority;
use super::{Config, Failure, say};
use crate::app::App;
use crate::audit::{self, Record};
use crate::directory::{self, Authority};

/// How many records are taken out at a time.
const PAGE: i64 = 1000;

#[derive(clap::Subcommand, Debug)]
pub(super) enum AuditCommand {
    /// Verify the log of each authority, or of one; exit status 1 and the first broken entry when it does not hold.
    Verify {
        #[command(flatten)]
        whose: Whose,
        /// Write the verdict with the head of each log to a file, as JSON: kept elsewhere, it shows if a log is cut off.
        #[arg(long)]
        out: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take out the log of each authority, or of one, as JSON lines.
    Export {
        #[command(flatten)]
        whose: Whose,
        /// Write to a new file instead of standard output.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(clap::Args, Debug)]
pub(super) struct Whose {
    #[command(flatten)]
    config: Config,
    /// The authority, by name or id; all when not said.
    #[arg(long)]
    authority: Option<String>,
}

impl Whose {
    fn authorities(&self, app: &App) -> Result<Vec<Authority>, Failure> {
        match &self.authority {
            None => Ok(app.store.read_blocking(directory::sql::authorities)?),
            Some(name) => Ok(vec![the_authority(app, Some(name))?]),
        }
    }
}

pub(super) fn run(command: &AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify { whose, out, json } => verify(whose, out.as_deref(), *json),
        AuditCommand::Export { whose, out } => export(whose, out.as_deref()),
    }
}

fn verify(whose: &Whose, out: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let app = whose.config.open()?;
    let mut verdicts = Vec::new();
    let mut broken = 0;
    for authority in whose.authorities(&app)? {
        let (id, name) = (authority.id.to_string(), authority.name);
        let line = match app.store.read_blocking(|tx| audit::verify(tx, authority.id))? {
            Ok(head) => {
                let digest = hex(&head.digest);
                let line = format!("{name} ({id}): holds, {} records, head {digest}", head.seq);
                verdicts
                    .push(json!({ "authority": id, "name": name, "holds": true, "records": head.seq, "head": digest }));
                line
            }
            Err(at) => {
                broken += 1;
                let line = format!("{name} ({id}): {at}");
                verdicts
                    .push(json!({ "authority": id, "name": name, "holds": false, "record": at.seq, "why": at.why }));
                line
            }
        };
        if !as_json {
            say(line)?;
        }
    }
    let report = json!({ "at": app.clock.now().to_string(), "logs": verdicts });
    if as_json {
        say_json(&report)?;
    }
    if let Some(path) = out {
        let mut file = new_file(path)?;
        writeln!(file, "{report:#}").and_then(|()| file.flush()).map_err(Failure::while_doing(path.display()))?;
    }
    if broken == 0 { Ok(()) } else { Err(Failure::NotSo(format!("{broken} of the logs do not hold"))) }
}

fn export(whose: &Whose, out: Option<&Path>) -> Result<(), Failure> {
    let app = whose.config.open()?;
    let mut file = out.map(new_file).transpose()?;
    for authority in whose.authorities(&app)? {
        let mut from = 1;
        loop {
            let records = app.store.read_blocking(|tx| audit::page(tx, authority.id, from, PAGE))?;
            let Some(last) = records.last() else { break };
            from = last.seq + 1;
            for record in &records {
                let line = line(&authority, record);
                match &mut file {
                    Some(file) => writeln!(file, "{line}").map_err(Failure::while_doing("the file"))?,
                    None => say(line)?,
                }
            }
        }
    }
    file.map_or(Ok(()), |mut file| file.flush().map_err(Failure::while_doing("the file")))
}

fn line(authority: &Authority, r: &Record) -> Value {
    json!({ "authority": authority.id.to_string(), "seq": r.seq, "at": r.at.to_string(), "actor": r.actor.to_string(),
        "unit": r.unit.to_string(), "role": r.role, "via": r.via, "action": r.action, "object": r.object,
        "relation": r.relation, "decision": r.decision, "policy": r.policy, "people": r.people, "detail": r.detail,
        "digest": hex(&r.digest) })
}

fn new_file(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::create_new(path)
        .map_err(|cause| Failure::Words(format!("{}: {cause}. Name a file that does not exist yet", path.display())))?;
    Ok(BufWriter::new(file))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
