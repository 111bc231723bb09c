//! Codes of problems in the fields of an offer.

use crate::diagnostic::code::codes;

codes! {
    UNKNOWN_FIELD = "offer::unknown-field", "unknown field",
        "An offer has the fields of CAKE's offer API and offersync's own `sync:` settings. This field is neither, so CAKE would ignore \
         it.\n\n\
         Correct the name or remove the line. The help line names the most similar field. `offersync schema offer` prints all \
         fields.";
    MISSING_FIELD = "offer::missing-field", "a required field is missing",
        "Every offer needs `offer_name`, `offer_url`, an advertiser and a vertical.\n\n\
         Write the field in the offer, or in a `_defaults.yaml` in its folder or in a folder above it:\n\n    \
         advertiser_id: 101\n    \
         vertical_id: 7";
    WRONG_TYPE = "offer::wrong-type", "a value has the wrong type",
        "The value has another type than its field must have, for example a list or a bare number where text is expected.\n\n\
         Put text that looks like a number into quotes:\n\n    \
         offer_name: \"360\"";
    EMPTY_VALUE = "offer::empty-value", "a field has no value",
        "`field:` with nothing after it would mean \"clear this value\", and CAKE's API cannot clear a value.\n\n\
         Remove the line: a field that is absent is not managed, and CAKE keeps its value.";
    BAD_VALUE = "offer::bad-value", "a value is not allowed in its field",
        "The message states the rule: for example a status or type that CAKE does not know, a URL that is not absolute, or a number \
         that is not positive.\n\n\
         Write an allowed value:\n\n    \
         offer_status: inactive\n    \
         payout_type: cpa\n    \
         offer_url: https://example.com/landing?sub={sub1}";
    MONEY = "offer::money", "an amount is not in plain digits",
        "An amount is written in at most 28 plain digits with an optional decimal point. It has no sign, exponent, thousands separator \
         or currency symbol. offersync keeps it exactly and never rounds it.\n\n    \
         payout: 24.00";
    DATE = "offer::date", "a date does not exist or has the wrong form",
        "`expiration_date` is a date and time that exist, written as YYYY-MM-DD HH:MM:SS in the time zone of your CAKE \
         (`cake.time_zone`). offersync never converts it.\n\n    \
         expiration_date: 2030-12-31 23:59:59";
    BOTH_FORMS = "offer::both-forms", "both an id and a name for one thing",
        "An advertiser, a vertical or a currency is given by its id or by its configured name. With both, they could contradict each \
         other.\n\n\
         Keep one of the two lines:\n\n    \
         advertiser: acme-home";
    UNKNOWN_NAME = "offer::unknown-name", "a name that is not configured",
        "`advertiser`, `vertical` and `currency` take names from offersync.toml, and this name is not there.\n\n\
         Correct the name, add it to offersync.toml, or use the id (`advertiser_id: 101`):\n\n    \
         [names.advertisers]\n    \
         acme-home = 101";
    INVISIBLE = "offer::invisible-character", "a character that cannot be seen",
        "The value contains a character without a shape: a zero-width or no-break space, a mark that changes the reading direction, or \
         another one that is named in the message. It usually comes with text that was copied from a web page. In a URL it breaks the \
         link, so it is an error there; in names and descriptions it is a warning, unless nothing else is in them.\n\n\
         Type the value again instead of copying it.";
    LONG_NAME = "offer::long-name", "a name of more than 200 characters",
        "CAKE documents no limit, but most of its screens cut such a long name off, and CAKE may reject it.\n\n\
         Choose a shorter `offer_name`. This is a warning; the offer can be applied.";
    SAME_NAME = "offer::same-name", "two offers have the same name and advertiser",
        "This is an error where one of the two would be created: if CAKE's reply to that create were lost, offersync could not tell \
         the two offers apart, and might create one twice. Between offers that exist in CAKE already, it is a warning.\n\n\
         Give one of them another `offer_name`.";
    SYNC_SETTING = "offer::sync-setting", "an invalid `sync:` setting",
        "`sync:` takes `key`, `renamed_from`, `protect`, `on_create_only_change`, `ignore_changes` and `allow`. `key` and `renamed_from` \
         belong to one offer, so they are not allowed in `_defaults.yaml`. `allow` takes lints, each with a reason.\n\n    \
         sync:\n      protect: true\n      ignore_changes: [payout]\n      \
         allow: [{lint: url::http, reason: the partner has no TLS}]";
    RENAME = "offer::rename", "`sync.renamed_from` cannot be used",
        "`sync.renamed_from` names the key under which this offer was recorded before. That key must not belong to another file, and \
         two offers cannot take over the same record.\n\n\
         Correct the key, or remove `sync.renamed_from`. `offersync state list` shows the recorded keys.";
}
