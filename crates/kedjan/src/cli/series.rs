//! The figures of others at the command line.

use std::path::{Path, PathBuf};

use super::people::console;
use super::units::the_authority;
use super::{Config, Failure, say, sheet};
use crate::access::Role;
use crate::app::{self, Cx};
use crate::reference;
use crate::series::{self, Draft, MOST_BYTES, Origin};
use chain::text::Lang;

#[derive(clap::Subcommand, Debug)]
pub(super) enum SeriesCommand {
    /// Take a file of figures in, or say all that is wrong with it. A workbook's first sheet is read too.
    Import(ImportArgs),
}

#[derive(clap::Args, Debug)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    config: Config,
    /// The file: CSV with the columns indikator, år, område, värde, enhet, källa and perhaps grupp, kön, n, anmärkning.
    file: PathBuf,
    /// Whose figures they are among: an authority, by name or id; the only one when not said.
    #[arg(long)]
    authority: Option<String>,
    /// Two digits: the county whose picture they belong to; the authority's when not said.
    #[arg(long)]
    county: Option<String>,
    /// What the figures are called; the name of the file when not said. A file of the same name takes the place of the last.
    #[arg(long)]
    name: Option<String>,
    /// Say whether it could be taken in, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(command: &SeriesCommand) -> Result<(), Failure> {
    let SeriesCommand::Import(args) = command;
    let app = args.config.open()?;
    let authority = the_authority(&app, args.authority.as_deref())?;
    let county = args.county.clone().or_else(|| authority.county.clone()).unwrap_or_default();
    if reference::county(&county).is_none() {
        return Err(Failure::Words("say which county with --county, two digits such as 10".to_owned()));
    }
    let name = args.name.clone().unwrap_or_else(|| named(&args.file));
    let (origin, bytes) = bytes(&args.file)?;
    let mut actor = console(authority.id);
    // The console stands for whoever keeps the picture.
    actor.role = Role::County;
    let cx = Cx::new(&app, actor, Lang::En)?;
    let draft = Draft::read(cx.lang, cx.now, &name, origin, &bytes).map_err(app::Stop::from)?;
    let only_try = args.dry_run;
    let taken =
        app::unit_blocking(cx, move |tx, cx| Ok(series::import(tx, cx, &county, &draft, only_try)?.into_inner()))?;
    if only_try {
        say(format_args!("{} figures could be taken in as version {} of {name}", taken.cells, taken.version))
    } else {
        say(format_args!("took in {} figures as version {} of {name}", taken.cells, taken.version))
    }
}

fn named(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn bytes(file: &Path) -> Result<(Origin, Vec<u8>), Failure> {
    if sheet::is_workbook(file) {
        return Ok((Origin::Workbook, sheet::text_of(file).map_err(Failure::Words)?));
    }
    let told = |cause: std::io::Error| Failure::Words(format!("{}: {cause}", file.display()));
    let size = std::fs::metadata(file).map_err(told)?.len();
    if size > MOST_BYTES as u64 {
        return Err(Failure::Words(format!("{}: the file has {size} bytes; it may have {MOST_BYTES}", file.display())));
    }
    Ok((Origin::Text, std::fs::read(file).map_err(told)?))
}
