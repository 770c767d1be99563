//! Surveys at the command line.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chain::method::{Mistake, Source};
use chain::survey::{Questionnaire, percent};
use chain::text::Lang;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::methods::{self, File};
use super::people::Whose;
use super::told::say_json;
use super::{Failure, lang, say};
use crate::app::{Cx, unit_blocking};
use crate::surveys::{self, Asked, NewRound, Outcome, RoundView};

#[derive(clap::Args, Debug)]
pub(super) struct OfRound {
    /// The round, such as county_boards-2025, or its id.
    round: String,
    #[command(flatten)]
    whose: Whose,
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum SurveyCommand {
    /// List the questionnaires and the rounds of an authority.
    List {
        #[command(flatten)]
        whose: Whose,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check questionnaires: all that is wrong, with file, line and a proposal. Exit status 1 when something is.
    Check {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Open a questionnaire for a year. Nothing is sent.
    Open {
        /// A questionnaire by its id, or a file.
        questionnaire: String,
        /// The year that is asked about.
        #[arg(long)]
        year: i16,
        /// The last day to answer, YYYY-MM-DD.
        #[arg(long)]
        last_day: Date,
        /// Who is asked: a CSV with name, address of a function, and code of the county or municipality. Those that the directory
        /// has when not said.
        #[arg(long)]
        to: Option<PathBuf>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Invite everybody who has not been: the running installation sends the letters, or the links are written to a file.
    Invite {
        #[command(flatten)]
        of: OfRound,
        /// Write links to a new file that only its owner can read, to be sent in another way: name, address, link.
        #[arg(long)]
        links: Option<PathBuf>,
    },
    /// Remind those who have not answered, at most as often as the questionnaire says, and say who they are.
    Remind {
        #[command(flatten)]
        of: OfRound,
    },
    /// How many have come how far, and who.
    Status {
        #[command(flatten)]
        of: OfRound,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lock a round before its last day: nothing changes after that.
    Lock {
        #[command(flatten)]
        of: OfRound,
    },
    /// Write the fact sheet. Exit status 1 when the round is not locked, or texts are not coded: then it is preliminary.
    Sheet {
        #[command(flatten)]
        of: OfRound,
        /// sv or en.
        #[arg(long, default_value = "sv", value_parser = lang)]
        lang: Lang,
        /// The file: .html or .md. On standard output as Markdown when not said.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Write the results, or the answers of each who answered.
    Export {
        #[command(flatten)]
        of: OfRound,
        /// csv or xlsx.
        #[arg(long, value_enum, default_value = "csv")]
        format: Format,
        /// sv or en.
        #[arg(long, default_value = "sv", value_parser = lang)]
        lang: Lang,
        /// The answers of each who answered, instead of the results.
        #[arg(long)]
        answers: bool,
        /// The file; standard output when not said.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Text for spreadsheets.
    Csv,
    /// A workbook.
    Xlsx,
}

pub(super) fn run(command: &SurveyCommand) -> Result<(), Failure> {
    match command {
        SurveyCommand::List { whose, json } => list(whose, *json),
        SurveyCommand::Check { files, json } => check(files, *json),
        SurveyCommand::Open { questionnaire, year, last_day, to, whose } => {
            open(questionnaire, (*year, *last_day), to.as_deref(), whose)
        }
        SurveyCommand::Invite { of, links } => invite(of, links.as_deref()),
        SurveyCommand::Remind { of } => {
            let (cx, id) = round(of)?;
            let whom = unit_blocking(cx, move |tx, cx| Ok(surveys::remind(tx, cx, id)?.into_inner()))?;
            say(format_args!("reminders {}", whom.len()))?;
            whom.iter().try_for_each(|name| say(format_args!("to {name}")))
        }
        SurveyCommand::Status { of, json } => status(of, *json),
        SurveyCommand::Lock { of } => {
            let (cx, id) = round(of)?;
            unit_blocking(cx, move |tx, cx| surveys::lock(tx, cx, id).map(drop))?;
            say("locked")
        }
        SurveyCommand::Sheet { of, lang, out } => sheet(of, *lang, out.as_deref()),
        SurveyCommand::Export { of, format, lang, answers, out } => {
            export(of, *format, *lang, *answers, out.as_deref())
        }
    }
}

/// The context and the id of a round.
fn round(of: &OfRound) -> Result<(Cx, Uuid), Failure> {
    let cx = of.whose.context()?;
    let (named, own) = (of.round.clone(), cx.clone());
    let found = cx.app.store.read_blocking(move |tx| surveys::find(tx, &own, &named))?;
    let id = found.ok_or_else(|| Failure::Words("there is no such round; `kedjan survey list` shows them".into()))?;
    Ok((cx, id))
}

fn list(whose: &Whose, as_json: bool) -> Result<(), Failure> {
    let cx = whose.context()?;
    let now = cx.now;
    let (known, rounds) =
        unit_blocking(cx, |tx, cx| Ok((surveys::known(tx, cx)?.into_inner(), surveys::rounds(tx, cx)?.into_inner())))?;
    if as_json {
        let known: Vec<Value> =
            known.iter().map(|(_, one)| json!({ "id": one.id, "version": one.version, "name": one.name.sv })).collect();
        let rounds: Vec<Value> = rounds
            .iter()
            .map(|(round, counted)| {
                json!({ "id": round.id.to_string(), "round": round.handle(), "last_day": round.last_day.to_string(),
                    "locked": round.is_locked(now), "invitations": counted })
            })
            .collect();
        return say_json(&json!({ "questionnaires": known, "rounds": rounds }));
    }
    for (_, one) in known {
        say(format_args!("questionnaire\t{}\t{}\t{}", one.id, one.version, one.name.sv))?;
    }
    for (round, r) in rounds {
        let state = if round.is_locked(now) { "locked" } else { "open" };
        say(format_args!(
            "round\t{}\t{}\t{state}\t{} of {} answered",
            round.handle(),
            round.last_day,
            r.answered,
            r.invited
        ))?;
    }
    Ok(())
}

fn check(paths: &[PathBuf], as_json: bool) -> Result<(), Failure> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    for path in paths {
        let file = methods::read(path).map_err(|cause| Failure::Words(format!("{}: {cause}", path.display())))?;
        mistakes.extend(Questionnaire::parse(Source { name: &file.name, text: &file.text }).err().unwrap_or_default());
    }
    if as_json {
        let all: Vec<Value> = mistakes
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

fn open(named: &str, (year, last_day): (i16, Date), to: Option<&Path>, whose: &Whose) -> Result<(), Failure> {
    let list = to.map(read_list).transpose()?;
    let own = Path::new(named);
    let from_file = if own.extension().is_some_and(|end| end == "toml") {
        let file = methods::read(own).map_err(|cause| Failure::Words(format!("{named}: {cause}")))?;
        if let Err(mistakes) = surveys::parse(&file) {
            let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            return Err(Failure::Words(told.join("\n")));
        }
        Some(file)
    } else {
        None
    };
    let cx = whose.context()?;
    let named = named.to_owned();
    let opened = unit_blocking(cx, move |tx, cx| {
        let file: Option<File> = match &from_file {
            Some(file) => Some(file.clone()),
            None => {
                let known = surveys::known(tx, cx)?.into_inner();
                known.into_iter().find(|(_, one)| one.id == named).map(|(file, _)| file)
            }
        };
        let Some(file) = file else { return Ok(None) };
        let to = match (&list, surveys::parse(&file)) {
            (Some(list), _) => list.clone(),
            (None, Ok(read)) => surveys::proposed(tx, cx, read.asks)?.into_inner(),
            (None, Err(_)) => Vec::new(),
        };
        let asked = to.len();
        let round = surveys::open(tx, cx, &NewRound { file, year, last_day, to })?;
        Ok(Some((round.handle(), round.id, asked)))
    })?;
    let Some((handle, id, asked)) = opened else {
        return Err(Failure::Words("there is no such questionnaire; `kedjan survey list` shows them".into()));
    };
    say(format_args!("round {handle}\nid {id}\nasked {asked}"))
}

/// Reads a list of who is asked; every line that cannot be taken is said at once.
fn read_list(path: &Path) -> Result<Vec<Asked>, Failure> {
    let bytes = std::fs::read(path).map_err(|cause| Failure::Words(format!("{}: {cause}", path.display())))?;
    let name = path.display();
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))
        .map_err(|_| Failure::Words(format!("{name}: the file is not UTF-8. Save it as CSV UTF-8")))?;
    let separator = [';', '\t', ','].into_iter().find(|one| text.contains(*one)).unwrap_or(';');
    let (mut list, mut wrong) = (Vec::new(), Vec::new());
    for (line, nr) in text.lines().zip(1..) {
        let fields = fields(line, separator);
        // The first line names the columns, unless it has an address.
        let heads = nr == 1 && !line.contains('@');
        if heads || fields.iter().all(|one| one.is_empty()) {
            continue;
        }
        let mut parts = fields.into_iter();
        let (asked, email) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let code = parts.next().unwrap_or_default();
        if asked.is_empty() {
            wrong.push(format!("{name}:{nr}:1: there is no name"));
        }
        if email.parse::<lettre::Address>().is_err() {
            wrong
                .push(format!("{name}:{nr}:2: this is no e-mail address. Write name{separator}address{separator}code"));
        }
        if parts.any(|more| !more.is_empty()) {
            wrong.push(format!("{name}:{nr}:4: there are more than three columns"));
        }
        list.push(Asked { code, name: asked, email });
    }
    if wrong.is_empty() { Ok(list) } else { Err(Failure::Words(wrong.join("\n"))) }
}

/// The fields of a line; a quoted one can hold the separator.
fn fields(line: &str, separator: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for sign in line.chars() {
        match sign {
            '"' => quoted = !quoted,
            sign if sign == separator && !quoted => fields.push(String::new()),
            sign => fields.iter_mut().last().into_iter().for_each(|field| field.push(sign)),
        }
    }
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

fn invite(of: &OfRound, links: Option<&Path>) -> Result<(), Failure> {
    let (cx, id) = round(of)?;
    let Some(path) = links else {
        if cx.app.settings.mail.is_none() {
            return Err(Failure::Words(
                "the settings name no mail server: set `[mail]`, or write the links to a file with --links".into(),
            ));
        }
        let n = unit_blocking(cx, move |tx, cx| Ok(surveys::invite(tx, cx, id)?.into_inner()))?;
        return say(format_args!("invitations {n}"));
    };
    let new = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = new.map_err(|cause| Failure::Words(format!("{}: {cause}", path.display())))?;
    let links = unit_blocking(cx, move |tx, cx| Ok(surveys::print_links(tx, cx, id)?.into_inner()))?;
    let mut text = String::from("\u{feff}");
    crate::statistics::write_line(&mut text, &["name".into(), "email".into(), "link".into()]);
    for link in &links {
        crate::statistics::write_line(&mut text, link);
    }
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Failure::while_doing(path.display()))?;
    say(format_args!("links {}", links.len()))
}

fn status(of: &OfRound, as_json: bool) -> Result<(), Failure> {
    let (cx, id) = round(of)?;
    let now = cx.now;
    let view: RoundView = unit_blocking(cx, move |tx, cx| Ok(surveys::round(tx, cx, id)?.into_inner()))?;
    let r = view.reconciled;
    if as_json {
        let people: Vec<Value> = view
            .invitations
            .iter()
            .map(|one| {
                json!({ "name": one.name, "code": one.code, "email": one.email, "state": one.state.name(),
                    "invited_at": one.invited_at.map(|at| at.to_string()), "reminders": one.reminders,
                    "reminded_at": one.reminded_at.map(|at| at.to_string()),
                    "withdrawn_at": one.withdrawn_at.map(|at| at.to_string()),
                    "submitted_at": one.submitted_at.map(|at| at.to_string()) })
            })
            .collect();
        return say_json(&json!({ "id": view.round.id.to_string(), "round": view.round.handle(),
            "last_day": view.round.last_day.to_string(), "locked": view.round.is_locked(now), "invitations": r,
            "letters_waiting": view.waiting, "list": people }));
    }
    let state = if view.round.is_locked(now) { "locked" } else { "open" };
    say(format_args!("{}\t{state}\tlast day {}", view.round.handle(), view.round.last_day))?;
    say(format_args!(
        "invited {} = answered {} + partly {} + not begun {} + declined {} ({} %)",
        r.invited,
        r.answered,
        r.partly,
        r.not_begun,
        r.declined,
        percent(r.answered, r.invited)
    ))?;
    for one in &view.invitations {
        say(format_args!("{}\t{}\t{} reminders", one.name, one.state.name(), one.reminders))?;
    }
    Ok(())
}

fn counted(of: &OfRound, what: &'static str) -> Result<Outcome, Failure> {
    let (cx, id) = round(of)?;
    Ok(unit_blocking(cx, move |tx, cx| Ok(surveys::outcome(tx, cx, id, what)?.into_inner()))?)
}

fn write_out(out: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match out {
        Some(path) => std::fs::write(path, bytes).map_err(Failure::while_doing(path.display())),
        None => {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(Failure::while_doing("standard output"))
        }
    }
}

fn sheet(of: &OfRound, lang: Lang, out: Option<&Path>) -> Result<(), Failure> {
    let end = out.and_then(Path::extension).and_then(|end| end.to_str());
    if out.is_some() && !matches!(end, Some("html" | "md")) {
        return Err(Failure::Words("a fact sheet is written to a file that ends with .html or .md".into()));
    }
    let outcome = counted(of, "sheet")?;
    let text =
        if end == Some("html") { surveys::sheet_html(&outcome, lang) } else { surveys::sheet_markdown(&outcome, lang) };
    write_out(out, text.as_bytes())?;
    match (outcome.locked, outcome.uncoded()) {
        (true, 0) => Ok(()),
        (false, _) => Err(Failure::NotSo("the round is not locked: the fact sheet is preliminary".into())),
        (true, n) => Err(Failure::NotSo(format!("{n} texts are not coded: the fact sheet is preliminary"))),
    }
}

fn export(of: &OfRound, format: Format, lang: Lang, answers: bool, out: Option<&Path>) -> Result<(), Failure> {
    if answers && format == Format::Xlsx {
        return Err(Failure::Words("the answers of each are written as CSV: leave out --format".into()));
    }
    let outcome = counted(of, if answers { "answers" } else { "results" })?;
    let bytes = match (answers, format) {
        (true, _) => surveys::respondents_csv(&outcome, lang).map(String::into_bytes).ok_or_else(|| {
            Failure::Words("the answers are protected, so they are given out only counted together".into())
        })?,
        (false, Format::Csv) => surveys::result_csv(&outcome, lang).into_bytes(),
        (false, Format::Xlsx) => surveys::result_xlsx(&outcome, lang)?,
    };
    write_out(out, &bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_list_is_read_with_any_separator_and_all_that_is_wrong_in_it_is_said_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let path = folder.path().join("list.csv");
            std::fs::write(&path, text).unwrap();
            read_list(&path)
        };
        for text in [
            "\u{feff}namn;adress;kod\r\nLänsstyrelsen Blekinge;andts@example.se;10\r\n\r\n",
            "Länsstyrelsen Blekinge,andts@example.se,10",
            "\"Länsstyrelsen Blekinge\"\tandts@example.se\t10\n",
        ] {
            let expected =
                Asked { code: "10".into(), name: "Länsstyrelsen Blekinge".into(), email: "andts@example.se".into() };
            assert_eq!(read(text).unwrap(), [expected], "{text}");
        }
        let wrong = read("namn;adress\n;a@example.se\nB;ingen adress\nC;c@example.se;1;2\n").unwrap_err().to_string();
        let places: Vec<&str> = wrong.lines().map(|line| line.rsplit("list.csv:").next().unwrap()).collect();
        assert_eq!(places.len(), 3, "{wrong}");
        assert!(
            places[0].starts_with("2:1:") && places[1].starts_with("3:2:") && places[2].starts_with("4:4:"),
            "{wrong}"
        );
    }
}
