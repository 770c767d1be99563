//! Results and fact sheet as files: text for spreadsheets, a workbook, a page of its own, Markdown.

use std::fmt::Write as _;

use chain::survey::{Answer, Kind, Piece, Question, QuestionResult, Told, percent};
use chain::text::Lang;
use maud::{DOCTYPE, Markup, html};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{Outcome, page};
use crate::statistics::write_line;
use crate::store::StoreError;
use crate::t;
use crate::web::format;

/// What stands for a count that is withheld, as in Swedish statistics.
const WITHHELD: &str = "..";
/// What stands where there is no figure.
const NO_FIGURE: &str = ".";
/// The longest name of a sheet of a workbook.
const LONGEST_NAME: usize = 31;

/// A sentence of the fact sheet, worded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The sentence.
    pub text: String,
    /// What stands under it.
    pub bullets: Vec<String>,
    /// Of whom its figures are.
    pub base: Option<String>,
    /// Whether there is nothing to tell.
    pub empty: bool,
}

/// Words a sentence.
pub(super) fn line(lang: Lang, told: &Told) -> Line {
    let base_line = |base: &str, of: u32| Some(t!(lang, "survey-base", base = base, of = of));
    match told {
        Told::Plain(text) => Line { text: text.clone(), ..Line::default() },
        Told::Counted { pieces, bullets, base, of, .. } => Line {
            text: pieces.iter().map(|piece| words(lang, piece, *of)).collect(),
            bullets: bullets.iter().map(|(name, n)| format!("{name} {}", figure(lang, *n, *of))).collect(),
            base: base_line(base, *of),
            empty: false,
        },
        Told::Nobody { base } => {
            Line { text: t!(lang, "survey-told-nobody", base = base), empty: true, ..Line::default() }
        }
        Told::Withheld { base } => {
            Line { text: t!(lang, "survey-told-withheld", base = base), empty: true, ..Line::default() }
        }
    }
}

fn words(lang: Lang, piece: &Piece, of: u32) -> String {
    match piece {
        Piece::Words(words) => words.clone(),
        Piece::Figure { n, of } => figure(lang, *n, *of),
        Piece::List(all) => {
            let mut all: Vec<String> = all.iter().map(|(name, n)| format!("{name} {}", figure(lang, *n, of))).collect();
            match (all.pop(), all.is_empty()) {
                (Some(last), false) => t!(lang, "survey-and", list = all.join(", "), last = last),
                (last, _) => last.unwrap_or_default(),
            }
        }
    }
}

/// "(11 av 15, 73 %)".
pub(super) fn figure(lang: Lang, n: u32, of: u32) -> String {
    t!(lang, "survey-figure", n = n, of = of, percent = percent(n, of))
}

/// Where the figures come from and when.
pub(super) fn source(lang: Lang, outcome: &Outcome) -> String {
    let at = format::date(lang, format::local(outcome.at).date());
    let mut text = t!(lang, "survey-source", survey = outcome.round.title(lang), date = at);
    if !outcome.locked {
        text.push(' ');
        text.push_str(&t!(lang, "survey-preliminary"));
    }
    if outcome.demo {
        text.push(' ');
        text.push_str(&t!(lang, "survey-demo"));
    }
    text
}

/// "21 inbjudna: 20 har svarat, 1 har börjat, …".
pub(super) fn reconciled(lang: Lang, outcome: &Outcome) -> String {
    let r = outcome.reconciled;
    let share = percent(r.answered, r.invited);
    t!(
        lang,
        "survey-reconciled",
        invited = r.invited,
        answered = r.answered,
        share = share,
        partly = r.partly,
        waiting = r.not_begun,
        declined = r.declined
    )
}

/// The fact sheet's sentences as markup, for the page and for the file.
pub(super) fn sheet_body(lang: Lang, outcome: &Outcome) -> Markup {
    html! {
        @for section in outcome.sheet(lang) {
            section.told {
                h2 { (section.name) }
                @for (_, told) in &section.sentences {
                    @let line = line(lang, told);
                    p .hint[line.empty] { (line.text) }
                    @if !line.bullets.is_empty() { ul { @for bullet in &line.bullets { li { (bullet) } } } }
                    @if let Some(base) = &line.base { p.base { small { (base) } } }
                }
            }
        }
        section.told {
            h2 { (t!(lang, "survey-how-counted")) }
            p { (reconciled(lang, outcome)) }
            @if !outcome.round.questionnaire.words.is_empty() {
                p { (t!(lang, "survey-words-are")) }
                ul { @for words in words_of(lang, outcome) { li { (words) } } }
            }
            @for one in limits(lang, outcome) { p { (one) } }
            p { (source(lang, outcome)) }
        }
    }
}

