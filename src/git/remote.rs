//! Commits that are made for a branch of a remote, and pushed: on top of a commit that the remote has, with one file changed.
//!
//! Invariant: no file, no index and no branch of this clone is changed, only objects are added to it, so that every call may be killed and
//! made again. A branch is moved only where it is still at the commit that the new one is built on.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::command::{GitError, command, failure, not_run, words_of};
use super::location::Location;
use super::remote_setting::RemoteSetting;

/// Who makes the commits, where no variable of git says so.
const NAME: &str = "offersync";
const MAIL: &str = "offersync@localhost";

/// A remote of the repository around a folder.
pub(crate) struct Remote {
    /// The top folder of the work tree, from which paths are named.
    top: PathBuf,
    git_dir: PathBuf,
    name: String,
    /// What is read: the address to which it is pushed, where that is another one than the address of fetches.
    source: String,
    setting: Option<RemoteSetting>,
}

/// What a commit has at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AtPath {
    Nothing,
    File {
        mode: String,
        object: String,
    },
    /// A link, a folder or a submodule.
    Other,
}

impl AtPath {
    pub(crate) fn object(&self) -> Option<&str> {
        if let Self::File { object, .. } = self { Some(object) } else { None }
    }
}

/// One file of a commit that is to be made.
#[derive(Debug, Clone)]
pub(crate) struct CommitFile {
    /// From the top of the work tree.
    pub(crate) path: String,
    pub(crate) mode: String,
    /// The object with its bytes.
    pub(crate) object: String,
}

impl Remote {
    pub(crate) fn of(folder: &Path, name: String, setting: Option<RemoteSetting>) -> Result<Self, GitError> {
        let folder = folder.canonicalize().map_err(GitError::NotRun)?;
        let Some(Location { top, git_dir }) = Location::of(&folder)? else {
            return Err(GitError::NotARepository { folder: folder.display().to_string() });
        };
        let mut remote = Self { top, git_dir, source: name.clone(), name, setting };
        // The one with the token of the run is that of the same repository.
        if remote.setting.as_ref().is_none_or(|setting| !setting.key.ends_with(".pushurl")) {
            let [fetched, pushed] = [&["--all"][..], &["--all", "--push"]].map(|options| remote.addresses(options));
            if let ([fetched, ..], [pushed, ..]) = (&fetched?[..], &pushed?[..])
                && fetched != pushed
            {
                remote.source.clone_from(pushed);
            }
        }
        Ok(remote)
    }

