//! The note of an import that is writing its files: left before the first one, taken back once the offers are recorded.
//!
//! Invariant: while an offer of the note is not recorded, no plan with a create that may be of it is carried out.

use crate::diagnostic::{Diagnostic, codes};
use crate::import::Import;
use crate::offer::Recorded;
use crate::plan::Plan;
use crate::state::{Store, UnfinishedImport, UnfinishedOffer};
use crate::words::{count, first_and_more};

use super::error::Error;
use super::repository::Repository;
use super::store::store;

/// More keys than this are counted.
const KEYS_SHOWN: usize = 5;

/// A note that was written.
#[must_use]
pub(super) struct Note {
    store: Store,
    import: UnfinishedImport,
}

/// Writes down which offers the import is about to record, with those that an interrupted one left.
pub(super) fn begin(
    repository: &Repository,
    recorded: &Recorded,
    import: &Import,
    command: String,
) -> Result<Note, Error> {
    let store = store(repository)?;
    // One that cannot be read is replaced: this import sees the offers itself.
    let left = store.unfinished_import().ok().flatten();
    let offers = import.adoptions.iter().map(|adoption| {
        let name = adoption.record.fields.name().map(str::to_owned);
        (adoption.record.offer_id, UnfinishedOffer { key: adoption.key.clone(), name })
    });
    let offers = left.into_iter().flat_map(|left| left.offers).chain(offers).collect();
    let mut import = UnfinishedImport { command, offers };
    import.retain_unrecorded(recorded);
    let note = Note { store, import };
    note.write()?;
    Ok(note)
}

impl Note {
    /// Takes out what is recorded by now.
    pub(super) fn end(mut self, recorded: &Recorded) -> Result<(), Error> {
        self.import.retain_unrecorded(recorded);
        self.write()
    }

    fn write(&self) -> Result<(), Error> {
        let path = self.store.path();
        self.store.note_import(&self.import).map_err(|source| Error::file("note the import beside", path, source))
    }
}

/// Refuses a plan with creates of offers that an interrupted import has found in CAKE.
pub(super) fn refuse(repository: &Repository, recorded: &Recorded, mut plan: Plan) -> Result<Plan, Error> {
    let creates: Vec<_> = plan.actions.iter().filter_map(|action| Some((&action.key, action.kind.create()?))).collect();
    if creates.is_empty() {
        return Ok(plan);
    }
    let store = store(repository)?;
    let read =
        store.unfinished_import().map_err(|source| Error::file("read the import's note beside", store.path(), source));
    let Some(mut import) = read? else { return Ok(plan) };
    import.retain_unrecorded(recorded);
    let keys: Vec<_> =
        creates.iter().filter(|(key, create)| import.may_have(key, create)).map(|(key, _)| key).collect();
    if keys.is_empty() {
        return Ok(plan);
    }
    let (offers, shown) = (count(keys.len(), "offer"), first_and_more(&keys, KEYS_SHOWN));
    let message = format!("an import was interrupted before it recorded {offers} that this plan would create: {shown}");
    let help = format!(
        "CAKE has them already. Run the import again: `{}`. It records what is there and writes what is missing. Files that you do \
         not want can be removed",
        import.command
    );
    plan.diagnostics.push(Diagnostic::error(codes::import::UNFINISHED, message).help(help));
    Ok(plan)
}