/// What the figures do not hold: texts that are not coded, and what is protected.
fn limits(lang: Lang, outcome: &Outcome) -> Vec<String> {
    let protect = outcome.round.questionnaire.protect;
    let uncoded = match outcome.uncoded() {
        0 => None,
        // How many would be a small number of its own.
        _ if protect => Some(t!(lang, "survey-uncoded-some")),
        n => Some(t!(lang, "survey-uncoded-left", n = n)),
    };
    let protected = protect.then(|| t!(lang, "survey-protected", threshold = outcome.threshold));
    uncoded.into_iter().chain(protected).collect()
}

/// "knappt hälften av: från 40 %": which words stand for which share.
fn words_of(lang: Lang, outcome: &Outcome) -> Vec<String> {
    let words = outcome.round.questionnaire.words.iter();
    words
        .map(|one| {
            let said = one.words.get(lang);
            if one.above {
                t!(lang, "survey-words-above", words = said, limit = one.limit)
            } else {
                t!(lang, "survey-words-from", words = said, limit = one.limit)
            }
        })
        .collect()
}

/// The fact sheet as a file that needs nothing else.
#[must_use]
pub fn html(outcome: &Outcome, lang: Lang) -> String {
    let title = outcome.round.title(lang);
    let page = html! {
        (DOCTYPE)
        html lang=(crate::web::lang::code(lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (sheet_body(lang, outcome)) } }
        }
    };
    page.into_string()
}

const STYLE: &str = "body{font:1rem/1.5 sans-serif;color:#1b1b1b;background:#fff;margin:0}main{max-width:42rem;margin:0 auto;\
    padding:2rem 1rem}h1{font-size:2rem;line-height:1.2}h2{font-size:1.3rem;margin:2rem 0 .5rem;break-after:avoid}\
    p{margin:.5rem 0}.base{color:#555}.hint{color:#555}li{margin:.25rem 0}@media print{main{padding:0}}";

/// The fact sheet as Markdown.
#[must_use]
pub fn markdown(outcome: &Outcome, lang: Lang) -> String {
    let mut out = format!("# {}\n", outcome.round.title(lang));
    // Writing to a text cannot fail.
    for section in outcome.sheet(lang) {
        let _ = write!(out, "\n## {}\n", section.name);
        for (_, told) in &section.sentences {
            let line = line(lang, told);
            let _ = write!(out, "\n{}\n", line.text);
            if !line.bullets.is_empty() {
                out.push('\n');
            }
            for bullet in &line.bullets {
                let _ = writeln!(out, "- {bullet}");
            }
            if let Some(base) = &line.base {
                let _ = write!(out, "\n*{base}*\n");
            }
        }
    }
    let _ = write!(out, "\n## {}\n\n{}\n", t!(lang, "survey-how-counted"), reconciled(lang, outcome));
    for words in words_of(lang, outcome) {
        let _ = write!(out, "\n- {words}");
    }
    for one in limits(lang, outcome) {
        let _ = write!(out, "\n\n{one}");
    }
    let _ = write!(out, "\n\n{}\n", source(lang, outcome));
    out
}

/// A row of the results: question, answer, how many of how many.
struct Row {
    question: String,
    id: String,
    answer: String,
    code: String,
    n: Option<i64>,
    of: Option<u32>,
    share: Option<u32>,
}

fn rows(outcome: &Outcome, lang: Lang) -> Vec<Row> {
    let r = outcome.reconciled;
    let mut rows: Vec<Row> = [
        ("invited", t!(lang, "survey-invited"), r.invited),
        ("answered", t!(lang, "survey-state-answered"), r.answered),
        ("partly", t!(lang, "survey-state-partly"), r.partly),
        ("not_begun", t!(lang, "survey-state-not-begun"), r.not_begun),
        ("declined", t!(lang, "survey-state-declined"), r.declined),
    ]
    .into_iter()
    .map(|(code, answer, n)| Row {
        question: t!(lang, "survey-invitations"),
        id: "invitations".into(),
        answer,
        code: code.into(),
        n: Some(n.into()),
        of: Some(r.invited),
        share: Some(percent(n, r.invited)),
    })
    .collect();
    for (question, result) in outcome.round.questionnaire.questions.iter().zip(&outcome.results.questions) {
        rows.extend(rows_of(question, result, lang));
    }
    rows
}

