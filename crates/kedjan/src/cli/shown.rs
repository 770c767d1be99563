//! Method files shown and checked at the command line.

use std::path::PathBuf;

use chain::graph;
use chain::method::{Library, Method, Mistake};
use chain::text::Lang;
use serde_json::json;

use super::methods::{self, File, Files};
use super::told::say_json;
use super::{AssembleError, Failure, assemble, lang, say};
use crate::settings::Settings;

/// Which methods: the shipped ones, or those of an installation.
#[derive(clap::Args, Debug)]
pub(super) struct Of {
    /// The settings file of an installation, for its own methods too.
    #[arg(long)]
    config: Option<PathBuf>,
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum MethodCommand {
    /// List the methods.
    List {
        #[command(flatten)]
        of: Of,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check method files: all that is wrong, with file, line and a proposal. Exit status 1 when something is.
    Check {
        /// The files; one that builds on a shipped method is checked together with it.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a method in words.
    Show {
        #[command(flatten)]
        of: Of,
        /// The method's id.
        id: String,
        /// sv or en.
        #[arg(long, default_value = "sv", value_parser = lang)]
        lang: Lang,
    },
    /// Draw a method.
    Graph {
        #[command(flatten)]
        of: Of,
        /// The method's id.
        id: String,
        /// As a picture, or as text for Mermaid.
        #[arg(long, value_enum, default_value = "svg")]
        format: Format,
        /// sv or en.
        #[arg(long, default_value = "sv", value_parser = lang)]
        lang: Lang,
    },
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub(super) enum Format {
    /// A picture.
    Svg,
    /// Text for Mermaid.
    Mermaid,
}

pub(super) fn run(command: &MethodCommand) -> Result<(), Failure> {
    match command {
        MethodCommand::List { of, json } => list(of, *json),
        MethodCommand::Check { files, json } => check(files, *json),
        MethodCommand::Show { of, id, lang } => show(method(&library(of)?, id)?, *lang),
        MethodCommand::Graph { of, id, format, lang } => {
            let library = library(of)?;
            let method = method(&library, id)?;
            let drawn = match format {
                Format::Svg => graph::svg(method, *lang),
                Format::Mermaid => graph::mermaid(method, *lang),
            };
            say(drawn.trim_end())
        }
    }
}

fn library(of: &Of) -> Result<Library, Failure> {
    let own = match &of.config {
        None => Vec::new(),
        Some(path) => {
            let settings = Settings::read(path, super::environment()).map_err(|wrong| {
                Failure::Words(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            })?;
            assemble::own_files(&settings)?
        }
    };
    let all = methods::arrange(own).map_err(AssembleError::Methods)?;
    let sound = assemble::parse_all(&all)?.into_iter().map(|(method, _)| method).collect();
    Ok(Library::new(sound).map_err(AssembleError::Methods)?)
}

fn method<'l>(library: &'l Library, id: &str) -> Result<&'l Method, Failure> {
    library.current(id).ok_or_else(|| {
        let ids: Vec<&str> = library.methods().map(|method| method.id.as_str()).collect();
        Failure::Words(format!("there is no method `{id}`; there are {}", ids.join(", ")))
    })
}

fn list(of: &Of, as_json: bool) -> Result<(), Failure> {
    let library = library(of)?;
    if as_json {
        let all: Vec<_> = library
            .methods()
            .map(|m| json!({ "id": m.id, "version": m.version, "name": { "sv": m.name.sv, "en": m.name.en } }))
            .collect();
        return say_json(&json!({ "methods": all }));
    }
    library.methods().try_for_each(|m| say(format_args!("{}\t{}\t{}", m.id, m.version, m.name.sv)))
}

fn check(paths: &[PathBuf], as_json: bool) -> Result<(), Failure> {
    let mut files = Vec::new();
    for path in paths {
        files.push(methods::read(path).map_err(|cause| Failure::Words(format!("{}: {cause}", path.display())))?);
    }
    let mistakes = mistakes(files);
    if as_json {
        let all: Vec<_> = mistakes
            .iter()
            .map(|m| {
                json!({ "file": m.file, "line": m.line, "column": m.column, "message": m.message, "proposal": m.proposal })
            })
            .collect();
        say_json(&json!({ "mistakes": all }))?;
    } else {
        mistakes.iter().try_for_each(say)?;
    }
    match mistakes.len() {
        0 => Ok(()),
        1 => Err(Failure::NotSo("one mistake".into())),
        n => Err(Failure::NotSo(format!("{n} mistakes"))),
    }
}

/// All mistakes of files, together with the shipped ones that they do not take the place of.
fn mistakes(files: Vec<File>) -> Vec<Mistake> {
    let all: Vec<Files> = match methods::arrange_instead(files) {
        Ok(all) => all,
        Err(mistakes) => return mistakes,
    };
    match assemble::parse_all(&all) {
        Ok(sound) => Library::new(sound.into_iter().map(|(method, _)| method).collect()).err().unwrap_or_default(),
        Err(AssembleError::Methods(mistakes)) => mistakes,
        Err(_) => Vec::new(),
    }
}

fn show(method: &Method, lang: Lang) -> Result<(), Failure> {
    say(format_args!("{} ({}, version {})", method.name.get(lang), method.id, method.version))?;
    say(method.about.get(lang))?;
    for step in method.steps() {
        let party = method.party(&step.by).map_or(step.by.as_str(), |party| party.name.get(lang));
        say(format_args!("\n{} ({}): {party}", step.name.get(lang), step.id))?;
        for outcome in &step.outcomes {
            say(format_args!("  {} ({})", outcome.name.get(lang), outcome.id))?;
        }
    }
    say("")?;
    for clock in method.clocks() {
        say(format_args!("{} ({}): {}", clock.name.get(lang), clock.id, clock.ground.get(lang)))?;
    }
    Ok(())
}
