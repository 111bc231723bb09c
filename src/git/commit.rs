//! Files as they were at a commit, and which of them differ from the working tree.

use std::collections::HashSet;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Output, Stdio};

use super::command::{GitError, command, failure, is_partial_clone, not_run, run};
use super::history::ask;
use super::submodule::Submodule;

/// A repository, seen from a folder in it.
#[derive(Debug)]
pub(crate) struct Git<'a> {
    pub(super) folder: &'a Path,
    is_shallow: bool,
}

/// A file at a commit.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    /// Its path, seen from the folder.
    pub(crate) path: String,
    /// Whether it is a file, not a link or a submodule.
    pub(crate) is_file: bool,
    object: String,
}

impl Blob {
    pub(super) fn new(path: String, is_file: bool, object: &str) -> Self {
        Self { path, is_file, object: object.to_owned() }
    }
}

/// A path and its bytes; none where this clone lacks them.
pub(crate) type Text = (String, Option<Vec<u8>>);

impl<'a> Git<'a> {
    /// Finds the repository around a folder.
    pub(crate) fn open(folder: &'a Path) -> Result<Self, GitError> {
        // `git -C ""` is the working folder too, but an empty path is nothing that a message could show.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut git = Self { folder, is_shallow: false };
        let output = run(folder, &["rev-parse", "--is-inside-work-tree", "--is-shallow-repository"])?;
        if !output.status.success() {
            return Err(failure(folder, "git does not open the repository", &output));
        }
        git.is_shallow = String::from_utf8_lossy(&output.stdout).lines().nth(1) == Some("true");
        Ok(git)
    }

