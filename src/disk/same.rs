//! Whether two paths are one file. Invariant: a file that is not there yet is told apart as its file system would.

use std::path::{Path, PathBuf, absolute};

use super::follow_links;

/// Whether two paths, links followed, lead to one file, which need not be there.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let (one, other) = (place_of(one), place_of(other));
    let lower = |path: &Path| path.to_string_lossy().to_lowercase();
    one == other || (lower(&one) == lower(&other) && one.parent().is_some_and(ignores_case))
}

/// Where a file is, or would be.
fn place_of(file: &Path) -> PathBuf {
    let file = follow_links(&absolute(file).unwrap_or_else(|_| file.to_owned()));
    let in_folder = || Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?));
    file.canonicalize().ok().or_else(in_folder).unwrap_or(file)
}

/// Whether a folder is found by its path in other letters, too.
#[cfg(unix)]
fn ignores_case(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let path = folder.to_string_lossy();
    let file = |path: &str| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    let others = [path.to_lowercase(), path.to_uppercase()];
    file(&path).is_some_and(|folder| {
        others.iter().all(|other| *other == path || file(other) == Some(folder)) && others.iter().any(|it| *it != path)
    })
}

#[cfg(not(unix))]
fn ignores_case(_folder: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::is_same_file;

    #[test]
    fn a_file_is_the_same_however_its_path_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("sub")).unwrap();
        assert!(is_same_file(&at("plan.md"), &at("./sub/../plan.md")));
        assert!(!is_same_file(&at("plan.md"), &at("sub/plan.md")));
        assert!(!is_same_file(&at("plan.md"), &at("plan.json")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("plan.md", at("link.md")).unwrap();
            std::os::unix::fs::symlink("sub", at("folder")).unwrap();
            assert!(is_same_file(&at("plan.md"), &at("link.md")), "nothing is there yet");
            assert!(is_same_file(&at("sub/a"), &at("folder/a")));
        }
        // As this file system has it.
        let one = !at("SUB").exists();
        assert_eq!(is_same_file(&at("sub/x.md"), &at("sub/X.md")), !one);
    }
}
