//! Random histories: what is counted, what is corrected, and what is released in whatever order of scopes and periods. No
//! set of releases may let the attacker work out what was withheld, and none may contradict another.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::super::Period;
use super::super::audit::{self, Edition};
use super::super::counts::Counts;
use super::super::make::Before;
use super::super::read::{self, Filter};
use super::made::tally_of;
use super::{publish, sentence, wish};
use crate::publication::{Made, shared_out, sql};
use crate::store::Sql;
use crate::testing::World;

#[derive(Clone, Debug)]
enum Event {
    /// Unit, municipality, month, sex, how many suspected and how many of them offered; they are taken back when it is
    /// a correction of what was counted there.
    Counted(usize, usize, u8, bool, i64, i64),
    Corrected(usize, usize, u8, bool, i64),
    Released(usize, usize),
}

const PLACES: [(&str, &str); 4] = [("10", "1080"), ("10", "1081"), ("10", "1082"), ("07", "0780")];
const PERIODS: [&str; 9] =
    ["2025-01", "2025-02", "2025-03", "2025-Q1", "2025-Q1", "2025-Q2", "2025-Q4", "2025", "2025"];

fn event() -> impl Strategy<Value = Event> {
    let small = prop_oneof![1_i64..5, 1_i64..5, 5_i64..40];
    let month = prop_oneof![1_u8..4, 1_u8..13];
    prop_oneof![
        4 => (0_usize..2, 0_usize..4, month.clone(), any::<bool>(), small, 0_i64..6)
            .prop_map(|(unit, place, month, sex, n, not)| Event::Counted(unit, place, month, sex, n, (n - not).max(0))),
        1 => (0_usize..2, 0_usize..4, month, any::<bool>(), 1_i64..7)
            .prop_map(|(unit, place, month, sex, n)| Event::Corrected(unit, place, month, sex, n)),
        3 => (0_usize..6, 0_usize..PERIODS.len()).prop_map(|(scope, period)| Event::Released(scope, period)),
    ]
}

/// All that is published, attacked as the public would.
fn attacked(world: &World) -> Vec<String> {
    let method = world.app.library.current("smadit").unwrap();
    let year = Period::parse("2025").unwrap();
    let before: Vec<Before> = world
        .app
        .store
        .read_blocking(|tx: &mut dyn Sql| {
            let mut counts = Counts::read(tx, method, year)?;
            let rows = sql::of_year(tx, "smadit", 2025)?;
            rows.iter().map(|row| Before::read(tx, row, &mut counts)).collect::<Result<_, crate::store::StoreError>>()
        })
        .unwrap();
    let editions: Vec<Edition<'_>> = before.iter().map(Before::edition).collect();
    audit::look(&editions, method, 5, &shared_out).unwrap()
}

/// What each release says of each cell, by its codes: nothing that was withheld is shown later, and a version that says
/// something else says it by five or more.
fn consistent(world: &World) -> Result<(), TestCaseError> {
    let mut said: HashMap<Vec<String>, Vec<Option<u64>>> = HashMap::new();
    let releases =
        world.app.store.read_blocking(|tx: &mut dyn Sql| read::releases(tx, &Filter::default(), 1_000, 0)).unwrap().0;
    for release in releases.iter().rev() {
        let id = release.id.clone();
        for table in world.app.store.read_blocking(move |tx: &mut dyn Sql| read::tables(tx, &id)).unwrap() {
            for (row, at) in table.rows() {
                let time = row.iter().map(|code| code.code.as_str()).find(|code| code.starts_with("2025"));
                let mut codes: Vec<String> = row
                    .iter()
                    .map(|code| code.code.clone())
                    .filter(|code| code != "total" && !code.starts_with("2025"))
                    .collect();
                codes.push(time.unwrap_or(&release.period.code()).to_owned());
                for (nr, measure) in table.content.measures.iter().enumerate() {
                    let shown = table.content.cells[at + nr];
                    let mut key = codes.clone();
                    key.push(measure.id.clone());
                    let before = said.entry(key.clone()).or_default();
                    if let Some(now) = shown {
                        prop_assert!(!before.contains(&None), "{:?} was withheld and is shown", key);
                        let few = before.iter().flatten().find(|then| (1..5).contains(&then.abs_diff(now)));
                        prop_assert!(few.is_none(), "{:?} is {} and was {:?}", key, now, before);
                        prop_assert!(now == 0 || now >= 5, "{:?} is {}", key, now);
                    }
                    before.push(shown);
                }
            }
        }
    }
    Ok(())
}

