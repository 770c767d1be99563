//! What the tests need beside Rust: looked for, and brought from Debian when we may; never left out in silence.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something a part of the tests needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// The server and `initdb`, any version from 15.
    Postgres,
    /// Python's SMTP server, which receives the mails of the tests.
    Smtp,
    /// Node.js 20 or newer with npm.
    Node,
    /// The browser.
    Chromium,
    /// Python's environments, one of which holds the tool that makes requests from the API's description.
    Venv,
    /// SQLite's own program, which looks into a store past the product.
    Sqlite,
    /// A Linux that is a program, whose power can be cut, and what makes and repairs its disk.
    Uml,
    /// A clock that can be moved for one program.
    Faketime,
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL (server and initdb)",
            Self::Smtp => "python3 with aiosmtpd",
            Self::Node => "Node.js 20 or newer with npm",
            Self::Chromium => "Chromium",
            Self::Venv => "python3 with venv",
            Self::Sqlite => "sqlite3 and python3",
            Self::Uml => "user-mode Linux with mkfs.ext4, debugfs and ip",
            Self::Faketime => "libfaketime",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["postgresql"],
            Self::Smtp => &["python3-aiosmtpd"],
            Self::Node if answers("node", &["--version"]) => &["npm"],
            Self::Node => &["nodejs", "npm"],
            Self::Chromium => &["chromium"],
            Self::Venv => &["python3-venv"],
            Self::Sqlite => &["sqlite3", "python3"],
            Self::Uml => &["user-mode-linux", "e2fsprogs", "iproute2"],
            Self::Faketime => &["libfaketime"],
        }
    }

    fn is_here(self) -> bool {
        match self {
            Self::Postgres => postgres_folder().is_some(),
            Self::Smtp => answers(PYTHON, &["-c", "import aiosmtpd"]),
            Self::Node => node_major().is_some_and(|major| major >= 20) && answers("npm", &["--version"]),
            Self::Chromium => chromium().is_some(),
            Self::Venv => answers(PYTHON, &["-c", "import venv, ensurepip"]),
            Self::Sqlite => on_path("sqlite3").is_some() && answers(PYTHON, &["-c", "import sqlite3"]),
            Self::Uml => {
                let programs = ["mkfs.ext4", "e2fsck", "debugfs", "ip"];
                on_path("linux.uml").is_some() && programs.iter().all(|name| system_program(name).is_file())
            }
            Self::Faketime => faketime_library().is_some(),
        }
    }
}

/// Debian's own Python, for which Debian's packages are installed.
pub const PYTHON: &str = "/usr/bin/python3";

fn answers(program: &str, args: &[&str]) -> bool {
    let run =
        Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

fn said(program: &str, args: &[&str]) -> Option<String> {
    let run = Command::new(program).args(args).stdin(Stdio::null()).output().ok()?;
    run.status.success().then(|| String::from_utf8_lossy(&run.stdout).trim().to_owned())
}

fn node_major() -> Option<u32> {
    said("node", &["--version"])?.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Whether we are root, who may install packages but may not run PostgreSQL.
pub fn is_root() -> bool {
    said("id", &["-u"]).is_some_and(|id| id == "0")
}

/// The folder with PostgreSQL's programs: Debian's newest, else where `initdb` is found.
pub fn postgres_folder() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    folders.sort();
    folders.pop().map(|(_, folder)| folder).or_else(|| on_path("initdb")?.parent().map(Path::to_owned))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A program for whoever keeps the machine, which lies beside the others where not everybody's path leads.
pub fn system_program(name: &str) -> PathBuf {
    let usual = ["/usr/sbin", "/sbin"].iter().map(|folder| Path::new(folder).join(name)).find(|file| file.is_file());
    on_path(name).or(usual).unwrap_or_else(|| PathBuf::from(name))
}

/// The library that moves the clock of a program with several threads.
pub fn faketime_library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).find(|file| file.is_file())
}

