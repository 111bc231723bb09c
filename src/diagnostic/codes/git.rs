//! Codes of `plan --since`, which asks git for earlier offers.

use crate::diagnostic::code::codes;

codes! {
    BAD_REFERENCE = "git::bad-reference", "not the name of a commit",
        "`--since` takes a branch, a tag or the id of a commit. This text cannot be any of them.\n\n    \
         offersync plan --since origin/main";
    NOT_INSTALLED = "git::not-installed", "git is not installed",
        "`--since` asks the `git` program for the offers as they were at a commit, and there is no such program in PATH.\n\n\
         Install git, or plan without `--since`.";
    NO_REPOSITORY = "git::no-repository", "the folder is not in a git repository",
        "`--since` compares with a commit, and the folder of offersync.toml is not in a repository.\n\n\
         Run the command in a clone, or plan without `--since`.";
    UNKNOWN_COMMIT = "git::unknown-commit", "the commit is not in this clone",
        "The name is not a commit that this clone has. CI systems often clone only the newest commit.\n\n\
         Fetch the rest of the history (with actions/checkout: `fetch-depth: 0`):\n\n    \
         git fetch --unshallow";
    NOT_RUN = "git::not-run", "git could not be run",
        "The operating system did not start the `git` program, or its answer could not be read. The message has the reason.\n\n\
         Check that git works in the same folder:\n\n    \
         git status";
    FAILED = "git::failed", "git failed",
        "The `git` program ended with an error, which the message quotes.\n\n\
         Check the repository:\n\n    \
         git fsck";
}
