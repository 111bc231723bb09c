//! Why the state is not changed by hand. What to do about it is in [`diagnose`](crate::ops::diagnose).

use crate::apply::RecordedFor;
use crate::offer::{Field, Key, OfferId};
use crate::state::ParseErrorKind;

/// Why a change of the state is not possible.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
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
    KeyTaken { key: Key, offer_id: OfferId },
    /// There is no YAML to take values from.
    #[error("`{key}` has no YAML, so there are no values to accept")]
    NoYaml { key: Key },
    /// No create of the key is in doubt.
    #[error("no create of `{key}` is in doubt")]
    NotInDoubt {
        key: Key,
        /// The keys whose creates are in doubt.
        in_doubt: Vec<Key>,
    },
    /// The offer belongs to another key.
    #[error("offer {offer_id} is recorded for `{owner}` already")]
    OfferOwned { offer_id: OfferId, owner: Key },
    /// Another key has it, whose offer it is not.
    #[error("offer {offer_id} is recorded for `{}`, but CAKE shows another name or advertiser", owner.key)]
    RecordedElsewhere { key: Key, offer_id: OfferId, owner: RecordedFor },
    /// Without the record, nothing would make the offer inactive that it replaced.
    #[error("the replaced offer {offer_id} of `{key}` may still be active")]
    ReplacedIsActive { key: Key, offer_id: OfferId },
    /// The offer is not one that the key's one has replaced.
    #[error("`{key}` has not replaced an offer {offer_id}")]
    NotReplaced { key: Key, offer_id: OfferId },
    /// A replaced offer that CAKE has is not forgotten: nothing would make it inactive.
    #[error(
        "offer {offer_id} is still the one that `{key}` has replaced: CAKE shows it with its recorded name and advertiser"
    )]
    StillReplaced { key: Key, offer_id: OfferId },
    /// Forgotten, it would stay active beside the offer that has replaced it.
    #[error(
        "offer {offer_id}, which `{key}` has replaced, is active in CAKE with its recorded URL, and with another name"
    )]
    ReplacedRenamed { key: Key, offer_id: OfferId },
    /// A person has made another offer of it.
    #[error(
        "offer {offer_id}, which `{key}` has replaced, is another offer in CAKE by now: “{name}”, or of another advertiser"
    )]
    ReplacedReused { key: Key, offer_id: OfferId, name: String },
    /// Without the record, nothing would be known of an update that may still take effect.
    #[error("an update of `{key}` without a reply may still take effect, for {seconds} more seconds")]
    Unsettled { key: Key, seconds: u64 },
    /// No update of the offer waits in CAKE.
    #[error("no update of `{key}` waits in CAKE")]
    NothingWaits { key: Key },
    /// An update that was done is not recorded as one that will not be.
    #[error("an update of `{key}` is done: {accepted}, and CAKE shows that now")]
    Done { key: Key, accepted: String },
    /// Without the record, nothing would be known of an update that CAKE may still carry out.
    #[error("an update of `{key}` waits in CAKE, which may still carry it out: {accepted}")]
    Waits { key: Key, accepted: String },
    /// Without the doubt, an apply would create the offer a second time.
    #[error("the create of `{key}` is not settled: CAKE may still create it, for {seconds} more seconds")]
    CreateUnsettled { key: Key, seconds: u64 },
    /// The create in doubt was not to replace the offer that the key has.
    #[error(
        "`{key}` is recorded with offer {present} already, so its create in doubt cannot be recorded as offer {offer_id}"
    )]
    RecordedMeanwhile {
        key: Key,
        present: OfferId,
        /// The offer that was given.
        offer_id: OfferId,
    },
    /// CAKE does not show the offer.
    #[error("CAKE shows no offer {offer_id}")]
    NotInCake { offer_id: OfferId },
    /// The offer is not the one that the create in doubt made.
    #[error("offer {offer_id} is not what the create of `{key}` made: {difference}")]
    NotCreated { key: Key, offer_id: OfferId, difference: String },
    /// A create that made an offer is not recorded as one that made none.
    #[error("the create of `{key}` made offer {offer_id}: CAKE shows it as it was sent")]
    Created { key: Key, offer_id: OfferId },
    /// The offer may be another key's, whose create is in doubt.
    #[error("offer {offer_id} may be what the create of `{key}` made, which is in doubt")]
    AnotherInDoubt { key: Key, offer_id: OfferId },
    /// An offer that the create may have made would be left without a key.
    #[error("offer {offer_id} “{name}” may be what the create of `{key}` made")]
    MayBeCreated {
        key: Key,
        offer_id: OfferId,
        name: String,
        /// The key that it is recorded for, although CAKE shows another name or advertiser than recorded.
        owner: Option<RecordedFor>,
    },
    /// An offer of another advertiser cannot become the key's.
    #[error("offer {offer_id} is not an offer of the advertiser of `{key}`: {difference}")]
    OtherAdvertiser { key: Key, offer_id: OfferId, difference: String },
    /// CAKE has another value than the one to accept.
    #[error("`{field}` of `{key}` (offer {offer_id}) is {shown:?} in CAKE, not {wanted:?}")]
    ShownOtherwise { key: Key, offer_id: OfferId, field: Field, shown: String, wanted: String },
    /// CAKE did not show what would be recorded.
    #[error("{unseen}, so what is to be recorded for `{key}` was not compared with CAKE")]
    Unseen {
        key: Key,
        /// What CAKE does not show.
        unseen: String,
        /// The `state` command that was given, without its flags.
        command: String,
    },
    /// A protected offer is not replaced.
    #[error("`{key}` is protected, so its offer {offer_id} is not replaced")]
    Protected { key: Key, offer_id: OfferId },
    /// A file to merge is not a state.
    #[error("{place}: {damage}")]
    Unmergeable {
        /// The file and the position.
        place: String,
        /// What is wrong with it.
        damage: ParseErrorKind,
    },
}
