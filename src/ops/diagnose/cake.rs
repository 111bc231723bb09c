//! Errors of the connection to CAKE and of its list of offers as diagnostics.

use crate::cake::ReadFailure;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::error_chain::with_causes;
use crate::ops::connect::ConnectError;
use crate::ops::key_host::{KeyHostError, KeyHostReason};
use crate::sandbox::{DataError, SandboxError};

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
        ConnectError::KeyHost(error) => key_host(error),
        ConnectError::Client(error) => problem(codes::cake::CLIENT, with_causes(error)),
        ConnectError::Sandbox(error) => {
            let found = problem(codes::cake::SANDBOX, with_causes(error));
            match error {
                SandboxError::Listen { .. } => found.help("choose another port; `--port 0` takes a free one"),
                SandboxError::DataFile(DataError::InUse { .. }) => found
                    .help("end the other one, or give this one a folder of its own: `offersync sandbox --data DIR`"),
                SandboxError::DataFile(_) => found,
            }
        }
    }
}

fn key_host(error: &KeyHostError) -> Diagnostic {
    let KeyHostError { host, url_label, reason } = error;
    let (code, help) = match reason {
        KeyHostReason::Other { .. } => (
            codes::cake::OTHER_KEY_HOST,
            format!(
                "find out who changed the address and why. If `{host}` is your CAKE now, set OFFERSYNC_KEY_HOST={host} where \
                 the API key is set"
            ),
        ),
        KeyHostReason::Unusable => (
            codes::cake::KEY_HOST_UNUSABLE,
            "set it to the host of your CAKE, without a path, such as OFFERSYNC_KEY_HOST=yourdomain.cakemarketing.com"
                .to_owned(),
        ),
        KeyHostReason::New => (codes::cake::NEW_KEY_HOST, confirm(host, "run the same command once in a terminal")),
        KeyHostReason::Declined => {
            (codes::cake::KEY_HOST_DECLINED, format!("if `{host}` is not your CAKE, find out who changed the address"))
        }
        KeyHostReason::NoFolder => {
            (codes::cake::NO_KEY_HOSTS, confirm(host, "set HOME (on Windows: APPDATA) to an absolute path"))
        }
        KeyHostReason::InRepository { .. } => (
            codes::cake::KEY_HOSTS_IN_REPOSITORY,
            confirm(host, "set XDG_CONFIG_HOME or HOME to a folder outside the repository"),
        ),
        KeyHostReason::File { .. } => (
            codes::cake::KEY_HOSTS_FILE,
            "make it a regular file that you can read and write, or set OFFERSYNC_KEY_HOST to the host of your CAKE"
                .to_owned(),
        ),
    };
    let problem = problem(code, error.to_string()).help(format!("nothing was sent; {help}"));
    match url_label {
        Some(label) => problem.label(label.clone()),
        None => problem,
    }
}

/// The two ways to confirm a host.
fn confirm(host: &str, on_a_machine: &str) -> String {
    format!(
        "if `{host}` is your CAKE: in CI, set the variable OFFERSYNC_KEY_HOST={host} where the API key is set, outside the \
         repository; on your own machine, {on_a_machine}"
    )
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
        ReadFailure::Failed { .. } | ReadFailure::Throttled { .. } => codes::cake::LISTING_FAILED,
        ReadFailure::Incomplete { .. } => codes::cake::LISTING_INCOMPLETE,
        ReadFailure::EmptyWithoutTotal => codes::cake::LISTING_EMPTY,
        ReadFailure::NoRows { .. } => codes::cake::NO_ROWS,
    }
}

/// CAKE's list of advertisers could not be read whole.
pub(super) fn advertiser_listing(error: &ReadFailure) -> Diagnostic {
    let message = error.describe("advertisers");
    match error {
        ReadFailure::KeyRefused { .. } => key_refused(message, "nothing was written"),
        ReadFailure::Stopped => problem(listing_code(error), message),
        ReadFailure::NoListing { .. } => problem(listing_code(error), message)
            .help("nothing was written. Write the names under `[names.advertisers]` in offersync.toml by hand"),
        _ => problem(listing_code(error), message)
            .help("nothing was written. Check `cake.url` and the network, and run it again"),
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
        ReadFailure::Throttled { .. } => found.help(
            "nothing was written. Run it again later. `cake.requests_per_second` and `cake.max_in_flight` in offersync.toml make it ask for \
             less",
        ),
        ReadFailure::Failed { .. }
        | ReadFailure::Incomplete { .. }
        | ReadFailure::EmptyWithoutTotal
        | ReadFailure::NoRows { .. } => found.help(
            "nothing was written. Check `cake.url` and the network, and run it again. If this CAKE never shows a complete \
             listing, `cake.duplicate_check = \"off\"` in offersync.toml creates without a look, and `cake.verify = \"off\"` changes \
             without one",
        ),
    }
}
