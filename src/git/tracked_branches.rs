//! Branches of remotes, as this clone knows them since it has fetched last.

use std::path::Path;

use super::command::{GitError, failure, run};

/// Those that begin with a prefix and have commits that the present one does not have, each with the name of its remote.
pub(crate) fn unmerged_remote_branches(folder: &Path, prefix: &str) -> Result<Vec<(String, String)>, GitError> {
    let flat = format!("refs/remotes/*/{prefix}*");
    let patterns = [format!("{flat}/*"), flat];
    let listing = ["for-each-ref", "--format=%(refname)", "--no-merged=HEAD"];
    let arguments: Vec<&str> = listing.into_iter().chain(patterns.iter().map(String::as_str)).collect();
    let output = run(folder, &arguments)?;
    if !output.status.success() {
        return Err(failure(folder, "git does not list the branches of remotes", &output));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let names = text.lines().filter_map(|name| name.strip_prefix("refs/remotes/")?.split_once('/'));
    Ok(names.map(|(remote, branch)| (remote.to_owned(), branch.to_owned())).collect())
}
