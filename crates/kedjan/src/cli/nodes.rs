//! Nodes and packages of tallies at the command line.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::{Value, json};

use super::people::Whose;
use super::told::say_json;
use super::{Failure, say};
use crate::app::{Cx, Stop, unit_blocking};
use crate::packages::{self, Arrived, MOST_BYTES, Node, NodeDraft, Places, Reason, Taken};
use crate::statistics::month_of;
use chain::text::Lang;

/// What a node reports for.
#[derive(clap::Args, Debug)]
pub(super) struct For {
    /// Counties, two digits each, with commas between: 10,25.
    #[arg(long, value_delimiter = ',')]
    counties: Vec<String>,
    /// Municipalities, four digits each, with commas between: 1080,1082.
    #[arg(long, value_delimiter = ',')]
    municipalities: Vec<String>,
}

impl For {
    fn places(&self) -> Vec<String> {
        self.counties.iter().chain(&self.municipalities).cloned().collect()
    }
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum NodeCommand {
    /// Name this installation, say what it reports for itself, and make its key pair if it has none.
    Set {
        #[command(flatten)]
        whose: Whose,
        /// Its name.
        name: String,
        #[command(flatten)]
        places: For,
        /// Make a new key pair. Every other node has to trust the new key before it takes anything more.
        #[arg(long)]
        new_key: bool,
    },
    /// This installation: its name, its public key and the fingerprint to read aloud.
    Show {
        #[command(flatten)]
        whose: Whose,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Trust a node: take packages that its key has signed, for what it may report for. Without places, only send to it.
    Trust {
        #[command(flatten)]
        whose: Whose,
        /// What it is called here.
        name: String,
        /// Its public key, as its own `kedjan node show` prints it.
        // A key may begin with a hyphen.
        #[arg(long, allow_hyphen_values = true)]
        key: String,
        #[command(flatten)]
        places: For,
        /// It reports for the whole country.
        #[arg(long)]
        nation: bool,
    },
    /// Trust a node no longer. What was taken from it stays.
    Distrust {
        #[command(flatten)]
        whose: Whose,
        /// What it is called here.
        name: String,
    },
    /// List the nodes.
    List {
        #[command(flatten)]
        whose: Whose,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args, Debug)]
pub(super) struct PackageArgs {
    #[command(flatten)]
    whose: Whose,
    /// The month that the cases began in, YYYY-MM. It must be over.
    #[arg(long, value_parser = month)]
    period: Date,
    /// The node it is for.
    #[arg(long)]
    to: String,
    /// A new file.
    #[arg(long)]
    out: PathBuf,
    /// Why it takes the place of an earlier one: outcomes (the cases have gone on), reports (others report) or correction.
    #[arg(long, value_parser = reason)]
    reason: Option<Reason>,
    /// Own cases in municipalities that another node has reported are others than those: count them too, without a municipality.
    #[arg(long)]
    beside_own: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct TakeArgs {
    #[command(flatten)]
    whose: Whose,
    /// A package, or a folder of packages, which are taken month by month.
    path: PathBuf,
    /// Own cases in the packages' municipalities are others than those they count: take them all the same.
    #[arg(long)]
    beside_own: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct SetAsideArgs {
    #[command(flatten)]
    whose: Whose,
    /// The node whose package it is, also when it is trusted no longer.
    #[arg(long)]
    from: String,
    /// The month, YYYY-MM.
    #[arg(long, value_parser = month)]
    period: Date,
}

fn month(text: &str) -> Result<Date, String> {
    month_of(text).ok_or_else(|| "write a month as YYYY-MM".to_owned())
}

fn reason(text: &str) -> Result<Reason, String> {
    Reason::from_name(text).ok_or_else(|| "write outcomes, reports or correction".to_owned())
}

pub(super) fn node(command: &NodeCommand) -> Result<(), Failure> {
    match command {
        NodeCommand::Set { whose, name, places, new_key } => {
            let draft = NodeDraft { name: name.clone(), places: places.places(), ..NodeDraft::default() };
            let new_key = *new_key;
            let node = unit_blocking(whose.context()?, move |tx, cx| packages::set_own(tx, cx, &draft, new_key))?;
            say_node(&node)
        }
        NodeCommand::Trust { whose, name, key, places, nation } => {
            let draft = NodeDraft { name: name.clone(), key: key.clone(), places: places.places(), nation: *nation };
            let node = unit_blocking(whose.context()?, move |tx, cx| packages::trust(tx, cx, &draft))?;
            say_node(&node)
        }
        NodeCommand::Distrust { whose, name } => {
            let name = name.clone();
            unit_blocking(whose.context()?, move |tx, cx| packages::distrust(tx, cx, &name).map(drop))?;
            Ok(())
        }
        NodeCommand::Show { whose, json } => {
            let nodes = unit_blocking(whose.context()?, |tx, cx| Ok(packages::nodes(tx, cx)?.into_inner()))?;
            let Some(own) = nodes.own else {
                return Err(Failure::NotSo(
                    "this installation is no node yet: `kedjan node set NAME` makes it one".into(),
                ));
            };
            if *json { say_json(&as_json(&own)) } else { say_node(&own) }
        }
        NodeCommand::List { whose, json } => {
            let all = unit_blocking(whose.context()?, |tx, cx| Ok(packages::nodes(tx, cx)?.into_inner()))?.others;
            if *json {
                return say_json(&json!({ "nodes": all.iter().map(as_json).collect::<Vec<_>>() }));
            }
            all.iter().try_for_each(|node| {
                let state = if node.ended_at.is_some() { "ended" } else { "trusted" };
                say(format_args!("{}\t{}\t{}\t{state}", node.name, node.key, places(&node.places)))
            })
        }
    }
}

fn places(places: &Places) -> String {
    let codes: Vec<&str> = places.codes.iter().map(String::as_str).collect();
    match (places.nation, codes.is_empty()) {
        (true, _) => "nation".into(),
        (false, true) => "-".into(),
        (false, false) => codes.join(","),
    }
}

fn say_node(node: &Node) -> Result<(), Failure> {
    say(format_args!("name {}", node.name))?;
    say(format_args!("key {}", node.key))?;
    say(format_args!("fingerprint {}", node.key.fingerprint()))?;
    say(format_args!("reports {}", places(&node.places)))
}

fn as_json(node: &Node) -> Value {
    json!({ "id": node.id.to_string(), "name": node.name, "key": node.key.to_string(),
        "fingerprint": node.key.fingerprint(), "nation": node.places.nation, "places": node.places.codes,
        "since": node.since.to_string(), "ended_at": node.ended_at.map(|at| at.to_string()) })
}

pub(super) fn package(args: &PackageArgs) -> Result<(), Failure> {
    let (to, period, reason, beside_own) = (args.to.clone(), args.period, args.reason, args.beside_own);
    // The file is made before anything is kept of the package: a number that was given to none would be a gap.
    let at = || Failure::while_doing(args.out.display().to_string());
    let cx = args.whose.context()?;
    // Its counts are not protected.
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&args.out).map_err(at())?;
    let done = unit_blocking(cx, move |tx, cx| packages::make(tx, cx, &to, period, reason, beside_own));
    let made = match done {
        Ok(made) => made.into_inner(),
        Err(stop) => {
            drop(file);
            std::fs::remove_file(&args.out).map_err(at())?;
            return Err(refused(stop));
        }
    };
    file.write_all(&made.bytes).and_then(|()| file.sync_all()).map_err(at())?;
    let trace = made.trace;
    say(format_args!("package {} {}", trace.period, trace.seq))?;
    say(format_args!("municipalities {}, counts {}, sum {}", trace.municipalities, trace.row_count, trace.total))?;
    say(format_args!("sha256 {}", hex(&trace.digest)))
}

pub(super) fn take(args: &TakeArgs) -> Result<(), Failure> {
    let (cx, beside_own) = (args.whose.context()?, args.beside_own);
    let mut files = Vec::new();
    for path in packages_in(&args.path)? {
        let bytes = read(&path)?;
        files.push((path, Arrived::read(&bytes, &cx.app.library)));
    }
    files.sort_by_key(|(path, arrived)| (arrived.place(), path.clone()));
    let mut wrong = 0;
    for (path, arrived) in files {
        let cx = Cx::new(&cx.app, cx.actor.clone(), Lang::En)?;
        match unit_blocking(cx, move |tx, cx| packages::take(tx, cx, &arrived, beside_own)) {
            Ok(taken) => say(format_args!("{}: {}", path.display(), words(&taken)))?,
            Err(Stop::Refused(refused)) => {
                wrong += 1;
                say(format_args!("{}: refused", path.display()))?;
                for issue in refused.issues() {
                    say(format_args!("  {}: {}", issue.pointer.trim_start_matches('/'), issue.detail))?;
                }
            }
            Err(stop) => return Err(stop.into()),
        }
    }
    match wrong {
        0 => Ok(()),
        n => Err(Failure::NotSo(format!("{n} refused; nothing of them was taken"))),
    }
}

pub(super) fn set_aside(args: &SetAsideArgs) -> Result<(), Failure> {
    let (from, period) = (args.from.clone(), args.period);
    let done = unit_blocking(args.whose.context()?, move |tx, cx| packages::set_aside(tx, cx, &from, period));
    let trace = done.map_err(refused)?.into_inner();
    say(format_args!(
        "set aside: {} {} of {}, municipalities {}, counts {}, sum {}",
        trace.period, trace.seq, args.from, trace.municipalities, trace.row_count, trace.total
    ))
}

fn words(taken: &Taken) -> String {
    let trace = &taken.trace;
    let how = match (taken.again, trace.replaces) {
        (true, _) => "taken already".to_owned(),
        (false, None) => "taken".to_owned(),
        (false, Some(seq)) => format!("taken in the place of {seq}, difference {}", trace.difference),
    };
    let late = if trace.late { ", late" } else { "" };
    format!(
        "{how}: {} {} of {}, municipalities {}, counts {}, sum {}{late}",
        trace.period, trace.seq, taken.node, trace.municipalities, trace.row_count, trace.total
    )
}

/// The files to take: one, or all of a folder.
fn packages_in(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let at = || Failure::while_doing(path.display().to_string());
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut all = Vec::new();
    for entry in std::fs::read_dir(path).map_err(at())? {
        let path = entry.map_err(at())?.path();
        if path.is_file() {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// A file, no further than a package can be long.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let at = || Failure::while_doing(path.display().to_string());
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path).map_err(at())?.take(most).read_to_end(&mut bytes).map_err(at())?;
    Ok(bytes)
}

/// What keeps a package from being made holds for what was asked and not for the words it was asked in.
fn refused(stop: Stop) -> Failure {
    match Failure::from(stop) {
        Failure::Words(words) => Failure::NotSo(words),
        other => other,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use std::os::unix::fs::PermissionsExt;

    use clap::Parser;

    use super::*;
    use crate::cli::people::context;
    use crate::cli::{Config, init};

    #[derive(Parser)]
    enum Said {
        Init(init::Args),
        #[command(subcommand)]
        Node(NodeCommand),
        Package(PackageArgs),
        Take(TakeArgs),
        SetAside(SetAsideArgs),
    }

    /// Runs a command line at the installation of a folder.
    fn run(at: &Path, line: &str) -> Result<(), Failure> {
        let config = at.join("kedjan.toml").display().to_string();
        let words = ["kedjan"].into_iter().chain(line.split(' ')).chain(["--config", &config]);
        match Said::try_parse_from(words).map_err(|wrong| Failure::Words(wrong.to_string()))? {
            Said::Init(args) => init::run(&args),
            Said::Node(command) => node(&command),
            Said::Package(args) => package(&args),
            Said::Take(args) => take(&args),
            Said::SetAside(args) => set_aside(&args),
        }
    }

    fn installed(folder: &Path, name: &str) -> PathBuf {
        let at = folder.join(name);
        let words = ["kedjan", "init", "--dir", at.to_str().unwrap(), "--county", "10", "--login", "admin"];
        let Said::Init(args) = Said::try_parse_from(words).unwrap() else { panic!("said init") };
        init::run(&args).unwrap();
        at
    }

    fn key(at: &Path) -> String {
        let app = Config { config: at.join("kedjan.toml") }.open().unwrap();
        let own = unit_blocking(context(&app, None).unwrap(), |tx, cx| Ok(packages::nodes(tx, cx)?.into_inner()));
        own.unwrap().own.unwrap().key.to_string()
    }

    #[test]
    fn a_month_is_sent_from_one_installation_to_another_at_the_command_line() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (installed(folder.path(), "from"), installed(folder.path(), "to"));
        assert_eq!(run(&from, "node show").unwrap_err().status(), 1);
        run(&from, "node set Karlshamn --municipalities 1082").unwrap();
        run(&to, "node set Blekinge").unwrap();
        run(&from, &format!("node trust Blekinge --key {}", key(&to))).unwrap();
        run(&to, &format!("node trust Karlshamn --key {} --municipalities 1082", key(&from))).unwrap();
        for line in ["node show --json", "node list", "node list --json"] {
            run(&to, line).unwrap();
        }
        assert_eq!(run(&to, "node trust Fel --key x --counties 99").unwrap_err().status(), 2);

        let file = folder.path().join("month");
        let sent = format!("package --period 2026-01 --to Blekinge --out {}", file.display());
        run(&from, &sent).unwrap();
        assert_eq!(run(&from, &sent).unwrap_err().status(), 3, "the file is there already");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let other = folder.path().join("other");
        let again = format!("package --period 2026-01 --to Blekinge --out {}", other.display());
        assert_eq!(run(&from, &again).unwrap_err().status(), 1, "why it is replaced has to be said");
        assert!(!other.exists(), "and no file is left");
        run(&from, &format!("{again} --reason outcomes")).unwrap();

        let packages = folder.path().join("packages");
        std::fs::create_dir(&packages).unwrap();
        for file in [&file, &other] {
            std::fs::rename(file, packages.join(file.file_name().unwrap())).unwrap();
        }
        run(&to, &format!("take {}", packages.display())).unwrap();
        run(&to, &format!("take {}", packages.join("other").display())).unwrap();
        std::fs::write(packages.join("third"), "no package").unwrap();
        assert_eq!(run(&to, &format!("take {}", packages.display())).unwrap_err().status(), 1);
        run(&to, "set-aside --from Karlshamn --period 2026-01").unwrap();
        assert_eq!(run(&to, "set-aside --from Karlshamn --period 2026-01").unwrap_err().status(), 1, "none stands");
        assert_eq!(run(&to, "set-aside --from Nobody --period 2026-01").unwrap_err().status(), 1);
        run(&to, "node distrust Karlshamn").unwrap();
        assert_eq!(run(&to, &format!("take {}", packages.join("other").display())).unwrap_err().status(), 1);
    }
}
