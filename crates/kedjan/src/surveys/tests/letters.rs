//! That a letter goes to those who wait for one, when it is time, and that a link that is withdrawn stays so.

use std::sync::Mutex;

use jiff::Timestamp;

use super::super::post::{Kind, Letter as Written, Letters};
use super::*;
use crate::reminders::queue::{Queue, claim};

#[test]
fn letters_are_told_once_never_to_who_answered_and_no_more_often_than_the_round_lets() {
    in_each(|world| {
        let mail = Post::default();
        let round = opened(world, &["Ett", "Två"], 30);
        let id = round.id;
        let by_hand = || world.run(&world.county, move |tx, cx| Ok(remind(tx, cx, id)?.into_inner())).unwrap();
        assert!(by_hand().is_empty(), "who has not been invited is not reminded");
        world.run(&world.county, move |tx, cx| invite(tx, cx, id)).unwrap();
        send_letters(&world.app, &mail).unwrap();
        let links: Vec<String> = mail.take().iter().map(path).collect();
        assert_eq!(post(world, &links[0], &with(&[("act", "submit"), ("version", "0")], &NO)).status, 303);
        let two = vec!["Två".to_owned()];
        assert_eq!((by_hand(), by_hand()), (two.clone(), vec![]), "one and the same click, or two coordinators");
        world.pass(23);
        assert_eq!(by_hand(), [""; 0], "nobody gets two within a day");
        world.pass(1);
        assert_eq!(by_hand(), two);
        world.pass(24);
        assert_eq!(by_hand(), [""; 0], "two, as the questionnaire says");
        // Answered before it was sent: dropped.
        assert_eq!(post(world, &links[1], &with(&[("act", "submit"), ("version", "0")], &NO)).status, 303);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 0);
        assert_eq!(view(world, id).waiting, 0);
        world.pass(24 * 28);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 0);
        assert!(mail.take().is_empty());
    });
}

#[test]
fn pressing_twice_does_not_use_up_the_reminder_of_the_last_days() {
    in_each(|world| {
        let mail = Post::default();
        let id = opened(world, &["Ett"], 20).id;
        world.run(&world.county, move |tx, cx| invite(tx, cx, id)).unwrap();
        send_letters(&world.app, &mail).unwrap();
        for _ in 0..2 {
            world.run(&world.county, move |tx, cx| remind(tx, cx, id)).unwrap();
        }
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 1);
        world.pass(24 * 18);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 1);
    });
}

#[test]
fn a_round_whose_questionnaire_cannot_be_read_stands_in_the_way_of_no_other() {
    in_each(|world| {
        let mail = Post::default();
        let round = opened(world, &["Ett"], 20);
        let id = round.id;
        // As a later program may find what an earlier one wrote down.
        let of = Round { id: Uuid::new_v4(), year: round.year - 1, ..round };
        let (whom, by) = (Uuid::new_v4(), world.county.id);
        let letter = Written { org: of.org, round: of.id, invitation: whom, kind: Kind::Invite, nr: 0 };
        let (now, waits) = (world.now(), letter.clone());
        world
            .app
            .store
            .write_blocking(move |tx| {
                sql::insert_round(tx, &of, "id = 1", by)?;
                sql::insert_invitation(tx, &of, whom, 0, &asked(&["Annan"])[0])?;
                sql::insert_letter(tx, &letter, now)
            })
            .unwrap();
        let listed = world.run(&world.county, |tx, cx| Ok(rounds(tx, cx)?.into_inner())).unwrap();
        assert_eq!(listed.iter().map(|(one, _)| one.id).collect::<Vec<_>>(), [id]);
        assert!(as_county(world, "/surveys", None).body.contains(&format!("/surveys/{id}")));
        world.run(&world.county, move |tx, cx| invite(tx, cx, id)).unwrap();
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 1);
        world.pass(24 * 7);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 1, "and the reminder of the day");
        let kept = world.app.store.read_blocking(|tx| sql::waiting(tx, Timestamp::MAX)).unwrap();
        assert!(kept.iter().any(|one| one.letter == waits), "it is sent when the questionnaire can be read again");
    });
}

