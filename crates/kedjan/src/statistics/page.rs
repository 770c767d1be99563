//! The markup of the figures. Everything in it may be shown: what may not never comes here.

mod pictures;
mod places;

use chain::method::{Measure, Method};
use chain::text::Lang;
use maud::{Markup, html};

use super::figures::Share;
use super::protect::Figure;
use super::table::written;
use super::{Asked, Kind, Period, Report, Scope, Step};
use crate::reference;
use crate::t;
use crate::web::chart::{self, Told};
use crate::web::form::{self, Choice, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, Icon, KeyFigure, Link, Tab};
use crate::web::picture::{self, FigureKind, FlowNode, Picture, Value};

/// One of the pages that show the same figures in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The flow, the key figures, times, women and men, ages.
    Overview,
    /// The municipalities in a table of all indicators.
    Side,
    /// The municipalities on a map.
    Map,
}

impl View {
    /// The views of the county. The own figures have the overview alone.
    pub const ALL: [View; 3] = [View::Overview, View::Side, View::Map];

    /// Where it is, under the path of the figures.
    pub fn path(self, figures: &str) -> String {
        match self {
            View::Overview => figures.to_owned(),
            View::Side => format!("{figures}/side-by-side"),
            View::Map => format!("{figures}/map"),
        }
    }

    fn name(self, lang: Lang) -> String {
        match self {
            View::Overview => t!(lang, "figures-view-overview"),
            View::Side => t!(lang, "figures-view-side"),
            View::Map => t!(lang, "figures-view-map"),
        }
    }
}

/// What the choosers offer.
pub(super) struct Choices {
    /// The path of the figures, under which the files and the other views are.
    pub path: &'static str,
    /// Which page it is.
    pub view: View,
    /// The methods: id and name.
    pub methods: Vec<(String, String)>,
    /// The indicators of the chosen method: id and name.
    pub indicators: Vec<(String, String)>,
    /// Periods that are near at hand, with their names.
    pub periods: Vec<(Period, String)>,
}

/// A page of figures: of the county or, with kind words, of the unit's own cases.
pub(super) struct Page<'a> {
    pub lang: Lang,
    pub title: &'a str,
    pub report: &'a Report,
    pub method: &'a Method,
    pub choices: &'a Choices,
    /// What was chosen, for the form.
    pub posted: &'a Posted,
    /// How long the parts of a time series are.
    pub step: Step,
}

/// The query that leads to the same figures.
fn query(asked: &Asked, period: &Period, table: Option<Kind>) -> String {
    let mut query = format!("?method={}&from={}&to={}", asked.method, period.from(), period.to());
    for (name, value) in [("indicator", asked.indicator.as_deref()), ("table", table.map(Kind::name))] {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={value}"));
        }
    }
    query
}

/// A municipality's name.
pub(super) fn place_name(lang: Lang, code: &str) -> String {
    match reference::municipality(code) {
        Some(place) => place.name.to_owned(),
        None => t!(lang, "figures-unknown"),
    }
}

/// An age of [`AGES`](super::AGES).
pub(super) fn age_name(lang: Lang, code: &str) -> String {
    match code.split_once('-') {
        Some((from, "")) => t!(lang, "figures-age-last", from = from),
        Some((from, to)) => t!(lang, "figures-age", from = from, to = to),
        None => t!(lang, "figures-unknown"),
    }
}

/// Women, men or unknown.
pub(super) fn sex_name(lang: Lang, code: &str) -> String {
    match code {
        "woman" => t!(lang, "figures-women"),
        "man" => t!(lang, "figures-men"),
        _ => t!(lang, "figures-unknown"),
    }
}

/// The chooser: periods near at hand as links, the rest as a form that needs no script.
pub(super) fn chooser(lang: Lang, choices: &Choices, posted: &Posted, asked: Option<&Asked>) -> Markup {
    let path = choices.view.path(choices.path);
    let tabs: Vec<Tab> = choices
        .periods
        .iter()
        .filter_map(|(period, label)| {
            let asked = asked?;
            Some(Tab {
                label: label.clone(),
                count: None,
                href: format!("{path}{}", query(asked, period, None)),
                current: asked.period == *period,
            })
        })
        .collect();
    let (methods, indicators) = (&choices.methods, &choices.indicators);
    let steps = Step::ALL.map(|step| (step.name().to_owned(), step_name(lang, step)));
    let content = html! {
        (form::error_summary(lang, posted))
        form method="get" action=(path) {
            (form::select(lang, posted, &Field::new("method", &t!(lang, "figures-method")), &offered(methods)))
            (form::text(lang, posted, &Field::new("from", &t!(lang, "figures-from")).hint(&t!(lang, "figures-month-hint")).optional()))
            (form::text(lang, posted, &Field::new("to", &t!(lang, "figures-to")).hint(&t!(lang, "figures-month-hint")).optional()))
            @if !indicators.is_empty() {
                (form::select(lang, posted, &Field::new("indicator", &t!(lang, "figures-compare")).optional(), &offered(indicators)))
            }
            @if choices.view == View::Overview {
                (form::select(lang, posted, &Field::new("step", &t!(lang, "figures-step-of-time")).optional(), &offered(&steps)))
            }
            (form::button(&t!(lang, "figures-show")))
        }
    };
    html! {
        @if !tabs.is_empty() { (parts::tabs(lang, &t!(lang, "figures-period"), &tabs)) }
        @if posted.errors.is_empty() { (form::details(&t!(lang, "figures-choose"), &content, false)) } @else { (content) }
    }
}

