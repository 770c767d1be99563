//! Holds the protector against the results of the best peer, and shows how its time grows.
//!
//! `cargo bench -p bench --bench compare -- peers DIR` reads the tables and `peer-results.csv` in DIR.
//! `cargo bench -p bench --bench compare -- growth` makes its own tables.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use disclosure::attack::Released;
use disclosure::csv::Source;
use disclosure::cube::Cube;
use disclosure::dimension::Dimension;
use disclosure::engine;
use disclosure::made::{self, Size};
use disclosure::problem::Role;
use disclosure::protect::{Plan, protect};
use disclosure::rule::{Rule, Zeros};
use kedjan::publication::shared_out;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["peers", folder] => peers(Path::new(folder), None),
        ["peers", folder, only] => peers(Path::new(folder), Some(only)),
        ["growth"] => growth(),
        // Run among the tests: it says that it measured nothing.
        [] => {
            println!("nothing was compared or measured: say `peers DIR` or `growth`");
            Ok(())
        }
        _ => Err("say `peers DIR` or `growth`".into()),
    }
}

/// A recorded table: its file, dimensions, count, and which columns are sums of which.
struct Recorded {
    name: &'static str,
    dimensions: &'static [&'static str],
    count: &'static str,
    /// A dimension and the columns with its groupings.
    groups: &'static [(&'static str, &'static [&'static str])],
    thresholds: &'static [u64],
}

const RECORDED: &[Recorded] = &[
    Recorded { name: "z1", dimensions: &["region", "hovedint"], count: "ant", groups: &[], thresholds: &[4, 5] },
    Recorded {
        name: "z2",
        dimensions: &["region", "hovedint"],
        count: "ant",
        groups: &[("region", &["fylke", "kostragr"])],
        thresholds: &[4, 5],
    },
    Recorded {
        name: "z3",
        dimensions: &["region", "hovedint", "mnd"],
        count: "ant",
        groups: &[("region", &["fylke", "kostragr"]), ("mnd", &["mnd2"])],
        thresholds: &[4, 5],
    },
    Recorded {
        name: "example1",
        dimensions: &["age", "geo", "year"],
        count: "freq",
        groups: &[("geo", &["eu"])],
        thresholds: &[4, 5],
    },
    Recorded {
        name: "muni_small",
        dimensions: &["muni", "sex", "age"],
        count: "freq",
        groups: &[("muni", &["county"])],
        thresholds: &[5],
    },
    Recorded {
        name: "muni_year",
        dimensions: &["muni", "sex", "age", "profession"],
        count: "freq",
        groups: &[("muni", &["county"])],
        thresholds: &[5],
    },
    Recorded {
        name: "muni_quarter",
        dimensions: &["muni", "sex", "age", "profession"],
        count: "freq",
        groups: &[("muni", &["county"])],
        thresholds: &[5],
    },
];

