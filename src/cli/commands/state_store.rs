//! `state status`, `pull`, `push`, `migrate` and `release`: the state as it goes from one home to another.

use std::path::Path;

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::printable::Printable;
use crate::cli::state_views::status_text;
use crate::ops::Control;
use crate::ops::moving::{migrate_state, pull_state, push_state, release_state, state_status};
use crate::words::count;

pub(super) fn status(context: &Context) -> Result<Exit, Failure> {
    context.print(status_text(&state_status(&context.repository(false)?)?))?;
    Ok(Exit::Done)
}

pub(super) fn pull(context: &Context) -> Result<Exit, Failure> {
    context.print(Printable::json(pull_state(&context.repository(false)?)?))?;
    Ok(Exit::Done)
}

pub(super) fn push(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let (repository, timeout) = (context.repository(false)?, context.lock_timeout());
    let pushing = async |control: Control<'_>| push_state(&repository, file, timeout, control).await;
    let offers = observing::run(context, pushing)?;
    context.print(format!("The store has the state now. It records {}.\n", count(offers, "offer")))?;
    Ok(Exit::Done)
}

pub(super) fn migrate(context: &Context, to: &str) -> Result<Exit, Failure> {
    let (repository, timeout) = (context.repository(false)?, context.lock_timeout());
    let migrating = async |control: Control<'_>| migrate_state(&repository, to, timeout, control).await;
    let offers = observing::run(context, migrating)?;
    context.print(format!(
        "The state is in {to} now. It records {}.\nUntil offersync.toml names it, every command uses the old one, which was left as it is:\n\
         set `state = \"{to}\"`, run `offersync plan`, and remove the old one.\n",
        count(offers, "offer")
    ))?;
    Ok(Exit::Done)
}

pub(super) fn release(context: &Context) -> Result<Exit, Failure> {
    let (repository, timeout) = (context.repository(false)?, context.lock_timeout());
    let releasing = async |control: Control<'_>| release_state(&repository, timeout, control).await;
    let had_claim = observing::run(context, releasing)?;
    let text =
        if had_claim { "The claim is open: its holder showed no life.\n" } else { "No process has the claim.\n" };
    context.print(text.to_owned())?;
    Ok(Exit::Done)
}
