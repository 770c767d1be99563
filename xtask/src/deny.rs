//! `cargo xtask deny`: whether all that is built into the product is allowed to be, by `deny.toml`: licences, banned crates,
//! where crates come from, and known faults where the list of them can be had.

use crate::parts::WORTH_KNOWING;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The version that is known to work.
const VERSION: &str = "0.20.2";
/// What is said when the list of known faults cannot be had.
const NO_LIST: &str = "known faults in crates were not looked for: RustSec's advisory database cannot be had from here";

/// Checks, and says whether everything is allowed.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    let program = bring(root)?;
    let check = |what: &[&str]| -> anyhow::Result<Output> {
        let mut command = Command::new(&program);
        command.args(["--locked", "check", "--hide-inclusion-graph"]).args(what);
        command.current_dir(root).stdin(Stdio::null()).output().context("cargo-deny could not be run")
    };
    let ours = check(&["licenses", "bans", "sources"])?;
    tell(&ours);
    let faults = check(&["advisories"])?;
    if is_without_list(&faults) {
        println!("{WORTH_KNOWING}{NO_LIST}");
        return Ok(ours.status.success());
    }
    tell(&faults);
    Ok(ours.status.success() && faults.status.success())
}

fn tell(output: &Output) {
    print!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

/// Whether a check failed because the list could not be fetched, and not because of what stands in it.
fn is_without_list(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    !output.status.success() && said.contains("advisory database") && !said.contains("error[")
}

/// The program: on the path, or built into `target/tools`, where it stays.
fn bring(root: &Path) -> anyhow::Result<PathBuf> {
    let usual = PathBuf::from("cargo-deny");
    let is_there = |program: &Path| {
        let asked = Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
        asked.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).trim() == format!("cargo-deny {VERSION}"))
    };
    if is_there(&usual) {
        return Ok(usual);
    }
    let tools = root.join("target/tools");
    let built = tools.join("bin/cargo-deny");
    if is_there(&built) {
        return Ok(built);
    }
    eprintln!("building cargo-deny {VERSION} into target/tools, once …");
    let status = Command::new("cargo")
        .args(["install", "cargo-deny", "--version", VERSION, "--locked", "--quiet", "--root"])
        .arg(&tools)
        .stdin(Stdio::null())
        .status()
        .context("cargo could not be run")?;
    if !status.success() {
        bail!("cargo-deny could not be built. Get it with: cargo install cargo-deny --version {VERSION} --locked");
    }
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    fn said(code: i32, words: &str) -> Output {
        Output { status: ExitStatus::from_raw(code << 8), stdout: Vec::new(), stderr: words.into() }
    }

    #[test]
    fn a_list_that_cannot_be_had_is_no_fault_and_what_stands_in_it_is() {
        assert!(is_without_list(&said(1, "[ERROR] failed to fetch advisory database https://example.org: no route")));
        assert!(!is_without_list(&said(1, "error[vulnerability]: a fault, from the advisory database")));
        assert!(!is_without_list(&said(1, "error[yanked]: a crate that was taken back")));
        assert!(!is_without_list(&said(0, "")));
    }
}
