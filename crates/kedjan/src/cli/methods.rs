//! Method files: the shipped ones, those of the installation's own folder, and what the command line shows of them.

use std::path::Path;

use chain::method::{Method, Mistake, Source};
use serde::{Deserialize, Serialize};

/// The files in the binary.
const SHIPPED: [(&str, &str); 3] = [
    ("smadit.toml", include_str!("../../../../methods/smadit.toml")),
    ("concern.toml", include_str!("../../../../methods/concern.toml")),
    ("lob.toml", include_str!("../../../../methods/lob.toml")),
];

/// One file: its name for messages, and its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The name shown in messages.
    pub name: String,
    /// The TOML text.
    pub text: String,
}

/// The files of one method, the base first and what builds on it after.
pub type Files = Vec<File>;

/// What a file says of itself, as far as it can be read.
struct Head {
    id: Option<String>,
    version: Option<i64>,
    builds_on: Option<String>,
}

impl Head {
    fn of(file: &File) -> Head {
        let table = toml::from_str::<toml::Table>(&file.text).unwrap_or_default();
        let text = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let version = table.get("version").and_then(toml::Value::as_integer);
        Head { id: text("id"), version, builds_on: text("builds_on") }
    }
}

/// The shipped methods.
pub fn shipped() -> Vec<File> {
    SHIPPED.iter().map(|(name, text)| File { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

/// The method files of a folder, by name.
///
/// # Errors
/// That the folder or a file in it cannot be read.
pub fn of_folder(folder: &Path) -> std::io::Result<Vec<File>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// One method file.
///
/// # Errors
/// That it cannot be read.
pub fn read(path: &Path) -> std::io::Result<File> {
    Ok(File { name: path.display().to_string(), text: std::fs::read_to_string(path)? })
}

/// Puts what builds on another file after that file, beside the shipped methods. Every file is a method or a change of one.
///
/// # Errors
/// A file that builds on a method that is not there.
pub fn arrange(own: Vec<File>) -> Result<Vec<Files>, Vec<Mistake>> {
    arranged(shipped(), own)
}

/// The same, with files that take the place of shipped ones of the same id and version: for checking the shipped ones.
///
/// # Errors
/// As [`arrange`].
pub fn arrange_instead(own: Vec<File>) -> Result<Vec<Files>, Vec<Mistake>> {
    let key = |file: &File| {
        let head = Head::of(file);
        head.builds_on.is_none().then_some((head.id, head.version))
    };
    let shipped = shipped().into_iter().filter(|file| own.iter().all(|one| key(one) != key(file))).collect();
    arranged(shipped, own)
}

fn arranged(shipped: Vec<File>, own: Vec<File>) -> Result<Vec<Files>, Vec<Mistake>> {
    let (over, whole): (Vec<File>, Vec<File>) = own.into_iter().partition(|file| Head::of(file).builds_on.is_some());
    let bases: Vec<File> = shipped.into_iter().chain(whole).collect();
    let mut all: Vec<Files> = bases.iter().map(|file| vec![file.clone()]).collect();
    let mut mistakes = Vec::new();
    for file in over {
        let on = Head::of(&file).builds_on.unwrap_or_default();
        match bases.iter().rfind(|base| Head::of(base).id.as_deref() == Some(&on)) {
            Some(base) => all.push(vec![base.clone(), file]),
            None => {
                let ids: Vec<String> = bases.iter().filter_map(|base| Head::of(base).id).collect();
                mistakes.push(Mistake {
                    file: file.name,
                    line: 1,
                    column: 1,
                    message: format!("there is no method `{on}` to build on"),
                    proposal: format!("build on one of {}", ids.join(", ")),
                });
            }
        }
    }
    if mistakes.is_empty() { Ok(all) } else { Err(mistakes) }
}

/// Reads and checks the files of one method.
///
/// # Errors
/// Every mistake at once.
pub fn parse(files: &Files) -> Result<Method, Vec<Mistake>> {
    let sources: Vec<Source<'_>> = files.iter().map(|file| Source { name: &file.name, text: &file.text }).collect();
    Method::parse(&sources)
}
