//! `ci push-state`: the state that an apply has written on this machine goes to a branch of the remote, merged with what was pushed there
//! meanwhile.
//!
//! Invariants: it succeeds only where the branch, read again from the remote, has the state; it changes no file, no index and no branch of
//! this clone, so that it can be killed at any moment and run again; a state that the branch does not take is on a rescue branch, or the
//! message says that it is on this machine alone.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::connect::Control;
use super::super::error::Error;
use super::super::merge::merge_bytes;
use super::super::moving::state_path;
use super::super::repository::Repository;
use super::super::session::publish_state;
use super::credentials::push_setting;
use super::rescue;
use super::state_commit::{STATE_LINE, paragraphs};
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::disk;
use crate::git::{AtPath, CommitFile, Remote};
use crate::state::merge::{Merged, Unknown};

/// So often the branch may be changed by others in between.
const TRIES: usize = 10;

/// The mode of a state that no commit has yet.
const MODE: &str = "100644";

/// What is pushed where.
#[derive(Debug)]
pub(crate) struct PushOptions {
    pub(crate) remote: String,
    pub(crate) branch: String,
    /// The text report of the apply.
    pub(crate) report: Option<PathBuf>,
    pub(crate) lock_timeout: Duration,
}

/// What became of the state.
#[derive(Debug)]
pub(crate) enum PushedState {
    /// No apply has run yet.
    NoState,
    OnBranch {
        /// Values that both sides changed.
        unknown: Vec<Unknown>,
        /// Whether the attributes of git ask for another form of the file.
        ignores_attributes: bool,
    },
}

/// Why a state is not on its branch, or may not be.
#[derive(Debug)]
pub struct NotPushed {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// What led to it.
    pub(crate) because: Vec<Diagnostic>,
}

/// Fails while a state of the environment waits on a rescue branch of the remote.
pub(crate) fn check_state(repository: &Repository, remote: String) -> Result<(), Error> {
    let setting = push_setting(&remote);
    let remote = Remote::of(&repository.settings.root, remote, setting)?;
    rescue::check(repository, &remote)
}

/// Pushes it.
pub(crate) async fn push_state(
    repository: &Repository,
    options: &PushOptions,
    control: Control<'_>,
) -> Result<PushedState, Error> {
    let state = state_path(repository)?;
    // The lock of an apply, before this command takes it.
    let has_applied = beside(&state, ".lock").exists();
    // What an interrupted apply left in its journal belongs into the state. A state that is refused is saved all the same.
    let refused = match publish_state(repository, false, options.lock_timeout, control).await {
        Err(error) if error.is_refused_state() => Some(error),
        published => published.map(|_| None)?,
    };
    let bytes = match fs::read(&state) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::file("read", &state, error)),
        Err(_) if !has_applied && refused.is_none() => return Ok(PushedState::NoState),
        Err(_) => {
            let message = format!("an apply ran here, but {} does not exist", state.display());
            return Err(not_pushed(message, None, refused.as_ref()));
        }
    };
    let push = Push::new(repository, options, &state, &bytes)?;
    if let Some(refused) = refused {
        let why = format!("the state was refused, for the reason above, and is not on {}", options.branch);
        return Err(push.rescue(&why, None, refused.diagnostics())?);
    }
    let unknown = push.push()?;
    Ok(PushedState::OnBranch { unknown, ignores_attributes: push.ignores_attributes(&bytes)? })
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn not_pushed(message: String, help: Option<&str>, because: Option<&Error>) -> Error {
    let because = because.map(Error::diagnostics).unwrap_or_default();
    let code = codes::ci::STATE_NOT_PUSHED;
    Error::NotPushed(Box::new(NotPushed { code, message, help: help.map(str::to_owned), because }))
}

/// One push.
struct Push<'a> {
    remote: Remote,
    branch: &'a str,
    environment: String,
    report: Option<&'a Path>,
    state: &'a Path,
    /// The state and the configuration in use, from the top of the work tree.
    path: String,
    configuration: String,
    /// The object of the state.
    ours: String,
    /// Names what this machine has pushed before.
    note: PathBuf,
}

