//! `init`: creates a working repository. Creates missing files, appends lines to .gitignore and .gitattributes, never overwrites,
//! and reports what it did with each file.

mod matrix;
mod owners;
mod templates;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::config::{self, FILE_NAME, Settings, StoreAddress};
use crate::disk;
use crate::git::MERGE_DRIVER;

use super::error::Error;
use super::output::refuse_links;

use matrix::Line;
use templates::Template;

/// The name of the sample offer in the folder of offers.
pub(crate) const SAMPLE_FILE: &str = "sample-offer.yaml";

/// Whether a file is the sample offer as it was written; git may have changed its line ends.
pub(crate) fn is_sample(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.replace("\r\n", "\n") == templates::OFFER)
}

/// CI systems with ready-made workflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CiSystem {
    GitHub,
    GitLab,
}

/// Where a state lives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum StateHome {
    /// A file, which is committed.
    #[default]
    File,
    /// A ref of a git remote.
    Git,
    /// A bucket.
    S3,
}

/// What was done with each file, by its displayed path.
#[derive(Debug, Default)]
pub(crate) struct InitReport {
    /// Where the configuration says that the state lives.
    pub(crate) home: StateHome,
    pub(crate) created: Vec<(String, &'static str)>,
    pub(crate) appended: Vec<(String, String)>,
    pub(crate) unchanged: Vec<(String, &'static str)>,
    /// Whether a git repository contains the folder.
    pub(crate) in_repository: bool,
}

/// What `init` is to make besides.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InitOptions<'o> {
    pub(crate) ci: Option<CiSystem>,
    /// Where the state is to live.
    pub(crate) home: StateHome,
    /// Who owns the project's files in CODEOWNERS.
    pub(crate) owner: Option<&'o str>,
}

/// Creates the repository in a folder.
pub(crate) fn init(root: &Path, options: InitOptions<'_>, offer_schema: &str) -> Result<InitReport, Error> {
    options.owner.map_or(Ok(()), owners::check)?;
    let repository = repository_root(root);
    let report = InitReport { in_repository: repository.is_some(), ..InitReport::default() };
    let mut init = Init { root: root.to_owned(), repository, report };
    init.create_all(options, offer_schema)?;
    Ok(init.report)
}

struct Init {
    /// The directory of `offersync.toml`.
    root: PathBuf,
    /// The root of the git repository that contains it, if any.
    repository: Option<PathBuf>,
    report: InitReport,
}

impl Init {
    fn create_all(&mut self, options: InitOptions<'_>, offer_schema: &str) -> Result<(), Error> {
        let config = templates::config(options.home);
        let is_new = self.create(FILE_NAME, &config, "configuration: CAKE's address, names for ids")?;
        let settings = self.settings();
        self.report.home = home_of(settings.store.as_ref());
        let offers = settings.offers.to_string();
        self.create(&format!("{offers}/.schema.json"), offer_schema, "JSON Schema of an offer, for editors")?;
        if !is_new || has_offers(&settings.offers.on_disk(&settings.root)) {
            self.report.unchanged.push((format!("{offers}/"), "has offers, so no sample was created"));
        } else {
            self.create(&format!("{offers}/{SAMPLE_FILE}"), templates::OFFER, "sample offer")?;
        }
        self.editor(&offers)?;
        let states: Vec<_> = self.states().iter().filter_map(|state| relative(state, &self.root)).collect();
        // What a killed command has left behind beside a file that it was writing is among them.
        let mut ignored = vec![".offersync/".to_owned()];
        ignored.extend(states.iter().map(|state| format!("{state}.*")));
        ignored.push(".offersync-*.tmp".to_owned());
        self.append(".gitignore", &ignored, |line, wanted| line == wanted)?;
        if !states.is_empty() {
            let drivers: Vec<_> = states.iter().map(|state| format!("{state} merge={MERGE_DRIVER}")).collect();
            let same = |line: &str, wanted: &str| {
                let state = wanted.split_once(' ').map_or(wanted, |(state, _)| state);
                line.starts_with(&format!("{state} ")) && line.contains(" merge=")
            };
            self.append(".gitattributes", &drivers, same)?;
        }
        self.workflows(options.ci)?;
        options.owner.map_or(Ok(()), |owner| self.owners(owner, options.ci))
    }

