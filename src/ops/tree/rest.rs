//! A tree at rest: what was read is what the files are, and nothing was changing them meanwhile.
//!
//! Git keeps a lock while it changes the index and the files, and replaces the index at the end: no lock, and the same index
//! before and after, so no checkout in between. What else writes files is seen by a second look at each of them.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::fault_point::shortened;
use crate::git::{Activity, Operation, WorkTree};
use crate::source::SourcePath;
use crate::words::shell_path;

/// How long a tree that changes is read again: most checkouts end in that time, and a person still waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Why what was read cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unrest {
    /// Git holds its lock.
    Locked(PathBuf),
    /// Git has changed the index.
    Index,
    /// A file is no longer as it was read.
    File(SourcePath),
    /// A file has changed so shortly before that another change would not show.
    TooNew(SourcePath),
    /// The configuration is no longer as it was read, which is never read again.
    Config,
}

/// The pauses between the attempts to read.
#[derive(Debug)]
pub(super) struct Patience {
    next: Duration,
    left: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { next: FIRST_PAUSE, left: PATIENCE }
    }
}

impl Patience {
    /// Pauses before another attempt; false where there was the last one.
    pub(super) fn pause(&mut self, unrest: &Unrest) -> bool {
        let Some(left) = self.left.checked_sub(self.next) else { return false };
        // The ticks of the kernel are not shortened in tests.
        let is_tick = matches!(unrest, Unrest::TooNew(_));
        std::thread::sleep(if is_tick { self.next } else { shortened(self.next) });
        *self = Self { next: (self.next * 2).min(LONGEST_PAUSE), left };
        true
    }
}

/// What git was doing in each work tree before its files were read or asked for.
#[derive(Debug, Default)]
pub(super) struct Watch(Vec<(WorkTree, Activity)>);

impl Watch {
    pub(super) fn begin(&mut self, work_tree: &WorkTree) {
        if !self.0.iter().any(|(known, _)| known == work_tree) {
            self.0.push((work_tree.clone(), work_tree.activity()));
        }
    }

    /// Fails if git has done something since, or is doing it.
    pub(super) fn at_rest(&self) -> Result<(), Unrest> {
        for (work_tree, before) in &self.0 {
            let now = work_tree.activity();
            if let Some(lock) = before.lock.as_ref().or(now.lock.as_ref()) {
                return Err(Unrest::Locked(lock.clone()));
            }
            if now != *before {
                return Err(Unrest::Index);
            }
        }
        Ok(())
    }

    /// The operations that have stopped in the middle.
    pub(super) fn operations(&self) -> impl Iterator<Item = (&WorkTree, Operation)> {
        self.0.iter().filter_map(|(work_tree, activity)| Some((work_tree, activity.operation?)))
    }
}

impl Unrest {
    /// Whether it can end while this program runs.
    pub(super) fn may_end(&self) -> bool {
        *self != Self::Config
    }

    /// The problem that a tree did not come to rest.
    pub(super) fn problem(&self, settings: &Settings) -> Diagnostic {
        let problem = |message: &str, file: &SourcePath| {
            Diagnostic::error(codes::tree::CHANGING, message).label(Label::file(file.clone()))
        };
        match self {
            Self::Locked(lock) => problem("git is changing the files of this work tree", &settings.offers).help(format!(
                "wait until it has ended, and run the command again. If no git process is running, one was killed: remove its lock with \
                 `rm {}`",
                shell_path(lock)
            )),
            Self::Index => problem("git keeps changing the files of this work tree", &settings.offers)
                .help("wait until it has ended, and run the command again"),
            Self::File(file) | Self::TooNew(file) => problem("the offers folder keeps changing while it is read", file)
                .help("wait until the program that writes its files has ended, and run the command again"),
            Self::Config => problem("the configuration has changed since this command read it", &settings.file)
                .help("run the command again"),
        }
    }
}
