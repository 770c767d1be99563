//! What a method file must hold as a whole: somebody has every case and sees it, every clock can be met, and a consent can
//! always be withdrawn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::{Method, Mistake, Source};
use common::*;

/// SMADIT with some texts changed, each once.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SMADIT.text.to_owned(), |text, (find, put)| {
        assert!(text.contains(find), "{find} is not in the file");
        text.replacen(find, put, 1)
    })
}

fn parse(text: &str) -> Result<Method, Vec<Mistake>> {
    Method::parse(&[Source { name: "changed.toml", text }])
}

/// The changes are refused on the line that begins with the marker, with this sentence and this proposal, and nowhere else.
#[track_caller]
fn refused(changes: &[(&str, &str)], on: &str, message: &str, proposal: &str) {
    let text = changed(changes);
    let found = parse(&text).err().unwrap_or_else(|| panic!("nothing found: {changes:?}"));
    let line = u32::try_from(text[..text.find(on).unwrap()].matches('\n').count() + 1).unwrap();
    let [one] = &found[..] else { panic!("wanted one mistake, found {found:#?}") };
    assert_eq!(one.line, line, "{one}");
    assert!(one.message.contains(message) && one.proposal.contains(proposal), "{one}");
}

#[track_caller]
fn holds(changes: &[(&str, &str)]) {
    let found = parse(&changed(changes)).err();
    assert!(found.is_none(), "{found:#?}");
}

const TO_RECEIVER: &str = "after = [\"offer.accepted\", \"answer.accepted\"]";
const TO_CONTACT: &str = "[[stage]]\nid = \"to_contact\"";
const OPEN_QUESTION: &str = "[[stage]]\nid = \"open_question\"";

#[test]
fn a_case_comes_to_no_stage_whose_parties_do_not_have_it() {
    let message = "a case can come to the stage `to_contact` without anybody having it who can take a step there";
    let later = (
        "id = \"declined\"\nname = { sv = \"Tackar nej\"",
        "id = \"later\"\nname = { sv = \"Senare\", en = \"Later\" }\nto = \"to_contact\"\n\n[[step.outcome]]\nid = \"declined\"\nname = { sv = \"Tackar nej\"",
    );
    refused(
        &[later],
        TO_CONTACT,
        message,
        "`to_contact` is taken by `receiver`, and there can be nobody else there than `detector`",
    );
    refused(&[(TO_RECEIVER, "after = [\"answer.accepted\"]")], TO_CONTACT, message, "hand the case over");
    holds(&[later, (TO_RECEIVER, "after = [\"offer.accepted\", \"offer.later\", \"answer.accepted\"]")]);
    // The one who lets go has it no more.
    let guest = (
        OPEN_QUESTION,
        "[party.guest]\nname = { sv = \"Gäst\", en = \"Guest\" }\nkinds = [\"probation\"]\n[[stage]]\nid = \"open_question\"",
    );
    let visit = (
        "[[step]]\nid = \"reroute\"",
        "[[step]]\nid = \"visit\"\nname = { sv = \"Besök\", en = \"Visit\" }\nby = \"guest\"\nduring = [\"assessed\"]\nrepeats = true\noptional = true\n\n[[step.outcome]]\nid = \"made\"\nname = { sv = \"Gjort\", en = \"Made\" }\n\n[[step]]\nid = \"reroute\"",
    );
    let lent = (
        "[[step]]\nid = \"contact\"",
        "[[step.outcome]]\nid = \"lent\"\nname = { sv = \"Utlånat\", en = \"Lent\" }\nto = \"assessed\"\n\n[[step]]\nid = \"contact\"",
    );
    let give = "[[handover]]\nid = \"give\"\nafter = [\"reroute.lent\"]\nto = \"guest\"\nground = \"consent\"\n\n[[clock]]\nid = \"answer\"";
    let clock = "[[clock]]\nid = \"answer\"";
    holds(&[guest, visit, lent, (clock, give)]);
    let releasing = give.replacen("ground = \"consent\"", "ground = \"consent\"\nreleases = true", 1);
    let message = "a case can come to the stage `assessed` without anybody having it who can take a step there";
    let proposal = "taken by `guest`, `receiver`, and there can be nobody else there than `detector`";
    refused(&[guest, visit, lent, (clock, &releasing)], "[[stage]]\nid = \"assessed\"", message, proposal);
}

