//! Codes of problems in `offersync.toml`.

use crate::diagnostic::code::codes;

codes! {
    SYNTAX = "config::syntax", "offersync.toml is not TOML",
        "The file cannot be read as TOML. The message shows the place where reading stopped.";
    UNKNOWN_KEY = "config::unknown-key", "a setting that does not exist",
        "offersync.toml holds a key that offersync does not know, most often a slip of the pen. A setting that is silently \
         ignored is worse than one that is refused, so it is an error. The help line names the closest setting.";
    WRONG_TYPE = "config::wrong-type", "a setting of the wrong type",
        "The setting is there but is not of the type it must have, such as a number in quotes.";
    BAD_VALUE = "config::bad-value", "a setting with a value that cannot be",
        "The setting has the right type, but its value is out of range or not one of the words that are allowed.";
    SECRET = "config::secret", "an API key in a file",
        "The key itself is never allowed in offersync.toml, because the file is committed to git. Put the key into an \
         environment variable and name that variable with `cake.api_key_env` (default CAKE_API_KEY). If a key was committed, \
         make a new one in CAKE.";
    URL = "config::url", "`cake.url` cannot be used",
        "`cake.url` is the address of your CAKE, such as https://yourdomain.cakemarketing.com, without a path. Plain http:// is \
         refused except for a loopback address, because the API key would cross the network unprotected.";
    UNREADABLE = "config::unreadable", "offersync.toml cannot be read",
        "The file is there but the system refuses to give its text, or its text is not UTF-8.";
    MISSING = "config::missing", "offersync.toml was not found",
        "offersync looks for offersync.toml in the working folder and in every folder above it. Run `offersync init` to make one, \
         or name it with --config FILE.";
}
