//! The calls of both services, by their paths and members. Sources: GitHub's REST API (issues, comments, commits) and GitLab's (notes, issues,
//! commits), both version-stable since years: GitHub 2022-11-28, GitLab v4.

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value as Json, json};

use super::http::{ForgeError, Http};

/// Entries on a page, the most that both allow, and the pages that are read.
const PAGE: usize = 100;
const PAGES: usize = 100;

/// The account of the token that GitHub gives to a workflow run.
const ACTIONS: &str = "github-actions[bot]";

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForgeKind {
    GitHub,
    GitLab,
}

#[derive(Debug)]
pub(super) struct Calls {
    pub(super) http: Http,
    pub(super) kind: ForgeKind,
    pub(super) project: String,
}

/// A comment or an issue.
#[derive(Debug)]
pub(super) struct Entry {
    /// What a call to edit it names.
    pub(super) number: u64,
    pub(super) author: String,
    pub(super) body: String,
    pub(super) is_open: bool,
}

/// The members that are read, under the names of either service.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) id: u64,
    #[serde(alias = "iid")]
    pub(super) number: Option<u64>,
    #[serde(alias = "author")]
    user: Option<User>,
    #[serde(alias = "description")]
    body: Option<String>,
    state: Option<String>,
    /// GitHub lists pull requests among issues.
    pull_request: Option<IgnoredAny>,
}

/// A pull request of a commit.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(alias = "iid")]
    number: u64,
    merged_at: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct User {
    #[serde(alias = "username")]
    login: String,
}

impl Row {
    fn entry(self, is_issue: bool) -> Option<Entry> {
        let number = if is_issue { self.number? } else { self.id };
        let is_open = self.state.as_deref().is_some_and(|state| state.starts_with("open"));
        let author = self.user.map(|user| user.login).unwrap_or_default();
        self.pull_request.is_none().then(|| Entry { number, author, body: self.body.unwrap_or_default(), is_open })
    }
}

impl Calls {
    /// The account that the token belongs to.
    pub(super) async fn account(&self) -> Result<String, ForgeError> {
        match self.http.send::<User>(Method::GET, "user", None).await {
            Ok(user) => Ok(user.login),
            // Such a token is of no person.
            Err(ForgeError::Refused { status: 403, pause: None, .. }) if self.kind == ForgeKind::GitHub => {
                Ok(ACTIONS.to_owned())
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn merged_with(&self, commit: &str) -> Result<Option<u64>, ForgeError> {
        let project = &self.project;
        let path = match self.kind {
            ForgeKind::GitHub => format!("repos/{project}/commits/{commit}/pulls"),
            ForgeKind::GitLab => format!("projects/{project}/repository/commits/{commit}/merge_requests"),
        };
        let requests: Vec<Request> = self.http.send(Method::GET, &path, None).await?;
        Ok(requests.iter().find(|request| request.merged_at.is_some()).map(|request| request.number))
    }

    pub(super) async fn comments(&self, request: u64) -> Result<Vec<Entry>, ForgeError> {
        self.all(&self.of_comments(request), "", false).await
    }

    pub(super) async fn create_comment(&self, request: u64, body: &str) -> Result<(), ForgeError> {
        self.send(Method::POST, &self.of_comments(request), json!({"body": body})).await.map(drop)
    }

    pub(super) async fn edit_comment(&self, request: u64, comment: u64, body: &str) -> Result<(), ForgeError> {
        let (method, path) = match self.kind {
            ForgeKind::GitHub => (Method::PATCH, format!("repos/{}/issues/comments/{comment}", self.project)),
            ForgeKind::GitLab => (Method::PUT, format!("{}/{comment}", self.of_comments(request))),
        };
        self.send(method, &path, json!({"body": body})).await.map(drop)
    }

    /// Those that an account has made, the newest first.
    pub(super) async fn issues(&self, account: &str) -> Result<Vec<Entry>, ForgeError> {
        let account: String = url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
        let query = match self.kind {
            ForgeKind::GitHub => format!("&state=all&creator={account}"),
            ForgeKind::GitLab => format!("&scope=all&state=all&author_username={account}"),
        };
        self.all(&self.of_issues(), &query, true).await
    }

    pub(super) async fn create_issue(&self, title: &str, body: &str) -> Result<u64, ForgeError> {
        let members = match self.kind {
            ForgeKind::GitHub => json!({"title": title, "body": body}),
            ForgeKind::GitLab => json!({"title": title, "description": body}),
        };
        let made = self.send(Method::POST, &self.of_issues(), members).await?;
        Ok(made.number.unwrap_or(made.id))
    }

    pub(super) async fn edit_issue(&self, issue: u64, body: &str, is_open: bool) -> Result<(), ForgeError> {
        let (method, members) = match (self.kind, is_open) {
            (ForgeKind::GitHub, true) => (Method::PATCH, json!({"body": body, "state": "open"})),
            (ForgeKind::GitHub, false) => (Method::PATCH, json!({"body": body, "state": "closed"})),
            (ForgeKind::GitLab, true) => (Method::PUT, json!({"description": body, "state_event": "reopen"})),
            (ForgeKind::GitLab, false) => (Method::PUT, json!({"description": body, "state_event": "close"})),
        };
        self.send(method, &format!("{}/{issue}", self.of_issues()), members).await.map(drop)
    }

    fn of_comments(&self, request: u64) -> String {
        match self.kind {
            ForgeKind::GitHub => format!("repos/{}/issues/{request}/comments", self.project),
            ForgeKind::GitLab => format!("projects/{}/merge_requests/{request}/notes", self.project),
        }
    }

    fn of_issues(&self) -> String {
        match self.kind {
            ForgeKind::GitHub => format!("repos/{}/issues", self.project),
            ForgeKind::GitLab => format!("projects/{}/issues", self.project),
        }
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: Json) -> Result<Row, ForgeError> {
        self.http.send(method, path, Some(body)).await
    }

    /// Every page of a list. An end that is not reached is no end: what is further back would be made a second time.
    pub(super) async fn all(&self, path: &str, query: &str, is_issue: bool) -> Result<Vec<Entry>, ForgeError> {
        let mut entries = Vec::new();
        for page in 1..=PAGES {
            let address = format!("{path}?per_page={PAGE}&page={page}{query}");
            let rows: Vec<Row> = self.http.send(Method::GET, &address, None).await?;
            let is_last = rows.len() < PAGE;
            entries.extend(rows.into_iter().filter_map(|row| row.entry(is_issue)));
            if is_last {
                return Ok(entries);
            }
        }
        Err(ForgeError::Unreadable(format!("the list has more than {} entries", PAGES * PAGE)))
    }
}
