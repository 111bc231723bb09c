//! From a tree, or from texts, to the set of offers and every problem. The order of files decides nothing.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::across;
use super::file::{self, Context, FileOffers};
use super::inherit::Inherited;
use super::lines::{fill_from, fill_source_lines_of};
use super::text::{read_into, whole_file};
use super::tree::{self, Listing, Root, is_defaults};
use super::workers;
use crate::config::Names;
use crate::diagnostic::{Diagnostic, codes, sort};
use crate::offer::{DesiredSet, FileId};

/// How a tree is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether a tree without any offer is meant.
    pub allow_empty: bool,
}

/// What came of reading.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The offers. **Only to be used where no diagnostic is an error**: an offer with a problem is not in it.
    pub set: DesiredSet,
    /// Every problem, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// Whether any problem is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads the tree at `folder`, which messages call `shown` (see [`Settings::offers_shown`](crate::config::Settings)).
pub fn read(folder: &Path, shown: &str, names: &Names, options: ReadOptions) -> Reading {
    let root = Root { folder, shown };
    let listing = tree::list(root);
    let load =
        |path: &str, buffer: &mut Vec<u8>| read_into(&root.on_disk(path), buffer).map_err(|error| error.to_string());
    let mut reading = gather(listing, shown, names, options, &load);
    fill_source_lines_of(&mut reading.diagnostics, |file| root.on_disk(file));
    reading
}

/// Reads texts as if they were the files of a tree: pure, and the same as [`read`] in every other respect.
pub fn from_texts(texts: Vec<(String, Vec<u8>)>, names: &Names, options: ReadOptions) -> Reading {
    let texts: HashMap<String, Vec<u8>> = texts.into_iter().collect();
    let mut files: Vec<Arc<str>> = texts.keys().map(|path| Arc::from(path.as_str())).collect();
    files.sort_unstable();
    let load = |path: &str, buffer: &mut Vec<u8>| {
        buffer.clear();
        buffer.extend_from_slice(texts.get(path).map_or(&[][..], Vec::as_slice));
        Ok(())
    };
    let mut reading = gather(Listing { files, ..Listing::default() }, "", names, options, &load);
    fill_from(&mut reading.diagnostics, |file| texts.get(file).cloned());
    reading
}

/// What came of some files.
#[derive(Default)]
struct Batch {
    hashes: Vec<(usize, [u8; 32])>,
    found: FileOffers,
}

/// Puts the bytes of a file into a buffer, or says why it cannot.
type Load<'a> = &'a (dyn Fn(&str, &mut Vec<u8>) -> Result<(), String> + Sync);

fn gather(listing: Listing, shown: &str, names: &Names, options: ReadOptions, load: Load<'_>) -> Reading {
    let Listing { files, problems: mut diagnostics, is_missing } = listing;
    let context = Context { names };
    let (defaults, mut hashes) = read_defaults(&files, context, load, &mut diagnostics);
    let offer_files: Vec<usize> = (0..files.len()).filter(|at| !is_defaults(name_of(&files[*at]))).collect();

    let read_one = |buffer: &mut Vec<u8>, batch: &mut Batch, job: usize| {
        let at = offer_files[job];
        let path = &files[at];
        if let Err(error) = load(path, buffer) {
            batch.found.problems.push(unreadable(path, &error));
            return;
        }
        batch.hashes.push((at, *blake3::hash(buffer).as_bytes()));
        let inherited = defaults.of(folder_of(path));
        file::offers(file_id(at), path, buffer, inherited, context, &mut batch.found);
    };
    let batches = workers::batches(offer_files.len(), workers::chunk(), Vec::new, read_one);

    let mut found = Vec::with_capacity(batches.iter().map(|batch| batch.found.offers.len()).sum());
    for mut batch in batches {
        found.append(&mut batch.found.offers);
        diagnostics.append(&mut batch.found.problems);
        batch.hashes.into_iter().for_each(|(at, hash)| hashes[at] = hash);
    }
    across::check(&mut found, &files, &mut diagnostics);
    if offer_files.is_empty() && !options.allow_empty && !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.push(no_offers(shown, is_missing));
    }
    sort(&mut diagnostics);
    let digest = digest(&files, &hashes);
    let offers = found.into_iter().filter_map(|found| found.offer).collect();
    Reading { set: DesiredSet { offers, files, digest }, diagnostics }
}

/// What each folder with defaults of its own inherits.
struct Defaults {
    by_folder: HashMap<String, Inherited>,
    nothing: Inherited,
}

impl Defaults {
    /// What holds in a folder: its own defaults, or those of the nearest folder above that has some.
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
    files: &[Arc<str>],
    context: Context<'_>,
    load: Load<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Defaults, Vec<[u8; 32]>) {
    let mut hashes = vec![[0; 32]; files.len()];
    let mut defaults = Defaults { by_folder: HashMap::new(), nothing: Inherited::default() };
    let mut order: Vec<usize> = (0..files.len()).filter(|at| is_defaults(name_of(&files[*at]))).collect();
    order.sort_by_key(|at| files[*at].matches('/').count());
    let mut buffer = Vec::new();
    for at in order {
        let (path, folder) = (&files[at], folder_of(&files[at]));
        if let Some(other) = defaults.by_folder.get(folder).map(|_| format!("{folder}/_defaults.yaml")) {
            let message =
                format!("the folder has a second file of defaults beside `{}`", other.trim_start_matches('/'));
            diagnostics
                .push(whole_file(codes::tree::TWO_DEFAULTS, message, path).help("move everything into one of them"));
            continue;
        }
        let outer = defaults.of(folder);
        let inherited = match load(path, &mut buffer) {
            Ok(()) => {
                hashes[at] = *blake3::hash(&buffer).as_bytes();
                let (inherited, mut problems) = file::defaults(file_id(at), path, &buffer, outer, context);
                diagnostics.append(&mut problems);
                inherited
            }
            Err(error) => {
                diagnostics.push(unreadable(path, &error));
                outer.incomplete()
            }
        };
        defaults.by_folder.insert(folder.to_owned(), inherited);
    }
    (defaults, hashes)
}

fn file_id(at: usize) -> FileId {
    FileId(u32::try_from(at).unwrap_or(u32::MAX))
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn unreadable(path: &Arc<str>, error: &str) -> Diagnostic {
    let help = "check who may read it; going on would look as if its offers were removed";
    whole_file(codes::tree::UNREADABLE, format!("the file cannot be read: {error}"), path).help(help)
}

fn no_offers(shown: &str, is_missing: bool) -> Diagnostic {
    let shown = if shown.is_empty() { "." } else { shown };
    let message = if is_missing {
        format!("the offers folder `{shown}` does not exist")
    } else {
        format!("the offers folder `{shown}` holds no offer")
    };
    let help = "an empty tree would retire every recorded offer; check `offers` in offersync.toml, or say --allow-empty if it \
                is meant";
    whole_file(codes::tree::NO_OFFERS, message, &Arc::from(shown)).help(help)
}

/// The digest over every path and every content, in the order of paths.
fn digest(files: &[Arc<str>], hashes: &[[u8; 32]]) -> String {
    let mut sum = blake3::Hasher::new();
    for (file, hash) in files.iter().zip(hashes) {
        // The length in front keeps one path from running into the next.
        sum.update(&(file.len() as u64).to_le_bytes());
        sum.update(file.as_bytes());
        sum.update(hash);
    }
    sum.finalize().to_hex().to_string()
}
