//! Identity numbers: personnummer, samordningsnummer, and the reserve numbers that authorities make for those who have neither.

use std::fmt;

use chain::text::Lang;
use jiff::civil::Date;

use crate::t;

/// The kinds of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKind {
    /// Personal identity number, 18 § folkbokföringslagen (1991:481).
    Personnummer,
    /// Coordination number: the day of birth plus 60, 1 kap. lagen (2022:1697) om samordningsnummer.
    Samordningsnummer,
    /// A number that a region or an authority has made itself.
    Reserve,
}

impl IdentityKind {
    /// The word that is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Personnummer => "personnummer",
            Self::Samordningsnummer => "samordningsnummer",
            Self::Reserve => "reserve",
        }
    }
}

/// Sex as the identity number or the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Woman.
    Woman,
    /// Man.
    Man,
}

impl Sex {
    /// The word that is stored and counted under.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Woman => "woman",
            Self::Man => "man",
        }
    }

    /// The sex of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Woman, Self::Man].into_iter().find(|sex| sex.code() == code)
    }
}

/// Why a text is no identity number. Never holds what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Nothing was written.
    #[error("no identity number was given")]
    Empty,
    /// Not ten or twelve digits.
    #[error("an identity number has ten or twelve digits")]
    Length,
    /// Other signs than digits.
    #[error("an identity number holds digits only, and - or + before the last four")]
    Letters,
    /// A hyphen or plus somewhere else than before the last four digits.
    #[error("the hyphen or plus stands before the last four digits")]
    Sign,
    /// No such month.
    #[error("there is no such month")]
    Month,
    /// No such day.
    #[error("there is no such day in that month")]
    Day,
    /// Another century than the 19th to the 21st.
    #[error("the century is 18, 19 or 20")]
    Century,
    /// Born later than today.
    #[error("the date of birth has not come yet")]
    Future,
    /// The last digit does not follow from the others.
    #[error("the check digit does not agree with the other digits")]
    CheckDigit,
    /// A temporary number with a letter, which is not accepted.
    #[error("temporary numbers with a letter are not accepted")]
    Interim,
    /// A reserve number in no form that is known.
    #[error("a reserve number is written with its maker, a colon and the number")]
    Reserve,
}

impl IdentityError {
    /// What is wrong, in words for people.
    #[must_use]
    pub fn words(self, lang: Lang) -> String {
        match self {
            Self::Empty => t!(lang, "identity-error-empty"),
            Self::Length => t!(lang, "identity-error-length"),
            Self::Letters => t!(lang, "identity-error-letters"),
            Self::Sign => t!(lang, "identity-error-sign"),
            Self::Month => t!(lang, "identity-error-month"),
            Self::Day => t!(lang, "identity-error-day"),
            Self::Century => t!(lang, "identity-error-century"),
            Self::Future => t!(lang, "identity-error-future"),
            Self::CheckDigit => t!(lang, "identity-error-check-digit"),
            Self::Interim => t!(lang, "identity-error-interim"),
            Self::Reserve => t!(lang, "identity-error-reserve"),
        }
    }
}

/// When somebody was born, as far as the number tells: month 0 and day 0 are unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Birth {
    year: i16,
    month: i8,
    day: i8,
}

/// An identity number that has been checked. Prints nothing of itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    kind: IdentityKind,
    /// Of a reserve number: the OID of its series, or the local name of its maker.
    system: Option<String>,
    value: String,
    birth: Option<Birth>,
    sex: Option<Sex>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({}, …)", self.kind.code())
    }
}

/// Reserve numbers of Region Stockholm, `99yyyyNNNNNC`.
const STOCKHOLM: &str = "1.2.752.97.3.1.3";
/// Reserve numbers of Västra Götalandsregionen, `yyyymmddGggC` with G one of K, M and X.
const VASTRA_GOTALAND: &str = "1.2.752.113.11.0.2.1.1.1";
/// Reserve numbers of Region Värmland, `yyyymmddABNC`.
const VARMLAND: &str = "1.2.752.74.9.2";
/// The older series of Carelink, `yyyymmxxNNNC` with xx from 32 to 59.
const CARELINK: &str = "carelink";
/// Letters that stand first of the last four in a temporary number.
const INTERIM: &str = "TRSUWXJKLMN";

