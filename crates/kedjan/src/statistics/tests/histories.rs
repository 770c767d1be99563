//! Random histories: whatever is begun, done, corrected, consented to, taken back and merged, the tallies are what the cases
//! say.

use std::collections::BTreeMap;

use chain::field::{Field, Kind, Values};
use chain::method::{Method, Step};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

use super::super::{sql, verify_all};
use crate::app::{Actor, Stop};
use crate::cases::{Begin, Filter};
use crate::consents::{self, NewConsent};
use crate::people::{self, MergeReason, NewPerson, Sex};
use crate::refusal::Refused;
use crate::store::Sql;
use crate::testing::{World, in_each, new_step, offer, person, refused};

/// Something that somebody tries, with numbers that say what among what is possible.
#[derive(Clone, Debug)]
enum Act {
    Begin { outcome: usize, who: usize, pick: usize },
    Step { who: usize, case: usize, pick: usize },
    Correct { who: usize, case: usize, seq: usize, pick: usize, days: i64 },
    Merge { case: usize, other: usize },
    Consent { case: usize },
    Withdraw { case: usize },
    Pass { hours: i64 },
}

fn act() -> impl Strategy<Value = Act> {
    let number = || 0_usize..1000;
    prop_oneof![
        3 => (0_usize..4, number(), number()).prop_map(|(outcome, who, pick)| Act::Begin { outcome, who, pick }),
        8 => (number(), number(), number()).prop_map(|(who, case, pick)| Act::Step { who, case, pick }),
        4 => (number(), number(), number(), number(), 0_i64..60)
            .prop_map(|(who, case, seq, pick, days)| Act::Correct { who, case, seq, pick, days }),
        2 => (number(), number()).prop_map(|(case, other)| Act::Merge { case, other }),
        2 => number().prop_map(|case| Act::Consent { case }),
        1 => number().prop_map(|case| Act::Withdraw { case }),
        1 => (1_i64..100).prop_map(|hours| Act::Pass { hours }),
    ]
}

/// How often each kind of act was taken by the product and not refused.
#[derive(Default)]
struct Taken {
    begun: usize,
    steps: usize,
    corrections: usize,
    merges: usize,
    consents: usize,
}

struct Story<'w> {
    world: &'w World,
    actors: [Actor; 4],
    taken: Taken,
}

