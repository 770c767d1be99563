//! Protecting any frequency table, and attacking what is published, at the command line.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ::disclosure::attack::{Part, Released, Shown};
use ::disclosure::csv::Source;
use ::disclosure::cube::{Cube, Shape};
use ::disclosure::dimension::Dimension;
use ::disclosure::mistake::Mistakes;
use ::disclosure::protect::{Plan, Protected, protect};
use ::disclosure::release::{self, Published};
use ::disclosure::rule::{Rule, Zeros};
use serde_json::json;

use super::told::{complain, say_json};
use super::{Failure, say, sheet};
use crate::publication::shared_out;

#[derive(clap::Args, Debug)]
pub(super) struct ProtectArgs {
    /// The innermost cells: a CSV, or a workbook's first sheet, with one column for each dimension and one for the count.
    table: PathBuf,
    /// A dimension's hierarchy: a CSV with the columns child and parent. Without one a dimension has a single total.
    #[arg(long, value_name = "DIM=FILE", value_parser = hierarchy)]
    hierarchy: Vec<(String, PathBuf)>,
    /// The column of counts.
    #[arg(long)]
    count: String,
    /// Counts from 1 to one below this are withheld.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    threshold: u64,
    /// Whether zeros are shown.
    #[arg(long, value_enum, default_value = "open")]
    zeros: ShowZeros,
    /// Keep small counts also from those who know that they are alone in another cell.
    #[arg(long)]
    alone: bool,
    /// Tables over the same cells that are published already; they are kept to.
    #[arg(long, value_name = "PUBLISHED.csv")]
    fixed: Vec<PathBuf>,
    /// Go on when counts have changed since they were published: a changed count is shown only where the change is not
    /// itself a small count.
    #[arg(long)]
    revised: bool,
    /// The table that may be published.
    #[arg(long)]
    out: PathBuf,
    /// The same with all counts and the reason why each is withheld, for the house only.
    #[arg(long)]
    detail: Option<PathBuf>,
    /// What was done, as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
    /// The report on standard output, as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct AttackArgs {
    /// A published table, as `kedjan protect` writes it.
    table: PathBuf,
    /// A dimension's hierarchy, as it was given to `kedjan protect`.
    #[arg(long, value_name = "DIM=FILE", value_parser = hierarchy)]
    hierarchy: Vec<(String, PathBuf)>,
    /// Other published tables or editions over the same people.
    #[arg(long, value_name = "OTHER.csv")]
    also: Vec<PathBuf>,
    /// The column of counts; found by itself otherwise.
    #[arg(long)]
    count: Option<String>,
    /// Whether zeros are shown by the rule; without this word they are when the table shows one.
    #[arg(long, value_enum)]
    zeros: Option<ShowZeros>,
    /// Changes between editions smaller than this count as worked out.
    #[arg(long, default_value_t = 5)]
    threshold: u64,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum ShowZeros {
    /// Zeros are published.
    Open,
    /// Zeros are withheld like small counts.
    Withheld,
}

fn hierarchy(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.to_owned(), PathBuf::from(file))),
        _ => Err("write DIMENSION=FILE".to_owned()),
    }
}

/// How long it may be silent.
const PATIENCE: Duration = Duration::from_secs(5);

/// Mistakes in several files, collected so that all are said at once.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn take<T>(&mut self, read: Result<T, Mistakes>) -> Option<T> {
        read.map_err(|mistakes| self.0.push(mistakes.to_string())).ok()
    }

    fn file(&mut self, path: &Path) -> Option<Vec<u8>> {
        if sheet::is_workbook(path) {
            return sheet::text_of(path).map_err(|cause| self.0.push(cause)).ok();
        }
        std::fs::read(path).map_err(|cause| self.0.push(format!("{}: {cause}", path.display()))).ok()
    }

    fn hierarchies(&mut self, given: &[(String, PathBuf)]) -> Vec<Dimension> {
        let mut read = Vec::new();
        for (name, path) in given {
            let bytes = self.file(path);
            let dimension = bytes.and_then(|bytes| {
                self.take(Dimension::read(name, Source { name: &path.display().to_string(), bytes: &bytes }))
            });
            read.extend(dimension);
        }
        read
    }

    fn end(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Words(self.0.join("\n"))) }
    }
}

