//! The nodes: this installation with its key pair, and those it knows, with what each may report for.

use chain::text::Lang;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Places, sql};
use crate::access::{self, Action, Granted, Seen};
use crate::app::{Cx, Stop};
use crate::reference;
use crate::refusal::{FieldIssue, Refused};
use crate::secrets::{PublicKey, SealError, SigningKey};
use crate::store::{Sql, StoreError};
use crate::t;

/// The longest name.
const LONGEST_NAME: usize = 100;

/// An installation of Kedjan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id here.
    pub id: Uuid,
    /// The authority whose administrator keeps it, and in whose log its packages stand.
    pub org: Uuid,
    /// What it is called here.
    pub name: String,
    /// Its public key.
    pub key: PublicKey,
    /// What it may report for. None at all for one that packages are only sent to.
    pub places: Places,
    /// Since when it has this key and these places.
    pub since: Timestamp,
    /// When it was trusted no longer.
    pub ended_at: Option<Timestamp>,
}

/// This installation, with its private key sealed.
#[derive(Clone)]
pub(super) struct Own {
    pub(super) node: Node,
    pub(super) sealed: Vec<u8>,
}

impl Own {
    /// The private key.
    pub(super) fn signing_key(&self, cx: &Cx) -> Result<SigningKey, StoreError> {
        SigningKey::open(&cx.app.keyring, &self.sealed, &self.node.key)
            .map_err(|error: SealError| StoreError::Corrupt(error.to_string()))
    }
}

/// The nodes that there are.
#[derive(Clone, Debug)]
pub struct Nodes {
    /// This installation, once it has a name and a key.
    pub own: Option<Node>,
    /// Those it knows, also those it trusts no longer.
    pub others: Vec<Node>,
}

/// What is said of a node.
#[derive(Clone, Debug, Default)]
pub struct NodeDraft {
    /// What it is called.
    pub name: String,
    /// Its public key; not for the installation itself.
    pub key: String,
    /// The counties and municipalities it reports for, by code.
    pub places: Vec<String>,
    /// Whether it reports for the whole country.
    pub nation: bool,
}

impl NodeDraft {
    /// Checks the name and the places; all that is wrong is told at once.
    fn checked(&self, lang: Lang, issues: &mut Vec<FieldIssue>) -> (String, Places) {
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            issues.push(issue("name", t!(lang, "node-name-wrong", most = LONGEST_NAME)));
        }
        let known = |code: &&String| reference::county(code).is_some() || reference::municipality(code).is_some();
        let unknown: Vec<&str> = self.places.iter().filter(|code| !known(code)).map(String::as_str).collect();
        if !unknown.is_empty() {
            issues.push(issue("places", t!(lang, "node-places-wrong", codes = unknown.join(", "))));
        }
        if self.nation && !self.places.is_empty() {
            issues.push(issue("places", t!(lang, "node-places-both")));
        }
        (name, Places { nation: self.nation, codes: self.places.iter().cloned().collect() })
    }
}

fn issue(field: &str, detail: String) -> FieldIssue {
    FieldIssue { pointer: format!("/{field}"), detail }
}

/// Names this installation and says what it reports for itself. It gets its key pair the first time, and a new one when asked.
///
/// # Errors
/// What cannot be taken as it is, all at once.
pub fn set_own(tx: &mut dyn Sql, cx: &mut Cx, draft: &NodeDraft, new_key: bool) -> Result<Granted<Node>, Stop> {
    let draft = draft.clone();
    access::list(tx, cx, Action::ManageDirectory, move |tx, cx| {
        let mut issues = Vec::new();
        let (name, places) = draft.checked(cx.lang, &mut issues);
        if places.nation {
            issues.push(issue("nation", t!(cx.lang, "node-own-nation")));
        }
        if sql::by_name(tx, &name)?.is_some() {
            issues.push(issue("name", t!(cx.lang, "node-name-taken")));
        }
        others_meet(tx, cx, &places, None, &mut issues)?;
        if !issues.is_empty() {
            return Err(Refused::Fields(issues).into());
        }
        let before = sql::own(tx)?;
        let (id, key, sealed) = match before {
            Some(own) if !new_key => (own.node.id, own.node.key, own.sealed),
            before => {
                let (key, sealed) =
                    SigningKey::generate(&cx.app.keyring).map_err(|error| StoreError::Fault(error.to_string()))?;
                (before.map_or_else(|| cx.id(), |own| own.node.id), key.public(), sealed)
            }
        };
        let node = Node { id, org: cx.actor.org, name, key, places, since: cx.now, ended_at: None };
        sql::put(tx, &node, true, Some(&sealed))?;
        Ok(Seen { object: format!("own node, {}", about(&node)), value: node, people: Vec::new() })
    })
}

