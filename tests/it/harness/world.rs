//! A folder with a configuration, a CAKE on a thread of its own, and the program run between the two.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::mpsc;
use std::thread::JoinHandle;

use offersync::sandbox::{Offer, Sandbox, SandboxHandle, SandboxOptions};
use tempfile::TempDir;
use tokio::sync::oneshot;

const CONFIG: &str = "[cake]\ntime_zone = \"America/New_York\"\nrequests_per_second = 0\n\
                      [names.advertisers]\nacme-home = 101\n[names.verticals]\nhome-services = 7\n[names.currencies]\nUSD = 1\n";

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) cake: SandboxHandle,
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a run of the program came to.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) fn new(offers: impl IntoIterator<Item = Offer>) -> Self {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
        let options = SandboxOptions { time_zone: zone, ..SandboxOptions::default() };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let started =
                |running: &offersync::sandbox::RunningSandbox| tell.send((running.url(), running.handle())).unwrap();
            let stopped = async { drop(stopped.await) };
            runtime.block_on(Sandbox::run(options, started, stopped)).unwrap();
        });
        let (url, cake) = told.recv().unwrap();
        for offer in offers {
            cake.put(offer).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "offersync.toml", CONFIG);
        Self { folder, cake, url, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_offersync"));
        command.current_dir(self.folder.path()).env("CAKE_URL", &self.url).env("CAKE_API_KEY", "key");
        let Output { status, stdout, stderr } =
            command.envs(environment.iter().copied()).args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// Runs the program and holds its exit code against what it should be.
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}\n{}{}", ran.out, ran.err);
        ran
    }

    /// Every file of the offers, by its path.
    pub(crate) fn tree(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        gather(&self.folder.path().join("offers"), "", &mut files);
        files
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        put(self.folder.path(), path, text);
    }

    pub(crate) fn has_state(&self) -> bool {
        self.folder.path().join("offersync.state.json").exists()
    }

    /// The plan is empty, and importing once more does nothing.
    pub(crate) fn is_settled(&self) {
        self.expect(0, &["plan", "--detailed-exitcode"]);
        let before = self.tree();
        let again = self.run(&["import"]);
        assert!(again.out.contains("0 offers imported, 0 matched"), "{}{}", again.out, again.err);
        assert_eq!(self.tree(), before);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::File::create(&path).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())).unwrap();
}

fn gather(folder: &Path, inside: &str, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let name = format!("{inside}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// The offers of a CAKE that people have used for years.
pub(crate) fn offers(count: u64) -> impl Iterator<Item = Offer> {
    const NAMES: [&str; 6] = ["Home Warranty", "Auto – Größe", "no", "12:30", "{x}: #1 \"best\"", "Home Warranty"];
    const STATUSES: [&str; 5] = ["active", "inactive", "pending", "Expired", "active"];
    let pick = |list: &[&str], number: u64| list[usize::try_from(number).unwrap() % list.len()].to_owned();
    (1..=count).map(move |number| Offer {
        offer_name: pick(&NAMES, number),
        advertiser_id: 101 + number % 3,
        vertical_id: 7 + number % 2,
        offer_status: pick(&STATUSES, number),
        payout: (number % 4 != 0).then(|| "24.00".parse().unwrap()),
        payout_type: (number % 3 != 0).then(|| "CPA".to_owned()),
        revenue: (number % 5 != 0).then(|| "19.999999999999999999".parse().unwrap()),
        currency_id: (number % 2 == 0).then_some(1),
        session_hours: Some(24),
        expiration_date: (number % 3 == 0).then(|| "2099-07-01 23:59:59".parse().unwrap()),
        offer_description: (number % 4 == 1).then(|| "two\n lines: #\n".to_owned()),
        ..Offer::filler(number * 10)
    })
}
