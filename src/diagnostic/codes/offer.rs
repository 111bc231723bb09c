//! Codes of problems in what an offer says.

use crate::diagnostic::code::codes;

codes! {
    UNKNOWN_FIELD = "offer::unknown-field", "a field that offers do not have",
        "offersync knows the fields of CAKE's offer API and its own `sync:` settings. Anything else would be silently ignored by CAKE, \
         so it is an error. The help line names the closest field.";
    MISSING_FIELD = "offer::missing-field", "a required field is missing",
        "`offer_name`, `offer_url`, and an advertiser and a vertical (each by id or by configured name) are required. They may come \
         from a `_defaults.yaml` in the offer's folder or above it.";
    WRONG_TYPE = "offer::wrong-type", "a value of the wrong type",
        "The value is not of the type that the field must have, such as a list where a text belongs, or the number 1 where a text \
         belongs (put it in quotes).";
    EMPTY_VALUE = "offer::empty-value", "a field without a value",
        "`field:` with nothing behind it means nothing to CAKE. Leave the field out to leave it unmanaged; CAKE's API cannot clear a \
         value.";
    BAD_VALUE = "offer::bad-value", "a value that breaks its field's rule",
        "The message names the rule: a status or type that CAKE does not know, a URL that is not absolute, a number that is not \
         positive.";
    MONEY = "offer::money", "an amount that is not plain digits",
        "Amounts are exact decimals of at most 28 digits, not negative, in plain digits: `24.00`. No exponent, no thousands separator, \
         no currency sign. offersync never rounds and never passes an amount through a float.";
    DATE = "offer::date", "a date that is not real or not in CAKE's form",
        "`expiration_date` is `YYYY-MM-DD HH:MM:SS`, a date and time that exist. It means the time zone of your CAKE \
         (`cake.time_zone`); offersync never converts what you write.";
    BOTH_FORMS = "offer::both-forms", "an id and a name for the same thing",
        "Say `advertiser_id: 101` or `advertiser: acme-home`, not both: they could come to disagree.";
    UNKNOWN_NAME = "offer::unknown-name", "a name that the configuration does not have",
        "`advertiser`, `vertical` and `currency` take names that `[names.advertisers]`, `[names.verticals]` and `[names.currencies]` in \
         offersync.toml give to ids.";
    LONG_NAME = "offer::long-name", "a name of more than 200 characters",
        "CAKE states no limit, but a name this long is cut off in most of its screens and may be refused.";
    SAME_NAME = "offer::same-name", "two offers with one name and advertiser",
        "CAKE has no rule against two offers of one name, and an import may bring them: then this is a warning. But where one of them \
         would be created it is an error: if the reply to that create were lost, the two could not be told apart, and the offer might be \
         doubled.";
    SYNC_SETTING = "offer::sync-setting", "a `sync:` setting that cannot be used",
        "`sync:` takes `key`, `renamed_from`, `protect`, `on_create_only_change` and `ignore_changes`. `key` and `renamed_from` belong to \
         one offer and cannot be inherited from `_defaults.yaml`.";
    RENAME = "offer::rename", "a `sync.renamed_from` that cannot be followed",
        "`sync.renamed_from` names the key under which the offer was recorded until now. The old key cannot be in use by another file, \
         and two offers cannot take over the same record.";
}
