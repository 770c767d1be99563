//! Reading releases: what there is, and their tables. Everything here is public.
//!
//! A table is one row of the store. [`releases`] lists, [`release`] and [`latest`] find one, [`table`] reads one of its
//! tables; [`Table::figure`] and [`Table::share`] give a cell by its codes.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chain::text::Lang;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::content::{Code, Content, Dimension, Indicator, Words};
use super::lattice::{AGES, Cell, Lattice, Place, SEXES, YOUNG, YOUNG_CODE, month, quarter};
use super::period::{Period, Scope};
use super::plan::{self, Axis};
use super::sql::{self, ReleaseRow};
use crate::statistics::{Figure, Share};
use crate::store::{Sql, StoreError};

/// What a release is marked with: how it was made, protected and attacked, and of whom it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Whose figures: the nation, a county's or an authority's name.
    pub about: Words,
    /// The working method's name.
    pub method_name: Words,
    /// The version of its file that was in force.
    pub method_version: u32,
    /// The version of the program.
    pub program: String,
    /// Counts from 1 to one below this are withheld.
    pub threshold: u64,
    /// Whether zeros are shown.
    pub zeros_shown: bool,
    /// What the attacker found.
    pub attacker: Attacker,
    /// How many releases of the same year it keeps to.
    pub kept_to: u64,
    /// The municipalities that reported.
    pub reporters: Vec<Code>,
    /// The release that it replaces.
    pub replaces: Option<String>,
    /// Why it replaces it.
    pub reason: Option<String>,
    /// Its tables in order.
    pub tables: Vec<TableMark>,
}

/// The attacker's verdict. A release with leaks is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attacker {
    /// Withheld cells that could be worked out: none.
    pub leaks: u64,
    /// How many times it sent the release back.
    pub rounds: u64,
    /// How many cells it looked at, those of earlier releases and of what lies between included.
    pub cells: u64,
}

/// A table of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableMark {
    /// Its name.
    pub name: String,
    /// SHA-256 of its content.
    pub digest: String,
    /// How many cells it has.
    pub cells: u64,
    /// How many of them are withheld.
    pub withheld: u64,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name in addresses, such as `smadit-county-10-2026-q3-1`.
    pub id: String,
    /// The working method's id.
    pub method: String,
    /// Whose cases.
    pub scope: Scope,
    /// Which months.
    pub period: Period,
    /// 1 for the first about the same, then upwards.
    pub version: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// SHA-256 of its marks as they were frozen, which hold the digests of its tables.
    pub digest: String,
    /// Its marks as they were frozen, to the byte; in a list those in brief.
    pub frozen: String,
    /// How it was made; in a list without who reported.
    pub marks: Marks,
}

/// The newest version of a release, without its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    /// The release.
    pub id: String,
    /// The working method's id.
    pub method: String,
    /// Which months.
    pub period: Period,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Release {
    /// How many cells its tables have, and how many of them are withheld.
    pub fn sizes(&self) -> (u64, u64) {
        let tables = || self.marks.tables.iter();
        (tables().map(|table| table.cells).sum(), tables().map(|table| table.withheld).sum())
    }

    /// Whose figures, as it stands within a sentence.
    pub(super) fn about(&self, lang: Lang) -> String {
        match self.scope {
            Scope::Nation => crate::t!(lang, "publication-nation-within"),
            Scope::County(_) | Scope::Authority(_) => self.marks.about.get(lang).to_owned(),
        }
    }

    /// Whether it has a table of this name.
    pub fn has(&self, table: &str) -> bool {
        self.marks.tables.iter().any(|mark| mark.name == table)
    }
}

/// What lists say of a release: its marks without who reported, which for the nation are hundreds.
pub(super) fn brief_to_json(marks: &Marks) -> Result<String, StoreError> {
    marks_to_json(&Marks { reporters: Vec::new(), ..marks.clone() })
}

pub(super) fn marks_to_json(marks: &Marks) -> Result<String, StoreError> {
    serde_json::to_string(marks).map_err(|error| StoreError::Fault(format!("a release's marks as JSON: {error}")))
}

pub(super) fn of_row(row: &ReleaseRow) -> Result<Release, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("release {}: {what}", row.id));
    Ok(Release {
        id: row.id.clone(),
        method: row.method.clone(),
        scope: Scope::from_code(&row.scope).ok_or_else(|| corrupt("its scope"))?,
        period: Period::parse(&row.period).ok_or_else(|| corrupt("its period"))?,
        version: u32::try_from(row.version).map_err(|_| corrupt("its version"))?,
        made_at: row.made_at,
        digest: row.digest.clone(),
        frozen: row.marks.clone(),
        marks: serde_json::from_str(&row.marks).map_err(|_| corrupt("its marks"))?,
    })
}

