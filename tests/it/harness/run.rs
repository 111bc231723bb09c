//! Runs the binary, git and scripts: a clean environment, a watchdog, and what came out.
//!
//! Every run is checked for the API key, which must never be printed.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value as Json;

use super::document;

/// The binary under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_offersync");

/// The API key of every run.
pub(crate) const KEY: &str = "s3cr3t-k3y-of-the-test";

/// An apply that asks nothing and reports in JSON.
pub(crate) const APPLY: [&str; 4] = ["apply", "--auto-approve", "--format", "json"];

/// How long a run may take before it counts as hanging.
const WATCHDOG: Duration = Duration::from_secs(100);

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Everything that it printed.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    fn contains(&self, text: &str) -> bool {
        // Long lines are wrapped, so only words are compared.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        words(&self.said()).contains(&words(text))
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.contains(text), "`{text}` is not in:\n{}", self.said());
        self
    }

    #[track_caller]
    pub(crate) fn never_says(&self, text: &str) -> &Self {
        assert!(!self.contains(text), "`{text}` is in:\n{}", self.said());
        self
    }

    /// Its stdout, which must be one JSON document that fits the schema of its format.
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        let document = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {:?} {}\n{}", self.code, self.stdout, self.stderr));
        document::check(&document);
        document
    }

    /// The result of a report about one offer.
    #[track_caller]
    pub(crate) fn only_result(&self) -> Json {
        let report = self.json();
        let results = report["results"].as_array().unwrap_or_else(|| panic!("no report: {report:#}"));
        assert_eq!(results.len(), 1, "{report:#}");
        results[0].clone()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A command without the developer's own settings, ready to be spawned.
pub(crate) fn clean(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let settings = ["AWS_", "AZURE_", "BUILD_URL", "CAKE_", "CI", "GITHUB_", "GIT_", "GOOGLE_", "OFFERSYNC_"];
    for (name, _) in std::env::vars_os() {
        if settings.iter().any(|start| name.to_string_lossy().starts_with(start)) {
            command.env_remove(name);
        }
    }
    let programs = Path::new(PROGRAM).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{programs}:{path}")).env("NO_COLOR", "1").env_remove("COLUMNS");
    command.env("XDG_CONFIG_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-configuration"));
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Test").env(format!("GIT_{role}_EMAIL"), "test@example.com");
    }
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end. One that hangs fails the test.
#[track_caller]
pub(crate) fn finish(command: &mut Command) -> Run {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    finish_child(command.spawn().unwrap())
}

#[track_caller]
pub(crate) fn finish_child(child: Child) -> Run {
    let id = child.id();
    let (done, waited) = mpsc::channel::<()>();
    let watchdog = std::thread::spawn(move || {
        let hangs = waited.recv_timeout(WATCHDOG).is_err();
        if hangs {
            signal(id, "KILL");
        }
        hangs
    });
    let output = child.wait_with_output().unwrap();
    let _ended = done.send(());
    let run = Run::from(output);
    assert!(!watchdog.join().unwrap(), "the command hangs: {run:?}");
    assert!(!run.said().contains(KEY), "the API key was printed: {run:?}");
    run
}

/// Sends a signal to a process.
pub(crate) fn signal(process: u32, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status().unwrap();
    assert!(status.success());
}
