//! `state`: prints the recorded offers, or makes one change.

use super::state_file;
use crate::cli::args::{LookArgs, ReportFormat, StateChangeArgs, StateCommand};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::printable::Printable;
use crate::cli::state_views::message;
use crate::ops::state::{ShownRecord, StateEdit, StateEditOptions, change_state, shown_record};
use crate::ops::{self, Control};
use crate::report::recorded as report;

pub(in crate::cli) fn run(context: &Context, command: StateCommand) -> Result<Exit, Failure> {
    let seen = LookArgs { unseen: false };
    let (edit, look, change) = match command {
        StateCommand::List { r#where, format, sandbox } => {
            return list(context, r#where.as_deref(), format, sandbox);
        }
        StateCommand::Show { key, sandbox } => return show(context, &key, sandbox),
        StateCommand::Publish { accept_edit } => return state_file::publish(context, accept_edit),
        StateCommand::Path => return state_file::path(context),
        StateCommand::Merge(args) => return super::merge::run(context, &args),
        StateCommand::Mv { from, to, change } => (StateEdit::Rename { from, to }, seen, change),
        StateCommand::Rm { key, replaced: None, unseen: _, change } => (StateEdit::Forget { key }, seen, change),
        StateCommand::Rm { key, replaced: Some(offer_id), unseen, change } => {
            (StateEdit::ForgetReplaced { key, offer_id }, LookArgs { unseen }, change)
        }
        StateCommand::Accept { key, look, change } => (StateEdit::Accept { key }, look, change),
        StateCommand::Adopt { key, offer_id, look, change } => (StateEdit::Adopt { key, offer_id }, look, change),
        StateCommand::Resolve { key, offer_id: Some(offer_id), not_created: _, look, change } => {
            (StateEdit::Created { key, offer_id }, look, change)
        }
        StateCommand::Resolve { key, offer_id: None, not_created: _, look, change } => {
            (StateEdit::NotCreated { key }, look, change)
        }
    };
    let StateChangeArgs { dry_run, sandbox } = change;
    let repository = context.repository(sandbox)?;
    let options = StateEditOptions { lock_timeout: context.lock_timeout(), dry_run, unseen: look.unseen };
    let changing = async |control: Control<'_>| change_state(&repository, &edit, options, control).await;
    let edited = observing::run(context, changing)?;
    context.print(message(&edited, dry_run))?;
    Ok(Exit::Done)
}

fn list(context: &Context, condition: Option<&str>, format: ReportFormat, sandbox: bool) -> Result<Exit, Failure> {
    let repository = context.repository(sandbox)?;
    let state = ops::read_recorded(&repository)?;
    let chosen = condition.map(|text| ops::recorded_where(state.recorded(), text, &repository.settings.names));
    let chosen = chosen.transpose()?;
    let recorded = chosen.as_ref().unwrap_or(state.recorded());
    context.print(match format {
        ReportFormat::Json => Printable::json(report::list_json(recorded, &state.binding())),
        ReportFormat::Text => report::list_text(recorded).into(),
    })?;
    Ok(Exit::Done)
}

fn show(context: &Context, key: &str, sandbox: bool) -> Result<Exit, Failure> {
    let ShownRecord { key, record, in_doubt } = shown_record(&context.repository(sandbox)?, key)?;
    context.print(Printable::json(report::json(&key, record.as_ref(), in_doubt.as_ref())))?;
    Ok(Exit::Done)
}
