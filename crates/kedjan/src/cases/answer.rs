//! What programs send and get of cases: the shapes of the API.

use chain::field::Values;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{ActionView, CaseView, ClockView, QuestionView, ShareView, StepView, Waits};
use super::{Line, WorkList};
use crate::people::ShownPerson;

/// A person as a program sends one. Nothing is required: there may be no number and no name.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PersonBody {
    /// Personnummer, samordningsnummer or reserve number.
    pub identity: Option<String>,
    /// Name or working name.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address; refused for a person with protected identity.
    pub address: Option<String>,
    /// Municipality of residence: four digits, or its name.
    pub municipality: Option<String>,
    /// `woman` or `man`.
    pub sex: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// Whether the person has protected identity.
    pub protected: bool,
}

/// A step as a program sends one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// The step of the method.
    pub id: String,
    /// Its outcome.
    pub outcome: String,
    /// When it happened (RFC 3339); left out it is now, and for a correction the time of the step that it corrects.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The answers, by field.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Values,
    /// The number of an earlier step that this one corrects.
    #[serde(default)]
    pub corrects: Option<u32>,
}

/// A new case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginBody {
    /// The working method.
    pub method: String,
    /// The unit that begins: the token's own, which is also meant when it is left out.
    #[serde(default)]
    pub unit: Option<String>,
    /// Whom it is about.
    #[serde(default)]
    pub person: Option<PersonBody>,
    /// The first step.
    pub step: StepBody,
}

/// A step in a case, either bare or under `step`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum TakeBody {
    /// `{step: {id, outcome, …}}`
    Wrapped {
        /// The step.
        step: StepBody,
    },
    /// `{id, outcome, …}`
    Bare(StepBody),
}

/// A case as the unit may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseAnswer {
    /// The case number.
    pub id: String,
    /// The same, as it is written for people.
    pub number: String,
    /// The method.
    pub method: String,
    /// The version of the method the case keeps.
    pub method_version: u32,
    /// The party the unit is in it.
    pub party: String,
    /// What it is to the unit: `open`, `passed`, `closed`.
    pub state: String,
    /// Where it stands, in words.
    pub standing: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// The municipality it is counted in.
    pub municipality: String,
    /// Whom it is about.
    pub person: PersonAnswer,
    /// The steps the unit may see.
    pub steps: Vec<StepAnswer>,
    /// The unit's clocks that run.
    pub clocks: Vec<ClockAnswer>,
    /// The unit's clocks that have stopped.
    pub stopped_clocks: Vec<ClockAnswer>,
    /// What the unit can do now.
    pub next: Vec<NextAnswer>,
    /// Who has or has had it.
    pub shares: Vec<ShareAnswer>,
    /// The consents in it.
    pub consents: Vec<ConsentAnswer>,
    /// What a handover waits for: `consent` or `receiver`.
    pub waits_for: Option<String>,
    /// The case that opened this one.
    pub opened_by: Option<String>,
    /// The cases that this one opened and the unit has.
    pub opened: Vec<String>,
    /// The unit's other cases about the same person, the latest first.
    pub same_person: Vec<String>,
}

/// A person as the unit may see one.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonAnswer {
    /// The authority's own id.
    pub id: String,
    /// The name, or words that stand for it.
    pub name: String,
    /// Identity number.
    pub identity: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Municipality of residence.
    pub municipality: Option<String>,
    /// Whether the person has protected identity.
    pub protected: bool,
}

/// A recorded step.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepAnswer {
    /// Its number.
    pub seq: u32,
    /// The step.
    pub id: String,
    /// Its outcome.
    pub outcome: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// The unit that took it.
    pub by: String,
    /// The answers the unit may see.
    #[schema(value_type = Object)]
    pub fields: Values,
    /// The number of the step it corrects.
    pub corrects: Option<u32>,
    /// The number of the step that took its place.
    pub corrected_by: Option<u32>,
}

/// A clock.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockAnswer {
    /// The clock of the method.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The law or agreement behind it.
    pub ground: String,
    /// When it started.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When a warning is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub warn_at: Option<Timestamp>,
    /// The last moment in time.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// When it stopped.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub stopped_at: Option<Timestamp>,
    /// Whether it runs and its limit has passed.
    pub overdue: bool,
    /// By how many days it has been prolonged; `warn_at` and `due_at` are the later ones.
    pub extended_days: u32,
}

