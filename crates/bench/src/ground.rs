//! What is measured on: a demo county of a given size, made once by the product itself and kept; and copies of it, which a
//! run may change.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use kedjan::app::{Actor, App};
use kedjan::settings::Settings;
use kedjan::{cli, login, store};
use sha2::{Digest, Sha256};

use crate::server::Server;

/// The file that says what a kept county was made with. Written last: a folder with it holds a whole county.
const MARKER: &str = "bench-marker";
/// The store and the key in a demo county's folder.
const DATABASE: &str = "kedjan.db";
const KEY: &str = "kedjan.key";

/// A kept demo county.
pub struct Ground {
    folder: PathBuf,
    /// API tokens by role.
    pub tokens: HashMap<String, String>,
    /// How long it took to make; none when it was there.
    pub made_in: Option<Duration>,
}

/// What the kept counties depend on: the product's version, its schema and its methods.
fn digest() -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    for (name, text) in store::MIGRATIONS {
        hash.update(name);
        hash.update(text);
    }
    for file in cli::methods::shipped() {
        hash.update(file.name);
        hash.update(file.text);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The county of `cases` chains in `out`: the one that lies there, if it fits this build, or a new one.
pub fn bring(kedjan: &Path, out: &Path, cases: u64) -> anyhow::Result<Ground> {
    let folder = out.join(format!("store-{cases}"));
    if let Some(tokens) = kept(&folder) {
        return Ok(Ground { folder, tokens, made_in: None });
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    println!("making a county of {cases} chains …");
    let since = Instant::now();
    let server = make(kedjan, &folder, cases, None)?;
    let made_in = Some(since.elapsed());
    let tokens = server.tokens.clone();
    server.stop()?;
    mark(&folder, &tokens)?;
    Ok(Ground { folder, tokens, made_in })
}

/// Runs the product's own generator; the county is whole when this returns, and served.
pub fn make(kedjan: &Path, folder: &Path, cases: u64, database: Option<&str>) -> anyhow::Result<Server> {
    let (cases, folder) = (cases.to_string(), text(folder)?);
    let mut words = vec!["demo", "--listen", "127.0.0.1:0", "--dir", &folder, "--cases", &cases];
    words.extend(database.iter().flat_map(|url| ["--database", url]));
    Server::start(kedjan, &words)
}

/// The tokens of a kept county that fits this build.
pub fn kept(folder: &Path) -> Option<HashMap<String, String>> {
    let marker = fs::read_to_string(folder.join(MARKER)).ok()?;
    let mut lines = marker.lines();
    if lines.next() != Some(digest().as_str()) {
        return None;
    }
    Some(lines.filter_map(|line| line.split_once(' ')).map(|(role, token)| (role.into(), token.into())).collect())
}

/// Says that the county in `folder` is whole and fits this build.
pub fn mark(folder: &Path, tokens: &HashMap<String, String>) -> anyhow::Result<()> {
    let tokens: String = tokens.iter().map(|(role, token)| format!("{role} {token}\n")).collect();
    fs::write(folder.join(MARKER), format!("{}\n{tokens}", digest()))?;
    Ok(())
}

impl Ground {
    /// A copy in `folder` that may be changed; what lay there goes.
    pub fn copy(&self, folder: &Path) -> anyhow::Result<Site> {
        copy(&self.folder, folder, self.tokens.clone())
    }
}

fn copy(from: &Path, to: &Path, tokens: HashMap<String, String>) -> anyhow::Result<Site> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for name in [KEY, DATABASE] {
        copy_file(&from.join(name), &to.join(name))?;
    }
    Site::at(to, None, tokens)
}

/// Copies a file and waits until it is on disk, so that its writing disturbs nothing that is measured later.
pub fn copy_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(File::open(to)?.sync_all()?)
}

/// An installation with its settings file, for the server and for looking into it from within.
pub struct Site {
    folder: PathBuf,
    /// The settings file.
    pub config: String,
    /// API tokens by role.
    pub tokens: HashMap<String, String>,
}

impl Site {
    /// A copy in `folder` that may be changed; what lay there goes.
    pub fn copy(&self, folder: &Path) -> anyhow::Result<Site> {
        copy(&self.folder, folder, self.tokens.clone())
    }

    /// The installation of a demo county's folder, on the file in it or on a PostgreSQL address.
    pub fn at(folder: &Path, database: Option<&str>, tokens: HashMap<String, String>) -> anyhow::Result<Site> {
        let database = match database {
            Some(url) => url.to_owned(),
            None => format!("sqlite:{}", text(&folder.join(DATABASE))?),
        };
        let config = text(&folder.join("kedjan.toml"))?;
        let written = format!(
            "listen = \"127.0.0.1:0\"\npublic = \"http://127.0.0.1\"\ndatabase = \"{database}\"\nkey_file = \"{}\"\n\
             log = \"warn\"\ndemo = true\nlimits = false\n",
            text(&folder.join(KEY))?
        );
        fs::write(&config, written)?;
        Ok(Site { folder: folder.to_owned(), config, tokens })
    }

    /// The file of an embedded store.
    pub fn database(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }

    /// The store, for looking into it from within.
    pub fn location(&self) -> anyhow::Result<store::Location> {
        Ok(self.settings()?.database)
    }

    fn settings(&self) -> anyhow::Result<Settings> {
        Settings::read(Path::new(&self.config), std::iter::empty())
            .map_err(|wrong| anyhow!("{}", wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
    }

    /// The server process on it.
    pub fn serve(&self, kedjan: &Path) -> anyhow::Result<Server> {
        Server::start(kedjan, &["serve", "--config", &self.config])
    }

    /// The product opened in this process.
    pub fn open(&self) -> anyhow::Result<Arc<App>> {
        Ok(cli::open(self.settings()?)?)
    }

    /// A role's token.
    pub fn token(&self, role: &str) -> anyhow::Result<&str> {
        self.tokens.get(role).map(String::as_str).with_context(|| format!("the county has no token of {role}"))
    }

    /// Whom a role's token stands for.
    pub fn actor(&self, app: &Arc<App>, role: &str) -> anyhow::Result<Actor> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let found = runtime.block_on(login::by_token(app, self.token(role)?))?;
        found.with_context(|| format!("the token of {role} is not known"))
    }
}

fn text(path: &Path) -> anyhow::Result<String> {
    match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => bail!("{} is not text", path.display()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_county_of_another_build_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = HashMap::from([("officer".to_owned(), "t1".to_owned())]);
        assert_eq!(kept(folder.path()), None);
        mark(folder.path(), &tokens).unwrap();
        assert_eq!(kept(folder.path()), Some(tokens));
        let marker = folder.path().join(MARKER);
        let other = fs::read_to_string(&marker).unwrap().replacen(digest().as_str(), "0", 1);
        fs::write(&marker, other).unwrap();
        assert_eq!(kept(folder.path()), None);
    }

    #[test]
    fn the_settings_of_a_copy_are_taken_by_the_product() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::at(folder.path(), None, HashMap::new()).unwrap();
        let settings = Settings::read(Path::new(&site.config), std::iter::empty()).unwrap();
        assert!(settings.demo);
        assert!(format!("{:?}", settings.database).ends_with(DATABASE));
    }
}
