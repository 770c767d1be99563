//! What people write about a person, checked all at once.

use chain::text::Lang;
use jiff::civil::Date;

use super::identity::{Identity, IdentityError, Sex};
use super::{Contact, NewPerson};
use crate::reference::{find_municipality, is_official_test_number};
use crate::t;

const NAME_MAX: usize = 200;
const ADDRESS_MAX: usize = 300;
const EARLIEST_BIRTH: i32 = 1850;

/// A person as written in a form or a request; an empty text is no answer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPersonInput {
    /// Identity number.
    pub identity: String,
    /// Name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// Postal address.
    pub address: String,
    /// Municipality, by name or code.
    pub municipality: String,
    /// `woman` or `man`.
    pub sex: String,
    /// Year of birth.
    pub birth_year: String,
    /// Whether the person has protected personal data.
    pub protected: bool,
}

/// One thing that is wrong with what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonIssue {
    /// The field of [`NewPersonInput`].
    pub field: &'static str,
    /// What is wrong with it.
    pub kind: IssueKind,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueKind {
    /// The identity number.
    Identity(IdentityError),
    /// In a demonstration: not one of the official test numbers.
    IdentityDemo,
    /// The name is longer than 200 characters.
    NameLong,
    /// The name holds control characters.
    NameSigns,
    /// No phone number.
    Phone,
    /// No e-mail address.
    Email,
    /// The address is longer than 300 characters or holds control characters.
    Address,
    /// The address of a person with protected personal data.
    AddressProtected,
    /// No such municipality.
    Municipality,
    /// Another word than the two.
    Sex,
    /// No year from 1850 to this one.
    BirthYear,
    /// Another year than the identity number's.
    BirthYearDiffers,
}

impl PersonIssue {
    /// What is wrong and what to do, in words for people.
    #[must_use]
    pub fn words(self, lang: Lang) -> String {
        match self.kind {
            IssueKind::Identity(error) => error.words(lang),
            IssueKind::IdentityDemo => t!(lang, "person-error-identity-demo"),
            IssueKind::NameLong => t!(lang, "person-error-name-long"),
            IssueKind::NameSigns => t!(lang, "person-error-name-signs"),
            IssueKind::Phone => t!(lang, "person-error-phone"),
            IssueKind::Email => t!(lang, "person-error-email"),
            IssueKind::Address => t!(lang, "person-error-address"),
            IssueKind::AddressProtected => t!(lang, "person-error-address-protected"),
            IssueKind::Municipality => t!(lang, "person-error-municipality"),
            IssueKind::Sex => t!(lang, "person-error-sex"),
            IssueKind::BirthYear => t!(lang, "person-error-birth-year"),
            IssueKind::BirthYearDiffers => t!(lang, "person-error-birth-year-differs"),
        }
    }
}

/// The person that was written down, or everything that is wrong. In a demonstration only official test numbers are taken.
/// Nothing is required: there may be no number and no name.
///
/// # Errors
/// Every issue, in the order of the fields.
pub fn validate(input: &NewPersonInput, demo: bool, today: Date) -> Result<NewPerson, Vec<PersonIssue>> {
    let mut issues = Vec::new();
    let mut check = |field, text: &str, read: &dyn Fn(&str) -> Option<IssueKind>| {
        let text = text.trim();
        let issue = if text.is_empty() { None } else { read(text) };
        issues.extend(issue.map(|kind| PersonIssue { field, kind }));
        (!text.is_empty() && issue.is_none()).then(|| text.to_owned())
    };

    check("identity", &input.identity, &|text| match Identity::parse(text, today) {
        Err(error) => Some(IssueKind::Identity(error)),
        Ok(identity) => (demo && !is_official_test_number(&identity)).then_some(IssueKind::IdentityDemo),
    });
    let identity = Identity::parse(&input.identity, today).ok();
    let name = check("name", &input.name, &name_issue);
    let phone = check("phone", &input.phone, &|text| (!is_phone(text)).then_some(IssueKind::Phone));
    let email = check("email", &input.email, &|text| (!is_email(text)).then_some(IssueKind::Email));
    let address = check("address", &input.address, &|text| address_issue(text, input.protected));
    let municipality = check("municipality", &input.municipality, &|text| {
        find_municipality(text).is_none().then_some(IssueKind::Municipality)
    });
    let sex = check("sex", &input.sex, &|text| Sex::from_code(text).is_none().then_some(IssueKind::Sex));
    let by_number = identity.as_ref().and_then(Identity::birth_year);
    let birth_year = check("birth_year", &input.birth_year, &|text| birth_year_issue(text, by_number, today));

    if !issues.is_empty() {
        return Err(issues);
    }
    Ok(NewPerson {
        name,
        contact: Contact {
            phone,
            email,
            address,
            municipality: municipality.and_then(|text| find_municipality(&text)).map(|found| found.code.to_owned()),
        },
        sex: sex.and_then(|code| Sex::from_code(&code)).or_else(|| identity.as_ref()?.sex()),
        birth_year: by_number.or_else(|| birth_year?.parse().ok()),
        protected: input.protected,
        identity,
    })
}

