//! What a shell completes: keys, environments and names. What cannot be read has none.

use std::collections::BTreeSet;
use std::path::Path;

use crate::config;
use crate::offer::{Field, Key};

use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;

/// The keys of the YAML and of the state.
pub(crate) fn keys(repository: &Repository) -> BTreeSet<Key> {
    let desired = read_desired(repository, true, None).map(|desired| desired.set.offers).unwrap_or_default();
    let mut keys: BTreeSet<Key> = desired.into_iter().map(|offer| offer.key).collect();
    if let Ok(recorded) = read_recorded(repository) {
        keys.extend(recorded.recorded().offers.keys().cloned());
    }
    keys
}

/// The names that a configuration gives to the ids of a field.
pub(crate) fn names(repository: &Repository, field: Field) -> Vec<String> {
    repository.settings.names.of(field).map(ToOwned::to_owned).collect()
}

/// The environments of a configuration file.
pub(crate) fn environments(file: &Path) -> Vec<String> {
    let environments = config::load(file, "", &|_| None, None).environments;
    environments.into_iter().map(|environment| environment.name).collect()
}
