//! Figures at the command line.

use std::path::PathBuf;

use chain::text::Lang;
use serde_json::json;

use super::told::{complain, say_json};
use super::{Config, Failure, say};
use crate::app::Stop;
use crate::publication::{self, Made, Scope, Wish, files, read};
use crate::statistics;
use crate::store::Sql;

#[derive(clap::Subcommand, Debug)]
pub(super) enum StatisticsCommand {
    /// Rebuild the tallies from the cases and compare; exit status 1 and each difference when they are not equal.
    Verify(Config),
    /// Release the figures of a period that has ended, protected, and write them as files; what is released already is
    /// written again as it is. Exit status 1 and a sentence when there is nothing to release or it would give something away.
    Publish(Publish),
    /// Make a package of a month's tallies for another node.
    Package(super::nodes::PackageArgs),
    /// Take packages of other nodes; exit status 1 when one is refused, with all that is wrong with it.
    Take(super::nodes::TakeArgs),
    /// Set a node's package of a month aside: its counts are taken away and its municipalities are free for another node.
    SetAside(super::nodes::SetAsideArgs),
}

#[derive(clap::Args, Debug)]
pub(super) struct Publish {
    /// A year (2026), a quarter (2026-Q4) or a month (2026-11).
    #[arg(long)]
    period: String,
    #[command(flatten)]
    whose: Counted,
    /// The working method.
    #[arg(long, default_value = "smadit")]
    method: String,
    /// Why what is released already is released anew, as a new version beside it.
    #[arg(long)]
    reason: Option<String>,
    /// The folder to write into.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    config: Config,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
#[group(multiple = false)]
struct Counted {
    /// Cases begun in a county, by its code.
    #[arg(long)]
    county: Option<String>,
    /// Cases begun by an authority, by its id.
    #[arg(long)]
    authority: Option<String>,
    /// All cases; so too when nothing is said.
    #[arg(long)]
    nation: bool,
}

impl Counted {
    fn scope(&self) -> String {
        match (&self.county, &self.authority) {
            (Some(county), _) => format!("county:{county}"),
            (None, Some(authority)) => format!("authority:{authority}"),
            (None, None) => Scope::Nation.code(),
        }
    }
}

pub(super) fn run(command: &StatisticsCommand) -> Result<(), Failure> {
    match command {
        StatisticsCommand::Verify(config) => verify(config),
        StatisticsCommand::Publish(args) => publish(args),
        StatisticsCommand::Package(args) => super::nodes::package(args),
        StatisticsCommand::Take(args) => super::nodes::take(args),
        StatisticsCommand::SetAside(args) => super::nodes::set_aside(args),
    }
}

fn verify(config: &Config) -> Result<(), Failure> {
    let app = config.open()?;
    let mut told = 0;
    let differences = statistics::verify_all(&app, |done, all| {
        // A line for each tenth of the way.
        let tenth = done.saturating_mul(10).checked_div(all).unwrap_or(10);
        if tenth > told {
            told = tenth;
            eprintln!("{done} of {all} cases");
        }
    })?;
    for difference in &differences {
        say(difference)?;
    }
    let taken = crate::packages::verify(&app)?;
    taken.iter().try_for_each(say)?;
    if !taken.is_empty() {
        return Err(Failure::NotSo(format!("{} packages are not equal to what was taken of them", taken.len())));
    }
    match differences.len() {
        0 => say("the tallies are equal to the cases"),
        n => Err(Failure::NotSo(format!("{n} tallies are not equal to the cases"))),
    }
}

/// Words that cannot be used, or a release that cannot be.
fn not_made(stop: Stop) -> Failure {
    match &stop {
        Stop::Refused(refused) if refused.issues().iter().any(|issue| issue.pointer.ends_with(publication::NOT_SO)) => {
            let said: Vec<&str> = refused.issues().iter().map(|issue| issue.detail.as_str()).collect();
            Failure::NotSo(said.join("\n"))
        }
        _ => stop.into(),
    }
}

fn publish(args: &Publish) -> Result<(), Failure> {
    let app = args.config.open()?;
    let wish = Wish {
        scope: args.whose.scope(),
        method: args.method.clone(),
        period: args.period.clone(),
        reason: args.reason.clone(),
    };
    let made = publication::make(&app, &wish, Lang::En, &|words| complain(&words)).map_err(not_made)?;
    let release = made.release();
    let id = release.id.clone();
    let tables = app.store.read_blocking(move |tx: &mut dyn Sql| read::tables(tx, &id))?;
    let all = files::all(release, &tables, &app.settings)?;
    files::write(&args.out, &all).map_err(Failure::while_doing(args.out.display()))?;
    let (cells, withheld) = release.sizes();
    let is_new = matches!(made, Made::New(_));
    if args.json {
        let files: Vec<&String> = all.iter().map(|(name, _)| name).collect();
        return say_json(&json!({
            "release": release.id, "version": release.version, "new": is_new, "cells": cells, "withheld": withheld,
            "sha256": release.digest, "out": args.out.display().to_string(), "files": files,
        }));
    }
    let how = if is_new { "released" } else { "released already; written again as it is" };
    say(format_args!("{}: {how}", release.id))?;
    say(format_args!("{cells} cells, {withheld} withheld; {} files in {}", all.len(), args.out.display()))
}
