//! One ref of a remote that holds files: reads it, and moves it by compare-and-swap.
//!
//! Owns the commands. Knows nothing of what is in the files. Invariants: the work tree, the index, the refs and the objects of the user's
//! repository stay as they are (objects go to a private folder, which sees those of the repository); a commit has no parent, so that a
//! fetch brings one version and not all of them; a push moves the ref from the version that the caller has seen, or not at all.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use super::command::{GitError, command, each_blob_of, failure, not_run};
use super::remote_setting::RemoteSetting;

/// The longest time that a command which talks to the remote may take.
const LONGEST: Duration = Duration::from_mins(1);

/// Names that are asked for at once, fewer than a pipe holds.
const NAMES: usize = 500;

/// How often a command is looked at.
const POLL: Duration = Duration::from_millis(5);

/// Who the commits are by: the claim in them says who it was.
const AUTHOR: &str = "offersync";

/// A ref of a remote.
#[derive(Debug, Clone)]
pub(crate) struct SharedRef {
    folder: PathBuf,
    remote: String,
    name: String,
    /// For the commands that talk to the remote.
    setting: Option<RemoteSetting>,
    objects: PathBuf,
    /// Where bytes are written for git to take.
    input: PathBuf,
    alternates: OsString,
}

impl SharedRef {
    /// The ref of a remote of the repository that the folder is in; what is fetched and made goes below `private`.
    pub(crate) fn open(
        folder: &Path,
        (remote, setting): (&str, Option<RemoteSetting>),
        name: &str,
        private: &Path,
    ) -> Result<Self, GitError> {
        let output = command(folder, &["rev-parse", "--git-path", "objects"]).output().map_err(not_run)?;
        if !output.status.success() {
            return Err(failure(folder, "git does not show its folder", &output));
        }
        let shown = String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned();
        let alternates = folder.join(shown).canonicalize().map_err(GitError::NotRun)?.into_os_string();
        let below = |name: &str| {
            let folder = private.join(name);
            std::fs::create_dir_all(&folder).and_then(|()| folder.canonicalize()).map_err(GitError::NotRun)
        };
        let (objects, input) = (below("objects")?, below("pieces")?);
        let (folder, remote, name) = (folder.to_owned(), remote.to_owned(), name.to_owned());
        Ok(Self { folder, remote, name, setting, objects, input, alternates })
    }

    /// The commit that the ref is at; none where the remote does not have it.
    pub(crate) fn tip(&self) -> Result<Option<String>, GitError> {
        let output = self.talk(&["ls-remote", "--quiet", "--", &self.remote, &self.name])?;
        if !output.status.success() {
            return Err(self.no_answer("`git ls-remote` failed", &output));
        }
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut rows = answer.lines().filter_map(|line| line.split_once('\t'));
        Ok(rows.find(|(_, name)| *name == self.name).map(|(commit, _)| commit.to_owned()))
    }

    /// Fetches the version that the ref is at. Returns whether that is this commit.
    pub(crate) fn fetch(&self, commit: &str) -> Result<bool, GitError> {
        let options = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-filter", "--no-auto-gc"];
        let what = ["--no-recurse-submodules", "--refmap=", "--", &self.remote, &self.name];
        let output = self.talk(&[&options[..], &what[..]].concat())?;
        if !output.status.success() {
            return Err(self.no_answer("`git fetch` failed", &output));
        }
        let output = self.command(&["cat-file", "-e", commit]).output().map_err(not_run)?;
        Ok(output.status.success())
    }

    /// The files of a commit: their names, and the names of their bytes.
    pub(crate) fn files(&self, commit: &str) -> Result<Vec<(String, String)>, GitError> {
        let output = self.succeeds(&["ls-tree", "-z", commit], "`git ls-tree` failed")?;
        let text = String::from_utf8_lossy(&output).into_owned();
        // `100644 blob OBJECT\tNAME`
        let of_row = |row: &str| {
            let (head, name) = row.split_once('\t')?;
            Some((name.to_owned(), head.rsplit(' ').next()?.to_owned()))
        };
        Ok(text.split('\0').filter_map(of_row).collect())
    }

    /// Takes the bytes of these objects, in their order.
    pub(crate) fn blobs(&self, objects: &[&str], mut take: impl FnMut(Vec<u8>)) -> Result<(), GitError> {
        let mut missing = None;
        for objects in objects.chunks(NAMES) {
            let reading = self.command(&["cat-file", "--batch"]);
            each_blob_of(reading, &self.folder, objects, |object, bytes| match bytes {
                Some(bytes) => take(bytes),
                None => missing = Some(object.to_owned()),
            })?;
        }
        missing.map_or(Ok(()), |object| Err(GitError::Failed(format!("the object {object} is missing"))))
    }