fn rows_of(question: &Question, result: &QuestionResult, lang: Lang) -> Vec<Row> {
    let name = question.name.get(lang).to_owned();
    let row = |code: &str, answer: String, n: i64, of: Option<u32>| Row {
        question: name.clone(),
        id: question.id.clone(),
        answer,
        code: code.into(),
        n: (!result.withheld).then_some(n),
        of: of.filter(|_| !result.withheld),
        share: of.filter(|_| !result.withheld).map(|of| percent(u32::try_from(n).unwrap_or(0), of)),
    };
    let asked = Some(result.asked);
    let mut rows: Vec<Row> = question
        .choices()
        .iter()
        .zip(&result.rows)
        .map(|(choice, counted)| row(&choice.id, choice.name.get(lang).to_owned(), counted.n.into(), asked))
        .collect();
    if let Some(number) = result.number {
        rows.push(row("sum", t!(lang, "survey-number-sum"), number.sum, None));
        if let Some((least, most)) = number.ends {
            rows.push(row("least", t!(lang, "survey-number-least"), least, None));
            rows.push(row("most", t!(lang, "survey-number-most"), most, None));
        }
    }
    if !question.has_options() {
        rows.push(row("answered", t!(lang, "survey-answered-question"), result.answered.into(), asked));
    }
    if matches!(&question.kind, Kind::Words { codes, .. } if !codes.is_empty()) {
        rows.push(row("uncoded", t!(lang, "survey-uncoded"), result.uncoded.into(), asked));
    }
    rows.push(row("no_answer", t!(lang, "survey-no-answer"), (result.asked - result.answered).into(), asked));
    rows
}

fn heads(lang: Lang) -> [String; 7] {
    [
        t!(lang, "survey-column-question"),
        t!(lang, "survey-column-id"),
        t!(lang, "survey-column-answer"),
        t!(lang, "survey-column-code"),
        t!(lang, "survey-column-n"),
        t!(lang, "survey-column-of"),
        t!(lang, "survey-column-share"),
    ]
}

/// The results as text for a spreadsheet that is set to Swedish.
#[must_use]
pub fn csv(outcome: &Outcome, lang: Lang) -> String {
    let mut out = String::from("\u{feff}");
    let mut head = heads(lang).to_vec();
    head.push(t!(lang, "survey-column-source"));
    write_line(&mut out, &head);
    let source = source(lang, outcome);
    for row in rows(outcome, lang) {
        let n = row.n.map_or_else(|| WITHHELD.to_owned(), |n| n.to_string());
        let missing = if row.n.is_none() { WITHHELD } else { NO_FIGURE };
        let figure = |one: Option<u32>| one.map_or_else(|| missing.to_owned(), |one| one.to_string());
        let fields = [row.question, row.id, row.answer, row.code, n, figure(row.of), figure(row.share), source.clone()];
        write_line(&mut out, &fields);
    }
    out
}

/// The answers of each who answered, by organisation. None where the answers are protected.
#[must_use]
pub fn respondents_csv(outcome: &Outcome, lang: Lang) -> Option<String> {
    let respondents = outcome.respondents.as_ref()?;
    let questions = &outcome.round.questionnaire.questions;
    let mut out = String::from("\u{feff}");
    let mut head = vec![t!(lang, "survey-column-place"), t!(lang, "survey-column-organisation")];
    for question in questions {
        head.push(question.name.get(lang).to_owned());
        if is_coded(question) {
            head.push(t!(lang, "survey-column-codes", question = question.name.get(lang)));
        }
    }
    write_line(&mut out, &head);
    for (code, name, respondent) in respondents {
        let mut fields = vec![code.clone(), name.clone()];
        for question in questions {
            fields
                .push(respondent.answers.get(&question.id).map_or_else(String::new, |one| answer(question, one, lang)));
            if is_coded(question) {
                let codes = respondent.codes.get(&question.id).into_iter().flatten();
                fields.push(codes.map(|code| named(question, code, lang)).collect::<Vec<_>>().join(", "));
            }
        }
        write_line(&mut out, &fields);
    }
    Some(out)
}

