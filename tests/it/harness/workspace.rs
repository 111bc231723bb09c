//! A temporary folder that the binary works in, with git where a test asks for it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::offers::small_offer;
use super::run::{KEY, PROGRAM, Run, clean, finish};
use super::settings::Settings;

pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With a configuration for this CAKE and the offers `alpha`, `beta` and `gamma`.
    pub(crate) fn with_offers(url: &str) -> Self {
        let workspace = Self::empty();
        workspace.write("offersync.toml", &Settings::default().toml(url));
        for (number, key) in ["alpha", "beta", "gamma"].into_iter().enumerate() {
            workspace.write(&format!("offers/{key}.yaml"), &small_offer(key, &format!("{}.50", 10 + number)));
        }
        workspace
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub(crate) fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(bytes).unwrap();
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    #[track_caller]
    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Replaces a text that is in a file once.
    #[track_caller]
    pub(crate) fn replace(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {name}:\n{text}");
        self.write(name, &text.replace(old, new));
    }

    /// Every file below a folder with its bytes, by its path from there.
    pub(crate) fn files(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(below);
        let mut files = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// The binary with a key, ready to be spawned here. Its pauses are a hundred times shorter than configured.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = clean(PROGRAM, self.folder());
        command.args(arguments).env("CAKE_API_KEY", KEY).env("OFFERSYNC_TIME_SCALE", "100");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        finish(self.command(arguments).envs(environment.iter().copied()))
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Run {
        finish(clean("git", self.folder()).args(arguments))
    }

    /// Makes the folder a git repository with everything committed.
    pub(crate) fn committed(self) -> Self {
        self.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        self.commit("first");
        self
    }

    /// Commits everything but what belongs to this machine alone.
    pub(crate) fn commit(&self, message: &str) {
        if self.path(".git/info").is_dir() {
            self.write(".git/info/exclude", "*.json.lock\noffersync.state.json.*\n.offersync/\n");
        }
        self.git(&["add", "--all"]).exits(0);
        self.git(&["commit", "--quiet", "--message", message]).exits(0);
    }
}
