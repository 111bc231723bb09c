//! The files of an import: the defaults that are read, and the new offers that are created.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use crate::cli::failure::Failure;
use crate::disk::{self, CreateError, Created};
use crate::import::{Import, LeftOut, NewFile, Origin, Reason, is_defaults};
use crate::offer::DesiredSet;
use crate::ops::Repository;

/// The bytes of the tree's files of defaults.
pub(super) fn read_defaults(repository: &Repository, set: &DesiredSet) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let read = |path: &str| {
        let on_disk = on_disk(repository, path);
        fs::read(&on_disk)
            .map(|bytes| (path.to_owned(), bytes))
            .map_err(|error| Failure::disk("read", &on_disk, &error))
    };
    set.files.iter().filter(|path| is_defaults(path)).map(|path| read(path)).collect()
}

/// Where a file of the tree is.
pub(super) fn on_disk(repository: &Repository, shown: &str) -> PathBuf {
    let settings = &repository.settings;
    let inside = shown.strip_prefix(settings.offers_shown.as_str()).unwrap_or(shown).trim_start_matches('/');
    settings.offers.join(inside)
}

/// Creates the files in their order. Stops at the first failure, with all that was created before it in place and synced.
pub(super) fn create(repository: &Repository, files: &[NewFile]) -> (Vec<Created>, Option<Failure>) {
    let mut new = Vec::with_capacity(files.len());
    for file in files {
        let (path, is_required) = (on_disk(repository, &file.path), is_defaults(&file.path));
        new.push(disk::NewFile { path, bytes: file.text.as_bytes(), is_required });
    }
    let (created, failure) = disk::create_many(&repository.settings.root, &new);
    (created, failure.map(|CreateError { action, path, source }| Failure::disk(action, &path, &source)))
}

/// Leaves out the offers whose files another process created first.
pub(super) fn leave_out_existing(import: &mut Import, created: &[Created]) {
    let taken: HashSet<usize> = (0..created.len()).filter(|at| created[*at] == Created::Exists).collect();
    let (outside, inside) = std::mem::take(&mut import.adoptions)
        .into_iter()
        .partition(|adoption| matches!(adoption.origin, Origin::Written(file) if taken.contains(&file)));
    import.adoptions = inside;
    let outside: Vec<crate::import::Adoption> = outside;
    for adoption in outside {
        let Origin::Written(file) = adoption.origin else { continue };
        let path = import.files.get(file).map(|file| file.path.clone()).unwrap_or_default();
        let name = adoption.record.fields.name().map(Box::from);
        let reason = Reason::FileAppeared(path);
        import.left_out.push(LeftOut { offer_id: adoption.record.offer_id, name, reason });
    }
}
