//! `names pull`: CAKE's advertisers into `[names.advertisers]` of offersync.toml.
//!
//! Invariants: names are only added; nothing else in the file changes; a file that changed meanwhile is not written over.

use crate::config;
use crate::diagnostic::{Diagnostic, codes};
use crate::disk;
use crate::import::AdvertiserNames;

use super::accept::uncommitted::{Obstacle, uncommitted, watch_again};
use super::connect::{Cake, Control};
use super::error::Error;
use super::recorded::read_recorded;
use super::repository::Repository;

/// CAKE's advertisers against the configured names, and the text of the configuration with the new ones.
#[derive(Debug)]
pub(crate) struct PulledNames {
    pub(crate) names: AdvertiserNames,
    /// The path of the configuration in messages.
    pub(crate) file: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Compares the configured names with CAKE's advertisers. Writes nothing.
pub(crate) async fn pull(repository: &Repository, control: Control<'_>) -> Result<PulledNames, Error> {
    let recorded = read_recorded(repository)?;
    let listing = async |cake: &Cake| cake.client.reader().advertisers().await.map_err(Error::AdvertiserListing);
    let advertisers = control.with_cake(repository, listing).await?;
    let names = AdvertiserNames::compare(&repository.settings.names, &advertisers, recorded.recorded());
    let before = repository.config.text();
    let edits = names.edits();
    let after = if edits.is_empty() {
        before.clone()
    } else {
        config::edit_names(&before, repository.settings.table.as_deref(), &edits)?
    };
    Ok(PulledNames { names, file: repository.settings.file.to_string(), before, after })
}

/// Writes the new text of the configuration, if there is one.
pub(crate) fn write(repository: &Repository, pulled: &PulledNames, is_forced: bool) -> Result<(), Error> {
    if pulled.after == pulled.before {
        return Ok(());
    }
    let path = repository.config_file();
    if !is_forced {
        refuse_unwatched(repository)?;
    }
    if !repository.config.is_as_read() {
        return Err(Error::ConfigChanged(path.to_owned()));
    }
    // It may have become a link since.
    repository.refuse_link_out(path)?;
    let bytes = pulled.after.as_bytes();
    disk::replace(&disk::follow_links(path), bytes).map_err(|source| Error::file("write", path, source))
}

/// Fails where git does not look for changes of the configuration: the new names would be in no diff.
fn refuse_unwatched(repository: &Repository) -> Result<(), Error> {
    let settings = &repository.settings;
    match uncommitted(&settings.root, [&settings.file])?.remove(&settings.file) {
        Some(Obstacle::Unwatched(path)) => {
            let message =
                format!("git does not look for changes of {}, so no names are written into it", settings.file);
            let help = format!("run `{}` and the command again, or add --force", watch_again(&path));
            Err(Error::Unready(vec![Diagnostic::error(codes::config::NOT_EDITED, message).help(help)]))
        }
        Some(Obstacle::Changed) | None => Ok(()),
    }
}
