//! What a branch decides besides its offers, compared with a commit.

use std::path::Path;

use crate::config::{self, Settings};
use crate::diagnostic::Diagnostic;
use crate::git::{Attributes, BranchVersion, Git, GitError, Located, NamedBy, branch_versions};
use crate::source::SourcePath;
use crate::state::{StateDocument, Store};

use super::super::error::Error;
use super::super::repository::Repository;
use super::earlier::{Earlier, Environment, Place, text_at};
use super::{records, settings};

/// What a branch decides besides the offers: its settings, and its records.
pub(super) fn review(repository: &Repository, reference: &str) -> Result<Vec<Diagnostic>, Error> {
    let settings = &repository.settings;
    let git = Git::open(&settings.root)?;
    let commit = git.commit(reference)?;
    let file = settings.file.on_disk(&settings.root);
    let now = std::fs::read_to_string(&file).map_err(|source| Error::file("read", &file, source))?;
    // A clone without the common history compares with the commit alone: silence about what it cannot tell apart would be agreement.
    let mut bases = git.merge_bases(&commit)?;
    if bases.is_empty() {
        bases.push(commit.clone());
    }
    let then = Earlier::find(&git, commit.clone(), settings)?;
    let bases = bases.into_iter().map(|base| Earlier::find(&git, base, settings)).collect::<Result<Vec<_>, _>>()?;
    let before: Vec<_> = bases.iter().map(|base| base.config.as_deref()).collect();
    let mut problems = Vec::new();
    // Where the other branch has moved it, this one is only behind.
    let is_behind = bases.iter().all(|base| base.place == Place::Here);
    match &then.place {
        Place::Moved(file) if !is_behind => {
            let here = format!("{}{}", git.prefix()?, settings.file);
            problems.push(settings::moved(&settings.file, &here, &file.from_top, reference));
        }
        Place::Unknown(others) => problems.push(settings::not_compared(&settings.file, &now, others, reference)),
        Place::Moved(_) | Place::Here => {}
    }
    problems.extend(settings::changes(&settings.file, then.config.as_deref(), &before, &now, reference));
    problems.extend(unreadable_settings(settings, &then, reference));
    if settings.store.is_some() {
        // No commit of a branch can bring a state.
        return Ok(problems);
    }
    let state = shown_state(settings);
    if let Some(attribute) = conversion_of(&git, settings, &state)?
        && git.attributes_since(&commit)? != Attributes::Same
    {
        problems.push(settings::converted(&state, &attribute, reference));
    }
    problems.extend(versions_between(repository, &then, reference, &state)?);
    let compared = Compared { git: &git, settings, then: &then, bases: &bases, reference };
    problems.extend(compared.records(None, &settings.state)?);
    if !git.has_all_since(&commit)? {
        problems.push(records::unseen(&state, reference));
    }
    problems.extend(compared.of_other_environments(&now)?);
    Ok(problems)
}

/// Two commits whose states are compared, and those from which both come.
#[derive(Clone, Copy)]
struct Compared<'a> {
    git: &'a Git<'a>,
    settings: &'a Settings,
    then: &'a Earlier<'a>,
    bases: &'a [Earlier<'a>],
    reference: &'a str,
}

