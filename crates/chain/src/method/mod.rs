//! A working method: which steps there are, who takes them, what is asked, what follows.

mod build;
mod check;
mod clocks;
mod fields;
mod library;
mod openings;
mod overlay;
pub(crate) mod source;
mod steps;
mod ways;

use std::fmt;

use serde::Serialize;

pub use library::Library;

use crate::clock::Limit;
use crate::field::{Field, When};
use crate::measure::Counts;
use crate::text::Text;

/// The step by which a method says what becomes of a case whose consent is withdrawn. The product records it by itself,
/// whoever heard it, with its first outcome and without answers.
pub const WITHDRAWAL: &str = "withdrawal";

/// The step by which a method counts a consent that came after the step that asked for it. The product records it by itself
/// when such a consent is taken, whatever the stage, with its first outcome and without answers; it leads nowhere.
pub const CONSENT_TAKEN: &str = "consent";

/// A method file: its name for messages, and its text.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The name shown in messages.
    pub name: &'a str,
    /// The TOML text.
    pub text: &'a str,
}

/// Something wrong in a method file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub proposal: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, proposal } = self;
        write!(f, "{file}:{line}:{column}: {message}. Proposal: {proposal}")
    }
}

impl std::error::Error for Mistake {}

/// The number of an outcome among all outcomes of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OutcomeIx(pub(crate) u32);

/// A set of outcomes, as patterns like `contact.*` name them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outcomes(Vec<OutcomeIx>);

impl Outcomes {
    /// The set of these, in any order and however often.
    pub(crate) fn new(mut outcomes: Vec<OutcomeIx>) -> Self {
        outcomes.sort_unstable();
        outcomes.dedup();
        Self(outcomes)
    }

    pub(crate) fn contains(&self, ix: OutcomeIx) -> bool {
        self.0.binary_search(&ix).is_ok()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = OutcomeIx> {
        self.0.iter().copied()
    }
}

/// Whom a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseOf {
    /// An adult, or whoever the event is about.
    Adult,
    /// A child.
    Child,
}

/// A side of the chain that takes steps, as a kind of unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
    /// The kinds of unit that can be it.
    pub kinds: Vec<String>,
    /// What decides which unit receives.
    pub route_by: Vec<RouteBy>,
}

/// What decides which unit receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RouteBy {
    /// Where the person lives.
    Residence,
    /// The person's age.
    Age,
    /// The substance.
    Substance,
}

/// Where an open case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
    /// What a party that may not see the details reads instead.
    pub outside: Option<Text>,
}

/// A way a case ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
}

/// Something a party does and records.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
    /// What the button says.
    pub action: Text,
    /// The party that takes it.
    pub by: String,
    /// Whether it begins a case.
    pub begins: bool,
    /// The stages in which it can be taken; empty when it begins a case.
    pub during: Vec<String>,
    /// Whether it does not hold the party's work open.
    pub optional: bool,
    /// Whether it can be taken more than once.
    pub repeats: bool,
    /// The parties that may see it.
    pub seen_by: Vec<String>,
    /// What it asks, in order.
    pub fields: Vec<Field>,
    /// What must have been done before.
    pub requires: Vec<Requirement>,
    /// How it can turn out.
    pub outcomes: Vec<Outcome>,
}

/// Something that must have been done before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The step.
    pub step: String,
    /// The outcome; none means any.
    pub outcome: Option<String>,
    /// How often.
    pub at_least: u32,
    pub(crate) among: Outcomes,
}

/// How a step turned out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
    /// Where it leads.
    pub leads: Leads,
    /// The stages in which it can be the outcome: those of its step, or fewer; empty when it begins a case.
    pub during: Vec<String>,
    /// What must have been done before, for this outcome.
    pub requires: Vec<Requirement>,
    pub(crate) ix: OutcomeIx,
}

/// Where an outcome leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    /// To a stage.
    To(String),
    /// To the end.
    Closes(String),
    /// Nowhere: the stage stays.
    Stays,
}

