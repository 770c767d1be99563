//! The chain as a picture: where a case can stand, what takes it on, and how it can end.

use std::fmt::Write;

use crate::method::{Leads, Method, Step};
use crate::text::Lang;

/// Where a way begins: before the first stage, or in one.
type From<'m> = Option<&'m str>;

/// The steps that lead from one place to another, each once, in the order of the method.
struct Way<'m> {
    from: From<'m>,
    to: &'m Leads,
    steps: Vec<&'m Step>,
}

/// All ways through the method that lead somewhere, in the order of the stages they leave.
fn ways(method: &Method) -> Vec<Way<'_>> {
    let stages = method.stages().iter().map(|stage| Some(stage.id.as_str()));
    let mut ways: Vec<Way<'_>> = Vec::new();
    for from in std::iter::once(None).chain(stages) {
        for (step, outcome) in method.moves(from).filter(|(_, outcome)| outcome.leads != Leads::Stays) {
            match ways.iter_mut().find(|way| way.from == from && *way.to == outcome.leads) {
                Some(way) if way.steps.iter().any(|one| one.id == step.id) => {}
                Some(way) => way.steps.push(step),
                None => ways.push(Way { from, to: &outcome.leads, steps: vec![step] }),
            }
        }
    }
    ways
}

fn step_names(steps: &[&Step], lang: Lang) -> String {
    steps.iter().map(|step| step.name.get(lang)).collect::<Vec<_>>().join(" / ")
}

/// The chain as a Mermaid state diagram.
#[must_use]
pub fn mermaid(method: &Method, lang: Lang) -> String {
    // Mermaid ends a label at a line break and reads some signs as its own.
    let plain = |text: &str| text.replace(['"', ';', ':', '#', '\n', '\r'], " ");
    let mut out = String::from("stateDiagram-v2\n");
    for stage in method.stages() {
        push(&mut out, format_args!("    state \"{}\" as {}\n", plain(stage.name.get(lang)), stage.id));
    }
    // A closing may have the same id as a stage.
    for closing in method.closings() {
        push(&mut out, format_args!("    state \"{}\" as closed_{}\n", plain(closing.name.get(lang)), closing.id));
    }
    for way in ways(method) {
        let to = match way.to {
            Leads::To(stage) => stage.clone(),
            Leads::Closes(closing) => format!("closed_{closing}"),
            Leads::Stays => continue,
        };
        let label = plain(&step_names(&way.steps, lang));
        push(&mut out, format_args!("    {} --> {to} : {label}\n", way.from.unwrap_or("[*]")));
    }
    for closing in method.closings() {
        push(&mut out, format_args!("    closed_{} --> [*]\n", closing.id));
    }
    out
}

/// Writes to a string, which cannot fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// Measures of the picture, in its own units; text is 13 high.
const LEAST_WIDTH: usize = 240;
const LINE: usize = 18;
const GAP: usize = 44;
const LANE: usize = 26;
const MARGIN: usize = 16;
/// Rough width of a letter.
const LETTER: usize = 7;

/// A box in the picture: a stage, or the beginning.
struct Row<'m> {
    id: From<'m>,
    title: String,
    /// The steps that can be taken there, with who takes them.
    lines: Vec<String>,
    /// How a case can end from there.
    ends: Vec<String>,
    top: usize,
    height: usize,
}

/// An arrow between two boxes.
struct Arrow<'a, 'm> {
    from: &'a Row<'m>,
    to: &'a Row<'m>,
    label: String,
    /// The lane beside the boxes in which it runs; none when it goes straight down to the next box.
    lane: Option<usize>,
}

/// The chain as an SVG picture that follows the colour of the text around it: the stages from top to bottom, what can
/// be done in each, and beside each how a case can end from there.
#[must_use]
pub fn svg(method: &Method, lang: Lang) -> String {
    let ways = ways(method);
    let rows = rows(method, &ways, lang);
    let arrows = arrows(&ways, &rows, lang);
    let lanes = arrows.iter().filter_map(|arrow| arrow.lane).max().unwrap_or_default();
    let left = MARGIN + lanes * LANE;
    let right = left + width_of(rows.iter().flat_map(|row| row.lines.iter().chain([&row.title]))).max(LEAST_WIDTH) + 24;
    let width = right + 36 + width_of(rows.iter().flat_map(|row| &row.ends)) + MARGIN;
    let height = rows.last().map_or(0, |row| row.top + row.height) + MARGIN;
    let (id, title) = (&method.id, escaped(method.name.get(lang)));
    let about = escaped(method.about.get(lang));
    let mut out = String::new();
    push(
        &mut out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"chain-{id}-title chain-{id}-desc\" fill=\"none\" stroke=\"currentColor\" \
         font-family=\"inherit\" font-size=\"13\">\n\
         <title id=\"chain-{id}-title\">{title}</title>\n<desc id=\"chain-{id}-desc\">{about}</desc>\n\
         <defs><marker id=\"chain-{id}-tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"currentColor\" stroke=\"none\"/></marker></defs>\n"
        ),
    );
    for arrow in &arrows {
        draw_arrow(&mut out, arrow, (left, right), id);
    }
    for row in &rows {
        draw_row(&mut out, row, (left, right));
    }
    out.push_str("</svg>\n");
    out
}