/// Month, quarter or year.
fn step_name(lang: Lang, step: Step) -> String {
    match step {
        Step::Month => t!(lang, "figures-step-month"),
        Step::Quarter => t!(lang, "figures-step-quarter"),
        Step::Year => t!(lang, "figures-step-year"),
    }
}

fn offered(all: &[(String, String)]) -> Vec<Choice<'_>> {
    all.iter().map(|(id, name)| Choice::new(id, name)).collect()
}

/// The chooser alone, with what is wrong in it.
pub(super) fn again(lang: Lang, title: &str, choices: &Choices, posted: &Posted) -> Markup {
    html! { h1 { (title) } (chooser(lang, choices, posted, None)) }
}

/// The page of a view.
pub(super) fn page(page: &Page<'_>, view: &Markup) -> Markup {
    let (lang, report, choices) = (page.lang, page.report, page.choices);
    let whole = query(&report.asked, &report.asked.period, None);
    let views: Vec<Tab> = View::ALL
        .into_iter()
        .map(|view| Tab {
            label: view.name(lang),
            count: None,
            href: format!("{}{whole}", view.path(choices.path)),
            current: view == choices.view,
        })
        .collect();
    html! {
        h1 { (page.title) }
        p.lead { (report.about) ", " (report.asked.period.words(lang)) ". " (page.method.name.get(lang)) "." }
        @if report.scope == Scope::Own { p { (t!(lang, "feedback-lead")) } }
        @else { div.views { (parts::tabs(lang, &t!(lang, "figures-views"), &views)) } }
        (chooser(lang, choices, page.posted, Some(&report.asked)))
        @if report.figures.is_empty() {
            (parts::empty(&t!(lang, "figures-empty-title"), &t!(lang, "figures-empty-text"), None))
        } @else {
            (view)
            p { a.download href=(format!("{}/figures.csv{whole}", choices.path)) { (parts::icon(Icon::Download)) (t!(lang, "figures-download-all")) } }
            p { a.download href=(format!("{}/figures.xlsx{whole}", choices.path)) { (parts::icon(Icon::Download)) (t!(lang, "figures-download-book")) } }
            (px_files(lang, &report.asked, choices))
            p.hint { (t!(lang, "figures-protected")) }
            p.source { (report.source(lang)) }
        }
    }
}

/// The flow, the key figures, times, women and men, ages; for the own cases the municipalities too.
pub(super) fn overview(page: &Page<'_>) -> Markup {
    let (lang, report, method) = (page.lang, page.report, page.method);
    let indicator = super::compared(method, report.asked.indicator.as_deref());
    let download = format!("{}/figures.csv", page.choices.path);
    html! {
        @if report.scope == Scope::Own { (sentences(lang, report, method)) }
        (flow(page))
        h2 { (t!(lang, "figures-indicators")) }
        div.grid { @for figure in key_figures(lang, report, method, &download) { (parts::key_figure(&figure)) } }
        @if let (Some(indicator), Scope::Own) = (indicator, report.scope) { (pictures::compared(page, indicator)) }
        (pictures::times(page, indicator))
        (pictures::people(page, indicator))
    }
}

pub(super) use places::{map, side};

