//! What to review first, before everything else: one line for each flagged change, the gravest first.

use std::fmt::Write as _;

use crate::plan::Verb;
use crate::report::diff;
use crate::report::escape::visible;
use crate::report::styles::{symbol, verb_style};
use crate::report::view::{
    FieldChangeText, Group, NOT_MANAGED, NOT_RECORDED, PlanView, ToReview, UpcomingRow, review_first,
};
use crate::words::{count, first_and_more, more, shorten};

use super::TextOptions;
use super::page::TextBuilder;

/// So many lines are shown.
const LINES: usize = 12;
/// The first keys of several offers.
const KEYS: usize = 2;
/// The maximum length of a key and of a value.
const KEY: usize = 60;
const VALUE: usize = 40;
/// The maximum length of a reason.
const REASON: usize = 90;

/// `Review first:`, with the changes that are flagged.
pub(super) fn review(page: &mut TextBuilder, view: &PlanView<'_>, options: &TextOptions<'_>) {
    let styles = options.styles();
    let common = view.common();
    let (shown, rest) = review_first(view.to_review(), if options.full { usize::MAX } else { LINES });
    if shown.is_empty() && common.is_empty() {
        return;
    }
    if let Some(refusal) = view.verdict.refusal() {
        page.line(0, &styles.error(&refusal));
        page.gap();
    }
    page.line(0, &styles.bold("Review first:"));
    for change in shown {
        page.line(
            2,
            &match change {
                ToReview::Now(group) => line(view, group, options),
                ToReview::Later(row) => line_later(row, options),
            },
        );
    }
    if let Some(more) = more(rest.len(), 0) {
        page.line(2, &styles.dim(&format!("{more}; `--full` shows every one")));
    }
    if !common.is_empty() {
        page.line(2, &styles.dim(&format!("besides: {}", common.join(", "))));
    }
}

/// `Pending anyway:`, with what an apply carries out besides, the flagged first.
pub(super) fn pending(page: &mut TextBuilder, view: &PlanView<'_>, options: &TextOptions<'_>) {
    let styles = options.styles();
    let all: Vec<_> = view.pending().collect();
    if all.is_empty() {
        return;
    }
    let most = if options.full { usize::MAX } else { LINES };
    page.gap();
    page.line(0, &styles.bold("Pending anyway:"));
    for (rest, group) in all.iter().take(most) {
        page.line(2, &line(rest, group, options));
    }
    if let Some(more) = more(all.len(), all.len().min(most)) {
        page.line(2, &styles.dim(&format!("{more}; `--full` shows every one")));
    }
}

/// `~ solar-us  payout 20.00 → 2.20 (-17.80, -89.0 %)  payout about ÷ 10; breaks the rule of 299 others, which gives 22.00`
fn line(view: &PlanView<'_>, group: &Group<'_>, options: &TextOptions<'_>) -> String {
    let styles = options.styles();
    let changes: Vec<_> = view.flagged_changes(group).iter().map(|text| change(text, group.verb)).collect();
    let reason = || group.first.reason.as_ref().map(|reason| shorten(&visible(reason), REASON).into_owned());
    let changes = if changes.is_empty() { reason().unwrap_or_default() } else { changes.join(", ") };
    let sign = styles.with(verb_style(group.verb), symbol(group.verb));
    let why = styles.error(&group.why().join("; "));
    format!("{sign} {}  {changes}  {why}", styles.bold(&who(group)))
}

/// `from 2026-12-01 00:00:00  solar-us  payout 20.00 → 2.20  payout about ÷ 10`
fn line_later(row: &UpcomingRow<'_>, options: &TextOptions<'_>) -> String {
    let styles = options.styles();
    let (offers, why) = (styles.bold(&visible(&row.offers())), styles.error(&row.why.join("; ")));
    format!("{}  {offers}  {}  {why}", row.time(), row.changes.join(", "))
}

fn who(group: &Group<'_>) -> String {
    let key = |key: &str| shorten(key, KEY).into_owned();
    if group.len() == 1 {
        return key(group.first.key.as_str());
    }
    let keys = first_and_more(group.actions().map(|action| key(action.key.as_str())), KEYS);
    format!("{} ({keys})", count(group.len(), "offer"))
}

/// `payout 20.00 → 24.00 (+4.00, +20.0 %), margin 33.3 % → 20.0 %`
fn change(text: &FieldChangeText, verb: Verb) -> String {
    let name = text.field.name();
    let mut change = match (&text.before, &text.after) {
        (None, Some(after)) if verb == Verb::Create => format!("{name} {}", shorten(after, VALUE)),
        _ if text.url.is_some() => {
            format!("{name} {}", text.url.as_ref().map(|url| url.line(VALUE)).unwrap_or_default())
        }
        (Some(before), Some(after)) if before == after => format!("{name} {}", shorten(after, VALUE)),
        (Some(before), Some(after)) => {
            let (before, after) = diff::around_difference(before, after, VALUE);
            format!("{name} {before} → {after}")
        }
        (before, after) => {
            let side = |side: &Option<String>, otherwise: &str| {
                side.as_ref().map_or_else(|| otherwise.to_owned(), |value| shorten(value, VALUE).into_owned())
            };
            format!("{name} {} → {}", side(before, NOT_RECORDED), side(after, NOT_MANAGED))
        }
    };
    if let Some(annotation) = &text.annotation {
        _ = write!(change, " ({annotation})");
    }
    if let Some(margin) = &text.margin {
        _ = write!(change, ", {margin}");
    }
    change
}
