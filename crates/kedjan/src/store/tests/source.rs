//! Finds every statement of the program in its source.

use std::fs;
use std::path::{Path, PathBuf};

use super::Statement;

/// Every `sql!("…")` under `src`, tests left out.
///
/// # Panics
/// When one is not followed by a literal: it would escape the tests of all statements.
pub(super) fn statements() -> Vec<&'static Statement> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let name: &'static str = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned().leak();
            let source = fs::read_to_string(file).unwrap();
            find(&source).into_iter().map(move |(line, text)| {
                let text = text.unwrap_or_else(|| panic!("{name}:{line}: sql! without a literal"));
                &*Box::leak(Box::new(Statement::new(text.leak(), name, line)))
            })
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            collect(&path, files);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            files.push(path);
        }
    }
}

/// The line and the text of each `sql!`, without those in comments. No text: not a literal.
fn find(source: &str) -> Vec<(u32, Option<String>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = source[at..].find("sql!") {
        let start = at + next;
        at = start + 4;
        let before = &source[..start];
        let comment = before.rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with("//"));
        let part_of_a_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '`');
        if let Some(inside) = source[at..].trim_start().strip_prefix(['(', '[', '{'])
            && !comment
            && !part_of_a_word
        {
            let line = before.matches('\n').count() as u32 + 1;
            found.push((line, literal(inside.trim_start())));
        }
    }
    found
}

/// The value of the string literal that `source` begins with.
fn literal(source: &str) -> Option<String> {
    if let Some(raw) = source.strip_prefix('r') {
        let hashes: String = raw.chars().take_while(|c| *c == '#').collect();
        let text = raw[hashes.len()..].strip_prefix('"')?;
        return text.split_once(&format!("\"{hashes}")).map(|(text, _)| text.to_owned());
    }
    let mut chars = source.strip_prefix('"')?.chars().peekable();
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => match chars.next()? {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                same @ ('"' | '\\' | '\'') => text.push(same),
                _ => return None,
            },
            other => text.push(other),
        }
    }
}

#[test]
fn literals_are_found_as_the_compiler_reads_them() {
    let source = "fn a() {\n    one(sql!(\"SELECT \\\"a\\\" \\\n        FROM b\"), x);\n    // sql!(\"not this\")\n    \
                  two(crate::store::sql!(\n        r#\"SELECT '\"'\"#\n    ));\n    sql!(NAME)\n}";
    let found = find(source);
    assert_eq!(found, [(2, Some("SELECT \"a\" FROM b".to_owned())), (5, Some("SELECT '\"'".to_owned())), (8, None)]);
}
