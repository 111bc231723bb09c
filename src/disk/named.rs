//! Files that the user names as input, such as a saved plan or a spreadsheet. Invariant: reading one ends.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// Ten times the largest file that the program itself writes.
const MOST_BYTES: u64 = 512 << 20;

/// What stands for standard input among the files that a command reads.
pub(crate) const STANDARD_INPUT: &str = "-";

/// The bytes of a file, or of standard input.
pub(crate) fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new(STANDARD_INPUT) {
        let mut bytes = Vec::new();
        io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        return if bytes.len() as u64 > MOST_BYTES { Err(too_large(MOST_BYTES)) } else { Ok(bytes) };
    }
    refuse_special(path)?;
    read_bounded(path, MOST_BYTES)
}

/// A file may be larger than its metadata say, or grow.
fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    if file.metadata()?.len() > most {
        return Err(too_large(most));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large(most)) } else { Ok(bytes) }
}

fn too_large(most: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {} MiB", most >> 20))
}

/// A named pipe would be waited for, and a device read, without end. What this process has open already, such as standard input or the
/// output of another command, has an end.
pub(crate) fn refuse_special(path: &Path) -> io::Result<()> {
    let is_open = ["/dev/null", "/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|open| path.starts_with(open));
    if is_open || fs::metadata(path)?.is_file() {
        return Ok(());
    }
    Err(io::Error::other("it is not a regular file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_a_larger_one_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        crate::disk::replace(&path, b"12345678").unwrap();
        assert_eq!(read_bounded(&path, 8).unwrap(), b"12345678");
        assert!(read_bounded(&path, 7).is_err());
        // A sparse file takes no space on the disk.
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert!(read_named(&path).unwrap_err().to_string().contains("512 MiB"));
    }
}
