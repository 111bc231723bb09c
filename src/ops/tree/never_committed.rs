//! Removed offers whose YAML no commit had: what git never had, no commit has removed.
//!
//! It is asked only about offers that a plan removes, and that the newest commit does not have. The versions of their files are looked
//! for from the newest commit on, so that for a removal of late it takes no longer than that commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::config::offers_in;
use crate::desired::{is_folder_in_tree, is_in_tree, is_link_in_tree, keys_of};
use crate::git::{End, Git, GitError, PastFile, earlier_folders, find_version};
use crate::import::is_defaults;
use crate::offer::Key;
use crate::source::SourcePath;

use super::held::Place;
use super::recorded_later::{RemovedBy, recorded_later};
use crate::ops::repository::Repository;

/// What is known of the history in which an offer's YAML was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ops) enum History {
    /// It was searched to its beginning.
    Whole,
    /// The older commits are not in this clone.
    Shallow,
    /// Git could not search it, as in a partial clone.
    Unread,
    /// A link or a submodule that was removed led to what this work tree's commits do not have.
    LinkedElsewhere,
    /// It was found, and removed by a commit that is older than the record: the offer was recorded or restored since.
    BeforeRecord,
}

/// Those of the keys that no commit up to the present ones had, where the offers are in git and there is a commit.
pub(super) fn never_committed(
    repository: &Repository,
    places: &[Place],
    keys: BTreeSet<&Key>,
) -> BTreeMap<Key, History> {
    if places.is_empty() || keys.is_empty() {
        return BTreeMap::new();
    }
    let earlier = earlier_places(repository).unwrap_or_else(|error| {
        tracing::warn!(%error, "git does not show what the offers folder was");
        Vec::new()
    });
    let mut by_tree: BTreeMap<&Path, Vec<&Place>> = BTreeMap::new();
    for place in places.iter().chain(&earlier) {
        by_tree.entry(place.work_tree.top()).or_default().push(place);
    }
    let mut search = Search::of(repository.config_file(), keys);
    let (mut history, mut has_commit) = (History::Whole, false);
    for (top, places) in by_tree {
        match search.run(top, &places) {
            Ok(found) => {
                has_commit |= found.is_some();
                history = found.filter(|found| *found != History::Whole).unwrap_or(history);
            }
            Err(error) => {
                tracing::warn!(%error, "git does not show its history");
                (has_commit, history) = (true, History::Unread);
            }
        }
    }
    let missing = search.missing.into_iter().filter(|_| has_commit).map(|key| (key.clone(), history));
    missing.chain(recorded_later(repository, &search.removed_by)).collect()
}

/// The folders that the configuration has named in the last commits that changed it.
fn earlier_places(repository: &Repository) -> Result<Vec<Place>, GitError> {
    let mut folders = BTreeSet::new();
    find_version(repository.config_file(), |bytes| {
        folders.extend(offers_in(bytes));
        false
    })?;
    let settings = &repository.settings;
    folders.remove(settings.offers.as_str());
    let place = |folder: String| Place::find(&settings.root, &SourcePath::from(folder.as_str())).transpose();
    folders.into_iter().filter_map(place).collect()
}

/// The keys that are looked for in the history.
struct Search<'k> {
    configuration: &'k Path,
    missing: BTreeSet<&'k Key>,
    /// The keys that were found, by the newest commit with a change of their YAML and the top of its work tree.
    removed_by: RemovedBy<'k>,
    top: PathBuf,
    /// Whether something that may have had them could not be read.
    is_unread: bool,
    is_linked_elsewhere: bool,
}

impl<'k> Search<'k> {
    fn of(configuration: &'k Path, missing: BTreeSet<&'k Key>) -> Self {
        Self {
            configuration,
            missing,
            removed_by: RemovedBy::new(),
            top: PathBuf::new(),
            is_unread: false,
            is_linked_elsewhere: false,
        }
    }

