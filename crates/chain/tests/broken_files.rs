//! Every kind of mistake in a method file is found, at its line, with something to do about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use chain::{Library, Method, Mistake, Source};
use proptest::prelude::*;

/// A small method in which everything occurs once.
const GOOD: &str = r#"id = "small"
version = 1
name = { sv = "Liten", en = "Small" }
about = { sv = "En liten kedja.", en = "A small chain." }
case_of = "adult"
retention = "5 y"
[party.sender]
name = { sv = "Avsändare", en = "Sender" }
kinds = ["police"]
[party.taker]
name = { sv = "Mottagare", en = "Taker" }
kinds = ["social_services"]
route_by = ["residence"]
[[stage]]
id = "waiting"
name = { sv = "Väntar", en = "Waiting" }
[[closing]]
id = "done"
name = { sv = "Klart", en = "Done" }
[[step]]
id = "send"
name = { sv = "Skicka", en = "Send" }
by = "sender"
begins = true
seen_by = ["sender", "taker"]
fields = ["colour", "shade", "town"]
[[step.outcome]]
id = "sent"
name = { sv = "Skickat", en = "Sent" }
to = "waiting"
[[step]]
id = "take"
name = { sv = "Ta emot", en = "Take" }
by = "taker"
during = ["waiting"]
repeats = true
[[step.outcome]]
id = "taken"
name = { sv = "Mottaget", en = "Taken" }
closes = "done"
[[step.outcome]]
id = "missed"
name = { sv = "Missat", en = "Missed" }
[[field]]
id = "colour"
name = { sv = "Färg", en = "Colour" }
kind = "choice"
default = "red"
options = [{ id = "red", name = { sv = "Röd", en = "Red" } }, { id = "blue", name = { sv = "Blå", en = "Blue" } }]
[[field]]
id = "shade"
name = { sv = "Nyans", en = "Shade" }
kind = "number"
min = 1
max = 9
when = { field = "colour", is = ["red"] }
seen_by = ["sender"]
[[field]]
id = "town"
name = { sv = "Ort", en = "Town" }
kind = "municipality"
required = true
for_outcomes = ["sent"]
[[handover]]
id = "over"
after = ["send.sent"]
to = "taker"
ground = "consent"
residence_from = "town"
[[clock]]
id = "soon"
name = { sv = "Snart", en = "Soon" }
party = "taker"
starts = ["send.sent"]
stops = ["take.taken"]
limit = "36 h"
warn = "24 h"
ground = { sv = "Överenskommelse", en = "Agreement" }
[[opens]]
id = "other"
when = { field = "colour", is = ["blue"] }
method = "small"
step = "send"
outcome = "sent"
copy = ["town"]
ground = { law = "1 kap. 1 § SoL" }
[[measure]]
id = "sent"
name = { sv = "Skickade", en = "Sent" }
definition = { sv = "Skickade ärenden.", en = "Cases sent." }
any = ["send.*"]
[[measure]]
id = "quick"
name = { sv = "Snabba", en = "Quick" }
definition = { sv = "Ärenden i tid.", en = "Cases in time." }
clock = "soon"
in_time = true
[[indicator]]
id = "share"
name = { sv = "Andel", en = "Share" }
definition = { sv = "Andel i tid.", en = "Share in time." }
numerator = "quick"
denominator = "sent"
[flow]
nodes = ["sent", "quick"]
"#;

fn parse(text: &str) -> Result<Method, Vec<Mistake>> {
    Method::parse(&[Source { name: "small.toml", text }])
}

