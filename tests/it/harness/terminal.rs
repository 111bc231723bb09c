//! The binary on a pseudo-terminal: what a person sees, and when.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pty_process::blocking::{Pts, Pty};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Terminal {
    /// Starts a command with its stdin, stdout and stderr on a terminal of 100 columns.
    pub(crate) fn spawn(command: Command) -> Self {
        Self::start(|pts| pty_process::blocking::Command::from(command).spawn(pts).unwrap())
    }

    /// The same, but its stdout goes to a file.
    pub(crate) fn spawn_into(command: Command, stdout: File) -> Self {
        Self::start(|pts| pty_process::blocking::Command::from(command).stdout(stdout).spawn(pts).unwrap())
    }

    fn start(spawn: impl FnOnce(Pts) -> Child) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(pty_process::Size::new(50, 100)).unwrap();
        let child = spawn(pts);
        let (pty, shown) = (Arc::new(pty), Arc::<Mutex<Vec<u8>>>::default());
        let (from, into) = (Arc::clone(&pty), Arc::clone(&shown));
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Reading fails once the last process has closed its side.
            while let Ok(count @ 1..) = (&*from).read(&mut buffer) {
                into.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { pty, child, shown, reader }
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Everything that was shown so far, without escape sequences.
    pub(crate) fn shown(&self) -> String {
        plain(&String::from_utf8_lossy(&self.shown.lock().unwrap()))
    }

    /// Waits until a text is shown, and returns all that is shown by then.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let began = Instant::now();
        loop {
            let shown = self.shown();
            if shown.contains(text) {
                return shown;
            }
            assert!(began.elapsed() < PATIENCE, "`{text}` does not appear:\n{shown}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types a line.
    pub(crate) fn type_line(&self, line: &str) {
        (&*self.pty).write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Ends the input, as Ctrl-D does.
    pub(crate) fn type_end_of_input(&self) {
        (&*self.pty).write_all(&[4]).unwrap();
    }

    /// Waits for the end: the exit code, and all that was shown.
    #[track_caller]
    pub(crate) fn finish(mut self) -> (Option<i32>, String) {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                panic!("it does not end:\n{}", self.shown());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        self.reader.join().unwrap();
        let shown = plain(&String::from_utf8_lossy(&self.shown.lock().unwrap()));
        (status.code(), shown)
    }
}

/// A text without escape sequences and carriage returns.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        match next {
            // `ESC [ parameters letter`, the only kind that is used.
            '\u{1b}' => drop(rest.by_ref().find(char::is_ascii_alphabetic)),
            '\r' => {}
            other => plain.push(other),
        }
    }
    plain
}
