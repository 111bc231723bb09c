//! Creates one or many files; never overwrites one.
//!
//! Many files are written in groups: all files of a group are written before the first is synced, so that the file system can combine
//! the work. Folders are synced once, at the end.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::fault_point;

use super::{PREFIX, SUFFIX, folder_of, sync_folder, temporary};

/// Files that are open at the same time, well below the limit of 256 of some systems.
const GROUP: usize = 64;

/// Creates a file and its folders. An existing file is an error of kind `AlreadyExists`.
pub(crate) fn create_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let mut file = temporary(folder, PREFIX.as_ref(), None)?;
    file.write_all(bytes)?;
    file.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

#[derive(Debug)]
pub(crate) struct FileToCreate<'a> {
    pub(crate) path: PathBuf,
    pub(crate) bytes: &'a [u8],
    /// The following files depend on this one: if it exists, none of them is created.
    pub(crate) is_required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Created {
    Yes,
    /// A file of that name exists.
    Exists,
    /// An earlier file failed.
    NotTried,
}

/// A file or folder that could not be created.
#[derive(Debug)]
pub(crate) struct CreateError {
    /// The operation, such as `write`.
    pub(crate) action: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

impl CreateError {
    fn new(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { action, path: path.to_owned(), source }
    }
}

/// Creates files and their folders below `root`, in order. Stops at the first failure; the files created before it stay and are
/// synced.
///
/// Removes temporary files of a killed run from the folders, so only one process may do this at a time.
pub(crate) fn create_many(root: &Path, files: &[FileToCreate<'_>]) -> (Vec<Created>, Option<CreateError>) {
    let mut created = vec![Created::NotTried; files.len()];
    let mut folders = BTreeSet::new();
    let groups = files.chunks(GROUP).zip(created.chunks_mut(GROUP));
    let result = groups.into_iter().try_for_each(|(files, created)| create_group(files, created, &mut folders));
    let synced = sync_folders(root, &folders);
    (created, result.and(synced).err())
}

fn create_group(
    files: &[FileToCreate<'_>],
    created: &mut [Created],
    folders: &mut BTreeSet<PathBuf>,
) -> Result<(), CreateError> {
    let mut open = Vec::with_capacity(files.len());
    for FileToCreate { path, bytes, .. } in files {
        let folder = folder_of(path);
        if folders.insert(folder.to_owned()) {
            prepare(folder).map_err(CreateError::new("create the folder", folder))?;
        }
        open.push(write(folder, bytes).map_err(CreateError::new("write", path))?);
    }
    let mut synced = Vec::with_capacity(files.len());
    for (temporary, file) in open.into_iter().zip(files) {
        temporary.as_file().sync_all().map_err(CreateError::new("sync", &file.path))?;
        synced.push(temporary.into_temp_path());
    }
    fault_point::reach("import.before-names").map_err(CreateError::new("write", &files[0].path))?;
    for ((temporary, file), created) in synced.into_iter().zip(files).zip(created) {
        *created = name(temporary, file).map_err(CreateError::new("write", &file.path))?;
    }
    Ok(())
}

/// Creates a folder, or removes temporary files of a killed run from it.
fn prepare(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if is_temporary(&entry.file_name()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_temporary(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
}

fn write(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = temporary(folder, PREFIX.as_ref(), None)?;
    file.write_all(bytes)?;
    Ok(file)
}

fn name(temporary: TempPath, file: &FileToCreate<'_>) -> io::Result<Created> {
    match temporary.persist_noclobber(&file.path) {
        Ok(()) => Ok(Created::Yes),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists && !file.is_required => Ok(Created::Exists),
        Err(error) => Err(error.error),
    }
}

/// Syncs each folder and its parents up to `root`, so that the new names survive a power failure.
fn sync_folders(root: &Path, folders: &BTreeSet<PathBuf>) -> Result<(), CreateError> {
    let above = |folder: &PathBuf| {
        folder.ancestors().skip(1).take_while(|above| above.starts_with(root)).map(Path::to_owned).collect::<Vec<_>>()
    };
    let all: BTreeSet<PathBuf> = folders.iter().flat_map(above).chain(folders.iter().cloned()).collect();
    all.iter().try_for_each(|folder| sync_folder(folder).map_err(CreateError::new("sync", folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/a.yaml");
        create_new(&path, b"mine").unwrap();
        assert_eq!(create_new(&path, b"other").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let other = folder.path().join("new/b.yaml");
        let file = |path: &Path, is_required| FileToCreate { path: path.to_owned(), bytes: b"other", is_required };
        let (created, failure) = create_many(folder.path(), &[file(&path, false), file(&other, false)]);
        assert_eq!((created, failure.is_none()), (vec![Created::Exists, Created::Yes], true));
        let (created, failure) =
            create_many(folder.path(), &[file(&path, true), file(&folder.path().join("c"), false)]);
        assert_eq!(created, vec![Created::NotTried; 2]);
        assert_eq!(failure.unwrap().source.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 2, "nothing temporary stays");
    }
}
