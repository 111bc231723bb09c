//! The files of offers that git holds, compared with those that were listed on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::desired::{Reading, is_folder_in_tree, is_in_tree, is_link_in_tree};
use crate::disk::follow_links;
use crate::git::{Entries, Entry, EntryKind, GitError, Mark, Submodule, WorkTree, is_checked_out};
use crate::import::is_defaults;
use crate::offer::SourceFile;
use crate::source::SourcePath;

use super::linked::{Linked, folders_above, is_at_or_below};
use super::rest::Watch;

/// A folder of the tree, in the work tree that it is in.
#[derive(Debug)]
pub(super) struct Place {
    /// Its path in messages.
    pub(super) shown: SourcePath,
    pub(super) work_tree: WorkTree,
    /// Its path from the top of the work tree.
    pub(super) below: String,
}

/// What git holds of the tree and this disk does not show.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) unseen: Vec<Unseen>,
    /// Files of defaults that were deleted, and are still in the index.
    pub(super) deleted_defaults: Vec<Unseen>,
    /// Files on the disk that a merge has not decided.
    pub(super) undecided: Vec<SourcePath>,
    /// Every folder of the tree that was asked about.
    pub(super) places: Vec<Place>,
    /// Submodules at another commit than the recorded one, and where the tree leads into them.
    pub(super) moved: Vec<(SourcePath, Submodule)>,
    /// The work trees of which that is known.
    pub(super) tops: BTreeSet<PathBuf>,
}

/// A file of offers, or a folder of them, that git holds and this disk does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unseen {
    pub(super) shown: SourcePath,
    /// Its path from the top of the work tree.
    pub(super) path: String,
    /// The path of the folder of offers that it is in, from there too.
    pub(super) below: String,
    pub(super) work_tree: WorkTree,
    pub(super) cause: Cause,
}

/// Why it is not on this disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// By a person; it is still in the index.
    Deleted,
    SkipWorktree,
    AssumeUnchanged,
    Unmerged,
    Submodule,
    /// It is there as a file with the text of a link.
    LinkAsText,
}

impl Place {
    /// The place of a folder; none outside git.
    pub(super) fn find(root: &Path, shown: &SourcePath) -> Result<Option<Self>, GitError> {
        Self::at(&resolved(root, shown).map_err(|error| GitError::Failed(error.to_string()))?, shown)
    }

    /// The place of a folder on the disk, whose path is free of links.
    fn at(on_disk: &Path, shown: &SourcePath) -> Result<Option<Self>, GitError> {
        let Some(work_tree) = WorkTree::around(on_disk)? else { return Ok(None) };
        let below = on_disk.strip_prefix(work_tree.top()).unwrap_or(Path::new(""));
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        Ok(Some(Self { shown: shown.clone(), below: parts.join("/"), work_tree }))
    }

    pub(super) fn entries(&self) -> Result<Entries, GitError> {
        self.work_tree.entries([self.below.as_str()])
    }

    /// A path of the work tree, seen from here; empty for this folder itself.
    pub(super) fn relative<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(&self.below)?;
        if self.below.is_empty() || rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }
}

/// The folder free of links; as it would be, where it does not exist.
fn resolved(root: &Path, shown: &SourcePath) -> io::Result<PathBuf> {
    shown.on_disk(root).canonicalize().or_else(|_| Ok(shown.on_disk(&root.canonicalize()?)))
}

