//! `check-links`: where the links of the desired offers lead. Needs the network and no API key; reads no state and writes nothing.

use std::time::Duration;

use crate::apply::Event;
use crate::desired;
use crate::diagnostic::Diagnostic;
use crate::links::{self, CheckedLinks};
use crate::plan::Selection;

use super::condition::{chosen, condition};
use super::connect::Control;
use super::error::Error;
use super::inputs::read_desired;
use super::repository::Repository;

/// Which offers, and how long each request may take.
#[derive(Debug)]
pub(crate) struct CheckLinksOptions<'a> {
    pub(crate) selection: Selection,
    /// A condition on its values that an offer must satisfy.
    pub(crate) condition: Option<&'a str>,
    pub(crate) allow_empty: bool,
    pub(crate) timeout: Duration,
}

/// Follows the links. The warnings of the files are returned beside it.
pub(crate) async fn check_links(
    repository: &Repository,
    options: &CheckLinksOptions<'_>,
    control: Control<'_>,
) -> Result<(CheckedLinks, Vec<Diagnostic>), Error> {
    let names = &repository.settings.names;
    let condition = options.condition.map(|text| condition(text, names, false)).transpose()?;
    let desired = read_desired(repository, options.allow_empty, None)?;
    let offers = chosen(&desired.set, &options.selection, condition.as_ref())?;
    if offers.is_empty() && condition.is_some() {
        return Err(Error::usage("--where holds of no offer"));
    }
    let progress = |done, total| control.observer.notice(&Event::FollowingLinks { done, total });
    let checking = links::check(&offers, options.timeout, progress);
    let checked = control.cancellation.stop.run_until_cancelled(checking).await;
    let mut checked = checked.ok_or(Error::Interrupted("while links were followed"))??;
    desired::quote_lines(&mut checked.diagnostics, &desired.set, &repository.settings.root);
    Ok((checked, desired.warnings))
}
