//! The demo county's releases: the quarters of the year that is, as far as they have ended, and the country's year before, of
//! which the county is all that there is.

use std::sync::Arc;

use chain::text::Lang;
use jiff::civil::Date;

use super::DemoError;
use crate::app::{App, Stop};
use crate::publication::{self, Part, Period, Wish};

/// The methods whose figures are released.
const METHODS: [&str; 2] = ["smadit", "concern"];

/// Releases each quarter of the day's calendar year that has ended by then, and the year before.
pub(super) fn write(app: &Arc<App>, today: Date) -> Result<(), DemoError> {
    let quarters = (1..=4).map(|nr| ("county:10", Period { year: today.year(), part: Part::Quarter(nr) }));
    let before = ("nation", Period { year: today.year() - 1, part: Part::Year });
    for (scope, period) in quarters.filter(|(_, period)| period.ready_on() <= today).chain([before]) {
        for method in METHODS {
            let wish = Wish { scope: scope.into(), method: method.into(), period: period.code(), reason: None };
            match publication::make(app, &wish, Lang::Sv, &|_| {}) {
                // A county with few chains has quarters of which there is nothing to tell.
                Ok(_) | Err(Stop::Refused(_)) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
    }
    Ok(())
}
