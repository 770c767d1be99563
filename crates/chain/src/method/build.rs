//! From the tree of a file to a method: every name resolved, every missing thing told.

use super::library::Places as LibraryPlaces;
use super::source::{At, Named, Node, Raw, Reading, Table};
use super::{
    CaseOf, Clock, Closing, Ground, HandoverRule, Indicator, Measure, Method, OpensRule, OutcomeIx, Outcomes, Party,
    Retention, RouteBy, Stage,
};
use crate::field::{Field, When};
use crate::measure::Counts;

/// Where the parts of a method stand, in the same order as the parts.
#[derive(Default)]
pub(super) struct Places {
    pub(super) root: At,
    pub(super) stages: Vec<At>,
    pub(super) closings: Vec<At>,
    pub(super) fields: Vec<At>,
    pub(super) steps: Vec<At>,
    /// By the number of the outcome.
    pub(super) outcomes: Vec<At>,
    pub(super) handovers: Vec<At>,
    pub(super) clocks: Vec<At>,
    pub(super) opens: Vec<At>,
}

/// The names there are to refer to.
struct Names {
    parties: Vec<String>,
    stages: Vec<String>,
    closings: Vec<String>,
    fields: Vec<String>,
    steps: Vec<String>,
    clocks: Vec<String>,
    measures: Vec<String>,
    /// Step and outcome, by the number of the outcome.
    outcomes: Vec<(String, String)>,
}

pub(super) struct Build<'r, 'a, 't> {
    pub(super) reading: &'r mut Reading<'a>,
    pub(super) root: &'t Table,
    names: Names,
    pub(super) places: Places,
}

/// Builds what can be built; whatever is wrong is told to `reading`, and stands as an empty text or is left out.
pub(super) fn build(reading: &mut Reading<'_>, root: &Table) -> (Method, Places) {
    let lists = ["stage", "closing", "field", "step", "handover", "clock", "opens", "measure", "indicator"];
    let singles = ["id", "version", "name", "about", "case_of", "retention", "kept_until_thirty", "party", "flow"];
    reading.keys(root, "a method", &[&singles[..], &lists[..]].concat());
    for list in lists {
        reading.list_of_tables(root, list);
        no_duplicates(reading, &root.tables(list), list);
    }
    let names = Names::of(root);
    let places = Places { root: root.at, ..Places::default() };
    let mut build = Build { reading, root, names, places };
    let method = build.method();
    (method, build.places)
}

pub(super) fn no_duplicates(reading: &mut Reading<'_>, tables: &[&Table], what: &str) {
    let mut seen: Vec<&str> = Vec::new();
    for table in tables {
        let Some(id) = table.id() else { continue };
        if seen.contains(&id) {
            let at = table.get("id").map_or(table.at, |node| node.at);
            let proposal = format!("give one of them another id, such as `{id}_2`");
            reading.mistake(at, format!("there are two {what}s `{id}`"), proposal);
        }
        seen.push(id);
    }
}

impl Names {
    fn of(root: &Table) -> Self {
        let ids = |key: &str| root.tables(key).iter().filter_map(|table| table.id()).map(str::to_owned).collect();
        let parties = match root.get("party").map(|node| &node.value) {
            Some(Raw::Table(parties)) => parties.entries.iter().map(|entry| entry.key.clone()).collect(),
            _ => Vec::new(),
        };
        let outcomes = root.tables("step").into_iter().flat_map(|step| {
            let outcomes = step.tables("outcome");
            let name = |table: &Table| table.id().unwrap_or_default().to_owned();
            outcomes.into_iter().map(move |outcome| (name(step), name(outcome)))
        });
        Self {
            parties,
            stages: ids("stage"),
            closings: ids("closing"),
            fields: ids("field"),
            steps: ids("step"),
            clocks: ids("clock"),
            measures: ids("measure"),
            outcomes: outcomes.collect(),
        }
    }
}

/// The names of a kind, borrowed for a check.
macro_rules! known {
    ($build:expr, $kind:ident, $what:expr, $named:expr) => {
        $build.reading.known($what, $named, $build.names.$kind.iter().map(String::as_str))
    };
}

