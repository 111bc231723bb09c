//! The name of the environment that a view is about.

/// One CAKE account with its configuration and state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Environment<'a> {
    /// The configured name, or the host of CAKE; empty where neither is known.
    pub name: &'a str,
    /// Whether the name is configured. The host of CAKE is shown anyway, beside it.
    pub is_configured: bool,
}

impl<'a> Environment<'a> {
    /// The name, where it says something that the address of CAKE does not.
    pub(in crate::report) fn configured(self) -> Option<&'a str> {
        self.is_configured.then_some(self.name)
    }

    /// The sentence, with the configured name before it.
    pub(in crate::report) fn before(self, sentence: &str) -> String {
        self.configured().map_or_else(|| sentence.to_owned(), |name| format!("{name}: {sentence}"))
    }
}
