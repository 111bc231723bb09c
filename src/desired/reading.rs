//! Reads a tree, or texts, into the set of offers and every problem. The result does not depend on the order of files.

use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

use super::across;
use super::file::{self, FileOffers};
use super::inherit::Inherited;
use super::quote::quote;
use super::stamp::{FileStamp, TreeStamp};
use super::text::{read_into, whole_file};
use super::tree::{self, TreeListing};
use super::tree_names::is_defaults;
use super::value::suggest_names;
use super::workers;
use crate::config::Names;
use crate::diagnostic::{Diagnostic, codes, sort};
use crate::offer::{DesiredSet, Digest, Fields, Key, SourceFile};
use crate::source::SourcePath;

/// Options for reading a tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadOptions<'a> {
    /// Whether a tree without offers is allowed.
    pub allow_empty: bool,
    /// The folder in which every file must be once links are followed, free of links itself; without it, any.
    pub within: Option<&'a Path>,
}

/// The result of reading.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The offers. **Do not use them if there are errors**, because invalid offers are missing.
    pub set: DesiredSet,
    /// Every problem, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// Folders that may be in another work tree of git than the one around them, sorted.
    pub borders: Vec<SourcePath>,
    /// Links to files, sorted.
    pub file_links: Vec<SourcePath>,
    /// What the tree looked like when it was read.
    pub stamp: TreeStamp,
}

impl Reading {
    /// Whether there are errors.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads the offers folder `offers` of the repository whose `offersync.toml` is in `root`.
pub fn read(root: &Path, offers: &SourcePath, names: &Names, options: ReadOptions<'_>) -> Reading {
    let began = SystemTime::now();
    let listing = tree::list(root, offers, options.within);
    let load = |path: &SourcePath, buffer: &mut Vec<u8>| {
        let path = path.on_disk(root);
        let unread = |error: std::io::Error| Unread {
            stamp: path.metadata().ok().as_ref().map(FileStamp::of),
            error: error.to_string(),
        };
        read_into(&path, buffer).map(Some).map_err(unread)
    };
    let mut reading = gather(listing, offers, names, options, &load);
    reading.stamp.began = Some(began);
    reading
}

/// Reads texts as if they were the files of a tree: like [`read`], but pure.
pub fn from_texts(texts: Vec<(String, Vec<u8>)>, names: &Names, options: ReadOptions<'_>) -> Reading {
    let texts: HashMap<SourcePath, Vec<u8>> =
        texts.into_iter().map(|(path, bytes)| (SourcePath::from(path), bytes)).collect();
    let mut files: Vec<SourcePath> = texts.keys().cloned().collect();
    files.sort_unstable();
    let load = |path: &SourcePath, buffer: &mut Vec<u8>| {
        buffer.clear();
        buffer.extend_from_slice(texts.get(path).map_or(&[][..], Vec::as_slice));
        Ok(None)
    };
    gather(TreeListing { files, ..TreeListing::default() }, &SourcePath::from(""), names, options, &load)
}

/// The keys of the offers in a file, valid or not; `None` where a part of it cannot be read.
pub fn keys_of(path: &SourcePath, bytes: &[u8]) -> Option<Vec<Key>> {
    let mut found = FileOffers::default();
    file::offers(path, bytes, &Inherited::default(), &Names::default(), &mut found);
    let is_cut = |problem: &Diagnostic| problem.is_error() && !problem.code.name.starts_with("offer::");
    (!found.problems.iter().any(is_cut)).then(|| found.offers.into_iter().map(|offer| offer.key).collect())
}

/// The values that a file of defaults gives, as far as they can be read.
pub fn default_values(path: &SourcePath, bytes: &[u8], names: &Names) -> Fields {
    file::defaults(path, bytes, &Inherited::default(), names).0.into_fields()
}

/// The result of some files.
#[derive(Default)]
struct FilesRead {
    seen: Vec<(usize, Seen)>,
    found: FileOffers,
}

/// A file as it was seen: its digest, and what it looked like.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    digest: [u8; 32],
    stamp: Option<FileStamp>,
}

/// A file that could not be read.
struct Unread {
    stamp: Option<FileStamp>,
    error: String,
}

/// Reads the bytes of a file into a buffer, and says what it looks like where it is on a disk.
type Load<'a> = &'a (dyn Fn(&SourcePath, &mut Vec<u8>) -> Result<Option<FileStamp>, Unread> + Sync);

