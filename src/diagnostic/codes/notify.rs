//! Codes of the message to a webhook.

use crate::diagnostic::code::codes;

codes! {
    NOT_SENT = "notify::not-sent", "a webhook was not told",
        "After an apply that did something or failed, and after a drift that found something, one message goes to the address in the environment \
         variable that `notify.webhook_env` names. The variable is not set, its value is no address, no reply came within ten seconds, or the \
         reply was no success.\n\n\
         The apply or the drift itself is as it was, and its exit code too. Correct the variable, or take the setting out of offersync.toml.";
}
