//! Where the project was at a commit, and what it had there: its configuration, and by that its offers and its states.
//!
//! Owns every path of a commit. What is read of one is found through here, because a path of the present project may be another one's
//! there, or none. Invariant: where it is not certain which configuration it was, it is none.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{self, FILE_NAME, Settings};
use crate::git::{FileAnywhere, Git, GitError, Located};
use crate::source::SourcePath;
use crate::state::{Lineage, StateDocument};

/// The project at a commit.
#[derive(Debug)]
pub(in crate::ops) struct Earlier<'g> {
    git: &'g Git<'g>,
    pub(super) commit: String,
    pub(super) place: Place,
    /// The text of its configuration.
    pub(super) config: Option<String>,
}

/// Where the project was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Where it is now.
    Here,
    /// Its configuration was another file.
    Moved(FileAnywhere),
    /// The commit does not have it, or it is not certain which of these configurations was its own.
    Unknown(Vec<String>),
}

impl<'g> Earlier<'g> {
    /// Looks for the project of these settings at a commit.
    pub(in crate::ops) fn find(git: &'g Git<'g>, commit: String, now: &Settings) -> Result<Self, GitError> {
        if let Some(text) = text_at(git, &commit, now.file.as_str())? {
            return Ok(Self { git, commit, place: Place::Here, config: Some(text) });
        }
        let mut candidates = candidates(git, &commit, now)?;
        if let [Candidate { file, text, .. }] = &mut candidates[..] {
            let (place, config) = (Place::Moved(file.clone()), Some(std::mem::take(text)));
            return Ok(Self { git, commit, place, config });
        }
        let others = candidates.into_iter().map(|candidate| candidate.file.from_top).collect();
        Ok(Self { git, commit, place: Place::Unknown(others), config: None })
    }

    pub(in crate::ops) fn is_moved(&self) -> bool {
        matches!(self.place, Place::Moved(_))
    }

    /// The settings, as far as they can be read.
    pub(in crate::ops) fn settings(&self, now: &Settings) -> Option<Settings> {
        let text = self.config.as_deref()?;
        let table = self.table(text, now);
        config::from_text(text, now.file.as_str(), &now.root, &|_| None, table.as_deref()).settings
    }

    /// The table of the environment at the commit: that of the same name, or else the one whose state goes on in the present one.
    fn table(&self, text: &str, now: &Settings) -> Option<String> {
        let environments = config::from_text(text, now.file.as_str(), Path::new(""), &|_| None, None).environments;
        let is_there = |table: &String| environments.iter().any(|environment| environment.name == *table);
        if environments.is_empty() || now.table.as_ref().is_some_and(is_there) {
            return now.table.clone().filter(|_| !environments.is_empty());
        }
        let lineage = lineage_of(now);
        let has_lineage = |path: &Path| self.document(path).ok().flatten().map(|document| document.lineage) == lineage;
        let same = environments.iter().find(|environment| lineage.is_some() && has_lineage(&environment.state));
        same.map(|environment| environment.name.clone()).or_else(|| now.table.clone())
    }

    /// The path at the commit, seen from the present folder, of what the configuration there calls so.
    pub(super) fn path(&self, of_project: &str) -> String {
        match &self.place {
            Place::Moved(file) => joined(file.path.rsplit_once('/').map_or("", |(folder, _)| folder), of_project),
            Place::Here | Place::Unknown(_) => of_project.to_owned(),
        }
    }

