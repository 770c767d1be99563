//! Making a release: counts, protection, the attacker's verdict, and freezing, or nothing at all.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chain::method::Method;
use chain::text::Lang;

use super::audit::{self, Counted, Edition};
use super::content::{Code, Content, Names, Words, digest};
use super::counts::Counts;
use super::lattice::{Cell, Place};
use super::period::{Period, Scope};
use super::plan::{self, Draft};
use super::read::{Attacker, Marks, Release};
use super::sql::{self, ReleaseRow};
use super::web::{self, Earlier, Leak, Outcome};
use super::{Part, read, shared_out};
use crate::app::{App, Stop};
use crate::directory;
use crate::reference;
use crate::refusal::{FieldIssue, Refused};
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format;

/// How often a release is made anew because another was made meanwhile.
const TRIES: usize = 3;

/// What is to be released, as it was written.
#[derive(Clone, Debug)]
pub struct Wish {
    /// `nation`, `county:10` or `authority:ID`.
    pub scope: String,
    /// The working method's id.
    pub method: String,
    /// `2026`, `2026-Q4` or `2026-11`.
    pub period: String,
    /// Why what is released already is made anew; none for a first release.
    pub reason: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Made {
    /// A new release.
    New(Release),
    /// It is frozen already, and stays as it is.
    Already(Release),
}

impl Made {
    /// The release.
    pub const fn release(&self) -> &Release {
        match self {
            Made::New(release) | Made::Already(release) => release,
        }
    }
}

/// Hears how far a release has come, in words for whoever waits.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// What is pointed at when the wish is right and there is no release all the same.
pub const NOT_SO: &str = "release";

fn wrong(field: &str, detail: String) -> Stop {
    Refused::Fields(vec![FieldIssue { pointer: format!("/{field}"), detail }]).into()
}

/// What is wanted, checked.
#[derive(Clone, Debug)]
struct Wanted {
    scope: Scope,
    method: Method,
    period: Period,
    reason: Option<String>,
}

fn checked(app: &App, wish: &Wish, lang: Lang) -> Result<Wanted, Stop> {
    let mut issues = Vec::new();
    let mut issue = |field: &str, detail: String| issues.push(FieldIssue { pointer: format!("/{field}"), detail });
    let scope = Scope::from_code(&wish.scope);
    if scope.is_none() {
        issue("scope", t!(lang, "publication-wrong-scope"));
    }
    let method = app.library.current(&wish.method);
    if method.is_none() {
        let mut all: Vec<&str> = app.library.methods().map(|method| method.id.as_str()).collect();
        all.dedup();
        issue("method", t!(lang, "figures-unknown-method", options = all.join(", ")));
    }
    let period = Period::parse(&wish.period);
    let today = format::local(app.clock.now()).date();
    match period {
        None => issue("period", t!(lang, "publication-wrong-period")),
        Some(period) if period.ready_on() > today => {
            let from = format::date(lang, period.ready_on());
            issue("period", t!(lang, "publication-not-ended", period = period.words(lang), from = from));
        }
        Some(_) => {}
    }
    let reason = wish.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    match (scope, method, period) {
        (Some(scope), Some(method), Some(period)) if issues.is_empty() => {
            Ok(Wanted { scope, method: method.clone(), period, reason })
        }
        _ => Err(Refused::Fields(issues).into()),
    }
}

/// What is wrong with a wish, field by field; nothing when it can be tried.
pub fn faults(app: &App, wish: &Wish, lang: Lang) -> Vec<FieldIssue> {
    match checked(app, wish, lang) {
        Err(Stop::Refused(refused)) => refused.issues().to_vec(),
        _ => Vec::new(),
    }
}

/// Makes the release that is wished for, or gives the one that is frozen already. Without a reason nothing that is released
/// is made anew. Takes seconds to minutes, on all processors: not for async tasks.
///
/// # Errors
/// What is wrong with the wish; that there is nothing to release, or nothing new; that it would give away what was
/// withheld; the store's.
pub fn make(app: &Arc<App>, wish: &Wish, lang: Lang, progress: Progress<'_>) -> Result<Made, Stop> {
    let wanted = checked(app, wish, lang)?;
    for _ in 0..TRIES {
        let ground = {
            let wanted = wanted.clone();
            app.store.read_blocking(move |tx: &mut dyn Sql| Ground::read(tx, &wanted))?
        };
        if let (Some(latest), None) = (&ground.latest, &wanted.reason) {
            return Ok(Made::Already(latest.clone()));
        }
        if let Some((id, table)) = ground.earlier.iter().find_map(|before| before.strange.clone()) {
            let table = super::words::table_title(lang, &table);
            return Err(wrong(NOT_SO, t!(lang, "publication-strange", release = id, table = table)));
        }
        progress(&t!(lang, "publication-progress-read"));
        let seen = ground.seen;
        let frozen = ground.freeze(app, &wanted, lang, progress)?;
        let done = app.store.write_blocking(move |tx: &mut dyn Sql| {
            let method = &frozen.release.method;
            if sql::of_year(tx, method, i64::from(frozen.release.period.year))?.len() != seen {
                return Ok::<_, StoreError>(None);
            }
            frozen.store(tx)?;
            Ok(Some(frozen.release.clone()))
        })?;
        if let Some(release) = done {
            return Ok(Made::New(release));
        }
    }
    Err(StoreError::Busy.into())
}

/// What a release is made of.
struct Ground {
    latest: Option<Release>,
    counts: Counts,
    earlier: Vec<Before>,
    /// How many releases of the year there are.
    seen: usize,
    names: Names,
    about: Words,
}

impl Ground {
    fn read(tx: &mut dyn Sql, wanted: &Wanted) -> Result<Ground, StoreError> {
        let Wanted { scope, method, period, reason } = wanted;
        let versions = sql::versions(tx, &method.id, &scope.code(), &period.code())?;
        let latest = versions.first().map(read::of_row).transpose()?;
        let mut ground = Ground {
            latest,
            counts: Counts::default(),
            earlier: Vec::new(),
            seen: 0,
            names: Names::new(),
            about: about(tx, scope)?,
        };
        if ground.latest.is_some() && reason.is_none() {
            return Ok(ground);
        }
        ground.counts = Counts::read(tx, method, *period)?;
        let rows = sql::of_year(tx, &method.id, i64::from(period.year))?;
        ground.seen = rows.len();
        for row in &rows {
            ground.earlier.push(Before::read(tx, row, &mut ground.counts)?);
        }
        if let Scope::Authority(org) = scope {
            let units: Vec<Place> = ground.counts.lattice.places.all().map(|(_, place)| place.clone()).collect();
            for place in units {
                if let Place::Unit(own, _, unit) = place
                    && own == *org
                    && let Some(unit) = directory::sql::unit(tx, own, unit)?
                {
                    ground.names.insert(unit.id, unit.name);
                }
            }
            ground.names.insert(*org, ground.about.sv.clone());
        }
        Ok(ground)
    }

