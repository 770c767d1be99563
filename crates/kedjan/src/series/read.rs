//! Reading a file of others' figures: comma, semicolon or tab, decimal comma or point, UTF-8 or Windows-1252. All that is wrong
//! is said at once with its line and column, and nothing is taken in before all is right.

use std::collections::HashMap;

use chain::text::Lang;
use disclosure::csv::{Row, Sheet, Source, sheet};
use disclosure::mistake::Wrong as Form;

use super::number::{names_somebody, number};
use super::words::{self, Area, Sex, Sign, Unit, alike, is_period};
use crate::t;

/// The most figures of a file.
pub const MOST_CELLS: usize = 20_000;
/// The largest file, in bytes.
pub const MOST_BYTES: usize = 2 << 20;

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Where: a municipality, a county or the nation.
    pub area: Area,
    /// What is measured: "Har använt narkotika någon gång".
    pub indicator: String,
    /// When: "2021", "2021/22", "2021-03" or "2021-Q1".
    pub period: String,
    /// Among whom: "åk 9"; empty for all.
    pub group: String,
    /// Women, men, or all.
    pub sex: Sex,
    /// What it is counted in.
    pub unit: Unit,
    /// Who made it.
    pub source: String,
    /// The value; none where its maker has none or keeps it back.
    pub value: Option<f64>,
    /// Why there is no value.
    pub sign: Sign,
    /// How many it is made of.
    pub n: Option<i64>,
    /// What is to be known of it.
    pub note: String,
}

/// A mistake with its place: the line from 1, and the column of the table from 1, or 0 when the whole line is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong.
    pub what: What,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The form of the file.
    Form(Form),
    /// The bytes are no text.
    NoText,
    /// A column that must be there is not.
    NoColumn(Column),
    /// A column that nobody knows, with the one that may be meant.
    Strange(String, Option<Column>),
    /// A field that must be filled in is empty.
    Empty(Column),
    /// A text is longer than it may be.
    Long(usize),
    /// It looks like a personal identity number.
    Personal,
    /// No such place; perhaps this one.
    NoArea(Option<String>),
    /// No such county; perhaps this one.
    NoCounty(Option<String>),
    /// The municipality lies in another county than the one that is said.
    OtherCounty,
    /// No such sex.
    NoSex,
    /// No such unit; perhaps this one.
    NoUnit(Option<String>),
    /// No time that can be read.
    NoPeriod,
    /// A time that has not been.
    Future,
    /// No number.
    NoNumber,
    /// Three digits after a point or a comma: thousands or decimals.
    Ambiguous,
    /// A per cent from a workbook that may be a share: 0.05 for 5 %.
    ShareInBook,
    /// A number below nought.
    Negative,
    /// More than a hundred per cent.
    Above,
    /// A count with decimals.
    NotWhole,
    /// A sign of per cent with another unit.
    PercentSign,
    /// The same figure as in another line.
    Twice(usize),
    /// More figures than a file may have.
    Many,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// See [`Cell`].
    Indicator,
    /// See [`Cell`].
    Period,
    /// See [`Cell`].
    Area,
    /// A county, where it has a column of its own.
    County,
    /// A municipality, where it has a column of its own.
    Municipality,
    /// See [`Cell`].
    Group,
    /// See [`Cell`].
    Sex,
    /// See [`Cell`].
    Value,
    /// See [`Cell`].
    Unit,
    /// See [`Cell`].
    N,
    /// See [`Cell`].
    Source,
    /// See [`Cell`].
    Note,
}

/// Each column with its meaning in the list of words, whether it must be there, and the longest text.
const COLUMNS: [(Column, &str, bool, usize); 12] = [
    (Column::Indicator, "indicator", true, 160),
    (Column::Period, "period", true, 20),
    (Column::Area, "area", false, 80),
    (Column::County, "county", false, 80),
    (Column::Municipality, "municipality", false, 80),
    (Column::Group, "group", false, 80),
    (Column::Sex, "sex", false, 20),
    (Column::Value, "value", true, 40),
    (Column::Unit, "unit", true, 40),
    (Column::N, "n", false, 20),
    (Column::Source, "source", true, 200),
    (Column::Note, "note", false, 400),
];

