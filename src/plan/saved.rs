//! A plan that was read back from its JSON, to be compared with a fresh one. Never the source of a request.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::action::{StateBinding, Verb};
use super::document::{ActionDocument, ChangeDocument, FORMAT, TOOL, VERSION};
use super::summary::Summary;

/// A saved plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedDocument {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u32,
    tool: String,
    /// The address of the CAKE that it is for.
    pub cake: String,
    /// The name of its environment; plans of earlier versions have none.
    #[serde(default)]
    pub environment: Option<String>,
    /// The state that it was made from.
    pub state: StateBinding,
    /// Digest of the desired offers and of the settings that it was made from.
    pub inputs_digest: String,
    /// The moment that it was made for; plans of earlier versions have none.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Whether it was made against what CAKE showed.
    #[serde(default)]
    pub refreshed: bool,
    summary: SavedSummary,
    /// What it does.
    pub actions: Vec<ActionDocument>,
    #[serde(default, rename = "upcoming")]
    _upcoming: IgnoredAny,
    #[serde(default, rename = "upcoming_later")]
    _upcoming_later: usize,
    diagnostics: Vec<SavedProblem>,
    #[serde(default, rename = "pending_elsewhere")]
    _pending_elsewhere: Option<usize>,
    #[serde(default, rename = "pending")]
    _pending: IgnoredAny,
}

/// The counts of a saved plan. The rules of its amounts are for reviewers.
#[derive(Debug, Clone, Deserialize)]
struct SavedSummary {
    #[serde(flatten)]
    counts: Summary,
    #[serde(default, rename = "clusters")]
    _clusters: IgnoredAny,
}

/// A problem of a saved plan, as far as it matters to an apply.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct SavedProblem {
    severity: String,
    code: String,
}

/// Why a file is not a saved plan.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// It is not the JSON of a plan; cut short, edited, or something else.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    #[error("it has no `format`")]
    NoFormat,
    /// It is another kind of document.
    #[error("its format is `{0}`")]
    Format(String),
    /// It is of another version.
    #[error("its version is {0}, and this offersync reads version {VERSION}")]
    Version(u32),
}

/// The first members of every document of offersync.
#[derive(Deserialize)]
struct Heading {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u32,
}

impl SavedDocument {
    /// Whether it says that settings or records were changed, which no person had accepted.
    pub fn is_unaccepted(&self) -> bool {
        self.diagnostics.iter().any(|problem| problem.severity == "error" && problem.code.starts_with("review::"))
    }

    /// Reads a saved plan; anything but a whole one is refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, SavedError> {
        let Heading { format, version } = serde_json::from_slice(bytes)?;
        if format.is_empty() {
            return Err(SavedError::NoFormat);
        }
        if format != FORMAT {
            return Err(SavedError::Format(format));
        }
        if version != VERSION {
            return Err(SavedError::Version(version));
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// How many actions its summary counts.
    pub fn counted(&self) -> usize {
        Verb::ALL.into_iter().map(|verb| self.summary.counts.count(verb)).sum()
    }

    /// Whether this very version of the program made it.
    pub fn is_of_this_version(&self) -> bool {
        self.tool == TOOL
    }
}

impl ActionDocument {
    /// Whether both do the same; reasons, flags and places in files may differ.
    pub fn does_the_same(&self, other: &Self) -> bool {
        let Self {
            key,
            action,
            offer_id,
            source: _,
            moved_from: _,
            changes,
            reason: _,
            flags: _,
            ignored,
            protect,
            offer,
            from,
        } = self;
        let same_changes = || changes.iter().zip(&other.changes).all(|(one, other)| one.is_of_the_same_values(other));
        (key, action, offer_id, changes.len()) == (&other.key, &other.action, &other.offer_id, other.changes.len())
            && same_changes()
            && (ignored, protect, offer, from) == (&other.ignored, &other.protect, &other.offer, &other.from)
    }
}

impl ChangeDocument {
    fn is_of_the_same_values(&self, other: &Self) -> bool {
        let Self { field, before, after, status_word: _, new_host: _, source: _, due_since: _, cluster: _ } = self;
        (field, before, after) == (&other.field, &other.before, &other.after)
    }
}
