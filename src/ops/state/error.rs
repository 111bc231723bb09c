//! Why the state is not changed by hand. What to do about it is in [`diagnose`](crate::ops::diagnose).

use crate::offer::{Field, Key, OfferId};
use crate::state::ParseErrorKind;

/// Why a change of the state is not possible.
#[derive(Debug, thiserror::Error)]
pub enum StateChangeError {
    /// The key is not recorded.
    #[error("`{key}` is not recorded")]
    UnknownKey {
        /// The key as it was given.
        key: String,
        /// A recorded key with a similar spelling.
        closest: Option<String>,
    },
    /// The new key has an offer already.
    #[error("`{key}` is recorded already, with offer {offer_id}")]
    KeyTaken {
        /// The new key.
        key: Key,
        /// Its offer.
        offer_id: OfferId,
    },
    /// There is no YAML to take values from.
    #[error("`{key}` has no YAML, so there are no values to accept")]
    NoYaml {
        /// The key.
        key: Key,
    },
    /// No create of the key is in doubt.
    #[error("no create of `{key}` is in doubt")]
    NotInDoubt {
        /// The key.
        key: Key,
        /// The keys whose creates are in doubt.
        in_doubt: Vec<Key>,
    },
    /// The offer belongs to another key.
    #[error("offer {offer_id} is recorded for `{owner}` already")]
    OfferOwned {
        /// The offer.
        offer_id: OfferId,
        /// Its key.
        owner: Key,
    },
    /// Without the record, nothing would make the offer inactive that it replaced.
    #[error("the replaced offer {offer_id} of `{key}` may still be active")]
    ReplacedIsActive {
        /// The key.
        key: Key,
        /// The replaced offer.
        offer_id: OfferId,
    },
    /// The create in doubt was not to replace the offer that the key has.
    #[error(
        "`{key}` is recorded with offer {present} already, so its create in doubt cannot be recorded as offer {offer_id}"
    )]
    RecordedMeanwhile {
        /// The key.
        key: Key,
        /// Its offer.
        present: OfferId,
        /// The offer that was given.
        offer_id: OfferId,
    },
    /// CAKE does not show the offer.
    #[error("CAKE shows no offer {offer_id}")]
    NotInCake {
        /// The offer.
        offer_id: OfferId,
    },
    /// The offer is not the one that the create in doubt made.
    #[error("offer {offer_id} is not what the create of `{key}` made: {difference}")]
    NotCreated {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
        /// What differs.
        difference: String,
    },
    /// An offer of another advertiser cannot become the key's.
    #[error("offer {offer_id} is not an offer of the advertiser of `{key}`: {difference}")]
    OtherAdvertiser {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
        /// Both advertisers.
        difference: String,
    },
    /// CAKE has another value than the one to accept.
    #[error("`{field}` of `{key}` (offer {offer_id}) is {shown:?} in CAKE, not {wanted:?}")]
    ShownOtherwise {
        /// The key.
        key: Key,
        /// Its offer.
        offer_id: OfferId,
        /// The field.
        field: Field,
        /// What CAKE shows.
        shown: String,
        /// What the YAML says.
        wanted: String,
    },
    /// A protected offer is not replaced.
    #[error("`{key}` is protected, so its offer {offer_id} is not replaced")]
    Protected {
        /// The key.
        key: Key,
        /// Its offer.
        offer_id: OfferId,
    },
    /// A file to merge is not a state.
    #[error("{place}: {damage}")]
    Unmergeable {
        /// The file and the position.
        place: String,
        /// What is wrong with it.
        damage: ParseErrorKind,
    },
}
