//! What looking for creates in doubt brought, in words: with the exact commands wherever a person has to decide.

use std::collections::BTreeMap;

use crate::apply::Recovered;
use crate::offer::{InDoubtCreate, Key, OfferId, Recorded};

/// More doubts than this are counted instead of told one by one; they all need the same, most likely the listing.
const TOLD: usize = 20;

/// What one look settled, and what it did not.
#[derive(Debug, Default)]
pub(super) struct Doubts(Recovered);

impl Doubts {
    pub(super) fn new(recovered: Recovered) -> Self {
        Self(recovered)
    }

    /// Whether nothing was found out and nothing is open.
    pub(super) fn is_empty(&self) -> bool {
        let Recovered { found, absent, ambiguous, unseen } = &self.0;
        found.is_empty() && absent.is_empty() && ambiguous.is_empty() && unseen.is_none()
    }

    /// What was settled that an earlier apply had left in doubt.
    pub(super) fn settled(&self) -> Vec<String> {
        let Recovered { found, absent, .. } = &self.0;
        let found = found.iter().map(|(key, id)| {
            format!("An earlier create of `{key}` was in doubt; CAKE has it as offer {id}, which is recorded now.")
        });
        let absent = absent.iter().map(|key| {
            format!("An earlier create of `{key}` was in doubt; CAKE does not have it, so it may be sent again.")
        });
        found.chain(absent).collect()
    }
}

/// What a person should know of the creates that are in doubt at the end, by the looks that were taken, the last one last.
pub(super) fn notes(recorded: &Recorded, looks: [&Doubts; 2]) -> Vec<String> {
    let ambiguous: BTreeMap<_, _> = looks.iter().flat_map(|doubts| &doubts.0.ambiguous).collect();
    let mut notes = Vec::new();
    let mut open = 0_usize;
    for (key, doubt) in &recorded.in_doubt {
        match ambiguous.get(key) {
            Some(ids) => notes.push(several(key, ids)),
            None if open < TOLD => {
                open += 1;
                notes.push(one(key, doubt));
            }
            None => open += 1,
        }
    }
    if open > TOLD {
        notes.push(format!("{} more creates are in doubt; `offersync state list` shows them.", open - TOLD));
    }
    let unseen = looks.iter().rev().find_map(|doubts| doubts.0.unseen.as_ref());
    if let Some(failure) = unseen.filter(|_| open > 0) {
        notes.push(format!("Creates in doubt could not be looked for: {failure}."));
    }
    notes
}

fn one(key: &Key, doubt: &InDoubtCreate) -> String {
    format!(
        "The create of `{key}` is in doubt: {}. The next apply looks in CAKE before it creates anything for this key. Or look \
         yourself, and say what became of it:\n  offersync state resolve {key} --offer-id N\n  offersync state resolve {key} \
         --not-created",
        doubt.message.trim_end_matches('.')
    )
}

fn several(key: &Key, ids: &[OfferId]) -> String {
    let command = |id: &OfferId| format!("\n  offersync state resolve {key} --offer-id {id}");
    let commands = ids.iter().map(command).collect::<Vec<_>>().concat();
    format!(
        "The create of `{key}` is in doubt and CAKE has {} of its name, advertiser and vertical that nobody owns: {}. Say \
         which one it made, or that it made none:{commands}\n  offersync state resolve {key} --not-created",
        if ids.len() == 1 { "an offer".to_owned() } else { format!("{} offers", ids.len()) },
        ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    )
}
