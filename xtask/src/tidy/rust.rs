//! Checks over Rust source: sizes, the pure crates, the clock, SQL, the rooms, texts.

use super::source::{Source, body, has_word};
use super::{Exceptions, Fault, Tree};

const MAX_FILE: usize = 600;
const MAX_FUNCTION: usize = 80;
/// Files of program code; data and texts may be as long as they are.
const CODE_ENDINGS: &[&str] = &[".rs", ".mjs", ".js", ".css", ".py", ".sh"];
/// The crates that do no I/O and read no clock and no random source.
const PURE: &[&str] = &["crates/chain/", "crates/disclosure/"];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "SystemTime",
    "Instant",
    "rand::",
    "getrandom",
    "tokio",
    "Timestamp::now",
    "Zoned::now",
    "new_v4",
    "new_v7",
    "now_v7",
];
const IMPURE_IN_GROUP: &[&str] = &["fs", "net", "env", "process", "thread", "io"];
const IMPURE_CRATES: &[&str] =
    &["tokio", "rand", "getrandom", "rusqlite", "postgres", "axum", "hyper", "reqwest", "lettre", "tracing", "linkme"];
const NOW: &[&str] = &["Timestamp::now(", "Zoned::now(", "SystemTime::now("];
const ROOM_FILES: &[&str] = &["mod.rs", "http.rs", "api.rs", "sql.rs", "page.rs", "tests.rs"];
const ROOMS: &str = "crates/kedjan/src/";

/// A Rust file taken apart once for all checks.
struct RustFile<'a> {
    path: &'a str,
    source: Source,
    /// The whole file is test code.
    all_test: bool,
}

impl RustFile<'_> {
    fn fault(&self, line: usize, what: impl Into<String>) -> Fault {
        Fault { file: self.path.to_owned(), line, what: what.into() }
    }

    fn is_test(&self, line: usize) -> bool {
        self.all_test || self.source.is_test(line)
    }

    /// The lines of code with their number from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.source.code.iter().enumerate().map(|(ix, line)| (ix + 1, line.as_str()))
    }

    /// Product code: the crates, without tests, and without the habits themselves.
    fn in_product(&self) -> bool {
        self.path.starts_with("crates/") && !self.path.starts_with("crates/testkit/") && !self.all_test
    }
}

/// Every check of this file over the tree.
pub fn check(tree: &Tree, exceptions: &Exceptions, faults: &mut Vec<Fault>) {
    for (path, text) in tree.texts() {
        file_size(path, text, exceptions, faults);
        if path.ends_with("Cargo.toml") {
            manifest(path, text, faults);
        }
        room(path, exceptions, faults);
    }
    let mut clocks: Vec<String> = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".rs")) {
        let all_test = path.ends_with("/tests.rs") || path.contains("/tests/") || path.contains("/benches/");
        let file = RustFile { path, source: Source::read(text), all_test };
        functions(&file, faults);
        forbidden(&file, faults);
        pure(&file, faults);
        clock(&file, &mut clocks, faults);
        sql(&file, faults);
        texts(&file, exceptions, faults);
    }
}

fn file_size(path: &str, text: &str, exceptions: &Exceptions, faults: &mut Vec<Fault>) {
    let lines = text.lines().count();
    if lines <= MAX_FILE || !CODE_ENDINGS.iter().any(|ending| path.ends_with(ending)) {
        return;
    }
    let limit = exceptions.find("lines", path).and_then(|words| words.first()?.parse().ok()).unwrap_or(MAX_FILE);
    if lines > limit {
        let what = format!("{lines} lines, at most {limit}: divide the file by what its parts are about");
        faults.push(Fault { file: path.to_owned(), line: limit + 1, what });
    }
}

fn functions(file: &RustFile<'_>, faults: &mut Vec<Fault>) {
    for (line, code) in file.lines() {
        let Some(column) = function_at(code) else { continue };
        let Some(end) = body(&file.source.code, line - 1, column) else { continue };
        let length = end + 2 - line;
        if length > MAX_FUNCTION {
            let what =
                format!("a function of {length} lines, at most {MAX_FUNCTION}: give its parts names of their own");
            faults.push(file.fault(line, what));
        }
    }
}

