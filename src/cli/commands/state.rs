//! `state`: makes one change; the commands that print are in files of their own.

use super::{state_file, state_shown, state_store};
use crate::cli::args::{LookArgs, StateChangeArgs, StateCommand};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::state_views::message;
use crate::ops::Control;
use crate::ops::state::{StateEdit, StateEditOptions, change_state};

pub(in crate::cli) fn run(context: &Context, command: StateCommand) -> Result<Exit, Failure> {
    let seen = LookArgs { unseen: false };
    let (edit, look, change) = match command {
        StateCommand::List { r#where, format, sandbox } => {
            return state_shown::list(context, r#where.as_deref(), format, sandbox);
        }
        StateCommand::Show { key, format, sandbox } => return state_shown::show(context, &key, format, sandbox),
        StateCommand::Publish { accept_edit } => return state_file::publish(context, accept_edit),
        StateCommand::Path => return state_file::path(context),
        StateCommand::Status => return state_store::status(context),
        StateCommand::Pull => return state_store::pull(context),
        StateCommand::Push { file } => return state_store::push(context, &file),
        StateCommand::Migrate { to } => return state_store::migrate(context, &to),
        StateCommand::Release => return state_store::release(context),
        StateCommand::Environment => return state_file::environment(context),
        StateCommand::Merge(args) => return super::merge::run(context, &args),
        StateCommand::Mv { from, to, change } => (StateEdit::Rename { from, to }, seen, change),
        StateCommand::Rm { key, replaced: None, unseen: _, change } => (StateEdit::Forget { key }, seen, change),
        StateCommand::Rm { key, replaced: Some(offer_id), unseen, change } => {
            (StateEdit::ForgetReplaced { key, offer_id }, LookArgs { unseen }, change)
        }
        StateCommand::Accept { key, look, change } => (StateEdit::Accept { key }, look, change),
        StateCommand::Adopt { key, offer_id, look, change } => (StateEdit::Adopt { key, offer_id }, look, change),
        StateCommand::Resolve { key, offer_id: Some(offer_id), look, change, .. } => {
            (StateEdit::Created { key, offer_id }, look, change)
        }
        StateCommand::Resolve { key, not_done: true, look, change, .. } => (StateEdit::NotDone { key }, look, change),
        StateCommand::Resolve { key, look, change, .. } => (StateEdit::NotCreated { key }, look, change),
    };
    let StateChangeArgs { dry_run, sandbox } = change;
    let repository = context.repository(sandbox)?;
    let options = StateEditOptions { lock_timeout: context.lock_timeout(), dry_run, unseen: look.unseen };
    let changing = async |control: Control<'_>| change_state(&repository, &edit, options, control).await;
    let edited = observing::run(context, changing)?;
    context.print(message(&edited, dry_run))?;
    Ok(Exit::Done)
}
