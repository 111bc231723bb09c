//! Lists the files of the offers folder, sorted. Follows symbolic links, to each folder once: a few links to folders of links would
//! otherwise make millions of paths, or lead in a circle.
//!
//! The invariant: an unreadable file or folder is a problem and never silently skipped, because its offers would look deleted and would
//! be retired.

use std::collections::HashSet;
use std::fs::{DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::stamp::FileStamp;
use super::text::whole_file;
use super::tree_names::{is_configuration, is_defaults, is_folder_in_tree, is_yaml, meant};
use super::workers;
use crate::diagnostic::{Code, Diagnostic, Label, codes};
use crate::source::SourcePath;

/// The folder of the offers, and the folder of `offersync.toml` that its path is relative to.
#[derive(Debug, Clone, Copy)]
struct OffersFolder<'a> {
    root: &'a Path,
    offers: &'a SourcePath,
    /// The folder in which every file must be.
    within: Option<&'a Path>,
    /// Whether each file is looked at, too.
    is_stamped: bool,
}

#[derive(Debug, Default)]
pub(super) struct TreeListing {
    /// The files, sorted.
    pub(super) files: Vec<SourcePath>,
    /// The folders with what they look like, and where that is asked for, in place of `files`, the files; in no order.
    pub(super) stamped: Vec<(SourcePath, Option<FileStamp>)>,
    /// Folders that may be in another work tree of git than the one around them, sorted: links, and folders with a `.git`.
    pub(super) borders: Vec<SourcePath>,
    /// Links to files, sorted.
    pub(super) file_links: Vec<SourcePath>,
    pub(super) problems: Vec<Diagnostic>,
    /// The folder does not exist.
    pub(super) is_missing: bool,
}

/// A folder still to be listed.
struct Folder {
    relative: String,
    /// Where it is, if a link leads to it or to a folder above it.
    real: Option<PathBuf>,
}

/// Lists the files of the tree.
pub(super) fn list(root: &Path, offers: &SourcePath, within: Option<&Path>) -> TreeListing {
    walk(OffersFolder { root, offers, within, is_stamped: false })
}

/// Lists them with what they look like.
pub(super) fn look(root: &Path, offers: &SourcePath, within: Option<&Path>) -> TreeListing {
    walk(OffersFolder { root, offers, within, is_stamped: true })
}

/// Walks the tree level by level, with the folders of a level in parallel.
fn walk(tree: OffersFolder<'_>) -> TreeListing {
    let OffersFolder { root, offers, .. } = tree;
    let mut listing = TreeListing::default();
    match std::fs::metadata(offers.on_disk(root)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_link(&offers.on_disk(root)) => {
            listing.is_missing = true;
            return listing;
        }
        Ok(found) if !found.is_dir() => {
            let problem = whole_file(codes::tree::UNREADABLE, "the offers folder is not a folder", offers);
            listing
                .problems
                .push(problem.help("`offers` in offersync.toml names the folder that holds the offer files"));
            return listing;
        }
        _ => {}
    }
    if tree.leads_out(&offers.on_disk(root)) {
        listing.problems.push(whole_file(codes::tree::OUTSIDE, OUTSIDE, offers).help(INTO_THE_REPOSITORY));
        return listing;
    }
    let mut linked = LinkedFolders::default();
    let mut level = vec![Folder { relative: String::new(), real: None }];
    while !level.is_empty() {
        let batches = workers::batches(
            level.len(),
            2,
            || (),
            |(), listed: &mut Listed, index| {
                if let Some(folder) = level.get(index) {
                    listed.folder(tree, folder);
                }
            },
        );
        level = Vec::new();
        for mut listed in batches {
            listing.files.append(&mut listed.files);
            listing.stamped.append(&mut listed.stamped);
            listing.borders.append(&mut listed.borders);
            listing.file_links.append(&mut listed.file_links);
            listing.problems.append(&mut listed.problems);
            level.append(&mut listed.folders);
        }
        if level.iter().any(|folder| folder.real.is_some()) {
            // Which of two links is followed does not depend on the file system.
            level.sort_unstable_by(|one, other| one.relative.cmp(&other.relative));
        }
        level.retain(|folder| linked.is_first(tree, folder, &mut listing.problems));
    }
    listing.files.sort_unstable();
    listing.borders.sort_unstable();
    listing.file_links.sort_unstable();
    listing
}

