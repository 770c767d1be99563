//! What pages are built of: status, clocks, timelines, lists, tables, figures. Status is never told by colour alone.

use chain::text::Lang;
use jiff::Timestamp;
use maud::{Markup, html};

use super::format;
use crate::t;

/// What a message or a status says, told by icon and word first and by colour last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Neutral,
    /// Something to know.
    Info,
    /// Done, or in time.
    Success,
    /// Needs attention soon.
    Warning,
    /// Late, or refused.
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Neutral => Icon::Dot,
            Self::Info => Icon::Info,
            Self::Success => Icon::Check,
            Self::Warning => Icon::Clock,
            Self::Danger => Icon::Alert,
        }
    }
}

/// The few icons there are; each stands beside a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A tick in a ring.
    Check,
    /// A triangle with an exclamation mark.
    Alert,
    /// A clock face.
    Clock,
    /// An i in a ring.
    Info,
    /// A filled dot.
    Dot,
    /// An arrow down to a line.
    Download,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// An icon, hidden from screen readers.
#[must_use]
pub fn icon(icon: Icon) -> Markup {
    let path = match icon {
        Icon::Check => "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M7.5 12.2l3.1 3.1 6-6.4",
        Icon::Alert => "M12 3 1.8 20.5h20.4zM12 9.5v5.2M12 17.4v.4",
        Icon::Clock => "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M12 6.8V12l3.6 2.4",
        Icon::Info => "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M12 11v5.6M12 7.4v.4",
        Icon::Dot => "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
        Icon::Download => "M12 3.5v11.6M7 10.4l5 5 5-5M4 20.5h16",
        Icon::Up => "M12 19V5.5M6.2 11 12 5.2l5.8 5.8",
        Icon::Down => "M12 5v13.5M6.2 13l5.8 5.8 5.8-5.8",
    };
    html! { svg.icon viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" { path d=(path) {} } }
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
}

/// A status in a word.
#[must_use]
pub fn tag(tone: Tone, text: &str) -> Markup {
    html! { span.tag.(tone.class()) { (icon(tone.icon())) (text) } }
}

/// How near its end a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// There is time.
    Calm,
    /// The warning time has come.
    Soon,
    /// The time is over.
    Late,
}

impl Urgency {
    /// The urgency at a moment.
    #[must_use]
    pub fn at(due: Timestamp, warn: Timestamp, now: Timestamp) -> Self {
        if now > due {
            Self::Late
        } else if now >= warn {
            Self::Soon
        } else {
            Self::Calm
        }
    }
}

/// A clock that runs.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    /// What is to be done in time; left out where a column's head says it.
    pub label: Option<&'a str>,
    /// When the time is over.
    pub due: Timestamp,
    /// From when it is urgent; `due` itself when there is no warning.
    pub warn: Timestamp,
}

/// A clock as a badge: what is left or over, in words, with the moment itself to read.
#[must_use]
pub fn clock(lang: Lang, clock: &Clock<'_>, now: Timestamp) -> Markup {
    let (class, sign) = match Urgency::at(clock.due, clock.warn, now) {
        Urgency::Calm => ("calm", Icon::Clock),
        Urgency::Soon => ("soon", Icon::Clock),
        Urgency::Late => ("late", Icon::Alert),
    };
    // Seconds from now, so that the browser can count on without trusting its own clock.
    let seconds = |at: Timestamp| at.as_second().saturating_sub(now.as_second());
    html! {
        span.clock.(class) {
            (icon(sign))
            @if let Some(label) = clock.label { span.what { (label) } " " }
            time datetime=(clock.due.strftime("%Y-%m-%dT%H:%M:%SZ")) data-left=(seconds(clock.due)) data-warn=(seconds(clock.warn))
                title=(format::datetime(lang, clock.due, now)) { (format::duration_left(lang, clock.due, now)) }
        }
    }
}

/// A step in a case's history.
#[derive(Debug, Clone)]
pub struct TimelineStep {
    /// What was done, with its outcome.
    pub title: String,
    /// Which unit, and who where that may be seen.
    pub who: String,
    /// When it was done.
    pub at: Timestamp,
    /// Its place in the history.
    pub state: StepState,
    /// What was recorded, question and answer.
    pub fields: Vec<(String, String)>,
}

