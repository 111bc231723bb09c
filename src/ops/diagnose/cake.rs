//! Errors of the connection to CAKE and of its list of offers as diagnostics.

use crate::cake::ReadFailure;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::error_chain::with_causes;
use crate::ops::connect::ConnectError;

use super::problem;

/// There is no client.
pub(super) fn connect(error: &ConnectError) -> Diagnostic {
    let key = |code, variable: &str| {
        problem(code, error.to_string()).help(format!(
            "set {variable} to your CAKE API key, or try without an account: `offersync apply --sandbox`"
        ))
    };
    match error {
        ConnectError::KeyMissing { variable } => key(codes::cake::KEY_MISSING, variable),
        ConnectError::KeyUnusable { variable, .. } => key(codes::cake::KEY_UNUSABLE, variable),
        ConnectError::Client(error) => problem(codes::cake::CLIENT, with_causes(error)),
        ConnectError::Sandbox(error) => problem(codes::cake::SANDBOX, with_causes(error)),
    }
}

/// CAKE refused the key; `so_far` says what was sent before.
pub(in crate::ops) fn key_refused(message: impl Into<String>, so_far: &str) -> Diagnostic {
    problem(codes::cake::KEY_REFUSED, message)
        .help(format!("{so_far}; check the key, its user's permissions, and CAKE's list of allowed addresses"))
}

/// The code of a listing that could not be read.
pub(in crate::ops) fn listing_code(error: &ReadFailure) -> Code {
    match error {
        ReadFailure::KeyRefused { .. } => codes::cake::KEY_REFUSED,
        ReadFailure::Stopped => codes::process::INTERRUPTED,
        ReadFailure::NoListing { .. } => codes::cake::NO_LISTING,
        ReadFailure::Failed { .. } => codes::cake::LISTING_FAILED,
        ReadFailure::Incomplete { .. } => codes::cake::LISTING_INCOMPLETE,
        ReadFailure::EmptyWithoutTotal => codes::cake::LISTING_EMPTY,
        ReadFailure::NoRows { .. } => codes::cake::NO_ROWS,
    }
}

/// CAKE's list of offers could not be read whole.
pub(super) fn listing(error: &ReadFailure) -> Diagnostic {
    let found = problem(listing_code(error), error.to_string());
    match error {
        ReadFailure::KeyRefused { .. } => key_refused(error.to_string(), "nothing was written"),
        ReadFailure::Stopped => found,
        ReadFailure::NoListing { .. } => found.help(
            "nothing was written. import, drift, --refresh and creates need the listing. `cake.duplicate_check = \"off\"` in \
             offersync.toml creates without a look, and then an offer that exists already is doubled",
        ),
        ReadFailure::Failed { .. }
        | ReadFailure::Incomplete { .. }
        | ReadFailure::EmptyWithoutTotal
        | ReadFailure::NoRows { .. } => found.help(
            "nothing was written. Check `cake.url` and the network, and run it again. If this CAKE never shows a complete \
             listing, `cake.duplicate_check = \"off\"` in offersync.toml creates without a look",
        ),
    }
}
