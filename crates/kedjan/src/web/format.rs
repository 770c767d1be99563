//! Times, dates and numbers as people in Sweden read them. Local time is Europe/Stockholm.

use std::sync::LazyLock;

use chain::text::Lang;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::t;

static STOCKHOLM: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC));

/// The moment on the clock in Sweden.
#[must_use]
pub fn local(at: Timestamp) -> Zoned {
    at.to_zoned(STOCKHOLM.clone())
}

/// "i dag 15.04", "i går 15.04", "måndag 23 november 15.04"; the year is said when it is another than now's.
#[must_use]
pub fn datetime(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let (at, today) = (local(at), local(now).date());
    let day = at.date();
    let said = if day == today {
        t!(lang, "time-today")
    } else if today.yesterday().is_ok_and(|yesterday| day == yesterday) {
        t!(lang, "time-yesterday")
    } else if today.tomorrow().is_ok_and(|tomorrow| day == tomorrow) {
        t!(lang, "time-tomorrow")
    } else {
        let weekday = t!(lang, "time-weekday", day = day.weekday().to_monday_one_offset());
        let date = if day.year() == today.year() { day_and_month(lang, day) } else { date(lang, day) };
        format!("{weekday} {date}")
    };
    format!("{said} {}", clock(lang, &at))
}

/// "23 november 2026".
#[must_use]
pub fn date(lang: Lang, day: Date) -> String {
    format!("{} {}", day_and_month(lang, day), day.year())
}

/// "november 2026".
#[must_use]
pub fn month(lang: Lang, day: Date) -> String {
    format!("{} {}", month_name(lang, day), day.year())
}

/// The value a `datetime-local` field holds: local time to the minute.
#[must_use]
pub fn field_value(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The moment a `datetime-local` field names, or nothing when it names none.
///
/// In the hour that comes twice in October the earlier moment is taken; in the one that never comes in March, the later.
#[must_use]
pub fn from_field(value: &str) -> Option<Timestamp> {
    let at: jiff::civil::DateTime = value.trim().parse().ok()?;
    // Such a field has no year before 1 (HTML, valid date string), and one could not be shown in it again.
    if at.year() < 1 {
        return None;
    }
    Some(at.to_zoned(STOCKHOLM.clone()).ok()?.timestamp())
}

/// "5 h 20 min kvar" before `due`, "2 dygn över tiden" after; whole minutes, the two largest units.
#[must_use]
pub fn duration_left(lang: Lang, due: Timestamp, now: Timestamp) -> String {
    let seconds = due.as_second().saturating_sub(now.as_second());
    if seconds >= 0 {
        t!(lang, "time-left", span = duration(lang, seconds))
    } else {
        t!(lang, "time-over", span = duration(lang, seconds.saturating_neg()))
    }
}

/// "45 min", "5 h 20 min", "2 dygn 3 h": at most two units, from two days on in days. Negative lengths count as none.
#[must_use]
pub fn duration(lang: Lang, seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let (hours, rest) = (minutes / 60, minutes % 60);
    let (days, over) = (hours / 24, hours % 24);
    if minutes == 0 {
        t!(lang, "time-under-a-minute")
    } else if hours == 0 {
        t!(lang, "time-minutes", minutes = minutes)
    } else if hours < 48 && rest == 0 {
        t!(lang, "time-hours", hours = hours)
    } else if hours < 48 {
        t!(lang, "time-hours-minutes", hours = hours, minutes = rest)
    } else if over == 0 {
        t!(lang, "time-days", days = days)
    } else {
        t!(lang, "time-days-hours", days = days, hours = over)
    }
}

/// A whole number with its thousands apart: "12 345" (no-break space), "12,345".
#[must_use]
pub fn number(lang: Lang, value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    if value < 0 {
        out.push('\u{2212}');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(match lang {
                Lang::Sv => '\u{a0}',
                Lang::En => ',',
            });
        }
        out.push(digit);
    }
    out
}

/// A number with `places` decimals: "1 234,5", "1,234.5". What is no number is written as a dash.
#[must_use]
pub fn decimal(lang: Lang, value: f64, places: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.*}", places, value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let Ok(count) = whole.parse::<i64>() else { return text };
    let zero = count == 0 && part.bytes().all(|digit| digit == b'0');
    let mut out = if value < 0.0 && !zero { "\u{2212}".to_owned() } else { String::new() };
    out.push_str(&number(lang, count));
    if !part.is_empty() {
        out.push(match lang {
            Lang::Sv => ',',
            Lang::En => '.',
        });
        out.push_str(part);
    }
    out
}

/// A share between 0 and 1 as a percentage: "84,5 %", "84.5%"; a whole percentage has no decimal.
#[must_use]
pub fn percent(lang: Lang, share: f64) -> String {
    let tenths = (share * 1000.0).round();
    let places = usize::from(tenths % 10.0 != 0.0);
    let figure = decimal(lang, tenths / 10.0, places);
    match lang {
        Lang::Sv => format!("{figure}\u{a0}%"),
        Lang::En => format!("{figure}%"),
    }
}

fn clock(lang: Lang, at: &Zoned) -> String {
    let mark = match lang {
        Lang::Sv => '.',
        Lang::En => ':',
    };
    format!("{:02}{mark}{:02}", at.hour(), at.minute())
}

fn day_and_month(lang: Lang, day: Date) -> String {
    format!("{} {}", day.day(), month_name(lang, day))
}

fn month_name(lang: Lang, day: Date) -> String {
    t!(lang, "time-month", month = day.month())
}
