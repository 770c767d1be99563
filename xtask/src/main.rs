//! Kedjan's habits: `cargo xtask test`, `tidy`, `bench`, `torture`, `fuzz`, `deny` and `sbom`.

mod bench;
mod deny;
mod fuzz;
mod parts;
mod sbom;
mod servers;
mod tidy;
mod tools;
mod torture;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Kedjan's habits.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    habit: Habit,
}

#[derive(Subcommand)]
enum Habit {
    /// Runs all tests: format, tidy, lints, tests on both databases, examples, the browser. Brings what they need.
    Test {
        /// Runs only this part; may be given several times.
        #[arg(long, value_name = "PART")]
        only: Vec<String>,
        /// Goes on with the next part after one has failed.
        #[arg(long)]
        keep_going: bool,
    },
    /// Checks the walls of the house over all files.
    Tidy,
    /// Checks licences, banned crates and known faults of all that is built in.
    Deny,
    /// Lists what the program is made of, as CycloneDX, into target/sbom.json.
    Sbom,
    /// Measures how quick the running product is, and writes target/bench.json.
    Bench(bench::Arguments),
    /// Kills, fills, cuts off and damages the running product, and looks whether anything acknowledged is lost or doubled.
    Torture(torture::Arguments),
    /// What `torture` runs on the machine whose power it cuts.
    #[command(hide = true)]
    TortureGuest(torture::GuestArguments),
    /// Throws input at every parser for a while and says what broke.
    Fuzz(fuzz::Arguments),
}

/// The root of the repository: the folder above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

fn main() -> ExitCode {
    let done = match Arguments::parse().habit {
        Habit::Test { only, keep_going } => parts::run(&root(), &only, keep_going),
        Habit::Sbom => sbom::run(&root()),
        Habit::Deny => deny::run(&root()),
        Habit::Tidy => tidy::run(&root()).map(|faults| faults == 0),
        Habit::Bench(arguments) => bench::run(&root(), &arguments),
        Habit::Torture(arguments) => torture::run(&root(), &arguments),
        Habit::TortureGuest(arguments) => torture::guest(&arguments),
        Habit::Fuzz(arguments) => fuzz::run(&root(), &arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
