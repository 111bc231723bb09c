//! Codes of an apply: what stops it before its writes, and what its writes leave open.

use crate::diagnostic::code::codes;

codes! {
    BLOCKED = "apply::blocked", "the plan has blocked changes",
        "An apply carries a plan out as a whole, because the rest of it was not reviewed alone. Each blocked change has a message of its \
         own that says what to do. To apply the other offers now, leave the blocked ones out: `offersync apply --exclude KEY`.";
    IN_DOUBT = "apply::in-doubt", "it is unknown whether CAKE created an offer",
        "A create was sent and its reply was lost or cannot be understood. offersync never sends it again on its own: CAKE may have created \
         the offer. The next apply looks for it in CAKE's list of offers. If that cannot decide, look in CAKE yourself and record the \
         outcome: `offersync state resolve KEY --offer-id N`, or `offersync state resolve KEY --not-created`.";
}