/// A step that can be taken now.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextAnswer {
    /// The step.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its outcomes.
    pub outcomes: Vec<OutcomeAnswer>,
    /// Its questions.
    pub fields: Vec<FieldAnswer>,
    /// Whether the case waits for nobody to take it.
    pub optional: bool,
    /// Why none of it can be recorded yet.
    pub blocked: Option<String>,
}

/// An outcome that can be recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeAnswer {
    /// The outcome.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Why it cannot be recorded yet.
    pub blocked: Option<String>,
}

/// A question of a step.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldAnswer {
    /// The field.
    pub id: String,
    /// The question.
    pub name: String,
    /// `choice`, `several`, `yes_no`, `number`, `time`, `municipality`, `text` or `consent`.
    pub kind: String,
    /// Whether an answer is needed.
    pub required: bool,
    /// The outcomes it is asked with; all when empty.
    pub for_outcomes: Vec<String>,
    /// The answers to choose among.
    pub options: Vec<String>,
}

/// A unit that has or has had the case.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareAnswer {
    /// The unit.
    pub unit: String,
    /// As which party.
    pub party: String,
    /// On which ground.
    pub ground: String,
    /// Why this unit was chosen.
    pub why: Vec<String>,
    /// Whether it was the county's fallback.
    pub fallback: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// A consent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentAnswer {
    /// Its id.
    pub id: String,
    /// `active`, `expired` or `withdrawn`.
    pub state: String,
    /// `self` or `guardian`.
    pub giver: String,
    /// `signed`, `spoken` or `paper`.
    pub how: String,
    /// The language of the text.
    pub language: String,
    /// The parties that may have the data.
    pub parties: Vec<String>,
    /// The kinds of data.
    pub kinds: Vec<String>,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    pub given_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// When it was withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub withdrawn_at: Option<Timestamp>,
}

/// A page of the work list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListAnswer {
    /// The cases, what is due first at the top.
    pub items: Vec<LineAnswer>,
    /// Exact counts.
    pub counts: CountsAnswer,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// The moment it describes.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// How much work the unit has; exact.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsAnswer {
    /// The unit has something to do.
    pub open: i64,
    /// Of these, past the limit.
    pub overdue: i64,
    /// Open and taken on by the caller.
    pub mine: i64,
    /// With another party now.
    pub passed: i64,
    /// Closed.
    pub closed: i64,
    /// No longer with the unit.
    pub ended: i64,
    /// What the list as filtered holds in all.
    pub total: i64,
}

/// A line of the work list.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineAnswer {
    /// The case number.
    pub id: String,
    /// The method's name.
    pub method: String,
    /// The person's name, or words that stand for it.
    pub name: String,
    /// Whether the person has protected identity.
    pub protected: bool,
    /// `open`, `passed`, `closed` or `ended`.
    pub state: String,
    /// Where it stands, in words; of an ended one, why.
    pub standing: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// Since when the unit has it.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The clock that is due next.
    pub clock: Option<String>,
    /// When it is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Whether it is past its limit.
    pub overdue: bool,
    /// The municipality.
    pub municipality: String,
}

/// A page of the work list as an answer.
pub fn listed(list: &WorkList) -> ListAnswer {
    ListAnswer {
        items: list.lines.iter().map(|line| LineAnswer::of(line, list.as_of)).collect(),
        counts: CountsAnswer {
            open: list.counts.open,
            overdue: list.counts.overdue,
            mine: list.counts.mine,
            passed: list.counts.passed,
            closed: list.counts.closed,
            ended: list.counts.ended,
            total: list.counts.listed,
        },
        next_cursor: list.next.clone(),
        as_of: list.as_of,
    }
}

impl LineAnswer {
    fn of(line: &Line, now: Timestamp) -> LineAnswer {
        LineAnswer {
            id: line.code.clone(),
            method: line.method.clone(),
            name: line.name.clone(),
            protected: line.protected,
            state: line.state.clone(),
            standing: line.stage.clone(),
            began_at: line.began_at,
            since: line.since,
            clock: line.clock.clone(),
            due_at: line.due_at,
            overdue: line.due_at.is_some_and(|due| due < now),
            municipality: line.municipality.clone(),
        }
    }
}

