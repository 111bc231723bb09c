//! Codes of `ci comment` and `ci issue`.

use crate::diagnostic::code::codes;

codes! {
    NOT_POSTED = "ci::not-posted", "the service of CI did not take a comment or an issue",
        "The API of GitHub or GitLab could not be reached, or it refused the request; the message has its status and what it says. With 401 the \
         token is wrong or has expired. With 403 or 404 the token may not do it: on GitHub, the job needs `pull-requests: write` for comments \
         and `issues: write` for issues under `permissions`; on GitLab, the token needs the scope `api` and the role Reporter. A reply that \
         asks to come again later, and none at all, are tried four times.\n\n\
         The plan, the apply or the drift itself is not affected. When the cause is gone, run the job again: an earlier comment is edited, and \
         none is made twice.";
}
