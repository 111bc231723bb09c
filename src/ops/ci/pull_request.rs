//! `ci pull-request`: what `drift --accept` has written goes to a branch of its own and into a pull request, which is closed where nothing was
//! written.
//!
//! Invariant: only files that `drift --accept` writes are in its commit, on top of the present one; the branch belongs to this program.

use std::path::Path;

use super::super::error::Error;
use super::super::moving::state_path;
use super::super::repository::Repository;
use super::credentials::push_setting;
use super::post::{Run, read};
use super::push_state::NotPushed;
use super::rescue::in_branch;
use crate::diagnostic::codes;
use crate::disk;
use crate::forge::{Branches, MarkedText, Posted};
use crate::git::{AtPath, CommitFile, Remote};

/// What the name of the branch begins with.
const PREFIX: &str = "offersync-drift-";

/// Puts what differs from the present commit into the pull request. The file is that of `drift --format markdown`.
pub(crate) async fn pull_request(repository: &Repository, file: &Path, remote: String) -> Result<String, Error> {
    let run = Run::of_environment()?;
    let text = drift(file)?;
    let (forge, base) = (run.forge_or_fail()?, run.branch()?);
    let setting = push_setting(&remote);
    let remote = Remote::of(&repository.settings.root, remote, setting)?;
    let environment = repository.environment().0;
    let head = format!("{PREFIX}{}", in_branch(&environment));
    let branches = Branches { head: &head, base: &base };
    let files = accepted(repository, &remote)?;
    if files.is_empty() {
        return Ok(match forge.close_request(&branches).await? {
            Posted::Closed(number) => format!("Pull request {number} was closed: there is nothing to accept."),
            _ => "There is nothing to accept, and no open pull request of it.".to_owned(),
        });
    }
    let title = format!("Accept CAKE's values: {environment}");
    push(&remote, &files, &head, &title)?;
    Ok(match forge.request(&branches, &title, &text).await? {
        Posted::Created(number) => format!("Pull request {number} was opened."),
        Posted::Edited(number) | Posted::Closed(number) => format!("Pull request {number} was edited."),
        Posted::Nothing => "Nothing was posted.".to_owned(),
    })
}

pub(super) fn drift(file: &Path) -> Result<MarkedText, Error> {
    let text = read(file)?.filter(|text| text.subject() == Some("drift"));
    text.ok_or_else(|| Error::Usage {
        message: format!("`{}` has no drift", file.display()),
        help: Some(format!("make it with `offersync drift --format markdown >{}`", file.display())),
    })
}

/// The offers and the state that differ from the present commit.
fn accepted(repository: &Repository, remote: &Remote) -> Result<Vec<CommitFile>, Error> {
    let state = state_path(repository)?;
    let offers = repository.settings.offers.on_disk(&repository.settings.root);
    let offers = offers.canonicalize().map_err(|source| Error::file("find", &offers, source))?;
    let commit_file = |path: String| {
        let file = remote.top().join(&path);
        // The state's bytes are kept as they are, whatever the attributes of git say; offers are converted as `git add` does.
        let object = if file == state {
            remote.add(&disk::read_named(&file).map_err(|source| Error::file("read", &file, source))?)?
        } else {
            remote.add_file(&path)?
        };
        let mode = match remote.at("HEAD", &path)? {
            AtPath::File { mode, .. } => mode,
            AtPath::Nothing | AtPath::Other => {
                return Err(Error::usage(format!(
                    "{path} is not committed as a file, so that no pull request can change it"
                )));
            }
        };
        Ok(CommitFile { path, mode, object })
    };
    remote.changed(&[&offers, &state])?.into_iter().map(commit_file).collect()
}

/// Pushes the commit, unless the branch has the same one: a push would start the checks of the pull request again.
fn push(remote: &Remote, files: &[CommitFile], branch: &str, title: &str) -> Result<(), Error> {
    let commit = remote.commit("HEAD", files, &[title.to_owned()])?;
    if let Some(tip) = remote.tip(branch)?
        && remote.fetch(branch, &tip)?
        && remote.is_same_change(&tip, &commit)?
    {
        return Ok(());
    }
    remote.put(&commit, branch)?.map_err(|said| {
        let help = "let the token push: on GitHub `contents: write` under `permissions` of the job, on GitLab OFFERSYNC_PUSH_TOKEN";
        Error::NotPushed(Box::new(NotPushed {
            code: codes::ci::NOT_POSTED,
            message: format!("nothing was posted: the branch {branch} could not be pushed ({said})"),
            help: Some(help.to_owned()),
            because: Vec::new(),
        }))
    })
}
