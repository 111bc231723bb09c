//! An HTTP reply as a value: status, headers, body.
//!
//! Knows nothing of sockets. The invariant: errors have the forms that CAKE uses: HTTP 200 with a message for an invalid request, an
//! IIS error page for a request that cannot be parsed.

use axum::http::StatusCode;
use serde::Serialize;

/// The reason why a call was not executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rejection {
    /// The body is not a JSON object.
    Malformed,
    /// The request is invalid, with CAKE's message.
    Failed(String),
    /// An internal error.
    Broken,
    NotFound,
    WrongMethod,
}

impl Rejection {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// An invalid parameter, in CAKE's wording: `advertiser_id` gives `Invalid Advertiser ID`.
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpReply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

impl HttpReply {
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => {
                Self { status, headers: Vec::new(), content_type: "application/json; charset=utf-8".to_owned(), body }
            }
            Err(_) => Self::html(500),
        }
    }

    /// HTTP 200 with `{"request_status":"Failed","message":…}`.
    pub(super) fn failed(message: &str) -> Self {
        Self::message("Failed", message)
    }

    /// HTTP 200 with this `request_status` and a message.
    pub(super) fn message(request_status: &'static str, message: &str) -> Self {
        #[derive(Serialize)]
        struct Message<'a> {
            request_status: &'static str,
            message: &'a str,
        }
        Self::json(200, &Message { request_status, message })
    }

    /// The same reply under `d`.
    pub(super) fn under_d(mut self) -> Self {
        if self.content_type.starts_with("application/json") {
            self.body = [b"{\"d\":", self.body.as_slice(), b"}"].concat();
        }
        self
    }

    /// An HTTP error with a short JSON body.
    pub(super) fn bare(status: u16) -> Self {
        #[derive(Serialize)]
        struct Bare {
            message: &'static str,
        }
        Self::json(status, &Bare { message: reason(status) })
    }

    /// An HTML error page like those of IIS.
    pub(super) fn html(status: u16) -> Self {
        Self::page(status, &format!("{status} - {}", reason(status)))
    }

    /// An HTML page with this title.
    pub(super) fn page(status: u16, title: &str) -> Self {
        let body = format!(
            "<!DOCTYPE html>\r\n<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n\
             <h1>Server Error</h1>\r\n<h2>{title}</h2>\r\n\
             <h3>The page that you asked for cannot be shown.</h3>\r\n</body>\r\n</html>\r\n"
        );
        Self {
            status,
            headers: Vec::new(),
            content_type: "text/html; charset=utf-8".to_owned(),
            body: body.into_bytes(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The raw HTTP reply with only half of the body that `Content-Length` announces.
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