    fn freeze(mut self, app: &App, wanted: &Wanted, lang: Lang, progress: Progress<'_>) -> Result<Frozen, Stop> {
        let Wanted { scope, method, period, reason } = wanted;
        let drafts = plan::tables(&mut self.counts, scope, *period);
        let new: HashSet<Cell> = drafts.iter().flat_map(|draft| draft.cells(method.measures().len())).collect();
        if new.iter().all(|cell| self.counts.of(*cell) == 0) {
            let about = match scope {
                Scope::Nation => t!(lang, "publication-nation-within"),
                Scope::County(_) | Scope::Authority(_) => self.about.get(lang).to_owned(),
            };
            let words = period.words(lang);
            return Err(wrong(NOT_SO, t!(lang, "publication-nothing", about = about, period = words)));
        }
        let threshold = u64::try_from(app.settings.threshold).unwrap_or(1);
        let (outcome, contents) = self.decide(wanted, &drafts, threshold, lang, progress)?;
        if let (Some(latest), Some(_)) = (&self.latest, reason) {
            let same = contents.iter().map(|table| Ok(digest(table.content.to_json()?)));
            let same: Vec<String> = same.collect::<Result<_, StoreError>>()?;
            if same == latest.marks.tables.iter().map(|table| table.digest.clone()).collect::<Vec<_>>() {
                return Err(wrong(NOT_SO, t!(lang, "publication-unchanged", version = i64::from(latest.version))));
            }
        }
        Ok(self.frozen(app, wanted, &outcome, contents)?)
    }