impl Column {
    fn row(self) -> (&'static str, usize) {
        let row = COLUMNS.iter().find(|(column, ..)| *column == self);
        row.map_or(("", 0), |(_, meaning, _, longest)| (*meaning, *longest))
    }

    /// Its name in a file.
    pub fn name(self) -> &'static str {
        words::written("column", self.row().0)
    }

    fn of(header: &str) -> Option<Column> {
        let meaning = words::meaning("column", header)?;
        COLUMNS.iter().find(|(_, name, ..)| *name == meaning).map(|(column, ..)| *column)
    }

    fn longest(self) -> usize {
        self.row().1
    }
}

/// The columns that say where a figure is. A file has the first, or one or both of the others.
const PLACES: [Column; 3] = [Column::Area, Column::County, Column::Municipality];

/// The names of the columns, as the first line of a file has them.
pub fn header() -> Vec<String> {
    let has = |column: &Column| !matches!(column, Column::County | Column::Municipality);
    COLUMNS.iter().filter(|(column, ..)| has(column)).map(|(column, ..)| column.name().to_owned()).collect()
}

/// Where the text of a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file of text, in which a figure stands as it is read.
    Text,
    /// A workbook, in which what is shown as 5 % is 0.05.
    Workbook,
}

/// The figures of a file, or all that is wrong with it. `year` is the year it is now.
///
/// # Errors
/// Every mistake, in the order of the lines.
pub fn read(bytes: &[u8], origin: Origin, year: i16) -> Result<Vec<Cell>, Vec<Mistake>> {
    let text = text(bytes).map_err(|mistake| vec![mistake])?;
    let names: Vec<&str> = words::all("column").collect();
    let (sheet, wrong) = sheet(Source { name: "", bytes: text.as_bytes() }, &names);
    let mut mistakes: Vec<Mistake> = wrong
        .0
        .into_iter()
        .map(|wrong| Mistake { line: wrong.place.line, column: wrong.place.column, what: of_form(wrong.what) })
        .collect();
    let mut cells = Vec::new();
    if let Some(sheet) = sheet {
        let columns = columns(&sheet, &mut mistakes);
        if sheet.rows.len() > MOST_CELLS {
            mistakes.push(Mistake { line: sheet.line, column: 0, what: What::Many });
        } else if columns.is_whole() {
            let mut seen: HashMap<String, usize> = HashMap::new();
            for row in &sheet.rows {
                let mut reading = Reading { row, columns: &columns, origin, year, mistakes: &mut mistakes };
                let Some(cell) = reading.cell() else { continue };
                match seen.get(&cell.key()) {
                    Some(first) => mistakes.push(Mistake { line: row.line, column: 0, what: What::Twice(*first) }),
                    None => drop(seen.insert(cell.key(), row.line)),
                }
                cells.push(cell);
            }
        }
        if sheet.rows.is_empty() && mistakes.is_empty() {
            mistakes.push(Mistake { line: sheet.line, column: 0, what: What::Form(Form::NoRows) });
        }
    }
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    if mistakes.is_empty() { Ok(cells) } else { Err(mistakes) }
}

/// What is wrong in the form of a file. The name of a column is said again only when it names nobody.
fn of_form(wrong: Form) -> What {
    match &wrong {
        Form::ColumnTwice(name) if names_somebody(name) => What::Personal,
        _ => What::Form(wrong),
    }
}

impl Cell {
    /// What a file can say only once.
    fn key(&self) -> String {
        [
            self.area.code(),
            &alike(&self.indicator),
            &self.period,
            &alike(&self.group),
            self.sex.name(),
            self.unit.name(),
            &alike(&self.source),
        ]
        .join("\u{1f}")
    }
}