fn name_issue(name: &str) -> Option<IssueKind> {
    if name.chars().any(char::is_control) {
        Some(IssueKind::NameSigns)
    } else {
        (name.chars().count() > NAME_MAX).then_some(IssueKind::NameLong)
    }
}

/// Five to fifteen digits (the longest number there is, ITU-T E.164), with a plus first and the usual signs between.
fn is_phone(text: &str) -> bool {
    let rest = text.strip_prefix('+').unwrap_or(text);
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let usual = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '-' | '–' | '(' | ')' | '/' | '.');
    (5..=15).contains(&digits) && rest.chars().count() <= 30 && rest.chars().all(usual)
}

/// Enough to catch slips of the keyboard: one @ with something before it and a domain with a dot after it.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    let sound = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | ',' | ';' | '<' | '>' | '"');
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(sound)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && domain.contains('.')
        && domain.split('.').all(part)
}

fn address_issue(text: &str, protected: bool) -> Option<IssueKind> {
    // A form's text area gives line breaks.
    let unshowable = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r'));
    if protected {
        Some(IssueKind::AddressProtected)
    } else {
        (unshowable || text.chars().count() > ADDRESS_MAX).then_some(IssueKind::Address)
    }
}

fn birth_year_issue(text: &str, by_number: Option<i32>, today: Date) -> Option<IssueKind> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let year = text.parse::<i32>().ok().filter(|_| digits);
    match (year.filter(|year| (EARLIEST_BIRTH..=i32::from(today.year())).contains(year)), by_number) {
        (None, _) => Some(IssueKind::BirthYear),
        (Some(year), Some(other)) if year != other => Some(IssueKind::BirthYearDiffers),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::reference::official_test_numbers;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 23);

    fn issues(input: &NewPersonInput, demo: bool) -> Vec<(&'static str, IssueKind)> {
        validate(input, demo, TODAY)
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|issue| (issue.field, issue.kind))
            .collect()
    }

    #[test]
    fn nothing_is_required_and_what_is_given_is_kept_as_written() {
        assert_eq!(validate(&NewPersonInput::default(), true, TODAY), Ok(NewPerson::default()));
        let input = NewPersonInput {
            identity: "450406-9248".into(),
            name: " A\u{30a}sa  Testsson ".into(),
            phone: "070-174 06 05".into(),
            email: "asa@example.se".into(),
            address: "Testgatan 1\r\n371 00 Karlskrona".into(),
            municipality: "karlskrona".into(),
            ..Default::default()
        };
        let person = validate(&input, true, TODAY).unwrap();
        assert_eq!(person.identity.unwrap().twelve(), Some(official_test_numbers()[0]));
        assert_eq!(person.name.as_deref(), Some("A\u{30a}sa  Testsson"));
        assert_eq!(person.contact.municipality.as_deref(), Some("1080"));
        assert_eq!((person.sex, person.birth_year), (Some(Sex::Woman), Some(1945)));
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let input = NewPersonInput {
            identity: "19450406-9249".into(),
            name: "x".repeat(201),
            phone: "ring mig".into(),
            email: "asa@example".into(),
            address: "Hemliga gatan 1".into(),
            municipality: "Ankeborg".into(),
            sex: "ja".into(),
            birth_year: "2027".into(),
            protected: true,
        };
        let expected = [
            ("identity", IssueKind::Identity(IdentityError::CheckDigit)),
            ("name", IssueKind::NameLong),
            ("phone", IssueKind::Phone),
            ("email", IssueKind::Email),
            ("address", IssueKind::AddressProtected),
            ("municipality", IssueKind::Municipality),
            ("sex", IssueKind::Sex),
            ("birth_year", IssueKind::BirthYear),
        ];
        assert_eq!(issues(&input, false), expected);
        for issue in validate(&input, false, TODAY).unwrap_err() {
            for lang in [Lang::Sv, Lang::En] {
                let words = issue.words(lang);
                assert!(words.ends_with('.') && words.contains(' ') && !words.contains("9249"), "{words}");
            }
        }
        assert_ne!(
            PersonIssue { field: "sex", kind: IssueKind::Sex }.words(Lang::Sv),
            PersonIssue { field: "sex", kind: IssueKind::Sex }.words(Lang::En)
        );
    }

    #[test]
    fn a_demonstration_takes_no_real_number() {
        let some_other = |identity: &str| NewPersonInput { identity: identity.into(), ..Default::default() };
        // A sound number outside the official list, put together here so that it stands nowhere.
        let sound = (0..10)
            .map(|check| format!("19800229001{check}"))
            .find(|text| Identity::parse(text, TODAY).is_ok())
            .unwrap();
        assert_eq!(issues(&some_other(&sound), true), [("identity", IssueKind::IdentityDemo)]);
        assert_eq!(issues(&some_other("R:4711"), true), [("identity", IssueKind::IdentityDemo)]);
        assert_eq!(issues(&some_other(&sound), false), []);
        assert_eq!(issues(&some_other(official_test_numbers()[3000]), true), []);
    }

    #[test]
    fn phones_and_mail_are_known_by_their_shape() {
        for phone in ["0701740605", "+46 70-174 06 05", "08-465 004 00", "(0455) 30 30 00", "112 14"] {
            assert!(is_phone(phone), "{phone}");
        }
        for phone in ["1234", "+", "07O1740605", "0701740605 Kalle", "1234567890123456", "++46701740605"] {
            assert!(!is_phone(phone), "{phone}");
        }
        for email in ["a@b.se", "asa.testsson+x@kommun.example.se", "åsa@räksmörgås.se"] {
            assert!(is_email(email), "{email}");
        }
        for email in ["", "@", "a@b", "a b@c.se", "a@b@c.se", "a@.se", "a@b.se.", ".a@b.se", "a@b..se", "<a@b.se>"] {
            assert!(!is_email(email), "{email}");
        }
    }

    #[test]
    fn the_year_agrees_with_the_number() {
        let mut input = NewPersonInput {
            identity: official_test_numbers()[0].into(),
            birth_year: "1946".into(),
            ..Default::default()
        };
        assert_eq!(issues(&input, true), [("birth_year", IssueKind::BirthYearDiffers)]);
        input.birth_year = "1945".into();
        assert_eq!(issues(&input, true), []);
        input.identity.clear();
        assert_eq!(validate(&input, true, TODAY).unwrap().birth_year, Some(1945));
        for wrong in ["45", "+945", "1849", "٢٠٠٠", "20000"] {
            input.birth_year = wrong.into();
            assert_eq!(issues(&input, true), [("birth_year", IssueKind::BirthYear)], "{wrong}");
        }
    }

    #[test]
    fn logs_hold_nothing_of_the_person() {
        let input = NewPersonInput { name: "Hemlig".into(), ..Default::default() };
        assert!(!format!("{input:?} {:?}", validate(&input, true, TODAY)).contains("Hemlig"));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(texts in proptest::array::uniform8("\\PC{0,40}"), protected: bool, demo: bool) {
            let [identity, name, phone, email, address, municipality, sex, birth_year] = texts;
            let input = NewPersonInput { identity, name, phone, email, address, municipality, sex, birth_year, protected };
            if let Ok(person) = validate(&input, demo, TODAY) {
                prop_assert!(!(person.protected && person.contact.address.is_some()));
            }
        }
    }
}
