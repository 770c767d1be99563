//! What tables and dimensions of releases are called.

use chain::text::Lang;

use crate::t;

pub(super) fn table_title(lang: Lang, name: &str) -> String {
    match name {
        "sexes" => t!(lang, "publication-table-sexes"),
        "ages" => t!(lang, "publication-table-ages"),
        "young_women" => t!(lang, "publication-table-young-women"),
        "quarters" => t!(lang, "publication-table-quarters"),
        "months" => t!(lang, "publication-table-months"),
        _ => t!(lang, "publication-table-measures"),
    }
}

pub(super) fn dimension_title(lang: Lang, id: &str) -> String {
    match id {
        "month" => t!(lang, "figures-column-month"),
        "quarter" => t!(lang, "publication-column-quarter"),
        "sex" => t!(lang, "figures-column-sex"),
        "age" => t!(lang, "publication-column-age"),
        _ => t!(lang, "publication-column-place"),
    }
}