pub(super) fn run_protect(args: &ProtectArgs) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut wrong = Wrong::default();
    let hierarchies = wrong.hierarchies(&args.hierarchy);
    let whole = wrong.0.is_empty();
    let bytes = wrong.file(&args.table);
    let name = args.table.display().to_string();
    // With a broken hierarchy its dimension is read as if it had none, so that the rest is said too.
    let cube = bytes
        .and_then(|bytes| wrong.take(Cube::read(Source { name: &name, bytes: &bytes }, &args.count, hierarchies)))
        .filter(|_| whole);
    let mut earlier = Vec::new();
    for path in &args.fixed {
        let (Some(bytes), Some(cube)) = (wrong.file(path), &cube) else { continue };
        let source = Source { name: &path.display().to_string(), bytes: &bytes };
        let Some(table) = wrong.take(release::read(source, &args.count, cube.shape().dimensions())) else { continue };
        if !args.revised {
            wrong.take(table.agrees(cube));
        }
        earlier.push(table);
    }
    wrong.end()?;
    let Some(cube) = cube else { return Err(Failure::Words(format!("{name}: nothing to protect"))) };
    let zeros = if args.zeros == ShowZeros::Open { Zeros::Open } else { Zeros::Withheld };
    let rule = Rule { threshold: args.threshold, zeros, alone: args.alone };
    let done = Run { args, cube, rule, earlier, read: begun.elapsed() }.protect();
    if done.is_err() {
        // What an earlier run left there does not hold for this table.
        match std::fs::remove_file(&args.out) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                complain(&format_args!("{}: {cause}", args.out.display()));
            }
            _ => {}
        }
    }
    done
}

struct Run<'a> {
    args: &'a ProtectArgs,
    cube: Cube,
    rule: Rule,
    earlier: Vec<Published>,
    read: Duration,
}

