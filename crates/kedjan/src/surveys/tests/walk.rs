//! That invitations and answers reconcile, whatever is done in whichever order.

use chain::survey::{Answer, Answers};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use super::super::*;
use super::{Post, opened_of, send_letters, told, view};
use crate::testing::{World, in_each};

/// Something that is done to a round.
#[derive(Clone, Debug)]
enum Act {
    Invite,
    Draft(usize),
    Submit(usize),
    Reopen(usize),
    Decline(usize),
    DeclineByHand(usize),
    Remind,
    Withdraw(usize),
    Lock,
    Pass(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let one = prop_oneof![
        2 => Just(Act::Invite),
        4 => (0..4_usize).prop_map(Act::Draft),
        5 => (0..4_usize).prop_map(Act::Submit),
        3 => (0..4_usize).prop_map(Act::Reopen),
        2 => (0..4_usize).prop_map(Act::Decline),
        1 => (0..4_usize).prop_map(Act::DeclineByHand),
        2 => Just(Act::Remind),
        1 => (0..4_usize).prop_map(Act::Withdraw),
        1 => Just(Act::Lock),
        2 => (1..200_i64).prop_map(Act::Pass),
    ];
    prop::collection::vec(one, 1..25)
}

/// Answers to every question that is asked when there is no SMADIT work.
fn some_answers() -> Answers {
    Answers::from([("smadit".to_owned(), Answer::Text("no".into()))])
}

/// What is believed of one who is asked.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Model {
    state: State,
    saved: bool,
}

fn walk(world: &World, acts: &[Act]) {
    let text =
        shipped().remove(0).text.replace("id = \"county_boards\"", &format!("id = \"r{}\"", Uuid::new_v4().simple()));
    let round = opened_of(world, File { name: "r".into(), text }, &["Ett", "Två", "Tre", "Fyra"], 20);
    let id = round.id;
    let list: Vec<Uuid> = view(world, id).invitations.iter().map(|one| one.id).collect();
    let tokens: Vec<String> = list
        .iter()
        .map(|whom| {
            let (of, whom) = (round.clone(), *whom);
            world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap()
        })
        .collect();
    let (mut model, mut holds) = (vec![Model { state: State::NotBegun, saved: false }; 4], [true; 4]);
    let (mail, mut locked) = (Post::default(), false);
    for act in acts {
        locked |= world.now() >= round.ends_at;
        let (before, version) = (view(world, id), |nr: usize| view(world, id).invitations[nr].version);
        match act {
            Act::Draft(nr) | Act::Submit(nr) => {
                let whole = matches!(act, Act::Submit(_));
                let given = Given { version: version(*nr), answers: some_answers(), whole, ..Given::default() };
                let token = tokens[*nr].clone();
                let done = world.run(&world.county, move |tx, cx| save(tx, cx, &token, &given));
                let may = !locked && holds[*nr] && model[*nr].state != State::Answered;
                assert_eq!(done.is_ok(), may, "{act:?}");
                if may {
                    model[*nr] = Model { state: if whole { State::Answered } else { State::Partly }, saved: true };
                }
            }
            Act::Reopen(nr) | Act::Decline(nr) => {
                let (token, at, again) = (tokens[*nr].clone(), version(*nr), matches!(act, Act::Reopen(_)));
                let done = world.run(&world.county, move |tx, cx| {
                    if again { reopen(tx, cx, &token, at) } else { decline_by_link(tx, cx, &token, at) }
                });
                let is_over = [State::Answered, State::Declined].contains(&model[*nr].state);
                let may = !locked && holds[*nr] && (again || model[*nr].state != State::Answered);
                assert_eq!(done.is_ok(), may, "{act:?}");
                if may && again && is_over {
                    model[*nr].state = if model[*nr].saved { State::Partly } else { State::NotBegun };
                } else if may && !again {
                    model[*nr].state = State::Declined;
                }
            }
            Act::DeclineByHand(nr) => {
                let whom = list[*nr];
                let done = world.run(&world.county, move |tx, cx| decline(tx, cx, id, whom));
                let may = !locked && model[*nr].state != State::Answered;
                assert_eq!(done.is_ok(), may);
                if may {
                    model[*nr].state = State::Declined;
                }
            }
            Act::Withdraw(nr) => {
                let whom = list[*nr];
                let done = world.run(&world.county, move |tx, cx| withdraw_link(tx, cx, id, whom)).is_ok();
                assert_eq!(done, !locked);
                holds[*nr] &= locked;
            }
            Act::Invite => assert_eq!(world.run(&world.county, move |tx, cx| invite(tx, cx, id)).is_ok(), !locked),
            Act::Remind => assert_eq!(world.run(&world.county, move |tx, cx| remind(tx, cx, id)).is_ok(), !locked),
            Act::Lock => {
                assert_eq!(world.run(&world.county, move |tx, cx| lock(tx, cx, id)).is_ok(), !locked);
                locked = true;
            }
            Act::Pass(hours) => world.pass(*hours),
        }
        send_letters(&world.app, &mail).unwrap();
        reconciles(world, &before, &model, locked && !matches!(act, Act::Lock));
    }
}

/// The parts are the whole, each is as believed, and after the lock each is as it was.
fn reconciles(world: &World, before: &RoundView, model: &[Model], settled: bool) {
    let id = before.round.id;
    let RoundView { reconciled: r, invitations, .. } = view(world, id);
    assert_eq!(r.invited, r.answered + r.partly + r.not_begun + r.declined);
    assert_eq!(r.invited as usize, invitations.len());
    for ((one, believed), before) in invitations.iter().zip(model).zip(&before.invitations) {
        assert_eq!(one.state, believed.state);
        assert!(one.reminders <= 2);
        if settled {
            assert_eq!((one.state, one.version), (before.state, before.version), "nothing changes after the lock");
        }
    }
    assert_eq!(told(world, id).results.handed_in, r.answered, "who has answered is who is counted");
}

#[test]
fn invitations_and_answers_always_reconcile_whatever_is_done() {
    in_each(|world| {
        let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
        runner
            .run(&acts(), |acts| {
                walk(world, &acts);
                Ok(())
            })
            .unwrap();
    });
}
