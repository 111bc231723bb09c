//! Conflicts of a merge. Each names both sides and, in its help, what to do.

use crate::offer::{Field, Key, OfferId};

/// One of the two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one that the result is written to; in git, the branch that is being merged into.
    Ours,
    /// The other one.
    Theirs,
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        })
    }
}

/// Why two states cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// They are not generations of one state.
    #[error("these are two different states: ours is {ours}, theirs is {theirs}")]
    DifferentStates {
        /// Our lineage and CAKE.
        ours: String,
        /// Their lineage and CAKE.
        theirs: String,
    },
    /// One key, two offers in CAKE.
    #[error("the key `{}` has two of CAKE's offers: {} and {}", .ours.0, .ours.1, .theirs.1)]
    TwoIds {
        /// Our key of it, and our offer.
        ours: (Key, OfferId),
        /// The other's.
        theirs: (Key, OfferId),
    },
    /// One offer in CAKE, two keys.
    #[error("CAKE's offer {offer_id} has two keys: `{ours}` and `{theirs}`")]
    TwoKeys {
        offer_id: OfferId,
        ours: Key,
        /// The other.
        theirs: Key,
    },
    /// A create-only field with two values.
    #[error("`{field}` of `{key}` (offer {offer_id}) has two values: ours is {ours}, theirs is {theirs}")]
    TwoValues {
        /// The offer's key.
        key: Key,
        offer_id: OfferId,
        /// The field, which no update could put right.
        field: Field,
        /// Our value, as it is shown.
        ours: String,
        /// Their value, as it is shown.
        theirs: String,
    },
    /// Forgotten on one side, changed on the other.
    #[error("`{key}` (offer {offer_id}) was forgotten on one side ({forgotten}) and changed on the other")]
    Forgotten {
        /// The offer's key.
        key: Key,
        offer_id: OfferId,
        /// The side that forgot it.
        forgotten: Side,
    },
    /// Two records of one side are one record of the other.
    #[error("the offers {first} and {second} are one record on one side and two on the other")]
    IdentityMismatch {
        first: OfferId,
        /// The other.
        second: OfferId,
    },
    /// Two creates of one key, both in doubt.
    #[error("two different creates of `{key}` are in doubt, so CAKE may have two offers of it")]
    TwoCreatesInDoubt { key: Key },
    /// A create in doubt of a key that is recorded, and not as the offer that the create was to replace.
    #[error("`{key}` is recorded as offer {offer_id} on one side, and another create of it is in doubt on the other")]
    RecordedAndInDoubt {
        key: Key,
        /// The recorded offer.
        offer_id: OfferId,
    },
    /// A replace in doubt whose old offer is no longer recorded.
    #[error(
        "a replace of offer {offer_id} by `{key}` is in doubt on one side, and the other side no longer has that offer"
    )]
    ReplacedOfferMissing {
        key: Key,
        /// The old offer.
        offer_id: OfferId,
    },
}

impl Conflict {
    /// What a person can do.
    pub fn help(&self) -> String {
        match self {
            Self::DifferentStates { .. } => {
                "one of them was created from scratch; keep the one whose ids are in CAKE, and import what only the other one has"
                    .into()
            }
            Self::TwoIds { ours: (our_key, ours), theirs: (their_key, theirs) } => format!(
                "CAKE has both offers: decide which one stays. If it is {ours}, run `offersync state adopt {their_key} --offer-id {ours}` on \
                 the side that has {theirs}; if it is {theirs}, run `offersync state adopt {our_key} --offer-id {theirs}` on the side that \
                 has {ours}. Then merge again: the next apply makes the other offer inactive"
            ),
            Self::TwoKeys { ours, theirs, .. } => {
                format!(
                    "rename on one side, `offersync state mv {theirs} {ours}` or the other way round; then merge again"
                )
            }
            Self::TwoValues { key, .. } => {
                format!(
                    "look in CAKE which value it has, and run `offersync state accept {key}` with that YAML; then merge again"
                )
            }
            Self::Forgotten { key, offer_id, .. } => format!(
                "to keep it recorded, run `offersync state adopt {key} --offer-id {offer_id}` on the side that forgot it. To leave it in CAKE as \
                 it is without a record, run `offersync state rm {key}` on the other side too. Then merge again"
            ),
            Self::IdentityMismatch { .. } => "take one of the two states, and import what it lacks".into(),
            Self::TwoCreatesInDoubt { key } | Self::RecordedAndInDoubt { key, .. } | Self::ReplacedOfferMissing { key, .. } => {
                format!(
                    "look in CAKE, and resolve the create on the side where it is in doubt: `offersync state resolve {key} --offer-id N`, or, \
                     if CAKE has no such offer, `offersync state resolve {key} --not-created`. Then merge again"
                )
            }
        }
    }
}
