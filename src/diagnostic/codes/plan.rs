//! Codes of the findings in a plan.

use crate::diagnostic::code::codes;

codes! {
    CREATE_ONLY = "plan::create-only", "a create-only field was changed",
        "CAKE's update call can change `offer_name`, `offer_status`, `payout`, `revenue` and `expiration_date`, and no other field. \
         The offer is blocked, and the plan cannot be applied as it is.\n\n\
         There are three ways to go on:\n\n    \
         1. Undo the change in the YAML.\n    \
         2. Change the field in CAKE by hand, then record it:\n       \
         offersync state accept KEY\n    \
         3. Let offersync create a new offer and make the old one inactive. The\n       \
         new offer has a new id, so affiliates need new links:\n       \
         sync:\n         on_create_only_change: replace\n\n\
         To apply everything else meanwhile, add `--exclude KEY`.";
    PROTECTED = "plan::protected", "a protected offer would be retired or replaced",
        "The offer has `sync.protect: true`. The state remembers this, even after the YAML is deleted.\n\n\
         Restore the YAML file (`git checkout`). If the offer should go, first set `protect: false`, run `offersync apply`, and then \
         delete the file.";
    REVERTED_REPLACE = "plan::reverted-replace", "the YAML describes an offer that was replaced",
        "An offer was replaced by a new one, because CAKE cannot change a field. Now the YAML has the values of the old offer again, for \
         example after `git revert`. Another replacement would create a third offer, so the change is blocked.\n\n\
         To use the old offer again, with its id and its links, record it for the key. The next apply makes it active and the newer \
         offer inactive:\n\n    \
         offersync state adopt KEY --offer-id N\n\n\
         To keep the newer offer, undo the change in the YAML.";
    REMOVED = "plan::removed", "the YAML of an offer is gone and `removed.action` is \"error\"",
        "The configuration does not allow the YAML of a recorded offer to be deleted.\n\n\
         Restore the file, and set `offer_status: inactive` in it if the offer should stop. To remove the offer from the state and \
         leave it in CAKE as it is:\n\n    \
         offersync state rm KEY";
    DATE_NOT_CLEARED = "plan::date-not-cleared", "an expiration date was removed from the YAML but stays in CAKE",
        "CAKE's API cannot clear a date. offersync stops managing the field, and the offer still expires on that date.\n\n\
         If the offer should not expire, clear the date in CAKE by hand, or set a later `expiration_date` in the YAML.";
    NOT_SENT = "plan::not-sent", "a replacement lacks an amount, or its type or currency",
        "A replace creates a new offer, and the new offer has only what the YAML gives. The YAML of this one gives no payout or \
         no revenue, or leaves out a type or a currency that is recorded. Where nothing is recorded, it is not known whether the offer \
         that it replaces has one in CAKE.\n\n\
         Write it in the YAML before you apply; what is not recorded, look up in CAKE. A value that is recorded and not in the YAML \
         is shown in the plan as `not sent`.";
    UNKNOWN_RENAME = "plan::unknown-rename", "`sync.renamed_from` names a key that is not recorded",
        "Neither the old key nor the new key is recorded, so there is nothing to rename, and the offer will be created.\n\n\
         Correct the key (`offersync state list` shows the recorded ones). If the offer exists in CAKE, record it with \
         `offersync state adopt KEY --offer-id N`. If it is new, remove `sync.renamed_from`.";
    IN_DOUBT = "plan::in-doubt", "an earlier create is in doubt",
        "An earlier apply sent a create, and the reply was lost. CAKE may or may not have the offer.\n\n\
         Run `offersync apply` again: it looks in CAKE first, and creates nothing for this key before the answer is clear. If it \
         cannot decide, look in CAKE yourself, then record what you found:\n\n    \
         offersync state resolve KEY --offer-id 12345\n    \
         offersync state resolve KEY --not-created";
    NOTHING_MATCHES = "plan::nothing-matches", "a key pattern matches no offer",
        "The pattern matches neither an offer in YAML nor a recorded offer. Usually it is a typo, or the shell has expanded the \
         pattern.\n\n\
         Patterns are matched against keys. Put them into quotes:\n\n    \
         offersync plan 'auto-*'";
    DRIFT = "plan::drift", "an offer was changed in CAKE",
        "CAKE shows other values than those recorded when CAKE last confirmed the offer. A person or another program changed it, or \
         it expired.\n\n\
         `offersync drift` shows each change. To keep CAKE's values, write them into the YAML and the state:\n\n    \
         offersync drift --accept KEY\n\n\
         To overwrite them with the YAML's values, review and apply a plan against CAKE:\n\n    \
         offersync plan --refresh --out plan.json\n    \
         offersync apply plan.json";
    NOT_COMPARED = "plan::not-compared", "CAKE does not show a managed field, or not in a form that can be read",
        "`plan --refresh` compares the offers with what CAKE shows. The listing does not show every field, and a value may have a form \
         that offersync does not know. Nothing is known of such a field: the plan goes by its recorded value, and a change made in CAKE \
         is not seen.\n\n\
         Look at the field in CAKE itself if it matters for this plan. `offersync drift` lists the values that cannot be read.";
    GONE = "plan::gone", "a recorded offer is not in CAKE's list",
        "CAKE's API cannot delete an offer. If an offer is missing from a complete list, the user of the API key is usually not allowed \
         to see it. offersync never creates another one in its place.\n\n\
         Check the permissions of the API key's user. If CAKE's own pages show that the offer no longer exists, delete its YAML first: \
         while it is there, the next apply would create the offer again. Then remove it from the state:\n\n    \
         offersync state rm KEY";
    LIKE_RETIRED = "plan::like-retired", "a new offer has the name and advertiser of a retired one",
        "The YAML describes an offer that is not recorded under its key, and another key has an offer of that name and advertiser, which was \
         retired when its YAML was deleted. That is what a file looks like that was renamed in two steps, with an apply in between.\n\n\
         If it is the same offer, give its record the new key. The offer keeps its id and its links, and the next apply makes it active \
         again:\n\n    \
         offersync state mv OLD NEW\n\n\
         If it is another offer, go on: CAKE will have two of that name, the old one inactive, and affiliates get links to the new one.";
    NEWER_DUPLICATE = "plan::newer-duplicate", "CAKE has a newer offer like one that is changed, and no key owns it",
        "An offer in CAKE has the name and advertiser of one that the plan changes. It is newer, it is not inactive, and no key owns it. \
         A replace may have created it, and its record was lost with the machine that ran the apply; the change then goes to the older \
         offer, and the newer one goes on to take traffic.\n\n\
         Look at both in CAKE. If the newer one is the key's offer, record that while its YAML is there. The next apply makes the older \
         one inactive:\n\n    \
         offersync state adopt KEY --offer-id N\n\n\
         If it is another offer, give it another name in CAKE. If nothing needs it, make it inactive there.";
    OVERWRITES = "plan::overwrites", "the apply would overwrite a change made in CAKE",
        "`apply --refresh` found unreviewed changes that were made in CAKE. Nothing was written.\n\n\
         To keep CAKE's values, run `offersync drift --accept KEY`. To overwrite them, review a saved plan and apply that:\n\n    \
         offersync plan --refresh --out plan.json\n    \
         offersync apply plan.json\n\n\
         To overwrite them without a review, add `--overwrite-drift`.";
    UNDECLARED_RENAME = "plan::undeclared-rename", "a new offer looks like one whose YAML is gone",
        "The key of an offer is the name of its file. After a file is renamed, or a rename is reverted in git, a plan would therefore \
         retire the old offer and create a new one, with a new id and new links. So both are blocked.\n\n\
         If it is the same offer, change the key in the state, and the offer keeps its id:\n\n    \
         offersync state mv OLD-KEY NEW-KEY\n\n\
         Where others work with the same state, name the old key in the new file instead. The next apply then changes the state:\n\n    \
         sync:\n      renamed_from: OLD-KEY\n\n\
         If they are two different offers, give the new one another name.";
    FORMER_KEY = "plan::former-key", "a new offer has the former key of a recorded one",
        "The YAML would create an offer under a key that an earlier state had for an offer of CAKE, and that offer is recorded under another key \
         now. Its YAML probably came into the repository twice, such as from imports in two clones of which a merge kept one record. CAKE \
         would have the offer twice. The ten newest states in git's history are looked at, and those of the last applies on this machine.\n\n\
         If it is the same offer, remove one of the two files. To keep the key of the new one, remove the other file and run:\n\n    \
         offersync state mv OTHER-KEY KEY\n\n\
         If it is another offer, give its file another name.";
    UNPROTECTED = "plan::unprotected", "an offer loses its protection",
        "`sync.protect` is no longer `true`. After this is applied, deleting the YAML retires the offer.\n\n\
         If that is not intended, set the protection again:\n\n    \
         sync:\n      protect: true";
    UNSETTLED = "plan::unsettled", "an earlier update may still take effect",
        "CAKE has accepted an update of the offer without doing it at once (a queue, an approval), or its reply was lost, and CAKE was not \
         seen to have done it. If CAKE carries it out later, its values replace what was sent meanwhile.\n\n\
         A value that CAKE has accepted is not sent again. Each apply looks whether CAKE shows it by now, records it then, and sends the \
         value of the YAML if that is another one. Until then every plan and report says that it may still come.\n\n\
         Look in CAKE among what waits for approval. If the update was refused there, or taken back, say so:\n\n    \
         offersync state resolve KEY --not-done\n\n\
         Of an update whose reply was lost, compare afterwards:\n\n    \
         offersync drift";
    UNCHECKED_CREATES = "plan::unchecked-creates", "offers will be created without a look in CAKE",
        "The configuration says `cake.duplicate_check = \"off\"`, so an apply does not look whether CAKE has the new offers already. An offer \
         that exists is then created a second time. A create whose reply is lost waits for you (`offersync state resolve`).\n\n\
         If your CAKE has a list of offers, remove the setting: the default looks before it creates.";
}
