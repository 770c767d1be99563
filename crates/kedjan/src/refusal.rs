//! Why something was not done: typed, with a stable name for programs and a sentence for people in each language.

use chain::decide::NotNow;
use chain::field::Problem;
use chain::text::Lang;

use crate::t;
use crate::web::format::duration;

/// A wrong field: where it stands and what is wrong, in the language of the one who filled it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldIssue {
    /// JSON pointer into the request, `/step/fields/substance`. The pages use its last part as the field's name.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// Everything the house refuses, so that each place says the same thing in the same way.
#[derive(Debug)]
pub enum Refused {
    /// Nobody is logged in, or the token does not hold.
    NotLoggedIn,
    /// It does not exist, or may not be known to exist.
    NotFound,
    /// It is seen, but this may not be done with it.
    Forbidden,
    /// The step cannot be taken as the case stands.
    NotNow {
        /// Which of the reasons.
        code: &'static str,
        /// What was tried, what holds now and what can be done.
        sentence: String,
    },
    /// Fields that cannot be taken as they are, all of them.
    Fields(Vec<FieldIssue>),
    /// The case has changed since it was read.
    Stale {
        /// Its entity tag now.
        etag: String,
    },
    /// The same `Idempotency-Key` was used for something else.
    KeyReused,
    /// A consent is in force already.
    ConsentStands,
    /// The consent is withdrawn or run out already.
    ConsentOver,
    /// The request cannot be read.
    Malformed {
        /// What is wrong with it, without what it holds.
        detail: String,
    },
    /// It stands already (a name, a log-in).
    Taken {
        /// What is taken.
        what: FieldIssue,
    },
    /// Two records that cannot be the same person.
    CannotMerge,
    /// A package of tallies of which nothing is taken, with all that is wrong.
    Package(Vec<FieldIssue>),
    /// Somebody has decided on it already.
    Decided,
    /// The last of what the authority demands of a log-in cannot be taken away.
    FactorNeeded,
    /// More was asked than anybody needs.
    TooFast {
        /// After how long the next request is taken.
        seconds: i64,
    },
    /// More different people were opened than the day's work has.
    TooManyPeople {
        /// After how long another one can be opened.
        seconds: i64,
    },
}

