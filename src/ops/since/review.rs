//! What a branch decides besides its offers, compared with a commit.

use std::path::Path;

use crate::config::{self, Settings};
use crate::diagnostic::Diagnostic;
use crate::git::{Attributes, BranchVersion, Git, GitError, Located, NamedBy, branch_versions};
use crate::source::SourcePath;
use crate::state::{StateDocument, Store};

use super::super::error::Error;
use super::super::repository::Repository;
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
    let then = text_at(&git, &commit, settings.file.as_str())?;
    let at_bases = |path: &str| bases.iter().map(|base| text_at(&git, base, path)).collect::<Result<Vec<_>, _>>();
    let before = at_bases(settings.file.as_str())?;
    let mut problems = settings::changes(&settings.file, then.as_deref(), &before, &now, reference);
    problems.extend(unreadable_settings(settings, then.as_deref(), reference));
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
    problems.extend(versions_between(repository, &commit, reference, &state)?);
    let compared = Compared { git: &git, settings, commit: &commit, bases: &bases, reference };
    problems.extend(compared.records(&settings.state, &state)?);
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
    commit: &'a str,
    bases: &'a [String],
    reference: &'a str,
}

impl Compared<'_> {
    /// The records that differ in a state.
    fn records(self, file: &Path, shown: &SourcePath) -> Result<Vec<Diagnostic>, Error> {
        let document = |text: Option<String>| StateDocument::parse(text?.as_bytes()).ok();
        let at = |commit| text_at(self.git, commit, shown.as_str()).map(document);
        let (now, is_read) = state_now(file, self.git, shown.as_str())?;
        let then = at(self.commit)?;
        let bases = self.bases.iter().map(|base| at(base)).collect::<Result<Vec<_>, _>>()?;
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
        let others = environments.iter().map(|environment| &environment.state).filter(|state| *state != own);
        let found =
            others.map(|state| self.records(state, &shown_below(root, state))).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// That there are no settings in a configuration, whether it is no TOML or says what no setting can be.
fn unreadable_settings(now: &Settings, then: Option<&str>, reference: &str) -> Option<Diagnostic> {
    let then = config::from_text(then?, now.file.as_str(), &now.root, &|_| None, now.table.as_deref());
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
    commit: &str,
    reference: &str,
    state: &SourcePath,
) -> Result<Vec<Diagnostic>, Error> {
    let store = Store::new(&repository.state);
    let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
    let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
    let versions = branch_versions(store.file(), &named_by, commit)?;
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

/// A file at a commit as text, links followed; none where the commit or this clone lacks it, or it is no text.
pub(super) fn text_at(git: &Git<'_>, commit: &str, path: &str) -> Result<Option<String>, GitError> {
    let Located::File(blob) = git.locate(commit, path)? else { return Ok(None) };
    let bytes = git.texts(&[blob])?.into_iter().find_map(|(_, bytes)| bytes);
    // A letter of another encoding, as in a comment, makes the rest no less valid.
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
