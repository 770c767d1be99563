//! Who receives: the most specific unit that fits, and always somebody where the county has a fallback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use chain::route::{Candidate, Choice, Missing, NoReceiver, Reason, Wanted, route};
use proptest::prelude::*;

const MUNICIPALITIES: &str = include_str!("../../kedjan/reference/municipalities.csv");

fn municipalities() -> Vec<String> {
    let rows = MUNICIPALITIES.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    rows.filter_map(|line| line.split(',').next()).map(str::to_owned).collect()
}

fn unit(unit: &str) -> Candidate {
    Candidate { unit: unit.into(), kind: "social_services".into(), open: true, ..Candidate::default() }
}

fn of_municipality(name: &str, code: &str) -> Candidate {
    Candidate { municipalities: vec![code.into()], ..unit(name) }
}

fn of_county(name: &str, code: &str) -> Candidate {
    Candidate { counties: vec![code.into()], ..unit(name) }
}

fn wanted() -> Wanted {
    Wanted {
        kinds: vec!["social_services".into(), "addiction_care".into()],
        residence: Some("1080".into()),
        county: "10".into(),
        age: Some(30),
        substance: Some("alcohol".into()),
    }
}

fn chosen(wanted: &Wanted, candidates: &[Candidate]) -> Choice {
    route(wanted, candidates).unwrap()
}

#[test]
fn the_most_specific_wins_in_any_order() {
    let general = of_municipality("general", "1080");
    let young = Candidate { ages: Some((13, 20)), ..of_municipality("young", "1080") };
    let grown = Candidate { ages: Some((21, 99)), ..of_municipality("grown", "1080") };
    let drugs = Candidate { substances: vec!["narcotics".into()], ..of_municipality("drugs", "1080") };
    let drink = Candidate { substances: vec!["alcohol".into()], ..of_municipality("drink", "1080") };
    let county = Candidate { ages: Some((21, 99)), ..of_county("county", "10") };
    let elsewhere = of_municipality("elsewhere", "1081");
    use Reason::{AgeWithin, CountyMatched, OnlyOne, ResidenceMatched, SubstanceMatched};
    let table: [(&[&Candidate], &str, &[Reason]); 7] = [
        (&[&general, &county, &elsewhere], "general", &[ResidenceMatched]),
        (&[&county, &elsewhere], "county", &[CountyMatched, AgeWithin, OnlyOne]),
        (&[&general, &grown, &young], "grown", &[ResidenceMatched, AgeWithin]),
        (&[&general, &drink, &drugs], "drink", &[ResidenceMatched, SubstanceMatched]),
        (&[&general, &drink, &grown], "grown", &[ResidenceMatched, AgeWithin]),
        (&[&general, &young, &drugs], "general", &[ResidenceMatched, OnlyOne]),
        (&[&young, &county], "county", &[CountyMatched, AgeWithin, OnlyOne]),
    ];
    for (candidates, winner, why) in table {
        let mut given: Vec<Candidate> = candidates.iter().map(|one| (*one).clone()).collect();
        for _ in 0..2 {
            let choice = chosen(&wanted(), &given);
            assert_eq!((choice.unit.as_str(), choice.why.as_slice(), choice.fallback), (winner, why, false));
            given.reverse();
        }
    }
}

#[test]
fn among_equals_the_first_kind_and_then_the_first_wins() {
    let care = Candidate { kind: "addiction_care".into(), ..of_municipality("care", "1080") };
    let social = of_municipality("social", "1080");
    let other = of_municipality("other", "1080");
    assert_eq!(chosen(&wanted(), &[care.clone(), social.clone(), other.clone()]).unit, "social");
    assert_eq!(chosen(&wanted(), &[care.clone(), other, social.clone()]).unit, "other");
    let care_first = Wanted { kinds: vec!["addiction_care".into(), "social_services".into()], ..wanted() };
    assert_eq!(chosen(&care_first, &[social, care]).unit, "care");
}

#[test]
fn closed_units_and_other_kinds_receive_nothing() {
    let closed = Candidate { open: false, ..of_municipality("closed", "1080") };
    let school = Candidate { kind: "school".into(), fallback: true, ..of_county("school", "10") };
    assert_eq!(route(&wanted(), &[closed, school]), Err(NoReceiver { county: "10".into() }));
}