impl Held {
    /// Compares what was read with the offers folder's place and entries, and asks for the other work trees that it leads to.
    pub(super) fn of(
        root: &Path,
        offers: Option<(Entries, Place)>,
        reading: &Reading,
        watch: &mut Watch,
    ) -> Result<Self, GitError> {
        let mut held = Self::default();
        let mut others: BTreeMap<PathBuf, Linked> = BTreeMap::new();
        let top_of = |place: &Place| place.work_tree.top().to_owned();
        for border in &reading.borders {
            if let Some(place) = Place::find(root, border)?.filter(|place| !place.is_within(offers.as_ref())) {
                others.entry(top_of(&place)).or_default().folders.push(place);
            }
        }
        // Those that have the files to which links lead.
        let mut folders: BTreeMap<PathBuf, &SourcePath> = BTreeMap::new();
        for link in &reading.file_links {
            if let Some(folder) = link.on_disk(root).canonicalize().ok().as_deref().and_then(Path::parent) {
                folders.entry(folder.to_owned()).or_insert(link);
            }
        }
        for (folder, link) in folders {
            if let Some(place) = Place::at(&folder, link)?.filter(|place| !place.is_in_tree_of(offers.as_ref())) {
                others.entry(top_of(&place)).or_default().of_files.push(place);
            }
        }
        if let Some((entries, place)) = offers {
            held.compare(&place, &entries, &reading.set.files)?;
            held.add_folders_around([&place].into_iter(), &entries)?;
            held.add_submodules(place.work_tree.top(), &place.shown)?;
            held.places.push(place);
        }
        // One question a work tree, however many links lead there.
        for linked in others.into_values() {
            let Some(first) = linked.places().next() else { continue };
            watch.begin(&first.work_tree);
            let entries = first.work_tree.entries(linked.places().map(|place| place.below.as_str()))?;
            linked.folders.iter().try_for_each(|place| held.compare(place, &entries, &reading.set.files))?;
            held.add_folders_around(linked.places(), &entries)?;
            held.add_submodules(first.work_tree.top(), &first.shown)?;
            held.places.extend(linked.folders);
        }
        Ok(held)
    }

    fn compare(&mut self, place: &Place, entries: &Entries, files: &[SourceFile]) -> Result<(), GitError> {
        let listed = Listed(files);
        // Both are in the order of their paths, so that each entry is looked for only where the last one was found.
        let mut ahead = listed.from(place.shown.as_str()).iter().map(|file| file.path.as_str()).peekable();
        let mut shown = String::new();
        for entry in entries.iter() {
            let entry = entry.ok_or_else(|| GitError::Failed("git lists its files in an unknown form".to_owned()))?;
            let path = entry.path();
            let Some(relative) = place.relative(&path) else { continue };
            place.write_shown(relative, &mut shown);
            while ahead.next_if(|file| *file < shown.as_str()).is_some() {}
            if entry.kind == EntryKind::File && ahead.peek() == Some(&shown.as_str()) {
                if entry.mark == Mark::Unmerged {
                    self.undecided.push(SourcePath::from(shown.as_str()));
                }
                continue;
            }
            let on_disk = || place.work_tree.top().join(&*path);
            if entry.kind == EntryKind::Link && is_link_in_tree(relative) {
                self.unseen.extend(target_unseen(place, &on_disk(), &SourcePath::from(shown.as_str()))?);
            }
            let (list, cause) = match missing(entry, relative, &on_disk) {
                Some(Cause::Deleted) if is_defaults(relative) => (&mut self.deleted_defaults, Cause::Deleted),
                None | Some(Cause::Deleted) => continue,
                Some(cause) => (&mut self.unseen, cause),
            };
            let (shown, path) = (SourcePath::from(shown.as_str()), path.into_owned());
            let (below, work_tree) = (place.below.clone(), place.work_tree.clone());
            list.push(Unseen { shown, path, below, work_tree, cause });
        }
        for path in place.work_tree.staged_deletions(&place.below)? {
            let Some(relative) = place.relative(&path).filter(|relative| is_in_tree(relative) && is_defaults(relative))
            else {
                continue;
            };
            if found(&place.work_tree.top().join(&path)).is_none() {
                place.write_shown(relative, &mut shown);
                let (shown, work_tree) = (SourcePath::from(shown.as_str()), place.work_tree.clone());
                let (below, cause) = (place.below.clone(), Cause::Deleted);
                self.deleted_defaults.push(Unseen { shown, path, below, work_tree, cause });
            }
        }
        // An unmerged file has an entry for each side.
        self.unseen.dedup();
        self.undecided.dedup();
        Ok(())
    }
}

impl Place {
    /// Whether it is the offers folder, whose entries are known.
    fn is_within(&self, offers: Option<&(Entries, Self)>) -> bool {
        offers.is_some_and(|(_, offers)| offers.shown == self.shown)
    }

    /// Whether it is a folder of the tree that is in the offers folder itself.
    fn is_in_tree_of(&self, offers: Option<&(Entries, Self)>) -> bool {
        offers.is_some_and(|(_, offers)| {
            offers.work_tree == self.work_tree && offers.relative(&self.below).is_some_and(is_folder_in_tree)
        })
    }

    /// The path in messages of a path below this place.
    fn write_shown(&self, relative: &str, shown: &mut String) {
        shown.clear();
        shown.push_str(self.shown.as_str());
        if !shown.is_empty() && !relative.is_empty() {
            shown.push('/');
        }
        shown.push_str(relative);
    }
}

