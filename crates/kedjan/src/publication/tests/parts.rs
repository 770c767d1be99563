//! What follows from parts and wholes in a single place: who reported, who else is left, and what comes back.

use super::super::audit::{self, Counted, Edition};
use super::super::content::{Content, digest};
use super::super::make::Before;
use super::super::read::{self, Table};
use super::super::{Period, Wish, shared_out, sql};
use super::history::published;
use super::made::{counted, tally_of};
use super::{publish, sentence, wish};
use crate::statistics::Figure;
use crate::store::{Sql, StoreError};
use crate::testing::{World, in_each};

pub(super) fn table_of(world: &World, id: &str, name: &str) -> Table {
    let (id, name) = (id.to_owned(), name.to_owned());
    world.app.store.read_blocking(move |tx: &mut dyn Sql| read::table(tx, &id, &name)).unwrap().unwrap()
}

pub(super) fn released(world: &World, method: &str, scope: &str, period: &str, reason: Option<&str>) -> String {
    let wish = Wish { method: method.to_owned(), ..wish(scope, period, reason) };
    world.pass(1);
    publish(world, &wish).map_err(|stop| sentence(&stop)).unwrap().release().id.clone()
}

/// What the last look finds when everything but small counts and a measure had been shown.
pub(super) fn found_when_shown(world: &World, method: &str, but: &str) -> Vec<String> {
    let before = published(world, method);
    let shown: Vec<(Period, Vec<Counted>)> = before
        .iter()
        .map(Before::edition)
        .map(|edition| {
            let open = |table: &&Counted| {
                let mut table = (*table).clone();
                let hidden = table.content.measures.iter().position(|measure| measure.id == but);
                let width = table.content.measures.len();
                let is_shown =
                    |(at, n): (usize, &u64)| (*n == 0 || *n >= 5 && Some(at % width) != hidden).then_some(*n);
                table.content.cells = table.then.iter().enumerate().map(is_shown).collect();
                table
            };
            (edition.period, edition.tables.iter().map(open).collect())
        })
        .collect();
    let editions: Vec<Edition<'_>> =
        shown.iter().map(|(period, tables)| Edition { period: *period, tables: tables.iter().collect() }).collect();
    audit::look(&editions, world.app.library.current(method).unwrap(), 5, &shared_out).unwrap()
}

/// Reports of concern in two municipalities, by whom; and cases elsewhere in which it was said who, and nobody reported.
fn reports(world: &World) {
    let desk = (world.officer.org, world.officer.unit);
    let add = |county: &str, place: &str, measure: &str, n: i64| {
        counted(world, "concern", desk, [county, place, "2025-02", measure, "man", "15-17"], n);
    };
    for (place, by, n) in
        [("1080", "by_police", 3), ("1080", "by_school", 20), ("1082", "by_police", 30), ("1082", "by_school", 40)]
    {
        for measure in ["reports", "children_reported", by] {
            add("10", place, measure, n);
        }
    }
    add("10", "1082", "children_reported", 9);
    add("07", "0780", "by_police", 6);
    add("07", "0780", "settled", 6);
}

#[test]
fn who_reported_in_a_municipality_does_not_follow_from_the_others_whatever_was_recorded_elsewhere() {
    in_each(|world| {
        reports(world);
        let id = released(world, "concern", "nation", "2025-Q1", None);
        let table = table_of(world, &id, "measures");
        let figure = |measure: &str| table.figure(&["1080"], measure);
        assert_eq!(figure("by_police"), Figure::Withheld);
        for whole in ["reports", "children_reported"] {
            let both = (figure(whole), figure("by_school"));
            assert!(both.0 == Figure::Withheld || both.1 == Figure::Withheld, "{whole}: {both:?} say three");
        }
    });
}

#[test]
fn the_last_look_knows_that_those_who_reported_make_up_the_reports() {
    let world = World::new(testkit::sqlite());
    reports(&world);
    released(&world, "concern", "county:10", "2025-Q1", None);
    let found = found_when_shown(&world, "concern", "by_police");
    assert!(found.iter().any(|cell| cell.starts_with("by_police 1080")), "{found:?}");
}

