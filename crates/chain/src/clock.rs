//! Limits in time: how long something may take, and when it is due.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::Serialize;

/// How long a thing may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Limit {
    /// Elapsed hours, whatever the wall clock does in between.
    Hours(u32),
    /// Calendar days in Sweden after the day of the start; the last day counts to its end.
    Days(u32),
    /// Calendar months in Sweden; ends with the last day.
    Months(u32),
    /// Without delay: open at once, and shown as late after some hours.
    AtOnce {
        /// Elapsed hours after which it is shown as late.
        late_after_hours: u32,
    },
}

/// Hours after which what is to be done at once is shown as late, when the method does not say.
pub(crate) const DEFAULT_LATE_AFTER: u32 = 24;

/// The longest limit, in each of its units; a century of years is far beyond any rule.
const LONGEST: u32 = 1_000_000;

/// The most days by which something can be prolonged at a time: ten years is far beyond any rule.
pub(crate) const LONGEST_EXTENSION: i64 = 3650;

/// So many calendar days in Sweden after a moment; what ends with a day ends with a later one. Beyond the end of the
/// calendar it is the end of the calendar.
pub(crate) fn days_later(at: Timestamp, days: u32) -> Timestamp {
    let later = || {
        let sweden = TimeZone::get("Europe/Stockholm")?;
        at.to_zoned(sweden).checked_add(Span::new().try_days(days)?)
    };
    later().map_or(Timestamp::MAX, |later: jiff::Zoned| later.timestamp())
}

/// How a running clock stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// There is time.
    Calm,
    /// The time for a warning has come.
    Soon,
    /// The limit has passed.
    Late,
}

impl Limit {
    /// Reads `36 h`, `14 d` or `4 months`. `at once` is not read here, as it needs its `late_after`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_once(' ')?;
        let number: u32 = number.parse().ok().filter(|number| (1..=LONGEST).contains(number))?;
        match unit {
            "h" => Some(Self::Hours(number)),
            "d" => Some(Self::Days(number)),
            "month" | "months" => Some(Self::Months(number)),
            _ => None,
        }
    }

    /// The last moment in time for a thing that began at `start`. Days and months end at 24:00 of their last day in
    /// Sweden. Beyond the end of the calendar it is the end of the calendar.
    #[must_use]
    pub fn due(self, start: Timestamp) -> Timestamp {
        let due = match self {
            Self::Hours(hours) | Self::AtOnce { late_after_hours: hours } => {
                start.checked_add(jiff::SignedDuration::from_hours(i64::from(hours)))
            }
            Self::Days(days) => end_of_day(start, |span| span.try_days(days)),
            Self::Months(months) => end_of_day(start, |span| span.try_months(months)),
        };
        due.unwrap_or(Timestamp::MAX)
    }

    /// Whether it is due before another limit whenever both start, by day or by night, in any month.
    pub(crate) fn is_surely_before(self, other: Self) -> bool {
        const DAY: u64 = 24;
        // The fewest and the most days of what ends with a day; none for hours.
        let days = |limit: Self| match limit {
            Self::Hours(_) | Self::AtOnce { .. } => None,
            Self::Days(days) => Some((u64::from(days), u64::from(days))),
            Self::Months(months) => Some((u64::from(months) * 28, u64::from(months) * 31)),
        };
        let hours = |limit: Self| match limit {
            Self::Hours(hours) | Self::AtOnce { late_after_hours: hours } => u64::from(hours),
            Self::Days(_) | Self::Months(_) => 0,
        };
        match (self, other) {
            (Self::Months(own), Self::Months(others)) => own < others,
            _ => match (days(self), days(other)) {
                (None, None) => hours(self) < hours(other),
                (Some((_, most)), Some((fewest, _))) => most < fewest,
                // Started at 24:00 it has just the days, less an hour in the night to summer time.
                (None, Some((fewest, _))) => hours(self) < fewest * DAY - 1,
                // Started at 0:00 it has a day more, and an hour in the night to winter time.
                (Some((_, most)), None) => (most + 1) * DAY + 1 < hours(other),
            },
        }
    }
}

