//! Runs an operation that reads from CAKE: shows its progress, and cancels it by signals.

use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use jiff::Timestamp;

use crate::apply::{Event, Observer};
use crate::ops::{Control, Error};
use crate::report::events;
use crate::report::progress::{Progress, waiting};

use super::context::Context;
use super::failure::Failure;
use super::printable::Printable;
use super::runtime::block_on;
use super::signals::Signals;
use super::terminal::Terminal;

/// Progress on a terminal; elsewhere only a line for each long wait, so that a log says why nothing happens.
pub(super) struct Watching {
    progress: Progress,
    terminal: Terminal,
    lines: Option<Lines>,
}

impl Watching {
    pub(super) fn new(context: &Context) -> Self {
        let (progress, terminal) = (Progress::new(context.terminal.shows_progress()), context.terminal);
        Self { progress, terminal, lines: None }
    }

    /// Also prints each event as a line of JSON, if they are wanted. Dropping it waits until all of them are printed.
    pub(super) fn with_lines(self, are_wanted: bool) -> Self {
        Self { lines: are_wanted.then(|| Lines::new(self.terminal)), ..self }
    }
}

/// Lines for standard output, written by a thread of their own: a slow reader must not hold up the requests.
struct Lines {
    sender: Option<Sender<String>>,
    writer: Option<JoinHandle<()>>,
}

impl Lines {
    fn new(terminal: Terminal) -> Self {
        let (sender, receiver) = channel::<String>();
        let writer = std::thread::spawn(move || {
            for line in receiver {
                // What cannot be printed now cannot be later either: the report that follows fails with the reason.
                _ = terminal.result(Printable::json(line));
            }
        });
        Self { sender: Some(sender), writer: Some(writer) }
    }

    fn print(&self, line: String) {
        _ = self.sender.as_ref().map(|sender| sender.send(line));
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.sender = None;
        _ = self.writer.take().map(JoinHandle::join);
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
        if let Some((lines, line)) = self.lines.as_ref().zip(events::event(event, Timestamp::now())) {
            lines.print(line);
        }
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
