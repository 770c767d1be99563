//! Figures over time: a line for each series, with its name at its end and a mark of its own at each point.

use chain::text::Lang;
use maud::{Markup, html};

use super::{Cell, Told, along, ceiling, frame, share, table, written};
use crate::t;

/// A series over the times of the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is: "Blekinge län".
    pub name: String,
    /// A figure for each time.
    pub cells: Vec<Cell>,
}

/// A time of the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Time {
    /// What it is called: "2021".
    pub name: String,
    /// When, in a measure of one's own. Times lie as far apart in the chart as they are from each other.
    pub at: f64,
}

impl Time {
    /// Times that follow each other step by step.
    #[must_use]
    pub fn steps(names: Vec<String>) -> Vec<Time> {
        names.into_iter().enumerate().map(|(at, name)| Time { name, at: at as f64 }).collect()
    }

    /// Times by their codes ("2021", "2021/22", "2021-03", "2021-Q1") as far apart as their middles are; step by step where
    /// they are no codes in order.
    #[must_use]
    pub fn coded(codes: Vec<String>) -> Vec<Time> {
        let moments: Option<Vec<f64>> = codes.iter().map(|code| moment(code)).collect();
        match moments {
            Some(moments) if moments.is_sorted_by(|one, next| one < next) => {
                codes.into_iter().zip(moments).map(|(name, at)| Time { name, at }).collect()
            }
            _ => Time::steps(codes),
        }
    }
}

/// The middle of a time, in years.
#[must_use]
pub fn moment(code: &str) -> Option<f64> {
    let (year, rest) = code.split_at_checked(4)?;
    let year: f64 = year.parse::<u16>().ok()?.into();
    let of = |nr: &str, parts: u8| -> Option<f64> {
        let nr = nr.parse::<u8>().ok().filter(|nr| (1..=parts).contains(nr))?;
        Some(year + (f64::from(nr) - 0.5) / f64::from(parts))
    };
    match rest.split_at_checked(1) {
        None => Some(year + 0.5),
        // A school year has its middle at the turn of the year.
        Some(("/", _)) => Some(year + 1.0),
        Some(("-", part)) => part.strip_prefix('Q').map_or_else(|| of(part, 12), |quarter| of(quarter, 4)),
        Some(_) => None,
    }
}

/// Marks that can be told apart without colour, around the point nought.
const MARKS: [&str; 4] =
    ["M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z", "M-4-4h8v8h-8z", "M0-5.5 5.5 0 0 5.5-5.5 0z", "M0-5.5 5 4H-5z"];
/// How near each other names at the ends of lines may stand, in hundredths of the height.
const NEAREST: f64 = 9.0;

/// The least room for the name of a time under the axis, in hundredths: short ones and others.
const ROOM: [f64; 2] = [14.0, 32.0];

/// Times in order, from the left; the gap where a figure is kept back is told, and so is one where there is none.
#[must_use]
pub fn lines(lang: Lang, told: &Told, label: &str, times: &[Time], lines: &[Line]) -> Markup {
    let known = lines.iter().flat_map(|line| &line.cells).filter_map(|cell| cell.known());
    let top = ceiling(known.fold(0.0, f64::max), told.kind);
    let names: Vec<String> = lines.iter().map(|line| line.name.clone()).collect();
    let cell = |line: &Line, at: usize| line.cells.get(at).copied().unwrap_or(Cell::Missing);
    let rows = times
        .iter()
        .enumerate()
        .map(|(at, time)| (time.name.clone(), lines.iter().map(|line| cell(line, at)).collect()));
    let withheld = lines.iter().flat_map(|line| &line.cells).any(|cell| cell.is_withheld());
    let id = &told.id;
    let drawn = html! {
        div.lines .short[lines.len() < 2] {
            p.scale aria-hidden="true" {
                @for part in [1.0, 0.5, 0.0] { span { (written(lang, told.kind, Cell::Known(top * part))) } }
            }
            svg.plot role="img" aria-labelledby={ (id) "-title " (id) "-desc" } {
                title id={ (id) "-title" } { (told.title) }
                desc id={ (id) "-desc" } { (told_in_words(lang, told, times, lines)) }
                line.gridline x1="0" x2="100%" y1="0" y2="0" {}
                line.gridline x1="0" x2="100%" y1="50%" y2="50%" {}
                line.axis x1="0" x2="100%" y1="100%" y2="100%" {}
                @for (at, line) in lines.iter().enumerate() { (drawn_line(lang, told, at, line, times, top)) }
                @for at in named(times) {
                    @if let Some(time) = times.get(at) {
                        text.time x=(along(across(at, times))) y="100%" dy="1.5em" text-anchor=(anchor(at, times.len())) { (time.name) }
                    }
                }
                (ends(lang, told, lines, times, top))
            }
        }
    };
    frame(lang, told, withheld, &drawn, &table(lang, told, label, &names, rows.collect()))
}

