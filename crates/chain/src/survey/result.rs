//! Counting answers: how many were asked, how many answered and what.

use super::guard::withheld;
use super::{Answer, Base, Counts, Kind, Question, Questionnaire, Respondent, When};

/// The count of one answer or code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The option or code.
    pub id: String,
    /// How many gave it.
    pub n: u32,
}

/// What the numbers given amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// All together.
    pub sum: i64,
    /// The least and the most, each of them what a single one answered.
    pub ends: Option<(i64, i64)>,
    /// Twice the middle one, which lies between two when they are even in number.
    pub twice_median: i64,
}

/// What was answered to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionResult {
    /// The question.
    pub id: String,
    /// How many of those who handed in were asked it: the base of the shares.
    pub asked: u32,
    /// How many of them answered it.
    pub answered: u32,
    /// How many gave each option, or were coded with each code.
    pub rows: Vec<Row>,
    /// Of a question with a number.
    pub number: Option<Number>,
    /// How many free texts have no code yet, where there are codes.
    pub uncoded: u32,
    /// Whether its counts may not be shown, since they would betray somebody.
    pub withheld: bool,
}

/// What was answered to all questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// How many have handed in.
    pub handed_in: u32,
    /// By question, in the order of the questionnaire.
    pub questions: Vec<QuestionResult>,
}

/// Counts answers. Where the questionnaire is protected, what would betray a count under the threshold is withheld, and the ends
/// of numbers are left out.
#[must_use]
pub fn results(questionnaire: &Questionnaire, all: &[Respondent], threshold: u32) -> Results {
    let withheld = withheld(questionnaire, all, threshold);
    let questions = questionnaire
        .questions
        .iter()
        .map(|question| {
            let asked: Vec<&Respondent> =
                all.iter().filter(|one| questionnaire.is_asked(question, &one.answers)).collect();
            let figures = Figures::of(question, &asked);
            let is_coded = matches!(&question.kind, Kind::Words { codes, .. } if !codes.is_empty());
            let uncoded = asked.iter().filter(|one| is_coded && has_text(question, one) && !is_any(question, one));
            QuestionResult {
                id: question.id.clone(),
                asked: figures.of,
                answered: figures.answered,
                uncoded: count(uncoded),
                number: figures.number.map(|one| Number { ends: one.ends.filter(|_| !questionnaire.protect), ..one }),
                rows: question
                    .choices()
                    .iter()
                    .zip(figures.counts)
                    .map(|(one, n)| Row { id: one.id.clone(), n })
                    .collect(),
                withheld: withheld.contains(question.id.as_str()),
            }
        })
        .collect();
    Results { handed_in: count(all.iter()), questions }
}

/// The counts of a question in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The group.
    pub of: u32,
    /// How many of it answered.
    pub answered: u32,
    /// How many gave each option or code.
    pub counts: Vec<u32>,
    /// What numbers amount to.
    pub number: Option<Number>,
}

impl Figures {
    /// Counts a question in a group.
    #[must_use]
    pub fn of(question: &Question, group: &[&Respondent]) -> Figures {
        let choices = question.choices().iter();
        let counts = choices.map(|choice| count(group.iter().filter(|one| gave(question, one, &choice.id)))).collect();
        let answered = count(group.iter().filter(|one| one.answers.contains_key(&question.id)));
        Figures { of: count(group.iter()), answered, counts, number: number(question, group) }
    }
}

fn number(question: &Question, group: &[&Respondent]) -> Option<Number> {
    let all = numbers(question, group);
    let middle = |at: usize| all.get(at).copied().unwrap_or_default();
    let (least, most) = (*all.first()?, *all.last()?);
    let twice_median = middle(all.len() / 2).saturating_add(middle(all.len().saturating_sub(1) / 2));
    let sum = all.iter().fold(0, |sum: i64, one| sum.saturating_add(*one));
    Some(Number { sum, ends: Some((least, most)), twice_median })
}

/// The numbers given, from the least to the most.
pub(super) fn numbers(question: &Question, group: &[&Respondent]) -> Vec<i64> {
    let given = group.iter().filter_map(|one| match one.answers.get(&question.id) {
        Some(Answer::Number(number)) if matches!(question.kind, Kind::Number { .. }) => Some(*number),
        _ => None,
    });
    let mut all: Vec<i64> = given.collect();
    all.sort_unstable();
    all
}

/// Whether somebody chose an option, or has a text that is coded so.
pub(super) fn gave(question: &Question, one: &Respondent, choice: &str) -> bool {
    if matches!(question.kind, Kind::Words { .. }) {
        return has_text(question, one) && one.codes.get(&question.id).is_some_and(|codes| codes.contains(choice));
    }
    match one.answers.get(&question.id) {
        Some(Answer::Text(id)) => id == choice,
        Some(Answer::Several(all)) => all.iter().any(|id| id == choice),
        _ => false,
    }
}

pub(super) fn has_text(question: &Question, one: &Respondent) -> bool {
    one.answers.contains_key(&question.id)
}

pub(super) fn is_any(question: &Question, one: &Respondent) -> bool {
    question.choices().iter().any(|choice| gave(question, one, &choice.id))
}

/// Whether somebody is in a base.
pub(super) fn is_in(questionnaire: &Questionnaire, base: Option<&Base>, one: &Respondent) -> bool {
    base.is_none_or(|base| questionnaire.holds(&base.when, &one.answers))
}

/// How many of a group gave one of the answers of a condition.
pub(super) fn sharing(questionnaire: &Questionnaire, when: &When, group: &[&Respondent]) -> u32 {
    let Some(question) = questionnaire.question(&when.question) else { return 0 };
    let asked = |one: &&&Respondent| questionnaire.is_asked(question, &one.answers);
    count(group.iter().filter(asked).filter(|one| when.is.iter().any(|choice| gave(question, one, choice))))
}

impl Counts {
    /// The question that is counted.
    #[must_use]
    pub fn question(&self) -> Option<&String> {
        match self {
            Self::Nothing => None,
            Self::Share(when) => Some(&when.question),
            Self::Usual { question, .. } | Self::Numbers { question } => Some(question),
        }
    }
}

pub(super) fn count<I>(some: impl Iterator<Item = I>) -> u32 {
    u32::try_from(some.count()).unwrap_or(u32::MAX)
}

/// A share in whole per cent, halves upwards; 0 of nothing.
#[must_use]
pub fn percent(n: u32, of: u32) -> u32 {
    let (n, of) = (u64::from(n), u64::from(of));
    let rounded = (200 * n + of).checked_div(2 * of).unwrap_or(0);
    u32::try_from(rounded).unwrap_or(u32::MAX)
}
