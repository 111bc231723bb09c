//! The settings that take one of a few words.

use std::fmt;

use crate::offer::word_enum;

word_enum!(
    /// `cake.api_key_in`: where a POST carries the key.
    #[derive(Default)]
    ApiKeyIn {
        /// As a member of the JSON body, as in the specification's samples.
        #[default]
        Body = "body",
        /// In the query.
        Query = "query",
    }
);

word_enum!(
    /// `cake.duplicate_check`: whether CAKE's offers are listed before a create, to find one that no key owns.
    #[derive(Default)]
    DuplicateCheck {
        /// Yes; a CAKE without the listing gets one warning and the apply continues.
        #[default]
        Auto = "auto",
        /// Yes; with a CAKE without the listing nothing is created.
        Require = "require",
        /// No.
        Off = "off",
    }
);
