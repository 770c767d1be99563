//! A map in which each county or municipality is a tile of the same size, so that the small are seen as well as the large.

use chain::text::Lang;
use maud::{Markup, html};

use super::{Cell, Told, bound, frame, table, written};
use crate::reference::Spot;
use crate::t;
use crate::web::picture::FigureKind;

/// A tile.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// The county or municipality.
    pub name: String,
    /// Where it lies; what has no place stands under the map.
    pub spot: Option<Spot>,
    /// Where it leads.
    pub href: String,
    /// Its figure.
    pub cell: Cell,
    /// What the figure is made of: "12 av 20".
    pub made_of: Option<String>,
}

/// How many steps of colour there are.
const STEPS: usize = 5;

/// Five steps of the same width, from the lowest figure that is shown to the highest.
struct Scale {
    low: f64,
    width: f64,
    used: usize,
}

impl Scale {
    fn of(tiles: &[Tile], kind: FigureKind) -> Scale {
        let values: Vec<f64> = tiles.iter().filter_map(|tile| units(tile.cell, kind)).collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min).floor();
        let high = values.iter().copied().fold(0.0, f64::max);
        let low = if low.is_finite() { low } else { 0.0 };
        let width = ((high - low + 1.0) / STEPS as f64).ceil().max(1.0);
        let mut scale = Scale { low, width, used: 0 };
        scale.used = if values.is_empty() { 0 } else { scale.step_of(high) };
        scale
    }

    /// From 1.
    fn step_of(&self, units: f64) -> usize {
        let far = (units - self.low) / self.width;
        (1..STEPS).find(|step| far < *step as f64).unwrap_or(STEPS)
    }
}

/// Shares are counted in per cent. A figure is as large as it is written, so that its colour is the one that the legend says.
fn units(cell: Cell, kind: FigureKind) -> Option<f64> {
    let value = cell.known()?;
    Some(match kind {
        FigureKind::Share => (value * 1000.0).round() / 10.0,
        FigureKind::Decimal => (value * 10.0).round() / 10.0,
        FigureKind::Count => value.round(),
    })
}

/// The map, its legend and its table. Each tile says its name and its figure, so that the colour only helps.
#[must_use]
pub fn tiles(lang: Lang, told: &Told, label: &str, figure: &str, tiles: &[Tile]) -> Markup {
    let scale = Scale::of(tiles, told.kind);
    let mut placed: Vec<(Spot, &Tile)> = tiles.iter().filter_map(|tile| Some((tile.spot?, tile))).collect();
    placed.sort_by_key(|(spot, _)| *spot);
    let others: Vec<&Tile> = tiles.iter().filter(|tile| tile.spot.is_none()).collect();
    let withheld = tiles.iter().any(|tile| tile.cell.is_withheld());
    let missing = tiles.iter().any(|tile| tile.cell == Cell::Missing);
    let drawn = html! {
        div.tilemap {
            ol.tiles {
                @for (spot, tile) in &placed {
                    li class={ "row-" (spot.row) " column-" (spot.column) } { (drawn_tile(lang, told, &scale, tile)) }
                }
            }
            @if !others.is_empty() {
                p.hint { (t!(lang, "chart-no-place")) }
                ul.tiles { @for tile in &others { li { (drawn_tile(lang, told, &scale, tile)) } } }
            }
            ul.legend aria-label=(t!(lang, "chart-legend")) {
                @for step in 1..=scale.used {
                    li { span class={ "swatch step-" (step) } aria-hidden="true" {} (range(lang, told.kind, &scale, step)) }
                }
                @if withheld { li { span.swatch.withheld aria-hidden="true" {} (t!(lang, "chart-legend-withheld")) } }
                @if missing { li { span.swatch.missing aria-hidden="true" {} (t!(lang, "chart-legend-missing")) } }
            }
        }
    };
    let rows = tiles.iter().map(|tile| (tile.name.clone(), vec![tile.cell])).collect();
    frame(lang, told, withheld, &drawn, &table(lang, told, label, &[figure.to_owned()], rows))
}

fn drawn_tile(lang: Lang, told: &Told, scale: &Scale, tile: &Tile) -> Markup {
    let class = match (units(tile.cell, told.kind), tile.cell) {
        (Some(units), _) => format!("step-{}", scale.step_of(units)),
        (None, Cell::Withheld) => "withheld".to_owned(),
        (None, _) => "missing".to_owned(),
    };
    // What the signs mean is said to those who listen.
    let words = match (tile.cell.known(), tile.cell) {
        (Some(_), _) => None,
        (None, Cell::Withheld) => Some(t!(lang, "chart-legend-withheld")),
        (None, _) => Some(t!(lang, "chart-legend-missing")),
    };
    html! {
        a class={ "tile " (class) } href=(tile.href) title=[tile.made_of.as_deref()] {
            span.name { (tile.name) }
            span.value aria-hidden=[words.is_some().then_some("true")] { (written(lang, told.kind, tile.cell)) }
            @if let Some(words) = words { span.unseen { (words) } }
        }
    }
}

fn range(lang: Lang, kind: FigureKind, scale: &Scale, step: usize) -> String {
    let from = scale.low + (step - 1) as f64 * scale.width;
    let to = from + scale.width;
    match kind {
        // Whole numbers: the last one of a step is named.
        FigureKind::Count if scale.width <= 1.0 => bound(lang, kind, from),
        FigureKind::Count => format!("{}–{}", bound(lang, kind, from), bound(lang, kind, to - 1.0)),
        FigureKind::Share | FigureKind::Decimal => {
            t!(lang, "chart-range", from = bound(lang, kind, from), to = bound(lang, kind, to))
        }
    }
}
