#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use chain::survey::{Answer, Told, percent};
use chain::text::Lang;
use jiff::civil::date;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::people::Population;
use super::share::Basis;
use super::story::{Event, Teller, What};
use super::*;
use crate::app::{Actor, Cx, unit_blocking};
use crate::cases::{Filter, WorkList, work_list};
use crate::{audit, reference, statistics, surveys};

const RECIPE: Recipe = Recipe { seed: 1, cases: 60, today: date(2026, 11, 23) };

/// An empty product on the morning of the day that the year ends with.
fn empty(database: &testkit::Database, recipe: Recipe) -> Arc<App> {
    let location: Location = database.url.parse().unwrap();
    let store = Store::open(&location, &store::Settings::default()).unwrap();
    let folder = Folder { path: "unused".into(), passing: false, made: false };
    let settings = settings(&folder, location, "127.0.0.1:0".parse().unwrap());
    let clock = Clock::fixed(recipe.end().unwrap() + MORNING);
    Arc::new(App::assemble(store, &Kek::generate(), settings, clock).unwrap())
}

fn made(database: &testkit::Database, recipe: Recipe) -> Arc<App> {
    let app = empty(database, recipe);
    let log_ins = make(&app, recipe, |_| {}).unwrap();
    assert_eq!(log_ins.len(), county::ROLES.len());
    app
}

fn digest(app: &App) -> Vec<u8> {
    app.store.read_blocking(|tx| sql::digest(tx)).unwrap()
}

/// The county of a recipe, which is the same each time.
fn county_of(recipe: Recipe) -> County {
    County::new(&mut Chance::seeded(recipe.seed), recipe.start().unwrap())
}

fn actor_of(county: &County, role: Role) -> Actor {
    let station = county.stations.iter().find(|s| s.accounts.iter().any(|a| a.login == role.name())).unwrap();
    let account = station.accounts.iter().find(|a| a.login == role.name()).unwrap();
    Actor { org: station.unit.org, unit: station.unit.id, id: account.id, role, via: crate::app::Via::Page }
}

fn list(app: &Arc<App>, actor: Actor) -> WorkList {
    let cx = Cx::new(app, actor, Lang::Sv).unwrap();
    let read = unit_blocking(cx, |tx, cx| Ok(work_list(tx, cx, &Filter::default())?.into_inner())).unwrap();
    read.worded(app, Lang::Sv).unwrap()
}

#[test]
fn the_same_seed_and_day_give_the_same_county_on_either_database_and_another_seed_another() {
    let mut digests = Vec::new();
    for database in testkit::databases() {
        digests.push(digest(&made(&database, RECIPE)));
    }
    let of = |recipe: Recipe| {
        let database = testkit::sqlite();
        digest(&made(&database, recipe))
    };
    digests.push(of(RECIPE));
    assert!(digests.iter().all(|one| *one == digests[0]), "{:?}", digests.iter().map(|d| d[0]).collect::<Vec<_>>());
    let other_seed = of(Recipe { seed: 2, ..RECIPE });
    let other_day = of(Recipe { today: date(2026, 11, 24), ..RECIPE });
    assert!(other_seed != digests[0] && other_day != digests[0] && other_seed != other_day);
}

#[test]
fn every_demo_role_finds_work_of_every_kind_and_the_books_hold() {
    for database in testkit::databases() {
        let app = made(&database, RECIPE);
        let county = county_of(RECIPE);
        for role in [Role::Officer, Role::Receiver, Role::Reception] {
            let counts = list(&app, actor_of(&county, role)).counts;
            assert!(counts.open > counts.overdue && counts.overdue > 0, "{}: {counts:?}", role.name());
        }
        let now = app.clock.now();
        let waiting = list(&app, actor_of(&county, Role::Receiver));
        let left: Vec<i64> =
            waiting.lines.iter().filter_map(|l| l.due_at).map(|due| due.duration_since(now).as_hours()).collect();
        assert!(left.iter().any(|h| (0..12).contains(h)), "somebody is near the limit: {left:?}");
        assert!(left.iter().any(|h| *h >= 12), "and somebody is not: {left:?}");
        assert!(waiting.counts.mine > 0);
        // Tallies were written by the steps themselves, and every authority's log holds.
        assert!(statistics::verify_all(&app, |_, _| {}).unwrap().is_empty());
        for authority in &county.authorities {
            let org = authority.id;
            app.store.read_blocking(|tx| audit::verify(tx, org)).unwrap().unwrap();
        }
    }
}

