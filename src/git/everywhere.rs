//! The files of a commit that have a name in common, in every folder of the repository.

use super::command::{GitError, failure, run};
use super::commit::Git;

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileAnywhere {
    /// Its path, seen from the folder.
    pub(crate) path: String,
    /// Its path, seen from the top of the work tree.
    pub(crate) from_top: String,
}

impl Git<'_> {
    /// Where the folder is, seen from the top of the work tree: empty, or a path that ends with `/`.
    pub(crate) fn prefix(&self) -> Result<String, GitError> {
        let output = run(self.folder, &["rev-parse", "--show-prefix"])?;
        if !output.status.success() {
            return Err(failure(self.folder, "git does not say where the folder is", &output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
    }

    /// Every file or link of a commit whose name ends so.
    pub(crate) fn files_anywhere(&self, commit: &str, ending: &str) -> Result<Vec<FileAnywhere>, GitError> {
        let prefix = self.prefix()?;
        let output = run(self.folder, &["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit])?;
        if !output.status.success() {
            return Err(failure(self.folder, "git does not list the files of that commit", &output));
        }
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        let files = listed.split_terminator('\0').filter(|path| path.ends_with(ending));
        Ok(files.map(|path| FileAnywhere { path: seen_from(&prefix, path), from_top: path.to_owned() }).collect())
    }
}

/// A path from the top, as it is seen from a folder that is written as [`Git::prefix`] does.
fn seen_from(prefix: &str, path: &str) -> String {
    let folders: Vec<&str> = prefix.split_terminator('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    let shared = folders.iter().zip(&parts).take_while(|(folder, part)| folder == part).count();
    let up = std::iter::repeat_n("..", folders.len() - shared);
    up.chain(parts.iter().skip(shared).copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::seen_from;

    #[test]
    fn a_path_is_as_short_as_git_writes_it() {
        for (prefix, path, expected) in [
            ("", "offersync.toml", "offersync.toml"),
            ("net/", "offersync.toml", "../offersync.toml"),
            ("net/", "net/deep/offersync.toml", "deep/offersync.toml"),
            ("net/one/", "net/two/offersync.toml", "../two/offersync.toml"),
            ("network/", "net/offersync.toml", "../net/offersync.toml"),
        ] {
            assert_eq!(seen_from(prefix, path), expected, "{path} from {prefix}");
        }
    }
}
