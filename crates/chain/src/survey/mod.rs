//! Questionnaires: what is asked, of whom and when, and what is told of the answers. A questionnaire is a file that is checked
//! whole, like a method; answers are checked against it, counted, and put into the sentences of its fact sheet.

mod answers;
mod build;
mod guard;
mod result;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::method::{Mistake, Source};
use crate::text::Text;

pub use answers::{Wrong, check, plain};
pub use result::{Figures, Number, QuestionResult, Results, Row, percent, results};
pub use sheet::{Piece, Told, ToldSection, sheet};

/// A questionnaire, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Its name in the data and on the command line.
    pub id: String,
    /// Raised when the file changes.
    pub version: u32,
    /// Its title. `{year}` in it is the year that is asked about.
    pub name: Text,
    /// What it is for, said to whoever answers.
    pub about: Text,
    /// Whom it asks.
    pub asks: Asks,
    /// What those who answer are called, such as "länen": the base when nothing narrows it.
    pub everybody: Text,
    /// Whether its answers are told only counted together, without what would betray a single one.
    pub protect: bool,
    /// How many days before the last day those are reminded who have not answered; as many reminders as there are numbers.
    pub remind: Vec<u32>,
    /// The indicator that its figures belong to, as the catalogue of the field numbers it.
    pub indicator: Option<String>,
    /// The parts it is divided into.
    pub parts: Vec<Part>,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<Question>,
    /// The groups of those who answered that figures are given of.
    pub bases: Vec<Base>,
    /// Which words stand for which share, from the smallest share to the largest.
    pub words: Vec<Wording>,
    /// The headings of the fact sheet.
    pub sections: Vec<Section>,
    /// The sentences of the fact sheet.
    pub sentences: Vec<Sentence>,
}

/// Whom a questionnaire asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// One in each county.
    Counties,
    /// One in each municipality.
    Municipalities,
    /// Whoever is on a list.
    List,
}

impl Asks {
    /// The word of the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counties => "counties",
            Self::Municipalities => "municipalities",
            Self::List => "list",
        }
    }
}

/// A part of a questionnaire, with questions of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its name in the file.
    pub id: String,
    /// Its heading.
    pub name: Text,
    /// What is said under the heading.
    pub about: Option<Text>,
    /// Asked only when this holds.
    pub when: Option<When>,
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its name in the data.
    pub id: String,
    /// The part it stands in.
    pub part: String,
    /// The question as people read it.
    pub name: Text,
    /// A line that helps to answer it.
    pub hint: Option<Text>,
    /// What an answer looks like.
    pub kind: Kind,
    /// Whether the questionnaire can be handed in without an answer to it.
    pub required: bool,
    /// Asked only when this holds, and the condition of its part.
    pub when: Option<When>,
}

/// What an answer looks like.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `yes` or `no`.
    YesNo(Vec<Choice>),
    /// One of the options.
    One(Vec<Choice>),
    /// Any number of them.
    Several(Vec<Choice>),
    /// A whole number.
    Number {
        /// The least that is taken.
        min: i64,
        /// The most that is taken.
        max: i64,
    },
    /// Free text.
    Words {
        /// The most characters it may have.
        max: u32,
        /// Whether it has several lines.
        long: bool,
        /// What it can be coded as.
        codes: Vec<Choice>,
    },
}

/// One of the answers, or one of the codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name in the data.
    pub id: String,
    /// As people read it.
    pub name: Text,
    /// As it stands inside a sentence of the fact sheet; its name when nothing else is said.
    pub said: Option<Text>,
    /// Whether it stands for everything else, such as "andra": last in a list, and never among the most usual.
    pub rest: bool,
    /// Whether it rules the others out, such as "inga".
    pub alone: bool,
}

impl Choice {
    /// As it stands inside a sentence.
    #[must_use]
    pub fn in_sentence(&self) -> &Text {
        self.said.as_ref().unwrap_or(&self.name)
    }
}

/// A condition on the answer to an earlier question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The question.
    pub question: String,
    /// The answers that make it hold.
    pub is: Vec<String>,
}

/// Those who answered in one way, as a group that figures are given of.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// Its name in the file.
    pub id: String,
    /// What they are called, such as "länen som arbetar med SMADIT".
    pub name: Text,
    /// Which answers they gave.
    pub when: When,
}

/// From which share words are used. They hold up to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// The limit, in per cent.
    pub limit: u32,
    /// Whether the words begin above the limit, and not at it.
    pub above: bool,
    /// The words before what is counted, such as "en majoritet av".
    pub words: Text,
}

