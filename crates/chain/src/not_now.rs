//! Why a step cannot be taken now, in words for people and names for programs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use thiserror::Error;

use crate::method::{Leads, Method};
use crate::text::{Lang, Text};

/// Why a step cannot be taken as the case stands: what was tried, what holds, what can be done.
#[derive(Debug, Clone, PartialEq, Error, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotNow {
    /// The case is closed.
    #[error("`{tried}` cannot be recorded: the case was closed ({closing})")]
    CaseClosed {
        /// The step.
        tried: String,
        /// The closing.
        closing: String,
    },
    /// The step belongs to another stage.
    #[error("`{tried}` cannot be recorded in the stage `{stage}`; possible now: {}", .possible.join(", "))]
    WrongStage {
        /// The step.
        tried: String,
        /// The stage that holds.
        stage: String,
        /// The steps that can be taken.
        possible: Vec<String>,
    },
    /// The case is with another party, and what happens there is not shown to the one who tried.
    #[error("`{tried}` cannot be recorded: the case is with another party")]
    WithOthers {
        /// The step.
        tried: String,
    },
    /// The step belongs to another party.
    #[error("`{tried}` is a step of `{by}`")]
    WrongParty {
        /// The step.
        tried: String,
        /// The party that takes it.
        by: String,
    },
    /// The method has no such step.
    #[error("there is no step `{tried}`")]
    UnknownStep {
        /// The step.
        tried: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// The step has no such outcome.
    #[error("`{step}` has no outcome `{tried}`; it has {}", .possible.join(", "))]
    UnknownOutcome {
        /// The step.
        step: String,
        /// The outcome.
        tried: String,
        /// The outcomes it has.
        possible: Vec<String>,
    },
    /// Something must have been done more often first.
    #[error("`{tried}` needs `{step}` at least {at_least} time(s) before; it has {have}")]
    NeedsMore {
        /// The step, or `step.outcome`.
        tried: String,
        /// The step, or `step.outcome`, that is needed.
        step: String,
        /// How often it is needed.
        at_least: u32,
        /// How often it has been done.
        have: u32,
    },
    /// The step is taken once in a case and has been.
    #[error("`{tried}` is recorded once in a case, and has been")]
    AlreadyTaken {
        /// The step.
        tried: String,
        /// The steps that can be taken.
        possible: Vec<String>,
    },
    /// The case has begun, and the step begins one.
    #[error("`{tried}` begins a case, and this one has begun")]
    AlreadyBegun {
        /// The step.
        tried: String,
        /// The steps that can be taken.
        possible: Vec<String>,
    },
    /// The case has not begun.
    #[error("`{tried}` cannot begin a case; begin with {}", .begin_with.join(", "))]
    NotBegun {
        /// The step.
        tried: String,
        /// The steps that begin one.
        begin_with: Vec<String>,
    },
    /// The step is said to happen in the future.
    #[error("`{tried}` is said to happen in the future")]
    AtInFuture {
        /// The step.
        tried: String,
        /// The time that was given.
        at: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// The step is said to have happened before the case began.
    #[error("`{tried}` is said to have happened before the case began")]
    AtBeforeBegin {
        /// The step.
        tried: String,
        /// The time that was given.
        at: Timestamp,
        /// When the case began.
        begin: Timestamp,
    },
    /// The step is said to have happened before the case came to the stage in which it is taken.
    #[error("`{tried}` is said to have happened before the case came to the stage `{stage}`")]
    AtBeforeStage {
        /// The step.
        tried: String,
        /// The time that was given.
        at: Timestamp,
        /// The stage in which it is taken.
        stage: String,
        /// When the case came there.
        since: Timestamp,
    },
    /// The step begins a case, and is said to have happened longer ago than a case can begin.
    #[error("`{tried}` is said to have happened too long ago to begin a case")]
    AtTooLongAgo {
        /// The step.
        tried: String,
        /// The time that was given.
        at: Timestamp,
        /// The earliest time with which the case could begin.
        earliest: Timestamp,
    },
    /// There is no such step to correct.
    #[error("there is no `{tried}` numbered {seq} to correct")]
    NothingToCorrect {
        /// The step.
        tried: String,
        /// The number that was to be corrected.
        seq: u32,
    },
    /// A later step would no longer follow.
    #[error("with this correction step {at_seq} would no longer follow: {why}")]
    CorrectionBreaksChain {
        /// The step that would not follow.
        at_seq: u32,
        /// Why not.
        why: Box<NotNow>,
    },
}

impl NotNow {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CaseClosed { .. } => "case_closed",
            Self::WrongStage { .. } => "wrong_stage",
            Self::WithOthers { .. } => "with_others",
            Self::WrongParty { .. } => "wrong_party",
            Self::UnknownStep { .. } => "unknown_step",
            Self::UnknownOutcome { .. } => "unknown_outcome",
            Self::NeedsMore { .. } => "needs_more",
            Self::AlreadyTaken { .. } => "already_taken",
            Self::AlreadyBegun { .. } => "already_begun",
            Self::NotBegun { .. } => "not_begun",
            Self::AtInFuture { .. } => "at_in_future",
            Self::AtBeforeBegin { .. } => "at_before_begin",
            Self::AtBeforeStage { .. } => "at_before_stage",
            Self::AtTooLongAgo { .. } => "at_too_long_ago",
            Self::NothingToCorrect { .. } => "nothing_to_correct",
            Self::CorrectionBreaksChain { .. } => "correction_breaks_chain",
        }
    }

    /// The same as a party may know it: what it can do itself, and nothing of a stage or an end that is not shown to it.
    /// To a detecting authority a case that was handed over looks the same whatever has become of it.
    pub(crate) fn for_party(self, method: &Method, party: &str) -> Self {
        let own = |possible: Vec<String>| -> Vec<String> {
            possible.into_iter().filter(|id| method.step(id).is_some_and(|step| step.by == party)).collect()
        };
        match self {
            Self::WrongStage { tried, stage, .. } | Self::AtBeforeStage { tried, stage, .. }
                if is_outside(method, &stage, party) =>
            {
                Self::WithOthers { tried }
            }
            Self::CaseClosed { tried, closing } if !may_see_end(method, &closing, party) => Self::WithOthers { tried },
            Self::WrongStage { tried, stage, possible } => Self::WrongStage { tried, stage, possible: own(possible) },
            Self::AlreadyTaken { tried, possible } => Self::AlreadyTaken { tried, possible: own(possible) },
            Self::AlreadyBegun { tried, possible } => Self::AlreadyBegun { tried, possible: own(possible) },
            other => other,
        }
    }

    /// What was tried, what holds now and what can be done, as a sentence or two for people.
    #[must_use]
    pub fn sentence(&self, method: &Method, lang: Lang) -> String {
        let words = Words { method, lang };
        match self {
            Self::WrongStage { .. } | Self::AlreadyTaken { .. } | Self::AlreadyBegun { .. } | Self::NotBegun { .. } => {
                self.out_of_turn(words)
            }
            Self::AtInFuture { .. }
            | Self::AtBeforeBegin { .. }
            | Self::AtBeforeStage { .. }
            | Self::AtTooLongAgo { .. } => self.out_of_time(words),
            _ => self.otherwise(words),
        }
    }

    /// A step that is taken in another part of the chain.
    fn out_of_turn(&self, words: Words<'_>) -> String {
        match self {
            Self::WrongStage { tried, stage, possible } => {
                let (step, stage, next) = (words.step(tried), words.stage(stage), words.next(possible));
                words.pick(
                    format!("”{step}” hör inte till läget ”{stage}”, där ärendet är nu. {next}"),
                    format!("“{step}” does not belong to “{stage}”, where the case stands now. {next}"),
                )
            }
            Self::AlreadyTaken { tried, possible } => {
                let (step, next) = (words.step(tried), words.next(possible));
                words.pick(
                    format!("”{step}” registreras en gång i ett ärende och är redan gjort. Är något fel i det går det att rätta. {next}"),
                    format!("“{step}” is recorded once in a case and has been. If something in it is wrong it can be corrected. {next}"),
                )
            }
            Self::AlreadyBegun { tried, possible } => {
                let (step, next) = (words.step(tried), words.next(possible));
                words.pick(
                    format!("”{step}” inleder ett ärende, och det här är redan inlett. Gäller det en ny händelse, registrera ett nytt ärende. {next}"),
                    format!("“{step}” begins a case, and this one has begun. If it is about a new event, record a new case. {next}"),
                )
            }
            Self::NotBegun { tried, begin_with } => {
                let (step, first) = (words.step(tried), words.steps(begin_with));
                words.pick(
                    format!("Ärendet är inte inlett, så ”{step}” kan inte registreras än. Börja med: {first}."),
                    format!("The case has not begun, so “{step}” cannot be recorded yet. Begin with: {first}."),
                )
            }
            other => other.to_string(),
        }
    }

    /// A step whose time cannot be right.
    fn out_of_time(&self, words: Words<'_>) -> String {
        match self {
            Self::AtInFuture { tried, at, now } => {
                let (step, at, now) = (words.step(tried), wall_clock(*at), wall_clock(*now));
                words.pick(
                    format!("Tiden för ”{step}”, {at}, har inte varit än: klockan är {now}. Ange när det hände."),
                    format!(
                        "The time of “{step}”, {at}, has not come yet: it is {now}. Give the time when it happened."
                    ),
                )
            }
            Self::AtBeforeBegin { tried, at, begin } => {
                let (step, at, begin) = (words.step(tried), wall_clock(*at), wall_clock(*begin));
                words.pick(
                    format!("Tiden för ”{step}”, {at}, är före ärendets första steg, {begin}. Ange en senare tid, eller rätta tiden i det första steget."),
                    format!("The time of “{step}”, {at}, is before the first step of the case, {begin}. Give a later time, or correct the time of the first step."),
                )
            }
            Self::AtBeforeStage { tried, at, stage, since } => {
                let (step, stage) = (words.step(tried), words.stage(stage));
                let (at, since) = (wall_clock(*at), wall_clock(*since));
                words.pick(
                    format!("Tiden för ”{step}”, {at}, är före {since}, då ärendet kom till läget ”{stage}”. Ange en senare tid, eller rätta tiden i steget som förde ärendet dit."),
                    format!("The time of “{step}”, {at}, is before {since}, when the case came to “{stage}”. Give a later time, or correct the time of the step that brought it there."),
                )
            }
            Self::AtTooLongAgo { tried, at, earliest } => {
                let (step, at, earliest) = (words.step(tried), wall_clock(*at), wall_clock(*earliest));
                words.pick(
                    format!("Tiden för ”{step}”, {at}, ligger mer än ett år tillbaka. Ett ärende kan börja med det som hänt sedan {earliest}. Kontrollera årtalet och ange när det hände."),
                    format!("The time of “{step}”, {at}, is more than a year back. A case can begin with what has happened since {earliest}. Check the year and give the time when it happened."),
                )
            }
            other => other.to_string(),
        }
    }

    fn otherwise(&self, words: Words<'_>) -> String {
        match self {
            Self::CaseClosed { tried, closing } => {
                let (step, closing) = (words.step(tried), words.closing(closing));
                words.pick(
                    format!("”{step}” kan inte registreras: ärendet är avslutat ({closing}). Ett fel i ett tidigare steg går att rätta, och en ny händelse registreras som ett nytt ärende."),
                    format!("“{step}” cannot be recorded: the case is closed ({closing}). A mistake in an earlier step can be corrected, and a new event is recorded as a new case."),
                )
            }
            Self::WithOthers { tried } => {
                let step = words.step(tried);
                words.pick(
                    format!("”{step}” kan inte registreras nu: ärendet är överlämnat. Hör av er till den som tog emot det om något behöver ändras."),
                    format!("“{step}” cannot be recorded now: the case has been handed over. Contact whoever received it if something needs to change."),
                )
            }
            Self::WrongParty { tried, by } => {
                let (step, party) = (words.step(tried), words.party(by));
                words.pick(
                    format!("”{step}” registreras av ”{party}” och kan inte registreras av er i det här ärendet. Be den enheten registrera det."),
                    format!("“{step}” is recorded by “{party}” and cannot be recorded by you in this case. Ask that unit to record it."),
                )
            }
            Self::UnknownStep { tried, nearest } => {
                let near = nearest
                    .as_ref()
                    .map(|near| words.pick(format!(" Menade du ”{near}”?"), format!(" Did you mean “{near}”?")));
                let near = near.unwrap_or_default();
                words.pick(
                    format!("Arbetssättet har inget steg ”{tried}”.{near}"),
                    format!("The method has no step “{tried}”.{near}"),
                )
            }
            Self::UnknownOutcome { step, tried, possible } => {
                let (step, there_are) = (words.step(step), possible.join(", "));
                words.pick(
                    format!("”{step}” har inget utfall ”{tried}”. Välj ett av: {there_are}."),
                    format!("“{step}” has no outcome “{tried}”. Choose one of: {there_are}."),
                )
            }
            Self::NeedsMore { tried, step, at_least, have } => {
                let (tried, step, times) = (words.step(tried), words.step(step), words.times(*at_least));
                words.pick(
                    format!("”{tried}” kräver att ”{step}” har registrerats minst {times}, och hittills är det {have}. Registrera det först."),
                    format!("“{tried}” needs “{step}” to have been recorded at least {times}, and so far it is {have}. Record that first."),
                )
            }
            Self::NothingToCorrect { tried, seq } => {
                let step = words.step(tried);
                words.pick(
                    format!("Det finns inget ”{step}” med nummer {seq} att rätta. Välj ett steg i ärendets historik."),
                    format!(
                        "There is no “{step}” numbered {seq} to correct. Choose a step in the history of the case."
                    ),
                )
            }
            Self::CorrectionBreaksChain { at_seq, why } => {
                let why = why.sentence(words.method, words.lang);
                words.pick(
                    format!("Rättelsen går inte att göra, eftersom steg {at_seq} då inte längre stämmer: {why}"),
                    format!("The correction cannot be made, as step {at_seq} would no longer be right: {why}"),
                )
            }
            other => other.to_string(),
        }
    }
}

