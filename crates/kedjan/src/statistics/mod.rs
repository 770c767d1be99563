//! Figures over many: read from the tallies, never counted anew, and never shown where they could point at somebody.

pub mod api;
pub(crate) mod figures;
pub mod http;
mod page;
pub mod protect;
pub(crate) mod px;
pub(crate) mod sql;
pub(crate) mod table;
pub(crate) mod tally;
mod verify;
pub(crate) mod xlsx;

#[cfg(test)]
mod tests;

use chain::method::Method;
use chain::text::Lang;
use jiff::Timestamp;
use jiff::civil::Date;

pub use figures::{AGES, Band, Figures, Group, Hours, Share, Step};
pub use protect::Figure;
pub(crate) use table::write_line;
pub use table::{Kind, Table};
pub use verify::{Difference, verify_all};

use crate::access::{self, Action};
use crate::app::{Cx, Stop};
use crate::directory::{self, Unit};
use crate::reference;
use crate::refusal::{FieldIssue, Refused};
use crate::store::Sql;
use crate::t;
use crate::web::format;

/// The most months that figures are given for at once.
const MOST_MONTHS: usize = 120;

/// Whose cases are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All cases begun in the county of the actor's unit.
    County,
    /// The cases that the actor's own unit began.
    Own,
}

impl Scope {
    /// What must be allowed to see it.
    pub fn action(self) -> Action {
        match self {
            Scope::County => Action::SeeCounty,
            Scope::Own => Action::SeeFeedback,
        }
    }
}

/// Whole months, both ends included; each the first day of its month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Date,
    to: Date,
}

impl Period {
    /// The months from one to another, if the first comes first and they are not more than ten years.
    pub fn new(from: Date, to: Date) -> Option<Period> {
        let period = Period { from: from.first_of_month(), to: to.first_of_month() };
        (period.from <= period.to && period.months().count() <= MOST_MONTHS).then_some(period)
    }

    /// The twelve months that end with the one it is now.
    pub fn latest(now: Timestamp) -> Period {
        let to = format::local(now).date().first_of_month();
        let from = (0..11).try_fold(to, |month, _| Some(month.yesterday().ok()?.first_of_month())).unwrap_or(to);
        Period { from, to }
    }

    /// A calendar year.
    pub fn year(year: i16) -> Option<Period> {
        Period::new(Date::new(year, 1, 1).ok()?, Date::new(year, 12, 1).ok()?)
    }

    /// The months in order, at most one more than may be asked for.
    pub fn months(&self) -> impl Iterator<Item = Date> {
        let to = self.to;
        std::iter::successors(Some(self.from), |month| Some(month.last_of_month().tomorrow().ok()?.first_of_month()))
            .take_while(move |month| *month <= to)
            .take(MOST_MONTHS + 1)
    }

    /// The first month as the tallies and the API write it.
    pub fn from(&self) -> String {
        month_key(self.from)
    }

    /// The last month.
    pub fn to(&self) -> String {
        month_key(self.to)
    }

    /// "2026" for a calendar year, otherwise "december 2025–november 2026".
    pub fn words(&self, lang: Lang) -> String {
        if Period::year(self.from.year()) == Some(*self) {
            self.from.year().to_string()
        } else if self.from == self.to {
            format::month(lang, self.from)
        } else {
            format!("{}–{}", format::month(lang, self.from), format::month(lang, self.to))
        }
    }
}

/// "2026-11".
pub(crate) fn month_key(month: Date) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

/// Reads "2026-11".
pub(crate) fn month_of(text: &str) -> Option<Date> {
    let (year, month) = text.trim().split_once('-')?;
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

/// What figures are asked for, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The working method's id.
    pub method: String,
    /// Which months.
    pub period: Period,
    /// The indicator that is compared between municipalities; the method's own choice when not said.
    pub indicator: Option<String>,
}

/// What figures are asked for, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The working method; SMADIT, or the first there is, when not said.
    pub method: Option<String>,
    /// The first month.
    pub from: Option<String>,
    /// The last month.
    pub to: Option<String>,
    /// The indicator to compare.
    pub indicator: Option<String>,
}

