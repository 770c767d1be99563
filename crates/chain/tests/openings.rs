//! What a method opens in another must be possible there, whatever was answered here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::{Library, Method, Mistake, Source};
use common::*;

/// A shipped file with some texts in it changed, each once.
fn changed(source: Source<'_>, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(source.text.to_owned(), |text, (find, put)| {
        assert!(text.contains(find), "{find} is not in {}", source.name);
        text.replacen(find, put, 1)
    })
}

/// The two methods together, with changes in each.
fn together(smadit: &[(&str, &str)], concern: &[(&str, &str)]) -> (String, Result<Library, Vec<Mistake>>) {
    let text = changed(SMADIT, smadit);
    let parsed = |name: &str, text: &str| -> Method { method(&[Source { name, text }]) };
    let both = vec![parsed("smadit.toml", &text), parsed("concern.toml", &changed(CONCERN, concern))];
    (text, Library::new(both))
}

/// The changes are refused where the opening stands, and only there, with this sentence and this proposal.
#[track_caller]
fn refused(smadit: &[(&str, &str)], concern: &[(&str, &str)], opening: &str, message: &str, proposal: &str) {
    let (text, found) = together(smadit, concern);
    let found = found.err().unwrap_or_else(|| panic!("nothing found: {smadit:?} {concern:?}"));
    let marker = format!("[[opens]]\nid = \"{opening}\"");
    let line = u32::try_from(text[..text.find(&marker).unwrap()].matches('\n').count() + 1).unwrap();
    let hit = |one: &&Mistake| {
        one.file == "smadit.toml"
            && one.line == line
            && one.message.contains(message)
            && one.proposal.contains(proposal)
    };
    assert_eq!(found.iter().filter(hit).count(), 1, "wanted line {line} “{message}” “{proposal}”, found {found:#?}");
}

#[track_caller]
fn holds(smadit: &[(&str, &str)], concern: &[(&str, &str)]) {
    let (_, found) = together(smadit, concern);
    assert!(found.is_ok(), "{found:#?}");
}

const KINDS: (&str, &str) =
    ("[\"police\", \"coast_guard\", \"customs\"]", "[\"police\", \"coast_guard\", \"customs\", \"coordination\"]");
const COUNT: &str = "id = \"children_count\"\n";
const COUNT_REQUIRED: (&str, &str) = (COUNT, "id = \"children_count\"\nrequired = true\n");
const REPORT_FIELDS: &str = "[\"reporter_category\", \"event_municipality\", \"cause\", \"children_how\", \"children_count\", \"children_note\"]";
const COPY: &str = "copy = [\"event_municipality\", \"children_how\", \"children_count\", \"children_note\"]";

#[test]
fn whoever_can_open_a_chain_can_begin_it() {
    let message = "`detector` can be of the kind `coordination`, which cannot begin `concern` as `reporter`";
    refused(&[KINDS], &[], "child_report", message, "add `coordination` to `kinds` of `reporter` in `concern`");
    refused(&[KINDS], &[], "child_question", message, "or take it from those of `detector`");
    let kinds = ("kinds = [\"police\", ", "kinds = [\"coordination\", \"police\", ");
    // Whose report it is follows from the kind of the unit; where it does not, it would have to be answered.
    refused(&[KINDS], &[kinds], "child_report", "`concern.report` needs an answer to `reporter_category`", "add");
    holds(&[KINDS], &[kinds, ("units = [\"police\"]", "units = [\"police\", \"coordination\"]")]);
}