#[test]
fn nobody_has_a_number_or_a_telephone_that_could_be_somebodys() {
    for database in testkit::databases() {
        let app = made(&database, RECIPE);
        let all = app.store.read_blocking(|tx| sql::everybody(tx)).unwrap();
        assert!(all.len() > 60);
        let (mut numbered, mut without) = (0, 0);
        for (org, id) in all {
            let person = app.store.read_blocking(|tx| crate::people::load(tx, &app.keyring, org, id)).unwrap();
            match &person.identity {
                Some(identity) => {
                    assert!(reference::is_official_test_number(identity));
                    numbered += 1;
                }
                None => without += 1,
            }
            let phone: String =
                person.contact.phone.iter().flat_map(|p| p.chars()).filter(char::is_ascii_digit).collect();
            // Of a child in a report of several nothing is known yet.
            let nobodys = phone.is_empty() || ("0701740605"..="0701740699").contains(&phone.as_str());
            assert!(nobodys, "a telephone number outside the series");
            assert!(!(person.protected && person.contact.address.is_some()));
        }
        assert!(numbered > 0 && without > 0);
    }
}

/// The stories of many chains.
fn stories(chains: usize) -> Vec<Vec<Event>> {
    let population = Population::new(1, RECIPE.today, chains);
    let at = RECIPE.start().unwrap();
    (0..chains as u64)
        .map(|nr| {
            let at = at + SignedDuration::from_hours(i64::try_from(nr % (365 * 24)).unwrap());
            Teller { population: &population, rng: StdRng::seed_from_u64(nr) }.ordinary(at)
        })
        .collect()
}

fn outcomes(stories: &[Vec<Event>]) -> BTreeMap<String, u32> {
    let mut outcomes = BTreeMap::new();
    for event in stories.iter().flatten() {
        let step = match &event.what {
            What::Begin(begin) => &begin.step,
            What::Step(step) => step,
            _ => continue,
        };
        *outcomes.entry(format!("{}.{}", step.step, step.outcome)).or_insert(0) += 1;
    }
    outcomes
}

#[test]
fn a_year_has_every_outcome_that_a_chain_can_have() {
    let outcomes = outcomes(&stories(4000));
    for wanted in [
        "offer.accepted",
        "offer.declined",
        "offer.undecided",
        "offer.not_asked",
        "answer.accepted",
        "answer.declined",
        "answer.lapsed",
        "answer.never_asked",
        "receive.received",
        "reroute.moved_on",
        "contact.reached",
        "contact.booked",
        "contact.no_answer",
        "contact.wrong_number",
        "contact.declined",
        "contact.already_in_care",
        "talk.held",
        "talk.no_show",
        "talk.declined",
        "screening.done",
        "support.started",
        "support.declined",
        "finish.completed",
        "finish.ended_early",
        "finish.referred",
        "close.never_reached",
        "close.moved",
        "close.deceased",
        "close.other",
        "close.declined_later",
        "close.talk_only",
        "custody.taken",
        "superior.upheld",
        "superior.ended",
        "health.examined",
        "release.home",
        "release.guardian",
        "release.sobering_up",
        "release.hospital",
        "offer.not_asked",
        "talk.held",
        "find_out.children",
        "find_out.no_children",
        "report.sent",
        "report.sent_asking",
        "ask.asked",
        "extend_assessment.extended",
        "inform.told",
        "extend_inquiry.extended",
        "inquiry.measures",
        "inquiry.no_measures",
        "inquiry.follow_up",
        "follow_up.ended",
        "feedback_opened.given",
        "protection.no_immediate_need",
        "protection.acted",
        "decision.opened",
        "decision.not_opened",
        "decision.already_ongoing",
        "feedback.given",
        "feedback.not_wanted",
    ] {
        assert!(outcomes.contains_key(wanted), "{wanted} never happens: {outcomes:?}");
    }
}

