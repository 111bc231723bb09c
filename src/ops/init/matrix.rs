//! The environments in the workflow for GitHub: a line of JSON for each, which `init` adds for another folder or another environment.
//!
//! Invariant: everything else in the file stays as it is, and a workflow of another form is left alone.

use serde_json::{Value as Json, json};

/// What opens and closes the list in the workflow.
const OPEN: &str = "  OFFERSYNC_ENVIRONMENTS: >-";
const CLOSE: &str = "    ]";

/// The line of the template.
const TEMPLATE: &str = "    {\"name\": \"cake\", \"folder\": \".\", \"env\": \"\"}";

/// What runs of the workflow are told of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its deployment environment.
    pub(super) name: String,
    /// The folder of its offersync.toml, from the root of the repository.
    pub(super) folder: String,
    /// Its table; empty where the file has none.
    pub(super) environment: String,
}

impl Line {
    fn json(&self) -> String {
        let Self { name, folder, environment } = self;
        let [name, folder, environment] = [name, folder, environment].map(|text| json!(text));
        format!("{{\"name\": {name}, \"folder\": {folder}, \"env\": {environment}}}")
    }

    fn is_in(&self, line: &str) -> bool {
        let parsed: Json = serde_json::from_str(line.trim().trim_end_matches(',')).unwrap_or_default();
        let text = |name: &str| parsed[name].as_str().unwrap_or_default().to_owned();
        text("folder") == self.folder && text("env") == self.environment
    }
}

/// The template with these lines in place of its own.
pub(super) fn filled(template: &str, lines: &[Line]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| format!("    {}", line.json())).collect();
    template.replacen(TEMPLATE, &lines.join(",\n"), 1)
}

/// The workflow with the lines that it lacks, and those; `None` where it has no such list.
pub(super) fn extended(workflow: &str, lines: &[Line]) -> Option<(String, Vec<String>)> {
    let end = if workflow.contains("\r\n") { "\r\n" } else { "\n" };
    let all: Vec<&str> = workflow.lines().collect();
    let open = all.iter().position(|line| line.trim_end() == OPEN)?;
    let close = open + all.get(open..)?.iter().position(|line| line.trim_end() == CLOSE)?;
    let present = all.get(open + 2..close)?;
    let missing: Vec<&Line> = lines.iter().filter(|line| !present.iter().any(|known| line.is_in(known))).collect();
    let mut written: Vec<String> = all.iter().map(|line| (*line).to_owned()).collect();
    let added: Vec<String> = missing.iter().map(|line| line.json()).collect();
    if let Some(last) = written.get_mut(close - 1).filter(|_| !added.is_empty() && !present.is_empty()) {
        last.push(',');
    }
    let joined: Vec<_> = added.iter().map(|line| format!("    {line}")).collect();
    if !joined.is_empty() {
        written.insert(close, joined.join(&format!(",{end}")));
    }
    Some((written.join(end) + end, added))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::init::templates;

    fn line(name: &str, folder: &str, environment: &str) -> Line {
        Line { name: name.to_owned(), folder: folder.to_owned(), environment: environment.to_owned() }
    }

    fn list(workflow: &str) -> Json {
        let workflow: Json = serde_yaml::from_str(workflow).unwrap();
        serde_json::from_str(workflow["env"]["OFFERSYNC_ENVIRONMENTS"].as_str().unwrap()).unwrap()
    }

    #[test]
    fn lines_are_added_once_and_everything_else_is_kept() {
        let first = filled(templates::GITHUB, &[line("cake", "us", "")]);
        assert_eq!(list(&first), json!([{"name": "cake", "folder": "us", "env": ""}]));
        let more = [line("cake", "us", ""), line("eu west", "e\"u", "west"), line("eu-east", "e\"u", "east")];
        let (second, added) = extended(&first, &more).unwrap();
        assert_eq!(added.len(), 2);
        let names: Vec<_> = list(&second).as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, ["cake", "eu west", "eu-east"]);
        assert_eq!(extended(&second, &more).unwrap(), (second.clone(), vec![]));
        let kept: Vec<_> = second.lines().filter(|line| !line.contains("\"name\": ")).collect();
        assert_eq!(kept, first.lines().filter(|line| !line.contains("\"name\": ")).collect::<Vec<_>>());
        let windows = first.replace('\n', "\r\n");
        assert_eq!(extended(&windows, &more).unwrap().0, second.replace('\n', "\r\n"));
        assert_eq!(extended("name: mine\n", &more), None);
    }
}