impl Identity {
    /// Reads an identity number as people write it: ten or twelve digits with or without `-` or `+`, spaces anywhere, or a
    /// reserve number. A reserve number of no known form is written `maker:number`, such as `R:4711`, where the maker is a
    /// name or an OID. `today` settles the century of ten digits.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, today: Date) -> Result<Self, IdentityError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).map(as_ascii_hyphen).take(200).collect();
        if text.is_empty() {
            return Err(IdentityError::Empty);
        }
        if let Some((system, value)) = text.split_once(':') {
            return Self::reserve(system, value, today);
        }
        let (body, sign) = without_sign(&text)?;
        if !body.bytes().all(|b| b.is_ascii_digit()) {
            return Self::lettered(&body, today);
        }
        match body.len() {
            10 => {
                let twelve = with_century(&body, sign == Some('+'), today)?;
                Self::digits(twelve, today)
            }
            12 => Self::digits(body, today),
            _ => Err(IdentityError::Length),
        }
    }

    /// Twelve ASCII digits.
    fn digits(twelve: String, today: Date) -> Result<Self, IdentityError> {
        let (Some(century), Some(year), Some(month), Some(day)) =
            (number(&twelve, 0, 2), number(&twelve, 0, 4), number(&twelve, 4, 6), number(&twelve, 6, 8))
        else {
            return Err(IdentityError::Length);
        };
        if century == 99 {
            return Self::stockholm(twelve, today);
        }
        if !(18..=20).contains(&century) {
            return Err(IdentityError::Century);
        }
        let (kind, system, real_day) = match day {
            60..=91 => (IdentityKind::Samordningsnummer, None, day - 60),
            32..=59 => (IdentityKind::Reserve, Some(CARELINK.to_owned()), 0),
            _ => (IdentityKind::Personnummer, None, day),
        };
        // A samordningsnummer may have an unknown month or a day its month does not have.
        let unknown_month = month == 0 && kind == IdentityKind::Samordningsnummer;
        if month > 12 || (month == 0 && !unknown_month) {
            return Err(IdentityError::Month);
        }
        let birth = Birth { year, month: small(month), day: small(real_day) };
        if kind == IdentityKind::Personnummer && Date::new(birth.year, birth.month, birth.day).is_err() {
            return Err(IdentityError::Day);
        }
        if !luhn(&twelve, 2) {
            return Err(IdentityError::CheckDigit);
        }
        if birth.after(today) {
            return Err(IdentityError::Future);
        }
        let sex = (kind != IdentityKind::Reserve).then(|| number(&twelve, 10, 11)).flatten().map(odd_is_man);
        Ok(Self { kind, system, value: twelve, birth: Some(birth), sex })
    }

    fn stockholm(value: String, today: Date) -> Result<Self, IdentityError> {
        let year =
            number(&value, 2, 6).filter(|year| (1850..=today.year()).contains(year)).ok_or(IdentityError::Century)?;
        if !luhn(&value, 4) {
            return Err(IdentityError::CheckDigit);
        }
        let birth = Some(Birth { year, month: 0, day: 0 });
        Ok(Self { kind: IdentityKind::Reserve, system: Some(STOCKHOLM.to_owned()), value, birth, sex: None })
    }

    /// The known reserve forms with letters: a date of birth and four signs.
    fn lettered(body: &str, today: Date) -> Result<Self, IdentityError> {
        let body = body.to_ascii_uppercase();
        let bytes = body.as_bytes();
        let shape: String = bytes
            .iter()
            .map(|b| {
                if b.is_ascii_digit() {
                    '9'
                } else if b.is_ascii_uppercase() {
                    'A'
                } else {
                    '?'
                }
            })
            .collect();
        let letter = bytes.get(bytes.len().saturating_sub(4)).copied().map_or(' ', char::from);
        let (system, sex) = match shape.as_str() {
            "99999999A999" if "KMX".contains(letter) => {
                let sex = match letter {
                    'K' => Some(Sex::Woman),
                    'M' => Some(Sex::Man),
                    _ => None,
                };
                (VASTRA_GOTALAND, sex)
            }
            "99999999AA99" => (VARMLAND, None),
            "99999999A999" | "999999A999" if INTERIM.contains(letter) => return Err(IdentityError::Interim),
            _ => return Err(IdentityError::Letters),
        };
        let (Some(year), Some(month), Some(day)) = (number(&body, 0, 4), number(&body, 4, 6), number(&body, 6, 8))
        else {
            return Err(IdentityError::Letters);
        };
        if !(1850..=today.year()).contains(&year) {
            return Err(IdentityError::Century);
        }
        let birth = Birth { year, month: small(month), day: small(day) };
        if !(1..=12).contains(&month) {
            return Err(IdentityError::Month);
        }
        if Date::new(birth.year, birth.month, birth.day).is_err() {
            return Err(IdentityError::Day);
        }
        if birth.after(today) {
            return Err(IdentityError::Future);
        }
        Ok(Self { kind: IdentityKind::Reserve, system: Some(system.to_owned()), value: body, birth: Some(birth), sex })
    }

    /// `maker:number`. A series whose form is known is read by that form, so that the same number is the same identity
    /// however it was written.
    fn reserve(system: &str, value: &str, today: Date) -> Result<Self, IdentityError> {
        let system = system.to_ascii_lowercase();
        let value = value.to_ascii_uppercase();
        let is_oid = system.contains('.')
            && system.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()));
        let is_name = system.starts_with(|c: char| c.is_ascii_lowercase())
            && system.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let sound_value = (1..=30).contains(&value.len())
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && value.bytes().any(|b| b.is_ascii_alphanumeric());
        if !(is_oid || is_name) || system.len() > 60 || !sound_value {
            return Err(IdentityError::Reserve);
        }
        if [STOCKHOLM, VASTRA_GOTALAND, VARMLAND, CARELINK].contains(&system.as_str()) {
            let known = Self::parse(&value, today)?;
            return if known.system.as_deref() == Some(system.as_str()) {
                Ok(known)
            } else {
                Err(IdentityError::Reserve)
            };
        }
        Ok(Self { kind: IdentityKind::Reserve, system: Some(system), value, birth: None, sex: None })
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// Of a reserve number: the OID of its series or the name of its maker.
    #[must_use]
    pub fn system(&self) -> Option<&str> {
        self.system.as_deref()
    }

    /// The twelve digits of a personnummer or samordningsnummer; `None` for a reserve number.
    #[must_use]
    pub fn twelve(&self) -> Option<&str> {
        (self.kind != IdentityKind::Reserve).then_some(self.value.as_str())
    }

    /// For showing: `YYYYMMDD-NNNN`; a reserve number as it was made, with its maker where that is only a name.
    #[must_use]
    pub fn shown(&self) -> String {
        match (&self.system, self.value.split_at_checked(8)) {
            (Some(system), _) if self.birth.is_none() => format!("{}:{}", system.to_uppercase(), self.value),
            (_, Some((date, last))) if self.value.len() == 12 => format!("{date}-{last}"),
            _ => self.value.clone(),
        }
    }

    /// For storing and comparing: the same identity gives the same text, and [`Identity::parse`] reads it back.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.system.as_ref().map_or_else(|| self.value.clone(), |system| format!("{system}:{}", self.value))
    }

    /// The sex that the number tells, if it does.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        self.sex
    }

    /// The year of birth that the number tells, if it does.
    #[must_use]
    pub fn birth_year(&self) -> Option<i32> {
        self.birth.map(|birth| i32::from(birth.year))
    }

    /// Whole years lived on a day. `None` when the number tells no month, and before birth. An unknown day counts as the first.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<u32> {
        let birth = self.birth.filter(|birth| birth.month > 0)?;
        let before_birthday = (day.month(), day.day()) < (birth.month, birth.day);
        u32::try_from(i32::from(day.year()) - i32::from(birth.year) - i32::from(before_birthday)).ok()
    }
}