/// Where a time lies, in hundredths of the width.
fn across(at: usize, times: &[Time]) -> f64 {
    let when = |time: Option<&Time>| time.map_or(0.0, |time| time.at);
    let (first, last) = (when(times.first()), when(times.last()));
    if last > first { ((when(times.get(at)) - first) * 100.0 / (last - first)).clamp(0.0, 100.0) } else { 50.0 }
}

fn anchor(at: usize, of: usize) -> &'static str {
    match at {
        _ if of < 2 => "middle",
        0 => "start",
        at if at + 1 == of => "end",
        _ => "middle",
    }
}

/// Which times are named under the axis: as many as there is room for on a phone, the first and the last among them.
fn named(times: &[Time]) -> Vec<usize> {
    let is_short = times.iter().all(|time| time.name.chars().count() <= 4);
    let [short, long] = ROOM;
    let room = if is_short { short } else { long };
    let last = times.len().saturating_sub(1);
    let mut named: Vec<usize> = Vec::new();
    for at in 0..times.len() {
        let free = named.last().is_none_or(|before| across(at, times) - across(*before, times) >= room);
        if free && (at == last || across(last, times) - across(at, times) >= room) {
            named.push(at);
        }
    }
    // The last has its name before the one next to it.
    if !times.is_empty() && named.last() != Some(&last) {
        named.push(last);
    }
    named
}

fn drawn_line(lang: Lang, told: &Told, nr: usize, line: &Line, times: &[Time], top: f64) -> Markup {
    let style = nr % MARKS.len();
    let mark = MARKS.get(style).copied().unwrap_or_default();
    let mut path = String::new();
    let mut pen_down = false;
    for (at, cell) in line.cells.iter().enumerate() {
        pen_down = match cell.known() {
            Some(value) => {
                let pen = if pen_down { 'L' } else { 'M' };
                path.push_str(&format!("{pen}{:.2} {:.2}", across(at, times), 100.0 - share(value, top)));
                true
            }
            None => false,
        };
    }
    html! {
        g class={ "line-" (style + 1) } {
            svg.field viewBox="0 0 100 100" preserveAspectRatio="none" { path d=(path) vector-effect="non-scaling-stroke" {} }
            @for (at, (cell, time)) in line.cells.iter().zip(times).enumerate() {
                @match (cell.known(), cell.is_withheld()) {
                    (Some(value), _) => {
                        svg.mark x=(along(across(at, times))) y=(along(100.0 - share(value, top))) {
                            path d=(mark) { title { (line.name) ", " (time.name) ": " (written(lang, told.kind, *cell)) } }
                        }
                    },
                    (None, true) => text.withheld x=(along(across(at, times))) y="100%" dy="-.35em" text-anchor="middle" { ".." },
                    (None, false) => {},
                }
            }
        }
    }
}

/// The name and the last figure of each line at its end, moved apart where they would lie on each other.
fn ends(lang: Lang, told: &Told, lines: &[Line], times: &[Time], top: f64) -> Markup {
    let mut ends: Vec<(usize, f64, f64, String)> = lines
        .iter()
        .enumerate()
        .filter_map(|(nr, line)| {
            let (at, last) = line.cells.iter().enumerate().rev().find_map(|(at, cell)| Some((at, cell.known()?)))?;
            let figure = written(lang, told.kind, Cell::Known(last));
            let words = if lines.len() == 1 { figure } else { format!("{} {figure}", line.name) };
            Some((nr, 100.0 - share(last, top), across(at, times), words))
        })
        .collect();
    ends.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut lowest = f64::NEG_INFINITY;
    for end in &mut ends {
        end.1 = end.1.max(lowest + NEAREST);
        lowest = end.1;
    }
    let mut highest = 100.0 + NEAREST;
    for end in ends.iter_mut().rev() {
        end.1 = end.1.min(highest - NEAREST);
        highest = end.1;
    }
    html! {
        @for (nr, y, x, words) in ends {
            text class={ "tip line-" (nr % MARKS.len() + 1) } x=(along(x)) dx=".7em" y=(along(y)) dy=".35em" { (words) }
        }
    }
}

/// What can be seen, for those who do not see it: where each line begins and ends, and how much is kept back.
fn told_in_words(lang: Lang, told: &Told, times: &[Time], lines: &[Line]) -> String {
    let mut sentences = Vec::new();
    for line in lines {
        let mut known = line.cells.iter().zip(times).filter(|(cell, _)| cell.known().is_some());
        let Some((first, from)) = known.next() else { continue };
        let (name, from, first) = (line.name.as_str(), from.name.as_str(), written(lang, told.kind, *first));
        sentences.push(match known.next_back() {
            Some((last, to)) => {
                let (to, last) = (to.name.as_str(), written(lang, told.kind, *last));
                t!(lang, "chart-line-words", name = name, from = from, first = first, to = to, last = last)
            }
            None => t!(lang, "chart-point-words", name = name, from = from, first = first),
        });
    }
    let withheld = lines.iter().flat_map(|line| &line.cells).filter(|cell| cell.is_withheld()).count();
    if withheld > 0 {
        sentences.push(t!(lang, "chart-withheld-count", count = withheld));
    }
    sentences.push(t!(lang, "chart-all-in-table"));
    sentences.join(" ")
}
