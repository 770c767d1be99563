//! Tables as a workbook: a sheet for each, and one that says what each measure is and where the figures come from.

use chain::text::Lang;
use jiff::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::table::{About, Cell, Table, Unit, unit_name};
use crate::store::StoreError;
use crate::t;

/// The rows of a sheet: its title, a blank one, the heads of the columns, the values.
const HEADS: u32 = 2;
/// How wide columns of words and of figures are, in characters.
const WIDE: f64 = 34.0;
const NARROW: f64 = 16.0;
/// The longest name of a sheet.
const LONGEST_NAME: usize = 31;

/// The workbook, as the bytes of a file.
///
/// # Errors
/// A fault when the tables do not fit a workbook, which has room for a million rows.
pub(crate) fn xlsx(tables: &[Table], about: &About, lang: Lang) -> Result<Vec<u8>, StoreError> {
    workbook(tables, about, lang).map_err(|error| StoreError::Fault(format!("the workbook: {error}")))
}

fn workbook(tables: &[Table], about: &About, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = DocProperties::new().set_title(&about.source).set_creation_datetime(&moment(about.at));
    book.set_properties(&made);
    let looks = Looks::new();
    for table in tables {
        figures(book.add_worksheet(), table, about, &looks, lang)?;
    }
    definitions(book.add_worksheet(), tables, &about.source, &looks, lang)?;
    book.save_to_buffer()
}

/// When the file was made: of the report and not of the writing, so that the same figures are the same file.
fn moment(at: Timestamp) -> ExcelDateTime {
    u64::try_from(at.as_second()).ok().and_then(|s| ExcelDateTime::from_timestamp(s as i64).ok()).unwrap_or_default()
}

struct Looks {
    title: Format,
    head: Format,
    words: Format,
    count: Format,
    percent: Format,
    sign: Format,
}

impl Looks {
    fn new() -> Looks {
        let plain = || Format::new().set_align(FormatAlign::Top);
        Looks {
            title: Format::new().set_bold().set_font_size(14),
            head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            words: plain().set_text_wrap(),
            count: plain().set_num_format("#,##0"),
            percent: plain().set_num_format("0.0"),
            sign: plain().set_align(FormatAlign::Right),
        }
    }
}

fn figures(sheet: &mut Worksheet, table: &Table, about: &About, looks: &Looks, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(name(&table.short))?;
    sheet.write_with_format(0, 0, &table.title, &looks.title)?;
    let wide = columns(table.axes.len().max(1));
    sheet.set_freeze_panes(HEADS + 1, wide)?;
    for column in 0..wide {
        sheet.set_column_width(column, WIDE)?;
    }
    let after = match table.axes.is_empty() {
        false => across(sheet, table, looks, lang)?,
        true => down(sheet, table, looks, lang)?,
    };
    sheet.write(after + 1, 0, &about.note)?;
    sheet.write(after + 2, 0, &about.source)?;
    Ok(())
}

/// A row for each place, month or the like, a column for each measure. Gives the row after the last.
fn across(sheet: &mut Worksheet, table: &Table, looks: &Looks, lang: Lang) -> Result<u32, XlsxError> {
    for (axis, column) in table.axes.iter().zip(0..) {
        sheet.write_with_format(HEADS, column, &axis.name, &looks.head)?;
    }
    for (series, column) in table.series.iter().zip(columns(table.axes.len())..) {
        let head = format!("{} ({})", series.name, unit_name(lang, series.unit));
        sheet.write_with_format(HEADS, column, head, &looks.head)?.set_column_width(column, NARROW)?;
    }
    let mut row = HEADS + 1;
    for (key, cells) in table.keys().iter().zip(&table.rows) {
        for ((_, name), column) in key.iter().zip(0..) {
            sheet.write_with_format(row, column, *name, &looks.words)?;
        }
        for ((cell, series), column) in cells.iter().zip(&table.series).zip(columns(table.axes.len())..) {
            value(sheet, (row, column), *cell, series.unit, looks)?;
        }
        row += 1;
    }
    Ok(row)
}

/// A row for each measure, where there is nothing to put beside it. Gives the row after the last.
fn down(sheet: &mut Worksheet, table: &Table, looks: &Looks, lang: Lang) -> Result<u32, XlsxError> {
    let heads = [t!(lang, "figures-column-measure"), t!(lang, "figures-column-value"), t!(lang, "figures-column-unit")];
    for (head, column) in heads.iter().zip(0..) {
        sheet.write_with_format(HEADS, column, head, &looks.head)?;
    }
    let mut row = HEADS + 1;
    for (series, cell) in table.rows.iter().flat_map(|cells| table.series.iter().zip(cells)) {
        sheet.write_with_format(row, 0, &series.name, &looks.words)?;
        value(sheet, (row, 1), *cell, series.unit, looks)?;
        sheet.write_with_format(row, 2, unit_name(lang, series.unit), &looks.words)?;
        row += 1;
    }
    Ok(row)
}

fn value(sheet: &mut Worksheet, at: (u32, u16), cell: Cell, unit: Unit, looks: &Looks) -> Result<(), XlsxError> {
    let (row, column) = at;
    let look = if unit == Unit::Percent { &looks.percent } else { &looks.count };
    match (cell, cell.sign()) {
        (Cell::Known(number), _) => sheet.write_with_format(row, column, number, look)?,
        (_, sign) => sheet.write_with_format(row, column, sign.unwrap_or_default(), &looks.sign)?,
    };
    Ok(())
}

/// What each measure is, once, in the order of the tables.
fn definitions(
    sheet: &mut Worksheet,
    tables: &[Table],
    source: &str,
    looks: &Looks,
    lang: Lang,
) -> Result<(), XlsxError> {
    let title = t!(lang, "figures-definitions-sheet");
    sheet.set_name(name(&title))?;
    sheet.write_with_format(0, 0, &title, &looks.title)?;
    sheet.set_freeze_panes(HEADS + 1, 0)?;
    let heads =
        [t!(lang, "figures-column-measure"), t!(lang, "figures-column-unit"), t!(lang, "figures-column-definition")];
    for ((head, width), column) in heads.iter().zip([WIDE, NARROW, WIDE * 3.0]).zip(0..) {
        sheet.write_with_format(HEADS, column, head, &looks.head)?.set_column_width(column, width)?;
    }
    let mut told: Vec<&str> = Vec::new();
    let mut row = HEADS + 1;
    for series in tables.iter().flat_map(|table| &table.series) {
        if told.contains(&series.id.as_str()) {
            continue;
        }
        told.push(&series.id);
        let words = [series.name.clone(), unit_name(lang, series.unit), series.definition.clone()];
        for (word, column) in words.iter().zip(0..) {
            sheet.write_with_format(row, column, word, &looks.words)?;
        }
        row += 1;
    }
    let signs = [("..", t!(lang, "figures-sign-withheld")), (".", t!(lang, "figures-sign-empty"))];
    for ((sign, meaning), row) in signs.iter().zip(row + 1..) {
        sheet.write_with_format(row, 0, *sign, &looks.words)?.write_with_format(row, 2, meaning, &looks.words)?;
    }
    sheet.write(row + 4, 0, source)?;
    Ok(())
}

/// A number of columns; no table has more than fit.
fn columns(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// A name that a sheet may have.
fn name(title: &str) -> String {
    title.replace(['[', ']', ':', '*', '?', '/', '\\'], " ").chars().take(LONGEST_NAME).collect()
}
