//! The files of questionnaires: the shipped one, and those that rounds were opened with.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chain::method::{Mistake, Source};
use chain::survey::Questionnaire;
use sha2::{Digest, Sha256};

pub use crate::cli::methods::File;

/// The files in the binary.
const SHIPPED: [(&str, &str); 1] = [("county-boards.toml", include_str!("../../../../surveys/county-boards.toml"))];
/// How many read questionnaires are kept at hand.
const MOST: usize = 64;

type Read = HashMap<[u8; 32], Arc<Questionnaire>>;

/// A round's text is read at each page of it, and is always the same.
static READ: LazyLock<Mutex<Read>> = LazyLock::new(Mutex::default);

/// The shipped questionnaires.
#[must_use]
pub fn shipped() -> Vec<File> {
    SHIPPED.iter().map(|(name, text)| File { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

/// Reads and checks a questionnaire.
///
/// # Errors
/// Every mistake at once.
pub fn parse(file: &File) -> Result<Arc<Questionnaire>, Vec<Mistake>> {
    let digest: [u8; 32] = Sha256::digest(file.text.as_bytes()).into();
    if let Some(read) = READ.lock().unwrap_or_else(PoisonError::into_inner).get(&digest) {
        return Ok(read.clone());
    }
    let read = Arc::new(Questionnaire::parse(Source { name: &file.name, text: &file.text })?);
    let mut all = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= MOST {
        all.clear();
    }
    all.insert(digest, read.clone());
    Ok(read)
}
