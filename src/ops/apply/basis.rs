//! What "nothing to do" is based on: the state, and of which time it is.

use std::path::Path;

use jiff::Timestamp;

use crate::git::Git;

/// CAKE was asked just now, and not all is as recorded; warnings say what is not.
pub(super) const COMPARED: &str = "By what CAKE shows at this moment.";

/// CAKE was asked just now.
pub(super) const OF_CAKE: &str = "CAKE showed the same at this moment.";

/// A sentence for the report of an apply that had nothing to do.
pub(super) fn of_state(state: &Path, folder: &Path) -> String {
    match time_of(state, folder) {
        Some(time) => format!(
            "By the state of {}; CAKE was not asked. `offersync drift` compares with CAKE.",
            time.strftime("%Y-%m-%d %H:%M UTC")
        ),
        None => "There is no state yet; CAKE was not asked.".to_owned(),
    }
}

/// When the state was last committed, because a checkout gives every file a new time; else when the file was written.
fn time_of(state: &Path, folder: &Path) -> Option<Timestamp> {
    let committed = Git::open(folder).and_then(|git| git.committed_at(state)).ok().flatten();
    let written = || Timestamp::try_from(std::fs::metadata(state).ok()?.modified().ok()?).ok();
    committed.or_else(written)
}