    /// The addresses of the remote; none where its name is an address itself.
    fn addresses(&self, options: &[&str]) -> Result<Vec<String>, GitError> {
        let output = self.run(&[&["remote", "get-url"], options, &["--", &self.name]].concat())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(if output.status.success() { text.lines().map(str::to_owned).collect() } else { Vec::new() })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn top(&self) -> &Path {
        &self.top
    }

    /// Git's own folder for this work tree.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The branches of the remote that match a pattern, each with its commit.
    pub(crate) fn branches(&self, pattern: &str) -> Result<Vec<(String, String)>, GitError> {
        let listed = self.ask(&["ls-remote", "--heads", &self.source, &format!("refs/heads/{pattern}")])?;
        let branch = |line: &str| {
            let (commit, name) = line.split_once('\t')?;
            Some((name.strip_prefix("refs/heads/")?.to_owned(), commit.to_owned()))
        };
        Ok(listed.lines().filter_map(branch).collect())
    }

    /// The commit of a branch; none where the remote has no such branch.
    pub(crate) fn tip(&self, branch: &str) -> Result<Option<String>, GitError> {
        let found = self.branches(branch)?;
        Ok(found.into_iter().find(|(name, _)| name == branch).map(|(_, commit)| commit))
    }

    /// Gets the objects of a branch; a ref, or its lock, could be left half-written by a kill. Returns whether this commit is among them.
    pub(crate) fn fetch(&self, branch: &str, commit: &str) -> Result<bool, GitError> {
        let reference = format!("refs/heads/{branch}");
        self.ask(&["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", &self.source, &reference])?;
        Ok(self.run(&["cat-file", "-e", &format!("{commit}^{{commit}}")])?.status.success())
    }

    /// A commit that both have; none where there is none in this clone.
    pub(crate) fn common(&self, commit: &str) -> Result<Option<String>, GitError> {
        let output = self.run(&["merge-base", "HEAD", commit])?;
        Ok(output.status.success().then(|| first_line(&output)).filter(|found| !found.is_empty()))
    }

    /// What a commit has at a path from the top.
    pub(crate) fn at(&self, commit: &str, path: &str) -> Result<AtPath, GitError> {
        let listed = self.ask(&["ls-tree", commit, "--", path])?;
        let facts: Vec<&str> = listed.split_whitespace().take(3).collect();
        Ok(match facts[..] {
            [] => AtPath::Nothing,
            [mode, "blob", object] if mode.starts_with("100") => {
                AtPath::File { mode: mode.to_owned(), object: object.to_owned() }
            }
            _ => AtPath::Other,
        })
    }

    /// The messages of the commits that one has and the other has not; of all where there is no other.
    pub(crate) fn messages(&self, commit: &str, since: Option<&str>) -> Result<String, GitError> {
        let since = since.map(|since| format!("^{since}"));
        let mut arguments = vec!["log", "--format=%B", commit];
        arguments.extend(since.as_deref());
        self.ask(&arguments)
    }

    /// The message of the present commit.
    pub(crate) fn message(&self) -> Result<String, GitError> {
        self.ask(&["log", "-1", "--format=%B"])
    }

    /// The bytes of an object; none where this clone does not have it.
    pub(crate) fn bytes(&self, object: &str) -> Result<Option<Vec<u8>>, GitError> {
        let output = self.run(&["cat-file", "blob", object])?;
        Ok(output.status.success().then_some(output.stdout))
    }

    /// Whether this clone has an object.
    pub(crate) fn has(&self, object: &str) -> Result<bool, GitError> {
        Ok(self.run(&["cat-file", "-e", object])?.status.success())
    }

    /// Adds an object of exactly these bytes, and returns its name.
    pub(crate) fn add(&self, bytes: &[u8]) -> Result<String, GitError> {
        let output = self.feed(&["hash-object", "-w", "--no-filters", "--stdin"], bytes)?;
        self.answer(&output, "git does not store a file").map(|name| name.trim().to_owned())
    }

    /// Adds the file at a path as `git add` would, and returns its name.
    pub(crate) fn add_file(&self, path: &str) -> Result<String, GitError> {
        self.ask(&["hash-object", "-w", "--", path]).map(|name| name.trim().to_owned())
    }

    /// The files at or below these paths that differ from the present commit, from the top of the work tree.
    pub(crate) fn changed(&self, below: &[&Path]) -> Result<Vec<String>, GitError> {
        let below = below.iter().map(|path| path.to_string_lossy());
        let below: Vec<_> = below.collect();
        let mut arguments = vec!["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", "HEAD", "--"];
        arguments.extend(below.iter().map(AsRef::as_ref));
        Ok(self.ask(&arguments)?.split_terminator('\0').map(str::to_owned).collect())
    }

    /// Whether two commits have the same files on top of the same commit.
    pub(crate) fn is_same_change(&self, one: &str, other: &str) -> Result<bool, GitError> {
        let facts = |commit: &str| self.ask(&["log", "-1", "--format=%T %P", commit]);
        Ok(facts(one)? == facts(other)?)
    }

    /// The name that the attributes of git give to these bytes at a path; none where it cannot be made.
    pub(crate) fn name_with_attributes(&self, bytes: &[u8], path: &str) -> Result<Option<String>, GitError> {
        let output = self.feed(&["hash-object", &format!("--path={path}"), "--stdin"], bytes)?;
        Ok(output.status.success().then(|| first_line(&output)))
    }

    /// Makes a commit on top of another one: these files, and its other files as they are.
    pub(crate) fn commit(&self, parent: &str, files: &[CommitFile], paragraphs: &[String]) -> Result<String, GitError> {
        let folder = tempfile::tempdir().map_err(GitError::NotRun)?;
        let index = folder.path().join("index").into_os_string();
        let with_index = |arguments: &[&str]| {
            let output = self.command(arguments).env("GIT_INDEX_FILE", &index).output().map_err(not_run)?;
            self.answer(&output, "git does not make the commit")
        };
        with_index(&["read-tree", parent])?;
        for CommitFile { path, mode, object } in files {
            let entry = format!("{mode},{object},{path}");
            with_index(&["update-index", "--add", "--replace", "--cacheinfo", &entry])?;
        }
        let tree = with_index(&["write-tree"])?;
        let mut command = self.command(&["commit-tree", tree.trim(), "-p", parent]);
        command.args(paragraphs.iter().flat_map(|paragraph| ["-m", paragraph]));
        let variable = |name: &str, otherwise: OsString| {
            std::env::var_os(name).filter(|value| !value.is_empty()).unwrap_or(otherwise)
        };
        let author = variable("GIT_AUTHOR_NAME", NAME.into());
        let mail = variable("GIT_AUTHOR_EMAIL", MAIL.into());
        command.env("GIT_COMMITTER_NAME", variable("GIT_COMMITTER_NAME", author.clone()));
        command.env("GIT_COMMITTER_EMAIL", variable("GIT_COMMITTER_EMAIL", mail.clone()));
        command.env("GIT_AUTHOR_NAME", author).env("GIT_AUTHOR_EMAIL", mail);
        let output = command.output().map_err(not_run)?;
        self.answer(&output, "git does not make the commit").map(|name| name.trim().to_owned())
    }

    /// Moves a branch of the remote that is at a commit, or has not been there. What git says where the remote does not take it.
    pub(crate) fn push(
        &self,
        commit: &str,
        branch: &str,
        expected: Option<&str>,
    ) -> Result<Result<(), String>, GitError> {
        let expected = expected.unwrap_or_default();
        let lease = format!("--force-with-lease=refs/heads/{branch}:{expected}");
        self.send(&["push", "--quiet", &lease, &self.name, &format!("{commit}:refs/heads/{branch}")])
    }

    /// Puts a branch that belongs to this program at a commit, wherever it was.
    pub(crate) fn put(&self, commit: &str, branch: &str) -> Result<Result<(), String>, GitError> {
        self.send(&["push", "--quiet", &self.name, &format!("+{commit}:refs/heads/{branch}")])
    }

    fn send(&self, arguments: &[&str]) -> Result<Result<(), String>, GitError> {
        let mirror = format!("remote.{}.mirror", self.name);
        let is_mirror = self.run(&["config", "--type=bool", "--get", &mirror])?.stdout.starts_with(b"true");
        // Git would push every ref there, and refuses to push a single one.
        let no_mirror = format!("{mirror}=false");
        let options = if is_mirror { vec!["-c", &no_mirror] } else { Vec::new() };
        let output = self.run(&[&options[..], arguments].concat())?;
        Ok(if output.status.success() { Ok(()) } else { Err(self.redacted(words_of(&output))) })
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, GitError> {
        let output = self.run(arguments)?;
        self.answer(&output, &format!("`git {}` failed", arguments.first().unwrap_or(&"")))
    }

    fn answer(&self, output: &Output, what: &str) -> Result<String, GitError> {
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(match failure(&self.top, what, output) {
            GitError::Failed(words) => GitError::Failed(self.redacted(words)),
            other => other,
        })
    }

    fn redacted(&self, words: String) -> String {
        self.setting.iter().fold(words, |words, setting| setting.redacted(words))
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, GitError> {
        self.command(arguments).output().map_err(not_run)
    }

    fn feed(&self, arguments: &[&str], bytes: &[u8]) -> Result<Output, GitError> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut git = command.spawn().map_err(not_run)?;
        let input = git.stdin.take();
        std::thread::scope(|scope| {
            // Git that ends early says why on its standard error.
            scope.spawn(|| input.map(|mut input| input.write_all(bytes)));
            git.wait_with_output().map_err(GitError::NotRun)
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.top, arguments);
        // What a partial clone left to the remote is fetched: this talks to it anyway.
        command.env_remove("GIT_NO_LAZY_FETCH");
        if let Some(setting) = &self.setting {
            setting.give(&mut command);
        }
        command
    }
}

fn first_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
}