/// The folders that links lead to, so far.
#[derive(Default)]
struct LinkedFolders {
    /// The folder of the offers, links resolved.
    offers: Option<PathBuf>,
    listed: HashSet<PathBuf>,
}

impl LinkedFolders {
    /// Whether a folder is not listed yet, neither as a folder of the tree nor through another link.
    fn is_first(&mut self, tree: OffersFolder<'_>, folder: &Folder, problems: &mut Vec<Diagnostic>) -> bool {
        let Some(real) = &folder.real else { return true };
        let offers =
            self.offers.get_or_insert_with(|| tree.offers.on_disk(tree.root).canonicalize().unwrap_or_default());
        let is_in_tree = real.strip_prefix(&*offers).is_ok_and(|inside| is_folder_in_tree(&inside.to_string_lossy()));
        let is_first = !is_in_tree && !offers.starts_with(real) && self.listed.insert(real.clone());
        if !is_first {
            let message = "the link leads to a folder that is listed already: its offers would be there twice";
            let problem = whole_file(codes::tree::LINKED_TWICE, message, &tree.offers.join(&folder.relative));
            problems.push(problem.help("remove the link, or give it a name that begins with `.`"));
        }
        is_first
    }
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_symlink())
}

#[derive(Default)]
struct Listed {
    files: Vec<SourcePath>,
    stamped: Vec<(SourcePath, Option<FileStamp>)>,
    folders: Vec<Folder>,
    borders: Vec<SourcePath>,
    file_links: Vec<SourcePath>,
    problems: Vec<Diagnostic>,
}

const OUTSIDE: &str = "the link leads out of the repository";
const INTO_THE_REPOSITORY: &str = "move what it leads to into the repository, or remove the link";

impl OffersFolder<'_> {
    /// Whether a path is outside of the folder in which every file must be. Where that cannot be known, reading fails anyway.
    fn leads_out(&self, path: &Path) -> bool {
        // Git's own folder is no part of it either: no branch has its files, and its configuration may hold a token.
        let is_of_git = |inside: &Path| inside.iter().any(|part| part.eq_ignore_ascii_case(".git"));
        let leads_out = |within: &Path, real: &Path| real.strip_prefix(within).map_or(true, is_of_git);
        self.within.is_some_and(|within| path.canonicalize().is_ok_and(|real| leads_out(within, &real)))
    }
}

