//! The service that a run of CI belongs to, GitHub or GitLab: the comment on a pull request (on GitLab, a merge request) and one issue, by its
//! REST API.
//!
//! Invariants: the token goes to the configured API alone; only what the token's own account has written is edited; a text is looked for
//! before it is written, also after a reply was lost, so that no attempt makes a second one.

mod calls;
mod http;
mod labels;
mod marked;
mod requests;
mod webhook;

use std::time::Duration;

pub(crate) use calls::ForgeKind;
use calls::{Calls, Entry};
pub use http::ForgeError;
pub(crate) use marked::MarkedText;
pub(crate) use requests::Branches;
pub(crate) use webhook::post;

/// So many attempts are made where the service asks to come again later, or does not answer.
const ATTEMPTS: u32 = 4;
/// The service is never waited for longer than this before an attempt.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Which service, and how it is reached.
#[derive(Debug, Clone)]
pub(crate) struct ForgeSettings {
    pub(crate) kind: ForgeKind,
    /// The address of the API.
    pub(crate) api: String,
    /// GitHub: `owner/name`. GitLab: the id.
    pub(crate) project: String,
    pub(crate) token: secrecy::SecretString,
}

/// What was done, with the number of the pull request or the issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Posted {
    Created(u64),
    Edited(u64),
    Closed(u64),
    /// There is nothing to tell, and nothing that stands open.
    Nothing,
}

/// The service.
#[derive(Debug)]
pub(crate) struct Forge {
    calls: Calls,
}

impl Forge {
    pub(crate) fn new(settings: &ForgeSettings) -> Result<Self, ForgeError> {
        let http = http::Http::new(settings)?;
        Ok(Self { calls: Calls { http, kind: settings.kind, project: settings.project.clone() } })
    }

    /// The merged pull request that brought a commit; the first where there are several.
    pub(crate) async fn merged_with(&self, commit: &str) -> Result<Option<u64>, ForgeError> {
        again(async || self.calls.merged_with(commit).await).await
    }

    /// Edits the comment on a pull request, or makes it, unless an earlier one alone is to be edited.
    pub(crate) async fn comment(
        &self,
        request: u64,
        text: &MarkedText,
        edits_only: bool,
    ) -> Result<Posted, ForgeError> {
        again(async || {
            let comments = self.calls.comments(request).await?;
            if let Some(comment) = self.own(comments, text).await? {
                self.calls.edit_comment(request, comment.number, text.body()).await?;
                return Ok(Posted::Edited(request));
            }
            if edits_only {
                return Ok(Posted::Nothing);
            }
            self.calls.create_comment(request, text.body()).await?;
            Ok(Posted::Created(request))
        })
        .await
    }

    /// Keeps one issue: edited and open where there is something to tell, closed where there is not.
    pub(crate) async fn issue(&self, title: &str, text: &MarkedText, is_open: bool) -> Result<Posted, ForgeError> {
        again(async || {
            let issues = self.calls.issues(&self.calls.account().await?).await?;
            match self.own(issues, text).await? {
                Some(issue) if is_open || issue.is_open => {
                    self.calls.edit_issue(issue.number, text.body(), is_open).await?;
                    Ok(if is_open { Posted::Edited(issue.number) } else { Posted::Closed(issue.number) })
                }
                None if is_open => Ok(Posted::Created(self.calls.create_issue(title, text.body()).await?)),
                _ => Ok(Posted::Nothing),
            }
        })
        .await
    }

    /// The earlier text of the same subject and environment that this account has written.
    async fn own(&self, entries: Vec<Entry>, text: &MarkedText) -> Result<Option<Entry>, ForgeError> {
        let mut earlier: Vec<Entry> = entries.into_iter().filter(|entry| text.follows(&entry.body)).collect();
        if !earlier.is_empty() {
            let account = self.calls.account().await?;
            earlier.retain(|entry| entry.author == account);
        }
        // One of this very environment before one of none.
        let is_same = |entry: &&Entry| entry.body.lines().next() == text.body().lines().next();
        let same = earlier.iter().position(|entry| is_same(&entry)).unwrap_or_default();
        Ok(earlier.into_iter().nth(same))
    }
}

/// Makes another attempt, as a whole, where the service asks for it or does not answer.
async fn again<T>(attempt: impl AsyncFn() -> Result<T, ForgeError>) -> Result<T, ForgeError> {
    for number in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if error.is_temporary() => {
                let pause = error.pause().unwrap_or(Duration::from_secs(1 << number));
                tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
            }
            done => return done,
        }
    }
    attempt().await
}
