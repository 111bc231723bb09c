//! Removed offers whose YAML no commit had: what git never had, no commit has removed.
//!
//! It is asked only about offers that a plan removes, and that the newest commit does not have. The versions of their files are looked
//! for from the newest commit on, so that for a removal of late it takes no longer than that commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::config::offers_in;
use crate::desired::{is_folder_in_tree, is_in_tree, is_link_in_tree, keys_of};
use crate::git::{End, Git, GitError, Look, PastFile, earlier_folders};
use crate::import::is_defaults;
use crate::offer::Key;
use crate::source::SourcePath;

use super::held::Place;
use super::named_then::{Folders, InTree, is_below};
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
    /// It was found, and not removed from the offers folder: it was, or is, in one that the configuration named at another time only.
    Outside,
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
    let folders = Folders::of(repository, places);
    let mut search = Search::of(repository.config_file(), keys);
    let (mut history, mut has_commit) = (History::Whole, false);
    for top in folders.tops().collect::<BTreeSet<_>>() {
        match search.run(top, folders.in_tree(top)) {
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
    let Search { missing, outside, removed_by, .. } = search;
    let of = |key| if history == History::Whole && outside.contains(key) { History::Outside } else { history };
    let missing = missing.into_iter().filter(|_| has_commit).map(|key| (key.clone(), of(key)));
    missing.chain(recorded_later(repository, &removed_by)).collect()
}

/// The keys that are looked for in the history.
struct Search<'k> {
    configuration: &'k Path,
    missing: BTreeSet<&'k Key>,
    /// The keys that were found, by the newest commit with a change of their YAML and the top of its work tree.
    removed_by: RemovedBy<'k>,
    /// Those of the missing ones that were found, and that no commit has removed there from the offers folder.
    outside: BTreeSet<&'k Key>,
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
            outside: BTreeSet::new(),
            top: PathBuf::new(),
            is_unread: false,
            is_linked_elsewhere: false,
        }
    }

    /// Finds the keys that a commit of a work tree had; none before its first commit.
    fn run(&mut self, top: &Path, mut folders: InTree<'_>) -> Result<Option<History>, GitError> {
        top.clone_into(&mut self.top);
        let git = Git::open(top)?;
        match git.commit("HEAD") {
            Ok(_) => {}
            Err(GitError::UnknownCommit { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        let all = folders.all().to_vec();
        let is_asked_for = |path: &str, is_link: bool| {
            let name = path.rsplit('/').next().unwrap_or(path);
            is_link && (is_below(&all, path, is_link_in_tree) || is_below(&all, path, is_folder_in_tree))
                || is_in_tree(name) && !is_defaults(name)
        };
        let mut failed = None;
        git.past_files(is_asked_for, |file| {
            let look = self.look_at(&git, &mut folders, &file).unwrap_or_else(|error| {
                failed = Some(error);
                Look::Done
            });
            if self.missing.is_empty() { Look::Done } else { look }
        })?;
        match failed {
            Some(error) => Err(error),
            None if git.is_shallow() => Ok(Some(History::Shallow)),
            None if self.is_unread => Ok(Some(History::Unread)),
            None if self.is_linked_elsewhere => Ok(Some(History::LinkedElsewhere)),
            None => Ok(Some(History::Whole)),
        }
    }

    fn look_at(&mut self, git: &Git<'_>, folders: &mut InTree<'_>, file: &PastFile) -> Result<Look, GitError> {
        if file.is_submodule {
            // A folder that the tree leaves out has no offers.
            self.is_linked_elsewhere |= is_below(folders.all(), &file.path, is_folder_in_tree);
        } else if file.is_link && is_below(folders.all(), &file.path, is_link_in_tree) {
            if file.end != End::None && folders.was_in(&file.path, &file.commit, is_link_in_tree)? {
                self.take_linked(git, file)?;
            }
            return Ok(Look::Again);
        } else if is_below(folders.all(), &file.path, is_in_tree) {
            return self.take(folders, file);
        } else if file.end == End::Removed && may_be_offer(file) {
            return self.take_elsewhere(file);
        }
        Ok(Look::Next)
    }

    /// What a link led to until a commit removed it, or led it elsewhere.
    fn take_linked(&mut self, git: &Git<'_>, link: &PastFile) -> Result<(), GitError> {
        let walk = git.walk(&format!("{}^", link.commit), &link.path)?;
        self.is_linked_elsewhere |= !walk.is_complete;
        let (shown, blobs): (Vec<_>, Vec<_>) = walk.files.into_iter().map(|file| (file.shown, file.blob)).unzip();
        for (shown, (_, bytes)) in shown.iter().zip(git.texts(&blobs)?) {
            let found = self.keys_in(shown, bytes.as_deref());
            self.found(&found, &link.commit);
        }
        Ok(())
    }

    /// A version counts only if a commit has taken it out of what was the offers folder then.
    fn take(&mut self, folders: &mut InTree<'_>, file: &PastFile) -> Result<Look, GitError> {
        let found = self.keys_in(&file.path, file.bytes.as_deref());
        if found.is_empty() {
            return Ok(Look::Next);
        }
        if file.end != End::None && folders.was_in(&file.path, &file.commit, is_in_tree)? {
            self.found(&found, &file.commit);
            return Ok(Look::Next);
        }
        self.outside.extend(found);
        Ok(Look::Again)
    }

    /// A file outside of the offers folder counts only if it was in there when the whole project was in another folder.
    fn take_elsewhere(&mut self, file: &PastFile) -> Result<Look, GitError> {
        let found = self.keys_in(&file.path, file.bytes.as_deref());
        if found.is_empty() {
            return Ok(Look::Next);
        }
        let was_offer = |(folder, configuration): (String, Vec<u8>)| {
            let offers = Path::new(&folder).join(offers_in(&configuration)?);
            // Paths are compared by their components, whatever `.` and `/` the setting has.
            let relative = Path::new(&file.path).strip_prefix(offers.components().as_path()).ok()?;
            is_in_tree(&relative.to_string_lossy()).then_some(())
        };
        let folders = earlier_folders(self.configuration, &self.top, &file.commit, &file.path)?;
        if folders.into_iter().any(|folder| was_offer(folder).is_some()) {
            self.found(&found, &file.commit);
        }
        Ok(Look::Again)
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
