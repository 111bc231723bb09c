//! The `offersync` program. All behaviour is in the library, where tests can use it.

use std::process::ExitCode;

fn main() -> ExitCode {
    offersync::cli::run(std::env::args_os()).into()
}
