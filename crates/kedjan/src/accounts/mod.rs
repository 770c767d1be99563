//! Accounts of people who log in, the places they have at units, and the API tokens of systems.

pub mod api;
pub mod http;
mod keep;
mod make;
mod page;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::Role;

pub use keep::{
    Accounts, Tokens, account, accounts, change_account, create_account, create_token, new_password, remove_factors,
    revoke_token, token, tokens,
};

/// The least length of a password that a person chooses, in characters. Length is what counts (NIST SP 800-63B).
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest password that is hashed, in characters: enough for any phrase, too little to tie up the hasher.
pub const LONGEST_PASSWORD: usize = 200;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// What the person logs in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Whether the person can log in.
    pub active: bool,
    /// Whether the password was given out and must be changed at the first log-in.
    pub password_once: bool,
    /// Where and as what the person works.
    pub memberships: Vec<Membership>,
}

/// A place at a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The unit.
    pub unit: Uuid,
    /// Its name.
    pub unit_name: String,
    /// In which role.
    pub role: Role,
}

/// What log-in needs of an account.
pub(crate) struct Credentials {
    pub org: Uuid,
    pub id: Uuid,
    pub password_hash: String,
    pub password_once: bool,
    pub active: bool,
    pub memberships: Vec<Membership>,
}

/// An API token, without the token itself: that is shown once and never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id, by which the audit chain knows it.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// The unit it stands for.
    pub unit: Uuid,
    /// The unit's name.
    pub unit_name: String,
    /// In which role.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it runs out, if it does.
    pub ends_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// An account as an administrator describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountDraft {
    /// What the person logs in with: 2 to 64 of a–z, 0–9, dot, hyphen, underscore and @.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Whether the person can log in.
    #[serde(default = "yes")]
    pub active: bool,
    /// Where and as what the person works: one place at least.
    pub memberships: Vec<MembershipDraft>,
}

fn yes() -> bool {
    true
}

/// A place at a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipDraft {
    /// The unit's id.
    pub unit: String,
    /// `officer`, `lead`, `receiver`, `care`, `reception`, `school`, `coordinator`, `county`, `controller` or `admin`.
    pub role: String,
}

/// An API token that is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// What it is for.
    pub name: String,
    /// The id of the unit it stands for.
    pub unit: String,
    /// In which role.
    pub role: String,
    /// For how many days it holds; until it is revoked when left out.
    #[serde(default)]
    pub days: Option<i64>,
}

/// A password to give out: four groups of four signs that are hard to mistake for each other, some 79 bits.
pub fn password_to_give_out(rng: &mut impl rand::Rng) -> String {
    const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut out = String::new();
    for at in 0..16 {
        if at > 0 && at % 4 == 0 {
            out.push('-');
        }
        out.extend(SIGNS.get(rng.random_range(0..SIGNS.len())).map(|sign| char::from(*sign)));
    }
    out
}

/// How a log-in name is kept: as people write it does not matter.
pub fn login_normalised(text: &str) -> String {
    text.trim().to_lowercase()
}
