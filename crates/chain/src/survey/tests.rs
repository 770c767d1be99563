#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use super::*;
use crate::text::Lang;

const COUNTIES: &str = include_str!("../../../../surveys/county-boards.toml");

fn read(text: &str) -> Questionnaire {
    Questionnaire::parse(Source { name: "survey.toml", text })
        .unwrap_or_else(|all| panic!("{}", all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

#[test]
fn the_shipped_questionnaire_is_sound() {
    let counties = read(COUNTIES);
    assert_eq!(counties.id, "county_boards");
    assert_eq!(counties.remind, [14, 3]);
}