#[test]
fn a_case_can_be_closed_by_somebody_who_has_it() {
    // The receiver keeps a step in each stage, but what closes is the detector's, who has let go.
    let finish = ("by = \"receiver\"\nduring = [\"in_support\"]", "by = \"guest\"\nduring = [\"in_support\"]");
    let guest = (
        "[[stage]]\nid = \"open_question\"",
        "[party.guest]\nname = { sv = \"Gäst\", en = \"Guest\" }\nkinds = [\"probation\"]\n[[stage]]\nid = \"open_question\"",
    );
    let close = (
        "during = [\"to_contact\", \"in_contact\", \"assessed\", \"in_support\"]\noptional = true\nfields = [\"note\"]",
        "during = [\"to_contact\", \"in_contact\", \"assessed\"]\noptional = true\nfields = [\"note\"]",
    );
    let withdrawal = (
        "by = \"receiver\"\nduring = [\"to_contact\", \"in_contact\", \"assessed\", \"in_support\"]\noptional = true\nseen_by",
        "by = \"guest\"\nduring = [\"to_contact\", \"in_contact\", \"assessed\", \"in_support\"]\noptional = true\nseen_by",
    );
    let on = "[[stage]]\nid = \"in_support\"";
    refused(
        &[guest, finish, close, withdrawal],
        on,
        "a case in the stage `in_support` cannot always be closed",
        "by somebody who has the case",
    );
}

#[test]
fn every_open_case_is_on_a_work_list() {
    let message = "a case in the stage `open_question` can be on nobody's work list";
    let optional = ("during = [\"open_question\"]", "during = [\"open_question\"]\noptional = true");
    refused(&[optional], OPEN_QUESTION, message, "let a step of `detector` there not be `optional`");
    let needs = (
        "by = \"receiver\"\nduring = [\"to_contact\", \"in_contact\"]\nrepeats = true",
        "by = \"receiver\"\nduring = [\"to_contact\", \"in_contact\"]\nrepeats = true\nrequires = [{ step = \"offer\", at_least = 2 }]",
    );
    let message = "a case in the stage `to_contact` can be on nobody's work list";
    refused(&[needs], TO_CONTACT, message, "and require nothing");
    let once = (
        "during = [\"in_support\"]\n\n[[step.outcome]]",
        "during = [\"in_support\"]\n\n[[step.outcome]]\nid = \"paused\"\nname = { sv = \"Paus\", en = \"Paused\" }\nstays = true\n\n[[step.outcome]]",
    );
    refused(
        &[once],
        "[[stage]]\nid = \"in_support\"",
        "a case in the stage `in_support` can be on nobody's work list",
        "repeat",
    );
}

const WITHDRAWAL: &str = "id = \"withdrawal\"";
const WITHDRAWN: &str =
    "id = \"withdrawn\"\nname = { sv = \"Togs tillbaka\", en = \"Withdrawn\" }\ncloses = \"withdrawn\"";
const WITHDRAWAL_DURING: &str = "during = [\"to_contact\", \"in_contact\", \"assessed\", \"in_support\"]\noptional = true\nseen_by = [\"detector\", \"receiver\"]\n";

#[test]
fn a_consent_can_be_withdrawn_in_every_stage_where_it_can_be_in_force() {
    let on = "[[step]]\nid = \"withdrawal\"";
    let fields = format!("{WITHDRAWAL_DURING}fields = [\"channel\"]\n");
    refused(
        &[(WITHDRAWAL_DURING, &fields)],
        on,
        "the step `withdrawal` needs an answer to `channel`",
        "the product records it",
    );
    let fields = format!("{WITHDRAWAL_DURING}fields = [\"note\"]\n");
    holds(&[(WITHDRAWAL_DURING, &fields)]);
    let requires = format!("{WITHDRAWAL_DURING}requires = [{{ step = \"contact\" }}]\n");
    refused(
        &[(WITHDRAWAL_DURING, &requires)],
        on,
        "the step `withdrawal` cannot be taken whenever a consent is in force",
        "remove `requires`",
    );
    let requires = format!("{WITHDRAWN}\nrequires = [{{ step = \"contact\" }}]");
    refused(&[(WITHDRAWN, &requires)], on, "cannot be taken whenever a consent is in force", "remove `requires`");
    let fewer = WITHDRAWAL_DURING.replacen("\"assessed\", ", "", 1);
    refused(
        &[(WITHDRAWAL_DURING, &fewer)],
        on,
        "the step `withdrawal` cannot be taken in the stage `assessed`, where a consent can be in force",
        "add `assessed` to its `during`",
    );
    let ended = "[[step.outcome]]\nid = \"ended\"\nname = { sv = \"x\", en = \"x\" }\ncloses = \"withdrawn\"";
    let fewer = format!("{WITHDRAWN}\nduring = [\"to_contact\", \"in_contact\", \"assessed\"]\n\n{ended}");
    refused(
        &[(WITHDRAWN, &fewer)],
        on,
        "cannot be taken in the stage `in_support`",
        "and to that of its first outcome",
    );
    let stays = WITHDRAWN.replacen("closes = \"withdrawn\"", "stays = true", 1);
    let other = format!(
        "{stays}\n\n[[step.outcome]]\nid = \"ended\"\nname = {{ sv = \"x\", en = \"x\" }}\ncloses = \"withdrawn\""
    );
    refused(&[(WITHDRAWN, &other)], on, "cannot be taken whenever a consent is in force", "`repeats = true`");
    let repeats = format!("{WITHDRAWAL_DURING}repeats = true\n");
    holds(&[(WITHDRAWN, &other), (WITHDRAWAL_DURING, &repeats)]);
    // Another step of that kind is nobody's but the file's.
    let counted = ("[\"withdrawal.withdrawn\"]", "[\"goodbye.withdrawn\"]");
    holds(&[(WITHDRAWAL, "id = \"goodbye\""), (WITHDRAWAL_DURING, &fewer_of_goodbye()), counted]);
}

