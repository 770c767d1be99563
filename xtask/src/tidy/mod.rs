//! The walls of the house as checks over the files of the repository: each fault names file, line and what to do.

mod repository;
mod rust;
mod source;

use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// Where the few allowed exceptions stand.
const EXCEPTIONS: &str = "xtask/exceptions.txt";

/// One place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Path from the root of the repository.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// The text files of the repository by path; what is not UTF-8 has the value `None`.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads every file that git tracks or would track.
    fn read(root: &Path) -> anyhow::Result<Self> {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("tidy reads the list of files from git, which could not be run")?;
        if !listed.status.success() {
            bail!("git could not list the files: {}", String::from_utf8_lossy(&listed.stderr).trim());
        }
        let mut files = BTreeMap::new();
        for path in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|p| !p.is_empty()) {
            // A file that is deleted but not yet committed is listed and not there.
            if let Ok(bytes) = std::fs::read(root.join(path)) {
                files.insert(path.to_owned(), String::from_utf8(bytes).ok());
            }
        }
        Ok(Self { files })
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned()))).collect() }
    }

    /// Every text file with its path.
    fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether the path is a file or a folder of the repository.
    fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path) || self.files.keys().any(|p| p.starts_with(&folder))
    }
}

/// One line of the exception file: `RULE PATH WORDS… # why`.
#[derive(Debug)]
struct Exception {
    line: usize,
    rule: String,
    path: String,
    words: Vec<String>,
    used: std::cell::Cell<bool>,
}

/// The exceptions, which remember whether they were needed: the list only shrinks.
#[derive(Debug, Default)]
pub struct Exceptions {
    entries: Vec<Exception>,
}

impl Exceptions {
    fn read(text: &str, faults: &mut Vec<Fault>) -> Self {
        let mut entries = Vec::new();
        for (ix, line) in text.lines().enumerate() {
            let (entry, why) = line.split_once('#').unwrap_or((line, ""));
            let mut words = entry.split_whitespace().map(str::to_owned);
            let (Some(rule), path) = (words.next(), words.next()) else { continue };
            let known = ["room", "lines", "text"].contains(&rule.as_str());
            match path {
                Some(path) if known && !why.trim().is_empty() => {
                    entries.push(Exception { line: ix + 1, rule, path, words: words.collect(), used: false.into() });
                }
                _ => faults.push(Fault {
                    file: EXCEPTIONS.to_owned(),
                    line: ix + 1,
                    what: "write `room|lines|text PATH WORDS… # why`".to_owned(),
                }),
            }
        }
        Self { entries }
    }

    /// The words of the exception for `rule` at `path`, if there is one; it then counts as needed.
    fn find(&self, rule: &str, path: &str) -> Option<&[String]> {
        let found = self.entries.iter().find(|e| e.rule == rule && e.path == path)?;
        found.used.set(true);
        Some(&found.words)
    }

    fn unused(&self) -> impl Iterator<Item = Fault> {
        self.entries.iter().filter(|e| !e.used.get()).map(|e| Fault {
            file: EXCEPTIONS.to_owned(),
            line: e.line,
            what: format!("the exception `{} {}` is no longer needed: take the line away", e.rule, e.path),
        })
    }
}

/// All faults of the tree, in order of file and line.
fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let exceptions = Exceptions::read(tree.text(EXCEPTIONS).unwrap_or_default(), &mut faults);
    rust::check(tree, &exceptions, &mut faults);
    repository::check(tree, &mut faults);
    faults.extend(exceptions.unused());
    faults.sort();
    faults.dedup();
    faults
}

/// Checks the repository at `root` and prints each fault; the number of faults comes back.
pub fn run(root: &Path) -> anyhow::Result<usize> {
    let tree = Tree::read(root)?;
    let mut faults = check(&tree);
    faults.extend(repository::licences(root, &tree)?);
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => println!("tidy: {} files, nothing to do", tree.files.len()),
        n => println!("tidy: {n} to put right"),
    }
    Ok(faults.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_that_excuses_nothing_is_a_fault() {
        let tree = Tree::of(&[(EXCEPTIONS, "# none\ntext crates/kedjan/src/a.rs # names of places\nroom x\n")]);
        let faults: Vec<String> = check(&tree).iter().filter(|f| f.file == EXCEPTIONS).map(Fault::to_string).collect();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults.iter().any(|f| f.contains(":2:") && f.contains("no longer needed")));
        assert!(faults.iter().any(|f| f.contains(":3:")));
    }
}
