//! Writes an import: first the files, then the records of those that are in place.

use std::collections::HashSet;

use crate::disk::{self, CreateError, Created};
use crate::fault_point;
use crate::import::{Adoption, Import, LeftOut, NewFile, Origin, Reason, is_defaults};
use crate::offer::StateChange;
use crate::ops::error::Error;
use crate::ops::repository::Repository;
use crate::ops::unfinished_import;
use crate::state::Session;

/// Creates the files and records their offers; after a failure those of the files that were created before it, so that few files
/// wait for their record.
pub(super) async fn write(
    repository: &Repository,
    mut session: Session,
    import: &mut Import,
    command: String,
) -> Result<(), Error> {
    let note = unfinished_import::begin(repository, &session.recorded(), import, command)?;
    let (created, failure) = create(repository, &import.files);
    leave_out_existing(import, &created);
    let is_in_place = |adoption: &&Adoption| match adoption.origin {
        Origin::Written(file) => created.get(file) == Some(&Created::Yes),
        Origin::Found | Origin::Matched => true,
    };
    // Once one of several offers with one name is recorded, an import gives the others no keys. So they are recorded together.
    let (in_place, missing): (Vec<_>, Vec<_>) = import.adoptions.iter().partition(is_in_place);
    let missing: HashSet<_> = missing.into_iter().filter_map(Adoption::name_and_advertiser).collect();
    let is_whole = |adoption: &&Adoption| adoption.name_and_advertiser().is_none_or(|name| !missing.contains(&name));
    let record =
        |adoption: &Adoption| StateChange::Adopt { key: adoption.key.clone(), record: adoption.record.clone() };
    let changes: Vec<StateChange> = in_place.into_iter().filter(is_whole).map(record).collect();
    fault_point::reach("import.before-records")
        .map_err(|source| Error::file("record the offers in", &repository.state, source))?;
    if !changes.is_empty() {
        session.journal().change_state(changes).await?;
        session.publish()?;
    }
    note.end(&session.recorded())?;
    failure.map_or(Ok(()), Err)
}

/// Creates the files in their order. Stops at the first failure, with all that was created before it in place and synced.
fn create(repository: &Repository, files: &[NewFile]) -> (Vec<Created>, Option<Error>) {
    let mut new = Vec::with_capacity(files.len());
    for file in files {
        let (path, is_required) = (repository.path_of(&file.path), is_defaults(&file.path));
        new.push(disk::FileToCreate { path, bytes: file.text.as_bytes(), is_required });
    }
    let (created, failure) = disk::create_many(&repository.settings.root, &new);
    (created, failure.map(|CreateError { action, path, source }| Error::File { action, path, source }))
}

/// Leaves out the offers whose files another process created first.
fn leave_out_existing(import: &mut Import, created: &[Created]) {
    let existing: HashSet<usize> = (0..created.len()).filter(|at| created[*at] == Created::Exists).collect();
    let (outside, inside): (Vec<Adoption>, Vec<Adoption>) = std::mem::take(&mut import.adoptions)
        .into_iter()
        .partition(|adoption| matches!(adoption.origin, Origin::Written(file) if existing.contains(&file)));
    import.adoptions = inside;
    for Adoption { record, origin, .. } in outside {
        let Origin::Written(file) = origin else { continue };
        let path = import.files.get(file).map(|file| file.path.clone()).unwrap_or_default();
        let name = record.fields.name().map(Box::from);
        import.left_out.push(LeftOut { offer_id: record.offer_id, name, reason: Reason::FileAppeared(path) });
    }
}