impl Listed {
    fn folder(&mut self, tree: OffersFolder<'_>, folder: &Folder) {
        let shown = tree.offers.join(&folder.relative);
        let path = shown.on_disk(tree.root);
        // Before it is listed: one from which something goes, or to which something comes, has another time after that.
        self.stamped.push((shown, std::fs::metadata(&path).as_ref().map(FileStamp::of).ok()));
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                let message = format!("the folder cannot be read: {error}");
                return self.problem(tree, &folder.relative, codes::tree::UNREADABLE, message, "");
            }
        };
        for entry in entries {
            match entry.and_then(|entry| entry.file_type().map(|file_type| (entry, file_type))) {
                Ok((entry, file_type)) => self.entry(tree, folder, &entry, file_type),
                Err(error) => {
                    let message = format!("the folder cannot be read to its end: {error}");
                    self.problem(tree, &folder.relative, codes::tree::UNREADABLE, message, "");
                }
            }
        }
    }

    fn entry(&mut self, tree: OffersFolder<'_>, folder: &Folder, entry: &DirEntry, file_type: FileType) {
        let raw = entry.file_name();
        let name = raw.to_string_lossy();
        if name == ".git" {
            self.borders.push(tree.offers.join(&folder.relative));
        }
        if is_configuration(&name) && !tree.offers.join(&folder.relative).as_str().is_empty() {
            let relative = format!("{}/{name}", folder.relative);
            let message =
                "another configuration among the offers: a command that is run here takes it in place of the one above";
            let help = "remove it, or move it and the offers that it is for out of this offers folder";
            self.problem(tree, relative.trim_start_matches('/'), codes::tree::OTHER_CONFIGURATION, message, help);
        }
        let relative =
            if folder.relative.is_empty() { name.to_string() } else { format!("{}/{name}", folder.relative) };
        let is_skipped = name.starts_with('.') || (name.starts_with('_') && !is_defaults(&name));
        if file_type.is_file()
            && (is_skipped || !is_yaml(&name))
            && let Some(meant) = meant(&name)
        {
            self.problems.push(misnamed(&tree.offers.join(&relative), &meant));
        }
        if is_skipped {
            return;
        }
        let is_odd = raw.to_str().is_none() || name.contains(char::is_control);
        if is_odd && (is_yaml(&name) || !file_type.is_file()) {
            let shown = relative.escape_debug().to_string();
            let message = "the name contains control characters";
            return self.problem(
                tree,
                &shown,
                codes::tree::BAD_KEY,
                message,
                "rename it: letters, digits, `.`, `_` and `-`",
            );
        }
        if file_type.is_symlink() {
            self.link(tree, &entry.path(), relative);
        } else if file_type.is_dir() {
            let real = folder.real.as_ref().map(|real| real.join(&raw));
            self.folders.push(Folder { relative, real });
        } else if is_yaml(&name) {
            self.file(tree, &relative, file_type.is_file(), || entry.metadata().ok());
        }
    }

    fn file(
        &mut self,
        tree: OffersFolder<'_>,
        relative: &str,
        is_regular: bool,
        metadata: impl FnOnce() -> Option<Metadata>,
    ) {
        if is_regular && tree.is_stamped {
            self.stamped.push((tree.offers.join(relative), metadata().as_ref().map(FileStamp::of)));
        } else if is_regular {
            self.files.push(tree.offers.join(relative));
        } else {
            let help = "a pipe, a socket or a device is not an offer file; remove it";
            self.problem(tree, relative, codes::tree::UNREADABLE, "not a regular file", help);
        }
    }

    fn link(&mut self, tree: OffersFolder<'_>, link: &Path, relative: String) {
        match std::fs::metadata(link) {
            // A link that is no part of the tree may lead anywhere.
            Ok(found) if (found.is_dir() || is_yaml(&relative)) && tree.leads_out(link) => {
                self.problem(tree, &relative, codes::tree::OUTSIDE, OUTSIDE, INTO_THE_REPOSITORY);
            }
            Ok(found) if found.is_dir() => match link.canonicalize() {
                Ok(real) => {
                    self.borders.push(tree.offers.join(&relative));
                    self.folders.push(Folder { relative, real: Some(real) });
                }
                Err(error) => {
                    let message = format!("the link cannot be followed: {error}");
                    self.problem(tree, &relative, codes::tree::UNREADABLE, message, "");
                }
            },
            Ok(found) if is_yaml(&relative) => {
                self.file_links.push(tree.offers.join(&relative));
                self.file(tree, &relative, found.is_file(), || Some(found));
            }
            Ok(_) => {}
            // A broken link may have pointed to a folder of offers, unless its name has another file ending.
            Err(_) if !is_yaml(&relative) && Path::new(&relative).extension().is_some() => {}
            Err(error) if is_loop(&error) => {
                let help = "remove the link, or give it a name that begins with `.`";
                self.problem(tree, &relative, codes::tree::SYMLINK_LOOP, "the link leads back to itself", help);
            }
            Err(error) => {
                let message = format!("the link cannot be followed: {error}");
                let help = "bring back what it leads to; only to give up its offers on purpose, remove the link";
                self.problem(tree, &relative, codes::tree::UNREADABLE, message, help);
            }
        }
    }

    fn problem(&mut self, tree: OffersFolder<'_>, relative: &str, code: Code, message: impl Into<String>, help: &str) {
        let problem = whole_file(code, message, &tree.offers.join(relative));
        let help =
            if help.is_empty() { "check its permissions; otherwise its offers would look deleted" } else { help };
        self.problems.push(problem.help(help));
    }
}

fn misnamed(file: &SourcePath, meant: &str) -> Diagnostic {
    let message =
        "the name looks like that of an offer file or a `_defaults.yaml`, and is neither: the file is not read";
    Diagnostic::warning(codes::tree::MISNAMED, message).label(Label::file(file.clone())).help(format!(
        "rename it to `{meant}`. If it is to be left out, begin its name with `.`, or move it out of the offers folder"
    ))
}

/// ELOOP: `std::io::ErrorKind` has no stable name for it. 40 on Linux, 62 on macOS and the BSDs.
fn is_loop(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(40 | 62))
}