#[test]
fn the_county_less_the_authorities_that_have_released_gives_no_few_away() {
    in_each(|world| {
        let desks = [(&world.officer, 37), (&world.care, 2), (&world.ronneby, 1)];
        for (actor, n) in desks {
            tally_of(world, (actor.org, actor.unit), ["10", "1080", "2025-02", "suspected", "man", "25-34"], n);
        }
        let id = released(world, "smadit", "county:10", "2025-Q1", None);
        assert_eq!(table_of(world, &id, "measures").figure(&["10"], "suspected"), Figure::Open(40));
        let police = world.officer.org;
        let id = released(world, "smadit", &format!("authority:{police}"), "2025-Q1", None);
        let figure = table_of(world, &id, "measures").figure(&[&format!("{police}:10")], "suspected");
        assert_eq!(figure, Figure::Withheld, "40 less 37 are the three of the others");
        let found = found_when_shown(world, "smadit", "");
        assert!(
            found.iter().any(|cell| cell.starts_with("suspected 10 2025-Q1") && cell.ends_with("(rest)")),
            "{found:?}"
        );
    });
}

#[test]
fn a_count_that_was_withheld_stays_withheld_when_an_earlier_count_comes_back() {
    in_each(|world| {
        let desk = (world.officer.org, world.officer.unit);
        let add = |place: &str, n: i64| {
            tally_of(world, desk, ["10", place, "2025-02", "suspected", "man", "25-34"], n);
        };
        add("1080", 20);
        add("1081", 30);
        add("1082", 30);
        let release = |reason| released(world, "smadit", "county:10", "2025-02", reason);
        let first = release(None);
        let of = |id: &str| table_of(world, id, "measures").figure(&["10"], "suspected");
        assert_eq!(of(&first), Figure::Open(80));
        add("1080", 2);
        assert_eq!(of(&release(Some("Två till"))), Figure::Withheld, "two more");
        add("1080", -2);
        let again = Wish { method: "smadit".into(), ..wish("county:10", "2025-02", Some("Två färre")) };
        let said = publish(world, &again).map(|made| of(&made.release().id)).map_err(|stop| sentence(&stop));
        assert!(matches!(&said, Err(said) if said.contains("Inget har ändrats sedan version 2")), "{said:?}");
        // What is new beside it is told, and it still is not.
        for measure in ["suspected", "offered"] {
            tally_of(world, desk, ["07", "0780", "2025-02", measure, "man", "25-34"], 50);
        }
        tally_of(world, desk, ["10", "1080", "2025-02", "offered", "man", "25-34"], 10);
        assert_eq!(of(&release(Some("Fler mått"))), Figure::Withheld);
        assert_eq!(of(&released(world, "smadit", "nation", "2025-02", None)), Figure::Withheld);
        // The quarter's month is the same cell.
        let id = released(world, "smadit", "county:10", "2025-Q1", None);
        assert_eq!(table_of(world, &id, "months").figure(&["10", "2025-02"], "suspected"), Figure::Withheld);
    });
}

#[test]
fn nothing_is_released_while_an_earlier_release_crosses_what_is_not_crossed_any_more() {
    let world = World::new(testkit::sqlite());
    let desk = (world.officer.org, world.officer.unit);
    tally_of(&world, desk, ["10", "1080", "2025-02", "suspected", "man", "25-34"], 40);
    let id = released(&world, "smadit", "county:10", "2025", None);
    // As an earlier program would have made it: women and men in a municipality.
    let old = id.clone();
    let change = move |tx: &mut dyn Sql| {
        let mut row = sql::release(tx, &old)?.unwrap();
        let (name, text, _) = sql::table(tx, &old, "sexes")?.unwrap();
        let counts = sql::ledger(tx, &old)?.into_iter().find(|(of, _)| *of == name).unwrap().1;
        let mut content = Content::from_json(&text)?;
        let place = &mut content.dimensions[0].codes[0];
        (place.code, place.parent) = ("1080".into(), Some("10".into()));
        let text = content.to_json()?;
        (row.id, row.version) = ("smadit-old".into(), 2);
        let brief = row.marks.clone();
        sql::insert_release(tx, &row, 2025, &brief)?;
        sql::insert_table(tx, &row.id, 0, &(name, text.clone(), digest(&text)), &counts)?;
        Ok::<_, StoreError>(())
    };
    world.app.store.write_blocking(change).unwrap();
    let stop = publish(&world, &wish("county:10", "2025-Q1", None)).unwrap_err();
    let said = sentence(&stop);
    assert!(said.contains("smadit-old") && said.contains("Ingenting har publicerats"), "{said}");
}
