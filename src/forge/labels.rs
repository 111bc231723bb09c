//! The labels of a pull request (on GitLab, a merge request) that say what its plan holds. Others are left as they are.

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::calls::Calls;
use super::{Forge, ForgeError, ForgeKind, again};

/// A label of GitHub.
#[derive(Debug, Deserialize)]
struct Label {
    name: String,
}

impl Forge {
    /// Gives a pull request those of some labels that are wanted, and takes the others of them away.
    pub(crate) async fn label(&self, request: u64, known: &[String], wanted: &[String]) -> Result<(), ForgeError> {
        let unwanted: Vec<&String> = known.iter().filter(|label| !wanted.contains(label)).collect();
        again(async || match self.calls.kind {
            ForgeKind::GitHub => self.calls.label_on_github(request, wanted, &unwanted).await,
            ForgeKind::GitLab => self.calls.label_on_gitlab(request, wanted, &unwanted).await,
        })
        .await
    }
}

impl Calls {
    /// Only what differs is sent: GitHub shows each change of a label to those who read the pull request.
    async fn label_on_github(&self, request: u64, wanted: &[String], unwanted: &[&String]) -> Result<(), ForgeError> {
        let path = format!("repos/{}/issues/{request}/labels", self.project);
        // A pull request has at most a hundred.
        let present: Vec<Label> = self.http.send(Method::GET, &format!("{path}?per_page=100"), None).await?;
        let has = |label: &String| present.iter().any(|present| present.name.eq_ignore_ascii_case(label));
        let missing: Vec<&String> = wanted.iter().filter(|label| !has(label)).collect();
        if !missing.is_empty() {
            let _: IgnoredAny = self.http.send(Method::POST, &path, Some(json!({"labels": missing}))).await?;
        }
        for label in unwanted.iter().filter(|label| has(label)) {
            let label: String = url::form_urlencoded::byte_serialize(label.as_bytes()).collect();
            let path = format!("{path}/{}", label.replace('+', "%20"));
            match self.http.send::<IgnoredAny>(Method::DELETE, &path, None).await {
                // A person has taken it away meanwhile.
                Ok(_) | Err(ForgeError::Refused { status: 404, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn label_on_gitlab(&self, request: u64, wanted: &[String], unwanted: &[&String]) -> Result<(), ForgeError> {
        let unwanted: Vec<&str> = unwanted.iter().map(|label| label.as_str()).collect();
        let members = json!({"add_labels": wanted.join(","), "remove_labels": unwanted.join(",")});
        let path = format!("projects/{}/merge_requests/{request}", self.project);
        let _: IgnoredAny = self.http.send(Method::PUT, &path, Some(members)).await?;
        Ok(())
    }
}
