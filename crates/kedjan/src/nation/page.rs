//! The markup of the national view. Everything in it is released.

use chain::text::Lang;
use maud::{Markup, html};

use super::{NATION, Reported, TOTAL, View};
use crate::publication::read::Table;
use crate::publication::{Code, Indicator};
use crate::reference;
use crate::statistics::{Figure, Share, write_line};
use crate::t;
use crate::web::chart::{self, Cell, Compared, Head, Line, Row, Side, Sort, Tile, Time, Told};
use crate::web::form::{self, Choice, Field, Posted};
use crate::web::format;
use crate::web::parts::{self, KeyFigure, Link};
use crate::web::picture::FigureKind;

const PATH: &str = "/nation";
/// The id of the table, before the code of a row.
const TABLE: &str = "places";

fn count(figure: Figure) -> Cell {
    figure.open().map_or(Cell::Withheld, |n| Cell::Known(n as f64))
}

/// A count in a place; none where the place has not reported, which is something else than one that is withheld.
fn count_in(table: &Table, place: &str, measure: &str) -> Cell {
    if table.has(&[place]) { count(table.figure(&[place], measure)) } else { Cell::Missing }
}

/// An indicator's share in a row; none where nobody has reported.
fn share_in(table: &Table, codes: &[&str], indicator: &Indicator) -> Cell {
    if table.has(codes) { share(table.share(codes, indicator)) } else { Cell::Missing }
}

fn share(share: Share) -> Cell {
    match (share.value(), share) {
        (Some(value), _) => Cell::Known(value),
        (None, Share::Empty) => Cell::Missing,
        (None, _) => Cell::Withheld,
    }
}

fn made_of(lang: Lang, share: Share) -> Option<String> {
    match share {
        Share::Open { part, whole } => Some(t!(lang, "figures-part-of", part = part, whole = whole)),
        Share::Empty | Share::Withheld => None,
    }
}

/// The address of the view of a place, with the same release and indicator.
fn query(view: &View, place: &str) -> String {
    let release = &view.release;
    let county = if place == NATION { String::new() } else { format!("&county={place}") };
    format!("?method={}&period={}&indicator={}{county}", release.method, release.period.code(), view.indicator.id)
}

/// Where the figures come from: the release with its version and when it was made.
fn source(lang: Lang, view: &View) -> String {
    let release = &view.release;
    t!(
        lang,
        "nation-source",
        method = release.marks.method_name.get(lang),
        period = release.period.words(lang),
        version = release.version,
        date = format::date(lang, format::local(release.made_at).date())
    )
}

fn told(lang: Lang, view: &View, id: &str, title: String, definition: &str, kind: FigureKind) -> Told {
    Told {
        id: id.to_owned(),
        title,
        definition: definition.to_owned(),
        source: source(lang, view),
        files: vec![Link {
            href: format!("{PATH}/figures.csv{}", query(view, &view.whole.code)),
            label: t!(lang, "figures-file-csv"),
        }],
        kind,
    }
}

/// The page, or that nothing has been released.
pub(super) fn nation(lang: Lang, view: Option<&View>, posted: &Posted) -> Markup {
    let Some(view) = view else {
        return html! {
            h1 { (t!(lang, "nation-title")) }
            (parts::empty(&t!(lang, "nation-empty-title"), &t!(lang, "nation-empty-text"), None))
        };
    };
    let indicator = &view.indicator;
    html! {
        h1 { (t!(lang, "nation-title")) }
        p.lead { (view.whole.name.get(lang)) ", " (view.release.period.words(lang)) ". " (view.release.marks.method_name.get(lang)) "." }
        (reported(lang, view))
        @if view.whole.code != NATION { p { a href={ (PATH) (query(view, NATION)) } { (t!(lang, "nation-back")) } } }
        (chooser(lang, view))
        div.grid { @for figure in key_figures(lang, view) { (parts::key_figure(&figure)) } }
        (map(lang, view, indicator))
        (side(lang, view, posted))
        (times(lang, view, indicator))
        div.panels { (sexes(lang, view, indicator)) (ages(lang, view, indicator)) }
        (young(lang, view))
        p.hint { (t!(lang, "nation-protected", most = view.release.marks.threshold.saturating_sub(1))) }
        p.source { (source(lang, view)) " " a href={ "/figures/" (view.release.id) } { (t!(lang, "nation-release")) } }
    }
}