impl Story<'_> {
    fn of(world: &World) -> Story<'_> {
        let actors = [&world.officer, &world.receiver, &world.reception, &world.care].map(Clone::clone);
        Story { world, actors, taken: Taken::default() }
    }

    fn actor(&self, at: usize) -> Actor {
        self.actors[at % self.actors.len()].clone()
    }

    /// One of the cases that somebody's unit has or has had.
    fn case(&self, actor: &Actor, at: usize) -> Option<String> {
        let mut codes = Vec::new();
        for state in ["open", "closed"] {
            let filter = Filter { state: Some(state.into()), limit: Some(100), ..Filter::default() };
            codes.extend(self.world.listed(actor, filter).lines.into_iter().map(|line| line.code));
        }
        codes.sort();
        (!codes.is_empty()).then(|| codes[at % codes.len()].clone())
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Begin { outcome, who, pick } => self.begin(*outcome, *who, *pick),
            Act::Step { who, case, pick } => drop(self.step(*who, *case, *pick)),
            Act::Correct { who, case, seq, pick, days } => drop(self.correct(*who, *case, *seq, *pick, *days)),
            Act::Merge { case, other } => drop(self.merge(*case, *other)),
            Act::Consent { case } => drop(self.consent(*case)),
            Act::Withdraw { case } => drop(self.withdraw(*case)),
            Act::Pass { hours } => self.world.pass(*hours),
        }
    }

    fn begin(&mut self, outcome: usize, who: usize, pick: usize) {
        let children = ["yes", "no", "unknown"][pick % 3];
        let mut extra = json!({ "children": children });
        match (outcome, pick % 2) {
            (0, 0) => extra["consent"] = json!(true),
            (3, _) => extra["not_asked_reason"] = json!("too_intoxicated"),
            _ => {}
        }
        if children == "yes" {
            extra["children_count"] = json!(1 + pick % 3);
            extra["children_how"] = json!(["in_vehicle"]);
        }
        let known = [person(who % 5), NewPerson { name: Some("Okänd".into()), ..NewPerson::default() }];
        let mut whom = known[usize::from(who.is_multiple_of(3))].clone();
        whom.sex = [None, Some(Sex::Woman), Some(Sex::Man)][pick % 3].filter(|_| whom.identity.is_none());
        let mut begin = offer(["accepted", "declined", "undecided", "not_asked"][outcome], extra, whom);
        let mut actor = self.world.officer.clone();
        if who % 4 == 1 {
            actor = self.world.reception.clone();
            let method = self.world.app.library.current("concern").unwrap();
            let step = method.step("received").unwrap();
            let outcome = &step.outcomes[pick % step.outcomes.len()].id;
            let step = new_step("received", outcome, answers(step, outcome, pick));
            begin = Begin { method: "concern".into(), person: begin.person, step };
        }
        let begun = self.world.run(&actor, move |tx, cx| {
            crate::cases::begin(tx, cx, &begin, None)?;
            Ok(())
        });
        self.taken.begun += usize::from(begun.is_ok());
    }

    fn step(&mut self, who: usize, case: usize, pick: usize) -> Option<()> {
        let actor = self.actor(who);
        let code = self.case(&actor, case)?;
        let view = self.world.view(&actor, &code).ok()?;
        let next = view.next.get(pick % view.next.len().max(1))?;
        let method = self.world.app.library.current(&view.method)?;
        let step = method.step(&next.step)?;
        let outcome = &step.outcomes[pick % step.outcomes.len()].id;
        let done = self.world.step(&actor, &code, &step.id, outcome, answers(step, outcome, pick));
        self.taken.steps += usize::from(done.is_ok());
        done.ok()
    }

    fn correct(&mut self, who: usize, case: usize, seq: usize, pick: usize, days: i64) -> Option<()> {
        let actor = self.actor(who);
        let code = self.case(&actor, case)?;
        let view = self.world.view(&actor, &code).ok()?;
        let wrong = view.timeline.get(seq % view.timeline.len().max(1))?;
        let method: &Method = self.world.app.library.current(&view.method)?;
        let step = method.step(&wrong.step)?;
        let outcome = &step.outcomes[pick % step.outcomes.len()].id;
        let mut new = new_step(&step.id, outcome, answers(step, outcome, pick));
        new.corrects = Some(wrong.seq);
        new.at = wrong.at.checked_sub(jiff::SignedDuration::from_hours(24 * days)).ok();
        let done = self.world.run(&actor, move |tx, cx| {
            crate::cases::step(tx, cx, &code, &new, None, None)?;
            Ok(())
        });
        self.taken.corrections += usize::from(done.is_ok());
        done.ok()
    }

    fn merge(&mut self, case: usize, other: usize) -> Option<()> {
        let actor = [&self.world.reception, &self.world.receiver][case % 2].clone();
        let (kept, merged) = (self.case(&actor, case)?, self.case(&actor, other)?);
        let done = self.world.run(&actor, move |tx, cx| {
            let file = crate::access::case(tx, cx, &kept, crate::access::Action::SeeCase)?;
            let id = file.person().ok_or(crate::refusal::Refused::NotFound)?;
            people::care::merge(tx, cx, id, &merged, MergeReason::RecordedTwice)?;
            Ok(())
        });
        self.taken.merges += usize::from(done.is_ok());
        done.ok()
    }

    fn consent(&mut self, case: usize) -> Option<()> {
        let officer = self.world.officer.clone();
        let code = self.case(&officer, case)?;
        let done: Result<(), Stop> = self.world.run(&officer, move |tx, cx| {
            consents::give(tx, cx, &code, &NewConsent::spoken("sv"))?;
            Ok(())
        });
        self.taken.consents += usize::from(done.is_ok());
        done.ok()
    }

    fn withdraw(&mut self, case: usize) -> Option<()> {
        let officer = self.world.officer.clone();
        let code = self.case(&officer, case)?;
        let done = self.world.run(&officer, move |tx, cx| {
            let file = crate::access::case(tx, cx, &code, crate::access::Action::SeeCase)?;
            for consent in consents::of_case(tx, &file)? {
                consents::withdraw(tx, cx, consent.id)?;
            }
            Ok(())
        });
        done.ok()
    }
}

/// An answer to everything that a step needs for an outcome, and to some of what it does not.
fn answers(step: &Step, outcome: &str, pick: usize) -> Value {
    let asked = step.fields.iter().enumerate().filter(|(at, field)| {
        field.is_for(outcome) && (field.required || (pick + at).is_multiple_of(2)) && field.kind != Kind::Time
    });
    let answers: Values = asked.map(|(at, field)| (field.id.clone(), answer(field, pick + at))).collect();
    Value::from(answers)
}

