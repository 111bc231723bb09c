//! Codes of problems outside the offer files: disk, signals, the question before an apply, saved plans and the command line.

use crate::diagnostic::code::codes;

codes! {
    DISK = "disk::failed", "a file could not be read or written",
        "The operating system reported an error, for example a full disk or missing permissions. offersync stops before it sends \
         anything that it cannot record. Everything done so far is in the state or in the journal beside it.\n\n\
         Fix the cause (the message names the file), then run the same command again. It continues where it stopped.";
    NOT_CONFIRMED = "apply::not-confirmed", "the apply was not confirmed",
        "`apply` asks before it changes anything in CAKE. The answer was not `yes`. Nothing was changed.\n\n\
         Review the plan, and apply it when it is right:\n\n    \
         offersync plan\n    \
         offersync apply";
    NO_TERMINAL = "apply::no-terminal", "there is no terminal to ask on",
        "`apply` asks before it changes anything in CAKE, and its input is not a terminal, for example in CI. Nothing was changed.\n\n\
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
    START = "command::not-started", "the command could not be started",
        "The operating system refused what every command needs to wait for the network and the clock. The limit of open files is often \
         reached.\n\n\
         See the limit, and raise it where it is very low:\n\n    \
         ulimit -n";
    INTERRUPTED = "command::interrupted", "a signal ended the command",
        "The command received SIGINT (Ctrl-C) or SIGTERM before it changed anything. The exit code is 130.\n\n\
         Run the command again.";
    INTERNAL = "internal::error", "an internal error",
        "offersync reached a situation that it should prevent. It stopped instead of going on with values that may be wrong. What was done \
         before is in the state or in the journal beside it.\n\n\
         Run the command again with `-vv`, which logs every request, and report the message and the log.";
}