/// How many have reported and who they are: of the others there is nothing, withheld or not.
fn reported(lang: Lang, view: &View) -> Markup {
    let Reported { municipalities, of, counties, of_counties } = view.reported();
    let said = if view.is_nation() {
        t!(lang, "nation-reported", n = municipalities, of = of, counties = counties, all = of_counties)
    } else {
        t!(lang, "nation-reported-county", n = municipalities, of = of)
    };
    let by_county = |code: &Code| {
        let mut names = view.reporters().filter(|one| one.parent.as_deref() == Some(code.code.as_str()));
        let first = names.next().map(|one| one.name.get(lang).to_owned())?;
        Some(names.fold(first, |all, one| format!("{all}, {}", one.name.get(lang))))
    };
    let places: Vec<&Code> = if view.is_nation() { view.parts.iter().collect() } else { vec![&view.whole] };
    let list = html! {
        dl {
            @for (place, names) in places.iter().filter_map(|place| Some((place, by_county(place)?))) {
                div { dt { (place.name.get(lang)) } dd { (names) } }
            }
        }
    };
    html! {
        p { (said) " " (t!(lang, "nation-not-reported")) }
        (form::details(&t!(lang, "nation-who"), &list, false))
    }
}

fn chooser(lang: Lang, view: &View) -> Markup {
    let named = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let methods: Vec<_> = view.methods.iter().map(|(id, name)| named(id, name.get(lang))).collect();
    let periods: Vec<_> = view.periods.iter().map(|one| named(&one.code(), &one.words(lang))).collect();
    let indicators: Vec<_> =
        view.measures.content.indicators.iter().map(|one| named(&one.id, one.name.get(lang))).collect();
    let chosen = [
        ("method", view.release.method.clone()),
        ("period", view.release.period.code()),
        ("indicator", view.indicator.id.clone()),
    ];
    let posted = Posted { values: chosen.map(|(name, value)| (name.to_owned(), value)).to_vec(), errors: Vec::new() };
    let select = |name: &str, label: String, all: &[(String, String)]| {
        let choices: Vec<Choice<'_>> = all.iter().map(|(id, name)| Choice::new(id, name)).collect();
        form::select(lang, &posted, &Field::new(name, &label), &choices)
    };
    let content = html! {
        form method="get" action=(PATH) {
            (select("method", t!(lang, "figures-method"), &methods))
            (select("period", t!(lang, "figures-period"), &periods))
            (select("indicator", t!(lang, "nation-indicator"), &indicators))
            @if view.whole.code != NATION { (form::hidden("county", &view.whole.code)) }
            (form::button(&t!(lang, "figures-show")))
        }
    };
    form::details(&t!(lang, "nation-choose"), &content, false)
}

fn key_figures(lang: Lang, view: &View) -> Vec<KeyFigure> {
    let figure = |indicator: &Indicator| {
        let of = view.measures.share(&[&view.whole.code], indicator);
        let counted = made_of(lang, of).map(|made_of| format!("{made_of}. ")).unwrap_or_default();
        let target = indicator.target.map(|target| t!(lang, "figures-target", target = target)).unwrap_or_default();
        KeyFigure {
            label: indicator.name.get(lang).to_owned(),
            value: chart::written(lang, FigureKind::Share, share(of)),
            definition: format!("{counted}{} {target}", indicator.definition.get(lang)).trim_end().to_owned(),
            source: source(lang, view),
            download: None,
        }
    };
    view.measures.content.indicators.iter().map(figure).collect()
}

/// What the parts of the place are called.
fn label(lang: Lang, view: &View) -> String {
    if view.whole.code == NATION { t!(lang, "nation-county") } else { t!(lang, "nation-municipality") }
}

/// Counties lead to themselves, municipalities to their row in the table.
fn map(lang: Lang, view: &View, indicator: &Indicator) -> Markup {
    let name = indicator.name.get(lang);
    let tile = |code: &Code| {
        let of = view.measures.share(&[&code.code], indicator);
        let href = if view.whole.code == NATION {
            format!("{PATH}{}", query(view, &code.code))
        } else {
            format!("#{TABLE}-{}", code.code)
        };
        Tile {
            name: code.name.get(lang).to_owned(),
            spot: reference::spot(&code.code),
            href,
            cell: share(of),
            made_of: made_of(lang, of),
        }
    };
    let tiles: Vec<Tile> = view.parts.iter().map(tile).collect();
    let title = t!(lang, "nation-map", indicator = name, place = view.whole.name.get(lang));
    let told = told(lang, view, "map", title, indicator.definition.get(lang), FigureKind::Share);
    chart::tiles(lang, &told, &label(lang, view), name, &tiles)
}