impl Asked {
    /// Checks a wish; all that is wrong is said at once. With nothing said: the twelve months that end now.
    pub fn of(cx: &Cx, wish: &Wish) -> Result<Asked, Refused> {
        let mut issues = Vec::new();
        let mut issue = |field: &str, detail: String| issues.push(FieldIssue { pointer: format!("/{field}"), detail });
        let said = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let method = match said(&wish.method) {
            Some(id) => id,
            None => cx
                .app
                .library
                .current("smadit")
                .or(cx.app.library.methods().next())
                .map_or_else(String::new, |m| m.id.clone()),
        };
        let known = cx.app.library.current(&method);
        if known.is_none() {
            let mut all: Vec<&str> = cx.app.library.methods().map(|m| m.id.as_str()).collect();
            all.dedup();
            issue("method", t!(cx.lang, "figures-unknown-method", options = all.join(", ")));
        }
        let indicator = said(&wish.indicator);
        if let (Some(id), Some(method)) = (&indicator, known)
            && method.indicator(id).is_none()
        {
            let all: Vec<&str> = method.indicators().iter().map(|i| i.id.as_str()).collect();
            issue("indicator", t!(cx.lang, "figures-unknown-indicator", options = all.join(", ")));
        }
        let usual = Period::latest(cx.now);
        let mut month = |field: &str, text: &Option<String>| match said(text) {
            None => None,
            Some(text) => {
                let month = month_of(&text);
                if month.is_none() {
                    issue(field, t!(cx.lang, "figures-month-format"));
                }
                month
            }
        };
        let (from, to) = (month("from", &wish.from), month("to", &wish.to));
        let to = to.unwrap_or_else(|| usual.to.max(from.unwrap_or(usual.to)));
        // With only an end said, the year up to it.
        let from = from.unwrap_or_else(|| (0..11).fold(to, |m, _| m.yesterday().map_or(m, Date::first_of_month)));
        let period = Period::new(from, to);
        if period.is_none() {
            issue("to", t!(cx.lang, "figures-period-order", years = MOST_MONTHS / 12));
        }
        match period {
            Some(period) if issues.is_empty() => Ok(Asked { method, period, indicator }),
            _ => Err(Refused::Fields(issues)),
        }
    }
}

/// Figures with what they are about.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub asked: Asked,
    /// Whose cases.
    pub scope: Scope,
    /// The county's or the unit's name.
    pub about: String,
    /// The figures.
    pub figures: Figures,
    /// When they were read.
    pub at: Timestamp,
}

impl Report {
    /// "Kedjans statistik, Blekinge län, 2026, uttag 23 november 2026": where the figures come from.
    pub fn source(&self, lang: Lang) -> String {
        t!(
            lang,
            "figures-source",
            about = self.about.as_str(),
            period = self.asked.period.words(lang),
            date = format::date(lang, format::local(self.at).date())
        )
    }
}

impl Report {
    /// What stands around the tables of these figures.
    pub(crate) fn about(&self, method: &Method, lang: Lang) -> table::About {
        let note = t!(lang, "figures-protected");
        table::About { subject: method.name.get(lang).to_owned(), source: self.source(lang), at: self.at, note }
    }
}

/// Reads the figures of the actor's county or own unit; leaves an audit record. `table` is what is looked at, for the record.
pub fn report(tx: &mut dyn Sql, cx: &mut Cx, scope: Scope, table: &str, wish: &Wish) -> Result<Report, Stop> {
    access::desk(tx, cx, scope.action(), &format!("statistics {table}"))?;
    let asked = Asked::of(cx, wish)?;
    let unit = directory::own_unit(tx, cx)?;
    let app = cx.app.clone();
    let Some(method) = app.library.current(&asked.method) else { return Err(Refused::NotFound.into()) };
    let rows = match scope {
        Scope::County => sql::of_county(tx, &unit.county, &asked.method, &asked.period.from(), &asked.period.to())?,
        Scope::Own => sql::of_unit(tx, unit.org, unit.id, &asked.method, &asked.period.from(), &asked.period.to())?,
    };
    let figures = Figures::of(method, &unit.county, &asked.period, &rows, app.settings.threshold);
    Ok(Report { asked, scope, about: about(scope, &unit), figures, at: cx.now })
}

fn about(scope: Scope, unit: &Unit) -> String {
    match scope {
        Scope::County => {
            reference::county(&unit.county).map_or_else(|| unit.county.clone(), |county| county.name.to_owned())
        }
        Scope::Own => unit.name.clone(),
    }
}

/// The indicator that is compared when none is asked for: the first that the flow does not already show.
fn compared<'m>(method: &'m Method, asked: Option<&str>) -> Option<&'m chain::method::Indicator> {
    let all = method.indicators();
    asked
        .and_then(|id| method.indicator(id))
        .or_else(|| all.iter().find(|indicator| !method.flow.contains(&indicator.numerator)))
        .or_else(|| all.first())
}
