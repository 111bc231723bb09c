//! Runs an operation that reads from CAKE: shows its progress, and cancels it by signals.

use crate::apply::{Event, Observer};
use crate::ops::{Control, Error};
use crate::report::progress::{Progress, waiting};

use super::context::Context;
use super::failure::Failure;
use super::runtime::block_on;
use super::signals::Signals;
use super::terminal::Terminal;

/// Progress on a terminal; elsewhere only a line for each long wait, so that a log says why nothing happens.
pub(super) struct Watching {
    progress: Progress,
    terminal: Terminal,
}

impl Watching {
    pub(super) fn new(context: &Context) -> Self {
        Self { progress: Progress::new(context.terminal.shows_progress()), terminal: context.terminal }
    }
}

impl Watching {
    /// Prints a message, with the bar out of the way.
    pub(super) fn note(&self, text: &str) {
        self.progress.suspended(|| self.terminal.note(text));
    }
}

impl Observer for Watching {
    fn notice(&self, event: &Event) {
        self.progress.notice(event);
        if let Some(text) = waiting(event).filter(|_| !self.terminal.shows_progress()) {
            self.terminal.note(&text);
        }
    }
}

pub(super) fn run<T>(
    context: &Context,
    operation: impl AsyncFnOnce(Control<'_>) -> Result<T, Error>,
) -> Result<T, Failure> {
    block_on(async {
        let signals = Signals::new();
        let watching = Watching::new(context);
        let control = Control { observer: &watching, user: &context.terminal, cancellation: &signals.cancellation };
        Ok(signals.drive(operation(control), || {}).await?)
    })?
}
