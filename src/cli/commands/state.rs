//! `state`: prints what is recorded, or makes one change of it.

use std::fmt::Write as _;

use crate::cli::args::{ReportFormat, StateChangeArgs, StateCommand};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::runtime::block_on;
use crate::offer::{Key, Record, RecordStatus, Recorded};
use crate::ops;
use crate::ops::state::{AcceptedField, StateEdit, StateEdited, change_state};

/// Runs a `state` command.
pub(in crate::cli) fn run(context: &Context, command: StateCommand) -> Result<Exit, Failure> {
    let (edit, change) = match command {
        StateCommand::List { format, sandbox } => return list(context, format, sandbox),
        StateCommand::Show { key, sandbox } => return show(context, &key, sandbox),
        StateCommand::Merge(args) => return super::merge::run(context, &args),
        StateCommand::Mv { from, to, change } => (StateEdit::Rename { from, to }, change),
        StateCommand::Rm { key, change } => (StateEdit::Forget { key }, change),
        StateCommand::Accept { key, change } => (StateEdit::Accept { key }, change),
        StateCommand::Resolve { key, offer_id, not_created: _, change } => {
            (StateEdit::Resolve { key, offer_id }, change)
        }
    };
    let StateChangeArgs { dry_run, sandbox } = change;
    let repository = context.repository(sandbox)?;
    let edited = block_on(change_state(&repository, &edit, context.lock_timeout(), dry_run))??;
    context.print(&message(&edited, dry_run))?;
    Ok(Exit::Done)
}

fn list(context: &Context, format: ReportFormat, sandbox: bool) -> Result<Exit, Failure> {
    let state = ops::read_recorded(&context.repository(sandbox)?)?;
    let recorded = state.recorded();
    let text = match format {
        ReportFormat::Json => {
            let offers: Vec<_> = recorded.offers.iter().map(|(key, record)| as_json(key, record)).collect();
            let in_doubt: Vec<_> = recorded.in_doubt.keys().collect();
            let list = serde_json::json!({ "state": state.binding(), "offers": offers, "in_doubt": in_doubt });
            format!("{list:#}\n")
        }
        ReportFormat::Text => as_text(recorded),
    };
    context.print(&text)?;
    Ok(Exit::Done)
}

fn as_json(key: &Key, record: &Record) -> serde_json::Value {
    let Record { offer_id, status, fields, protect, replaced } = record;
    serde_json::json!({
        "key": key, "offer_id": offer_id, "status": status, "protect": protect, "fields": fields, "replaced": replaced
    })
}

fn as_text(recorded: &Recorded) -> String {
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
    let _ = writeln!(text, "{} offers recorded, {} in doubt.", recorded.offers.len(), recorded.in_doubt.len());
    text
}

fn show(context: &Context, key: &str, sandbox: bool) -> Result<Exit, Failure> {
    let state = ops::read_recorded(&context.repository(sandbox)?)?;
    let recorded = state.recorded();
    let in_doubt = Key::new(key).ok().and_then(|key| recorded.in_doubt.get(&key).map(|create| (key, create)));
    let shown = match (in_doubt, ops::state::known_key(recorded, key)) {
        (_, Ok(key)) => as_json(&key, &recorded.offers[&key]),
        (Some((key, create)), Err(_)) => serde_json::json!({ "key": key, "in_doubt": create }),
        (None, Err(error)) => return Err(ops::Error::from(error).into()),
    };
    context.print(&format!("{shown:#}\n"))?;
    Ok(Exit::Done)
}

fn message(edited: &StateEdited, dry_run: bool) -> String {
    let text = match edited {
        StateEdited::Accepted { key, changes, .. } if changes.is_empty() => {
            return format!("No change: the values of `{key}` are recorded already.\n");
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
