//! The desired offers, with what git knows of their files.
//!
//! Invariant: an offer counts as removed only if its file was seen to be removed. A file that git holds and does not show on this
//! disk is an error, and so is a git that does not answer.

mod held;
mod hidden;

use crate::desired::{self, ReadOptions, Reading};
use crate::diagnostic::{codes, sort};
use crate::git::GitError;

use super::repository::Repository;

use held::{Held, Place};

/// Reads the tree with all its problems.
pub(super) fn read(repository: &Repository, allow_empty: bool) -> Reading {
    let settings = &repository.settings;
    let (mut reading, held) = std::thread::scope(|scope| {
        let entries = scope.spawn(|| {
            let place = Place::find(&settings.root, &settings.offers)?;
            place.map(|place| place.entries().map(|entries| (place, entries))).transpose()
        });
        let options = ReadOptions { allow_empty };
        let reading = desired::read(&settings.root, &settings.offers, &settings.names, options);
        let entries = entries.join().unwrap_or_else(|_| Err(GitError::Failed("its answer was lost".to_owned())));
        let held = entries.and_then(|entries| Held::of(&settings.root, entries, &reading));
        (reading, held)
    });
    match held {
        Ok(held) => {
            let hidden = hidden::problems(&settings.root, &held.unseen);
            if !hidden.is_empty() {
                // The folder has offers; they are only not here.
                reading.diagnostics.retain(|problem| problem.code != codes::tree::NO_OFFERS);
            }
            reading.diagnostics.extend(hidden);
        }
        Err(error) => reading.diagnostics.push(hidden::unanswered(settings, &error)),
    }
    sort(&mut reading.diagnostics);
    reading
}