#[test]
fn what_the_opened_step_needs_is_answered_in_the_step_that_opens() {
    let message = "`children_count` may be left unanswered in `offer`, and `concern.report` needs it";
    refused(&[], &[COUNT_REQUIRED], "child_report", message, "let it be required here, or not there");
    // Asked exactly when the chain is opened: required is enough.
    holds(&[COUNT_REQUIRED], &[COUNT_REQUIRED]);
    let default = (COUNT, "id = \"children_count\"\ndefault = 1\n");
    holds(&[default], &[COUNT_REQUIRED]);
    holds(&[], &[(COUNT, "id = \"children_count\"\nrequired = true\ndefault = 1\n")]);
    // Asked with fewer outcomes or answers than those that open.
    let fewer = (COUNT, "id = \"children_count\"\nrequired = true\nfor_outcomes = [\"accepted\", \"declined\"]\n");
    refused(&[fewer], &[COUNT_REQUIRED], "child_report", message, "let it be required here");
    let other_answers = [
        (COUNT, "id = \"children_count\"\nrequired = true\n"),
        (
            "unit = { sv = \"barn\", en = \"children\" }\nwhen = { field = \"children\", is = [\"yes\"] }",
            "unit = { sv = \"barn\", en = \"children\" }\nwhen = { field = \"children_how\", is = [\"guardian\"] }",
        ),
    ];
    refused(&other_answers, &[COUNT_REQUIRED], "child_report", message, "let it be required here");
    // The municipality that a county makes optional.
    let optional = (
        "kind = \"municipality\"\nrequired = true\n\n[[field]]\nid = \"place\"",
        "kind = \"municipality\"\n\n[[field]]\nid = \"place\"",
    );
    let needed = ("kind = \"municipality\"\n", "kind = \"municipality\"\nrequired = true\n");
    let message = "`event_municipality` may be left unanswered in `offer`";
    refused(&[optional], &[needed], "child_question", message, "let it be required here");
    holds(&[optional], &[]);
    holds(&[], &[needed]);
}

/// A question of the report that depends on another.
fn witness(required: &str, when: &str) -> String {
    format!(
        "[[field]]\nid = \"witness\"\nname = {{ sv = \"Vittne?\", en = \"Witness?\" }}\nkind = \"yes_no\"\n{required}{when}\n[[field]]\nid = \"cause\"\n"
    )
}

#[test]
fn what_the_opened_step_needs_after_an_answer_counts_too() {
    let asked = REPORT_FIELDS.replace("\"children_note\"", "\"children_note\", \"witness\"");
    let fields = (REPORT_FIELDS, asked.as_str());
    let after_copied = witness("required = true\n", "when = { field = \"children_how\", is = [\"in_vehicle\"] }\n");
    let with_witness = |text: &str| text.to_owned();
    let text = with_witness(&after_copied);
    let message = "`concern.report` needs an answer to `witness`";
    refused(&[], &[fields, ("[[field]]\nid = \"cause\"\n", &text)], "child_report", message, "add `witness` to `copy`");
    // What it depends on is neither copied nor has an answer of its own: it is never asked.
    let text = witness("required = true\n", "when = { field = \"cause\", is = [\"violence\"] }\n");
    holds(&[], &[fields, ("[[field]]\nid = \"cause\"\n", &text)]);
    let default = (
        "name = { sv = \"Vad gäller oron?\", en = \"What is the concern about?\" }\n",
        "name = { sv = \"Vad gäller oron?\", en = \"What is the concern about?\" }\ndefault = \"violence\"\n",
    );
    refused(
        &[],
        &[fields, default, ("[[field]]\nid = \"cause\"\n", &text)],
        "child_report",
        message,
        "let it have a default",
    );
}

#[test]
fn what_is_copied_is_asked_where_it_is_copied_to() {
    let not_for_sent = (
        "for_outcomes = [\"sent\", \"sent_asking\", \"children\", \"taken_in\", \"asking\"]\n\n[[field]]\nid = \"children_note\"",
        "for_outcomes = [\"noted\", \"children\", \"taken_in\"]\n\n[[field]]\nid = \"children_note\"",
    );
    let noted = (
        "[[step.outcome]]\nid = \"sent\"",
        "[[step.outcome]]\nid = \"noted\"\nname = { sv = \"x\", en = \"x\" }\ncloses = \"no_children\"\n[[step.outcome]]\nid = \"sent\"",
    );
    let message = "`concern.report` does not ask `children_count` with the outcome `sent`";
    refused(&[], &[not_for_sent, noted], "child_report", message, "take `children_count` from `copy`");
    let after = |answer: &str| {
        format!(
            "unit = {{ sv = \"barn\", en = \"children\" }}\nwhen = {{ field = \"children_how\", is = [\"{answer}\"] }}\n"
        )
    };
    let unit = "unit = { sv = \"barn\", en = \"children\" }\n";
    let message = "`concern.report` asks `children_count` only after certain answers to `children_how`";
    refused(&[], &[(unit, &after("guardian"))], "child_report", message, "copy `children_how` too");
    // Asked here after the same answer: it is never copied without it.
    let here = (
        "unit = { sv = \"barn\", en = \"children\" }\nwhen = { field = \"children\", is = [\"yes\"] }",
        "unit = { sv = \"barn\", en = \"children\" }\nwhen = { field = \"children_how\", is = [\"guardian\"] }",
    );
    holds(&[here], &[(unit, &after("guardian"))]);
    refused(&[here], &[(unit, &after("lives_with"))], "child_report", message, "copy `children_how` too");
    let without = (COPY, "copy = [\"event_municipality\", \"children_count\", \"children_note\"]");
    refused(&[here, without], &[(unit, &after("guardian"))], "child_report", message, "copy `children_how` too");
}

