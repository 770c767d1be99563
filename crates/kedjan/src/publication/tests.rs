//! Releases on both stores: what is frozen, what is refused, and what none of them gives away.

mod derived;
mod history;
pub(crate) mod made;
mod out;
mod parts;
mod turn;

use chain::text::Lang;

use super::read::{self, Filter};
use super::{Made, Wish, make};
use crate::app::Stop;
use crate::statistics::Figure;
use crate::store::Sql;
use crate::testing::{World, in_each};
use made::{taken, tally};

pub(crate) fn wish(scope: &str, period: &str, reason: Option<&str>) -> Wish {
    Wish { scope: scope.into(), method: "smadit".into(), period: period.into(), reason: reason.map(str::to_owned) }
}

pub(crate) fn publish(world: &World, wish: &Wish) -> Result<Made, Stop> {
    make(&world.app, wish, Lang::Sv, &|_| {})
}

fn sentence(stop: &Stop) -> String {
    match stop {
        Stop::Refused(refused) => {
            refused.issues().iter().map(|issue| issue.detail.clone()).collect::<Vec<_>>().join(" ")
        }
        Stop::Store(error) => error.to_string(),
    }
}

#[test]
fn a_release_is_frozen_and_stays_as_it_is() {
    in_each(|world| {
        tally(world, "10", "1080", "2026-08", "suspected", 40);
        tally(world, "10", "1081", "2026-08", "suspected", 3);
        tally(world, "10", "1082", "2026-08", "suspected", 12);
        let first = publish(world, &wish("county:10", "2026-Q3", None)).unwrap();
        let Made::New(release) = first else { panic!("{first:?}") };
        assert_eq!((release.id.as_str(), release.version), ("smadit-county-10-2026-q3-1", 1));
        assert_eq!(release.marks.reporters.len(), 3);
        let id = release.id.clone();
        let table =
            world.app.store.read_blocking(|tx: &mut dyn Sql| read::table(tx, &id, "measures")).unwrap().unwrap();
        assert_eq!(table.figure(&["10"], "suspected"), Figure::Open(55));
        assert_eq!(table.figure(&["1081"], "suspected"), Figure::Withheld);
        assert_eq!(table.figure(&["1082"], "suspected"), Figure::Withheld, "55 less the others would say 3");
        assert_eq!(table.figure(&["1080"], "suspected"), Figure::Open(40));
        // What is counted later changes nothing that is frozen.
        tally(world, "10", "1080", "2026-08", "suspected", 9);
        let again = publish(world, &wish("county:10", "2026-Q3", None)).unwrap();
        assert!(matches!(&again, Made::Already(same) if *same == release), "{again:?}");
        let new = publish(world, &wish("county:10", "2026-Q3", Some("Sent inkomna ärenden"))).unwrap();
        assert_eq!(new.release().marks.replaces.as_deref(), Some("smadit-county-10-2026-q3-1"));
        let id = new.release().id.clone();
        let table =
            world.app.store.read_blocking(|tx: &mut dyn Sql| read::table(tx, &id, "measures")).unwrap().unwrap();
        assert_eq!(table.figure(&["1080"], "suspected"), Figure::Open(49));
        let stop = publish(world, &wish("county:10", "2026-Q3", Some("Igen"))).unwrap_err();
        assert!(sentence(&stop).contains("Inget har ändrats sedan version 2"), "{}", sentence(&stop));
        let (all, count) =
            world.app.store.read_blocking(|tx: &mut dyn Sql| read::releases(tx, &Filter::default(), 10, 0)).unwrap();
        assert_eq!((all.len(), count), (2, 2));
    });
}

#[test]
fn what_cannot_be_released_is_said_in_a_sentence() {
    let world = World::new(testkit::sqlite());
    let stop = publish(&world, &wish("county:10", "2026-11", None)).unwrap_err();
    assert!(sentence(&stop).contains("från och med 1 december 2026"), "{}", sentence(&stop));
    let stop = publish(&world, &wish("county:10", "2026-10", None)).unwrap_err();
    assert!(sentence(&stop).contains("Det finns inget att publicera"), "{}", sentence(&stop));
    let stop = publish(&world, &wish("county:99", "2026-Q5", None)).unwrap_err();
    assert_eq!(sentence(&stop).matches("Skriv").count(), 2);
}

#[test]
fn the_bands_of_age_are_those_that_cases_are_counted_in() {
    let [sum, bands @ ..] = &super::lattice::AGES;
    assert_eq!((*sum, bands), ("total", &crate::cases::AGE_BANDS));
}

#[test]
fn what_other_installations_have_reported_is_counted_with_our_own() {
    in_each(|world| {
        tally(world, "10", "1080", "2026-08", "suspected", 40);
        taken(world, "10", "1081", "2026-08", "suspected", 30);
        taken(world, "07", "0780", "2026-08", "suspected", 20);
        let made = publish(world, &wish("nation", "2026-Q3", None)).unwrap();
        let release = made.release();
        let reported: Vec<&str> = release.marks.reporters.iter().map(|code| code.code.as_str()).collect();
        assert_eq!(reported, ["0780", "1080", "1081"]);
        let id = release.id.clone();
        let table =
            world.app.store.read_blocking(|tx: &mut dyn Sql| read::table(tx, &id, "measures")).unwrap().unwrap();
        let counts = ["00", "10", "07", "1081"].map(|place| table.figure(&[place], "suspected"));
        assert_eq!(counts, [90, 70, 20, 30].map(Figure::Open));
    });
}
