//! Pictures of figures: bars, the flow through a chain, months as a curve. Each has a title, a sentence that says what is
//! seen, and its figures as a table beside it. The pictures are drawn in shares of their width, so that they fit any screen
//! while their words stay in the text's own size.

use chain::text::Lang;
use maud::{Markup, html};

use super::parts::{self, Column, Table};
use super::{format, lang};
use crate::t;

/// A figure that may be shown, or one kept back because it could point at somebody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// The figure.
    Known(f64),
    /// Kept back.
    Withheld,
}

/// What the figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureKind {
    /// Whole numbers.
    Count,
    /// Shares between 0 and 1, written as percentages.
    Share,
    /// Numbers with one decimal, such as medians in hours.
    Decimal,
}

/// What every picture has.
#[derive(Debug, Clone)]
pub struct Picture {
    /// A name for it on the page: letters, digits and hyphens.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What can be seen in it, in a sentence or two.
    pub description: String,
    /// What the labels are, as the table's first column: "Kommun".
    pub label: String,
    /// What the figures are called, as the table's second column: "Erbjudanden".
    pub figure: String,
    /// What the figures are.
    pub kind: FigureKind,
}

/// A label with its figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// What is measured.
    pub label: String,
    /// How much.
    pub value: Value,
}

/// A step of the flow: how many came here, and what those who went no further are called.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowNode {
    /// The step: "Tackade ja".
    pub label: String,
    /// How many came here.
    pub value: Value,
    /// Why not all came to the next step: "tackade nej eller blev inte tillfrågade".
    pub lost: Option<String>,
}

/// Things side by side, as horizontal bars.
#[must_use]
pub fn bars(lang: Lang, picture: &Picture, points: &[Point]) -> Markup {
    let largest = points.iter().filter_map(|point| known(point.value)).fold(0.0, f64::max);
    frame(
        lang,
        picture,
        points,
        &html! {
            ul.bars {
                @for point in points {
                    li {
                        span.label { (point.label) }
                        svg aria-hidden="true" focusable="false" {
                            @match known(point.value) {
                                Some(value) => rect width={ (share(value, largest)) "%" } height="100%" rx="3" {},
                                None => rect.kept x="1" y="1" width="24" height="18" rx="3" {},
                            }
                        }
                        span.value { (written(lang, picture.kind, point.value)) }
                    }
                }
            }
        },
    )
}

/// The way through a chain: each step as wide as its share of the first, and between them those who went no further.
#[must_use]
pub fn flow(lang: Lang, picture: &Picture, nodes: &[FlowNode]) -> Markup {
    let first = nodes.iter().filter_map(|node| known(node.value)).fold(0.0, f64::max);
    let points: Vec<Point> = nodes.iter().map(|node| Point { label: node.label.clone(), value: node.value }).collect();
    frame(
        lang,
        picture,
        &points,
        &html! {
            ol.flow {
                @for (at, node) in nodes.iter().enumerate() {
                    @let next = nodes.get(at + 1);
                    li {
                        p.node { span.label { (node.label) } span.value { (written(lang, picture.kind, node.value)) } }
                        div.band { (band(node.value, next.map_or(node.value, |next| next.value), first)) }
                        @if let (Some(next), Some(lost)) = (next, &node.lost) { (left(lang, picture.kind, node.value, next.value, lost)) }
                    }
                }
            }
        },
    )
}

/// Months, or other times in a row, as a line; a break where a figure is kept back.
#[must_use]
pub fn curve(lang: Lang, picture: &Picture, points: &[Point]) -> Markup {
    let top = ceiling(points.iter().filter_map(|point| known(point.value)).fold(0.0, f64::max), picture.kind);
    let across = |at: usize| if points.len() < 2 { 50.0 } else { at as f64 * 100.0 / (points.len() - 1) as f64 };
    let mut path = String::new();
    let mut pen_down = false;
    for (at, point) in points.iter().enumerate() {
        match known(point.value) {
            Some(value) => {
                path.push_str(&format!(
                    "{}{:.2} {:.2}",
                    if pen_down { 'L' } else { 'M' },
                    across(at),
                    100.0 - share(value, top)
                ));
                pen_down = true;
            }
            None => pen_down = false,
        }
    }
    // The first, the middle and the last are named; the table names all.
    let last = points.len().saturating_sub(1);
    let mut marks = vec![(0, "start"), (last / 2, "middle"), (last, "end")];
    marks.dedup_by_key(|mark| mark.0);
    frame(
        lang,
        picture,
        points,
        &html! {
            div.curve {
                p.scale { span { (written(lang, picture.kind, Value::Known(top))) } span { (written(lang, picture.kind, Value::Known(0.0))) } }
                svg aria-hidden="true" focusable="false" {
                    line.gridline x1="0" x2="100%" y1="0" y2="0" {}
                    line.gridline x1="0" x2="100%" y1="50%" y2="50%" {}
                    line.axis x1="0" x2="100%" y1="100%" y2="100%" {}
                    svg viewBox="0 0 100 100" preserveAspectRatio="none" { path d=(path) vector-effect="non-scaling-stroke" {} }
                    @for (at, point) in points.iter().enumerate() {
                        @if let Some(value) = known(point.value) {
                            circle cx={ (format!("{:.2}", across(at))) "%" } cy={ (format!("{:.2}", 100.0 - share(value, top))) "%" } r="3.5" {}
                        }
                    }
                    @for (at, anchor) in marks {
                        @if let Some(point) = points.get(at) {
                            text x={ (format!("{:.2}", across(at))) "%" } y="100%" dy="1.5em" text-anchor=(anchor) { (point.label) }
                        }
                    }
                }
            }
        },
    )
}