/// The browser: `KEDJAN_TEST_CHROMIUM`, else the first of the usual names.
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("KEDJAN_TEST_CHROMIUM").map(PathBuf::from).filter(|file| file.is_file());
    named.or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| on_path(name)))
}

/// Brings what is missing of `needs`: installs it when we are root, else says how to get it.
pub fn bring(needs: &[Need], log: &Path) -> anyhow::Result<()> {
    let missing = |needs: &[Need]| needs.iter().copied().filter(|need| !need.is_here()).collect::<Vec<_>>();
    let absent = missing(needs);
    if absent.is_empty() {
        return Ok(());
    }
    let names = absent.iter().map(|need| need.name()).collect::<Vec<_>>().join(", ");
    let packages: Vec<&str> = absent.iter().flat_map(|need| need.packages()).copied().collect();
    if !is_root() || on_path("apt-get").is_none() {
        bail!("The tests need {names}. Get it with: sudo apt-get install -y {}", packages.join(" "));
    }
    let file = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&packages);
    for args in [vec!["update", "-qq"], install] {
        let status = Command::new("apt-get")
            .args(&args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file.try_clone()?)
            .status()?;
        if !status.success() {
            bail!("The tests need {names}. `apt-get {}` did not succeed, see {}", args.join(" "), log.display());
        }
    }
    match missing(&absent).as_slice() {
        [] => Ok(()),
        left => bail!(
            "The tests need {}. It was installed and is still not to be found, or is too old; see {}",
            left.iter().map(|need| need.name()).collect::<Vec<_>>().join(", "),
            log.display()
        ),
    }
}

/// Brings the browser tests' packages as their lock file names them, unless they are there already.
pub fn bring_packages(folder: &Path, log: &Path) -> anyhow::Result<()> {
    let lock =
        std::fs::read(folder.join("package-lock.json")).context("tests/browser/package-lock.json cannot be read")?;
    let stamp = folder.join("node_modules/.kedjan-lock");
    if std::fs::read(&stamp).is_ok_and(|done| done == lock) {
        return Ok(());
    }
    let file = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-fund", "--no-audit"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .context("npm could not be run")?;
    if !status.success() {
        bail!("`npm ci` in {} did not succeed, see {}", folder.display(), log.display());
    }
    std::fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}

/// The tool that makes requests from the API's description, in the version that is known to work.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Where the tool lies, in an environment of its own under `folder`.
pub fn schemathesis(folder: &Path) -> PathBuf {
    folder.join("schemathesis/bin/st")
}

/// Brings the tool into its environment, unless it is there in its version.
pub fn bring_schemathesis(folder: &Path, log: &Path) -> anyhow::Result<()> {
    let stamp = folder.join("schemathesis/.kedjan-version");
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == SCHEMATHESIS) {
        return Ok(());
    }
    let file = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let place = folder.join("schemathesis");
    let pip = place.join("bin/pip");
    let make = [PYTHON.to_owned(), "-m".to_owned(), "venv".to_owned(), place.display().to_string()];
    let fill = [pip.display().to_string(), "install".to_owned(), "--quiet".to_owned(), SCHEMATHESIS.to_owned()];
    for words in [make.as_slice(), fill.as_slice()] {
        let [program, args @ ..] = words else { continue };
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file.try_clone()?);
        if !command.status().with_context(|| format!("{program} could not be run"))?.success() {
            bail!(
                "{SCHEMATHESIS} could not be installed with pip, which the tests of the API need; see {}",
                log.display()
            );
        }
    }
    std::fs::write(&stamp, SCHEMATHESIS).with_context(|| format!("cannot write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_not_there_is_not_found() {
        assert!(!answers("kedjan-no-such-program", &[]));
        assert!(!answers("false", &[]));
        assert!(answers("true", &[]));
        assert_eq!(on_path("kedjan-no-such-program"), None);
        assert!(on_path("sh").is_some());
    }

    #[test]
    fn nothing_needed_writes_no_log() {
        let log = std::env::temp_dir().join(format!("kedjan-xtask-no-log-{}", std::process::id()));
        bring(&[], &log).unwrap();
        assert!(!log.exists());
    }
}
