//! Fault points: named places between two steps of an apply where a test can kill the process or make the disk fail.
//!
//! Owns their names and how a test arms them. The invariant: without the cargo feature `fault-points`, every function here is empty
//! and no environment variable is read, so that nothing can make a release build fail.
//!
//! | fault point | the program is about to do this, or has just done it |
//! |---|---|
//! | `journal.before-write`, `journal.within-write` | write a batch of lines; has written half of its bytes |
//! | `journal.before-sync`, `journal.after-sync` | sync that batch; after it the callers are answered |
//! | `store.before-read` | ask a shared store what it has |
//! | `store.before-push`, `store.after-push` | write a version to a shared store; has written it, and not yet heard of that |
//! | `journal.before-truncate`, `journal.after-truncate` | empty the journal, whose entries are in the published state |
//! | `replace.before-write`, `replace.within-write` | write a new file's bytes under a temporary name; has written them, unsynced |
//! | `replace.before-sync`, `replace.after-sync` | sync the temporary file |
//! | `previous.before-rename`, `previous.after-rename` | rename the present state to the previous version |
//! | `replace.before-rename`, `replace.after-rename` | rename the new file over the old one |
//! | `replace.after-folder-sync` | has synced the folder, so that the rename survives a power failure |
//! | `import.before-names` | rename a group of new offer files, written and synced, to their final names |
//! | `import.before-records` | record offers whose files are in place |
//! | `request.before-send`, `request.after-reply` | send a write; has its reply, which is not on disk yet |
//! | `listing.before-request`, `listing.after-reply` | request a page of the listing; has received it |
//!
//! A test of the binary sets `OFFERSYNC_FAULT_POINT=NAME:N=kill|enospc|eio|stop` (at the Nth arrival at NAME). With
//! `OFFERSYNC_FAULT_TRACE=FILE`, every arrival appends its name to the file. A test inside the process arms its own thread with `arm`.
//! `OFFERSYNC_TIME_SCALE=N` makes every wait N times shorter.

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

    /// Arrives at a fault point; does nothing in this build.
    #[inline]
    pub fn reach(_name: &'static str) -> io::Result<()> {
        Ok(())
    }

    /// The armed faults of the current thread, to pass them to another thread; none in this build.
    #[derive(Debug, Clone, Default)]
    pub struct Armed;

    impl Armed {
        /// The armed faults of the current thread.
        #[inline]
        #[must_use]
        pub fn of_this_thread() -> Self {
            Self
        }

        /// Arms the current thread with the same faults.
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

    /// What happens at an armed fault point.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fault {
        /// The process is killed immediately: no destructor runs, nothing is flushed.
        Kill,
        /// The process stands still until another one lets it go on.
        #[cfg(unix)]
        Stop,
        /// The operation fails: no space left on the device.
        NoSpace,
        /// The operation fails: input/output error.
        Io,
    }

    impl Fault {
        fn parse(word: &str) -> Option<Self> {
            match word {
                "kill" => Some(Self::Kill),
                #[cfg(unix)]
                "stop" => Some(Self::Stop),
                "enospc" => Some(Self::NoSpace),
                "eio" => Some(Self::Io),
                _ => None,
            }
        }

        fn strike(self) -> io::Result<()> {
            match self {
                Self::Kill => std::process::abort(),
                #[cfg(unix)]
                Self::Stop => {
                    let this = rustix::process::getpid();
                    Ok(rustix::process::kill_process(this, rustix::process::Signal::STOP)?)
                }
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

    /// The armed faults of a thread; its worker threads share them.
    #[derive(Debug, Clone, Default)]
    pub struct Armed(Option<Arc<Trigger>>);

    impl Armed {
        /// The armed faults of the current thread.
        #[must_use]
        pub fn of_this_thread() -> Self {
            ARMED.with_borrow(Clone::clone)
        }

        /// Arms the current thread with the same faults.
        pub fn enter(self) {
            ARMED.set(self);
        }
    }

    /// Arms the current thread and its worker threads: the fault happens at this arrival (from 1) at the fault point.
    #[cfg(test)]
    pub fn arm(name: &'static str, arrival: u64, fault: Fault) {
        Armed(Some(Arc::new(Trigger::new(name, arrival, fault)))).enter();
    }

    /// Disarms the current thread.
    #[cfg(test)]
    pub fn disarm() {
        Armed::default().enter();
    }

    /// Arrives at a fault point; an armed fault happens here.
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
