//! A table as a PX file, which PxWeb and the programs of statistical offices read (PC-Axis file format, AXIS-VERSION 2013).

use chain::text::Lang;

use super::Report;
use super::table::{Cell, Kind, Series, Table, Unit, dimension_name, unit_name};
use crate::t;
use crate::web::format;

/// The longest text between two quotation marks: no line may be longer than 256 characters.
const LONGEST: usize = 200;

/// The table with all that describes it.
pub(super) fn px(table: &Table, report: &Report, subject: &str, lang: Lang) -> String {
    let mut file = Keywords(String::new());
    let measure = t!(lang, "figures-column-measure");
    let dimension = table.kind.dimension().map(|_| dimension_name(lang, table.kind));
    let names = distinct(&table.series, lang);
    file.text("CHARSET", "ANSI");
    file.text("AXIS-VERSION", "2013");
    file.text("CODEPAGE", "utf-8");
    file.text("LANGUAGE", crate::web::lang::code(lang));
    file.text("CREATION-DATE", &format::local(report.at).strftime("%Y%m%d %H:%M").to_string());
    // Half of the numbers are counts: the others say their decimals one by one.
    file.word("DECIMALS", "1");
    file.word("SHOWDECIMALS", "0");
    file.text("MATRIX", table.kind.name());
    file.text("SUBJECT-CODE", "KEDJAN");
    file.text("SUBJECT-AREA", subject);
    file.word("DESCRIPTIONDEFAULT", "NO");
    file.text("DESCRIPTION", &table.title);
    file.text("TITLE", &table.title);
    file.text("CONTENTS", &table.title);
    match &dimension {
        Some(name) => {
            file.text("STUB", name);
            file.text("HEADING", &measure);
            file.list(&of("VALUES", name), table.rows.iter().map(|(_, name, _)| name.as_str()));
        }
        None => file.text("STUB", &measure),
    }
    file.list(&of("VALUES", &measure), names.iter().map(String::as_str));
    if let Some(name) = &dimension {
        if table.kind == Kind::Months {
            let months = table.rows.iter().map(|(code, ..)| code.replace('-', "")).collect::<Vec<_>>();
            file.list_after(&of("TIMEVAL", name), "TLIST(M1)", months.iter().map(String::as_str));
        }
        file.list(&of("CODES", name), table.rows.iter().map(|(code, ..)| code.as_str()));
    }
    file.list(&of("CODES", &measure), table.series.iter().map(|series| series.id.as_str()));
    file.text("CONTVARIABLE", &measure);
    for (series, name) in table.series.iter().zip(&names) {
        file.text(&of("UNITS", name), &unit_name(lang, series.unit));
        if series.unit == Unit::Percent {
            file.word(&format!("PRECISION({},{})", quoted(&measure), quoted(name)), "1");
        }
    }
    file.text("SOURCE", &report.source(lang));
    file.text("NOTEX", &t!(lang, "figures-protected"));
    for (series, name) in table.series.iter().zip(&names) {
        file.text(&format!("VALUENOTE({},{})", quoted(&measure), quoted(name)), &series.definition);
    }
    for (number, sign) in [(1, "."), (2, "..")] {
        file.text(&format!("DATASYMBOL{number}"), sign);
    }
    file.data(table);
    file.0
}

/// The names of the measures. A count and a share may have the same name in a method, and two values of a variable may not:
/// then each says its unit.
fn distinct(series: &[Series], lang: Lang) -> Vec<String> {
    let twice = |name: &str| series.iter().filter(|other| other.name == name).count() > 1;
    let told = |one: &Series| format!("{} ({})", one.name, unit_name(lang, one.unit));
    series.iter().map(|one| if twice(&one.name) { told(one) } else { one.name.clone() }).collect()
}

fn of(keyword: &str, variable: &str) -> String {
    format!("{keyword}({})", quoted(variable))
}

/// A text between quotation marks, which it may not hold itself.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'").replace(['\r', '\n'], " "))
}

/// A file under way: a keyword, what it says, a semicolon.
struct Keywords(String);

impl Keywords {
    fn word(&mut self, keyword: &str, word: &str) {
        self.0.push_str(&format!("{keyword}={word};\r\n"));
    }

    fn text(&mut self, keyword: &str, text: &str) {
        let letters: Vec<char> = text.chars().collect();
        let parts: Vec<String> = letters.chunks(LONGEST).map(|part| quoted(&part.iter().collect::<String>())).collect();
        let whole = if parts.is_empty() { "\"\"".to_owned() } else { parts.join("\r\n") };
        self.word(keyword, &whole);
    }

    fn list<'t>(&mut self, keyword: &str, texts: impl Iterator<Item = &'t str>) {
        let texts: Vec<String> = texts.map(quoted).collect();
        self.word(keyword, &texts.join(",\r\n"));
    }

    fn list_after<'t>(&mut self, keyword: &str, first: &str, texts: impl Iterator<Item = &'t str>) {
        let texts: Vec<String> = std::iter::once(first.to_owned()).chain(texts.map(quoted)).collect();
        self.word(keyword, &texts.join(",\r\n"));
    }

    /// The values, a line for each row; what is missing as its sign.
    fn data(&mut self, table: &Table) {
        self.0.push_str("DATA=\r\n");
        for (_, _, cells) in &table.rows {
            let values: Vec<String> =
                cells.iter().zip(&table.series).map(|(cell, series)| written(*cell, series.unit)).collect();
            self.0.push_str(&values.join(" "));
            self.0.push_str("\r\n");
        }
        self.0.push_str(";\r\n");
    }
}

fn written(cell: Cell, unit: Unit) -> String {
    match (cell, cell.sign()) {
        (Cell::Known(value), _) if unit == Unit::Percent => format!("{value:.1}"),
        (Cell::Known(value), _) => format!("{value:.0}"),
        (_, sign) => quoted(sign.unwrap_or(".")),
    }
}
