//! Whether answers hold against the questionnaire.

use super::{Answer, Answers, Choice, Kind, Question, Questionnaire};
use crate::field::Problem;

/// An answer that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The question.
    pub question: String,
    /// What is wrong. Never holds the answer itself.
    pub problem: Problem,
}

/// Checks answers and gives those that are taken: blank ones are left out. Handed in (`whole`), nothing that is required may
/// be missing, and answers to what is not asked are left out; a draft keeps them, since whoever fills it in may change their
/// mind.
///
/// # Errors
/// Everything that is wrong at once, in the order of the questionnaire.
pub fn check(questionnaire: &Questionnaire, given: &Answers, whole: bool) -> Result<Answers, Vec<Wrong>> {
    let mut taken = Answers::new();
    let mut wrong = Vec::new();
    for question in &questionnaire.questions {
        let Some(answer) = given.get(&question.id).and_then(|answer| tidied(question, answer)) else { continue };
        match problem(question, &answer) {
            // What is not asked is not counted, so it is nobody's mistake either.
            Some(_) if whole && !questionnaire.is_asked(question, &taken) => {}
            Some(problem) => wrong.push(Wrong { question: question.id.clone(), problem }),
            None => _ = taken.insert(question.id.clone(), answer),
        }
    }
    if whole {
        let asked = |question: &&Question| questionnaire.is_asked(question, &taken);
        let counted: Vec<&Question> = questionnaire.questions.iter().filter(asked).collect();
        for question in &counted {
            let told = wrong.iter().any(|one| one.question == question.id);
            if question.required && !told && !taken.contains_key(&question.id) {
                wrong.push(Wrong { question: question.id.clone(), problem: Problem::Missing });
            }
        }
        taken.retain(|id, _| counted.iter().any(|question| question.id == *id));
    }
    let place = |one: &Wrong| questionnaire.questions.iter().position(|question| question.id == one.question);
    wrong.sort_by_key(place);
    if wrong.is_empty() { Ok(taken) } else { Err(wrong) }
}

/// A text without blanks round it and without signs that no keyboard writes and no page, file or spreadsheet shows.
#[must_use]
pub fn plain(text: &str) -> String {
    let shown = |sign: &char| !sign.is_control() || matches!(sign, '\n' | '\t');
    text.replace("\r\n", "\n").chars().filter(shown).collect::<String>().trim().to_owned()
}

/// The answer without blanks round it; nothing when that leaves nothing. The options of several in the file's order.
fn tidied(question: &Question, answer: &Answer) -> Option<Answer> {
    match answer {
        Answer::Text(text) => {
            let text = plain(text);
            (!text.is_empty()).then_some(Answer::Text(text))
        }
        Answer::Several(all) => {
            let mut all: Vec<String> = all.iter().filter(|one| !one.is_empty()).cloned().collect();
            let place = |id: &String| question.choices().iter().position(|choice| choice.id == *id);
            all.sort_by_key(place);
            (!all.is_empty()).then_some(Answer::Several(all))
        }
        Answer::Number(number) => Some(Answer::Number(*number)),
    }
}

fn problem(question: &Question, answer: &Answer) -> Option<Problem> {
    match (&question.kind, answer) {
        (Kind::YesNo(options) | Kind::One(options), Answer::Text(id)) => not_an_option(options, id),
        (Kind::Several(options), Answer::Several(all)) => {
            let twice = all.iter().enumerate().any(|(at, one)| all.iter().skip(at + 1).any(|other| other == one));
            let alone = options.iter().find(|one| one.alone && all.len() > 1 && all.contains(&one.id));
            let alone = alone.map(|one| Problem::NotWithOthers { name: one.name.clone() });
            all.iter().find_map(|id| not_an_option(options, id)).or(twice.then_some(Problem::Twice)).or(alone)
        }
        (Kind::Number { min, .. }, Answer::Number(number)) if number < min => Some(Problem::TooSmall { min: *min }),
        (Kind::Number { max, .. }, Answer::Number(number)) if number > max => Some(Problem::TooLarge { max: *max }),
        (Kind::Number { .. }, Answer::Number(_)) => None,
        (Kind::Words { max, .. }, Answer::Text(text)) => {
            let room = usize::try_from(*max).unwrap_or(usize::MAX);
            text.chars().nth(room).is_some().then_some(Problem::TooLong { max: *max })
        }
        (Kind::Several(_), _) => Some(Problem::WrongType { expected: "list" }),
        (Kind::Number { .. }, _) => Some(Problem::WrongType { expected: "integer" }),
        (Kind::YesNo(_) | Kind::One(_) | Kind::Words { .. }, _) => Some(Problem::WrongType { expected: "text" }),
    }
}

fn not_an_option(options: &[Choice], id: &str) -> Option<Problem> {
    let there_is = options.iter().any(|option| option.id == id);
    (!there_is).then(|| Problem::NotAnOption { options: options.iter().map(|option| option.id.clone()).collect() })
}