impl<'a> Push<'a> {
    fn new(repository: &Repository, options: &'a PushOptions, state: &'a Path, bytes: &[u8]) -> Result<Self, Error> {
        let name = options.remote.clone();
        let setting = push_setting(&name);
        let remote = Remote::of(&repository.settings.root, name, setting)?;
        let inside = |file: &Path| {
            let inside = file.strip_prefix(remote.top()).ok()?.to_str()?;
            Some(inside.replace('\\', "/"))
        };
        let outside = |file: &Path| {
            let message = format!("{} is not in the work tree {}", file.display(), remote.top().display());
            not_pushed(message, None, None)
        };
        let config = repository.config_file();
        let config = config.parent().and_then(|folder| folder.canonicalize().ok()).zip(config.file_name());
        let config = config.map(|(folder, name)| folder.join(name)).unwrap_or_default();
        let path = inside(state).ok_or_else(|| outside(state))?;
        let configuration = inside(&config).ok_or_else(|| outside(&config))?;
        let note = beside(&remote.git_dir().join("offersync").join(&path), ".pushed");
        let ours = remote.add(bytes)?;
        let environment = repository.environment().0;
        let (branch, report) = (&*options.branch, options.report.as_deref());
        Ok(Self { remote, branch, environment, report, state, path, configuration, ours, note })
    }

    /// Where git is asked for another form of the file, as by Git LFS, which wants a pointer to what this machine alone has, its bytes are saved
    /// as they are: no id is lost.
    fn ignores_attributes(&self, bytes: &[u8]) -> Result<bool, Error> {
        let converted = self.remote.name_with_attributes(bytes, &self.path)?;
        Ok(converted.as_ref() != Some(&self.ours))
    }

    /// Returns only after the state was compared with the one that the remote's branch has.
    fn push(&self) -> Result<Vec<Unknown>, Error> {
        let (branch, before) = (self.branch, self.pushed_before());
        let mut rejected: Option<(String, String)> = None;
        let mut ancestor = None;
        for _ in 0..TRIES {
            let Some(tip) = self.tip()? else {
                let why = format!("{} has no branch {branch}", self.remote.name());
                return Err(self.rescue(&why, ancestor.as_deref(), Vec::new())?);
            };
            if !self.remote.fetch(branch, &tip)? {
                continue;
            }
            // Without a common commit, the states are merged without a base: then no record is dropped.
            ancestor = self.remote.common(&tip)?;
            let at = At { tip: &tip, ancestor: ancestor.as_deref() };
            if let Some((_, said)) = rejected.filter(|(refused, _)| *refused == tip) {
                // No new commit, so the push was rejected for another reason, such as a protected branch.
                let why = format!("the state could not be pushed to {branch} ({said})");
                return Err(self.rescue(&why, at.ancestor, Vec::new())?);
            }
            rejected = None;
            let theirs = self.theirs(&at)?;
            let (merged, unknown) = self.merge(&at, &theirs, before.as_deref())?;
            if theirs.object() == Some(&merged) {
                self.note_pushed()?;
                return Ok(unknown);
            }
            let new = self.commit(&tip, &theirs, merged)?;
            // Only if the branch is still at that commit: it may have moved forward, or back to a commit without some of the files.
            if let Err(said) = self.remote.push(&new, branch, Some(&tip))? {
                rejected = Some((tip, said));
            }
        }
        Err(self.rescue(&format!("others keep changing {branch}"), ancestor.as_deref(), Vec::new())?)
    }

    fn tip(&self) -> Result<Option<String>, Error> {
        let (name, state) = (self.remote.name(), self.state.display());
        let unreachable = |error| {
            let message = format!("{name} cannot be reached: {error}. The state is only in {state} on this machine");
            not_pushed(message, Some("run this again"), None)
        };
        self.remote.tip(self.branch).map_err(unreachable)
    }

    /// What the branch has in the place of the state. A push to a place that the project has left would be seen by no later plan.
    fn theirs(&self, at: &At<'_>) -> Result<AtPath, Error> {
        let (branch, Self { path, configuration, .. }) = (self.branch, self);
        let is_gone = |file: &str| Ok::<_, Error>(self.remote.at(at.tip, file)? == AtPath::Nothing);
        let had_configuration = self.remote.at("HEAD", configuration)? != AtPath::Nothing;
        let why = if had_configuration && is_gone(configuration)? {
            format!("{branch} has no {configuration} any more")
        } else {
            match self.remote.at(at.tip, path)? {
                AtPath::Other => format!("{path} is not a regular file on {branch}"),
                AtPath::Nothing if self.base(at)?.is_some() => format!("{branch} has no {path} any more"),
                found => return Ok(found),
            }
        };
        Err(self.rescue(&why, at.ancestor, Vec::new())?)
    }

