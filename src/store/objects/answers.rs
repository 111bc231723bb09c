//! What an object store has answered, and what that means.
//!
//! Owns the words that stores have for what is wrong. The library tells an error by its status alone, and S3 answers 404 for an object and
//! for a bucket that is not there: so what was answered is kept beside each request, while it runs.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;

use crate::store::home::{HomeError, Kind};

/// More of a store's words is not shown.
const WORDS: usize = 300;

tokio::task_local! {
    /// The answers to the requests of a task.
    static HEARD: RefCell<Heard>;
}

/// What the requests of a task were answered.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Whether the store itself was asked, and not only the service that gives out credentials.
    pub(super) is_asked: bool,
    /// The last answer, where that was no success.
    pub(super) answer: Option<Answer>,
}

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The store's word for what is wrong; may be empty.
    pub(super) code: String,
    /// What it says besides.
    message: String,
}

impl Answer {
    /// Reads an answer in the form that S3, Google Cloud Storage and Azure share: XML with a code and a message.
    pub(super) fn parse(status: u16, body: &str) -> Self {
        let element = |name: &str| {
            let (_, rest) = body.split_once(&format!("<{name}>"))?;
            Some(rest.split_once("</")?.0.trim().to_owned())
        };
        let code = element("Code").unwrap_or_default();
        let whole = || if code.is_empty() { without_markup(body) } else { String::new() };
        let message = element("Message").unwrap_or_else(whole);
        let message = message.lines().next().unwrap_or_default().chars().take(WORDS).collect();
        Self { status, code, message }
    }

    /// Whether the store says that this object is not there, and its bucket is.
    pub(super) fn is_no_object(&self) -> bool {
        self.status == 404 && ["NoSuchKey", "BlobNotFound"].contains(&self.code.as_str())
    }

    /// Whether the store says that a condition does not hold.
    fn is_conflict(&self) -> bool {
        matches!(self.status, 409 | 412) || (self.status == 404 && self.is_no_object())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store answered {}", self.status)?;
        [&self.code, &self.message]
            .into_iter()
            .filter(|words| !words.is_empty())
            .try_for_each(|words| write!(f, ": {words}"))
    }
}

