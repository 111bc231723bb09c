//! A repository: its configuration, and the CAKE and the state that its operations work with.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

use crate::config::{self, Settings};
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::disk::follow_links;
use crate::git::Held;
use crate::shell::git_on;
use crate::source::SourcePath;
use crate::store::SharedStore;

use super::clock::check_clock;
use super::environment::{self, chosen_environment};
use super::error::Error;
use super::init::repository_root;
use super::sandbox_folder;
use super::shared::{shared_store, unread_file};
use super::tree::refuse_hidden_configuration;
use super::variable;

/// The address that a sandbox's state is bound to: the port changes from run to run, the data do not.
const SANDBOX_ADDRESS: &str = "sandbox";

/// The sandbox's folder, relative to the folder of `offersync.toml`.
const SANDBOX_FOLDER: &str = ".offersync/sandbox";

/// An offers repository: `offersync.toml`, the offers that it names and the state beside them.
#[derive(Debug)]
pub struct Repository {
    pub(crate) settings: Settings,
    pub(super) config: ConfigFile,
    /// Warnings about the configuration.
    pub(crate) warnings: Vec<Diagnostic>,
    /// The address that the state is bound to.
    pub(crate) cake: String,
    /// Its file, or where it lives in a store, the private copy.
    pub(crate) state: PathBuf,
    /// The store in which the state lives, where that is no file.
    pub(crate) shared: Option<SharedStore>,
    /// The folder of the sandbox's data, where the operations work with the sandbox.
    pub(crate) sandbox: Option<PathBuf>,
    /// The time in place of the clock's.
    pub(super) fixed_time: Option<Timestamp>,
}

/// The file that the settings came from. They are read once, and must be those of the offers that are read later.
#[derive(Debug)]
pub(super) struct ConfigFile {
    path: PathBuf,
    bytes: Option<Vec<u8>>,
}

impl ConfigFile {
    fn read(path: &Path) -> Self {
        Self { path: path.to_owned(), bytes: config::read(path).ok() }
    }

    /// Its text. A file that is no UTF-8 has no settings.
    pub(super) fn text(&self) -> String {
        self.bytes.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    }

    /// Whether it still has the bytes that were read.
    pub(super) fn is_as_read(&self) -> bool {
        config::read(&self.path).ok() == self.bytes
    }
}

/// Whether a file, links followed, is outside of the repository that a folder is in: a branch can bring a link along, and what it leads to
/// would be quoted by messages or, as a state, be written. The file need not be there.
fn is_outside(file: &Path, folder: &Path) -> bool {
    let here = |path: &'_ Path| if path.as_os_str().is_empty() { Path::new(".") } else { path }.to_owned();
    let folder = here(folder);
    let within = repository_root(&folder).or_else(|| folder.canonicalize().ok());
    let target = follow_links(file);
    let real = target.ancestors().find_map(|path| here(path).canonicalize().ok());
    // Where one of the two cannot be known, reading fails anyway.
    within.zip(real).is_some_and(|(within, real)| real.strip_prefix(within).map_or(true, is_of_git))
}

/// Whether a file, links followed, is in another git repository than a folder, such as in a submodule: the history of the one says nothing of
/// what the other has had. The file need not be there.
fn is_of_another_repository(file: &Path, folder: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let target = follow_links(file);
    let nearest = target.ancestors().skip(1).find(|path| path.is_dir() || path.as_os_str().is_empty());
    let nearest = nearest.map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path });
    nearest.zip(repository_root(folder)).is_some_and(|(nearest, root)| {
        repository_root(nearest).as_ref() != Some(&root) || is_in_listed_submodule(nearest, &root)
    })
}

/// Whether a folder is in a submodule that `.gitmodules` lists, which may not be checked out.
fn is_in_listed_submodule(folder: &Path, root: &Path) -> bool {
    let text = config::read(&root.join(".gitmodules")).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(text) = text else { return false };
    let mut paths = text.lines().filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('='));
    let inside = |path: &str| root.join(path.trim().trim_matches('"'));
    folder.canonicalize().is_ok_and(|folder| paths.any(|path| folder.starts_with(inside(path))))
}

