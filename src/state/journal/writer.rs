//! The thread that writes and syncs the journal's lines.
//!
//! Owns the journal's file while a session lasts. Knows lines, not what they mean. Invariants: a caller is answered only
//! after its line is synced; lines that wait together are written and synced together (group commit), so that many writes in
//! flight cost few syncs, and the bytes written grow with the lines alone; no line is written to a journal whose state could
//! not be replaced at the end; the first error is the last thing written, and every later call gets the same error.
//!
//! Where the home of the state is a shared store, [`Sharing`] brings the lines there. A thread, because syncing blocks: the requests in flight go on meanwhile, on their own single thread.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::entry::{JournalEntry, JournalHeader};
use super::error::JournalError;
use super::line::{self, Chain};
use super::sharing::Sharing;
use crate::disk;
use crate::fault_point::{self, Armed};
use crate::state::StateError;
use crate::state::claim::Claim;
use crate::state::files::refuse_link;

pub(super) type Answer = Result<(), JournalError>;

/// Tries whether the state can be replaced.
pub(in crate::state) type ReplacementTrial = Box<dyn FnOnce() -> Result<(), StateError> + Send>;

enum Command {
    Append { lines: Vec<Vec<u8>>, has_intent: bool, answer: oneshot::Sender<Answer> },
    Restart { header: Box<JournalHeader>, answer: SyncSender<Answer> },
}

/// The handle to the thread; dropping it waits for the lines handed over.
#[derive(Debug)]
pub(super) struct WriterThread {
    path: PathBuf,
    // Both are there until the drop.
    commands: Option<Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    /// A writer for a journal that is empty or not there; the file is made with the first line.
    pub(super) fn start(
        path: &Path,
        header: JournalHeader,
        trial: ReplacementTrial,
        claim: Box<dyn Claim>,
    ) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let (path, trial) = (path.to_owned(), Some(trial));
        let file = JournalFile {
            path: path.clone(),
            file: None,
            header,
            chain: Chain::default(),
            length: 0,
            trial,
            failed: None,
        };
        let mut sharing = Sharing::of(claim);
        let armed = Armed::of_this_thread();
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
            armed.enter();
            run(file, &mut sharing, &receiver);
        })?;
        Ok(Self { path, commands: Some(sender), thread: Some(thread) })
    }

    /// Hands lines over, in the order of the calls; the answer comes when they are durable.
    pub(super) fn append(&self, entries: &[JournalEntry]) -> Result<oneshot::Receiver<Answer>, JournalError> {
        let lines = entries.iter().map(line::content).collect::<Result<Vec<_>, _>>();
        let lines =
            lines.map_err(|error| JournalError::Write { path: self.path.clone(), source: Arc::new(error.into()) })?;
        let (answer, receiver) = oneshot::channel();
        let has_intent = entries.iter().any(|entry| matches!(entry, JournalEntry::Intent { .. }));
        self.send(Command::Append { lines, has_intent, answer })?;
        Ok(receiver)
    }

    /// Empties the journal, after everything handed over before; the next line starts a new one.
    pub(super) fn restart(&self, header: JournalHeader) -> Answer {
        let (answer, receiver) = sync_channel(1);
        self.send(Command::Restart { header: Box::new(header), answer })?;
        receiver.recv().map_err(|_| JournalError::Closed)?
    }

    fn send(&self, command: Command) -> Answer {
        let sent = self.commands.as_ref().map(|commands| commands.send(command));
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { Err(JournalError::Closed) }
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // Its result is not needed: every caller had its own answer.
            drop(thread.join());
        }
    }
}

fn run(mut file: JournalFile, sharing: &mut Sharing, commands: &Receiver<Command>) {
    loop {
        let first = match sharing.due() {
            None => commands.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(wait) => commands.recv_timeout(wait),
        };
        let first = match first {
            Ok(first) => first,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                sharing.share(&mut file.failed);
                continue;
            }
        };
        let (mut lines, mut answers) = (Vec::new(), Vec::new());
        let mut restart = None;
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Append { lines: more, has_intent, answer } => {
                    lines.extend(more);
                    answers.push((has_intent, answer));
                }
                Command::Restart { header, answer } => {
                    restart = Some((header, answer));
                    break;
                }
            }
            next = commands.try_recv().ok();
        }
        let written = file.append(&lines);
        if !lines.is_empty() {
            sharing.note_lines();
        }
        for (has_intent, answer) in answers {
            // What is only on this machine permits no request.
            if has_intent && written.is_ok() && sharing.is_shared() {
                sharing.wait(answer);
            } else {
                // The caller may have stopped waiting.
                drop(answer.send(written.clone()));
            }
        }
        if let Some((header, answer)) = restart {
            let published = sharing.publish().and_then(|()| file.restart(*header));
            drop(answer.send(published));
        }
    }
}