#[test]
fn who_is_reminded_by_hand_is_told_by_name_on_the_page_and_not_in_its_address() {
    in_each(|world| {
        let round = opened(world, &["Ett", "Två", "Tre"], 30);
        let id = round.id;
        let tokens: Vec<String> = view(world, id)
            .invitations
            .iter()
            .map(|one| {
                let (of, whom) = (round.clone(), one.id);
                world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap()
            })
            .collect();
        post(world, &format!("/answer/{}", tokens[1]), &with(&[("act", "submit"), ("version", "0")], &NO));
        let remind_at = |names: &str| {
            let done = as_county(world, &format!("/surveys/{id}"), Some(&[("act", "remind")]));
            assert_eq!(done.status, StatusCode::SEE_OTHER);
            let to = done.headers[header::LOCATION].to_str().unwrap().to_owned();
            assert!(!to.contains("Ett"), "{to}");
            let page = as_county(world, &to, None).body;
            assert!(page.contains(names), "{names}: {page}");
        };
        remind_at("2 påminnelser skickas. De går till Ett, Tre.");
        world.pass(24);
        post(world, &format!("/answer/{}", tokens[0]), &[("act", "decline"), ("version", "0")]);
        remind_at("En påminnelse skickas till Tre.");
        world.pass(24);
        remind_at("har svarat eller avstått, har en tillbakadragen länk");
        let page = as_county(world, &format!("/surveys/{id}"), None).body;
        assert!(
            page.contains("Senast") && !page.contains("påminnelser skickas. De går"),
            "without having asked for it"
        );
    });
}

/// A mail server that never answers, and keeps what it was asked to send.
#[derive(Default)]
struct Down(Mutex<Vec<String>>);

impl Mailer for Down {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.0.lock().unwrap().push(letter.id.clone());
        Err(MailError::Unreachable)
    }
}

#[test]
fn a_letter_that_did_not_get_away_is_sent_later_under_the_same_id() {
    in_each(|world| {
        let (mail, down) = (Post::default(), Down::default());
        let id = opened(world, &["Ett"], 30).id;
        world.run(&world.county, move |tx, cx| invite(tx, cx, id)).unwrap();
        assert_eq!(send_letters(&world.app, &down).unwrap().failed, 1);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 0, "it is leased");
        world.pass(1);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 1);
        let sent = mail.take().remove(0);
        assert_eq!(*down.0.lock().unwrap(), std::slice::from_ref(&sent.id));
        assert_eq!(get(world, &path(&sent)).status, StatusCode::OK);
    });
}

#[test]
fn reminders_go_out_in_the_morning_of_the_day_also_when_the_clocks_have_changed() {
    in_each(|world| {
        let set = |at: &str| world.app.clock.set(at.parse::<Timestamp>().unwrap());
        let mail = Post::default();
        // Sweden's clocks go forward on 28 March 2027, between the two reminders.
        set("2027-03-09T10:00:00Z");
        let id = opened(world, &["Ett"], 22).id;
        world.run(&world.county, move |tx, cx| invite(tx, cx, id)).unwrap();
        let sent = |at: &str| {
            set(at);
            send_letters(&world.app, &mail).unwrap().sent
        };
        assert_eq!(sent("2027-03-09T10:01:00Z"), 1);
        assert_eq!(view(world, id).round.last_day.to_string(), "2027-03-31");
        assert_eq!((sent("2027-03-17T06:59:59Z"), sent("2027-03-17T07:00:00Z")), (0, 1), "08:00 in winter");
        assert_eq!((sent("2027-03-28T05:59:59Z"), sent("2027-03-28T06:00:00Z")), (0, 1), "08:00 in summer");
    });
}

