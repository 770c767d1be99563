//! The register as files: each figure with what it is, and who has not reported.

use chain::text::Lang;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};
use serde_json::{Map, Value, json};

use super::{ALL, Register, Row, Table};
use crate::reference;
use crate::statistics::{Figure, Share, write_line};
use crate::store::StoreError;
use crate::t;
use crate::web::format;

/// A county's name, or that it is all of them.
pub(super) fn place(lang: Lang, code: &str) -> String {
    match reference::county(code) {
        Some(county) => county.name.to_owned(),
        None => t!(lang, "register-all"),
    }
}

/// Where the figures come from and how far they go.
pub(super) fn source(lang: Lang, register: &Register) -> String {
    let (year, date) = (register.year.to_string(), format::date(lang, format::local(register.at).date()));
    if register.reporting.expected.is_empty() {
        return t!(lang, "register-source-own", year = year, date = date);
    }
    t!(
        lang,
        "register-source",
        year = year,
        date = date,
        reported = register.reporting.whole(),
        all = register.reporting.expected.len()
    )
}

/// How a figure is written where it is not known: `..` withheld, `.` nothing to make a share of.
pub(super) fn sign(share: Share) -> &'static str {
    if share == Share::Empty { "." } else { ".." }
}

/// One figure of one row.
struct Line<'t> {
    id: &'t str,
    name: String,
    definition: String,
    figure: Cell,
}

#[derive(Clone, Copy)]
enum Cell {
    Count(Figure),
    Share(Share),
}

fn lines<'t>(lang: Lang, table: &'t Table, row: &Row) -> Vec<Line<'t>> {
    let counts = table.categories.iter().chain(&table.counts).map(|measure| Line {
        id: &measure.id,
        name: measure.name.get(lang).to_owned(),
        definition: measure.definition.get(lang).to_owned(),
        figure: Cell::Count(row.count(&measure.id)),
    });
    let shares = table.shares.iter().map(|indicator| Line {
        id: &indicator.id,
        name: indicator.name.get(lang).to_owned(),
        definition: indicator.definition.get(lang).to_owned(),
        figure: Cell::Share(row.share(indicator)),
    });
    counts.chain(shares).collect()
}

/// UTF-8 with a byte order mark, semicolons and decimal commas, as Excel set to Swedish reads it.
pub(super) fn csv(register: &Register, lang: Lang) -> String {
    let mut out = String::from("\u{feff}");
    let head = [
        t!(lang, "register-column-code"),
        t!(lang, "register-column-county"),
        t!(lang, "register-column-measure"),
        t!(lang, "register-column-definition"),
        t!(lang, "register-column-value"),
        t!(lang, "register-column-unit"),
        t!(lang, "register-column-n"),
        t!(lang, "register-column-reported"),
        t!(lang, "register-column-source"),
    ];
    write_line(&mut out, &head);
    let source = source(lang, register);
    let Some(table) = &register.table else { return out };
    for row in &table.rows {
        let reporting = reporting(register, row);
        for line in lines(lang, table, row) {
            let (value, unit, n) = match line.figure {
                Cell::Count(figure) => (
                    figure.open().map_or_else(|| "..".to_owned(), |n| n.to_string()),
                    t!(lang, "register-unit-count"),
                    String::new(),
                ),
                Cell::Share(share) => {
                    let percent = |share: f64| format::decimal(lang, share * 100.0, 1);
                    let n = match share {
                        Share::Open { whole, .. } => whole.to_string(),
                        Share::Empty | Share::Withheld => String::new(),
                    };
                    (share.value().map_or_else(|| sign(share).to_owned(), percent), t!(lang, "register-unit-share"), n)
                }
            };
            let code = if row.code == ALL { "00" } else { &row.code };
            write_line(
                &mut out,
                &[
                    code.to_owned(),
                    place(lang, &row.code),
                    line.name,
                    line.definition,
                    value,
                    unit,
                    n,
                    reporting.clone(),
                    source.clone(),
                ],
            );
        }
    }
    out
}

/// "12/13": how many of a row's municipalities have reported every month. Nothing where nobody else is to report.
fn reporting(register: &Register, row: &Row) -> String {
    let of = if row.code == ALL { register.reporting.clone() } else { register.reporting.of_county(&row.code) };
    if of.expected.is_empty() { String::new() } else { format!("{}/{}", of.whole(), of.expected.len()) }
}

