//! Accounts and API tokens, at the pages of an administrator.

use axum::extract::{Form, Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};

use super::make::{make_account, make_password, make_token};
use super::page::{self, AccountForm, Given, UnitChoice};
use super::{Account, AccountDraft, MembershipDraft, TokenDraft};
use crate::access::Role;
use crate::app::{self, Stop};
use crate::directory;
use crate::directory::api::id_of;
use crate::directory::http::saved;
use crate::directory::paging::Paging;
use crate::http::{Visitor, role_name};
use crate::t;
use crate::web::form::{Issue, Posted};

/// How many places a form can hold.
const MOST_PLACES: usize = 20;
/// How many empty ones there are to fill in.
const EMPTY_PLACES: usize = 2;
/// The most units there are to choose among: more than the largest authority has.
const MOST_UNITS: i64 = 5000;

/// The authority's accounts.
pub async fn accounts(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let paging = Paging::of_page(query.as_deref());
    let run = async {
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::accounts(tx, cx, paging.offset, paging.limit)?.into_inner()))
            .await
    };
    match run.await {
        Ok(found) => {
            let pager = paging.pager("/admin/accounts", found.accounts.len(), found.all);
            let main = page::accounts(visitor.lang, &found, &pager);
            visitor.page_with(&t!(visitor.lang, "accounts-title"), main, saved(&visitor, query.as_deref()))
        }
        Err(stop) => visitor.refuse(stop),
    }
}

/// A form for a new account.
pub async fn new_account(visitor: Visitor) -> Response {
    let values = vec![("active".to_owned(), "yes".to_owned())];
    let posted = Posted { values, errors: Vec::new() };
    match account_page(&visitor, &posted, None).await {
        Ok(main) => visitor.page(&t!(visitor.lang, "account-new"), main),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Makes an account and shows its password, once.
pub async fn create_account(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let (draft, rows) = draft_of(&posted);
    let run = async { make_account(visitor.cx()?, draft).await };
    match run.await {
        Ok((account, password)) => given(&visitor, &account, &password),
        Err(stop) => account_again(&visitor, &mut posted, stop, &rows, None).await,
    }
}

/// One account, to be changed.
pub async fn account(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        let found = app::unit(visitor.cx()?, move |tx, cx| Ok(super::account(tx, cx, id)?.into_inner())).await?;
        account_page(&visitor, &posted_of(&found), Some(&id.to_string())).await
    };
    match run.await {
        Ok(main) => visitor.page(&t!(visitor.lang, "account-change"), main),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Changes an account.
pub async fn change_account(
    visitor: Visitor,
    Path(id): Path<String>,
    Form(values): Form<Vec<(String, String)>>,
) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let (draft, rows) = draft_of(&posted);
    let run = async {
        let id = id_of(&id)?;
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::change_account(tx, cx, id, &draft)?.into_inner())).await
    };
    match run.await {
        Ok(_) => Redirect::to("/admin/accounts?saved").into_response(),
        Err(stop) => account_again(&visitor, &mut posted, stop, &rows, Some(&id)).await,
    }
}

/// Gives an account a new password and shows it, once.
pub async fn new_password(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        make_password(visitor.cx()?, id).await
    };
    match run.await {
        Ok((account, password)) => given(&visitor, &account, &password),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Takes every second factor away from an account.
pub async fn remove_factors(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::remove_factors(tx, cx, id)?.into_inner())).await
    };
    match run.await {
        Ok(_) => Redirect::to("/admin/accounts?saved").into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}

fn given(visitor: &Visitor, account: &Account, password: &str) -> Response {
    let lang = visitor.lang;
    let text = t!(lang, "account-given-text", login = account.login.as_str());
    let shown = Given { title: t!(lang, "account-given"), text, secret: password, back: "/admin/accounts" };
    visitor.page(&t!(lang, "account-given"), page::given(lang, &shown))
}

async fn account_again(
    visitor: &Visitor,
    posted: &mut Posted,
    stop: Stop,
    rows: &[usize],
    id: Option<&str>,
) -> Response {
    if let Some(stop) = beside_places(posted, stop, rows) {
        return visitor.refuse(stop);
    }
    let title = if id.is_some() { t!(visitor.lang, "account-change") } else { t!(visitor.lang, "account-new") };
    match account_page(visitor, posted, id).await {
        Ok(main) => visitor.page_again(&title, main),
        Err(stop) => visitor.refuse(stop),
    }
}

async fn account_page(visitor: &Visitor, posted: &Posted, id: Option<&str>) -> Result<maud::Markup, Stop> {
    let units = units(visitor).await?;
    let roles = roles(visitor);
    let filled = (0..MOST_PLACES).filter(|at| place_of(posted, *at).is_some()).max().map_or(0, |at| at + 1);
    let places = filled.saturating_add(EMPTY_PLACES).min(MOST_PLACES);
    let lang = visitor.lang;
    Ok(page::account(&AccountForm { lang, posted, id, places, units: &units, roles: &roles }))
}

/// The authority's units to choose among.
async fn units(visitor: &Visitor) -> Result<Vec<UnitChoice>, Stop> {
    let found = app::unit(visitor.cx()?, |tx, cx| Ok(directory::units(tx, cx, 0, MOST_UNITS)?.into_inner())).await?;
    Ok(found.units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect())
}