/// What of a node stands in the log.
fn about(node: &Node) -> String {
    let places: Vec<&str> = node.places.codes.iter().map(String::as_str).collect();
    let places = if node.places.nation { "nation".to_owned() } else { places.join(",") };
    format!("key {}, for {}", node.key, if places.is_empty() { "nothing" } else { &places })
}

/// A municipality is reported by one node.
fn others_meet(
    tx: &mut dyn Sql,
    cx: &Cx,
    places: &Places,
    but: Option<Uuid>,
    issues: &mut Vec<FieldIssue>,
) -> Result<(), StoreError> {
    // A node that hands on for the country reports for what others report to it, so it may meet anybody.
    let others = sql::all(tx, 0, i64::MAX)?;
    let meets = |other: &&Node| {
        other.ended_at.is_none() && Some(other.id) != but && !other.places.nation && other.places.meet(places)
    };
    if places.nation {
        return Ok(());
    }
    for other in others.iter().filter(meets) {
        issues.push(issue("places", t!(cx.lang, "node-places-taken", name = other.name.as_str())));
    }
    Ok(())
}

/// Trusts a node: from now on packages that its key has signed are taken, for what it may report for. A node of the same name
/// gets the new key and places; the log keeps those it had.
///
/// # Errors
/// What cannot be taken as it is, all at once.
pub fn trust(tx: &mut dyn Sql, cx: &mut Cx, draft: &NodeDraft) -> Result<Granted<Node>, Stop> {
    let draft = draft.clone();
    access::list(tx, cx, Action::ManageDirectory, move |tx, cx| {
        let mut issues = Vec::new();
        let (name, places) = draft.checked(cx.lang, &mut issues);
        let before = sql::by_name(tx, &name)?;
        let own = sql::own(tx)?;
        match &own {
            None => issues.push(issue("name", t!(cx.lang, "node-none-yet"))),
            Some(own) if !places.nation && own.node.places.meet(&places) => {
                issues.push(issue("places", t!(cx.lang, "node-places-own")));
            }
            Some(_) => {}
        }
        if own.as_ref().is_some_and(|own| own.node.name == name) {
            issues.push(issue("name", t!(cx.lang, "node-name-own")));
        }
        others_meet(tx, cx, &places, before.as_ref().map(|node| node.id), &mut issues)?;
        let key: Option<PublicKey> = draft.key.trim().parse().ok();
        match key {
            None => issues.push(issue("key", t!(cx.lang, "node-key-wrong"))),
            Some(key) if own.as_ref().is_some_and(|own| own.node.key == key) => {
                issues.push(issue("key", t!(cx.lang, "node-key-own")));
            }
            Some(key) => {
                if let Some(other) = sql::by_key(tx, &key)?
                    && other.name != name
                {
                    issues.push(issue("key", t!(cx.lang, "node-key-taken", name = other.name)));
                }
            }
        }
        let Some(key) = key.filter(|_| issues.is_empty()) else { return Err(Refused::Fields(issues).into()) };
        let id = before.map_or_else(|| cx.id(), |node| node.id);
        let node = Node { id, org: cx.actor.org, name, key, places, since: cx.now, ended_at: None };
        sql::put(tx, &node, false, None)?;
        Ok(Seen { object: format!("node {}, {}", node.name, about(&node)), value: node, people: Vec::new() })
    })
}

/// Trusts a node no longer. What was taken from it stays, and so does the trace of it.
///
/// # Errors
/// When there is no such node.
pub fn distrust(tx: &mut dyn Sql, cx: &mut Cx, name: &str) -> Result<Granted<Node>, Stop> {
    let name = name.to_owned();
    access::list(tx, cx, Action::ManageDirectory, move |tx, cx| {
        let Some(mut node) = sql::by_name(tx, &name)? else { return Err(Refused::NotFound.into()) };
        node.ended_at.get_or_insert(cx.now);
        sql::put(tx, &node, false, None)?;
        Ok(Seen { object: format!("node {} ended, {}", node.name, about(&node)), value: node, people: Vec::new() })
    })
}

/// This installation as a node, and those it knows.
///
/// # Errors
/// The store's, and that the actor may not see them.
pub fn nodes(tx: &mut dyn Sql, cx: &mut Cx) -> Result<Granted<Nodes>, Stop> {
    access::list(tx, cx, Action::ManageDirectory, |tx, _| {
        let own = sql::own(tx)?.map(|own| own.node);
        let others = sql::all(tx, 0, i64::MAX)?;
        Ok(Seen { value: Nodes { own, others }, object: "nodes".into(), people: Vec::new() })
    })
}
