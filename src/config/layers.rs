//! Who may overrule the file, and in which order: file < environment < flags.
//!
//! The environment comes in as a function, so that a test needs no process-wide state and nothing here reads it by itself.

use std::path::PathBuf;

/// What stands over the file.
pub struct Layers<'a> {
    /// Looks an environment variable up. Only `CAKE_URL` is asked for.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// What flags say.
    pub flags: Flags,
}

/// Settings that flags overrule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// Another address.
    pub url: Option<String>,
    /// Another state file, as the user names it: relative to the working folder.
    pub state: Option<PathBuf>,
}

impl Layers<'_> {
    /// The file alone.
    pub fn none() -> Layers<'static> {
        Layers { environment: &|_| None, flags: Flags::default() }
    }

    /// The address that overrules the file's, with the name of who says it.
    pub(super) fn url(&self) -> Option<(&'static str, String)> {
        let flag = self.flags.url.clone().map(|url| ("the address on the command line", url));
        flag.or_else(|| {
            // An empty variable is how CI systems say "not set".
            (self.environment)("CAKE_URL").filter(|url| !url.trim().is_empty()).map(|url| ("CAKE_URL", url))
        })
    }
}

impl std::fmt::Debug for Layers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layers").field("flags", &self.flags).finish_non_exhaustive()
    }
}