    /// How the cells of the tables may be shown, attacked as the public would.
    fn decide(
        &mut self,
        wanted: &Wanted,
        drafts: &[Draft],
        threshold: u64,
        lang: Lang,
        progress: Progress<'_>,
    ) -> Result<(Outcome, Vec<Counted>), Stop> {
        let Wanted { scope, method, period, .. } = wanted;
        let measures = method.measures().len();
        let new: HashSet<Cell> = drafts.iter().flat_map(|draft| draft.cells(measures)).collect();
        let later = plan::to_come(&mut self.counts, scope, *period, measures);
        progress(&t!(lang, "publication-progress-protect", cells = new.len() as i64));
        let earlier: Vec<&Earlier> = self.earlier.iter().map(|before| &before.cells).collect();
        let outcome = web::protect(&self.counts, &earlier, (&new, &later), threshold, &shared_out)
            .map_err(|leak| self.told(&leak, *period, lang))?;
        let shown = |draft: &Draft| {
            let cells = draft.cells(measures);
            let mut content = Content::of(draft, method, &self.counts, &self.names, *period);
            content.cells = cells.iter().map(|cell| outcome.shown.get(cell).copied().flatten()).collect();
            let now: Vec<u64> = cells.iter().map(|cell| self.counts.of(*cell)).collect();
            Counted { content, then: now.clone(), now }
        };
        let contents: Vec<Counted> = drafts.iter().map(shown).collect();
        progress(&t!(lang, "publication-progress-attack"));
        self.attack(&contents, wanted, threshold, lang)?;
        Ok((outcome, contents))
    }

    /// The last look at everything that is published of the year, as the public will have it.
    fn attack(&self, contents: &[Counted], wanted: &Wanted, threshold: u64, lang: Lang) -> Result<(), Stop> {
        let mut editions: Vec<Edition<'_>> = self.earlier.iter().map(Before::edition).collect();
        editions.push(Edition { period: wanted.period, tables: contents.iter().collect() });
        let fallen = audit::look(&editions, &wanted.method, threshold, &shared_out)
            .map_err(|wrong| StoreError::Fault(format!("a release that does not add up: {wrong}")))?;
        if fallen.is_empty() {
            return Ok(());
        }
        let first: Vec<&str> = fallen.iter().take(5).map(String::as_str).collect();
        let count = fallen.len() as i64;
        Err(wrong(NOT_SO, t!(lang, "publication-leaks", count = count, cells = first.join(", "))))
    }

    fn frozen(
        &self,
        app: &App,
        wanted: &Wanted,
        outcome: &Outcome,
        contents: Vec<Counted>,
    ) -> Result<Frozen, StoreError> {
        let Wanted { scope, method, period, reason } = wanted;
        let mut tables = Vec::new();
        let mut marked = Vec::new();
        for Counted { content, then, .. } in contents {
            let text = content.to_json()?;
            let digest = digest(&text);
            let counts = serde_json::to_string(&then).map_err(|e| StoreError::Fault(format!("counts as JSON: {e}")))?;
            let withheld = content.cells.iter().filter(|cell| cell.is_none()).count();
            marked.push(read::TableMark {
                name: content.name.clone(),
                digest: digest.clone(),
                cells: content.cells.len() as u64,
                withheld: withheld as u64,
            });
            tables.push(((content.name, text, digest), counts));
        }
        let version = self.latest.as_ref().map_or(1, |latest| latest.version + 1);
        let marks = Marks {
            about: self.about.clone(),
            method_name: Words::of(|lang| method.name.get(lang).to_owned()),
            method_version: method.version,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            threshold: u64::try_from(app.settings.threshold).unwrap_or(1),
            zeros_shown: true,
            attacker: Attacker { leaks: 0, rounds: outcome.rounds as u64, cells: outcome.cells as u64 },
            kept_to: self.seen as u64,
            reporters: self.reporters(scope),
            replaces: self.latest.as_ref().map(|latest| latest.id.clone()),
            reason: self.latest.as_ref().and_then(|_| reason.clone()),
            tables: marked,
        };
        let marks_text = read::marks_to_json(&marks)?;
        let part = match period.part {
            Part::Year => period.year.to_string(),
            _ => period.code().to_lowercase(),
        };
        let id = format!("{}-{}-{part}-{version}", method.id, scope.code().replace(':', "-"));
        let release = Release {
            id,
            method: method.id.clone(),
            scope: scope.clone(),
            period: *period,
            version,
            made_at: app.clock.now(),
            digest: digest(&marks_text),
            frozen: marks_text,
            marks,
        };
        Ok(Frozen { release, tables })
    }

    /// The municipalities in which anything was counted, of those within the scope.
    fn reporters(&self, scope: &Scope) -> Vec<Code> {
        let within = |county: &&String| match scope {
            Scope::Nation => true,
            Scope::County(code) => code == *county,
            Scope::Authority(_) => false,
        };
        let codes = self.counts.reporting.iter().filter(|(county, _)| within(county)).flat_map(|(_, codes)| codes);
        codes
            .filter_map(|code| reference::municipality(code))
            .map(|place| Code {
                code: place.code.to_owned(),
                name: Words::of(|_| place.name.to_owned()),
                parent: Some(place.county.to_owned()),
            })
            .collect()
    }

