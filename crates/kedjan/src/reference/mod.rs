//! What is the same for everybody: counties, municipalities, languages and the official test numbers. Read-only, in the
//! program itself, and nothing here is about a real person.

mod fold;
mod languages;
mod places;
mod test_numbers;
mod tiles;

pub use fold::{fold, fold_wide};
pub use languages::{Language, language, languages};
pub use places::{County, Municipality, counties, county, county_of, find_municipality, municipalities, municipality};
pub use test_numbers::{is_official_test_number, official_test_numbers};
pub use tiles::{Spot, spot};
