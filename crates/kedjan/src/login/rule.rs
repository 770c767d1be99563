//! The level of log-in that an authority demands of its people.

use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use super::{HALF, Level, Passkeys, page, sql};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{self, Cx, Stop};
use crate::http::Visitor;
use crate::refusal::{FieldIssue, Refused};
use crate::store::Sql;
use crate::t;

/// The level that the actor's authority demands.
///
/// # Errors
/// The guard's refusal, and the store's.
pub fn rule(tx: &mut dyn Sql, cx: &mut Cx) -> Result<Granted<Level>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        let Some(level) = sql::rule(tx, cx.actor.org)? else { return Err(Refused::NotFound.into()) };
        Ok(Seen { value: level, object: "log_in_rule".into(), people: Vec::new() })
    })
}

/// Sets the level that the actor's authority demands. It holds at once: whoever is logged in below it is led to the second step
/// at the next page.
///
/// # Errors
/// A level that nobody could reach at the installation's address, the guard's refusal, and the store's.
pub fn set_rule(tx: &mut dyn Sql, cx: &mut Cx, level: Level) -> Result<Granted<()>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, cx| {
        if level == Level::Passkey && Passkeys::of(&cx.app.settings.public).is_none() {
            let detail = t!(cx.lang, "rule-no-passkeys");
            return Err(Refused::Fields(vec![FieldIssue { pointer: "/log_in".into(), detail }]).into());
        }
        sql::set_rule(tx, cx.actor.org, level)?;
        sql::lower(tx, cx.actor.org, level, cx.now.checked_add(HALF).unwrap_or(cx.now))?;
        let object = format!("log_in_rule:{}", level.name());
        Ok(Seen { value: (), object, people: Vec::new() })
    })
}

/// The form of the rule, for the page of the authority.
pub(crate) async fn form(visitor: &Visitor) -> Result<Markup, Stop> {
    let now = app::unit(visitor.cx()?, |tx, cx| Ok(rule(tx, cx)?.into_inner())).await?;
    let passkeys = Passkeys::of(&visitor.app.settings.public).is_some();
    Ok(page::rule(visitor.lang, now, passkeys))
}

/// Sets the rule.
pub async fn change(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let sent = values.iter().find(|(name, _)| name == "log_in").and_then(|(_, value)| Level::from_name(value));
    let run = async {
        let Some(level) = sent else {
            return Err(Refused::Malformed { detail: t!(visitor.lang, "rule-unknown") }.into());
        };
        app::unit(visitor.cx()?, move |tx, cx| set_rule(tx, cx, level).map(drop)).await
    };
    match run.await {
        Ok(()) => Redirect::to("/admin/authority?saved").into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}
