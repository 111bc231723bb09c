//! New files, many at once: never over an existing one, and on the disk before anybody relies on them.
//!
//! A file gets its bytes under a temporary name and its own name when they are synced, so that no reader and no power cut
//! ever meets half an offer. What is synced once for many is the naming: a folder's names get onto the disk together, after
//! all its files, because no record is made before that. The bytes are synced file by file, since a record whose YAML a power
//! cut emptied could not be mended by importing again; writing a group of files before syncing the first lets the file system
//! do the work of all of them in one go.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::cli::failure::Failure;
use crate::fault_point;
use crate::import::{Import, LeftOut, NewFile, Origin, Reason, is_defaults};
use crate::offer::DesiredSet;
use crate::ops::Repository;

/// Files that are open at once: well below the 256 that some systems allow a process.
const GROUP: usize = 64;

/// Temporary files are not offers (their names begin with a dot); those of a killed run are swept by the next.
const PREFIX: &str = ".offersync-";
const SUFFIX: &str = ".tmp";

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// It is there.
    New,
    /// Somebody else made it first.
    Taken,
    /// A failure came first.
    Not,
}

/// The bytes of the tree's files of defaults.
pub(super) fn read_defaults(repository: &Repository, set: &DesiredSet) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let read = |path: &str| {
        let on_disk = on_disk(repository, path);
        fs::read(&on_disk)
            .map(|bytes| (path.to_owned(), bytes))
            .map_err(|error| Failure::disk("read", &on_disk, &error))
    };
    set.files.iter().filter(|path| is_defaults(path)).map(|path| read(path)).collect()
}

/// Where a file of the tree is.
pub(super) fn on_disk(repository: &Repository, shown: &str) -> PathBuf {
    let settings = &repository.settings;
    let inside = shown.strip_prefix(settings.offers_shown.as_str()).unwrap_or(shown).trim_start_matches('/');
    settings.offers.join(inside)
}

/// Makes files, in their order. Stops at the first failure, with all that was made before it in place and synced.
pub(super) fn make(repository: &Repository, files: &[NewFile]) -> (Vec<Made>, Option<Failure>) {
    let mut made = vec![Made::Not; files.len()];
    let mut folders = BTreeSet::new();
    let result = make_all(repository, files, &mut made, &mut folders);
    let synced = sync_folders(repository, &folders);
    (made, result.and(synced).err())
}

fn make_all(
    repository: &Repository,
    files: &[NewFile],
    made: &mut [Made],
    folders: &mut BTreeSet<PathBuf>,
) -> Result<(), Failure> {
    for (group, made) in files.chunks(GROUP).zip(made.chunks_mut(GROUP)) {
        let paths: Vec<PathBuf> = group.iter().map(|file| on_disk(repository, &file.path)).collect();
        let mut open = Vec::with_capacity(group.len());
        for (file, path) in group.iter().zip(&paths) {
            let folder = path.parent().unwrap_or(Path::new("."));
            if folders.insert(folder.to_owned()) {
                prepare(folder).map_err(|error| Failure::disk("make the folder", folder, &error))?;
            }
            open.push(write(folder, &file.text).map_err(|error| Failure::disk("write", path, &error))?);
        }
        let mut synced = Vec::with_capacity(group.len());
        for (temporary, path) in open.into_iter().zip(&paths) {
            let result = temporary.as_file().sync_all();
            result.map_err(|error| Failure::disk("sync", path, &error))?;
            synced.push(temporary.into_temp_path());
        }
        fault_point::reach("import.before-names").map_err(|error| Failure::disk("write", &paths[0], &error))?;
        for ((temporary, path), made) in synced.into_iter().zip(&paths).zip(made) {
            *made = name(temporary, path).map_err(|error| Failure::disk("write", path, &error))?;
            if *made == Made::Taken && is_defaults(&path.to_string_lossy()) {
                let error = io::Error::from(io::ErrorKind::AlreadyExists);
                return Err(Failure::disk("write", path, &error).help("somebody else made it just now; run it again"));
            }
        }
    }
    Ok(())
}

/// Makes a folder, or sweeps what a killed run left in it; the lock of the state keeps other imports away.
fn prepare(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn write(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any program gives a new file; the process's umask takes from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

fn name(temporary: TempPath, path: &Path) -> io::Result<Made> {
    match temporary.persist_noclobber(path) {
        Ok(()) => Ok(Made::New),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(Made::Taken),
        Err(error) => Err(error.error),
    }
}

/// Makes the new names survive a power cut: those in each folder, and the folders themselves.
fn sync_folders(repository: &Repository, folders: &BTreeSet<PathBuf>) -> Result<(), Failure> {
    if folders.is_empty() {
        return Ok(());
    }
    let above = [repository.settings.offers.as_path(), repository.settings.root.as_path()];
    for folder in folders.iter().map(PathBuf::as_path).chain(above) {
        sync(folder).map_err(|error| Failure::disk("sync", folder, &error))?;
    }
    Ok(())
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// On this system a rename is enough.
#[cfg(not(unix))]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Moves offers whose files somebody else made first to those that stay outside.
pub(super) fn leave_out_unmade(import: &mut Import, made: &[Made]) {
    let taken: HashSet<usize> = (0..made.len()).filter(|at| made[*at] == Made::Taken).collect();
    let (outside, inside) = std::mem::take(&mut import.adoptions)
        .into_iter()
        .partition(|adoption| matches!(adoption.origin, Origin::Written(file) if taken.contains(&file)));
    import.adoptions = inside;
    let outside: Vec<crate::import::Adoption> = outside;
    for adoption in outside {
        let Origin::Written(file) = adoption.origin else { continue };
        let path = import.files.get(file).map(|file| file.path.clone()).unwrap_or_default();
        let name = adoption.record.fields.name().map(Box::from);
        let reason = Reason::FileAppeared(path);
        import.left_out.push(LeftOut { offer_id: adoption.record.offer_id, name, reason });
    }
}