    /// Finds the keys that a commit of a work tree had; none before its first commit.
    fn run(&mut self, top: &Path, places: &[&Place]) -> Result<Option<History>, GitError> {
        top.clone_into(&mut self.top);
        let git = Git::open(top)?;
        match git.commit("HEAD") {
            Ok(_) => {}
            Err(GitError::UnknownCommit { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        let is_below =
            |path: &str, is_it: fn(&str) -> bool| places.iter().any(|place| place.relative(path).is_some_and(is_it));
        let is_asked_for = |path: &str, is_link: bool| {
            let name = path.rsplit('/').next().unwrap_or(path);
            is_link && (is_below(path, is_link_in_tree) || is_below(path, is_folder_in_tree))
                || is_in_tree(name) && !is_defaults(name)
        };
        let mut failed = None;
        git.past_files(is_asked_for, |file| {
            if file.is_submodule {
                // A folder that the tree leaves out has no offers.
                self.is_linked_elsewhere |= is_below(&file.path, is_folder_in_tree);
            } else if file.is_link && file.end != End::None && is_below(&file.path, is_link_in_tree) {
                failed = self.take_linked(&git, &file).err();
            } else if is_below(&file.path, is_in_tree) {
                self.take(&file.path, file.bytes.as_deref(), &file.commit);
            } else if file.end == End::Removed && may_be_offer(&file) {
                failed = self.take_elsewhere(top, &file).err();
            }
            !self.missing.is_empty() && failed.is_none()
        })?;
        match failed {
            Some(error) => Err(error),
            None if git.is_shallow() => Ok(Some(History::Shallow)),
            None if self.is_unread => Ok(Some(History::Unread)),
            None if self.is_linked_elsewhere => Ok(Some(History::LinkedElsewhere)),
            None => Ok(Some(History::Whole)),
        }
    }

    /// What a link led to until a commit removed it, or led it elsewhere.
    fn take_linked(&mut self, git: &Git<'_>, link: &PastFile) -> Result<(), GitError> {
        let walk = git.walk(&format!("{}^", link.commit), &link.path)?;
        self.is_linked_elsewhere |= !walk.is_complete;
        let (shown, blobs): (Vec<_>, Vec<_>) = walk.files.into_iter().map(|file| (file.shown, file.blob)).unzip();
        for (shown, (_, bytes)) in shown.iter().zip(git.texts(&blobs)?) {
            self.take(shown, bytes.as_deref(), &link.commit);
        }
        Ok(())
    }

    /// A file outside of the offers folder counts only if it was in there when the whole project was in another folder.
    fn take_elsewhere(&mut self, top: &Path, file: &PastFile) -> Result<(), GitError> {
        let found = self.keys_in(&file.path, file.bytes.as_deref());
        if found.is_empty() {
            return Ok(());
        }
        let was_offer = |(folder, configuration): (String, Vec<u8>)| {
            let offers = Path::new(&folder).join(offers_in(&configuration)?);
            // Paths are compared by their components, whatever `.` and `/` the setting has.
            let relative = Path::new(&file.path).strip_prefix(offers.components().as_path()).ok()?;
            is_in_tree(&relative.to_string_lossy()).then_some(())
        };
        let folders = earlier_folders(self.configuration, top, &file.commit, &file.path)?;
        if folders.into_iter().any(|folder| was_offer(folder).is_some()) {
            self.found(&found, &file.commit);
        }
        Ok(())
    }

    fn take(&mut self, path: &str, bytes: Option<&[u8]>, commit: &str) {
        let found = self.keys_in(path, bytes);
        self.found(&found, commit);
    }

    /// Those of the missing keys that a file has.
    fn keys_in(&mut self, path: &str, bytes: Option<&[u8]>) -> Vec<&'k Key> {
        self.is_unread |= bytes.is_none();
        let keys = bytes.and_then(|bytes| keys_of(&SourcePath::from(path), bytes));
        // Without keys, they are bytes that are not here, or are not YAML.
        let has = |key: &Key| keys.as_ref().map_or_else(|| is_named(path, key), |keys| keys.contains(key));
        self.missing.iter().filter(|key| has(key)).copied().collect()
    }

    fn found(&mut self, keys: &[&'k Key], commit: &str) {
        if !keys.is_empty() {
            self.missing.retain(|key| !keys.contains(key));
            self.removed_by.entry((self.top.clone(), commit.to_owned())).or_default().extend(keys);
        }
    }
}

/// Other YAML, which need not be read, may have a key's name; what is not here may be anything.
fn may_be_offer(file: &PastFile) -> bool {
    file.bytes.as_deref().is_none_or(|bytes| String::from_utf8_lossy(bytes).contains("offer_name"))
}

fn is_named(path: &str, key: &Key) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').is_some_and(|(stem, _)| stem == key.as_str())
}
