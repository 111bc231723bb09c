//! A plan as a pull-request comment: the verdict, what to review first, the rest, and details folded away.
//!
//! The invariant: never longer than its size limit, and valid markdown at every limit: cut between rows, with a count of the missing ones.
//! No name, value or description can add markup.

mod budget;
mod cells;
mod details;
pub(super) mod escape;
mod tables;

#[cfg(test)]
mod tests;

use crate::plan::Plan;
use crate::words::more;

use super::view::{PlanView, ViewContext, counted};

/// The first line of every comment, by which a job finds its earlier comment and edits it.
pub const MARKER: &str = "<!-- offersync-plan -->";

/// GitHub's limit for a comment.
pub const COMMENT: usize = 65_536;
/// The smallest limit, for which the first line still fits; smaller ones are raised to it.
pub const SMALLEST: usize = 500;
/// The maximum number of totals; a plan usually has one or two units of money.
const TOTALS: usize = 6;

/// The options of the markdown.
#[derive(Debug, Clone, Copy)]
pub struct MarkdownOptions<'a> {
    /// The limit in bytes of UTF-8, the strictest count: what fits in bytes also fits in characters and UTF-16 units.
    pub max_chars: usize,
    /// Inputs besides the plan.
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
    let (first, more) = tables::to_review(&view);
    let mut sections = vec![first, more];
    sections.extend(tables::decisive(&view));
    sections.extend([tables::problems(&view), tables::other_changes(&view), details::upcoming(&view)]);
    sections.extend([tables::new_offers(&view), tables::notes(&view)]);
    sections.extend([details::texts(&view), details::keys(&view), details::new_offers(&view)]);
    sections.retain(|section| !section.rows.is_empty());
    budget::assemble(&head(&view), &sections, options.max_chars.max(SMALLEST))
}

/// The first line in parts, the most important first; the first part is short and never dropped.
fn head(view: &PlanView<'_>) -> Vec<String> {
    let mut parts = vec![format!("{MARKER}\n**{}**", view.verdict.sentence())];
    if !view.flags.is_empty() {
        let flags: Vec<_> = view.flags.iter().map(|(flag, count)| counted(*flag, *count)).collect();
        parts.push(format!(" ⚠&#65039; {}.", flags.join(", ")));
    }
    parts.push(format!(" CAKE: {}.", escape::code(view.cake)));
    let mut totals = view.payouts.texts("payout");
    if !totals.is_empty() {
        let more = more(totals.len(), TOTALS);
        totals.truncate(TOTALS);
        totals.extend(more);
        parts.push(format!(" {}.", totals.join("; ")));
    }
    parts
}
