//! The folder of an offer: one for each advertiser, with its configured name, else `advertiser-101`.

use std::collections::HashMap;

use super::slug::{is_device, slug};
use crate::config::{NameLookup, Names};
use crate::offer::{Field, Fields, Value};

/// The folders of advertisers. They depend on nothing but the configuration, so every run finds the same.
#[derive(Debug)]
pub(super) struct Layout {
    by_advertiser: HashMap<Value, String>,
}

impl Layout {
    pub(super) fn new(names: &Names) -> Self {
        let mut ids: Vec<(String, Value)> = Vec::new();
        for name in names.of(Field::AdvertiserId) {
            if let NameLookup::Value(id) = names.find(Field::AdvertiserId, name)
                && names.name_of(Field::AdvertiserId, &id) == Some(name)
                && let Some(slug) = slug(name).filter(|slug| !is_device(slug))
            {
                ids.push((slug, id));
            }
        }
        let mut users: HashMap<&str, usize> = HashMap::new();
        for (slug, _) in &ids {
            *users.entry(slug).or_default() += 1;
        }
        // `Acme Home` and `acme_home` would share a folder; so both get their id appended.
        let folder =
            |slug: &str, id: &Value| if users.get(slug) == Some(&1) { slug.to_owned() } else { format!("{slug}-{id}") };
        let by_advertiser = ids.iter().map(|(slug, id)| (id.clone(), folder(slug, id))).collect();
        Self { by_advertiser }
    }

    /// The folder of an offer, below the folder of all offers.
    pub(super) fn folder(&self, fields: &Fields) -> String {
        match fields.get(Field::AdvertiserId) {
            Some(id) => self.by_advertiser.get(id).cloned().unwrap_or_else(|| format!("advertiser-{id}")),
            None => "without-advertiser".to_owned(),
        }
    }
}
