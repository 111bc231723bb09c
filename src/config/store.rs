//! The value of `state`: a path, or the address of a shared store.

use std::fmt::{self, Write as _};

use super::settings::Settings;
use super::values::{Rejected, path};

/// What an address in git begins with.
const GIT: &str = "git:";

/// A shared store as the home of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// A ref of a git remote.
    Git {
        /// The name of the remote.
        remote: String,
        /// A branch in place of the ref that is called after the environment.
        branch: Option<String>,
    },
    /// Objects in a bucket.
    Objects {
        /// Whose language the store speaks.
        service: ObjectService,
        /// The bucket; on Azure the container.
        bucket: String,
        /// What the names of the objects begin with; may be empty.
        prefix: String,
    },
}

/// The services whose language object stores speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectService {
    /// Amazon S3, and the many that speak its language.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

impl ObjectService {
    const ALL: [Self; 3] = [Self::S3, Self::Google, Self::Azure];

    /// What an address begins with, before `://`.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }
}

impl StoreAddress {
    /// The address, if the value is one and not a path.
    pub fn parse(text: &str) -> Result<Option<Self>, Rejected> {
        if let Some((scheme, rest)) = text.split_once("://") {
            return Self::objects(scheme, rest).map(Some);
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
        Ok(Some(Self::Git { remote: remote.to_owned(), branch: branch.map(str::to_owned) }))
    }

    fn objects(scheme: &str, rest: &str) -> Result<Self, Rejected> {
        let help = "write the bucket and the beginning of the objects' names, such as `s3://bucket/offersync`; `gs://` is for Google Cloud \
                    Storage, and `az://` for a container of Azure Blob Storage";
        let Some(service) = ObjectService::ALL.into_iter().find(|service| service.scheme() == scheme) else {
            return Err(Rejected::bad("that is no store that offersync knows", help));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        let has_parts = prefix.is_empty() || prefix.split('/').all(is_name);
        if !is_name(bucket) || !has_parts {
            return Err(Rejected::bad("that is no bucket and prefix of letters, digits, `.`, `_` and `-`", help));
        }
        Ok(Self::Objects { service, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    /// The full name of the ref, or of the folder of objects, for that environment.
    pub fn name_for(&self, environment: &str) -> String {
        match self {
            Self::Git { branch: Some(branch), .. } => format!("refs/heads/{branch}"),
            Self::Git { branch: None, .. } => format!("refs/offersync/{}", escaped(environment)),
            Self::Objects { prefix, .. } if prefix.is_empty() => escaped(environment),
            Self::Objects { prefix, .. } => format!("{prefix}/{}", escaped(environment)),
        }
    }

    /// Whether the environment is a part of the name.
    fn has_environments(&self) -> bool {
        !matches!(self, Self::Git { branch: Some(_), .. })
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git { remote, branch } => {
                write!(f, "{GIT}{remote}")?;
                branch.iter().try_for_each(|branch| write!(f, "#{branch}"))
            }
            Self::Objects { service, bucket, prefix } => {
                write!(f, "{}://{bucket}", service.scheme())?;
                if prefix.is_empty() { Ok(()) } else { write!(f, "/{prefix}") }
            }
        }
    }
}

/// Takes the value of `state`.
pub(super) fn set(to: &mut Settings, text: &str) -> Result<(), Rejected> {
    let store = StoreAddress::parse(text)?;
    to.state = match &store {
        None => to.root.join(path(text, "offersync.state.json")?),
        // No file has this path; environments with a ref or a folder each are told apart by it.
        Some(store) if !store.has_environments() => to.root.join(store.to_string()),
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
    fn an_address_is_a_remote_and_maybe_a_branch_or_a_bucket_and_maybe_a_prefix() {
        let parsed = |text| StoreAddress::parse(text).unwrap().map(|store| store.name_for("production"));
        assert_eq!(parsed("git:origin").as_deref(), Some("refs/offersync/production"));
        assert_eq!(parsed("git:origin#offers/state").as_deref(), Some("refs/heads/offers/state"));
        assert_eq!(parsed("s3://bucket/a/b/").as_deref(), Some("a/b/production"));
        assert_eq!(parsed("gs://bucket").as_deref(), Some("production"));
        assert_eq!(parsed("az://container/offers").as_deref(), Some("offers/production"));
        assert_eq!(parsed("state/offersync.state.json"), None);
        for wrong in [
            "git:",
            "git:--exec=x",
            "git:origin#",
            "git:origin#-f",
            "git:a b",
            "ftp://bucket/x",
            "s3://",
            "s3://b/../c",
            "s3://b//c",
            "s3://a b/c",
            "s3://b/?x",
        ] {
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
