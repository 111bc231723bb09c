//! Runs an asynchronous command to its end.

use crate::ops::Error;

use super::failure::Failure;

/// One thread is enough, because commands only wait for the network and the disk.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Start)?;
    Ok(runtime.block_on(work))
}