impl Birth {
    fn after(self, day: Date) -> bool {
        (self.year, self.month, self.day) > (day.year(), day.month(), day.day())
    }
}

/// The dashes that keyboards and text programs put for a hyphen.
fn as_ascii_hyphen(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '−' => '-',
        other => other,
    }
}

/// The text without the one sign that may stand before the last four.
fn without_sign(text: &str) -> Result<(String, Option<char>), IdentityError> {
    let mut signs = text.char_indices().filter(|(_, c)| matches!(c, '-' | '+'));
    match (signs.next(), signs.next()) {
        (None, _) => Ok((text.to_owned(), None)),
        (Some((at, sign)), None) if text.chars().count() > 4 && text.len() - at == 5 => {
            Ok((text.chars().filter(|c| *c != sign).collect(), Some(sign)))
        }
        _ => Err(IdentityError::Sign),
    }
}

/// Ten digits with their century: the last one in which the date has come, and with a plus (which is written from the year
/// of turning a hundred) the last one that is a hundred years back.
fn with_century(ten: &str, plus: bool, today: Date) -> Result<String, IdentityError> {
    let (Some(yy), Some(month), Some(day)) = (number(ten, 0, 2), number(ten, 2, 4), number(ten, 4, 6)) else {
        return Err(IdentityError::Length);
    };
    let day = if day >= 60 { day - 60 } else { day };
    let fits = |century: i16| {
        let year = century * 100 + yy;
        if plus {
            year + 100 <= today.year()
        } else {
            (year, month, day) <= (today.year(), i16::from(today.month()), i16::from(today.day()))
        }
    };
    let century = [20, 19, 18].into_iter().find(|century| fits(*century)).ok_or(IdentityError::Future)?;
    Ok(format!("{century}{ten}"))
}

fn number(digits: &str, from: usize, to: usize) -> Option<i16> {
    digits.get(from..to)?.parse().ok()
}

/// A part of a date, two digits at most.
fn small(part: i16) -> i8 {
    i8::try_from(part).unwrap_or(0)
}

fn odd_is_man(digit: i16) -> Sex {
    if digit % 2 == 1 { Sex::Man } else { Sex::Woman }
}

/// Whether the digits from `from` on end with the right check digit (Luhn, modulus 10).
fn luhn(digits: &str, from: usize) -> bool {
    let sum: u32 = digits
        .bytes()
        .skip(from)
        .map(|byte| u32::from(byte.saturating_sub(b'0')))
        .rev()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests;
