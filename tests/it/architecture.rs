//! Checks the source against the rules of the architecture: which room may use which, no float near money, every file with a
//! module comment, and none too long.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may use. The crate's documentation shows the same table.
const ROOMS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("offer", &["source"]),
    ("diagnostic", &["source", "characters", "inert", "words"]),
    ("characters", &[]),
    ("inert", &["characters"]),
    ("error_chain", &[]),
    ("fault_point", &[]),
    ("git", &[]),
    ("words", &["characters"]),
    ("shell", &["words"]),
    ("sandbox", &[]),
    ("config", &["characters", "source", "offer", "diagnostic"]),
    ("disk", &["fault_point"]),
    ("scan", &[]),
    ("edit", &["offer", "scan"]),
    ("expr", &["offer", "diagnostic"]),
    ("desired", &["source", "offer", "characters", "diagnostic", "config", "scan", "words"]),
    ("state", &["offer", "disk", "fault_point", "shell", "words"]),
    ("store", &["git", "state", "fault_point"]),
    ("cake", &["offer", "characters", "state", "error_chain", "fault_point", "words"]),
    ("plan", &["source", "offer", "diagnostic", "words"]),
    ("policy", &["source", "offer", "config", "diagnostic", "expr", "plan", "words"]),
    ("links", &["source", "offer", "diagnostic", "policy", "cake", "error_chain", "fault_point", "words"]),
    ("forge", &["cake", "words"]),
    ("apply", &["plan", "state", "cake", "offer", "diagnostic", "fault_point"]),
    (
        "report",
        &[
            "source",
            "characters",
            "inert",
            "plan",
            "policy",
            "apply",
            "import",
            "links",
            "state",
            "diagnostic",
            "offer",
            "config",
            "words",
        ],
    ),
    ("workbook", &[]),
    ("import", &["source", "inert", "offer", "diagnostic", "config", "desired", "cake", "edit", "words", "workbook"]),
    (
        "ops",
        &[
            "source",
            "offer",
            "diagnostic",
            "disk",
            "error_chain",
            "expr",
            "fault_point",
            "git",
            "sandbox",
            "config",
            "edit",
            "shell",
            "words",
            "import",
            "desired",
            "state",
            "store",
            "cake",
            "plan",
            "policy",
            "links",
            "forge",
            "apply",
        ],
    ),
    (
        "cli",
        &[
            "ops",
            "offer",
            "diagnostic",
            "git",
            "inert",
            "sandbox",
            "config",
            "shell",
            "words",
            "import",
            "links",
            "state",
            "cake",
            "plan",
            "apply",
            "report",
        ],
    ),
];

/// Rooms that handle money.
const NO_FLOATS: &[&str] =
    &["offer", "desired", "plan", "state", "cake", "apply", "edit", "expr", "import", "policy", "sandbox"];

/// Rooms that may be async.
const ASYNC: &[&str] = &["cake", "apply", "sandbox", "cli", "ops", "state", "store", "links", "forge"];

/// Files of tests with other names.
const TEST_FILES: &[&str] = &["histories.rs"];

/// A file of more lines has more than one idea in it.
const MOST_LINES: usize = 320;

/// A command parses and prints. A longer file has an operation in it, which belongs to `ops`.
const MOST_LINES_OF_A_COMMAND: usize = 60;

struct Source {
    path: PathBuf,
    room: String,
    text: String,
}

impl Source {
    fn is_test(&self) -> bool {
        self.path.components().any(|part| {
            let name = part.as_os_str().to_string_lossy();
            name == "tests" || name == "tests.rs" || name.ends_with("_tests.rs") || TEST_FILES.contains(&&*name)
        })
    }

    /// Lines before the unit tests at the end of the file.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line)).take_while(|(_, line)| *line != "#[cfg(test)]")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut sources) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let first = inside.iter().next().unwrap().to_string_lossy();
                let name = first.trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).unwrap();
                sources.push(Source { path: Path::new("src").join(inside), room: name, text });
            }
        }
    }
    assert!(sources.len() > 50, "the walk over src found almost nothing");
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// The rooms that a line names: `crate::plan::…`, also several in one `use crate::{…}`.
fn rooms_named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::")
        .map(|(at, found)| &code[at + found.len()..])
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

