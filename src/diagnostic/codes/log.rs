//! Codes of the record of applies.

use crate::diagnostic::code::codes;

codes! {
    NOT_WRITTEN = "log::not-written", "an apply is not in the record of applies",
        "After an apply that did something, one line of JSON is added to the file that `log.file` names. The file could not be written: it may \
         be in a folder that does not exist or that is read-only, be a link, or be a file that offersync reads.\n\n\
         The apply itself is as it was, and its exit code too. Its report was printed, and the state has what it recorded.";
}
