//! The lock of a state: one writer at a time.
//!
//! Owns the file `<state>.lock`. Knows neither state nor journal. Invariants: the lock is the operating system's, so it is
//! released when the holder's process ends, however it ends; only a holder of the [`Lock`] writes the state.
//!
//! The file is never deleted: another process may have opened it and wait for the lock. If it were deleted and created again
//! under the same name, that process and the next one would each hold the lock of a different file.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::files::refuse_link;
use crate::disk;

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user's name.
    pub user: String,
    /// The machine.
    pub host: String,
    /// The number of the process.
    pub process: u32,
    /// Since when: RFC 3339, in UTC.
    pub since: String,
    /// Where the CI run can be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// Looks up an environment variable.
pub type VariableLookup<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Holder {
    /// This process, now.
    #[must_use]
    pub fn this_process(environment: VariableLookup<'_>) -> Self {
        let unknown = || "unknown".to_owned();
        Self {
            user: whoami::username().unwrap_or_else(|_| unknown()),
            host: whoami::hostname().unwrap_or_else(|_| unknown()),
            process: std::process::id(),
            // Whole seconds are what a person reads.
            since: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            run: run_url(environment),
        }
    }
}

/// The page of this run: GitHub Actions, GitLab CI or Jenkins.
fn run_url(environment: VariableLookup<'_>) -> Option<String> {
    let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
    let github = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", variable("GITHUB_RUN_ID")?))
    };
    github().or_else(|| variable("CI_JOB_URL")).or_else(|| variable("BUILD_URL"))
}

/// `alice on build-7 (process 4711) since 2026-11-03T10:00:00Z, run https://…`
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, host, process, since, run } = self;
        write!(f, "{user} on {host} (process {process}) since {since}")?;
        if let Some(run) = run {
            write!(f, ", run {run}")?;
        }
        Ok(())
    }
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum LockError {
    /// Another process holds it.
    #[error("{}: the state is locked by {}{}", path.display(), shown(holder.as_deref()), after(*waited))]
    Locked {
        path: PathBuf,
        /// Its holder; `None` if the file does not name it (yet).
        holder: Option<Box<Holder>>,
        /// How long this process waited for it.
        waited: Duration,
    },
    /// The file cannot be made or locked.
    #[error("{}: the state cannot be locked: {source}", path.display())]
    Unavailable { path: PathBuf, source: io::Error },
}

impl LockError {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Locked { .. } => {
                "one apply at a time: let that one end, or wait for it with `--lock-timeout`. The lock is released \
                 when that process ends"
            }
            Self::Unavailable { .. } => {
                "an apply makes a lock and a journal in this folder, and a new state in the state's folder: both must be there and writable"
            }
        }
    }
}

fn shown(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), Holder::to_string)
}

fn after(time: Duration) -> String {
    if time.is_zero() { String::new() } else { format!(" (waited {} s)", time.as_secs()) }
}

/// The right to write a state. Ends when it is dropped, and with the process in any case.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock in that file, creating its folder if necessary; retries until the timeout while another process holds
    /// it.
    pub(super) fn take(path: &Path, timeout: Duration, environment: VariableLookup<'_>) -> Result<Self, LockError> {
        let unavailable = |source| LockError::Unavailable { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            disk::create_folder(folder).map_err(unavailable)?;
        }
        // What a link leads to would be emptied.
        refuse_link(path).map_err(unavailable)?;
        let mut file = disk::private_file().read(true).open(path).map_err(unavailable)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => return Err(unavailable(source)),
                Err(TryLockError::WouldBlock) => {
                    let left = timeout.saturating_sub(start.elapsed());
                    if left.is_zero() {
                        let holder = read_holder(&mut file).map(Box::new);
                        return Err(LockError::Locked { path: path.to_owned(), holder, waited: timeout });
                    }
                    std::thread::sleep(left.min(POLL));
                }
            }
        }
        write_holder(&mut file, &Holder::this_process(environment)).map_err(unavailable)?;
        Ok(Self { file })
    }
}

/// Poll interval while the lock is held elsewhere.
const POLL: Duration = Duration::from_millis(50);

impl Drop for Lock {
    fn drop(&mut self) {
        // Best effort both. A reader must not see this holder until the next one has written its own name, and closing the
        // file releases the lock only if no child process, just forked, has it open too.
        drop(self.file.set_len(0));
        drop(self.file.unlock());
    }
}

fn write_holder(file: &mut File, holder: &Holder) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    let mut text = serde_json::to_vec(holder)?;
    text.push(b'\n');
    file.write_all(&text)
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
