//! The survey to the county boards in the demo county: a round that is answered, locked and coded, and one that is open. The
//! answers are made up so that the shares have the words of the fact sheet of 2019: a regional group in a majority, a steering
//! group in just over half, a follow-up in just under half of the fifteen counties with SMADIT, and one county where three
//! share the responsibility. Which county answers what is made up altogether.

use std::collections::BTreeSet;
use std::sync::Arc;

use chain::survey::{Answer, Answers};
use chain::text::Lang;
use jiff::{SignedDuration, Span, Timestamp};

use super::county::{COUNTY, County};
use super::year::Recipe;
use crate::access::Role;
use crate::app::{Actor, App, Chance, Cx, Stop, Via, unit_blocking};
use crate::reference;
use crate::store::{Sql, StoreError};
use crate::surveys::{self, Asked, CodeWish, Given, NewRound, Round};
use crate::web::format;

/// Which part of the recipe's chance is the surveys'.
const PART: u64 = 90;
/// What is said to make the work succeed, with the code of each.
const SUCCESS: [(&str, &str); 8] = [
    ("Att vi får lägga tid på det.", "priority"),
    ("En tydlig struktur och mål som alla delar.", "structure"),
    ("Polisen vet vem de ska ringa.", "contact_routines"),
    ("Engagerade parter och en som håller ihop det.", "engagement"),
    ("Att vi följer upp och kan visa resultat.", "followup"),
    ("Utbildning för poliser och behandlare.", "training"),
    ("Att polisen får veta hur det går.", "feedback"),
    ("En överenskommelse som alla har skrivit under.", "agreements"),
];
const WHY_NOT: [(&str, &str); 3] = [
    ("Det finns inga resurser för det just nu.", "no_resources"),
    ("Vi arbetar på ett annat sätt i länet.", "other_work"),
    ("Arbetet startar till hösten.", "starting"),
];

/// Writes both rounds in one transaction.
pub(super) fn write(app: &Arc<App>, county: &County, recipe: Recipe) -> Result<(), Stop> {
    let Some(station) = county.find("county_board", None) else { return Ok(()) };
    let Some(account) = station.accounts.iter().find(|one| one.role == Role::County) else { return Ok(()) };
    let actor =
        Actor { org: station.unit.org, unit: station.unit.id, id: account.id, role: Role::County, via: Via::Page };
    let chance = Chance::seeded(recipe.chance(PART));
    let cx = Cx { app: app.clone(), actor, now: recipe.end()?, lang: Lang::Sv, chance };
    let address = station.unit.email.clone();
    unit_blocking(cx, move |tx, cx| {
        let year = recipe.today.year();
        answered(tx, cx, recipe, year - 1, &address)?;
        under_way(tx, cx, recipe, year, &address)
    })
}

fn days(from: Timestamp, days: i64) -> Timestamp {
    from.saturating_add(SignedDuration::from_hours(24 * days + 10)).unwrap_or(from)
}

fn open(tx: &mut dyn Sql, cx: &mut Cx, year: i16, last_in: i64, address: &str) -> Result<Round, Stop> {
    let file = surveys::shipped().into_iter().next().ok_or_else(|| StoreError::Fault("no questionnaire".into()))?;
    let last_day = format::local(cx.now).date().saturating_add(Span::new().days(last_in));
    let to = reference::counties()
        .iter()
        .map(|one| Asked {
            code: one.code.to_owned(),
            name: format!("Länsstyrelsen i {}", one.name),
            email: if one.code == COUNTY { address.to_owned() } else { format!("andts.{}@example.se", one.code) },
        })
        .collect();
    Ok(surveys::open(tx, cx, &NewRound { file, year, last_day, to })?.into_inner())
}

/// All have answered, the last day is over, and the texts are coded.
fn answered(tx: &mut dyn Sql, cx: &mut Cx, recipe: Recipe, year: i16, address: &str) -> Result<(), Stop> {
    let end = recipe.end()?;
    cx.now = days(end, -120);
    let round = open(tx, cx, year, 45, address)?;
    let mut coded = Vec::new();
    let invitations = surveys::round(tx, cx, round.id)?.into_inner().invitations;
    for (one, nr) in invitations.iter().zip(0_usize..) {
        let (answers, codes) = answers_of(nr);
        cx.now = days(end, -118);
        let token = surveys::give_out(tx, cx, &round, one.id)?;
        cx.now = days(end, -115 + i64::try_from(nr).unwrap_or(0));
        surveys::save(tx, cx, &token, &Given { version: 0, answers, contact: String::new(), whole: true })?;
        coded.extend(codes.into_iter().map(|(question, codes)| (one.id, question, codes)));
    }
    cx.now = days(end, -70);
    for (id, question, codes) in coded {
        let codes: BTreeSet<String> = codes.into_iter().map(str::to_owned).collect();
        surveys::code(tx, cx, round.id, &CodeWish { id, question: question.into(), codes, was: BTreeSet::new() })?;
    }
    Ok(())
}

