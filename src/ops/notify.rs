//! Tells a webhook what an apply did, or which drift was found.
//!
//! Invariant: whatever becomes of the message, the operation that it is about is as it was; a sandbox tells nothing.

use secrecy::SecretString;

use crate::diagnostic::{Diagnostic, codes};
use crate::forge;

use super::repository::Repository;
use super::variable;

impl Repository {
    /// Posts the message to the address in `notify.webhook_env`, where there is one. A warning where that failed.
    pub(crate) async fn notify(&self, message: impl FnOnce() -> String) -> Option<Diagnostic> {
        let name = self.settings.webhook_env.as_deref().filter(|_| self.sandbox.is_none())?;
        let help = "the message is the only thing that is missing. Correct the variable, or take `notify.webhook_env` out of offersync.toml";
        let failed = |why: String| Some(Diagnostic::warning(codes::notify::NOT_SENT, why).help(help));
        let Some(address) = variable(name).filter(|address| !address.trim().is_empty()) else {
            return failed(format!("the webhook was not told: `{name}`, which `notify.webhook_env` names, is not set"));
        };
        match forge::post(&SecretString::from(address), message()).await {
            Ok(()) => None,
            Err(error) => failed(format!("the webhook in `{name}` was not told: {error}")),
        }
    }
}