fn roles(visitor: &Visitor) -> Vec<(&'static str, String)> {
    Role::ALL.into_iter().map(|role| (role.name(), role_name(visitor.lang, role))).collect()
}

fn posted_of(account: &Account) -> Posted {
    let mut values = vec![("login".to_owned(), account.login.clone()), ("name".to_owned(), account.name.clone())];
    if account.active {
        values.push(("active".into(), "yes".into()));
    }
    for (at, place) in account.memberships.iter().enumerate() {
        values.push((format!("unit-{at}"), place.unit.to_string()));
        values.push((format!("role-{at}"), place.role.name().to_owned()));
    }
    Posted { values, errors: Vec::new() }
}

/// The draft of a form, and which row of the form each place of the draft is.
fn draft_of(posted: &Posted) -> (AccountDraft, Vec<usize>) {
    let (rows, memberships) = (0..MOST_PLACES).filter_map(|at| Some((at, place_of(posted, at)?))).unzip();
    let draft = AccountDraft {
        login: posted.get("login").to_owned(),
        name: posted.get("name").to_owned(),
        active: posted.get("active") == "yes",
        memberships,
    };
    (draft, rows)
}

fn place_of(posted: &Posted, at: usize) -> Option<MembershipDraft> {
    let get = |name: &str| posted.get(&format!("{name}-{at}")).to_owned();
    let place = MembershipDraft { unit: get("unit"), role: get("role") };
    (place != MembershipDraft::default()).then_some(place)
}

/// Puts wrong fields beside the fields of the form; those of a place beside its row.
fn beside_places(posted: &mut Posted, stop: Stop, rows: &[usize]) -> Option<Stop> {
    let Stop::Refused(refused) = &stop else { return Some(stop) };
    if refused.issues().is_empty() {
        return Some(stop);
    }
    for issue in refused.issues() {
        let parts: Vec<&str> = issue.pointer.split('/').skip(1).collect();
        let field = match parts.as_slice() {
            ["memberships", nr, name] => {
                let row = nr.parse::<usize>().ok().and_then(|nr| rows.get(nr)).copied().unwrap_or_default();
                format!("{name}-{row}")
            }
            ["memberships"] => "unit-0".to_owned(),
            other => other.last().copied().unwrap_or_default().to_owned(),
        };
        posted.errors.push(Issue { field, message: issue.detail.clone() });
    }
    None
}

/// The authority's API tokens, and a form for a new one.
pub async fn tokens(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let posted = Posted::default();
    match token_page(&visitor, &posted, query.as_deref()).await {
        Ok(main) => visitor.page_with(&t!(visitor.lang, "tokens-title"), main, saved(&visitor, query.as_deref())),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Makes a token and shows it, once.
pub async fn create_token(visitor: Visitor, Form(values): Form<Vec<(String, String)>>) -> Response {
    let mut posted = Posted { values, errors: Vec::new() };
    let text = |name: &str| posted.get(name).trim().to_owned();
    // What is no number is refused as a number of days that there is not.
    let days = Some(text("days")).filter(|days| !days.is_empty()).map(|days| days.parse().unwrap_or(-1));
    let draft = TokenDraft { name: text("name"), unit: text("unit"), role: text("role"), days };
    let run = async { make_token(visitor.cx()?, draft).await };
    let stop = match run.await {
        Ok((_, secret)) => {
            let (title, text) = (t!(visitor.lang, "token-given"), t!(visitor.lang, "token-given-text"));
            let shown = Given { title: title.clone(), text, secret: &secret, back: "/admin/tokens" };
            return visitor.page(&title, page::given(visitor.lang, &shown));
        }
        Err(stop) => stop,
    };
    if let Some(stop) = beside_places(&mut posted, stop, &[]) {
        return visitor.refuse(stop);
    }
    match token_page(&visitor, &posted, None).await {
        Ok(main) => visitor.page_again(&t!(visitor.lang, "tokens-title"), main),
        Err(stop) => visitor.refuse(stop),
    }
}

/// Revokes a token.
pub async fn revoke_token(visitor: Visitor, Path(id): Path<String>) -> Response {
    let run = async {
        let id = id_of(&id)?;
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::revoke_token(tx, cx, id)?.into_inner())).await
    };
    match run.await {
        Ok(_) => Redirect::to("/admin/tokens?saved").into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}

async fn token_page(visitor: &Visitor, posted: &Posted, query: Option<&str>) -> Result<maud::Markup, Stop> {
    let paging = Paging::of_page(query);
    let found =
        app::unit(visitor.cx()?, move |tx, cx| Ok(super::tokens(tx, cx, paging.offset, paging.limit)?.into_inner()))
            .await?;
    let units = units(visitor).await?;
    let roles = roles(visitor);
    let pager = paging.pager("/admin/tokens", found.tokens.len(), found.all);
    let lang = visitor.lang;
    let now = visitor.app.clock.now();
    Ok(page::tokens(&page::TokenList {
        lang,
        posted,
        tokens: &found,
        pager: &pager,
        units: &units,
        roles: &roles,
        now,
    }))
}
