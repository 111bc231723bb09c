//! Closed sets of words: the statuses and price types of the specification (article 13000118748), and what a plan does with an
//! offer whose YAML is gone.

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

            /// The word in files and requests.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word in any case, as CAKE itself answers `CPA` for `cpa`.
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
    /// `offer_status` as offersync may write it. What CAKE answers can be another word (`Expired`).
    OfferStatus {
        /// Runs and takes traffic.
        Active = "active",
        /// Takes no traffic; live traffic is redirected.
        Inactive = "inactive",
        /// Waits for somebody to set it active.
        Pending = "pending",
    }
);

word_enum!(
    /// `payout_type` and `revenue_type`: what the amount is paid for.
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
        /// Drop its record and leave the offer in CAKE as it is.
        Forget = "forget",
        /// Refuse the plan, so that a person decides.
        Error = "error",
    }
);

pub(crate) use word_enum;
