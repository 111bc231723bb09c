//! The value of `state`: a path, or the address of a shared store.

use std::fmt::{self, Write as _};

use super::settings::Settings;
use super::values::{Rejected, path};

/// What an address in git begins with.
const GIT: &str = "git:";

/// A ref of a git remote as the home of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreAddress {
    /// The name of the remote.
    pub remote: String,
    /// A branch in place of the ref that is called after the environment.
    pub branch: Option<String>,
}

impl StoreAddress {
    /// The address, if the value is one and not a path.
    pub fn parse(text: &str) -> Result<Option<Self>, Rejected> {
        if text.contains("://") {
            let help = "name a file such as `offersync.state.json`, or a git remote such as `git:origin`";
            return Err(Rejected::bad(
                "this offersync keeps the state in a file or in git, not in an object store",
                help,
            ));
        }
        let Some(rest) = text.strip_prefix(GIT) else { return Ok(None) };
        let (remote, branch) = match rest.split_once('#') {
            Some((remote, branch)) => (remote, Some(branch)),
            None => (rest, None),
        };
        let help = "write the name of a remote, such as `git:origin`, or with a branch `git:origin#offersync-state`";
        if !is_name(remote) || branch.is_some_and(|branch| !is_name(branch)) {
            return Err(Rejected::bad("that is no git remote and branch", help));
        }
        Ok(Some(Self { remote: remote.to_owned(), branch: branch.map(str::to_owned) }))
    }

    /// The full name of its ref, for that environment.
    pub fn reference(&self, environment: &str) -> String {
        match &self.branch {
            Some(branch) => format!("refs/heads/{branch}"),
            None => format!("refs/offersync/{}", escaped(environment)),
        }
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { remote, branch } = self;
        write!(f, "{GIT}{remote}")?;
        branch.iter().try_for_each(|branch| write!(f, "#{branch}"))
    }
}

/// Takes the value of `state`.
pub(super) fn set(to: &mut Settings, text: &str) -> Result<(), Rejected> {
    let store = StoreAddress::parse(text)?;
    to.state = match &store {
        None => to.root.join(path(text, "offersync.state.json")?),
        // No file has this path; environments with a ref each are told apart by it.
        Some(store) if store.branch.is_some() => to.root.join(store.to_string()),
        Some(store) => to.root.join(format!("{store} {}", to.table.as_deref().unwrap_or_default())),
    };
    to.store = store;
    Ok(())
}

/// Whether it can be the name of a remote or a branch: what git's own rules refuse besides is told by git.
fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_plain)
}

/// An environment as a part of a ref's name. Different ones stay different.
fn escaped(environment: &str) -> String {
    // Git has files of this ending beside its refs.
    let is_lock = environment.to_ascii_lowercase().ends_with("lock");
    let bytes: Vec<u8> = environment.bytes().collect();
    let is_letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let mut name = String::new();
    for (at, byte) in bytes.iter().copied().enumerate() {
        let is_between = !is_lock && is_letter(at.checked_sub(1)) && is_letter(Some(at + 1));
        if byte.is_ascii_alphanumeric() || byte == b'-' || (byte == b'.' && is_between) {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "_{byte:02x}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_remote_and_maybe_a_branch() {
        let parsed = |text| StoreAddress::parse(text).unwrap().map(|store| store.reference("production"));
        assert_eq!(parsed("git:origin").as_deref(), Some("refs/offersync/production"));
        assert_eq!(parsed("git:origin#offers/state").as_deref(), Some("refs/heads/offers/state"));
        assert_eq!(parsed("state/offersync.state.json"), None);
        for wrong in ["git:", "git:--exec=x", "git:origin#", "git:origin#-f", "git:a b", "s3://bucket/prefix"] {
            StoreAddress::parse(wrong).unwrap_err();
        }
    }

    #[test]
    fn two_environments_have_no_ref_in_common() {
        assert_eq!(escaped("cake.example.com"), "cake.example.com");
        assert_eq!(escaped("a_b"), "a_5fb");
        assert_eq!(escaped("a..b."), "a_2e_2eb_2e");
        assert_eq!(escaped("x.lock"), "x_2elock");
        assert_eq!(escaped("[::1]"), "_5b_3a_3a1_5d");
    }
}
