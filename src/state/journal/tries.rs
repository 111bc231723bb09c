//! What a session of the property tests may try next, and how its writes end. Knows no state: small numbers stand for keys and offers.

use proptest::prelude::*;

use crate::offer::Field;

/// What a session might try next, with small numbers that are turned into keys and offers that are there.
#[derive(Debug, Clone)]
pub(super) enum Try {
    Create {
        key: u8,
        replace: bool,
    },
    Update {
        key: u8,
        cents: u8,
    },
    Retire {
        key: u8,
    },
    Restore {
        key: u8,
        protect: bool,
    },
    RetireReplaced {
        key: u8,
    },
    /// The outcome of one of the writes under way.
    Outcome {
        which: u8,
        how: How,
    },
    Rename {
        from: u8,
        to: u8,
    },
    Release {
        key: u8,
    },
    Forget {
        key: u8,
    },
    Protect {
        key: u8,
        protect: bool,
    },
    Accept {
        key: u8,
        cents: u8,
    },
    /// Takes over an offer: a new one, or one that was forgotten before.
    Adopt {
        key: u8,
        which: u8,
    },
    /// Takes over a new offer, which replaces the present one.
    AdoptReplacement {
        key: u8,
    },
    /// Takes back an offer that was replaced.
    AdoptReplaced {
        key: u8,
    },
    ResolvedCreated {
        key: u8,
        shown: bool,
    },
    ResolvedNotCreated {
        key: u8,
    },
    PutInDoubt {
        key: u8,
        second: u8,
    },
    ReplacedInactive {
        key: u8,
    },
    Settled {
        key: u8,
        cents: Option<u8>,
        retired: bool,
    },
    SettledReplaced {
        key: u8,
    },
    /// The first update that CAKE has accepted waits no longer.
    WaitingEnded {
        key: u8,
    },
    /// The present offer, or one that was replaced, is active again.
    Reactivated {
        key: u8,
        replaced: bool,
    },
    Baselines {
        highest: u8,
    },
    /// The state cannot be published: the session goes on, and its journal keeps what was written.
    FailedPublish,
}

/// How a write ends. Times are seconds.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    Done,
    Rejected,
    NotSent,
    /// When it was sent, and whether the reply said that it was accepted.
    InDoubt(Option<u8>, bool),
    Mismatch(u8),
    Contradicted(Field),
    DoneLate(u8),
}

fn hows() -> impl Strategy<Value = How> {
    prop_oneof![
        8 => Just(How::Done),
        1 => Just(How::Rejected),
        1 => Just(How::NotSent),
        2 => (proptest::option::of(any::<u8>()), any::<bool>()).prop_map(|(sent_at, accepted)| How::InDoubt(sent_at, accepted)),
        1 => any::<u8>().prop_map(How::Mismatch),
        2 => prop_oneof![Just(Field::OfferStatus), Just(Field::Payout), Just(Field::OfferUrl)].prop_map(How::Contradicted),
        2 => any::<u8>().prop_map(How::DoneLate),
    ]
}

pub(super) fn tries(length: usize) -> impl Strategy<Value = Vec<Try>> {
    let any_key = 0..4u8;
    let one = prop_oneof![
        4 => (any_key.clone(), any::<bool>()).prop_map(|(key, replace)| Try::Create { key, replace }),
        4 => (any_key.clone(), 0..3u8).prop_map(|(key, cents)| Try::Update { key, cents }),
        2 => any_key.clone().prop_map(|key| Try::Retire { key }),
        2 => (any_key.clone(), any::<bool>()).prop_map(|(key, protect)| Try::Restore { key, protect }),
        2 => any_key.clone().prop_map(|key| Try::RetireReplaced { key }),
        14 => (any::<u8>(), hows()).prop_map(|(which, how)| Try::Outcome { which, how }),
        3 => (any_key.clone(), any_key.clone()).prop_map(|(from, to)| Try::Rename { from, to }),
        1 => any_key.clone().prop_map(|key| Try::Release { key }),
        2 => any_key.clone().prop_map(|key| Try::Forget { key }),
        1 => (any_key.clone(), any::<bool>()).prop_map(|(key, protect)| Try::Protect { key, protect }),
        2 => (any_key.clone(), 0..3u8).prop_map(|(key, cents)| Try::Accept { key, cents }),
        2 => (any_key.clone(), any::<u8>()).prop_map(|(key, which)| Try::Adopt { key, which }),
        2 => any_key.clone().prop_map(|key| Try::AdoptReplacement { key }),
        2 => any_key.clone().prop_map(|key| Try::AdoptReplaced { key }),
        2 => (any_key.clone(), any::<bool>()).prop_map(|(key, shown)| Try::ResolvedCreated { key, shown }),
        2 => (any_key.clone(), proptest::option::of(0..3u8), any::<bool>())
            .prop_map(|(key, cents, retired)| Try::Settled { key, cents, retired }),
        2 => (any_key.clone(), any::<u8>()).prop_map(|(key, second)| Try::PutInDoubt { key, second }),
        2 => any_key.clone().prop_map(|key| Try::ReplacedInactive { key }),
        1 => any_key.clone().prop_map(|key| Try::SettledReplaced { key }),
        3 => any_key.clone().prop_map(|key| Try::WaitingEnded { key }),
        2 => (any_key.clone(), any::<bool>()).prop_map(|(key, replaced)| Try::Reactivated { key, replaced }),
        1 => (0..9u8).prop_map(|highest| Try::Baselines { highest }),
        1 => Just(Try::FailedPublish),
        1 => any_key.prop_map(|key| Try::ResolvedNotCreated { key }),
    ];
    proptest::collection::vec(one, 0..length)
}
