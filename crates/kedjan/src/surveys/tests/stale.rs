//! That nothing of what somebody has written is lost, whatever a colleague has done since the page was opened.

use axum::http::StatusCode;

use super::super::answering::since;
use super::super::page::form::{Differing, Since};
use super::{NO, get, give_out, lock, new_link, opened, post, view, with};
use crate::app::Cx;
use crate::surveys::by_link;
use crate::testing::{World, in_each};
use crate::web::form::Posted;

/// The path of a link to the only one who is asked.
fn link(world: &World) -> String {
    let round = opened(world, &["Ett"], 20);
    let whom = view(world, round.id).invitations[0].id;
    let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &round, whom)?)).unwrap();
    format!("/answer/{token}")
}

const MINE: [(&str, &str); 3] = [("q-smadit", "no"), ("q-why_not", "Mitt skäl\när detta"), ("contact", "Mitt nummer")];

#[test]
fn what_was_typed_while_a_colleague_handed_in_goes_on_in_the_form_when_the_answers_are_opened_again() {
    in_each(|world| {
        let link = link(world);
        let theirs = with(&[("act", "submit"), ("version", "0"), ("contact", "Växeln")], &NO);
        assert_eq!(post(world, &link, &theirs).status, StatusCode::SEE_OTHER);
        let late = post(world, &link, &with(&[("act", "draft"), ("version", "0")], &MINE));
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
        assert!(late.body.contains("<span class=\"words\">Mitt nummer</span>"), "whom to ask is shown too");
        assert!(late.body.contains("name=\"q-why_not\" value=\"Mitt skäl\när detta\""), "{}", late.body);
        assert!(late.body.contains("fortsätt med det jag skrev"));
        let opened = post(world, &link, &with(&[("act", "reopen"), ("version", "1")], &MINE));
        assert_eq!(opened.status, StatusCode::OK);
        assert!(opened.body.contains("Svaren är öppna igen") && opened.body.contains("name=\"version\" value=\"2\""));
        assert!(
            opened.body.contains("Mitt skäl\när detta</textarea>") && opened.body.contains("value=\"Mitt nummer\"")
        );
        assert!(
            opened.body.contains("Det finns inga resurser.") && opened.body.contains("Växeln"),
            "what is saved too"
        );
        let saved = get(world, &link).body;
        assert!(saved.contains("Det finns inga resurser.") && saved.contains("value=\"Växeln\""), "it is still theirs");
        let mine = post(world, &link, &with(&[("act", "submit"), ("version", "2")], &MINE));
        assert_eq!(mine.status, StatusCode::SEE_OTHER);
        assert!(get(world, &link).body.contains("Mitt skäl"));
    });
}

#[test]
fn a_button_beside_the_form_that_comes_too_late_changes_nothing_and_shows_what_is_saved() {
    in_each(|world| {
        let link = link(world);
        assert_eq!(
            post(world, &link, &with(&[("act", "submit"), ("version", "0")], &MINE)).status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(post(world, &link, &[("act", "reopen"), ("version", "1")]).status, StatusCode::SEE_OTHER);
        for act in ["reopen", "decline"] {
            let late = post(world, &link, &[("act", act), ("version", "1")]);
            assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{act}");
            assert!(late.body.contains("Mitt skäl\när detta</textarea>"), "the form is not empty: {}", late.body);
            assert!(late.body.contains("value=\"no\" checked") && late.body.contains("value=\"Mitt nummer\""));
            assert!(late.body.contains("hände inget när du tryckte på knappen"));
            assert!(late.body.contains("name=\"version\" value=\"2\""));
        }
        // And when a colleague has said no: the page says so, and what is saved comes back with the answers.
        assert_eq!(post(world, &link, &[("act", "decline"), ("version", "2")]).status, StatusCode::SEE_OTHER);
        let late = post(world, &link, &[("act", "decline"), ("version", "2")]);
        assert!(late.status == StatusCode::PRECONDITION_FAILED && late.body.contains("Ni har avstått"));
        let typed = post(world, &link, &[("act", "submit"), ("version", "2"), ("q-smadit", "yes"), ("contact", "")]);
        assert!(typed.status == StatusCode::PRECONDITION_FAILED && typed.body.contains("Det här hade du skrivit"));
        assert_eq!(post(world, &link, &[("act", "reopen"), ("version", "3")]).status, StatusCode::SEE_OTHER);
        assert!(get(world, &link).body.contains("Mitt skäl\när detta</textarea>"));
    });
}

#[test]
fn whom_to_ask_is_not_written_over_unseen() {
    in_each(|world| {
        let link = link(world);
        let theirs = with(&[("act", "draft"), ("version", "0"), ("contact", "Växeln")], &NO);
        assert_eq!(post(world, &link, &theirs).status, StatusCode::SEE_OTHER);
        let late = post(world, &link, &with(&[("act", "draft"), ("version", "0"), ("contact", "Mitt nummer")], &NO));
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
        assert!(
            late.body.contains("<span class=\"words\">Växeln</span>") && late.body.contains("value=\"Mitt nummer\"")
        );
    });
}

#[test]
fn what_is_wrong_in_a_form_is_shown_with_what_a_colleague_saved_before_the_page_was_there() {
    in_each(|world| {
        let link = link(world);
        let theirs = with(&[("act", "draft"), ("version", "0"), ("contact", "Växeln")], &NO);
        assert_eq!(post(world, &link, &theirs).status, StatusCode::SEE_OTHER);
        let token = link.trim_start_matches("/answer/").to_owned();
        let filled = world.run(&world.county, move |tx, cx: &mut Cx| by_link(tx, cx, &token)).unwrap();
        let sent = |version: &str| {
            let values = [("version", version), ("q-smadit", "no"), ("contact", "Växeln")];
            let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            since(&filled, &Posted { values, errors: Vec::new() })
        };
        assert!(matches!(sent("1"), Since::Nothing));
        let Since::Saved(differing) = sent("0") else {
            panic!("it goes on from a version whose answers were not seen")
        };
        assert_eq!(differing, Differing { questions: vec!["why_not".into()], contact: false });
    });
}

#[test]
fn what_was_typed_when_the_link_had_ended_stands_on_the_page_that_says_so() {
    in_each(|world| {
        let round = opened(world, &["Ett"], 20);
        let (id, whom) = (round.id, view(world, round.id).invitations[0].id);
        let of = round.clone();
        let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
        let link = format!("/answer/{token}");
        let sent = with(&[("act", "submit"), ("version", "0"), ("q-other", "<b>Fetstil</b>")], &MINE);
        let lost = |link: &str| {
            let page = post(world, link, &sent);
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            assert!(page.body.contains("Det här hade du skrivit"), "{}", page.body);
            assert!(page.body.contains("Mitt skäl\när detta") && page.body.contains("Mitt nummer"));
            assert!(page.body.contains("&lt;b&gt;Fetstil&lt;/b&gt;") && page.body.contains("klistra in"));
            page.body
        };
        world.run(&world.county, move |tx, cx| new_link(tx, cx, id, whom)).unwrap();
        let replaced = lost(&link);
        assert_eq!(lost("/answer/gissad"), replaced, "whoever guesses learns nothing but what they sent");
        let button = post(world, &link, &[("act", "decline"), ("version", "0")]);
        assert!(button.status == StatusCode::NOT_FOUND && !button.body.contains("Det här hade du skrivit"));
        let of = round.clone();
        let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
        world.run(&world.county, move |tx, cx| lock(tx, cx, id)).unwrap();
        assert_eq!(lost(&format!("/answer/{token}")), replaced);
    });
}
