//! How changes of the state are printed.

use crate::offer::{Field, Replaced};
use crate::ops::moving::StateStatus;
use crate::ops::state::{AcceptedField, Identified, ShownField, StateEdited, Unseen};
use crate::words::count;

fn names(fields: impl IntoIterator<Item = Field>) -> String {
    fields.into_iter().map(Field::name).collect::<Vec<_>>().join(", ")
}

pub(super) fn message(edited: &StateEdited, dry_run: bool) -> String {
    let text = match edited {
        StateEdited::Accepted { key, changes, .. } if changes.is_empty() => {
            return format!("No change: every create-only value of `{key}` is recorded already.\n");
        }
        StateEdited::Accepted { key, offer_id, changes, unseen } => {
            let lines = changes.iter().map(accepted).collect::<Vec<_>>().concat();
            let rest = unseen.as_ref().map(|unseen| format!("\n  {}", not_compared(unseen))).unwrap_or_default();
            format!("recorded for `{key}` (offer {offer_id}):{lines}{rest}")
        }
        StateEdited::Renamed { from, to, offer_id } => format!("`{from}` (offer {offer_id}) is recorded as `{to}`"),
        StateEdited::Forgotten { key, offer_id } => {
            format!("`{key}` is no longer recorded; offer {offer_id} stays in CAKE as it is")
        }
        StateEdited::ReplacedForgotten { key, offer_id, unseen } => {
            let rest = unseen.as_ref().map(|unseen| format!("\n  {}", not_compared(unseen))).unwrap_or_default();
            format!("offer {offer_id} is no longer recorded as replaced by `{key}`; in CAKE it stays as it is{rest}")
        }
        StateEdited::Identified(identified) => recorded_offer(identified),
        StateEdited::NotDone { key, unseen, .. } => {
            let rest = unseen.as_ref().map(|unseen| format!("\n  {}", not_compared(unseen))).unwrap_or_default();
            format!("no update of `{key}` waits in CAKE any more; the next plan has what CAKE has not confirmed{rest}")
        }
        StateEdited::ResolvedNotCreated { key, unseen } => {
            let rest = unseen.as_ref().map(|unseen| format!("\n  {}", not_compared(unseen))).unwrap_or_default();
            format!("`{key}` was not created; the next apply creates it{rest}")
        }
    };
    format!("{}: {text}\n", if dry_run { "Would change" } else { "Changed" })
}

/// Where the state lives, line by line.
pub(super) fn status_text(status: &StateStatus) -> String {
    let StateStatus { home, reference, epoch, holder, written, lineage, offers, in_doubt, journal_entries } = status;
    let mut rows = vec![("state", home.clone())];
    let kind = |reference: &str| if reference.starts_with("refs/") { "ref" } else { "object" };
    rows.extend(reference.iter().map(|reference| (kind(reference), reference.clone())));
    if let Some(epoch) = epoch {
        let claim = holder.as_ref().map_or_else(|| "open".to_owned(), ToString::to_string);
        rows.push(("claim", format!("{claim} (epoch {epoch})")));
    }
    rows.extend(
        written.iter().map(|written| ("written", format!("{written}, by the clock of the machine that wrote it"))),
    );
    rows.push(("lineage", lineage.clone().unwrap_or_else(|| "none yet".to_owned())));
    rows.push(("offers", offers.to_string()));
    rows.push(("in doubt", in_doubt.to_string()));
    rows.push(("journal", count(*journal_entries, "line")));
    rows.iter().fold(String::new(), |text, (name, value)| text + &format!("{name:<9} {value}\n"))
}

fn not_compared(unseen: &Unseen) -> String {
    format!("not compared with CAKE: {unseen}")
}

fn accepted(AcceptedField { field, before, after }: &AcceptedField) -> String {
    let before = before.as_ref().map_or_else(|| "nothing".to_owned(), |value| format!("{:?}", value.to_string()));
    format!("\n  {field}: {before} → {:?}", after.to_string())
}

fn recorded_offer(found: &Identified) -> String {
    let Identified { key, offer_id, is_adopted, differences, unknown, unsettled, not_verified, .. } = found;
    let (head, wanted, as_before) = match is_adopted {
        true => (format!("`{key}` is recorded as offer {offer_id}"), "the YAML", "as in the YAML"),
        false => (format!("`{key}` was created as offer {offer_id}"), "sent", "as sent"),
    };
    let mut lines = vec![head];
    lines.extend(found.unseen.as_ref().map(not_compared));
    let shown = |ShownField { field, wanted: value, shown }: &ShownField| {
        format!("{field}: CAKE has {:?}, {wanted} {:?}", shown.to_string(), value.to_string())
    };
    lines.extend(differences.iter().map(shown));
    if !unknown.is_empty() {
        lines.push(format!("unknown, because CAKE does not show them readably: {}", names(unknown.iter().copied())));
    }
    if !unsettled.is_empty() {
        lines.push(format!(
            "unknown, because an update without a reply may still change them: {}",
            names(unsettled.iter())
        ));
    }
    if !not_verified.is_empty() {
        lines.push(format!("not shown by CAKE, recorded {as_before}: {}", names(not_verified.iter().copied())));
    }
    if let Some(Replaced { offer_id, inactive, .. }) = &found.replaces {
        let rest = if *inactive { "" } else { ", which the next apply makes inactive" };
        lines.push(format!("it replaces offer {offer_id}{rest}"));
    }
    if *is_adopted && found.resolves_doubt {
        lines.push("its create is no longer in doubt".to_owned());
    }
    format!("{}\nRun `offersync plan` to see what is left to do.", lines.join("\n  "))
}