/// The text of a file: UTF-8, or else Windows-1252 as older spreadsheets save.
fn text(bytes: &[u8]) -> Result<String, Mistake> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Mistake { line: 1, column: 0, what: What::Form(Form::Utf16) });
    }
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf");
    let bytes = marked.unwrap_or(bytes);
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(no_text(bytes, at));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        // It says itself that it is UTF-8, so it is not read as something else.
        Err(error) if marked.is_some() => return Err(no_text(bytes, error.valid_up_to())),
        Err(_) => {}
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            0x80..=0x9f => {
                let sign = WINDOWS.get(usize::from(*byte) - 0x80).copied().filter(|sign| *sign != '\u{fffd}');
                text.push(sign.ok_or_else(|| no_text(bytes, at))?);
            }
            other => text.push(char::from(*other)),
        }
    }
    Ok(text)
}

fn no_text(bytes: &[u8], at: usize) -> Mistake {
    let line = 1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    Mistake { line, column: 0, what: What::NoText }
}

/// What Windows-1252 has from 0x80 to 0x9f, where Latin-1 has nothing to write; five of them are nothing there either.
const WINDOWS: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Where each column stands in the file.
struct Columns(HashMap<Column, usize>);

impl Columns {
    fn has(&self, column: Column) -> bool {
        self.0.contains_key(&column)
    }

    fn is_whole(&self) -> bool {
        COLUMNS.iter().all(|(column, _, needed, _)| !needed || self.has(*column))
            && PLACES.iter().any(|place| self.has(*place))
    }
}

fn columns(sheet: &Sheet, mistakes: &mut Vec<Mistake>) -> Columns {
    let mut found = HashMap::new();
    for (at, header) in sheet.header.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
        let mut wrong = |what| mistakes.push(Mistake { line: sheet.line, column: at + 1, what });
        match Column::of(header) {
            _ if names_somebody(header) => wrong(What::Personal),
            Some(column) if found.contains_key(&column) => wrong(What::Form(Form::ColumnTwice(header.clone()))),
            // The place is said by one column, or by a county's and a municipality's.
            Some(Column::Area) if found.contains_key(&Column::County) || found.contains_key(&Column::Municipality) => {
                wrong(What::Form(Form::ColumnTwice(header.clone())));
            }
            Some(Column::County | Column::Municipality) if found.contains_key(&Column::Area) => {
                wrong(What::Form(Form::ColumnTwice(header.clone())));
            }
            Some(column) => drop(found.insert(column, at)),
            None => {
                let meant = chain::nearest(&header.to_lowercase(), words::all("column")).and_then(Column::of);
                wrong(What::Strange(header.chars().take(40).collect(), meant));
            }
        }
    }
    for (column, _, needed, _) in COLUMNS {
        if needed && !found.contains_key(&column) {
            mistakes.push(Mistake { line: sheet.line, column: 0, what: What::NoColumn(column) });
        }
    }
    if !PLACES.iter().any(|place| found.contains_key(place)) {
        mistakes.push(Mistake { line: sheet.line, column: 0, what: What::NoColumn(Column::Area) });
    }
    Columns(found)
}

struct Reading<'a> {
    row: &'a Row,
    columns: &'a Columns,
    origin: Origin,
    year: i16,
    mistakes: &'a mut Vec<Mistake>,
}

