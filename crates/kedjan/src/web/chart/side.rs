//! Many measures side by side: a table that is sorted by a link and so needs no script, with the whole to compare with.

use std::cmp::Ordering;

use chain::text::Lang;
use maud::{Markup, html};

use super::{Cell, Told, files, written};
use crate::t;
use crate::web::lang;
use crate::web::parts::{self, Icon, Pager};
use crate::web::picture::FigureKind;

/// A column: a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its id, for sorting.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What is measured, in a sentence.
    pub definition: String,
    /// What its figures are.
    pub kind: FigureKind,
}

/// A municipality, a county, or what they are compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Its code, empty when it has none.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: Option<String>,
    /// A figure for each column, and what it is made of.
    pub cells: Vec<(Cell, Option<String>)>,
}

/// How the table is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// A column's id, or `name`.
    pub by: String,
    /// Whether the largest comes first.
    pub down: bool,
}

/// The column of names.
const NAME: &str = "name";

impl Sort {
    /// What `?sort=…&dir=…` asks for; by name when it is no column of the table.
    #[must_use]
    pub fn of(sort: &str, dir: &str, heads: &[Head]) -> Sort {
        match heads.iter().find(|head| head.id == sort) {
            Some(head) => Sort { by: head.id.clone(), down: dir != "asc" },
            None => Sort { by: NAME.to_owned(), down: dir == "desc" },
        }
    }
}

/// The table.
pub struct Side<'a> {
    /// What is around it. Its definition says what is compared.
    pub told: &'a Told,
    /// What a row is: "Kommun".
    pub label: String,
    /// The measures.
    pub heads: &'a [Head],
    /// What the rows are compared with: the county, the nation. They stay on top however the table is sorted.
    pub wholes: &'a [Compared],
    /// The rows of this page, sorted.
    pub rows: &'a [Compared],
    /// How they are sorted.
    pub sort: &'a Sort,
    /// The address of this table up to the sorting: it has a query already.
    pub base: String,
    /// Where in the list one is.
    pub pager: Pager,
}

/// Rows in order. What is kept back or missing comes last in both directions, so that the order tells nothing of it.
#[must_use]
pub fn sorted(mut rows: Vec<Compared>, heads: &[Head], sort: &Sort) -> Vec<Compared> {
    let by_name = |one: &Compared, other: &Compared| alphabetical(&one.name).cmp(&alphabetical(&other.name));
    rows.sort_by(by_name);
    match heads.iter().position(|head| head.id == sort.by) {
        None if sort.down => rows.reverse(),
        None => {}
        Some(at) => {
            let value = |row: &Compared| row.cells.get(at).and_then(|(cell, _)| cell.known());
            rows.sort_by(|one, other| match (value(one), value(other)) {
                (Some(one), Some(other)) if sort.down => other.total_cmp(&one),
                (Some(one), Some(other)) => one.total_cmp(&other),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            });
        }
    }
    rows
}

/// How many rows a page has.
const ROWS: usize = 50;

/// The rows of the page that `?page=2` asks for, and the way on and back. `base` is the address up to the sorting.
#[must_use]
pub fn paged(rows: Vec<Compared>, page: &str, base: &str, sort: &Sort) -> (Vec<Compared>, Pager) {
    let all = rows.len();
    let last = all.saturating_sub(1) / ROWS + 1;
    let page = page.parse::<usize>().unwrap_or(1).clamp(1, last);
    let before = (page - 1) * ROWS;
    let shown: Vec<Compared> = rows.into_iter().skip(before).take(ROWS).collect();
    let dir = if sort.down { "desc" } else { "asc" };
    let href = |page: usize| format!("{base}&sort={}&dir={dir}&page={page}", sort.by);
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let pager = Pager {
        first: if shown.is_empty() { 0 } else { number(before + 1) },
        last: number(before + shown.len()),
        all: number(all),
        previous: (page > 1).then(|| href(page - 1)),
        next: (page < last).then(|| href(page + 1)),
    };
    (shown, pager)
}

