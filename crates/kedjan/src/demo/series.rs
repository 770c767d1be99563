//! The figures of others in the demo county's situation picture: those that the government's inquiry states of the nation, and
//! made-up ones of Blekinge that say so.

use std::fmt::Write as _;
use std::sync::Arc;

use chain::text::Lang;

use super::Recipe;
use super::county::{COUNTY, County};
use crate::access::Role;
use crate::app::{self, Actor, App, Chance, Cx, Stop, Via};
use crate::series::{self, Draft, Origin};

/// What the nation's figures are called, and what stands in their file: CAN's school survey of 2021 as it is told in the
/// inquiry's text on young people's use (002:143-153).
const NATION: (&str, &str) = (
    "CAN:s skolundersökning, riket",
    "indikator;år;område;grupp;kön;värde;enhet;n;källa;anmärkning\n\
     Har använt narkotika någon gång;2021;riket;åk 9;alla;6;procent;;CAN:s skolundersökning 2021;Cirka\n\
     Har använt narkotika senaste 30 dagarna;2021;riket;åk 9;alla;2;procent;;CAN:s skolundersökning 2021;\n\
     Har använt narkotika någon gång;2021;riket;gy 2;alla;15;procent;;CAN:s skolundersökning 2021;Cirka\n\
     Har använt narkotika senaste 30 dagarna;2021;riket;gy 2;alla;4;procent;;CAN:s skolundersökning 2021;\n",
);
/// What the county's made-up figures are called.
const COUNTY_NAME: &str = "Drogvaneundersökning Blekinge (påhittad)";
const SOURCE: &str = "Påhittade siffror för demonstration";
/// Made up: for each place how many answered in year 9 in 2019, and how many of a hundred had ever used narcotics in 2019, 2021,
/// 2023 and 2025, girls before boys.
type Place = (&'static str, i64, [(f64, f64); 4]);
const PLACES: [Place; 5] = [
    ("1060", 118, [(5.0, 7.0), (6.0, 7.0), (5.0, 8.0), (6.0, 9.0)]),
    ("1080", 612, [(5.0, 6.0), (6.0, 7.0), (7.0, 7.0), (8.0, 8.0)]),
    ("1081", 276, [(6.0, 8.0), (7.0, 8.0), (7.0, 9.0), (9.0, 9.0)]),
    ("1082", 301, [(4.0, 6.0), (5.0, 7.0), (6.0, 8.0), (8.0, 9.0)]),
    ("1083", 52, [(4.0, 6.0), (4.0, 8.0), (6.0, 8.0), (6.0, 8.0)]),
];
const YEARS: [&str; 4] = ["2019", "2021", "2023", "2025"];

/// Takes the figures in as the county's coordinator would, when the year has ended.
pub(super) fn take_in(app: &Arc<App>, county: &County, recipe: Recipe) -> Result<(), Stop> {
    let coordinator = county.stations.iter().find_map(|station| {
        let account = station.accounts.iter().find(|account| account.role == Role::County)?;
        Some(Actor { org: station.unit.org, unit: station.unit.id, id: account.id, role: account.role, via: Via::Page })
    });
    let Some(actor) = coordinator else { return Ok(()) };
    let chance = Chance::seeded(recipe.seed.rotate_left(29));
    let cx = Cx { app: app.clone(), actor, now: recipe.end()?, lang: Lang::Sv, chance };
    let files = [(NATION.0, NATION.1.to_owned()), (COUNTY_NAME, made_up())]
        .into_iter()
        .map(|(name, text)| Draft::read(Lang::Sv, cx.now, name, Origin::Text, text.as_bytes()))
        .collect::<Result<Vec<Draft>, _>>()?;
    app::unit_blocking(cx, move |tx, cx| {
        for draft in &files {
            series::import(tx, cx, COUNTY, draft, false)?;
        }
        Ok(())
    })
}

fn made_up() -> String {
    let mut text = "indikator;år;område;grupp;kön;värde;enhet;n;källa\n".to_owned();
    for (at, year) in YEARS.iter().enumerate() {
        let mut all = Count::default();
        for (place, answered, shares) in PLACES {
            let Some((girls, boys)) = shares.get(at) else { continue };
            let half = answered / 2;
            let place_counts = [("flickor", Count::of(half, *girls)), ("pojkar", Count::of(answered - half, *boys))];
            let both = Count {
                n: place_counts.iter().map(|(_, one)| one.n).sum(),
                part: place_counts.iter().map(|(_, one)| one.part).sum(),
            };
            for (sex, count) in place_counts.iter().copied().chain([("alla", both)]) {
                line(&mut text, year, place, sex, count);
            }
            all = Count { n: all.n + both.n, part: all.part + both.part };
        }
        line(&mut text, year, COUNTY, "alla", all);
    }
    text
}

/// How many answered, and of how many it holds.
#[derive(Clone, Copy, Default)]
struct Count {
    n: i64,
    part: f64,
}

impl Count {
    fn of(n: i64, percent: f64) -> Count {
        Count { n, part: (n as f64 * percent / 100.0).round() }
    }
}

fn line(text: &mut String, year: &str, place: &str, sex: &str, count: Count) {
    let percent = format!("{:.1}", count.part / count.n.max(1) as f64 * 100.0).replace('.', ",");
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "Har använt narkotika någon gång;{year};{place};åk 9;{sex};{percent};procent;{};{SOURCE}",
        count.n
    );
}
