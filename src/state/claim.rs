//! The right to write a state: what its home must offer, and the home that is a file.
//!
//! A session works on files of this machine in any case: the state, and the journal beside it. Where they are the state's home, the claim
//! is the operating system's lock, and a line is durable once it is synced. Where the home is a shared store, the files are a private
//! copy of what the store has, and the claim brings each change there before anybody relies on it.
//!
//! Invariants: only the journal's thread uses a claim, so that its steps have one order; what an append has brought to the store is there
//! with every line before it; a publish replaces state and journal in one step.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::lock::{Holder, Lock};

/// The right of one process to write a state, where the state lives. Given back when it is dropped; where that does not succeed, it ends by
/// silence.
pub trait Claim: fmt::Debug + Send {
    /// How often the store is written; none where the files themselves are the home.
    fn rhythm(&self) -> Option<Rhythm>;

    /// Makes all lines of the journal's file durable in the store. It shows as well that this process is alive.
    fn append(&mut self) -> Result<(), ClaimError>;

    /// Puts the state's file in the place of the store's state, with an empty journal.
    fn publish(&mut self) -> Result<(), ClaimError>;

    /// Whether the claim holds; `None` where nothing can take it over.
    fn validity(&self) -> Option<Arc<dyn Validity>>;
}

/// How often a shared store is written, which may take a second, and of which its host allows some in a minute only.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// The longest time without a write, which shows that the holder is alive.
    pub renewal: Duration,
    /// The longest time that outcomes wait for a write.
    pub outcomes: Duration,
    /// The shortest time between two writes of intents.
    pub gap: Duration,
}

/// Whether a claim holds, by clocks alone. Asked right before each request to CAKE.
pub trait Validity: fmt::Debug + Send + Sync {
    /// Fails where another process may have taken the claim over.
    fn check(&self) -> Result<(), ClaimError>;
}

/// Why a store was not claimed, read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum ClaimError {
    /// Another process has the claim, and it is alive.
    #[error("{store}: the state is claimed by {holder} (waited {} s)", waited.as_secs())]
    Held { store: String, holder: Box<Holder>, waited: Duration },
    /// Another process has taken the claim over.
    #[error("{store}: the claim of this process was taken over by {}; nothing more is sent", shown(holder.as_deref()))]
    TakenOver { store: String, holder: Option<Box<Holder>> },
    /// What the store had is gone.
    #[error("{store}: what this process has written there was removed; nothing more is sent")]
    Removed { store: String },
    /// The claim was not renewed in time.
    #[error(
        "{store}: the claim of this process was last renewed {} s ago, so that another one may have taken it over; nothing more is sent",
        age.as_secs()
    )]
    Expired { store: String, age: Duration },
    /// The store cannot be read.
    #[error("{store}: the state cannot be read there: {reason}")]
    Unread { store: String, reason: String, advice: Option<String> },
    /// The store was not written, or it is not known whether it was.
    #[error("{store}: the state cannot be written there: {reason}")]
    Unwritten { store: String, reason: String, advice: Option<String> },
    /// The store does not keep the conditions that one apply at a time rests on.
    #[error("{store}: the state cannot be kept there: {reason}")]
    Unfit { store: String, reason: String },
    /// What is in the store is not what an offersync writes.
    #[error("{store}: {reason}")]
    Foreign { store: String, reason: String },
    /// A file of this machine could not be read or written.
    #[error("{store}: the private copy of the state cannot be used: {reason}")]
    Copy { store: String, reason: String },
}

impl ClaimError {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::Held { .. } => {
                "one apply at a time: let that one end, or wait for it with `--lock-timeout`. If its machine is gone, the claim ends by itself: \
                 the next apply waits for that and takes it over"
            }
            Self::Removed { .. } => {
                "bring it back, from the versions that the bucket may keep, before the next apply: without it, nothing is recorded. What this \
                 process has sent is in CAKE, and no apply creates an offer that CAKE has already"
            }
            Self::TakenOver { .. } | Self::Expired { .. } => {
                "nothing is lost: what was in flight is in the store's journal, and the next `offersync apply` looks for it in CAKE. If this \
                 machine was suspended, or its network was gone, run it again"
            }
            Self::Unread { advice: Some(advice), .. } => return format!("nothing was changed: {advice}"),
            Self::Unwritten { advice: Some(advice), .. } => {
                return format!(
                    "what is recorded there by now is kept, and nothing is sent that is not recorded: {advice}"
                );
            }
            Self::Unread { .. } => {
                "nothing was changed, and nothing is assumed about what is recorded. Make sure that the remote can be reached and that this \
                 user may read it (`git ls-remote` shows it), then run the command again"
            }
            Self::Unwritten { .. } => {
                "what is recorded there by now is kept, and nothing is sent that is not recorded. Make sure that this user, or the token of the \
                 CI job, may push that ref, and that no hook or rule refuses it; then run `offersync apply` again"
            }
            Self::Foreign { .. } => {
                "nothing was changed there. Name another ref or prefix, or use the offersync that wrote it"
            }
            Self::Unfit { .. } => {
                "nothing was changed. Use a store that honours `If-Match` and `If-None-Match` (S3, Google Cloud Storage, Azure, R2 and MinIO do), \
                 or keep the state in git: `state = \"git:origin\"`"
            }
            Self::Copy { .. } => {
                "make room in the folder for temporary files, or name another one as TMPDIR, then run the command again"
            }
        };
        help.to_owned()
    }
}

fn shown(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), Holder::to_string)
}

/// The claim of a state whose home is its file: the operating system's lock, and that of git's own folder, which `git clean` does not
/// remove.
#[derive(Debug)]
pub(super) struct FileClaim {
    /// Released when they are dropped.
    pub(super) _locks: (Lock, Option<Lock>),
}

impl Claim for FileClaim {
    fn rhythm(&self) -> Option<Rhythm> {
        None
    }

    fn append(&mut self) -> Result<(), ClaimError> {
        Ok(())
    }

    fn publish(&mut self) -> Result<(), ClaimError> {
        Ok(())
    }

    fn validity(&self) -> Option<Arc<dyn Validity>> {
        None
    }
}