impl Refused {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Refused::NotLoggedIn => 401,
            Refused::NotFound => 404,
            Refused::Forbidden => 403,
            Refused::NotNow { .. }
            | Refused::ConsentStands
            | Refused::ConsentOver
            | Refused::Taken { .. }
            | Refused::CannotMerge
            | Refused::Decided
            | Refused::FactorNeeded => 409,
            Refused::Fields(_) | Refused::KeyReused | Refused::Package(_) => 422,
            Refused::Stale { .. } => 412,
            Refused::Malformed { .. } => 400,
            Refused::TooFast { .. } | Refused::TooManyPeople { .. } => 429,
        }
    }

    /// The stable name, the last part of the problem's `type`.
    pub fn name(&self) -> &'static str {
        match self {
            Refused::NotLoggedIn => "not-logged-in",
            Refused::NotFound => "not-found",
            Refused::Forbidden => "forbidden",
            Refused::NotNow { .. } => "not-now",
            Refused::Fields(_) => "fields",
            Refused::Stale { .. } => "stale",
            Refused::KeyReused => "idempotency-key-reused",
            Refused::ConsentStands => "consent-stands",
            Refused::ConsentOver => "consent-over",
            Refused::Malformed { .. } => "malformed",
            Refused::Taken { .. } => "taken",
            Refused::CannotMerge => "cannot-merge",
            Refused::Package(_) => "package",
            Refused::Decided => "decided",
            Refused::FactorNeeded => "factor-needed",
            Refused::TooFast { .. } => "too-many-requests",
            Refused::TooManyPeople { .. } => "too-many-people",
        }
    }

    /// What happened, in a few words.
    pub fn title(&self, lang: Lang) -> String {
        match self {
            Refused::NotLoggedIn => t!(lang, "refused-login-title"),
            Refused::NotFound => t!(lang, "refused-not-found-title"),
            Refused::Forbidden => t!(lang, "refused-forbidden-title"),
            Refused::NotNow { .. } => t!(lang, "refused-not-now-title"),
            Refused::Fields(_) => t!(lang, "refused-fields-title"),
            Refused::Stale { .. } => t!(lang, "refused-stale-title"),
            Refused::KeyReused => t!(lang, "refused-key-title"),
            Refused::ConsentStands => t!(lang, "refused-consent-stands-title"),
            Refused::ConsentOver => t!(lang, "refused-consent-title"),
            Refused::Malformed { .. } => t!(lang, "refused-malformed-title"),
            Refused::Taken { .. } => t!(lang, "refused-taken-title"),
            Refused::CannotMerge => t!(lang, "refused-merge-title"),
            Refused::Package(_) => t!(lang, "refused-package-title"),
            Refused::Decided => t!(lang, "refused-decided-title"),
            Refused::FactorNeeded => t!(lang, "refused-factor-title"),
            Refused::TooFast { .. } => t!(lang, "refused-fast-title"),
            Refused::TooManyPeople { .. } => t!(lang, "refused-people-title"),
        }
    }

    /// What it means and what to do now.
    pub fn detail(&self, lang: Lang) -> String {
        match self {
            Refused::NotLoggedIn => t!(lang, "refused-login-text"),
            Refused::NotFound => t!(lang, "refused-not-found-text"),
            Refused::Forbidden => t!(lang, "refused-forbidden-text"),
            Refused::NotNow { sentence, .. } => sentence.clone(),
            Refused::Fields(issues) => t!(lang, "refused-fields-text", count = issues.len()),
            Refused::Stale { .. } => t!(lang, "refused-stale-text"),
            Refused::KeyReused => t!(lang, "refused-key-text"),
            Refused::ConsentStands => t!(lang, "refused-consent-stands-text"),
            Refused::ConsentOver => t!(lang, "refused-consent-text"),
            Refused::Malformed { detail } => detail.clone(),
            Refused::Taken { what } => what.detail.clone(),
            Refused::CannotMerge => t!(lang, "refused-merge-text"),
            Refused::Package(issues) => t!(lang, "refused-package-text", count = issues.len()),
            Refused::Decided => t!(lang, "refused-decided-text"),
            Refused::FactorNeeded => t!(lang, "refused-factor-text"),
            Refused::TooFast { .. } => t!(lang, "refused-fast-text"),
            Refused::TooManyPeople { seconds } => {
                t!(lang, "refused-people-text", wait = duration(lang, seconds.saturating_add(59)))
            }
        }
    }

    /// After how many seconds it is worth asking again, where time is all that it takes.
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Refused::TooFast { seconds } | Refused::TooManyPeople { seconds } => Some(*seconds),
            _ => None,
        }
    }

    /// The wrong fields, if that is what it is about.
    pub fn issues(&self) -> &[FieldIssue] {
        match self {
            Refused::Fields(issues) | Refused::Package(issues) => issues,
            Refused::Taken { what } => std::slice::from_ref(what),
            _ => &[],
        }
    }

    /// The core's refusal of a step, worded.
    pub fn of_step(
        refusal: chain::decide::Refusal,
        method: &chain::method::Method,
        lang: Lang,
    ) -> Result<Refused, crate::store::StoreError> {
        match refusal {
            chain::decide::Refusal::Fields(errors) => Ok(Refused::Fields(
                errors
                    .into_iter()
                    .map(|e| FieldIssue {
                        pointer: format!("/step/fields/{}", e.field),
                        detail: problem(lang, &e.problem),
                    })
                    .collect(),
            )),
            chain::decide::Refusal::NotNow(why) => Ok(Refused::not_now(&why, method, lang)),
            chain::decide::Refusal::Broken(broken) => Err(crate::store::StoreError::Fault(broken.to_string())),
        }
    }

    /// A step that cannot be taken now, worded.
    pub fn not_now(why: &NotNow, method: &chain::method::Method, lang: Lang) -> Refused {
        Refused::NotNow { code: why.code(), sentence: why.sentence(method, lang) }
    }
}

fn problem(lang: Lang, problem: &Problem) -> String {
    match problem {
        Problem::Missing => t!(lang, "field-missing"),
        Problem::NotAsked => t!(lang, "field-not-asked"),
        Problem::Unknown { nearest: Some(nearest) } => t!(lang, "field-unknown-near", nearest = nearest.as_str()),
        Problem::Unknown { nearest: None } => t!(lang, "field-unknown"),
        Problem::WrongType { expected } => t!(lang, "field-wrong-type", expected = *expected),
        Problem::NotAnOption { options } => t!(lang, "field-not-an-option", options = options.join(", ")),
        Problem::Twice => t!(lang, "field-twice"),
        Problem::NotWithOthers { .. } => problem.sentence(lang),
        Problem::TooSmall { min } => t!(lang, "field-too-small", min = *min),
        Problem::TooLarge { max } => t!(lang, "field-too-large", max = *max),
        Problem::TooLong { max } => t!(lang, "field-too-long", max = *max),
        Problem::NotATime => t!(lang, "field-not-a-time"),
        Problem::NotAMunicipality => t!(lang, "field-not-a-municipality"),
    }
}