/// Nine have answered, three have begun, one says no.
fn under_way(tx: &mut dyn Sql, cx: &mut Cx, recipe: Recipe, year: i16, address: &str) -> Result<(), Stop> {
    let end = recipe.end()?;
    cx.now = days(end, -12);
    let round = open(tx, cx, year, 33, address)?;
    let invitations = surveys::round(tx, cx, round.id)?.into_inner().invitations;
    for (one, nr) in invitations.iter().zip(0_usize..) {
        cx.now = days(end, -11);
        let token = surveys::give_out(tx, cx, &round, one.id)?;
        cx.now = days(end, -10 + i64::try_from(nr / 3).unwrap_or(0));
        let (answers, _) = answers_of(nr);
        match nr {
            0..=8 => {
                surveys::save(tx, cx, &token, &Given { version: 0, answers, contact: String::new(), whole: true })?;
            }
            9..=11 => {
                let some = answers.into_iter().filter(|(id, _)| ["smadit", "group"].contains(&id.as_str())).collect();
                surveys::save(tx, cx, &token, &Given { version: 0, answers: some, ..Given::default() })?;
            }
            12 => {
                surveys::decline_by_link(tx, cx, &token, 0)?;
            }
            _ => {}
        }
    }
    Ok(())
}

type Coded = Vec<(&'static str, Vec<&'static str>)>;

/// What the county at a place in the list answers, and what its texts are coded as. Five of seven have SMADIT: fifteen.
fn answers_of(nr: usize) -> (Answers, Coded) {
    let (week, day) = (nr / 7, nr % 7);
    let place = [Some(0), Some(1), Some(2), None, Some(3), Some(4), None].get(day).copied().flatten();
    let mut answers = Answers::new();
    let mut put = |id: &str, answer: Answer| _ = answers.insert(id.to_owned(), answer);
    let Some(place) = place else {
        put("smadit", word("no"));
        let (text, code) = WHY_NOT.get(nr % WHY_NOT.len()).copied().unwrap_or_default();
        put("why_not", word(text));
        return (answers, vec![("why_not", vec![code])]);
    };
    let k = week * 5 + place;
    put("smadit", word("yes"));
    cooperation(k, &mut put);
    steering(k, &mut put);
    let said: Vec<(&str, &str)> = [k % 8, (k + 3) % 8].into_iter().filter_map(|at| SUCCESS.get(at).copied()).collect();
    put("success", word(&said.iter().map(|(text, _)| *text).collect::<Vec<_>>().join(" ")));
    (answers, vec![("success", said.iter().map(|(_, code)| *code).collect())])
}

/// What the county at a place among the fifteen answers of whom it works with and what it does.
fn cooperation(k: usize, put: &mut impl FnMut(&str, Answer)) {
    put("group", yes(k < 11));
    put(
        "partners",
        several(&[
            ("police", true),
            ("social_services", k != 14),
            ("region", k < 10),
            ("customs", k.is_multiple_of(5)),
            ("coast_guard", k % 6 == 2),
            ("probation", k % 4 == 1),
            ("transport", k == 3),
        ]),
    );
    if k < 11 {
        put("convenes", word(if k < 8 { "county_board" } else { "police" }));
        put(
            "topics",
            several(&[
                ("handover", true),
                ("contact_ways", k < 9),
                ("agreements", k < 7),
                ("followup", k < 5),
                ("information", k < 4),
                ("training", k < 3),
            ]),
        );
    }
    put(
        "support",
        several(&[
            ("conferences", k < 10),
            ("compiled", k.is_multiple_of(2)),
            ("communication", k == 7),
            ("mapping", k % 5 == 1),
            ("agreements", k % 3 == 1),
            ("forums", k % 4 == 3),
            ("municipalities", k > 9),
            ("networks", k % 5 == 2),
            ("examples", k % 6 == 5),
        ]),
    );
}

/// What it answers of steering groups, agreements and follow-up.
fn steering(k: usize, put: &mut impl FnMut(&str, Answer)) {
    put("steering", yes(k.is_multiple_of(2)));
    if k.is_multiple_of(2) {
        put("mandate", yes(k != 14));
        put(
            "members",
            several(&[
                ("county_board", k != 10),
                ("police", true),
                ("region", k < 9),
                ("municipality", k % 4 == 2),
                ("customs", k == 0),
                ("probation", k == 0 || k == 4),
            ]),
        );
    }
    put("agreement", yes([1, 4, 9, 12].contains(&k)));
    if [1, 4, 9, 12].contains(&k) {
        put("agreement_with", several(&[("police", true), ("social_services", k < 10), ("region", k == 4)]));
    }
    let by = match k {
        0 | 1 | 3 | 5 => Some("county_board"),
        8 => Some("police"),
        11 => Some("region"),
        13 => Some("shared"),
        _ => None,
    };
    put("followup", yes(by.is_some()));
    match by {
        Some(by) => put("followup_by", word(by)),
        None => put(
            "followup_why_not",
            several(&[
                ("no_routines", !k.is_multiple_of(4)),
                ("no_data", k.is_multiple_of(4) || k == 2),
                ("no_cooperation", k == 6),
                ("no_resources", k == 10),
            ]),
        ),
    }
}

fn word(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn yes(holds: bool) -> Answer {
    word(if holds { "yes" } else { "no" })
}

fn several(all: &[(&str, bool)]) -> Answer {
    Answer::Several(all.iter().filter(|(_, holds)| *holds).map(|(id, _)| (*id).to_owned()).collect())
}