impl Reading<'_> {
    fn wrong(&mut self, column: Column, what: What) {
        let at = self.columns.0.get(&column).map_or(0, |at| at + 1);
        self.mistakes.push(Mistake { line: self.row.line, column: at, what });
    }

    fn field(&self, column: Column) -> &str {
        self.columns.0.get(&column).and_then(|at| self.row.fields.get(*at)).map_or("", |field| field.trim())
    }

    /// A text that is not too long and names nobody.
    fn text(&mut self, column: Column, needed: bool) -> String {
        let text: String = self.field(column).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() && needed {
            self.wrong(column, What::Empty(column));
        } else if text.chars().count() > column.longest() {
            self.wrong(column, What::Long(column.longest()));
        } else if names_somebody(&text) {
            self.wrong(column, What::Personal);
        }
        text
    }

    /// The figure of the row, if nothing that is needed for it is wrong.
    fn cell(&mut self) -> Option<Cell> {
        let before = self.mistakes.len();
        let indicator = self.text(Column::Indicator, true);
        let source = self.text(Column::Source, true);
        let group = self.text(Column::Group, false);
        let note = self.text(Column::Note, false);
        let area = self.area();
        let period = self.period();
        let sex = self.sex();
        let unit = self.unit();
        let n = self.n();
        let (value, sign) = self.value(unit);
        let cell = Cell {
            area: area?,
            indicator,
            period: period?,
            group,
            sex: sex?,
            unit: unit?,
            source,
            value,
            sign,
            n,
            note,
        };
        (self.mistakes.len() == before).then_some(cell)
    }

    fn area(&mut self) -> Option<Area> {
        if self.columns.has(Column::Area) {
            return self.place(Column::Area, Area::of, |text| What::NoArea(Area::meant(text)));
        }
        let has = |reading: &Self, column| !reading.field(column).is_empty();
        // A row of a county has no municipality, and one of a municipality need not say its county.
        let municipality = has(self, Column::Municipality) || !self.columns.has(Column::County);
        let county = has(self, Column::County) || !municipality;
        let county = county
            .then(|| self.place(Column::County, Area::county_of, |text| What::NoCounty(Area::county_meant(text))));
        let place =
            municipality.then(|| self.place(Column::Municipality, Area::of, |text| What::NoArea(Area::meant(text))));
        match (place, county) {
            (Some(place), Some(county)) => {
                let (place, county) = (place?, county?);
                if place != county && !place.is_within(&county) {
                    self.wrong(Column::Municipality, What::OtherCounty);
                }
                Some(place)
            }
            (place, county) => place.or(county).flatten(),
        }
    }

    fn place(&mut self, column: Column, of: fn(&str) -> Option<Area>, wrong: fn(&str) -> What) -> Option<Area> {
        let text = self.field(column).to_owned();
        let found = of(&text);
        if text.is_empty() {
            self.wrong(column, What::Empty(column));
        } else if found.is_none() {
            self.wrong(column, wrong(&text));
        }
        found
    }

    fn period(&mut self) -> Option<String> {
        let text = self.field(Column::Period).replace(['–', '\u{2212}'], "-");
        match is_period(&text) {
            _ if text.is_empty() => self.wrong(Column::Period, What::Empty(Column::Period)),
            None => self.wrong(Column::Period, What::NoPeriod),
            Some((year, _)) if year > self.year => self.wrong(Column::Period, What::Future),
            Some((_, period)) => return Some(period),
        }
        None
    }

    fn sex(&mut self) -> Option<Sex> {
        let found = words::meaning("sex", self.field(Column::Sex)).map(Sex::from_name);
        if found.is_none() {
            self.wrong(Column::Sex, What::NoSex);
        }
        found
    }

    fn unit(&mut self) -> Option<Unit> {
        let text = self.field(Column::Unit).to_owned();
        let found = words::meaning("unit", &text).and_then(Unit::of_meaning);
        if text.is_empty() {
            self.wrong(Column::Unit, What::Empty(Column::Unit));
        } else if found.is_none() {
            let meant = chain::nearest(&text.to_lowercase(), words::all("unit")).map(str::to_owned);
            self.wrong(Column::Unit, What::NoUnit(meant));
        }
        found
    }

    fn n(&mut self) -> Option<i64> {
        let text = self.field(Column::N).to_owned();
        if matches!(text.as_str(), "" | "." | ".." | "-" | "–") {
            return None;
        }
        match number(&text, true) {
            Err(what) => self.wrong(Column::N, what),
            Ok(n) if n.fract() != 0.0 || n > 1e12 => self.wrong(Column::N, What::NotWhole),
            Ok(n) => return Some(n as i64),
        }
        None
    }

    fn value(&mut self, unit: Option<Unit>) -> (Option<f64>, Sign) {
        let text = self.field(Column::Value).to_owned();
        match text.as_str() {
            "" => {
                self.wrong(Column::Value, What::Empty(Column::Value));
                return (None, Sign::Missing);
            }
            ".." | "x" | "X" => return (None, Sign::Withheld),
            "." | "-" | "–" | "…" => return (None, Sign::Missing),
            _ => {}
        }
        let bare = text.strip_suffix('%').map(str::trim_end);
        if bare.is_some() && unit.is_some_and(|unit| unit != Unit::Percent) {
            self.wrong(Column::Value, What::PercentSign);
            return (None, Sign::None);
        }
        // Whole numbers have no decimals that thousands could be taken for; of a hundred there are no thousands.
        match number(bare.unwrap_or(&text), unit != Some(Unit::Percent)) {
            Err(what) => self.wrong(Column::Value, what),
            Ok(value) if self.is_perhaps_a_share(unit, value) => self.wrong(Column::Value, What::ShareInBook),
            Ok(value) if unit == Some(Unit::Percent) && value > 100.0 => self.wrong(Column::Value, What::Above),
            Ok(value) if unit == Some(Unit::Count) && value.fract() != 0.0 => self.wrong(Column::Value, What::NotWhole),
            Ok(value) => return (Some(value), Sign::None),
        }
        (None, Sign::None)
    }

    /// A workbook keeps 5 % as 0.05 where the cell is shown as per cent, and as 5 where it is not.
    fn is_perhaps_a_share(&self, unit: Option<Unit>, value: f64) -> bool {
        self.origin == Origin::Workbook && unit == Some(Unit::Percent) && value > 0.0 && value <= 1.0
    }
}

