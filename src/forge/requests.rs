//! The pull request (on GitLab, the merge request) of a branch that belongs to this program: one while there is something on it.

use reqwest::Method;
use serde_json::json;

use super::calls::{Calls, Entry};
use super::{Forge, ForgeError, ForgeKind, MarkedText, Posted, again};

/// From which branch into which.
#[derive(Debug)]
pub(crate) struct Branches<'b> {
    pub(crate) head: &'b str,
    pub(crate) base: &'b str,
}

impl Forge {
    /// Edits the open pull request of a branch, or opens one. One of another account is left as it is.
    pub(crate) async fn request(
        &self,
        branches: &Branches<'_>,
        title: &str,
        text: &MarkedText,
    ) -> Result<Posted, ForgeError> {
        again(async || {
            let Some(open) = self.calls.open_request(branches).await? else {
                return Ok(Posted::Created(self.calls.create_request(branches, title, text.body()).await?));
            };
            if open.author == self.calls.account().await? {
                self.calls.edit_request(open.number, Some(text.body())).await?;
            }
            Ok(Posted::Edited(open.number))
        })
        .await
    }

    /// Closes the pull request of a branch, where this account has opened one.
    pub(crate) async fn close_request(&self, branches: &Branches<'_>) -> Result<Posted, ForgeError> {
        again(async || {
            let Some(open) = self.calls.open_request(branches).await? else { return Ok(Posted::Nothing) };
            if open.author != self.calls.account().await? {
                return Ok(Posted::Nothing);
            }
            self.calls.edit_request(open.number, None).await?;
            Ok(Posted::Closed(open.number))
        })
        .await
    }
}

impl Calls {
    async fn open_request(&self, branches: &Branches<'_>) -> Result<Option<Entry>, ForgeError> {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let Branches { head, base } = branches;
        let query = match self.kind {
            ForgeKind::GitHub => {
                let owner = self.project.split('/').next().unwrap_or_default();
                format!("&state=open&head={}&base={}", encoded(&format!("{owner}:{head}")), encoded(base))
            }
            ForgeKind::GitLab => {
                format!("&state=opened&source_branch={}&target_branch={}", encoded(head), encoded(base))
            }
        };
        let found = self.all(&self.of_requests(), &query, true).await?;
        Ok(found.into_iter().find(|entry| entry.is_open))
    }

    async fn create_request(&self, branches: &Branches<'_>, title: &str, body: &str) -> Result<u64, ForgeError> {
        let Branches { head, base } = branches;
        let members = match self.kind {
            ForgeKind::GitHub => json!({"title": title, "head": head, "base": base, "body": body}),
            ForgeKind::GitLab => {
                json!({"title": title, "source_branch": head, "target_branch": base, "description": body})
            }
        };
        let made = self.send(Method::POST, &self.of_requests(), members).await?;
        Ok(made.number.unwrap_or(made.id))
    }

    /// Gives it another text; without one, closes it.
    async fn edit_request(&self, number: u64, body: Option<&str>) -> Result<(), ForgeError> {
        let (method, members) = match (self.kind, body) {
            (ForgeKind::GitHub, Some(body)) => (Method::PATCH, json!({"body": body})),
            (ForgeKind::GitHub, None) => (Method::PATCH, json!({"state": "closed"})),
            (ForgeKind::GitLab, Some(body)) => (Method::PUT, json!({"description": body})),
            (ForgeKind::GitLab, None) => (Method::PUT, json!({"state_event": "close"})),
        };
        self.send(method, &format!("{}/{number}", self.of_requests()), members).await.map(drop)
    }

    fn of_requests(&self) -> String {
        match self.kind {
            ForgeKind::GitHub => format!("repos/{}/pulls", self.project),
            ForgeKind::GitLab => format!("projects/{}/merge_requests", self.project),
        }
    }
}
