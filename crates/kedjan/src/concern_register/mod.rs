//! The national register of reports of concern for children: who reported, whether it was decided and inquired into in time,
//! and what came of it, county by county and in all, over everybody who reports to this node. The report on early detection
//! of 2022 asks for it, as no running statistics have it.

mod files;
pub mod http;
mod page;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;

pub use table::{ALL, METHOD, Raw, Row, Table, make};

use crate::access::{self, Action};
use crate::app::{App, Cx, Stop};
use crate::packages::{self, Reporting};
use crate::reference;
use crate::refusal::{FieldIssue, Refused};
use crate::statistics::{Period, sql};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format;

/// How many years back can be asked for, the running one with them.
pub const YEARS: i16 = 10;

/// The totals of a year as they are, with who has reported.
#[derive(Clone, Debug)]
pub struct Totals {
    /// The year.
    pub year: i16,
    /// Each county that somebody reports for.
    pub raw: Vec<Raw>,
    /// Who has reported, and who has not.
    pub reporting: Reporting,
    /// When it was read.
    pub at: Timestamp,
}

/// The register of a year.
#[derive(Clone, Debug)]
pub struct Register {
    /// The year.
    pub year: i16,
    /// The table; none when it cannot be shown without giving somebody away.
    pub table: Option<Table>,
    /// Who has reported, and who has not.
    pub reporting: Reporting,
    /// When it was read.
    pub at: Timestamp,
}

/// Reads the totals of a year; leaves an audit record.
///
/// Years and nothing else: whoever could choose months would get hidden counts as the difference of two periods.
pub fn read(tx: &mut dyn Sql, cx: &mut Cx, asked: Option<&str>) -> Result<Totals, Stop> {
    access::desk(tx, cx, Action::SeeCounty, "register of reports of concern")?;
    let this = format::local(cx.now).date().year();
    let wrong = || {
        let detail = t!(cx.lang, "register-year-wrong", from = this + 1 - YEARS, to = this);
        Refused::Fields(vec![FieldIssue { pointer: "/year".into(), detail }])
    };
    let year = match asked.map(str::trim).filter(|text| !text.is_empty()) {
        None => this,
        Some(text) => text.parse().ok().filter(|year| (this + 1 - YEARS..=this).contains(year)).ok_or_else(wrong)?,
    };
    let period = Period::year(year).ok_or_else(wrong)?;
    let months: Vec<_> = period.months().collect();
    let reporting = packages::reporting(tx, cx, &months)?;
    let mut raw = Vec::new();
    for county in reference::counties() {
        let counts = sql::county_totals(tx, county.code, METHOD, &period.from(), &period.to())?;
        let counts: std::collections::BTreeMap<String, i64> = counts.into_iter().filter(|(_, n)| *n != 0).collect();
        if !counts.is_empty() || !reporting.of_county(county.code).expected.is_empty() {
            raw.push(Raw { county: county.code, counts });
        }
    }
    Ok(Totals { year, raw, reporting, at: cx.now })
}

impl Totals {
    /// Protects the totals. Takes the processors, and not the store.
    ///
    /// # Errors
    /// That the method is not loaded.
    pub fn protected(self, app: &App) -> Result<Register, StoreError> {
        let method = app.library.current(METHOD);
        let method = method.ok_or_else(|| StoreError::Fault(format!("method {METHOD} is not loaded")))?;
        let threshold = u64::try_from(app.settings.threshold).unwrap_or(5);
        let table = make(method, &self.raw, threshold, &crate::publication::shared_out);
        if table.is_none() {
            tracing::warn!(year = self.year, "the register of reports of concern cannot be protected and is not shown");
        }
        Ok(Register { year: self.year, table, reporting: self.reporting, at: self.at })
    }
}

/// Reads and protects the register of a year.
///
/// # Errors
/// A refusal, or the store's.
pub async fn register(cx: Cx, asked: Option<String>) -> Result<Register, Stop> {
    let app: Arc<App> = cx.app.clone();
    let totals = crate::app::unit(cx, move |tx, cx| read(tx, cx, asked.as_deref())).await?;
    let done = tokio::task::spawn_blocking(move || totals.protected(&app)).await;
    Ok(done.map_err(|_| StoreError::Fault("protecting the register panicked".into()))??)
}
