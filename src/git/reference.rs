//! Names that stand for several commits: git prefers a tag to a branch of the same name, so a pushed tag could replace the commit that a
//! plan is compared with.

use super::command::{GitError, failure, run};
use super::commit::Git;

/// Where git looks for a short name.
const PLACES: [&str; 4] = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];

impl Git<'_> {
    /// Fails where a name is that of several refs with different commits, or where git would take a whole name for the end of another.
    pub(super) fn check_reference(&self, reference: &str) -> Result<(), GitError> {
        let name = stem(reference);
        if name.is_empty() || name == "HEAD" || is_object(reference) {
            return Ok(());
        }
        let is_whole = name.starts_with("refs/");
        let mut places: Vec<String> = PLACES.iter().map(|place| format!("{place}{name}")).collect();
        places.extend([name.to_owned(), format!("refs/remotes/{name}/HEAD"), format!("refs/remotes/*/{name}")]);
        let format = "--format=%(refname) %(objectname) %(*objectname)";
        let arguments: Vec<&str> =
            ["for-each-ref", format].into_iter().chain(places.iter().map(String::as_str)).collect();
        let output = run(self.folder, &arguments)?;
        if !output.status.success() {
            return Err(failure(self.folder, "git does not list its refs", &output));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let refs: Vec<(&str, &str)> =
            text.lines().filter_map(named).filter(|(found, _)| is_named(found, name)).collect();
        if is_whole {
            let is_there = refs.is_empty() || refs.iter().any(|(found, _)| *found == name);
            return if is_there { Ok(()) } else { Err(self.unknown(reference)) };
        }
        // Branches of remotes count beside a tag alone: a branch that is behind the remote's is no doubt.
        let has_tag = refs.iter().any(|(found, _)| found.starts_with("refs/tags/"));
        let counts = |found: &str| has_tag || PLACES.iter().any(|place| found.strip_prefix(place) == Some(name));
        let refs: Vec<(&str, &str)> = refs.into_iter().filter(|(found, _)| counts(found)).collect();
        if refs.iter().all(|(_, commit)| *commit == refs[0].1) {
            return Ok(());
        }
        let refs = refs.into_iter().map(|(found, _)| found.to_owned()).collect();
        Err(GitError::AmbiguousRef { reference: reference.to_owned(), refs })
    }
}

/// The name without what leads from it to another commit, as in `main~2`.
fn stem(reference: &str) -> &str {
    let end = reference.find(['^', '~', ':']).into_iter().chain(reference.find("@{")).min();
    let name = &reference[..end.unwrap_or(reference.len())];
    if name == "@" { "HEAD" } else { name }
}

/// Whether it is the whole name of an object, which no ref can have.
fn is_object(reference: &str) -> bool {
    let name = stem(reference);
    [40, 64].contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A ref, and the object that it or its tag is.
fn named(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    let (name, object) = (words.next()?, words.next()?);
    Some((name, words.next().filter(|peeled| !peeled.is_empty()).unwrap_or(object)))
}

/// Whether a ref is what the name may mean, and not one below.
fn is_named(found: &str, name: &str) -> bool {
    let below = found.strip_prefix("refs/remotes/");
    found == name
        || PLACES.iter().any(|place| found.strip_prefix(place) == Some(name))
        || below.and_then(|rest| rest.strip_suffix("/HEAD")) == Some(name)
        || below.and_then(|rest| rest.split_once('/')).is_some_and(|(_, branch)| branch == name)
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn the_name_of_a_ref_ends_where_the_way_from_it_begins() {
        for (reference, name) in [
            ("main", "main"),
            ("origin/a@b~2", "origin/a@b"),
            ("HEAD^1", "HEAD"),
            ("@~1", "HEAD"),
            ("v1@{0}", "v1"),
            (":/x", ""),
        ] {
            assert_eq!(stem(reference), name, "{reference}");
        }
    }
}