/// Why something may be passed on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// A recorded consent.
    Consent,
    /// A paragraph, as people cite it.
    Law(String),
}

/// When a case is handed over, to whom and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverRule {
    /// The name in the data.
    pub id: String,
    /// The party that receives.
    pub to: String,
    /// Why it may.
    pub ground: Ground,
    /// The field that says the municipality to route by.
    pub residence_from: Option<String>,
    /// Whether the unit that hands over lets go.
    pub releases: bool,
    pub(crate) after: Outcomes,
}

/// A limit that steps start and stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
    /// The party that must act.
    pub party: String,
    /// How long it may take.
    pub limit: Limit,
    /// After how long to warn.
    pub warn: Option<Limit>,
    /// Where the limit comes from.
    pub ground: Text,
    /// Whether a new start counts instead of the first.
    pub restarts: bool,
    /// Whether the hours it took are counted.
    pub histogram: bool,
    /// How it can be prolonged.
    pub extend: Option<Extension>,
    pub(crate) on_request: Option<OnRequest>,
    pub(crate) starts: Outcomes,
    pub(crate) stops: Outcomes,
}

/// How a clock is prolonged: by a step that says by how many days and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The field with the number of days.
    pub days: String,
    /// The field with the reason.
    pub reason: String,
    pub(crate) after: Outcomes,
}

/// What must be asked for before a clock runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OnRequest {
    /// The outcomes by which it is asked for, before or after the start.
    pub(crate) asked: Outcomes,
    /// Hours after which it is late when it is asked for once the limit has passed, and so is to be done at once.
    pub(crate) late_after_hours: u32,
}

/// When a chain of another method is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpensRule {
    /// The name in the data.
    pub id: String,
    /// The other method.
    pub method: String,
    /// Its first step.
    pub step: String,
    /// The outcome of that step.
    pub outcome: String,
    /// The fields whose answers go along.
    pub copy: Vec<String>,
    /// Why it is opened.
    pub ground: Ground,
    /// The answer that opens it.
    pub when: Option<When>,
    /// Whether it is opened whatever is consented to.
    pub independent_of_consent: bool,
    /// The number field that says how many are opened; one without it, and when it is not answered.
    pub each: Option<String>,
    /// Whether what is opened is about somebody else, who is not known yet.
    pub other_person: bool,
    /// The outcomes of this case by whose time the opened one begins; else it begins now.
    pub(crate) since: Option<Outcomes>,
    pub(crate) after: Option<Outcomes>,
}

/// Something that is counted: 0 or 1 in each case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
    /// What exactly is counted.
    pub definition: Text,
    pub(crate) counts: Counts,
}

/// A share of one measure in another.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: Text,
    /// What exactly it says.
    pub definition: Text,
    /// The measure above the line.
    pub numerator: String,
    /// The measure below the line.
    pub denominator: String,
    /// The goal, in per cent.
    pub target: Option<u32>,
}

/// How long the papers of a case are kept after the last note in it, where no rule of the authority says longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// So many years.
    Years(u32),
    /// Without end (bevaras).
    Kept,
}

/// A checked method. All references in it hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    /// The name in the data.
    pub id: String,
    /// The version; a case keeps the one it began with.
    pub version: u32,
    /// The name people read.
    pub name: Text,
    /// What it is for.
    pub about: Text,
    /// Whom its cases are about.
    pub case_of: CaseOf,
    /// How long the papers of a case are kept after its last note.
    pub retention: Retention,
    /// The measures of the flow picture, in order.
    pub flow: Vec<String>,
    pub(crate) kept_until_thirty: Outcomes,
    parties: Vec<Party>,
    stages: Vec<Stage>,
    closings: Vec<Closing>,
    steps: Vec<Step>,
    fields: Vec<Field>,
    handovers: Vec<HandoverRule>,
    clocks: Vec<Clock>,
    opens: Vec<OpensRule>,
    measures: Vec<Measure>,
    indicators: Vec<Indicator>,
    /// Where the method and each of its `opens` stand in the file, for messages that need other methods to be known.
    places: library::Places,
}

