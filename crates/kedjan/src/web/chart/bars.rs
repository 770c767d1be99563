//! Groups side by side, such as women and men or ages, each with a bar for one series or several.

use chain::text::Lang;
use maud::{Markup, html};

use super::{Cell, Told, ceiling, frame, share, table, written};

/// A group with a figure for each series.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The group: "Kvinnor".
    pub name: String,
    /// A figure for each series.
    pub cells: Vec<Cell>,
    /// What the figures are made of, such as "12 av 20".
    pub made_of: Option<String>,
}

/// Bars in groups; each bar is named when there are several in a group.
#[must_use]
pub fn bars(lang: Lang, told: &Told, label: &str, series: &[String], rows: &[Row]) -> Markup {
    let known = rows.iter().flat_map(|row| &row.cells).filter_map(|cell| cell.known());
    let top = ceiling(known.fold(0.0, f64::max), told.kind);
    let withheld = rows.iter().flat_map(|row| &row.cells).any(|cell| cell.is_withheld());
    let drawn = html! {
        ul.groups {
            @for row in rows {
                li {
                    p.label { (row.name) @if let Some(made_of) = &row.made_of { span.sub { (made_of) } } }
                    ul {
                        @for (at, (cell, name)) in row.cells.iter().zip(series).enumerate() {
                            li class={ "bar-" (at % 4 + 1) } {
                                @if series.len() > 1 { span.series { (name) } }
                                svg aria-hidden="true" focusable="false" {
                                    @match (cell.known(), cell.is_withheld()) {
                                        (Some(value), _) => rect width={ (share(value, top)) "%" } height="100%" rx="3" {},
                                        (None, true) => rect.kept x="1" y="1" width="24" height="16" rx="3" {},
                                        (None, false) => {},
                                    }
                                }
                                span.value { (written(lang, told.kind, *cell)) }
                            }
                        }
                    }
                }
            }
        }
    };
    let listed = rows.iter().map(|row| (row.name.clone(), row.cells.clone())).collect();
    frame(lang, told, withheld, &drawn, &table(lang, told, label, series, listed))
}
