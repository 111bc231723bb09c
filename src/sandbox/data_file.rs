//! The data file: an append-only log with one JSON line per write.
//!
//! Does not interpret offers. The invariant: a write is handed to the operating system before its reply is sent, so killing the
//! process loses nothing. An incomplete last line is truncated on the next start; any other damage is an error.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::offer::Offer;

const FILE_NAME: &str = "cake.jsonl";

/// One line of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DataRecord {
    /// The offer has this content now.
    Put(Box<Offer>),
    /// The offer with this id was removed.
    Remove(u64),
}

/// Errors from opening the data file.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file system reported an error.
    #[error("cannot use the sandbox's data {path}", path = .path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another sandbox, in this or another process, has the file open.
    #[error("another sandbox is using {path}", path = .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A line before the last one cannot be parsed.
    #[error("line {line} of the sandbox's data {path} is damaged", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line number, from 1.
        line: usize,
        /// The cause.
        source: serde_json::Error,
    },
}

#[derive(Debug)]
pub(super) struct DataFile {
    file: File,
    length: u64,
}

impl DataFile {
    /// Opens or creates the file in this directory; returns its records.
    pub(super) fn open(folder: &Path) -> Result<(Self, Vec<DataRecord>), DataError> {
        let path = folder.join(FILE_NAME);
        let broken = |source| DataError::File { path: path.clone(), source };
        std::fs::create_dir_all(folder).map_err(broken)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(broken)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse { path }),
            Err(TryLockError::Error(source)) => return Err(broken(source)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(broken)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let records =
            read(&bytes[..whole]).map_err(|(line, source)| DataError::Damaged { path: path.clone(), line, source })?;
        let length = whole as u64;
        file.set_len(length).map_err(broken)?;
        file.seek(SeekFrom::Start(length)).map_err(broken)?;
        Ok((Self { file, length }, records))
    }

    /// Appends a record. On an error, restores the previous length.
    pub(super) fn append(&mut self, record: &DataRecord) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }
}

fn read(bytes: &[u8]) -> Result<Vec<DataRecord>, (usize, serde_json::Error)> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| serde_json::from_slice(line).map_err(|source| (index + 1, source)))
        .collect()
}
