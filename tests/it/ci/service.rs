//! GitHub and GitLab, as far as comments and issues go: what is posted is kept, and a test says what fails.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

pub(super) const TOKEN: &str = "t0ken-of-the-run";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    GitHub,
    GitLab,
}

/// A comment or an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) author: String,
    pub(super) body: String,
    pub(super) is_open: bool,
}

/// How the next request of a method is answered.
pub(super) struct Fault {
    pub(super) method: Method,
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Whether it is done all the same.
    pub(super) is_done: bool,
}

#[derive(Default)]
pub(super) struct Kept {
    pub(super) comments: Vec<Entry>,
    pub(super) issues: Vec<Entry>,
    /// Those of one branch, which each call has to name.
    pub(super) requests_of_branch: Vec<Entry>,
    /// Those of pull request 12.
    pub(super) labels: Vec<String>,
    pub(super) faults: VecDeque<Fault>,
    /// Method and path.
    pub(super) requests: Vec<String>,
    /// Whether the token is that of a person; on GitHub, that of a run is of no person.
    pub(super) is_person: bool,
}

pub(super) struct Service {
    pub(super) kind: Kind,
    pub(super) address: String,
    kept: Arc<Mutex<Kept>>,
}

impl Service {
    pub(super) fn start(kind: Kind) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let kept = Arc::<Mutex<Kept>>::default();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}/api", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state((kind, Arc::clone(&kept)));
        std::thread::spawn(move || runtime.block_on(async { axum::serve(listener, router).await.unwrap() }));
        Self { kind, address, kept }
    }

    pub(super) fn account(&self) -> &'static str {
        account(self.kind)
    }

    pub(super) fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap())
    }

    pub(super) fn has_comment(&self, author: &str, body: &str) {
        let entry = Entry { author: author.to_owned(), body: body.to_owned(), is_open: false };
        self.kept(|kept| kept.comments.push(entry));
    }

    pub(super) fn comments(&self) -> Vec<(String, String)> {
        self.kept(|kept| kept.comments.iter().map(|entry| (entry.author.clone(), entry.body.clone())).collect())
    }
}

fn account(kind: Kind) -> &'static str {
    if kind == Kind::GitHub { "github-actions[bot]" } else { "project_7_bot" }
}

type Shared = (Kind, Arc<Mutex<Kept>>);

async fn answer(
    State((kind, kept)): State<Shared>,
    method: Method,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut kept = kept.lock().unwrap();
    let path = uri.path().strip_prefix("/api/").unwrap_or_default().to_owned();
    kept.requests.push(format!("{method} {path}"));
    let (name, value) = match kind {
        Kind::GitHub => ("authorization", format!("Bearer {TOKEN}")),
        Kind::GitLab => ("private-token", TOKEN.to_owned()),
    };
    if headers.get(name).and_then(|given| given.to_str().ok()) != Some(&value) {
        return (StatusCode::UNAUTHORIZED, json!({"message": format!("Bad credentials: {value}")}).to_string())
            .into_response();
    }
    let fault = kept.faults.iter().position(|fault| fault.method == method).and_then(|at| kept.faults.remove(at));
    if fault.as_ref().is_none_or(|fault| fault.is_done) {
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let done = done(kind, &mut kept, (&method, &path), &query, &body);
        if fault.is_none() {
            // What a token may not see is not there, except for the account of a run's own token.
            let (status, says) = match path.as_str() {
                "user" => (StatusCode::FORBIDDEN, "Resource not accessible by integration"),
                _ => (StatusCode::NOT_FOUND, "Not Found"),
            };
            let missing = || (status, json!({"message": says}).to_string()).into_response();
            return done.map_or_else(missing, |json| json.to_string().into_response());
        }
    }
    let fault = fault.unwrap();
    let mut reply = (StatusCode::from_u16(fault.status).unwrap(), json!({"message": "no"}).to_string()).into_response();
    for (name, value) in fault.headers {
        reply.headers_mut().insert(name, value.parse().unwrap());
    }
    reply
}

