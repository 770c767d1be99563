//! What a step asks, and whether the answers hold.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::method::Step;
use crate::nearest::nearest;
use crate::text::{Lang, Text};

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
    /// The kinds of unit for which it is the answer by itself.
    pub units: Vec<String>,
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
    /// A consent as the product understands it: an object, or `true` or a word for its short forms.
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
    /// An option that rules the others out, chosen with others.
    NotWithOthers {
        /// The option, as people read it.
        name: Text,
    },
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

impl When {
    /// Whether one of the answers is among the given ones.
    #[must_use]
    pub fn holds(&self, values: &Values) -> bool {
        let is = |value: &Value| match value {
            Value::String(text) => self.is.contains(text),
            Value::Bool(yes) => self.is.iter().any(|one| one == if *yes { "true" } else { "false" }),
            _ => false,
        };
        match values.get(&self.field) {
            Some(Value::Array(several)) => several.iter().any(is),
            Some(value) => is(value),
            None => false,
        }
    }
}

/// The field in which a consent is answered.
pub const CONSENT: &str = "consent";

/// Whether a consent is among the answers: its whole or short form before it is stored, `true` after.
#[must_use]
pub fn carries_consent(values: &Values) -> bool {
    !matches!(values.get(CONSENT), None | Some(Value::Null | Value::Bool(false)))
}

impl Field {
    /// Whether it belongs to an outcome of its step.
    #[must_use]
    pub fn is_for(&self, outcome: &str) -> bool {
        self.for_outcomes.is_empty() || self.for_outcomes.iter().any(|one| one == outcome)
    }

    /// The answer that follows from the kind of unit that takes the step; such a question is not asked there.
    #[must_use]
    pub fn answer_of_unit(&self, kind: &str) -> Option<&str> {
        let Kind::Choice(options) = &self.kind else { return None };
        options.iter().find(|option| option.units.iter().any(|one| one == kind)).map(|option| option.id.as_str())
    }

    /// What is wrong with an answer to it, on its own.
    #[must_use]
    pub fn problem_with(&self, value: &Value) -> Option<Problem> {
        let wrong = |expected| Some(Problem::WrongType { expected });
        match (&self.kind, value) {
            (Kind::Choice(options), Value::String(id)) => not_an_option(options, id),
            (Kind::Several(options), Value::Array(given)) => several_problem(options, given),
            (Kind::YesNo, Value::Bool(_)) | (Kind::Consent, Value::Object(_) | Value::Bool(_) | Value::String(_)) => {
                None
            }
            (Kind::Number { min, max, .. }, Value::Number(number)) => match (number.as_i64(), *min, *max) {
                (None, _, _) => wrong("integer"),
                (Some(number), Some(min), _) if number < min => Some(Problem::TooSmall { min }),
                (Some(number), _, Some(max)) if number > max => Some(Problem::TooLarge { max }),
                _ => None,
            },
            (Kind::Time, Value::String(text)) => {
                let plain = text.contains('T') && !text.contains('[') && text.parse::<Timestamp>().is_ok();
                (!plain).then_some(Problem::NotATime)
            }
            (Kind::Municipality, Value::String(code)) => {
                let holds = code.len() == 4 && code.bytes().all(|digit| digit.is_ascii_digit());
                (!holds).then_some(Problem::NotAMunicipality)
            }
            (Kind::Text { max }, Value::String(text)) => {
                let room = usize::try_from(*max).unwrap_or(usize::MAX);
                (text.chars().nth(room).is_some()).then_some(Problem::TooLong { max: *max })
            }
            (Kind::Several(_), _) => wrong("list"),
            (Kind::YesNo, _) => wrong("boolean"),
            (Kind::Consent, _) => wrong("object"),
            (Kind::Number { .. }, _) => wrong("integer"),
            (Kind::Choice(_) | Kind::Time | Kind::Municipality | Kind::Text { .. }, _) => wrong("text"),
        }
    }
}

fn not_an_option(options: &[Choice], id: &str) -> Option<Problem> {
    let there_is = options.iter().any(|option| option.id == id);
    (!there_is).then(|| Problem::NotAnOption { options: options.iter().map(|option| option.id.clone()).collect() })
}

fn several_problem(options: &[Choice], given: &[Value]) -> Option<Problem> {
    let mut seen: Vec<&str> = Vec::new();
    for value in given {
        let Value::String(id) = value else { return Some(Problem::WrongType { expected: "list" }) };
        if let Some(problem) = not_an_option(options, id) {
            return Some(problem);
        }
        if seen.contains(&id.as_str()) {
            return Some(Problem::Twice);
        }
        seen.push(id);
    }
    None
}

/// Puts in place the answers of a step that follow from the kind of unit that takes it, whatever was given.
pub fn answer_of_unit(step: &Step, outcome: &str, kind: &str, given: &mut Values) {
    for field in step.fields.iter().filter(|field| field.is_for(outcome)) {
        if let Some(answer) = field.answer_of_unit(kind) {
            given.insert(field.id.clone(), Value::from(answer));
        }
    }
}