const SIBLING: &str = "[[opens]]\nid = \"sibling\"\nafter = [\"report.sent\"]\nmethod = \"concern\"\nstep = \"report\"\noutcome = \"sent\"\nground = { law = \"19 kap. 1 § SoL\" }\n[[handover]]";

#[test]
fn a_chain_that_opens_itself_without_end_is_refused() {
    let text = CONCERN.text.replacen("[[handover]]", SIBLING, 1);
    let concern = method(&[Source { name: "concern.toml", text: &text }]);
    let found = Library::new(vec![concern]).unwrap_err();
    let line = u32::try_from(text[..text.find("[[opens]]").unwrap()].matches('\n').count() + 1).unwrap();
    let [one] = &found[..] else { panic!("{found:#?}") };
    assert_eq!((one.file.as_str(), one.line), ("concern.toml", line));
    assert!(one.message.contains("`sibling` opens `concern.report`, which opens it again without end"), "{one}");
    assert!(one.proposal.contains("`after`, `when` or `copy`"), "{one}");
}

#[test]
fn two_methods_that_open_each_other_without_end_are_refused_in_both() {
    // The report opens an offer, which answers by its default that there are children, and so opens a report.
    let back = "[[opens]]\nid = \"offer_again\"\nafter = [\"report.sent\"]\nmethod = \"smadit\"\nstep = \"offer\"\noutcome = \"declined\"\ncopy = [\"event_municipality\"]\nground = { law = \"x\" }\n[[handover]]";
    let mut smadit = vec![
        (
            "kind = \"choice\"\nrequired = true\nseen_by = [\"detector\"]\noptions = [\n  { id = \"drink_driving\"",
            "kind = \"choice\"\nseen_by = [\"detector\"]\noptions = [\n  { id = \"drink_driving\"",
        ),
        (
            "kind = \"choice\"\nrequired = true\noptions = [\n  { id = \"alcohol\"",
            "kind = \"choice\"\noptions = [\n  { id = \"alcohol\"",
        ),
        (
            "kind = \"choice\"\nrequired = true\nseen_by = [\"detector\"]\noptions = [\n  { id = \"yes\"",
            "kind = \"choice\"\ndefault = \"yes\"\nseen_by = [\"detector\"]\noptions = [\n  { id = \"yes\"",
        ),
    ];
    let concern = [
        (
            "[\"police\", \"coast_guard\", \"customs\", \"probation\", \"school\", \"preschool\", \"health_care\", \"addiction_care\", \"dental_care\", \"social_services\", \"county_board\", \"other_authority\"]",
            "[\"police\", \"coast_guard\", \"customs\"]",
        ),
        ("[[field]]\nid = \"event_municipality\"\n", "[[field]]\nid = \"event_municipality\"\nrequired = true\n"),
        ("[[handover]]", back),
    ];
    let found = together(&smadit, &concern).1.unwrap_err();
    let places: Vec<_> = found.iter().map(|one| (one.file.as_str(), one.message.split(' ').next().unwrap())).collect();
    assert_eq!(places, [("concern.toml", "`offer_again`"), ("smadit.toml", "`child_report`")], "{found:#?}");
    // With another default the offer opens nothing of its own.
    smadit[2].1 = "kind = \"choice\"\ndefault = \"no\"\nseen_by = [\"detector\"]\noptions = [\n  { id = \"yes\"";
    holds(&smadit, &concern);
}
