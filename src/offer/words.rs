//! Enums with fixed words: the statuses and price types of the specification (article 13000118748), and the actions for an offer whose
//! YAML was deleted.

use std::fmt;

/// Declares an enum whose variants each have a word.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every word, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word used in files and requests.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Parses the word in any case, because CAKE answers `CPA` for `cpa`.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word().eq_ignore_ascii_case(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

word_enum!(
    /// The values of `offer_status` that CAKE's API accepts. CAKE's replies can have others (`Expired`).
    OfferStatus {
        /// Accepts traffic.
        Active = "active",
        /// Accepts no traffic; live traffic is redirected.
        Inactive = "inactive",
        /// Not yet active.
        Pending = "pending",
    }
);

word_enum!(
    /// `payout_type` and `revenue_type`: the pricing model of the amount.
    PriceType {
        /// Per action.
        Cpa = "cpa",
        /// Per click.
        Cpc = "cpc",
        /// Per thousand impressions.
        Cpm = "cpm",
        /// A share of the revenue; the amount is a percentage.
        RevShare = "revshare",
    }
);

word_enum!(
    /// `removed.action`: what a plan does with a recorded offer whose YAML is gone.
    #[derive(Default)]
    RemovedAction {
        /// Make the offer inactive; its record stays.
        #[default]
        Retire = "retire",
        /// Remove it from the state and leave it in CAKE.
        Forget = "forget",
        /// Refuse the plan, so that the user decides.
        Error = "error",
    }
);

pub(crate) use word_enum;
