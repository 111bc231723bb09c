//! The head of a version: who has the claim, and which version it is.
//!
//! Owns its JSON. Invariant: no two versions have equal heads, because each has a number that is drawn for it alone. So a store that
//! is at a version that this process has made was put there by this process.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::state::Holder;

const FORMAT: &str = "offersync-store";
const VERSION: u64 = 1;

/// The head of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    format: String,
    version: u64,
    /// How many claims there were.
    pub(crate) epoch: u64,
    /// Drawn for this version.
    nonce: String,
    /// When it was written, by the clock of the machine that wrote it.
    pub(crate) written: String,
    /// When the state in it last became another one.
    #[serde(default)]
    pub(crate) changed: Option<String>,
    /// Who may write the next version; any process where there is none.
    pub(crate) claim: Option<HeldClaim>,
}

/// A claim that is not open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldClaim {
    pub(crate) holder: Holder,
    /// The silence after which nothing that its holder has sent can still be under way.
    silence_milliseconds: u64,
}

impl HeldClaim {
    pub(crate) fn new(holder: Holder, silence: Duration) -> Self {
        Self { holder, silence_milliseconds: u64::try_from(silence.as_millis()).unwrap_or(u64::MAX) }
    }

    pub(crate) fn silence(&self) -> Duration {
        Duration::from_millis(self.silence_milliseconds)
    }
}

impl Head {
    /// The head of the next version.
    pub(super) fn new(epoch: u64, claim: Option<HeldClaim>, changed: Option<String>) -> Self {
        let (nonce, written) = (uuid::Uuid::now_v7().to_string(), jiff::Timestamp::now().to_string());
        Self { format: FORMAT.to_owned(), version: VERSION, epoch, nonce, written, changed, claim }
    }

    /// What no other version has.
    #[cfg_attr(not(feature = "stores"), expect(dead_code, reason = "a commit has a name of its own"))]
    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Identity {
            format: String,
            version: u64,
        }
        let identity = serde_json::from_slice::<Identity>(bytes).ok().filter(|identity| identity.format == FORMAT);
        let identity = identity.ok_or("what is there is not a state of offersync")?;
        if identity.version != VERSION {
            let (found, this) = (identity.version, env!("CARGO_PKG_VERSION"));
            return Err(format!(
                "it has version {found}, made by a later offersync; this one is {this} and reads version {VERSION}"
            ));
        }
        serde_json::from_slice(bytes).map_err(|error| format!("its head is damaged: {error}"))
    }

    /// When the state in it last became another one.
    pub(super) fn changed_at(&self) -> Option<SystemTime> {
        Some(self.changed.as_ref()?.parse::<jiff::Timestamp>().ok()?.into())
    }

    pub(super) fn emit(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
