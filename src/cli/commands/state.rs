//! `state`: prints the recorded offers, or makes one change.

use crate::cli::args::{ReportFormat, StateChangeArgs, StateCommand};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::state_views::{as_json, as_text, message};
use crate::offer::Key;
use crate::ops::state::{StateEdit, change_state};
use crate::ops::{self, Control};

/// Runs a `state` command.
pub(in crate::cli) fn run(context: &Context, command: StateCommand) -> Result<Exit, Failure> {
    let (edit, change) = match command {
        StateCommand::List { format, sandbox } => return list(context, format, sandbox),
        StateCommand::Show { key, sandbox } => return show(context, &key, sandbox),
        StateCommand::Merge(args) => return super::merge::run(context, &args),
        StateCommand::Mv { from, to, change } => (StateEdit::Rename { from, to }, change),
        StateCommand::Rm { key, change } => (StateEdit::Forget { key }, change),
        StateCommand::Accept { key, change } => (StateEdit::Accept { key }, change),
        StateCommand::Adopt { key, offer_id, change } => (StateEdit::Adopt { key, offer_id }, change),
        StateCommand::Resolve { key, offer_id: Some(offer_id), not_created: _, change } => {
            (StateEdit::Created { key, offer_id }, change)
        }
        StateCommand::Resolve { key, offer_id: None, not_created: _, change } => {
            (StateEdit::NotCreated { key }, change)
        }
    };
    let StateChangeArgs { dry_run, sandbox } = change;
    let repository = context.repository(sandbox)?;
    let timeout = context.lock_timeout();
    let changing = async |control: Control<'_>| change_state(&repository, &edit, timeout, dry_run, control).await;
    let edited = observing::run(context, changing)?;
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
