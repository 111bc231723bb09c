//! Views of drift: observed against recorded against desired, by offer and field.

mod json;
mod markdown;
mod text;
mod unrecorded;

#[cfg(test)]
mod tests;

pub(super) use json::DriftDocument;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::offer::ShownValue;
use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer};
use crate::words::{count, first_and_more};

/// How many offers of each kind; an offer counts once, for its most severe difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Counts {
    /// Offers changed in CAKE alone.
    cake: usize,
    /// Offers with a field that was changed to different values on both sides.
    conflict: usize,
    /// Offers with a value that CAKE shows in a form that cannot be read, and no other difference in CAKE.
    unreadable: usize,
    /// Offers changed to the same values on both sides.
    both_alike: usize,
    /// Offers changed in git alone.
    git: usize,
    /// Those of them with a value that is not recorded, and that CAKE shows otherwise than git.
    unrecorded: usize,
    /// Offers that CAKE's list does not show.
    gone: usize,
    /// Recorded offers on which all sides agree, as far as CAKE shows them.
    unchanged: usize,
    /// Retired offers that are still retired, as far as CAKE shows them. While it is inactive, nothing but the status is compared.
    retired: usize,
    /// Offers that CAKE has ended by itself at their expiration date.
    ended: usize,
}

impl Counts {
    fn of(drift: &Drift) -> Self {
        let Drift { unchanged, retired, ref ended, .. } = *drift;
        let mut counts = Self { unchanged, retired, ended: ended.len(), ..Self::default() };
        let is_unrecorded = |field: &DriftedField| field.recorded.is_none() && field.observed != ShownValue::NotShown;
        for offer in &drift.offers {
            match worst(offer) {
                None => counts.gone += 1,
                Some(ChangedBy::Conflict) => counts.conflict += 1,
                Some(ChangedBy::Cake) => counts.cake += 1,
                Some(ChangedBy::Unknown) => counts.unreadable += 1,
                Some(ChangedBy::BothAlike) => counts.both_alike += 1,
                Some(ChangedBy::Git) => {
                    counts.git += 1;
                    counts.unrecorded += usize::from(offer.fields().iter().any(is_unrecorded));
                }
            }
        }
        counts
    }

    /// One sentence with all that is not zero. It claims nothing about fields that CAKE does not show.
    fn sentence(self, complete: bool) -> String {
        let Self { cake, conflict, unreadable, both_alike, git, unrecorded, gone, unchanged, retired, ended } = self;
        if cake + conflict + unreadable + both_alike + gone == 0 {
            if unrecorded > 0 {
                return format!(
                    "No drift in what is recorded of {}. Of {unrecorded}, CAKE shows a value that is not recorded, and another one than \
                     git.",
                    count(unchanged + git, "offer")
                );
            }
            return match (unchanged + git, complete) {
                (0, _) if retired + ended > 0 => "No drift.".to_owned(),
                (0, _) => "No drift: no offers are recorded.".to_owned(),
                (1, true) => "No drift: 1 offer is in CAKE as it was recorded.".to_owned(),
                (many, true) => format!("No drift: {many} offers are in CAKE as they were recorded."),
                (some, false) => format!("No drift in what CAKE shows of {}.", count(some, "offer")),
            };
        }
        let parts = [
            (conflict, "in conflict"),
            (cake, "changed in CAKE"),
            (unreadable, "with a value that cannot be read"),
            (gone, "gone from CAKE's list"),
            (both_alike, "changed to the same value on both sides"),
            (git, "changed in git alone"),
            (unchanged, if complete { "as recorded" } else { "as recorded in what CAKE shows" }),
        ];
        let said: Vec<_> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(n, what)| format!("{n} {what}")).collect();
        format!("Drift: {}.", said.join(", "))
    }
}

/// The number of ended offers that are named.
const ENDED: usize = 10;

/// The summary of a drift, in one sentence; others tell of retired offers and of those that CAKE has ended.
pub(super) fn summary(drift: &Drift) -> String {
    let counts = Counts::of(drift);
    let mut text = counts.sentence(drift.not_compared.is_empty());
    if counts.retired > 0 {
        let offers = count(counts.retired, "retired offer");
        let _ = write!(text, " Of {offers}, the status alone was compared.");
    }
    if counts.ended > 0 {
        let keys = first_and_more(drift.ended.iter().map(|key| format!("`{key}`")), ENDED);
        let _ = write!(text, " CAKE has ended {} at the expiration date: {keys}.", count(counts.ended, "offer"));
    }
    text
}

/// Which fields were not compared, in one sentence.
fn not_compared(drift: &Drift) -> Option<String> {
    let counts = drift.not_compared_counts();
    let fields: Vec<_> =
        counts.iter().map(|(field, number)| format!("{field} of {}", count(*number, "offer"))).collect();
    let sentence = || format!("CAKE does not show every managed field; not compared: {}.", fields.join(", "));
    (!counts.is_empty()).then(sentence)
}

/// The most severe difference of an offer; `None` where it is gone.
fn worst(offer: &DriftedOffer) -> Option<ChangedBy> {
    match &offer.kind {
        DriftKind::Gone => None,
        DriftKind::Values(fields) => {
            let order = [ChangedBy::Conflict, ChangedBy::Cake, ChangedBy::Unknown, ChangedBy::BothAlike];
            let found = order.into_iter().find(|changed_by| fields.iter().any(|field| field.changed_by == *changed_by));
            Some(found.unwrap_or(ChangedBy::Git))
        }
    }
}

/// The three values as text: recorded, CAKE, git.
fn sides(field: &DriftedField) -> [Option<String>; 3] {
    let text = |value: &Option<crate::offer::Value>| value.as_ref().map(ToString::to_string);
    [text(&field.recorded), field.observed.text(), text(&field.desired)]
}

/// Which side changed, or why that is not known.
fn changed_by_text(field: &DriftedField) -> Cow<'static, str> {
    let text = match (field.changed_by, &field.observed) {
        (ChangedBy::Git, _) => "changed in git: the next apply sends it",
        (ChangedBy::Cake, _) => "changed in CAKE",
        (ChangedBy::BothAlike, _) => "changed to the same value on both sides",
        (ChangedBy::Conflict, _) => "changed on both sides",
        (ChangedBy::Unknown, ShownValue::Unreadable { reason, .. }) => {
            return Cow::Owned(format!("CAKE's value cannot be read: {reason}"));
        }
        (ChangedBy::Unknown, _) => "CAKE's value cannot be read",
    };
    Cow::Borrowed(text)
}
