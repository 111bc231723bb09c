//! Codes of problems in `offersync.toml`.

use crate::diagnostic::code::codes;

codes! {
    SYNTAX = "config::syntax", "offersync.toml is not valid TOML",
        "The file cannot be parsed as TOML. The message points at the place where parsing stopped.\n\n\
         Fix the syntax there, then run `offersync validate`. Text needs quotes, and each setting stands on its own line:\n\n    \
         offers = \"offers\"\n    \
         cake.url = \"https://yourdomain.cakemarketing.com\"";
    UNKNOWN_KEY = "config::unknown-key", "unknown setting",
        "offersync.toml has a setting that offersync does not know, usually a typo. It is an error because a setting that is silently \
         ignored is dangerous.\n\n\
         Correct the name or remove the line. The help line names the most similar setting. The README lists every setting.";
    WRONG_TYPE = "config::wrong-type", "a setting has the wrong type",
        "The setting exists, but its value has another type than it must have, for example a number in quotes.\n\n\
         Write numbers and `true` or `false` without quotes, and text with quotes:\n\n    \
         cake.max_in_flight = 4\n    \
         cake.time_zone = \"UTC\"";
    BAD_VALUE = "config::bad-value", "a setting has an invalid value",
        "The value has the right type, but it is out of range or is not one of the allowed words. The message says what is allowed.\n\n\
         For example, `removed.action` takes `retire`, `forget` or `error`:\n\n    \
         removed.action = \"retire\"";
    SECRET = "config::secret", "an API key in offersync.toml",
        "offersync.toml is committed to git, so an API key must not be in it.\n\n\
         Put the key into an environment variable. `cake.api_key_env` names the variable (default: CAKE_API_KEY):\n\n    \
         export CAKE_API_KEY=...\n\n\
         If a key was committed, everyone with access to the repository can read it: create a new key in CAKE and revoke the old one.";
    URL = "config::url", "`cake.url` is missing or invalid",
        "`cake.url` is the address of your CAKE instance, without a path. `http://` is accepted only for a loopback address such as \
         127.0.0.1, because the API key would cross the network unencrypted.\n\n\
         Set it in offersync.toml, or in the environment variable CAKE_URL:\n\n    \
         cake.url = \"https://yourdomain.cakemarketing.com\"";
    UNREADABLE = "config::unreadable", "offersync.toml cannot be read",
        "The file exists, but the operating system does not let offersync read it, its text is not UTF-8, it is larger than 1 MiB, or it is \
         not a regular file.\n\n\
         Check the permissions of the file, and save it as UTF-8.";
    ENVIRONMENT = "config::environment", "which environment is not clear",
        "offersync.toml has tables of several environments, `[environments.NAME]`. Each is one CAKE account, so a command works with one of \
         them. None was chosen, or one that is not there; or two of them have the same CAKE, the same state or the same name, so that an \
         apply of the one would change what belongs to the other.\n\n\
         Choose one with `--env NAME`, or in the environment variable OFFERSYNC_ENV. Give each its own `cake.url` and `state`:\n\n    \
         [environments.staging]\n    \
         state = \"offersync.staging.state.json\"\n    \
         cake.url = \"https://staging.cakemarketing.com\"";
    MISSING = "config::missing", "offersync.toml was not found",
        "offersync looks for offersync.toml in the working directory and in every directory above it, and found none.\n\n\
         Create one with `offersync init`, change to the right directory with `-C DIR`, or name the file with `--config FILE`.";
    INCOMPLETE = "config::incomplete", "an entry of a list lacks a setting",
        "Each entry of `[[rules]]`, `[[freeze]]` and `[[waivers]]` needs some settings: a rule its name and what has to hold, a freeze its two \
         times and a reason, a waiver its guardrail, its last day and a reason.\n\n\
         Add the setting that the message names, for example:\n\n    \
         [[freeze]]\n    \
         from = \"2026-12-20 00:00:00\"\n    \
         to = \"2027-01-02 00:00:00\"\n    \
         reason = \"Q4 freeze\"";
    CONDITION = "config::condition", "a condition of a rule cannot be read",
        "`where` and `require` of `[[rules]]` are conditions in the language of `edit --where`. The message points at the place where this one \
         cannot be read, and says what is expected there.\n\n\
         For example:\n\n    \
         require = 'payout <= 50 && offer_url contains \"#affid#\"'";
    NOT_EDITED = "config::not-edited", "names cannot be written into offersync.toml",
        "`names pull` changes nothing but names, and reads the new text back before it writes it. Here the file is written in a way in which that is \
         not possible, it was changed meanwhile, or git does not look for changes of it (assume-unchanged, skip-worktree). It is as it was.\n\n\
         See which names would be added, and write them by hand:\n\n    \
         offersync names pull --dry-run";
}
