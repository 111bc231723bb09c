//! Codes of the lints of names.

use crate::diagnostic::code::codes;

codes! {
    SPACE = "name::space", "spaces at the ends of a name, or two in a row",
        "CAKE may remove the spaces at the ends of a name, and pages show several spaces as one. The name in CAKE then differs from the YAML \
         for good, and two names that look the same are not the same.\n\n\
         Write the name with single spaces, and none at its ends.";
}
