//! Plans the import of what CAKE shows. Every choice is made here, before anything is written.

use std::collections::{BTreeMap, HashSet};

use crate::cake::{ObservedOffer, Unreadable};
use crate::offer::{
    DesiredOffer, DesiredSet, Field, FieldSet, Fields, Key, NameIndex, NameMatch, OfferId, Record, RecordStatus,
    Recorded,
};

use super::batch::{Batch, Placed, ValidatedOffer};
use super::imported_offer::ImportedOffer;
use super::keys::{KeyAllocator, KeyAssignment};
use super::matching::{MatchResult, match_offers};
use super::outcome::{Adoption, Import, LeftOut, Origin, Reason, Unmanaged};
use super::tree::Tree;
use super::unnamed_ids::unnamed_ids;
use super::writing::managed;

/// What to do beyond importing each offer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Record existing YAML to the one offer that has its name, advertiser and vertical.
    pub matching: bool,
    /// Put values that the offers of a new folder share into its `_defaults.yaml`.
    pub defaults: bool,
}

/// Everything that an import depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What CAKE shows, by id, each offer once.
    pub observed: &'a [ObservedOffer],
    /// What is recorded.
    pub recorded: &'a Recorded,
    /// The offers that an interrupted import has left without a record, and the keys of their YAML.
    pub noted: &'a BTreeMap<OfferId, Key>,
    /// The existing tree.
    pub tree: Tree<'a>,
    /// What to do beyond importing each offer.
    pub options: ImportOptions,
}

/// Plans an import.
pub fn import(inputs: Inputs<'_>) -> Import {
    let mut draft = ImportDraft { inputs, import: Import::default() };
    let imported_offers = draft.imported_offers();
    let placed = draft.assign_keys(imported_offers);
    draft.write(placed);
    let mut import = draft.import;
    import.unknown = never_shown(inputs.observed);
    import.unnamed_ids = unnamed_ids(&import.adoptions, inputs.tree.names);
    import.adoptions.sort_by(|a, b| a.key.cmp(&b.key));
    import.left_out.sort_by_key(|left_out| left_out.offer_id);
    import.unmanaged.sort_by(|a, b| (&a.key, a.field).cmp(&(&b.key, b.field)));
    import
}

fn never_shown(observed: &[ObservedOffer]) -> FieldSet {
    if observed.is_empty() {
        return FieldSet::default();
    }
    Field::ALL.into_iter().filter(|field| !observed.iter().any(|offer| offer.shows(*field))).collect()
}

/// The recorded keys by name and advertiser, as they are recorded and as their YAML has them. A new offer with those of a key is often
/// the key's own, whose record is lost: with a key of its own, the next apply would make another one for the first key.
fn recorded_names<'a>(recorded: &'a Recorded, desired: &'a DesiredSet) -> NameIndex<(&'a Key, OfferId)> {
    let mut names = NameIndex::default();
    for (key, record) in &recorded.offers {
        names.insert(&record.fields, (key, record.offer_id));
    }
    for offer in &desired.offers {
        let record = recorded.offers.get(&offer.key).or_else(|| recorded.offers.get(offer.sync.renamed_from.as_ref()?));
        if let Some(record) = record {
            names.insert(&offer.fields, (&offer.key, record.offer_id));
        }
    }
    names
}

/// An imported offer with what CAKE shows of it.
type Incoming<'a> = (&'a ObservedOffer, ImportedOffer);

/// An imported offer with its new file, and what CAKE shows of it.
struct PlacedObserved<'a> {
    observed: &'a ObservedOffer,
    placed: Placed,
}

struct ImportDraft<'a> {
    inputs: Inputs<'a>,
    import: Import,
}

impl<'a> ImportDraft<'a> {
    fn leave_out(&mut self, observed: &ObservedOffer, reason: Reason) {
        let name = observed.fields.name().map(Box::from);
        self.import.left_out.push(LeftOut { offer_id: observed.offer_id, name, reason });
    }