fn answer(field: &Field, pick: usize) -> Value {
    match &field.kind {
        Kind::Choice(options) => json!(options[pick % options.len()].id),
        Kind::Several(options) => json!([options[pick % options.len()].id]),
        Kind::YesNo => json!(pick.is_multiple_of(2)),
        Kind::Number { min, .. } => json!(min.unwrap_or(1).max(1)),
        Kind::Municipality => json!(["1080", "1081", "1082"][pick % 3]),
        Kind::Consent => json!(true),
        Kind::Text { .. } | Kind::Time => json!("Text"),
    }
}

#[test]
fn tallies_are_what_the_cases_say_after_any_history() {
    in_each(|world| {
        let mut story = Story::of(world);
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let acts = proptest::collection::vec(act(), 40);
        for _ in 0..6 {
            let acts = acts.new_tree(&mut runner).unwrap().current();
            for act in &acts {
                story.act(act);
            }
            let differences = verify_all(&world.app, |_, _| {}).unwrap();
            assert_eq!(differences, [], "after {acts:#?}");
        }
        let Taken { begun, steps, corrections, merges, consents } = story.taken;
        let enough = begun >= 20 && steps >= 20 && corrections >= 5 && merges >= 3 && consents >= 3;
        assert!(enough, "too poor to show anything: {:?}", (begun, steps, corrections, merges, consents));
    });
}

#[test]
fn a_case_moves_to_where_a_correction_or_a_merge_says_that_it_belongs() {
    in_each(|world| {
        let code = world.offer("accepted", json!({ "consent": true }), NewPerson::default());
        let begun = world.view(&world.officer, &code).unwrap().timeline[0].at;
        let mut new = offer("declined", json!({ "event_municipality": "1081" }), NewPerson::default()).step;
        new.corrects = Some(1);
        new.at = begun.checked_sub(jiff::SignedDuration::from_hours(24 * 40)).ok();
        let number = code.clone();
        world
            .run(&world.officer, move |tx, cx| Ok(crate::cases::step(tx, cx, &number, &new, None, None)?.etag()))
            .unwrap();
        assert_eq!(tallied(world, "suspected"), [("2026-09".to_owned(), "1081".to_owned(), "unknown".to_owned(), 1)]);

        let concern = |person| {
            let method = world.app.library.current("concern").unwrap();
            let step = method.step("received").unwrap();
            let outcome = step.outcomes[0].id.clone();
            let step = new_step("received", &outcome, answers(step, &outcome, 1));
            let begin = Begin { method: "concern".into(), person, step };
            let begun = world
                .run(&world.reception, move |tx, cx| Ok(crate::cases::begin(tx, cx, &begin, None)?.row.code.clone()));
            begun.unwrap()
        };
        let unknown = concern(NewPerson { name: Some("Okänt barn".into()), ..NewPerson::default() });
        let known = concern(NewPerson { sex: Some(Sex::Woman), ..person(0) });
        let sexes =
            |world: &World| tallied(world, "children_reported").into_iter().map(|t| (t.2, t.3)).collect::<Vec<_>>();
        assert_eq!(sexes(world).len(), 2);
        world
            .run(&world.reception, move |tx, cx| {
                let file = crate::access::case(tx, cx, &unknown, crate::access::Action::SeeCase)?;
                people::care::merge(tx, cx, file.person().unwrap(), &known, MergeReason::NumberKnown)?;
                Ok(())
            })
            .unwrap();
        let [(sex, 2)] = &sexes(world)[..] else { panic!("{:?}", sexes(world)) };
        assert_eq!(sex, "woman");
        assert_eq!(verify_all(&world.app, |_, _| {}).unwrap(), []);
    });
}

#[test]
fn a_consent_is_counted_whenever_it_comes_and_when_it_goes() {
    in_each(|world| {
        let counted = |measure| tallied(world, measure).into_iter().map(|(_, _, _, n)| n).sum::<i64>();
        world.accepted();
        let code = world.offer("accepted", json!({}), person(1));
        assert_eq!((counted("accepted"), counted("consented")), (2, 1));
        let step = refused(world.step(&world.officer, &code, "consent", "given", json!({})).unwrap_err());
        assert!(matches!(step, Refused::Fields(_)), "{step:?}");
        let number = code.clone();
        let given = world
            .run(&world.officer, move |tx, cx| Ok(consents::give(tx, cx, &number, &NewConsent::spoken("sv"))?.0.id));
        let given = given.unwrap();
        assert_eq!((counted("consented"), counted("consent_withdrawn")), (2, 0));
        let seen = world.view(&world.officer, &code).unwrap();
        assert!(seen.timeline[1].fields.is_empty() && seen.next.iter().all(|next| next.step != "consent"));
        world.run(&world.officer, move |tx, cx| Ok(consents::withdraw(tx, cx, given)?.1.clone())).unwrap();
        assert_eq!((counted("consented"), counted("consent_withdrawn")), (2, 1));
        assert_eq!(verify_all(&world.app, |_, _| {}).unwrap(), []);
    });
}

