//! Parsing of fault rules, for the command line and the control endpoints.
//!
//! The invariant: a text that is not exactly one rule is an error that says what is wrong with it.

use std::str::FromStr;
use std::time::Duration;

use serde_json::value::RawValue;

use crate::sandbox::rows::Member;

use super::{
    Call, Disconnect, Effect, FaultPlan, FaultRule, LateReply, Occurrences, Processing, RequestFilter, RetryAfter,
    Target,
};

/// A fault rule that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the fault `{text}`: {problem}")]
pub struct FaultSyntaxError {
    /// The rule as written.
    pub text: String,
    pub problem: &'static str,
}

const UNKNOWN_EFFECT: &str = "unknown effect";

type Parsed<T> = Result<T, &'static str>;

impl FromStr for FaultPlan {
    type Err = FaultSyntaxError;

    /// One rule per line; ignores empty lines and lines that begin with `#`.
    fn from_str(text: &str) -> Result<Self, FaultSyntaxError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(Self { rules: lines.map(str::parse).collect::<Result<_, _>>()? })
    }
}

impl FromStr for FaultRule {
    type Err = FaultSyntaxError;

    fn from_str(text: &str) -> Result<Self, FaultSyntaxError> {
        rule(text).map_err(|problem| FaultSyntaxError { text: text.to_owned(), problem })
    }
}

fn rule(text: &str) -> Parsed<FaultRule> {
    let end = text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let target = match word {
        "any" => Target::Any,
        "create" => Target::Call(Call::Create),
        "update" => Target::Call(Call::Update),
        "list" => Target::Call(Call::List),
        "advertisers" => Target::Call(Call::Advertisers),
        "connect" => Target::Connection,
        _ => return Err("a fault begins with create, update, list, advertisers, any or connect"),
    };
    let (subject, rest) = match rest.strip_prefix('[') {
        Some(rest) => subject(rest).map(|(subject, rest)| (Some(subject), rest))?,
        None => (None, rest),
    };
    let (turns, effect) = rest.split_once('=').ok_or("the effect needs a `=` before it")?;
    let turns = match turns.strip_prefix(':') {
        Some(turns) => self::turns(turns)?,
        None if turns.is_empty() => Occurrences::Always,
        None => return Err("the call must be followed by `[offer]`, `:turns` or `=effect`"),
    };
    let effect = self::effect(effect)?;
    let rule = FaultRule { target, subject, turns, effect };
    rule.contradiction().map_or(Ok(rule), Err)
}

fn subject(text: &str) -> Parsed<(RequestFilter, &str)> {
    const OPEN: &str = "the offer needs a `]` after it";
    const UNKNOWN: &str = "the offer is `id=N`, `name=TEXT` or `text=TEXT`";
    let (word, value) = text.split_once('=').ok_or(UNKNOWN)?;
    let filter = match word {
        "id" => |id: String| number(&id).map(RequestFilter::Id),
        "name" => |name| Ok(RequestFilter::Name(name)),
        "text" => |text| Ok(RequestFilter::Text(text)),
        _ => return Err(UNKNOWN),
    };
    if value.starts_with('"') {
        // A text may contain the closing bracket, so the end of the JSON string ends it.
        let mut stream = serde_json::Deserializer::from_str(value).into_iter::<String>();
        let value_read = stream.next().and_then(Result::ok).ok_or("the value is not a valid JSON string")?;
        let rest = value[stream.byte_offset()..].strip_prefix(']').ok_or(OPEN)?;
        return Ok((filter(value_read)?, rest));
    }
    let (value, rest) = value.split_once(']').ok_or(OPEN)?;
    Ok((filter(value.to_owned())?, rest))
}

fn turns(text: &str) -> Parsed<Occurrences> {
    let counted =
        |text: &str| number(text).and_then(|n: u64| if n == 0 { Err("requests are counted from 1") } else { Ok(n) });
    if let Some(step) = text.strip_prefix("every-") {
        return Ok(Occurrences::Every(counted(step)?));
    }
    if let Some((percent, seed)) = text.split_once('%') {
        let percent = number(percent)?;
        let seed = if seed.is_empty() { 0 } else { number(seed)? };
        return if percent <= 100 { Ok(Occurrences::Chance { percent, seed }) } else { Err("the maximum is 100 %") };
    }
    match text.split_once('-') {
        None => Ok(Occurrences::Nth(counted(text)?)),
        Some((first, "")) => Ok(Occurrences::From(counted(first)?)),
        Some((first, last)) => Ok(Occurrences::Range(counted(first)?, counted(last)?)),
    }
}