impl Build<'_, '_, '_> {
    fn method(&mut self) -> Method {
        let root = self.root;
        let what = "the method";
        let id = self.reading.id(root, what);
        let version_at = root.get("version").map_or(root.at, |node| node.at);
        if root.get("version").is_none() {
            self.reading.mistake(root.at, "the method has no `version`", "add `version = 1`");
        }
        let version = self.reading.natural(root, "version").unwrap_or_default();
        let name = self.reading.need_text(root, what, "name");
        let about = self.reading.need_text(root, what, "about");
        let case_of = self.case_of();
        let retention = self.retention();
        let kept_until_thirty = self.patterns(root, "kept_until_thirty");
        let parties = self.parties();
        let stages = self.each("stage", Self::stage);
        let closings = self.each("closing", Self::closing);
        let fields = self.each("field", Self::field);
        let mut next = 0;
        let steps = self.each("step", |build, table| super::steps::step(build, table, &fields, &mut next));
        let handovers = self.each("handover", Self::handover);
        let clocks = self.each("clock", Self::clock);
        let opens = self.each("opens", Self::opens);
        let measures = self.each("measure", Self::measure);
        let indicators = self.each("indicator", Self::indicator);
        let flow = self.flow();
        let places = LibraryPlaces {
            version: self.reading.describe(version_at, "", ""),
            opens: self.places.opens.iter().map(|at| self.reading.describe(*at, "", "")).collect(),
        };
        Method {
            id,
            version,
            name,
            about,
            case_of,
            retention,
            kept_until_thirty,
            flow,
            parties,
            stages,
            closings,
            steps,
            fields,
            handovers,
            clocks,
            opens,
            measures,
            indicators,
            places,
        }
    }

    fn each<T>(&mut self, key: &str, mut one: impl FnMut(&mut Self, &Table) -> T) -> Vec<T> {
        self.root.tables(key).into_iter().map(|table| one(self, table)).collect()
    }

    fn case_of(&mut self) -> CaseOf {
        let root = self.root;
        match self.reading.need_string(root, "the method", "case_of", "\"adult\"") {
            Some(given) => {
                self.reading.known("kind of person", &given, ["adult", "child"].into_iter());
                if given.0 == "child" { CaseOf::Child } else { CaseOf::Adult }
            }
            None => CaseOf::Adult,
        }
    }

    fn retention(&mut self) -> Retention {
        let root = self.root;
        let Some((text, at)) = self.reading.need_string(root, "the method", "retention", "\"5 y\"") else {
            return Retention::Kept;
        };
        if text == "kept" {
            return Retention::Kept;
        }
        let years =
            text.strip_suffix(" y").and_then(|years| years.parse().ok()).filter(|years| (1..=100).contains(years));
        if years.is_none() {
            let message = format!("`{text}` is no time to keep cases");
            let proposal = "write years from 1 to 100, such as `retention = \"5 y\"`, or `retention = \"kept\"`";
            self.reading.mistake(at, message, proposal);
        }
        years.map_or(Retention::Kept, Retention::Years)
    }

    fn parties(&mut self) -> Vec<Party> {
        let root = self.root;
        let Some(parties) = self.reading.inner(root, "party", "{ … }") else {
            if root.get("party").is_none() {
                self.reading.mistake(root.at, "the method has no parties", "add `[party.detector]` with its `kinds`");
            }
            return Vec::new();
        };
        parties
            .entries
            .iter()
            .filter_map(|entry| {
                self.reading.check_id(&entry.key, entry.at);
                let table = self.reading.inner(parties, &entry.key, "{ … }")?;
                let what = format!("the party `{}`", entry.key);
                self.reading.keys(table, &what, &["name", "kinds", "route_by"]);
                let kinds: Vec<String> =
                    self.reading.strings(table, "kinds").into_iter().map(|(kind, _)| kind).collect();
                if kinds.is_empty() {
                    self.reading.mistake(
                        entry.at,
                        format!("{what} has no `kinds`"),
                        "add `kinds = [\"police\"]` or the like",
                    );
                }
                let route_by = self.reading.strings(table, "route_by").into_iter().filter_map(|by| {
                    self.reading.known("way to route", &by, ["residence", "age", "substance"].into_iter());
                    match by.0.as_str() {
                        "residence" => Some(RouteBy::Residence),
                        "age" => Some(RouteBy::Age),
                        "substance" => Some(RouteBy::Substance),
                        _ => None,
                    }
                });
                let route_by = route_by.collect();
                let name = self.reading.need_text(table, &what, "name");
                Some(Party { id: entry.key.clone(), name, kinds, route_by })
            })
            .collect()
    }

    fn stage(&mut self, table: &Table) -> Stage {
        self.places.stages.push(table.at);
        let id = self.reading.id(table, "a stage");
        let what = format!("the stage `{id}`");
        self.reading.keys(table, &what, &["id", "name", "outside"]);
        Stage {
            name: self.reading.need_text(table, &what, "name"),
            outside: self.reading.text(table, &what, "outside"),
            id,
        }
    }

    fn closing(&mut self, table: &Table) -> Closing {
        self.places.closings.push(table.at);
        let id = self.reading.id(table, "a closing");
        let what = format!("the closing `{id}`");
        self.reading.keys(table, &what, &["id", "name"]);
        Closing { name: self.reading.need_text(table, &what, "name"), id }
    }

    fn field(&mut self, table: &Table) -> Field {
        self.places.fields.push(table.at);
        super::fields::read(self, table)
    }

    /// Names of a kind, checked to exist; without those that do not.
    pub(super) fn parties_in(&mut self, table: &Table, key: &str) -> Vec<String> {
        let named = self.reading.strings(table, key);
        named.into_iter().filter(|one| known!(self, parties, "party", one)).map(|(name, _)| name).collect()
    }

    /// The outcomes that a pattern names: `step.outcome` or `step.*`.
    pub(super) fn pattern(&mut self, (pattern, at): &Named) -> Vec<OutcomeIx> {
        let Some((step, outcome)) = pattern.split_once('.') else {
            let message = format!("`{pattern}` does not name an outcome");
            self.reading.mistake(
                *at,
                message,
                format!("write `{pattern}.*` for any outcome of the step, or `{pattern}.` and one of them"),
            );
            return Vec::new();
        };
        if !known!(self, steps, "step", &(step.to_owned(), *at)) {
            return Vec::new();
        }
        let of_step = self.names.outcomes.iter().zip(0u32..).filter(|((of, _), _)| of == step);
        if outcome == "*" {
            return of_step.map(|(_, ix)| OutcomeIx(ix)).collect();
        }
        let there_are = of_step.clone().map(|((_, id), _)| id.as_str());
        self.reading.known(&format!("outcome of `{step}`:"), &(outcome.to_owned(), *at), there_are);
        of_step.filter(|((_, id), _)| id == outcome).map(|(_, ix)| OutcomeIx(ix)).collect()
    }

    pub(super) fn patterns(&mut self, table: &Table, key: &str) -> Outcomes {
        let named = self.reading.strings(table, key);
        Outcomes::new(named.iter().flat_map(|one| self.pattern(one)).collect())
    }

    /// Patterns that must be there.
    pub(super) fn need_patterns(&mut self, table: &Table, what: &str, key: &str) -> Outcomes {
        if self.reading.strings(table, key).is_empty() {
            self.reading.mistake(
                table.at,
                format!("{what} has no `{key}`"),
                format!("add `{key} = [\"step.outcome\"]`"),
            );
        }
        self.patterns(table, key)
    }

    /// A name that must be there and exist; empty when not.
    pub(super) fn need_known(&mut self, table: &Table, what: &str, key: &str, kind: Kind) -> String {
        let Some(named) = self.reading.need_string(table, what, key, "\"…\"") else { return String::new() };
        match kind {
            Kind::Party => known!(self, parties, "party", &named),
            Kind::Measure => known!(self, measures, "measure", &named),
        };
        named.0
    }

    pub(super) fn known_stage(&mut self, named: &Named) -> bool {
        known!(self, stages, "stage", named)
    }

    pub(super) fn known_closing(&mut self, named: &Named) -> bool {
        known!(self, closings, "closing", named)
    }

    pub(super) fn known_field(&mut self, named: &Named) -> bool {
        known!(self, fields, "field", named)
    }

    /// `ground = "consent"` or `ground = { law = "…" }`.
    fn ground(&mut self, table: &Table, what: &str) -> Ground {
        const WAYS: &str =
            "write `ground = \"consent\"` or `ground = { law = \"19 kap. 1 § SoL\" }` with the paragraph";
        match table.get("ground") {
            Some(Node { value: Raw::Text(text), .. }) if text == "consent" => Ground::Consent,
            Some(Node { value: Raw::Table(inner), .. }) => {
                self.reading.keys(inner, &format!("`ground` of {what}"), &["law"]);
                let law = self.reading.need_string(inner, &format!("`ground` of {what}"), "law", "\"19 kap. 1 § SoL\"");
                Ground::Law(law.map(|(law, _)| law).unwrap_or_default())
            }
            Some(node) => {
                self.reading.mistake(node.at, format!("`ground` of {what} is neither consent nor a law"), WAYS);
                Ground::Consent
            }
            None => {
                self.reading.mistake(table.at, format!("{what} has no `ground`"), WAYS);
                Ground::Consent
            }
        }
    }

    fn handover(&mut self, table: &Table) -> HandoverRule {
        self.places.handovers.push(table.at);
        let id = self.reading.id(table, "a handover");
        let what = format!("the handover `{id}`");
        self.reading.keys(table, &what, &["id", "after", "to", "ground", "residence_from", "releases"]);
        let residence_from = self.reading.string(table, "residence_from").filter(|named| self.known_field(named));
        HandoverRule {
            to: self.need_known(table, &what, "to", Kind::Party),
            ground: self.ground(table, &what),
            residence_from: residence_from.map(|(field, _)| field),
            releases: self.reading.boolean(table, "releases"),
            after: self.need_patterns(table, &what, "after"),
            id,
        }
    }

    fn clock(&mut self, table: &Table) -> Clock {
        self.places.clocks.push(table.at);
        super::clocks::read(self, table)
    }

    fn opens(&mut self, table: &Table) -> OpensRule {
        self.places.opens.push(table.at);
        let id = self.reading.id(table, "an opening");
        let what = format!("the opening `{id}`");
        self.reading.keys(
            table,
            &what,
            &[
                "id",
                "when",
                "after",
                "method",
                "step",
                "outcome",
                "copy",
                "each",
                "person",
                "since",
                "ground",
                "independent_of",
            ],
        );
        let independent = self.reading.string(table, "independent_of");
        let person = self.reading.string(table, "person");
        if let Some(given) = &person {
            self.reading.known("person to open a case about:", given, ["same", "other"].into_iter());
        }
        let each = self.reading.string(table, "each").filter(|named| self.known_field(named));
        let since = table.get("since").is_some().then(|| self.patterns(table, "since"));
        if let Some(given) = &independent {
            self.reading.known("thing to be independent of:", given, ["consent"].into_iter());
        }
        let when = super::fields::when(self, table, &what);
        if when.is_none() && table.get("after").is_none() {
            let proposal = "add `when = { field = \"…\", is = [\"…\"] }`, `after = [\"step.outcome\"]` or both";
            self.reading.mistake(table.at, format!("{what} never happens"), proposal);
        }
        let after = table.get("after").is_some().then(|| self.patterns(table, "after"));
        let copy = self.reading.strings(table, "copy").into_iter().filter(|named| self.known_field(named));
        let copy = copy.map(|(field, _)| field).collect();
        let mut name =
            |key: &str| self.reading.need_string(table, &what, key, "\"…\"").map(|(name, _)| name).unwrap_or_default();
        OpensRule {
            method: name("method"),
            step: name("step"),
            outcome: name("outcome"),
            ground: self.ground(table, &what),
            independent_of_consent: independent.is_some(),
            each: each.map(|(field, _)| field),
            other_person: person.is_some_and(|(person, _)| person == "other"),
            since,
            id,
            copy,
            when,
            after,
        }
    }

    fn measure(&mut self, table: &Table) -> Measure {
        let id = self.reading.id(table, "a measure");
        let what = format!("the measure `{id}`");
        self.reading.keys(
            table,
            &what,
            &["id", "name", "definition", "any", "at_least", "clock", "in_time", "field", "is", "consent"],
        );
        let given: Vec<&str> = ["any", "clock", "field"].into_iter().filter(|key| table.get(key).is_some()).collect();
        let ways = "give one of `any = [\"step.outcome\"]`, `clock = \"…\"` with `in_time = true`, or `field = \"…\"` with `is = [\"…\"]`";
        for key in ["at_least", "consent"] {
            if let Some(node) = table.get(key).filter(|_| given != ["any"]) {
                let message = format!("{what} has `{key}` and counts something else than outcomes");
                self.reading.mistake(node.at, message, format!("give `any` with `{key}`, or remove it"));
            }
        }
        let counts = match given.as_slice() {
            ["any"] => {
                let outcomes = self.need_patterns(table, &what, "any");
                match (self.reading.natural(table, "at_least"), self.reading.boolean(table, "consent")) {
                    (None, false) => Counts::Any(outcomes),
                    (None, true) => Counts::Consent(outcomes),
                    (Some(times), false) => Counts::Often(outcomes, times),
                    (Some(_), true) => {
                        let message = format!("{what} has both `at_least` and `consent`");
                        self.reading.mistake(table.at, message, "remove one of them");
                        Counts::Any(outcomes)
                    }
                }
            }
            ["clock"] => self.in_time(table, &what),
            ["field"] => {
                let read = super::fields::condition(self, table, &what);
                Counts::Answer(read.unwrap_or(When { field: String::new(), is: Vec::new() }))
            }
            _ => {
                self.reading.mistake(
                    table.at,
                    format!("{what} counts {}", if given.is_empty() { "nothing" } else { "several things" }),
                    ways,
                );
                Counts::Any(Outcomes::default())
            }
        };
        Measure {
            name: self.reading.need_text(table, &what, "name"),
            definition: self.reading.need_text(table, &what, "definition"),
            id,
            counts,
        }
    }

    fn in_time(&mut self, table: &Table, what: &str) -> Counts {
        if !self.reading.boolean(table, "in_time") {
            self.reading.mistake(
                table.at,
                format!("{what} names a clock and not what of it is counted"),
                "add `in_time = true`",
            );
        }
        let named = self.reading.strings(table, "clock").into_iter();
        Counts::InTime(named.filter(|one| known!(self, clocks, "clock", one)).map(|(clock, _)| clock).collect())
    }

    fn indicator(&mut self, table: &Table) -> Indicator {
        let id = self.reading.id(table, "an indicator");
        let what = format!("the indicator `{id}`");
        self.reading.keys(table, &what, &["id", "name", "definition", "numerator", "denominator", "target"]);
        Indicator {
            name: self.reading.need_text(table, &what, "name"),
            definition: self.reading.need_text(table, &what, "definition"),
            numerator: self.need_known(table, &what, "numerator", Kind::Measure),
            denominator: self.need_known(table, &what, "denominator", Kind::Measure),
            target: self.reading.natural(table, "target"),
            id,
        }
    }

    fn flow(&mut self) -> Vec<String> {
        let root = self.root;
        let Some(flow) = self.reading.inner(root, "flow", "{ nodes = [\"…\"] }") else { return Vec::new() };
        self.reading.keys(flow, "the flow", &["nodes"]);
        let nodes = self.reading.strings(flow, "nodes");
        nodes.into_iter().filter(|one| known!(self, measures, "measure", one)).map(|(measure, _)| measure).collect()
    }
}

/// The kinds of name that a key can hold.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Party,
    Measure,
}
