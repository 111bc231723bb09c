//! Links to the commit and to the lines that a plan was made of, where a CI system shows its repository on the web.
//!
//! Knows no environment variables: the caller gives what they say. Invariant: a link consists of characters that mean nothing in markup.

/// The repository on the web, at one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLinks {
    /// The address of the repository, without a trailing slash.
    repository: String,
    commit: String,
    /// What stands between the repository and `commit` or `blob`: `/` on GitHub, `/-/` on GitLab.
    separator: &'static str,
    /// The folder of the configuration in the repository; paths of messages begin there.
    folder: String,
}

/// So many characters of a commit are shown.
const SHORT: usize = 7;

impl SourceLinks {
    /// A repository on GitHub: `https://github.com/acme/offers`.
    pub fn github(repository: &str, commit: &str, folder: &str) -> Option<Self> {
        Self::new(repository, commit, folder, "/")
    }

    /// A project on GitLab.
    pub fn gitlab(project: &str, commit: &str, folder: &str) -> Option<Self> {
        Self::new(project, commit, folder, "/-/")
    }

    fn new(repository: &str, commit: &str, folder: &str, separator: &'static str) -> Option<Self> {
        let (scheme, rest) = repository.trim_end_matches('/').split_once("://")?;
        let is_web = matches!(scheme, "https" | "http") && !rest.is_empty();
        let is_commit = (SHORT..=64).contains(&commit.len()) && commit.chars().all(|c| c.is_ascii_hexdigit());
        (is_web && is_commit).then(|| Self {
            repository: format!("{scheme}://{}", encoded(rest)),
            commit: commit.to_owned(),
            separator,
            folder: folder.trim_matches('/').to_owned(),
        })
    }

    /// The same repository at another commit.
    #[must_use]
    pub fn at(self, commit: &str) -> Self {
        Self { commit: commit.to_owned(), ..self }
    }

    /// The commit, shortened, and its address.
    pub(in crate::report) fn commit(&self) -> (&str, String) {
        (short_commit(&self.commit), format!("{}{}commit/{}", self.repository, self.separator, self.commit))
    }

    /// The address of a line of a file; of the file, where the line is 0.
    pub(in crate::report) fn line(&self, file: &str, line: u32) -> String {
        let folder = if self.folder.is_empty() { String::new() } else { format!("{}/", self.folder) };
        let anchor = if line > 0 { format!("#L{line}") } else { String::new() };
        let path = encoded(&format!("{folder}{file}"));
        format!("{}{}blob/{}/{path}{anchor}", self.repository, self.separator, self.commit)
    }
}

/// The first characters of a commit.
pub(in crate::report) fn short_commit(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

/// Percent-encodes everything but letters, digits and what stands between them in a path.
fn encoded(path: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'/' | b':' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    path.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "4f2c9d1a4f2c9d1a4f2c9d1a4f2c9d1a4f2c9d1a";

    #[test]
    fn links_lead_to_the_commit_and_the_line() {
        let github = SourceLinks::github("https://github.com/acme/offers", COMMIT, "cake").unwrap();
        assert_eq!(github.commit(), ("4f2c9d1", format!("https://github.com/acme/offers/commit/{COMMIT}")));
        let line = format!("https://github.com/acme/offers/blob/{COMMIT}/cake/offers/a%20%28b%29.yaml#L7");
        assert_eq!(github.line("offers/a (b).yaml", 7), line);
        let gitlab = SourceLinks::gitlab("https://gitlab.example/acme/offers/", COMMIT, "").unwrap();
        assert_eq!(gitlab.line("a.yaml", 0), format!("https://gitlab.example/acme/offers/-/blob/{COMMIT}/a.yaml"));
    }

    #[test]
    fn what_is_no_repository_or_no_commit_is_no_link() {
        for (repository, commit) in
            [("", COMMIT), ("javascript:alert(1)", COMMIT), ("https://github.com/a/b", "HEAD"), ("https://x/y", "4f2)")]
        {
            assert_eq!(SourceLinks::github(repository, commit, ""), None, "{repository} {commit}");
        }
    }
}
