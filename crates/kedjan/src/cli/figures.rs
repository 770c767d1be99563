//! Figures at the command line.

use super::{Config, Failure, say};
use crate::statistics;

#[derive(clap::Subcommand, Debug)]
pub(super) enum StatisticsCommand {
    /// Rebuild the tallies from the cases and compare; exit status 1 and each difference when they are not equal.
    Verify(Config),
    /// Make a package of a month's tallies for another node.
    Package(super::nodes::PackageArgs),
    /// Take packages of other nodes; exit status 1 when one is refused, with all that is wrong with it.
    Take(super::nodes::TakeArgs),
}

pub(super) fn run(command: &StatisticsCommand) -> Result<(), Failure> {
    let config = match command {
        StatisticsCommand::Verify(config) => config,
        StatisticsCommand::Package(args) => return super::nodes::package(args),
        StatisticsCommand::Take(args) => return super::nodes::take(args),
    };
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
