//! Runs an operation that reads from CAKE: connects, shows progress, and ends at the first signal.

use crate::ops::{self, Cake, Repository};
use crate::report::progress::Progress;

use super::context::Context;
use super::failure::Failure;
use super::runtime::block_on;
use super::signals::Signals;

/// Connects, runs the operation and disconnects.
pub(super) fn run<T>(
    context: &Context,
    repository: &Repository,
    operation: impl AsyncFnOnce(&Cake, &Progress) -> Result<T, ops::Error>,
) -> Result<T, Failure> {
    block_on(async {
        repository.prepare_sandbox()?;
        let signals = Signals::new();
        let cake = Cake::connect(repository, signals.stop()).await?;
        let progress = Progress::new(context.terminal.shows_progress());
        let result = signals.run(operation(&cake, &progress), || {}).await;
        cake.close().await;
        Ok(result.unwrap_or(Err(ops::Error::Interrupted("while the offers were listed")))?)
    })?
}
