//! Case folders: offers and a state in, what the real binary prints in every format out.
//!
//! `tests/cases/NAME/` holds `offers/`, `state.json` where something is recorded, `offersync.toml` where the usual one does
//! not do, and `args` where the command is not `plan`. A new case needs no code: add the folder, run
//! `OFFERSYNC_BLESS=1 cargo test --test it cases`, and read the expected files that appeared.
//!
//! Nothing here may depend on today: dates lie far in the past or in the future. No CAKE is asked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Run, Workspace};

/// The formats of each command, with the name of the expected file.
const PLAN: [(&str, &str); 4] =
    [("text", "expected.txt"), ("json", "expected.json"), ("markdown", "expected.md"), ("github", "expected.github")];
const VALIDATE: [(&str, &str); 3] =
    [("text", "expected.txt"), ("json", "expected.json"), ("github", "expected.github")];

const CONFIG: &str = "\
[cake]
url = \"https://yourdomain.cakemarketing.com\"

[names.advertisers]
acme-home = 101
bright-insurance = 204

[names.verticals]
home-services = 7
insurance = 3

[names.currencies]
USD = 1
EUR = 2

# The offers of the cases have few fields.
[lints]
\"money::currency\" = \"allow\"
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn copy(from: &Path, below: &str, workspace: &Workspace) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = format!("{below}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            copy(&entry.path(), &format!("{name}/"), workspace);
        } else {
            workspace.write_bytes(&name, &fs::read(entry.path()).unwrap());
        }
    }
}

/// The repository of a case, and its command.
fn prepare(case: &Path) -> (Workspace, Vec<String>) {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", CONFIG);
    copy(case, "", &workspace);
    for name in ["expected.txt", "expected.json", "expected.md", "expected.github", "args"] {
        let _absent = fs::remove_file(workspace.path(name));
    }
    if workspace.path("state.json").exists() {
        fs::rename(workspace.path("state.json"), workspace.path("offersync.state.json")).unwrap();
    }
    let arguments = fs::read_to_string(case.join("args")).unwrap_or_else(|_| "plan".to_owned());
    (workspace, arguments.split_whitespace().map(str::to_owned).collect())
}

/// Without what differs between runs or versions and says nothing to a reader: the folder's name, digests, the time.
fn stable(text: &str, folder: &Path) -> String {
    let line = |line: &str| match line.split_once("digest\": \"") {
        // The moment of the plan.
        _ if line.starts_with("  \"at\": ") => "  \"at\": \"…\",".to_owned(),
        Some((before, after)) => format!("{before}digest\": \"…{}", after.trim_start_matches(|c: char| c != '"')),
        None => line.trim_end().to_owned(),
    };
    let text = text.replace(&folder.display().to_string(), "/repository");
    text.lines().fold(String::new(), |text, next| text + &line(next) + "\n")
}

/// A text is shown as a terminal shows it, with the command and the exit code; the other formats as stdout has them.
fn shown(format: &str, arguments: &[String], run: &Run, folder: &Path) -> String {
    if format != "text" {
        return stable(&run.stdout, folder);
    }
    let mut text = format!("$ offersync {}\n{}", arguments.join(" "), stable(&run.said(), folder));
    if run.code != Some(0) {
        writeln!(text, "[exit {}]", run.code.unwrap()).unwrap();
    }
    text
}

/// What the case prints, by the name of the expected file.
fn printed(case: &Path) -> BTreeMap<&'static str, String> {
    let (workspace, arguments) = prepare(case);
    let before = workspace.files("");
    let formats: &[_] = if arguments[0] == "validate" { &VALIDATE } else { &PLAN };
    let mut codes = Vec::new();
    let mut printed = BTreeMap::new();
    for (format, file) in formats {
        let words: Vec<&str> = arguments.iter().map(String::as_str).chain(["--format", format]).collect();
        let run = workspace.run(&words);
        if *format == "json" {
            run.json();
        }
        codes.push(run.code);
        printed.insert(*file, shown(format, &arguments, &run, workspace.folder()));
    }
    codes.dedup();
    assert_eq!(codes.len(), 1, "{}: the exit code depends on the format: {codes:?}", case.display());
    assert_eq!(workspace.files(""), before, "{}: something was written", case.display());
    printed
}

#[test]
fn every_case_prints_what_its_folder_expects() {
    let bless = std::env::var_os("OFFERSYNC_BLESS").is_some();
    let mut cases: Vec<_> = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 20, "only {} cases", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        for (file, actual) in printed(case) {
            let path = case.join(file);
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if bless {
                fs::File::create(&path).and_then(|mut f| std::io::Write::write_all(&mut f, actual.as_bytes())).unwrap();
            } else if expected != actual {
                let diff = similar::TextDiff::from_lines(&expected, &actual);
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                writeln!(wrong, "{}", diff.unified_diff().header(&name, "printed now")).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nto accept all of it: OFFERSYNC_BLESS=1 cargo test --test it cases");
}
