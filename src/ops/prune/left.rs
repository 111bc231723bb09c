//! Past entries that stay, counted by the reason.

use jiff::Timestamp;

use super::Choices;
use crate::offer::{DesiredOffer, DesiredSet, TimeRules};
use crate::words::count;

/// How many past entries stay.
#[derive(Debug, Default)]
pub(crate) struct LeftEntries {
    unrecorded: usize,
    needed: usize,
    elsewhere: usize,
    inherited: usize,
}

impl LeftEntries {
    pub(super) fn count(&mut self, set: &DesiredSet, choices: &Choices<'_>, moment: Timestamp, rules: &TimeRules) {
        let chosen = || choices.values().flatten();
        self.unrecorded = chosen().map(|choice| choice.unrecorded).sum();
        self.needed = chosen().map(|choice| choice.needed).sum();
        self.elsewhere = chosen().map(|choice| choice.elsewhere).sum();
        let inherited = |offer: &DesiredOffer| {
            let entries = offer.entries().iter().filter(|entry| rules.moment_of(entry.at) <= moment);
            let places = entries.flat_map(|entry| entry.values.iter().map(|value| value.place.clone()));
            let file = offer.place.file.clone();
            places.filter(move |place| place.file != file).map(|place| place.file).collect::<Vec<_>>()
        };
        let files: std::collections::BTreeSet<_> = set.offers.iter().flat_map(inherited).collect();
        self.inherited = files.len();
    }

    /// One sentence for each reason.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let Self { unrecorded, needed, elsewhere, inherited } = *self;
        let past = |n: usize| format!("{} {}", count(n, "past entry"), if n == 1 { "is" } else { "are" });
        let mut sentences = Vec::new();
        if unrecorded > 0 {
            sentences.push(format!(
                "{} left, because the recorded values are others. Run `offersync apply` first.",
                past(unrecorded)
            ));
        }
        if elsewhere > 0 {
            sentences.push(format!(
                "{} left, because another environment needs what it says. Run `offersync apply` there first, when it is due.",
                past(elsewhere)
            ));
        }
        if needed > 0 {
            sentences.push(format!("{} left, because others would take their place.", past(needed)));
        }
        if inherited > 0 {
            let files = count(inherited, "`_defaults.yaml` file");
            sentences.push(format!("Past entries in {files} are left: other offers may inherit them."));
        }
        sentences
    }
}