/// What the rows of a table are, as the head of a column: "Kommun".
fn label(lang: Lang, table: Kind) -> String {
    let name = super::table::dimension_name(lang, table);
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What stands around a picture of one of the tables.
fn told(page: &Page<'_>, id: &str, title: String, definition: &str, kind: FigureKind, table: Kind) -> Told {
    let lang = page.lang;
    let file = |end: &str, label: String| Link {
        href: format!(
            "{}/figures.{end}{}",
            page.choices.path,
            query(&page.report.asked, &page.report.asked.period, Some(table))
        ),
        label,
    };
    Told {
        id: id.to_owned(),
        title,
        definition: definition.to_owned(),
        source: page.report.source(lang),
        files: vec![
            file("csv", t!(lang, "figures-file-csv")),
            file("xlsx", t!(lang, "figures-file-xlsx")),
            file("px", t!(lang, "figures-file-px")),
        ],
        kind,
    }
}

/// Each table as a file of its own, for who keeps statistics.
fn px_files(lang: Lang, asked: &Asked, choices: &Choices) -> Markup {
    let files = html! {
        p { (t!(lang, "figures-download-px-text")) }
        ul {
            @for kind in Kind::ALL {
                li {
                    a href=(format!("{}/figures.px{}", choices.path, query(asked, &asked.period, Some(kind)))) {
                        (kind.title(lang))
                    }
                }
            }
        }
    };
    form::details(&t!(lang, "figures-download-px"), &files, false)
}

/// How far those the unit met have come, step by step, in words.
fn sentences(lang: Lang, report: &Report, method: &Method) -> Markup {
    let steps = method.flow.iter().zip(method.flow.iter().skip(1));
    let sentence = |(from, to): (&String, &String)| -> Option<String> {
        let (here, next) = (method.measure(from)?, method.measure(to)?);
        let (from, to) = (here.name.get(lang), next.name.get(lang));
        Some(match (report.figures.count(&here.id), report.figures.count(&next.id)) {
            (Figure::Open(0), _) => return None,
            (Figure::Open(whole), Figure::Open(part)) => {
                t!(lang, "feedback-step", whole = whole, part = part, from = from, to = to)
            }
            _ => t!(lang, "feedback-step-withheld", from = from, to = to),
        })
    };
    html! { ul { @for sentence in steps.filter_map(sentence) { li { (sentence) } } } }
}

fn value(figure: Figure) -> Value {
    figure.open().map_or(Value::Withheld, |n| Value::Known(n as f64))
}

fn flow(page: &Page<'_>) -> Markup {
    let (lang, report, method) = (page.lang, page.report, page.method);
    let steps: Vec<&Measure> = method.flow.iter().filter_map(|id| method.measure(id)).collect();
    let nodes: Vec<FlowNode> = steps
        .iter()
        .map(|measure| FlowNode {
            label: measure.name.get(lang).to_owned(),
            value: value(report.figures.count(&measure.id)),
            lost: Some(t!(lang, "figures-lost")),
        })
        .collect();
    let picture = Picture {
        id: "flow".into(),
        title: t!(lang, "figures-flow"),
        description: t!(lang, "figures-flow-text"),
        label: t!(lang, "figures-step"),
        figure: t!(lang, "figures-unit-cases"),
        kind: FigureKind::Count,
    };
    let definitions = html! {
        dl { @for measure in steps { div { dt { (measure.name.get(lang)) } dd { (measure.definition.get(lang)) } } } }
    };
    html! {
        (picture::flow(lang, &picture, &nodes))
        div.chart { (chart::files(&told(page, "flow", picture.title.clone(), "", FigureKind::Count, Kind::Flow))) }
        (form::details(&t!(lang, "figures-definitions"), &definitions, false))
        p.source { (report.source(lang)) }
    }
}

fn key_figures(lang: Lang, report: &Report, method: &Method, download: &str) -> Vec<KeyFigure> {
    let figures = &report.figures;
    let link = || {
        Some(Link {
            href: format!("{download}{}", query(&report.asked, &report.asked.period, Some(Kind::Indicators))),
            label: t!(lang, "figures-download"),
        })
    };
    let medians = figures.hours.iter().filter_map(|hours| {
        let clock = method.clock(&hours.clock)?;
        let value = match hours.median {
            None => "–".to_owned(),
            Some(Figure::Withheld) => "..".to_owned(),
            Some(Figure::Open(0)) => t!(lang, "figures-under-an-hour"),
            Some(Figure::Open(hour)) => t!(lang, "figures-hours-value", hours = hour),
        };
        let definition = t!(lang, "figures-median-definition", clock = clock.name.get(lang));
        let limit = clock.ground.get(lang);
        let counted = t!(lang, "figures-counted", count = written(lang, hours.met));
        Some(KeyFigure {
            label: t!(lang, "figures-median", clock = clock.name.get(lang)),
            value,
            definition: format!("{definition} {counted} {limit}"),
            source: report.source(lang),
            download: link(),
        })
    });
    let shares = method.indicators().iter().map(|indicator| {
        let share = figures.share(indicator);
        let counted = match share {
            Share::Open { part, whole } => t!(lang, "figures-of", part = part, whole = whole),
            Share::Empty => t!(lang, "figures-nobody"),
            Share::Withheld => t!(lang, "figures-few"),
        };
        let target = indicator.target.map(|target| t!(lang, "figures-target", target = target)).unwrap_or_default();
        KeyFigure {
            label: indicator.name.get(lang).to_owned(),
            value: percent(lang, share),
            definition: format!("{counted} {} {target}", indicator.definition.get(lang)).trim_end().to_owned(),
            source: report.source(lang),
            download: link(),
        }
    });
    medians.chain(shares).collect()
}

fn percent(lang: Lang, share: Share) -> String {
    match (share, share.value()) {
        (_, Some(value)) => format::percent(lang, value),
        (Share::Empty, None) => "–".to_owned(),
        (_, None) => "..".to_owned(),
    }
}
