//! Printing of fault rules, for the control endpoints and the log.
//!
//! The invariant: a printed rule parses to the same value. Free text (a message, a URL, a name) is printed as it is if that is
//! unambiguous, and as a JSON string otherwise.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{
    Call, Disconnect, Effect, FaultPlan, FaultRule, LateReply, Occurrences, Processing, RequestFilter, RetryAfter,
    Target,
};

impl Display for FaultPlan {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.rules.iter().try_for_each(|rule| writeln!(formatter, "{rule}"))
    }
}

/// Prints text as it is, or as a JSON string if it would not parse back to the same text.
struct FreeText<'a>(&'a str);

impl Display for FreeText<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        let plain = !text.starts_with('"') && text.trim() == *text && !text.chars().any(char::is_control);
        if plain { formatter.write_str(text) } else { quoted(formatter, text) }
    }
}

fn quoted(formatter: &mut Formatter<'_>, text: &str) -> fmt::Result {
    formatter.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

fn filter(formatter: &mut Formatter<'_>, word: &str, text: &str) -> fmt::Result {
    write!(formatter, "[{word}=")?;
    quoted(formatter, text)?;
    formatter.write_char(']')
}

impl Display for Call {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::List => "list",
            Self::Advertisers => "advertisers",
        })
    }
}

impl Display for FaultRule {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { target, subject, turns, effect } = self;
        match target {
            Target::Any => formatter.write_str("any")?,
            Target::Call(call) => write!(formatter, "{call}")?,
            Target::Connection => formatter.write_str("connect")?,
        }
        match subject {
            Some(RequestFilter::Id(id)) => write!(formatter, "[id={id}]")?,
            Some(RequestFilter::Name(text)) => filter(formatter, "name", text)?,
            Some(RequestFilter::Text(text)) => filter(formatter, "text", text)?,
            None => {}
        }
        write!(formatter, "{turns}={effect}")
    }
}

impl Display for Occurrences {
    /// With the leading colon, because `Always` is written as nothing.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => Ok(()),
            Self::Nth(nth) => write!(formatter, ":{nth}"),
            Self::Range(first, last) => write!(formatter, ":{first}-{last}"),
            Self::From(first) => write!(formatter, ":{first}-"),
            Self::Every(step) => write!(formatter, ":every-{step}"),
            Self::Chance { percent, seed } => write!(formatter, ":{percent}%{seed}"),
        }
    }
}

impl Display for Processing {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(if *self == Self::Processed { ":done" } else { "" })
    }
}

impl Display for LateReply {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => Ok(()),
            Self::Reset => formatter.write_str(":reset"),
            Self::Status(code) => write!(formatter, ":{code}"),
        }
    }
}

impl Display for Effect {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop(ending, work) => {
                let how = if *ending == Disconnect::Reset { "reset" } else { "close" };
                let when = if *work == Processing::Processed { "after" } else { "before" };
                write!(formatter, "{how}-{when}")
            }
            Self::Hang(work) => write!(formatter, "hang{work}"),
            Self::Delay(duration) => write!(formatter, "delay:{}", duration.as_millis()),
            Self::CutBody => formatter.write_str("cut-body"),
            Self::Html { code, work, title } => {
                write!(formatter, "html-{code}{work}")?;
                title.as_ref().map_or(Ok(()), |title| write!(formatter, ":title={}", FreeText(title)))
            }
            Self::SuccessUnder(code) => write!(formatter, "success-{code}"),
            Self::Late(duration, reply) => write!(formatter, "late:{}{reply}", duration.as_millis()),
            Self::Error(message) => write!(formatter, "error:{}", FreeText(message)),
            Self::Restricted => formatter.write_str("restricted"),
            Self::Status { code, work, retry_after } => {
                write!(formatter, "http-{code}{work}")?;
                match retry_after {
                    None => Ok(()),
                    Some(RetryAfter::Seconds(seconds)) => write!(formatter, ":after={seconds}"),
                    Some(RetryAfter::Date(seconds)) => write!(formatter, ":after-date={seconds}"),
                }
            }
            Self::NoId => formatter.write_str("no-id"),
            Self::OtherId(None) => formatter.write_str("other-id"),
            Self::OtherId(Some(id)) => write!(formatter, "other-id:{id}"),
            Self::IdOnly(None) => formatter.write_str("id-only"),
            Self::IdOnly(Some(id)) => write!(formatter, "id-only:{id}"),
            Self::Echo(member, None) => write!(formatter, "echo:{member}"),
            Self::Echo(member, Some(value)) => write!(formatter, "echo:{member}={value}"),
            Self::Swap => formatter.write_str("swap"),
            Self::TakeId(None) => formatter.write_str("take-id"),
            Self::TakeId(Some(id)) => write!(formatter, "take-id:{id}"),
            Self::Redirect(url) => write!(formatter, "redirect:{}", FreeText(url)),
            Self::ContentType(content_type) => {
                write!(formatter, "content-type:{}", FreeText(content_type))
            }
        }
    }
}
