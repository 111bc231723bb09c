//! A plan as a pull-request comment: one line that says it all, what deserves a careful look, the rest, and details folded away.
//!
//! Never longer than its budget, and valid markdown at every budget: cut at rows, with what is missing counted. No name, value or
//! description can add markup of its own.

mod budget;
mod cells;
mod details;
pub(super) mod escape;
mod headline;
mod tables;

#[cfg(test)]
mod tests;

use jiff::civil::DateTime;

use crate::plan::{Action, Plan, Verb};

use super::group::{Group, groups};
use super::phrase::Knowledge;
use super::risk::{self, Risk};

/// The first line of every comment, by which a job finds the comment that it wrote before and edits it in place.
pub const MARKER: &str = "<!-- offersync-plan -->";

/// GitHub's limit for a comment.
pub const COMMENT: usize = 65_536;
/// Below this not even the first line fits; smaller budgets are taken for it.
pub const SMALLEST: usize = 500;

/// How the markdown is to look, and what it may know beyond the plan.
#[derive(Clone, Copy)]
pub struct MarkdownOptions<'a> {
    /// The budget. It holds in bytes of UTF-8, the strictest of all counts: what fits in bytes fits in characters and in
    /// UTF-16 units too, whichever of them a service or a script on the way counts.
    pub max_chars: usize,
    /// The configured name of an advertiser.
    pub names: &'a dyn Fn(u64) -> Option<String>,
    /// What time it is where expiration dates are meant; without it no date is said to be past.
    pub today: Option<DateTime>,
}

impl Default for MarkdownOptions<'_> {
    fn default() -> Self {
        Self { max_chars: COMMENT, names: &|_| None, today: None }
    }
}

impl std::fmt::Debug for MarkdownOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { max_chars, names: _, today } = self;
        f.debug_struct("MarkdownOptions").field("max_chars", max_chars).field("today", today).finish_non_exhaustive()
    }
}

/// The plan as markdown.
pub fn plan(plan: &Plan, options: &MarkdownOptions<'_>) -> String {
    let view = View::of(plan, options);
    let head = headline::parts(&view);
    let mut sections = vec![tables::risky(&view), tables::problems(&view), tables::others(&view)];
    sections.extend(tables::creates(&view));
    sections.push(tables::notes(&view));
    sections.extend([details::texts(&view), details::keys(&view), details::new_offers(&view)]);
    sections.retain(|section| !section.rows.is_empty());
    budget::assemble(&head, &sections, options.max_chars.max(SMALLEST))
}

/// A group and what is risky about it, gravest first.
struct Judged<'a> {
    group: Group<'a>,
    risks: Vec<Risk>,
}

/// A plan, judged and sorted for the tables.
struct View<'a> {
    plan: &'a Plan,
    knowledge: Knowledge<'a>,
    /// Groups that deserve a careful look, gravest first.
    risky: Vec<Judged<'a>>,
    /// All other groups but creates, by verb, the largest first.
    others: Vec<Group<'a>>,
    /// Creates without risk.
    creates: Vec<&'a Action>,
}

impl<'a> View<'a> {
    fn of(plan: &'a Plan, options: &MarkdownOptions<'a>) -> Self {
        let judge = |group: Group<'a>| {
            let mut risks: Vec<Risk> = group.actions().flat_map(|action| risk::risks(action, options.today)).collect();
            risks.sort_unstable();
            risks.dedup();
            Judged { group, risks }
        };
        let (mut risky, rest): (Vec<_>, Vec<_>) =
            groups(&plan.actions).into_iter().map(judge).partition(|judged| !judged.risks.is_empty());
        risky.sort_by_cached_key(|judged| {
            let weight = judged.group.actions().filter_map(|action| risk::weight(action, options.today)).max();
            std::cmp::Reverse(weight)
        });
        let (creates, mut others): (Vec<_>, Vec<_>) =
            rest.into_iter().map(|judged| judged.group).partition(|group| group.verb == Verb::Create);
        // The change of many offers first, so that a cut table still tells of most of them.
        others.sort_by_key(|group| (group.verb, std::cmp::Reverse(group.len())));
        let creates = creates.iter().flat_map(Group::actions).collect();
        Self { plan, knowledge: Knowledge { names: options.names, today: options.today }, risky, others, creates }
    }

    fn groups(&self) -> impl Iterator<Item = &Group<'a>> {
        self.risky.iter().map(|judged| &judged.group).chain(&self.others)
    }
}