#[test]
fn a_withdrawn_link_stays_so_until_somebody_makes_a_new_one() {
    in_each(|world| {
        let mail = Post::default();
        let round = opened(world, &["Ett", "Två"], 20);
        let (id, first) = (round.id, view(world, round.id).invitations[0].id);
        world.run(&world.county, move |tx, cx| invite(tx, cx, id)).unwrap();
        send_letters(&world.app, &mail).unwrap();
        let letters = mail.take();
        // A reminder that waits when the link is withdrawn is not sent, and none is written down after it.
        world.run(&world.county, move |tx, cx| remind(tx, cx, id)).unwrap();
        world.run(&world.county, move |tx, cx| withdraw_link(tx, cx, id, first)).unwrap();
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 1);
        assert_eq!(mail.take()[0].to, "andts.1@example.se");
        world.pass(24);
        let whom = world.run(&world.county, move |tx, cx| Ok(remind(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!(whom, ["Två"]);
        let again = world.run(&world.county, move |tx, cx| Ok(invite(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!(again, 0);
        let printed = world.run(&world.county, move |tx, cx| Ok(print_links(tx, cx, id)?.into_inner())).unwrap();
        assert!(printed.len() == 1 && printed[0][0] == "Två");
        world.pass(24 * 17);
        send_letters(&world.app, &mail).unwrap();
        assert!(mail.take().iter().all(|letter| letter.to == "andts.1@example.se"), "nor when the last day comes near");
        assert_eq!(get(world, &path(&letters[0])).status, StatusCode::NOT_FOUND);
        assert!(as_county(world, &format!("/surveys/{id}"), None).body.contains("Länken är tillbakadragen"));
        let new = world.run(&world.county, move |tx, cx| Ok(new_link(tx, cx, id, first)?.into_inner())).unwrap();
        let Remade::Shown(new) = new else { panic!("this installation sends no mail") };
        assert_eq!(get(world, new.trim_start_matches("http://127.0.0.1")).status, StatusCode::OK);
        assert_eq!(get(world, &path(&letters[0])).status, StatusCode::NOT_FOUND);
        assert_eq!(view(world, id).invitations[0].withdrawn_at, None);
    });
}

#[test]
fn a_letter_that_is_being_sent_when_the_link_is_withdrawn_brings_no_link_that_holds() {
    in_each(|world| {
        let id = opened(world, &["Ett"], 20).id;
        let whom = view(world, id).invitations[0].id;
        world.run(&world.county, move |tx, cx| invite(tx, cx, id)).unwrap();
        let leased = claim::<Letters>(&world.app, world.now()).unwrap().remove(0);
        world.run(&world.county, move |tx, cx| withdraw_link(tx, cx, id, whom)).unwrap();
        let letter = Letters::letter(&world.app, &leased, world.now()).unwrap();
        assert_eq!(get(world, &path(&letter)).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn who_has_declined_gets_the_new_link_that_is_made_for_them() {
    in_each(|world| {
        let mail = Post::default();
        let round = opened(world, &["Ett"], 20);
        let (id, whom) = (round.id, view(world, round.id).invitations[0].id);
        world.run(&world.county, move |tx, cx| decline(tx, cx, id, whom)).unwrap();
        // As with mail: the letter is written down, and sent although they have declined.
        let letter = Written { org: round.org, round: id, invitation: whom, kind: Kind::Again, nr: 0 };
        let now = world.now();
        world.app.store.write_blocking(move |tx| sql::insert_letter(tx, &letter, now)).unwrap();
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 1);
        let page = get(world, &path(&mail.take()[0]));
        assert!(page.status == StatusCode::OK && page.body.contains("Ni har avstått"));
    });
}

#[test]
fn no_link_holds_over_a_restore() {
    in_each(|world| {
        let round = opened(world, &["Ett"], 20);
        let whom = view(world, round.id).invitations[0].id;
        let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &round, whom)?)).unwrap();
        let made = world.folder.path().join("backup.db");
        crate::backup::backup(&world.app, &made).unwrap();
        let target = testkit::sqlite();
        let settings =
            crate::settings::Settings { database: target.url.parse().unwrap(), ..world.app.settings.clone() };
        crate::backup::restore(&settings, world.app.clock.clone(), &made).unwrap();
        let store = crate::store::Store::open(&settings.database, &crate::store::Settings::default()).unwrap();
        let digest = crate::secrets::token_digest(&token);
        assert!(world.app.store.read_blocking(|tx| sql::by_link(tx, &digest)).unwrap().is_some());
        assert!(store.read_blocking(|tx| sql::by_link(tx, &digest)).unwrap().is_none());
    });
}