impl Run<'_> {
    fn protect(&self) -> Result<(), Failure> {
        let shape = self.cube.shape();
        let cells = self.earlier.iter().flat_map(|table| &table.cells);
        let earlier = cells.map(|(ranks, _, shown)| (shape.cell(ranks), *shown)).collect();
        let begun = Instant::now();
        // The time spent in attacks, and when it was last told how it goes.
        let attacks = Mutex::new((Duration::ZERO, begun));
        let examine = |parts: &[Part]| {
            let since = Instant::now();
            let findings = shared_out(parts);
            if let Ok(mut sum) = attacks.lock() {
                sum.0 += since.elapsed();
                if sum.1.elapsed() > PATIENCE {
                    sum.1 = Instant::now();
                    let fallen: usize = findings.iter().map(|finding| finding.fallen.len()).sum();
                    let seconds = begun.elapsed().as_secs();
                    complain(&format_args!("{seconds} s: attacked again, {fallen} cells fell in the parts looked at"));
                }
            }
            findings
        };
        let plan = Plan { earlier, ..Plan::default() };
        let protected = protect(&self.cube, &plan, self.rule, &examine).map_err(|refused| {
            Failure::NotSo(format!("cannot be protected: {refused}\n{}", named(shape, &refused.0)))
        })?;
        let all = begun.elapsed();
        let attacked = attacks.lock().map(|sum| sum.0).unwrap_or_default();
        let public = release::public(&self.cube, &protected);
        let begun = Instant::now();
        let leaks = if protected.leaks().is_empty() { self.last_look(&public)? } else { protected.leaks().to_vec() };
        let seconds = json!({
            "read": self.read.as_secs_f64(),
            "engine": all.saturating_sub(attacked).as_secs_f64(),
            "attack": attacked.as_secs_f64(),
            "last_look": begun.elapsed().as_secs_f64(),
        });
        let report = self.report(&protected, &leaks, &seconds);
        if let Some(path) = &self.args.report {
            write(path, &format!("{report:#}\n"))?;
        }
        if self.args.json {
            say_json(&report)?;
        }
        if !leaks.is_empty() {
            let names = named(shape, &leaks);
            return Err(Failure::NotSo(format!("the attacker still works out {} cells\n{names}", leaks.len())));
        }
        if let Some(path) = &self.args.detail {
            write(path, &release::detail(&self.cube, &protected))?;
        }
        write(&self.args.out, &public)?;
        let (primary, secondary) = protected.withheld();
        complain(&format_args!(
            "{} cells, {primary} withheld as small and {secondary} to protect them; the attacker works out none",
            shape.len()
        ));
        Ok(())
    }

    /// Reads what is to be published as the public will, beside what was published before, and attacks it once more.
    fn last_look(&self, public: &str) -> Result<Vec<u32>, Failure> {
        let shape = self.cube.shape();
        let source = Source { name: "the table to be published", bytes: public.as_bytes() };
        let read = release::read(source, self.cube.count_name(), shape.dimensions());
        let table = read.map_err(|mistakes| Failure::Fault(mistakes.to_string()))?;
        let together = release::together(shape, std::slice::from_ref(&table));
        let released = Released::new(shape, together.shown, self.rule.zeros_open());
        let parts = released.parts(Some(self.cube.counts())).map_err(|wrong| Failure::Fault(wrong.to_string()))?;
        let findings = shared_out(&parts);
        let fallen = findings.iter().flat_map(|finding| finding.fallen.iter().map(|fallen| fallen.cell));
        let undecided = findings.iter().flat_map(|finding| finding.undecided.iter().copied());
        let all = [self.earlier.as_slice(), std::slice::from_ref(&table)].concat();
        let betrayed = release::together(shape, &all).betrayed;
        // What was open with another count before is no longer what is withheld now.
        let same = |(cell, count): &(usize, u64)| self.cube.counts().get(*cell) == Some(count);
        let betrayed = betrayed.into_iter().filter(same).filter_map(|(cell, _)| u32::try_from(cell).ok());
        Ok(fallen.chain(undecided).chain(betrayed).collect())
    }

    fn report(&self, protected: &Protected, leaks: &[u32], seconds: &serde_json::Value) -> serde_json::Value {
        let (primary, secondary) = protected.withheld();
        let widths: Vec<_> =
            protected.widths().into_iter().map(|(width, cells)| json!({"width": width, "cells": cells})).collect();
        let zeros = if self.rule.zeros_open() { release::OPEN } else { release::WITHHELD };
        json!({
            "method": "cell suppression: equations modulo 2^61-1, whole-number attack, repair",
            "rule": { "threshold": self.rule.threshold, "zeros": zeros, "alone": self.rule.alone },
            "cells": self.cube.shape().len(),
            "primary": primary,
            "secondary": secondary,
            "changed_since_published": protected.changed,
            "seconds": seconds,
            "widths": widths,
            "audit": {
                "verdict": if leaks.is_empty() { "holds" } else { "leaks" },
                "leaks": leaks.iter().map(|cell| codes(self.cube.shape(), *cell)).collect::<Vec<_>>(),
                "told_to_one": protected.protection().told_to_one.iter().map(|c| codes(self.cube.shape(), *c)).collect::<Vec<_>>(),
                "sent_back": protected.protection().rounds,
            },
        })
    }
}

/// Writes a whole file or none.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let done = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    if done.is_err() {
        // It may not be there at all; the first cause is the one that is told.
        let _ = std::fs::remove_file(&part);
    }
    done.map_err(Failure::while_doing(path.display()))
}

fn codes(shape: &Shape, cell: u32) -> String {
    let codes = shape.codes(cell as usize);
    let pairs: Vec<String> =
        shape.dimensions().iter().zip(codes).map(|(dimension, code)| format!("{}={code}", dimension.name())).collect();
    pairs.join(" ")
}

fn named(shape: &Shape, cells: &[u32]) -> String {
    cells.iter().map(|cell| codes(shape, *cell)).collect::<Vec<_>>().join("\n")
}

