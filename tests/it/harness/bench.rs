//! What every test here works with: a repository in a folder of its own, a CAKE of its own, the real binary, and the three
//! invariants that hold after every apply that ends well, whatever happened before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use offersync::sandbox::{Offer, RunningSandbox, Sandbox, SandboxHandle, SandboxOptions};
use tempfile::TempDir;

/// Whether the long version of the tests was asked for: `OFFERSYNC_LONG_TESTS=1`.
pub(crate) fn long() -> bool {
    std::env::var_os("OFFERSYNC_LONG_TESTS").is_some_and(|value| value == "1")
}

/// The one runtime on which every sandbox lives; the tests themselves wait for processes, not for futures.
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

/// Starts a sandbox inside this process: it outlives every kill of the binary.
pub(crate) fn start(options: SandboxOptions) -> RunningSandbox {
    let (sender, receiver) = mpsc::channel();
    runtime().spawn(async move { drop(sender.send(Sandbox::start(options).await)) });
    receiver.recv().unwrap().unwrap()
}

/// One desired offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) advertiser: u64,
    pub(crate) url: String,
    pub(crate) status: Option<&'static str>,
    pub(crate) payout: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) renamed_from: Option<String>,
}

impl Draft {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            advertiser: 101,
            url: "https://track.example.com/{offer_id}".to_owned(),
            status: None,
            payout: Some("10.00".to_owned()),
            description: None,
            renamed_from: None,
        }
    }

    fn yaml(&self) -> String {
        let Self { name, advertiser, url, status, payout, description, renamed_from } = self;
        let mut text = format!("offer_name: {name}\nadvertiser_id: {advertiser}\nvertical_id: 7\noffer_url: {url}\n");
        for (field, value) in [("payout", payout), ("offer_description", description)] {
            if let Some(value) = value {
                writeln!(text, "{field}: {value}").unwrap();
            }
        }
        if let Some(status) = status {
            writeln!(text, "offer_status: {status}").unwrap();
        }
        text.push_str("sync:\n  on_create_only_change: replace\n");
        if let Some(from) = renamed_from {
            writeln!(text, "  renamed_from: {from}").unwrap();
        }
        text
    }

    /// What of it an offer in CAKE lacks.
    fn differs_from(&self, offer: &Offer) -> Option<String> {
        let status = self.status.unwrap_or("active");
        let same_money = match (&self.payout, &offer.payout) {
            (None, _) => true,
            (Some(wanted), Some(has)) => has.compare(&wanted.parse().unwrap()).is_eq(),
            (Some(_), None) => false,
        };
        let same = offer.offer_name == self.name
            && offer.advertiser_id == self.advertiser
            && offer.offer_url == self.url
            && offer.offer_status == status
            && same_money
            && self.description.as_ref().is_none_or(|text| offer.offer_description.as_ref() == Some(text));
        (!same).then(|| format!("desired {self:?}, in CAKE {offer:?}"))
    }
}

/// All desired offers by key.
pub(crate) type Drafts = BTreeMap<String, Draft>;

/// The settings that tests turn.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) duplicate_check: &'static str,
    pub(crate) timeout_seconds: u32,
    pub(crate) attempts: u32,
    pub(crate) max_in_flight: u32,
    /// A hundred times shorter in the test build.
    pub(crate) listing_lag_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { duplicate_check: "auto", timeout_seconds: 20, attempts: 3, max_in_flight: 8, listing_lag_seconds: 1 }
    }
}

/// A state and the offers in CAKE that it belongs to, to begin with as often as wanted.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) drafts: Drafts,
    pub(crate) state: String,
    pub(crate) url: String,
    pub(crate) offers: Vec<Offer>,
}

