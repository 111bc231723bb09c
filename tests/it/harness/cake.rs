//! A sandbox CAKE in this process, so that it outlives every kill of the binary.
//!
//! All of them run on one background runtime; the tests themselves wait for processes, not for futures.

use std::ops::Deref;
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

use offersync::testing::sandbox::{Counters, RunningSandbox, Sandbox, SandboxHandle, SandboxOptions};

fn runtime() -> &'static tokio::runtime::Handle {
    static RUNTIME: OnceLock<tokio::runtime::Handle> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            sender.send(runtime.handle().clone()).unwrap();
            runtime.block_on(std::future::pending::<()>());
        });
        receiver.recv().unwrap()
    })
}

/// Listens on a loopback port until it is dropped. Dereferences to the sandbox's own controls.
pub(crate) struct Cake {
    running: RunningSandbox,
    handle: SandboxHandle,
}

impl Deref for Cake {
    type Target = SandboxHandle;

    fn deref(&self) -> &SandboxHandle {
        &self.handle
    }
}

impl Cake {
    pub(crate) fn start() -> Self {
        Self::with(SandboxOptions::default())
    }

    pub(crate) fn with(options: SandboxOptions) -> Self {
        let (sender, receiver) = mpsc::channel();
        runtime().spawn(async move { drop(sender.send(Sandbox::start(options).await)) });
        let running = receiver.recv().unwrap().unwrap();
        let handle = running.handle();
        Self { running, handle }
    }

    pub(crate) fn url(&self) -> String {
        self.running.url()
    }

    /// Replaces the fault rules; an empty text removes them.
    pub(crate) fn faults(&self, rules: &str) {
        self.set_faults(rules.parse().unwrap());
    }

    /// The ids of the offers of that name.
    pub(crate) fn ids(&self, name: &str) -> Vec<u64> {
        self.offers().iter().filter(|offer| offer.offer_name == name).map(|offer| offer.offer_id).collect()
    }

    /// How many writes were received.
    pub(crate) fn writes(&self) -> u64 {
        let counters = self.counters();
        counters.creates + counters.updates
    }

    /// Waits until the counters of received requests are as wanted.
    pub(crate) fn wait_until(&self, wanted: impl Fn(Counters) -> bool) {
        let began = Instant::now();
        while !wanted(self.counters()) {
            assert!(began.elapsed() < Duration::from_mins(1), "{:?}", self.counters());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
