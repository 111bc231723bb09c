//! A setting of git for the calls that reach a remote.
//!
//! Invariant: its value reaches git by the environment alone, and no message shows what is secret in it.

use std::process::Command;

/// What stands in a message in place of a secret.
const REDACTED: &str = "[redacted]";

/// A setting of git for the calls that reach the remote; its value may hold a token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RemoteSetting {
    pub(crate) key: String,
    pub(crate) value: String,
    /// What no message shows.
    pub(crate) secrets: Vec<String>,
}

impl std::fmt::Debug for RemoteSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteSetting").field("key", &self.key).finish_non_exhaustive()
    }
}

impl RemoteSetting {
    /// Gives it to a call of git, after those that the caller has given in the same way.
    pub(super) fn give(&self, command: &mut Command) {
        let count: usize = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|n| n.parse().ok()).unwrap_or_default();
        command.env("GIT_CONFIG_COUNT", (count + 1).to_string());
        command.env(format!("GIT_CONFIG_KEY_{count}"), &self.key);
        command.env(format!("GIT_CONFIG_VALUE_{count}"), &self.value);
    }

    /// The words of git without its secrets.
    pub(super) fn redacted(&self, words: String) -> String {
        let secrets = self.secrets.iter().filter(|secret| !secret.is_empty());
        secrets.fold(words, |words, secret| words.replace(secret, REDACTED))
    }
}
