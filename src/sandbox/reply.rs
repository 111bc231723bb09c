//! What goes back over the wire, as a value: status, headers, body.
//!
//! Knows nothing of sockets. The invariant: an error looks like one of the kinds that have been seen from CAKE: HTTP 200
//! with a message for what is logically wrong, an IIS page for what could not be read.

use axum::http::StatusCode;
use serde::Serialize;

/// Why a call was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rejection {
    /// The body is not the JSON object that it should be.
    Malformed,
    /// The request could be read and is wrong; the message says how.
    Failed(String),
    /// The server could not do its own work.
    Broken,
    /// There is no such page.
    NotFound,
    /// The page exists, the method does not.
    WrongMethod,
}

impl Rejection {
    /// A logical failure with this message.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// A parameter whose value is not allowed, worded as CAKE words its ids: `advertiser_id` is an `Invalid Advertiser ID`.
    pub(super) fn invalid(parameter: &str) -> Self {
        let words: Vec<String> = parameter.split('_').map(titled).collect();
        Self::Failed(format!("Invalid {}", words.join(" ")))
    }
}

fn titled(word: &str) -> String {
    match word {
        "id" | "url" | "api" => word.to_ascii_uppercase(),
        _ => {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            first.to_uppercase() + rest
        }
    }
}

/// One reply, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpReply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

impl HttpReply {
    /// A JSON reply.
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => {
                Self { status, headers: Vec::new(), content_type: "application/json; charset=utf-8".to_owned(), body }
            }
            Err(_) => Self::html(500),
        }
    }

    /// `{"request_status":"Failed","message":…}` with HTTP 200.
    pub(super) fn failed(message: &str) -> Self {
        #[derive(Serialize)]
        struct Failed<'a> {
            request_status: &'static str,
            message: &'a str,
        }
        Self::json(200, &Failed { request_status: "Failed", message })
    }

    /// A bare HTTP error with a short JSON body.
    pub(super) fn bare(status: u16) -> Self {
        #[derive(Serialize)]
        struct Bare {
            message: &'static str,
        }
        Self::json(status, &Bare { message: reason(status) })
    }

    /// A page like those of IIS.
    pub(super) fn html(status: u16) -> Self {
        let reason = reason(status);
        let body = format!(
            "<!DOCTYPE html>\r\n<html>\r\n<head><title>{status} - {reason}</title></head>\r\n<body>\r\n\
             <h1>Server Error</h1>\r\n<h2>{status} - {reason}</h2>\r\n\
             <h3>The page that you asked for cannot be shown.</h3>\r\n</body>\r\n</html>\r\n"
        );
        Self {
            status,
            headers: Vec::new(),
            content_type: "text/html; charset=utf-8".to_owned(),
            body: body.into_bytes(),
        }
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The reply's first bytes on the wire, with only half of the body that its head promises.
    pub(super) fn cut(&self) -> Vec<u8> {
        let Self { status, headers, content_type, body } = self;
        let mut head = format!(
            "HTTP/1.1 {status} {}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n",
            reason(*status),
            body.len()
        );
        for (name, value) in headers {
            head.extend([*name, ": ", value.as_str(), "\r\n"]);
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&body[..body.len() / 2]);
        bytes
    }
}

impl From<&Rejection> for HttpReply {
    fn from(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::Failed(message) => Self::failed(message),
            Rejection::Malformed | Rejection::Broken => Self::html(500),
            Rejection::NotFound => Self::html(404),
            Rejection::WrongMethod => Self::html(405),
        }
    }
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