/// Reads a recorded table, whose hierarchies are columns beside the innermost code.
fn read(folder: &Path, recorded: &Recorded) -> Outcome<Cube> {
    let path = folder.join(recorded.name).with_extension("csv");
    let text = std::fs::read_to_string(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
    let rows: Vec<Vec<&str>> =
        text.lines().map(|line| line.split(',').map(|field| field.trim_matches('"')).collect()).collect();
    let header = rows.first().ok_or("an empty table")?;
    let column = |name: &str| header.iter().position(|there| *there == name).ok_or(format!("no column {name}"));
    let mut hierarchies = Vec::new();
    for (dimension, groups) in recorded.groups {
        let mut links = BTreeSet::new();
        let inner = column(dimension)?;
        for group in *groups {
            let outer = column(group)?;
            for row in rows.iter().skip(1) {
                if let (Some(child), Some(parent)) = (row.get(inner), row.get(outer)) {
                    links.insert((*child, *parent));
                    links.insert((*parent, "Total"));
                }
            }
        }
        hierarchies.push(Dimension::of_links(*dimension, &links.into_iter().collect::<Vec<_>>())?);
    }
    let mut kept: Vec<usize> = Vec::new();
    for name in recorded.dimensions.iter().chain(std::iter::once(&recorded.count)) {
        kept.push(column(name)?);
    }
    let line = |row: &Vec<&str>| kept.iter().filter_map(|at| row.get(*at).copied()).collect::<Vec<_>>().join(",");
    let table = rows.iter().map(line).collect::<Vec<_>>().join("\n");
    Ok(Cube::read(Source { name: recorded.name, bytes: table.as_bytes() }, recorded.count, hierarchies)?)
}

/// What GaussSuppression withheld by its recorded run: secondary cells and the sum of their counts.
fn recorded_run(results: &str, name: &str, threshold: u64, open: bool, method: &str) -> Option<(String, String)> {
    let protect_zeros = if open { "FALSE" } else { "TRUE" };
    results.lines().map(|line| line.split(',').map(|field| field.trim_matches('"')).collect::<Vec<_>>()).find_map(|f| {
        let wanted = [name, &(threshold - 1).to_string(), protect_zeros, method];
        let found = [f.first()?, f.get(2)?, f.get(3)?, f.get(4)?];
        let same = wanted.iter().zip(found).all(|(wanted, found)| wanted == found);
        same.then_some((f.get(7)?.to_string(), f.get(8)?.to_string()))
    })
}

fn peers(folder: &Path, only: Option<&str>) -> Outcome<()> {
    let results = std::fs::read_to_string(folder.join("peer-results.csv"))?;
    println!(
        "table threshold zeros | cells primary | equations alone: secondary sum s (R none) | proof against whole numbers: secondary leaks sent-back s (R default) | from outside: fallen s | against those alone too: secondary leaks left"
    );
    for recorded in RECORDED.iter().filter(|recorded| only.is_none_or(|only| only == recorded.name)) {
        let cube = read(folder, recorded)?;
        for threshold in recorded.thresholds {
            for zeros in [Zeros::Open, Zeros::Withheld] {
                let open = zeros == Zeros::Open;
                let rule = Rule { threshold: *threshold, zeros, alone: false };
                let begun = Instant::now();
                let (primary, secondary, sum) = equations_alone(&cube, rule)?;
                let first = begun.elapsed();
                let peer = |method| {
                    recorded_run(&results, recorded.name, *threshold, open, method).unwrap_or(("-".into(), "-".into()))
                };
                let (none, default) = (peer("none"), peer("default"));
                let begun = Instant::now();
                let protected = protect(&cube, &Plan::default(), rule, &shared_out)?;
                let whole = begun.elapsed();
                let released = Released::new(cube.shape(), protected.shown().to_vec(), open);
                let begun = Instant::now();
                let outside = shared_out(&released.parts(None)?);
                let from_outside = begun.elapsed();
                let fallen: usize = outside.iter().map(|finding| finding.fallen.len() + finding.undecided.len()).sum();
                let alone = protect(&cube, &Plan::default(), Rule { alone: true, ..rule }, &shared_out)?;
                println!(
                    "{} {threshold} {zeros:?} | {} {primary} | {secondary} {sum} {:.3} ({} {}) | {} {} {} {:.2} ({}) | {fallen} {:.2} | {} {} {}",
                    recorded.name,
                    cube.counts().len(),
                    first.as_secs_f64(),
                    none.0,
                    none.1,
                    protected.withheld().1,
                    protected.leaks().len(),
                    protected.protection().rounds,
                    whole.as_secs_f64(),
                    default.0,
                    from_outside.as_secs_f64(),
                    alone.withheld().1,
                    alone.leaks().len(),
                    alone.protection().told_to_one.len(),
                );
            }
        }
    }
    Ok(())
}

/// Primary cells, secondary cells and the sum of the secondary ones' counts, without the attacker.
fn equations_alone(cube: &Cube, rule: Rule) -> Outcome<(usize, usize, u64)> {
    let problem = cube.problem(|_, count| rule.role(count));
    let withheld = engine::protect(&problem, &engine::order(cube), &[])?;
    let primary = problem.roles().iter().filter(|role| **role == Role::Primary).count();
    let secondary = problem.roles().iter().zip(&withheld).zip(cube.counts());
    let counts = secondary.filter(|((role, withheld), _)| **withheld && **role == Role::Free).map(|(_, count)| *count);
    let counts: Vec<u64> = counts.collect();
    Ok((primary, counts.len(), counts.iter().sum()))
}

fn growth() -> Outcome<()> {
    println!(
        "cells | mean count, zeros | primary secondary | seconds of the engine alone, equations and order included"
    );
    // As dense as the recorded yearly table, and then larger tables with the same share of small counts or fewer.
    let sizes =
        [(21, [2, 4, 6], 0, 12.0), (21, [2, 4, 6], 4, 12.0), (21, [2, 6, 9], 4, 12.0), (21, [2, 12, 15], 4, 60.0)];
    for (counties, flat, quarters, mean) in sizes {
        for zeros in [Zeros::Open, Zeros::Withheld] {
            let cube = made::table(1, Size { counties, flat, quarters, mean })?;
            let begun = Instant::now();
            let (primary, secondary, _) = equations_alone(&cube, Rule { zeros, ..Rule::default() })?;
            let seconds = begun.elapsed().as_secs_f64();
            println!("{} | {mean} {zeros:?} | {primary} {secondary} | {seconds:.2}", cube.counts().len());
        }
    }
    Ok(())
}
