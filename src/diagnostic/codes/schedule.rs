//! Codes of schedules.

use crate::diagnostic::code::{Code, codes};

/// The lints of schedules: of these, a configuration sets the level, and an offer can be exempt.
pub const LINTS: &[Code] = &[AFTER_EXPIRY, NO_CHANGE];

codes! {
    ENTRY = "schedule::entry", "an entry of a schedule that cannot be read",
        "`sync.schedule` is a list. Each entry has `at` and values of fields that an update can change:\n\n    \
         sync:\n      \
         schedule:\n        \
         - at: 2026-12-01 00:00:00\n          \
         payout: 30.00\n        \
         - at: 2027-01-15 00:00:00\n          \
         offer_status: inactive\n\n\
         From its time on, the values of an entry are the ones that are wanted, until a later entry gives others. Each time stands once in a \
         list. An entry of the offer and one of a `_defaults.yaml` may have the same time: the values of the offer's own entry count.";
    TIME = "schedule::time", "a time of a schedule that does not exist, or exists twice",
        "`at` is a date and a time in `cake.time_zone`, as in `2026-12-01 00:00:00`. Where clocks are set forward, an hour is left out, and \
         where they are set back, an hour comes twice. A time in such an hour could mean two moments or none, so it is an error; the message \
         has the two times beside it.";
    AFTER_EXPIRY = "schedule::after-expiry", "an entry of a schedule that comes after the offer's end",
        "The `expiration_date` that is wanted at that time has passed before the entry takes effect. CAKE moves an offer to Expired by itself \
         once its date has passed, so that the entry changes an offer that takes no traffic.\n\n\
         Remove the entry, or set a later date in it:\n\n    \
         - at: 2027-01-15 00:00:00\n      \
         expiration_date: 2027-06-30 23:59:59";
    NO_CHANGE = "schedule::no-change", "an entry of a schedule that changes nothing",
        "The offer has the value already when the entry takes effect, by an earlier entry or by its own field, or the field is under \
         `sync.ignore_changes` and no update sends it. A new offer, and a replacement, begins with it.\n\n\
         Remove the entry, or correct its value or its time.";
    OVERRIDDEN = "schedule::overridden", "an edited value that has no effect, because an entry of a schedule is due",
        "From its time on, an entry of `sync.schedule` takes the place of the offer's own value. An edit of the own value after that \
         changes nothing in CAKE. `edit` and `drift --accept` do not make such an edit, and `plan --since` warns of one.\n\n\
         Write the value into the entry:\n\n    \
         offersync edit KEY --at \"2026-12-01 00:00:00\" --set payout=30.00\n\n\
         Or take the past entries out first, which writes their values into the fields:\n\n    \
         offersync fmt --prune-schedule\n\n\
         With `[expired] action = \"retire\"`, an expiration date that has passed overrides `offer_status` in the same way. Set a later date.";
    FROZEN = "schedule::frozen", "an entry of a schedule that takes effect in a freeze",
        "The time of the entry lies in a freeze of offersync.toml. An apply holds the change back and sends it when the freeze has ended; \
         `offersync schedule` lists what is held back, and until when.\n\n\
         Move the entry, or leave the offer out of the freeze by a waiver of `freeze` in `sync.waive`.";
    REMOVED = "schedule::removed", "a change that was scheduled and is not any more",
        "At the commit that `plan --since` compares with, the offer had an entry of `sync.schedule` that has not taken effect yet, and it is \
         gone or has another value or time now. What was reviewed to happen will not happen.\n\n\
         If that is meant, there is nothing to do.";
    OVERDUE = "schedule::overdue", "a scheduled change that is due and was not applied",
        "The time of an entry of `sync.schedule` has come, and the state does not have its value. Schedulers of CI systems are late, by hours \
         at times, so `offersync schedule --check 6h` says which delay is too much.\n\n\
         Look at the scheduled job that runs the apply: whether it runs, and what it says. By hand:\n\n    \
         offersync apply";
    PAST = "schedule::past", "entries of schedules that are past",
        "Entries that have taken effect go on to decide what is wanted: an edit of the offer's own value has no effect beside them. They can \
         be taken out, which writes their values into the fields and changes no plan:\n\n    \
         offersync fmt --prune-schedule\n\n\
         Counted are the entries that this command takes out, or names with what to do by hand. Those with a value that is not recorded yet, and \
         those of a `_defaults.yaml`, stay.";
}