/// The file and what is known of it.
struct JournalFile {
    path: PathBuf,
    file: Option<File>,
    header: JournalHeader,
    chain: Chain,
    /// How many bytes are synced.
    length: u64,
    /// Until the first line.
    trial: Option<ReplacementTrial>,
    failed: Option<JournalError>,
}

impl JournalFile {
    fn append(&mut self, lines: &[Vec<u8>]) -> Answer {
        if lines.is_empty() {
            return Ok(());
        }
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.append_first_or_next(lines).inspect_err(|error| self.failed = Some(error.clone()))
    }

    fn append_first_or_next(&mut self, lines: &[Vec<u8>]) -> Answer {
        if let Some(trial) = self.trial.take() {
            trial().map_err(|error| JournalError::NotReplaceable(Arc::new(error)))?;
        }
        let written = self.check_untouched().and_then(|()| self.write(lines).inspect_err(|_| self.cut()));
        written.map_err(|error| self.error(error))
    }

    /// On some file systems two processes can hold the lock. What another one wrote, or has published and removed, stays.
    fn check_untouched(&mut self) -> io::Result<()> {
        let length = self.length;
        if self.open()?.metadata()?.len() == length {
            return Ok(());
        }
        Err(io::Error::other("another process changed it while this one held the lock"))
    }

    /// Removes a line that was written in part. Best effort: a torn line is also dropped when the journal is read.
    fn cut(&self) {
        if let Some(file) = &self.file {
            drop(file.set_len(self.length).and_then(|()| file.sync_data()));
        }
    }

    fn error(&self, source: io::Error) -> JournalError {
        JournalError::Write { path: self.path.clone(), source: Arc::new(source) }
    }

    fn write(&mut self, lines: &[Vec<u8>]) -> io::Result<()> {
        let mut bytes = Vec::new();
        let mut chain = self.chain;
        if self.length == 0 {
            chain = Chain::default().append(&line::content(&self.header)?, &mut bytes);
        }
        for line in lines {
            chain = chain.append(line, &mut bytes);
        }
        fault_point::reach("journal.before-write")?;
        let length = self.length;
        let file = self.open()?;
        file.seek(SeekFrom::Start(length))?;
        if fault_point::ENABLED {
            let (half, rest) = bytes.split_at(bytes.len() / 2);
            file.write_all(half)?;
            fault_point::reach("journal.within-write")?;
            file.write_all(rest)?;
        } else {
            file.write_all(&bytes)?;
        }
        fault_point::reach("journal.before-sync")?;
        file.sync_data()?;
        fault_point::reach("journal.after-sync")?;
        self.chain = chain;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn open(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            refuse_link(&self.path)?;
            let exists = self.path.try_exists()?;
            let file = disk::private_file().open(&self.path)?;
            if !exists {
                // A synced file whose name is not would be gone after a power cut.
                disk::sync_folder_of(&self.path)?;
            }
            self.file = Some(file);
        }
        self.file.as_mut().ok_or_else(|| io::Error::other("the journal is not open"))
    }

    fn restart(&mut self, header: JournalHeader) -> Answer {
        let untouched = if self.file.is_some() { self.check_untouched() } else { Ok(()) };
        untouched.and_then(|()| self.truncate()).map_err(|error| self.error(error))?;
        self.header = header;
        self.chain = Chain::default();
        self.length = 0;
        Ok(())
    }

    fn truncate(&mut self) -> io::Result<()> {
        let opened;
        let file = match &self.file {
            Some(file) => file,
            None => match OpenOptions::new().write(true).open(&self.path) {
                Ok(file) => {
                    opened = file;
                    &opened
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        if file.metadata()?.len() == 0 {
            return Ok(());
        }
        fault_point::reach("journal.before-truncate")?;
        file.set_len(0)?;
        file.sync_data()?;
        fault_point::reach("journal.after-truncate")
    }
}
