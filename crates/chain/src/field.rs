//! What a step asks, and whether the answers hold.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::method::Step;
use crate::text::Text;

/// The answers of one step, by field id.
pub type Values = Map<String, Value>;

/// A question of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name in the data, unique in the method.
    pub id: String,
    /// The question as people read it.
    pub name: Text,
    /// A line that helps to answer it.
    pub hint: Option<Text>,
    /// What an answer looks like.
    pub kind: Kind,
    /// Whether a step is refused without an answer (when the field is asked).
    pub required: bool,
    /// The outcomes of the step for which it is asked; empty means all.
    pub for_outcomes: Vec<String>,
    /// Asked only when another field of the same step has one of these answers.
    pub when: Option<When>,
    /// The parties that may see the answer.
    pub seen_by: Vec<String>,
    /// The answer taken when none is given.
    pub default: Option<Value>,
}

/// A condition on another answer of the same step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// The field whose answer decides.
    pub field: String,
    /// The answers that make the condition hold; `true` and `false` for a yes-or-no field.
    pub is: Vec<String>,
}

/// One of the answers of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The name in the data.
    pub id: String,
    /// The answer as people read it.
    pub name: Text,
    /// A line that explains it.
    pub hint: Option<Text>,
}

/// What an answer looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One of several options.
    Choice(Vec<Choice>),
    /// Any number of the options.
    Several(Vec<Choice>),
    /// `true` or `false`.
    YesNo,
    /// A whole number.
    Number {
        /// The least that is taken.
        min: Option<i64>,
        /// The most that is taken.
        max: Option<i64>,
        /// What is counted.
        unit: Option<Text>,
    },
    /// A moment, RFC 3339.
    Time,
    /// A Swedish municipality code: four digits, kept as text.
    Municipality,
    /// Free text. It may identify a person and is to be kept encrypted.
    Text {
        /// The most characters it may have.
        max: u32,
    },
    /// A consent as the product understands it; here only that it is there.
    Consent,
}

/// A field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field id as it was given.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with an answer. Never holds the answer itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Problem {
    /// An answer is needed.
    Missing,
    /// The field is not asked with this outcome or these answers.
    NotAsked,
    /// The step has no such field.
    Unknown {
        /// The nearest name that the step does have.
        nearest: Option<String>,
    },
    /// The answer is of another type.
    WrongType {
        /// The type that is wanted: `text`, `list`, `boolean`, `integer` or `object`.
        expected: &'static str,
    },
    /// Not one of the options.
    NotAnOption {
        /// The options there are.
        options: Vec<String>,
    },
    /// The same option twice.
    Twice,
    /// Less than the least.
    TooSmall {
        /// The least that is taken.
        min: i64,
    },
    /// More than the most.
    TooLarge {
        /// The most that is taken.
        max: i64,
    },
    /// More characters than there is room for.
    TooLong {
        /// The most characters.
        max: u32,
    },
    /// Not a moment in RFC 3339.
    NotATime,
    /// Not four digits.
    NotAMunicipality,
}

/// Checks the answers of a step with one of its outcomes, and fills in defaults.
///
/// # Errors
/// Every wrong field at once, in the order of the step, unknown ones last.
pub fn check_fields(step: &Step, outcome: &str, given: &Values) -> Result<Values, Vec<FieldError>> {
    let _ = (step, outcome, given);
    unimplemented!()
}
