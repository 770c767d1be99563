//! That a protected questionnaire gives nobody away.

use super::*;

/// A protected questionnaire where one can give several answers, and where one question depends on them.
const PROTECTED: &str = r#"
id = "protected"
version = 1
name = { sv = "Skyddad {year}", en = "Protected {year}" }
about = { sv = "Om", en = "About" }
asks = "list"
everybody = { sv = "de svarande", en = "those who answered" }
protect = true

[[part]]
id = "all"
name = { sv = "Allt", en = "All" }

[[question]]
id = "ways"
part = "all"
kind = "several"
name = { sv = "Hur?", en = "How?" }
options = [
  { id = "a", name = { sv = "A", en = "A" } },
  { id = "b", name = { sv = "B", en = "B" } },
  { id = "c", name = { sv = "C", en = "C" } },
]

[[question]]
id = "many"
part = "all"
kind = "number"
max = 1000
name = { sv = "Hur många?", en = "How many?" }

[[question]]
id = "words"
part = "all"
kind = "short"
name = { sv = "Varför?", en = "Why?" }
codes = [{ id = "time", name = { sv = "Tid", en = "Time" } }, { id = "other", rest = true, name = { sv = "Annat", en = "Else" } }]

[[question]]
id = "sure"
part = "all"
kind = "yes_no"
name = { sv = "Säkert?", en = "Sure?" }

[[question]]
id = "more"
part = "all"
kind = "yes_no"
name = { sv = "Mer?", en = "More?" }
when = { question = "sure", is = ["yes"] }

[[section]]
id = "all"
name = { sv = "Allt", en = "All" }

[[sentence]]
id = "any"
section = "all"
count = { question = "ways", is = ["a", "b"] }
text = { sv = "A eller B: {figure}.", en = "A or B: {figure}." }

[[sentence]]
id = "middle"
section = "all"
numbers = "many"
text = { sv = "Median {median} {figure}.", en = "Median {median} {figure}." }
"#;

/// The questions that are withheld of so many of each who answered, with a threshold of five.
fn hidden(text: &str, groups: &[(usize, Respondent)]) -> Vec<String> {
    let all: Vec<Respondent> = groups.iter().flat_map(|(n, one)| vec![one.clone(); *n]).collect();
    let questions = results(&read(text), &all, 5).questions;
    questions.into_iter().filter(|one| one.withheld).map(|one| one.id).collect()
}

fn ways(all: &[&str]) -> Respondent {
    let all = Answer::Several(all.iter().map(|one| (*one).to_owned()).collect());
    Respondent { answers: answers(&[("ways", all)]), ..Default::default() }
}

#[test]
fn one_of_these_does_not_give_away_who_chose_only_one_of_them() {
    // 10 chose a, 10 chose b: none of that is small. That 18 chose one of them tells that two chose both.
    let both = [(8, ways(&["a"])), (8, ways(&["b"])), (2, ways(&["a", "b"])), (10, ways(&["c"]))];
    assert_eq!(hidden(PROTECTED, &both), ["ways"]);
    // 20 of 24 chose one of them, so that four chose neither.
    let neither = [(10, ways(&["a", "c"])), (10, ways(&["b"])), (4, ways(&["c"]))];
    assert_eq!(hidden(PROTECTED, &neither), ["ways"]);
    let safe = [(10, ways(&["a"])), (10, ways(&["b"])), (6, ways(&["a", "b"])), (10, ways(&["c"]))];
    assert_eq!(hidden(PROTECTED, &safe), [] as [String; 0]);
}

#[test]
fn numbers_are_told_only_where_no_single_one_shows() {
    let given = |n: i64| Respondent { answers: answers(&[("many", Answer::Number(n))]), ..Default::default() };
    assert_eq!(hidden(PROTECTED, &[(5, given(20)), (5, given(30))]), [] as [String; 0]);
    assert_eq!(hidden(PROTECTED, &[(5, given(20)), (4, given(30))]), ["many"], "four lie on one side of the middle");
    assert_eq!(
        hidden(PROTECTED, &[(9, given(0)), (3, given(3)), (8, given(90))]),
        ["many"],
        "the middle is 3 children"
    );
    assert_eq!(hidden(PROTECTED, &[(9, given(5)), (1, given(1000))]), ["many"], "the sum is one's");
    let two = [(8, given(5)), (2, given(500))];
    assert_eq!(hidden(PROTECTED, &two), ["many"], "one of the two subtracts the own number");
    // The least and the most are single ones', and are told in no case.
    let all = vec![given(20); 10];
    let number = results(&read(PROTECTED), &all, 5).questions[1].number.unwrap();
    assert_eq!((number.sum, number.ends), (200, None));
    assert_eq!(results(&read(SMALL), &[], 5).questions[2].number, None);
}

#[test]
fn texts_that_are_not_coded_yet_keep_the_codes_back() {
    let coded = |code: &str| Respondent {
        answers: answers(&[("words", word("ord"))]),
        codes: Codes::from([("words".to_owned(), BTreeSet::from([code.to_owned()]))]),
    };
    let open = Respondent { answers: answers(&[("words", word("ord"))]), ..Default::default() };
    assert_eq!(hidden(PROTECTED, &[(10, coded("time")), (6, coded("other"))]), [] as [String; 0]);
    assert_eq!(hidden(PROTECTED, &[(10, coded("time")), (6, open)]), ["words"]);
}

#[test]
fn what_is_asked_of_nearly_all_does_not_give_away_the_others() {
    let one = |sure: &str, more: Option<&str>| {
        let mut given = answers(&[("sure", word(sure))]);
        given.extend(more.map(|more| ("more".to_owned(), word(more))));
        Respondent { answers: given, ..Default::default() }
    };
    let of = |text: &str, few: usize| {
        hidden(text, &[(10, one("yes", Some("yes"))), (10, one("yes", Some("no"))), (few, one("no", None))])
    };
    assert_eq!(of(PROTECTED, 10), [] as [String; 0]);
    assert_eq!(of(PROTECTED, 2), ["sure", "more"]);
    // A part that depends on another question: it is asked of fewer than the question says that said yes.
    let part = PROTECTED
        .replace("id = \"more\"\npart = \"all\"", "id = \"more\"\npart = \"later\"")
        .replace(
            "[[question]]\nid = \"ways\"",
            "[[part]]\nid = \"later\"\nname = { sv = \"Sen\", en = \"Later\" }\nwhen = { question = \"ways\", is = [\"a\"] }\n\n[[question]]\nid = \"ways\"",
        );
    let both = |way: &str, more: Option<&str>| {
        let mut one = one("yes", more);
        one.answers.extend(ways(&[way]).answers);
        one
    };
    let way = |way: &str, sure: &str| {
        let mut one = one(sure, None);
        one.answers.extend(ways(&[way]).answers);
        one
    };
    let few = [(10, both("a", Some("yes"))), (10, both("a", Some("no"))), (10, way("a", "no")), (3, both("c", None))];
    assert_eq!(hidden(&part, &few), ["ways", "more"]);
    let nearly = [(20, both("a", Some("yes"))), (10, way("c", "yes")), (10, way("c", "no")), (3, way("a", "no"))];
    assert_eq!(hidden(&part, &nearly), ["more"], "23 chose a and 20 of them were asked");
}