fn breaches(found: impl Fn(&Source, &mut String)) -> String {
    let mut text = String::new();
    for source in sources() {
        found(&source, &mut text);
    }
    text
}

#[test]
fn lower_rooms_never_use_higher_ones() {
    let text = breaches(|source, text| {
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            if !["lib", "main"].contains(&source.room.as_str()) {
                writeln!(text, "{}: a room that the table does not have", source.path.display()).unwrap();
            }
            return;
        };
        if source.is_test() {
            return;
        }
        for (number, line) in source.lines() {
            for named in rooms_named(line) {
                let is_room = ROOMS.iter().any(|(room, _)| *room == named);
                if is_room && named != source.room && !allowed.contains(&named.as_str()) {
                    writeln!(text, "{}:{number}: `{}` uses `{named}`", source.path.display(), source.room).unwrap();
                }
            }
            assert!(!line.contains("use crate::{"), "{}:{number}: name the room", source.path.display());
        }
    });
    assert!(text.is_empty(), "imports against the table of rooms:\n{text}");
}

#[test]
fn no_float_comes_near_money() {
    let text = breaches(|source, text| {
        if !NO_FLOATS.contains(&source.room.as_str()) || source.is_test() {
            return;
        }
        for (number, line) in source.lines() {
            let code = line.split("//").next().unwrap_or_default();
            if code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "f64" || word == "f32") {
                writeln!(text, "{}:{number}: {}", source.path.display(), line.trim()).unwrap();
            }
        }
    });
    assert!(text.is_empty(), "floats:\n{text}");
}

#[test]
fn only_some_rooms_are_async() {
    let text = breaches(|source, text| {
        if ASYNC.contains(&source.room.as_str()) || source.is_test() || ["lib", "main"].contains(&source.room.as_str())
        {
            return;
        }
        for (number, line) in source.lines().filter(|(_, line)| line.contains("async fn") || line.contains(".await")) {
            writeln!(text, "{}:{number}: {}", source.path.display(), line.trim()).unwrap();
        }
    });
    assert!(text.is_empty(), "async where nothing waits:\n{text}");
}

/// An error about anything else belongs to an operation, so that a program that uses the library gets it too.
#[test]
fn only_arguments_and_the_terminal_fail_in_the_command_line() {
    const MAY_WORD_A_FAILURE: &[&str] = &["src/cli/failure.rs", "src/cli/mod.rs", "src/cli/commands/apply/ask.rs"];
    let text = breaches(|source, text| {
        if source.room != "cli" || MAY_WORD_A_FAILURE.iter().any(|path| source.path == Path::new(path)) {
            return;
        }
        // `codes::apply::STALE` names a code; `codes::find` does not.
        let names_a_code = |line: &str| {
            let named = line.split_once("codes::").and_then(|(_, rest)| rest.split_once("::"));
            named.is_some_and(|(area, _)| area.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        };
        for (number, line) in source.lines().filter(|(_, line)| names_a_code(line)) {
            writeln!(text, "{}:{number}: {}", source.path.display(), line.trim()).unwrap();
        }
    });
    assert!(text.is_empty(), "codes of failures in cli:\n{text}");
}

#[test]
fn the_sandbox_imports_no_other_room() {
    let text = breaches(|source, text| {
        for (number, line) in source.lines().filter(|_| source.room == "sandbox") {
            if rooms_named(line).iter().any(|room| room != "sandbox") {
                writeln!(text, "{}:{number}: {}", source.path.display(), line.trim()).unwrap();
            }
        }
    });
    assert!(text.is_empty(), "the sandbox is an independent reading of CAKE's pages:\n{text}");
}

#[test]
fn every_file_has_a_module_comment_and_none_is_too_long() {
    let text = breaches(|source, text| {
        if !source.text.starts_with("//!") {
            writeln!(text, "{}: does not open with `//!`", source.path.display()).unwrap();
        }
        let lines = source.text.lines().count();
        let most = if source.path.starts_with("src/cli/commands") { MOST_LINES_OF_A_COMMAND } else { MOST_LINES };
        if lines > most && !source.is_test() {
            writeln!(text, "{}: {lines} lines, at most {most}", source.path.display()).unwrap();
        }
    });
    assert!(text.is_empty(), "{text}");
}
