//! What every command works with: the common flags, the terminal, the environment, the configuration and the paths.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::{self, Layers, Settings};
use crate::diagnostic::{Diagnostic, codes, render_all};

use super::args::Common;
use super::exit::Exit;
use super::failure::Failure;
use super::terminal::Terminal;

/// The address that a state is bound to when it belongs to the sandbox: the port changes from run to run, the data do not.
const SANDBOX_CAKE: &str = "sandbox";

/// The sandbox's folder, seen from the folder of `offersync.toml`.
const SANDBOX_FOLDER: &str = ".offersync/sandbox";

/// What every command works with.
#[derive(Debug)]
pub(crate) struct Context {
    /// The common flags.
    pub(crate) common: Common,
    /// Where output goes.
    pub(crate) terminal: Terminal,
}

/// A repository: its settings, and the CAKE and the state that a command is about.
#[derive(Debug)]
pub(crate) struct Repository {
    /// The settings.
    pub(crate) settings: Settings,
    /// What the configuration is warned of.
    pub(crate) warnings: Vec<Diagnostic>,
    /// The address that the state is bound to.
    pub(crate) cake: String,
    /// The state file.
    pub(crate) state: PathBuf,
    /// Where the sandbox keeps its data, when the command is about the sandbox.
    pub(crate) sandbox: Option<PathBuf>,
}

impl Context {
    /// From the common flags.
    pub(crate) fn new(common: Common) -> Self {
        let terminal = Terminal::new(common.color, common.quiet);
        Self { common, terminal }
    }

    /// The folder that the command works in.
    pub(crate) fn directory(&self) -> &Path {
        self.common.directory.as_deref().unwrap_or(Path::new("."))
    }

    /// A path as the user gave it, resolved against `-C`.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.directory().join(path)
    }

    /// How long to wait for the lock.
    pub(crate) fn lock_timeout(&self) -> Duration {
        Duration::from_secs(self.common.lock_timeout)
    }

    /// Looks an environment variable up.
    pub(crate) fn variable(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// Prints a result.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        self.terminal.result(text).map_err(|error| Failure::disk("write to", Path::new("standard output"), &error))
    }

    /// Shows diagnostics to people.
    pub(crate) fn show(&self, diagnostics: &[Diagnostic]) {
        if !diagnostics.is_empty() {
            self.terminal.alert(render_all(diagnostics, self.terminal.colours_notes()).trim_end());
        }
    }

    /// The folder of the configuration, seen from the root of the checkout that a workflow works in: annotations name files
    /// from there. Empty where it is that root, or no workflow runs.
    pub(crate) fn folder_in_workspace(&self) -> String {
        let inside = |workspace: String| {
            let root = self.configuration()?.parent()?.canonicalize().ok()?;
            let workspace = Path::new(&workspace).canonicalize().ok()?;
            Some(root.strip_prefix(workspace).ok()?.to_string_lossy().replace('\\', "/"))
        };
        Self::variable("GITHUB_WORKSPACE").and_then(inside).unwrap_or_default()
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
        let file = self.configuration().ok_or_else(|| Failure::invalid(vec![config::missing(self.directory())]))?;
        let shown = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let layers = Layers { environment: &Self::variable, flags: config::Flags::default() };
        let config::Loaded { settings, diagnostics } = config::load(&file, &shown, &layers);
        let (Some(settings), false) = (settings, diagnostics.iter().any(Diagnostic::is_error)) else {
            return Err(Failure::invalid(diagnostics));
        };
        Repository::new(settings, diagnostics, sandbox)
    }
}

impl Repository {
    fn new(settings: Settings, warnings: Vec<Diagnostic>, sandbox: bool) -> Result<Self, Failure> {
        if sandbox {
            let folder = settings.root.join(SANDBOX_FOLDER);
            let (cake, state) = (SANDBOX_CAKE.to_owned(), folder.join("offersync.state.json"));
            return Ok(Self { settings, warnings, cake, state, sandbox: Some(folder.join("cake")) });
        }
        let cake = settings.cake_url().map_err(|problem| Failure::invalid(vec![*problem]))?.as_str().to_owned();
        let state = settings.state.clone();
        Ok(Self { settings, warnings, cake, state, sandbox: None })
    }

    /// Makes the folder of the sandbox's state; it is scratch and ignores itself in git.
    pub(crate) fn prepare_sandbox(&self) -> Result<(), Failure> {
        let Some(data) = &self.sandbox else { return Ok(()) };
        let failed = |error: &std::io::Error| Failure::disk("make the sandbox's folder", data, error);
        std::fs::create_dir_all(data).map_err(|error| failed(&error))?;
        let ignore = self.settings.root.join(".offersync/.gitignore");
        if !ignore.exists() {
            super::files::create_new(&ignore, b"*\n").map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

/// The failure that stands for invalid input with all that is wrong with it.
pub(super) fn invalid(diagnostics: Vec<Diagnostic>) -> Failure {
    debug_assert!(diagnostics.iter().any(Diagnostic::is_error), "a failure without an error");
    Failure { exit: Exit::Invalid, diagnostics }
}

/// An error of a room that has no better place.
pub(super) fn other(error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::Error, codes::world::OTHER, super::failure::with_causes(error))
}
