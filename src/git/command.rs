//! Runs the `git` command, with an environment in which it answers and does nothing else. Each way in which it can fail is an
//! error of its own.

use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::location::ask_around;
use super::program::program_for;

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
    /// The folder is in a submodule, so that a name of a commit is one of the submodule.
    #[error("the configuration is in the submodule `{path}` of `{}`, so that a commit of that repository cannot be compared with", superproject.display())]
    InSubmodule { path: String, superproject: PathBuf },
    /// Git does not read a repository that belongs to another user.
    #[error("git does not read the repository in `{}`, because it belongs to another user", .0.display())]
    OtherOwner(PathBuf),
    /// The name cannot be a ref.
    #[error("`{reference}` does not name one commit")]
    BadRef { reference: String },
    /// The name is that of several refs.
    #[error("`{reference}` is more than one ref, with different commits: {}", refs.join(", "))]
    AmbiguousRef { reference: String, refs: Vec<String> },
    /// The commit is not in this clone.
    #[error("{}", if *is_shallow { format!("`{reference}` is not in this clone, which is shallow") } else { format!("git knows no commit `{reference}`") })]
    UnknownCommit {
        /// The name of the commit.
        reference: String,
        /// Whether the clone is shallow.
        is_shallow: bool,
        folder: PathBuf,
    },
    /// The clone is partial, and does not have what was asked for.
    #[error("the clone in `{}` is partial, and does not have what it was asked for", .0.display())]
    NotInPartialClone(PathBuf),
    /// Git answered, but not with what was asked for.
    #[error("{0}")]
    Failed(String),
}

/// What a log shows, and how, where the options of a call do not say so.
const SHOWN: [&str; 5] = [
    "log.showSignature=false",
    "log.showRoot=true",
    "log.follow=false",
    "log.diffMerges=separate",
    "i18n.logOutputEncoding=UTF-8",
];

/// The command in a folder.
pub(super) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program_for(folder);
    // A program that watches the files for git, or waits for what git does, would be started by it.
    command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]);
    // What it prints is read, whatever the user likes to see.
    for setting in SHOWN {
        command.args(["-c", setting]);
    }
    for name in ["GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"] {
        command.env_remove(name);
    }
    // Files of the checkout that look like git's own folder would answer in its place, and run their filters.
    command.args(["-c", "safe.bareRepository=explicit", "-C"]).arg(folder).args(arguments);
    // Plain words to recognize, no index that is refreshed on the way, no question and no network: a plan only reads.
    command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_LITERAL_PATHSPECS", "1");
    command
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .stdin(Stdio::null());
    ask_around(&mut command, folder);
    for (name, _) in std::env::vars_os() {
        if ["CAKE_", "OFFERSYNC_"].iter().any(|start| name.to_string_lossy().starts_with(start)) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end.
pub(super) fn run(folder: &Path, arguments: &[&str]) -> Result<Output, GitError> {
    command(folder, arguments).output().map_err(not_run)
}

/// The bytes of objects, in their order; none of one that this clone does not have, or that is no file.
pub(super) fn blobs<'o>(
    folder: &Path,
    objects: impl Iterator<Item = &'o str>,
) -> Result<Vec<Option<Vec<u8>>>, GitError> {
    let objects: Vec<&str> = objects.collect();
    let mut found = Vec::with_capacity(objects.len());
    each_blob(folder, &objects, |bytes| found.push(bytes))?;
    Ok(found)
}

/// Takes the bytes of objects one after the other, so that they need not be in memory together.
pub(super) fn each_blob(
    folder: &Path,
    objects: &[&str],
    mut take: impl FnMut(Option<Vec<u8>>),
) -> Result<(), GitError> {
    each_blob_of(command(folder, &["cat-file", "--batch"]), folder, objects, |_, bytes| take(bytes))
}

/// The same, read by this `git cat-file --batch`.
pub(super) fn each_blob_of(
    reading: Command,
    folder: &Path,
    objects: &[&str],
    mut take: impl FnMut(&str, Option<Vec<u8>>),
) -> Result<(), GitError> {
    cat_file(reading, folder, objects, |answer| {
        let next = |object: &&str| next_blob(answer).map(|bytes| take(object, bytes));
        objects.iter().try_for_each(next).map_err(GitError::NotRun)
    })
}

