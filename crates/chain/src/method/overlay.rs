//! A file that builds on another: what it gives replaces, what it adds is added, what it removes is gone.

use super::source::{At, Node, Raw, Reading, Table};
use crate::nearest::nearest;

/// Lays `over` on `base`. Tables meet key by key, lists of tables item by item by `id`; anything else is replaced.
pub(super) fn lay(reading: &mut Reading<'_>, mut base: Table, over: Table) -> Table {
    match (reading.string(&base, "id"), over.get("builds_on").is_some()) {
        (Some((id, _)), true) => {
            if let Some((on, at)) = reading.string(&over, "builds_on")
                && on != id
            {
                reading.mistake(
                    at,
                    format!("this builds on `{on}`, but the file under it is `{id}`"),
                    format!("write `builds_on = \"{id}\"`"),
                );
            }
        }
        (Some((id, _)), false) => {
            reading.mistake(over.at, "this file does not say what it builds on", format!("add `builds_on = \"{id}\"`"));
        }
        (None, _) => {}
    }
    if let (Some(under), Some(own)) = (version(&base), version(&over))
        && own.0 <= under.0
    {
        let on = base.id().unwrap_or_default();
        let message = format!("version {} is not above that of `{on}`, {}, and so would never be used", own.0, under.0);
        reading.mistake(own.1, message, "write `version = 1001`, or more where that is taken");
    }
    if over.get("version").is_none() {
        reading.mistake(
            over.at,
            "a file that builds on another needs its own `version`",
            "add `version = 1001`, and raise it when the file changes",
        );
    }
    let over = Table { entries: over.entries.into_iter().filter(|entry| entry.key != "builds_on").collect(), ..over };
    merge(reading, &mut base, over);
    base
}

/// The version of a file and where it stands; one that is no number is told elsewhere.
fn version(file: &Table) -> Option<(i64, At)> {
    match file.get("version") {
        Some(Node { value: Raw::Int(version), at }) => Some((*version, *at)),
        _ => None,
    }
}

fn merge(reading: &mut Reading<'_>, base: &mut Table, over: Table) {
    for entry in over.entries {
        if removes(&entry.node) {
            let before = base.entries.len();
            base.entries.retain(|old| old.key != entry.key);
            if base.entries.len() == before {
                nothing_to_remove(reading, &entry.key, entry.node.at, base.entries.iter().map(|old| old.key.as_str()));
            }
        } else if let Some(old) = base.entries.iter_mut().find(|old| old.key == entry.key) {
            merge_node(reading, &mut old.node, entry.node);
        } else {
            base.entries.push(entry);
        }
    }
}

fn merge_node(reading: &mut Reading<'_>, base: &mut Node, over: Node) {
    match (&mut base.value, over.value) {
        (Raw::Table(old), Raw::Table(new)) => merge(reading, old, new),
        (Raw::List(old), Raw::List(new)) if has_ids(old) && has_ids(&new) => merge_list(reading, old, new),
        (_, value) => *base = Node { at: over.at, value },
    }
}

fn merge_list(reading: &mut Reading<'_>, base: &mut Vec<Node>, over: Vec<Node>) {
    for node in over {
        let id = id_of(&node).unwrap_or_default().to_owned();
        let place = base.iter().position(|old| id_of(old) == Some(&id));
        match place {
            Some(place) if removes(&node) => {
                base.remove(place);
            }
            None if removes(&node) => nothing_to_remove(reading, &id, node.at, base.iter().filter_map(id_of)),
            Some(place) => {
                if let Some(old) = base.get_mut(place) {
                    merge_node(reading, old, node);
                }
            }
            None => base.push(node),
        }
    }
}

fn nothing_to_remove<'c>(reading: &mut Reading<'_>, name: &str, at: At, there_are: impl Iterator<Item = &'c str>) {
    let proposal =
        nearest(name, there_are).map_or_else(|| "leave it out".to_owned(), |near| format!("did you mean `{near}`?"));
    reading.mistake(at, format!("there is no `{name}` to remove"), proposal);
}

fn removes(node: &Node) -> bool {
    matches!(&node.value, Raw::Table(table) if matches!(table.get("remove").map(|flag| &flag.value), Some(Raw::Bool(true))))
}

fn id_of(node: &Node) -> Option<&str> {
    match &node.value {
        Raw::Table(table) => table.id(),
        _ => None,
    }
}

fn has_ids(nodes: &[Node]) -> bool {
    !nodes.is_empty() && nodes.iter().all(|node| id_of(node).is_some())
}
