//! `init`: a repository that works at once. Makes what is not there, adds lines to lists that are, overwrites nothing, and says
//! what it did with every file.

mod templates;

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::{Ci, InitArgs};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::{self, FILE_NAME, Settings};
use crate::disk;
use crate::report::schema::{Subject, text as schema};

use templates::Template;

/// Makes the repository.
pub(in crate::cli) fn run(context: &Context, args: &InitArgs) -> Result<Exit, Failure> {
    let root = context.directory().to_path_buf();
    let mut work = Init { done: Done::default(), repository: repository_root(&root), root };
    work.everything(args.ci)?;
    context.print(&work.done.told())?;
    context.terminal.note(&templates::next_steps(args.ci, work.repository.is_some()));
    Ok(Exit::Done)
}

/// What became of each file, as people know it.
#[derive(Debug, Default)]
struct Done {
    made: Vec<(String, &'static str)>,
    added: Vec<(String, String)>,
    left: Vec<(String, &'static str)>,
}

impl Done {
    fn told(&self) -> String {
        let Self { made, added, left } = self;
        let mut text = String::new();
        let mut section = |head: &str, rows: Vec<(&str, &str)>| {
            let width = rows.iter().map(|(file, _)| file.chars().count()).max();
            let Some(width) = width else { return };
            let lines = rows.iter().map(|(file, what)| format!("  {file:width$}  {what}\n"));
            text.extend(std::iter::once(format!("{head}\n")).chain(lines));
        };
        section("Made:", made.iter().map(|(file, what)| (file.as_str(), *what)).collect());
        section("Added to:", added.iter().map(|(file, what)| (file.as_str(), what.as_str())).collect());
        section("Left alone:", left.iter().map(|(file, why)| (file.as_str(), *why)).collect());
        text
    }
}

struct Init {
    /// The folder of `offersync.toml`.
    root: PathBuf,
    /// The root of the git repository around it, where there is one.
    repository: Option<PathBuf>,
    done: Done,
}

impl Init {
    fn everything(&mut self, ci: Ci) -> Result<(), Failure> {
        let is_new = self.make(FILE_NAME, templates::CONFIG, "where your CAKE is, and names for its ids")?;
        let settings = self.settings();
        let offers = if settings.offers_shown.is_empty() { ".".to_owned() } else { settings.offers_shown.clone() };
        let schema = schema(Subject::Offer);
        self.make(&format!("{offers}/.schema.json"), &schema, "for editors: what an offer may say")?;
        if !is_new || has_offers(&settings.offers) {
            self.done.left.push((format!("{offers}/"), "its offers are yours; no sample was added"));
        } else {
            self.make(&format!("{offers}/sample-offer.yaml"), templates::OFFER, "an offer to begin with")?;
        }
        if let Some(state) = relative(&settings.state, &self.root) {
            self.add(".gitignore", &[".offersync/".to_owned(), format!("{state}.*")], |line, wanted| line == wanted)?;
            let driver = format!("{state} merge=offersync-state");
            let same = |line: &str, _: &str| line.starts_with(&format!("{state} ")) && line.contains(" merge=");
            self.add(".gitattributes", std::slice::from_ref(&driver), same)?;
        }
        self.workflows(ci)
    }

    fn workflows(&mut self, ci: Ci) -> Result<(), Failure> {
        // Workflows only work at the root of the repository; the files of a folder inside it are found from there.
        let repository = self.repository.clone().unwrap_or_else(|| self.root.clone());
        let folder = inside(&self.root, &repository);
        for Template { path, text, what, at_repository } in templates::workflows(ci) {
            let text = templates::in_folder(text, &folder);
            if *at_repository && folder != "." {
                let up = "../".repeat(folder.split('/').count());
                self.make(&format!("{up}{path}"), &text, what)?;
            } else {
                self.make(path, &text, what)?;
            }
        }
        Ok(())
    }

    /// The settings of the file that is there now, as far as they can be read: `init` may be what its owner needs to mend it.
    fn settings(&self) -> Settings {
        let loaded = config::load(&self.root.join(FILE_NAME), FILE_NAME, &|_| None);
        loaded.settings.unwrap_or_else(|| Settings::defaults(&self.root))
    }

    /// Makes a file, unless something of its name is there. Tells whether it did.
    fn make(&mut self, shown: &str, text: &str, what: &'static str) -> Result<bool, Failure> {
        let path = self.root.join(shown);
        match disk::create_new(&path, text.as_bytes()) {
            Ok(()) => {
                self.done.made.push((shown.to_owned(), what));
                Ok(true)
            }
            // A folder of the path that is a file exists already too, but the file that is wanted does not.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.symlink_metadata().is_ok() => {
                let same = fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes());
                let why = if same { "as init would make it" } else { "there already" };
                self.done.left.push((shown.to_owned(), why));
                Ok(false)
            }
            Err(error) => Err(Failure::disk("make", &path, &error)),
        }
    }

    /// Adds the lines that a list lacks.
    fn add(&mut self, shown: &str, lines: &[String], is_same: impl Fn(&str, &str) -> bool) -> Result<(), Failure> {
        let path = self.root.join(shown);
        let failed = |error: io::Error| Failure::disk("add to", &path, &error);
        let present = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let lacking: Vec<&String> =
            lines.iter().filter(|wanted| !present.lines().any(|line| is_same(line.trim(), wanted))).collect();
        if lacking.is_empty() {
            self.done.left.push((shown.to_owned(), "has its lines already"));
            return Ok(());
        }
        let end = if present.contains("\r\n") { "\r\n" } else { "\n" };
        let mut text = if present.is_empty() || present.ends_with('\n') { String::new() } else { end.to_owned() };
        for line in &lacking {
            text.push_str(line);
            text.push_str(end);
        }
        // Appended in place: the file may be a link, and its mode is its owner's.
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        let what = lacking.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("   ");
        self.done.added.push((shown.to_owned(), what));
        Ok(())
    }
}

/// The nearest folder at or above with `.git` in it; in a work tree or a submodule that is a file.
fn repository_root(start: &Path) -> Option<PathBuf> {
    let start = start.canonicalize().ok()?;
    start.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// A folder as seen from one around it, `.` for that one itself.
fn inside(folder: &Path, around: &Path) -> String {
    let shown = folder.canonicalize().ok().and_then(|folder| relative(&folder, around));
    shown.filter(|shown| !shown.is_empty()).unwrap_or_else(|| ".".to_owned())
}

/// A path as seen from a folder around it, `/`-separated.
fn relative(path: &Path, around: &Path) -> Option<String> {
    let parts = path.strip_prefix(around).ok()?.components();
    Some(parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// Whether any YAML is in the folder, at any depth. What cannot be looked into is taken for somebody's offers.
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
