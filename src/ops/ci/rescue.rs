//! Rescue branches: where a state goes that its branch does not take, so that no id is lost with the machine of a run.

use super::super::error::Error;
use super::super::repository::Repository;
use super::push_state::NotPushed;
use crate::diagnostic::{Diagnostic, codes};
use crate::git::{Remote, changed_by, unmerged_remote_branches};
use crate::state::{StateDocument, address};

/// What their names begin with.
pub(in crate::ops) const PREFIX: &str = "offersync-unmerged-state-";

/// So much of the state's name is in that of its branch.
const DIGITS: usize = 12;

/// The branch of a state, by the name that git gives to its bytes: the same state always goes to the same one.
pub(super) fn branch_of(environment: &str, state: &str) -> String {
    format!("{PREFIX}{}/{}", in_branch(environment), state.get(..DIGITS).unwrap_or(state))
}

/// Whether a branch has a state of an environment by its name. An earlier version named none in its branches, which count for each.
fn is_named_after(branch: &str, environment: &str) -> bool {
    let Some(rest) = branch.strip_prefix(PREFIX) else { return false };
    rest.strip_prefix(&in_branch(environment)).is_some_and(|rest| rest.starts_with('/'))
        || rest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Whether the state on a branch belongs to the environment in use: by its name, or, as the environment may have had another name then, by
/// what a commit has put there. One that cannot be read may be its state.
fn is_of(repository: &Repository, branch: &str, commit: &str) -> bool {
    if is_named_after(branch, &repository.environment().0) {
        return true;
    }
    let Ok(files) = changed_by(&repository.settings.root, commit) else { return true };
    let states: Vec<_> = files.iter().filter_map(|bytes| StateDocument::parse(bytes).ok()).collect();
    let own = std::fs::read(&repository.state).ok().and_then(|bytes| StateDocument::parse(&bytes).ok());
    let is_own = |state: &StateDocument| {
        address::same(&state.cake, &repository.cake) || own.as_ref().is_some_and(|own| own.lineage == state.lineage)
    };
    states.is_empty() || states.iter().any(is_own)
}

/// The name of an environment as a part of the name of a branch.
pub(super) fn in_branch(environment: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    environment.bytes().map(|byte| if kept(byte) { char::from(byte) } else { '-' }).collect()
}

/// Fails while a state of the environment waits on a branch of the remote.
pub(super) fn check(repository: &Repository, remote: &Remote) -> Result<(), Error> {
    let mut found = Vec::new();
    for (branch, commit) in remote.branches(&format!("{PREFIX}*"))? {
        let is_there = is_named_after(&branch, &repository.environment().0) || remote.fetch(&branch, &commit)?;
        if !is_there || is_of(repository, &branch, &commit) {
            found.push((branch, commit));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = found.iter().map(|(branch, commit)| format!("{branch} ({commit})")).collect();
    let message = format!(
        "an earlier apply could not merge its state, which is on a branch of its own: {}. Until it is merged, an apply could create its \
         offers again",
        names.join(", ")
    );
    let help = "see who has pushed it, and what it changes. If an apply has, merge that branch; then delete it";
    Err(Error::NotPushed(Box::new(NotPushed {
        code: codes::ci::UNMERGED_STATE,
        message,
        help: Some(help.to_owned()),
        because: Vec::new(),
    })))
}

/// Warns of states of the environment that wait on branches of a remote, as far as this clone knows them: without a network.
pub(in crate::ops) fn unmerged_states(repository: &Repository) -> Option<Diagnostic> {
    if repository.sandbox.is_some() {
        return None;
    }
    // A git that does not answer has stopped the plan already, or there is none.
    let mut found = unmerged_remote_branches(&repository.settings.root, PREFIX).unwrap_or_default();
    found.retain(|(remote, branch)| is_of(repository, branch, &format!("refs/remotes/{remote}/{branch}")));
    let names: Vec<_> = found.iter().map(|(remote, branch)| format!("{remote}/{branch}")).collect();
    let (first, rest) = (names.first()?, names.len() - 1);
    let more = if rest == 0 { String::new() } else { format!(", and {rest} more") };
    let message = format!(
        "the state of an earlier apply waits on the branch {first}{more}: this plan does not know what it recorded"
    );
    let help = "merge that branch, then delete it: no apply of the recipes begins before. If it is deleted already, run `git fetch --prune`";
    Some(Diagnostic::warning(codes::ci::UNMERGED_STATE, message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_named_after_one_environment() {
        let branch = branch_of("eu.west", "0123456789abcdef");
        assert_eq!(branch, "offersync-unmerged-state-eu-west/0123456789ab");
        assert!(is_named_after(&branch, "eu.west") && is_named_after(&branch, "eu-west"));
        assert!(!is_named_after(&branch, "eu") && !is_named_after(&branch, "us") && !is_named_after("main", "us"));
        assert!(is_named_after("offersync-unmerged-state-1a2b", "us"));
        assert_eq!(in_branch("\u{fc}/a"), "---a");
    }
}
