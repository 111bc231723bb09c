//! `explain`: every code that a message can carry has an explanation worth reading.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use offersync::testing::diagnostic::codes;

use crate::harness::Workspace;

#[test]
fn every_code_is_listed_and_explained() {
    let workspace = Workspace::empty();
    let list = workspace.run(&["explain"]).exits(0).stdout;
    let listed: BTreeSet<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let known: BTreeSet<&str> = codes::all().map(|code| code.name).collect();
    assert_eq!(listed, known);
    assert_eq!(codes::all().count(), known.len(), "two codes of one name");
    for code in codes::all() {
        let (area, name) = code.name.split_once("::").unwrap();
        let is_word = |word: &str| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
        };
        assert!(is_word(area) && is_word(name), "{}", code.name);
        assert!(code.explanation.len() > code.title.len().min(30), "{}: {}", code.name, code.explanation);
        // A page ends with a sentence or with an example, which is indented.
        let ending = code.explanation.lines().last().unwrap();
        assert!(ending.ends_with('.') || ending.starts_with("    "), "{}: {}", code.name, code.explanation);
        assert!(code.explanation.lines().all(|line| !line.starts_with(' ') || line.len() <= 80), "{}", code.name);
    }
    for argument in ["plan::create-only", "error[plan::create-only]"] {
        workspace.run(&["explain", argument]).exits(0).says("CAKE's update call can change");
    }
    workspace.run(&["explain", "plan::creat-only"]).exits(64).says("did you mean `plan::create-only`?");
}

/// A code that nothing uses explains a message that cannot appear.
#[test]
fn every_code_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut sources, mut declared) = (vec![root.clone()], String::new(), Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let shown = path.strip_prefix(&root).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if shown.starts_with("diagnostic/codes/") {
                let area = path.file_stem().unwrap().to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).unwrap();
                let constants =
                    text.lines().filter_map(|line| line.split_once(" = \"")).map(|(name, _)| name.trim().to_owned());
                declared.extend(constants.map(|constant| format!("codes::{area}::{constant}")));
            } else if path.extension().is_some_and(|ending| ending == "rs") && !shown.contains("tests") {
                sources.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert_eq!(declared.len(), codes::all().count());
    let unused: Vec<_> = declared.iter().filter(|code| !sources.contains(code.as_str())).collect();
    assert!(unused.is_empty(), "codes that no message carries: {unused:?}");
}