/// Whether a path inside of the repository is in git's own folder, whose files no branch has: its configuration may hold a token.
fn is_of_git(inside: &Path) -> bool {
    inside.iter().any(|part| part.eq_ignore_ascii_case(".git"))
}

/// The problem that there is no configuration. One that git holds is brought back, not made anew: the defaults are not its settings.
fn missing(folder: &Path) -> Diagnostic {
    let problem = config::missing(folder);
    let above = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let held = above.ancestors().map(|folder| folder.join(config::FILE_NAME)).find_map(|file| {
        // It is missing, whether git answers or not.
        let held = Held::of(&file).ok()??;
        Some((file, held))
    });
    let Some((file, held)) = held else { return problem };
    let bits = if held.is_sparse { " --ignore-skip-worktree-bits" } else { "" };
    let from = held.commit.map_or_else(String::new, |commit| format!(" {commit}"));
    problem.help(format!(
        "git has {}: bring it back with `{}`",
        file.display(),
        git_on(&format!("checkout{bits}{from} --"), &file)
    ))
}

fn is_link(file: &Path) -> bool {
    file.symlink_metadata().is_ok_and(|found| found.is_symlink())
}

fn outside(config: String, message: impl Into<String>, help: &str) -> Error {
    let problem = Diagnostic::error(codes::tree::OUTSIDE, message).label(Label::file(SourcePath::from(config)));
    Error::Invalid(vec![problem.help(help)])
}

/// The name of the environment of a configuration that may be invalid, and whether it is a configured one.
pub(crate) fn environment_of(file: &Path, chosen: Option<&str>) -> Option<(String, bool)> {
    if is_link(file) && is_outside(file, file.parent().unwrap_or(file)) {
        return None;
    }
    let settings = config::load(file, "", &variable, chosen).settings?;
    Some((settings.environment()?, settings.name.is_some()))
}

