//! The files of a commit below a folder, links followed as a walk over the disk follows them.

use super::command::GitError;
use super::commit::{Blob, Git};

/// The maximum depth of links through links.
const MOST_LINKS: usize = 8;

/// A file of a commit.
#[derive(Debug)]
pub(crate) struct Followed {
    /// Its path as a walk over the folder shows it.
    pub(crate) shown: String,
    pub(crate) blob: Blob,
    /// The links that lead to it.
    pub(crate) links: Vec<String>,
}

/// What a commit has below a folder.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) files: Vec<Followed>,
    /// The folders that the files are in: the one that was asked for, and those that links lead to.
    pub(crate) folders: Vec<String>,
    /// Whether every link leads to something in the commit.
    pub(crate) is_complete: bool,
}

/// A folder to be listed, or a single file.
struct Step {
    shown: String,
    path: String,
    links: Vec<String>,
}

impl Git<'_> {
    /// Every file at or below a path at a commit.
    pub(crate) fn walk(&self, commit: &str, path: &str) -> Result<Walk, GitError> {
        self.walk_as(commit, path, path)
    }

    /// The same, where the path is shown as another one.
    pub(crate) fn walk_as(&self, commit: &str, path: &str, shown: &str) -> Result<Walk, GitError> {
        let mut walk = Walk { is_complete: true, ..Walk::default() };
        let mut steps = vec![Step { shown: shown.to_owned(), path: path.to_owned(), links: Vec::new() }];
        while let Some(step) = steps.pop() {
            let path = if step.path.is_empty() { "." } else { &step.path };
            let (files, links): (Vec<_>, Vec<_>) = self.blobs(commit, path)?.into_iter().partition(|blob| blob.is_file);
            // What a link leads to may be in no commit, or in a submodule.
            walk.is_complete &= step.links.is_empty() || !(files.is_empty() && links.is_empty());
            let shown =
                |blob: &Blob| format!("{}{}", step.shown, blob.path.strip_prefix(&step.path).unwrap_or_default());
            walk.files.extend(files.into_iter().map(|blob| Followed {
                shown: shown(&blob),
                links: step.links.clone(),
                blob,
            }));
            for (link, (_, target)) in links.iter().zip(self.texts(&links)?) {
                let target = target.and_then(|target| resolved(&link.path, &String::from_utf8(target).ok()?));
                let links: Vec<String> = step.links.iter().chain([&link.path]).cloned().collect();
                match target.filter(|target| links.len() <= MOST_LINKS && !leads_back(target, &links)) {
                    Some(path) => {
                        steps.push(Step { shown: shown(link), path, links });
                    }
                    None => walk.is_complete = false,
                }
            }
            walk.folders.push(step.path);
        }
        Ok(walk)
    }
}

/// Whether a folder has one of the links in it that lead to it.
fn leads_back(target: &str, links: &[String]) -> bool {
    target.is_empty() || links.iter().any(|link| link.strip_prefix(target).is_some_and(|rest| rest.starts_with('/')))
}

/// Where a link leads, seen from the same folder as its own path; `None` for an absolute one, and where `..` comes after a name, which may
/// be a link itself.
fn resolved(link: &str, target: &str) -> Option<String> {
    let is_up = |part: &&str| *part == "..";
    let mut names = target.split('/').filter(|part| !matches!(*part, "" | ".")).skip_while(is_up);
    if target.starts_with('/') || names.any(|part| part == "..") {
        return None;
    }
    let folder = link.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn a_link_is_resolved_from_its_own_folder() {
        for (link, target, expected) in [
            ("offers/zen", "../shared/zen", Some("shared/zen")),
            ("offers/zen", "./acme/", Some("offers/acme")),
            ("offers/zen", "../../other/./zen", Some("../other/zen")),
            ("../shared/a.yaml", "b.yaml", Some("../shared/b.yaml")),
            ("offers/zen", "/srv/zen", None),
            ("offers/zen", "../link/../zen", None),
            ("offers/zen", "../zen\n", Some("zen\n")),
        ] {
            assert_eq!(resolved(link, target).as_deref(), expected, "{link} -> {target}");
        }
    }
}
