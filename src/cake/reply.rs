//! A reply of CAKE: status, body, how long to wait, and its description for people.
//!
//! Knows no request. Invariant: every reply can be described, whatever its body is; a description may hold the key until it is
//! redacted.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use reqwest::header::{AGE, CONTENT_RANGE, DATE, HeaderMap, HeaderName, HeaderValue, LINK, RETRY_AFTER, WARNING};

use super::html::first_words;
use super::message::message;
use super::object::{MemberValue, Object, Scalar, text_of};

/// A reply whose status and headers arrived.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// How long CAKE asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// Why it may not be what CAKE says now, or not the whole of it.
    pub(super) caveat: Option<&'static str>,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// The connection broke or timed out first: why, and what had come until then.
    Cut { why: String, start: Vec<u8> },
    /// More than a reply may have.
    TooLong,
}

impl Body {
    /// A whole body, without the wrapper of ASP.NET's script services.
    pub(super) fn whole(bytes: Vec<u8>) -> Self {
        let unwrapped = Object::from_bytes(&bytes).and_then(|object| object.wrapped()).map(Cow::into_owned);
        Self::Whole(unwrapped.map_or(bytes, String::into_bytes))
    }
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as an object, if it is one.
    pub(super) fn object(&self) -> Option<Object<'_>> {
        match &self.body {
            Body::Whole(bytes) => Object::from_bytes(bytes),
            Body::Cut { .. } | Body::TooLong => None,
        }
    }

    /// The body as small letters, whatever it is, as far as it came.
    pub(super) fn text(&self) -> String {
        match &self.body {
            Body::Whole(bytes) | Body::Cut { start: bytes, .. } => String::from_utf8_lossy(bytes).to_ascii_lowercase(),
            Body::TooLong => String::new(),
        }
    }

    /// Whether the body, whatever it is, has an `offer_id` with a number: a proxy may have wrapped what CAKE said.
    pub(super) fn names_offer(&self) -> bool {
        self.text().split("offer_id").skip(1).any(|rest| {
            // The quotes and the colon between, escaped or not.
            let value = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
            value.starts_with(|c: char| ('1'..='9').contains(&c))
        })
    }

    /// CAKE's message, or the title of a page, or the first words of anything else.
    pub(super) fn message(&self) -> Option<String> {
        let Body::Whole(bytes) = &self.body else { return None };
        match Object::from_bytes(bytes) {
            Some(object) => message(&object),
            None => self.bare_text().or_else(|| first_words(&String::from_utf8_lossy(bytes))),
        }
    }

    /// The reply in one line: its status, and its message or what else is known of its body.
    pub(super) fn describe(&self) -> String {
        let mut text = format!("HTTP {}", self.status);
        if let Some(message) = self.message() {
            text = format!("{text}: {message}");
        } else if let Some(object) = self.object().filter(|_| !self.is_success()) {
            text = format!("{text}: the reply has: {}", object.names());
        } else if let Body::Cut { why, .. } = &self.body {
            text = format!("{text}, cut off: {why}");
        }
        text
    }

    /// The JSON string that is the whole body, if it is one; ASP.NET answers so too.
    pub(super) fn bare_text(&self) -> Option<String> {
        match &self.body {
            Body::Whole(bytes) => text_of(bytes).and_then(|text| serde_json::from_str::<String>(text).ok()),
            Body::Cut { .. } | Body::TooLong => None,
        }
    }
}

/// The headers by which caches say whether the reply is theirs: those of RFC 9211, of Squid and Varnish, of Cloudflare, and of nginx.
const CACHE_STATUS: [&str; 5] = ["cache-status", "x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache"];

/// Whether a cache says that the reply is its own. One that it has asked for again (`fwd=stale`, `revalidated`) is CAKE's.
fn is_hit(status: &str) -> bool {
    let mut words = status.split(|c: char| !c.is_ascii_alphanumeric() && c != '=');
    words.any(|word| matches!(word, "hit" | "stale" | "updating"))
}

/// What the headers say that makes the reply another one than CAKE's own of now, and the whole of it.
pub(super) fn caveat(headers: &HeaderMap) -> Option<&'static str> {
    let has = |name: HeaderName, is_it: &dyn Fn(&str) -> bool| {
        headers.get_all(name).iter().any(|value| value.to_str().map_or(true, |text| is_it(&text.to_ascii_lowercase())))
    };
    // An age that cannot be read is no new reply either.
    if has(AGE, &|age| age.split(',').any(|age| age.trim().bytes().any(|b| b != b'0'))) {
        Some("a cache on the way answered in place of CAKE (`Age` is above 0)")
    } else if has(WARNING, &|warning| warning.starts_with("110") || warning.contains("stale")) {
        Some("a cache on the way answered in place of CAKE (`Warning` says that it is stale)")
    } else if CACHE_STATUS.iter().any(|name| has(HeaderName::from_static(name), &is_hit)) {
        Some("a cache on the way answered in place of CAKE (`X-Cache` or the like says so)")
    } else if has(CONTENT_RANGE, &|_| true) || has(LINK, &|link| link.contains("next")) {
        Some("the reply says that it is a part (`Content-Range` or `Link`)")
    } else {
        None
    }
}

/// A pause of unknown length, longer than any that is waited for.
pub const UNREADABLE_PAUSE: Duration = Duration::MAX;

/// How long the headers ask to wait, the longest where there are several.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get_all(RETRY_AFTER).iter().filter_map(|value| pause_in(value, headers)).max()
}

/// `Retry-After` in seconds or as a date. A date is measured against the server's own clock where it shows it, because two
/// clocks seldom agree. What cannot be read is no reason to go on at once.
fn pause_in(value: &HeaderValue, headers: &HeaderMap) -> Option<Duration> {
    let Ok(text) = value.to_str().map(str::trim) else { return Some(UNREADABLE_PAUSE) };
    if text.is_empty() {
        return None;
    }
    // Several headers may have become one.
    let seconds: Option<Vec<u64>> = text.split(',').map(|part| whole_seconds(part.trim())).collect();
    if let Some(longest) = seconds.and_then(|seconds| seconds.into_iter().max()) {
        return Some(Duration::from_secs(longest));
    }
    let Ok(until) = httpdate::parse_http_date(text) else { return Some(UNREADABLE_PAUSE) };
    let server_now = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    Some(until.duration_since(server_now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

/// `3`, or `2.5`, of which the next whole second is taken.
fn whole_seconds(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let more = u64::from(fraction.bytes().any(|b| b != b'0'));
    Some(whole.parse().unwrap_or(u64::MAX).saturating_add(more))
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum RequestStatus {
    /// `Success`, in any case.
    Success,
    /// Nothing.
    Absent,
    /// Something else, or two things at once.
    Other,
}

pub(super) fn request_status(object: &Object<'_>) -> RequestStatus {
    match object.get("request_status") {
        MemberValue::Absent => RequestStatus::Absent,
        MemberValue::Repeated => RequestStatus::Other,
        MemberValue::One(value) => match Scalar::read(value) {
            Scalar::Text(word) if word.trim().eq_ignore_ascii_case("success") => RequestStatus::Success,
            _ => RequestStatus::Other,
        },
    }
}
