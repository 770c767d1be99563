//! The command line: set-up, serving, checking and administration.
//!
//! What is asked for goes to standard output and all else to standard error. Exit status: 0 done; 1 done, and what was
//! asked for does not hold; 2 wrong words or settings; 3 a fault.

mod assemble;
mod check;
mod disclosure;
mod figures;
mod init;
mod keeping;
mod log;
pub mod methods;
mod nodes;
mod people;
mod series;
mod serve;
mod sheet;
mod shown;
mod sql;
mod surveys;
#[cfg(test)]
mod tests;
mod told;
mod units;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chain::text::Lang;
use clap::{Parser, Subcommand};

use crate::app::App;
use crate::settings::Settings;

pub use assemble::{AssembleError, open};
pub use told::{Failure, say};

/// Kedjan: the chain from discovery to support, held together across authorities.
#[derive(Parser, Debug)]
#[command(name = "kedjan", version, about, long_about = None)]
struct Words {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make a demo county with made-up people and serve it.
    Demo(crate::demo::Args),
    /// Set up an installation: settings, key, database, first authority and first administrator.
    Init(init::Args),
    /// Serve the pages and the API.
    Serve(Config),
    /// Say all that is wrong with an installation, at once.
    Check(check::Args),
    /// Keep the accounts of people who log in.
    #[command(subcommand)]
    User(people::UserCommand),
    /// Keep the API tokens of other systems.
    #[command(subcommand)]
    Token(people::TokenCommand),
    /// Keep units and what they receive.
    #[command(subcommand)]
    Unit(units::UnitCommand),
    /// Keep authorities.
    #[command(subcommand)]
    Authority(units::AuthorityCommand),
    /// Look at and check method files.
    #[command(subcommand)]
    Method(shown::MethodCommand),
    /// Verify and take out the tamper-evident log.
    #[command(subcommand)]
    Audit(log::AuditCommand),
    /// Print who may do what, as the policies decide it.
    Access,
    /// Verify and publish the figures, and pass tallies on to other installations.
    #[command(subcommand)]
    Statistics(figures::StatisticsCommand),
    /// Keep the nodes that packages of tallies go to and come from.
    #[command(subcommand)]
    Node(nodes::NodeCommand),
    /// Keep the figures of others in the situation picture.
    #[command(subcommand)]
    Series(series::SeriesCommand),
    /// Surveys: open, invite, remind, lock, tell.
    #[command(subcommand)]
    Survey(surveys::SurveyCommand),
    /// Verify all that is stored.
    #[command(subcommand)]
    Store(keeping::StoreCommand),
    /// Protect a frequency table so that it can be published.
    Protect(disclosure::ProtectArgs),
    /// Try to work out the withheld cells of a published table.
    Attack(disclosure::AttackArgs),
    /// What unpacks a workbook, held to so much memory and time.
    #[command(hide = true)]
    ReadSheet {
        /// The workbook.
        file: PathBuf,
    },
    /// Copy a running or stopped store to a new file, without the people's keys.
    Backup(keeping::File),
    /// Put a backup in the place that the settings name, which must be empty.
    Restore(keeping::File),
    /// Erase what is past its time, and hold what must be kept.
    #[command(subcommand)]
    Retention(keeping::RetentionCommand),
}

/// A language on the command line.
fn lang(text: &str) -> Result<Lang, String> {
    crate::http::lang_of(text).ok_or_else(|| "write sv or en".to_owned())
}

/// Which installation.
#[derive(clap::Args, Clone, Debug)]
pub struct Config {
    /// The settings file.
    #[arg(long, default_value = "kedjan.toml")]
    config: PathBuf,
}

impl Config {
    fn settings(&self) -> Result<Settings, Failure> {
        Settings::read(&self.config, environment())
            .map_err(|wrong| Failure::Words(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
    }

    fn open(&self) -> Result<Arc<App>, Failure> {
        Ok(open(self.settings()?)?)
    }
}

/// The environment as text; what is no text is no setting.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Does what the words of the command line say.
pub fn run() -> ExitCode {
    let done = match Words::parse().command {
        Command::Demo(args) => return demo(&args),
        Command::Init(args) => init::run(&args),
        Command::Serve(config) => serve::run(&config),
        Command::Check(args) => check::run(&args),
        Command::User(command) => people::user(&command),
        Command::Token(command) => people::token(&command),
        Command::Unit(command) => units::unit(&command),
        Command::Authority(command) => units::authority(&command),
        Command::Method(command) => shown::run(&command),
        Command::Audit(command) => log::run(&command),
        Command::Access => access(),
        Command::Statistics(command) => figures::run(&command),
        Command::Node(command) => nodes::node(&command),
        Command::Series(command) => series::run(&command),
        Command::Survey(command) => surveys::run(&command),
        Command::Store(command) => keeping::store(&command),
        Command::Protect(args) => disclosure::run_protect(&args),
        Command::Attack(args) => disclosure::run_attack(&args),
        Command::ReadSheet { file } => sheet::print(&file),
        Command::Backup(args) => keeping::backup(&args),
        Command::Restore(args) => keeping::restore(&args),
        Command::Retention(command) => keeping::retention(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            told::complain(&failure);
            ExitCode::from(failure.status())
        }
    }
}

fn access() -> Result<(), Failure> {
    let policies = crate::access::Policies::shipped().map_err(|wrong| Failure::Words(wrong.to_string()))?;
    say(format_args!("{}", crate::access::matrix(&policies).trim_end()))
}

fn demo(args: &crate::demo::Args) -> ExitCode {
    match crate::demo::run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            told::complain(&error);
            ExitCode::from(error.status())
        }
    }
}
