//! The tamper-evident log at the command line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::told::say_json;
use super::units::the_authority;
use super::{Config, Failure, say};
use crate::app::App;
use crate::audit::{self, BrokenChain, Head, Record};
use crate::directory::{self, Authority};
use crate::store::{Sql, StoreError};

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
        /// Also hold the log against the heads that --out wrote to this file before: it shows if a log was cut off, or an older
        /// database put in the place of this one.
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
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
        AuditCommand::Verify { whose, out, against, json } => verify(whose, out.as_deref(), against.as_deref(), *json),
        AuditCommand::Export { whose, out } => export(whose, out.as_deref()),
    }
}

fn verify(whose: &Whose, out: Option<&Path>, against: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let mut kept = against.map(kept_heads).transpose()?.unwrap_or_default();
    let app = whose.config.open()?;
    let mut verdicts = Vec::new();
    let mut broken = 0;
    for authority in whose.authorities(&app)? {
        let (id, name) = (authority.id.to_string(), authority.name);
        let before = kept.remove(&id);
        let line = match app.store.read_blocking(|tx| verified(tx, authority.id, before.as_ref()))? {
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
    if whose.authority.is_none() {
        for id in kept.keys() {
            broken += 1;
            let why = "the whole log is missing";
            verdicts.push(json!({ "authority": id, "holds": false, "record": 1, "why": why }));
            if !as_json {
                say(format_args!("{id}: {why}"))?;
            }
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

/// Verifies a log, and that it still has the head that was kept elsewhere.
fn verified(tx: &mut dyn Sql, org: Uuid, kept: Option<&Head>) -> Result<Result<Head, BrokenChain>, StoreError> {
    let head = match (audit::verify(tx, org)?, kept) {
        (Ok(head), Some(_)) => head,
        (verdict, _) => return Ok(verdict),
    };
    let Some(kept) = kept.filter(|kept| kept.seq > 0) else { return Ok(Ok(head)) };
    let there = audit::page(tx, org, kept.seq, 1)?.into_iter().find(|record| record.seq == kept.seq);
    Ok(match there {
        None => Err(BrokenChain { seq: head.seq + 1, why: "the log is shorter than its kept head says" }),
        Some(record) if record.digest != kept.digest => {
            Err(BrokenChain { seq: kept.seq, why: "the log is another than the one whose head was kept" })
        }
        Some(_) => Ok(head),
    })
}

/// The heads in a file that `--out` wrote, by authority. Logs that did not hold then have none.
fn kept_heads(path: &Path) -> Result<BTreeMap<String, Head>, Failure> {
    let wrong = |cause: &dyn std::fmt::Display| {
        Failure::Words(format!("{}: {cause}. Name a file that `kedjan audit verify --out` wrote", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|cause| wrong(&cause))?;
    let kept: KeptHeads = serde_json::from_str(&text).map_err(|cause| wrong(&cause))?;
    let mut heads = BTreeMap::new();
    for log in kept.logs {
        let (Some(seq), Some(digest)) = (log.records, log.head) else { continue };
        let digest = unhex(&digest).ok_or_else(|| wrong(&"a head is not hexadecimal"))?;
        heads.insert(log.authority, Head { seq, digest });
    }
    Ok(heads)
}

/// What `--out` wrote.
#[derive(Deserialize)]
struct KeptHeads {
    logs: Vec<KeptHead>,
}

#[derive(Deserialize)]
struct KeptHead {
    authority: String,
    records: Option<i64>,
    head: Option<String>,
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

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
