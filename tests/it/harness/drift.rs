//! A repository in a folder of its own, a CAKE of its own that shows every member, and the real binary.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{OnceLock, mpsc};

use offersync::sandbox::{Offer, RestrictedKey, RunningSandbox, Sandbox, SandboxHandle, SandboxOptions};
use serde_json::Value as Json;
use tempfile::TempDir;

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

/// A complete offer with a value in every field.
pub(crate) fn full(name: &str) -> String {
    format!(
        "offer_name: {name}\nadvertiser: acme-home\nvertical_id: 7\noffer_url: https://track.example.com/{{offer_id}}\n\
         preview_url: https://www.example.com/\noffer_status: active\npayout: 20.00\npayout_type: cpa\nrevenue: 30.00\n\
         revenue_type: cpa\ncurrency: USD\nsession_hours: 24\nexpiration_date: 2031-06-30 23:59:59\n\
         offer_description: Pays on a lead.\n"
    )
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(said, "`{text}` is not in\n{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!said, "`{text}` is in\n{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }
}

/// A repository and its CAKE.
pub(crate) struct Bench {
    folder: TempDir,
    running: RunningSandbox,
}

impl Bench {
    /// With these files under `offers/`, nothing applied yet.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::with(SandboxOptions::default(), files)
    }

    pub(crate) fn with(options: SandboxOptions, files: &[(&str, &str)]) -> Self {
        let (sender, receiver) = mpsc::channel();
        runtime().spawn(async move { drop(sender.send(Sandbox::start(options).await)) });
        let running = receiver.recv().unwrap().unwrap();
        running.handle().change_quirks(|quirks| quirks.all_fields = true);
        let bench = Self { folder: tempfile::tempdir().unwrap(), running };
        let names = "[names.advertisers]\nacme-home = 101\nbright = 204\n[names.currencies]\nUSD = 1\n";
        let config = format!("[cake]\nurl = \"{}\"\nrequests_per_second = 1000\n\n{names}", bench.running.url());
        bench.write("offersync.toml", &config);
        for (file, text) in files {
            bench.write(&format!("offers/{file}"), text);
        }
        bench
    }

    /// The same, applied.
    pub(crate) fn applied(files: &[(&str, &str)]) -> Self {
        let bench = Self::new(files);
        bench.apply();
        bench
    }

    /// One applied offer, `a`, with a value in every field.
    pub(crate) fn one() -> Self {
        Self::applied(&[("a.yaml", &full("A"))])
    }

    pub(crate) fn restricted(files: &[(&str, &str)], advertisers: impl IntoIterator<Item = u64>) -> Self {
        let key = RestrictedKey { key: "restricted".to_owned(), advertisers: advertisers.into_iter().collect() };
        let bench = Self::with(SandboxOptions { restricted_keys: vec![key], ..SandboxOptions::default() }, files);
        bench.apply();
        bench
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn handle(&self) -> SandboxHandle {
        self.running.handle()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Replaces a piece of a file that is there once.
    #[track_caller]
    pub(crate) fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {text}");
        self.write(path, &text.replace(old, new));
    }

    pub(crate) fn run_with_key(&self, key: &str, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_offersync"))
            .args(arguments)
            .current_dir(self.path())
            .env("CAKE_API_KEY", key)
            .env_remove("CAKE_URL")
            .env_remove("GITHUB_STEP_SUMMARY")
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_key("key", arguments)
    }

    #[track_caller]
    pub(crate) fn apply(&self) {
        self.run(&["apply", "--auto-approve"]).ends_with(0);
    }

    /// Nothing is to be done, neither by what is recorded nor by what CAKE shows.
    #[track_caller]
    pub(crate) fn plan_is_empty(&self) {
        self.run(&["plan", "--detailed-exitcode"]).ends_with(0);
        self.run(&["plan", "--detailed-exitcode", "--refresh"]).ends_with(0);
    }

    pub(crate) fn state(&self) -> Json {
        serde_json::from_str(&self.read("offersync.state.json")).unwrap()
    }

    #[track_caller]
    pub(crate) fn id(&self, key: &str) -> u64 {
        self.state()["offers"][key]["offer_id"].as_u64().unwrap()
    }

    /// What a person does in CAKE.
    #[track_caller]
    pub(crate) fn in_cake(&self, key: &str, change: impl FnOnce(&mut Offer)) {
        assert!(self.handle().change(self.id(key), change).unwrap());
    }

    #[track_caller]
    pub(crate) fn offer(&self, key: &str) -> Offer {
        self.handle().offer(self.id(key)).unwrap()
    }

    /// How many writes CAKE was asked for.
    pub(crate) fn writes(&self) -> u64 {
        let counters = self.handle().counters();
        counters.creates + counters.updates
    }

    /// Every file with its bytes.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.path()).unwrap().to_string_lossy().into_owned();
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// The drift as JSON, held against its schema.
    #[track_caller]
    pub(crate) fn drift(&self) -> Json {
        let drift = self.run(&["drift", "--format", "json"]).ends_with(0).json();
        fits(&drift);
        drift
    }
}

/// Holds a document against the schema of drift.
#[track_caller]
pub(crate) fn fits(drift: &Json) {
    let schema = offersync::report::schema::schema(offersync::report::schema::Subject::Drift);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let wrong: Vec<_> = validator.iter_errors(drift).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{drift:#}");
}

/// `payout:cake` for every drifted field.
pub(crate) fn movers(drift: &Json) -> Vec<String> {
    let offers = drift["offers"].as_array().unwrap().iter();
    let fields = offers.flat_map(|offer| offer["fields"].as_array().unwrap());
    fields.map(|field| format!("{}:{}", field["field"].as_str().unwrap(), field["mover"].as_str().unwrap())).collect()
}