fn gather(
    listing: TreeListing,
    folder: &SourcePath,
    names: &Names,
    options: ReadOptions<'_>,
    load: Load<'_>,
) -> Reading {
    let TreeListing { files, stamped: folders, borders, file_links, problems: mut diagnostics, is_missing } = listing;
    let unlisted = diagnostics.len();
    let (defaults, mut seen) = read_defaults(&files, names, load, &mut diagnostics);
    let offer_files: Vec<usize> = (0..files.len()).filter(|at| !is_defaults(files[*at].name())).collect();

    let read_one = |buffer: &mut Vec<u8>, batch: &mut FilesRead, job: usize| {
        let at = offer_files[job];
        let path = &files[at];
        let stamp = match load(path, buffer) {
            Ok(stamp) => stamp,
            Err(Unread { stamp, error }) => {
                batch.seen.push((at, Seen { stamp, ..Seen::default() }));
                batch.found.problems.push(unreadable(path, &error));
                return;
            }
        };
        batch.seen.push((at, Seen { digest: *blake3::hash(buffer).as_bytes(), stamp }));
        let inherited = defaults.of(path.folder());
        file::offers(path, buffer, inherited, names, &mut batch.found);
    };
    let batches = workers::batches(offer_files.len(), workers::CHUNK, Vec::new, read_one);

    let mut found = Vec::with_capacity(batches.iter().map(|batch| batch.found.offers.len()).sum());
    for mut batch in batches {
        found.append(&mut batch.found.offers);
        diagnostics.append(&mut batch.found.problems);
        batch.seen.into_iter().for_each(|(at, file)| seen[at] = file);
    }
    across::check(&mut found, &mut diagnostics);
    if offer_files.is_empty() && !options.allow_empty && !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.push(no_offers(folder, is_missing));
    }
    sort(&mut diagnostics);
    suggest_names(&mut diagnostics, names);
    let file = |(path, seen): (_, &Seen)| SourceFile { path, digest: seen.digest };
    let files: Vec<SourceFile> = files.into_iter().zip(&seen).map(file).collect();
    quote(&mut diagnostics, &files, |path| {
        let mut bytes = Vec::new();
        load(path, &mut bytes).ok()?;
        Some(bytes)
    });
    let digest = digest(&files);
    let offers = found.into_iter().filter_map(|found| found.offer).collect();
    let stamps = files.iter().map(|file| file.path.clone()).zip(seen.into_iter().map(|seen| seen.stamp));
    let stamp = TreeStamp::new(stamps.chain(folders).collect(), unlisted, options.within);
    Reading { set: DesiredSet { offers, files, digest }, diagnostics, borders, file_links, stamp }
}

/// The inherited values of each folder with its own defaults.
struct Defaults {
    by_folder: HashMap<String, Inherited>,
    nothing: Inherited,
}

impl Defaults {
    /// The inherited values of a folder: its own, or those of the nearest folder above with defaults.
    fn of(&self, folder: &str) -> &Inherited {
        if self.by_folder.is_empty() {
            return &self.nothing;
        }
        let mut folder = folder;
        loop {
            if let Some(found) = self.by_folder.get(folder) {
                return found;
            }
            if folder.is_empty() {
                return &self.nothing;
            }
            folder = folder_of(folder);
        }
    }
}

/// Reads the files of defaults, outer folders first.
fn read_defaults(
    files: &[SourcePath],
    names: &Names,
    load: Load<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Defaults, Vec<Seen>) {
    let mut seen = vec![Seen::default(); files.len()];
    let mut defaults = Defaults { by_folder: HashMap::new(), nothing: Inherited::default() };
    let mut order: Vec<usize> = (0..files.len()).filter(|at| is_defaults(files[*at].name())).collect();
    order.sort_by_key(|at| files[*at].as_str().matches('/').count());
    let mut buffer = Vec::new();
    for at in order {
        let (path, folder) = (&files[at], files[at].folder());
        let loaded = load(path, &mut buffer);
        seen[at].stamp = loaded.as_ref().map_or_else(|unread| unread.stamp, |stamp| *stamp);
        if let Some(other) = defaults.by_folder.get(folder).map(|_| format!("{folder}/_defaults.yaml")) {
            let message =
                format!("the folder has a second file of defaults besides `{}`", other.trim_start_matches('/'));
            diagnostics
                .push(whole_file(codes::tree::TWO_DEFAULTS, message, path).help("move everything into one of them"));
            continue;
        }
        let outer = defaults.of(folder);
        let inherited = match loaded {
            Ok(_) => {
                seen[at].digest = *blake3::hash(&buffer).as_bytes();
                let (inherited, mut problems) = file::defaults(path, &buffer, outer, names);
                diagnostics.append(&mut problems);
                inherited
            }
            Err(Unread { error, .. }) => {
                diagnostics.push(unreadable(path, &error));
                outer.incomplete()
            }
        };
        defaults.by_folder.insert(folder.to_owned(), inherited);
    }
    (defaults, seen)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn unreadable(path: &SourcePath, error: &str) -> Diagnostic {
    let help = "check its permissions; otherwise its offers would look deleted";
    whole_file(codes::tree::UNREADABLE, format!("the file cannot be read: {error}"), path).help(help)
}

fn no_offers(folder: &SourcePath, is_missing: bool) -> Diagnostic {
    let message = if is_missing {
        format!("the offers folder `{folder}` does not exist")
    } else {
        format!("the offers folder `{folder}` contains no offers")
    };
    let help = "an empty tree would retire every recorded offer; check `offers` in offersync.toml, or say --allow-empty if it \
                is meant";
    whole_file(codes::tree::NO_OFFERS, message, &SourcePath::from(folder.to_string())).help(help)
}

/// The digest of every path and content, in the order of paths.
fn digest(files: &[SourceFile]) -> String {
    let mut sum = Digest::default();
    for SourceFile { path, digest } in files {
        sum.push(path.as_str().as_bytes());
        sum.push(digest);
    }
    sum.finish()
}
