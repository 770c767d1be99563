//! Releases in the order in which they come in life: a month when it has ended, then its quarter, and the year last.

use super::super::{Made, read};
use super::made::{tally, tally_of};
use super::{publish, sentence, wish};
use crate::statistics::Figure;
use crate::store::Sql;
use crate::testing::in_each;

/// The county's count of a month that is shown may leave its quarter no choice: five municipalities with one each, and five in
/// the county.
#[test]
fn a_month_leaves_room_for_its_quarter() {
    in_each(|world| {
        for (nr, municipality) in ["1060", "1080", "1081", "1082", "1083"].into_iter().enumerate() {
            for month in ["2026-07", "2026-08", "2026-09"] {
                tally(world, "10", municipality, month, "suspected", 40 + nr as i64);
            }
            tally(world, "10", municipality, "2026-09", "not_asked", 1);
        }
        for period in ["2026-07", "2026-08", "2026-09", "2026-Q3"] {
            let made = publish(world, &wish("county:10", period, None));
            assert!(
                matches!(made, Ok(Made::New(_))),
                "{period}: {}",
                made.err().as_ref().map_or_else(String::new, sentence)
            );
        }
        let shown = |table: &'static str, codes: &[&str]| {
            let table = world
                .app
                .store
                .read_blocking(move |tx: &mut dyn Sql| read::table(tx, "smadit-county-10-2026-q3-1", table));
            table.unwrap().unwrap().figure(codes, "not_asked")
        };
        assert_eq!(shown("measures", &["1080"]), Figure::Withheld);
        assert_eq!(shown("measures", &["10"]), Figure::Withheld, "5 in five municipalities is one in each");
    });
}

/// The same with ages, which a year crosses and no month or quarter.
#[test]
fn a_quarter_leaves_room_for_its_year() {
    in_each(|world| {
        let desk = (world.officer.org, world.officer.unit);
        for (age, n) in [("18-19", 1), ("20-24", 1), ("25-34", 1), ("35-44", 1), ("45-64", 1)] {
            tally_of(world, desk, ["10", "1080", "2025-09", "not_asked", "man", age], n);
            tally_of(world, desk, ["10", "1080", "2025-09", "suspected", "man", age], 40);
        }
        for period in ["2025-09", "2025-Q3", "2025"] {
            let made = publish(world, &wish("county:10", period, None));
            assert!(
                matches!(made, Ok(Made::New(_))),
                "{period}: {}",
                made.err().as_ref().map_or_else(String::new, sentence)
            );
        }
        let table =
            world.app.store.read_blocking(|tx: &mut dyn Sql| read::table(tx, "smadit-county-10-2025-1", "ages"));
        assert_eq!(table.unwrap().unwrap().figure(&["10", "20-24"], "not_asked"), Figure::Withheld);
    });
}