impl Mistake {
    /// "Rad 3, kolumn 2: …": where it is, what is wrong and what to write.
    pub fn words(&self, lang: Lang) -> String {
        let what = self.what.words(lang);
        match self.column {
            0 => t!(lang, "series-at-line", line = self.line, what = what),
            column => t!(lang, "series-at-column", line = self.line, column = column, what = what),
        }
    }
}

impl What {
    fn words(&self, lang: Lang) -> String {
        match self {
            What::Form(form) => form_words(lang, form),
            What::NoText => t!(lang, "series-no-text"),
            What::NoColumn(column) => t!(lang, "series-no-column", column = column.name()),
            What::Strange(header, None) => t!(lang, "series-strange-column", header = header.as_str()),
            What::Strange(header, Some(meant)) => {
                t!(lang, "series-strange-column-meant", header = header.as_str(), meant = meant.name())
            }
            What::Empty(column) => t!(lang, "series-empty", column = column.name()),
            What::Long(most) => t!(lang, "series-long", most = *most),
            What::Personal => t!(lang, "series-personal"),
            What::NoArea(None) => t!(lang, "series-no-area"),
            What::NoArea(Some(meant)) => t!(lang, "series-no-area-meant", meant = meant.as_str()),
            What::NoCounty(None) => t!(lang, "series-no-county"),
            What::NoCounty(Some(meant)) => t!(lang, "series-no-county-meant", meant = meant.as_str()),
            What::OtherCounty => t!(lang, "series-other-county"),
            What::NoSex => t!(lang, "series-no-sex"),
            What::NoUnit(None) => t!(lang, "series-no-unit"),
            What::NoUnit(Some(meant)) => t!(lang, "series-no-unit-meant", meant = meant.as_str()),
            What::NoPeriod => t!(lang, "series-no-period"),
            What::Future => t!(lang, "series-future"),
            What::NoNumber => t!(lang, "series-no-number"),
            What::Ambiguous => t!(lang, "series-ambiguous"),
            What::ShareInBook => t!(lang, "series-share-in-book"),
            What::Negative => t!(lang, "series-negative"),
            What::Above => t!(lang, "series-above"),
            What::NotWhole => t!(lang, "series-not-whole"),
            What::PercentSign => t!(lang, "series-percent-sign"),
            What::Twice(first) => t!(lang, "series-twice", line = *first),
            What::Many => t!(lang, "series-many", most = MOST_CELLS),
        }
    }
}

fn form_words(lang: Lang, form: &Form) -> String {
    match form {
        Form::Utf16 => t!(lang, "series-utf16"),
        Form::Empty => t!(lang, "series-file-empty"),
        Form::NoRows => t!(lang, "series-no-rows"),
        Form::OpenQuote => t!(lang, "series-open-quote"),
        Form::AfterQuote => t!(lang, "series-after-quote"),
        Form::Nameless => t!(lang, "series-nameless"),
        Form::ColumnTwice(name) => t!(lang, "series-column-twice", name = name.as_str()),
        Form::Fields { expected, found } => t!(lang, "series-fields", expected = *expected, found = *found),
        other => other.to_string(),
    }
}
