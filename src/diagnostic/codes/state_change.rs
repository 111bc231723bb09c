//! Codes of changes of the state by hand that are not possible. Each one changed nothing.

use crate::diagnostic::code::codes;

codes! {
    KEY = "state::key", "a key is not recorded in the state",
        "The command names a key that the state does not have. Usually it is a typo.\n\n\
         Show all recorded keys:\n\n    \
         offersync state list";
    KEY_TAKEN = "state::key-taken", "the new key has an offer already",
        "`state mv` gives an offer another key, and the state has an offer under that key. One of the two would be lost.\n\n\
         Look at both records. Choose another key, or forget the record that is wrong (the offer stays in CAKE):\n\n    \
         offersync state show KEY\n    \
         offersync state rm KEY";
    NO_YAML = "state::no-yaml", "the key has no YAML",
        "`state accept` and `state adopt` take values from the YAML of the key, and there is none.\n\n\
         Add the YAML file first, or correct the key. `offersync state list` shows every recorded key.";
    NOT_IN_DOUBT = "state::not-in-doubt", "no create of the key is in doubt",
        "`state resolve` records what became of a create whose reply was lost. This key has no such create.\n\n\
         `offersync state list` shows the creates in doubt. To record an offer that exists in CAKE for a key that has YAML:\n\n    \
         offersync state adopt KEY --offer-id N";
    OFFER_OWNED = "state::offer-owned", "the offer belongs to another key",
        "An offer of CAKE is recorded for one key at most, because two YAML files would overwrite each other's values.\n\n\
         Check the id. If the offer has only another key now, rename its record:\n\n    \
         offersync state show OLD-KEY\n    \
         offersync state mv OLD-KEY NEW-KEY";
    REPLACED_ACTIVE = "state::replaced-active", "an offer that was replaced may still be active",
        "The record names an offer that this one replaced, and the apply that was to make it inactive did not finish. Without the record, \
         nothing would do that, and both offers would run.\n\n\
         Let an apply finish the replacement, then remove the record:\n\n    \
         offersync apply\n    \
         offersync state rm KEY\n\n\
         If CAKE does not have the replaced offer any more, or another offer has its id, remove that one first:\n\n    \
         offersync state rm KEY --replaced N";
    NOT_REPLACED = "state::not-replaced", "the key has not replaced that offer",
        "`state rm --replaced` removes an offer from the list of those that the key's present one has replaced. The id is not in that \
         list.\n\n\
         Show the list:\n\n    \
         offersync state show KEY";
    REPLACED_REUSED = "state::replaced-reused", "a replaced offer is another one in CAKE by now",
        "The key had this offer before its present one. CAKE shows it with another name or another advertiser than recorded: a person uses it \
         for something else. Recorded for the key again, the next apply would write the YAML's values over it.\n\n\
         To go on with the present offer, undo the change in the YAML. If the offer was only renamed, give it its recorded name back in CAKE, \
         then run `offersync state adopt` again.";
    STILL_REPLACED = "state::still-replaced", "CAKE still has the replaced offer",
        "`state rm --replaced` looks in CAKE first, and CAKE shows the offer with the name and the advertiser that it had when it was \
         replaced. Without its record, nothing would make it inactive, and no command would see that it is active again.\n\n\
         Let an apply make it inactive:\n\n    \
         offersync apply";
    UNSETTLED = "state::unsettled", "an update without a reply may still take effect",
        "The reply to an update was lost, and CAKE may still be working on it (`cake.settle_seconds`). The record of the offer knows of that, \
         and an apply waits for it before it changes the same value. Without the record, the late update could overwrite a newer value.\n\n\
         Run the command again after the time that the message names.";
    WAITING = "state::waiting", "an update waits in CAKE",
        "CAKE has accepted an update without doing it at once (a queue, an approval). It stays in the record of the offer until CAKE is seen to \
         have done it, or until you say that CAKE will not do it. Without the record, nothing would be known of it.\n\n\
         Look in CAKE among what waits for approval. If the update was refused there, or taken back:\n\n    \
         offersync state resolve KEY --not-done";
    NOTHING_WAITS = "state::nothing-waits", "no update waits in CAKE",
        "`state resolve --not-done` ends the wait for updates that CAKE has accepted without doing them. None is recorded for this key.\n\n\
         Show what waits:\n\n    \
         offersync state list";
    UPDATE_DONE = "state::update-done", "CAKE has done the update",
        "`state resolve --not-done` says that CAKE will not do an update that it has accepted, and CAKE shows its values now.\n\n\
         An apply records them, and sends those of the YAML where they are others:\n\n    \
         offersync apply";
    CREATE_UNSETTLED = "state::create-unsettled", "CAKE may still create the offer",
        "The reply to a create was lost, and CAKE may still be working on it (`cake.settle_seconds`): that CAKE does not have the offer \
         yet proves nothing. Once the create is no longer in doubt, the next apply creates the offer again, and there would be two.\n\n\
         Another offer of that name does not change this: `state adopt` ends the doubt at once only with the offer that the create certainly \
         made, `state resolve --offer-id` only with one that is exactly what was sent.\n\n\
         `offersync apply` waits for that time, then looks for the offer. Or look in CAKE yourself after the time that the message names, \
         and run the command again.";
    RECORDED_MEANWHILE = "state::recorded-meanwhile", "the key got an offer while its create was in doubt",
        "The create in doubt was to make the first offer of the key, and the key has an offer now. To record the created one would lose \
         the other.\n\n\
         The message names both. Let the created one take its place (the next apply makes the present one inactive), or record that the \
         create made nothing:\n\n    \
         offersync state adopt KEY --offer-id N\n    \
         offersync state resolve KEY --not-created";
    NOT_IN_CAKE = "state::not-in-cake", "CAKE does not show the offer",
        "The command looks an offer up in CAKE before it records it, and CAKE shows no offer with this id.\n\n\
         Check the id in CAKE. A new offer may appear in the list a moment later. If the API key's user may not see the offer, change \
         the permissions. If CAKE has the offer and does not list it because of its status, such as pending, record it unseen:\n\n    \
         offersync state adopt KEY --offer-id N --unseen";
    NOT_CREATED = "state::not-created", "the offer is not the one that the create made",
        "`state resolve --offer-id` records the offer that a create in doubt made. This offer differs from what was sent, in its name or \
         its advertiser, so it is another one.\n\n\
         Check the id. If it is nevertheless the offer that the YAML describes:\n\n    \
         offersync state adopt KEY --offer-id N";
    CREATED = "state::created", "CAKE shows an offer that the create may have made",
        "`state resolve --not-created` looks in CAKE, and the listing shows an offer of this advertiser with the name that was sent, or one like \
         it, that no key owns or that is recorded for a key to which it does not fit. Recorded as not created, it would be created a second \
         time. `state adopt` and `state resolve --offer-id` look as well: while another offer is exactly what was sent, they are refused. So \
         is `state adopt` of an offer that the create of another key may have made: any offer of its advertiser that is newer.\n\n\
         Record the offer that the message names:\n\n    \
         offersync state resolve KEY --offer-id N\n\n\
         If it is another offer, give it another name in CAKE, then run the command again.";
    OTHER_ADVERTISER = "state::other-advertiser", "the offer has another advertiser than the YAML",
        "CAKE's API cannot move an offer to another advertiser, so an offer of another advertiser cannot become the key's offer.\n\n\
         Correct the id, or the advertiser in the YAML.";
    SHOWN_OTHERWISE = "state::shown-otherwise", "CAKE has another value than the one to accept",
        "`state accept` records the create-only values of the YAML after a person changed them in CAKE. CAKE still shows another value, \
         and the record must not say otherwise.\n\n\
         Change the value in CAKE, or correct the YAML, then accept it again:\n\n    \
         offersync state accept KEY";
    UNSEEN = "state::unseen", "CAKE did not show what would be recorded",
        "`state accept`, `state adopt`, `state resolve` and `state rm --replaced` look in CAKE before they record what a person says. Here CAKE has no listing of offers, \
         or the listing does not show the fields that the message names.\n\n\
         Look in CAKE yourself. If it is as you say, run the command again with `--unseen`: your word is recorded then, and \
         nothing compares it with CAKE:\n\n    \
         offersync state accept KEY --unseen";
    PROTECTED = "state::protected", "a protected offer is not replaced",
        "The record says `protect: true`, so the key keeps its offer.\n\n\
         If another offer should take its place, remove `sync.protect` from the YAML and apply that first:\n\n    \
         offersync apply";
    NOT_A_STATE = "state::not-a-state", "a file to merge is not a valid state",
        "`offersync state merge` reads three versions of the state, and one of them is damaged or another kind of file. The message names \
         the file and the line. Nothing was merged and no file was changed.\n\n\
         Cancel the merge, repair the state on that side, and merge again:\n\n    \
         git merge --abort\n    \
         offersync validate";
}
