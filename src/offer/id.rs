//! CAKE's numbers, each as a type of its own, so that one kind of id cannot be passed for another.

use std::fmt;
use std::num::NonZeroU64;

macro_rules! positive_integer {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// The number, if it is positive and fits CAKE's signed integers (a plain `i64` at the widest).
            pub fn new(number: u64) -> Option<Self> {
                (i64::try_from(number).is_ok()).then(|| NonZeroU64::new(number).map(Self))?
            }

            /// The number itself.
            pub fn get(self) -> u64 {
                self.0.get()
            }

            /// Reads plain decimal digits; no sign, no separator, no leading zero.
            pub fn parse(text: &str) -> Option<Self> {
                let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
                if plain { text.parse().ok().and_then(Self::new) } else { None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

positive_integer!(
    /// The id that CAKE gave an offer when it was created.
    OfferId
);
positive_integer!(
    /// The id of the advertiser that runs an offer.
    AdvertiserId
);
positive_integer!(
    /// The id of the vertical (category) of an offer.
    VerticalId
);
positive_integer!(
    /// The id of a currency in CAKE; 1 is USD (article 13000118748).
    CurrencyId
);
positive_integer!(
    /// How long the cookie lasts, in hours.
    SessionHours
);
