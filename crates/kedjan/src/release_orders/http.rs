//! The page of orders.

use axum::extract::{Form, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};

use super::page::{self, Offer};
use crate::app;
use crate::directory::paging::Paging;
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::publication::{Part, Period, Wish};
use crate::t;
use crate::web::form::Posted;
use crate::web::format;

/// How many years, quarters and months are offered.
const OFFERED: [usize; 3] = [3, 8, 12];

/// The releases that have been ordered, how far they have come, and a form for one more.
pub async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let done = query_pairs(&query).iter().any(|(name, _)| name == "ordered");
    let notice = done.then(|| t!(visitor.lang, "orders-done"));
    shown(&visitor, &query, &Posted::default(), notice).await
}

async fn shown(visitor: &Visitor, query: &str, posted: &Posted, notice: Option<String>) -> Response {
    let lang = visitor.lang;
    let paging = Paging::of_page(Some(query));
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::orders(tx, cx, paging.offset, paging.limit)?.into_inner()))
            .await
    };
    match run.await {
        Ok(found) => {
            let mut methods: Vec<(String, String)> =
                visitor.app.library.methods().map(|one| (one.id.clone(), one.name.get(lang).to_owned())).collect();
            methods.dedup_by(|one, other| one.0 == other.0);
            let scopes = found.scopes.iter().map(|(scope, name)| (scope.code(), name.clone())).collect();
            let today = format::local(visitor.app.clock.now()).date();
            let periods = offered(today).iter().map(|period| (period.code(), period.words(lang))).collect();
            let pager = paging.pager("/releases", found.orders.len(), found.all);
            let offer = Offer { scopes, methods, periods };
            let main = page::list(lang, &found.orders, &pager, &offer, posted, visitor.app.clock.now());
            let title = t!(lang, "orders-title");
            if posted.errors.is_empty() {
                visitor.page_with(&title, main, notice)
            } else {
                visitor.page_again(&title, main)
            }
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// What has ended, the newest first: years, quarters, months.
fn offered(today: jiff::civil::Date) -> Vec<Period> {
    let ready = |period: &Period| period.ready_on() <= today;
    let years = (0..).map_while(|back| Some(Period { year: today.year().checked_sub(back)?, part: Part::Year }));
    let parts = |parts: fn() -> Vec<Part>| {
        (0..)
            .map_while(move |back| today.year().checked_sub(back))
            .flat_map(move |year| parts().into_iter().map(move |part| Period { year, part }))
    };
    let quarters = parts(|| (1..=4).rev().map(Part::Quarter).collect());
    let months = parts(|| (1..=12).rev().map(Part::Month).collect());
    let [of_years, of_quarters, of_months] = OFFERED;
    let mut all: Vec<Period> = years.filter(ready).take(of_years).collect();
    all.extend(quarters.filter(ready).take(of_quarters));
    all.extend(months.filter(ready).take(of_months));
    all
}

/// Orders a release.
pub async fn order(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let text = |name: &str| posted.get(name).to_owned();
    let reason = Some(text("reason")).filter(|reason| !reason.trim().is_empty());
    let wish = Wish { scope: text("scope"), method: text("method"), period: text("period"), reason };
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| {
            super::order(tx, cx, &wish)?;
            Ok(())
        })
        .await
    };
    match run.await {
        Ok(()) => {
            // Whoever ordered does not wait for it; what becomes of it stands with the order.
            visitor.app.ordered.notify_one();
            Redirect::to("/releases?ordered=yes").into_response()
        }
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => shown(&visitor, "", &posted, None).await,
        },
    }
}
