//! Places where a test makes the program die or the disk fail, between two steps of an apply.
//!
//! Owns their names' meaning and how a test arms them; knows nothing of what happens at a place. Invariant: without the
//! cargo feature `fault-points` every function here is empty and no environment variable is read, so that a release build
//! cannot be made to fail from outside.
//!
//! | place | the program is about to, or has just |
//! |---|---|
//! | `journal.before-write`, `journal.within-write` | write a batch of lines; has written half of its bytes |
//! | `journal.before-sync`, `journal.after-sync` | sync that batch; after it the callers are answered |
//! | `journal.before-truncate`, `journal.after-truncate` | empty the journal, whose entries are in the published state |
//! | `replace.before-write`, `replace.within-write` | write a new file's bytes under a temporary name; has written them, unsynced |
//! | `replace.before-sync`, `replace.after-sync` | sync the temporary file |
//! | `previous.before-rename`, `previous.after-rename` | put the present state in the place of the previous generation |
//! | `replace.before-rename`, `replace.after-rename` | put the new file in the place of the old one |
//! | `replace.after-folder-sync` | has synced the folder, so that the rename survives a power cut |
//! | `import.before-names` | put a group of new offer files, written and synced, under their own names |
//! | `import.before-records` | record offers whose files are in place |
//! | `request.before-send`, `request.after-reply` | send a write; has its reply, of which nothing is on the disk yet |
//! | `listing.before-request`, `listing.after-reply` | ask for a page of the listing; has it |
//!
//! A test of the binary sets `OFFERSYNC_FAULT_POINT=NAME:N=kill|enospc|eio` (the Nth arrival at NAME) and, to learn which
//! places a run passes, `OFFERSYNC_FAULT_TRACE=FILE`, to which every arrival appends its name. A test inside the process
//! arms its own thread with `arm`. `OFFERSYNC_TIME_SCALE=N` makes every pause (between attempts, for a listing that lags)
//! N times shorter.

pub use place::*;

#[cfg(not(feature = "fault-points"))]
mod place {
    use std::io;
    use std::time::Duration;

    /// The pause unchanged: only test builds shorten it.
    #[inline]
    #[must_use]
    pub fn shortened(pause: Duration) -> Duration {
        pause
    }

    /// Whether this build has fault points.
    pub const ENABLED: bool = false;

    /// Passes a place; does nothing in this build.
    #[inline]
    pub fn reach(_name: &'static str) -> io::Result<()> {
        Ok(())
    }

    /// What the present thread is armed with, to hand it to another one; nothing in this build.
    #[derive(Debug, Clone, Default)]
    pub struct Armed;

    impl Armed {
        /// What the present thread is armed with.
        #[inline]
        #[must_use]
        pub fn of_this_thread() -> Self {
            Self
        }

        /// Arms the present thread in the same way.
        #[inline]
        pub fn enter(self) {}
    }
}

#[cfg(feature = "fault-points")]
mod place {
    use std::cell::RefCell;
    use std::fs::OpenOptions;
    use std::io::{self, Write as _};
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, OnceLock};
    use std::time::Duration;

    /// The pause, shortened as the environment says.
    #[must_use]
    pub fn shortened(pause: Duration) -> Duration {
        static SCALE: OnceLock<Option<u32>> = OnceLock::new();
        let scale = SCALE.get_or_init(|| std::env::var("OFFERSYNC_TIME_SCALE").ok()?.parse().ok());
        scale.and_then(|scale| pause.checked_div(scale)).unwrap_or(pause)
    }

    /// Whether this build has fault points.
    pub const ENABLED: bool = true;

    /// What happens at an armed place.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fault {
        /// The process dies at once: no destructor runs, nothing is flushed.
        Kill,
        /// The operation fails: no space left on the device.
        NoSpace,
        /// The operation fails: input/output error.
        Io,
    }

    impl Fault {
        fn parse(word: &str) -> Option<Self> {
            match word {
                "kill" => Some(Self::Kill),
                "enospc" => Some(Self::NoSpace),
                "eio" => Some(Self::Io),
                _ => None,
            }
        }

        fn strike(self) -> io::Result<()> {
            match self {
                Self::Kill => std::process::abort(),
                // ENOSPC and EIO have these numbers on every Unix.
                Self::NoSpace => Err(io::Error::from_raw_os_error(28)),
                Self::Io => Err(io::Error::from_raw_os_error(5)),
            }
        }
    }

    #[derive(Debug)]
    struct Trigger {
        name: String,
        arrival: u64,
        fault: Fault,
        seen: AtomicU64,
    }

    impl Trigger {
        fn new(name: &str, arrival: u64, fault: Fault) -> Self {
            Self { name: name.to_owned(), arrival, fault, seen: AtomicU64::new(0) }
        }

        fn parse(text: &str) -> Option<Self> {
            let (place, fault) = text.split_once('=')?;
            let (name, arrival) = place.rsplit_once(':')?;
            Some(Self::new(name, arrival.parse().ok()?, Fault::parse(fault)?))
        }

        fn reach(&self, name: &str) -> io::Result<()> {
            if self.name == name && self.seen.fetch_add(1, Ordering::Relaxed) + 1 == self.arrival {
                return self.fault.strike();
            }
            Ok(())
        }
    }

    thread_local! {
        static ARMED: RefCell<Armed> = RefCell::new(Armed::default());
    }

    /// What a thread is armed with; a thread that works for another one enters the same.
    #[derive(Debug, Clone, Default)]
    pub struct Armed(Option<Arc<Trigger>>);

    impl Armed {
        /// What the present thread is armed with.
        #[must_use]
        pub fn of_this_thread() -> Self {
            ARMED.with_borrow(Clone::clone)
        }

        /// Arms the present thread in the same way.
        pub fn enter(self) {
            ARMED.set(self);
        }
    }

    /// Arms the present thread, and those that work for it: the fault strikes on that arrival (from 1) at the place.
    pub fn arm(name: &'static str, arrival: u64, fault: Fault) {
        Armed(Some(Arc::new(Trigger::new(name, arrival, fault)))).enter();
    }

    /// Disarms the present thread.
    pub fn disarm() {
        Armed::default().enter();
    }

    /// Passes a place; what the environment or the thread is armed with strikes here.
    pub fn reach(name: &'static str) -> io::Result<()> {
        static FROM_ENVIRONMENT: OnceLock<Option<Trigger>> = OnceLock::new();
        static TRACE: OnceLock<Option<std::ffi::OsString>> = OnceLock::new();
        if let Some(file) = TRACE.get_or_init(|| std::env::var_os("OFFERSYNC_FAULT_TRACE")) {
            OpenOptions::new().create(true).append(true).open(file)?.write_all(format!("{name}\n").as_bytes())?;
        }
        let armed = FROM_ENVIRONMENT
            .get_or_init(|| std::env::var("OFFERSYNC_FAULT_POINT").ok().and_then(|text| Trigger::parse(&text)));
        if let Some(trigger) = armed {
            trigger.reach(name)?;
        }
        match Armed::of_this_thread().0 {
            Some(trigger) => trigger.reach(name),
            None => Ok(()),
        }
    }
}