/// A name as Swedish sorts it: å, ä and ö last, in that order.
fn alphabetical(name: &str) -> String {
    let letter = |c| match c {
        'å' => '{',
        'ä' | 'æ' => '|',
        'ö' | 'ø' => '}',
        'é' => 'e',
        other => other,
    };
    name.chars().flat_map(char::to_lowercase).map(letter).collect()
}

/// The table with its definitions, its files and its source.
#[must_use]
pub fn side(lang: Lang, side: &Side<'_>) -> Markup {
    let told = side.told;
    let withheld =
        side.rows.iter().chain(side.wholes).flat_map(|row| &row.cells).any(|(cell, _)| *cell == Cell::Withheld);
    html! {
        figure.picture.chart id=(told.id) lang=(lang::code(lang)) {
            figcaption { strong id={ (told.id) "-title" } { (told.title) } p { (told.definition) } }
            @if side.rows.is_empty() {
                p.hint { (t!(lang, "picture-empty")) }
            } @else {
                div.scroll tabindex="0" role="region" aria-labelledby={ (told.id) "-title" } {
                    table.side {
                        caption.unseen { (told.title) }
                        thead { tr {
                            (head(lang, side, NAME, &side.label, None, false))
                            @for (at, one) in side.heads.iter().enumerate() { (head(lang, side, &one.id, &one.name, Some(at), true)) }
                        } }
                        @if !side.wholes.is_empty() { tbody.wholes { @for row in side.wholes { (drawn_row(lang, side, row)) } } }
                        tbody { @for row in side.rows { (drawn_row(lang, side, row)) } }
                    }
                }
                (parts::pager(lang, &side.pager))
                @if withheld { p.hint { (t!(lang, "chart-withheld")) } }
                h3 { (t!(lang, "chart-definitions")) }
                dl.definitions {
                    @for (at, one) in side.heads.iter().enumerate() {
                        div id=(definition_id(told, at)) { dt { (one.name) } dd { (one.definition) } }
                    }
                }
                (files(told))
            }
            p.source { (told.source) }
        }
    }
}

fn definition_id(told: &Told, at: usize) -> String {
    format!("{}-definition-{at}", told.id)
}

fn head(lang: Lang, side: &Side<'_>, id: &str, name: &str, definition: Option<usize>, numeric: bool) -> Markup {
    let current = side.sort.by == id;
    // A measure is sorted the largest first, a name from A; again on the same column, the other way.
    let down = if current { !side.sort.down } else { numeric };
    let href = format!("{}&sort={id}&dir={}#{}", side.base, if down { "desc" } else { "asc" }, side.told.id);
    let order = current.then_some(if side.sort.down { "descending" } else { "ascending" });
    html! {
        th .n[numeric] scope="col" aria-sort=[order] {
            a href=(href) {
                (name)
                @if current {
                    (parts::icon(if side.sort.down { Icon::Down } else { Icon::Up }))
                    span.unseen { " " @if side.sort.down { (t!(lang, "sorted-descending")) } @else { (t!(lang, "sorted-ascending")) } }
                }
            }
            @if let Some(at) = definition {
                a.what href={ "#" (definition_id(side.told, at)) } { (t!(lang, "chart-what")) span.unseen { " " (name) } }
            }
        }
    }
}

fn drawn_row(lang: Lang, side: &Side<'_>, row: &Compared) -> Markup {
    html! {
        tr id=[(!row.code.is_empty()).then(|| format!("{}-{}", side.told.id, row.code))] {
            th scope="row" { @match &row.href { Some(href) => a href=(href) { (row.name) }, None => (row.name) } }
            @for ((cell, made_of), head) in row.cells.iter().zip(side.heads) {
                td.n {
                    (written(lang, head.kind, *cell))
                    @if let Some(made_of) = made_of { span.sub { (made_of) } }
                }
            }
        }
    }
}
