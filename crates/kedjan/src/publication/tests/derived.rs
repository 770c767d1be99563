//! What follows from cells that are in no table: who is in a measure and not in a part of it.

use super::made::counted;
use super::parts::{found_when_shown, released, table_of};
use crate::statistics::Figure;
use crate::testing::World;

/// Whether the last look finds who is left in a place and a time, when everything but small counts had been shown.
fn finds_rest(world: &World, method: &str, of: &str) -> bool {
    let found = found_when_shown(world, method, "");
    found.iter().any(|cell| cell.starts_with(of) && cell.ends_with("(rest)"))
}

#[test]
fn who_is_in_a_measure_and_not_in_one_that_takes_some_of_its_outcomes_does_not_follow() {
    let pairs = [
        ("smadit", "tried", "reached"),
        ("smadit", "suspected", "not_asked"),
        ("smadit", "offered", "declined"),
        ("lob", "tried", "reached"),
        ("concern", "protected", "acted"),
        ("concern", "finished", "followed_up"),
        ("concern", "children_reported", "reports"),
    ];
    for (method, whole, part) in pairs {
        let world = World::new(testkit::sqlite());
        let desk = (world.officer.org, world.officer.unit);
        for (place, more, less) in [("1080", 12, 10), ("1081", 60, 20), ("1082", 70, 30)] {
            for (measure, n) in [(whole, more), (part, less)] {
                counted(&world, method, desk, ["10", place, "2025-02", measure, "man", "15-17"], n);
            }
        }
        let id = released(&world, method, "county:10", "2025-Q1", None);
        let table = table_of(&world, &id, "measures");
        let both = [whole, part].map(|measure| table.figure(&["1080"], measure));
        assert!(both.contains(&Figure::Withheld), "{method}: {whole} and {part} are {both:?} and say two");
        assert!(finds_rest(&world, method, &format!("{whole} 1080 2025-Q1")), "{method}: {whole} less {part}");
    }
}
