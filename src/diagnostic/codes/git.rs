//! Codes of git: offer files that it holds and this disk does not show, and `plan --since`, which asks it for earlier offers.

use crate::diagnostic::code::codes;

codes! {
    HIDDEN = "git::hidden", "git holds offer files that are not on this disk",
        "Files of the offers folder are in git's index, but git has not written them to this disk: a sparse checkout, a submodule that is \
         not initialised, files with the skip-worktree or the assume-unchanged bit, links that were written as text, or a merge that has \
         stopped. Their offers are not deleted, but to a plan they would look deleted, and it would retire them. Nothing was done.\n\n\
         The same is said of an `offersync.toml` nearer to the working folder than the one that was found: the one further up may be that of \
         another project, or of another environment.\n\n\
         Run the command in the message. In CI, check out the whole offers folder: with actions/checkout, leave `sparse-checkout` out or \
         add the folder to it, and set `submodules: true` where offers are in a submodule.";
    UNFINISHED = "git::unfinished", "git has stopped in the middle of something",
        "A rebase, a merge, a cherry-pick, a revert or a bisect is in progress, or a merge has left conflicts. The files are then those of \
         a step in between: offers of later commits are missing, and would look deleted. A plan warns of it, and an apply is refused.\n\n\
         `git status` says what is in progress and how to continue or to abort it:\n\n    \
         git status";
    UNCOMMITTED = "git::uncommitted", "a deletion is not committed to git",
        "An offer's YAML, or a `_defaults.yaml`, is gone from this disk, and the newest commit still has it. It may have been deleted by \
         accident. `plan` shows what follows from it, with a note. `apply` on a terminal shows the same and asks. `apply --auto-approve` \
         is refused.\n\n\
         Commit the deletion, or bring the file back:\n\n    \
         git add -A && git commit\n    \
         git checkout HEAD -- offers/home-warranty.yaml";
    NEVER_COMMITTED = "git::never-committed", "YAML is gone that no commit ever had",
        "An offer is recorded, its YAML is gone from this disk, and no commit of this branch ever had it, so no commit has removed it; or a commit \
         did, and the offer was recorded or restored since by YAML that is in no commit: the state in that commit or a later one does not have \
         it, and a newer one has, or no committed state has it, and the state here was written later; or only a commit that did not remove it from the offers folder of its time: `offers` named another folder then, \
         or a commit has changed that setting alone. It may have been put away by `git stash`, `git reset` or `git clean`, or be on another branch. In a shallow or partial clone the commits \
         that had it may be missing, and so may what a removed submodule had. `plan` shows what follows from it, with a note. `apply` on a terminal shows the same and asks. \
         `apply --auto-approve` is refused.\n\n\
         Look where the YAML is, and bring it back:\n\n    \
         git stash list\n    \
         git log --all -- '*home-warranty.y*ml'\n\n\
         If the offer is to be made inactive, commit its YAML and then its deletion, or confirm the plan on a terminal:\n\n    \
         offersync apply";
    UNTRACKED_DEFAULTS = "git::untracked-defaults", "git does not hold a file of defaults",
        "A `_defaults.yaml` gives values to offers that the plan changes, and it was never added to git. If it is deleted or put away later, \
         the offers lose the values, and git does not show that they had them.\n\n\
         Add it, and commit it with the offers:\n\n    \
         git add offers/_defaults.yaml";
    STASHED_DEFAULTS = "git::stashed-defaults", "a stash has a file of defaults that is not on this disk",
        "The plan changes offers of a folder, and one of the 20 newest stashes has a `_defaults.yaml` for it that no commit has had since and that \
         is not on this disk. The changes may only be there because the file was put away. `plan` says so. `apply` on a terminal shows the same \
         and asks. `apply --auto-approve` is refused.\n\n\
         Bring the stash back, or drop it if its defaults are of no more use:\n\n    \
         git stash pop\n    \
         git stash drop";
    BRANCH_DEFAULTS = "git::branch-defaults", "another branch has a file of defaults that is not on this disk",
        "The plan changes values of offers that a `_defaults.yaml` of their folder gave them. No commit of this branch ever had that file, but one \
         of another branch of this clone, of a branch of a remote, or of a tag has it: it was applied before it was committed there, and a change of branch took it away. `plan` says \
         so. `apply` on a terminal shows the same and asks. `apply --auto-approve` is refused.\n\n\
         Bring the file here, or apply on the branch that has it:\n\n    \
         git checkout 1a2b3c4 -- offers/_defaults.yaml";
    SUBMODULE = "git::submodule", "a submodule is not at the commit that is recorded",
        "A submodule has offers, and the commit that is checked out is not the one that the repository names. `git pull` leaves it like that, \
         so its offers may be older than what was reviewed. `plan` shows what would follow; `apply` is refused.\n\n\
         Check out the commit that is recorded, or record the one that is there:\n\n    \
         git submodule update -- offers/partner\n    \
         git add offers/partner";
    UNANSWERED = "git::unanswered", "git does not say what it holds",
        "The offers folder is in a git work tree, and git was asked whether it holds files of offers that are not on this disk, and later \
         versions of the state. It did not answer: it is not installed, does not trust the owner of the repository, or cannot read it. The \
         message has the reason. Nothing was done, because a missing file would look like a deleted offer, and an older state would forget what \
         was applied since.\n\n\
         In a container, install git, and let it read a repository of another user:\n\n    \
         git config --global --add safe.directory /path/of/the/repository";
    BAD_REFERENCE = "git::bad-reference", "not the name of a commit",
        "`--since` takes a branch, a tag or the id of a commit. This text cannot be any of them.\n\n    \
         offersync plan --since origin/main";
    NOT_INSTALLED = "git::not-installed", "git is not installed",
        "`--since` asks the `git` program for the offers as they were at a commit, and there is no such program in PATH.\n\n\
         Install git, or plan without `--since`.";
    IN_SUBMODULE = "git::in-submodule", "--since was used in a submodule",
        "The configuration lies in a submodule, which is a repository of its own. A name such as `HEAD^1` means a commit of the submodule \
         there, and not the one that is to be compared with: a branch could put a submodule in the place of the folder, with a history of its \
         own making.\n\n\
         Plan in a clone of the repository that has the configuration itself. Offers in a submodule of it are read as any others.";
    NO_REPOSITORY = "git::no-repository", "the folder is not in a git repository",
        "`--since` compares with a commit, and the folder of offersync.toml is not in a repository.\n\n\
         Run the command in a clone, or plan without `--since`.";
    UNKNOWN_COMMIT = "git::unknown-commit", "the commit is not in this clone",
        "The name is not a commit that this clone has. CI systems often clone only the newest commit.\n\n\
         Fetch the rest of the history (with actions/checkout: `fetch-depth: 0`):\n\n    \
         git fetch --unshallow";
    PARTIAL_CLONE = "git::partial-clone", "the clone is partial and lacks a part of the history",
        "The repository was cloned with `--filter`, so older folders and files are fetched when they are needed. offersync never lets git fetch \
         anything, and what is needed is not here.\n\n\
         Fetch the whole history:\n\n    \
         git fetch --refetch --no-filter";
    NOT_RUN = "git::not-run", "git could not be run",
        "The operating system did not start the `git` program, or its answer could not be read. The message has the reason.\n\n\
         Check that git works in the same folder:\n\n    \
         git status";
    FAILED = "git::failed", "git failed",
        "The `git` program ended with an error, which the message quotes.\n\n\
         Check the repository:\n\n    \
         git fsck";
}
