//! The markup of the figures. Everything in it may be shown: what may not never comes here.

use chain::method::{Indicator, Measure, Method};
use chain::text::Lang;
use maud::{Markup, html};

use super::figures::{Group, Share};
use super::protect::Figure;
use super::table::written;
use super::{Asked, Kind, Period, Report, Scope};
use crate::reference;
use crate::t;
use crate::web::form::{self, Choice, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, Column, Icon, KeyFigure, Link, Tab, Table};
use crate::web::picture::{self, FigureKind, FlowNode, Picture, Point, Value};

/// What the choosers offer.
pub(super) struct Choices {
    /// The page's own path.
    pub path: &'static str,
    /// The methods: id and name.
    pub methods: Vec<(String, String)>,
    /// The indicators of the chosen method: id and name.
    pub indicators: Vec<(String, String)>,
    /// Periods that are near at hand, with their names.
    pub periods: Vec<(Period, String)>,
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
    let tabs: Vec<Tab> = choices
        .periods
        .iter()
        .filter_map(|(period, label)| {
            let asked = asked?;
            Some(Tab {
                label: label.clone(),
                count: None,
                href: format!("{}{}", choices.path, query(asked, period, None)),
                current: asked.period == *period,
            })
        })
        .collect();
    let (methods, indicators) = (&choices.methods, &choices.indicators);
    let content = html! {
        (form::error_summary(lang, posted))
        form method="get" action=(choices.path) {
            (form::select(lang, posted, &Field::new("method", &t!(lang, "figures-method")), &offered(methods)))
            (form::text(lang, posted, &Field::new("from", &t!(lang, "figures-from")).hint(&t!(lang, "figures-month-hint")).optional()))
            (form::text(lang, posted, &Field::new("to", &t!(lang, "figures-to")).hint(&t!(lang, "figures-month-hint")).optional()))
            @if !indicators.is_empty() {
                (form::select(lang, posted, &Field::new("indicator", &t!(lang, "figures-compare")).optional(), &offered(indicators)))
            }
            (form::button(&t!(lang, "figures-show")))
        }
    };
    html! {
        @if !tabs.is_empty() { (parts::tabs(lang, &t!(lang, "figures-period"), &tabs)) }
        @if posted.errors.is_empty() { (form::details(&t!(lang, "figures-choose"), &content, false)) } @else { (content) }
    }
}

fn offered(all: &[(String, String)]) -> Vec<Choice<'_>> {
    all.iter().map(|(id, name)| Choice::new(id, name)).collect()
}

/// The chooser alone, with what is wrong in it.
pub(super) fn again(lang: Lang, title: &str, choices: &Choices, posted: &Posted) -> Markup {
    html! { h1 { (title) } (chooser(lang, choices, posted, None)) }
}

