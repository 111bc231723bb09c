//! Codes of what `names pull` finds.

use crate::diagnostic::code::codes;

codes! {
    RENAMED = "advertiser::renamed", "CAKE shows another name of an advertiser",
        "offersync.toml has beside the id what CAKE called the advertiser when `names pull` ran last. CAKE calls it otherwise now: it was renamed, \
         or the id stands for another advertiser than the one that was meant.\n\n\
         Look in CAKE whether it is the same advertiser. Then write its new name down; the name that offers use stays:\n\n    \
         offersync names pull";
    NOT_SHOWN = "advertiser::not-shown", "CAKE does not show an advertiser that has a name",
        "CAKE's list of advertisers was read whole and does not hold this id. The advertiser was deleted, the id is wrong, or the user of the API \
         key may not see it; which of them is not known. A create for it is probably rejected.\n\n\
         Look in CAKE for the id. Correct the line in offersync.toml, or remove it once no offer uses the name.";
    INACTIVE = "advertiser::inactive", "an advertiser that is not active has active offers",
        "CAKE shows the advertiser with a status other than active, and offers of it are recorded as active. CAKE stops all offers of such an \
         advertiser: their clicks lead elsewhere and their conversions may not count.\n\n\
         Activate the advertiser in CAKE, or set its offers inactive:\n\n    \
         offersync edit --where 'advertiser == NAME' --set offer_status=inactive";
    UNNAMED = "advertiser::unnamed", "an advertiser gets no name by itself",
        "`names pull` makes a name of what CAKE calls the advertiser, and never one that another advertiser has or would get as well. What CAKE \
         calls this one has no letter, or leads to such a name.\n\n\
         Give it a name of your own under `[names.advertisers]` in offersync.toml:\n\n    \
         acme-uk = 104";
}
