//! Views as text for a terminal, in color if enabled.

mod block;
mod diagnostics;
mod page;
mod plan;
mod report;
mod review;
mod wrap;

#[cfg(test)]
mod tests;

use super::styles::Styles;
use super::view::ViewContext;
use crate::diagnostic::TextForm;

pub use diagnostics::diagnostics;
pub use plan::plan;
pub use report::report;

/// The options of a text view.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions<'a> {
    /// How it is written for what shows it.
    pub form: TextForm,
    /// The width of what is laid out, in columns, at least 40.
    pub width: usize,
    /// Show every offer, every key and whole texts.
    pub full: bool,
    /// Inputs besides the plan.
    pub context: ViewContext<'a>,
}

impl Default for TextOptions<'_> {
    fn default() -> Self {
        Self { form: TextForm::default(), width: 100, full: false, context: ViewContext::default() }
    }
}

impl TextOptions<'_> {
    fn styles(&self) -> Styles {
        Styles { colour: self.form.colour }
    }

    fn columns(&self) -> usize {
        self.width.max(40)
    }
}
