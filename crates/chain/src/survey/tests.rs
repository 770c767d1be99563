#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use super::*;
use crate::field::Problem;
use crate::text::Lang;
use proptest::prelude::*;

mod guarded;

const COUNTIES: &str = include_str!("../../../../surveys/county-boards.toml");
const CHILDREN: &str = include_str!("../../../../surveys/examples/child-participation.toml");

fn read(text: &str) -> Questionnaire {
    Questionnaire::parse(Source { name: "survey.toml", text })
        .unwrap_or_else(|all| panic!("{}", all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn word(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn answers(all: &[(&str, Answer)]) -> Answers {
    all.iter().map(|(id, answer)| ((*id).to_owned(), answer.clone())).collect()
}

/// A questionnaire with an answer of each kind.
const SMALL: &str = r#"
id = "small"
version = 1
name = { sv = "Liten {year}", en = "Small {year}" }
about = { sv = "Om", en = "About" }
asks = "list"
everybody = { sv = "de svarande", en = "those who answered" }
protect = false

[[part]]
id = "first"
name = { sv = "Först", en = "First" }

[[part]]
id = "then"
name = { sv = "Sedan", en = "Then" }
when = { question = "works", is = ["yes"] }

[[question]]
id = "works"
part = "first"
kind = "yes_no"
required = true
name = { sv = "Fungerar det?", en = "Does it work?" }

[[question]]
id = "why"
part = "first"
kind = "several"
required = true
name = { sv = "Varför inte?", en = "Why not?" }
when = { question = "works", is = ["no"] }
options = [
  { id = "time", name = { sv = "Tid", en = "Time" } },
  { id = "money", name = { sv = "Pengar", en = "Money" } },
]

[[question]]
id = "many"
part = "then"
kind = "number"
min = 1
max = 10
required = true
name = { sv = "Hur många?", en = "How many?" }

[[question]]
id = "words"
part = "then"
kind = "short"
max = 5
name = { sv = "Hur?", en = "How?" }
codes = [{ id = "well", name = { sv = "Bra", en = "Well" } }]

[[wording]]
from = 0
words = { sv = "ingen av", en = "none of" }

[[wording]]
above = 0
words = { sv = "några av", en = "some of" }

[[wording]]
from = 100
words = { sv = "alla", en = "all" }

[[base]]
id = "working"
name = { sv = "de där det fungerar", en = "those where it works" }
when = { question = "works", is = ["yes"] }

[[section]]
id = "all"
name = { sv = "Allt", en = "All" }

[[sentence]]
id = "share"
section = "all"
count = { question = "works", is = ["yes"] }
text = { sv = "{Share} {base} säger ja {figure}.", en = "{Share} {base} say yes {figure}." }

[[sentence]]
id = "middle"
section = "all"
base = "working"
numbers = "many"
text = { sv = "I mitten {median}, {least} till {most}, summa {sum} {figure}.", en = "In the middle {median}, {least} to {most}, sum {sum} {figure}." }
"#;

#[test]
fn both_shipped_questionnaires_are_sound() {
    let counties = read(COUNTIES);
    assert_eq!((counties.id.as_str(), counties.asks, counties.protect), ("county_boards", Asks::Counties, false));
    assert_eq!(counties.remind, [14, 3]);
    let children = read(CHILDREN);
    assert_eq!((children.asks, children.protect), (Asks::Municipalities, true));
    read(SMALL);
}

#[test]
fn every_mistake_of_a_file_is_told_at_once_with_its_line_and_a_proposal() {
    let changes = [
        ("asks = \"list\"", "asks = \"lists\"", "did you mean `list`?"),
        ("remind", "remind", ""),
        ("kind = \"yes_no\"", "kind = \"yesno\"", "did you mean `yes_no`?"),
        ("part = \"first\"\nkind = \"several\"", "part = \"frist\"\nkind = \"several\"", "did you mean `first`?"),
        ("is = [\"no\"]", "is = [\"nope\"]", "there are `yes`, `no`"),
        ("max = 5\n", "max = 0\n", "let `max` be from 1 to 300"),
        ("from = 100", "from = 120", "begin with `from = 0`"),
        ("en = \"Time\"", "en = \"\"", "add `en = \"…\"`"),
        ("numbers = \"many\"", "numbers = \"mayn\"", "did you mean `many`?"),
        ("base = \"working\"", "base = \"workign\"", "did you mean `working`?"),
        ("säger ja {figure}", "säger ja", "put {figure} where it shall stand"),
        ("summa {sum}", "summa {summa}", "use {base}"),
    ];
    let text = changes.iter().fold(SMALL.to_owned(), |text, (from, to, _)| text.replace(from, to));
    let mistakes = Questionnaire::parse(Source { name: "survey.toml", text: &text }).unwrap_err();
    let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    for (_, to, proposal) in changes.iter().filter(|(from, to, _)| from != to) {
        assert!(told.iter().any(|one| one.contains(proposal)), "{to}: {proposal}\n{}", told.join("\n"));
    }
    let line = |part: &str| 1 + text[..text.find(part).unwrap()].matches('\n').count();
    let at = mistakes.iter().find(|one| one.message.contains("lists")).unwrap();
    assert_eq!((at.file.as_str(), at.line as usize), ("survey.toml", line("asks = \"lists\"")));
    assert!(mistakes.iter().all(|one| one.line > 0 && !one.proposal.is_empty()));
    let lines: Vec<u32> = mistakes.iter().map(|one| one.line).collect();
    assert!(lines.windows(2).all(|pair| pair[0] <= pair[1]), "in the order of the file: {lines:?}");
}

#[test]
fn what_is_declared_twice_unused_or_in_the_wrong_order_is_told() {
    let told = |text: &str| -> Vec<String> {
        let mistakes = Questionnaire::parse(Source { name: "s", text }).err().unwrap_or_default();
        mistakes.iter().map(ToString::to_string).collect()
    };
    let has = |text: &str, wanted: &str| {
        let all = told(text);
        assert!(all.iter().any(|one| one.contains(wanted)), "{wanted}: {all:?}");
    };
    has(&SMALL.replace("id = \"why\"", "id = \"works\""), "there are two questions `works`");
    has(&SMALL.replace("id = \"all\"\nname", "id = \"none\"\nname"), "the section `none` has no sentence");
    has(&SMALL.replace("base = \"working\"\n", ""), "no sentence is of the base `working`");
    has(
        &SMALL
            .replace("part = \"first\"\nkind = \"several\"", "part = \"then\"\nkind = \"several\"")
            .replace("part = \"then\"\nkind = \"number\"", "part = \"first\"\nkind = \"number\""),
        "stands after questions of a later part",
    );
    has(
        &SMALL.replace(
            "when = { question = \"works\", is = [\"yes\"] }\n\n[[question]]",
            "when = { question = \"many\", is = [\"yes\"] }\n\n[[question]]",
        ),
        "depends on a question that is not asked before it",
    );
    has(&SMALL.replace("version = 1", "version = 1\nremind = [3, 14]"), "`remind` is no row of days");
    has(&SMALL.replace("max = 10\n", ""), "does not say the largest number");
    has(&SMALL.replace("protect = false\n", ""), "does not say whether its answers are protected");
    has(&SMALL.replace("protect = false", "protect = true"), "has the mark {least} in `text` (sv)");
    has(&SMALL.replace("id = \"well\"", "id = \"uncoded\""), "the name of a row that the results have by themselves");
    has(
        &SMALL.replace("id = \"money\"", "id = \"no_answer\""),
        "the name of a row that the results have by themselves",
    );
    has(&SMALL.replace("id = \"many\"", "id = \"invitations\""), "the rows that say how many were asked");
    has(&SMALL.replace("{ id = \"well\",", "{ id = \"well\", alone = true,"), "`alone`");
    has("id = ", "string values must be quoted");
    has("id = \"x\"", "the questionnaire asks nothing");
    has("", "the questionnaire has no `id`");
}

#[test]
fn answers_are_checked_all_at_once_and_what_is_not_asked_is_not_counted() {
    let small = read(SMALL);
    let wrong = |given: &[(&str, Answer)], whole| {
        let wrong = check(&small, &answers(given), whole).err().unwrap_or_default();
        wrong.into_iter().map(|one| (one.question, one.problem)).collect::<Vec<_>>()
    };
    assert_eq!(wrong(&[], false), [], "a draft can be empty");
    assert_eq!(wrong(&[], true), [("works".to_owned(), Problem::Missing)], "what depends on it is not missed yet");
    let all = [("works", word("yes")), ("many", Answer::Number(11)), ("words", word("sexton"))];
    let both = [("many".to_owned(), Problem::TooLarge { max: 10 }), ("words".to_owned(), Problem::TooLong { max: 5 })];
    assert_eq!(wrong(&all, true), both);
    assert_eq!(wrong(&all, false), both, "a draft does not keep what no answer can be");
    assert_eq!(wrong(&[("works", word("yes"))], true), [("many".to_owned(), Problem::Missing)]);
    let none = [("works", word("no")), ("many", Answer::Number(99)), ("why", Answer::Several(vec!["time".into()]))];
    let taken = check(&small, &answers(&none), true).unwrap();
    assert_eq!(taken.keys().collect::<Vec<_>>(), ["why", "works"], "what is not asked is left out");
    let kept = check(&small, &answers(&[("works", word("no")), ("many", Answer::Number(9))]), false).unwrap();
    assert!(kept.contains_key("many"), "a draft keeps what may be asked again");
    for hostile in [word("maybe"), Answer::Number(1), Answer::Several(vec!["yes".into()])] {
        assert_eq!(wrong(&[("works", hostile)], true).len(), 1);
    }
    let twice = Answer::Several(vec!["time".into(), "time".into()]);
    assert_eq!(wrong(&[("works", word("no")), ("why", twice)], true), [("why".to_owned(), Problem::Twice)]);
    assert_eq!(check(&small, &answers(&[("nothing", word("x"))]), false).unwrap(), Answers::new());
}

#[test]
fn an_answer_that_rules_the_others_out_is_not_taken_with_them() {
    let read = read(&SMALL.replace("{ id = \"money\",", "{ id = \"money\", alone = true,"));
    let with = |all: &[&str]| {
        let all = Answer::Several(all.iter().map(|one| (*one).to_owned()).collect());
        check(&read, &answers(&[("works", word("no")), ("why", all)]), true)
    };
    assert!(with(&["money"]).is_ok() && with(&["time"]).is_ok());
    let wrong = with(&["time", "money"]).unwrap_err();
    assert!(matches!(&wrong[0].problem, Problem::NotWithOthers { name } if name.sv == "Pengar"), "{wrong:?}");
}

#[test]
fn what_stands_for_everything_else_is_told_last_and_never_among_the_most_usual() {
    let partners = |all: &[&str]| Respondent {
        answers: answers(&[
            ("smadit", word("yes")),
            ("partners", Answer::Several(all.iter().map(|one| (*one).to_owned()).collect())),
        ]),
        ..Default::default()
    };
    let list = |all: &[Respondent]| {
        let sheet = sheet(&read(COUNTIES), all, Reconciled::default(), 2025, 5, Lang::Sv);
        let Told::Counted { pieces, .. } = sentence(&sheet, "partners") else { panic!() };
        told(&pieces)
    };
    let few = [partners(&["police", "other"]), partners(&["other"])];
    assert!(list(&few).ends_with("Polismyndigheten 1, andra 2."), "{}", list(&few));
    let many = [
        few.to_vec(),
        vec![partners(&["social_services", "region", "customs", "police"])],
        vec![partners(&["social_services", "region", "police"])],
    ]
    .concat();
    assert!(list(&many).ends_with("Polismyndigheten 3, socialtjänsten 2, regionen 2."), "{}", list(&many));
}

fn told(pieces: &[Piece]) -> String {
    let figure = |n: u32, of: u32| format!("({n} av {of}, {} %)", percent(n, of));
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Figure { n, of } => figure(*n, *of),
            Piece::List(all) => all.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", "),
        })
        .collect()
}

fn sentence(sections: &[ToldSection], id: &str) -> Told {
    sections.iter().flat_map(|one| &one.sentences).find(|(of, _)| of == id).unwrap().1.clone()
}

#[test]
fn the_words_follow_the_limits_exactly() {
    let counties = read(COUNTIES);
    let said = |n, of| sheet::wording(&counties.words, n, of).unwrap().words.sv.clone();
    for (n, of, words) in [
        (0, 15, "inget av"),
        (1, 15, "ett fåtal av"),
        (249, 1000, "ett fåtal av"),
        (250, 1000, "en mindre del av"),
        (399, 1000, "en mindre del av"),
        (400, 1000, "knappt hälften av"),
        (7, 15, "knappt hälften av"),
        (499, 1000, "knappt hälften av"),
        (500, 1000, "hälften av"),
        (501, 1000, "drygt hälften av"),
        (8, 15, "drygt hälften av"),
        (649, 1000, "drygt hälften av"),
        (11, 15, "en majoritet av"),
        (900, 1000, "nästan alla"),
        (999, 1000, "nästan alla"),
        (15, 15, "alla"),
    ] {
        assert_eq!(said(n, of), words, "{n} of {of}");
    }
}

#[test]
fn shares_are_rounded_to_whole_per_cent_halves_upwards() {
    for (n, of, share) in
        [(7, 15, 47), (8, 15, 53), (11, 15, 73), (1, 8, 13), (1, 200, 1), (1, 201, 0), (0, 7, 0), (7, 7, 100)]
    {
        assert_eq!(percent(n, of), share, "{n} of {of}");
    }
    assert_eq!(percent(0, 0), 0, "of nobody");
}

#[test]
fn numbers_are_told_with_their_middle_and_of_how_many() {
    let small = read(SMALL);
    let one = |n| Respondent {
        answers: answers(&[("works", word("yes")), ("many", Answer::Number(n))]),
        ..Default::default()
    };
    let no = Respondent { answers: answers(&[("works", word("no"))]), ..Default::default() };
    let all = [one(2), one(5), one(10), one(4), no];
    let reconciled = Reconciled { invited: 5, answered: 5, ..Default::default() };
    let sv = sheet(&small, &all, reconciled, 2025, 5, Lang::Sv);
    let Told::Counted { pieces, of, .. } = sentence(&sv, "middle") else { panic!() };
    assert_eq!(told(&pieces), "I mitten 4,5, 2 till 10, summa 21 (4 av 4, 100 %).");
    assert_eq!(of, 4);
    let Told::Counted { pieces, .. } = sentence(&sv, "share") else { panic!() };
    assert_eq!(told(&pieces), "Några av de svarande säger ja (4 av 5, 80 %).");
    let nobody = sheet(&small, &all[4..], reconciled, 2025, 5, Lang::En);
    assert_eq!(sentence(&nobody, "middle"), Told::Nobody { base: "those where it works".into() });
}

#[test]
fn small_counts_about_people_are_withheld_with_all_that_rests_on_them() {
    let children = read(CHILDREN);
    let one = |routine: &str, heard: Option<i64>| {
        let followed = word(if routine == "written" { "yes" } else { "no" });
        let mut given = answers(&[("routine", word(routine)), ("followed", followed)]);
        given.extend(heard.map(|n| ("heard".to_owned(), Answer::Number(n))));
        Respondent { answers: given, ..Default::default() }
    };
    let many = |n: usize, routine: &str, heard: Option<i64>| vec![one(routine, heard); n];
    let hidden = |all: &[Respondent]| -> Vec<String> {
        results(&children, all, 5).questions.iter().filter(|one| one.withheld).map(|one| one.id.clone()).collect()
    };
    let large = [many(10, "written", Some(20)), many(10, "spoken", Some(9)), many(10, "none", None)].concat();
    assert_eq!(hidden(&large), [] as [String; 0]);
    let small = [many(10, "written", Some(20)), many(10, "spoken", Some(9)), many(3, "none", None)].concat();
    assert_eq!(hidden(&small), ["routine", "heard", "hindrance"], "the base of what follows would tell");
    let few = [many(10, "written", Some(3)), many(10, "spoken", Some(9)), many(10, "none", None)].concat();
    assert_eq!(hidden(&few), ["heard"], "one municipality's three children");
    let reconciled = Reconciled { invited: 23, answered: 23, ..Default::default() };
    let sheet = sheet(&children, &small, reconciled, 2025, 5, Lang::Sv);
    for id in ["routine", "heard", "hindrance"] {
        assert!(matches!(sentence(&sheet, id), Told::Withheld { .. }), "{id}");
    }
    assert!(matches!(sentence(&sheet, "followed"), Told::Counted { .. }), "ten and thirteen");
}

#[test]
fn what_is_everybody_s_answer_is_withheld_where_nobody_s_may_be_told() {
    let mut children = read(CHILDREN);
    let heard = children.questions.iter().find(|one| one.id == "heard").unwrap().clone();
    let Kind::Number { min, max } = heard.kind else { panic!("it is a number") };
    let all = |n: i64| -> Vec<Respondent> {
        let one = |at: usize| {
            let routine = if at < 10 { "written" } else { "spoken" };
            let given = [("routine", word(routine)), ("followed", word("yes")), ("heard", Answer::Number(n))];
            Respondent { answers: answers(&given), ..Default::default() }
        };
        (0..20).map(one).collect()
    };
    let hidden = |children: &Questionnaire, all: &[Respondent]| -> Vec<String> {
        results(children, all, 5).questions.iter().filter(|one| one.withheld).map(|one| one.id.clone()).collect()
    };
    assert_eq!(hidden(&children, &all(9)), ["followed"], "all twenty answered yes");
    for end in [min, max] {
        assert_eq!(hidden(&children, &all(end)), ["followed", "heard"], "a sum that leaves only one way: {end}");
    }
    children.protect = false;
    assert_eq!(hidden(&children, &all(min)), [""; 0]);
}

fn anything(questionnaire: &Questionnaire) -> impl Strategy<Value = Respondent> + use<> {
    let questions = questionnaire.questions.clone();
    let per: Vec<BoxedStrategy<(Option<Answer>, BTreeSet<String>)>> = questions
        .iter()
        .map(|question| {
            let ids: Vec<String> = question.choices().iter().map(|one| one.id.clone()).collect();
            let some = prop::sample::subsequence(ids.clone(), 0..=ids.len());
            match question.kind {
                Kind::YesNo(_) | Kind::One(_) => {
                    prop::sample::select(ids).prop_map(|id| (Some(Answer::Text(id)), BTreeSet::new())).boxed()
                }
                Kind::Several(_) => {
                    some.prop_map(|ids| ((!ids.is_empty()).then_some(Answer::Several(ids)), BTreeSet::new())).boxed()
                }
                Kind::Number { min, max } => {
                    (min..=max).prop_map(|n| (Some(Answer::Number(n)), BTreeSet::new())).boxed()
                }
                Kind::Words { .. } => some.prop_map(|ids| (Some(word("ord")), ids.into_iter().collect())).boxed(),
            }
        })
        .collect();
    let read = questionnaire.clone();
    per.prop_map(move |all| {
        let mut one = Respondent::default();
        for (question, (answer, codes)) in questions.iter().zip(all) {
            if !read.is_asked(question, &one.answers) {
                continue;
            }
            if let Some(answer) = answer {
                one.answers.insert(question.id.clone(), answer);
                if !codes.is_empty() {
                    one.codes.insert(question.id.clone(), codes);
                }
            }
        }
        one
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_sentence_of_the_fact_sheet_has_the_counts_of_the_answers(
        all in prop::collection::vec(anything(&read(COUNTIES)), 0..22)
    ) {
        let counties = read(COUNTIES);
        let reconciled = Reconciled { invited: 21, answered: u32::try_from(all.len()).unwrap(), ..Default::default() };
        let said = |one: &Respondent, question: &str, choice: &str| match one.answers.get(question) {
            Some(Answer::Text(id)) if question != "success" && question != "why_not" => id == choice,
            Some(Answer::Several(ids)) => ids.iter().any(|id| id == choice),
            Some(Answer::Text(_)) => one.codes.get(question).is_some_and(|codes| codes.contains(choice)),
            _ => false,
        };
        for lang in [Lang::Sv, Lang::En] {
            let sections = sheet(&counties, &all, reconciled, 2025, 5, lang);
            for one in &counties.sentences {
                let base = counties.bases.iter().find(|base| Some(&base.id) == one.base.as_ref());
                let group: Vec<&Respondent> = all
                    .iter()
                    .filter(|r| base.is_none_or(|base| base.when.is.iter().any(|is| said(r, &base.when.question, is))))
                    .collect();
                let found = sentence(&sections, &one.id);
                match (&one.counts, found) {
                    (Counts::Nothing, Told::Plain(text)) => prop_assert!(text.contains("2025") && text.contains("21")),
                    (_, Told::Nobody { .. }) => {
                        let may = group.is_empty() || matches!(one.counts, Counts::Usual { .. });
                        prop_assert!(may);
                    }
                    (Counts::Share(when), Told::Counted { pieces, of, n, .. }) => {
                        let count = group.iter().filter(|r| when.is.iter().any(|is| said(r, &when.question, is))).count();
                        let (count, whole) = (u32::try_from(count).unwrap(), u32::try_from(group.len()).unwrap());
                        prop_assert_eq!((n, of), (Some(count), whole));
                        let figure = Piece::Figure { n: count, of: whole };
                        prop_assert!(pieces.contains(&figure));
                        let marked = told(&pieces).contains('{');
                        prop_assert!(!marked);
                    }
                    (Counts::Usual { question, .. }, Told::Counted { pieces, bullets, .. }) => {
                        let listed: Vec<(String, u32)> = pieces
                            .iter()
                            .flat_map(|piece| match piece { Piece::List(all) => all.clone(), _ => Vec::new() })
                            .chain(bullets)
                            .collect();
                        prop_assert!(!listed.is_empty());
                        let asked = counties.question(question).unwrap();
                        let is_rest = |name: &str| {
                            asked.choices().iter().any(|c| c.rest && c.in_sentence().get(lang) == name)
                        };
                        prop_assert!(listed.windows(2).all(|pair| pair[0].1 >= pair[1].1 || is_rest(&pair[1].0)));
                        prop_assert!(listed.windows(2).all(|pair| !is_rest(&pair[0].0)), "the rest comes last");
                        for (name, n) in listed {
                            let choice = asked.choices().iter().find(|c| c.in_sentence().get(lang) == name).unwrap();
                            let count = group.iter().filter(|r| said(r, question, &choice.id)).count();
                            prop_assert_eq!(n as usize, count);
                        }
                    }
                    (counts, other) => prop_assert!(false, "{:?} {:?}", counts, other),
                }
            }
        }
    }

    #[test]
    fn the_parts_of_a_question_are_those_who_were_asked(
        all in prop::collection::vec(anything(&read(COUNTIES)), 0..22)
    ) {
        let counties = read(COUNTIES);
        let counted = results(&counties, &all, 5);
        for (question, result) in counties.questions.iter().zip(&counted.questions) {
            prop_assert!(result.answered <= result.asked);
            let sum: u32 = result.rows.iter().map(|row| row.n).sum();
            match question.kind {
                Kind::YesNo(_) | Kind::One(_) => prop_assert_eq!(sum, result.answered),
                _ => prop_assert!(result.rows.iter().all(|row| row.n <= result.answered)),
            }
            prop_assert!(!result.withheld);
        }
    }

    #[test]
    fn no_text_is_read_without_an_answer(text in "\\PC{0,200}") {
        let _ = Questionnaire::parse(Source { name: "s", text: &text });
    }
}