/// Where a step stands in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// It holds.
    Holds,
    /// A later step corrects it; the reason given.
    Corrected {
        /// Why it was corrected.
        reason: String,
    },
    /// It corrects an earlier step.
    Correction,
}

/// A case's history, newest or oldest first as given.
#[must_use]
pub fn timeline(lang: Lang, steps: &[TimelineStep], now: Timestamp) -> Markup {
    html! {
        ol.timeline {
            @for step in steps {
                @let corrected = matches!(step.state, StepState::Corrected { .. });
                li .corrected[corrected] {
                    h3 {
                        @if corrected { s { (step.title) } } @else { (step.title) }
                        @match &step.state {
                            StepState::Holds => {}
                            StepState::Corrected { .. } => { " " (tag(Tone::Neutral, &t!(lang, "step-corrected"))) }
                            StepState::Correction => { " " (tag(Tone::Info, &t!(lang, "step-correction"))) }
                        }
                    }
                    p.meta {
                        time datetime=(step.at.strftime("%Y-%m-%dT%H:%M:%SZ")) { (format::datetime(lang, step.at, now)) }
                        " · " (step.who)
                    }
                    @if let StepState::Corrected { reason } = &step.state {
                        p { (t!(lang, "step-corrected-because")) " " (reason) }
                    }
                    @if !step.fields.is_empty() {
                        dl { @for (question, answer) in &step.fields { div { dt { (question) } dd { (answer) } } } }
                    }
                }
            }
        }
    }
}

/// One row of a summary: what, how it is, and how it is changed.
pub struct SummaryRow {
    /// What.
    pub label: String,
    /// How it is.
    pub value: Markup,
    /// How it is changed.
    pub action: Option<Link>,
}

/// Facts, one under the other.
#[must_use]
pub fn summary_list(rows: &[SummaryRow]) -> Markup {
    html! {
        dl.summary {
            @for row in rows {
                div {
                    dt { (row.label) }
                    dd { (row.value) }
                    @if let Some(action) = &row.action {
                        dd.act { a href=(action.href) { (action.label) span.unseen { " – " (row.label) } } }
                    }
                }
            }
        }
    }
}

/// One selection of a list.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Exactly how many it holds.
    pub count: Option<u64>,
    /// Where it leads.
    pub href: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// Selections of a list, as links, each with its count.
