//! Figures as tables for programs and spreadsheets: JSON-stat 2.0 (json-stat.org) and CSV as Swedish Excel opens it.

use chain::method::Method;
use chain::text::Lang;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::figures::{Band, Figures, Group, Share};
use super::protect::Figure;
use super::{Report, page};
use crate::t;
use crate::web::format;

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The counts of the flow.
    Flow,
    /// The indicators, with what is above and below the line, and the median hours.
    Indicators,
    /// All measures and indicators by municipality.
    Municipalities,
    /// The same by month.
    Months,
    /// The same by sex.
    Sexes,
    /// The same by age.
    Ages,
    /// How many were met within how many hours.
    Hours,
}

impl Kind {
    /// Every table.
    pub const ALL: [Kind; 7] =
        [Kind::Flow, Kind::Indicators, Kind::Municipalities, Kind::Months, Kind::Sexes, Kind::Ages, Kind::Hours];

    /// The name in the API and in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Flow => "flow",
            Kind::Indicators => "indicators",
            Kind::Municipalities => "municipalities",
            Kind::Months => "months",
            Kind::Sexes => "sexes",
            Kind::Ages => "ages",
            Kind::Hours => "hours",
        }
    }

    /// The table of a name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn title(self, lang: Lang) -> String {
        match self {
            Kind::Flow => t!(lang, "figures-flow"),
            Kind::Indicators => t!(lang, "figures-indicators"),
            Kind::Municipalities => t!(lang, "figures-municipalities"),
            Kind::Months => t!(lang, "figures-months"),
            Kind::Sexes => t!(lang, "figures-sexes"),
            Kind::Ages => t!(lang, "figures-ages"),
            Kind::Hours => t!(lang, "figures-hours"),
        }
    }

    /// The dimension beside the measures, with its codes and their names.
    fn axis(self, codes: Vec<(String, String)>, lang: Lang) -> Option<Axis> {
        let (id, role) = match self {
            Kind::Flow | Kind::Indicators => return None,
            Kind::Municipalities => ("municipality", Role::Place),
            Kind::Months => ("month", Role::Time("M1")),
            Kind::Sexes => ("sex", Role::Other),
            Kind::Ages => ("age", Role::Other),
            Kind::Hours => ("hours", Role::Other),
        };
        Some(Axis { id: id.to_owned(), name: dimension_name(lang, self), role, codes })
    }
}

/// What a value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Cases,
    Percent,
    Hours,
}

/// A column: what is measured.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub id: String,
    pub name: String,
    pub definition: String,
    pub unit: Unit,
}

/// A value as it is handed out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    Known(f64),
    /// There is nothing to make a share or a median of.
    Empty,
    Withheld,
}

impl Cell {
    pub(crate) fn figure(figure: Figure) -> Cell {
        figure.open().map_or(Cell::Withheld, |n| Cell::Known(n as f64))
    }

    /// Per cent with one decimal.
    pub(crate) fn share(share: Share) -> Cell {
        match (share, share.value()) {
            (_, Some(value)) => Cell::Known((value * 1000.0).round() / 10.0),
            (Share::Empty, None) => Cell::Empty,
            (_, None) => Cell::Withheld,
        }
    }

    /// As a spreadsheet set to Swedish reads it.
    fn written(self, unit: Unit) -> String {
        match self {
            Cell::Known(value) if unit == Unit::Percent => format!("{value:.1}").replace('.', ","),
            Cell::Known(value) => format!("{value:.0}"),
            Cell::Empty | Cell::Withheld => self.sign().unwrap_or_default().to_owned(),
        }
    }

    /// What statistics write for a missing value: two dots for what is kept back, one for what cannot be.
    pub fn sign(self) -> Option<&'static str> {
        match self {
            Cell::Known(_) => None,
            Cell::Empty => Some("."),
            Cell::Withheld => Some(".."),
        }
    }
}

/// What a dimension is about, for programs that draw maps and curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Where.
    Place,
    /// When, with PC-Axis's word for how long each is: `M1` for months, `Q1` for quarters.
    Time(&'static str),
    /// Anything else.
    Other,
}

/// A dimension beside the measures.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    /// The name in the data.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// What it is about.
    pub role: Role,
    /// Its codes with their names, in order.
    pub codes: Vec<(String, String)>,
}

/// What stands around tables: whose figures they are, where they come from, when they were made and what to know of them.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The working method.
    pub subject: String,
    /// Where the figures come from.
    pub source: String,
    /// When they were made or read.
    pub at: Timestamp,
    /// What to know of them.
    pub note: String,
}