    /// The state of the environment with these settings, or of one with this name, that is called `shown` now. Where the configuration of the
    /// commit has no such environment, the one that goes on in `now` has another name there.
    pub(super) fn state(
        &self,
        environment: &Environment<'_>,
        shown: &SourcePath,
        now: Option<&StateDocument>,
    ) -> Result<Option<StateDocument>, GitError> {
        let path = self.state_path(environment).unwrap_or_else(|| PathBuf::from(shown.as_str()));
        let found = self.document(&path)?;
        let (None, Some(now)) = (&found, now) else { return Ok(found) };
        for path in self.config.iter().flat_map(|text| states_in(text, environment.settings)) {
            if let Some(document) = self.document(&path)?.filter(|document| document.lineage == now.lineage) {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }

    /// What the configuration there calls the state of an environment.
    pub(super) fn state_path(&self, Environment { settings, name }: &Environment<'_>) -> Option<PathBuf> {
        let text = self.config.as_deref()?;
        match name {
            None => config::state_in(text.as_bytes(), settings),
            Some(name) => {
                let loaded = config::from_text(text, settings.file.as_str(), Path::new(""), &|_| None, None);
                let mut environments = loaded.environments.into_iter();
                environments.find(|environment| environment.name == *name).map(|environment| environment.state)
            }
        }
    }

    fn document(&self, path: &Path) -> Result<Option<StateDocument>, GitError> {
        let text = text_at(self.git, &self.commit, &self.path(&path.to_string_lossy()))?;
        Ok(text.and_then(|text| StateDocument::parse(text.as_bytes()).ok()))
    }
}

/// Whose state is meant.
#[derive(Clone, Copy)]
pub(super) struct Environment<'a> {
    pub(super) settings: &'a Settings,
    /// Another environment than that of the settings.
    pub(super) name: Option<&'a str>,
}

/// A configuration of the commit that the project may have had.
struct Candidate {
    file: FileAnywhere,
    text: String,
    /// Whether this branch has taken it away.
    is_gone: bool,
    /// Whether it names the state that goes on in the present one.
    has_state: bool,
    has_cake: bool,
}

/// The configurations that the branch has taken away, or that have the same state or CAKE as the present one: only those for which most
/// speaks. What the other branch has and this one does not is no sign by itself: that one may have a project more.
fn candidates(git: &Git<'_>, commit: &str, now: &Settings) -> Result<Vec<Candidate>, GitError> {
    let name = now.file.name();
    let is_named_so = |file: &FileAnywhere| [name, FILE_NAME].contains(&name_of(file));
    let is_here = |file: &FileAnywhere| fs::symlink_metadata(now.root.join(&file.path)).is_ok();
    let mut files = git.files_anywhere(commit, ".toml")?;
    files.retain(|file| is_named_so(file) || !is_here(file));
    // What a sparse checkout leaves out is not gone.
    let held = git.held(files.iter().map(|file| file.path.as_str()))?;
    let lineage = lineage_of(now);
    let bases = git.merge_bases(commit)?;
    let mut found = Vec::new();
    for file in files {
        let is_absent = !is_here(&file) && !held.contains(&file.path);
        if !is_absent && (lineage.is_none() || !is_named_so(&file)) {
            continue;
        }
        let Some(text) = text_at(git, commit, &file.path)? else { continue };
        let settings = config::from_text(&text, name, &now.root, &|_| None, now.table.as_deref()).settings;
        // Other programs have files of this ending.
        let is_configuration = settings.as_ref().is_some_and(|settings| settings.cake.url.is_some());
        if !is_named_so(&file) && !is_configuration {
            continue;
        }
        let has_cake = settings.and_then(|then| then.cake.url).zip(now.cake.url.as_ref());
        let has_cake = has_cake.is_some_and(|(then, now)| then.as_str() == now.as_str());
        let place = Place::Moved(file.clone());
        let earlier = Earlier { git, commit: commit.to_owned(), place, config: Some(text.clone()) };
        let has_state = earlier.has_lineage(lineage, now)?;
        let is_gone = is_absent && was_there(git, &bases, &file.path)?;
        if is_gone || has_state || is_absent && has_cake {
            found.push(Candidate { file, text, is_gone, has_state, has_cake });
        }
    }
    prefer(&mut found, |candidate| candidate.has_state);
    prefer(&mut found, |candidate| candidate.is_gone);
    prefer(&mut found, |candidate| candidate.has_cake);
    prefer(&mut found, |candidate| name_of(&candidate.file) == name);
    Ok(found)
}

/// That of the present state, where there is one.
fn lineage_of(now: &Settings) -> Option<Lineage> {
    Some(StateDocument::parse(&fs::read(&now.state).ok()?).ok()?.lineage)
}

/// Whether one of the commits from which both come has a file; in a clone without them, that is not known.
fn was_there(git: &Git<'_>, bases: &[String], path: &str) -> Result<bool, GitError> {
    for base in bases {
        if matches!(git.locate(base, path)?, Located::File(_)) {
            return Ok(true);
        }
    }
    Ok(bases.is_empty())
}

fn name_of(file: &FileAnywhere) -> &str {
    file.path.rsplit('/').next().unwrap_or(&file.path)
}

/// Leaves those of which it holds, if there are any.
fn prefer(candidates: &mut Vec<Candidate>, holds: impl Fn(&Candidate) -> bool) {
    if candidates.iter().any(&holds) {
        candidates.retain(holds);
    }
}

impl Earlier<'_> {
    fn has_lineage(&self, lineage: Option<Lineage>, now: &Settings) -> Result<bool, GitError> {
        let (Some(lineage), Some(text)) = (lineage, &self.config) else { return Ok(false) };
        for path in states_in(text, now) {
            if self.document(&path)?.is_some_and(|document| document.lineage == lineage) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Every state that a configuration names, as it is written there.
fn states_in(text: &str, now: &Settings) -> Vec<PathBuf> {
    let environments = config::from_text(text, now.file.as_str(), Path::new(""), &|_| None, None).environments;
    let states = environments.into_iter().map(|environment| environment.state);
    config::state_in(text.as_bytes(), now).into_iter().chain(states).collect()
}

/// A path in a folder, without the steps up that a part before them takes back.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A file at a commit as text, links followed; none where the commit or this clone lacks it, or it is no text.
pub(super) fn text_at(git: &Git<'_>, commit: &str, path: &str) -> Result<Option<String>, GitError> {
    let Located::File(blob) = git.locate(commit, path)? else { return Ok(None) };
    let bytes = git.texts(&[blob])?.into_iter().find_map(|(_, bytes)| bytes);
    // A letter of another encoding, as in a comment, makes the rest no less valid.
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_path_of_the_earlier_folder_is_seen_from_the_present_one() {
        for (folder, path, expected) in [
            ("", "offers", "offers"),
            ("..", "offers", "../offers"),
            ("../one", "offers", "../one/offers"),
            ("../one", "../shared/offers", "../shared/offers"),
            ("net", "./offers/", "net/offers"),
            ("..", "", ".."),
        ] {
            assert_eq!(joined(folder, path), expected, "{path} in {folder}");
        }
    }
}
