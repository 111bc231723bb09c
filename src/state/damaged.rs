//! What to do about a damaged state.
//!
//! Owns the texts. Invariants: none of them advises to delete a state, or to bring back what is damaged as well.

use std::path::Path;

use super::advice::copied;
use super::backup::Backup;
use super::error::Version;
use super::parse_error::ParseErrorKind;
use crate::shell::{git_beside, git_on};
use crate::words::shell_path;

/// The help for a state that cannot be parsed, with a copy and a version in git, if there are any.
pub(super) fn help(path: &Path, kind: &ParseErrorKind, backup: Option<&Backup>, committed: Option<&Version>) -> String {
    let restore = restored(path, kind, backup, committed);
    match kind {
        ParseErrorKind::Empty | ParseErrorKind::CutShort => {
            format!("{restore}. Do not delete it: without it offersync would create every offer again")
        }
        ParseErrorKind::Edited => edited_help(path, &restore, committed, ""),
        ParseErrorKind::NoDigest => edited_help(path, &restore, committed, THEN_ACCEPT),
        ParseErrorKind::MaybeNoDigest { fetch } => format!(
            "every state has one that was not written by an older offersync. Fetch the history with `{fetch}`. If the state is right and you \
             have looked at it, run `offersync state publish --accept-edit`: it writes the digest"
        ),
        ParseErrorKind::ByteOrderMark => {
            format!(
                "remove it with `sed -i '1s/^\\xEF\\xBB\\xBF//' {}`, or save the file as UTF-8 without it",
                shell_path(path)
            )
        }
        ParseErrorKind::ConflictMarkers if committed.is_some_and(|version| version.is_earlier) => {
            format!("they were committed: {restore}")
        }
        ParseErrorKind::ConflictMarkers => format!(
            "let `offersync state merge` do it: run `{} config merge.offersync-state.driver 'offersync state merge %O %A %B'`, then \
             `{}` (`offersync init` names the driver in .gitattributes)",
            git_beside(path),
            git_on("checkout --merge --", path)
        ),
        ParseErrorKind::Newer(_) => "upgrade offersync to the version that your colleagues or your CI use".to_owned(),
        ParseErrorKind::OtherFormat(_) => {
            format!("check `state` in offersync.toml: it must name the state. If it does, {restore}")
        }
        ParseErrorKind::Unreadable(_) | ParseErrorKind::UnknownVersion(_) => {
            format!("if it was edited by hand, undo that; otherwise {restore}")
        }
        ParseErrorKind::RepeatedKey(key) => format!(
            "a merge may have kept both sides. Look up in CAKE which offer is `{key}`'s and remove the other record, then \
             run `offersync state publish --accept-edit`; or {restore}"
        ),
        ParseErrorKind::SharedId { first, second, offer_id } => format!(
            "an offer belongs to one key. Look up offer {offer_id} in CAKE and remove the record of the wrong one of \
             `{first}` and `{second}`, then run `offersync state publish --accept-edit`; or {restore}"
        ),
        ParseErrorKind::RepeatedId { offer_id, .. } => {
            format!(
                "remove the offer {offer_id} from the record's `replaced`, then run `offersync state publish --accept-edit`; or {restore}"
            )
        }
    }
}

/// How a damaged state is brought back: from git, or from a copy.
fn restored(path: &Path, kind: &ParseErrorKind, backup: Option<&Backup>, committed: Option<&Version>) -> String {
    // What went wrong in a merge lacks the other side in every copy of this machine.
    let was_merged = !matches!(kind, ParseErrorKind::Empty | ParseErrorKind::CutShort | ParseErrorKind::Unreadable(_));
    let is_earlier = committed.is_some_and(|version| version.is_earlier);
    let version = committed.map(|Version { restore, is_earlier }| {
        let which = if *is_earlier { "an earlier version" } else { "the committed one" };
        format!("{which} with `{restore}`")
    });
    let copy = backup.filter(|_| !(is_earlier && was_merged)).map(|backup| copied(backup, path));
    let found: Vec<String> = version.into_iter().chain(copy).collect();
    let restore = if found.is_empty() {
        "bring it back from another clone or from a backup".to_owned()
    } else {
        format!("bring back {}", found.join(", or "))
    };
    format!(
        "{restore}. An older state does not know what was created since: `offersync import --match` records those offers again"
    )
}

/// Without its digest, a committed state may be one of an older version.
const THEN_ACCEPT: &str =
    ". The committed one is then reported as put back: run `offersync state publish --accept-edit` after it";

fn edited_help(path: &Path, restore: &str, committed: Option<&Version>, then: &str) -> String {
    let cause = "it was edited by hand, merged without `offersync state merge`, or damaged on the disk";
    let accept = "`offersync state publish --accept-edit`";
    match committed {
        Some(Version { is_earlier: true, .. }) => format!(
            "{cause}, and committed like this. Look at the change with `{}`. If it is right, run {accept}. Otherwise {restore}{then}",
            git_on("log -p --", path)
        ),
        Some(_) => format!(
            "{cause}: {restore}. If the change is meant, look at it with `{}`, then run {accept}",
            git_on("diff --", path)
        ),
        None => format!("{cause}: {restore}. If the change is meant and you have looked at it, run {accept}"),
    }
}