fn heads(lang: Lang, view: &View) -> Vec<Head> {
    let first = view.first().map(|measure| Head {
        id: measure.id.clone(),
        name: measure.name.get(lang).to_owned(),
        definition: measure.definition.get(lang).to_owned(),
        kind: FigureKind::Count,
    });
    let shares = view.measures.content.indicators.iter().map(|indicator| Head {
        id: format!("share-{}", indicator.id),
        name: indicator.name.get(lang).to_owned(),
        definition: indicator.definition.get(lang).to_owned(),
        kind: FigureKind::Share,
    });
    first.into_iter().chain(shares).collect()
}

fn compared(lang: Lang, view: &View, code: &Code) -> Compared {
    let table = &view.measures;
    let first = view.first().map(|measure| (count_in(table, &code.code, &measure.id), None));
    let shares = table.content.indicators.iter().map(|indicator| {
        let made_of = made_of(lang, table.share(&[&code.code], indicator));
        (share_in(table, &[&code.code], indicator), made_of)
    });
    let is_county = view.whole.code == NATION && code.code != NATION;
    Compared {
        code: code.code.clone(),
        name: code.name.get(lang).to_owned(),
        href: is_county.then(|| format!("{PATH}{}", query(view, &code.code))),
        cells: first.into_iter().chain(shares).collect(),
    }
}

/// All indicators of the counties, or of the municipalities, with the nation to compare with.
fn side(lang: Lang, view: &View, posted: &Posted) -> Markup {
    let heads = heads(lang, view);
    let sort = Sort::of(posted.get("sort"), posted.get("dir"), &heads);
    let base = format!("{PATH}{}", query(view, &view.whole.code));
    let rows = view.parts.iter().map(|code| compared(lang, view, code)).collect();
    let (rows, pager) = chart::paged(chart::sorted(rows, &heads, &sort), posted.get("page"), &base, &sort);
    let nation = view.measures.codes("place").iter().find(|code| code.code == NATION);
    let mut wholes: Vec<Compared> = nation.map(|code| compared(lang, view, code)).into_iter().collect();
    if view.whole.code != NATION {
        wholes.push(compared(lang, view, &view.whole));
    }
    let title = t!(lang, "nation-side", place = view.whole.name.get(lang));
    let told = told(lang, view, TABLE, title, &t!(lang, "figures-side-text"), FigureKind::Share);
    let table = Side {
        told: &told,
        label: label(lang, view),
        heads: &heads,
        wholes: &wholes,
        rows: &rows,
        sort: &sort,
        base,
        pager,
    };
    chart::side(lang, &table)
}

/// The indicator in the periods of the same length that are released, with the nation beside a county.
fn times(lang: Lang, view: &View, indicator: &Indicator) -> Markup {
    let times = Time::coded(view.series.iter().map(|point| point.period.code()).collect());
    let line = |code: &Code| {
        let at = |point: &super::Point| share_in(&point.table, &[&code.code], indicator);
        Line { name: code.name.get(lang).to_owned(), cells: view.series.iter().map(at).collect() }
    };
    let mut lines = vec![line(&view.whole)];
    if view.whole.code != NATION {
        let nation = view.measures.codes("place").iter().find(|code| code.code == NATION);
        lines.extend(nation.map(line));
    }
    let title = t!(lang, "nation-times", indicator = indicator.name.get(lang));
    let told = told(lang, view, "times", title, indicator.definition.get(lang), FigureKind::Share);
    chart::lines(lang, &told, &t!(lang, "figures-period"), &times, &lines)
}

fn sexes(lang: Lang, view: &View, indicator: &Indicator) -> Markup {
    let Some(table) = &view.sexes else { return html! { p.hint { (t!(lang, "nation-year-only")) } } };
    let row = |code: &Code| {
        let of = table.share(&[&view.whole.code, &code.code], indicator);
        let cell = share_in(table, &[&view.whole.code, &code.code], indicator);
        Row { name: code.name.get(lang).to_owned(), cells: vec![cell], made_of: made_of(lang, of) }
    };
    let rows: Vec<Row> = table.codes("sex").iter().filter(|code| code.code != TOTAL).map(row).collect();
    let name = indicator.name.get(lang);
    let title = t!(lang, "nation-sexes", indicator = name);
    let told = told(lang, view, "sexes", title, indicator.definition.get(lang), FigureKind::Share);
    chart::bars(lang, &told, &t!(lang, "figures-sexes"), &[name.to_owned()], &rows)
}

