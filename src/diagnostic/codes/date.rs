//! Codes of the lints of `expiration_date`.

use crate::diagnostic::code::codes;

codes! {
    PAST = "date::past", "an active offer whose expiration date is in the past",
        "The offer is meant to be active, and its `expiration_date` has passed in `cake.time_zone`. CAKE moves such an offer to Expired, and \
         an expired offer records no conversions.\n\n\
         This is an error where the offer is new, or where the change sets the date or the status; otherwise it is a warning. It also is one in \
         an apply, and in a plan without `--since`, where the date has passed within the last 31 days: the apply may be later than was meant.\n\n\
         Set a later date, or end the offer:\n\n    \
         offer_status: inactive";
    GAP = "date::gap", "an expiration date that does not exist in the time zone",
        "When clocks are set forward, an hour is left out. The `expiration_date` lies in that hour of `cake.time_zone`, so no clock ever shows \
         it, and what CAKE makes of it is not known.\n\n\
         Write the hour before or after it. An offer that has this date in CAKE already is a warning.";
    FOLD = "date::fold", "an expiration date that exists twice in the time zone",
        "When clocks are set back, an hour comes twice. The `expiration_date` lies in that hour of `cake.time_zone`, and whether the offer ends \
         in the first or in the second one is not known.\n\n\
         Write a time before or after that hour.";
}