#[test]
fn the_fallback_says_what_was_missing() {
    let fallback = Candidate { fallback: true, ages: Some((65, 99)), ..of_county("fallback", "10") };
    let young = Candidate { ages: Some((13, 20)), ..of_municipality("young", "1080") };
    let drugs = Candidate { substances: vec!["narcotics".into()], ..of_municipality("drugs", "1080") };
    let homeless = Wanted { residence: None, ..wanted() };
    let ageless = Wanted { age: None, ..wanted() };
    for (wanted, candidates, missing) in [
        (&homeless, vec![fallback.clone(), of_municipality("x", "1080")], Missing::Residence),
        (&wanted(), vec![of_municipality("x", "1081"), fallback.clone(), young], Missing::UnitForAge),
        (&ageless, vec![fallback.clone()], Missing::UnitForAge),
        (&wanted(), vec![drugs, fallback.clone()], Missing::UnitForSubstance),
    ] {
        let choice = chosen(wanted, &candidates);
        assert_eq!((choice.unit.as_str(), choice.fallback), ("fallback", true));
        assert_eq!(choice.why, [Reason::CountyFallback { missing }]);
    }
}

#[test]
fn whoever_lives_in_a_county_without_units_is_received_where_it_happened() {
    let here = Candidate { fallback: true, ..of_county("here", "10") };
    let away = Wanted { residence: Some("1280".into()), ..wanted() };
    let choice = chosen(&away, std::slice::from_ref(&here));
    assert_eq!((choice.unit.as_str(), choice.fallback), ("here", true));
    let there = Candidate { fallback: true, ..of_municipality("there", "1281") };
    assert_eq!(chosen(&away, &[here, there]).unit, "there", "the fallback of the home county goes first");
}

#[test]
fn each_municipality_has_a_receiver_when_each_county_has_a_fallback() {
    let codes = municipalities();
    assert_eq!(codes.len(), 290);
    let mut counties: Vec<&str> = codes.iter().map(|code| &code[..2]).collect();
    counties.dedup();
    assert_eq!(counties.len(), 21);
    let mut units: Vec<Candidate> = counties
        .iter()
        .map(|county| Candidate { fallback: true, ages: Some((0, 0)), ..of_county(county, county) })
        .collect();
    for code in &codes {
        let choice = chosen(&Wanted { residence: Some(code.clone()), county: "10".into(), ..wanted() }, &units);
        assert_eq!((choice.unit.as_str(), choice.fallback), (&code[..2], true), "{code}");
    }
    units.extend(codes.iter().map(|code| of_municipality(code, code)));
    for code in &codes {
        let choice = chosen(&Wanted { residence: Some(code.clone()), county: "10".into(), ..wanted() }, &units);
        assert_eq!((choice.unit.as_str(), choice.fallback), (code.as_str(), false));
    }
}

fn any_candidate() -> impl Strategy<Value = Candidate> {
    let codes = || prop::sample::subsequence(vec!["1080", "1081", "1280", "0180"], 0..3);
    let counties = prop::sample::subsequence(vec!["10", "12", "01"], 0..2);
    let ages = prop::option::of((0u8..40, 0u8..99));
    let substances = prop::sample::subsequence(vec!["alcohol", "narcotics"], 0..2);
    let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
    (codes(), counties, ages, substances, any::<[bool; 3]>(), any::<u16>()).prop_map(
        move |(municipalities, counties, ages, substances, [open, fallback, care], unit)| Candidate {
            unit: unit.to_string(),
            kind: if care { "addiction_care" } else { "social_services" }.into(),
            municipalities: owned(municipalities),
            counties: owned(counties),
            ages,
            substances: owned(substances),
            open,
            fallback,
        },
    )
}

proptest! {
    #[test]
    fn with_a_county_fallback_nobody_is_without_a_receiver(
        mut candidates in prop::collection::vec(any_candidate(), 0..8),
        residence in prop::option::of("[0-9]{4}|1080|x|å"),
        age in prop::option::of(0u32..130),
        substance in prop::option::of("alcohol|narcotics|unknown"),
    ) {
        candidates.push(Candidate { fallback: true, ..of_county("last", "10") });
        let wanted = Wanted { residence, age, substance, ..wanted() };
        let choice = route(&wanted, &candidates).unwrap();
        let unit = candidates.iter().find(|one| one.unit == choice.unit && one.open).unwrap();
        prop_assert!(!choice.fallback || unit.fallback);
        prop_assert!(!choice.why.is_empty());
        prop_assert_eq!(route(&wanted, &candidates).unwrap(), choice);
    }
}
