//! Releases as files: CSV, a workbook, JSON-stat, PX, and all of them in a folder with the catalogue's entry and the marks.
//! The same release gives the same bytes.

use std::path::{Path, PathBuf};

use chain::text::Lang;
use serde_json::json;

use super::catalogue;
use super::content::{Code, Dimension};
use super::read::{Release, Table};
use super::words::{dimension_title, table_title};
use crate::settings::Settings;
use crate::statistics::http::File;
use crate::statistics::table::{self, About, Axis, Cell, Role, Series, Unit, write_line};
use crate::statistics::{px, xlsx};
use crate::store::StoreError;
use crate::t;
use crate::web::format;

/// The name of the file with the marks, by which a folder is known to hold a release.
pub const MARKS: &str = "release.json";
/// The catalogue's entry.
pub const CATALOGUE: &str = "catalog.ttl";
/// The end of the names of what was frozen, as it was, which checksums are of.
pub(super) const FROZEN: &str = ".frozen.json";
const DEFINITIONS: &str = "definitions.csv";

/// What stands around a release's tables.
pub(super) fn about(release: &Release, lang: Lang) -> About {
    About {
        subject: release.marks.method_name.get(lang).to_owned(),
        source: source(release, lang),
        at: release.made_at,
        note: note(release, lang),
    }
}

/// "Kedjan, Blekinge län, kvartal 3 2026, version 1, publicerad 24 oktober 2026".
pub(super) fn source(release: &Release, lang: Lang) -> String {
    t!(
        lang,
        "publication-source",
        about = release.about(lang),
        period = release.period.words(lang),
        version = i64::from(release.version),
        date = format::date(lang, format::local(release.made_at).date())
    )
}

/// The rule, and how it was protected.
pub(super) fn note(release: &Release, lang: Lang) -> String {
    let most = release.marks.threshold.saturating_sub(1);
    t!(lang, "publication-note", most = i64::try_from(most).unwrap_or_default())
}

fn axis(dimension: &Dimension, lang: Lang) -> Axis {
    let role = match dimension.id.as_str() {
        "place" => Role::Place,
        "month" => Role::Time("M1"),
        "quarter" => Role::Time("Q1"),
        _ => Role::Other,
    };
    let codes = dimension.codes.iter().map(|code: &Code| (code.code.clone(), code.name.get(lang).to_owned()));
    Axis { id: dimension.id.clone(), name: dimension_title(lang, &dimension.id), role, codes: codes.collect() }
}

/// A frozen table as files have it: its counts, and the shares that follow from them.
pub(super) fn sheet(release: &Release, table: &Table, lang: Lang) -> table::Table {
    let content = &table.content;
    let short = table_title(lang, &content.name);
    let counts = content.measures.iter().map(|measure| Series {
        id: measure.id.clone(),
        name: measure.name.get(lang).to_owned(),
        definition: measure.definition.get(lang).to_owned(),
        unit: Unit::Cases,
    });
    let shares = content.indicators.iter().map(|indicator| Series {
        id: format!("share:{}", indicator.id),
        name: indicator.name.get(lang).to_owned(),
        definition: indicator.definition.get(lang).to_owned(),
        unit: Unit::Percent,
    });
    let series = counts.chain(shares).collect();
    let rows = table.rows().into_iter().map(|(_, at)| {
        let counts = (at..at + content.measures.len()).map(|place| Cell::figure(table.at(place)));
        let shares = content.indicators.iter().map(|indicator| Cell::share(table.share_at(at, indicator)));
        counts.chain(shares).collect()
    });
    table::Table {
        title: format!(
            "{}: {short}, {}, {}",
            release.marks.method_name.get(lang),
            release.about(lang),
            release.period.words(lang)
        ),
        name: content.name.clone(),
        short,
        series,
        axes: content.dimensions.iter().map(|dimension| axis(dimension, lang)).collect(),
        rows: rows.collect(),
    }
}

/// A table as JSON-stat 2.0, with the release it belongs to and the digest of it as it was frozen.
pub(super) fn json_stat(release: &Release, table: &Table, lang: Lang) -> serde_json::Value {
    let mut value = sheet(release, table, lang).json_stat(&about(release, lang), lang);
    if let Some(whole) = value.as_object_mut() {
        whole.insert("extension".into(), json!({ "release": release.id, "sha256": table.digest }));
    }
    value
}