fn fewer_of_goodbye() -> String {
    WITHDRAWAL_DURING.replacen("\"assessed\", ", "", 1)
}

#[test]
fn each_start_of_a_clock_can_be_stopped_by_the_party_it_is_for() {
    let starts = "starts = [\"offer.undecided\", \"offer.not_asked\"]";
    let also = "starts = [\"offer.undecided\", \"offer.not_asked\", \"support.started\"]";
    let on = "[[clock]]\nid = \"answer\"";
    refused(
        &[(starts, also)],
        on,
        "the clock `answer`, started by `support.started`, can never be stopped",
        "that can come after",
    );
    // A start that closes the case stops it itself.
    holds(&[(starts, "starts = [\"offer.*\"]"), ("stops = [\"answer.*\"]", "stops = [\"answer.*\", \"contact.*\"]")]);
    refused(&[(starts, "starts = [\"offer.declined\"]")], on, "can never be stopped", "that can come after");
    refused(
        &[("party = \"detector\"\nstarts", "party = \"receiver\"\nstarts")],
        on,
        "the clock `answer` is for `receiver`, who takes no step that stops it",
        "`detector`",
    );
}

#[test]
fn a_handover_that_routes_by_an_answer_always_has_it() {
    let on = "[[handover]]\nid = \"to_next_receiver\"";
    let message = "`to_next_receiver` routes by `new_municipality`, which may be left unanswered in `reroute`";
    let field = "id = \"new_municipality\"\nname = { sv = \"Ny kommun\", en = \"New municipality\" }\nkind = \"municipality\"\n";
    let required = format!("{field}required = true\n");
    let with = |more: &str| format!("{field}{more}");
    refused(&[(&required, field)], on, message, "required = true");
    let kept = (
        "[[step]]\nid = \"contact\"",
        "[[step.outcome]]\nid = \"kept\"\nname = { sv = \"x\", en = \"x\" }\n\n[[step]]\nid = \"contact\"",
    );
    let of_kept = with("required = true\nfor_outcomes = [\"kept\"]\n");
    refused(&[kept, (&required, &of_kept)], on, message, "every outcome");
    let of_moved_on = with("required = true\nfor_outcomes = [\"moved_on\"]\n");
    holds(&[kept, (&required, &of_moved_on)]);
    let when = with("required = true\nwhen = { field = \"reroute_reason\", is = [\"own_wish\"] }\n");
    let order = ("[\"new_municipality\", \"reroute_reason\"]", "[\"reroute_reason\", \"new_municipality\"]");
    refused(&[order, (&required, &when)], on, message, "without `when`");
}

#[test]
fn a_consent_is_asked_in_the_field_that_the_product_reads() {
    let fields = ("\"reach_note\", \"consent\", \"children\"", "\"reach_note\", \"agreed\", \"children\"");
    let answer = (
        "fields = [\"declined_info\", \"reach_note\", \"consent\"]",
        "fields = [\"declined_info\", \"reach_note\", \"agreed\"]",
    );
    let field = ("[[field]]\nid = \"consent\"", "[[field]]\nid = \"agreed\"");
    refused(
        &[fields, answer, field],
        "[[field]]\nid = \"agreed\"",
        "the field `agreed` is of the kind `consent`, which only `consent` is read as",
        "write `id = \"consent\"`",
    );
}
