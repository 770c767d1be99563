//! A table as a PX file, which PxWeb and the programs of statistical offices read (PC-Axis file format, AXIS-VERSION 2013).

use chain::text::Lang;

use super::table::{About, Axis, Cell, Role, Series, Table, Unit, unit_name};
use crate::t;
use crate::web::format;

/// The longest text between two quotation marks: no line may be longer than 256 characters.
const LONGEST: usize = 200;

/// The table with all that describes it.
pub(crate) fn px(table: &Table, about: &About, lang: Lang) -> String {
    let mut file = Keywords(String::new());
    let measure = t!(lang, "figures-column-measure");
    let names = distinct(&table.series, lang);
    file.text("CHARSET", "ANSI");
    file.text("AXIS-VERSION", "2013");
    file.text("CODEPAGE", "utf-8");
    file.text("LANGUAGE", crate::web::lang::code(lang));
    file.text("CREATION-DATE", &format::local(about.at).strftime("%Y%m%d %H:%M").to_string());
    // Half of the numbers are counts: the others say their decimals one by one.
    file.word("DECIMALS", "1");
    file.word("SHOWDECIMALS", "0");
    file.text("MATRIX", &table.name);
    file.text("SUBJECT-CODE", "KEDJAN");
    file.text("SUBJECT-AREA", &about.subject);
    file.word("DESCRIPTIONDEFAULT", "NO");
    file.text("DESCRIPTION", &table.title);
    file.text("TITLE", &table.title);
    file.text("CONTENTS", &table.title);
    let axes = || table.axes.iter();
    if table.axes.is_empty() {
        file.text("STUB", &measure);
    } else {
        file.in_line("STUB", axes().map(|axis| axis.name.as_str()));
        file.text("HEADING", &measure);
    }
    for axis in axes() {
        file.list(&of("VALUES", &axis.name), axis.codes.iter().map(|(_, name)| name.as_str()));
    }
    file.list(&of("VALUES", &measure), names.iter().map(String::as_str));
    for axis in axes() {
        file.time(axis);
        file.list(&of("CODES", &axis.name), axis.codes.iter().map(|(code, _)| code.as_str()));
    }
    file.list(&of("CODES", &measure), table.series.iter().map(|series| series.id.as_str()));
    file.text("CONTVARIABLE", &measure);
    for (series, name) in table.series.iter().zip(&names) {
        file.text(&of("UNITS", name), &unit_name(lang, series.unit));
        if series.unit == Unit::Percent {
            file.word(&format!("PRECISION({},{})", quoted(&measure), quoted(name)), "1");
        }
    }
    file.text("SOURCE", &about.source);
    file.text("NOTEX", &about.note);
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

    /// Several texts that belong together.
    fn in_line<'t>(&mut self, keyword: &str, texts: impl Iterator<Item = &'t str>) {
        self.word(keyword, &texts.map(quoted).collect::<Vec<_>>().join(","));
    }

    /// Which months or quarters there are: their codes without what stands between year and part.
    fn time(&mut self, axis: &Axis) {
        if let Role::Time(length) = axis.role {
            let times: Vec<String> = axis.codes.iter().map(|(code, _)| code.replace(['-', 'Q'], "")).collect();
            let first = format!("TLIST({length})");
            self.list_after(&of("TIMEVAL", &axis.name), &first, times.iter().map(String::as_str));
        }
    }

    /// The values, a line for each row; what is missing as its sign.
    fn data(&mut self, table: &Table) {
        self.0.push_str("DATA=\r\n");
        for cells in &table.rows {
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
