//! That a survey goes from the first letter to the fact sheet, that nobody but those who are asked answers it, and that nothing
//! changes after the lock.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chain::text::Lang;
use jiff::Span;
use uuid::Uuid;

use super::post::round as send_letters;
use super::*;
use crate::access::Role;
use crate::app::Actor;
use crate::audit;
use crate::http::tests::{Answer as Page, send};
use crate::reminders::{Letter, MailError, Mailer};
use crate::testing::{World, in_each, in_each_limited, refused};

mod letters;
mod stale;
mod walk;

/// Keeps every letter.
#[derive(Default)]
struct Post(Mutex<Vec<Letter>>);

impl Mailer for Post {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

impl Post {
    fn take(&self) -> Vec<Letter> {
        let mut letters = std::mem::take(&mut *self.0.lock().unwrap());
        letters.sort_by(|one, other| one.to.cmp(&other.to));
        letters
    }
}

/// The path of the link in a letter.
fn path(letter: &Letter) -> String {
    let line = letter.text.lines().find(|line| line.contains("/answer/")).unwrap();
    format!("/answer/{}", line.rsplit("/answer/").next().unwrap().trim())
}

fn asked(names: &[&str]) -> Vec<Asked> {
    let one = |(name, nr): (&&str, usize)| Asked {
        code: reference::counties()[nr].code.into(),
        name: (*name).into(),
        email: format!("andts.{nr}@example.se"),
    };
    names.iter().zip(0..).map(one).collect()
}

fn opened(world: &World, names: &[&str], last_in: i64) -> Round {
    opened_of(world, shipped().remove(0), names, last_in)
}

fn opened_of(world: &World, file: File, names: &[&str], last_in: i64) -> Round {
    let last_day = format::local(world.now()).date().saturating_add(Span::new().days(last_in));
    let year = format::local(world.now()).date().year() - 1;
    let new = NewRound { file, year, last_day, to: asked(names) };
    world.run(&world.county, move |tx, cx| Ok(open(tx, cx, &new)?.into_inner())).unwrap()
}

/// A locked round with one who has answered, for the tests that walk every route.
pub(crate) fn a_round(world: &World) -> Uuid {
    let name = format!("id = \"r{}\"", Uuid::new_v4().simple());
    let text = shipped().remove(0).text.replace("id = \"county_boards\"", &name);
    let round = opened_of(world, File { name: "r".into(), text }, &["Ett"], 5);
    let (of, whom) = (round.clone(), view(world, round.id).invitations[0].id);
    let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
    post(world, &format!("/answer/{token}"), &with(&[("act", "submit"), ("version", "0")], &NO));
    let id = round.id;
    world.run(&world.county, move |tx, cx| lock(tx, cx, id)).unwrap();
    id
}

fn view(world: &World, id: Uuid) -> RoundView {
    world.run(&world.county, move |tx, cx| Ok(round(tx, cx, id)?.into_inner())).unwrap()
}

fn told(world: &World, id: Uuid) -> Outcome {
    world.run(&world.county, move |tx, cx| Ok(outcome(tx, cx, id, "results")?.into_inner())).unwrap()
}

fn get(world: &World, path: &str) -> Page {
    send(world, Request::builder().uri(path).header(header::HOST, "127.0.0.1").body(Body::empty()).unwrap())
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", crate::http::percent(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn post(world: &World, path: &str, fields: &[(&str, &str)]) -> Page {
    let request = Request::builder()
        .method("POST")
        .uri(path)
        .header(header::HOST, "127.0.0.1")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(world, request.body(Body::from(encoded(fields))).unwrap())
}

fn as_county(world: &World, path: &str, fields: Option<&[(&str, &str)]>) -> Page {
    let request = Request::builder()
        .method(if fields.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header(header::HOST, "127.0.0.1")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("kedjan={}", world.session(&world.county)));
    let page = send(world, request.body(Body::from(fields.map(encoded).unwrap_or_default())).unwrap());
    Page { body: plain(&page.body), ..page }
}

/// With ordinary spaces in the place of those that keep a figure with its sign.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

const NO: [(&str, &str); 2] = [("q-smadit", "no"), ("q-why_not", "Det finns inga resurser.")];
const YES: [(&str, &str); 8] = [
    ("q-smadit", "yes"),
    ("q-group", "no"),
    ("q-partners", "police"),
    ("q-partners", "region"),
    ("q-steering", "no"),
    ("q-agreement", "no"),
    ("q-support", "conferences"),
    ("q-followup", "no"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().chain(more).copied().collect()
}

#[test]
fn a_survey_goes_from_the_first_letter_to_the_fact_sheet() {
    in_each(|world| {
        let mail = Post::default();
        let round = opened(world, &["Ett", "Två", "Tre", "Fyra"], 20);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 0, "nothing is sent by opening");
        let id = round.id;
        let queued = world.run(&world.county, move |tx, cx| Ok(invite(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!(queued, 4);
        assert_eq!(send_letters(&world.app, &mail).unwrap().sent, 4);
        let letters = mail.take();
        assert!(
            letters.iter().all(|one| one.to.starts_with("andts.") && one.text.contains("Länsstyrelsen i Blekinge"))
        );
        let again = world.run(&world.county, move |tx, cx| Ok(invite(tx, cx, id)?.into_inner())).unwrap();
        assert_eq!((again, send_letters(&world.app, &mail).unwrap().sent), (0, 0), "nobody is invited twice");

        // A draft, gone on with by a colleague with the same link; all that is missing is said at once.
        let [one, two, three, _] = letters.iter().map(path).collect::<Vec<_>>().try_into().unwrap();
        let form = get(world, &one);
        assert!(
            form.status == StatusCode::OK && form.body.contains("Skicka in") && form.body.contains("name=\"q-smadit\"")
        );
        assert_eq!(form.headers[header::CACHE_CONTROL], "no-store");
        let draft =
            post(world, &one, &[("act", "draft"), ("version", "0"), ("q-smadit", "yes"), ("contact", "Växeln")]);
        assert_eq!(draft.status, StatusCode::SEE_OTHER, "{}", draft.body);
        let later = get(world, &one);
        assert!(later.body.contains("value=\"yes\" checked") && later.body.contains("value=\"Växeln\""));
        let missing = post(world, &one, &[("act", "submit"), ("version", "1"), ("q-smadit", "yes")]);
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        for question in ["group", "partners", "steering", "agreement", "support", "followup"] {
            assert!(missing.body.contains(&format!("href=\"#f-q-{question}\"")), "{question}");
        }
        assert!(!missing.body.contains("href=\"#f-q-mandate\""), "what is not asked is not missing");
        let whole = with(&[("act", "submit"), ("version", "1")], &with(&YES, &[("q-followup_why_not", "no_data")]));
        assert_eq!(post(world, &one, &whole).status, StatusCode::SEE_OTHER);
        let receipt = get(world, &one);
        assert!(
            receipt.body.contains("Tack, svaren är inskickade")
                && receipt.body.contains("Det finns inte tillräckligt med data")
        );

        anew(world, id, [&one, &two, &three]);
        reminded_and_locked(world, id, &letters, &mail);
        coded_and_told(world, id);
    });
}

/// Opened again and handed in anew, with an answer to what is not asked left out; and what the others do.
fn anew(world: &World, id: Uuid, [one, two, three]: [&str; 3]) {
    assert_eq!(post(world, one, &[("act", "reopen"), ("version", "2")]).status, StatusCode::SEE_OTHER);
    assert_eq!(view(world, id).reconciled.partly, 1);
    let whole = with(
        &[("act", "submit"), ("version", "3")],
        &with(
            &YES,
            &[("q-followup_why_not", "no_routines"), ("q-why_not", "räknas inte"), ("q-success", "Att vi följer upp.")],
        ),
    );
    assert_eq!(post(world, one, &whole).status, StatusCode::SEE_OTHER);
    assert!(!get(world, one).body.contains("räknas inte<"));
    assert_eq!(post(world, two, &with(&[("act", "submit"), ("version", "0")], &NO)).status, StatusCode::SEE_OTHER);
    assert_eq!(post(world, three, &[("act", "decline"), ("version", "0")]).status, StatusCode::SEE_OTHER);
}

/// Two weeks before the end the one who has not answered is reminded, once, with a link that works. After the last day no link
/// leads anywhere, and nothing changes.
fn reminded_and_locked(world: &World, id: Uuid, letters: &[Letter], mail: &Post) {
    world.pass(24 * 5 + 21);
    assert_eq!(send_letters(&world.app, mail).unwrap().sent, 0, "seven in the morning of the day");
    world.pass(1);
    assert_eq!(send_letters(&world.app, mail).unwrap().sent, 1);
    assert_eq!(send_letters(&world.app, mail).unwrap().sent, 0);
    let reminder = mail.take().remove(0);
    assert!(reminder.to == "andts.3@example.se" && reminder.subject.contains("Påminnelse"));
    assert_eq!(get(world, &path(&reminder)).status, StatusCode::OK);
    assert_eq!(get(world, &path(&letters[3])).status, StatusCode::OK, "the first link still holds");
    let now = view(world, id).reconciled;
    assert_eq!((now.invited, now.answered, now.partly, now.not_begun, now.declined), (4, 2, 0, 1, 1));
    let early = world.run(&world.county, move |tx, cx| coding(tx, cx, id, "")).unwrap_err();
    assert_eq!(refused(early).status(), 409, "texts are not coded before the lock");

    world.pass(24 * 15);
    for link in letters[..3].iter().map(path) {
        assert_eq!(get(world, &link).status, StatusCode::NOT_FOUND);
        assert_eq!(post(world, &link, &[("act", "reopen"), ("version", "4")]).status, StatusCode::NOT_FOUND);
    }
    assert_eq!(send_letters(&world.app, mail).unwrap().sent, 0);
    let late = world.run(&world.county, move |tx, cx| remind(tx, cx, id)).unwrap_err();
    assert_eq!(refused(late).status(), 409);
}

/// Coded, counted and told.
fn coded_and_told(world: &World, id: Uuid) {
    let texts =
        world.run(&world.county, move |tx, cx| Ok(coding(tx, cx, id, "success")?.into_inner())).unwrap().unwrap();
    assert_eq!(texts.texts.len(), 1);
    assert_eq!(told(world, id).uncoded(), 2);
    let wish = CodeWish {
        id: texts.texts[0].id,
        question: "success".into(),
        codes: BTreeSet::from(["followup".to_owned(), "feedback".to_owned()]),
        was: BTreeSet::new(),
    };
    let code_it =
        |wish: CodeWish| world.run(&world.county, move |tx, cx| code(tx, cx, id, &wish).map(|done| done.into_inner()));
    code_it(wish.clone()).unwrap();
    assert_eq!(refused(code_it(wish.clone()).unwrap_err()).status(), 412, "somebody has coded it meanwhile");
    let unknown = CodeWish { codes: BTreeSet::from(["nothing".to_owned()]), ..wish };
    assert_eq!(refused(code_it(unknown).unwrap_err()).status(), 404);
    let outcome = told(world, id);
    assert_eq!(outcome.uncoded(), 1);
    let row = |question: &str, choice: &str| {
        let at = outcome.round.questionnaire.questions.iter().position(|one| one.id == question).unwrap();
        let result = &outcome.results.questions[at];
        (result.asked, result.rows.iter().find(|row| row.id == choice).unwrap().n)
    };
    assert_eq!(
        (row("smadit", "yes"), row("success", "followup"), row("success", "training")),
        ((2, 1), (1, 1), (1, 0))
    );
    let sheet = as_county(world, &format!("/surveys/{id}/sheet"), None);
    assert!(sheet.body.contains("I ett av länen pågår SMADIT-arbete (1 av 2, 50 %)."), "{}", sheet.body);
    assert!(
        sheet
            .body
            .contains("2 av 4 inbjudna svarade (50 %). 0 började men skickade inte in, 1 började inte och 1 avstod.")
    );
    let page = as_county(world, &format!("/surveys/{id}"), None).body;
    assert!(!page.contains("Växeln"), "handed in without a contact");
    assert!(
        !sheet.body.contains("Växeln") && !sheet.body.contains("Att vi följer upp."),
        "no contact and no words of anybody"
    );
    let english = as_county(world, &format!("/surveys/{id}/sheet?lang=en"), None);
    assert!(english.body.contains("SMADIT work is done in one of the counties (1 of 2, 50%)."), "{}", english.body);
    // Every act is in the chain of the authority that asks, and the chain holds.
    let org = world.county.org;
    let records = world.app.store.read_blocking(move |tx| audit::page(tx, org, 1, 1_000)).unwrap();
    for action in ["run_surveys", "answer_survey", "reopen_survey", "decline_survey"] {
        assert!(records.iter().any(|one| one.action == action), "{action}");
    }
    assert!(records.iter().all(|one| one.people == 0 && !one.object.contains("andts")));
    coding_is_recorded_as_that(world, id);
    world.app.store.read_blocking(move |tx| audit::verify(tx, org)).unwrap().unwrap();
}

#[test]
fn two_colleagues_do_not_write_over_each_other_unseen() {
    in_each(|world| {
        let round = opened(world, &["Ett"], 20);
        let of = round.clone();
        let whom = view(world, round.id).invitations[0].id;
        let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
        let link = format!("/answer/{token}");
        assert_eq!(post(world, &link, &with(&[("act", "draft"), ("version", "0")], &NO)).status, StatusCode::SEE_OTHER);
        let mine = with(&[("act", "draft"), ("version", "0")], &[("q-smadit", "no"), ("q-why_not", "Mitt skäl")]);
        let stale = post(world, &link, &mine);
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
        assert!(stale.body.contains("Mitt skäl") && stale.body.contains("Det finns inga resurser."), "both are shown");
        assert!(stale.body.contains("name=\"version\" value=\"1\""), "and now it can be saved knowingly");
        assert_eq!(stale.headers[header::ETAG], "\"1\"");
        assert!(get(world, &link).body.contains("Det finns inga resurser."), "nothing was lost");
        let knowing = with(&[("act", "submit"), ("version", "1")], &[("q-smadit", "no"), ("q-why_not", "Mitt skäl")]);
        assert_eq!(post(world, &link, &knowing).status, StatusCode::SEE_OTHER);
        let late = post(world, &link, &with(&[("act", "draft"), ("version", "1")], &[("q-smadit", "yes")]));
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
        assert!(
            late.body.contains("Någon annan har skickat in svaren") && late.body.contains("Det här hade du skrivit")
        );
    });
}

/// Whoever codes at the page has not looked at who has come how far, and the record does not say so.
fn coding_is_recorded_as_that(world: &World, id: Uuid) {
    let org = world.county.org;
    let objects = || -> Vec<String> {
        let records = world.app.store.read_blocking(move |tx| audit::page(tx, org, 1, 1_000)).unwrap();
        records.into_iter().map(|one| one.object).collect()
    };
    let before = objects().len();
    let text =
        world.run(&world.county, move |tx, cx| Ok(coding(tx, cx, id, "why_not")?.into_inner())).unwrap().unwrap();
    let whom = text.texts[0].id.to_string();
    let path = format!("/surveys/{id}/coding");
    let wish = [("question", "why_not"), ("invitation", whom.as_str()), ("was", ""), ("codes", "no_resources")];
    assert_eq!(as_county(world, &path, Some(&wish)).status, StatusCode::SEE_OTHER);
    let since: Vec<String> = objects().split_off(before);
    assert!(since.len() == 2 && since[0].ends_with(":coding") && since[1].ends_with(":code"), "{since:?}");
    let nobody = [("question", "why_not"), ("invitation", "x"), ("was", ""), ("codes", "no_resources")];
    assert_eq!(as_county(world, &path, Some(&nobody)).status, StatusCode::BAD_REQUEST);
    let unclear = as_county(world, &format!("/surveys/{id}"), Some(&[("act", "nothing")]));
    assert_eq!(unclear.status, StatusCode::BAD_REQUEST);
    assert_eq!(objects().len(), before + 2, "what was not done is not recorded");
}

#[test]
fn a_link_that_does_not_hold_is_answered_alike_whatever_the_reason() {
    in_each(|world| {
        let round = opened(world, &["Ett", "Två"], 20);
        let other = {
            let text = include_str!("../../../../surveys/examples/child-participation.toml");
            let file = File { name: "other.toml".into(), text: text.replace("\"municipalities\"", "\"counties\"") };
            opened_of(world, file, &["Tre"], 20)
        };
        let link = |round: &Round, nr: usize| {
            let (of, whom) = (round.clone(), view(world, round.id).invitations[nr].id);
            world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap()
        };
        let (withdrawn, remade, others) = (link(&round, 0), link(&round, 1), link(&other, 0));
        let (id, list) = (round.id, view(world, round.id).invitations);
        let (first, second) = (list[0].id, list[1].id);
        world.run(&world.county, move |tx, cx| withdraw_link(tx, cx, id, first)).unwrap();
        let new = world.run(&world.county, move |tx, cx| Ok(new_link(tx, cx, id, second)?.into_inner())).unwrap();
        let Remade::Shown(new) = new else { panic!("this installation sends no mail") };
        let made_up = crate::secrets::token();
        let bodies: BTreeSet<String> = [withdrawn.as_str(), &remade, &made_up, "x", "..%2f", &"a".repeat(900)]
            .iter()
            .map(|token| {
                let page = get(world, &format!("/answer/{token}"));
                assert_eq!(page.status, StatusCode::NOT_FOUND);
                assert_eq!(
                    post(world, &format!("/answer/{token}"), &[("act", "submit"), ("version", "0")]).status,
                    404
                );
                page.body
            })
            .collect();
        assert_eq!(bodies.len(), 1);
        let holds = get(world, new.trim_start_matches("http://127.0.0.1"));
        assert!(holds.status == StatusCode::OK && holds.body.contains("Två"));
        // A link of another round leads to that one and to nothing here.
        let answer = post(world, &format!("/answer/{others}"), &with(&[("act", "draft"), ("version", "0")], &NO));
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(view(world, round.id).reconciled.not_begun, 2);
        // Of a token nothing but the digest is kept.
        let kept = world.app.store.read_blocking(|tx| {
            tx.rows(crate::sql!("SELECT token_digest FROM survey_link ORDER BY made_at"), &[])?
                .iter()
                .map(|row| row.get::<Vec<u8>>(0))
                .collect::<Result<Vec<_>, StoreError>>()
        });
        let kept = kept.unwrap();
        assert!(kept.len() == 4 && kept.iter().all(|digest| digest.len() == 32));
        for token in [&withdrawn, &remade, &others] {
            assert!(
                kept.contains(&crate::secrets::token_digest(token).to_vec())
                    && !kept.contains(&token.as_bytes().to_vec())
            );
        }
    });
}

#[test]
fn what_is_hostile_is_shown_as_text_or_refused() {
    in_each(|world| {
        let round = opened(world, &["Ett"], 20);
        let (of, whom) = (round.clone(), view(world, round.id).invitations[0].id);
        let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
        let link = format!("/answer/{token}");
        let long = "a".repeat(1001);
        for (fields, field) in [
            (vec![("q-smadit", "kanske")], "q-smadit"),
            (vec![("q-smadit", "no"), ("q-why_not", long.as_str())], "q-why_not"),
            (vec![("q-smadit", "yes"), ("q-partners", "police"), ("q-partners", "mafia")], "q-partners"),
            (vec![("q-smadit", "yes"), ("q-partners", "police"), ("q-partners", "police")], "q-partners"),
            (vec![("contact", &long[..201])], "contact"),
        ] {
            let page = post(world, &link, &with(&[("act", "draft"), ("version", "0")], &fields));
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(page.body.contains(&format!("href=\"#f-{field}\"")), "{field}");
        }
        assert_eq!(view(world, round.id).reconciled.not_begun, 1, "nothing of it was saved");
        for version in ["", "x", "-1", "99999999999999999999"] {
            let page = post(world, &link, &with(&[("act", "draft"), ("version", version)], &NO));
            assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
        }
        let markup = "<script>alert(1)</script>\"'&\u{202e}=1+1";
        let hostile = [("act", "submit"), ("version", "0"), ("q-smadit", "no"), ("q-why_not", markup)];
        assert_eq!(post(world, &link, &hostile).status, StatusCode::SEE_OTHER);
        let id = round.id;
        world.run(&world.county, move |tx, cx| lock(tx, cx, id)).unwrap();
        let coding = as_county(world, &format!("/surveys/{id}/coding"), None);
        assert!(coding.body.contains("&lt;script&gt;") && !coding.body.contains("<script>alert"));
        let file = as_county(world, &format!("/surveys/{id}/answers.csv"), None);
        assert!(file.body.starts_with('\u{feff}') && file.body.contains("<script>alert"));
        assert_eq!(get(world, &link).status, StatusCode::NOT_FOUND, "after the lock");
        assert_eq!(post(world, &link, &[("act", "reopen"), ("version", "1")]).status, StatusCode::NOT_FOUND);
        // What no page or spreadsheet shows is left out.
        let round = opened_of(
            world,
            File {
                name: "c".into(),
                text: shipped().remove(0).text.replace("id = \"county_boards\"", "id = \"other\""),
            },
            &["Ett"],
            20,
        );
        let (of, whom) = (round.clone(), view(world, round.id).invitations[0].id);
        let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
        let page = post(
            world,
            &format!("/answer/{token}"),
            &[("act", "submit"), ("version", "0"), ("q-smadit", "no"), ("q-why_not", "a\0b\u{1b}")],
        );
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(get(world, &format!("/answer/{token}")).body.contains(">ab<"));
    });
}

#[test]
fn a_round_is_opened_with_a_list_that_holds_and_once_a_year() {
    in_each(|world| {
        let today = format::local(world.now()).date();
        let good = NewRound { file: shipped().remove(0), year: today.year() - 1, last_day: today, to: asked(&["Ett"]) };
        let wrong = |new: NewRound| {
            let stop = world.run(&world.county, move |tx, cx| open(tx, cx, &new)).map(|round| round.id).unwrap_err();
            let why = refused(stop);
            why.issues().iter().map(|issue| issue.pointer.clone()).collect::<Vec<_>>()
        };
        let mut bad = asked(&["", "Två", "två", "Fyra"]);
        bad[1].email = "ingen adress".into();
        bad[3].code = "99".into();
        let all = NewRound { year: today.year() + 1, last_day: today.yesterday().unwrap(), to: bad, ..good.clone() };
        assert_eq!(wrong(all), ["/year", "/last_day", "/to", "/to", "/to", "/to"], "everything at once");
        assert_eq!(wrong(NewRound { to: Vec::new(), ..good.clone() }), ["/to"]);
        let file = File { name: "broken.toml".into(), text: "id = 1".into() };
        assert_eq!(wrong(NewRound { file, ..good.clone() }), ["/questionnaire"]);
        opened(world, &["Ett"], 3);
        assert_eq!(wrong(good.clone()), ["/year"], "there is one of that year");
        // Those who ask are those of the policies; another authority does not see it.
        let new = good.clone();
        let officer = world.run(&world.officer, move |tx, cx| open(tx, cx, &new)).map(|_| ()).unwrap_err();
        assert_eq!(refused(officer).status(), 403);
        let id = world.run(&world.county, |tx, cx| Ok(rounds(tx, cx)?.into_inner())).unwrap()[0].0.id;
        let stranger = Actor { role: Role::County, ..world.ronneby.clone() };
        let unseen = world.run(&stranger, move |tx, cx| round(tx, cx, id)).map(|_| ()).unwrap_err();
        assert_eq!(refused(unseen).status(), 404);
        let page = as_county(world, "/surveys/new?questionnaire=county_boards", None);
        assert!(page.body.contains("Länsstyrelsen i Blekinge; enheten@example.se; 10"), "{}", page.body);
    });
}

#[test]
fn nobody_tries_links_faster_than_the_limit() {
    in_each_limited(|world| {
        let answers: Vec<StatusCode> = (0..320).map(|nr| get(world, &format!("/answer/{nr}")).status).collect();
        assert!(answers.contains(&StatusCode::TOO_MANY_REQUESTS));
        assert!(answers.iter().all(|one| [StatusCode::NOT_FOUND, StatusCode::TOO_MANY_REQUESTS].contains(one)));
    });
}

#[test]
fn answers_about_people_are_given_out_only_counted_together() {
    in_each(|world| {
        let text = include_str!("../../../../surveys/examples/child-participation.toml");
        let file = File { name: "c.toml".into(), text: text.replace("\"municipalities\"", "\"counties\"") };
        let names: Vec<String> = (0..13).map(|nr| format!("Kommun {nr}")).collect();
        let round = opened_of(world, file, &names.iter().map(String::as_str).collect::<Vec<_>>(), 5);
        for (one, nr) in view(world, round.id).invitations.iter().zip(0..) {
            let (of, whom) = (round.clone(), one.id);
            let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
            let routine = if nr < 11 { "written" } else { "none" };
            let followed = if nr < 7 { "yes" } else { "no" };
            let given = [("q-routine", routine), ("q-followed", followed), ("q-heard", "12")];
            let fields = with(&[("act", "submit"), ("version", "0")], &given);
            assert_eq!(post(world, &format!("/answer/{token}"), &fields).status, StatusCode::SEE_OTHER);
        }
        let id = round.id;
        // Two looks with an answer in between would tell it, so before the lock there is nothing to look at.
        for what in ["results", "sheet", "results.csv", "results.xlsx", "answers.csv"] {
            let early = as_county(world, &format!("/surveys/{id}/{what}"), None);
            assert_eq!(early.status, StatusCode::CONFLICT, "{what}");
        }
        let status = as_county(world, &format!("/surveys/{id}"), None).body;
        assert!(!status.contains(&format!("{id}/results")) && status.contains("inga siffror förrän enkäten är låst"));
        world.run(&world.county, move |tx, cx| lock(tx, cx, id)).unwrap();
        assert_eq!(as_county(world, &format!("/surveys/{id}/answers.csv"), None).status, StatusCode::CONFLICT);
        let csv = as_county(world, &format!("/surveys/{id}/results.csv"), None).body;
        let line = csv.lines().find(|line| line.contains(";routine;") && line.contains(";none;")).unwrap().to_owned();
        assert!(line.contains(";..;..;..;"), "two without a routine: {line}");
        let page = as_county(world, &format!("/surveys/{id}/results"), None).body;
        assert!(page.contains("Siffrorna visas inte"));
        let sheet = as_county(world, &format!("/surveys/{id}/sheet"), None).body;
        assert!(sheet.contains("följde upp barns delaktighet (7 av 13, 54 %)."), "{sheet}");
        assert!(!sheet.contains("(11 av 13"), "{sheet}");
    });
}

#[test]
fn files_open_in_a_swedish_spreadsheet_and_say_what_they_hold() {
    in_each(|world| {
        let round = opened(world, &["Ett", "Två"], 5);
        let (of, whom) = (round.clone(), view(world, round.id).invitations[0].id);
        let token = world.run(&world.county, move |tx, cx| Ok(give_out(tx, cx, &of, whom)?)).unwrap();
        post(world, &format!("/answer/{token}"), &with(&[("act", "submit"), ("version", "0")], &NO));
        let csv = as_county(world, &format!("/surveys/{}/results.csv", round.id), None);
        assert!(csv.body.starts_with("\u{feff}Fråga;Frågans id;Svar;Svarets id;Antal;Bas;Procent;Källa\r\n"));
        assert!(csv.body.contains(";smadit;Nej;no;1;1;100;"), "{}", csv.body);
        assert!(csv.body.contains("Inbjudningar;invitations;Inte börjat;not_begun;1;2;50;"), "{}", csv.body);
        let outcome = told(world, round.id);
        let bytes = result_xlsx(&outcome, Lang::Sv).unwrap();
        assert!(bytes.starts_with(b"PK"));
        assert_eq!(bytes, result_xlsx(&outcome, Lang::Sv).unwrap(), "the same figures are the same file");
        let (html, md) = (sheet_html(&outcome, Lang::En), plain(&sheet_markdown(&outcome, Lang::Sv)));
        assert!(html.contains("<!DOCTYPE html>") && html.contains("SMADIT in the counties"));
        assert!(
            md.starts_with("# SMADIT i länen") && md.contains("(0 av 1, 0 %)") && md.contains("*Bas: länen, n = 1*")
        );
        let api = world.token(&world.county);
        let request = Request::builder()
            .uri(format!("/api/v1/surveys/{}", round.id))
            .header(header::AUTHORIZATION, format!("Bearer {api}"))
            .body(Body::empty())
            .unwrap();
        let told = send(world, request).json();
        assert_eq!((&told["invitations"]["invited"], &told["questions"][0]["answers"][1]["n"]), (&2.into(), &1.into()));
    });
}
