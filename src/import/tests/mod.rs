//! Where offers are written, which YAML they match, and property tests for every CAKE.

mod choices;
mod laws;
mod matches;
mod sheets;

use std::collections::BTreeMap;

use super::{Import, ImportOptions, Inputs, Origin, Tree, import, is_defaults};
use crate::cake::{ObservedOffer, Unreadable};
use crate::config::Names;
use crate::desired::{ReadOptions, Reading, from_texts};
use crate::diagnostic::{TextForm, render_all};
use crate::offer::{Field, Fields, Key, OfferId, Recorded, RemovedAction};
use crate::plan::{self, Plan, Selection, StateBinding};

/// Names as a configuration would have them; two advertisers have names that make one slug.
fn names() -> Names {
    let mut names = Names::default();
    for (field, name, id) in [
        (Field::AdvertiserId, "acme-home", "101"),
        (Field::AdvertiserId, "Twin Peaks", "102"),
        (Field::AdvertiserId, "twin_peaks", "103"),
        (Field::VerticalId, "home-services", "7"),
        (Field::CurrencyId, "USD", "1"),
    ] {
        names.insert(field, name, field.parse(id).ok());
    }
    names
}

/// The tree and the state of a test.
#[derive(Debug, Clone, Default)]
struct Place {
    files: Vec<(String, Vec<u8>)>,
    recorded: Recorded,
    noted: BTreeMap<OfferId, Key>,
}

impl Place {
    fn with(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.as_bytes().to_vec()));
        self
    }

    fn reading(&self) -> Reading {
        let reading =
            from_texts(self.files.clone(), &names(), ReadOptions { allow_empty: true, ..ReadOptions::default() });
        assert!(!reading.has_errors(), "{}", render_all(&reading.diagnostics, TextForm::default()));
        reading
    }

    /// What an import would do.
    fn choose(&self, observed: &[ObservedOffer], options: ImportOptions) -> Import {
        let (set, names) = (self.reading().set, names());
        let defaults: Vec<_> = self.files.iter().filter(|(path, _)| is_defaults(path)).cloned().collect();
        let tree = Tree { set: &set, defaults: &defaults, folder: "offers", names: &names };
        import(Inputs { observed, recorded: &self.recorded, noted: &self.noted, tree, options })
    }

    /// The same place with the files of an import.
    fn with_files(mut self, import: &Import) -> Self {
        self.files.extend(import.files.iter().map(|file| (file.path.clone(), file.text.clone().into_bytes())));
        self
    }

    /// The same place after an import.
    fn after(self, import: &Import) -> Self {
        let mut place = self.with_files(import);
        for adoption in &import.adoptions {
            let known = place.recorded.offers.insert(adoption.key.clone(), adoption.record.clone());
            assert!(known.is_none(), "{} is recorded twice", adoption.key);
        }
        place
    }

    fn plan(&self) -> Plan {
        let set = self.reading().set;
        let names = plan::check(&set, &self.recorded, &Selection::default());
        assert!(
            !names.iter().any(crate::diagnostic::Diagnostic::is_error),
            "{}",
            render_all(&names, TextForm::default())
        );
        plan::plan(plan::PlanInputs {
            at: jiff::Timestamp::UNIX_EPOCH,
            desired: &set,
            recorded: &self.recorded,
            removed: RemovedAction::Retire,
            selection: &Selection::default(),
            cake: "https://cake.example",
            environment: "production",
            state: StateBinding::default(),
            settings_digest: "",
        })
    }
}

fn id(number: u64) -> OfferId {
    OfferId::new(number).unwrap()
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// An offer that CAKE shows with these members besides those that every offer has.
fn offer(number: u64, name: &str, members: &[(Field, &str)]) -> ObservedOffer {
    let mut all = vec![
        (Field::OfferName, name),
        (Field::AdvertiserId, "101"),
        (Field::VerticalId, "7"),
        (Field::OfferUrl, "https://track.example/{offer_id}"),
        (Field::OfferStatus, "active"),
    ];
    all.extend_from_slice(members);
    let (mut fields, mut unreadable) = (Fields::default(), Vec::new());
    for (field, text) in all {
        fields.remove(field);
        unreadable.retain(|member: &Unreadable| member.field != field);
        match field.parse(text) {
            Ok(value) => drop(fields.set(field, value)),
            // An empty text means that the member is not shown.
            Err(_) if text.is_empty() => {}
            Err(error) => {
                unreadable.push(Unreadable { field, text: text.into(), reason: error.to_string().into() });
            }
        }
    }
    ObservedOffer { offer_id: id(number), fields, unreadable: unreadable.into(), status_word: None, has_no_date: false }
}

/// Paths of new files, and keys and ids of adopted offers.
fn paths(import: &Import) -> Vec<&str> {
    import.files.iter().map(|file| file.path.as_str()).collect()
}

fn text<'a>(import: &'a Import, path: &str) -> &'a str {
    &import.files.iter().find(|file| file.path == path).unwrap().text
}