/// Month, municipality, sex and count of a measure, without those that are nought.
fn tallied(world: &World, measure: &'static str) -> Vec<(String, String, String, i64)> {
    let rows = world.app.store.read_blocking(|tx: &mut dyn Sql| sql::all(tx)).unwrap();
    let mut sums = BTreeMap::new();
    for (key, n) in rows.into_iter().filter(|(key, _)| key.measure == measure) {
        *sums.entry((key.month, key.municipality, key.sex)).or_default() += n;
    }
    sums.into_iter().map(|((month, place, sex), n): (_, i64)| (month, place, sex, n)).collect()
}

#[test]
fn a_yes_with_a_later_consent_can_still_turn_out_to_have_been_a_no() {
    in_each(|world| {
        let counted = |measure| tallied(world, measure).into_iter().map(|(_, _, _, n)| n).sum::<i64>();
        let give = |code: &str| {
            let code = code.to_owned();
            world.run(&world.officer, move |tx, cx| {
                consents::give(tx, cx, &code, &NewConsent::spoken("sv"))?;
                Ok(())
            })
        };
        let correct = |code: &str, outcome: &str, extra: Value| {
            let (code, mut new) = (code.to_owned(), offer(outcome, extra, NewPerson::default()).step);
            new.corrects = Some(1);
            world.run(&world.officer, move |tx, cx| {
                crate::cases::step(tx, cx, &code, &new, None, None)?;
                Ok(())
            })
        };
        let code = world.offer("accepted", json!({}), person(1));
        give(&code).unwrap();
        assert_eq!((counted("accepted"), counted("consented")), (1, 1));
        correct(&code, "declined", json!({})).unwrap();
        assert_eq!((counted("accepted"), counted("consented")), (0, 0));
        correct(&code, "accepted", json!({})).unwrap();
        assert_eq!((counted("accepted"), counted("consented")), (1, 1), "the consent has been there all the time");

        // One that comes before the yes counts with it, and one that a correction says nothing of stands.
        let early = world.offer("undecided", json!({}), person(2));
        give(&early).unwrap();
        assert_eq!(counted("consented"), 1);
        world.step(&world.officer, &early, "answer", "accepted", json!({})).unwrap();
        assert_eq!(counted("consented"), 2);
        let spot = world.accepted();
        correct(&spot, "accepted", json!({ "substance": "narcotics" })).unwrap();
        assert_eq!((counted("accepted"), counted("consented")), (3, 3));
        let kept = world.run(&world.officer, move |tx, cx| {
            let file = crate::access::case(tx, cx, &spot, crate::access::Action::SeeCase)?;
            Ok(consents::of_case(tx, &file)?.len())
        });
        assert_eq!(kept.unwrap(), 1, "no second consent is written");
        assert_eq!(verify_all(&world.app, |_, _| {}).unwrap(), []);
    });
}

#[test]
fn a_case_of_somebody_who_has_moved_stays_where_the_person_lived() {
    in_each(|world| {
        let code = world.offer("declined", json!({ "event_municipality": "1081" }), person(1));
        assert_eq!(tallied(world, "suspected")[0].1, "1082");
        // Where it happened and where the person lives can be the same place, and then only the first was wrong.
        let at_home = world.offer("declined", json!({ "event_municipality": "1082" }), person(1));
        let mut new = offer("declined", json!({ "event_municipality": "1083" }), NewPerson::default()).step;
        new.corrects = Some(1);
        world
            .run(&world.officer, move |tx, cx| Ok(crate::cases::step(tx, cx, &at_home, &new, None, None)?.etag()))
            .unwrap();
        assert_eq!(tallied(world, "suspected").iter().map(|tally| tally.3).sum::<i64>(), 2);
        assert_eq!(tallied(world, "suspected")[0].1, "1082");
        let moved = NewPerson {
            contact: people::Contact { municipality: Some("1080".into()), ..person(1).contact },
            ..person(1)
        };
        world.offer("declined", json!({}), moved);
        let mut new = offer("declined", json!({ "event_municipality": "1083" }), NewPerson::default()).step;
        new.corrects = Some(1);
        world
            .run(&world.officer, move |tx, cx| Ok(crate::cases::step(tx, cx, &code, &new, None, None)?.etag()))
            .unwrap();
        let places: Vec<String> = tallied(world, "suspected").into_iter().map(|tally| tally.1).collect();
        assert_eq!(places, ["1080", "1082"]);
        assert_eq!(verify_all(&world.app, |_, _| {}).unwrap(), []);
    });
}