/// The files that were listed, sorted.
struct Listed<'a>(&'a [SourceFile]);

impl<'a> Listed<'a> {
    fn from(&self, path: &str) -> &'a [SourceFile] {
        &self.0[self.0.partition_point(|file| file.path.as_str() < path)..]
    }
}

/// Whether an entry that was not listed belongs to the tree and is not on the disk.
fn missing(entry: Entry<'_>, relative: &str, on_disk: &dyn Fn() -> PathBuf) -> Option<Cause> {
    let by_mark = || match entry.mark {
        Mark::Plain => Cause::Deleted,
        Mark::SkipWorktree => Cause::SkipWorktree,
        Mark::AssumeUnchanged => Cause::AssumeUnchanged,
        Mark::Unmerged => Cause::Unmerged,
    };
    match entry.kind {
        EntryKind::File if is_in_tree(relative) => match found(&on_disk()) {
            // Listed under another name: some file systems change how a name is written.
            Some(found) if !found.is_dir() => None,
            _ => Some(by_mark()),
        },
        EntryKind::Link if is_link_in_tree(relative) => match found(&on_disk()) {
            Some(found) => found.is_file().then_some(Cause::LinkAsText),
            None => Some(by_mark()),
        },
        EntryKind::Submodule if is_folder_in_tree(relative) => {
            // Files that lie there without a repository may be what is left of an older commit, or a part of it.
            (!is_checked_out(&on_disk())).then_some(Cause::Submodule)
        }
        EntryKind::Folder if is_folder_in_tree(relative) => Some(Cause::SkipWorktree),
        _ => None,
    }
}

/// What a link leads to, where git holds it and leaves it out of this disk.
fn target_unseen(place: &Place, link: &Path, shown: &SourcePath) -> Result<Option<Unseen>, GitError> {
    let Some(work_tree) = (fs::metadata(link).is_err()).then(|| WorkTree::around(link)).transpose()?.flatten() else {
        return Ok(None);
    };
    let target = fs::read_link(link).map(|_| free_of_dots(&follow_links(link))).unwrap_or_default();
    let Ok(target) = target.strip_prefix(place.work_tree.top()) else { return Ok(None) };
    let path = work_tree.path_of(&place.work_tree.top().join(target));
    // The index may have a submodule, or a folder outside a sparse checkout, above it.
    let entries = work_tree.entries(folders_above(&path).chain([path.as_str()]))?;
    let is_above = |entry: &Entry<'_>| {
        matches!(entry.kind, EntryKind::Folder | EntryKind::Submodule) && is_at_or_below(&path, &entry.path())
    };
    let of_target = || entries.iter().flatten().filter(|entry| is_above(entry) || is_at_or_below(&entry.path(), &path));
    if let Some(entry) = of_target().find(|entry| entry.kind == EntryKind::Submodule && is_above(entry)) {
        let (shown, path) = (shown.clone(), entry.path().into_owned());
        return Ok(Some(Unseen { shown, below: path.clone(), path, work_tree, cause: Cause::Submodule }));
    }
    let cause = of_target().find_map(|entry| match (entry.kind, entry.mark) {
        (EntryKind::Folder, _) | (_, Mark::SkipWorktree) => Some(Cause::SkipWorktree),
        (_, Mark::AssumeUnchanged) => Some(Cause::AssumeUnchanged),
        _ => None,
    });
    // Where the index has only a folder above it, the link's name tells.
    let is_file = of_target().any(|entry| entry.path() == path && entry.kind == EntryKind::File)
        || of_target().all(|entry| entry.kind == EntryKind::Folder) && link.extension().is_some();
    let below = if is_file { path.rsplit_once('/').map_or("", |(folder, _)| folder) } else { &path }.to_owned();
    Ok(cause.map(|cause| Unseen { shown: shown.clone(), path, below, work_tree, cause }))
}

/// The path without `.` and `..`. What they lead to need not be there.
fn free_of_dots(path: &Path) -> PathBuf {
    let mut free = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(free.pop()),
            part => free.push(part),
        }
    }
    free
}

/// What is at a path. Where that cannot be known, the listing has reported the folder.
fn found(path: &Path) -> Option<Metadata> {
    fs::symlink_metadata(path).ok()
}