    /// The offers without a record that YAML can hold.
    fn imported_offers(&mut self) -> Vec<Incoming<'a>> {
        let recorded = self.inputs.recorded;
        let owned: HashSet<OfferId> = recorded.offer_ids().collect();
        let mut imported_offers = Vec::with_capacity(self.inputs.observed.len());
        for observed in self.inputs.observed {
            if owned.contains(&observed.offer_id) {
                self.import.skipped += 1;
                continue;
            }
            let created_for = recorded.may_be_created_for(observed.offer_id, &observed.fields);
            match (ImportedOffer::observed(observed), created_for) {
                (Err(reason), _) => self.leave_out(observed, reason),
                // CAKE may store a name otherwise than it was sent, so whatever is newer waits.
                (Ok(_), Some(key)) => self.leave_out(observed, Reason::InDoubt(key.clone())),
                (Ok(imported), None) => imported_offers.push((observed, imported)),
            }
        }
        imported_offers
    }

    /// Assigns a key to each imported offer: of equal YAML, of matched YAML, or of a new file.
    fn assign_keys(&mut self, imported_offers: Vec<Incoming<'a>>) -> Vec<PlacedObserved<'a>> {
        let tree = self.inputs.tree;
        let mut keys = KeyAllocator::new(tree, self.inputs.recorded, self.inputs.noted);
        let (mut found, mut new) = (HashSet::new(), Vec::new());
        for (observed, imported) in imported_offers {
            match keys.assign(&imported) {
                KeyAssignment::Found(offer) => {
                    found.insert(&offer.key);
                    self.adopt_found(observed, &imported, offer);
                }
                KeyAssignment::Noted(offer) => {
                    let differs = imported.identity().differing(offer);
                    if differs.is_empty() {
                        found.insert(&offer.key);
                        self.adopt_match(observed, &imported, offer);
                    } else {
                        self.leave_out(observed, Reason::WrittenFor { key: offer.key.clone(), differs });
                    }
                }
                KeyAssignment::New { key, path } => {
                    let folder = keys.folder(&imported);
                    new.push(PlacedObserved { observed, placed: Placed { imported, folder, key, path } });
                }
            }
        }
        let recorded = self.inputs.recorded;
        let waits = |offer: &&DesiredOffer| {
            let known = |key: &Key| recorded.offers.contains_key(key) || recorded.in_doubt.contains_key(key);
            !known(&offer.key) && !offer.sync.renamed_from.as_ref().is_some_and(known) && !found.contains(&offer.key)
        };
        let waiting: Vec<&DesiredOffer> = tree.set.offers.iter().filter(waits).collect();
        let imported_offers: Vec<&ImportedOffer> = new.iter().map(|placed| &placed.placed.imported).collect();
        let reserved: HashSet<&Key> = self.inputs.noted.values().collect();
        let results = match_offers(&waiting, &imported_offers, &reserved, self.inputs.options.matching);
        let names = recorded_names(recorded, tree.set);
        let mut placed = Vec::with_capacity(new.len());
        for (incoming, result) in new.into_iter().zip(results) {
            match result {
                MatchResult::Free => match names.find(&incoming.placed.imported.fields) {
                    Some(NameMatch { offer: (key, offer_id), .. }) => {
                        self.leave_out(incoming.observed, Reason::RecordedName { key: key.clone(), offer_id });
                    }
                    None => placed.push(incoming),
                },
                MatchResult::Match(offer) => self.adopt_match(incoming.observed, &incoming.placed.imported, offer),
                MatchResult::Blocked(reason) => self.leave_out(incoming.observed, reason),
            }
        }
        placed
    }

    fn adopt_found(&mut self, observed: &ObservedOffer, imported: &ImportedOffer, offer: &DesiredOffer) {
        match managed(imported, offer) {
            Ok(fields) => self.adopt(observed, offer, fields, Origin::Found),
            Err(field) => self.leave_out(observed, Reason::NotRoundTripped(field)),
        }
    }

    /// What the YAML manages is recorded as CAKE shows it, so that the next plan shows the real differences. A create-only
    /// value that the listing does not show cannot be compared, sent or changed: it is recorded as the YAML has it,
    /// which is reported. Other unknown values are not recorded, so the next plan sends them.
    fn adopt_match(&mut self, observed: &ObservedOffer, imported: &ImportedOffer, offer: &DesiredOffer) {
        let mut fields = Fields::default();
        for (field, wanted) in offer.managed() {
            match imported.fields.get(field) {
                Some(known) => {
                    fields.set(field, known.clone());
                }
                None if field.is_create_only() && !observed.shows(field) => {
                    fields.set(field, wanted.clone());
                    self.import.trusted.insert(field);
                }
                None => {}
            }
        }
        self.adopt(observed, offer, fields, Origin::Matched);
    }

    fn adopt(&mut self, observed: &ObservedOffer, offer: &DesiredOffer, fields: Fields, origin: Origin) {
        let key = &offer.key;
        let is_known =
            |member: &Unreadable| member.field == Field::OfferStatus && observed.status_by_another_word().is_some();
        let unreadable = observed.unreadable.iter().filter(|member| !is_known(member));
        for member in unreadable.filter(|_| origin != Origin::Matched) {
            let (text, reason) = (member.text.clone(), member.reason.clone());
            self.import.unmanaged.push(Unmanaged { key: key.clone(), field: member.field, text, reason });
        }
        let record = Record {
            offer_id: observed.offer_id,
            status: RecordStatus::Live,
            status_word: observed.word_without_status(&fields),
            fields,
            protect: offer.sync.protect,
            replaced: Vec::new(),
            unsettled: None,
        };
        self.import.adoptions.push(Adoption { key: key.clone(), record, origin });
    }

    /// Writes the texts of new files and reads them back; an offer whose values differ then is left out.
    fn write(&mut self, mut placed: Vec<PlacedObserved<'a>>) {
        placed.sort_by(|a, b| a.placed.path.cmp(&b.placed.path));
        let (observed, placed): (Vec<_>, Vec<_>) = placed.into_iter().map(|s| (s.observed, s.placed)).unzip();
        let Batch { files, offers, ignored, warnings } =
            Batch::new(self.inputs.tree, &placed, self.inputs.options.defaults);
        for (observed, validated) in observed.into_iter().zip(offers) {
            match validated {
                Err(field) => self.leave_out(observed, Reason::NotRoundTripped(field)),
                Ok(ValidatedOffer { file, offer, managed }) => {
                    self.adopt(observed, &offer, managed, Origin::Written(file));
                }
            }
        }
        (self.import.files, self.import.ignored, self.import.warnings) = (files, ignored, warnings);
    }
}
