//! The demo county's releases: the quarters of the year that has gone, as far as they have ended.

use std::sync::Arc;

use chain::text::Lang;
use jiff::civil::Date;

use super::DemoError;
use crate::app::{App, Stop};
use crate::publication::{self, Part, Period, Wish};

/// The methods whose figures are released.
const METHODS: [&str; 2] = ["smadit", "concern"];

/// Releases each quarter of the day's calendar year that has ended by then.
pub(super) fn quarters(app: &Arc<App>, today: Date) -> Result<(), DemoError> {
    let quarters = (1..=4).map(|nr| Period { year: today.year(), part: Part::Quarter(nr) });
    for period in quarters.filter(|period| period.ready_on() <= today) {
        for method in METHODS {
            let wish = Wish { scope: "county:10".into(), method: method.into(), period: period.code(), reason: None };
            match publication::make(app, &wish, Lang::Sv, &|_| {}) {
                // A county with few chains has quarters of which there is nothing to tell.
                Ok(_) | Err(Stop::Refused(_)) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
    }
    Ok(())
}
