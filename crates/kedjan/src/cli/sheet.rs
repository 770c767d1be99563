//! Tables that come as workbooks. A workbook is a packed file that somebody else made: a few kilobytes can unpack to
//! terabytes. So it is unpacked by a process of its own, which may use so much memory and so much time and no more, and
//! hands the first sheet over as text, row by row.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use calamine::{Data, DataRef, Reader, Xlsx};

use super::Failure;

/// The largest workbook that is opened, in bytes.
const MOST_FILE: u64 = 64 << 20;
/// The most text that is taken of a sheet, in bytes: a table of some millions of cells.
const MOST_TEXT: u64 = 128 << 20;
/// The most columns and rows of a sheet. A workbook has no more rows.
const MOST_COLUMNS: u32 = 256;
const MOST_ROWS: u32 = 1 << 20;
/// What the process that unpacks may use: memory in KiB (the program itself takes some of it), and seconds of work.
const LIMITS: &str = "ulimit -v 1048576 && ulimit -t 60 && exec \"$0\" read-sheet -- \"$1\"";

/// Whether a file is a workbook, by its name.
pub(super) fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("xlsx"))
}

/// The first sheet of a workbook as CSV, a line for each row; rows that end early are filled up to the width of the first.
///
/// # Errors
/// A sentence that says what is wrong with the workbook.
pub(super) fn text_of(path: &Path) -> Result<Vec<u8>, String> {
    let told = |cause: &dyn std::fmt::Display| format!("{}: {cause}", path.display());
    let this = std::env::current_exe().map_err(|cause| told(&cause))?;
    let mut child = Command::new("/bin/sh")
        .args(["-c", LIMITS])
        .arg(this)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| told(&cause))?;
    let mut text = Vec::new();
    let read = child.stdout.take().map(|out| out.take(MOST_TEXT + 1).read_to_end(&mut text));
    if text.len() as u64 > MOST_TEXT {
        // It has gone on writing; nobody reads it any more.
        let _ = child.kill();
    }
    let ended = child.wait_with_output().map_err(|cause| told(&cause))?;
    match (ended.status.code(), read) {
        _ if text.len() as u64 > MOST_TEXT => Err(told(&"its first sheet is larger than a table can be here")),
        (Some(0), Some(Ok(_))) => Ok(text),
        (Some(2), _) => Err(told(&String::from_utf8_lossy(&ended.stderr).trim())),
        _ => Err(told(&"it takes more memory or time to unpack than a table needs, so it was not read to its end")),
    }
}

/// Unpacks a workbook and prints its first sheet. For the process that is held to its limits.
pub(super) fn print(path: &Path) -> Result<(), Failure> {
    let size = std::fs::metadata(path).map_err(words)?.len();
    if size > MOST_FILE {
        return Err(Failure::Words(format!("the file has {size} bytes; a workbook may have {MOST_FILE}")));
    }
    let file = BufReader::new(File::open(path).map_err(words)?);
    let mut book: Xlsx<_> =
        Xlsx::new(file).map_err(|cause| words(format!("is no workbook that can be read ({cause})")))?;
    let first = book.sheet_names().into_iter().next().ok_or_else(|| words("the workbook has no sheet"))?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(words)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut row, mut column, mut width) = (0, None, None);
    while let Some(cell) = cells.next_cell().map_err(words)? {
        let (to_row, to_column) = cell.get_position();
        if matches!(cell.get_value(), DataRef::Empty) {
            // A cell with a look and nothing in it.
            continue;
        }
        if to_column >= MOST_COLUMNS || to_row >= MOST_ROWS {
            return Err(words(format!("the sheet has more than {MOST_COLUMNS} columns or {MOST_ROWS} rows")));
        }
        if to_row > row {
            fill(&mut out, column, &mut width)?;
            let lines = usize::try_from(to_row - row).unwrap_or_default();
            write!(out, "{}", "\n".repeat(lines)).map_err(words)?;
            (row, column) = (to_row, None);
        }
        commas(&mut out, column.unwrap_or(0), to_column)?;
        column = Some(to_column);
        write!(out, "{}", field(cell.get_value())).map_err(words)?;
    }
    fill(&mut out, column, &mut width)?;
    writeln!(out).and_then(|()| out.flush()).map_err(words)
}

fn commas(out: &mut impl Write, from: u32, to: u32) -> Result<(), Failure> {
    let signs = usize::try_from(to.saturating_sub(from)).unwrap_or_default();
    write!(out, "{}", ",".repeat(signs)).map_err(words)
}

/// Ends a row whose last cell is in `column`: the first that has any sets the width, the others are filled up to it.
fn fill(out: &mut impl Write, column: Option<u32>, width: &mut Option<u32>) -> Result<(), Failure> {
    let Some(column) = column else { return Ok(()) };
    commas(out, column, *width.get_or_insert(column))
}

fn words(cause: impl std::fmt::Display) -> Failure {
    Failure::Words(cause.to_string())
}

/// A cell as a field of CSV. A whole number is written without decimals, as it shows; others have the fifteen digits that a
/// spreadsheet has, so that 0.1 + 0.2 is 0.3, and never three decimals, which somebody could take for thousands.
fn field(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) if number.is_finite() => {
            let text = format!("{number:.14e}").parse::<f64>().unwrap_or(*number).to_string();
            let is_three = text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3);
            if is_three { format!("{text}0") } else { text }
        }
        other => {
            let text = Data::from(other.clone()).to_string();
            let plain = !text.contains([',', ';', '\t', '"', '\n', '\r']);
            if plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
        }
    }
}