fn end_of_day(start: Timestamp, span: impl Fn(Span) -> Result<Span, jiff::Error>) -> Result<Timestamp, jiff::Error> {
    let sweden = TimeZone::get("Europe/Stockholm")?;
    let last_day = start.to_zoned(sweden.clone()).date().checked_add(span(Span::new())?)?;
    let day_after = last_day.tomorrow()?;
    Ok(day_after.to_zoned(sweden)?.timestamp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn due(limit: Limit, start: &str) -> String {
        let due = limit.due(start.parse().unwrap());
        due.to_zoned(TimeZone::get("Europe/Stockholm").unwrap()).strftime("%Y-%m-%d %H:%M %z").to_string()
    }

    #[test]
    fn limits_are_read_and_nothing_else_is() {
        assert_eq!(Limit::parse("36 h"), Some(Limit::Hours(36)));
        assert_eq!(Limit::parse("14 d"), Some(Limit::Days(14)));
        assert_eq!(Limit::parse("4 months"), Some(Limit::Months(4)));
        assert_eq!(Limit::parse("1 month"), Some(Limit::Months(1)));
        for wrong in
            ["", "36", "36h", "h", "0 h", "-1 h", "1.5 h", "2 w", "4294967296 h", "1000001 d", "at once", " 3 h"]
        {
            assert_eq!(Limit::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_limit_is_surely_before_another_when_no_start_makes_it_late() {
        let before = |a: &str, b: &str| Limit::parse(a).unwrap().is_surely_before(Limit::parse(b).unwrap());
        for (a, b) in [
            ("24 h", "36 h"),
            ("10 d", "14 d"),
            ("3 months", "4 months"),
            ("27 d", "1 month"),
            ("22 h", "1 d"),
            ("1 month", "32 d"),
            ("1 d", "50 h"),
        ] {
            assert!(before(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("36 h", "36 h"),
            ("1 d", "36 h"),
            ("1 d", "49 h"),
            ("28 d", "1 month"),
            ("23 h", "1 d"),
            ("1 month", "31 d"),
            ("2 d", "1 d"),
        ] {
            assert!(!before(a, b), "{a} {b}");
        }
    }

    #[test]
    fn hours_are_elapsed_when_the_wall_clock_moves() {
        // Forward in the night to 29 March 2026: 36 hours later is 37 on the wall.
        assert_eq!(due(Limit::Hours(36), "2026-03-28T12:00:00+01:00"), "2026-03-30 01:00 +0200");
        // Back in the night to 25 October 2026: 36 hours later is 35 on the wall.
        assert_eq!(due(Limit::Hours(36), "2026-10-24T12:00:00+02:00"), "2026-10-25 23:00 +0100");
        assert_eq!(due(Limit::AtOnce { late_after_hours: 24 }, "2026-10-24T12:00:00+02:00"), "2026-10-25 11:00 +0100");
    }

    #[test]
    fn days_end_with_the_last_day_in_sweden() {
        assert_eq!(due(Limit::Days(14), "2026-01-05T08:00:00+01:00"), "2026-01-20 00:00 +0100");
        assert_eq!(due(Limit::Days(1), "2026-03-28T23:30:00+01:00"), "2026-03-30 00:00 +0200");
        assert_eq!(due(Limit::Days(7), "2026-10-18T23:59:00+02:00"), "2026-10-26 00:00 +0100");
        // 23:30 in UTC on the 4th is the 5th in Sweden.
        assert_eq!(due(Limit::Days(1), "2026-01-04T23:30:00Z"), "2026-01-07 00:00 +0100");
    }

    #[test]
    fn months_end_with_the_last_day_there_is() {
        assert_eq!(due(Limit::Months(4), "2026-01-15T08:00:00+01:00"), "2026-05-16 00:00 +0200");
        assert_eq!(due(Limit::Months(1), "2026-01-31T08:00:00+01:00"), "2026-03-01 00:00 +0100");
        assert_eq!(due(Limit::Months(4), "2025-10-31T08:00:00+01:00"), "2026-03-01 00:00 +0100");
        assert_eq!(due(Limit::Months(1), "2028-01-31T08:00:00+01:00"), "2028-03-01 00:00 +0100");
    }

    proptest! {
        #[test]
        fn due_is_after_the_start_and_never_panics(seconds in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second(), n in 1..=LONGEST) {
            let start = Timestamp::from_second(seconds).unwrap();
            for limit in [Limit::Hours(n), Limit::Days(n), Limit::Months(n), Limit::AtOnce { late_after_hours: n }] {
                prop_assert!(limit.due(start) >= start);
            }
        }

        #[test]
        fn what_is_surely_due_before_is_due_before_whenever_both_start(
            seconds in 1_600_000_000i64..2_000_000_000, a in 0u32..3, b in 0u32..3, n in 1u32..40, m in 1u32..40,
        ) {
            let start = Timestamp::from_second(seconds).unwrap();
            let limit = |kind, n: u32| match kind {
                0 => Limit::Hours(n * 20),
                1 => Limit::Days(n),
                _ => Limit::Months(n.div_ceil(20)),
            };
            let (a, b) = (limit(a, n), limit(b, m));
            prop_assert!(!a.is_surely_before(b) || a.due(start) < b.due(start), "{a:?} {b:?}");
        }

        #[test]
        fn more_days_are_never_due_earlier(seconds in 1_600_000_000i64..2_000_000_000, n in 1u32..4000) {
            let start = Timestamp::from_second(seconds).unwrap();
            prop_assert!(Limit::Days(n).due(start) < Limit::Days(n + 1).due(start));
        }
    }
}
