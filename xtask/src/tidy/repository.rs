//! Checks over every file of the repository: identity numbers, links, words that belong elsewhere, the lock files, the glossary.

use super::source::Source;
use super::{Fault, Tree};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The Swedish Tax Agency's test identities, the only ones that may stand anywhere here.
const OFFICIAL: &str = "crates/kedjan/reference/test-identities.txt";
/// FNV-1a (64 bits) of the 3,100 official numbers, sorted, one a line: nobody can be slipped into the list.
const OFFICIAL_DIGEST: u64 = 0x9f8b_b87b_6204_4003;
/// What belongs to one machine, to a package registry's address or to papers outside the repository.
const FOREIGN: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/tmp/", "plan"),
    concat!("/ro", "ot/"),
    concat!("../", "shared"),
    concat!("registry.", "npmjs.org"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("py", "pi.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("contract", ".md"),
    concat!("domain", ".md"),
    concat!("stack", ".md"),
];
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
const GLOSSARY: &str = "GLOSSARY.md";
const DENY: &str = "deny.toml";
/// Words of the field: a type with such a name is explained in the glossary.
const WORDS: &[&str] = &[
    "activity",
    "agreement",
    "case",
    "clock",
    "consent",
    "deviation",
    "ground",
    "group",
    "guideline",
    "handover",
    "indicator",
    "instrument",
    "method",
    "milestone",
    "outcome",
    "party",
    "person",
    "plan",
    "question",
    "retention",
    "share",
    "step",
    "survey",
    "tally",
    "unit",
];

/// Every check of this file that needs only the tree.
pub fn check(tree: &Tree, faults: &mut Vec<Fault>) {
    numbers(tree, OFFICIAL_DIGEST, faults);
    links(tree, faults);
    words(tree, faults);
    lock_files(tree, faults);
    glossary(tree, faults);
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(ix, line)| (ix + 1, line))
}

/// The digits of each text in `line` that has the shape of a personal identity number (10 or 12 digits, with or without
/// the sign before the last four), a possible date and a right check digit. Day + 60 is a co-ordination number.
fn identity_numbers(line: &str) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    let digit = |ix: usize| chars.get(ix).is_some_and(char::is_ascii_digit);
    let joins = |ix: usize| chars.get(ix).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while digit(at) {
            at += 1;
        }
        let mut end = at;
        let mut digits: String = chars.iter().take(end).skip(start).collect();
        let tail = (end + 1..).take_while(|ix| digit(*ix)).count();
        if matches!(digits.len(), 6 | 8) && matches!(chars.get(end), Some('-' | '+')) && tail == 4 {
            digits.extend(chars.iter().skip(end + 1).take(4));
            end += 5;
        }
        let continues = |sign: usize, beyond: usize| matches!(chars.get(sign), Some('.' | ',' | '-')) && joins(beyond);
        let joined_before = start >= 1 && joins(start - 1) || start >= 2 && continues(start - 1, start - 2);
        let stands_alone = !(joined_before || joins(end) || continues(end, end + 1));
        if stands_alone && matches!(digits.len(), 10 | 12) && plausible(&digits) {
            found.push(digits);
            at = end;
        }
    }
    found
}

