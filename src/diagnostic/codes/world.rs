//! Codes of what goes wrong around the user's files: state, lock, disk, network, CAKE, and the command line.

use crate::diagnostic::code::codes;

codes! {
    STATE_REFUSED = "state::refused", "the state file cannot be used",
        "A state that is damaged, cut short, marked with conflicts, made by a newer offersync, or made for another CAKE is refused and \
         never taken for empty: an empty state would create every offer once more. The message says which it is and what to do. The \
         generation before the last is kept beside the state file, with `.previous` behind its name, and git has the others.";
    STATE_KEY = "state::key", "a key that the state does not have",
        "The command names a key that is not recorded, most often a slip of the pen. `offersync state list` shows every recorded key.";
    STATE_CHANGE = "state::change", "a change of the state that cannot be made",
        "Two keys can never own one offer, and a record is never overwritten by another. The message names the two.";
    STATE_CONFLICT = "state::conflict", "two states that cannot be merged",
        "`offersync state merge`, which git calls when both sides of a merge changed the state, found something that no rule can \
         decide: one key with two of CAKE's offers, one offer under two keys, an offer that one side forgot and the other changed. \
         Nothing was merged and no file was changed. The message names both sides; settle it on one of them and merge again.";
    LOCKED = "state::locked", "another apply holds the lock",
        "One apply at a time works on a state. The message shows who holds the lock. Wait for it with --lock-timeout SECONDS. If that \
         process is dead, its lock is gone by itself, so there is nothing to remove by hand.";
    DISK = "disk::failed", "a file could not be read or written",
        "offersync stops before it begins anything that it could not write down. What was done before is in the state or in the \
         journal beside it, and the next apply goes on from there.";
    KEY_MISSING = "cake::key-missing", "no API key in the environment",
        "apply, drift and import talk to CAKE and need its API key, from the environment variable that `cake.api_key_env` names \
         (default CAKE_API_KEY). plan and validate need none.";
    KEY_REFUSED = "cake::key-refused", "CAKE refused the API key",
        "CAKE answered that the key is not valid or may not do this. Nothing more was sent. Check the key, its user's permissions, and \
         that this machine's address is on CAKE's list of allowed addresses.";
    LISTING = "cake::listing", "CAKE's list of offers could not be read to its end",
        "A plan or a check made from an incomplete list could create offers twice, so it stops here, before any write. Run it again; if \
         your CAKE does not have the listing at all, set `cake.duplicate_check = \"off\"`.";
    UNREACHABLE = "cake::unreachable", "CAKE cannot be reached",
        "No request could be made at all. Check `cake.url`, the network, and that this machine's address is on CAKE's list of allowed \
         addresses: a call from any other address may simply get no answer.";
    EXISTS = "cake::exists", "an offer of that name is in CAKE already",
        "CAKE has an offer with the same name and advertiser that no key of yours owns. Creating another one would double it. Import the \
         existing one with `offersync import`, or give the new one another name.";
    NOT_CONFIRMED = "apply::not-confirmed", "nobody said yes",
        "apply asks before it writes. Where there is no terminal to ask on, --auto-approve says yes beforehand.";
    STALE = "apply::stale", "the saved plan is no longer what would be done",
        "A saved plan is carried out exactly or not at all. Since it was made, the offers, the configuration, the state or the CAKE address \
         have changed for the offers that the message names. Make a new plan and review it.";
    PLAN_FILE = "apply::plan-file", "the file is not a saved plan",
        "The file cannot be read as a plan that this version of offersync saved with `plan --out FILE`.";
    USAGE = "usage::wrong", "the command line cannot be understood",
        "See `offersync help` or `offersync COMMAND --help`, which shows examples.";
    GIT = "git::failed", "git could not answer",
        "The command asks git for an older version of the offers. Git has to be installed, the folder has to be in a repository, and the \
         named commit has to be there; a shallow clone often lacks it (fetch with more depth).";
    OTHER = "internal::other", "something went wrong",
        "The message tells what is known.";
}
