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
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::reference::official_test_numbers;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 23);

    fn parse(text: &str) -> Result<Identity, IdentityError> {
        Identity::parse(text, TODAY)
    }

    fn any_test_number() -> impl Strategy<Value = &'static str> {
        (0..official_test_numbers().len()).prop_map(|at| official_test_numbers()[at])
    }

    #[test]
    fn every_official_number_is_read_in_each_way_of_writing() {
        for number in official_test_numbers() {
            let whole = parse(number).expect("a test number");
            assert_eq!(whole.twelve(), Some(*number));
            assert_eq!(whole.canonical(), *number);
            assert_eq!(whole.shown(), format!("{}-{}", &number[..8], &number[8..]));
            let sign = if whole.birth_year().unwrap() <= 1926 { '+' } else { '-' };
            for text in [
                format!("{}{sign}{}", &number[2..8], &number[8..]),
                format!(" {} {} - {} {} ", &number[..4], &number[4..8], &number[8..10], &number[10..]),
                format!("{}–{}", &number[..8], &number[8..]),
            ] {
                assert_eq!(parse(&text).as_ref(), Ok(&whole));
            }
        }
    }

    #[test]
    fn each_fault_has_its_name() {
        use IdentityError as E;
        for (text, error) in [
            ("", E::Empty),
            (" \t", E::Empty),
            ("450406-9249", E::CheckDigit),
            ("19450406924", E::Length),
            ("1945040692488", E::Length),
            ("1", E::Length),
            ("194513069248", E::Month),
            ("194500069248", E::Month),
            ("194504319248", E::Day),
            ("194504009248", E::Day),
            ("194504929248", E::Day),
            ("170000000000", E::Century),
            ("194504069249", E::CheckDigit),
            ("19450406-924x", E::Letters),
            ("19450406x9248", E::Letters),
            ("hemlig", E::Letters),
            ("19450406-T248", E::Interim),
            ("450406-T248", E::Interim),
            ("1945-04-06-9248", E::Sign),
            ("-194504069248", E::Sign),
            ("19450406-+9248", E::Sign),
            ("----", E::Sign),
            ("1234-", E::Sign),
            ("-1234", E::Length),
            ("١٩٤٥٠٤٠٦٩٢٤٨", E::Letters),
            ("1９4504069248", E::Letters),
            ("R:", E::Reserve),
            (":12", E::Reserve),
            ("R:å", E::Reserve),
            ("R:---", E::Reserve),
            ("1.2..3:12", E::Reserve),
            ("Väst:12", E::Reserve),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_date_to_come_is_refused_and_today_is_not() {
        let number = "194504069248";
        assert!(Identity::parse(number, date(1945, 4, 6)).is_ok());
        assert_eq!(Identity::parse(number, date(1945, 4, 5)), Err(IdentityError::Future));
        // Ten digits of a day to come were born a century ago; the plus goes with the year of turning a hundred.
        assert_eq!(Identity::parse("450406-9248", date(2045, 4, 5)).unwrap().twelve(), Some(number));
        assert_eq!(Identity::parse("450406-9248", date(2045, 4, 6)).unwrap().birth_year(), Some(2045));
        assert_eq!(Identity::parse("450406+9248", date(2045, 1, 1)).unwrap().twelve(), Some(number));
        assert_eq!(Identity::parse("450406+9248", date(2044, 12, 31)).unwrap().birth_year(), Some(1845));
    }

    #[test]
    fn the_number_tells_sex_and_age() {
        let woman = parse("194504069248").unwrap();
        assert_eq!(
            (woman.kind(), woman.sex(), woman.birth_year()),
            (IdentityKind::Personnummer, Some(Sex::Woman), Some(1945))
        );
        assert_eq!(woman.age_on(date(2026, 4, 5)), Some(80));
        assert_eq!(woman.age_on(date(2026, 4, 6)), Some(81));
        assert_eq!(woman.age_on(date(1944, 12, 31)), None);
        let man = parse("194509123412").unwrap();
        assert_eq!(man.sex(), Some(Sex::Man));
        let coordination = parse("191406652386").unwrap();
        assert_eq!(
            (coordination.kind(), coordination.age_on(date(1924, 6, 4))),
            (IdentityKind::Samordningsnummer, Some(9))
        );
        assert_eq!(coordination.age_on(date(1924, 6, 5)), Some(10));
    }

    #[test]
    fn reserve_numbers_are_read_by_their_forms() {
        for (text, system, shown, sex, year) in [
            ("19800315-K123", VASTRA_GOTALAND, "19800315-K123", Some(Sex::Woman), Some(1980)),
            ("19800315M123", VASTRA_GOTALAND, "19800315-M123", Some(Sex::Man), Some(1980)),
            ("19800315x123", VASTRA_GOTALAND, "19800315-X123", None, Some(1980)),
            ("19800315AB12", VARMLAND, "19800315-AB12", None, Some(1980)),
            ("991980123458", STOCKHOLM, "99198012-3458", None, Some(1980)),
            ("198003451237", CARELINK, "19800345-1237", None, Some(1980)),
            ("R:4711", "r", "R:4711", None, None),
            ("skane: ab-12", "skane", "SKANE:AB-12", None, None),
            ("1.2.752.74.9.1:X1", "1.2.752.74.9.1", "1.2.752.74.9.1:X1", None, None),
        ] {
            let identity = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(identity.kind(), IdentityKind::Reserve, "{text}");
            assert_eq!((identity.system(), identity.shown().as_str()), (Some(system), shown), "{text}");
            assert_eq!((identity.sex(), identity.birth_year(), identity.twelve()), (sex, year, None), "{text}");
            assert_eq!(parse(&identity.canonical()), Ok(identity), "{text}");
        }
        assert_eq!(parse("991980123459"), Err(IdentityError::CheckDigit));
        assert_eq!(parse("198003451238"), Err(IdentityError::CheckDigit));
        assert_eq!(parse("19801315K123"), Err(IdentityError::Month));
        assert_eq!(parse("19800230AB12"), Err(IdentityError::Day));
        assert_eq!(parse("20990230AB12"), Err(IdentityError::Century));
        assert_eq!(parse(&format!("{VARMLAND}:19800315K123")), Err(IdentityError::Reserve));
    }

    #[test]
    fn errors_and_logs_hold_no_number() {
        let identity = parse("194504069248").unwrap();
        assert_eq!(format!("{identity:?}"), "Identity(personnummer, …)");
        let error = parse("194504069249").unwrap_err();
        for lang in [Lang::Sv, Lang::En] {
            let words = error.words(lang);
            assert!(words.len() > 15 && !words.contains("1945"), "{words}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_caught(number in any_test_number(), at in 2usize..12, digit in 0u8..10) {
            let mut bytes = number.as_bytes().to_vec();
            prop_assume!(bytes[at] != b'0' + digit);
            bytes[at] = b'0' + digit;
            let wrong = String::from_utf8(bytes).unwrap();
            prop_assert!(parse(&wrong).is_err());
            prop_assert!(parse(&wrong[2..]).is_err());
        }

        #[test]
        fn two_swapped_neighbours_are_caught_but_for_nine_and_zero(number in any_test_number(), at in 2usize..11) {
            let mut bytes = number.as_bytes().to_vec();
            let pair = [bytes[at], bytes[at + 1]];
            prop_assume!(pair[0] != pair[1] && pair != [b'0', b'9'] && pair != [b'9', b'0']);
            bytes.swap(at, at + 1);
            prop_assert!(parse(&String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn a_plus_means_turned_a_hundred(number in any_test_number()) {
            let year: i32 = number[..4].parse().unwrap();
            // A leap day need not be there a century before.
            prop_assume!(&number[4..8] != "0229");
            let plus = parse(&format!("{}+{}", &number[2..8], &number[8..])).unwrap();
            prop_assert_eq!(plus.birth_year(), Some(if year <= 1926 { year } else { year - 100 }));
        }

        #[test]
        fn any_text_is_survived_and_what_is_read_is_read_again(text in "\\PC{0,40}|[0-9KMXT+: -]{0,20}|[a-z.0-9]{1,9}:[A-Z0-9-]{0,9}") {
            if let Ok(identity) = parse(&text) {
                prop_assert_eq!(parse(&identity.canonical()), Ok(identity.clone()));
                prop_assert!(!identity.shown().is_empty());
            }
        }
    }
}
