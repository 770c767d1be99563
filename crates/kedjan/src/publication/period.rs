//! What a release is about: whose cases, and which calendar month, quarter or year.

use chain::text::Lang;
use jiff::civil::Date;
use uuid::Uuid;

use crate::reference;
use crate::t;
use crate::web::format;

/// Whose cases a release counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All that the node knows of.
    Nation,
    /// Those begun in a county, by its code.
    County(String),
    /// Those that an authority began.
    Authority(Uuid),
}

impl Scope {
    /// `nation`, `county:10`, `authority:ID`.
    pub fn code(&self) -> String {
        match self {
            Scope::Nation => "nation".to_owned(),
            Scope::County(code) => format!("county:{code}"),
            Scope::Authority(id) => format!("authority:{id}"),
        }
    }

    /// The scope of a code. A county must be one of the 21.
    pub fn from_code(code: &str) -> Option<Scope> {
        match code.split_once(':') {
            None if code == "nation" => Some(Scope::Nation),
            Some(("county", county)) => reference::county(county).map(|county| Scope::County(county.code.to_owned())),
            Some(("authority", id)) => id.parse().ok().map(Scope::Authority),
            _ => None,
        }
    }
}

/// Which part of a calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The whole of it.
    Year,
    /// A quarter, from 1 to 4.
    Quarter(u8),
    /// A month, from 1 to 12.
    Month(u8),
}

/// A calendar month, quarter or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The year.
    pub year: i16,
    /// Which part of it.
    pub part: Part,
}

impl Period {
    /// Reads `2026`, `2026-Q4` or `2026-11`.
    pub fn parse(text: &str) -> Option<Period> {
        let (year, part) = match text.trim().split_once('-') {
            None => (text.trim(), None),
            Some((year, part)) => (year, Some(part)),
        };
        let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) {
            return None;
        }
        let part = match part {
            None => Part::Year,
            Some(part) => match part.strip_prefix(['Q', 'q']) {
                Some(quarter) if digits(quarter, 1) => Part::Quarter(quarter.parse().ok()?),
                None if digits(part, 2) => Part::Month(part.parse().ok()?),
                _ => return None,
            },
        };
        let valid = match part {
            Part::Year => true,
            Part::Quarter(quarter) => (1..=4).contains(&quarter),
            Part::Month(month) => (1..=12).contains(&month),
        };
        let year: i16 = year.parse().ok()?;
        (valid && year > 1900).then_some(Period { year, part })
    }

    /// As it is written: `2026`, `2026-Q4`, `2026-11`.
    pub fn code(&self) -> String {
        match self.part {
            Part::Year => format!("{:04}", self.year),
            Part::Quarter(quarter) => format!("{:04}-Q{quarter}", self.year),
            Part::Month(month) => format!("{:04}-{month:02}", self.year),
        }
    }

    /// The first and the last month, from 1 to 12.
    pub fn months(&self) -> (u8, u8) {
        match self.part {
            Part::Year => (1, 12),
            Part::Quarter(quarter) => (quarter * 3 - 2, quarter * 3),
            Part::Month(month) => (month, month),
        }
    }

    /// Its first day.
    pub fn first_day(&self) -> Date {
        day(self.year, self.months().0)
    }

    /// Its last day.
    pub fn last_day(&self) -> Date {
        day(self.year, self.months().1).last_of_month()
    }

    /// The first day on which it can be released: the day after its last.
    pub fn ready_on(&self) -> Date {
        self.last_day().tomorrow().unwrap_or(Date::MAX)
    }

    /// "2026", "kvartal 4 2026", "november 2026".
    pub fn words(&self, lang: Lang) -> String {
        match self.part {
            Part::Year => self.year.to_string(),
            Part::Quarter(quarter) => {
                t!(lang, "publication-quarter", quarter = i64::from(quarter), year = self.year.to_string())
            }
            Part::Month(_) => format::month(lang, self.first_day()),
        }
    }
}

fn day(year: i16, month: u8) -> Date {
    i8::try_from(month).ok().and_then(|month| Date::new(year, month, 1).ok()).unwrap_or(Date::MAX)
}