    /// The state that both come from.
    fn base(&self, at: &At<'_>) -> Result<Option<String>, Error> {
        let Some(ancestor) = at.ancestor else { return Ok(None) };
        Ok(self.remote.at(ancestor, &self.path)?.object().map(str::to_owned))
    }

    /// The object of the state that the branch shall have.
    fn merge(&self, at: &At<'_>, theirs: &AtPath, before: Option<&str>) -> Result<(String, Vec<Unknown>), Error> {
        let Some(theirs) = theirs.object().filter(|theirs| *theirs != self.ours) else {
            return Ok((self.ours.clone(), Vec::new()));
        };
        let mut base = self.base(at)?;
        // What this machine has pushed before is no change any more, whatever the branch has made of it.
        for known in before.into_iter().chain([&*self.ours]) {
            if self.is_pushed(at, known)? {
                base = Some(known.to_owned());
            }
        }
        let bytes = |object: &str| self.remote.bytes(object)?.ok_or_else(|| missing(object));
        let base = base.as_deref().map(bytes).transpose()?.unwrap_or_default();
        let named = |place: &str| PathBuf::from(format!("{place}:{}", self.path));
        let (ours, theirs) = ((self.state.to_owned(), bytes(&self.ours)?), (named(self.branch), bytes(theirs)?));
        match merge_bytes(&(named(at.ancestor.unwrap_or("base")), base), &ours, &theirs) {
            Ok(Merged { document, unknown }) => Ok((self.remote.add(&document.emit())?, unknown)),
            Err(error) => {
                let why = format!("the state cannot be merged with the one on {}", self.branch);
                Err(self.rescue(&why, at.ancestor, error.diagnostics())?)
            }
        }
    }

    /// Whether a state of this machine is among those that were pushed to the branch since the common commit.
    fn is_pushed(&self, at: &At<'_>, state: &str) -> Result<bool, Error> {
        let line = format!("{STATE_LINE}{state}");
        Ok(self.remote.has(state)? && self.remote.messages(at.tip, at.ancestor)?.lines().any(|found| found == line))
    }

    fn commit(&self, parent: &str, present: &AtPath, object: String) -> Result<String, Error> {
        let mode = if let AtPath::File { mode, .. } = present { mode } else { MODE };
        let file = CommitFile { path: self.path.clone(), mode: mode.to_owned(), object };
        let message = self.remote.message()?;
        let paragraphs = paragraphs(&self.environment, self.report, &message, &self.ours)?;
        Ok(self.remote.commit(parent, &[file], &paragraphs)?)
    }

    /// Saves the state on a branch of its own, on a commit that the remote had, so that merging that branch merges the state alone. Returns
    /// the error that tells it.
    fn rescue(&self, why: &str, ancestor: Option<&str>, because: Vec<Diagnostic>) -> Result<Error, Error> {
        let parent = ancestor.unwrap_or("HEAD");
        let present = self.remote.at(parent, &self.path).unwrap_or(AtPath::Nothing);
        let commit = self.commit(parent, &present, self.ours.clone())?;
        let branch = rescue::branch_of(&self.environment, &self.ours);
        let (message, help) = match self.remote.put(&commit, &branch)? {
            Ok(()) => (format!("{why}. It is on the branch {branch}"), "merge that branch by hand, then delete it"),
            Err(said) => {
                let state = self.state.display();
                (format!("{why}. It is only in {state} on this machine ({said})"), "run this again")
            }
        };
        let (code, help) = (codes::ci::STATE_NOT_PUSHED, Some(help.to_owned()));
        Ok(Error::NotPushed(Box::new(NotPushed { code, message, help, because })))
    }

    /// The state that this machine has pushed last.
    fn pushed_before(&self) -> Option<String> {
        let noted = fs::read_to_string(&self.note).ok()?;
        let noted = noted.trim();
        (!noted.is_empty() && noted.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| noted.to_owned())
    }

    fn note_pushed(&self) -> Result<(), Error> {
        let failed = |source| Error::file("write", &self.note, source);
        self.note.parent().map_or(Ok(()), disk::create_folder).map_err(failed)?;
        disk::replace(&self.note, format!("{}\n", self.ours).as_bytes()).map_err(failed)
    }
}

/// The commit of the branch, and the one that this clone and the branch both have.
struct At<'c> {
    tip: &'c str,
    ancestor: Option<&'c str>,
}

fn missing(object: &str) -> Error {
    not_pushed(format!("this clone does not have the object {object}"), Some("fetch the whole history"), None)
}
