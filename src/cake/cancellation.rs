//! How an operation is asked to end early, in two steps. Knows no signal and no request.
//!
//! Invariant: cancelling `abandon` cancels `stop` too, because `stop` is a child of `abandon`.

use tokio_util::sync::CancellationToken;

/// The two requests to end early. Cheap to clone; clones share the tokens.
#[derive(Debug, Clone)]
pub struct Cancellation {
    /// Start nothing new; a write in flight is still waited for.
    pub stop: CancellationToken,
    /// Give up waiting for replies. Cancels `stop` too.
    pub abandon: CancellationToken,
}

impl Default for Cancellation {
    fn default() -> Self {
        let abandon = CancellationToken::new();
        Self { stop: abandon.child_token(), abandon }
    }
}