fn done(
    kind: Kind,
    kept: &mut Kept,
    (method, path): (&Method, &str),
    query: &HashMap<String, String>,
    body: &Json,
) -> Option<Json> {
    let parts: Vec<&str> = path.split('/').collect();
    match (kind, method.as_str(), &parts[..]) {
        (Kind::GitHub, "GET", ["user"]) if kept.is_person => Some(json!({"login": "octo"})),
        (Kind::GitLab, "GET", ["user"]) => Some(json!({"id": 7, "username": account(kind)})),
        (Kind::GitHub, "GET", ["repos", "acme", "offers", "commits", "c0ffee", "pulls"]) => Some(
            json!([{"number": 3, "merged_at": null, "user": {"login": "a"}}, {"number": 12, "merged_at": "2026-11-01T00:00:00Z"}]),
        ),
        (Kind::GitLab, "GET", ["projects", "7", "repository", "commits", "c0ffee", "merge_requests"]) => {
            Some(json!([{"id": 900, "iid": 12, "state": "merged", "merged_at": "2026-11-01T00:00:00Z"}]))
        }
        (_, "GET", [.., "commits", _, "pulls" | "merge_requests"]) => Some(json!([])),
        (Kind::GitHub, _, ["repos", "acme", "offers", "issues", "12", "comments"])
        | (Kind::GitLab, _, ["projects", "7", "merge_requests", "12", "notes"]) => {
            Some(listed_or_made(kind, &mut kept.comments, method, query, body))
        }
        (Kind::GitHub, "PATCH", ["repos", "acme", "offers", "issues", "comments", id])
        | (Kind::GitLab, "PUT", ["projects", "7", "merge_requests", "12", "notes", id]) => {
            edited(kind, &mut kept.comments, id, body)
        }
        (Kind::GitHub, _, ["repos", "acme", "offers", "pulls"])
        | (Kind::GitLab, _, ["projects", "7", "merge_requests"]) => {
            let head = query.get("head").or(query.get("source_branch")).map(String::as_str);
            let head = head.or(body["head"].as_str()).or(body["source_branch"].as_str()).unwrap();
            assert!(["acme:offersync-drift-production", "offersync-drift-production"].contains(&head), "{head}");
            Some(listed_or_made(kind, &mut kept.requests_of_branch, method, query, body))
        }
        (Kind::GitHub, _, ["repos", "acme", "offers", "issues", "12", "labels", ..]) => {
            labelled(&mut kept.labels, method, parts.get(6).copied(), body)
        }
        (Kind::GitLab, "PUT", ["projects", "7", "merge_requests", "12"]) => {
            let names = |member: &str| -> Vec<String> {
                let names = body[member].as_str().unwrap().split(',').filter(|name| !name.is_empty());
                names.map(str::to_owned).collect()
            };
            let (add, remove) = (names("add_labels"), names("remove_labels"));
            kept.labels.retain(|label| !remove.contains(label) && !add.contains(label));
            kept.labels.extend(add);
            Some(json!({"iid": 12, "labels": kept.labels}))
        }
        (Kind::GitHub, "PATCH", ["repos", "acme", "offers", "pulls", id])
        | (Kind::GitLab, "PUT", ["projects", "7", "merge_requests", id]) => {
            edited(kind, &mut kept.requests_of_branch, id, body)
        }
        (Kind::GitHub, _, ["repos", "acme", "offers", "issues"]) | (Kind::GitLab, _, ["projects", "7", "issues"]) => {
            Some(listed_or_made(kind, &mut kept.issues, method, query, body))
        }
        (Kind::GitHub, "PATCH", ["repos", "acme", "offers", "issues", id])
        | (Kind::GitLab, "PUT", ["projects", "7", "issues", id]) => edited(kind, &mut kept.issues, id, body),
        _ => None,
    }
}

/// GitHub makes a label that the repository does not have.
fn labelled(labels: &mut Vec<String>, method: &Method, name: Option<&str>, body: &Json) -> Option<Json> {
    if let Some(name) = name {
        let name = name.replace("%20", " ").replace("%3A", ":");
        let at = labels.iter().position(|label| *label == name)?;
        labels.remove(at);
    } else if method == Method::POST {
        let added = body["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap().to_owned());
        labels.extend(added);
    }
    Some(labels.iter().map(|label| json!({"name": label})).collect())
}

fn listed_or_made(
    kind: Kind,
    entries: &mut Vec<Entry>,
    method: &Method,
    query: &HashMap<String, String>,
    body: &Json,
) -> Json {
    if method == Method::POST {
        let text = body["body"].as_str().or(body["description"].as_str()).unwrap().to_owned();
        entries.push(Entry { author: account(kind).to_owned(), body: text, is_open: true });
        return row(kind, entries.len(), entries.last().unwrap());
    }
    let (size, page): (usize, usize) = (query["per_page"].parse().unwrap(), query["page"].parse().unwrap());
    let author = query.get("creator").or(query.get("author_username"));
    let of_author = (1..).zip(entries.iter()).filter(|(_, entry)| author.is_none_or(|author| entry.author == *author));
    of_author.skip(size * (page - 1)).take(size).map(|(id, entry)| row(kind, id, entry)).collect()
}

/// The id of an entry is another than its number.
fn row(kind: Kind, number: usize, entry: &Entry) -> Json {
    let state = match (kind, entry.is_open) {
        (Kind::GitHub, true) => "open",
        (Kind::GitLab, true) => "opened",
        (_, false) => "closed",
    };
    match kind {
        Kind::GitHub => {
            json!({"id": number, "number": number, "user": {"login": entry.author}, "body": entry.body, "state": state})
        }
        Kind::GitLab => {
            json!({"id": number, "iid": number, "author": {"id": 7, "username": entry.author}, "body": entry.body, "state": state})
        }
    }
}

fn edited(kind: Kind, entries: &mut [Entry], id: &str, body: &Json) -> Option<Json> {
    let number: usize = id.parse().unwrap();
    let entry = entries.get_mut(number - 1)?;
    if let Some(text) = body["body"].as_str().or(body["description"].as_str()) {
        text.clone_into(&mut entry.body);
    }
    if let Some(state) = body["state"].as_str().or(body["state_event"].as_str()) {
        entry.is_open = ["open", "reopen"].contains(&state);
    }
    Some(row(kind, number, entry))
}
