//! The county's municipalities: side by side in a table, and on a map.

use maud::{Markup, html};

use super::super::Kind;
use super::super::figures::Group;
use super::pictures::{count, made_of, share};
use super::{Page, View, label, place_name, query, told};
use crate::reference;
use crate::t;
use crate::web::chart::{self, Cell, Compared, Head, Side, Sort, Tile};
use crate::web::picture::FigureKind;

/// The id of the table, before the code of a row.
const TABLE: &str = "places";

/// All indicators of all municipalities, sorted as asked for, with the county to compare with.
pub(in super::super) fn side(page: &Page<'_>) -> Markup {
    let (lang, figures, method) = (page.lang, &page.report.figures, page.method);
    let first = method.flow.first().and_then(|id| method.measure(id));
    let mut heads: Vec<Head> = first
        .iter()
        .map(|measure| Head {
            id: measure.id.clone(),
            name: measure.name.get(lang).to_owned(),
            definition: measure.definition.get(lang).to_owned(),
            kind: FigureKind::Count,
        })
        .collect();
    heads.extend(method.indicators().iter().map(|indicator| Head {
        id: format!("share-{}", indicator.id),
        name: indicator.name.get(lang).to_owned(),
        definition: indicator.definition.get(lang).to_owned(),
        kind: FigureKind::Share,
    }));
    let cells = |group: Option<&Group>| -> Vec<(Cell, Option<String>)> {
        let counted = first.iter().map(|measure| {
            let figure = group.map_or_else(|| figures.count(&measure.id), |group| figures.count_in(group, &measure.id));
            (count(figure), None)
        });
        let shares = method.indicators().iter().map(|indicator| {
            let of = group.map_or_else(|| figures.share(indicator), |group| figures.share_in(group, indicator));
            (share(of), made_of(lang, of))
        });
        counted.chain(shares).collect()
    };
    let row = |group: &Group| Compared {
        code: group.code.clone(),
        name: place_name(lang, &group.code),
        href: None,
        cells: cells(Some(group)),
    };
    let whole = Compared { code: String::new(), name: page.report.about.clone(), href: None, cells: cells(None) };
    let sort = Sort::of(page.posted.get("sort"), page.posted.get("dir"), &heads);
    let base =
        format!("{}{}", View::Side.path(page.choices.path), query(&page.report.asked, &page.report.asked.period, None));
    let rows = chart::sorted(figures.places.iter().map(row).collect(), &heads, &sort);
    let (rows, pager) = chart::paged(rows, page.posted.get("page"), &base, &sort);
    let told = told(
        page,
        TABLE,
        t!(lang, "figures-view-side"),
        &t!(lang, "figures-side-text"),
        FigureKind::Share,
        Kind::Municipalities,
    );
    let table = Side {
        told: &told,
        label: label(lang, Kind::Municipalities),
        heads: &heads,
        wholes: &[whole],
        rows: &rows,
        sort: &sort,
        base,
        pager,
    };
    chart::side(lang, &table)
}

/// One indicator on the map of the county. Each tile leads to the municipality's row in the table.
pub(in super::super) fn map(page: &Page<'_>) -> Markup {
    let (lang, figures) = (page.lang, &page.report.figures);
    let Some(indicator) = super::super::compared(page.method, page.report.asked.indicator.as_deref()) else {
        return html! {};
    };
    let name = indicator.name.get(lang);
    let side =
        format!("{}{}", View::Side.path(page.choices.path), query(&page.report.asked, &page.report.asked.period, None));
    // What lies in another county, or nowhere known, has no place among this county's tiles.
    let county = figures.places.first().and_then(|first| first.code.get(..2)).unwrap_or_default();
    let tile = |group: &Group| {
        let of = figures.share_in(group, indicator);
        let here = !county.is_empty() && group.code.starts_with(county);
        Tile {
            name: place_name(lang, &group.code),
            spot: if here { reference::spot(&group.code) } else { None },
            href: format!("{side}#{TABLE}-{}", group.code),
            cell: share(of),
            made_of: made_of(lang, of),
        }
    };
    let tiles: Vec<Tile> = figures.places.iter().map(tile).collect();
    let title = t!(lang, "figures-by-municipality", indicator = name);
    let told = told(page, "map", title, indicator.definition.get(lang), FigureKind::Share, Kind::Municipalities);
    chart::tiles(lang, &told, &label(lang, Kind::Municipalities), name, &tiles)
}