/// The text of a page.
fn without_markup(body: &str) -> String {
    let mut is_markup = false;
    let text = body.chars().filter(|c| {
        is_markup = (is_markup || *c == '<') && *c != '>';
        !is_markup && *c != '>'
    });
    text.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs a request, and keeps what is answered.
pub(super) async fn heard<T>(
    request: impl Future<Output = object_store::Result<T>>,
) -> Result<T, (object_store::Error, Heard)> {
    HEARD
        .scope(RefCell::default(), async {
            let answered = request.await;
            answered.map_err(|error| (error, HEARD.with(RefCell::take)))
        })
        .await
}

/// Notes that a request goes to the store itself.
pub(super) fn note_request() {
    // Outside of a request that is listened to, no one asks.
    let _ = HEARD.try_with(|heard| *heard.borrow_mut() = Heard { is_asked: true, answer: None });
}

/// Notes an answer that is no success.
pub(super) fn note_answer(answer: Answer) {
    let _ = HEARD.try_with(|heard| heard.borrow_mut().answer = Some(answer));
}

/// What an error means.
pub(super) fn meaning(error: &object_store::Error, heard: Heard) -> HomeError {
    let Heard { is_asked, answer } = heard;
    match answer {
        _ if !is_asked => no_credentials(deepest(error)),
        Some(answer) => of_answer(&answer),
        None => HomeError::new(Kind::Unclear, format!("no whole answer came: {}", deepest(error)))
            .advice("make sure that the store can be reached from this machine, then run the command again"),
    }
}

/// The error that there is nothing with which to sign requests.
pub(super) fn no_credentials(reason: impl fmt::Display) -> HomeError {
    HomeError::new(Kind::Refused, format!("there are no credentials for it: {reason}")).advice(
        "set the variables of the store: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), GOOGLE_APPLICATION_CREDENTIALS, \
         or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY. Profiles and single sign-on of AWS are not read: `aws configure \
         export-credentials --format env` prints them as variables",
    )
}

fn of_answer(answer: &Answer) -> HomeError {
    let Answer { status, code, .. } = answer;
    let of_kind = |kind| HomeError::new(kind, answer.to_string());
    match (*status, code.as_str()) {
        (_, "RequestTimeTooSkewed") => {
            of_kind(Kind::Refused).advice("set the clock of this machine (`date` shows it), then run the command again")
        }
        (404, "NoSuchBucket" | "ContainerNotFound") => of_kind(Kind::Refused).advice(
            "create the bucket, or correct its name in `state`; nothing is assumed about what is recorded. A store other than the usual one \
             needs its address in OFFERSYNC_STORE_ENDPOINT",
        ),
        (
            400 | 401 | 403,
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "ExpiredToken" | "InvalidToken" | "AuthenticationFailed"
            | "InvalidAuthenticationInfo" | "TokenRefreshRequired",
        ) => of_kind(Kind::Refused).advice("the store does not accept these credentials: get new ones, then run the command again"),
        (401 | 403, _) => of_kind(Kind::Refused).advice(
            "these credentials may not do that. A plan reads objects below the prefix and lists the bucket (without the right to list it, S3 \
             answers so for an object that is not there, too); an apply also writes and deletes them",
        ),
        (300..400, _) => of_kind(Kind::Refused).advice("the bucket is in another region: name that as AWS_REGION"),
        (404, _) if !answer.is_no_object() => of_kind(Kind::Refused).advice(
            "that is not how a store answers for an object: make sure that OFFERSYNC_STORE_ENDPOINT is the address of one. Nothing is assumed \
             about what is recorded",
        ),
        _ if answer.is_conflict() => of_kind(Kind::Conflict).advice("another process has written there: run the command again"),
        (501, _) => of_kind(Kind::Unfit),
        (408 | 429 | 500.., _) => {
            of_kind(Kind::Unclear).advice("the store is overloaded or has a fault: run the command again in a few minutes")
        }
        _ => of_kind(Kind::Refused).advice("the store does not take such a request: its words say why"),
    }
}

/// The last cause of an error: those before it repeat the address, which may have a secret.
fn deepest(error: &dyn Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string().chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(code: &str) -> String {
        format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>Some words.\nMore.</Message></Error>")
    }

    #[test]
    fn an_answer_is_told_in_the_store_s_words() {
        let answer = Answer::parse(403, &xml("AccessDenied"));
        assert_eq!(answer.to_string(), "the store answered 403: AccessDenied: Some words.");
        let page = Answer::parse(502, "<html><head><title>Bad Gateway</title></head><body>nginx</body></html>");
        assert_eq!(page.to_string(), "the store answered 502: Bad Gatewaynginx");
        assert_eq!(Answer::parse(500, "").to_string(), "the store answered 500");
    }

    #[test]
    fn only_a_store_that_says_so_has_no_such_object() {
        assert!(Answer::parse(404, &xml("NoSuchKey")).is_no_object());
        assert!(Answer::parse(404, &xml("BlobNotFound")).is_no_object());
        for other in [
            Answer::parse(404, &xml("NoSuchBucket")),
            Answer::parse(404, "Not Found"),
            Answer::parse(200, &xml("NoSuchKey")),
        ] {
            assert!(!other.is_no_object());
        }
    }

    #[test]
    fn what_an_answer_means_depends_on_what_the_store_says() {
        let kind = |status, code| of_answer(&Answer::parse(status, &xml(code))).kind;
        assert_eq!(kind(412, "PreconditionFailed"), Kind::Conflict);
        assert_eq!(kind(409, "ConditionalRequestConflict"), Kind::Conflict);
        assert_eq!(kind(404, "NoSuchKey"), Kind::Conflict);
        assert_eq!(kind(404, "NoSuchBucket"), Kind::Refused);
        assert_eq!(kind(403, "AccessDenied"), Kind::Refused);
        assert_eq!(kind(503, "SlowDown"), Kind::Unclear);
        assert_eq!(kind(429, ""), Kind::Unclear);
        assert_eq!(kind(501, "NotImplemented"), Kind::Unfit);
        let skewed = of_answer(&Answer::parse(403, &xml("RequestTimeTooSkewed")));
        assert!(skewed.advice.is_some_and(|advice| advice.contains("clock")));
    }
}