fn ages(lang: Lang, view: &View, indicator: &Indicator) -> Markup {
    let Some(table) = &view.ages else { return html! {} };
    let row = |age: &Code| {
        let of = table.share(&[&view.whole.code, &age.code], indicator);
        let cell = share_in(table, &[&view.whole.code, &age.code], indicator);
        Row { name: age.name.get(lang).to_owned(), cells: vec![cell], made_of: made_of(lang, of) }
    };
    let rows: Vec<Row> = table.codes("age").iter().filter(|code| code.code != TOTAL).map(row).collect();
    let name = indicator.name.get(lang);
    let title = t!(lang, "nation-ages", indicator = name);
    let told = told(lang, view, "ages", title, indicator.definition.get(lang), FigureKind::Share);
    chart::bars(lang, &told, &t!(lang, "figures-ages"), &[name.to_owned()], &rows)
}

/// Girls and women from 13 to 19, year by year: how many were found, and how many got where the flow leads.
fn young(lang: Lang, view: &View) -> Markup {
    let Some(newest) = view.young.last() else { return html! {} };
    let content = &newest.table.content;
    let measure = |id: Option<&String>| content.measures.iter().find(|measure| Some(&measure.id) == id);
    let ends = [measure(content.flow.first()), measure(content.flow.last())];
    let [Some(found), Some(support)] = ends else { return html! {} };
    let times = Time::coded(view.young.iter().map(|point| point.period.code()).collect());
    let line = |measure: &crate::publication::Measure| {
        let at = |point: &super::Point| {
            let codes = [view.whole.code.as_str(), "woman", "13-19"];
            if point.table.has(&codes) { count(point.table.figure(&codes, &measure.id)) } else { Cell::Missing }
        };
        Line { name: measure.name.get(lang).to_owned(), cells: view.young.iter().map(at).collect() }
    };
    let said = |one: &crate::publication::Measure| format!("{}: {}", one.name.get(lang), one.definition.get(lang));
    let definition = format!("{} {} {}", t!(lang, "nation-young-text"), said(found), said(support));
    let mut told = told(lang, view, "young", t!(lang, "nation-young"), &definition, FigureKind::Count);
    let file = |point: &super::Point| Link {
        href: format!("/figures/{}/{}.csv", point.release, content.name),
        label: t!(lang, "nation-young-file", period = point.period.words(lang)),
    };
    told.files = view.young.iter().map(file).collect();
    let periods: Vec<String> = view.young.iter().map(|point| point.period.words(lang)).collect();
    let method = view.release.marks.method_name.get(lang);
    told.source = t!(lang, "nation-young-source", method = method, periods = periods.join(", "));
    chart::lines(lang, &told, &t!(lang, "figures-period"), &times, &[line(found), line(support)])
}

/// The table side by side as text: UTF-8 with a byte order mark, semicolons and decimal commas.
pub(super) fn csv(lang: Lang, view: Option<&View>) -> String {
    let mut out = String::from("\u{feff}");
    let Some(view) = view else { return out };
    let heads = heads(lang, view);
    let mut head = vec![t!(lang, "nation-code"), label(lang, view)];
    head.extend(heads.iter().map(|head| head.name.clone()));
    head.push(t!(lang, "figures-column-source"));
    write_line(&mut out, &head);
    for code in std::iter::once(&view.whole).chain(&view.parts) {
        let row = compared(lang, view, code);
        let mut fields = vec![row.code, row.name];
        fields.extend(row.cells.iter().zip(&heads).map(|((cell, _), head)| written(*cell, head.kind)));
        fields.push(source(lang, view));
        write_line(&mut out, &fields);
    }
    out
}

fn written(cell: Cell, kind: FigureKind) -> String {
    match (cell.known(), cell) {
        (Some(value), _) if kind == FigureKind::Share => format!("{:.1}", value * 100.0).replace('.', ","),
        (Some(value), _) => format!("{value:.0}"),
        (None, Cell::Withheld) => "..".to_owned(),
        (None, _) => ".".to_owned(),
    }
}