/// A table: a row for each combination of one code from every dimension, the last the quickest, by measures.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name in files and addresses.
    pub(crate) name: String,
    /// The name people read.
    pub(crate) short: String,
    pub(crate) title: String,
    pub(crate) series: Vec<Series>,
    pub(crate) axes: Vec<Axis>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table of a report.
    pub fn of(report: &Report, method: &Method, kind: Kind, lang: Lang) -> Table {
        let figures = &report.figures;
        let title = format!(
            "{}: {}, {}, {}",
            method.name.get(lang),
            kind.title(lang),
            report.about,
            report.asked.period.words(lang)
        );
        let (series, rows) = match kind {
            Kind::Flow => {
                let series: Vec<Series> = method.flow.iter().filter_map(|id| count_series(method, id, lang)).collect();
                let row = series.iter().map(|one| Cell::figure(figures.count(&one.id))).collect();
                (series, vec![(String::new(), String::new(), row)])
            }
            Kind::Indicators => indicators(figures, method, lang),
            Kind::Municipalities => {
                grouped(figures, &figures.places, method, lang, |code| page::place_name(lang, code))
            }
            Kind::Months => grouped(figures, &figures.months, method, lang, str::to_owned),
            Kind::Sexes => grouped(figures, &figures.sexes, method, lang, |code| page::sex_name(lang, code)),
            Kind::Ages => grouped(figures, &figures.ages, method, lang, |code| page::age_name(lang, code)),
            Kind::Hours => hours(figures, method, lang),
        };
        let codes = rows.iter().map(|(code, name, _)| (code.clone(), name.clone())).collect();
        Table {
            name: kind.name().to_owned(),
            short: kind.title(lang),
            title,
            series,
            axes: kind.axis(codes, lang).into_iter().collect(),
            rows: rows.into_iter().map(|(_, _, cells)| cells).collect(),
        }
    }

    /// For each row its codes and their names.
    pub(crate) fn keys(&self) -> Vec<Vec<(&str, &str)>> {
        let mut keys: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
        for axis in &self.axes {
            let codes = || axis.codes.iter().map(|(code, name)| (code.as_str(), name.as_str()));
            keys = keys.iter().flat_map(|key| codes().map(|code| [key.as_slice(), &[code]].concat())).collect();
        }
        keys
    }

    /// The table as a JSON-stat 2.0 dataset. What is withheld is `null` with the status `..`.
    pub(crate) fn json_stat(&self, about: &About, lang: Lang) -> Value {
        let cells = || self.rows.iter().flatten();
        let status: Map<String, Value> =
            cells().enumerate().filter_map(|(at, cell)| Some((at.to_string(), json!(cell.sign()?)))).collect();
        let values: Vec<Value> = cells()
            .map(|cell| match cell {
                Cell::Known(value) if value.fract() == 0.0 => json!(*value as i64),
                Cell::Known(value) => json!(value),
                Cell::Empty | Cell::Withheld => Value::Null,
            })
            .collect();
        let by = |pick: &dyn Fn(&Series) -> Value| -> Map<String, Value> {
            self.series.iter().map(|one| (one.id.clone(), pick(one))).collect()
        };
        let mut dimension = Map::new();
        let mut role = Map::new();
        role.insert("metric".into(), json!(["measure"]));
        for axis in &self.axes {
            let label: Map<String, Value> = axis.codes.iter().map(|(code, name)| (code.clone(), json!(name))).collect();
            let index: Vec<&String> = axis.codes.iter().map(|(code, _)| code).collect();
            let category = json!({ "index": index, "label": label });
            dimension.insert(axis.id.clone(), json!({ "label": axis.name, "category": category }));
            match axis.role {
                Role::Place => drop(role.insert("geo".into(), json!([axis.id]))),
                Role::Time(_) => drop(role.insert("time".into(), json!([axis.id]))),
                Role::Other => {}
            }
        }
        let category = json!({
            "index": self.series.iter().map(|one| &one.id).collect::<Vec<_>>(),
            "label": by(&|one| json!(one.name)),
            "note": by(&|one| json!([one.definition])),
            "unit": by(&|one| json!({ "label": unit_name(lang, one.unit), "decimals": u8::from(one.unit == Unit::Percent) })),
        });
        let label = t!(lang, "figures-column-measure");
        dimension.insert("measure".into(), json!({ "label": label, "category": category }));
        let ids = self.axes.iter().map(|axis| axis.id.as_str()).chain(["measure"]);
        let sizes = self.axes.iter().map(|axis| axis.codes.len()).chain([self.series.len()]);
        json!({
            "version": "2.0",
            "class": "dataset",
            "label": self.title,
            "source": about.source,
            "updated": about.at.to_string(),
            "note": [about.note],
            "id": ids.collect::<Vec<_>>(),
            "size": sizes.collect::<Vec<_>>(),
            "role": role,
            "dimension": dimension,
            "value": values,
            "status": status,
        })
    }

    /// The table as a CSV file of its own, as Excel set to Swedish reads it: a line for each cell, code and name of each
    /// dimension in columns.
    pub(crate) fn csv(&self, about: &About, lang: Lang) -> String {
        let mut out = String::from("\u{feff}");
        let mut head = Vec::new();
        for axis in &self.axes {
            head.extend([t!(lang, "figures-column-code-of", dimension = axis.name.as_str()), axis.name.clone()]);
        }
        let measure = t!(lang, "figures-column-measure");
        head.extend([
            t!(lang, "figures-column-code-of", dimension = measure.as_str()),
            measure,
            t!(lang, "figures-column-value"),
            t!(lang, "figures-column-unit"),
            t!(lang, "figures-column-source"),
        ]);
        write_line(&mut out, &head);
        for (key, cells) in self.keys().iter().zip(&self.rows) {
            let codes: Vec<String> =
                key.iter().flat_map(|(code, name)| [(*code).to_owned(), (*name).to_owned()]).collect();
            for (series, cell) in self.series.iter().zip(cells) {
                let mut fields = codes.clone();
                let unit = unit_name(lang, series.unit);
                fields.extend([
                    series.id.clone(),
                    series.name.clone(),
                    cell.written(series.unit),
                    unit,
                    about.source.clone(),
                ]);
                write_line(&mut out, &fields);
            }
        }
        out
    }

    fn write_csv(&self, out: &mut String, source: &str, lang: Lang) {
        let of = self.axes.first().map(|axis| axis.id.as_str());
        for (key, cells) in self.keys().iter().zip(&self.rows) {
            let (code, name) = key.first().copied().unwrap_or_default();
            let under = |id: &str, text: &str| if of == Some(id) { text.to_owned() } else { String::new() };
            for (series, cell) in self.series.iter().zip(cells) {
                let fields = [
                    self.short.clone(),
                    series.name.clone(),
                    series.definition.clone(),
                    under("municipality", code),
                    under("municipality", name),
                    under("month", code),
                    under("sex", name),
                    under("age", name),
                    under("hours", name),
                    cell.written(series.unit),
                    unit_name(lang, series.unit),
                    source.to_owned(),
                ];
                write_line(out, &fields);
            }
        }
    }
}

