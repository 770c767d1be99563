//! Keeping accounts and tokens: each change decided by the guard and recorded with it.

use jiff::SignedDuration;
use uuid::Uuid;

use super::{Account, AccountDraft, Membership, MembershipDraft, Token, TokenDraft, login_normalised, sql};
use crate::access::{self, Action, Granted, Role, Seen};
use crate::app::{Cx, Stop};
use crate::directory;
use crate::login;
use crate::refusal::{FieldIssue, Refused};
use crate::secrets;
use crate::store::Sql;
use crate::t;

/// The longest name that is kept.
const LONGEST_NAME: usize = 100;
/// The longest life of a token with an end, in days.
const LONGEST_TOKEN: i64 = 3660;

/// A page of the authority's accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The accounts, by name.
    pub accounts: Vec<Account>,
    /// How many there are in all.
    pub all: i64,
}

/// A page of the authority's tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The tokens, newest first.
    pub tokens: Vec<Token>,
    /// How many there are in all.
    pub all: i64,
}

/// The authority's accounts from number `offset` on.
///
/// # Errors
/// The guard's refusal, and the store's.
pub fn accounts(tx: &mut dyn Sql, cx: &mut Cx, offset: i64, limit: i64) -> Result<Granted<Accounts>, Stop> {
    access::list(tx, cx, Action::ManageAccounts, |tx, cx| {
        let accounts = sql::accounts(tx, cx.actor.org, offset, limit)?;
        let all = sql::count_accounts(tx, cx.actor.org)?;
        Ok(seen("accounts".into(), Accounts { accounts, all }))
    })
}

