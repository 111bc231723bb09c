//! The lines of CODEOWNERS for a project: who is asked to review what decides, and each folder of offers.

use std::path::Path;

use super::CiSystem;
use super::Error;

/// Where the file is: where GitHub and GitLab look for it, in their order; of several, they read the first.
const ON_GITHUB: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
const ON_GITLAB: [&str; 3] = ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// The path of the file in a repository: that of the present one, else of a new one.
pub(super) fn file(repository: &Path, ci: Option<CiSystem>) -> &'static str {
    let places = match ci {
        Some(CiSystem::GitHub) => ON_GITHUB,
        Some(CiSystem::GitLab) | None => ON_GITLAB,
    };
    places.into_iter().find(|place| repository.join(place).exists()).unwrap_or(places[0])
}

/// A line for each path, the widest first, because the last line that fits a file counts.
pub(super) fn lines(owner: &str, paths: &[String]) -> Vec<String> {
    paths.iter().map(|path| format!("/{} {owner}", escaped(path))).collect()
}

/// Whether a line is about the same path as a wanted one, with any owner, or about a part of its folder: a wider line after that one would
/// take its owner away.
pub(super) fn is_same(line: &str, wanted: &str) -> bool {
    let (line, wanted) = (path(line), path(wanted));
    line == wanted || (wanted.ends_with('/') && line.starts_with(wanted))
}

/// The pattern of a line, with the blanks that are escaped in it.
fn path(line: &str) -> &str {
    let mut escaped = false;
    let end = line.find(|c: char| {
        let ends = c.is_whitespace() && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    &line[..end.unwrap_or(line.len())]
}

/// The folders of offers, each with its path.
pub(super) fn folders(offers: &Path, shown: &str) -> Vec<String> {
    let entries = std::fs::read_dir(offers).into_iter().flatten().flatten();
    let names = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut names: Vec<_> = names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort_unstable();
    names.into_iter().map(|name| format!("{shown}/{name}/")).collect()
}

/// Refuses what neither service takes for an owner: `@user`, `@group/team` or an e-mail address.
pub(super) fn check(owner: &str) -> Result<(), Error> {
    let is_one = |owner: &str| owner.len() > 1 && owner.contains('@');
    let is_plain = !owner.chars().any(|c| c.is_control() || "#\\*[]".contains(c));
    let mut owners = owner.split_whitespace().peekable();
    if is_plain && owners.peek().is_some() && owners.all(is_one) {
        return Ok(());
    }
    Err(Error::Usage {
        message: format!("`{}` is no owner", owner.escape_debug()),
        help: Some("name a user or a team, such as `--codeowners @acme/affiliates`, or an e-mail address".to_owned()),
    })
}

/// A blank, and what begins a comment, a section or a pattern of several files, is escaped.
fn escaped(path: &str) -> String {
    let special = |c: char| c.is_whitespace() || "#*?[]\\!".contains(c);
    path.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_path_alone() {
        let paths = ["offers/".to_owned(), "offers/Acme Home/".to_owned(), "offers/[b]/".to_owned()];
        let lines = lines("@acme/affiliates", &paths);
        assert_eq!(lines[0], "/offers/ @acme/affiliates");
        assert_eq!(lines[1], r"/offers/Acme\ Home/ @acme/affiliates");
        assert_eq!(lines[2], r"/offers/\[b\]/ @acme/affiliates");
        assert!(is_same(r"/offers/Acme\ Home/   @other", &lines[1]));
        assert!(is_same("/offers/acme/ @acme", &lines[0]) && !is_same("/offers/ @acme", &lines[1]));
        assert!(!is_same("# /offers/ @x", &lines[0]));
    }

    #[test]
    fn owners_are_users_teams_or_addresses() {
        for owner in ["@octo", "@acme/affiliates", "a@b.example", "@a @b/c"] {
            assert!(check(owner).is_ok(), "{owner}");
        }
        for owner in ["", " ", "octo", "@", "@a\n* @b", "@a#b", "@a octo"] {
            assert!(check(owner).is_err(), "{owner}");
        }
    }
}
