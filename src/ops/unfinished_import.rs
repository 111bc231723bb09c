//! The note of an import that is writing its files: left before the first one, taken back once the offers are recorded.
//!
//! Invariants: while an offer of the note is not recorded, no create is sent, and no import gives it another key than that of its YAML; where
//! another key has it by now, its YAML is not created.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::{Diagnostic, codes};
use crate::import::Import;
use crate::offer::{Key, OfferId, Recorded};
use crate::plan::{Action, Plan};
use crate::state::{Store, UnfinishedImport};
use crate::words::{count, first_and_more};

use super::error::Error;
use super::former_keys::recorded_as_another;
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

/// The note of an interrupted import, with the offers of which the YAML is not recorded yet.
fn left(repository: &Repository, store: &Store, recorded: &Recorded) -> Result<Option<UnfinishedImport>, Error> {
    let unread = |source| Error::file("read the note of an import", &store.import_path(), source);
    let mut import = store.unfinished_import(&repository.cake).map_err(unread)?;
    if let Some(import) = &mut import {
        import.retain_unrecorded(recorded);
    }
    Ok(import.filter(|import| !import.offers.is_empty()))
}

/// The offers that an interrupted import has left without a record, and the keys of their YAML.
pub(super) fn noted(repository: &Repository, recorded: &Recorded) -> Result<BTreeMap<OfferId, Key>, Error> {
    let left = left(repository, &store(repository)?, recorded)?;
    Ok(left.iter().flat_map(|import| import.open(recorded)).map(|(id, key)| (id, key.clone())).collect())
}

/// Writes down which offers the import is about to record, with those that an interrupted one left.
pub(super) fn begin(
    repository: &Repository,
    recorded: &Recorded,
    import: &Import,
    command: String,
) -> Result<Note, Error> {
    let store = store(repository)?;
    let adopted = import.adoptions.iter().map(|adoption| (adoption.key.clone(), adoption.record.offer_id));
    let mut offers: BTreeMap<Key, OfferId> = adopted.collect();
    let cake = repository.cake.clone();
    let mut import = UnfinishedImport { cake, command, notes: Vec::new(), offers: BTreeMap::new() };
    if let Some(left) = left(repository, &store, recorded)? {
        import.notes.clone_from(&left.notes);
        // What the narrower of two imports selects does not complete both.
        let imported: HashSet<OfferId> = offers.values().copied().collect();
        if left.open(recorded).any(|(id, _)| !imported.contains(&id)) {
            import.command = if offers.is_empty() { left.command } else { "offersync import".to_owned() };
        }
        for (key, id) in left.offers {
            offers.entry(key).or_insert(id);
        }
    }
    import.offers = offers;
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
        let path = self.store.import_path();
        self.store.note_import(&self.import).map_err(|source| Error::file("write the note of an import", &path, source))
    }
}

/// Refuses a plan with creates while an interrupted import has found offers in CAKE that are not recorded: any YAML without a record may be
/// theirs, whatever its key and its name are by now. Of an offer that another key has, the YAML that the import wrote is not created.
pub(super) fn refuse(repository: &Repository, recorded: &Recorded, mut plan: Plan) -> Result<Plan, Error> {
    let creates: Vec<_> = plan.actions.iter().filter(|action| action.kind.create().is_some()).collect();
    if creates.is_empty() {
        return Ok(plan);
    }
    let store = store(repository)?;
    let Some(import) = left(repository, &store, recorded)? else { return Ok(plan) };
    let open: Vec<_> = import.open(recorded).collect();
    let problems: Vec<Diagnostic> = if open.is_empty() {
        let twice = |action: &&Action| {
            let id = *import.offers.get(&action.key)?;
            let why = format!("an import that was interrupted wrote its YAML for offer {id}");
            Some(recorded_as_another(codes::import::UNFINISHED, action, &why, recorded.owner_of(id)?))
        };
        creates.iter().filter_map(twice).collect()
    } else {
        let keys: Vec<&Key> = creates.iter().map(|action| &action.key).collect();
        vec![not_recorded(&import, &open, &keys)]
    };
    plan.diagnostics.extend(problems);
    Ok(plan)
}

fn not_recorded(import: &UnfinishedImport, open: &[(OfferId, &Key)], creates: &[&Key]) -> Diagnostic {
    let written = open.iter().map(|(id, key)| format!("offer {id} as `{key}`"));
    let (offers, written) = (count(open.len(), "offer"), first_and_more(written, KEYS_SHOWN));
    let (creates, wait) = (first_and_more(creates, KEYS_SHOWN), if creates.len() == 1 { "waits" } else { "wait" });
    let message = format!(
        "an import was interrupted before it recorded {offers} of CAKE: {written}. What this plan would create may be one of \
         them: {creates} {wait}"
    );
    let help = format!(
        "run the import again: `{}`. It records what is there, writes what is missing, and says what to do about the others. What \
         CAKE does not show any more: `offersync state adopt KEY --offer-id N`. To give the import up, remove its YAML files and {}",
        import.command,
        import.notes.iter().map(|note| note.display().to_string()).collect::<Vec<_>>().join(" and ")
    );
    Diagnostic::error(codes::import::UNFINISHED, message).help(help)
}
