//! How long an authority keeps what it has of a case (gallring), and from when the papers fall due.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, civil};

use crate::case::{Recorded, effective};
use crate::method::{CaseOf, Method, Retention};

/// The age until which a child's papers are kept (16 kap. 2 a § SoL).
const CHILD_UNTIL: i16 = 30;
/// How long health care keeps a record after the last note in it (3 kap. 17 § PDL), in years.
const JOURNAL_YEARS: u32 = 10;

/// The class that the papers of a case are kept by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// So many years after the last note, as the method says; five in social services (16 kap. 1 § SoL).
    Years(u32),
    /// Until the child turns thirty (16 kap. 2 a § SoL).
    ChildThirty,
    /// A health record: ten years after the last note, or longer if the method says so (3 kap. 17 § PDL).
    Journal(u32),
    /// Without end (bevaras).
    Kept,
}

impl Class {
    /// The name in the data.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Class::Years(years) => format!("years_{years}"),
            Class::ChildThirty => "child_30".to_owned(),
            Class::Journal(years) => format!("journal_{years}"),
            Class::Kept => "kept".to_owned(),
        }
    }

    /// The class of a name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Class> {
        let years = |prefix: &str| code.strip_prefix(prefix).and_then(|years| years.parse().ok());
        match code {
            "child_30" => Some(Class::ChildThirty),
            "kept" => Some(Class::Kept),
            _ => years("years_").map(Class::Years).or_else(|| years("journal_").map(Class::Journal)),
        }
    }
}

/// What the class of a case hangs on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The recorded steps.
    pub history: &'a [Recorded],
    /// Whether the authority that keeps the papers is health care.
    pub health_care: bool,
}

/// By which class an authority keeps the papers of a case. A history that does not hold together is kept without end: what
/// cannot be understood is not thrown away.
#[must_use]
pub fn class(method: &Method, facts: Facts<'_>) -> Class {
    let Ok(steps) = effective(facts.history) else { return Class::Kept };
    let Retention::Years(years) = method.retention else { return Class::Kept };
    if steps.iter().any(|step| method.keeps_until_thirty(&step.step, &step.outcome)) {
        return Class::ChildThirty;
    }
    if facts.health_care { Class::Journal(years.max(JOURNAL_YEARS)) } else { Class::Years(years) }
}

/// The first moment at which papers of a class may be erased, in Swedish time; never for what is kept.
///
/// A child whose year of birth is not known, or cannot be that of a child when the case began, is counted as born the year
/// after the case began, so that nothing is erased too early. A known year counts to its end. Years are counted from the last
/// note to the end of that day.
#[must_use]
pub fn due(class: Class, began: Timestamp, last_note: Timestamp, birth_year: Option<i32>) -> Option<Timestamp> {
    let zone = TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC);
    let first = match class {
        Class::Kept => return None,
        Class::Years(years) | Class::Journal(years) => {
            let span = Span::new().try_years(i64::from(years)).ok()?.try_days(1).ok()?;
            last_note.to_zoned(zone.clone()).date().checked_add(span).ok()?
        }
        Class::ChildThirty => {
            let began = began.to_zoned(zone.clone()).date().year();
            let child = |year: &i16| (0..18).contains(&began.saturating_sub(*year));
            let born = birth_year.and_then(|year| i16::try_from(year).ok()).filter(child);
            let year = born.unwrap_or(began.saturating_add(1)).checked_add(CHILD_UNTIL)?.checked_add(1)?;
            let turned = civil::Date::new(year, 1, 1).ok()?;
            // The papers are of use for as long as notes are made in them.
            turned.max(last_note.to_zoned(zone.clone()).date().checked_add(Span::new().try_days(1).ok()?).ok()?)
        }
    };
    first.to_zoned(zone).ok().map(|at| at.timestamp())
}

impl Method {
    /// Whether an outcome has its papers kept until the child turns thirty.
    #[must_use]
    pub fn keeps_until_thirty(&self, step: &str, outcome: &str) -> bool {
        self.step(step)
            .and_then(|step| step.outcomes.iter().find(|known| known.id == outcome))
            .is_some_and(|outcome| self.kept_until_thirty.contains(outcome.ix))
    }

    /// Whether the person of its cases is the child.
    #[must_use]
    pub fn is_about_child(&self) -> bool {
        self.case_of == CaseOf::Child
    }
}
