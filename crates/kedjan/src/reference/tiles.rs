//! Where counties, and the municipalities of a county, lie in a map of equal tiles.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A place in the grid, from the north and from the west, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    /// The row.
    pub row: u8,
    /// The column.
    pub column: u8,
}

static SPOTS: LazyLock<HashMap<&'static str, Spot>> = LazyLock::new(|| {
    let lines = include_str!("../../reference/tiles.csv").lines();
    let spot = |line: &'static str| {
        let mut fields = line.split(',');
        let code = fields.next()?;
        Some((code, Spot { row: fields.next()?.parse().ok()?, column: fields.next()?.parse().ok()? }))
    };
    lines.filter(|line| !line.starts_with('#')).skip(1).filter_map(spot).collect()
});

/// Where a county (two digits) lies among the counties, or a municipality (four digits) among those of its county.
#[must_use]
pub fn spot(code: &str) -> Option<Spot> {
    SPOTS.get(code).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::{counties, municipalities};
    use super::*;

    #[test]
    fn every_county_and_municipality_has_a_place_of_its_own_in_a_grid_that_the_style_sheet_knows() {
        let mut taken = HashSet::new();
        for county in counties() {
            let spot = spot(county.code).expect(county.name);
            assert!(taken.insert(("", spot)), "{} lies on another", county.name);
        }
        for place in municipalities() {
            let spot = spot(place.code).expect(place.name);
            assert!(taken.insert((place.county, spot)), "{} lies on another", place.name);
        }
        assert_eq!(SPOTS.len(), taken.len(), "nothing else has a place");
        let css = include_str!("../../assets/chart.css");
        for spot in SPOTS.values() {
            assert!(css.contains(&format!(".row-{} {{", spot.row)), "row {}", spot.row);
            assert!(css.contains(&format!(".column-{} {{", spot.column)), "column {}", spot.column);
        }
    }

    #[test]
    fn north_is_up_and_west_is_left() {
        let at = |code: &str| spot(code).expect("a place");
        assert!(at("25").row < at("24").row && at("24").row < at("12").row, "Norrbotten lies north of Skåne");
        assert!(at("14").column < at("05").column && at("05").column < at("01").column);
        assert!(at("1060").column < at("1080").column, "Olofström lies west of Karlskrona");
        assert!(at("2584").row < at("2580").row, "Kiruna lies north of Luleå");
    }
}
