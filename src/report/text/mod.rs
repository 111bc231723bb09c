//! Views for a person at a terminal. A finished text, lines ended, colour only when asked for.

mod block;
mod diagnostics;
mod page;
mod plan;
mod report;
pub(super) mod summary;
mod wrap;

#[cfg(test)]
mod tests;

use jiff::civil::DateTime;

use super::paint::Paint;
use super::phrase::Knowledge;

pub use diagnostics::diagnostics;
pub use plan::plan;
pub use report::report;

/// How a text is to look, and what it may know beyond the plan.
#[derive(Clone, Copy)]
pub struct TextOptions<'a> {
    /// Whether to write ANSI styles.
    pub colour: bool,
    /// How many columns there are; less than 40 is taken for 40.
    pub width: usize,
    /// Everything: every offer, every key, whole texts.
    pub full: bool,
    /// The configured name of an advertiser.
    pub names: &'a dyn Fn(u64) -> Option<String>,
    /// What time it is where expiration dates are meant; without it no date is said to be past.
    pub today: Option<DateTime>,
}

impl Default for TextOptions<'_> {
    fn default() -> Self {
        Self { colour: false, width: 100, full: false, names: &|_| None, today: None }
    }
}

impl std::fmt::Debug for TextOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { colour, width, full, names: _, today } = self;
        f.debug_struct("TextOptions")
            .field("colour", colour)
            .field("width", width)
            .field("full", full)
            .field("today", today)
            .finish_non_exhaustive()
    }
}

impl<'a> TextOptions<'a> {
    fn paint(&self) -> Paint {
        Paint { colour: self.colour }
    }

    fn columns(&self) -> usize {
        self.width.max(40)
    }

    fn knowledge(&self) -> Knowledge<'a> {
        Knowledge { names: self.names, today: self.today }
    }
}