    /// The commit that a name refers to.
    pub(crate) fn commit(&self, reference: &str) -> Result<String, GitError> {
        if !names_one_commit(reference) {
            return Err(GitError::BadRef { reference: reference.to_owned() });
        }
        self.check_reference(reference)?;
        let output = run(self.folder, &["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")])?;
        let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() && !commit.is_empty() {
            return Ok(commit);
        }
        Err(self.unknown(reference))
    }

    /// Fails in a submodule: what a name refers to there is another repository's commit.
    pub(crate) fn refuse_submodule(&self) -> Result<(), GitError> {
        let top = ask(self.folder, &["rev-parse", "--show-toplevel"])?;
        match Submodule::with_top(Path::new(&top))? {
            None => Ok(()),
            Some(Submodule { superproject, path, .. }) => {
                Err(GitError::InSubmodule { path, superproject: superproject.top().to_owned() })
            }
        }
    }

    pub(super) fn unknown(&self, reference: &str) -> GitError {
        let folder = self.folder.to_owned();
        GitError::UnknownCommit { reference: reference.to_owned(), is_shallow: self.is_shallow, folder }
    }

    /// The commits from which this one and the present one both come, none of them before another; none in a clone that does not have
    /// them. Branches that were merged both ways have several.
    pub(crate) fn merge_bases(&self, commit: &str) -> Result<Vec<String>, GitError> {
        let output = run(self.folder, &["merge-base", "--all", commit, "HEAD"])?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(if output.status.success() { text.lines().map(str::to_owned).collect() } else { Vec::new() })
    }

    /// Whether a commit is an ancestor of another one, or that one itself.
    pub(crate) fn is_in(&self, commit: &str, later: &str) -> Result<bool, GitError> {
        Ok(run(self.folder, &["merge-base", "--is-ancestor", commit, later])?.status.success())
    }

    /// Whether this clone has every commit that is in the present one and not in this one. A shallow clone ends with commits that have no
    /// parents in it.
    pub(crate) fn has_all_since(&self, commit: &str) -> Result<bool, GitError> {
        if !self.is_shallow {
            return Ok(true);
        }
        let ends = run(self.folder, &["rev-list", "--max-parents=0", &format!("{commit}..HEAD")])?;
        Ok(ends.status.success() && ends.stdout.is_empty())
    }

    /// Whether git holds a file in its index.
    pub(crate) fn is_tracked(&self, path: &str) -> Result<bool, GitError> {
        let output = run(self.folder, &["ls-files", "--", path])?;
        if output.status.success() {
            return Ok(!output.stdout.is_empty());
        }
        Err(failure(self.folder, &format!("git does not say whether it holds `{path}`"), &output))
    }

    /// Those of the paths that git holds in its index.
    pub(crate) fn held<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<HashSet<String>, GitError> {
        let output = run(self.folder, &[&["ls-files", "-z", "--"], &paths.collect::<Vec<_>>()[..]].concat())?;
        if !output.status.success() {
            return Err(failure(self.folder, "git does not say which files it holds", &output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).split_terminator('\0').map(str::to_owned).collect())
    }

    /// Whether the history of this clone ends before its first commit.
    pub(crate) fn is_shallow(&self) -> bool {
        self.is_shallow
    }

    /// Whether this clone leaves parts of the history to the remote.
    pub(crate) fn is_partial(&self) -> bool {
        is_partial_clone(self.folder)
    }

    /// Every file at or below a path at a commit.
    pub(crate) fn blobs(&self, commit: &str, path: &str) -> Result<Vec<Blob>, GitError> {
        let output = run(self.folder, &["ls-tree", "-r", "-z", commit, "--", path])?;
        if !output.status.success() {
            return Err(failure(self.folder, &format!("git does not list `{path}` at that commit"), &output));
        }
        let entries = output.stdout.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        Ok(entries.filter_map(|entry| blob(&String::from_utf8_lossy(entry))).collect())
    }

    /// What a commit has at a path itself.
    pub(super) fn listed(&self, commit: &str, path: &str) -> Result<Vec<u8>, GitError> {
        let output = run(self.folder, &["ls-tree", "-z", commit, "--", path])?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(failure(self.folder, &format!("git does not show `{path}` at that commit"), &output))
    }

    /// Whether a file on the disk is, by git's word, the one that was committed last.
    pub(crate) fn is_clean(&self, file: &Path) -> Result<bool, GitError> {
        let output = run(self.folder, &["status", "--porcelain", "--ignored", "--", &file.to_string_lossy()])?;
        Ok(output.status.success() && output.stdout.is_empty())
    }

    /// The files at or below a path that differ between a commit and the working tree, by git's index; files with another time
    /// and the same bytes may be among them. `None` where git does not compare every file, or the path is not in the folder.
    pub(crate) fn changed_paths(&self, commit: &str, path: &str) -> Result<Option<HashSet<String>>, GitError> {
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Ok(None);
        }
        let listed = run(self.folder, &["ls-files", "-v", "-z", "--", path])?;
        let changed =
            run(self.folder, &["diff-index", "--name-only", "--no-renames", "--relative", "-z", commit, "--", path])?;
        // Another letter than `H` marks a file that git does not compare (assume-unchanged, skip-worktree) or cannot (unmerged).
        let is_compared = |entry: &[u8]| entry.is_empty() || entry.starts_with(b"H ");
        let is_whole = listed.stdout.split(|byte| *byte == 0).all(is_compared);
        if !listed.status.success() || !changed.status.success() || !is_whole {
            return Ok(None);
        }
        let paths = changed.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(Some(paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect()))
    }

    /// The bytes of files, in their order; none for a file that this clone lacks.
    pub(crate) fn texts(&self, blobs: &[Blob]) -> Result<Vec<Text>, GitError> {
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let output = self.asked(&["cat-file", "--batch"], |questions| {
            blobs.iter().try_for_each(|blob| writeln!(questions, "{}", blob.object))
        })?;
        if !output.status.success() {
            return Err(failure(self.folder, "git does not give the files of that commit", &output));
        }
        let mut answers = output.stdout.as_slice();
        let mut texts = Vec::with_capacity(blobs.len());
        for blob in blobs {
            let bytes = answer(&mut answers)
                .map_err(|()| GitError::Failed("git returned fewer files of that commit than it listed".to_owned()))?;
            texts.push((blob.path.clone(), bytes));
        }
        Ok(texts)
    }

    /// Runs a command of git and writes to its input meanwhile: git answers while it is still being asked, and two full pipes
    /// would wait for each other.
    fn asked(
        &self,
        arguments: &[&str],
        ask: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send,
    ) -> Result<Output, GitError> {
        let mut command = command(self.folder, arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut git = command.spawn().map_err(not_run)?;
        let questions = git.stdin.take();
        std::thread::scope(|scope| {
            // Git that ends early says why on its standard error.
            scope.spawn(|| questions.map(|questions| ask(&mut BufWriter::new(questions))));
            git.wait_with_output().map_err(GitError::NotRun)
        })
    }

    /// What a commit, or without one the index, has at or below these paths and the disk has not, or has otherwise.
    pub(crate) fn replaced(&self, commit: Option<&str>, below: &[&str]) -> Result<Vec<Blob>, GitError> {
        let below = below.iter().map(|path| if path.is_empty() { "." } else { *path });
        let command = if commit.is_some() { "diff-index" } else { "diff-files" };
        let mut arguments = vec![command, "--no-renames", "--no-abbrev", "-z"];
        arguments.extend(commit);
        arguments.push("--");
        arguments.extend(below);
        let output = run(self.folder, &arguments)?;
        if !output.status.success() {
            return Err(failure(self.folder, "git does not compare its files with the disk", &output));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut parts = text.split('\0');
        let mut replaced = Vec::new();
        // `:OLD-MODE NEW-MODE OLD-OBJECT NEW-OBJECT STATUS`, then the path.
        while let (Some(facts), Some(path)) = (parts.next(), parts.next()) {
            let facts: Vec<&str> = facts.trim_start_matches(':').split(' ').collect();
            if let [mode, _, object, ..] = facts[..]
                && mode.bytes().any(|digit| digit != b'0')
            {
                replaced.push(Blob::new(path.to_owned(), mode.starts_with("100"), object));
            }
        }
        Ok(replaced)
    }

    /// When a file was last committed; `None` if it is not committed as it lies here.
    pub(crate) fn committed_at(&self, path: &Path) -> Result<Option<jiff::Timestamp>, GitError> {
        let path = path.to_string_lossy();
        let changed = run(self.folder, &["status", "--porcelain", "--", &path])?;
        let commit = run(self.folder, &["log", "-1", "--format=%ct", "--", &path])?;
        let is_clean = changed.status.success() && changed.stdout.is_empty();
        let seconds = String::from_utf8_lossy(&commit.stdout).trim().parse().ok().filter(|_| is_clean);
        Ok(seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()))
    }
}

