//! `kedjan-bench`: measures the running product and writes what it found. `docs/performance.md` says how each figure is
//! measured and what it does not say; `cargo xtask bench` builds both programs and runs this one.

mod bare;
mod figure;
mod ground;
mod load;
mod machine;
mod nation;
mod own_work;
mod run;
mod server;
mod size;
mod sql;
mod tables;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use figure::Figure;

/// Measures how quick the running product is.
#[derive(Parser)]
#[command(name = "kedjan-bench")]
struct Arguments {
    /// How many chains the county has that is measured on.
    #[arg(long, default_value_t = 300_000)]
    cases: u64,
    /// A run of seconds that shows that the bench itself works; its figures are not held against the goals.
    #[arg(long)]
    short: bool,
    /// Only this part: product, tables, nation or sizes.
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// Measures on PostgreSQL too: an empty database at this address, where nothing is promised.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// The `kedjan` program to measure.
    #[arg(long)]
    kedjan: PathBuf,
    /// Where stores are kept between runs, and `bench.json` beside the folder.
    #[arg(long)]
    out: PathBuf,
}

/// A part of the bench that can be run alone.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The running product.
    Product,
    /// Protecting tables.
    Tables,
    /// Ten years of a nation.
    Nation,
    /// A small store and a very large one.
    Sizes,
}

/// How much is measured.
pub struct Extent {
    /// The chains of the county.
    pub cases: u64,
    /// The chains of the county on PostgreSQL, where making them takes longer.
    pub postgres_cases: u64,
    /// How long a load runs before times are taken, and how long they are.
    pub warm: Duration,
    /// See `warm`.
    pub window: Duration,
    /// How many times the server is started.
    pub starts: usize,
    /// How many runs of the same work are timed in this process.
    pub rounds: usize,
    /// How many steps the bare database is given.
    pub traced: usize,
    /// The small and the large store.
    pub sizes: (i64, i64),
    /// Whether ten years of a nation are counted, which takes minutes to make.
    pub nation: bool,
}

impl Extent {
    fn of(arguments: &Arguments) -> Extent {
        let millis = Duration::from_millis;
        if arguments.short {
            return Extent {
                cases: arguments.cases.min(5_000),
                postgres_cases: 500,
                warm: millis(200),
                window: millis(1000),
                starts: 2,
                rounds: 100,
                traced: 400,
                sizes: (3_000, 30_000),
                nation: false,
            };
        }
        Extent {
            cases: arguments.cases,
            postgres_cases: arguments.cases.min(10_000),
            warm: millis(3_000),
            window: millis(20_000),
            starts: 5,
            rounds: 1_000,
            traced: 20_000,
            sizes: (3_000, 3_000_000),
            nation: true,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match measure(&arguments) {
        Ok(missed) if missed == 0 || arguments.short => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(3)
        }
    }
}

/// Measures everything, tells it, and gives the number of goals that were missed.
fn measure(arguments: &Arguments) -> anyhow::Result<usize> {
    let (since, extent) = (Instant::now(), Extent::of(arguments));
    std::fs::create_dir_all(&arguments.out).with_context(|| format!("cannot make {}", arguments.out.display()))?;
    for fact in machine::facts() {
        println!("{fact}");
    }
    let mut table = Table { figures: Vec::new(), judged: !arguments.short };
    let (kedjan, out) = (&arguments.kedjan, &arguments.out);
    let wanted = |part| arguments.only.is_none_or(|only| only == part);
    table.add(machine::sync_rate(out, extent.warm.max(Duration::from_millis(500)))?);
    if wanted(Part::Product) {
        run::embedded(kedjan, out, &extent, &mut table)?;
    }
    if wanted(Part::Tables) {
        table.add(tables::protecting(arguments.short)?);
    }
    if wanted(Part::Nation) {
        run::nation(kedjan, out, &extent, &mut table)?;
    }
    if wanted(Part::Sizes) {
        run::sizes(kedjan, out, &extent, &mut table)?;
    }
    if let Some(url) = &arguments.postgres {
        run::postgres(kedjan, out, url, &extent, &mut table)?;
    }
    table.write(&arguments.out.with_extension("json"))?;
    let missed = table.figures.iter().filter(|figure| figure.met() == Some(false)).count();
    println!("{} figures in {} s, {missed} goals missed", table.figures.len(), since.elapsed().as_secs());
    Ok(missed)
}

/// The figures of a run, told as they come.
pub struct Table {
    figures: Vec<Figure>,
    /// Whether figures are held against their goals.
    judged: bool,
}

impl Table {
    /// Adds figures and prints them.
    pub fn add(&mut self, figures: impl IntoIterator<Item = Figure>) {
        for figure in figures {
            let figure = if self.judged { figure } else { Figure { goal: None, ..figure } };
            println!("{}", figure.line());
            self.figures.push(figure);
        }
    }

    fn write(&self, path: &std::path::Path) -> anyhow::Result<()> {
        let all: Vec<_> = self.figures.iter().map(Figure::json).collect();
        let text = serde_json::to_string_pretty(&all)?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}
