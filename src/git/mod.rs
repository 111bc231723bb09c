//! Runs the `git` command to read files as they were at a commit. Reads only; each way in which git can fail is an error of its
//! own.

use std::collections::HashSet;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Why git did not answer.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum GitError {
    /// There is no `git` command.
    #[error("there is no `git` command")]
    NotInstalled,
    /// The command cannot be run.
    #[error("git cannot be run: {0}")]
    NotRun(io::Error),
    /// The folder is in no repository.
    #[error("`{folder}` is not in a git repository")]
    NotARepository { folder: String },
    /// The name cannot be a ref.
    #[error("`{reference}` is not a git ref")]
    BadRef { reference: String },
    /// The commit is not in this clone.
    #[error("{}", if *is_shallow { format!("`{reference}` is not in this clone, which is shallow") } else { format!("git knows no commit `{reference}`") })]
    UnknownCommit {
        /// The name of the commit.
        reference: String,
        /// Whether the clone is shallow.
        is_shallow: bool,
    },
    /// Git answered, but not with what was asked for.
    #[error("{0}")]
    Failed(String),
}

/// A repository, seen from a folder in it.
#[derive(Debug)]
pub(crate) struct Git<'a> {
    folder: &'a Path,
    is_shallow: bool,
}

/// A file at a commit.
#[derive(Debug)]
pub(crate) struct Blob {
    /// Its path, seen from the folder.
    pub(crate) path: String,
    /// Whether it is a file, not a link.
    pub(crate) is_file: bool,
    object: String,
}

/// A path and its bytes; none where this clone lacks them.
pub(crate) type Text = (String, Option<Vec<u8>>);

impl<'a> Git<'a> {
    /// Finds the repository around a folder.
    pub(crate) fn open(folder: &'a Path) -> Result<Self, GitError> {
        // `git -C ""` is the working folder too, but an empty path is nothing that a message could show.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut git = Self { folder, is_shallow: false };
        let output = git.run(&["rev-parse", "--is-inside-work-tree", "--is-shallow-repository"])?;
        if !output.status.success() {
            let words = stderr_of(&output);
            if words.contains("not a git repository") {
                return Err(GitError::NotARepository { folder: folder.display().to_string() });
            }
            return Err(GitError::Failed(format!("git does not open the repository: {words}")));
        }
        git.is_shallow = String::from_utf8_lossy(&output.stdout).lines().nth(1) == Some("true");
        Ok(git)
    }

    /// The commit that a name refers to.
    pub(crate) fn commit(&self, reference: &str) -> Result<String, GitError> {
        if reference.is_empty() || reference.starts_with('-') {
            return Err(GitError::BadRef { reference: reference.to_owned() });
        }
        let output = self.run(&["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")])?;
        let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() && !commit.is_empty() {
            return Ok(commit);
        }
        Err(GitError::UnknownCommit { reference: reference.to_owned(), is_shallow: self.is_shallow })
    }

    /// Every file at or below a path at a commit.
    pub(crate) fn blobs(&self, commit: &str, path: &str) -> Result<Vec<Blob>, GitError> {
        let output = self.run(&["ls-tree", "-r", "-z", commit, "--", path])?;
        if !output.status.success() {
            return Err(GitError::Failed(format!("git does not list `{path}` at that commit: {}", stderr_of(&output))));
        }
        let entries = output.stdout.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        Ok(entries.filter_map(|entry| blob(&String::from_utf8_lossy(entry))).collect())
    }

    /// The files at or below a path that differ between a commit and the working tree, by git's index; files with another time
    /// and the same bytes may be among them. `None` where git does not compare every file, or the path is not in the folder.
    pub(crate) fn changed_paths(&self, commit: &str, path: &str) -> Result<Option<HashSet<String>>, GitError> {
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Ok(None);
        }
        let listed = self.run(&["ls-files", "-v", "-z", "--", path])?;
        let changed =
            self.run(&["diff-index", "--name-only", "--no-renames", "--relative", "-z", commit, "--", path])?;
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
        let unread = |error: io::Error| GitError::Failed(format!("the files of that commit cannot be read: {error}"));
        // Through a file, not a pipe: git answers while it is still being asked, and two full pipes wait for each other.
        let mut questions = tempfile::tempfile().map_err(unread)?;
        for blob in blobs {
            writeln!(questions, "{}", blob.object).map_err(unread)?;
        }
        questions.rewind().map_err(unread)?;
        let mut command = self.command(&["cat-file", "--batch"]);
        let output = command.stdin(questions).output().map_err(not_run)?;
        if !output.status.success() {
            return Err(GitError::Failed(format!(
                "git does not give the files of that commit: {}",
                stderr_of(&output)
            )));
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

    /// When a file was last committed; `None` if it is not committed as it lies here.
    pub(crate) fn committed_at(&self, path: &Path) -> Result<Option<jiff::Timestamp>, GitError> {
        let path = path.to_string_lossy();
        let changed = self.run(&["status", "--porcelain", "--", &path])?;
        let commit = self.run(&["log", "-1", "--format=%ct", "--", &path])?;
        let is_clean = changed.status.success() && changed.stdout.is_empty();
        let seconds = String::from_utf8_lossy(&commit.stdout).trim().parse().ok().filter(|_| is_clean);
        Ok(seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.folder).args(arguments);
        // Plain words to recognize, and no index that is refreshed on the way: a plan writes nothing.
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, GitError> {
        self.command(arguments).output().map_err(not_run)
    }
}

fn not_run(error: io::Error) -> GitError {
    if error.kind() == io::ErrorKind::NotFound { GitError::NotInstalled } else { GitError::NotRun(error) }
}

/// Git's standard error, in one line.
fn stderr_of(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let text = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    if text.is_empty() { format!("it ended with {}", output.status) } else { text }
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