/// Which releases are looked for; what is not said is left open.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The working method's id.
    pub method: Option<String>,
    /// Whose.
    pub scope: Option<Scope>,
    /// Which period.
    pub period: Option<Period>,
}

/// Releases, the newest first, and how many there are in all.
pub fn releases(tx: &mut dyn Sql, filter: &Filter, limit: u32, offset: u32) -> Result<(Vec<Release>, u64), StoreError> {
    let method = filter.method.clone().unwrap_or_default();
    let scope = filter.scope.as_ref().map(Scope::code).unwrap_or_default();
    let period = filter.period.map(|period| period.code()).unwrap_or_default();
    let wanted = [method.as_str(), &scope, &period];
    let all = u64::try_from(sql::count_releases(tx, wanted)?).unwrap_or_default();
    let rows = sql::releases(tx, wanted, i64::from(limit), i64::from(offset))?;
    Ok((rows.iter().map(of_row).collect::<Result<_, _>>()?, all))
}

/// Releases in brief, the newest first, and how many there are in all.
pub fn listed(tx: &mut dyn Sql, limit: u32, offset: u32) -> Result<(Vec<Release>, u64), StoreError> {
    let all = u64::try_from(sql::state(tx)?.0).unwrap_or_default();
    let rows = sql::listed(tx, i64::from(limit), i64::from(offset))?;
    Ok((rows.iter().map(of_row).collect::<Result<_, _>>()?, all))
}

/// The newest version of every release in brief, the newest first.
pub(super) fn catalogued(tx: &mut dyn Sql, limit: u32) -> Result<Vec<Release>, StoreError> {
    sql::newest(tx, i64::from(limit))?.iter().map(of_row).collect()
}

/// Something that is another whenever anything has been released.
pub fn state(tx: &mut dyn Sql) -> Result<String, StoreError> {
    let (count, last) = sql::state(tx)?;
    Ok(format!("{count} {}", last.map_or(0, Timestamp::as_microsecond)))
}

/// The newest version of each release of a scope, by method, and of each the latest period first.
pub fn newest(tx: &mut dyn Sql, scope: &Scope) -> Result<Vec<Newest>, StoreError> {
    let mut by: BTreeMap<(String, Reverse<jiff::civil::Date>, String), Newest> = BTreeMap::new();
    for row in sql::of_scope(tx, &scope.code())? {
        let corrupt = || StoreError::Corrupt(format!("release {}: its period", row.id));
        let period = Period::parse(&row.period).ok_or_else(corrupt)?;
        let key = (row.method.clone(), Reverse(period.last_day()), row.period.clone());
        // Versions come in order.
        by.insert(key, Newest { id: row.id, method: row.method, period, made_at: row.made_at });
    }
    Ok(by.into_values().collect())
}

/// The release of this id.
pub fn release(tx: &mut dyn Sql, id: &str) -> Result<Option<Release>, StoreError> {
    sql::release(tx, id)?.as_ref().map(of_row).transpose()
}

/// The newest version of what is about this, and all before it.
pub fn versions(tx: &mut dyn Sql, method: &str, scope: &Scope, period: Period) -> Result<Vec<Release>, StoreError> {
    sql::versions(tx, method, &scope.code(), &period.code())?.iter().map(of_row).collect()
}

/// The newest version of what is about this.
pub fn latest(tx: &mut dyn Sql, method: &str, scope: &Scope, period: Period) -> Result<Option<Release>, StoreError> {
    Ok(versions(tx, method, scope, period)?.into_iter().next())
}

/// A table as it was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Dimensions, measures, definitions, cells.
    pub content: Content,
    /// The same as it was frozen, to the byte.
    pub frozen: String,
    /// SHA-256 of that.
    pub digest: String,
}

fn of_table((_, frozen, digest): sql::TableRow) -> Result<Table, StoreError> {
    Ok(Table { content: Content::from_json(&frozen)?, frozen, digest })
}

/// One table of a release; one row is read.
pub fn table(tx: &mut dyn Sql, release: &str, name: &str) -> Result<Option<Table>, StoreError> {
    sql::table(tx, release, name)?.map(of_table).transpose()
}

/// All tables of a release in order.
pub fn tables(tx: &mut dyn Sql, release: &str) -> Result<Vec<Table>, StoreError> {
    sql::tables(tx, release)?.into_iter().map(of_table).collect()
}

impl Table {
    /// The codes of a dimension in order; none when the table does not have it.
    pub fn codes(&self, dimension: &str) -> &[Code] {
        let found = self.content.dimensions.iter().find(|one| one.id == dimension);
        found.map(|dimension| dimension.codes.as_slice()).unwrap_or_default()
    }