/// The names that git gives to objects which are written as `COMMIT:PATH`, in their order; none of one that there is not.
pub(super) fn names_of<'o>(
    folder: &Path,
    objects: impl Iterator<Item = &'o str>,
) -> Result<Vec<Option<String>>, GitError> {
    let mut names = Vec::new();
    let reading = command(folder, &["cat-file", "--batch-check=%(objectname)"]);
    cat_file(reading, folder, &objects.collect::<Vec<_>>(), |answer| {
        for line in answer.lines() {
            names.push(line.ok().filter(|line| !line.contains(' ')));
        }
        Ok(())
    })?;
    Ok(names)
}

/// Reads what `git cat-file` answers to the names of objects.
fn cat_file(
    mut command: Command,
    folder: &Path,
    objects: &[&str],
    read: impl FnOnce(&mut dyn BufRead) -> Result<(), GitError>,
) -> Result<(), GitError> {
    if objects.is_empty() {
        return Ok(());
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(not_run)?;
    // Fewer names than a pipe holds, so that neither process waits for the other.
    if let Some(mut input) = child.stdin.take() {
        input.write_all((objects.join("\n") + "\n").as_bytes()).map_err(GitError::NotRun)?;
    }
    let answer = child.stdout.take().map(|output| read(&mut BufReader::new(output)));
    let output = child.wait_with_output().map_err(GitError::NotRun)?;
    // Where git has failed, its answer ends early.
    if output.status.success() {
        answer.unwrap_or(Ok(()))
    } else {
        Err(failure(folder, "`git cat-file` failed", &output))
    }
}

/// `NAME KIND SIZE`, a line feed, the bytes and a line feed; or `NAME missing`.
fn next_blob(answer: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    answer.read_until(b'\n', &mut head)?;
    let head = String::from_utf8_lossy(&head).trim_end().to_owned();
    let mut words = head.rsplit(' ');
    let (size, kind) = (words.next().and_then(|size| size.parse::<usize>().ok()), words.next());
    let Some(size) = size.filter(|_| kind.is_some_and(|kind| OBJECTS.contains(&kind))) else { return Ok(None) };
    let mut bytes = vec![0; size + 1];
    answer.read_exact(&mut bytes)?;
    bytes.pop();
    Ok((kind == Some("blob")).then_some(bytes))
}

/// The kinds of objects.
const OBJECTS: [&str; 4] = ["blob", "tree", "commit", "tag"];

pub(super) fn not_run(error: io::Error) -> GitError {
    if error.kind() == io::ErrorKind::NotFound { GitError::NotInstalled } else { GitError::NotRun(error) }
}

/// What a failure is about, by git's own words.
pub(super) fn failure(folder: &Path, what: &str, output: &Output) -> GitError {
    let words = words_of(output);
    if words.contains("dubious ownership") {
        return GitError::OtherOwner(folder.to_owned());
    }
    if words.contains("not a git repository") {
        return GitError::NotARepository { folder: folder.display().to_string() };
    }
    if OF_MISSING_OBJECTS.iter().any(|part| words.contains(part)) && is_partial_clone(folder) {
        return GitError::NotInPartialClone(folder.to_owned());
    }
    GitError::Failed(format!("{what}: {words}"))
}

/// Parts of git's messages about an object that is not there.
const OF_MISSING_OBJECTS: [&str; 6] =
    ["not a tree object", "unable to read", "bad tree object", "bad object", "missing", "not a valid object"];

/// Whether the clone leaves parts of the history to the remote.
pub(super) fn is_partial_clone(folder: &Path) -> bool {
    run(folder, &["config", "--get-regexp", r"^remote\..*\.promisor$"]).is_ok_and(|output| output.status.success())
}

/// Git's standard error, in one line.
pub(super) fn words_of(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let text = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    if text.is_empty() { format!("it ended with {}", output.status) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_none_and_does_not_move_the_next_one() {
        let mut answer: &[u8] = b"1 blob 3\na\nb\n2 tree 4\n\x00\n\xff\n\nHEAD:gone missing\n3 blob 0\n\n4 blob 1\nc\n";
        let found: Vec<_> = (0..5).map(|_| next_blob(&mut answer).unwrap()).collect();
        let bytes = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(found, [bytes("a\nb"), None, None, bytes(""), bytes("c")]);
        assert!(next_blob(&mut &b"1 blob 9\nshort"[..]).is_err());
    }
}