/// A heading of the fact sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its name in the file.
    pub id: String,
    /// The heading.
    pub name: Text,
}

/// A sentence of the fact sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Its name in the file.
    pub id: String,
    /// The section it stands in.
    pub section: String,
    /// The base of its figures; everybody who answered when none is said.
    pub base: Option<String>,
    /// What it counts.
    pub counts: Counts,
    /// The sentence, with marks where figures go.
    pub text: Text,
    /// The sentence when exactly one of several is counted.
    pub one: Option<Text>,
    /// The sentence when nobody is counted.
    pub none: Option<Text>,
    /// Whether what it lists stands as bullets.
    pub bullets: bool,
    /// What the share is called as an indicator.
    pub indicator: Option<Text>,
}

/// What a sentence counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Counts {
    /// Nothing.
    Nothing,
    /// Those who gave one of these answers.
    Share(When),
    /// The answers or codes of a question, the most usual first.
    Usual {
        /// The question.
        question: String,
        /// The most that are told.
        most: usize,
    },
    /// The numbers given to a question.
    Numbers {
        /// The question.
        question: String,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// A whole number.
    Number(i64),
    /// An option, or free text.
    Text(String),
    /// Several options.
    Several(Vec<String>),
}

/// The answers of one who was asked, by question.
pub type Answers = BTreeMap<String, Answer>;

/// Codes of the free texts of one who was asked, by question.
pub type Codes = BTreeMap<String, BTreeSet<String>>;

/// One who has handed in answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Respondent {
    /// The answers.
    pub answers: Answers,
    /// What the free texts are coded as.
    pub codes: Codes,
}

/// How many were asked, and how far they came. The parts are always the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// Everybody on the list.
    pub invited: u32,
    /// Who have handed in.
    pub answered: u32,
    /// Who have begun, and not handed in.
    pub partly: u32,
    /// Who have not begun.
    pub not_begun: u32,
    /// Who have said that they do not answer.
    pub declined: u32,
}

impl Questionnaire {
    /// Reads and checks a questionnaire.
    ///
    /// # Errors
    /// Every mistake in the file at once, in its order.
    pub fn parse(source: Source<'_>) -> Result<Self, Vec<Mistake>> {
        build::read(source)
    }

    /// The question of an id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|one| one.id == id)
    }

    /// The questions of a part.
    pub fn questions_of<'q>(&'q self, part: &'q str) -> impl Iterator<Item = &'q Question> {
        self.questions.iter().filter(move |one| one.part == part)
    }

    /// Whether a question is asked of somebody with these answers: its own condition and that of its part hold, and what
    /// they depend on is asked too.
    #[must_use]
    pub fn is_asked(&self, question: &Question, answers: &Answers) -> bool {
        let part = self.parts.iter().find(|part| part.id == question.part).and_then(|part| part.when.as_ref());
        [part, question.when.as_ref()].into_iter().flatten().all(|when| self.holds(when, answers))
    }

    /// Whether a condition holds, of a question that is asked. Conditions name earlier questions only, so this ends.
    #[must_use]
    pub fn holds(&self, when: &When, answers: &Answers) -> bool {
        let asked = self.question(&when.question).is_some_and(|question| self.is_asked(question, answers));
        asked && answers.get(&when.question).is_some_and(|answer| when.is_met_by(answer))
    }

    /// The questions with free text that can be coded.
    pub fn coded(&self) -> impl Iterator<Item = (&Question, &[Choice])> {
        self.questions.iter().filter_map(|question| match &question.kind {
            Kind::Words { codes, .. } if !codes.is_empty() => Some((question, codes.as_slice())),
            _ => None,
        })
    }
}

impl When {
    fn is_met_by(&self, answer: &Answer) -> bool {
        match answer {
            Answer::Text(one) => self.is.contains(one),
            Answer::Several(all) => all.iter().any(|one| self.is.contains(one)),
            Answer::Number(_) => false,
        }
    }
}

impl Question {
    /// The answers that can be chosen, or the codes.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            Kind::YesNo(options) | Kind::One(options) | Kind::Several(options) => options,
            Kind::Words { codes, .. } => codes,
            Kind::Number { .. } => &[],
        }
    }

    /// Whether the answer is chosen among options.
    #[must_use]
    pub fn has_options(&self) -> bool {
        matches!(self.kind, Kind::YesNo(_) | Kind::One(_) | Kind::Several(_))
    }
}
