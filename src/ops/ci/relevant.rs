//! Whether a pull request concerns offersync at all: whether it changes an offer, the configuration or the state.

use super::super::repository::Repository;
use crate::git::{Git, GitError};

/// Whether one of them differs from a commit. Where git does not say so, it counts as one that does.
pub(crate) fn has_changed_since(repository: &Repository, reference: &str) -> bool {
    let root = &repository.settings.root;
    let paths =
        [repository.config_file().to_owned(), repository.settings.offers.on_disk(root), repository.state.clone()];
    let is_same = || {
        let git = Git::open(root)?;
        // What a link leads to may have changed, wherever it is.
        Ok::<_, GitError>(git.is_same_since(&git.commit(reference)?, &paths)? && !git.has_links(&paths)?)
    };
    !is_same().unwrap_or(false)
}