#[test]
fn the_shares_with_a_source_come_out_as_the_source_has_them() {
    let stories = stories(8000);
    let outcomes = outcomes(&stories);
    let n = |name: &str| f64::from(outcomes[name]);
    let begun: Vec<&crate::cases::Begin> = stories
        .iter()
        .filter_map(|events| match &events[0].what {
            What::Begin(begin) if begin.method == "smadit" => Some(begin.as_ref()),
            _ => None,
        })
        .collect();
    let offence = |begin: &crate::cases::Begin| begin.step.fields["offence"].as_str().unwrap().to_owned();
    let road: Vec<String> = begun.iter().map(|b| offence(b)).filter(|o| !o.contains("sea")).collect();
    let drugs = road.iter().filter(|o| *o == "drug_driving").count() as f64 / road.len() as f64;
    assert!((drugs - share::DRUG_DRIVING.value).abs() < 0.02, "drug driving {drugs}");
    let opened =
        n("decision.opened") / (n("decision.opened") + n("decision.not_opened") + n("decision.already_ongoing"));
    assert!((opened - share::INQUIRY_OPENED.value).abs() < 0.03, "inquiries {opened}");
    let started = n("support.started") / n("talk.held");
    assert!((started - share::STARTS_SUPPORT.value).abs() < 0.04, "support {started}");
}

#[test]
fn weekend_nights_and_summer_are_the_peaks() {
    let recipe = Recipe { cases: 6000, ..RECIPE };
    let starts = recipe.starts().unwrap();
    assert!(starts.is_sorted());
    assert!(starts.iter().all(|at| (recipe.start().unwrap()..recipe.end().unwrap()).contains(at)));
    let there: Vec<jiff::Zoned> = starts.iter().map(|at| format::local(*at)).collect();
    let share =
        |holds: &dyn Fn(&jiff::Zoned) -> bool| there.iter().filter(|at| holds(at)).count() as f64 / there.len() as f64;
    let weekend = share(&|at| at.weekday().to_monday_zero_offset() >= 4);
    let night = share(&|at| at.hour() >= 20 || at.hour() < 5);
    let summer = share(&|at| (6..=8).contains(&at.month()));
    assert!(weekend > 0.55 && night > 0.5 && summer > 0.28, "{weekend} {night} {summer}");
}

#[test]
fn a_small_county_has_the_scenes_alone() {
    let (few, nothing) = (testkit::sqlite(), testkit::sqlite());
    let app = made(&few, Recipe { cases: 12, ..RECIPE });
    let counts = list(&app, actor_of(&county_of(RECIPE), Role::Receiver)).counts;
    assert!(counts.open >= 4 && counts.overdue >= 1, "{counts:?}");
    let none = made(&nothing, Recipe { cases: 0, ..RECIPE });
    assert_eq!(list(&none, actor_of(&county_of(RECIPE), Role::Receiver)).counts.open, 0);
}

#[test]
fn a_store_that_holds_something_is_not_filled() {
    for database in testkit::databases() {
        let few = Recipe { cases: 2, ..RECIPE };
        let app = made(&database, few);
        assert!(matches!(make(&app, few, |_| {}), Err(DemoError::Words(_))));
    }
}

#[test]
fn a_folder_is_used_again_and_anything_else_in_it_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("county");
    let address = "127.0.0.1:0".parse().unwrap();
    let args =
        Args { listen: address, dir: Some(dir.clone()), cases: 3, seed: 1, today: Some(RECIPE.today), database: None };
    let (app, first) = open(&args, &Folder::open(Some(&dir)).unwrap(), address).unwrap();
    let before = digest(&app);
    app.store.clone().close();
    drop(app);
    let (app, again) = open(&args, &Folder::open(Some(&dir)).unwrap(), address).unwrap();
    assert_eq!((digest(&app), again), (before, first.clone()));
    let words = told(&first, address);
    for role in county::ROLES {
        assert_eq!(words.lines().filter(|line| line.starts_with(&format!("token {} ", role.name()))).count(), 1);
    }
    for file in [KEY, LOG_INS] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(dir.join(file)).unwrap().permissions().mode() & 0o077, 0, "{file} is secret");
    }

    let other = place.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter.txt"), "x").unwrap();
    assert!(matches!(Folder::open(Some(&other)), Err(DemoError::Words(_))));
    assert!(other.join("letter.txt").is_file());

    let passing = Folder::open(None).unwrap();
    let path = passing.path.clone();
    assert!(path.is_dir());
    drop(passing);
    assert!(!path.exists());
}