impl Compared<'_> {
    /// The records that differ in the state of an environment.
    fn records(self, environment: Option<&str>, file: &Path) -> Result<Vec<Diagnostic>, Error> {
        let shown = &shown_below(&self.settings.root, file);
        let (now, is_read) = state_now(file, self.git, shown.as_str())?;
        let environment = Environment { settings: self.settings, name: environment };
        let at = |project: &Earlier<'_>| project.state(&environment, shown, now.as_ref());
        let then = at(self.then)?;
        let bases = self.bases.iter().map(at).collect::<Result<Vec<_>, _>>()?;
        let mut problems = Vec::new();
        if !is_read {
            problems.push(records::unreadable(shown));
        }
        let (now, then) = (now.as_ref(), then.as_ref());
        let bases = bases.iter().map(Option::as_ref).collect();
        problems.extend(records::changes(&records::States { now, then, bases }, shown, self.reference));
        Ok(problems)
    }

    /// The same in the states of the other environments: what a branch does to one of them is seen in each plan, whichever is asked for.
    fn of_other_environments(self, text: &str) -> Result<Vec<Diagnostic>, Error> {
        let Settings { file, root, state: own, .. } = self.settings;
        let environments = config::from_text(text, file.as_str(), root, &|_| None, None).environments;
        let others = environments.iter().filter(|environment| environment.state != *own);
        let found = others
            .map(|environment| self.records(Some(&environment.name), &environment.state))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// That there are no settings in a configuration, whether it is no TOML or says what no setting can be.
fn unreadable_settings(now: &Settings, then: &Earlier<'_>, reference: &str) -> Option<Diagnostic> {
    let then =
        config::from_text(then.config.as_deref()?, now.file.as_str(), &now.root, &|_| None, now.table.as_deref());
    let problem = then.diagnostics.iter().find(|problem| problem.is_error());
    let problem = problem.map_or("no settings", |problem| problem.message.as_str());
    then.settings.is_none().then(|| settings::unreadable(&now.file, problem, reference))
}

/// The attribute by which git makes other bytes of the state, or of what it leads to where it is a link.
fn conversion_of(git: &Git<'_>, settings: &Settings, state: &SourcePath) -> Result<Option<String>, GitError> {
    let real = std::fs::canonicalize(&settings.state).ok();
    let paths = [Some(state.to_string()), real.map(|real| real.to_string_lossy().into_owned())];
    paths.into_iter().flatten().try_fold(None, |found, path| match found {
        None => git.conversion_of(&path),
        found => Ok(found),
    })
}

/// The states that commits of this branch have brought, and that are neither its last one nor one of the commit's branch.
fn versions_between(
    repository: &Repository,
    then: &Earlier<'_>,
    reference: &str,
    state: &SourcePath,
) -> Result<Vec<Diagnostic>, Error> {
    let (store, settings) = (Store::new(&repository.state), &repository.settings);
    let name_in = |bytes: &[u8]| config::state_in(bytes, settings);
    let named_by = |file| NamedBy { file, name_in: &name_in };
    let of_project = |path: &str| settings.root.join(then.path(path));
    let earlier = then.state_path(&Environment { settings, name: None }).filter(|_| then.is_moved());
    let earlier = earlier.map(|state| (of_project(&state.to_string_lossy()), of_project(settings.file.as_str())));
    let mut places = vec![(store.file(), named_by(repository.config_file()))];
    places.extend(earlier.iter().map(|(state, config)| (state.as_path(), named_by(config.as_path()))));
    let versions = branch_versions(&places, &then.commit)?;
    Ok(versions.iter().map(|BranchVersion { commit, path }| records::brought(state, commit, path, reference)).collect())
}

/// What commits of this branch have recorded, and later ones of it have taken back: after a merge every command would ask for it.
pub(super) fn taken_back(
    repository: &Repository,
    reference: &str,
    commit: &str,
    offers: &str,
) -> Result<Option<Diagnostic>, Error> {
    let settings = &repository.settings;
    let git = Git::open(&settings.root)?;
    let is_known = git.is_in(commit, &git.commit(reference)?)?;
    Ok((!is_known).then(|| records::taken_back(&shown_state(settings), commit, offers)))
}

/// The path of the state in messages, and as git's commands take it.
fn shown_state(settings: &Settings) -> SourcePath {
    shown_below(&settings.root, &settings.state)
}

fn shown_below(root: &Path, file: &Path) -> SourcePath {
    let below = file.strip_prefix(root).unwrap_or(file);
    SourcePath::from(below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// The state of the branch, and whether it can be read. What an apply on this machine has written is not part of the branch until it is
/// committed; where it is, the bytes are those that the plan is made of, and not what git would write into the work tree.
fn state_now(file: &Path, git: &Git<'_>, state: &str) -> Result<(Option<StateDocument>, bool), Error> {
    let head = git.commit("HEAD")?;
    let located = git.locate(&head, state)?;
    // Git's status of a link is not that of the file behind it.
    let real = std::fs::canonicalize(file).ok();
    let bytes = match (&located, real) {
        (Located::Astray, _) => return Ok((None, false)),
        (_, Some(real)) if git.is_clean(&real)? => {
            Some(std::fs::read(file).map_err(|source| Error::file("read", file, source))?)
        }
        (Located::File(_), _) => text_at(git, &head, state)?.map(String::into_bytes),
        (Located::Nothing, _) => return Ok((None, true)),
    };
    let document = bytes.and_then(|bytes| StateDocument::parse(&bytes).ok());
    let is_read = document.is_some();
    Ok((document, is_read))
}