/// Whether a text can be the name of one commit, and neither an option nor a range of commits.
fn names_one_commit(reference: &str) -> bool {
    // The text to search for, as in `main^{/a..b}`, may have any signs.
    let name = if reference.starts_with(":/") { ":/" } else { reference.split('{').next().unwrap_or_default() };
    !name.trim().is_empty()
        && !name.starts_with(['-', '^'])
        && ["..", "^@", "^!", "^-"].iter().all(|range| !name.contains(range))
}

/// `100644 blob OBJECT<tab>PATH`
fn blob(entry: &str) -> Option<Blob> {
    let (facts, path) = entry.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, kind, object) = (facts.next()?, facts.next()?, facts.next()?);
    // A submodule is listed as a commit; its files are another repository's.
    (kind == "blob").then(|| Blob { path: path.to_owned(), is_file: mode != "120000", object: object.to_owned() })
}

/// `OBJECT blob SIZE<newline>BYTES<newline>`, or `OBJECT missing<newline>`.
fn answer(answers: &mut &[u8]) -> Result<Option<Vec<u8>>, ()> {
    let end = answers.iter().position(|byte| *byte == b'\n').ok_or(())?;
    let head = String::from_utf8_lossy(&answers[..end]).into_owned();
    *answers = &answers[end + 1..];
    let mut words = head.split(' ').skip(1);
    let (Some("blob"), Some(size)) = (words.next(), words.next()) else { return Ok(None) };
    let size: usize = size.parse().map_err(|_| ())?;
    let mut bytes = vec![0; size];
    answers.read_exact(&mut bytes).map_err(|_| ())?;
    *answers = answers.strip_prefix(b"\n").ok_or(())?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::names_one_commit;

    #[test]
    fn a_range_and_an_option_are_no_commit() {
        for name in ["main", "HEAD^", "HEAD^2~3", "@{u}", "v1^{commit}", ":/fix a..b", "main^{/a..b}", "a.b"] {
            assert!(names_one_commit(name), "{name}");
        }
        for name in ["", " ", "-x", "--all", "^main", "main..x", "main~1...x", "..x", "main^@", "main^!", "main^-1"] {
            assert!(!names_one_commit(name), "{name}");
        }
    }
}