/// Tables as one CSV file: UTF-8 with a byte order mark, semicolons and decimal commas, as Excel set to Swedish reads it.
pub fn csv(tables: &[Table], report: &Report, lang: Lang) -> String {
    let mut out = String::from("\u{feff}");
    let head = [
        t!(lang, "figures-column-table"),
        t!(lang, "figures-column-measure"),
        t!(lang, "figures-column-definition"),
        t!(lang, "figures-column-code"),
        t!(lang, "figures-column-municipality"),
        t!(lang, "figures-column-month"),
        t!(lang, "figures-column-sex"),
        t!(lang, "figures-column-age"),
        t!(lang, "figures-column-hours"),
        t!(lang, "figures-column-value"),
        t!(lang, "figures-column-unit"),
        t!(lang, "figures-column-source"),
    ];
    write_line(&mut out, &head);
    let source = report.source(lang);
    for table in tables {
        table.write_csv(&mut out, &source, lang);
    }
    out
}

/// Writes a line of CSV with semicolons, as a spreadsheet opens it without running anything in it.
pub(crate) fn write_line(out: &mut String, fields: &[String]) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            out.push(';');
        }
        // A spreadsheet would run a text that begins like a formula.
        let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        if field.contains([';', '"', '\n', '\r']) {
            out.push_str(&format!("\"{guard}{}\"", field.replace('"', "\"\"")));
        } else {
            out.push_str(guard);
            out.push_str(field);
        }
    }
    out.push_str("\r\n");
}

fn count_series(method: &Method, measure: &str, lang: Lang) -> Option<Series> {
    let measure = method.measure(measure)?;
    Some(Series {
        id: measure.id.clone(),
        name: measure.name.get(lang).to_owned(),
        definition: measure.definition.get(lang).to_owned(),
        unit: Unit::Cases,
    })
}

