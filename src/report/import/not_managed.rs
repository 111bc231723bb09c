//! Values of imported offers that are not managed, because YAML cannot hold them or CAKE does not show them.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::import::Import;
use crate::offer::{Field, FieldSet, Key};

use super::{shortened, some_of};

/// One message for all offers with the same value.
pub(super) fn problems(import: &Import) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(Field, &str, &str), Vec<&Key>> = BTreeMap::new();
    for value in &import.unmanaged {
        groups.entry((value.field, &value.text, &value.reason)).or_default().push(&value.key);
    }
    let message = |((field, text, reason), keys): ((Field, &str, &str), Vec<&Key>)| {
        let named = some_of(&keys, |key| format!("`{key}`"));
        let message = format!("`{field}` is `{}` in CAKE for {named} ({reason}): it is not managed", shortened(text));
        let help = if field == Field::OfferStatus {
            "its YAML leaves the status to CAKE (`ignore_changes: [offer_status]`). To manage it, add `offer_status: inactive` to the YAML and \
             take `offer_status` off that list; without an `offer_status`, the offer would become active"
        } else {
            "the YAML leaves it out; to manage it, write a value"
        };
        Diagnostic::warning(codes::import::NOT_MANAGED, message).help(help)
    };
    groups.into_iter().map(message).collect()
}

/// Fields that the listing does not show, and what that means.
pub(crate) fn notes(import: &Import) -> Vec<String> {
    let mut notes = Vec::new();
    if !import.unknown.is_empty() && !import.adoptions.is_empty() {
        notes.push(format!(
            "CAKE's listing does not show {}: these values are unknown, so they are neither written nor managed.",
            names(import.unknown)
        ));
    }
    if !import.ignored.is_empty() {
        notes.push(format!(
            "{} would be inherited from _defaults.yaml, but CAKE does not show what the offers have: their YAML has it in \
             `ignore_changes`.",
            names(import.ignored)
        ));
    }
    if !import.trusted.is_empty() {
        notes.push(format!(
            "{} of matched offers was not verified: CAKE's listing does not show it, and no update can change it, so the \
             YAML's value was recorded.",
            names(import.trusted)
        ));
    }
    notes
}

fn names(fields: FieldSet) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}
