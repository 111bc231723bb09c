//! A folder with offers, the program run in it, git repositories, and a CAKE that listens on the loopback address.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;

use offersync::report::schema::{Subject, schema};
use offersync::sandbox::{FaultPlan, Sandbox, SandboxHandle, SandboxOptions};
use serde_json::Value as Json;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_offersync");

/// A key that must never be seen anywhere.
pub(crate) const KEY: &str = "s3cr3t-k3y-of-the-test";

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, held to an exit code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Everything that it said.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        let unwrapped = self.said().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(text), "`{text}` is not in:\n{}", self.said());
    }

    /// What it printed, as the one JSON document that it must be, held against its schema.
    #[track_caller]
    pub(crate) fn document(&self) -> Json {
        let document: Json = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr));
        let subject = match document["format"].as_str() {
            Some("offersync-plan") => Subject::Plan,
            Some("offersync-report") => Subject::Report,
            Some("offersync-diagnostics") => Subject::Diagnostics,
            other => panic!("a document of format {other:?}:\n{}", self.stdout),
        };
        let validator = jsonschema::draft202012::new(&schema(subject)).unwrap();
        let wrong: Vec<_> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:?} in\n{}", self.stdout);
        document
    }
}

/// A folder that the program works in.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a configuration for this CAKE and the offers `alpha`, `beta` and `gamma`.
    pub(crate) fn with_offers(url: &str) -> Self {
        let workspace = Self::empty();
        workspace.write("offersync.toml", &config(url));
        for (number, key) in ["alpha", "beta", "gamma"].into_iter().enumerate() {
            workspace.write(&format!("offers/{key}.yaml"), &offer(key, &format!("{}.50", 10 + number)));
        }
        workspace
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub(crate) fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.file(name)).unwrap();
    }

    /// Puts one text in the place of another.
    #[track_caller]
    pub(crate) fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "`{from}` is not in {name}:\n{text}");
        self.write(name, &text.replace(from, to));
    }

    /// The program with a key, ready to run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = clean(PROGRAM, &self.path());
        command.args(arguments).env("CAKE_API_KEY", KEY);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Run {
        git(&self.path(), arguments)
    }

    /// Makes the folder a repository with everything committed.
    pub(crate) fn committed(self) -> Self {
        self.git(&["init", "--quiet", "--initial-branch=main"]).expect(0);
        self.commit("first");
        self
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]).expect(0);
        self.git(&["commit", "--quiet", "--message", message]).expect(0);
    }
}

/// A command with nothing of the developer's own settings.
pub(crate) fn clean(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    let ours = ["CAKE_", "GITHUB_", "CI_", "GIT_", "OFFERSYNC_"];
    for (name, _) in std::env::vars_os() {
        if ours.iter().any(|start| name.to_string_lossy().starts_with(start)) {
            command.env_remove(name);
        }
    }
    let programs = Path::new(PROGRAM).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{programs}:{path}")).env("NO_COLOR", "1");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Test").env(format!("GIT_{who}_EMAIL"), "test@example.com");
    }
    command
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Run {
    Run::of(clean("git", folder).args(arguments))
}

pub(crate) fn config(url: &str) -> String {
    format!(
        "[cake]\nurl = \"{url}\"\nrequests_per_second = 0\nlisting_lag_seconds = 0\n[cake.retry]\nattempts = 1\n\
         [names.advertisers]\nacme = 101\n"
    )
}

pub(crate) fn offer(key: &str, payout: &str) -> String {
    format!(
        "offer_name: Offer {key}\nadvertiser: acme\nvertical_id: 7\noffer_url: https://track.example.com/{key}?o={{offer_id}}\n\
         payout: {payout}\n"
    )
}

/// A CAKE that answers in a thread of its own until it is dropped.
pub(crate) struct Cake {
    pub(crate) url: String,
    pub(crate) handle: SandboxHandle,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Cake {
    pub(crate) fn start() -> Self {
        Self::with(SandboxOptions::default())
    }

    pub(crate) fn with(options: SandboxOptions) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (started, address) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let running = Sandbox::start(options).await.unwrap();
                started.send((running.url(), running.handle())).unwrap();
                let _dropped = stopped.await;
            });
        });
        let (url, handle) = address.recv().unwrap();
        Self { url, handle, stop: Some(stop), thread: Some(thread) }
    }

    /// Puts faults in the place of those that were there.
    pub(crate) fn fail(&self, rules: &str) {
        self.handle.set_faults(rules.parse::<FaultPlan>().unwrap());
    }

    /// The ids of the offers of that name.
    pub(crate) fn ids(&self, name: &str) -> Vec<u64> {
        self.handle.offers().iter().filter(|offer| offer.offer_name == name).map(|offer| offer.offer_id).collect()
    }
}

impl Drop for Cake {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
