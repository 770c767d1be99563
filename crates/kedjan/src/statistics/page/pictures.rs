//! Times, women and men, ages, and the own cases' municipalities.

use chain::method::{Indicator, Measure};
use chain::text::Lang;
use maud::{Markup, html};

use super::super::figures::{Group, Share};
use super::super::protect::Figure;
use super::super::{Kind, Step};
use super::{Page, age_name, label, place_name, sex_name, step_name, told};
use crate::t;
use crate::web::chart::{self, Cell, Line, Row, Time};
use crate::web::picture::FigureKind;

/// A count as a chart has it.
pub(super) fn count(figure: Figure) -> Cell {
    figure.open().map_or(Cell::Withheld, |n| Cell::Known(n as f64))
}

/// A share as a chart has it: with nobody below the line there is none.
pub(super) fn share(share: Share) -> Cell {
    match (share.value(), share) {
        (Some(value), _) => Cell::Known(value),
        (None, Share::Empty) => Cell::Missing,
        (None, _) => Cell::Withheld,
    }
}

/// "12 av 20", where both may be shown.
pub(super) fn made_of(lang: Lang, share: Share) -> Option<String> {
    match share {
        Share::Open { part, whole } => Some(t!(lang, "figures-part-of", part = part, whole = whole)),
        Share::Empty | Share::Withheld => None,
    }
}

fn first_measure<'p>(page: &Page<'p>) -> Option<&'p Measure> {
    page.method.flow.first().and_then(|id| page.method.measure(id))
}

/// "2026-11", "2026 kv 1" or "2026".
fn time_name(lang: Lang, code: &str) -> String {
    match code.split_once("-Q") {
        Some((year, quarter)) => t!(lang, "figures-quarter", year = year, quarter = quarter),
        None => code.to_owned(),
    }
}

/// The first step of the flow and the chosen indicator, time by time.
pub(super) fn times(page: &Page<'_>, indicator: Option<&Indicator>) -> Markup {
    let (lang, figures) = (page.lang, &page.report.figures);
    let groups = figures.rolled(page.step);
    let times = Time::steps(groups.iter().map(|group| time_name(lang, &group.code)).collect());
    let title = match page.step {
        Step::Month => t!(lang, "figures-months"),
        Step::Quarter => t!(lang, "figures-quarters"),
        Step::Year => t!(lang, "figures-years"),
    };
    let label = step_name(lang, page.step);
    let line = |name: &str, cell: &dyn Fn(&Group) -> Cell| {
        vec![Line { name: name.to_owned(), cells: groups.iter().map(cell).collect() }]
    };
    html! {
        h2 { (title) }
        @if page.step != Step::Month { p.hint { (t!(lang, "figures-whole-only")) } }
        div.panels {
            @if let Some(measure) = first_measure(page) {
                @let name = measure.name.get(lang);
                @let told = told(page, "times-count", name.to_owned(), measure.definition.get(lang), FigureKind::Count, Kind::Months);
                (chart::lines(lang, &told, &label, &times, &line(name, &|group| count(figures.count_in(group, &measure.id)))))
            }
            @if let Some(indicator) = indicator {
                @let name = indicator.name.get(lang);
                @let told = told(page, "times-share", name.to_owned(), indicator.definition.get(lang), FigureKind::Share, Kind::Months);
                (chart::lines(lang, &told, &label, &times, &line(name, &|group| share(figures.share_in(group, indicator)))))
            }
        }
    }
}

/// Women and men, and ages, side by side: how many came to the first step of the flow, and the chosen indicator.
pub(super) fn people(page: &Page<'_>, indicator: Option<&Indicator>) -> Markup {
    let (lang, figures) = (page.lang, &page.report.figures);
    html! {
        h2 { (t!(lang, "figures-people")) }
        @if let Some(measure) = first_measure(page) {
            div.panels {
                (counts(page, measure, &figures.sexes, Kind::Sexes, sex_name))
                (counts(page, measure, &figures.ages, Kind::Ages, age_name))
            }
        }
        @if let Some(indicator) = indicator {
            div.panels {
                (shares(page, indicator, &figures.sexes, Kind::Sexes, sex_name))
                (shares(page, indicator, &figures.ages, Kind::Ages, age_name))
            }
        }
    }
}

fn counts(page: &Page<'_>, measure: &Measure, groups: &[Group], kind: Kind, name: fn(Lang, &str) -> String) -> Markup {
    let (lang, figures) = (page.lang, &page.report.figures);
    let by = super::super::table::dimension_name(lang, kind);
    let (title, id) = (measure.name.get(lang), format!("{}-count", kind.name()));
    let told = told(
        page,
        &id,
        t!(lang, "figures-by", measure = title, label = by.as_str()),
        measure.definition.get(lang),
        FigureKind::Count,
        kind,
    );
    let rows: Vec<Row> = groups
        .iter()
        .map(|group| Row {
            name: name(lang, &group.code),
            cells: vec![count(figures.count_in(group, &measure.id))],
            made_of: None,
        })
        .collect();
    chart::bars(lang, &told, &label(lang, kind), &[title.to_owned()], &rows)
}

fn shares(
    page: &Page<'_>,
    indicator: &Indicator,
    groups: &[Group],
    kind: Kind,
    name: fn(Lang, &str) -> String,
) -> Markup {
    let (lang, figures) = (page.lang, &page.report.figures);
    let by = super::super::table::dimension_name(lang, kind);
    let (title, id) = (indicator.name.get(lang), format!("{}-share", kind.name()));
    if kind == Kind::Sexes && groups.iter().all(|group| figures.share_in(group, indicator).value().is_none()) {
        return html! { figure.picture.chart { figcaption { strong { (t!(lang, "figures-by", measure = title, label = by.as_str())) } p { (t!(lang, "figures-sexes-withheld")) } } } };
    }
    let told = told(
        page,
        &id,
        t!(lang, "figures-by", measure = title, label = by.as_str()),
        indicator.definition.get(lang),
        FigureKind::Share,
        kind,
    );
    let row = |group: &Group| {
        let of = figures.share_in(group, indicator);
        Row { name: name(lang, &group.code), cells: vec![share(of)], made_of: made_of(lang, of) }
    };
    let rows: Vec<Row> = groups.iter().map(row).collect();
    chart::bars(lang, &told, &label(lang, kind), &[title.to_owned()], &rows)
}

/// Where the own cases were, in one indicator.
pub(super) fn compared(page: &Page<'_>, indicator: &Indicator) -> Markup {
    let (lang, figures) = (page.lang, &page.report.figures);
    let name = indicator.name.get(lang);
    let title = t!(lang, "figures-by-municipality", indicator = name);
    let told =
        told(page, "municipalities", title, indicator.definition.get(lang), FigureKind::Share, Kind::Municipalities);
    let row = |group: &Group| {
        let of = figures.share_in(group, indicator);
        (of != Share::Empty).then(|| Row {
            name: place_name(lang, &group.code),
            cells: vec![share(of)],
            made_of: made_of(lang, of),
        })
    };
    let rows: Vec<Row> = figures.places.iter().filter_map(row).collect();
    html! {
        h2 { (t!(lang, "figures-municipalities")) }
        (chart::bars(lang, &told, &label(lang, Kind::Municipalities), &[name.to_owned()], &rows))
    }
}
