//! A key for each imported offer: readable, unique, and the same on every run.
//!
//! In the order of their ids, each offer takes the first of its candidates that is free. Existing YAML under a candidate that is
//! equal to what would be written comes from an interrupted import and is used as it is. Where the note of that import says for which
//! offer it wrote a key, only that offer gets it, whatever its YAML and CAKE say by now.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::imported_offer::{Absent, ImportedOffer};
use super::layout::Layout;
use super::slug::{is_device, slug};
use super::tree::{Tree, is_defaults};
use crate::offer::{DesiredOffer, Field, Key, OfferId, Recorded, SyncSettings};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyAssignment<'a> {
    /// A new file.
    New { key: Key, path: String },
    /// Equal YAML exists.
    Found(&'a DesiredOffer),
    /// An interrupted import wrote this YAML for the offer, and it says something else by now.
    Noted(&'a DesiredOffer),
}

/// Assigns keys, each at most once.
#[derive(Debug)]
pub(super) struct KeyAllocator<'a> {
    tree: Tree<'a>,
    recorded: &'a Recorded,
    layout: Layout,
    paths: HashSet<&'a str>,
    given: HashSet<Key>,
    /// For which offers an interrupted import wrote which keys.
    noted: &'a BTreeMap<OfferId, Key>,
    noted_for: HashMap<&'a Key, OfferId>,
}

impl<'a> KeyAllocator<'a> {
    pub(super) fn new(tree: Tree<'a>, recorded: &'a Recorded, noted: &'a BTreeMap<OfferId, Key>) -> Self {
        let (layout, paths, given) = (Layout::new(tree.names), tree.paths(), HashSet::new());
        let noted_for = noted.iter().map(|(id, key)| (key, *id)).collect();
        Self { tree, recorded, layout, paths, given, noted, noted_for }
    }

    /// The folder of an imported offer, as messages show it.
    pub(super) fn folder(&self, imported: &ImportedOffer) -> String {
        self.tree.path(&self.layout.folder(&imported.fields))
    }

    /// The key that an interrupted import wrote for the offer, or else the first candidate that is free.
    pub(super) fn assign(&mut self, imported: &ImportedOffer) -> KeyAssignment<'a> {
        if let Some(offer) = self.noted_yaml(imported) {
            self.given.insert(offer.key.clone());
            let is_equal = is_equivalent(offer, imported);
            return if is_equal { KeyAssignment::Found(offer) } else { KeyAssignment::Noted(offer) };
        }
        let folder = self.folder(imported);
        let mut candidates = Candidates::of(imported, self.tree);
        loop {
            let key = candidates.next_key();
            let is_anothers = self.noted_for.get(&key).is_some_and(|id| imported.offer_id != Some(*id));
            if is_anothers || self.is_in_use(&key) {
                continue;
            }
            if let Some(assignment) = self.try_assign(imported, &folder, key) {
                return assignment;
            }
        }
    }

    fn is_in_use(&self, key: &Key) -> bool {
        self.recorded.offers.contains_key(key) || self.recorded.in_doubt.contains_key(key)
    }

    /// The YAML that an interrupted import wrote for the offer.
    fn noted_yaml(&self, imported: &ImportedOffer) -> Option<&'a DesiredOffer> {
        let key = self.noted.get(&imported.offer_id?)?;
        self.tree.set.get(key).filter(|_| !self.is_in_use(key) && !self.given.contains(key))
    }

    /// This key, if it is free. The caller checks whether it is recorded.
    pub(super) fn try_assign(&mut self, imported: &ImportedOffer, folder: &str, key: Key) -> Option<KeyAssignment<'a>> {
        if self.given.contains(&key) {
            return None;
        }
        let assignment = match self.tree.set.get(&key) {
            Some(offer) if is_equivalent(offer, imported) => KeyAssignment::Found(offer),
            Some(_) => return None,
            None => {
                let path = format!("{folder}/{key}.yaml");
                // A file of several documents has keys of its own.
                if self.paths.contains(path.as_str()) {
                    return None;
                }
                KeyAssignment::New { key: key.clone(), path }
            }
        };
        self.given.insert(key);
        Some(assignment)
    }
}

/// Whether existing YAML is equal to what would be written.
pub(super) fn is_equivalent(offer: &DesiredOffer, imported: &ImportedOffer) -> bool {
    let ignored = offer.sync.ignore_changes;
    // Missing settings do not contradict; offers from CAKE have none but fields to ignore.
    if imported.absent == Absent::Inherited && imported.sync != SyncSettings::default() && imported.sync != offer.sync {
        return false;
    }
    Field::ALL.into_iter().filter(|field| !ignored.contains(*field)).all(|field| {
        match (offer.fields.get(field), imported.fields.get(field)) {
            (Some(there), Some(wanted)) => there == wanted,
            (None, None) => true,
            (Some(_), None) => imported.absent == Absent::Inherited && is_inherited(offer, field),
            (None, Some(_)) => false,
        }
    })
}

fn is_inherited(offer: &DesiredOffer, field: Field) -> bool {
    is_defaults(offer.place_of(field).file.as_str())
}

/// Candidate keys, the best first; endless.
struct Candidates {
    base: Option<String>,
    vertical: Option<String>,
    id: Option<String>,
    step: usize,
}

impl Candidates {
    fn of(imported: &ImportedOffer, tree: Tree<'_>) -> Self {
        let vertical = imported.fields.get(Field::VerticalId);
        let vertical = vertical.and_then(|id| tree.names.name_of(Field::VerticalId, id)).and_then(slug);
        let id = imported.offer_id.map(|id| id.to_string());
        Self { base: imported.fields.name().and_then(slug), vertical, id, step: 0 }
    }

    fn next_key(&mut self) -> Key {
        loop {
            self.step += 1;
            let text = self.text(self.step);
            // A slug is always a valid key.
            if let Some(key) = text.and_then(|text| Key::new(&text).ok()) {
                return key;
            }
        }
    }

    fn text(&self, step: usize) -> Option<String> {
        let base = self.base.as_deref();
        match (step, base, &self.vertical, &self.id) {
            (1, Some(base), _, _) => (!is_device(base)).then(|| base.to_owned()),
            (2, Some(base), Some(vertical), _) => Some(format!("{base}-{vertical}")),
            (1 | 2, ..) => None,
            (3, _, _, Some(id)) => Some(format!("{}-{id}", base.unwrap_or("offer"))),
            (step, _, _, Some(id)) => Some(format!("{}-{id}-{}", base.unwrap_or("offer"), step - 2)),
            (step, _, _, None) => Some(format!("{}-{}", base.unwrap_or("offer"), step - 1)),
        }
    }
}
