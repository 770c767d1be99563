//! Who has reported for a month, and who has not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{format, sql};
use crate::app::Cx;
use crate::reference::Municipality;
use crate::store::{Sql, StoreError};
use crate::web::format::local;

/// Who reports here, and for how many months each has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    /// How many months are over and asked about.
    pub months: usize,
    /// The municipalities that this installation or a node it trusts reports for, by code.
    pub expected: BTreeSet<&'static str>,
    /// Those that have not reported for some of the months, and for how many.
    pub missing: BTreeMap<&'static str, usize>,
}

impl Reporting {
    /// How many have reported for every month.
    #[must_use]
    pub fn whole(&self) -> usize {
        self.expected.len() - self.missing.len()
    }

    /// The same for one county.
    #[must_use]
    pub fn of_county(&self, county: &str) -> Reporting {
        let of = |code: &&&'static str| code.get(..2) == Some(county);
        Reporting {
            months: self.months,
            expected: self.expected.iter().filter(of).copied().collect(),
            missing: self.missing.iter().filter(|(code, _)| of(code)).map(|(code, n)| (*code, *n)).collect(),
        }
    }
}

/// Who has reported for months, each by its first day. A month that is not over is asked of nobody.
pub fn reporting(tx: &mut dyn Sql, cx: &Cx, months: &[Date]) -> Result<Reporting, StoreError> {
    let today = local(cx.now).date();
    let own = sql::own(tx)?;
    let codes = |places: &super::Places| -> BTreeSet<&'static str> {
        places.municipalities().map(|Municipality { code, .. }| *code).collect()
    };
    let own: BTreeSet<&'static str> = own.map(|own| codes(&own.node.places)).unwrap_or_default();
    let mut all = Reporting { expected: own.clone(), ..Reporting::default() };
    for node in sql::all(tx, 0, i64::MAX)?.iter().filter(|node| node.ended_at.is_none()) {
        all.expected.extend(codes(&node.places));
    }
    for month in months.iter().filter(|month| month.last_of_month() < today) {
        all.months += 1;
        let reported: BTreeSet<String> =
            sql::reported(tx, &format::month(*month))?.into_iter().map(|(municipality, _)| municipality).collect();
        for code in all.expected.iter().filter(|code| !own.contains(*code) && !reported.contains(**code)) {
            *all.missing.entry(*code).or_default() += 1;
        }
    }
    Ok(all)
}
