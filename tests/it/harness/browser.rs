//! A real browser without a network, driven by Chromium's `DevTools` protocol through a pair of pipes.
//!
//! `OFFERSYNC_TEST_BROWSER` names it, else the first one on the PATH is taken. It keeps what a page requested and what it complained of.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::run::signal;

/// Names under which systems install it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// How long a test may need its browser.
const WATCHDOG: Duration = Duration::from_secs(80);

pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// The page, once there is one.
    session: Option<String>,
    last: u64,
    events: Vec<Json>,
    _profile: tempfile::TempDir,
    /// Tells the watchdog that the browser is not needed any more.
    _running: mpsc::Sender<()>,
}

impl Browser {
    /// With an empty page and no network; `None` where no browser is installed, which is said.
    #[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = program() else {
            println!("skipped: there is no browser (OFFERSYNC_TEST_BROWSER, or chromium on the PATH)");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // The protocol is spoken on the file descriptors 3 and 4.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"]).arg(program);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        command.args(["--disable-background-networking", "--remote-debugging-pipe"]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let running = watch(child.id());
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Self {
            child,
            input,
            output,
            session: None,
            last: 0,
            events: Vec::new(),
            _profile: profile,
            _running: running,
        };
        let page = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attached = browser.call("Target.attachToTarget", &json!({"targetId": page["targetId"], "flatten": true}));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        let offline = json!({"offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        browser.call("Network.emulateNetworkConditions", &offline);
        Some(browser)
    }

    /// Opens a file, and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path, fragment: &str) {
        // A link within a page that is open already would not load it.
        self.load("about:blank");
        self.load(&format!("file://{}{fragment}", file.canonicalize().unwrap().display()));
    }

    fn load(&mut self, url: &str) {
        self.events.clear();
        self.call("Page.navigate", &json!({"url": url}));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.read();
            self.events.push(event);
        }
    }

    /// The value of an expression in the page; a promise is waited for.
    #[track_caller]
    pub(crate) fn value(&mut self, expression: &str) -> Json {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", &asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer:#}");
        answer["result"]["value"].clone()
    }

    /// A command for the page, such as to print it.
    pub(crate) fn call(&mut self, method: &str, parameters: &Json) -> Json {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == self.last {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn read(&mut self) -> Json {
        let mut message = Vec::new();
        self.output.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&message).unwrap()
    }

    /// What the page has asked for since it was opened, itself included.
    pub(crate) fn requests(&self) -> Vec<String> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.map(|event| event["params"]["request"]["url"].as_str().unwrap().to_owned()).collect()
    }

    /// What the page has complained of since it was opened: errors, exceptions, breaches of its policy.
    pub(crate) fn complaints(&self) -> Vec<&Json> {
        let complains = |event: &&Json| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => event["params"]["type"] != "log",
            Some("Log.entryAdded") => event["params"]["entry"]["level"] != "verbose",
            _ => false,
        };
        self.events.iter().filter(complains).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        signal(self.child.id(), "KILL");
        let _ended = self.child.wait();
    }
}

/// A browser that hangs fails its test.
fn watch(id: u32) -> mpsc::Sender<()> {
    let (running, ended) = mpsc::channel();
    std::thread::spawn(move || {
        if ended.recv_timeout(WATCHDOG) == Err(mpsc::RecvTimeoutError::Timeout) {
            signal(id, "KILL");
        }
    });
    running
}

fn program() -> Option<String> {
    let named = std::env::var("OFFERSYNC_TEST_BROWSER").ok().filter(|name| !name.is_empty());
    let installed = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success());
    named.or_else(|| NAMES.into_iter().find(installed).map(str::to_owned))
}