    /// Adds the lines that CODEOWNERS lacks; a line that has another owner stays.
    fn owners(&mut self, owner: &str, ci: Option<CiSystem>) -> Result<(), Error> {
        let repository = self.repository.clone().unwrap_or_else(|| self.root.clone());
        let (folder, up) = self.place_in_repository();
        let (settings, prefix) = (self.settings(), if folder == "." { String::new() } else { format!("{folder}/") });
        let offers = format!("{prefix}{}", settings.offers);
        let states = self.states().into_iter().filter_map(|state| relative(&state, &self.root));
        let states = states.map(|state| format!("{prefix}{state}"));
        let file = owners::file(&repository, ci);
        let mut paths = vec![file.to_owned(), format!("{prefix}{FILE_NAME}")];
        paths.extend(ci.map(templates::workflows).unwrap_or_default().iter().map(|template| template.path.to_owned()));
        paths.extend(states);
        paths.push(format!("{offers}/"));
        paths.extend(owners::folders(&settings.offers.on_disk(&settings.root), &offers));
        self.append(&format!("{up}{file}"), &owners::lines(owner, &paths), owners::is_same)
    }

    /// Tells editors of the kind of VS Code which files the schema is for. They read their settings at the root of the repository.
    fn editor(&mut self, offers: &str) -> Result<(), Error> {
        let (folder, up) = self.place_in_repository();
        let offers = if folder == "." { offers.to_owned() } else { format!("{folder}/{offers}") };
        let text = templates::editor_settings(&offers);
        self.create(&format!("{up}.vscode/settings.json"), &text, "the files that the schema is for, for VS Code")?;
        Ok(())
    }

    /// The path of this folder from the root of the repository, and the way up to it.
    fn place_in_repository(&self) -> (String, String) {
        let folder = inside(&self.root, self.repository.as_deref().unwrap_or(&self.root));
        let up = if folder == "." { String::new() } else { "../".repeat(folder.split('/').count()) };
        (folder, up)
    }

    fn workflows(&mut self, ci: Option<CiSystem>) -> Result<(), Error> {
        // CI systems read workflows only at the root of the repository, which may be above `offersync.toml`.
        let (folder, up) = self.place_in_repository();
        for Template { path, text, what } in ci.map(templates::workflows).unwrap_or_default() {
            let text = templates::with_home(text, self.report.home);
            let text = templates::in_folder(&matrix::filled(&text, &self.lines(&folder, "cake")), &folder);
            let shown = format!("{up}{path}");
            if !self.extend(&shown, &folder)? {
                self.create(&shown, &text, what)?;
            }
        }
        Ok(())
    }

    /// A line of the workflow for each environment of this folder; `name` is that of the only one.
    fn lines(&self, folder: &str, name: &str) -> Vec<Line> {
        let environments = config::load(&self.root.join(FILE_NAME), FILE_NAME, &|_| None, None).environments;
        let line = |name: &str, environment: &str| {
            let (name, environment) = (name.to_owned(), environment.to_owned());
            Line { name, folder: folder.to_owned(), environment }
        };
        if environments.is_empty() {
            return vec![line(name, "")];
        }
        let of = |environment: &str| match folder {
            "." => line(environment, environment),
            folder => line(&format!("{}-{environment}", folder.replace('/', "-")), environment),
        };
        environments.iter().map(|environment| of(&environment.name)).collect()
    }

    /// Adds the environments of this folder to the workflow of another one. Returns whether there was something to add.
    fn extend(&mut self, shown: &str, folder: &str) -> Result<bool, Error> {
        let path = self.root.join(shown);
        let Some(present) = config::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return Ok(false);
        };
        let name = if folder == "." { "cake".to_owned() } else { folder.replace('/', "-") };
        let Some((text, added)) = matrix::extended(&present, &self.lines(folder, &name)) else { return Ok(false) };
        if added.is_empty() {
            return Ok(false);
        }
        refuse_links(&self.root, &path, shown)?;
        disk::replace(&path, text.as_bytes()).map_err(|source| Error::file("write", &path, source))?;
        self.report.appended.push((shown.to_owned(), added.join("   ")));
        Ok(true)
    }

