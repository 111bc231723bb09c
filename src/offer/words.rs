//! The closed sets of words that the specification allows: statuses and price types (article 13000118748).

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the specification's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every word, in the specification's order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word that is sent to CAKE.
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

words!(
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

words!(
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