/// One account of the authority.
///
/// # Errors
/// [`Refused::NotFound`], the guard's refusal, and the store's.
pub fn account(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Account>, Stop> {
    access::list(tx, cx, Action::ManageAccounts, |tx, cx| {
        Ok(seen(format!("account:{id}"), found(sql::account_by_id(tx, cx.actor.org, id)?)?))
    })
}

/// Makes an account with a hashed password; `once` when the password is given out and must be changed at the first log-in.
///
/// # Errors
/// Every wrong field, the guard's refusal, and the store's.
pub fn create_account(
    tx: &mut dyn Sql,
    cx: &mut Cx,
    draft: &AccountDraft,
    password_hash: &str,
    once: bool,
) -> Result<Granted<Account>, Stop> {
    access::list(tx, cx, Action::ManageAccounts, |tx, cx| {
        let id = cx.id();
        let memberships = check(tx, cx, draft, id)?;
        let made = described(draft, id, memberships, once);
        sql::insert_account(tx, cx.actor.org, &made, password_hash, cx.now)?;
        sql::replace_memberships(tx, cx.actor.org, id, &made.memberships)?;
        Ok(seen(format!("account:{id}"), made))
    })
}

/// Changes an account. Who is shut out, or loses the place they are logged in to, is out with the next request.
///
/// # Errors
/// Every wrong field (the last administrator stays), [`Refused::NotFound`], the guard's refusal, and the store's.
pub fn change_account(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, draft: &AccountDraft) -> Result<Granted<Account>, Stop> {
    access::list(tx, cx, Action::ManageAccounts, |tx, cx| {
        let org = cx.actor.org;
        let before = found(sql::account_by_id(tx, org, id)?)?;
        let memberships = check(tx, cx, draft, id)?;
        let after = described(draft, id, memberships, before.password_once);
        if keeps(&before) && !keeps(&after) && sql::count_admins(tx, org)? == 1 {
            let pointer = if after.active { "/memberships" } else { "/active" };
            return Err(Refused::Fields(vec![issue(pointer, t!(cx.lang, "account-last-admin"))]).into());
        }
        sql::update_account(tx, org, &after)?;
        sql::replace_memberships(tx, org, id, &after.memberships)?;
        if !after.active {
            sql::end_sessions(tx, org, id)?;
        }
        Ok(seen(format!("account:{id}"), after))
    })
}

/// Gives an account a new password to be changed at the next log-in, and ends its sessions.
///
/// # Errors
/// [`Refused::NotFound`], the guard's refusal, and the store's.
pub fn new_password(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, password_hash: &str) -> Result<Granted<Account>, Stop> {
    access::list(tx, cx, Action::ManageAccounts, |tx, cx| {
        let account = found(sql::account_by_id(tx, cx.actor.org, id)?)?;
        sql::set_password(tx, cx.actor.org, id, password_hash, true)?;
        sql::end_sessions(tx, cx.actor.org, id)?;
        Ok(seen(format!("account:{id}"), account))
    })
}

/// Takes every second factor away from an account, and ends its sessions: for somebody who has lost phone, keys and
/// recovery codes. The password stands, and the next log-in sets up what is demanded.
///
/// # Errors
/// [`Refused::NotFound`], the guard's refusal, and the store's.
pub fn remove_factors(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Account>, Stop> {
    access::list(tx, cx, Action::ManageAccounts, |tx, cx| {
        let account = found(sql::account_by_id(tx, cx.actor.org, id)?)?;
        login::remove_all(tx, cx.actor.org, id)?;
        Ok(seen(format!("second_factors:{id}"), account))
    })
}

/// The authority's tokens from number `offset` on.
///
/// # Errors
/// The guard's refusal, and the store's.
pub fn tokens(tx: &mut dyn Sql, cx: &mut Cx, offset: i64, limit: i64) -> Result<Granted<Tokens>, Stop> {
    access::list(tx, cx, Action::ManageTokens, |tx, cx| {
        let tokens = sql::tokens(tx, cx.actor.org, offset, limit)?;
        let all = sql::count_tokens(tx, cx.actor.org)?;
        Ok(seen("tokens".into(), Tokens { tokens, all }))
    })
}

/// One token of the authority.
///
/// # Errors
/// [`Refused::NotFound`], the guard's refusal, and the store's.
pub fn token(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Token>, Stop> {
    access::list(tx, cx, Action::ManageTokens, |tx, cx| {
        Ok(seen(format!("token:{id}"), found(sql::token_by_id(tx, cx.actor.org, id)?)?))
    })
}

/// Makes an API token out of the secret, of which only the digest is kept.
///
/// # Errors
/// Every wrong field, the guard's refusal, and the store's.
pub fn create_token(tx: &mut dyn Sql, cx: &mut Cx, draft: &TokenDraft, secret: &str) -> Result<Granted<Token>, Stop> {
    access::list(tx, cx, Action::ManageTokens, |tx, cx| {
        let mut issues = Vec::new();
        name_issue(cx, &draft.name, &mut issues);
        let place = MembershipDraft { unit: draft.unit.clone(), role: draft.role.clone() };
        let place = membership(tx, cx, &place, "", &mut issues)?;
        let ends_at = draft.days.and_then(|days| {
            let end = cx.now.checked_add(SignedDuration::from_hours(days.checked_mul(24)?)).ok();
            end.filter(|_| (1..=LONGEST_TOKEN).contains(&days))
        });
        if draft.days.is_some() && ends_at.is_none() {
            issues.push(issue("/days", t!(cx.lang, "token-days", most = LONGEST_TOKEN)));
        }
        let (Some(place), true) = (place, issues.is_empty()) else { return Err(Refused::Fields(issues).into()) };
        let made = Token {
            id: cx.id(),
            name: draft.name.trim().to_owned(),
            unit: place.unit,
            unit_name: place.unit_name,
            role: place.role,
            created_at: cx.now,
            ends_at,
            revoked_at: None,
        };
        sql::insert_token(tx, cx.actor.org, &made, &secrets::token_digest(secret))?;
        Ok(seen(format!("token:{}", made.id), made))
    })
}

/// Revokes a token: it stands for nobody from the next request on. One that is revoked stays so.
///
/// # Errors
/// [`Refused::NotFound`], the guard's refusal, and the store's.
pub fn revoke_token(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Token>, Stop> {
    access::list(tx, cx, Action::ManageTokens, |tx, cx| {
        sql::revoke_token(tx, cx.actor.org, id, cx.now)?;
        Ok(seen(format!("token:{id}"), found(sql::token_by_id(tx, cx.actor.org, id)?)?))
    })
}

fn described(draft: &AccountDraft, id: Uuid, memberships: Vec<Membership>, password_once: bool) -> Account {
    Account {
        id,
        login: login_normalised(&draft.login),
        name: draft.name.trim().to_owned(),
        active: draft.active,
        password_once,
        memberships,
    }
}

/// Whether the account can keep the authority's units and accounts.
fn keeps(account: &Account) -> bool {
    account.active && account.memberships.iter().any(|m| m.role == Role::Admin)
}

/// The places of the draft, or everything that is wrong with it.
fn check(tx: &mut dyn Sql, cx: &Cx, draft: &AccountDraft, id: Uuid) -> Result<Vec<Membership>, Stop> {
    let mut issues = Vec::new();
    let login = login_normalised(&draft.login);
    let sound = (2..=64).contains(&login.len())
        && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_@".contains(&b));
    if !sound {
        issues.push(issue("/login", t!(cx.lang, "account-login-form")));
    }
    name_issue(cx, &draft.name, &mut issues);
    let mut memberships: Vec<Membership> = Vec::new();
    for (at, place) in draft.memberships.iter().enumerate() {
        let found = membership(tx, cx, place, &format!("/memberships/{at}"), &mut issues)?;
        memberships.extend(found);
    }
    memberships.sort_by_key(|m| (m.unit, m.role));
    memberships.dedup();
    if draft.memberships.is_empty() {
        issues.push(issue("/memberships", t!(cx.lang, "account-no-place")));
    }
    let taken = sql::by_login(tx, &login)?.is_some_and(|(_, other)| other != id);
    let taken = taken.then(|| issue("/login", t!(cx.lang, "account-login-taken")));
    match taken {
        Some(what) if issues.is_empty() => Err(Refused::Taken { what }.into()),
        taken => {
            issues.extend(taken);
            if issues.is_empty() { Ok(memberships) } else { Err(Refused::Fields(issues).into()) }
        }
    }
}

fn name_issue(cx: &Cx, name: &str, issues: &mut Vec<FieldIssue>) {
    let length = name.trim().chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        issues.push(issue("/name", t!(cx.lang, "account-name-form", most = LONGEST_NAME)));
    }
}

fn membership(
    tx: &mut dyn Sql,
    cx: &Cx,
    draft: &MembershipDraft,
    pointer: &str,
    issues: &mut Vec<FieldIssue>,
) -> Result<Option<Membership>, Stop> {
    let unit = match draft.unit.parse() {
        Ok(id) => directory::sql::unit(tx, cx.actor.org, id)?,
        Err(_) => None,
    };
    let role = Role::from_name(&draft.role);
    if unit.is_none() {
        issues.push(issue(&format!("{pointer}/unit"), t!(cx.lang, "account-unit-unknown")));
    }
    if role.is_none() {
        issues.push(issue(&format!("{pointer}/role"), t!(cx.lang, "account-role-unknown")));
    }
    Ok(unit.zip(role).map(|(unit, role)| Membership { unit: unit.id, unit_name: unit.name, role }))
}

fn issue(pointer: &str, detail: String) -> FieldIssue {
    FieldIssue { pointer: pointer.into(), detail }
}

fn found<T>(found: Option<T>) -> Result<T, Stop> {
    found.ok_or_else(|| Refused::NotFound.into())
}

fn seen<T>(object: String, value: T) -> Seen<T> {
    Seen { value, object, people: Vec::new() }
}