/// What is wrong when `find` becomes `put`: a mistake on the line that then holds `on` says this.
struct Case(&'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Keys and shapes.
    Case("repeats = true", "repeat = true", "repeat = true", "the step `take` has no key `repeat`", "did you mean `repeats`?"),
    Case("[[step.outcome]]\nid = \"taken\"", "[[step.outcmoe]]\nid = \"taken\"", "[[step.outcmoe]]", "no key `outcmoe`", "did you mean `outcome`?"),
    Case("[flow]", "[[colour]]\n[flow]", "[[colour]]", "a method has no key `colour`", "remove it"),
    Case("begins = true", "begins = \"yes\"", "begins = \"yes\"", "`begins` must be a boolean, and is a string", "begins = true"),
    Case("version = 1\n", "version = 1.5\n", "version = 1.5", "`version` must be a whole number", "version = 1"),
    Case("version = 1\n", "version = -1\n", "version = -1", "`version` cannot be -1", "from 0"),
    Case("version = 1\n", "", "id = \"small\"", "no `version`", "add `version = 1`"),
    Case("kinds = [\"police\"]", "kinds = [1]", "kinds = [1]", "`kinds` must be a list of strings", "kinds"),
    Case("kinds = [\"police\"]\n", "", "[party.sender]", "the party `sender` has no `kinds`", "add `kinds"),
    Case("[\"residence\"]", "[\"residense\"]", "residense", "no way to route `residense`", "did you mean `residence`?"),
    Case("case_of = \"adult\"", "case_of = \"adlut\"", "adlut", "no kind of person `adlut`", "did you mean `adult`?"),
    Case("retention = \"5 y\"", "retention = \"5 m\"", "5 m", "no time to keep cases", "5 y"),
    Case("retention = \"5 y\"", "retention = \"5 y\"\nkept_until_thirty = [\"take.tkaen\"]", "take.tkaen", "no outcome of `take`: `tkaen`", "did you mean `taken`?"),
    Case("id = \"waiting\"\n", "id = \"Waiting room\"\n", "Waiting room", "cannot be an id", "lower-case"),
    Case("id = \"soon\"\n", "", "[[clock]]", "a clock has no `id`", "add `id"),
    // Texts.
    Case("sv = \"Ta emot\", en = \"Take\"", "sv = \"Ta emot\"", "Ta emot", "`name` of the step `take` has no English text", "in English what `sv = \"Ta emot\"` says"),
    Case("sv = \"Ta emot\", en = \"Take\"", "en = \"Take\"", "en = \"Take\" }", "has no Swedish text", "sv = "),
    Case("name = { sv = \"Klart\", en = \"Done\" }\n", "", "[[closing]]", "the closing `done` has no `name`", "add `name"),
    // References.
    Case("by = \"taker\"", "by = \"takr\"", "by = \"takr\"", "there is no party `takr`", "did you mean `taker`?"),
    Case("during = [\"waiting\"]", "during = [\"wating\"]", "wating", "there is no stage `wating`", "did you mean `waiting`?"),
    Case("closes = \"done\"", "closes = \"gone\"", "closes = \"gone\"", "there is no closing `gone`", "did you mean `done`?"),
    Case("[\"colour\", \"shade\", \"town\"]", "[\"colour\", \"shade\", \"town\", \"toon\"]", "toon", "there is no field `toon`", "did you mean `town`?"),
    Case("starts = [\"send.sent\"]", "starts = [\"sned.sent\"]", "sned.sent", "there is no step `sned`", "did you mean `send`?"),
    Case("starts = [\"send.sent\"]", "starts = [\"send.snet\"]", "send.snet", "no outcome of `send`: `snet`", "did you mean `sent`?"),
    Case("starts = [\"send.sent\"]", "starts = [\"send\"]", "starts = [\"send\"]", "`send` does not name an outcome", "send.*"),
    Case("numerator = \"quick\"", "numerator = \"quik\"", "numerator", "there is no measure `quik`", "did you mean `quick`?"),
    Case("nodes = [\"sent\", \"quick\"]", "nodes = [\"snet\"]", "nodes", "there is no measure `snet`", "did you mean `sent`?"),
    Case("clock = \"soon\"", "clock = \"son\"", "clock = \"son\"", "there is no clock `son`", "did you mean `soon`?"),
    Case("residence_from = \"town\"", "residence_from = \"towns\"", "towns", "there is no field `towns`", "did you mean `town`?"),
    Case("is = [\"red\"]", "is = [\"rde\"]", "rde", "no answer to `colour`: `rde`", "did you mean `red`?"),
    Case("when = { field = \"colour\", is = [\"red\"] }", "when = { field = \"town\", is = [\"red\"] }", "field = \"town\"", "has no fixed answers", "choice"),
    // Steps and outcomes.
    Case("repeats = true\n", "", "[[step.outcome]]\nid = \"missed\"", "`take.missed` neither leads on nor closes", "stays = true"),
    Case("to = \"waiting\"\n", "", "[[step.outcome]]\nid = \"sent\"", "begins a case and leads nowhere", "add `to"),
    Case("to = \"waiting\"", "to = \"waiting\"\ncloses = \"done\"", "[[step.outcome]]\nid = \"sent\"", "both leads to a stage and closes", "keep `to` or `closes`"),
    Case("closes = \"done\"", "closes = \"done\"\nstays = true", "[[step.outcome]]\nid = \"taken\"", "both that it stays and where it leads", "remove `stays`"),
    Case("during = [\"waiting\"]\n", "", "[[step]]\nid = \"take\"", "belongs to no stage", "during"),
    Case("begins = true", "begins = true\nduring = [\"waiting\"]", "[[step]]\nid = \"send\"", "both begins a case and belongs to a stage", "begins"),
    Case("begins = true", "begins = true\nrepeats = true", "[[step]]\nid = \"send\"", "cannot repeat", "remove `repeats`"),
    Case("begins = true", "begins = true\nrequires = [{ step = \"take\" }]", "[[step]]\nid = \"send\"", "begins a case and can require nothing before it", "remove `requires`"),
    Case("to = \"waiting\"", "to = \"waiting\"\nrequires = [{ step = \"take\" }]", "[[step]]\nid = \"send\"", "begins a case and can require nothing before it", "remove `requires`"),
    Case("closes = \"done\"", "closes = \"done\"\nduring = [\"watings\"]", "watings", "no stage of `take`: `watings`", "did you mean `waiting`?"),
    Case("closes = \"done\"", "closes = \"done\"\nrequires = [{ step = \"sendd\" }]", "sendd", "there is no step `sendd`", "did you mean `send`?"),
    Case("id = \"missed\"", "id = \"taken\"", "id = \"taken\"\nname = { sv = \"Missat\"", "there are two outcomes `taken`", "taken_2"),
    Case("id = \"shade\"\n", "id = \"colour\"\n", "id = \"colour\"\nname = { sv = \"Nyans\"", "there are two fields `colour`", "colour_2"),
    // Fields.
    Case("kind = \"municipality\"", "kind = \"municipalty\"", "municipalty", "no kind of field `municipalty`", "did you mean `municipality`?"),
    Case("for_outcomes = [\"sent\"]", "for_outcomes = [\"gone\"]", "fields = [", "never asks `town`", "for_outcomes"),
    Case("[\"colour\", \"shade\", \"town\"]", "[\"shade\", \"colour\", \"town\"]", "fields = [", "before or without `colour`", "put `colour` before `shade`"),
    Case("[\"colour\", \"shade\", \"town\"]", "[\"colour\", \"shade\", \"town\", \"town\"]", "fields = [", "asks `town` twice", "remove one"),
    Case("seen_by = [\"sender\"]", "seen_by = [\"sender\"]\noptions = [{ id = \"x\", name = { sv = \"x\", en = \"x\" } }]", "options = [{ id = \"x\"", "has no `options`", "remove it"),
    Case("seen_by = [\"sender\", \"taker\"]", "seen_by = [\"taker\"]", "fields = [", "seen by `sender`, who cannot see", "seen_by"),
    Case("default = \"red\"", "default = \"green\"", "green", "default of the field `colour` is no answer", "one of the answers"),
    Case("min = 1\n", "min = 10\n", "[[field]]\nid = \"shade\"", "takes no number", "change one"),
    Case("{ id = \"blue\"", "{ id = \"red\"", "options = [", "two options `red`", "another id"),
    Case("options = [{ id = \"red\", name = { sv = \"Röd\", en = \"Red\" } }, { id = \"blue\", name = { sv = \"Blå\", en = \"Blue\" } }]\n", "", "[[field]]\nid = \"colour\"", "has no options", "add `options"),
    Case("[\"colour\", \"shade\", \"town\"]\n", "[\"colour\", \"shade\", \"town\"]\n[[step.outcome]]\nid = \"lost\"\nname = { sv = \"x\", en = \"x\" }\n", "[[step.outcome]]\nid = \"lost\"", "leads nowhere", "add `to"),
    Case("[[handover]]", "[[field]]\nid = \"spare\"\nname = { sv = \"x\", en = \"x\" }\nkind = \"text\"\nmax = 0\n[[handover]]", "max = 0", "takes no text: its `max` is 0", "`max = 1` or more"),
    Case("[[handover]]", "[[field]]\nid = \"spare\"\nname = { sv = \"x\", en = \"x\" }\nkind = \"consent\"\n[[handover]]", "[[field]]\nid = \"spare\"", "`spare` is of the kind `consent`", "id = \"consent\""),
    // Handovers and openings.
    Case("to = \"taker\"", "to = \"sender\"", "[[handover]]", "who has nothing to do", "hand over to another"),
    Case("ground = \"consent\"", "ground = \"consnt\"", "consnt", "neither consent nor a law", "19 kap. 1 § SoL"),
    Case("ground = \"consent\"\n", "", "[[handover]]", "has no `ground`", "consent"),
    Case("residence_from = \"town\"", "residence_from = \"colour\"", "[[handover]]", "asks no municipality of that name", "municipality"),
    Case("when = { field = \"colour\", is = [\"blue\"] }\n", "", "[[opens]]", "never happens", "after"),
    Case("when = { field = \"colour\", is = [\"blue\"] }", "when = { field = \"colour\", is = [\"blue\"] }\nafter = [\"take.taken\"]", "[[opens]]", "never opens", "same step"),
    Case("copy = [\"town\"]", "copy = [\"town\"]\nindependent_of = \"consant\"", "consant", "independent of", "did you mean `consent`?"),
    // Clocks.
    Case("limit = \"36 h\"", "limit = \"36 hours\"", "36 hours", "`36 hours` is no length of time", "36 h"),
    Case("limit = \"36 h\"", "limit = \"36 h\"\nlate_after = \"3 h\"", "late_after", "is not \"at once\"", "at once"),
    Case("stops = [\"take.taken\"]", "stops = [\"send.sent\"]\nrestarts = true", "[[clock]]", "can never be stopped", "stops"),
    Case("stops = [\"take.taken\"]\n", "", "[[clock]]", "has no `stops`", "add `stops"),
    Case("warn = \"24 h\"", "warn = \"2 d\"", "[[clock]]", "does not always warn before it is late", "shorter"),
    Case("limit = \"36 h\"\nwarn = \"24 h\"", "limit = \"24 h\"\nwarn = \"1 d\"", "[[clock]]", "does not always warn", "shorter"),
    Case("limit = \"36 h\"\nwarn = \"24 h\"", "limit = \"1 month\"\nwarn = \"29 d\"", "[[clock]]", "does not always warn", "shorter"),
    Case("party = \"taker\"\nstarts", "party = \"sender\"\nstarts", "[[clock]]", "is for `sender`, who takes no step that stops it", "`taker`"),
    Case("warn = \"24 h\"", "restarts = true\nhistogram = true\nwarn = \"24 h\"", "[[clock]]", "cannot be counted, as it restarts", "remove `histogram`"),
    Case("warn = \"24 h\"", "restarts = true\nwarn = \"24 h\"", "[[clock]]", "`quick` asks whether `soon` was met in time", "does not restart"),
    Case("[\"take.taken\"]\nlimit", "[\"take.*\", \"send.sent\"]\nlimit", "[[clock]]", "both starts and stops", "restarts = true"),
    Case("closes = \"done\"", "closes = \"done\"\nrequires = [{ step = \"send\", at_lest = 2 }]", "at_lest", "no key `at_lest`", "did you mean `at_least`?"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nextend = { aftre = [\"take.missed\"], days = \"shade\", reason = \"town\" }", "extend = {", "`extend` of the clock `soon` has no key `aftre`", "did you mean `after`?"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nextend = { after = [\"take.missed\"], days = \"shad\", reason = \"town\" }", "extend = {", "there is no field `shad`", "did you mean `shade`?"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nextend = { after = [\"take.missed\"], days = \"shade\", reason = \"town\" }", "[[clock]]", "`take` prolongs the clock `soon` without always saying by how many days", "let it ask `shade`"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nextend = { after = [\"take.missed\"], days = \"shade\", reason = \"town\" }", "[[clock]]", "`take` prolongs the clock `soon` without always saying why", "let it ask `town` with `required = true`"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nextend = { after = [\"send.sent\"], days = \"shade\", reason = \"town\" }", "[[clock]]", "`send` can never prolong the clock `soon`", "while the clock runs"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nextend = { after = [\"take.taken\"], days = \"shade\", reason = \"town\" }", "[[clock]]", "prolongs the clock `soon` and starts or stops it", "take the outcome out"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\non_request = [\"take.misssed\"]", "on_request", "no outcome of `take`: `misssed`", "did you mean `missed`?"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\non_request = [\"take.taken\"]", "[[clock]]", "asks for the clock `soon` and stops it", "out of `stops` or `on_request`"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nrestarts = true\non_request = [\"take.missed\"]", "[[clock]]", "runs on request and cannot restart", "remove `restarts`"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nlate_after = \"3 d\"\non_request = [\"take.missed\"]", "[[clock]]", "must be in hours", "24 h"),
    Case("stops = [\"take.taken\"]", "stops = [\"send.sent\"]\non_request = [\"take.missed\"]", "[[clock]]", "the clock `soon`, asked for by `take.missed`, can never be stopped", "stops"),
    Case("warn = \"24 h\"", "warn = \"24 h\"\nhistogram = true\non_request = [\"take.missed\"]", "[[clock]]", "its limit is not the same in each case", "remove `histogram`"),
    // What follows from the unit.
    Case("{ id = \"red\", name", "{ id = \"red\", unit = [\"police\"], name", "options = [", "has no key `unit`", "did you mean `units`?"),
    Case("} }, { id = \"blue\",", "}, units = [\"police\"] }, { id = \"blue\", units = [\"police\"],", "options = [", "two options of the field `colour` are the answer for units of the kind `police`", "take `police`"),
    Case("kind = \"choice\"\ndefault = \"red\"\noptions = [{ id = \"red\",", "kind = \"several\"\noptions = [{ id = \"red\", units = [\"police\"],", "[[field]]\nid = \"colour\"", "takes several answers, and `units` is for one", "kind = \"choice\""),
    // How much is opened, about whom and since when.
    Case("copy = [\"town\"]", "copy = [\"town\"]\neach = \"shad\"", "each", "there is no field `shad`", "did you mean `shade`?"),
    Case("copy = [\"town\"]", "copy = [\"town\"]\neach = \"colour\"", "[[opens]]", "`other` opens one for `colour`, which does not say how many", "kind = \"number\""),
    Case("copy = [\"town\"]", "copy = [\"town\"]\nperson = \"othre\"", "othre", "no person to open a case about: `othre`", "did you mean `other`?"),
    Case("copy = [\"town\"]", "copy = [\"town\"]\nsince = [\"send.snet\"]", "since", "no outcome of `send`: `snet`", "did you mean `sent`?"),
    // Measures.
    Case("clock = \"soon\"", "clock = [\"soon\", \"son\"]", "clock = [\"soon\"", "there is no clock `son`", "did you mean `soon`?"),
    Case("any = [\"send.*\"]", "any = [\"send.*\"]\nclock = \"soon\"", "[[measure]]\nid = \"sent\"", "counts several things", "give one of"),
    Case("any = [\"send.*\"]\n", "", "[[measure]]\nid = \"sent\"", "counts nothing", "give one of"),
    Case("in_time = true\n", "in_time = true\nat_least = 2\n", "at_least", "and counts something else than outcomes", "give `any`"),
    Case("in_time = true\n", "", "[[measure]]\nid = \"quick\"", "not what of it is counted", "in_time = true"),
    // The whole.
    Case("begins = true", "during = [\"waiting\"]", "id = \"small\"", "no step begins a case", "begins = true"),
    Case("[[closing]]", "[[stage]]\nid = \"lost\"\nname = { sv = \"x\", en = \"x\" }\n[[closing]]", "[[stage]]\nid = \"lost\"", "no case can come to the stage `lost`", "to = \"lost\""),
    Case("[[step]]\nid = \"take\"", "[[closing]]\nid = \"gone\"\nname = { sv = \"x\", en = \"x\" }\n[[step]]\nid = \"take\"", "[[closing]]\nid = \"gone\"", "no case can end as `gone`", "closes = \"gone\""),
    Case("[[handover]]", "[[field]]\nid = \"spare\"\nname = { sv = \"x\", en = \"x\" }\nkind = \"time\"\n[[handover]]", "[[field]]\nid = \"spare\"", "no step asks `spare`", "fields"),
    Case("for_outcomes = [\"sent\"]", "for_outcomes = [\"sent\", \"gone\"]", "[[field]]\nid = \"town\"", "is for `gone`", "name outcomes"),
    Case("closes = \"done\"", "closes = \"done\"\nrequires = [{ step = \"take\", outcome = \"missed\" }]", "[[stage]]", "cannot always be closed", "close the case"),
    Case("repeats = true", "repeats = true\nrequires = [{ step = \"take\" }]", "[[stage]]", "cannot always be closed", "requires nothing"),
];

/// The line, from 1, on which `marker` begins.
fn line_of(text: &str, marker: &str) -> u32 {
    let at = text.find(marker).unwrap_or_else(|| panic!("{marker} is not in the file"));
    u32::try_from(text[..at].matches('\n').count() + 1).unwrap()
}

#[test]
fn nothing_is_handed_over_to_a_law_enforcing_authority_by_itself() {
    for kind in ["police", "coast_guard", "customs"] {
        let text = GOOD.replace("kinds = [\"social_services\"]", &format!("kinds = [\"social_services\", \"{kind}\"]"));
        let wrong = Method::parse(&[Source { name: "small.toml", text: &text }]).unwrap_err();
        assert!(wrong.iter().any(|mistake| mistake.message.contains(kind)), "{wrong:?}");
    }
}

#[test]
fn the_small_method_holds() {
    let method = parse(GOOD).map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    assert_eq!((method.id.as_str(), method.steps().len()), ("small", 2));
}

#[test]
fn each_mistake_is_found_at_its_line_with_a_proposal() {
    let mut wrong = Vec::new();
    for Case(find, put, on, message, proposal) in CASES {
        assert!(GOOD.contains(find), "{find} is not in the small method");
        let text = GOOD.replacen(find, put, 1);
        let Err(found) = parse(&text) else {
            wrong.push(format!("{put}: nothing found"));
            continue;
        };
        let line = line_of(&text, on);
        let hit = found.iter().any(|one| {
            one.line == line
                && one.message.contains(message)
                && one.proposal.contains(proposal)
                && one.file == "small.toml"
        });
        if !hit {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!(
                "{put}: wanted line {line} “{message}” “{proposal}”, found\n    {}",
                found.join("\n    ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_step_that_is_spent_when_its_stage_comes_back_closes_nothing() {
    let back = "[[stage]]\nid = \"back\"\nname = { sv = \"Åter\", en = \"Back\" }\n[[closing]]";
    let again = r#"[[step]]
id = "again"
name = { sv = "Igen", en = "Again" }
by = "taker"
during = ["back"]
repeats = true
[[step.outcome]]
id = "again"
name = { sv = "Igen", en = "Again" }
to = "waiting"
[[field]]"#;
    let text = GOOD.replacen("[[closing]]", back, 1).replacen("[[field]]", again, 1);
    let text = text.replacen("id = \"missed\"", "id = \"missed\"\nto = \"back\"", 1);
    assert!(parse(&text).is_ok(), "the step repeats");
    let found = parse(&text.replacen("repeats = true\n", "", 1)).unwrap_err();
    assert!(found.iter().any(|one| one.message.contains("the stage `waiting` cannot always be closed")), "{found:?}");
}

#[test]
fn a_step_that_can_be_spent_where_it_stays_closes_nothing() {
    let stays = GOOD.replacen("id = \"missed\"", "id = \"missed\"\nstays = true", 1);
    assert!(parse(&stays).is_ok(), "the step repeats");
    let found = parse(&stays.replacen("repeats = true\n", "", 1)).unwrap_err();
    assert!(found.iter().any(|one| one.message.contains("the stage `waiting` cannot always be closed")), "{found:?}");
}

#[test]
fn broken_toml_is_a_mistake_at_its_line() {
    let found = parse(&GOOD.replacen("version = 1", "version = ", 1)).unwrap_err();
    assert!(found.iter().any(|one| one.line == 2), "{found:?}");
    assert_eq!(found[0].to_string().split(':').take(2).collect::<Vec<_>>(), ["small.toml", "2"]);
}

#[test]
fn all_mistakes_come_at_once_and_in_order() {
    let text = GOOD
        .replace("sv = \"Ta emot\", en = \"Take\"", "sv = \"Ta emot\"")
        .replace("limit = \"36 h\"", "limit = \"soon\"")
        .replace("numerator = \"quick\"", "numerator = \"quik\"");
    let found = parse(&text).unwrap_err();
    let lines: Vec<u32> = found.iter().map(|one| one.line).collect();
    assert_eq!(
        lines,
        [line_of(&text, "name = { sv = \"Ta emot\""), line_of(&text, "limit ="), line_of(&text, "numerator")]
    );
}

#[test]
fn a_missing_text_does_not_hide_what_is_wrong_with_the_whole() {
    let text = GOOD
        .replace("sv = \"Ta emot\", en = \"Take\"", "sv = \"Ta emot\"")
        .replace("warn = \"24 h\"", "warn = \"40 h\"");
    let found = parse(&text).unwrap_err();
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn the_same_version_twice_is_a_mistake() {
    let found = Library::new(vec![parse(GOOD).unwrap(), parse(GOOD).unwrap()]).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].line, found[0].proposal.as_str()), (2, "write `version = 2`"));
}

#[test]
fn what_is_opened_must_exist_in_the_other_method() {
    for (find, put, message, proposal) in [
        ("method = \"small\"", "method = \"smal\"", "there is no method `smal`", "did you mean `small`?"),
        (
            "method = \"small\"\nstep = \"send\"",
            "method = \"small\"\nstep = \"sendd\"",
            "no step of `small` `sendd`",
            "did you mean `send`?",
        ),
        (
            "step = \"send\"\noutcome = \"sent\"",
            "step = \"take\"\noutcome = \"taken\"",
            "`take` does not begin a case",
            "open with `send`",
        ),
        (
            "outcome = \"sent\"\ncopy",
            "outcome = \"snet\"\ncopy",
            "no outcome of `small.send` `snet`",
            "did you mean `sent`?",
        ),
    ] {
        let text = GOOD.replacen(find, put, 1);
        let found = Library::new(vec![parse(&text).unwrap()]);
        let found = found.unwrap_err();
        let hit = |one: &Mistake| {
            one.line == line_of(&text, "[[opens]]") && one.message.contains(message) && one.proposal.contains(proposal)
        };
        assert!(found.iter().any(hit), "{put}: {found:?}");
    }
    assert!(Library::new(vec![parse(GOOD).unwrap()]).is_ok(), "a required field that is copied holds");
    let needs = GOOD.replacen("copy = [\"town\"]\n", "", 1);
    let found = Library::new(vec![parse(&needs).unwrap()]).unwrap_err();
    assert!(found[0].message.contains("needs an answer to `town`"), "{found:?}");
    let has = needs.replacen("required = true", "required = true\ndefault = \"1080\"", 1);
    assert!(Library::new(vec![parse(&has).unwrap()]).is_ok(), "the default answers it");
}

#[test]
fn a_copied_field_takes_the_same_answers_in_both_methods() {
    let other =
        GOOD.replacen("id = \"small\"", "id = \"second\"", 1).replacen("method = \"small\"", "method = \"second\"", 1);
    let first = GOOD.replacen("copy = [\"town\"]", "copy = [\"shade\", \"town\"]", 1).replacen(
        "method = \"small\"",
        "method = \"second\"",
        1,
    );
    let both = |other: &str| Library::new(vec![parse(&first).unwrap(), parse(other).unwrap()]);
    assert!(both(&other).is_ok());
    let found = both(&other.replacen("max = 9", "max = 8", 1)).unwrap_err();
    assert!(found[0].message.contains("`shade` of `second` takes other answers"), "{found:?}");
    let found = both(&other.replacen("id = \"shade\"", "id = \"shadow\"", 1).replacen("\"shade\"", "\"shadow\"", 1))
        .unwrap_err();
    assert!(found[0].message.contains("no field of `second.send` `shade`"), "{found:?}");
}

fn overlaid(over: &str) -> Result<Method, Vec<Mistake>> {
    Method::parse(&[Source { name: "small.toml", text: GOOD }, Source { name: "over.toml", text: over }])
}

#[test]
fn a_variant_replaces_adds_and_removes() {
    let over = r#"builds_on = "small"
version = 1001
name = { sv = "Länets" }
[party.sender]
kinds = ["customs"]
[[clock]]
id = "soon"
limit = "24 h"
warn = "12 h"
[[field]]
id = "colour"
options = [{ id = "green", name = { sv = "Grön", en = "Green" } }, { id = "red", remove = true }]
default = "green"
[[field]]
id = "shade"
remove = true
[[step]]
id = "send"
fields = ["colour", "town"]
[[step.outcome]]
id = "held"
name = { sv = "Hållet", en = "Held" }
closes = "done"
"#;
    let method = overlaid(over).unwrap();
    assert_eq!(
        (method.id.as_str(), method.version, method.name.sv.as_str(), method.name.en.as_str()),
        ("small", 1001, "Länets", "Small")
    );
    assert_eq!(method.party("sender").unwrap().kinds, ["customs"]);
    assert_eq!(method.clock("soon").unwrap().limit, chain::Limit::Hours(24));
    assert!(method.field("shade").is_none());
    let send = method.step("send").unwrap();
    assert_eq!(send.fields.iter().map(|field| field.id.as_str()).collect::<Vec<_>>(), ["colour", "town"]);
    assert_eq!(send.outcomes.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["sent", "held"]);
    let chain::Kind::Choice(options) = &send.fields[0].kind else { panic!("{:?}", send.fields[0].kind) };
    assert_eq!(options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>(), ["blue", "green"]);
    assert_eq!(method.step("take").unwrap().action.en, "Take");
}

#[test]
fn mistakes_of_a_variant_point_at_the_file_that_holds_them() {
    let head = "builds_on = \"small\"\nversion = 1001\n";
    for (over, file, line, message) in [
        (format!("{head}[[clock]]\nid = \"soon\"\nlimit = \"x\"\n"), "over.toml", 5, "no length of time"),
        (
            format!("{head}[[stage]]\nid = \"waiting\"\nremove = true\n"),
            "small.toml",
            line_of(GOOD, "to = \"waiting\""),
            "no stage `waiting`",
        ),
        (format!("{head}[[stage]]\nid = \"waitin\"\nremove = true\n"), "over.toml", 3, "no `waitin` to remove"),
        (format!("{head}[party.takr]\nremove = true\n"), "over.toml", 3, "no `takr` to remove"),
        (
            format!("{head}[[field]]\nid = \"colour\"\noptions = []\n"),
            "small.toml",
            line_of(GOOD, "[[field]]\nid = \"colour\""),
            "has no options",
        ),
        ("builds_on = \"smal\"\nversion = 1001\n".to_owned(), "over.toml", 1, "the file under it is `small`"),
        ("version = 1001\n".to_owned(), "over.toml", 1, "does not say what it builds on"),
        ("builds_on = \"small\"\n".to_owned(), "over.toml", 1, "needs its own `version`"),
        (
            "builds_on = \"small\"\nversion = 1\n".to_owned(),
            "over.toml",
            2,
            "version 1 is not above that of `small`, 1",
        ),
        (
            "builds_on = \"small\"\nversion = 0\n".to_owned(),
            "over.toml",
            2,
            "version 0 is not above that of `small`, 1",
        ),
        (
            format!("{head}[[step]]\nid = \"new\"\nname = {{ sv = \"Ny\", en = \"New\" }}\n"),
            "over.toml",
            3,
            "has no `by`",
        ),
    ] {
        let found = overlaid(&over).unwrap_err();
        let hit = |one: &Mistake| one.file == file && one.line == line && one.message.contains(message);
        assert!(found.iter().any(hit), "wanted {file}:{line} {message}, found {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a file holds, reading it ends with a method or with mistakes that stand in the file.
    #[test]
    fn no_file_makes_the_reading_panic(cut in 0..GOOD.len(), put in "[a-z0-9 =\\[\\]{}\"\\.\\n,å-ö#-]{0,24}", gone in 0usize..40) {
        let start = (0..=cut).rev().find(|at| GOOD.is_char_boundary(*at)).unwrap();
        let end = (cut + gone..=GOOD.len().max(cut + gone)).find(|at| GOOD.is_char_boundary(*at)).unwrap_or(GOOD.len());
        let text = format!("{}{put}{}", &GOOD[..start], GOOD.get(end..).unwrap_or(""));
        if let Err(found) = parse(&text) {
            let lines = u32::try_from(text.matches('\n').count()).unwrap() + 1;
            prop_assert!(!found.is_empty());
            for one in found {
                prop_assert!(one.line >= 1 && one.line <= lines && !one.message.is_empty() && !one.proposal.is_empty());
            }
        }
        // The same as the upper file of two: it may not panic either.
        let _ = overlaid(&text);
    }
}
