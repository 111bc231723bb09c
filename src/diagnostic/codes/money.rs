//! Codes of the lints of amounts.

use crate::diagnostic::code::codes;

codes! {
    ZERO = "money::zero", "an active offer with a payout or a revenue of zero",
        "A payout of 0 pays affiliates nothing, and a revenue of 0 means that the advertiser pays nothing. Both are usually a default that \
         was not replaced. A new offer with a payout and no revenue at all is the same.\n\n\
         Write the amount, or make the offer `pending` until it is known. If the offer is free on purpose:\n\n    \
         sync:\n      allow: [{lint: money::zero, reason: brand campaign without a payout}]";
    ABSOLUTE_BOUNDS = "money::absolute-bounds", "an amount beyond what its type can be",
        "With `revshare` the amount is a percentage, and a share above 100 pays out more than comes in.\n\n\
         Write the percentage, or correct the type. A share that CAKE has already is a warning.";
    PLACES = "money::places", "an amount has more decimals than its currency",
        "Most currencies have two decimals, some have none (JPY) or three (KWD). What CAKE makes of further digits is not known: it may round \
         them or cut them off, and then CAKE never shows what the YAML says. Prices for clicks and impressions are often fractions of a cent, \
         and a `revshare` is a percentage, so those may have two decimals more.\n\n\
         The currency is known by its name in `[names.currencies]`, such as JPY. Write no more decimals than it has.";
    TYPE_MISSING = "money::type-missing", "an amount has no type",
        "A new offer has a `payout` without a `payout_type`, or a `revenue` without a `revenue_type`. CAKE then chooses the type, which cannot be \
         changed afterwards, and offersync cannot compute a margin, so nothing that looks at the margin can warn.\n\n\
         Write the type, in the offer or in a `_defaults.yaml`:\n\n    \
         payout_type: cpa\n    \
         revenue_type: cpa";
    TYPE_MIX = "money::type-mix", "the payout is for clicks or impressions, and the revenue is not",
        "The offer pays for each click or impression, and the advertiser pays for an action or a share. Traffic without actions then costs money \
         without limit. Many offers are meant so, and the lint is off by default.\n\n\
         To turn it on, write in offersync.toml:\n\n    \
         [lints]\n    \
         \"money::type-mix\" = \"warn\"";
    CURRENCY = "money::currency", "the currency is missing, or differs from the advertiser's other offers",
        "A new offer has amounts and no currency although `[names.currencies]` names several: CAKE then chooses one. Or this one offer has \
         another currency than all the other offers of its advertiser, of which there are at least nine.\n\n\
         Write `currency: NAME`, in the offer or in a `_defaults.yaml`.";
}
