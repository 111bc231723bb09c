//! Values of imported offers that are not managed, because YAML cannot hold them or CAKE does not show them.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::import::Import;
use crate::offer::{Field, FieldSet, Key};

use super::{shortened, some_of};
use crate::config::NAME_TABLES;
use crate::words::{count, first_and_more};

/// More ids than this are counted.
const IDS_SHOWN: usize = 10;

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
    let changed: FieldSet = import.updates.iter().map(|update| update.field).filter(|f| f.is_create_only()).collect();
    if !changed.is_empty() {
        notes.push(format!(
            "Create-only for offers that CAKE has: {}. Its API cannot change that. Run `offersync plan` to see what is blocked.",
            names(changed)
        ));
    }
    notes.extend(NAME_TABLES.iter().filter_map(|(field, table)| unnamed(import, *field, table)));
    notes
}

/// The ids that could have a name, those of most offers first.
fn unnamed(import: &Import, field: Field, table: &str) -> Option<String> {
    let ids = import.unnamed_ids.get(&field)?;
    let mut ids: Vec<(u64, usize)> = ids.iter().map(|(id, offers)| (*id, *offers)).collect();
    ids.sort_by_key(|(id, offers)| (std::cmp::Reverse(*offers), *id));
    let shown = first_and_more(ids.iter().map(|(id, offers)| format!("{id} ({})", count(*offers, "offer"))), IDS_SHOWN);
    let how = if field == Field::AdvertiserId {
        "`offersync names pull` makes names of what CAKE calls them.".to_owned()
    } else {
        format!("Names can be given under `[{table}]` in offersync.toml, such as `NAME = {}`.", ids.first()?.0)
    };
    Some(format!("No name is configured for `{field}` {shown}. {how}"))
}

fn names(fields: FieldSet) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}