/// Counts and shares side by side. A share is called `share:` and its indicator's id, as a measure may have the same.
fn all_series(figures: &Figures, method: &Method, lang: Lang) -> Vec<Series> {
    let counts = figures.measures.iter().filter_map(|id| count_series(method, id, lang));
    let shares = method.indicators().iter().map(|indicator| Series {
        id: format!("share:{}", indicator.id),
        name: indicator.name.get(lang).to_owned(),
        definition: indicator.definition.get(lang).to_owned(),
        unit: Unit::Percent,
    });
    counts.chain(shares).collect()
}

type Rows = Vec<(String, String, Vec<Cell>)>;

fn grouped(
    figures: &Figures,
    groups: &[Group],
    method: &Method,
    lang: Lang,
    name: impl Fn(&str) -> String,
) -> (Vec<Series>, Rows) {
    let row = |group: &Group| {
        let counts = figures.measures.iter().map(|id| Cell::figure(figures.count_in(group, id)));
        let shares = method.indicators().iter().map(|indicator| Cell::share(figures.share_in(group, indicator)));
        let code = if group.code.is_empty() { "unknown".to_owned() } else { group.code.clone() };
        (code, name(&group.code), counts.chain(shares).collect())
    };
    (all_series(figures, method, lang), groups.iter().map(row).collect())
}

fn indicators(figures: &Figures, method: &Method, lang: Lang) -> (Vec<Series>, Rows) {
    let mut series = all_series(figures, method, lang);
    let counts = figures.measures.iter().map(|id| Cell::figure(figures.count(id)));
    let shares = method.indicators().iter().map(|indicator| Cell::share(figures.share(indicator)));
    let mut row: Vec<Cell> = counts.chain(shares).collect();
    for hours in &figures.hours {
        let Some(clock) = method.clock(&hours.clock) else { continue };
        series.push(Series {
            id: format!("median:{}", clock.id),
            name: t!(lang, "figures-median", clock = clock.name.get(lang)),
            definition: t!(lang, "figures-median-definition", clock = clock.name.get(lang)),
            unit: Unit::Hours,
        });
        row.push(hours.median.map_or(Cell::Empty, Cell::figure));
    }
    (series, vec![(String::new(), String::new(), row)])
}

/// All clocks under one another: a row is a band of hours that any of them has.
fn hours(figures: &Figures, method: &Method, lang: Lang) -> (Vec<Series>, Rows) {
    let clocks = figures.hours.iter().filter_map(|hours| Some((hours, method.clock(&hours.clock)?)));
    let series = clocks
        .map(|(_, clock)| Series {
            id: format!("hours:{}", clock.id),
            name: clock.name.get(lang).to_owned(),
            definition: t!(lang, "figures-hours-definition", clock = clock.name.get(lang)),
            unit: Unit::Cases,
        })
        .collect();
    let mut bands: Vec<Band> = Vec::new();
    for (band, _) in figures.hours.iter().flat_map(|hours| &hours.bands) {
        if !bands.contains(band) {
            bands.push(*band);
        }
    }
    bands.sort_by_key(|band| (band.from, band.to.unwrap_or(i64::MAX)));
    let rows = bands.iter().map(|band| {
        let code = band.to.map_or_else(|| format!("{}-", band.from), |to| format!("{}-{to}", band.from));
        let of = |hours: &super::Hours| {
            hours.bands.iter().find(|(one, _)| one == band).map_or(Cell::Empty, |(_, figure)| Cell::figure(*figure))
        };
        (code, band_name(lang, *band), figures.hours.iter().map(of).collect())
    });
    (series, rows.collect())
}

fn band_name(lang: Lang, band: Band) -> String {
    match band.to {
        Some(to) => t!(lang, "figures-band", from = band.from, to = to),
        None => t!(lang, "figures-band-last", from = band.from),
    }
}

pub(crate) fn unit_name(lang: Lang, unit: Unit) -> String {
    match unit {
        Unit::Cases => t!(lang, "figures-unit-cases"),
        Unit::Percent => t!(lang, "figures-unit-percent"),
        Unit::Hours => t!(lang, "figures-unit-hours"),
    }
}

pub(super) fn dimension_name(lang: Lang, kind: Kind) -> String {
    match kind {
        Kind::Flow | Kind::Indicators => t!(lang, "figures-column-measure"),
        Kind::Municipalities => t!(lang, "figures-column-municipality"),
        Kind::Months => t!(lang, "figures-column-month"),
        Kind::Sexes => t!(lang, "figures-column-sex"),
        Kind::Ages => t!(lang, "figures-column-age"),
        Kind::Hours => t!(lang, "figures-column-hours"),
    }
}

/// A whole number of cases as it is written on a page.
pub(super) fn written(lang: Lang, figure: Figure) -> String {
    figure.open().map_or_else(|| "..".to_owned(), |n| format::number(lang, n))
}
