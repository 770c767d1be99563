//! The picture of an area: the figures of others, our own, and what was read out of them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::words::Area;
use super::{Reading, Topic, is_old, sql, topics};
use crate::access::{self, Action};
use crate::app::{Cx, Stop};
use crate::directory;
use crate::reference;
use crate::statistics::{self, Figures, Group, Scope, Share, Wish};
use crate::store::Sql;
use crate::web::chart;

/// How many measures are shown when none is chosen.
const SHOWN_UNASKED: usize = 6;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The county or one of its municipalities; the county when not said or unknown.
    pub area: String,
    /// The indicators; the first ones when none is named.
    pub indicators: Vec<String>,
}

/// The picture.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub county: Area,
    pub area: Area,
    /// The areas that can be chosen: the county and its municipalities.
    pub areas: Vec<Area>,
    /// The names of all indicators there are.
    pub indicators: Vec<String>,
    /// Those that are shown.
    pub chosen: Vec<String>,
    /// The measures that are shown.
    pub topics: Vec<Topic>,
    /// When the figures were last renewed, and whether that is too long ago.
    pub renewed: Option<(Timestamp, bool)>,
    pub own: Vec<Own>,
    pub reading: Reading,
    pub threshold: i64,
}

/// The figures of one of our own working methods.
#[derive(Clone, Debug)]
pub(super) struct Own {
    /// The method's id, for the link.
    pub method: String,
    pub name: String,
    pub source: String,
    pub rows: Vec<OwnRow>,
}

/// One of our own key figures.
#[derive(Clone, Debug)]
pub(super) struct OwnRow {
    pub name: String,
    pub definition: String,
    pub figure: chart::Cell,
    /// What it is made of.
    pub made_of: Option<(i64, i64)>,
}

/// Reads the picture of an area in the actor's county; leaves audit records.
pub(super) fn picture(tx: &mut dyn Sql, cx: &mut Cx, asked: &Asked) -> Result<Picture, Stop> {
    let unit = directory::own_unit(tx, cx)?;
    let county = Area::county(&unit.county).unwrap_or_else(Area::nation);
    let municipalities = reference::municipalities().iter().filter(|place| place.county == county.code());
    let areas: Vec<Area> =
        std::iter::once(county.clone()).chain(municipalities.filter_map(|place| Area::of(place.code))).collect();
    let area = areas.iter().find(|area| area.code() == asked.area).unwrap_or(&county).clone();
    access::desk(tx, cx, Action::SeeSituation, &format!("situation {}", area.code()))?;
    let threshold = cx.app.settings.threshold;
    let all = topics(sql::cells(tx, county.code())?, threshold);
    let indicators: BTreeSet<&str> = all.iter().map(|topic| topic.indicator.as_str()).collect();
    let indicators: Vec<String> = indicators.into_iter().map(str::to_owned).collect();
    let mut chosen: Vec<String> = indicators.iter().filter(|name| asked.indicators.contains(name)).cloned().collect();
    if chosen.is_empty() {
        chosen = indicators.iter().take(SHOWN_UNASKED).cloned().collect();
    }
    let topics = all.into_iter().filter(|topic| chosen.contains(&topic.indicator)).collect();
    let renewed = sql::renewed(tx, county.code())?.map(|at| (at, is_old(at, cx.now)));
    let reading = sql::reading(tx, county.code(), area.code())?.unwrap_or_default();
    let own = own(tx, cx, &area)?;
    Ok(Picture { county, area, areas, indicators, chosen, topics, renewed, own, reading, threshold })
}

/// Our own key figures of the last twelve months for an area, by each method that has a flow, protected as on the county's page.
fn own(tx: &mut dyn Sql, cx: &mut Cx, area: &Area) -> Result<Vec<Own>, Stop> {
    let app = cx.app.clone();
    let mut own: Vec<Own> = Vec::new();
    for method in app.library.methods().filter(|method| !method.flow.is_empty()) {
        let Some(method) = app.library.current(&method.id).filter(|now| own.iter().all(|one| one.method != now.id))
        else {
            continue;
        };
        let wish = Wish { method: Some(method.id.clone()), ..Wish::default() };
        let report = statistics::report(tx, cx, Scope::County, "situation", &wish)?;
        let figures: &Figures = &report.figures;
        let group: Option<&Group> = figures.places.iter().find(|group| group.code == area.code());
        if figures.is_empty() || (group.is_none() && area.code().len() > 2) {
            continue;
        }
        let rows = method.indicators().iter().map(|indicator| {
            let share = group.map_or_else(|| figures.share(indicator), |group| figures.share_in(group, indicator));
            let (figure, made_of) = match (share.value(), share) {
                (Some(value), Share::Open { part, whole }) => (chart::Cell::Known(value), Some((part, whole))),
                (_, Share::Withheld) => (chart::Cell::Withheld, None),
                _ => (chart::Cell::Missing, None),
            };
            OwnRow {
                name: indicator.name.get(cx.lang).to_owned(),
                definition: indicator.definition.get(cx.lang).to_owned(),
                figure,
                made_of,
            }
        });
        own.push(Own {
            method: method.id.clone(),
            name: method.name.get(cx.lang).to_owned(),
            source: report.source(cx.lang),
            rows: rows.collect(),
        });
    }
    Ok(own)
}