impl Repository {
    /// Opens the repository at `folder` or above it. Its operations work with the CAKE that the configuration names.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::find(folder.as_ref(), false, chosen_environment().as_deref())
    }

    /// Opens the repository at `folder` or above it. Its operations work with a CAKE that starts inside the process; its data
    /// and its own state are under `.offersync/sandbox/`.
    pub fn open_sandbox(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::find(folder.as_ref(), true, chosen_environment().as_deref())
    }

    /// The same, with the CAKE and the environment as arguments.
    pub(crate) fn find(folder: &Path, sandbox: bool, chosen: Option<&str>) -> Result<Self, Error> {
        let file = config::find(folder).ok_or_else(|| Error::Invalid(vec![missing(folder)]))?;
        refuse_hidden_configuration(folder, &file)?;
        Self::load(&file, sandbox, chosen)
    }

    /// Opens the repository of a configuration file, with one of its environments where it has some.
    pub(crate) fn load(file: &Path, sandbox: bool, chosen: Option<&str>) -> Result<Self, Error> {
        check_clock(SystemTime::now())?;
        let shown = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if is_link(file) && is_outside(file, file.parent().unwrap_or(file)) {
            let help = "put the file itself in place of the link, or move it into the repository and link to it there";
            return Err(outside(shown, "the link leads out of the repository; nothing was read", help));
        }
        let config = ConfigFile::read(file);
        let config::Loaded { settings, diagnostics, environments } = config::load(file, &shown, &variable, chosen);
        let (Some(settings), false) = (settings, diagnostics.iter().any(Diagnostic::is_error)) else {
            return Err(Error::Invalid(diagnostics));
        };
        environment::check(&environments, chosen, &shown)?;
        if sandbox {
            sandbox_folder::check(&settings.root)?;
            let folder =
                settings.table.as_ref().map_or(SANDBOX_FOLDER.to_owned(), |name| format!("{SANDBOX_FOLDER}-{name}"));
            let folder = settings.root.join(folder);
            let (cake, state) = (SANDBOX_ADDRESS.to_owned(), folder.join("offersync.state.json"));
            let sandbox = Some(folder.join("cake"));
            let shared = None;
            return Ok(Self {
                settings,
                config,
                warnings: diagnostics,
                cake,
                state,
                shared,
                sandbox,
                fixed_time: None,
            });
        }
        let cake = settings.cake_url().map_err(|problem| Error::Invalid(vec![*problem]))?.as_str().to_owned();
        if let Some(shared) = shared_store(&settings)? {
            let warnings = diagnostics.into_iter().chain(unread_file(&settings)).collect();
            return Ok(Self::in_store(settings, config, warnings, cake, shared));
        }
        let state = settings.state.clone();
        if is_outside(&state, &settings.root) {
            let message = format!("the state is outside of the repository: {}", state.display());
            let help =
                "name a file in the repository as `state`, or move the one that a link leads to there, and commit it";
            return Err(outside(shown, message, help));
        }
        if let Some(file) = settings.log_file.as_ref().filter(|file| is_outside(file, &settings.root)) {
            let message = format!("the record of applies is outside of the repository: {}", file.display());
            return Err(outside(shown, message, "name a file in the repository as `log.file`"));
        }
        if is_of_another_repository(&state, &settings.root) {
            let message = format!("the state is in another git repository than offersync.toml: {}", state.display());
            let help = "a `git revert`, or a clone, of one repository would bring an older state back without a word: name a file beside \
                        offersync.toml as `state`, copy the state there, and commit it";
            return Err(outside(shown, message, help));
        }
        let shared = None;
        Ok(Self { settings, config, warnings: diagnostics, cake, state, shared, sandbox: None, fixed_time: None })
    }

    fn in_store(
        settings: Settings,
        config: ConfigFile,
        warnings: Vec<Diagnostic>,
        cake: String,
        shared: SharedStore,
    ) -> Self {
        let (state, shared) = (shared.state_path().to_owned(), Some(shared));
        Self { settings, config, warnings, cake, state, shared, sandbox: None, fixed_time: None }
    }

    /// Fails for a link that leads out of the repository: what it leads to would be quoted by messages, or written.
    pub(super) fn refuse_link_out(&self, file: &Path) -> Result<(), Error> {
        if is_outside(file, &self.settings.root) && (is_link(file) || self.is_below(file)) {
            let help = "put the files themselves in place of the link";
            return Err(outside(
                file.display().to_string(),
                "the link leads out of the repository; nothing was read",
                help,
            ));
        }
        Ok(())
    }

    /// Whether a path, links not followed, is below the folder of the configuration.
    fn is_below(&self, file: &Path) -> bool {
        let absolute = |path| std::path::absolute(path).ok();
        let is_plain = !file.components().any(|part| part == std::path::Component::ParentDir);
        let folders = absolute(file).zip(absolute(&self.settings.root));
        is_plain && folders.is_some_and(|(file, root)| file.starts_with(root))
    }

    /// The name of the environment that the operations work with, and whether it is a configured one.
    pub(crate) fn environment(&self) -> (String, bool) {
        match (&self.sandbox, self.settings.environment()) {
            (None, Some(name)) => (name, self.settings.name.is_some()),
            (Some(_), _) | (None, None) => (SANDBOX_ADDRESS.to_owned(), false),
        }
    }

    /// The repository in each other environment of its configuration. The sandbox has none.
    pub(super) fn other_environments(&self) -> Result<Vec<Self>, Error> {
        let defined = config::load(&self.config.path, "", &variable, None).environments.into_iter();
        let names =
            defined.map(|environment| environment.name).filter(|name| self.settings.table.as_ref() != Some(name));
        let names = names.filter(|_| self.sandbox.is_none());
        let open = |name: String| {
            let fixed_time = self.fixed_time;
            Ok(Self { fixed_time, ..Self::load(&self.config.path, false, Some(&name))? })
        };
        names.map(open).collect()
    }

    /// The file that the settings came from.
    pub(super) fn config_file(&self) -> &Path {
        &self.config.path
    }

    /// Creates the sandbox's folder, which git ignores.
    pub(crate) fn prepare_sandbox(&self) -> Result<(), Error> {
        let Some(data) = &self.sandbox else { return Ok(()) };
        let failed = |source| Error::file("create the sandbox's folder", data, source);
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(data).map_err(failed)?;
        let ignore = self.settings.root.join(".offersync/.gitignore");
        if !ignore.exists() {
            crate::disk::create_new(&ignore, b"*\n").map_err(failed)?;
        }
        Ok(())
    }
}
