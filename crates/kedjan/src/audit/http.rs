//! The audit chain at the pages, for the one who reads the log.

use axum::extract::RawQuery;
use axum::response::Response;
use chain::text::Lang;
use maud::{Markup, html};

use super::{Head, Record};
use crate::access::{self, Action, Seen};
use crate::app;
use crate::http::{Visitor, query_pairs};
use crate::t;
use crate::web::format;
use crate::web::parts::{self, Tone};

const PAGE: i64 = 50;

/// The latest records of the authority's own chain, and how long it is.
pub async fn log(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| {
            let seen = access::list(tx, cx, Action::VerifyAudit, |tx, cx| {
                let head = super::head(tx, cx.actor.org)?.unwrap_or(Head { seq: 0, digest: Vec::new() });
                let (from, last) = window(query.as_deref(), head.seq);
                let records = if last < 1 { Vec::new() } else { super::page(tx, cx.actor.org, from, last - from + 1)? };
                Ok(Seen { value: (head, records), object: "log".into(), people: Vec::new() })
            })?;
            Ok(seen.into_inner())
        })
        .await
    };
    match run.await {
        Ok((head, records)) => {
            let main = page(visitor.lang, &head, &records, visitor.app.clock.now());
            visitor.page(&t!(visitor.lang, "log-title"), main)
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// The first and the last record of the page that `?before=…` asks for; the last comes before the first when there is none.
pub(crate) fn window(query: Option<&str>, head: i64) -> (i64, i64) {
    let before = query_pairs(query.unwrap_or_default())
        .into_iter()
        .find(|(name, _)| name == "before")
        .and_then(|(_, value)| value.parse::<i64>().ok());
    let last = before.map_or(head, |b| b.max(1) - 1).min(head);
    ((last - PAGE + 1).max(1), last)
}

fn page(lang: Lang, head: &Head, records: &[Record], now: jiff::Timestamp) -> Markup {
    let column = |label: String| parts::Column { label, numeric: false, sort: None, order: None };
    let columns = vec![
        column(t!(lang, "log-seq")),
        column(t!(lang, "log-at")),
        column(t!(lang, "log-what")),
        column(t!(lang, "log-object")),
        column(t!(lang, "log-role")),
        column(t!(lang, "log-decision")),
    ];
    let rows = records
        .iter()
        .rev()
        .map(|r| {
            let allowed = r.decision == "allow";
            let (tone, word) = if allowed {
                (Tone::Success, t!(lang, "log-allowed"))
            } else {
                (Tone::Danger, t!(lang, "log-denied"))
            };
            vec![
                html! { (r.seq) },
                html! { (format::datetime(lang, r.at, now)) },
                html! { code { (r.action) } @if r.people > 0 { " " span.hint { (t!(lang, "log-people", count = r.people)) } } },
                html! { (r.object) },
                html! { (r.role) },
                html! { (parts::tag(tone, &word)) " " span.hint { (r.policy) } },
            ]
        })
        .collect();
    let (first, last) = (records.first().map_or(0, |r| r.seq), records.last().map_or(0, |r| r.seq));
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let shown = whole(head.seq - last) + 1;
    html! {
        h1 { (t!(lang, "log-title")) }
        p.lead { (t!(lang, "log-text", count = head.seq)) }
        p.hint { (t!(lang, "log-head")) " " code { (hex(&head.digest)) } }
        (parts::table(lang, &parts::Table { caption: t!(lang, "log-title"), caption_unseen: true, columns, rows }))
        (parts::pager(lang, &parts::Pager {
            first: if records.is_empty() { 0 } else { shown },
            last: shown + whole(last - first),
            all: whole(head.seq),
            previous: (last < head.seq && last > 0).then(|| format!("/log?before={}", (last + PAGE + 1).min(head.seq + 1))),
            next: (first > 1).then(|| format!("/log?before={first}")),
        }))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
