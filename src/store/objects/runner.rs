//! A thread on which requests to an object store run.
//!
//! The callers block: the thread of a journal, and a command before its own requests begin. The latter runs on a runtime, which cannot
//! wait for another one, so that the requests have a thread of their own. It ends when this value is dropped.

use std::io;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::fault_point::Armed;

/// The thread.
#[derive(Debug)]
pub(super) struct Runner {
    handle: Handle,
    // Both are there until the drop.
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Runner {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        let armed = Armed::of_this_thread();
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            armed.enter();
            // An error means that the sender is gone, which is the end as well.
            drop(runtime.block_on(ended));
        })?;
        Ok(Self { handle, end: Some(end), thread: Some(thread) })
    }

    /// Runs it to its end, and waits for that; none where it ended early.
    pub(super) fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (answer, answers) = mpsc::channel();
        self.handle.spawn(async move {
            // The caller waits.
            drop(answer.send(work.await));
        });
        answers.recv().ok()
    }
}

impl Runner {
    /// Starts it, and does not wait.
    pub(super) fn start_work(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.handle.spawn(work));
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
