//! Files that the user names as input, such as a saved plan or a spreadsheet. Invariant: reading one ends.

use std::fs;
use std::io;
use std::path::Path;

/// The bytes of a file.
pub(crate) fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    refuse_special(path)?;
    fs::read(path)
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