/// Whether a stage is one that the party only knows from outside: nothing that must be done there is for it to do.
fn is_outside(method: &Method, stage: &str, party: &str) -> bool {
    method.stage(stage).is_some_and(|stage| stage.outside.is_some())
        && !method.steps_during(stage).any(|step| step.by == party && !step.optional)
}

/// Whether the party may see a step that ends a case so.
fn may_see_end(method: &Method, closing: &str, party: &str) -> bool {
    let ends = |leads: &Leads| matches!(leads, Leads::Closes(id) if id == closing);
    let seen = method.steps().iter().filter(|step| step.seen_by.iter().any(|one| one == party));
    seen.flat_map(|step| &step.outcomes).any(|outcome| ends(&outcome.leads))
}

/// The names of a method in one language; an unknown id stands for itself.
#[derive(Clone, Copy)]
struct Words<'m> {
    method: &'m Method,
    lang: Lang,
}

impl Words<'_> {
    fn pick(self, sv: String, en: String) -> String {
        match self.lang {
            Lang::Sv => sv,
            Lang::En => en,
        }
    }

    fn named(self, name: Option<&Text>, id: &str) -> String {
        name.map_or(id, |name| name.get(self.lang)).to_owned()
    }

    /// A step, or `step.outcome`.
    fn step(self, id: &str) -> String {
        if let Some((step, outcome)) = id.split_once('.')
            && let Some((step, outcome)) = self.method.outcome(step, outcome)
        {
            return format!("{}: {}", step.name.get(self.lang), outcome.name.get(self.lang));
        }
        self.named(self.method.step(id).map(|step| &step.name), id)
    }

    fn stage(self, id: &str) -> String {
        self.named(self.method.stage(id).map(|stage| &stage.name), id)
    }

    fn closing(self, id: &str) -> String {
        self.named(self.method.closing(id).map(|closing| &closing.name), id)
    }

    fn party(self, id: &str) -> String {
        self.named(self.method.party(id).map(|party| &party.name), id)
    }

    fn steps(self, ids: &[String]) -> String {
        ids.iter().map(|id| self.step(id)).collect::<Vec<_>>().join(", ")
    }

    fn next(self, possible: &[String]) -> String {
        if possible.is_empty() {
            let nothing = "För er finns inget att registrera i ärendet nu.";
            return self.pick(nothing.to_owned(), "There is nothing for you to record in the case now.".to_owned());
        }
        let steps = self.steps(possible);
        self.pick(format!("Det som går att göra nu: {steps}."), format!("What can be done now: {steps}."))
    }

    fn times(self, times: u32) -> String {
        match times {
            1 => self.pick("en gång".to_owned(), "once".to_owned()),
            _ => self.pick(format!("{times} gånger"), format!("{times} times")),
        }
    }
}

/// A moment as the clock on the wall in Sweden shows it.
fn wall_clock(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
}
