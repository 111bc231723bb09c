//! How records and changes of the state are printed.

use std::fmt::Write as _;

use crate::offer::{Key, Record, RecordStatus, Recorded};
use crate::ops::state::{AcceptedField, StateEdited};
use crate::words::count;

pub(super) fn as_json(key: &Key, record: &Record) -> serde_json::Value {
    let Record { offer_id, status, fields, protect, replaced, unsettled: _ } = record;
    serde_json::json!({
        "key": key, "offer_id": offer_id, "status": status, "protect": protect, "fields": fields, "replaced": replaced
    })
}

pub(super) fn as_text(recorded: &Recorded) -> String {
    let width = recorded.offers.keys().map(|key| key.as_str().len()).max().unwrap_or_default();
    let mut text = String::new();
    for (key, record) in &recorded.offers {
        let status = match record.status {
            RecordStatus::Live => "live",
            RecordStatus::Retired => "retired",
        };
        let protect = if record.protect { "  protected" } else { "" };
        let name = record.fields.name().unwrap_or_default();
        let _ = writeln!(text, "{key:width$}  {:>8}  {status:7}  {name:?}{protect}", record.offer_id);
    }
    for key in recorded.in_doubt.keys() {
        let _ = writeln!(text, "{key:width$}  {:>8}  a create is in doubt", "?");
    }
    let _ = writeln!(text, "{} recorded, {} in doubt.", count(recorded.offers.len(), "offer"), recorded.in_doubt.len());
    text
}

pub(super) fn message(edited: &StateEdited, dry_run: bool) -> String {
    let text = match edited {
        StateEdited::Accepted { key, changes, .. } if changes.is_empty() => {
            return format!("No change: every create-only value of `{key}` is recorded already.\n");
        }
        StateEdited::Accepted { key, offer_id, changes } => {
            let lines = changes.iter().map(accepted).collect::<Vec<_>>().concat();
            format!("recorded for `{key}` (offer {offer_id}), without a look in CAKE:{lines}")
        }
        StateEdited::Renamed { from, to, offer_id } => format!("`{from}` (offer {offer_id}) is recorded as `{to}`"),
        StateEdited::Forgotten { key, offer_id } => {
            format!("`{key}` is no longer recorded; offer {offer_id} stays in CAKE as it is")
        }
        StateEdited::ResolvedCreated { key, offer_id } => format!("`{key}` was created as offer {offer_id}"),
        StateEdited::ResolvedNotCreated { key } => {
            format!("`{key}` was not created; the next apply creates it")
        }
    };
    format!("{}: {text}\n", if dry_run { "Would change" } else { "Changed" })
}

fn accepted(AcceptedField { field, before, after }: &AcceptedField) -> String {
    let before = before.as_ref().map_or_else(|| "nothing".to_owned(), |value| format!("{:?}", value.to_string()));
    format!("\n  {field}: {before} → {:?}", after.to_string())
}