    /// Writes files of these bytes, and returns their names in their order.
    pub(crate) fn write(&self, files: &[&[u8]]) -> Result<Vec<String>, GitError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let mut input = String::new();
        for (number, bytes) in files.iter().enumerate() {
            let path = self.input.join(number.to_string());
            File::create(&path).and_then(|mut file| file.write_all(bytes)).map_err(GitError::NotRun)?;
            let _ = writeln!(input, "{}", path.display());
        }
        let output = self.answers(&["hash-object", "-w", "--no-filters", "--stdin-paths"], &input)?;
        let names: Vec<String> = output.lines().map(str::to_owned).collect();
        if names.len() == files.len() {
            Ok(names)
        } else {
            Err(GitError::Failed("`git hash-object` left files out".to_owned()))
        }
    }

    /// Makes a commit of these files, given by name and bytes.
    pub(crate) fn commit(&self, files: &[(String, String)], message: &str) -> Result<String, GitError> {
        let mut rows = String::new();
        for (name, object) in files {
            let _ = writeln!(rows, "100644 blob {object}\t{name}");
        }
        let tree = self.answers(&["mktree"], &rows)?;
        let mut command = self.command(&["commit-tree", "-m", message, tree.trim()]);
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), AUTHOR)
                .env(format!("GIT_{role}_EMAIL"), format!("{AUTHOR}@localhost"));
        }
        let output = command.output().map_err(not_run)?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(failure(&self.folder, "`git commit-tree` failed", &output))
        }
    }

    /// Moves the ref from one commit to another; from none, where it does not exist. An error says nothing about whether it was moved.
    pub(crate) fn push(&self, from: Option<&str>, to: &str) -> Result<(), GitError> {
        let lease = format!("--force-with-lease={}:{}", self.name, from.unwrap_or_default());
        let refspec = format!("{to}:{}", self.name);
        let options =
            ["-c", "push.followTags=false", "push", "--quiet", "--no-verify", "--no-signed", "--recurse-submodules=no"];
        let output = self.talk(&[&options[..], &[&lease, "--", &self.remote, &refspec][..]].concat())?;
        if output.status.success() { Ok(()) } else { Err(self.no_answer("`git push` failed", &output)) }
    }

    /// Why the remote did not do it, without a secret.
    fn no_answer(&self, what: &str, output: &Output) -> GitError {
        match failure(&self.folder, what, output) {
            GitError::Failed(words) => {
                GitError::Failed(self.setting.iter().fold(words, |words, setting| setting.redacted(words)))
            }
            other => other,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.folder, arguments);
        command.env("GIT_OBJECT_DIRECTORY", &self.objects).env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.alternates);
        command
    }

    fn succeeds(&self, arguments: &[&str], what: &str) -> Result<Vec<u8>, GitError> {
        let output = self.command(arguments).output().map_err(not_run)?;
        if output.status.success() { Ok(output.stdout) } else { Err(failure(&self.folder, what, &output)) }
    }

    /// Runs a command with an input, which it may read whenever it likes.
    fn answers(&self, arguments: &[&str], input: &str) -> Result<String, GitError> {
        let mut file = tempfile::tempfile().map_err(GitError::NotRun)?;
        file.write_all(input.as_bytes()).and_then(|()| file.seek(SeekFrom::Start(0))).map_err(GitError::NotRun)?;
        let output = self.command(arguments).stdin(file).output().map_err(not_run)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(failure(&self.folder, &format!("`git {}` failed", arguments[0]), &output))
    }

    /// Runs a command that talks to the remote, in a group of processes of its own: a key that ends this program does not end it in the
    /// middle, and one that hangs is ended with what it has started.
    fn talk(&self, arguments: &[&str]) -> Result<Output, GitError> {
        let files = || Ok::<_, io::Error>((tempfile::tempfile()?, tempfile::tempfile()?));
        let (mut stdout, mut stderr) = files().map_err(GitError::NotRun)?;
        let mut command = self.command(arguments);
        self.setting.iter().for_each(|setting| setting.give(&mut command));
        command.stdin(Stdio::null());
        command.stdout(stdout.try_clone().map_err(GitError::NotRun)?);
        command.stderr(stderr.try_clone().map_err(GitError::NotRun)?);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(not_run)?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(GitError::NotRun)? {
                break status;
            }
            if started.elapsed() > LONGEST {
                end(&mut child);
                return Err(GitError::Failed(format!("the remote did not answer within {} s", LONGEST.as_secs())));
            }
            std::thread::sleep(POLL);
        };
        output(status, &mut stdout, &mut stderr).map_err(GitError::NotRun)
    }
}

fn output(status: ExitStatus, stdout: &mut File, stderr: &mut File) -> io::Result<Output> {
    let mut read = [Vec::new(), Vec::new()];
    for (file, bytes) in [stdout, stderr].into_iter().zip(&mut read) {
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(bytes)?;
    }
    let [stdout, stderr] = read;
    Ok(Output { status, stdout, stderr })
}

fn end(child: &mut std::process::Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // It may have ended by now.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    drop(child.kill());
    drop(child.wait());
}
