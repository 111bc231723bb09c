//! The import of what CAKE shows: every choice of it, made before anything is written.

use std::collections::{BTreeMap, HashSet};

use crate::cake::ObservedOffer;
use crate::offer::{DesiredOffer, Field, FieldSet, Fields, Key, OfferId, Record, RecordStatus, Recorded};

use super::arrival::{Arrival, Identity};
use super::batch::{Batch, Placed, Sound};
use super::keys::{Keys, Seat};
use super::matching::{Fit, fit};
use super::outcome::{Adoption, Import, LeftOut, Origin, Reason, Unmanaged};
use super::tree::Tree;
use super::writing::managed;

/// What is wished for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// YAML that waits for its offer is recorded to the one offer that fits it.
    pub matching: bool,
    /// Values that the offers of a new folder share go into its `_defaults.yaml`.
    pub defaults: bool,
}

/// Everything that an import depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What CAKE shows, by id, each offer once.
    pub observed: &'a [ObservedOffer],
    /// What is recorded.
    pub recorded: &'a Recorded,
    /// What is there.
    pub tree: Tree<'a>,
    /// What is wished for.
    pub wishes: Wishes,
}

/// Makes every choice of an import.
pub fn import(inputs: Inputs<'_>) -> Import {
    let mut draft = Draft { inputs, import: Import::default() };
    let arrivals = draft.arrivals();
    let seated = draft.seat(arrivals);
    draft.write(seated);
    let mut import = draft.import;
    import.unknown = never_shown(inputs.observed);
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

/// An arrival and the offer that it was made of.
type Coming<'a> = (&'a ObservedOffer, Arrival);

/// An arrival that gets a file of its own, and the offer that it was made of.
struct Seated<'a> {
    observed: &'a ObservedOffer,
    placed: Placed,
}

struct Draft<'a> {
    inputs: Inputs<'a>,
    import: Import,
}

impl<'a> Draft<'a> {
    fn leave_out(&mut self, observed: &ObservedOffer, reason: Reason) {
        let name = observed.fields.name().map(Box::from);
        self.import.left_out.push(LeftOut { offer_id: observed.offer_id, name, reason });
    }

    /// The offers that nobody has recorded and that can be written down.
    fn arrivals(&mut self) -> Vec<Coming<'a>> {
        let recorded = self.inputs.recorded;
        let owned: HashSet<OfferId> = recorded
            .offers
            .values()
            .flat_map(|record| std::iter::once(record.offer_id).chain(record.replaced.iter().map(|old| old.offer_id)))
            .collect();
        let doubts: BTreeMap<&str, (&Key, Identity<'_>)> = recorded
            .in_doubt
            .iter()
            .filter_map(|(key, doubt)| {
                let identity = Identity::of(doubt.offer.fields());
                Some((identity.name?, (key, identity)))
            })
            .collect();
        let mut arrivals = Vec::with_capacity(self.inputs.observed.len());
        for observed in self.inputs.observed {
            if owned.contains(&observed.offer_id) {
                self.import.skipped += 1;
                continue;
            }
            match Arrival::observed(observed) {
                Err(reason) => self.leave_out(observed, reason),
                Ok(arrival) => {
                    let identity = arrival.identity();
                    let doubt = identity.name.and_then(|name| doubts.get(name)).filter(|(_, made)| *made == identity);
                    match doubt {
                        Some((key, _)) => self.leave_out(observed, Reason::MaybeCreated((*key).clone())),
                        None => arrivals.push((observed, arrival)),
                    }
                }
            }
        }
        arrivals
    }

    /// Gives each arrival its place: YAML that is there already, YAML that waits for it, or a file of its own.
    fn seat(&mut self, arrivals: Vec<Coming<'a>>) -> Vec<Seated<'a>> {
        let tree = self.inputs.tree;
        let mut keys = Keys::new(tree, self.inputs.recorded);
        let (mut found, mut new) = (HashSet::new(), Vec::new());
        for (observed, arrival) in arrivals {
            match keys.seat(&arrival) {
                Seat::Found(offer) => {
                    found.insert(&offer.key);
                    self.adopt_found(observed, &arrival, offer);
                }
                Seat::New { key, path } => {
                    let folder = keys.folder(&arrival);
                    new.push(Seated { observed, placed: Placed { arrival, folder, key, path } });
                }
            }
        }
        let recorded = self.inputs.recorded;
        let waits = |offer: &&DesiredOffer| {
            let known = |key: &Key| recorded.offers.contains_key(key) || recorded.in_doubt.contains_key(key);
            !known(&offer.key) && !offer.sync.renamed_from.as_ref().is_some_and(known) && !found.contains(&offer.key)
        };
        let waiting: Vec<&DesiredOffer> = tree.set.offers.iter().filter(waits).collect();
        let arrivals: Vec<&Arrival> = new.iter().map(|seated| &seated.placed.arrival).collect();
        let fits = fit(&waiting, &arrivals, self.inputs.wishes.matching);
        let mut seated = Vec::with_capacity(new.len());
        for (coming, fit) in new.into_iter().zip(fits) {
            match fit {
                Fit::Free => seated.push(coming),
                Fit::Match(offer) => self.adopt_match(coming.observed, &coming.placed.arrival, offer),
                Fit::Blocked(reason) => self.leave_out(coming.observed, reason),
            }
        }
        seated
    }

    fn adopt_found(&mut self, observed: &ObservedOffer, arrival: &Arrival, offer: &DesiredOffer) {
        match managed(arrival, offer) {
            Ok(fields) => self.adopt(observed, offer, fields, Origin::Found),
            Err(field) => self.leave_out(observed, Reason::NotTheSame(field)),
        }
    }

    /// What the YAML manages is recorded as CAKE shows it, so that the next plan shows the real differences. A create-only
    /// value that the listing does not show cannot be compared, sent or changed by anybody: it is taken as the YAML has it,
    /// and that is said. A value of the other kind stays unknown, and the next plan sends it.
    fn adopt_match(&mut self, observed: &ObservedOffer, arrival: &Arrival, offer: &DesiredOffer) {
        let mut fields = Fields::default();
        for (field, wanted) in offer.managed() {
            match arrival.fields.get(field) {
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
        for member in observed.unreadable.iter().filter(|_| origin != Origin::Matched) {
            let (text, reason) = (member.text.clone(), member.reason.clone());
            self.import.unmanaged.push(Unmanaged { key: key.clone(), field: member.field, text, reason });
        }
        let record = Record {
            offer_id: observed.offer_id,
            status: RecordStatus::Live,
            fields,
            protect: offer.sync.protect,
            replaced: Vec::new(),
        };
        self.import.adoptions.push(Adoption { key: key.clone(), record, origin });
    }

    /// The texts of new files, read back; what does not come back as it went in stays outside.
    fn write(&mut self, mut seated: Vec<Seated<'a>>) {
        seated.sort_by(|a, b| a.placed.path.cmp(&b.placed.path));
        let (observed, placed): (Vec<_>, Vec<_>) = seated.into_iter().map(|s| (s.observed, s.placed)).unzip();
        let Batch { files, offers, ignored, warnings } =
            Batch::new(self.inputs.tree, &placed, self.inputs.wishes.defaults);
        for (observed, sound) in observed.into_iter().zip(offers) {
            match sound {
                Err(field) => self.leave_out(observed, Reason::NotTheSame(field)),
                Ok(Sound { file, offer, managed }) => self.adopt(observed, &offer, managed, Origin::Written(file)),
            }
        }
        (self.import.files, self.import.ignored, self.import.warnings) = (files, ignored, warnings);
    }
}