/// A possible month and day, and the check digit of the last ten (Luhn).
fn plausible(digits: &str) -> bool {
    let ten: Vec<u32> = digits.chars().skip(digits.len().saturating_sub(10)).filter_map(|c| c.to_digit(10)).collect();
    let [_, _, m1, m2, d1, d2, ..] = ten.as_slice() else { return false };
    let (month, day) = (m1 * 10 + m2, d1 * 10 + d2);
    let sum: u32 = ten.iter().enumerate().map(|(ix, d)| if ix % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum();
    month <= 12 && (matches!(day, 1..=31) && month >= 1 || matches!(day, 60..=91)) && sum.is_multiple_of(10)
}

fn digest<'a>(numbers: impl Iterator<Item = &'a str>) -> u64 {
    let bytes = numbers.flat_map(|n| n.bytes().chain(std::iter::once(b'\n')));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn numbers(tree: &Tree, official_digest: u64, faults: &mut Vec<Fault>) {
    let list = tree.text(OFFICIAL).unwrap_or_default();
    let official: BTreeSet<String> = list.lines().flat_map(identity_numbers).filter(|n| n.len() == 12).collect();
    if digest(official.iter().map(String::as_str)) != official_digest {
        let what = "this is not the official list of test identities: take it again from its source".to_owned();
        faults.push(Fault { file: OFFICIAL.to_owned(), line: 1, what });
    }
    let short: BTreeSet<&str> = official.iter().filter_map(|n| n.get(2..)).collect();
    for (file, text) in tree.texts().filter(|(file, _)| *file != OFFICIAL) {
        for (line, content) in numbered(text) {
            let unknown =
                identity_numbers(content).into_iter().filter(|n| !official.contains(n) && !short.contains(n.as_str()));
            for _ in unknown {
                let what =
                    "could be somebody's personal identity number: use one of the official test identities".to_owned();
                faults.push(Fault { file: file.to_owned(), line, what });
            }
        }
    }
}

/// The path that `target`, written in the file `from`, leads to; `None` when it leads out of the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = if target.starts_with('/') { vec![] } else { from.split('/').collect() };
    parts.pop();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

fn links(tree: &Tree, faults: &mut Vec<Fault>) {
    for (file, text) in tree.texts().filter(|(file, _)| file.ends_with(".md")) {
        let mut fenced = false;
        for (line, content) in numbered(text) {
            if content.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            // Every second piece between backquotes is code.
            let prose: String = content.split('`').step_by(2).collect::<Vec<_>>().join(" ");
            let targets = prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
            let images = prose.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
            for target in targets.chain(images) {
                let path = target.split(['#', '?']).next().unwrap_or_default();
                if path.is_empty() || target.contains(':') {
                    continue;
                }
                if !resolve(file, path).is_some_and(|path| path.is_empty() || tree.has(&path)) {
                    faults.push(Fault {
                        file: file.to_owned(),
                        line,
                        what: format!("the link to `{target}` leads nowhere"),
                    });
                }
            }
        }
    }
}

fn words(tree: &Tree, faults: &mut Vec<Fault>) {
    for (file, text) in tree.texts() {
        for (line, content) in numbered(text) {
            if let Some(word) = FOREIGN.iter().find(|word| content.contains(**word)) {
                let what =
                    format!("`{word}` belongs to one machine or to papers outside the repository: say it without");
                faults.push(Fault { file: file.to_owned(), line, what });
            }
        }
    }
}

fn lock_files(tree: &Tree, faults: &mut Vec<Fault>) {
    let banned: Vec<&str> = tree
        .text(DENY)
        .unwrap_or_default()
        .split("crate = \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    for (file, text) in tree.texts() {
        for (line, content) in numbered(text) {
            let mut fault = |what: String| faults.push(Fault { file: file.to_owned(), line, what });
            let value = |key: &str| content.strip_prefix(key)?.strip_suffix('"');
            if file.ends_with("package-lock.json") && content.contains("\"resolved\":") {
                fault(
                    "an address in the lock file: set `omit-lockfile-registry-resolved=true` and lock again".to_owned(),
                );
            } else if !file.ends_with("Cargo.lock") {
                continue;
            } else if value("source = \"").is_some_and(|source| source != REGISTRY) {
                fault("a crate from elsewhere than the public registry: use a published one".to_owned());
            } else if let Some(name) = value("name = \"").filter(|name| banned.contains(name)) {
                fault(format!("`{name}` is banned in {DENY}: choose features that do without it"));
            }
        }
    }
}

/// A type that is named by a word of the field has its line in the glossary, where the Swedish and the legal word stand too.
fn glossary(tree: &Tree, faults: &mut Vec<Fault>) {
    let known: BTreeSet<String> = tree
        .text(GLOSSARY)
        .unwrap_or_default()
        .lines()
        .filter(|line| line.trim_start().starts_with('|'))
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .collect();
    for (file, text) in tree.texts().filter(|(file, _)| file.starts_with("crates/") && file.ends_with(".rs")) {
        for (ix, code) in Source::read(text).code.iter().enumerate() {
            let declared = ["pub struct ", "pub enum "].iter().find_map(|head| code.strip_prefix(head));
            let name: String = declared.unwrap_or_default().chars().take_while(|c| c.is_alphanumeric()).collect();
            if WORDS.contains(&name.to_lowercase().as_str()) && !known.contains(&name.to_lowercase()) {
                let what = format!("`{name}` has no line in {GLOSSARY}: pair it with its Swedish word there");
                faults.push(Fault { file: file.to_owned(), line: ix + 1, what });
            }
        }
    }
}

/// The licences named between `allow = [` and `]` of the deny file's licence section.
fn allowed_licences(deny: &str) -> BTreeSet<&str> {
    let section = deny
        .split("[licenses]")
        .nth(1)
        .and_then(|rest| rest.split("allow = [").nth(1))
        .and_then(|rest| rest.split(']').next());
    section.unwrap_or_default().split('"').skip(1).step_by(2).collect()
}

/// Whether an SPDX expression can be met with the allowed licences alone. The old `A/B` means `A OR B`.
fn permitted(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    fn any(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>, allowed: &BTreeSet<&str>) -> bool {
        let mut one = all(words, allowed);
        while words.next_if(|w| w == "OR").is_some() {
            one |= all(words, allowed);
        }
        one
    }
    fn all(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>, allowed: &BTreeSet<&str>) -> bool {
        let mut every = single(words, allowed);
        while words.next_if(|w| w == "AND").is_some() {
            every &= single(words, allowed);
        }
        every
    }
    fn single(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>, allowed: &BTreeSet<&str>) -> bool {
        let Some(word) = words.next() else { return false };
        if word == "(" {
            let inner = any(words, allowed);
            return words.next().is_some_and(|close| close == ")") && inner;
        }
        let whole = match words.next_if(|w| w == "WITH").and_then(|_| words.next()) {
            Some(extra) => format!("{word} WITH {extra}"),
            None => word,
        };
        allowed.contains(whole.as_str())
    }
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter().peekable();
    any(&mut words, allowed) && words.next().is_none()
}

/// The crates whose licence the deny file does not allow, as cargo knows them.
pub fn licences(root: &Path, tree: &Tree) -> anyhow::Result<Vec<Fault>> {
    let args = ["metadata", "--locked", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"];
    let listed = Command::new("cargo").args(args).current_dir(root).output().context("cargo could not be run")?;
    if !listed.status.success() {
        bail!("cargo could not list the crates: {}", String::from_utf8_lossy(&listed.stderr).trim());
    }
    let metadata: serde_json::Value =
        serde_json::from_slice(&listed.stdout).context("cargo's list of crates could not be read")?;
    Ok(forbidden_licences(&metadata, tree.text(DENY).unwrap_or_default()))
}

fn forbidden_licences(metadata: &serde_json::Value, deny: &str) -> Vec<Fault> {
    let allowed = allowed_licences(deny);
    let packages = metadata.get("packages").and_then(|p| p.as_array()).map(Vec::as_slice).unwrap_or_default();
    let text = |package: &serde_json::Value, key: &str| {
        package.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
    };
    let foreign = packages.iter().filter(|p| p.get("source").is_some_and(|s| !s.is_null()));
    foreign
        .filter(|package| !permitted(&text(package, "license"), &allowed))
        .map(|package| Fault {
            file: DENY.to_owned(),
            line: 1,
            what: format!(
                "the licence of {} is {:?}, which is not allowed here: choose another crate",
                text(package, "name"),
                text(package, "license")
            ),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// An official test identity of the Swedish Tax Agency.
    const TEST_IDENTITY: &str = "194504069248";

    fn shown(faults: &[Fault]) -> Vec<String> {
        faults.iter().map(Fault::to_string).collect()
    }

    /// A number of right form that is in no list, made here so that no file contains it.
    fn made_up() -> String {
        let stem = "19990229123";
        (0..10).map(|d| format!("{stem}{d}")).find(|n| plausible(n)).unwrap()
    }

    #[test]
    fn only_official_identities_may_stand() {
        let known = digest(std::iter::once(TEST_IDENTITY));
        let faults = |line: &str| {
            let mut faults = Vec::new();
            numbers(&Tree::of(&[(OFFICIAL, TEST_IDENTITY), ("a.toml", line)]), known, &mut faults);
            shown(&faults)
        };
        let twelve = made_up();
        let (date, last) = twelve.split_at(8);
        for form in [
            twelve.clone(),
            format!("{date}-{last}"),
            twelve.get(2..).unwrap().to_owned(),
            format!("'{}+{last}'", date.get(2..).unwrap()),
        ] {
            let found = faults(&format!("x = \"{form}\" # y"));
            assert!(found.iter().any(|f| f.starts_with("a.toml:1:")), "{form} was not seen: {found:?}");
            assert!(!found.concat().contains(&form), "the fault repeats the number");
        }
        assert!(faults(&format!("a {TEST_IDENTITY}, b {}.", TEST_IDENTITY.get(2..).unwrap())).is_empty());
        assert!(faults(&format!("hash a{twelve} 0.{twelve} {twelve}9 1-{twelve}")).is_empty());
    }

    #[test]
    fn the_official_list_is_the_whole_official_list() {
        let mut faults = Vec::new();
        numbers(
            &Tree::of(&[(OFFICIAL, &format!("{TEST_IDENTITY}\n{}", made_up()))]),
            digest(std::iter::once(TEST_IDENTITY)),
            &mut faults,
        );
        assert_eq!(faults.len(), 1, "{faults:?}");
    }

    #[test]
    fn links_lead_somewhere() {
        let text = "[a](docs/x.md) [b](docs/y.md#part) [c](https://example.org) [d](#here)\n```\n[e](no.md)\n```\n`[f](no.md)`\n<img src=\"docs/p.png\"> ![g](../out.png)";
        let mut faults = Vec::new();
        links(&Tree::of(&[("README.md", text), ("docs/x.md", "[up](../README.md) [dir](../docs)")]), &mut faults);
        let lines: Vec<usize> = faults.iter().map(|f| f.line).collect();
        assert_eq!(lines, [1, 6, 6], "{faults:?}");
    }

    #[test]
    fn machine_paths_and_registry_addresses_are_seen() {
        for word in FOREIGN {
            let mut faults = Vec::new();
            words(&Tree::of(&[("a.md", &format!("fine\nsee {word}x"))]), &mut faults);
            assert_eq!(faults.iter().map(|f| f.line).collect::<Vec<_>>(), [2], "{word}");
        }
    }

    #[test]
    fn lock_files_name_no_other_source() {
        let deny = "[bans]\ndeny = [{ crate = \"openssl-sys\" }]";
        let cargo = format!(
            "name = \"openssl-sys\"\nname = \"serde\"\nsource = \"{REGISTRY}\"\nsource = \"git+https://example.org/x\""
        );
        let mut faults = Vec::new();
        lock_files(
            &Tree::of(&[(DENY, deny), ("Cargo.lock", &cargo), ("t/package-lock.json", "{\n\"resolved\": \"x\"}")]),
            &mut faults,
        );
        assert_eq!(
            faults.iter().map(|f| (f.file.as_str(), f.line)).collect::<Vec<_>>(),
            [("Cargo.lock", 1), ("Cargo.lock", 4), ("t/package-lock.json", 2)]
        );
    }

    #[test]
    fn words_of_the_field_are_in_the_glossary() {
        let code = "pub struct Case {}\npub enum Clock {}\npub struct CaseError {}\npub struct Row;";
        let mut faults = Vec::new();
        glossary(&Tree::of(&[("crates/chain/src/a.rs", code), (GLOSSARY, "| case | ärende |\nclock")]), &mut faults);
        assert_eq!(faults.iter().map(|f| f.line).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn licences_are_weighed_as_expressions() {
        let allowed = allowed_licences(
            "[licenses]\nallow = [\n  \"MIT\",\n  \"Apache-2.0\",\n  \"Apache-2.0 WITH LLVM-exception\",\n  \"Unicode-3.0\",\n]\n[bans]\n",
        );
        for good in
            ["MIT", "MIT/GPL-3.0", "GPL-2.0 OR Apache-2.0 WITH LLVM-exception", "(MIT OR GPL-2.0) AND Unicode-3.0"]
        {
            assert!(permitted(good, &allowed), "{good}");
        }
        for bad in ["GPL-3.0", "", "MIT AND GPL-3.0", "(MIT", "MIT) OR MIT"] {
            assert!(!permitted(bad, &allowed), "{bad}");
        }
        let metadata = serde_json::json!({"packages": [
            {"name": "ours", "source": null, "license": "EUPL-1.2"},
            {"name": "theirs", "source": "registry", "license": "GPL-3.0"},
        ]});
        let faults = forbidden_licences(&metadata, "[licenses]\nallow = [\"MIT\"]");
        assert_eq!(faults.len(), 1);
        assert!(faults.iter().all(|f| f.what.contains("theirs")));
    }
}