/// Whether an answer says nothing: absent, null, a blank text or a list of nothing.
fn is_blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

/// Checks the answers of a step with one of its outcomes, leaves out blank ones and fills in defaults.
///
/// # Errors
/// Every wrong field at once, in the order of the step, unknown ones last.
pub fn check_fields(step: &Step, outcome: &str, given: &Values) -> Result<Values, Vec<FieldError>> {
    let mut taken = Values::new();
    let mut errors = Vec::new();
    // What depends on a wrong answer cannot be judged, and so is not: one mistake gives one message.
    let mut doubtful: Vec<&str> = Vec::new();
    for field in &step.fields {
        let answer = given.get(&field.id).filter(|value| !is_blank(Some(value)));
        if field.when.as_ref().is_some_and(|when| doubtful.contains(&when.field.as_str())) {
            doubtful.push(&field.id);
            continue;
        }
        let asked = field.is_for(outcome) && field.when.as_ref().is_none_or(|when| when.holds(&taken));
        let problem = match answer {
            Some(_) if !asked => Some(Problem::NotAsked),
            Some(value) => field.problem_with(value),
            None if asked && field.required && field.default.is_none() => Some(Problem::Missing),
            None => None,
        };
        if let Some(problem) = problem {
            doubtful.push(&field.id);
            errors.push(FieldError { field: field.id.clone(), problem });
        } else if asked && let Some(value) = answer.or(field.default.as_ref()) {
            taken.insert(field.id.clone(), value.clone());
        }
    }
    for name in given.keys().filter(|name| step.field(name).is_none()) {
        let near = nearest(name, step.fields.iter().map(|field| field.id.as_str())).map(str::to_owned);
        errors.push(FieldError { field: name.clone(), problem: Problem::Unknown { nearest: near } });
    }
    if errors.is_empty() { Ok(taken) } else { Err(errors) }
}

impl Problem {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotAsked => "not_asked",
            Self::Unknown { .. } => "unknown",
            Self::WrongType { .. } => "wrong_type",
            Self::NotAnOption { .. } => "not_an_option",
            Self::Twice => "twice",
            Self::NotWithOthers { .. } => "not_with_others",
            Self::TooSmall { .. } => "too_small",
            Self::TooLarge { .. } => "too_large",
            Self::TooLong { .. } => "too_long",
            Self::NotATime => "not_a_time",
            Self::NotAMunicipality => "not_a_municipality",
        }
    }

    /// What is wrong and what to do, as a sentence for people. Never repeats the answer.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (sv, en) = match self {
            Self::Missing => ("Frågan behöver ett svar.".into(), "This question needs an answer.".into()),
            Self::NotAsked => (
                "Frågan ställs inte med de svar som valts. Lämna den tom.".into(),
                "This question is not asked with the answers chosen. Leave it empty.".into(),
            ),
            Self::Unknown { nearest: Some(near) } => (
                format!("Steget har inget fält med det namnet. Menade du ”{near}”?"),
                format!("The step has no field of that name. Did you mean “{near}”?"),
            ),
            Self::Unknown { nearest: None } => {
                ("Steget har inget fält med det namnet.".into(), "The step has no field of that name.".into())
            }
            Self::WrongType { expected } => (
                format!("Svaret har fel typ; här väntas {}.", swedish_type(expected)),
                format!("The answer is of the wrong type; expected: {expected}."),
            ),
            Self::NotAnOption { options } => (
                format!("Svaret finns inte bland alternativen: {}.", options.join(", ")),
                format!("The answer is not one of the options: {}.", options.join(", ")),
            ),
            Self::Twice => ("Samma alternativ är valt två gånger.".into(), "The same option is chosen twice.".into()),
            Self::NotWithOthers { name } => (
                format!("”{}” går inte att välja tillsammans med andra svar.", name.sv),
                format!("“{}” cannot be chosen together with other answers.", name.en),
            ),
            Self::TooSmall { min } => (format!("Ange minst {min}."), format!("Give {min} or more.")),
            Self::TooLarge { max } => (format!("Ange högst {max}."), format!("Give {max} or less.")),
            Self::TooLong { max } => {
                (format!("Texten får ha högst {max} tecken."), format!("The text may have at most {max} characters."))
            }
            Self::NotATime => (
                "Ange dag och klockslag, till exempel 2026-03-01T14:30:00+01:00.".into(),
                "Give day and time, for example 2026-03-01T14:30:00+01:00.".into(),
            ),
            Self::NotAMunicipality => (
                "Ange kommunens kod med fyra siffror, till exempel 1080.".into(),
                "Give the four-digit code of the municipality, for example 1080.".into(),
            ),
        };
        Text { sv, en }.get(lang).to_owned()
    }
}

fn swedish_type(expected: &str) -> &'static str {
    match expected {
        "text" => "text",
        "list" => "en lista",
        "boolean" => "ja eller nej",
        "integer" => "ett heltal",
        _ => "ett objekt",
    }
}
