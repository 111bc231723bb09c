//! The folders in which a whole project was before a commit, told by a file that each of its folders had, its configuration.

use std::path::Path;

use super::command::{GitError, blobs, names_of};
use super::history::{Inside, ask};

/// The folders above `path` in which a file was, each with its bytes, in a parent of `commit` that has `path`: only where the file was not
/// yet where it is now, and is there no more in the present commit. So it was moved, and belongs to no other project.
pub(crate) fn earlier_folders(
    file: &Path,
    top: &Path,
    commit: &str,
    path: &str,
) -> Result<Vec<(String, Vec<u8>)>, GitError> {
    let Some(inside) = Inside::of(file)?.filter(|inside| inside.top == top && !path.contains('\n')) else {
        return Ok(Vec::new());
    };
    let name = inside.path.rsplit('/').next().unwrap_or(&inside.path);
    let above = path.char_indices().filter(|(_, sign)| *sign == '/').map(|(at, _)| &path[..at]);
    let folders: Vec<&str> = std::iter::once("").chain(above).collect();
    let at = |commit: &str, folder: &str| {
        if folder.is_empty() { format!("{commit}:{name}") } else { format!("{commit}:{folder}/{name}") }
    };
    let mut found = Vec::new();
    for parent in ask(top, &["rev-parse", &format!("{commit}^@")])?.lines() {
        let mut asked = vec![format!("{parent}:{path}"), format!("{parent}:{}", inside.path)];
        asked.extend(folders.iter().map(|folder| at(parent, folder)));
        asked.extend(folders.iter().map(|folder| at("HEAD", folder)));
        let names = names_of(top, asked.iter().map(String::as_str))?;
        let [Some(_), None, rest @ ..] = &names[..] else { continue };
        let (then, now) = rest.split_at(folders.len().min(rest.len()));
        for (folder, (then, now)) in folders.iter().zip(then.iter().zip(now)) {
            if let (Some(object), None) = (then, now) {
                let bytes = blobs(top, std::iter::once(object.as_str()))?;
                found.extend(bytes.into_iter().flatten().map(|bytes| ((*folder).to_owned(), bytes)));
            }
        }
    }
    Ok(found)
}