#[must_use]
pub fn tabs(lang: Lang, label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul {
                @for tab in tabs {
                    li {
                        a href=(tab.href) aria-current=[tab.current.then_some("true")] {
                            (tab.label)
                            @if let Some(count) = tab.count { " " span.count { (whole(lang, count)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The order of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest, earliest, A first.
    Ascending,
    /// Largest, latest, Ö first.
    Descending,
}

/// A column's head.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Its name.
    pub label: String,
    /// Whether it holds numbers.
    pub numeric: bool,
    /// The link that sorts by it.
    pub sort: Option<String>,
    /// How the table is sorted by it now.
    pub order: Option<Order>,
}

/// A table that becomes cards on a narrow screen.
pub struct Table {
    /// What it shows; read aloud first.
    pub caption: String,
    /// Whether the caption is only for those who listen, because a heading says it.
    pub caption_unseen: bool,
    /// Its columns; the first names the row.
    pub columns: Vec<Column>,
    /// Its rows, as many cells as columns.
    pub rows: Vec<Vec<Markup>>,
}

/// The table, or nothing when it has no rows: then show [`empty`].
#[must_use]
pub fn table(lang: Lang, table: &Table) -> Markup {
    html! {
        @if !table.rows.is_empty() {
            // The roles are said aloud because a table drawn as cards loses them in some browsers.
            table.list role="table" {
                caption .unseen[table.caption_unseen] { (table.caption) }
                thead role="rowgroup" { tr role="row" { @for column in &table.columns { (head(lang, column)) } } }
                tbody role="rowgroup" {
                    @for row in &table.rows {
                        tr role="row" {
                            @for (at, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                                @if at == 0 {
                                    th scope="row" role="rowheader" data-label=(column.label) { (cell) }
                                } @else {
                                    td .n[column.numeric] role="cell" data-label=(column.label) { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn head(lang: Lang, column: &Column) -> Markup {
    let sorted = column.order.map(|order| match order {
        Order::Ascending => ("ascending", Icon::Up, t!(lang, "sorted-ascending")),
        Order::Descending => ("descending", Icon::Down, t!(lang, "sorted-descending")),
    });
    html! {
        th .n[column.numeric] scope="col" role="columnheader" aria-sort=[sorted.as_ref().map(|sorted| sorted.0)] {
            @if let Some(href) = &column.sort {
                a href=(href) {
                    (column.label)
                    @if let Some((_, sign, words)) = &sorted { (icon(*sign)) span.unseen { " " (words) } }
                }
            } @else { (column.label) }
        }
    }
}

/// Where in a long list one is.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// The first row shown, from 1; 0 when there is none.
    pub first: u64,
    /// The last row shown.
    pub last: u64,
    /// Exactly how many rows there are.
    pub all: u64,
    /// The rows before.
    pub previous: Option<String>,
    /// The rows after.
    pub next: Option<String>,
}

/// "1–50 av 312" with the way on and back.
#[must_use]
pub fn pager(lang: Lang, pager: &Pager) -> Markup {
    html! {
        nav.pager aria-label=(t!(lang, "pager-label")) {
            p { (t!(lang, "pager-rows", first = pager.first, last = pager.last, all = pager.all)) }
            @if let Some(href) = &pager.previous { a.button.secondary href=(href) rel="prev" { (t!(lang, "pager-previous")) } }
            @if let Some(href) = &pager.next { a.button.secondary href=(href) rel="next" { (t!(lang, "pager-next")) } }
        }
    }
}

/// What is said where there is nothing: why, kindly, and what can be done.
#[must_use]
pub fn empty(title: &str, text: &str, action: Option<&Link>) -> Markup {
    html! {
        div.empty {
            h2 { (title) }
            p { (text) }
            @if let Some(action) = action { p { a.button.secondary href=(action.href) { (action.label) } } }
        }
    }
}

/// A message across the page. Danger is read aloud at once.
#[must_use]
pub fn banner(tone: Tone, text: &str) -> Markup {
    let role = if tone == Tone::Danger { "alert" } else { "status" };
    html! { div.banner.(tone.class()) role=(role) { (icon(tone.icon())) p { (text) } } }
}

/// A surface with a heading.
#[must_use]
pub fn card(title: &str, content: &Markup) -> Markup {
    html! { section.card { h2 { (title) } (content) } }
}

/// A large number with what it means and where it comes from.
#[derive(Debug, Clone)]
pub struct KeyFigure {
    /// What it is called.
    pub label: String,
    /// The number as written, such as "84,5 %"; ".." where it may not be shown.
    pub value: String,
    /// What is counted, in a sentence.
    pub definition: String,
    /// Where it comes from and when.
    pub source: String,
    /// The figure as a file.
    pub download: Option<Link>,
}

/// A key figure.
#[must_use]
pub fn key_figure(figure: &KeyFigure) -> Markup {
    html! {
        section.card.key {
            h3 { (figure.label) }
            p.big { (figure.value) }
            p { (figure.definition) }
            p.source { (figure.source) }
            @if let Some(link) = &figure.download { a.download href=(link.href) { (icon(Icon::Download)) (link.label) } }
        }
    }
}

/// How far long work has come.
#[must_use]
pub fn progress(lang: Lang, label: &str, done: u64, all: u64) -> Markup {
    html! {
        div.progress {
            label { (label) " " progress max=(all.max(1)) value=(done.min(all)) {} }
            p { (t!(lang, "progress", done = done, all = all)) }
        }
    }
}

pub(super) fn whole(lang: Lang, value: u64) -> String {
    format::number(lang, i64::try_from(value).unwrap_or(i64::MAX))
}
