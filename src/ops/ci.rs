//! What the variables of a CI system say of the checkout: its folder, and where its repository and commit are on the web.

mod credentials;
mod post;
mod pull_request;
mod push_state;
mod relevant;
mod rescue;
mod state_commit;

use std::path::Path;

use crate::git::Git;

use super::variable;

pub(super) use credentials::push_setting;
pub(crate) use post::{comment, issue};
pub(crate) use pull_request::pull_request;
pub use push_state::NotPushed;
pub(crate) use push_state::{PushOptions, PushedState, check_state, push_state};
pub(crate) use relevant::has_changed_since;
pub(super) use rescue::unmerged_states;

/// The CI system that shows a checkout on the web.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CiHost {
    GitHub,
    GitLab,
}

/// What was checked out: the repository's address on the web, and the commit.
#[derive(Debug)]
pub(crate) struct Checkout {
    pub(crate) host: CiHost,
    pub(crate) repository: String,
    pub(crate) commit: String,
}

/// The folder of the checkout.
pub(crate) fn workspace() -> Option<String> {
    variable("GITHUB_WORKSPACE").or_else(|| variable("CI_PROJECT_DIR"))
}

/// The file of the summary page of a workflow run.
pub(crate) fn step_summary() -> Option<String> {
    variable("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty())
}

/// The commit that was checked out, where CI tells of it.
pub(crate) fn checkout() -> Option<Checkout> {
    let github = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        let (repository, commit) = (format!("{server}/{repository}"), variable("GITHUB_SHA")?);
        Some(Checkout { host: CiHost::GitHub, repository, commit })
    };
    let gitlab = || {
        let (repository, commit) = (variable("CI_PROJECT_URL")?, variable("CI_COMMIT_SHA")?);
        Some(Checkout { host: CiHost::GitLab, repository, commit })
    };
    github().or_else(gitlab)
}

/// The commit that is checked out around a folder: what git says, because a job may have moved on from the commit that CI started it for. Where
/// git has none to say, what CI says.
pub(crate) fn checked_out(folder: &Path) -> Option<String> {
    let of_git = Git::open(folder).and_then(|git| git.commit("HEAD")).ok();
    of_git.or_else(|| Some(checkout()?.commit))
}