    /// Whether it has a row of these codes, withheld or not. Who is in no row has not reported.
    pub fn has(&self, codes: &[&str]) -> bool {
        let dimensions = &self.content.dimensions;
        let there = |(dimension, code): (&Dimension, &&str)| dimension.codes.iter().any(|one| one.code == **code);
        dimensions.len() == codes.len() && dimensions.iter().zip(codes).all(there)
    }

    /// A count by one code of each dimension, in the table's order. What is not there is withheld.
    pub fn figure(&self, codes: &[&str], measure: &str) -> Figure {
        let mut at = 0;
        for (dimension, code) in self.content.dimensions.iter().zip(codes) {
            let Some(nr) = dimension.codes.iter().position(|one| one.code == *code) else { return Figure::Withheld };
            at = at * dimension.codes.len() + nr;
        }
        let Some(nr) = self.content.measures.iter().position(|one| one.id == measure) else { return Figure::Withheld };
        self.at(at * self.content.measures.len() + nr)
    }

    /// A count by its place among the cells: rows of the dimensions, the last the quickest, and in each row the measures.
    pub fn at(&self, place: usize) -> Figure {
        let count = self.content.cells.get(place).copied().flatten();
        count.and_then(|count| i64::try_from(count).ok()).map_or(Figure::Withheld, Figure::Open)
    }

    /// An indicator's share, withheld where one of its counts is.
    pub fn share(&self, codes: &[&str], indicator: &Indicator) -> Share {
        Share::of(self.figure(codes, &indicator.numerator), self.figure(codes, &indicator.denominator))
    }

    /// An indicator's share in the row that begins at this place among the cells.
    pub fn share_at(&self, row: usize, indicator: &Indicator) -> Share {
        let measures = &self.content.measures;
        let of =
            |id: &str| measures.iter().position(|one| one.id == id).map_or(Figure::Withheld, |nr| self.at(row + nr));
        Share::of(of(&indicator.numerator), of(&indicator.denominator))
    }

    /// The rows: one code of each dimension, the last the quickest, each with the place of its first cell.
    pub fn rows(&self) -> Vec<(Vec<&Code>, usize)> {
        let mut rows: Vec<Vec<&Code>> = vec![Vec::new()];
        for dimension in &self.content.dimensions {
            rows = rows
                .iter()
                .flat_map(|row| dimension.codes.iter().map(move |code| row.iter().copied().chain([code]).collect()))
                .collect();
        }
        let width = self.content.measures.len();
        rows.into_iter().enumerate().map(|(nr, row)| (row, nr * width)).collect()
    }

    /// What the table is called.
    pub fn title(&self, lang: Lang) -> String {
        super::words::table_title(lang, &self.content.name)
    }
}

/// The cells of a frozen table in its order; nothing for one with a measure, a code or a dimension that the lattice does not
/// have.
pub(super) fn cells(content: &Content, period: Period, lattice: &mut Lattice) -> Vec<Option<Cell>> {
    let start = Cell { measure: 0, place: 0, time: plan::time(period), sex: 0, age: 0 };
    let mut cells = vec![Some(start)];
    for dimension in &content.dimensions {
        let Some(axis) = Axis::from_name(&dimension.id) else { return vec![None; content.cells.len()] };
        let codes: Vec<Option<u32>> =
            dimension.codes.iter().map(|code| number(axis, code, &mut lattice.places)).collect();
        let with = |cell: &Option<Cell>, code: &Option<u32>| Some(plan::at((*cell)?, axis, (*code)?));
        cells = cells.iter().flat_map(|cell| codes.iter().map(move |code| with(cell, code))).collect();
    }
    let measures: Vec<Option<u16>> = content
        .measures
        .iter()
        .map(|one| lattice.measures.iter().position(|id| *id == one.id).and_then(|at| u16::try_from(at).ok()))
        .collect();
    let with = |cell: &Option<Cell>, measure: &Option<u16>| Some(Cell { measure: (*measure)?, ..(*cell)? });
    cells.iter().flat_map(|cell| measures.iter().map(move |measure| with(cell, measure))).collect()
}

fn number(axis: Axis, code: &Code, places: &mut super::lattice::Places) -> Option<u32> {
    let listed = |codes: &[&str]| codes.iter().position(|one| *one == code.code).and_then(|at| u32::try_from(at).ok());
    match axis {
        Axis::Place => Some(places.number(&Place::from_codes(&code.code, code.parent.as_deref())?)),
        Axis::Month => code.code.get(5..)?.parse().ok().map(|nr: u8| u32::from(month(nr))),
        Axis::Quarter => code.code.get(6..)?.parse().ok().map(|nr: u8| u32::from(quarter(nr))),
        Axis::Sex => listed(&SEXES),
        Axis::Age if code.code == YOUNG_CODE => Some(u32::from(YOUNG)),
        Axis::Age => listed(&AGES),
    }
}