/// The register for programs. What is withheld is `null`.
pub(super) fn json(register: &Register, lang: Lang) -> Value {
    let rows =
        register.table.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row))).map(|(table, row)| {
            let (mut counts, mut shares) = (Map::new(), Map::new());
            for line in lines(lang, table, row) {
                match line.figure {
                    Cell::Count(figure) => counts.insert(line.id.to_owned(), json!(figure.open())),
                    Cell::Share(Share::Open { part, whole }) => {
                        let share = part as f64 / whole as f64;
                        shares.insert(line.id.to_owned(), json!({ "share": share, "part": part, "n": whole }))
                    }
                    Cell::Share(Share::Empty | Share::Withheld) => shares.insert(line.id.to_owned(), Value::Null),
                };
            }
            json!({ "county": if row.code == ALL { "00" } else { &row.code }, "name": place(lang, &row.code),
            "counts": counts, "shares": shares, "reported": reporting(register, row) })
        });
    let rows: Vec<Value> = rows.collect();
    let told = |id: &str, name: &chain::text::Text, definition: &chain::text::Text| json!({ "id": id, "name": name.get(lang), "definition": definition.get(lang) });
    let table = register.table.as_ref();
    let measures: Vec<Value> = table
        .iter()
        .flat_map(|table| table.categories.iter().chain(&table.counts))
        .map(|measure| told(&measure.id, &measure.name, &measure.definition))
        .collect();
    let shares: Vec<Value> = table
        .iter()
        .flat_map(|table| &table.shares)
        .map(|share| told(&share.id, &share.name, &share.definition))
        .collect();
    json!({ "title": t!(lang, "register-title"), "year": register.year, "source": source(lang, register),
        "shown": table.is_some(), "measures": measures, "shares": shares, "rows": rows,
        "missing": register.reporting.missing })
}

/// A workbook with a sheet of figures and one of what they are.
///
/// # Errors
/// A fault when the table does not fit a workbook.
pub(super) fn xlsx(register: &Register, lang: Lang) -> Result<Vec<u8>, StoreError> {
    workbook(register, lang).map_err(|error| StoreError::Fault(format!("the workbook: {error}")))
}

fn workbook(register: &Register, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet();
    sheet.set_name(t!(lang, "register-sheet"))?;
    figures(sheet, register, lang, &bold)?;
    let sheet = book.add_worksheet();
    sheet.set_name(t!(lang, "register-definitions"))?;
    sheet.set_column_width(0, 40)?.set_column_width(1, 100)?;
    let mut at = 0;
    if let Some((table, row)) = register.table.as_ref().and_then(|table| Some((table, table.rows.last()?))) {
        for line in lines(lang, table, row) {
            sheet.write_with_format(at, 0, &line.name, &wrapped)?.write_with_format(
                at,
                1,
                &line.definition,
                &wrapped,
            )?;
            at += 1;
        }
    }
    sheet.write_with_format(at + 1, 0, "..", &wrapped)?.write(at + 1, 1, t!(lang, "register-withheld"))?;
    sheet.write(at + 3, 0, source(lang, register))?;
    book.save_to_buffer()
}

fn figures(sheet: &mut Worksheet, register: &Register, lang: Lang, bold: &Format) -> Result<(), XlsxError> {
    let percent = Format::new().set_num_format("0.0");
    let right = Format::new().set_align(FormatAlign::Right);
    sheet.write_with_format(0, 0, t!(lang, "register-title"), bold)?;
    sheet.write(1, 0, source(lang, register))?;
    sheet.write_with_format(3, 0, t!(lang, "register-column-county"), bold)?.set_column_width(0, 28)?;
    sheet.write_with_format(3, 1, t!(lang, "register-column-reported"), bold)?;
    sheet.set_freeze_panes(4, 1)?;
    let Some(table) = &register.table else { return Ok(()) };
    for (row, at) in table.rows.iter().zip(4..) {
        sheet.write(at, 0, place(lang, &row.code))?.write(at, 1, reporting(register, row))?;
        for (line, column) in lines(lang, table, row).into_iter().zip(2..) {
            if at == 4 {
                let unit = match line.figure {
                    Cell::Count(_) => t!(lang, "register-unit-count"),
                    Cell::Share(_) => t!(lang, "register-unit-share"),
                };
                sheet
                    .write_with_format(3, column, format!("{} ({unit})", line.name), bold)?
                    .set_column_width(column, 16)?;
            }
            match line.figure {
                Cell::Count(Figure::Open(n)) => sheet.write(at, column, n as f64)?,
                Cell::Count(Figure::Withheld) => sheet.write_with_format(at, column, "..", &right)?,
                Cell::Share(share) => match share.value() {
                    Some(value) => sheet.write_with_format(at, column, value * 100.0, &percent)?,
                    None => sheet.write_with_format(at, column, sign(share), &right)?,
                },
            };
        }
    }
    Ok(())
}