/// A table as a file.
///
/// # Errors
/// A fault when it does not fit a workbook.
pub(super) fn one(release: &Release, table: &Table, file: File, lang: Lang) -> Result<Vec<u8>, StoreError> {
    let about = about(release, lang);
    let sheet = sheet(release, table, lang);
    Ok(match file {
        File::Csv => sheet.csv(&about, lang).into_bytes(),
        File::Px => px::px(&sheet, &about, lang).into_bytes(),
        File::Xlsx => xlsx::xlsx(&[sheet], &about, lang)?,
    })
}

/// The marks as a program reads them.
pub(super) fn marks(release: &Release) -> serde_json::Value {
    json!({
        "id": release.id,
        "method": release.method,
        "scope": release.scope.code(),
        "period": release.period.code(),
        "version": release.version,
        "made_at": release.made_at.to_string(),
        "sha256": release.digest,
        "marks": release.marks,
    })
}

/// What each measure and share is, once.
fn definitions(tables: &[table::Table], lang: Lang) -> String {
    let mut out = String::from("\u{feff}");
    let measure = t!(lang, "figures-column-measure");
    let head = [
        t!(lang, "figures-column-code-of", dimension = measure.as_str()),
        measure,
        t!(lang, "figures-column-unit"),
        t!(lang, "figures-column-definition"),
    ];
    write_line(&mut out, &head);
    let mut told: Vec<&str> = Vec::new();
    for series in tables.iter().flat_map(|table| &table.series) {
        if !told.contains(&series.id.as_str()) {
            told.push(&series.id);
            let unit = table::unit_name(lang, series.unit);
            write_line(&mut out, &[series.id.clone(), series.name.clone(), unit, series.definition.clone()]);
        }
    }
    out
}

/// Every file of a release, by name, in Swedish as the catalogue's reader expects.
///
/// # Errors
/// A fault when it does not fit a workbook.
pub fn all(release: &Release, tables: &[Table], settings: &Settings) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let lang = Lang::Sv;
    let about = about(release, lang);
    let sheets: Vec<table::Table> = tables.iter().map(|table| sheet(release, table, lang)).collect();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (table, sheet) in tables.iter().zip(&sheets) {
        let name = &table.content.name;
        files.push((format!("{name}.csv"), sheet.csv(&about, lang).into_bytes()));
        files.push((format!("{name}.json"), format!("{}\n", json_stat(release, table, lang)).into_bytes()));
        files.push((format!("{name}.px"), px::px(sheet, &about, lang).into_bytes()));
    }
    for table in tables {
        files.push((format!("{}{FROZEN}", table.content.name), table.frozen.clone().into_bytes()));
    }
    files.push((format!("release{FROZEN}"), release.frozen.clone().into_bytes()));
    files.push(("figures.xlsx".to_owned(), xlsx::xlsx(&sheets, &about, lang)?));
    files.push((DEFINITIONS.to_owned(), definitions(&sheets, lang).into_bytes()));
    files.push((CATALOGUE.to_owned(), catalogue::turtle(std::slice::from_ref(release), settings).into_bytes()));
    let mut whole = marks(release);
    let digests: serde_json::Map<String, serde_json::Value> =
        files.iter().map(|(name, bytes)| (name.clone(), json!(super::content::digest(bytes)))).collect();
    if let Some(whole) = whole.as_object_mut() {
        whole.insert("files".into(), digests.into());
    }
    files.push((MARKS.to_owned(), format!("{whole:#}\n").into_bytes()));
    Ok(files)
}

/// Writes the files of a release into a folder: all of them or none. A folder that holds an earlier release is replaced
/// whole; one that holds anything else is left alone.
///
/// # Errors
/// What the disk says, and that the folder holds something else.
pub fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    let beside = |end: &str| -> PathBuf {
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(end);
        folder.with_file_name(name)
    };
    let (part, old) = (beside(".part"), beside(".old"));
    let is_ours = folder.join(MARKS).is_file();
    let is_empty = !folder.exists() || (folder.is_dir() && folder.read_dir()?.next().is_none());
    if !is_ours && !is_empty {
        let what = format!("{} holds something that is no release; choose a new folder", folder.display());
        return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, what));
    }
    if part.exists() {
        std::fs::remove_dir_all(&part)?;
    }
    std::fs::create_dir_all(&part)?;
    for (name, bytes) in files {
        std::fs::write(part.join(name), bytes)?;
    }
    if folder.exists() {
        if old.exists() {
            std::fs::remove_dir_all(&old)?;
        }
        std::fs::rename(folder, &old)?;
        std::fs::rename(&part, folder)?;
        return std::fs::remove_dir_all(&old);
    }
    std::fs::rename(&part, folder)
}
