//! Counting answers: how many were asked, how many answered and what.

use std::collections::BTreeSet;

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
    /// The least.
    pub least: i64,
    /// The most.
    pub most: i64,
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
    /// Whether its counts may not be shown, since some of them are small.
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

/// Counts answers; with `threshold`, counts that are smaller than that are withheld where the questionnaire is protected.
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
                number: figures.number,
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
    let given = group.iter().filter_map(|one| match one.answers.get(&question.id) {
        Some(Answer::Number(number)) if matches!(question.kind, Kind::Number { .. }) => Some(*number),
        _ => None,
    });
    let mut all: Vec<i64> = given.collect();
    all.sort_unstable();
    let middle = |at: usize| all.get(at).copied().unwrap_or_default();
    let (least, most) = (*all.first()?, *all.last()?);
    let twice_median = middle(all.len() / 2).saturating_add(middle(all.len().saturating_sub(1) / 2));
    Some(Number { sum: all.iter().fold(0, |sum, one| sum.saturating_add(*one)), least, most, twice_median })
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

fn has_text(question: &Question, one: &Respondent) -> bool {
    one.answers.contains_key(&question.id)
}

fn is_any(question: &Question, one: &Respondent) -> bool {
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

/// The questions whose counts may not be shown. A whole question is withheld as soon as one of its counts is small, for the
/// rest would give it away; and so is what is asked of those who answered it in one way, for its base is one of its counts.
pub(super) fn withheld<'q>(questionnaire: &'q Questionnaire, all: &[Respondent], threshold: u32) -> BTreeSet<&'q str> {
    let mut withheld = BTreeSet::new();
    if !questionnaire.protect {
        return withheld;
    }
    for question in &questionnaire.questions {
        let asked = all.iter().filter(|one| questionnaire.is_asked(question, &one.answers)).collect();
        let mut groups: Vec<Vec<&Respondent>> = vec![asked];
        for sentence in questionnaire.sentences.iter().filter(|one| one.counts.question() == Some(&question.id)) {
            let base = questionnaire.bases.iter().find(|base| Some(&base.id) == sentence.base.as_ref());
            groups.push(all.iter().filter(|one| is_in(questionnaire, base, one)).collect());
        }
        let cells: Vec<Vec<i64>> = groups.iter().map(|group| cells(&Figures::of(question, group))).collect();
        let small = |n: i64| n != 0 && n.abs() < i64::from(threshold);
        // Two bases of the same question are subtracted from each other by whoever reads both.
        let pairs =
            cells.iter().enumerate().flat_map(|(at, one)| cells.iter().skip(at + 1).map(move |other| (one, other)));
        let mut apart = pairs.flat_map(|(one, other)| one.iter().zip(other).map(|(a, b)| a - b));
        if cells.iter().flatten().any(|n| small(*n)) || apart.any(small) {
            withheld.insert(question.id.as_str());
        }
    }
    // Conditions name earlier questions, so one walk is enough.
    for question in &questionnaire.questions {
        let part = questionnaire.parts.iter().find(|part| part.id == question.part).and_then(|part| part.when.as_ref());
        let on = [part, question.when.as_ref()];
        if on.into_iter().flatten().any(|when| withheld.contains(when.question.as_str())) {
            withheld.insert(question.id.as_str());
        }
    }
    withheld
}

fn cells(figures: &Figures) -> Vec<i64> {
    let of = i64::from(figures.of);
    let mut cells = vec![of, i64::from(figures.answered), of - i64::from(figures.answered)];
    for n in figures.counts.iter().map(|n| i64::from(*n)) {
        cells.extend([n, of - n]);
    }
    cells.extend(figures.number.iter().flat_map(|number| [number.sum, number.least, number.most]));
    cells
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

fn count<I>(some: impl Iterator<Item = I>) -> u32 {
    u32::try_from(some.count()).unwrap_or(u32::MAX)
}

/// A share in whole per cent, halves upwards; 0 of nothing.
#[must_use]
pub fn percent(n: u32, of: u32) -> u32 {
    let (n, of) = (u64::from(n), u64::from(of));
    let rounded = (200 * n + of).checked_div(2 * of).unwrap_or(0);
    u32::try_from(rounded).unwrap_or(u32::MAX)
}
