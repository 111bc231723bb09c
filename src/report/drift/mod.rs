//! Views of drift: observed against recorded against desired, by offer and field.

mod json;
mod markdown;
mod text;

#[cfg(test)]
mod tests;

pub(super) use json::DriftDocument;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer};

/// How many offers of each kind; an offer counts once, for its most severe difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Counts {
    /// Offers changed in CAKE alone.
    cake: usize,
    /// Offers with a field that was changed to different values on both sides.
    conflict: usize,
    /// Offers changed to the same values on both sides.
    both_alike: usize,
    /// Offers changed in git alone.
    git: usize,
    /// Offers that CAKE's list does not show.
    gone: usize,
    /// Recorded offers on which all sides agree.
    unchanged: usize,
}

impl Counts {
    fn of(drift: &Drift) -> Self {
        let mut counts = Self { unchanged: drift.unchanged, ..Self::default() };
        for offer in &drift.offers {
            match worst(offer) {
                None => counts.gone += 1,
                Some(ChangedBy::Conflict) => counts.conflict += 1,
                Some(ChangedBy::Cake) => counts.cake += 1,
                Some(ChangedBy::BothAlike) => counts.both_alike += 1,
                Some(ChangedBy::Git) => counts.git += 1,
            }
        }
        counts
    }

    /// One sentence with all that is not zero.
    fn sentence(self) -> String {
        let Self { cake, conflict, both_alike, git, gone, unchanged } = self;
        if cake + conflict + both_alike + gone == 0 {
            return match unchanged + git {
                0 => "No drift: no offers are recorded.".to_owned(),
                1 => "No drift: 1 offer is in CAKE as it was recorded.".to_owned(),
                many => format!("No drift: {many} offers are in CAKE as they were recorded."),
            };
        }
        let parts = [
            (conflict, "in conflict"),
            (cake, "changed in CAKE"),
            (gone, "gone from CAKE's list"),
            (both_alike, "changed to the same value on both sides"),
            (git, "changed in git alone"),
            (unchanged, "as recorded"),
        ];
        let said: Vec<_> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(n, what)| format!("{n} {what}")).collect();
        format!("Drift: {}.", said.join(", "))
    }
}

/// The most severe difference of an offer; `None` where it is gone.
fn worst(offer: &DriftedOffer) -> Option<ChangedBy> {
    match &offer.kind {
        DriftKind::Gone => None,
        DriftKind::Values(fields) => {
            let order = [ChangedBy::Conflict, ChangedBy::Cake, ChangedBy::BothAlike];
            let found = order.into_iter().find(|changed_by| fields.iter().any(|field| field.changed_by == *changed_by));
            Some(found.unwrap_or(ChangedBy::Git))
        }
    }
}

/// The three values as text: recorded, CAKE, git.
fn sides(field: &DriftedField) -> [Option<String>; 3] {
    let text = |value: &Option<crate::offer::Value>| value.as_ref().map(ToString::to_string);
    [text(&field.recorded), field.observed_word.clone().or_else(|| text(&field.observed)), text(&field.desired)]
}

/// Which side changed, as text.
fn changed_by_text(changed_by: ChangedBy) -> &'static str {
    match changed_by {
        ChangedBy::Git => "changed in git: the next apply sends it",
        ChangedBy::Cake => "changed in CAKE",
        ChangedBy::BothAlike => "changed to the same value on both sides",
        ChangedBy::Conflict => "changed on both sides",
    }
}