/// A figure as it is written; two dots where it is kept back.
#[must_use]
pub fn written(lang: Lang, kind: FigureKind, value: Value) -> String {
    match (known(value), kind) {
        (None, _) => "..".to_owned(),
        (Some(value), FigureKind::Count) => format::number(lang, value.round() as i64),
        (Some(value), FigureKind::Share) => format::percent(lang, value),
        (Some(value), FigureKind::Decimal) => format::decimal(lang, value, 1),
    }
}

fn frame(lang: Lang, picture: &Picture, points: &[Point], drawn: &Markup) -> Markup {
    let id = &picture.id;
    let withheld = points.iter().any(|point| known(point.value).is_none());
    let table = Table {
        caption: picture.title.clone(),
        caption_unseen: true,
        columns: vec![
            Column { label: picture.label.clone(), ..Column::default() },
            Column { label: picture.figure.clone(), numeric: true, ..Column::default() },
        ],
        rows: points
            .iter()
            .map(|point| vec![html! { (point.label) }, html! { (written(lang, picture.kind, point.value)) }])
            .collect(),
    };
    html! {
        figure.picture lang=(lang::code(lang)) {
            figcaption { strong id={ (id) "-title" } { (picture.title) } p id={ (id) "-text" } { (picture.description) } }
            @if points.is_empty() {
                p.hint { (t!(lang, "picture-empty")) }
            } @else {
                div role="img" aria-labelledby={ (id) "-title" } aria-describedby={ (id) "-text" } { (drawn) }
                @if withheld { p.hint { (t!(lang, "picture-withheld")) } }
                details { summary { (t!(lang, "picture-table")) } div { (parts::table(lang, &table)) } }
            }
        }
    }
}

/// The band from one step to the next, narrowing as people leave; drawn on a field of 100 by 100.
fn band(here: Value, next: Value, first: f64) -> Markup {
    let half = |value: Value| known(value).map(|value| (share(value, first) / 2.0).max(0.4));
    let kept = known(here).is_none() || known(next).is_none();
    let top = half(here).or(half(next)).unwrap_or(0.4);
    let bottom = half(next).unwrap_or(top);
    let points = format!(
        "{:.2},0 {:.2},0 {:.2},55 {:.2},100 {:.2},100 {:.2},55",
        50.0 - top,
        50.0 + top,
        50.0 + top,
        50.0 + bottom,
        50.0 - bottom,
        50.0 - top
    );
    html! {
        svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            polygon .kept[kept] points=(points) {}
        }
    }
}

fn left(lang: Lang, kind: FigureKind, here: Value, next: Value, lost: &str) -> Markup {
    let count = match (known(here), known(next)) {
        (Some(here), Some(next)) => Value::Known((here - next).max(0.0)),
        _ => Value::Withheld,
    };
    html! { p.lost { strong { (written(lang, kind, count)) } " " (lost) } }
}

fn known(value: Value) -> Option<f64> {
    match value {
        Value::Known(value) if value.is_finite() => Some(value.max(0.0)),
        Value::Known(_) | Value::Withheld => None,
    }
}

/// How many hundredths of the whole, never more than all of it.
fn share(value: f64, whole: f64) -> f64 {
    if whole > 0.0 { (value / whole * 1000.0).round() / 10.0 } else { 0.0 }.clamp(0.0, 100.0)
}

/// The top of a scale: 1, 2 or 5 times a power of ten, not under the largest value; 100 % for shares.
fn ceiling(largest: f64, kind: FigureKind) -> f64 {
    if kind == FigureKind::Share {
        return 1.0;
    }
    let largest = largest.max(1.0);
    let power = 10_f64.powf(largest.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|top| *top >= largest).unwrap_or(largest)
}
