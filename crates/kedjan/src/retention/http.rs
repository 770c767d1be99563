//! Retention at the pages, for the controller: what is past its time, what is held, and the receipts.

use axum::extract::RawQuery;
use axum::response::Response;
use jiff::Timestamp;

use super::page::{self, Heading};
use super::{Standing, sql};
use crate::access::{self, Action, Seen};
use crate::app;
use crate::directory::paging::Paging;
use crate::http::Visitor;
use crate::store::{Sql, StoreError};
use crate::t;

/// What every part of the page shows at its top.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// When the list was made; never yet when there is none.
    pub(super) listed_at: Option<Timestamp>,
    /// How many cases past their time stand how.
    pub(super) counts: Vec<(Standing, i64)>,
    /// How many holds there are or have been.
    pub(super) holds: i64,
    /// How many receipts there are.
    pub(super) receipts: i64,
}

impl Summary {
    fn read(tx: &mut dyn Sql, org: uuid::Uuid) -> Result<Summary, StoreError> {
        let counted = sql::count_due(tx, org)?;
        let of = |standing: Standing| {
            counted.iter().find(|(name, _)| name == standing.name()).map_or(0, |(_, count)| *count)
        };
        Ok(Summary {
            listed_at: sql::listed_at(tx, org)?,
            counts: Standing::ALL.into_iter().map(|standing| (standing, of(standing))).collect(),
            holds: sql::count_holds(tx, org)?,
            receipts: sql::count_receipts(tx, org)?,
        })
    }

    /// How many cases are past their time.
    pub(super) fn past(&self) -> i64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

/// A part of the page: reads its rows behind the guard, with what every part shows.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident, $path:literal, $rows:path, $all:expr) => {
        $(#[$doc])*
        pub async fn $name(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
            let paging = Paging::of_page(query.as_deref());
            let run = async {
                app::unit(visitor.cx()?, move |tx, cx| {
                    let seen = access::list(tx, cx, Action::SeeRetention, |tx, cx| {
                        let summary = Summary::read(tx, cx.actor.org)?;
                        let rows = $rows(tx, cx.actor.org, paging.offset, paging.limit)?;
                        Ok(Seen { value: (summary, rows), object: "retention".into(), people: Vec::new() })
                    })?;
                    Ok(seen.into_inner())
                })
                .await
            };
            match run.await {
                Ok((summary, rows)) => {
                    let all: fn(&Summary) -> i64 = $all;
                    let pager = paging.pager($path, rows.len(), all(&summary));
                    let heading = Heading { lang: visitor.lang, now: visitor.app.clock.now(), path: $path, summary: &summary };
                    let main = page::$name(&heading, &visitor.app.library, &rows, &pager);
                    visitor.page(&t!(visitor.lang, "retention-title"), main)
                }
                Err(stop) => visitor.refuse(stop),
            }
        }
    };
}

part!(
    /// What is past its time, the oldest first.
    due, "/retention", sql::due, Summary::past
);
part!(
    /// What is held, and has been.
    holds, "/retention/holds", sql::holds, |summary| summary.holds
);
part!(
    /// What has been erased, the latest first.
    receipts, "/retention/receipts", sql::receipts, |summary| summary.receipts
);
