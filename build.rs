//! Names the commit in `--version`: of the checkout that is built, or of the one that the package was made from.
//!
//! Only in release builds: another commit would compile a debug build anew.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = if is_release { of_package().or_else(of_checkout) } else { None };
    let shown = commit.map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo:rustc-env=OFFERSYNC_VERSION={shown}");
    let of_commit = ["src", "Cargo.toml", ".cargo_vcs_info.json", ".git/HEAD", ".git/logs/HEAD"];
    for file in of_commit.into_iter().filter(|_| is_release).chain(["build.rs"]) {
        if Path::new(file).exists() {
            println!("cargo:rerun-if-changed={file}");
        }
    }
}

/// The commit that `cargo package` has written down.
fn of_package() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let commit = text.split("\"sha1\": \"").nth(1)?.split('"').next()?;
    let is_dirty = text.contains("\"dirty\": true");
    Some(short(commit)? + if is_dirty { "-modified" } else { "" })
}

/// The commit of the work tree, if this folder is its root: another repository around it says nothing of these files.
fn of_checkout() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    };
    let is_dirty = !git(&["status", "--porcelain", "--untracked-files=no"])?.trim().is_empty();
    Some(short(git(&["rev-parse", "HEAD"])?.trim())? + if is_dirty { "-modified" } else { "" })
}

fn short(commit: &str) -> Option<String> {
    let is_commit = commit.len() >= 12 && commit.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_commit.then(|| commit[..12].to_owned())
}