/// The boxes, from the beginning down through the stages.
fn rows<'m>(method: &'m Method, ways: &[Way<'m>], lang: Lang) -> Vec<Row<'m>> {
    let beginning = match lang {
        Lang::Sv => "Början",
        Lang::En => "Beginning",
    };
    let stages = method.stages().iter().map(|stage| (Some(stage.id.as_str()), stage.name.get(lang)));
    let mut top = MARGIN;
    std::iter::once((None, beginning))
        .chain(stages)
        .map(|(id, title)| {
            let here = method
                .steps()
                .iter()
                .filter(|step| id.map_or(step.begins, |stage| step.during.iter().any(|one| one == stage)));
            let party = |step: &Step| method.party(&step.by).map_or("", |party| party.name.get(lang)).to_owned();
            let lines: Vec<String> = here.map(|step| format!("{} ({})", step.name.get(lang), party(step))).collect();
            let ends: Vec<String> = ways
                .iter()
                .filter(|way| way.from == id)
                .filter_map(|way| match way.to {
                    Leads::Closes(closing) => method.closing(closing).map(|closing| closing.name.get(lang).to_owned()),
                    Leads::To(_) | Leads::Stays => None,
                })
                .collect();
            let height = LINE * lines.len().max(ends.len().saturating_sub(1)) + 34;
            let row = Row { id, title: title.to_owned(), lines, ends, top, height };
            top += height + GAP;
            row
        })
        .collect()
}

fn arrows<'a, 'm>(ways: &[Way<'m>], rows: &'a [Row<'m>], lang: Lang) -> Vec<Arrow<'a, 'm>> {
    let mut lanes = 0;
    let mut arrows = Vec::new();
    for way in ways {
        let Leads::To(to) = way.to else { continue };
        let at = |id: From<'_>| rows.iter().enumerate().find(|(_, row)| row.id == id);
        let (Some((above, from)), Some((below, to))) = (at(way.from), at(Some(to))) else { continue };
        let lane = (above + 1 != below).then(|| {
            lanes += 1;
            lanes
        });
        arrows.push(Arrow { from, to, label: step_names(&way.steps, lang), lane });
    }
    arrows
}

fn draw_arrow(out: &mut String, arrow: &Arrow<'_, '_>, (left, right): (usize, usize), id: &str) {
    let label = escaped(&arrow.label);
    let Some(lane) = arrow.lane else {
        let x = left.midpoint(right);
        let (start, end) = (arrow.from.top + arrow.from.height, arrow.to.top);
        push(out, format_args!("<path d=\"M{x} {start}V{end}\" marker-end=\"url(#chain-{id}-tip)\"/>\n"));
        text(out, x + 8, start + GAP / 2 + 4, "", &label);
        return;
    };
    // Leaves above the middle of the box and arrives below it, so that the two never lie on each other.
    let x = left - lane * LANE + LANE / 2;
    let start = arrow.from.top + arrow.from.height / 3;
    let end = arrow.to.top + arrow.to.height * 2 / 3;
    push(out, format_args!("<path d=\"M{left} {start}H{x}V{end}H{left}\" marker-end=\"url(#chain-{id}-tip)\"/>\n"));
    let (x, y) = (x - 4, start.midpoint(end));
    let turned = format!(" transform=\"rotate(-90 {x} {y})\" text-anchor=\"middle\"");
    text(out, x, y, &turned, &label);
}

fn draw_row(out: &mut String, row: &Row<'_>, (left, right): (usize, usize)) {
    let (top, width, height) = (row.top, right - left, row.height);
    push(out, format_args!("<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\n"));
    text(out, left + 12, top + 21, " font-weight=\"bold\"", &escaped(&row.title));
    for (y, line) in (top + 21 + LINE..).step_by(LINE).zip(&row.lines) {
        text(out, left + 12, y, "", &escaped(line));
    }
    for (y, end) in (top + 21..).step_by(LINE).zip(&row.ends) {
        let (middle, edge) = (y - 4, right + 24);
        push(out, format_args!("<path d=\"M{right} {middle}H{edge}\" stroke-dasharray=\"3 3\"/>\n"));
        push(out, format_args!("<circle cx=\"{edge}\" cy=\"{middle}\" r=\"4\" fill=\"currentColor\"/>\n"));
        text(out, right + 36, y, "", &escaped(end));
    }
}

/// The width of the longest of some lines, roughly.
fn width_of<'l>(lines: impl Iterator<Item = &'l String>) -> usize {
    lines.map(|line| line.chars().count() * LETTER).max().unwrap_or_default()
}

fn text(out: &mut String, x: usize, y: usize, more: &str, words: &str) {
    push(out, format_args!("<text x=\"{x}\" y=\"{y}\"{more} fill=\"currentColor\" stroke=\"none\">{words}</text>\n"));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
