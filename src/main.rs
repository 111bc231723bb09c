//! The `offersync` program. All behaviour is in the library, where tests can use it.

use std::process::ExitCode;

/// A plan makes a dozen small values for each offer, on several threads. With the system's allocator, the threads wait for each
/// other: a plan of 100,000 offers takes an eighth longer, and one of 10,000 a third.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    offersync::cli::run(std::env::args_os()).into()
}
