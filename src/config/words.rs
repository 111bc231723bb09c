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
        /// Yes; without a complete listing nothing is created.
        #[default]
        Require = "require",
        /// No: creates are sent without a look, and those in doubt wait for a person.
        Off = "off",
    }
);

word_enum!(
    /// `expired.action`: what a plan does with an active offer whose expiration date has passed.
    #[derive(Default)]
    ExpiredAction {
        /// Nothing: CAKE ends the offer by itself.
        #[default]
        Keep = "keep",
        /// Make it inactive.
        Retire = "retire",
    }
);

word_enum!(
    /// `[lints]`: what a finding of a lint is.
    LintLevel {
        /// Nothing.
        Allow = "allow",
        /// A warning.
        Warn = "warn",
        /// An error.
        Deny = "deny",
    }
);

word_enum!(
    /// `cake.verify`: which records an apply compares with CAKE before its first write.
    #[derive(Default)]
    Verify {
        /// Those of the offers that it changes.
        #[default]
        Touched = "touched",
        /// All, also if there is nothing to do.
        All = "all",
        /// None.
        Off = "off",
    }
);