macro_rules! listed {
    ($(#[$doc:meta])* $all:ident, $one:ident, $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $all(&self) -> &[$type] {
            &self.$all
        }

        /// The one with this id.
        #[must_use]
        pub fn $one(&self, id: &str) -> Option<&$type> {
            self.$all.iter().find(|one| one.id == id)
        }
    };
}

impl Method {
    /// Reads and checks a method: the first source is the base, later ones build on it.
    ///
    /// # Errors
    /// Every mistake at once, each with file, line and a proposal.
    pub fn parse(sources: &[Source<'_>]) -> Result<Self, Vec<Mistake>> {
        let mut reading = source::Reading::new(sources);
        let mut trees = (0..sources.len()).map(|file| reading.tree(file)).collect::<Vec<_>>().into_iter();
        let Some(base) = trees.next() else {
            reading.mistake(source::At::default(), "there is no method file", "give at least one source");
            return Err(reading.into_mistakes());
        };
        let root = trees.fold(base, |under, over| overlay::lay(&mut reading, under, over));
        let (method, places) = build::build(&mut reading, &root);
        if !reading.shaky {
            check::check(&mut reading, &method, &places);
        }
        if reading.is_clean() { Ok(method) } else { Err(reading.into_mistakes()) }
    }

    listed!(/// The parties.
        parties, party, Party);
    listed!(/// The stages, in the order of the chain.
        stages, stage, Stage);
    listed!(/// The ways a case ends.
        closings, closing, Closing);
    listed!(/// The steps.
        steps, step, Step);
    listed!(/// All fields of all steps, as the file gives them: `seen_by` is empty where it is the step's.
        fields, field, Field);
    listed!(/// The handovers.
        handovers, handover, HandoverRule);
    listed!(/// The clocks.
        clocks, clock, Clock);
    listed!(/// The other chains it opens.
        opens, opens_rule, OpensRule);
    listed!(/// What is counted.
        measures, measure, Measure);
    listed!(/// The shares that are shown.
        indicators, indicator, Indicator);
}

impl Method {
    /// The step and the outcome with these ids.
    pub(crate) fn outcome(&self, step: &str, outcome: &str) -> Option<(&Step, &Outcome)> {
        let step = self.step(step)?;
        Some((step, step.outcome(outcome)?))
    }

    /// How many outcomes all steps have together.
    pub(crate) fn outcome_count(&self) -> usize {
        self.steps.iter().map(|step| step.outcomes.len()).sum()
    }

    /// Whether a step asks somebody for an answer: not where the kind of unit answers by itself, whichever of its party's
    /// kinds the unit is.
    #[must_use]
    pub fn asks(&self, step: &Step, field: &Field) -> bool {
        let kinds = self.party(&step.by).map(|party| party.kinds.as_slice()).unwrap_or_default();
        !kinds.iter().all(|kind| field.answer_of_unit(kind).is_some())
    }

    /// The steps that begin a case.
    pub fn beginnings(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.begins)
    }

    /// The steps that can be taken in a stage, whatever has been done before.
    pub fn steps_during(&self, stage: &str) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.during.iter().any(|one| one == stage))
    }

    /// What can be done from a place, whatever has been done before: in a stage, or to begin a case.
    pub(crate) fn moves(&self, from: Option<&str>) -> impl Iterator<Item = (&Step, &Outcome)> {
        self.steps
            .iter()
            .flat_map(|step| step.outcomes.iter().map(move |outcome| (step, outcome)))
            .filter(move |(step, outcome)| from.map_or(step.begins, |stage| outcome.can_be_in(stage)))
    }
}

impl Outcome {
    /// Whether a step can turn out so in a stage.
    #[must_use]
    pub fn can_be_in(&self, stage: &str) -> bool {
        self.during.iter().any(|one| one == stage)
    }
}

impl Step {
    /// The outcome with this id.
    #[must_use]
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }

    /// The field with this id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}
