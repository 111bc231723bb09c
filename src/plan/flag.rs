//! Flags: reasons to review an action before the others. They are information for reviewers: no action depends on them, and a saved plan
//! is compared without them.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::offer::{Field, FieldSet};

/// A reason to review an action before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// The new amount is about this power of ten times the old one, or times what its rule gives.
    PowerOfTen {
        /// The amount.
        field: Field,
        /// 1 for ten times, -2 for a hundredth.
        power: i8,
    },
    /// The new amount is the old one, or the one that its rule gives, with two neighbouring digits exchanged.
    DigitsSwapped {
        /// The amount.
        field: Field,
    },
    /// Nearly all other amounts of the unit follow a rule, and this one does not.
    BreaksRule {
        /// The amount.
        field: Field,
        /// How many follow the rule.
        others: usize,
        /// What the rule gives.
        expected: Option<Decimal>,
    },
    /// Nearly all other amounts of the unit move in the other direction.
    AgainstOthers {
        /// The amount.
        field: Field,
        /// How many move in the other direction.
        others: usize,
    },
    /// Nearly all others of its cluster, or most of the plan, change another choice of payout and revenue.
    OtherAmounts {
        /// How many.
        others: usize,
        /// What those change; nothing where they change no amount, or have none.
        fields: FieldSet,
    },
    /// Nearly all other amounts of its unit get one other unit, and this one does not.
    UnusualUnit {
        /// The amount.
        field: Field,
        /// How many get that unit.
        others: usize,
        /// What differs: the type of the amount, the currency, or the amount, where there is none.
        differs: Field,
    },
    /// Nearly all other amounts that a schedule changes at that time are set back later, and this one is not.
    NotSetBack {
        /// The amount.
        field: Field,
        /// How many are set back.
        others: usize,
    },
    /// A person has to decide first.
    Blocked,
    /// A host with letters outside ASCII.
    ForeignHost,
    /// The number stands for another type or currency than before.
    OtherUnit {
        /// The amount.
        field: Field,
    },
    /// An amount of 0.
    ZeroAmount {
        /// The amount.
        field: Field,
    },
    /// The margin is below its floor, or nothing is left of the revenue.
    LowMargin {
        /// The amount that is more likely to be wrong.
        suspect: Field,
    },
    /// The amount falls by more than its limit.
    Falls {
        /// The amount.
        field: Field,
        /// In percent.
        limit: Decimal,
    },
    /// The amount rises by more than its limit.
    Rises {
        /// The amount.
        field: Field,
        /// In percent.
        limit: Decimal,
    },
    /// The revenue changes.
    RevenueMoves,
    /// An amount that nothing is recorded of is far from those of other offers.
    OutOfRange {
        /// The amount.
        field: Field,
    },
    /// The margin of an amount that nothing is recorded of is far from those of other offers.
    MarginOutOfRange {
        /// The amount that is more likely to be wrong.
        suspect: Field,
    },
    /// The expiration date has passed.
    ExpiryPast,
    /// The expiration date is so near that it is like a stop.
    ExpirySoon,
    /// A URL has lost a macro.
    MacroLost,
    /// A URL leads to another host than before.
    HostChanged,
    /// A URL leads to a host that no recorded offer has.
    NewHost,
    /// An offer that takes traffic stops to do so.
    StopsTraffic,
    /// An offer begins to take traffic.
    StartsTraffic,
    /// A replaced offer: its affiliates need new links.
    NewLinks,
}

/// The name of a flag, in the order of severity, the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Flag")]
#[expect(missing_docs, reason = "see the flag of the same name")]
pub enum FlagKind {
    PowerOfTen,
    DigitsSwapped,
    BreaksRule,
    AgainstOthers,
    OtherAmounts,
    UnusualUnit,
    NotSetBack,
    Blocked,
    ForeignHost,
    OtherUnit,
    ZeroAmount,
    LowMargin,
    Falls,
    Rises,
    RevenueMoves,
    OutOfRange,
    ExpiryPast,
    ExpirySoon,
    MacroLost,
    HostChanged,
    NewHost,
    StopsTraffic,
    StartsTraffic,
    NewLinks,
}

impl Flag {
    /// Its name, by which flags are ordered.
    pub fn kind(self) -> FlagKind {
        match self {
            Self::PowerOfTen { .. } => FlagKind::PowerOfTen,
            Self::DigitsSwapped { .. } => FlagKind::DigitsSwapped,
            Self::BreaksRule { .. } => FlagKind::BreaksRule,
            Self::OtherAmounts { .. } => FlagKind::OtherAmounts,
            Self::AgainstOthers { .. } => FlagKind::AgainstOthers,
            Self::UnusualUnit { .. } => FlagKind::UnusualUnit,
            Self::NotSetBack { .. } => FlagKind::NotSetBack,
            Self::Blocked => FlagKind::Blocked,
            Self::ForeignHost => FlagKind::ForeignHost,
            Self::OtherUnit { .. } => FlagKind::OtherUnit,
            Self::ZeroAmount { .. } => FlagKind::ZeroAmount,
            Self::LowMargin { .. } => FlagKind::LowMargin,
            Self::Falls { .. } => FlagKind::Falls,
            Self::Rises { .. } => FlagKind::Rises,
            Self::RevenueMoves => FlagKind::RevenueMoves,
            Self::OutOfRange { .. } | Self::MarginOutOfRange { .. } => FlagKind::OutOfRange,
            Self::ExpiryPast => FlagKind::ExpiryPast,
            Self::ExpirySoon => FlagKind::ExpirySoon,
            Self::MacroLost => FlagKind::MacroLost,
            Self::HostChanged => FlagKind::HostChanged,
            Self::NewHost => FlagKind::NewHost,
            Self::StopsTraffic => FlagKind::StopsTraffic,
            Self::StartsTraffic => FlagKind::StartsTraffic,
            Self::NewLinks => FlagKind::NewLinks,
        }
    }

    /// The field that it is about, where it is one.
    pub fn field(self) -> Option<Field> {
        match self {
            Self::PowerOfTen { field, .. }
            | Self::DigitsSwapped { field }
            | Self::BreaksRule { field, .. }
            | Self::AgainstOthers { field, .. }
            | Self::UnusualUnit { field, .. }
            | Self::NotSetBack { field, .. }
            | Self::OtherUnit { field }
            | Self::ZeroAmount { field }
            | Self::Falls { field, .. }
            | Self::Rises { field, .. }
            | Self::OutOfRange { field } => Some(field),
            Self::RevenueMoves => Some(Field::Revenue),
            Self::ExpiryPast | Self::ExpirySoon => Some(Field::ExpirationDate),
            Self::StopsTraffic | Self::StartsTraffic => Some(Field::OfferStatus),
            Self::OtherAmounts { .. }
            | Self::Blocked
            | Self::ForeignHost
            | Self::LowMargin { .. }
            | Self::MarginOutOfRange { .. }
            | Self::MacroLost
            | Self::HostChanged
            | Self::NewHost
            | Self::NewLinks => None,
        }
    }
}
