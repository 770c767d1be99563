//! Backups and retention at the command line.

use std::path::PathBuf;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::people::Whose;
use super::told::say_json;
use super::{Config, Failure, say};
use crate::app::{Clock, unit_blocking};
use crate::backup::{self, BackupError, Mark};
use crate::retention::{self, AuthorityRun, HoldReason, NewHold, Options, Receipt, RetentionError};
use crate::secrets::case_code_normalise;
use crate::store::Kind;

#[derive(clap::Args, Debug)]
pub(super) struct File {
    /// The file: a new one for a backup, one that was made by `kedjan backup` for a restore.
    file: PathBuf,
    #[command(flatten)]
    config: Config,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum StoreCommand {
    /// Look at every page, row and index; exit status 1 and all that does not hold when a row is not as it was written.
    Verify(Config),
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum RetentionCommand {
    /// Erase what is past its time and not held, or only say what would be.
    Run {
        #[command(flatten)]
        config: Config,
        /// Erase nothing; say what would be erased, and list it on the controller's page.
        #[arg(long)]
        dry_run: bool,
        /// The clock has been looked at and is right, although it is more than 24 hours after the last run.
        #[arg(long)]
        clock_is_right: bool,
        /// Who runs it, for the receipt: a function or a name.
        #[arg(long, default_value = "console")]
        by: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Hold a case, so that nothing of it is erased at an authority.
    Hold {
        /// The case's number.
        case: String,
        #[command(flatten)]
        whose: Whose,
        /// preserve (the authority has decided to keep it) or legal (the law or a court forbids erasing it).
        #[arg(long, value_parser = reason)]
        reason: HoldReason,
        /// The decision's own number. Never the name of whom it is about.
        #[arg(long)]
        reference: String,
        /// Who decided.
        #[arg(long)]
        by: String,
        /// The last day it holds, YYYY-MM-DD; without end when not said.
        #[arg(long)]
        until: Option<Date>,
    },
    /// Release a case that is held at an authority.
    Release {
        /// The case's number.
        case: String,
        #[command(flatten)]
        whose: Whose,
        /// Who decided.
        #[arg(long)]
        by: String,
    },
}

fn reason(text: &str) -> Result<HoldReason, String> {
    HoldReason::from_name(text).ok_or_else(|| "write preserve or legal".to_owned())
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Failure {
        match error {
            BackupError::Store(error) => error.into(),
            BackupError::Assemble(error) => error.into(),
            BackupError::Incomplete { .. } | BackupError::Chain { .. } | BackupError::Tallies(_) => {
                Failure::NotSo(error.to_string())
            }
            error => Failure::Words(error.to_string()),
        }
    }
}

impl From<RetentionError> for Failure {
    fn from(error: RetentionError) -> Failure {
        match error {
            RetentionError::Store(error) => error.into(),
            RetentionError::Clock { .. } => Failure::Words(error.to_string()),
            error => Failure::Fault(error.to_string()),
        }
    }
}

pub(super) fn store(command: &StoreCommand) -> Result<(), Failure> {
    let StoreCommand::Verify(config) = command;
    let app = config.open()?;
    let faults = app.store.verify(|what| eprintln!("looking at {what} …"))?;
    for fault in &faults {
        say(fault)?;
    }
    match (faults.len(), app.store.kind()) {
        (0, Kind::Sqlite) => say("every row is as it was written"),
        (0, Kind::Postgres) => say("every row can be read"),
        (n, _) => Err(Failure::NotSo(format!("{n} faults in the store"))),
    }
}

pub(super) fn backup(args: &File) -> Result<(), Failure> {
    let app = args.config.open()?;
    let mark = backup::backup(&app, &args.file)?;
    app.store.clone().close();
    if args.json {
        return say_json(&marked(&mark));
    }
    say(format_args!("backup {} of {}", args.file.display(), mark.at))?;
    say_mark(&mark)?;
    super::told::complain(&format_args!(
        "The people's keys are not in it: they are in {}, with what has been withdrawn beside it. Keep the newest copy of \
         both, and no older one, where the key file is kept.",
        app.settings.people_keys.display()
    ));
    Ok(())
}

pub(super) fn restore(args: &File) -> Result<(), Failure> {
    let settings = args.config.settings()?;
    let done = backup::restore(&settings, Clock::Machine, &args.file)?;
    if args.json {
        let mut told = marked(&done.mark);
        for (name, n) in [
            ("people", done.people),
            ("forgotten", done.forgotten),
            ("forgotten_since", done.forgotten_since),
            ("cases", done.cases),
            ("withdrawn_since", done.withdrawn_since),
        ] {
            if let Some(told) = told.as_object_mut() {
                told.insert(name.to_owned(), n.into());
            }
        }
        return say_json(&told);
    }
    say(format_args!("restored the backup of {}", done.mark.at))?;
    say_mark(&done.mark)?;
    say(format_args!("forgotten {} ({} of them after the backup)", done.forgotten, done.forgotten_since))?;
    say(format_args!("withdrawn after the backup, and ended again: {}", done.withdrawn_since))?;
    say("the logs hold, and the figures are equal to the cases")
}

fn say_mark(mark: &Mark) -> Result<(), Failure> {
    say(format_args!(
        "people {}, cases {}, steps {}",
        mark.rows_of("person"),
        mark.rows_of("kase"),
        mark.rows_of("step")
    ))?;
    for head in &mark.heads {
        say(format_args!("log of {} ({}): {} records, head {}", head.name, head.org, head.records, head.digest))?;
    }
    Ok(())
}

fn marked(mark: &Mark) -> Value {
    let heads: Vec<Value> = mark
        .heads
        .iter()
        .map(|h| json!({ "authority": h.org.to_string(), "name": h.name, "records": h.records, "head": h.digest }))
        .collect();
    let rows: serde_json::Map<String, Value> = mark.rows.iter().map(|(name, n)| (name.clone(), (*n).into())).collect();
    json!({ "at": mark.at.to_string(), "from": mark.from, "keys": mark.keys_nr, "rows": rows, "logs": heads })
}

pub(super) fn retention(command: &RetentionCommand) -> Result<(), Failure> {
    match command {
        RetentionCommand::Run { config, dry_run, clock_is_right, by, json } => {
            let app = config.open()?;
            let options = Options { dry_run: *dry_run, clock_is_right: *clock_is_right, by: by.clone() };
            let done = retention::run(&app, &options)?;
            let kind = app.store.kind();
            app.store.clone().close();
            if *json {
                let runs: Vec<Value> = done.iter().map(|run| run_json(run, *dry_run)).collect();
                return say_json(&json!({ "dry_run": dry_run, "authorities": runs }));
            }
            done.iter().try_for_each(|run| say_run(run, *dry_run))?;
            if !dry_run && kind == Kind::Postgres {
                super::told::complain(
                    &"On PostgreSQL the erased rows are vacuumed: no statement and no backup made from now on finds them. Their \
                      bytes may stay in the server's files and log until it writes over them.",
                );
            }
            Ok(())
        }
        RetentionCommand::Hold { case, whose, reason, reference, by, until } => {
            let until = until.map(end_of_day).transpose()?;
            let new =
                NewHold { code: number(case)?, reason: *reason, reference: reference.clone(), by: by.clone(), until };
            let held = unit_blocking(whose.context()?, move |tx, cx| retention::hold(tx, cx, &new))?;
            say(format_args!("id {}", held.id))
        }
        RetentionCommand::Release { case, whose, by } => {
            let (code, by) = (number(case)?, by.clone());
            let released = unit_blocking(whose.context()?, move |tx, cx| retention::release(tx, cx, &code, &by))?;
            match released {
                0 => Err(Failure::NotSo("the case was not held".into())),
                n => say(format_args!("released {n}")),
            }
        }
    }
}

fn number(text: &str) -> Result<String, Failure> {
    case_code_normalise(text).ok_or_else(|| Failure::Words("that is no case number; it has ten signs".into()))
}

fn end_of_day(day: Date) -> Result<jiff::Timestamp, Failure> {
    let wrong = |_| Failure::Words("--until is no day".to_owned());
    let zone = TimeZone::get("Europe/Stockholm").map_err(wrong)?;
    Ok(day.tomorrow().and_then(|next| next.to_zoned(zone)).map_err(wrong)?.timestamp())
}

fn say_run(run: &AuthorityRun, dry_run: bool) -> Result<(), Failure> {
    let cases: i64 = run.classes.values().sum();
    let verb = if dry_run { "would be forgotten" } else { "forgotten" };
    say(format_args!("{} ({}): {verb} {} people, with {cases} cases", run.name, run.org, run.people))?;
    for (class, n) in &run.classes {
        say(format_args!("  {class}: {n}"))?;
    }
    say(format_args!(
        "  past their time and kept: held {}, open {}, for another case {}",
        run.held, run.open, run.other
    ))?;
    match &run.receipt {
        None => Ok(()),
        Some(r) => say(format_args!(
            "  receipt {} of {} by {}: texts {}, consents {}, look-ups {}, digest {}",
            r.id,
            r.at,
            r.by,
            r.texts,
            r.consents,
            r.lookups,
            hex(&r.digest)
        )),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn run_json(run: &AuthorityRun, dry_run: bool) -> Value {
    let receipt = run.receipt.as_ref().map(|r: &Receipt| {
        json!({ "id": r.id.to_string(), "at": r.at.to_string(), "by": r.by, "classes": r.classes, "people": r.people,
            "cases": r.cases, "texts": r.texts, "consents": r.consents, "lookups": r.lookups, "digest": hex(&r.digest) })
    });
    json!({ "authority": run.org.to_string(), "name": run.name, "dry_run": dry_run, "people": run.people,
        "classes": run.classes, "held": run.held, "open": run.open, "other": run.other, "receipt": receipt })
}
