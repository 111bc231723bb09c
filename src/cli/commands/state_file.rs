//! `state publish`, `state path` and `state environment`: the state as a file, and whose it is, for scripts.

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::ops::{Control, publish_state, state_path};

pub(super) fn publish(context: &Context, accept_edit: bool) -> Result<Exit, Failure> {
    let (repository, timeout) = (context.repository(false)?, context.lock_timeout());
    let publishing = async |control: Control<'_>| publish_state(&repository, accept_edit, timeout, control).await;
    let offers = observing::run(context, publishing)?;
    context.print(format!("Nothing is left in the journal. The state records {offers}.\n"))?;
    Ok(Exit::Done)
}

pub(super) fn path(context: &Context) -> Result<Exit, Failure> {
    let path = state_path(&context.repository(false)?)?;
    context.print(format!("{}\n", path.display()))?;
    Ok(Exit::Done)
}

pub(super) fn environment(context: &Context) -> Result<Exit, Failure> {
    let (name, _) = context.repository(false)?.environment();
    context.print(format!("{name}\n"))?;
    Ok(Exit::Done)
}
