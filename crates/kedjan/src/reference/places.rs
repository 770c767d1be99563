//! Counties and municipalities with the codes of Statistics Sweden. The codes are text: they begin with zero.

use std::sync::LazyLock;

use super::fold::{fold, fold_wide};

/// A county (län).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct County {
    /// Two digits.
    pub code: &'static str,
    /// Its Swedish name, such as "Blekinge län".
    pub name: &'static str,
}

/// A municipality (kommun).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Municipality {
    /// Four digits, of which the first two are the county's.
    pub code: &'static str,
    /// Its Swedish name, such as "Karlskrona".
    pub name: &'static str,
    /// The county's code.
    pub county: &'static str,
}

struct Places {
    counties: Vec<County>,
    municipalities: Vec<Municipality>,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let mut counties: Vec<County> = Vec::new();
    let mut municipalities: Vec<Municipality> = Vec::new();
    let lines = include_str!("../../reference/municipalities.csv").lines();
    for line in lines.filter(|line| !line.starts_with('#')).skip(1) {
        let mut fields = line.split(',');
        let (Some(code), Some(name), Some(county), Some(county_name)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        municipalities.push(Municipality { code, name, county });
        counties.push(County { code: county, name: county_name });
    }
    counties.sort_unstable_by_key(|county| county.code);
    counties.dedup();
    municipalities.sort_unstable_by_key(|municipality| municipality.code);
    Places { counties, municipalities }
});

/// The 21 counties by code.
#[must_use]
pub fn counties() -> &'static [County] {
    &PLACES.counties
}

/// The 290 municipalities by code.
#[must_use]
pub fn municipalities() -> &'static [Municipality] {
    &PLACES.municipalities
}

/// The county with this code.
#[must_use]
pub fn county(code: &str) -> Option<&'static County> {
    let at = counties().binary_search_by_key(&code, |county| county.code).ok()?;
    counties().get(at)
}

/// The municipality with this code.
#[must_use]
pub fn municipality(code: &str) -> Option<&'static Municipality> {
    let at = municipalities().binary_search_by_key(&code, |municipality| municipality.code).ok()?;
    municipalities().get(at)
}

/// The county that a municipality, by its code, lies in.
#[must_use]
pub fn county_of(municipality_code: &str) -> Option<&'static County> {
    county(municipality(municipality_code)?.county)
}

/// The municipality that a person means by a code or a name: "1080", "karlskrona", "Karlskrona kommun", "1080 Karlskrona",
/// "Sölvesborgs kommun", and "solvesborg" where no other place is written so.
#[must_use]
pub fn find_municipality(text: &str) -> Option<&'static Municipality> {
    let text = fold(text);
    let (first, rest) = text.split_once(' ').unwrap_or((&text, ""));
    if let Some(found) = municipality(first) {
        return (rest.is_empty() || names(found, rest, fold)).then_some(found);
    }
    let mut exact = municipalities().iter().filter(|place| names(place, &text, fold));
    if let Some(found) = exact.next() {
        return Some(found);
    }
    let wide = fold_wide(&text);
    let mut near = municipalities().iter().filter(|place| names(place, &wide, fold_wide));
    match (near.next(), near.next()) {
        (Some(found), None) => Some(found),
        _ => None,
    }
}

/// Whether the folded text is the place's name, with or without "kommun" or "stad" and the s of the genitive.
fn names(place: &Municipality, text: &str, fold: fn(&str) -> String) -> bool {
    let name = fold(place.name);
    let Some(end) = text.strip_prefix(name.as_str()) else {
        return false;
    };
    matches!(end, "" | " kommun" | "s kommun" | " stad" | "s stad")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_places_are_there() {
        assert_eq!(municipalities().len(), 290);
        assert_eq!(counties().len(), 21);
        let per_county: Vec<usize> = counties()
            .iter()
            .map(|county| municipalities().iter().filter(|place| place.county == county.code).count())
            .collect();
        assert_eq!(per_county, [26, 8, 9, 13, 13, 8, 12, 1, 5, 33, 6, 49, 16, 12, 10, 15, 10, 7, 8, 15, 14]);
        assert!(municipalities().iter().all(|place| place.code.len() == 4 && place.code.starts_with(place.county)));
        assert!(municipalities().windows(2).all(|pair| pair[0].code < pair[1].code));
        assert_eq!(county("10").unwrap().name, "Blekinge län");
        assert_eq!(county_of("1080").unwrap().code, "10");
        assert_eq!(county_of("9999"), None);
    }

    #[test]
    fn each_place_is_found_by_code_and_name() {
        for place in municipalities() {
            for text in [
                place.code.to_owned(),
                place.name.to_uppercase(),
                format!("{} {}", place.code, place.name),
                format!("{}s kommun", place.name),
            ] {
                assert_eq!(find_municipality(&text), Some(place), "{text}");
            }
        }
    }

    #[test]
    fn places_are_found_as_people_write_them() {
        for (text, code) in [
            ("solvesborg", "1083"),
            ("Göteborgs stad", "1480"),
            ("malung salen", "2023"),
            (" UPPLANDS  VÄSBY ", "0114"),
            ("Habo", "0643"),
            ("Håbo", "0305"),
        ] {
            assert_eq!(find_municipality(text).unwrap().code, code, "{text}");
        }
        for text in ["", " ", "Karl", "1080 Ronneby", "10800", "Blekinge", "Köpenhamn", "Häbo"] {
            assert_eq!(find_municipality(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,40}") {
            let _ = find_municipality(&text);
        }
    }
}
