//! Codes of the lints of `session_hours`.

use crate::diagnostic::code::codes;

codes! {
    RANGE = "session::range", "`session_hours` is unusually short or long",
        "A conversion that comes later than `session_hours` after the click is not recorded. Less than 24 hours loses the customers who \
         come back on the next day, and more than 8760 hours, a year, is usually a slip.\n\n\
         Offers that are paid for clicks or impressions have no conversion to wait for, so for them only the upper limit counts.\n\n\
         Set the number of hours that the advertiser agrees to:\n\n    \
         session_hours: 720";
}
