//! Codes of problems outside the offer files: disk, network, CAKE, saved plans, git and the command line.

use crate::diagnostic::code::codes;

codes! {
    DISK = "disk::failed", "a file could not be read or written",
        "The operating system reported an error, for example a full disk or missing permissions. offersync stops before it sends \
         anything that it cannot record. Everything done so far is in the state or in the journal beside it.\n\n\
         Fix the cause (the message names the file), then run the same command again. It continues where it stopped.";
    KEY_MISSING = "cake::key-missing", "no API key in the environment",
        "`apply`, `drift` and `import` send requests to CAKE and need its API key. They read it from the environment variable that \
         `cake.api_key_env` names (default: CAKE_API_KEY). `plan` and `validate` need no key.\n\n    \
         export CAKE_API_KEY=...\n    \
         offersync apply\n\n\
         To try offersync without a key, run `offersync apply --sandbox`.";
    KEY_REFUSED = "cake::key-refused", "CAKE refused the API key",
        "CAKE answered that the key is invalid or is not allowed to do this. offersync sent no further request.\n\n\
         Check the key, the permissions of its user, and that the IP address of this machine is on CAKE's list of allowed addresses. \
         Then run the command again: it continues where it stopped.";
    LISTING = "cake::listing", "CAKE's list of offers is incomplete or missing",
        "offersync lists CAKE's offers to find duplicates before it creates any. With an incomplete list it could create an offer \
         twice, so it stopped before any write.\n\n\
         Run the command again. If your CAKE has no listing at all, turn the check off in offersync.toml:\n\n    \
         cake.duplicate_check = \"off\"";
    UNREACHABLE = "cake::unreachable", "CAKE cannot be reached",
        "No request could be sent.\n\n\
         Check `cake.url` in offersync.toml and the network. CAKE may not answer an address that is not on its list of allowed \
         addresses, so check that the IP address of this machine is on it.";
    EXISTS = "cake::exists", "CAKE already has an offer with this name",
        "CAKE has an offer with the same name and advertiser that is not in your state. Creating it again would make a duplicate. \
         Nothing was written.\n\n\
         If it is the same offer, import it (with the YAML that you have already, add `--match`):\n\n    \
         offersync import --offer-id 12345 --match\n\n\
         If it is a different one, give your offer another `offer_name`.";
    NOT_CONFIRMED = "apply::not-confirmed", "the apply was not confirmed",
        "`apply` asks before it changes anything in CAKE. The answer was not `yes`, or there is no terminal to ask on, for example in \
         CI. Nothing was changed.\n\n\
         Review the plan, then apply without the question:\n\n    \
         offersync plan\n    \
         offersync apply --auto-approve";
    STALE = "apply::stale", "the saved plan is out of date",
        "A saved plan is applied exactly as it was reviewed, or not at all. After it was saved, the YAML, the configuration, the state \
         or the address of CAKE changed for the offers that the message names. Nothing was written.\n\n\
         Make a new plan, review it, and apply it:\n\n    \
         offersync plan --out plan.json\n    \
         offersync apply plan.json";
    PLAN_FILE = "apply::plan-file", "the file is not a saved plan",
        "The file was not saved by `plan --out FILE` of this version of offersync, or it was changed afterwards.\n\n\
         Make a new one:\n\n    \
         offersync plan --out plan.json\n\n\
         To apply only some offers, name their keys: `offersync apply 'auto-*'`.";
    USAGE = "usage::wrong", "invalid command line",
        "A command, flag or value is not known or does not fit the others.\n\n\
         Every command shows its flags and examples with `--help`:\n\n    \
         offersync help\n    \
         offersync plan --help";
    GIT = "git::failed", "git failed",
        "The command needs an earlier version of the offers from git. git is not installed, the folder is not in a repository, or the \
         commit does not exist here.\n\n\
         A shallow clone often lacks the commit. Fetch it:\n\n    \
         git fetch --unshallow";
    OTHER = "internal::other", "another error",
        "The message says what is known. If the cause is not clear, run the command again with `-vv`: it then prints every request.";
}