#[test]
fn each_role_gets_in_with_its_password_and_its_token() {
    let database = testkit::sqlite();
    let app = empty(&database, RECIPE);
    let log_ins = make(&app, Recipe { cases: 1, ..RECIPE }, |_| {}).unwrap();
    let county = county_of(RECIPE);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut passwords = BTreeSet::new();
    for LogIn { role, password, token } in &log_ins {
        let actor = runtime.block_on(crate::login::by_token(&app, token)).unwrap().expect("the token holds");
        let wanted = actor_of(&county, *role);
        assert_eq!((actor.org, actor.unit, actor.role), (wanted.org, wanted.unit, *role));
        assert!(passwords.insert(password.clone()));
        assert_eq!(password.len(), 14);
    }
}

/// The table of shares as `docs/demo.md` has it.
fn table() -> String {
    let mut table = String::from("| Share | Value | Basis |\n| --- | ---: | --- |\n");
    for (_, share, what) in share::ALL {
        let basis = match share.basis {
            Basis::Assumed(why) => format!("**Assumption.** {why}"),
            Basis::Source(source) => format!("Source: {source}"),
        };
        let _ = writeln!(table, "| {what} | {:.1} % | {basis} |", share.value * 100.0);
    }
    table
}

#[test]
fn the_documentation_lists_every_share_with_its_basis() {
    let docs = include_str!("../../../../docs/demo.md");
    assert!(docs.contains(&table()), "docs/demo.md should hold this table:\n{}", table());
}

#[test]
fn the_demo_survey_has_the_shares_of_the_fact_sheet_and_each_sentence_has_the_counts_of_the_answers() {
    let app = made(&testkit::sqlite(), RECIPE);
    let cx = Cx::new(&app, actor_of(&county_of(RECIPE), Role::County), Lang::Sv).unwrap();
    let (outcome, all) = unit_blocking(cx, |tx, cx| {
        let all = surveys::rounds(tx, cx)?.into_inner();
        let id = all.iter().find(|(round, _)| round.is_locked(cx.now)).unwrap().0.id;
        Ok((surveys::outcome(tx, cx, id, "results")?.into_inner(), all))
    })
    .unwrap();
    assert_eq!((outcome.reconciled.invited, outcome.reconciled.answered, outcome.uncoded()), (21, 21, 0));
    let running = all.iter().find(|(round, _)| !round.is_locked(app.clock.now())).unwrap().1;
    assert_eq!((running.answered, running.partly, running.not_begun, running.declined), (9, 3, 8, 1));
    let respondents = outcome.respondents.clone().unwrap();
    let with_smadit =
        respondents.iter().filter(|(.., one)| one.answers.get("smadit") == Some(&Answer::Text("yes".into())));
    let with_smadit: Vec<_> = with_smadit.collect();
    assert_eq!(with_smadit.len(), 15);
    let md = surveys::sheet_markdown(&outcome, Lang::Sv).replace('\u{a0}', " ");
    for (question, words) in [("group", "en majoritet"), ("steering", "drygt hälften"), ("followup", "knappt hälften")]
    {
        let n = with_smadit
            .iter()
            .filter(|(.., one)| one.answers.get(question) == Some(&Answer::Text("yes".into())))
            .count();
        let n = u32::try_from(n).unwrap();
        let figure = format!("({n} av 15, {} %)", percent(n, 15));
        let line =
            md.lines().find(|line| line.contains(&format!("I {words} av länen som arbetar med SMADIT"))).unwrap();
        assert!(line.contains(&figure), "{line}");
    }
    assert!(md.contains("I ett av länen som följer upp arbetet ansvarar alla tre gemensamt: länsstyrelsen, Polismyndigheten och regionen (1 av 7, 14 %)."), "{md}");
    assert!(md.contains("Svaren är påhittade"), "the demo says that it is one");
    assert!(md.contains("21 av 21 inbjudna svarade (100 %)."), "{md}");
    let indicators = outcome.sheet(Lang::En).iter().flat_map(|section| &section.sentences);
    let named = indicators.filter(|(_, told)| matches!(told, Told::Counted { indicator: Some(_), .. })).count();
    assert_eq!(named, 4, "SMADIT, group, steering and follow-up");
    let kinds = outcome
        .round
        .questionnaire
        .questions
        .iter()
        .filter(|one| matches!(one.kind, chain::survey::Kind::Words { .. }));
    assert_eq!(kinds.count(), 2);
}