/// A page of figures: of the county or, with kind words, of the unit's own cases.
pub(super) fn report(
    lang: Lang,
    title: &str,
    report: &Report,
    method: &Method,
    choices: &Choices,
    posted: &Posted,
) -> Markup {
    let indicator = super::compared(method, report.asked.indicator.as_deref());
    let download = format!("{}/figures.csv", choices.path);
    let whole = query(&report.asked, &report.asked.period, None);
    let (all, book) = (format!("{download}{whole}"), format!("{}/figures.xlsx{whole}", choices.path));
    html! {
        h1 { (title) }
        p.lead { (report.about) ", " (report.asked.period.words(lang)) ". " (method.name.get(lang)) "." }
        @if report.scope == Scope::Own { p { (t!(lang, "feedback-lead")) } }
        (chooser(lang, choices, posted, Some(&report.asked)))
        @if report.figures.is_empty() {
            (parts::empty(&t!(lang, "figures-empty-title"), &t!(lang, "figures-empty-text"), None))
        } @else {
            @if report.scope == Scope::Own { (sentences(lang, report, method)) }
            (flow(lang, report, method))
            h2 { (t!(lang, "figures-indicators")) }
            div.grid { @for figure in key_figures(lang, report, method, &download) { (parts::key_figure(&figure)) } }
            @if let Some(indicator) = indicator { (compared(lang, report, method, indicator)) }
            (months(lang, report, method))
            @if let Some(indicator) = indicator { (sexes(lang, report, method, indicator)) }
            p { a.download href=(all) { (parts::icon(Icon::Download)) (t!(lang, "figures-download-all")) } }
            p { a.download href=(book) { (parts::icon(Icon::Download)) (t!(lang, "figures-download-book")) } }
            (px_files(lang, &report.asked, choices))
            p.hint { (t!(lang, "figures-protected")) }
            p.source { (report.source(lang)) }
        }
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

fn flow(lang: Lang, report: &Report, method: &Method) -> Markup {
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

/// The municipalities side by side in one indicator: as bars, and as a table with what the share is made of.
fn compared(lang: Lang, report: &Report, method: &Method, indicator: &Indicator) -> Markup {
    let points: Vec<Point> = report
        .figures
        .places
        .iter()
        .filter_map(|group| {
            let share = report.figures.share_in(group, indicator);
            let value = match share {
                Share::Empty => return None,
                _ => share.value().map_or(Value::Withheld, Value::Known),
            };
            Some(Point { label: place_name(lang, &group.code), value })
        })
        .collect();
    let name = indicator.name.get(lang);
    let picture = Picture {
        id: "municipalities".into(),
        title: t!(lang, "figures-by-municipality", indicator = name),
        description: indicator.definition.get(lang).to_owned(),
        label: t!(lang, "figures-column-municipality"),
        figure: name.to_owned(),
        kind: FigureKind::Share,
    };
    html! {
        h2 { (t!(lang, "figures-municipalities")) }
        (picture::bars(lang, &picture, &points))
        (groups(lang, report, method, indicator, &report.figures.places, &t!(lang, "figures-column-municipality"), |code| place_name(lang, code)))
        p.source { (report.source(lang)) }
    }
}

/// Rows of one dimension: the first step of the flow, what the share is made of, and the share.
fn groups(
    lang: Lang,
    report: &Report,
    method: &Method,
    indicator: &Indicator,
    rows: &[Group],
    label: &str,
    name: impl Fn(&str) -> String,
) -> Markup {
    let mut measures: Vec<&String> = method.flow.first().into_iter().collect();
    for id in [&indicator.denominator, &indicator.numerator] {
        if !measures.contains(&id) {
            measures.push(id);
        }
    }
    let named = |id: &str| method.measure(id).map_or(String::new(), |measure| measure.name.get(lang).to_owned());
    let numeric = |label: String| Column { label, numeric: true, ..Column::default() };
    let mut columns = vec![Column { label: label.to_owned(), ..Column::default() }];
    columns.extend(measures.iter().map(|id| numeric(named(id))));
    columns.push(numeric(t!(lang, "figures-share")));
    let row = |group: &Group| {
        let mut cells = vec![html! { (name(&group.code)) }];
        cells.extend(measures.iter().map(|id| html! { (written(lang, report.figures.count_in(group, id))) }));
        cells.push(html! { (percent(lang, report.figures.share_in(group, indicator))) });
        cells
    };
    parts::table(
        lang,
        &Table {
            caption: format!("{}: {}", label, indicator.name.get(lang)),
            caption_unseen: true,
            columns,
            rows: rows.iter().map(row).collect(),
        },
    )
}

/// The first step of the flow, month by month.
fn months(lang: Lang, report: &Report, method: &Method) -> Markup {
    let Some(measure) = method.flow.first().and_then(|id| method.measure(id)) else { return html! {} };
    let points: Vec<Point> = report
        .figures
        .months
        .iter()
        .map(|group| Point { label: group.code.clone(), value: value(report.figures.count_in(group, &measure.id)) })
        .collect();
    let picture = Picture {
        id: "months".into(),
        title: t!(lang, "figures-by-month", measure = measure.name.get(lang)),
        description: measure.definition.get(lang).to_owned(),
        label: t!(lang, "figures-column-month"),
        figure: measure.name.get(lang).to_owned(),
        kind: FigureKind::Count,
    };
    html! {
        h2 { (t!(lang, "figures-months")) }
        (picture::curve(lang, &picture, &points))
        p.source { (report.source(lang)) }
    }
}

/// Women and men, unless all of it is withheld.
fn sexes(lang: Lang, report: &Report, method: &Method, indicator: &Indicator) -> Markup {
    let shown = report.figures.sexes.iter().any(|group| report.figures.share_in(group, indicator).value().is_some());
    html! {
        h2 { (t!(lang, "figures-sexes")) }
        @if shown {
            (groups(lang, report, method, indicator, &report.figures.sexes, &t!(lang, "figures-column-sex"), |code| sex_name(lang, code)))
            p.source { (report.source(lang)) }
        } @else {
            p { (t!(lang, "figures-sexes-withheld")) }
        }
    }
}
