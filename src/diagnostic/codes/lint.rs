//! Codes of problems with lints themselves.

use crate::diagnostic::code::codes;

codes! {
    UNNEEDED_ALLOW = "lint::unneeded-allow", "`sync.allow` names a lint that finds nothing",
        "The offer's own file exempts it from a lint, and that lint finds nothing in the offer. The line would hide the next real finding.\n\n\
         Remove the line. An entry in a `_defaults.yaml` may be needed by some of its offers only, so it is not reported.";
    ELSEWHERE = "lint::elsewhere", "lints find something in offers that a plan leaves as they are",
        "A plan shows what lints find in the offers that it changes, so that they do not hide the changes. What they find in the others is counted, \
         and is shown by\n\n    \
         offersync validate";
}