    /// The state of each environment that is a file.
    fn states(&self) -> BTreeSet<PathBuf> {
        let file = |settings: Settings| settings.store.is_none().then_some(settings.state);
        let load = |chosen| config::load(&self.root.join(FILE_NAME), FILE_NAME, &|_| None, chosen);
        let environments = load(None).environments;
        let of_each = environments.iter().filter_map(|one| load(Some(&one.name)).settings);
        let all: Vec<Settings> = of_each.collect();
        let all = if all.is_empty() { vec![self.settings()] } else { all };
        all.into_iter().filter_map(file).collect()
    }

    /// The present settings, or the defaults if the file is invalid: `init` must also work in a repository with a broken one.
    fn settings(&self) -> Settings {
        let loaded = config::load(&self.root.join(FILE_NAME), FILE_NAME, &|_| None, None);
        loaded.settings.unwrap_or_else(|| Settings::defaults(&self.root))
    }

    /// Creates a file unless its path exists. Returns whether it was created.
    fn create(&mut self, shown: &str, text: &str, what: &'static str) -> Result<bool, Error> {
        let path = self.root.join(shown);
        refuse_links(&self.root, &path, shown)?;
        match disk::create_new(&path, text.as_bytes()) {
            Ok(()) => {
                self.report.created.push((shown.to_owned(), what));
                Ok(true)
            }
            // The same error means that a parent of the path is a file; then the path itself does not exist.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.symlink_metadata().is_ok() => {
                let same = config::read(&path).is_ok_and(|bytes| bytes == text.as_bytes());
                let why = if same { "up to date" } else { "already exists" };
                self.report.unchanged.push((shown.to_owned(), why));
                Ok(false)
            }
            Err(error) => Err(Error::file("create", &path, error)),
        }
    }

    /// Appends the lines that the file does not have.
    fn append(&mut self, shown: &str, lines: &[String], is_same: impl Fn(&str, &str) -> bool) -> Result<(), Error> {
        let path = self.root.join(shown);
        refuse_links(&self.root, &path, shown)?;
        let failed = |source: io::Error| Error::file("append to", &path, source);
        let present = match config::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let missing: Vec<&String> =
            lines.iter().filter(|wanted| !present.lines().any(|line| is_same(line.trim(), wanted))).collect();
        if missing.is_empty() {
            self.report.unchanged.push((shown.to_owned(), "already has these lines"));
            return Ok(());
        }
        let end = if present.contains("\r\n") { "\r\n" } else { "\n" };
        let mut text = if present.is_empty() || present.ends_with('\n') { String::new() } else { end.to_owned() };
        for line in &missing {
            text.push_str(line);
            text.push_str(end);
        }
        // Appended in place, to keep the mode of the file.
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        let what = missing.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("   ");
        self.report.appended.push((shown.to_owned(), what));
        Ok(())
    }
}

/// The nearest directory at or above `start` that has `.git`, which is a file in a worktree or a submodule.
pub(super) fn repository_root(start: &Path) -> Option<PathBuf> {
    let start = start.canonicalize().ok()?;
    start.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

fn home_of(store: Option<&StoreAddress>) -> StateHome {
    match store {
        None => StateHome::File,
        Some(StoreAddress::Git { .. }) => StateHome::Git,
        Some(StoreAddress::Objects { .. }) => StateHome::S3,
    }
}

/// The path of a folder relative to one that contains it; `.` if they are the same.
fn inside(folder: &Path, around: &Path) -> String {
    let shown = folder.canonicalize().ok().and_then(|folder| relative(&folder, around));
    shown.filter(|shown| !shown.is_empty()).unwrap_or_else(|| ".".to_owned())
}

/// The path relative to a folder that contains it, separated by `/`.
fn relative(path: &Path, around: &Path) -> Option<String> {
    let parts = path.strip_prefix(around).ok()?.components();
    Some(parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// Whether the folder has YAML files at any depth. A folder that cannot be read counts as having some.
fn has_offers(folder: &Path) -> bool {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return error.kind() != ErrorKind::NotFound,
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let is_yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        is_yaml || (entry.file_type().is_ok_and(|found| found.is_dir()) && has_offers(&path))
    })
}
