//! The record of applies in `[log] file`: a line of JSON for each apply that did something.
//!
//! Invariants: lines are only added, and each is synced to the disk; a line that a killed process has left unfinished stays, the next one begins
//! after it, and a reader is told of it; whatever becomes of the record, the apply is as it was. A sandbox records nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, codes};
use crate::disk;
use crate::offer::Key;
use crate::plan::Selection;

use super::error::Error;
use super::output;
use super::repository::Repository;

/// What the record has of the selected offers.
#[derive(Debug, Default)]
pub(crate) struct LoggedApplies {
    /// Reports of applies, the newest first, with the results of the selected offers.
    pub(crate) reports: Vec<Json>,
    pub(crate) has_more: bool,
    /// Lines that are no report: one that a killed apply has left unfinished, or that was edited.
    pub(crate) damaged: usize,
}

impl Repository {
    /// Adds a line, where the configuration names a file for it. A warning where that failed.
    pub(crate) fn log_apply(&self, line: impl FnOnce() -> String) -> Option<Diagnostic> {
        let file = self.settings.log_file.as_ref().filter(|_| self.sandbox.is_none())?;
        let added = output::check(self, file)
            .and_then(|()| append(file, line().trim_end()).map_err(|source| Error::file("append to", file, source)));
        let error = added.err()?;
        let message = format!("the apply is not in the record of applies: {error}");
        let help =
            "the line is the only thing that is missing. Correct `log.file`, or what keeps the file from being written";
        Some(Diagnostic::warning(codes::log::NOT_WRITTEN, message).help(help))
    }

    /// Reads the record; nothing where there is none.
    pub(super) fn logged_applies(&self, selection: &Selection, most: Option<usize>) -> Result<LoggedApplies, Error> {
        let mut logged = LoggedApplies::default();
        let Some(file) = &self.settings.log_file else { return Ok(logged) };
        let bytes = match disk::read_named(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(logged),
            read => read.map_err(|source| Error::file("read", file, source))?,
        };
        for line in bytes.split(|byte| *byte == b'\n').rev().filter(|line| !line.trim_ascii().is_empty()) {
            let report =
                serde_json::from_slice::<Json>(line).ok().filter(|report| report["format"] == "offersync-report");
            let Some(mut report) = report else {
                logged.damaged += 1;
                continue;
            };
            if let Some(results) = report["results"].as_array_mut().filter(|_| !selection.is_everything()) {
                results.retain(|result| {
                    result["key"]
                        .as_str()
                        .and_then(|key| Key::new(key).ok())
                        .is_some_and(|key| selection.contains(&key))
                });
                if results.is_empty() {
                    continue;
                }
            }
            if most.is_some_and(|most| logged.reports.len() == most) {
                logged.has_more = true;
            } else {
                logged.reports.push(report);
            }
        }
        Ok(logged)
    }
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    // Applies of several environments may share the file.
    file.lock()?;
    let start = if ends_within_a_line(&mut file)? { "\n" } else { "" };
    file.write_all(format!("{start}{line}\n").as_bytes())?;
    file.sync_all()?;
    if is_new { disk::sync_folder_of(path) } else { Ok(()) }
}

fn ends_within_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