/// A repository and its CAKE.
pub(crate) struct Bench {
    folder: TempDir,
    running: RunningSandbox,
    /// Offers in CAKE that are none of ours.
    pub(crate) foreign: BTreeSet<u64>,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {:?} {}\n{}", self.code, self.stdout, self.stderr))
    }

    /// The one result of a report about one offer.
    pub(crate) fn only_result(&self) -> serde_json::Value {
        let report = self.json();
        let results = report["results"].as_array().unwrap_or_else(|| panic!("no report: {report:#}"));
        assert_eq!(results.len(), 1, "{report:#}");
        results[0].clone()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(SandboxOptions::default(), &Settings::default())
    }

    pub(crate) fn with(options: SandboxOptions, settings: &Settings) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap(), running: start(options), foreign: BTreeSet::new() };
        bench.configure(settings);
        bench
    }

    /// A bench that is where another one was.
    pub(crate) fn from(begin: &Start, options: SandboxOptions, settings: &Settings) -> Self {
        let highest = begin.offers.iter().map(|offer| offer.offer_id + 1).max().unwrap_or(1);
        let bench = Self::with(SandboxOptions { first_offer_id: highest, ..options }, settings);
        for offer in &begin.offers {
            bench.cake().put(offer.clone()).unwrap();
        }
        write(&bench.path("offersync.state.json"), &begin.state.replace(&begin.url, &bench.running.url()));
        bench.desire(&begin.drafts);
        bench
    }

    /// Where it is now, to begin with.
    pub(crate) fn keep(&self, drafts: &Drafts) -> Start {
        Start {
            drafts: drafts.clone(),
            state: fs::read_to_string(self.path("offersync.state.json")).unwrap(),
            url: self.running.url(),
            offers: self.cake().offers(),
        }
    }

    pub(crate) fn configure(&self, settings: &Settings) {
        self.configure_url(settings, &self.running.url());
    }

    pub(crate) fn configure_url(&self, settings: &Settings, url: &str) {
        let Settings { duplicate_check, timeout_seconds, attempts, max_in_flight, listing_lag_seconds } = settings;
        let text = format!(
            "[cake]\nurl = \"{url}\"\nrequests_per_second = 0\nmax_in_flight = {max_in_flight}\n\
             timeout_seconds = {timeout_seconds}\nlisting_lag_seconds = {listing_lag_seconds}\n\
             duplicate_check = \"{duplicate_check}\"\n[cake.retry]\nattempts = {attempts}\nlongest_wait_seconds = 2\n"
        );
        write(&self.path("offersync.toml"), &text);
    }

    pub(crate) fn cake(&self) -> SandboxHandle {
        self.running.handle()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes the YAML say exactly this.
    pub(crate) fn desire(&self, drafts: &Drafts) {
        let folder = self.path("offers");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        for (key, draft) in drafts {
            write(&folder.join(format!("{key}.yaml")), &draft.yaml());
        }
    }

    pub(crate) fn faults(&self, text: &str) {
        self.cake().set_faults(text.parse().unwrap());
    }

    /// The binary, about to be run in this repository.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offersync"));
        for name in ["CAKE_URL", "GITHUB_SERVER_URL", "CI_JOB_URL", "BUILD_URL", "OFFERSYNC_FAULT_POINT"] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CAKE_API_KEY", "a-key-for-tests")
            .env("OFFERSYNC_TIME_SCALE", "100")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        finish(self.command(arguments).envs(environment.iter().copied()))
    }

    pub(crate) fn apply(&self) -> Ran {
        self.run(&APPLY)
    }

    /// Applies with a fault point armed.
    pub(crate) fn apply_armed(&self, armed: &str) -> Ran {
        self.run_with(&APPLY, &[("OFFERSYNC_FAULT_POINT", armed)])
    }

    /// Applies again until it ends with 0, which it must within a few runs.
    pub(crate) fn apply_until_done(&self, what: &str) -> usize {
        for run in 1..=6 {
            let ran = self.apply();
            match ran.code {
                Some(0) => return run,
                Some(7 | 8 | 1) if run < 6 => {}
                _ => panic!("{what}: run {run} ended with {:?}\n{}\n{}", ran.code, ran.stdout, ran.stderr),
            }
        }
        unreachable!("the last run returns or panics")
    }

    /// The recorded offers.
    pub(crate) fn recorded(&self) -> serde_json::Value {
        let ran = self.run(&["state", "list", "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.json()
    }

    /// CAKE holds each desired offer once, with the desired values; the state knows each id; the next plan is empty.
    pub(crate) fn check(&self, drafts: &Drafts, what: &str) {
        let recorded = self.recorded();
        let offers: BTreeMap<u64, Offer> = self.cake().offers().into_iter().map(|o| (o.offer_id, o)).collect();
        let mut owned: BTreeSet<u64> = self.foreign.clone();
        let mut live = BTreeSet::new();
        assert_eq!(recorded["in_doubt"], serde_json::json!([]), "{what}");
        for record in recorded["offers"].as_array().unwrap() {
            let (key, id) = (record["key"].as_str().unwrap(), record["offer_id"].as_u64().unwrap());
            let offer = offers.get(&id).unwrap_or_else(|| panic!("{what}: {key} is recorded as {id}, not in CAKE"));
            assert!(owned.insert(id), "{what}: {id} is owned twice");
            for old in record["replaced"].as_array().into_iter().flatten() {
                let old = old["offer_id"].as_u64().unwrap();
                assert!(owned.insert(old), "{what}: {old} is owned twice");
                assert_eq!(offers[&old].offer_status, "inactive", "{what}: {old}, which {key} replaced");
            }
            if record["status"] == "live" {
                live.insert(key);
                let draft = drafts.get(key).unwrap_or_else(|| panic!("{what}: {key} is live without YAML"));
                if let Some(difference) = draft.differs_from(offer) {
                    panic!("{what}: {key}: {difference}");
                }
            } else {
                assert_eq!(offer.offer_status, "inactive", "{what}: {key}, which is retired");
            }
        }
        assert!(live.iter().copied().eq(drafts.keys()), "{what}: live {live:?}, desired {:?}", drafts.keys());
        let unknown: Vec<_> = offers.keys().filter(|id| !owned.contains(id)).collect();
        assert!(unknown.is_empty(), "{what}: offers in CAKE that the state does not know: {unknown:?}");
        let plan = self.run(&["plan", "--detailed-exitcode", "--format", "json"]);
        assert_eq!(plan.code, Some(0), "{what}: the next plan is not empty: {}\n{}", plan.stdout, plan.stderr);
    }
}

/// An apply for a test.
pub(crate) const APPLY: [&str; 4] = ["apply", "--auto-approve", "--format", "json"];

/// Runs a command to its end; one that hangs is a failure and not a test that never ends.
pub(crate) fn finish(command: &mut Command) -> Ran {
    finish_child(command.spawn().unwrap())
}

pub(crate) fn finish_child(child: std::process::Child) -> Ran {
    let id = child.id();
    let (done, waited) = mpsc::channel::<()>();
    let watchdog = std::thread::spawn(move || {
        if waited.recv_timeout(Duration::from_secs(100)).is_err() {
            signal(id, "KILL");
            return true;
        }
        false
    });
    let output = child.wait_with_output().unwrap();
    let _ = done.send(());
    let ran = Ran::from(output);
    assert!(!watchdog.join().unwrap(), "the binary hangs: {ran:?}");
    ran
}

/// Sends a signal to a process.
pub(crate) fn signal(process: u32, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status().unwrap();
    assert!(status.success());
}

/// Does the work for every item and gives the results in order. Several threads a core: most of the time is spent waiting, for
/// disks and for replies that never come.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = 6 * std::thread::available_parallelism().map_or(2, usize::from).min(8);
    let next = Mutex::new(0_usize);
    let results: Arc<Mutex<Vec<(usize, R)>>> = Arc::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    let Some(item) = items.get(place) else { return };
                    let result = work(item);
                    results.lock().unwrap().push((place, result));
                }
            });
        }
    });
    let mut results = std::mem::take(&mut *results.lock().unwrap());
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}
