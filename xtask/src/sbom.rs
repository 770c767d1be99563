//! `cargo xtask sbom`: what the program is made of, as CycloneDX 1.6, from what cargo itself resolves with the lock file.

use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

/// The crate that is the program.
const PROGRAM: &str = "kedjan";

/// Writes the list to `target/sbom.json` and says how many parts there are.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    let metadata = metadata(root)?;
    let list = list(&metadata)?;
    let file = root.join("target/sbom.json");
    std::fs::create_dir_all(root.join("target"))?;
    std::fs::write(&file, serde_json::to_string_pretty(&list)? + "\n")
        .with_context(|| format!("cannot write {}", file.display()))?;
    let parts = array(&list, "components").count();
    println!("{parts} parts in target/sbom.json (CycloneDX 1.6)");
    Ok(true)
}

fn metadata(root: &Path) -> anyhow::Result<Value> {
    let words = ["metadata", "--locked", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"];
    let run = Command::new("cargo").args(words).current_dir(root).stdin(Stdio::null()).output()?;
    if !run.status.success() {
        bail!("cargo metadata did not succeed: {}", String::from_utf8_lossy(&run.stderr));
    }
    Ok(serde_json::from_slice(&run.stdout)?)
}

/// The parts that are linked into the program: what it depends on, directly or not, but not for building or testing.
fn list(metadata: &Value) -> anyhow::Result<Value> {
    let packages: BTreeMap<&str, &Value> =
        array(metadata, "packages").filter_map(|package| Some((package["id"].as_str()?, package))).collect();
    let needs: BTreeMap<&str, Vec<&str>> =
        array(&metadata["resolve"], "nodes").filter_map(|node| Some((node["id"].as_str()?, linked(node)))).collect();
    let program = packages.values().find(|package| package["name"] == PROGRAM).context("the program is not there")?;
    let first = program["id"].as_str().context("the program has no id")?;
    let (mut found, mut left) = (BTreeSet::from([first]), vec![first]);
    while let Some(id) = left.pop() {
        for need in needs.get(id).into_iter().flatten() {
            if found.insert(need) {
                left.push(need);
            }
        }
    }
    let part = |id: &&str| packages.get(*id).map(|package| component(package));
    let others: Vec<Value> = found.iter().filter(|id| **id != first).filter_map(part).collect();
    let edge = |id: &&str| {
        let to: Vec<String> =
            needs.get(*id).into_iter().flatten().filter_map(|n| packages.get(n)).map(|p| purl(p)).collect();
        Some(json!({ "ref": purl(packages.get(*id)?), "dependsOn": to }))
    };
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": component(program) },
        "components": others,
        "dependencies": found.iter().filter_map(edge).collect::<Vec<_>>(),
    }))
}

fn array<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}

/// The ids of what a package is linked with.
fn linked(node: &Value) -> Vec<&str> {
    let normal = |dep: &&Value| array(dep, "dep_kinds").any(|kind| kind["kind"].is_null());
    array(node, "deps").filter(normal).filter_map(|dep| dep["pkg"].as_str()).collect()
}

fn purl(package: &Value) -> String {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    format!("pkg:cargo/{}@{}", text("name"), text("version"))
}

fn component(package: &Value) -> Value {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let kind = if package["name"] == PROGRAM { "application" } else { "library" };
    json!({
        "type": kind,
        "bom-ref": purl(package),
        "name": text("name"),
        "version": text("version"),
        "purl": purl(package),
        "licenses": [{ "expression": text("license").replace('/', " OR ") }],
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_linked_is_listed_and_what_only_builds_or_tests_is_not() {
        let package = |name: &str| json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0" });
        let dep = |to: &str, kind: Value| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] });
        let packages = ["kedjan", "linked", "deep", "builds", "tests"].map(package);
        let metadata = json!({
            "packages": packages,
            "resolve": { "nodes": [
                { "id": "kedjan", "deps": [dep("linked", Value::Null), dep("builds", json!("build")), dep("tests", json!("dev"))] },
                { "id": "linked", "deps": [dep("deep", Value::Null)] },
            ] },
        });
        let list = list(&metadata).unwrap();
        let names: Vec<&str> = array(&list, "components").map(|c| c["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["deep", "linked"]);
        assert_eq!(list["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(list["metadata"]["component"]["purl"], "pkg:cargo/kedjan@1.0.0");
    }
}