/// The column, in characters, of a `fn name` in the line. A function pointer type (`fn(`) is none.
fn function_at(code: &str) -> Option<usize> {
    code.match_indices("fn ").find_map(|(at, _)| {
        let before = code.get(..at)?;
        let starts = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        starts.then(|| before.chars().count())
    })
}

fn forbidden(file: &RustFile<'_>, faults: &mut Vec<Fault>) {
    for (line, code) in file.lines() {
        for name in ["todo!", "unimplemented!", "dbg!"] {
            if has_word(code, name) {
                faults.push(file.fault(line, format!("`{name}`: finish it, or take it out")));
            }
        }
        if has_word(code, "unsafe") {
            faults.push(file.fault(line, "`unsafe`: the house has none; find the safe way"));
        }
        if code.replace(' ', "").contains("#[ignore") {
            faults.push(file.fault(line, "an ignored test: make it run, or take it out"));
        }
    }
    for comment in &file.source.comments {
        if ["TO\u{44}O", "FIX\u{4d}E", "XX\u{58}"].iter().any(|word| has_word(&comment.text, word)) {
            faults.push(
                file.fault(comment.line, "a reminder in a comment: do it now, or write it in the debts of the project"),
            );
        }
    }
}

fn pure(file: &RustFile<'_>, faults: &mut Vec<Fault>) {
    if file.all_test || !PURE.iter().any(|root| file.path.starts_with(root)) {
        return;
    }
    for (line, code) in file.lines().filter(|(line, _)| !file.is_test(*line)) {
        let in_group = code.split_once("std::{").is_some_and(|(_, group)| {
            group
                .split(['}', ','])
                .any(|part| IMPURE_IN_GROUP.contains(&part.split("::").next().unwrap_or_default().trim()))
        });
        if let Some(name) = IMPURE.iter().find(|name| has_word(code, name)) {
            faults.push(file.fault(line, format!("`{name}` in a pure crate: pass the value in from the product")));
        } else if in_group {
            faults.push(file.fault(line, "I/O of std in a pure crate: pass the value in from the product"));
        }
    }
}

fn manifest(path: &str, text: &str, faults: &mut Vec<Fault>) {
    let mut fault = |line: usize, what: String| faults.push(Fault { file: path.to_owned(), line, what });
    if text.contains("[package]") && !text.replace([' ', '\r'], "").contains("[lints]\nworkspace=true") {
        fault(1, "add `[lints]` with `workspace = true`: the lints of the house hold in every crate".to_owned());
    }
    if !PURE.iter().any(|root| path.starts_with(root)) {
        return;
    }
    let mut for_product = false;
    for (ix, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            for_product = line.contains("dependencies") && !line.contains("dev-dependencies");
        }
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
        if for_product && IMPURE_CRATES.contains(&name) {
            fault(ix + 1, format!("`{name}` as a dependency of a pure crate: keep it in the product"));
        }
    }
}

fn clock(file: &RustFile<'_>, clocks: &mut Vec<String>, faults: &mut Vec<Fault>) {
    let calls: Vec<usize> =
        file.lines().filter(|(_, code)| NOW.iter().any(|call| code.contains(call))).map(|(line, _)| line).collect();
    let Some(first) = calls.first() else { return };
    let marked = file.source.code.iter().any(|code| code.contains("clippy::disallowed_methods"));
    if !marked || !file.path.starts_with(ROOMS) {
        for line in &calls {
            faults.push(file.fault(
                *line,
                "the time of day is read here: take it as a parameter (only the product's clock reads it)",
            ));
        }
    } else if let Some(other) = clocks.first() {
        faults.push(file.fault(*first, format!("a second file that reads the time of day: use the clock in {other}")));
    } else {
        clocks.push(file.path.to_owned());
    }
}

/// Whether a string literal is an SQL statement, by its first words in capitals.
fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let later = |word: &str| words.iter().skip(1).any(|w| w.trim_matches(['(', ')', ',']) == word);
    match words.as_slice() {
        ["SELECT" | "DELETE", ..] => later("FROM"),
        ["INSERT", "INTO" | "OR", ..] | ["CREATE" | "ALTER" | "DROP", "TABLE" | "INDEX" | "UNIQUE" | "VIEW", ..] => {
            true
        }
        ["UPDATE", ..] => later("SET"),
        ["WITH", ..] => later("SELECT"),
        _ => false,
    }
}

