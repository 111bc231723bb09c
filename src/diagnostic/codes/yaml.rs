//! Codes of problems in the YAML itself, before it is read as an offer.

use crate::diagnostic::code::codes;

codes! {
    SYNTAX = "yaml::syntax", "the file is not valid YAML",
        "The file cannot be parsed as YAML. The message shows where parsing stopped. The cause may be on an earlier line, for example \
         a quote that is not closed, or a tab used for indentation.\n\n\
         Put text with special characters into quotes:\n\n    \
         offer_name: \"Solar: free quote\"";
    DUPLICATE_FIELD = "yaml::duplicate-field", "a field appears twice",
        "The same field is written twice in one document, and YAML does not define which value is used.\n\n\
         Remove one of the two lines.";
    NOT_A_MAPPING = "yaml::not-a-mapping", "a document is not a list of `field: value` lines",
        "An offer is written as `field: value` lines. This document is a list, a single text or empty.\n\n    \
         offer_name: Home Warranty\n    \
         payout: 24.00";
    ALIAS = "yaml::alias", "an alias that is not supported",
        "An alias (`*name`) may repeat a plain value that has an anchor (`&name`) earlier in the same document. Aliases of values that \
         contain aliases are not allowed, because a few lines of them can expand to more text than fits into memory.\n\n\
         Write the value itself. To share values between offers, put them into a `_defaults.yaml`.";
    TAG = "yaml::tag", "a YAML tag",
        "A tag such as `!!str` changes the meaning of a value, and is easy to miss in a review.\n\n\
         Remove the tag, and put text into quotes where needed: `offer_name: \"360\"`.";
    TOO_DEEP = "yaml::too-deep", "values are nested too deeply",
        "An offer is a flat list of `field: value` lines. Only `sync:` contains further fields.\n\n\
         Remove the nesting, or move the file out of the offers folder if it is not an offer.";
    EMPTY_FILE = "yaml::empty-file", "a file has no offer",
        "The file is empty or has only comments.\n\n\
         Remove the file, or begin its name with `_` or `.` so that it is skipped.";
    HASH_COMMENT = "yaml::hash-comment", "a comment cuts a text short",
        "In YAML, ` #` begins a comment, and what follows is not part of the value: `offer_name: Solar #1 Offer` is the name `Solar`. \
         CAKE's macros begin with `#` as well, so in the text fields such a comment is an error.\n\n\
         Put the value in quotes:\n\n    \
         offer_name: \"Solar #1 Offer\"\n\n\
         If it is meant as a comment, write it on a line of its own.";
    MERGE_KEY = "yaml::merge-key", "a YAML merge key",
        "`<<: *name` copies the fields of another mapping. YAML 1.2 does not have it, and programs differ in which value takes \
         precedence.\n\n\
         Put shared values into a `_defaults.yaml`. Plans then show where each value comes from.";
    FIELD_NAME = "yaml::field-name", "a field name is not plain text",
        "YAML allows a list, a mapping or an alias as the name of a field (`? [a, b]`). No field of an offer has such a name.\n\n\
         Write `field: value`.";
    SECOND_DOCUMENT = "yaml::second-document", "a second document in a `_defaults.yaml`",
        "A `_defaults.yaml` is one document with the values that all offers in its folder and below share.\n\n\
         Remove the `---` line and merge the two documents. For other offers, use another folder with its own `_defaults.yaml`.";
}
