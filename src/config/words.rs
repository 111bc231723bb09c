//! Settings with a fixed set of values.

use std::fmt;

use crate::offer::word_enum;

word_enum!(
    /// `cake.api_key_in`: where a POST has the API key.
    #[derive(Default)]
    ApiKeyIn {
        /// In the JSON body, as in the samples of the specification.
        #[default]
        Body = "body",
        Query = "query",
    }
);

word_enum!(
    /// `cake.duplicate_check`: whether CAKE's offers are listed before a create, to find one that no key owns.
    #[derive(Default)]
    DuplicateCheck {
        /// Yes; if CAKE has no listing, warn and continue.
        #[default]
        Auto = "auto",
        /// Yes; if CAKE has no listing, create nothing.
        Require = "require",
        /// No.
        Off = "off",
    }
);
