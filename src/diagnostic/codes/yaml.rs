//! Codes of problems in the YAML as such, before its meaning.

use crate::diagnostic::code::codes;

codes! {
    SYNTAX = "yaml::syntax", "the file is not YAML",
        "The file cannot be read as YAML. The message shows where reading stopped; the slip may stand a line earlier, such as a \
         quote that is not closed or a tab used for indentation.";
    DUPLICATE_FIELD = "yaml::duplicate-field", "a field that is written twice",
        "YAML does not say which of the two would count, and readers differ. Remove one.";
    NOT_A_MAPPING = "yaml::not-a-mapping", "a document that is not a list of `field: value` lines",
        "An offer is written as `field: value` lines. A list, a bare text or an empty document is not an offer.";
    ALIAS = "yaml::alias", "an alias that cannot be used",
        "Aliases (`*name`) may repeat a plain value that an anchor (`&name`) marked before. Aliases of values that hold aliases \
         themselves are refused: a few lines of those can stand for more text than any machine holds.";
    TAG = "yaml::tag", "a YAML tag",
        "Tags such as `!!str` or `!secret` change what a value means in ways that reviewers rarely see. Write the value plainly.";
    TOO_DEEP = "yaml::too-deep", "values nested too deep",
        "No offer needs this much nesting.";
    EMPTY_FILE = "yaml::empty-file", "a file without an offer",
        "The file holds no document, only comments or nothing at all. Remove it, or give it a name that begins with `_` or `.`.";
    MERGE_KEY = "yaml::merge-key", "a merge key",
        "`<<: *name` copies the fields of another mapping. It left YAML with version 1.2, and readers differ in which of two fields \
         wins. Put what offers share into a `_defaults.yaml`: then every plan shows where a value comes from.";
    FIELD_NAME = "yaml::field-name", "a field's name that is not plain text",
        "YAML lets a list, a mapping or an alias stand in the place of a field's name (`? [a, b]`). No field of an offer is named \
         like that.";
    SECOND_DOCUMENT = "yaml::second-document", "a second document in a file of defaults",
        "A `_defaults.yaml` is one document: it says what the offers at and below its folder share. For other offers, make a folder \
         with a `_defaults.yaml` of its own.";
}