    /// Why it must not leave, with the first of the cells that would be given away.
    fn told(&self, leak: &Leak, period: Period, lang: Lang) -> Stop {
        let (cells, before) = match leak {
            Leak::Before(cells) => (cells, true),
            Leak::Falls(cells) => (cells, false),
        };
        let named = |cell: &Cell| {
            let place = self.counts.lattice.places.get(cell.place).map(Place::code).unwrap_or_default();
            let measure = self.counts.lattice.measures.get(usize::from(cell.measure)).cloned().unwrap_or_default();
            let time = plan::time_code(period, cell.time);
            format!("{measure} {place} {time}").trim().to_owned()
        };
        let first: Vec<String> = cells.iter().take(5).map(named).collect();
        let count = cells.len() as i64;
        wrong(
            NOT_SO,
            match before {
                true => t!(lang, "publication-betrays", count = count, cells = first.join(", ")),
                false => t!(lang, "publication-leaks", count = count, cells = first.join(", ")),
            },
        )
    }
}

fn about(tx: &mut dyn Sql, scope: &Scope) -> Result<Words, StoreError> {
    Ok(match scope {
        Scope::Nation => Words::of(|lang| t!(lang, "publication-nation")),
        Scope::County(code) => {
            Words::of(|_| reference::county(code).map_or_else(|| code.clone(), |county| county.name.to_owned()))
        }
        Scope::Authority(id) => {
            let name = directory::sql::authority(tx, *id)?.map_or_else(|| id.to_string(), |authority| authority.name);
            Words::of(|_| name.clone())
        }
    })
}

/// A release that was made before, with the true counts that it was made of.
pub(super) struct Before {
    period: Period,
    tables: Vec<Counted>,
    cells: Earlier,
    /// Its id, and the first of its tables with cells that are not counted any more: nobody can say what gives them away.
    strange: Option<(String, String)>,
}

impl Before {
    pub(super) fn edition(&self) -> Edition<'_> {
        Edition { period: self.period, tables: self.tables.iter().collect() }
    }

    pub(super) fn read(tx: &mut dyn Sql, row: &ReleaseRow, counts: &mut Counts) -> Result<Before, StoreError> {
        let corrupt = |what: String| StoreError::Corrupt(format!("release {}: {what}", row.id));
        let period = Period::parse(&row.period).ok_or_else(|| corrupt("its period".into()))?;
        let kept: HashMap<String, String> = sql::ledger(tx, &row.id)?.into_iter().collect();
        let mut before = Before { period, tables: Vec::new(), cells: Earlier::default(), strange: None };
        for (name, text, kept_digest) in sql::tables(tx, &row.id)? {
            if digest(&text) != kept_digest {
                return Err(corrupt(format!("table {name} is not what was frozen")));
            }
            let content = Content::from_json(&text)?;
            let numbers = kept.get(&name).ok_or_else(|| corrupt(format!("table {name} has no ledger")))?;
            let numbers: Vec<u64> = serde_json::from_str(numbers).map_err(|error| corrupt(error.to_string()))?;
            let cells = read::cells(&content, period, &mut counts.lattice);
            if numbers.len() != content.cells.len() || cells.len() != numbers.len() {
                return Err(corrupt(format!("table {name} and its ledger differ")));
            }
            let now = cells.iter().map(|cell| cell.map_or(0, |cell| counts.of(cell))).collect();
            for ((cell, count), shown) in cells.into_iter().zip(&numbers).zip(&content.cells) {
                match cell.filter(|cell| counts.lattice.is_counted(*cell)) {
                    Some(cell) => drop(before.cells.cells.insert(cell, (*count, shown.is_some()))),
                    None => drop(before.strange.get_or_insert_with(|| (row.id.clone(), name.clone()))),
                }
            }
            before.tables.push(Counted { content, then: numbers, now });
        }
        Ok(before)
    }
}

/// A release that is ready to be stored.
#[derive(Clone)]
struct Frozen {
    release: Release,
    tables: Vec<(sql::TableRow, String)>,
}

impl Frozen {
    fn store(&self, tx: &mut dyn Sql) -> Result<(), StoreError> {
        let release = &self.release;
        let row = ReleaseRow {
            id: release.id.clone(),
            method: release.method.clone(),
            scope: release.scope.code(),
            period: release.period.code(),
            version: i64::from(release.version),
            made_at: release.made_at,
            marks: release.frozen.clone(),
            digest: release.digest.clone(),
        };
        let brief = read::brief_to_json(&release.marks)?;
        sql::insert_release(tx, &row, i64::from(release.period.year), &brief)?;
        for ((table, counts), nr) in self.tables.iter().zip(0..) {
            sql::insert_table(tx, &release.id, nr, table, counts)?;
        }
        Ok(())
    }
}