#[test]
fn no_set_of_releases_gives_away_what_was_withheld_or_contradicts_itself() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24);
    // The same histories in each run, and more of them where PROPTEST_CASES says so.
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (made, refused) = (std::cell::Cell::new(0), std::cell::RefCell::new(Vec::new()));
    let histories = proptest::collection::vec(event(), 12..40);
    runner
        .run(&histories, |events| {
            let world = World::new(testkit::sqlite());
            let desk = |actor: &crate::app::Actor| (actor.org, actor.unit);
            let units = [desk(&world.officer), desk(&world.care), desk(&world.ronneby)];
            let mut counted: HashMap<(usize, usize, u8, bool), (i64, i64)> = HashMap::new();
            let add = |world: &World, at: (usize, usize, u8, bool), suspected: i64, offered: i64| {
                let (county, municipality) = PLACES[at.1];
                let (month, sex) = (format!("2025-{:02}", at.2), if at.3 { "woman" } else { "man" });
                for (measure, n) in [("suspected", suspected), ("offered", offered)] {
                    // A unit works in one county.
                    let unit = if county == "10" { at.0 } else { 2 };
                    tally_of(world, units[unit], [county, municipality, &month, measure, sex, "25-34"], n);
                }
            };
            for (nr, event) in events.iter().enumerate() {
                match event {
                    Event::Counted(unit, place, month, sex, suspected, offered) => {
                        let at = (*unit, *place, *month, *sex);
                        let sum = counted.entry(at).or_default();
                        *sum = (sum.0 + suspected, sum.1 + offered);
                        add(&world, at, *suspected, *offered);
                    }
                    Event::Corrected(unit, place, month, sex, n) => {
                        let at = (*unit, *place, *month, *sex);
                        let sum = counted.entry(at).or_default();
                        let offered = sum.1.min(*n);
                        let suspected = (sum.0 - sum.1 + offered).min(*n).max(offered);
                        *sum = (sum.0 - suspected, sum.1 - offered);
                        add(&world, at, -suspected, -offered);
                    }
                    Event::Released(scope, period) => {
                        world.pass(1);
                        let scope = match scope {
                            0 => "nation".to_owned(),
                            1 => "county:10".to_owned(),
                            2 => "county:07".to_owned(),
                            3 => format!("authority:{}", world.officer.org),
                            4 => format!("authority:{}", world.care.org),
                            _ => format!("authority:{}", world.ronneby.org),
                        };
                        match publish(&world, &wish(&scope, PERIODS[*period], Some(&format!("rättelse {nr}")))) {
                            Ok(Made::New(_)) => {
                                made.set(made.get() + 1);
                                let fallen = attacked(&world);
                                prop_assert!(fallen.is_empty(), "{:?}", fallen);
                            }
                            Ok(Made::Already(_)) => prop_assert!(false, "made anew with a reason"),
                            Err(stop) => {
                                let said = sentence(&stop);
                                let usual = ["inget att publicera", "Inget har ändrats"];
                                if !usual.iter().any(|words| said.contains(words)) {
                                    refused.borrow_mut().push(said);
                                }
                            }
                        }
                    }
                }
            }
            consistent(&world)
        })
        .unwrap();
    let refused = refused.into_inner();
    println!("{} released, {} refused: {:?}", made.get(), refused.len(), refused.first());
    // What cannot be made safe is refused; it must not be what usually happens.
    assert!(made.get() > 20 * refused.len(), "{} released, {} refused: {:?}", made.get(), refused.len(), refused);
}
