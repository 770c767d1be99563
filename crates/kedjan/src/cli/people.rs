//! Accounts and API tokens at the command line.

use std::sync::Arc;

use chain::text::Lang;
use serde_json::json;
use uuid::Uuid;

use super::told::say_json;
use super::units::{the_authority, the_unit};
use super::{Config, Failure, say};
use crate::access::Role;
use crate::accounts::{
    self, Account, AccountDraft, MembershipDraft, TokenDraft, login_normalised, password_to_give_out,
};
use crate::app::{self, Actor, App, Cx, Via};
use crate::secrets;

/// The most rows that are listed.
pub(super) const ALL: i64 = 1_000_000;

#[derive(clap::Subcommand, Debug)]
pub(super) enum UserCommand {
    /// Make an account; its password is printed once and must be changed at the first log-in.
    Add {
        #[command(flatten)]
        config: Config,
        /// The authority, by name or id; the only one when not said.
        #[arg(long)]
        authority: Option<String>,
        /// What the person logs in with.
        #[arg(long)]
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// The unit, by name or id.
        #[arg(long)]
        unit: String,
        /// The role.
        #[arg(long)]
        role: String,
    },
    /// List the accounts of an authority.
    List {
        #[command(flatten)]
        config: Config,
        /// The authority, by name or id; the only one when not said.
        #[arg(long)]
        authority: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take every second factor away from an account, for somebody who has lost phone, keys and recovery codes.
    Reset {
        #[command(flatten)]
        config: Config,
        /// The log-in name.
        login: String,
    },
    /// Give an account a new password, printed once.
    Password {
        #[command(flatten)]
        config: Config,
        /// The log-in name.
        login: String,
    },
    /// Shut an account out, at once.
    Deactivate {
        #[command(flatten)]
        config: Config,
        /// The log-in name.
        login: String,
    },
    /// Give an account a role at a unit, or take it away.
    Role {
        #[command(flatten)]
        config: Config,
        /// The log-in name.
        login: String,
        /// The unit, by name or id.
        #[arg(long)]
        unit: String,
        /// The role.
        #[arg(long)]
        role: String,
        /// Take the role away instead.
        #[arg(long)]
        remove: bool,
    },
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum TokenCommand {
    /// Make an API token; it is printed once.
    Add {
        #[command(flatten)]
        config: Config,
        /// The authority, by name or id; the only one when not said.
        #[arg(long)]
        authority: Option<String>,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// The unit it stands for, by name or id.
        #[arg(long)]
        unit: String,
        /// In which role.
        #[arg(long)]
        role: String,
        /// For how many days it holds; until it is revoked when not said.
        #[arg(long)]
        days: Option<i64>,
    },
    /// List the API tokens of an authority.
    List {
        #[command(flatten)]
        config: Config,
        /// The authority, by name or id; the only one when not said.
        #[arg(long)]
        authority: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke an API token, at once.
    Revoke {
        #[command(flatten)]
        config: Config,
        /// The authority, by name or id; the only one when not said.
        #[arg(long)]
        authority: Option<String>,
        /// The token's id, as `kedjan token list` shows it.
        id: Uuid,
    },
}

/// Whoever has the machine, acting for an authority.
pub(super) fn console(org: Uuid) -> Actor {
    Actor { org, unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Console }
}

/// A context for an authority, by name or id.
/// Which authority's.
#[derive(clap::Args, Debug)]
pub(super) struct Whose {
    #[command(flatten)]
    config: Config,
    /// The authority, by name or id; may be left out when there is only one.
    #[arg(long)]
    authority: Option<String>,
}

impl Whose {
    pub(super) fn context(&self) -> Result<Cx, Failure> {
        context(&self.config.open()?, self.authority.as_deref())
    }
}

pub(super) fn context(app: &Arc<App>, authority: Option<&str>) -> Result<Cx, Failure> {
    Ok(Cx::new(app, console(the_authority(app, authority)?.id), Lang::En)?)
}

pub(super) fn user(command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { config, authority, login, name, unit, role } => {
            let app = config.open()?;
            let cx = context(&app, authority.as_deref())?;
            let unit = the_unit(&app, cx.actor.org, unit)?;
            let place = MembershipDraft { unit: unit.id.to_string(), role: role.clone() };
            let draft =
                AccountDraft { login: login.clone(), name: name.clone(), active: true, memberships: vec![place] };
            let (password, hash) = given_out()?;
            app::unit_blocking(cx, move |tx, cx| {
                accounts::create_account(tx, cx, &draft, &hash, true)?;
                Ok(())
            })?;
            say(format_args!("login {}", login_normalised(login)))?;
            say(format_args!("password {password}"))
        }
        UserCommand::List { config, authority, json } => list(config, authority.as_deref(), *json),
        UserCommand::Password { config, login } => {
            let (cx, account) = known(config, login)?;
            let (password, hash) = given_out()?;
            app::unit_blocking(cx, move |tx, cx| {
                accounts::new_password(tx, cx, account.id, &hash)?;
                Ok(())
            })?;
            say(format_args!("password {password}"))
        }
        UserCommand::Reset { config, login } => {
            let (cx, account) = known(config, login)?;
            app::unit_blocking(cx, move |tx, cx| {
                accounts::remove_factors(tx, cx, account.id)?;
                Ok(())
            })?;
            Ok(())
        }
        UserCommand::Deactivate { config, login } => {
            let (cx, account) = known(config, login)?;
            change(cx, account, |draft| draft.active = false)
        }
        UserCommand::Role { config, login, unit, role, remove } => {
            let (cx, account) = known(config, login)?;
            let unit = the_unit(&cx.app, cx.actor.org, unit)?;
            let place = MembershipDraft { unit: unit.id.to_string(), role: role.clone() };
            let has = account.memberships.iter().any(|m| m.unit == unit.id && m.role.name() == place.role);
            if *remove && !has {
                return Err(Failure::Words(format!(
                    "the account has not the role {role} at that unit; `kedjan user list` shows its roles"
                )));
            }
            change(cx, account, |draft| {
                if *remove {
                    draft.memberships.retain(|one| *one != place);
                } else {
                    draft.memberships.push(place);
                }
            })
        }
    }
}

fn change(cx: Cx, account: Account, alter: impl FnOnce(&mut AccountDraft)) -> Result<(), Failure> {
    let memberships = account
        .memberships
        .iter()
        .map(|m| MembershipDraft { unit: m.unit.to_string(), role: m.role.name().to_owned() })
        .collect();
    let mut draft = AccountDraft { login: account.login, name: account.name, active: account.active, memberships };
    alter(&mut draft);
    app::unit_blocking(cx, move |tx, cx| {
        accounts::change_account(tx, cx, account.id, &draft)?;
        Ok(())
    })?;
    Ok(())
}

/// An account by its log-in name, with a context for its authority.
fn known(config: &Config, login: &str) -> Result<(Cx, Account), Failure> {
    let app = config.open()?;
    let name = login_normalised(login);
    let found = app.store.read_blocking(|tx| match accounts::sql::by_login(tx, &name)? {
        None => Ok::<_, crate::store::StoreError>(None),
        Some((org, id)) => Ok(accounts::sql::account_by_id(tx, org, id)?.map(|account| (org, account))),
    })?;
    let Some((org, account)) = found else {
        return Err(Failure::Words("there is no account with that log-in name; `kedjan user list` shows them".into()));
    };
    Ok((Cx::new(&app, console(org), Lang::En)?, account))
}

fn given_out() -> Result<(String, String), Failure> {
    let password = password_to_give_out(&mut rand::rng());
    let hash = secrets::hash_password(&password).map_err(Failure::while_doing("the password"))?;
    Ok((password, hash))
}

fn list(config: &Config, authority: Option<&str>, as_json: bool) -> Result<(), Failure> {
    let app = config.open()?;
    let cx = context(&app, authority)?;
    let found = app::unit_blocking(cx, |tx, cx| Ok(accounts::accounts(tx, cx, 0, ALL)?.into_inner()))?;
    let roles = |account: &Account| -> Vec<(String, &'static str)> {
        account.memberships.iter().map(|m| (m.unit_name.clone(), m.role.name())).collect()
    };
    if as_json {
        let all: Vec<_> = found
            .accounts
            .iter()
            .map(|a| {
                let places: Vec<_> =
                    roles(a).into_iter().map(|(unit, role)| json!({ "unit": unit, "role": role })).collect();
                json!({ "id": a.id.to_string(), "login": a.login, "name": a.name, "active": a.active, "memberships": places })
            })
            .collect();
        return say_json(&json!({ "accounts": all, "total": found.all }));
    }
    for account in &found.accounts {
        let places: Vec<String> = roles(account).into_iter().map(|(unit, role)| format!("{role} at {unit}")).collect();
        let state = if account.active { "active" } else { "inactive" };
        say(format_args!("{}\t{}\t{state}\t{}", account.login, account.name, places.join(", ")))?;
    }
    Ok(())
}

pub(super) fn token(command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Add { config, authority, name, unit, role, days } => {
            let app = config.open()?;
            let cx = context(&app, authority.as_deref())?;
            let unit = the_unit(&app, cx.actor.org, unit)?;
            let draft = TokenDraft { name: name.clone(), unit: unit.id.to_string(), role: role.clone(), days: *days };
            let secret = secrets::token();
            let kept = secret.clone();
            let id = app::unit_blocking(cx, move |tx, cx| Ok(accounts::create_token(tx, cx, &draft, &kept)?.id))?;
            say(format_args!("id {id}"))?;
            say(format_args!("token {secret}"))
        }
        TokenCommand::List { config, authority, json } => list_tokens(config, authority.as_deref(), *json),
        TokenCommand::Revoke { config, authority, id } => {
            let app = config.open()?;
            let (cx, id) = (context(&app, authority.as_deref())?, *id);
            app::unit_blocking(cx, move |tx, cx| {
                accounts::revoke_token(tx, cx, id)?;
                Ok(())
            })?;
            Ok(())
        }
    }
}

fn list_tokens(config: &Config, authority: Option<&str>, as_json: bool) -> Result<(), Failure> {
    let app = config.open()?;
    let cx = context(&app, authority)?;
    let found = app::unit_blocking(cx, |tx, cx| Ok(accounts::tokens(tx, cx, 0, ALL)?.into_inner()))?;
    if as_json {
        let all: Vec<_> = found
            .tokens
            .iter()
            .map(|t| {
                json!({ "id": t.id.to_string(), "name": t.name, "unit": t.unit_name, "role": t.role.name(),
                    "created_at": t.created_at.to_string(), "ends_at": t.ends_at.map(|at| at.to_string()),
                    "revoked_at": t.revoked_at.map(|at| at.to_string()) })
            })
            .collect();
        return say_json(&json!({ "tokens": all, "total": found.all }));
    }
    for token in &found.tokens {
        let state = match (token.revoked_at, token.ends_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) => format!("until {at}"),
            (None, None) => "holds".to_owned(),
        };
        say(format_args!("{}\t{}\t{} at {}\t{state}", token.id, token.name, token.role.name(), token.unit_name))?;
    }
    Ok(())
}
