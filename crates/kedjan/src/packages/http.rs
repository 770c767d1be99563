//! Nodes and packages at the pages, for the administrator: whom this node knows, what went and came, and who is missing.

use axum::extract::RawQuery;
use axum::response::Response;
use jiff::civil::Date;

use super::page::{self, Heading};
use super::{Node, Reporting, Trace, reporting, sql};
use crate::access::{self, Action, Seen};
use crate::app::{self, Stop};
use crate::directory::paging::Paging;
use crate::http::{Visitor, query_pairs};
use crate::statistics::month_of;
use crate::store::{Sql, StoreError};
use crate::t;
use crate::web::format::local;

/// What every part of the page shows at its top.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    /// This installation as a node.
    pub(super) own: Option<Node>,
    /// How many other nodes there are.
    pub(super) nodes: i64,
    /// How many packages have gone, come or been refused.
    pub(super) packages: i64,
}

impl Summary {
    fn read(tx: &mut dyn Sql) -> Result<Summary, StoreError> {
        Ok(Summary { own: sql::own(tx)?.map(|own| own.node), nodes: sql::count(tx)?, packages: sql::count_traces(tx)? })
    }
}

/// Reads a part of the page behind the guard, with what every part shows.
async fn read<T: Send + 'static>(
    visitor: &Visitor,
    rows: impl Fn(&mut dyn Sql, &app::Cx) -> Result<T, StoreError> + Send + 'static,
) -> Result<(Summary, T), Stop> {
    app::unit(visitor.cx()?, move |tx, cx| {
        let seen = access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
            let summary = Summary::read(tx)?;
            Ok(Seen { value: (summary, rows(tx, cx)?), object: "nodes".into(), people: Vec::new() })
        })?;
        Ok(seen.into_inner())
    })
    .await
}

/// The nodes.
pub async fn nodes(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let paging = Paging::of_page(query.as_deref());
    let rows = move |tx: &mut dyn Sql, _: &app::Cx| sql::all(tx, paging.offset, paging.limit);
    match read(&visitor, rows).await {
        Ok((summary, nodes)) => {
            let pager = paging.pager("/nodes", nodes.len(), summary.nodes);
            let heading =
                Heading { lang: visitor.lang, now: visitor.app.clock.now(), path: "/nodes", summary: &summary };
            visitor.page(&t!(visitor.lang, "nodes-title"), page::nodes(&heading, &nodes, &pager))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// What was sent, taken and refused, the latest first.
pub async fn packages(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let paging = Paging::of_page(query.as_deref());
    let rows = move |tx: &mut dyn Sql, _: &app::Cx| sql::traces(tx, paging.offset, paging.limit);
    match read(&visitor, rows).await {
        Ok((summary, packages)) => {
            let packages: Vec<(Trace, Option<String>)> = packages;
            let path = "/nodes/packages";
            let pager = paging.pager(path, packages.len(), summary.packages);
            let heading = Heading { lang: visitor.lang, now: visitor.app.clock.now(), path, summary: &summary };
            visitor.page(&t!(visitor.lang, "nodes-title"), page::packages(&heading, &packages, &pager))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// Who has not reported for a month; the latest that is over, when none is said.
pub async fn missing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let today = local(visitor.app.clock.now()).date();
    let said = query_pairs(query.as_deref().unwrap_or_default()).into_iter().find(|(name, _)| name == "period");
    let latest = today.first_of_month().yesterday().map_or(today, Date::first_of_month);
    let month = said.and_then(|(_, text)| month_of(&text)).unwrap_or(latest);
    let rows = move |tx: &mut dyn Sql, cx: &app::Cx| reporting(tx, cx, &[month]);
    match read(&visitor, rows).await {
        Ok((summary, found)) => {
            let found: Reporting = found;
            let path = "/nodes/missing";
            let heading = Heading { lang: visitor.lang, now: visitor.app.clock.now(), path, summary: &summary };
            let months: Vec<Date> = (0..12)
                .scan(latest, |month, _| {
                    let this = *month;
                    *month = this.yesterday().ok()?.first_of_month();
                    Some(this)
                })
                .collect();
            visitor.page(&t!(visitor.lang, "nodes-title"), page::missing(&heading, month, &months, &found))
        }
        Err(stop) => visitor.refuse(stop),
    }
}