fn sql(file: &RustFile<'_>, faults: &mut Vec<Fault>) {
    let at_home = file.path.ends_with("/sql.rs") || file.path.starts_with("crates/kedjan/src/store/");
    if at_home || !file.in_product() {
        return;
    }
    let said = "SQL outside sql.rs: move the statement to the sql.rs of its room";
    for (line, _) in file.lines().filter(|(line, code)| has_word(code, "sql!") && !file.is_test(*line)) {
        faults.push(file.fault(line, said));
    }
    for literal in file.source.literals.iter().filter(|l| is_sql(&l.text) && !file.is_test(l.line)) {
        faults.push(file.fault(literal.line, said));
    }
}

fn room(path: &str, exceptions: &Exceptions, faults: &mut Vec<Fault>) {
    let Some((name, file)) = path.strip_prefix(ROOMS).and_then(|rest| rest.split_once('/')) else { return };
    if ROOM_FILES.contains(&file) || file.starts_with("tests/") {
        return;
    }
    let folder = format!("{ROOMS}{name}");
    let allowed = exceptions.find("room", &folder).unwrap_or_default();
    if !allowed.iter().any(|word| word == "*" || word == file) {
        let what = format!(
            "a room has {}: put it there, or list the file with its reason in xtask/exceptions.txt",
            ROOM_FILES.join(" ")
        );
        faults.push(Fault { file: path.to_owned(), line: 1, what });
    }
}

