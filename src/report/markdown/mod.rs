//! A plan as a pull-request comment: the verdict, what to review first, the rest, and details folded away.
//!
//! Never longer than its budget, and valid markdown at every budget: cut at rows, with what is missing counted. No name, value or
//! description can add markup of its own.

mod budget;
mod cells;
mod details;
pub(super) mod escape;
mod tables;

#[cfg(test)]
mod tests;

use crate::plan::Plan;
use crate::words::more;

use super::view::{PlanView, ViewContext};

/// The first line of every comment, by which a job finds the comment that it wrote before and edits it in place.
pub const MARKER: &str = "<!-- offersync-plan -->";

/// GitHub's limit for a comment.
pub const COMMENT: usize = 65_536;
/// The smallest budget; smaller ones are taken for it, because the first line would not fit.
pub const SMALLEST: usize = 500;
/// More totals of money than this are counted: a plan has one or two units of money.
const TOTALS: usize = 6;

/// How the markdown is to look.
#[derive(Debug, Clone, Copy)]
pub struct MarkdownOptions<'a> {
    /// The budget in bytes of UTF-8, the strictest of all counts: what fits in bytes fits in characters and in UTF-16 units.
    pub max_chars: usize,
    /// What it may know besides the plan.
    pub context: ViewContext<'a>,
}

impl Default for MarkdownOptions<'_> {
    fn default() -> Self {
        Self { max_chars: COMMENT, context: ViewContext::default() }
    }
}

/// The plan as markdown.
pub fn plan(plan: &Plan, options: &MarkdownOptions<'_>) -> String {
    let view = PlanView::of(plan, options.context);
    let mut sections = vec![tables::to_review(&view), tables::problems(&view), tables::other_changes(&view)];
    sections.extend([tables::new_offers(&view), tables::notes(&view)]);
    sections.extend([details::texts(&view), details::keys(&view), details::new_offers(&view)]);
    sections.retain(|section| !section.rows.is_empty());
    budget::assemble(&head(&view), &sections, options.max_chars.max(SMALLEST))
}

/// The first line in parts, the most important first; the first part is short and never dropped.
fn head(view: &PlanView<'_>) -> Vec<String> {
    let mut parts = vec![format!("{MARKER}\n**{}**", view.verdict.sentence())];
    if !view.flags.is_empty() {
        let flags: Vec<_> = view.flags.iter().map(|(flag, count)| flag.counted(*count)).collect();
        parts.push(format!(" ⚠️ {}.", flags.join(", ")));
    }
    let mut totals = view.payouts.texts("payout");
    if !totals.is_empty() {
        let more = more(totals.len(), TOTALS);
        totals.truncate(TOTALS);
        totals.extend(more);
        parts.push(format!(" {}.", totals.join("; ")));
    }
    parts
}