fn effect(text: &str) -> Parsed<Effect> {
    let (word, argument) = match text.split_once(':') {
        Some((word, argument)) => (word, Some(argument)),
        None => (text, None),
    };
    if let Some(code) = word.strip_prefix("html-") {
        return html(status(code, 200)?, argument);
    }
    if let Some(code) = word.strip_prefix("success-") {
        return if argument.is_none() { Ok(Effect::SuccessUnder(status(code, 200)?)) } else { Err(UNKNOWN_EFFECT) };
    }
    if let Some(code) = word.strip_prefix("http-") {
        return http(status(code, 400)?, argument);
    }
    let needed = || argument.ok_or("the effect needs a value after a colon");
    match (word, argument) {
        ("reset-before", None) => Ok(Effect::Drop(Disconnect::Reset, Processing::NotProcessed)),
        ("reset-after", None) => Ok(Effect::Drop(Disconnect::Reset, Processing::Processed)),
        ("close-before", None) => Ok(Effect::Drop(Disconnect::Close, Processing::NotProcessed)),
        ("close-after", None) => Ok(Effect::Drop(Disconnect::Close, Processing::Processed)),
        ("hang", _) => Ok(Effect::Hang(work(argument)?)),
        ("delay", _) => Ok(Effect::Delay(Duration::from_millis(number(needed()?)?))),
        ("cut-body", None) => Ok(Effect::CutBody),
        ("error", _) => Ok(Effect::Error(free_text(needed()?)?)),
        ("restricted", None) => Ok(Effect::Restricted),
        ("no-id", None) => Ok(Effect::NoId),
        ("other-id", _) => Ok(Effect::OtherId(argument.map(number).transpose()?)),
        ("id-only", _) => Ok(Effect::IdOnly(argument.map(number).transpose()?)),
        ("redirect", _) => Ok(Effect::Redirect(free_text(needed()?)?)),
        ("content-type", _) => Ok(Effect::ContentType(free_text(needed()?)?)),
        ("late", _) => late(needed()?),
        ("echo", _) => echo(needed()?),
        ("swap", None) => Ok(Effect::Swap),
        ("take-id", _) => Ok(Effect::TakeId(argument.map(number).transpose()?)),
        _ => Err(UNKNOWN_EFFECT),
    }
}

fn html(code: u16, argument: Option<&str>) -> Parsed<Effect> {
    let (mut done, mut rest) = (Processing::NotProcessed, argument);
    if let Some(argument) = argument.and_then(|argument| argument.strip_prefix("done")) {
        done = Processing::Processed;
        rest = (!argument.is_empty()).then_some(argument.strip_prefix(':').unwrap_or(argument));
    }
    let title =
        match rest.map(|rest| rest.strip_prefix("title=").ok_or("a page may be followed by `done` and `title=TEXT`")) {
            Some(title) => Some(free_text(title?)?),
            None => None,
        };
    Ok(Effect::Html { code, work: done, title })
}

fn late(argument: &str) -> Parsed<Effect> {
    let (millis, reply) = match argument.split_once(':') {
        None => (argument, LateReply::Own),
        Some((millis, "reset")) => (millis, LateReply::Reset),
        Some((millis, code)) => (millis, LateReply::Status(status(code, 400)?)),
    };
    Ok(Effect::Late(Duration::from_millis(number(millis)?), reply))
}

fn echo(argument: &str) -> Parsed<Effect> {
    let (member, value) = match argument.split_once('=') {
        Some((member, value)) => (member, Some(value)),
        None => (argument, None),
    };
    let member = Member::named(member).ok_or("unknown member of a reply")?;
    // A value that is no JSON is a text, so that a shell needs no second pair of quotes.
    let json = |text: &str| match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => raw.get().to_owned(),
        Err(_) => serde_json::Value::from(text).to_string(),
    };
    Ok(Effect::Echo(member.name().to_owned(), value.map(json)))
}

fn http(code: u16, argument: Option<&str>) -> Parsed<Effect> {
    let (mut work, mut retry_after) = (Processing::NotProcessed, None);
    for part in argument.into_iter().flat_map(|argument| argument.split(':')) {
        match part.split_once('=') {
            None if part == "done" => work = Processing::Processed,
            Some(("after", seconds)) => retry_after = Some(RetryAfter::Seconds(number(seconds)?)),
            Some(("after-date", seconds)) => retry_after = Some(RetryAfter::Date(number(seconds)?)),
            _ => {
                return Err("an HTTP status may be followed by `done`, `after=SECONDS` or `after-date=SECONDS`");
            }
        }
    }
    Ok(Effect::Status { code, work, retry_after })
}

fn status(text: &str, lowest: u16) -> Parsed<u16> {
    number(text).and_then(|code| if (lowest..600).contains(&code) { Ok(code) } else { Err("unknown HTTP status") })
}

fn work(argument: Option<&str>) -> Parsed<Processing> {
    match argument {
        None => Ok(Processing::NotProcessed),
        Some("done") => Ok(Processing::Processed),
        Some(_) => Err("only `done` is allowed after the colon"),
    }
}

fn number<N: FromStr>(text: &str) -> Parsed<N> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or("a number is missing or too large")
}

fn free_text(text: &str) -> Parsed<String> {
    if text.starts_with('"') {
        serde_json::from_str(text).map_err(|_| "the text is not a valid JSON string")
    } else {
        Ok(text.to_owned())
    }
}
