//! Identity numbers as people write them.
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
fn a_coordination_number_of_ten_digits_has_its_century_by_the_day_of_birth() {
    for (today, year) in [(date(1914, 6, 5), 1914), (date(1914, 6, 4), 1814), (date(2014, 6, 4), 1914), (TODAY, 2014)] {
        assert_eq!(Identity::parse("140665-2386", today).unwrap().birth_year(), Some(year), "{today}");
    }
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
