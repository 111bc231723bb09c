//! Runs an operation that reads from CAKE: shows its progress, and cancels it by signals.

use crate::ops::{Control, Error};
use crate::report::progress::Progress;

use super::context::Context;
use super::failure::Failure;
use super::runtime::block_on;
use super::signals::Signals;

/// Runs the operation.
pub(super) fn run<T>(
    context: &Context,
    operation: impl AsyncFnOnce(Control<'_>) -> Result<T, Error>,
) -> Result<T, Failure> {
    block_on(async {
        let signals = Signals::new();
        let progress = Progress::new(context.terminal.shows_progress());
        let control = Control { observer: &progress, cancellation: &signals.cancellation };
        Ok(signals.drive(operation(control), || {}).await?)
    })?
}
