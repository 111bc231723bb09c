//! The context of a command: the common flags, the terminal, the environment, the configuration and the paths.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::config;
use crate::diagnostic::{Diagnostic, render_all};
use crate::ops::ci::{Checkout, CiHost};
use crate::ops::{self, Repository};
use crate::report::SourceLinks;

use super::args::Common;
use super::failure::Failure;
use super::printable::Printable;
use super::terminal::{Target, Terminal};

#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) common: Common,
    /// Where output goes.
    pub(crate) terminal: Terminal,
    is_sandboxed: AtomicBool,
    /// Whether a message has named a command.
    has_advised: AtomicBool,
}

impl Context {
    pub(crate) fn new(common: Common) -> Self {
        let terminal = Terminal::new(common.color, common.quiet);
        Self { common, terminal, is_sandboxed: AtomicBool::new(false), has_advised: AtomicBool::new(false) }
    }

    /// The folder that the command works in.
    pub(crate) fn directory(&self) -> &Path {
        self.common.directory.as_deref().unwrap_or(Path::new("."))
    }

    /// A path as the user gave it, resolved against `-C`; `-` stays what it is.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        if path == Path::new("-") { path.to_owned() } else { self.directory().join(path) }
    }

    /// How long to wait for the lock.
    pub(crate) fn lock_timeout(&self) -> Duration {
        Duration::from_secs(self.common.lock_timeout)
    }

    pub(crate) fn print(&self, text: impl Into<Printable>) -> Result<(), Failure> {
        let text = text.into();
        self.remember_advice(text.as_str());
        self.terminal.result(text).map_err(|error| Failure::output(&error))
    }

    /// Prints diagnostics to stderr.
    pub(crate) fn show(&self, diagnostics: &[Diagnostic]) {
        if !diagnostics.is_empty() {
            let form = self.terminal.form(Target::Stderr);
            let text = render_all(diagnostics, form);
            self.alert(Printable::styled(text.trim_end().to_owned(), form.colour));
        }
    }

    /// Prints a message to stderr.
    pub(crate) fn alert(&self, text: impl Into<Printable>) {
        let text = text.into();
        self.remember_advice(text.as_str());
        self.terminal.alert(text);
    }

    fn remember_advice(&self, text: &str) {
        // In a document, a command is read by another program.
        let is_document = text.starts_with(['{', '[', '<', ':']);
        if !is_document && ["`offersync ", "  offersync "].iter().any(|command| text.contains(command)) {
            self.has_advised.store(true, Ordering::Relaxed);
        }
    }

    /// Messages name commands without the flags that say where this one worked; without them, they would work somewhere else.
    pub(crate) fn note_flags_of_advice(&self) {
        let flags = [
            (self.common.directory.is_some(), "-C"),
            (self.common.config.is_some(), "--config"),
            (self.common.env.is_some(), "--env"),
            (self.is_sandboxed.load(Ordering::Relaxed), "--sandbox"),
        ];
        let given: Vec<_> = flags.iter().filter_map(|(is_given, flag)| is_given.then_some(*flag)).collect();
        if self.has_advised.load(Ordering::Relaxed) && !given.is_empty() {
            let flags = given.join(" and ");
            self.terminal.note(format!("note: give {flags} to the offersync commands above as well, as you did here."));
        }
    }

    /// The folder of the configuration, relative to the checkout of the workflow, because annotations name files from there. Empty if they are
    /// the same or there is no workflow.
    pub(crate) fn folder_in_workspace(&self) -> String {
        let inside = |workspace: String| {
            let root = self.configuration()?.parent()?.canonicalize().ok()?;
            let workspace = Path::new(&workspace).canonicalize().ok()?;
            Some(root.strip_prefix(workspace).ok()?.to_string_lossy().replace('\\', "/"))
        };
        ops::ci::workspace().and_then(inside).unwrap_or_default()
    }

    /// Links to the lines of files on the web, where CI tells of them.
    pub(crate) fn links(&self) -> Option<SourceLinks> {
        let Checkout { host, repository, commit } = ops::ci::checkout()?;
        let folder = self.folder_in_workspace();
        match host {
            CiHost::GitHub => SourceLinks::github(&repository, &commit, &folder),
            CiHost::GitLab => SourceLinks::gitlab(&repository, &commit, &folder),
        }
    }

    /// The name of the environment, also of a configuration that is invalid; empty where it is not known. And whether it is configured.
    pub(crate) fn environment(&self, sandbox: bool) -> (String, bool) {
        let of_file = || ops::environment_of(&self.configuration()?, self.chosen().as_deref());
        let known = if sandbox { Some(("sandbox".to_owned(), false)) } else { of_file() };
        known.unwrap_or_default()
    }

    /// The environment that was chosen.
    fn chosen(&self) -> Option<String> {
        self.common.env.clone().or_else(ops::chosen_environment)
    }

    /// The configuration file, if there is one.
    fn configuration(&self) -> Option<PathBuf> {
        match &self.common.config {
            Some(file) => Some(self.path(file)),
            None => config::find(self.directory()),
        }
    }

    /// Finds and reads the configuration.
    pub(crate) fn repository(&self, sandbox: bool) -> Result<Repository, Failure> {
        if sandbox && !self.is_sandboxed.swap(true, Ordering::Relaxed) {
            self.terminal.note("Sandbox: a built-in CAKE with data and a state of its own, in .offersync/sandbox/. Your CAKE and your state are not used.");
        }
        let chosen = self.chosen();
        Ok(match &self.common.config {
            Some(file) => Repository::load(&self.path(file), sandbox, chosen.as_deref())?,
            None => Repository::find(self.directory(), sandbox, chosen.as_deref())?,
        })
    }
}
