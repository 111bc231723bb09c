//! `[lints]`: the levels that the file sets in place of the defaults.
//!
//! Knows which lints there are, not what they look at.

use std::collections::BTreeMap;

use super::words::LintLevel;
use crate::diagnostic::Code;

/// The name of the table.
pub const TABLE: &str = "lints";

/// The levels that the file sets; a lint that it leaves out has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LintLevels(BTreeMap<&'static str, LintLevel>);

impl LintLevels {
    /// The level that the file sets.
    pub fn of(&self, lint: Code) -> Option<LintLevel> {
        self.0.get(lint.name).copied()
    }

    pub fn set(&mut self, lint: Code, level: LintLevel) {
        self.0.insert(lint.name, level);
    }
}