/// The product's texts stand in its locales. The pure core reads no files and words its refusals itself.
fn texts(file: &RustFile<'_>, exceptions: &Exceptions, faults: &mut Vec<Fault>) {
    if !file.in_product() || !file.path.starts_with(ROOMS) {
        return;
    }
    let swedish = |text: &str| text.contains(['å', 'ä', 'ö', 'Å', 'Ä', 'Ö']);
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for literal in file.source.literals.iter().filter(|l| swedish(&l.text) && !file.is_test(l.line)) {
        if exceptions.find("text", file.path).or_else(|| exceptions.find("text", folder)).is_some() {
            return;
        }
        faults.push(
            file.fault(literal.line, "a text for people in the program: move it to locales/ (or the method file)"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(files: &[(&str, &str)], exceptions: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let exceptions = Exceptions::read(exceptions, &mut faults);
        check(&Tree::of(files), &exceptions, &mut faults);
        faults.iter().map(Fault::to_string).collect()
    }

    fn found(path: &str, text: &str, says: &str) {
        let faults = faults_of(&[(path, text)], "");
        assert!(faults.iter().any(|f| f.contains(says)), "{says:?} was not found: {faults:?}");
    }

    fn clean(path: &str, text: &str) {
        assert_eq!(faults_of(&[(path, text)], ""), Vec::<String>::new());
    }

    const CORE: &str = "crates/chain/src/case.rs";
    const PRODUCT: &str = "crates/kedjan/src/cases/http.rs";

    #[test]
    fn long_files_are_seen_unless_listed() {
        let long = "// x\n".repeat(601);
        found(CORE, &long, "601 lines");
        clean(CORE, &"// x\n".repeat(600));
        clean("crates/kedjan/locales/sv/common.ftl", &long);
        assert!(faults_of(&[(CORE, &long)], &format!("lines {CORE} 601 # generated")).is_empty());
        assert!(!faults_of(&[(CORE, &long)], &format!("lines {CORE} 600 # generated")).is_empty());
    }

    #[test]
    fn long_functions_are_seen() {
        let inner = "    f();\n".repeat(79);
        found(
            CORE,
            &format!("impl X {{\npub fn long(a: fn(u8)) -> [u8; 2] {{\n{inner}}}\n}}"),
            "a function of 81 lines",
        );
        clean(CORE, &format!("pub fn fits() {{\n{}}}\nfn next() {{}}", "    f();\n".repeat(78)));
    }

    #[test]
    fn unfinished_work_is_seen() {
        found(CORE, "fn a() { todo!() }", "`todo!`");
        found(CORE, "fn a() { unimplemented!() }", "`unimplemented!`");
        found(CORE, "fn a() { dbg!(1); }", "`dbg!`");
        found(CORE, "fn a() { unsafe { b() } }", "`unsafe`");
        found(CORE, "#[ignore = \"slow\"]\nfn a() {}", "ignored test");
        found(CORE, "// TO\u{44}O: more", "reminder");
        clean(CORE, "/// Says \"unsafe\" and todo! in words only.\nfn a() { b(\"dbg! unsafe todo!\") }");
    }

    #[test]
    fn the_core_stays_pure() {
        for code in [
            "use std::fs;",
            "use std::{fmt, fs::File};",
            "let t = std::time::Instant::now();",
            "rand::rng();",
            "tokio::spawn(x);",
        ] {
            found(CORE, code, "pure crate");
        }
        found("crates/disclosure/src/lib.rs", "std::time::SystemTime::UNIX_EPOCH", "pure crate");
        clean(CORE, "use std::{collections::BTreeMap, fmt};\n#[cfg(test)]\nmod tests { use std::fs; }");
        clean(PRODUCT, "use std::fs;");
        let manifest = "[package]\n[lints]\nworkspace = true\n[dependencies]\ntokio.workspace = true\n";
        found("crates/chain/Cargo.toml", manifest, "dependency of a pure crate");
        clean("crates/chain/Cargo.toml", &manifest.replace("[dep", "[dev-dep"));
        found("crates/x/Cargo.toml", "[package]\nname = \"x\"\n", "[lints]");
    }

    #[test]
    fn one_file_reads_the_time_of_day() {
        let marked = "#[allow(clippy::disallowed_methods)]\nfn now() -> Timestamp { Timestamp::now() }";
        found(PRODUCT, "let t = jiff::Timestamp::now();", "time of day");
        found("crates/testkit/src/lib.rs", marked, "time of day");
        clean("crates/kedjan/src/clock.rs", marked);
        let two = faults_of(&[("crates/kedjan/src/a.rs", marked), ("crates/kedjan/src/b.rs", marked)], "");
        assert!(two.iter().any(|f| f.contains("b.rs") && f.contains("second file")), "{two:?}");
    }

    #[test]
    fn sql_lives_in_its_room() {
        found(PRODUCT, "sql!(\"x\")", "SQL outside");
        found(PRODUCT, "let s = \"SELECT a FROM b\";", "SQL outside");
        found(PRODUCT, "let s = r#\"\n UPDATE a\n SET b = 1\"#;", "SQL outside");
        found(PRODUCT, "f(\"DELETE FROM a\")", "SQL outside");
        clean(PRODUCT, "f(\"Select a unit FROM the list\"); f(\"UPDATE\"); f(\"SELECT\");");
        clean("crates/kedjan/src/cases/sql.rs", "sql!(\"SELECT a FROM b\")");
        clean("crates/kedjan/src/store/mod.rs", "f(\"CREATE TABLE a (b)\")");
        clean("crates/kedjan/src/cases/tests.rs", "f(\"SELECT a FROM b\")");
    }

    #[test]
    fn rooms_have_the_agreed_files() {
        found("crates/kedjan/src/cases/logic.rs", "", "a room has");
        found("crates/kedjan/src/cases/deep/sql.rs", "", "a room has");
        clean("crates/kedjan/src/cases/page.rs", "");
        clean("crates/kedjan/src/cases/tests/worklist.rs", "");
        clean("crates/kedjan/src/app.rs", "");
        let listed = "room crates/kedjan/src/cases logic.rs # the offer";
        assert!(faults_of(&[("crates/kedjan/src/cases/logic.rs", "")], listed).is_empty());
        assert!(!faults_of(&[("crates/kedjan/src/cases/other.rs", "")], listed).is_empty());
        assert!(
            faults_of(&[("crates/kedjan/src/cases/any.rs", "")], "room crates/kedjan/src/cases * # shared").is_empty()
        );
    }

    #[test]
    fn texts_for_people_live_in_locales() {
        found(PRODUCT, "let t = \"Ärenden\";", "a text for people");
        clean(PRODUCT, "// Ärenden\nlet t = 'ä';\n#[cfg(test)]\nmod tests { const T: &str = \"å\"; }");
        clean("xtask/src/main.rs", "let t = \"ö\";");
        clean(CORE, "let t = \"ö\";");
        assert!(
            faults_of(&[(PRODUCT, "let t = \"Ärenden\";")], &format!("text {PRODUCT} # names of places")).is_empty()
        );
    }
}
