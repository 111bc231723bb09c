//! Codes of the `ci` commands.

use crate::diagnostic::code::codes;

codes! {
    NOT_POSTED = "ci::not-posted", "the service of CI did not take a comment or an issue",
        "The API of GitHub or GitLab could not be reached, or it refused the request; the message has its status and what it says. With 401 the \
         token is wrong or has expired. With 403 or 404 the token may not do it: on GitHub, the job needs `pull-requests: write` for comments \
         and `issues: write` for issues under `permissions`; on GitLab, the token needs the scope `api` and the role Reporter. A reply that \
         asks to come again later, and none at all, are tried four times.\n\n\
         The plan, the apply or the drift itself is not affected. When the cause is gone, run the job again: an earlier comment is edited, and \
         none is made twice.";
    STATE_NOT_PUSHED = "ci::state-not-pushed", "the state of an apply is not on the branch that it belongs to",
        "The apply itself is not affected, but the next one must know what it recorded. The message says where the state is now.\n\n\
         On a rescue branch: look at what it changes and merge it into the branch, by hand or with a pull request; git merges states with \
         the merge driver that `offersync init` names. Then delete the rescue branch. Until then, `offersync ci check-state` fails, so that no \
         apply of that environment begins.\n\n\
         Only on this machine: run `offersync ci push-state` again, before the machine and its disk are given back. If the branch is protected, allow \
         the account of the token to push to it.";
    UNMERGED_STATE = "ci::unmerged-state", "a state of an earlier apply waits on a rescue branch",
        "An apply has recorded ids of new offers, and its state could not be merged into the branch. An apply that does not know these records \
         could create the offers again. See who has pushed the branch, and what it changes: `git log -p origin/main..origin/BRANCH`. If an apply \
         has, merge it; then delete it on the remote.\n\n\
         `offersync plan` warns where this clone knows such a branch of a remote whose commits the present one does not have. If it was deleted on \
         the remote, `git fetch --prune` makes this clone forget it.";
}
