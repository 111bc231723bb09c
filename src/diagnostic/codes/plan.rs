//! Codes of what a plan has to say.

use crate::diagnostic::code::codes;

codes! {
    CREATE_ONLY = "plan::create-only", "a create-only field was changed",
        "CAKE's update call can change offer_name, offer_status, payout, revenue and expiration_date, nothing else. For any other \
         field there are two ways: change it in CAKE by hand and run `offersync state accept KEY`, or set \
         `sync.on_create_only_change: replace`, which creates a new offer and makes the old one inactive; affiliates then need new links.";
    PROTECTED = "plan::protected", "a protected offer would be retired or replaced",
        "The offer is marked `sync.protect: true`, and the state remembers it even when the YAML is gone. Put the YAML back, or set \
         `protect: false` and apply before you remove it.";
    REMOVED = "plan::removed", "an offer's YAML is gone and `removed.action` is \"error\"",
        "The configuration says that the YAML of a recorded offer never just goes away. Put the file back, set the offer inactive \
         instead, or run `offersync state rm KEY` to forget it.";
    DATE_NOT_CLEARED = "plan::date-not-cleared", "an expiration date left the YAML but stays in CAKE",
        "CAKE's API has no way to clear a date. offersync stops managing the field; clear it in CAKE by hand if the offer is not meant \
         to expire.";
    UNKNOWN_RENAME = "plan::unknown-rename", "`sync.renamed_from` names a key that is not recorded",
        "Neither the old nor the new key is recorded, so there is nothing to rename and the offer is created. If the offer does exist \
         in CAKE, import it instead, or correct the key.";
    IN_DOUBT = "plan::in-doubt", "an earlier create is in doubt",
        "An apply sent a create and never learned what became of it. The next apply first looks in CAKE and creates nothing for this key \
         before it knows. A person can decide with `offersync state resolve KEY`.";
    MARGIN = "plan::margin", "the payout is above the revenue",
        "Payout and revenue have the same type, and more would be paid out than comes in.";
    NOTHING_MATCHES = "plan::nothing-matches", "a key pattern that matches no offer",
        "The pattern matches neither a desired nor a recorded key, most often a slip of the pen.";
    DRIFT = "plan::drift", "an offer was changed in CAKE",
        "What CAKE shows differs from what was recorded when it last confirmed the offer: a person or another program changed it \
         there, or the offer expired by itself. `offersync drift` shows who moved what, and `offersync drift --accept KEY` takes CAKE's \
         values into the YAML.";
    GONE = "plan::gone", "a recorded offer is not in CAKE's list",
        "CAKE's API has no delete. An offer that a complete list does not show is most often one that the API key's user may not see. \
         offersync never creates another one in its place. If it is gone for good, run `offersync state rm KEY`.";
    OVERWRITES = "plan::overwrites", "an apply would overwrite a change made in CAKE",
        "The plan was made against what CAKE shows now, and carrying it out would overwrite what somebody changed there, without \
         anybody having reviewed that. Take CAKE's values over with `offersync drift --accept KEY`, review and apply a saved plan \
         (`plan --refresh --out FILE`, `apply --refresh FILE`), or say `--overwrite-drift`.";
    PERHAPS_RENAME = "plan::perhaps-rename", "an offer is created that looks like one whose YAML is gone",
        "A file's name is its offer's key, so renaming a file looks like one offer that goes and another that comes: the old one would \
         be made inactive and a new one created, with a new id and new links. If it is the same offer, name its old key with \
         `sync.renamed_from`. If it is meant, there is nothing to do.";
    UNPROTECTED = "plan::unprotected", "an offer loses its protection",
        "`sync.protect` is no longer true. When this is applied, the state forgets the protection too, and from then on the offer is \
         retired when its YAML goes.";
}