fn is_coded(question: &Question) -> bool {
    matches!(&question.kind, Kind::Words { codes, .. } if !codes.is_empty())
}

fn named(question: &Question, id: &str, lang: Lang) -> String {
    let found = question.choices().iter().find(|one| one.id == id);
    found.map_or_else(|| id.to_owned(), |one| one.name.get(lang).to_owned())
}

/// An answer in words.
pub(super) fn answer(question: &Question, answer: &Answer, lang: Lang) -> String {
    match answer {
        Answer::Number(number) => number.to_string(),
        Answer::Text(text) if question.has_options() => named(question, text, lang),
        Answer::Text(text) => text.clone(),
        Answer::Several(all) => all.iter().map(|id| named(question, id, lang)).collect::<Vec<_>>().join(", "),
    }
}

/// The results as a workbook: figures, the sentences of the fact sheet, and what each figure is.
///
/// # Errors
/// A fault when they do not fit a workbook.
pub fn xlsx(outcome: &Outcome, lang: Lang) -> Result<Vec<u8>, StoreError> {
    workbook(outcome, lang).map_err(|error| StoreError::Fault(format!("the workbook: {error}")))
}

fn workbook(outcome: &Outcome, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let source = source(lang, outcome);
    // When the figures were counted and not when the file was written, so that the same figures are the same file.
    let at = ExcelDateTime::from_timestamp(outcome.at.as_second()).unwrap_or_default();
    book.set_properties(&DocProperties::new().set_title(&source).set_creation_datetime(&at));
    let (bold, wrap) = (
        Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
        Format::new().set_text_wrap().set_align(FormatAlign::Top),
    );
    figures(named_sheet(&mut book, &t!(lang, "survey-results"))?, outcome, lang, (&bold, &wrap))?;
    let sheet = named_sheet(&mut book, &t!(lang, "survey-definitions"))?;
    sheet.set_column_width(0, 34)?.set_column_width(1, 100)?;
    let mut rows: Vec<(String, String)> = vec![
        (t!(lang, "survey-column-of"), t!(lang, "survey-definition-of")),
        (t!(lang, "survey-column-share"), t!(lang, "survey-definition-share")),
        (WITHHELD.into(), t!(lang, "survey-definition-withheld")),
        (NO_FIGURE.into(), t!(lang, "survey-definition-none")),
        (t!(lang, "survey-invitations"), reconciled(lang, outcome)),
        (t!(lang, "survey-column-source"), source),
    ];
    for question in &outcome.round.questionnaire.questions {
        rows.push((question.id.clone(), page::definition(lang, &outcome.round.questionnaire, question)));
    }
    for ((name, text), row) in rows.iter().zip(0..) {
        sheet.write_with_format(row, 0, name, &bold)?.write_with_format(row, 1, text, &wrap)?;
    }
    book.save_to_buffer()
}

fn named_sheet<'b>(book: &'b mut Workbook, name: &str) -> Result<&'b mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet();
    let plain: String = name.replace(['[', ']', ':', '*', '?', '/', '\\'], " ").chars().take(LONGEST_NAME).collect();
    sheet.set_name(plain)
}

fn figures(
    sheet: &mut Worksheet,
    outcome: &Outcome,
    lang: Lang,
    (bold, wrap): (&Format, &Format),
) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 0)?;
    for ((head, width), column) in heads(lang).iter().zip([48.0, 18.0, 40.0, 18.0, 10.0, 10.0, 10.0]).zip(0..) {
        sheet.write_with_format(0, column, head, bold)?.set_column_width(column, width)?;
    }
    for (row, at) in rows(outcome, lang).iter().zip(1..) {
        for (words, column) in [&row.question, &row.id, &row.answer, &row.code].into_iter().zip(0..) {
            sheet.write_with_format(at, column, words, wrap)?;
        }
        match row.n {
            Some(n) => sheet.write(at, 4, n)?,
            None => sheet.write(at, 4, WITHHELD)?,
        };
        for (figure, column) in [row.of, row.share].into_iter().zip(5..) {
            match figure {
                Some(figure) => sheet.write(at, column, figure)?,
                None => sheet.write(at, column, if row.n.is_none() { WITHHELD } else { NO_FIGURE })?,
            };
        }
    }
    Ok(())
}
