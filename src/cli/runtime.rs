//! Runs an asynchronous command to its end.

use crate::diagnostic::codes;

use super::exit::Exit;
use super::failure::Failure;

/// One thread is enough, because commands only wait for the network and the disk.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Error, codes::world::INTERNAL, format!("cannot start: {error}")))?;
    Ok(runtime.block_on(work))
}
