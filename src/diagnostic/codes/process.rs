//! Codes of the program as a process: its command line, its files, signals and errors of its own.

use crate::diagnostic::code::codes;

codes! {
    DISK = "disk::failed", "a file could not be read or written",
        "The operating system reported an error, for example a full disk or missing permissions. offersync stops before it sends \
         anything that it cannot record. Everything done so far is in the state or in its journal.\n\n\
         Fix the cause (the message names the file), then run the same command again. It continues where it stopped.";
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
    CLOCK = "command::clock", "the clock of the machine is wrong",
        "offersync dates what it records, and waits by the clock until CAKE can no longer be working on a request. The clock of this \
         machine is set to a time before 1970 or after 9998. Nothing was read or changed.\n\n\
         Look at the clock, and set it:\n\n    \
         date";
    INTERRUPTED = "command::interrupted", "a signal ended the command",
        "The command received SIGINT (Ctrl-C) or SIGTERM before it changed anything. The exit code is 130.\n\n\
         Run the command again.";
    INTERNAL = "internal::error", "an internal error",
        "offersync reached a situation that it should prevent. It stopped instead of going on with values that may be wrong. What was done \
         before is in the state or in its journal.\n\n\
         Run the command again with `-vv`, which logs every request, and report the message and the log.";
}