pub(super) fn run_attack(args: &AttackArgs) -> Result<(), Failure> {
    let mut wrong = Wrong::default();
    let hierarchies = wrong.hierarchies(&args.hierarchy);
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for path in std::iter::once(&args.table).chain(&args.also) {
        files.extend(wrong.file(path).map(|bytes| (path.display().to_string(), bytes)));
    }
    let sources: Vec<Source<'_>> = files.iter().map(|(name, bytes)| Source { name, bytes }).collect();
    let known = wrong.take(release::dimensions(&sources, args.count.as_deref(), hierarchies));
    let mut tables = Vec::new();
    let mut shape = None;
    if let Some((dimensions, count)) = known {
        for source in &sources {
            tables.extend(wrong.take(release::read(*source, &count, &dimensions)));
        }
        shape = wrong.take(Shape::new(&args.table.display().to_string(), dimensions));
    }
    wrong.end()?;
    let Some(shape) = shape else { return Err(Failure::Words("nothing to attack".to_owned())) };
    let mut found = attack(args, &shape, &tables)?;
    found.sort();
    found.dedup();
    if args.json {
        let list: Vec<_> = found
            .iter()
            .map(|(cell, value, argument)| json!({"cell": codes(&shape, *cell), "value": value, "argument": argument}))
            .collect();
        say_json(&json!({ "fallen": list }))?;
    } else {
        for (cell, value, argument) in &found {
            say(format_args!("{} is {value}: {argument}", codes(&shape, *cell)))?;
        }
    }
    match found.len() {
        0 if args.json => Ok(()),
        0 => say("no withheld cell can be worked out"),
        n => Err(Failure::NotSo(format!("{n} cells can be worked out"))),
    }
}

type Worked = (u32, u64, String);

/// Attacks the tables together; when they are editions with different counts, each by itself, and the changes.
fn attack(args: &AttackArgs, shape: &Shape, tables: &[Published]) -> Result<Vec<Worked>, Failure> {
    let all = release::together(shape, tables);
    let mut found: Vec<Worked> = Vec::new();
    let as_cell = |cell: usize| u32::try_from(cell).unwrap_or(u32::MAX);
    for (cell, count) in &all.betrayed {
        found.push((as_cell(*cell), *count, "it is open in another table".to_owned()));
    }
    for (cell, one, other) in all.changed.iter().filter(|(_, one, other)| one.abs_diff(*other) < args.threshold) {
        let argument = format!("the change between the editions, from {one} to {other}");
        found.push((as_cell(*cell), one.abs_diff(*other), argument));
    }
    let groups: Vec<&[Published]> = if all.changed.is_empty() { vec![tables] } else { tables.chunks(1).collect() };
    for group in groups {
        let shown = release::together(shape, group).shown;
        let zero = shown.contains(&Shown::Open(0));
        let zeros_open = args.zeros.map_or(zero, |zeros| zeros == ShowZeros::Open);
        let released = Released::new(shape, shown, zeros_open);
        let parts = released.parts(None).map_err(|wrong| {
            Failure::NotSo(format!(
                "the published figures contradict each other\n{}: {wrong}",
                codes(shape, wrong.cell)
            ))
        })?;
        let findings = shared_out(&parts);
        if findings.iter().any(|finding| finding.impossible) {
            let told = "the published figures contradict each other: no whole, non-negative counts fit them";
            return Err(Failure::NotSo(told.to_owned()));
        }
        let undecided: usize = findings.iter().map(|finding| finding.undecided.len()).sum();
        if undecided > 0 {
            complain(&format_args!("{undecided} withheld cells could not be settled within the limits of the search"));
        }
        for fallen in findings.into_iter().flat_map(|finding| finding.fallen) {
            let mut argument = fallen.argument.to_string();
            if fallen.because.len() > 1 {
                argument.push_str(", since this sum is known and its other cells are known or can be no less:");
                for (cell, factor) in &fallen.because {
                    // Writing to a string cannot fail.
                    let _ = write!(argument, " {factor:+} × ({})", codes(shape, *cell));
                }
            }
            found.push((fallen.cell, fallen.value, argument));
        }
    }
    Ok(found)
}