impl CaseAnswer {
    /// A case as an answer.
    pub fn of(view: CaseView) -> CaseAnswer {
        let (stopped, running): (Vec<_>, Vec<_>) = view.clocks.into_iter().partition(|c| c.stopped_at.is_some());
        CaseAnswer {
            number: crate::secrets::case_code_shown(&view.code),
            id: view.code,
            method: view.method,
            method_version: view.method_version,
            party: view.party,
            state: view.state.name().to_owned(),
            standing: view.standing,
            began_at: view.began_at,
            municipality: view.municipality,
            person: PersonAnswer::of(view.person),
            steps: view.timeline.into_iter().map(StepAnswer::of).collect(),
            clocks: running.into_iter().map(ClockAnswer::of).collect(),
            stopped_clocks: stopped.into_iter().map(ClockAnswer::of).collect(),
            next: view.next.into_iter().map(NextAnswer::of).collect(),
            shares: view.shares.into_iter().map(ShareAnswer::of).collect(),
            consents: view.consents.iter().map(|c| ConsentAnswer::of(c, view.as_of)).collect(),
            waits_for: view.waits.map(|waits| {
                match waits {
                    Waits::Consent => "consent",
                    Waits::Receiver => "receiver",
                }
                .to_owned()
            }),
            opened_by: view.opened_by,
            same_person: view.same_person.into_iter().map(|(code, _)| code).collect(),
            opened: view.opened.into_iter().map(|(code, _)| code).collect(),
        }
    }
}

impl ClockAnswer {
    fn of(clock: ClockView) -> ClockAnswer {
        ClockAnswer {
            id: clock.id,
            name: clock.name,
            ground: clock.ground,
            started_at: clock.started_at,
            warn_at: clock.warn_at,
            due_at: clock.due_at,
            stopped_at: clock.stopped_at,
            overdue: clock.standing == chain::Standing::Late,
            extended_days: clock.extended_days,
        }
    }
}

impl ShareAnswer {
    fn of(share: ShareView) -> ShareAnswer {
        ShareAnswer {
            unit: share.unit,
            party: share.party,
            ground: share.ground,
            why: share.why,
            fallback: share.fallback,
            since: share.since,
            ended_at: share.ended.map(|(at, _)| at),
        }
    }
}

impl PersonAnswer {
    /// A person as an answer.
    pub fn of(person: ShownPerson) -> PersonAnswer {
        PersonAnswer {
            id: person.id.to_string(),
            name: person.name,
            identity: person.identity,
            phone: person.phone,
            email: person.email,
            address: person.address,
            municipality: person.municipality,
            protected: person.protected,
        }
    }
}

impl StepAnswer {
    fn of(step: StepView) -> StepAnswer {
        StepAnswer {
            seq: step.seq,
            id: step.step,
            outcome: step.outcome,
            at: step.at,
            recorded_at: step.recorded_at,
            by: step.by,
            fields: step.fields.into_iter().map(|field| (field.id, field.data)).collect(),
            corrects: step.corrects,
            corrected_by: step.corrected_by,
        }
    }
}

impl NextAnswer {
    fn of(action: ActionView) -> NextAnswer {
        let outcomes = action.outcomes.into_iter();
        NextAnswer {
            id: action.step,
            name: action.name,
            outcomes: outcomes.map(|(id, name, blocked)| OutcomeAnswer { id, name, blocked }).collect(),
            fields: action.questions.into_iter().map(FieldAnswer::of).collect(),
            optional: action.optional,
            blocked: action.blocked,
        }
    }
}

impl FieldAnswer {
    fn of(question: QuestionView) -> FieldAnswer {
        FieldAnswer {
            id: question.id,
            name: question.name,
            kind: question.kind.to_owned(),
            required: question.required,
            for_outcomes: question.for_outcomes,
            options: question.options,
        }
    }
}

impl ConsentAnswer {
    /// A consent as an answer.
    pub fn of(consent: &crate::consents::Consent, now: Timestamp) -> ConsentAnswer {
        let state = if consent.withdrawn_at.is_some() {
            "withdrawn"
        } else if consent.holds(now) {
            "active"
        } else {
            "expired"
        };
        ConsentAnswer {
            id: consent.id.to_string(),
            state: state.to_owned(),
            giver: consent.giver.clone(),
            how: consent.how.clone(),
            language: consent.language.clone(),
            parties: consent.parties.clone(),
            kinds: consent.kinds.clone(),
            given_at: consent.given_at,
            ends_at: consent.ends_at,
            withdrawn_at: consent.withdrawn_at,
        }
    }
}
