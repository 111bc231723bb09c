//! Parsing and printing of fault rules, for the command line, the control endpoints and the log.
//!
//! The invariant: a printed rule parses to the same value. Free text (a message, a URL, a name) is printed as it is if that is
//! unambiguous, and as a JSON string otherwise.

use std::fmt::{self, Display, Formatter, Write as _};
use std::str::FromStr;
use std::time::Duration;

use super::{Call, Disconnect, Effect, FaultPlan, FaultRule, Occurrences, OfferFilter, Processing, RetryAfter, Target};

/// A fault rule that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the fault `{text}`: {problem}")]
pub struct FaultSyntaxError {
    /// The rule as written.
    pub text: String,
    pub problem: &'static str,
}

type Parsed<T> = Result<T, &'static str>;

impl FromStr for FaultPlan {
    type Err = FaultSyntaxError;

    /// One rule per line; ignores empty lines and lines that begin with `#`.
    fn from_str(text: &str) -> Result<Self, FaultSyntaxError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(Self { rules: lines.map(str::parse).collect::<Result<_, _>>()? })
    }
}

impl Display for FaultPlan {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.rules.iter().try_for_each(|rule| writeln!(formatter, "{rule}"))
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
        "connect" => Target::Connection,
        _ => return Err("a fault begins with create, update, list, any or connect"),
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

fn subject(text: &str) -> Parsed<(OfferFilter, &str)> {
    const OPEN: &str = "the offer needs a `]` after it";
    if let Some(quoted) = text.strip_prefix("name=").filter(|rest| rest.starts_with('"')) {
        // A name may contain the closing bracket, so the end of the JSON string ends the name.
        let mut stream = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
        let name = stream.next().and_then(Result::ok).ok_or("the name is not a valid JSON string")?;
        let rest = quoted[stream.byte_offset()..].strip_prefix(']').ok_or(OPEN)?;
        return Ok((OfferFilter::Name(name), rest));
    }
    let (inside, rest) = text.split_once(']').ok_or(OPEN)?;
    match inside.split_once('=') {
        Some(("name", name)) => Ok((OfferFilter::Name(name.to_owned()), rest)),
        Some(("id", id)) => Ok((OfferFilter::Id(number(id)?), rest)),
        _ => Err("the offer is `id=N` or `name=TEXT`"),
    }
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
        return Ok(Effect::Html(status(code, 200)?, work(argument)?));
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
        ("redirect", _) => Ok(Effect::Redirect(free_text(needed()?)?)),
        ("content-type", _) => Ok(Effect::ContentType(free_text(needed()?)?)),
        _ => Err("unknown effect"),
    }
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

impl Display for Call {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::List => "list",
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
            Some(OfferFilter::Id(id)) => write!(formatter, "[id={id}]")?,
            Some(OfferFilter::Name(name)) => {
                formatter.write_str("[name=")?;
                quoted(formatter, name)?;
                formatter.write_char(']')?;
            }
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
            Self::Html(code, work) => write!(formatter, "html-{code}{work}"),
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
            Self::Redirect(url) => write!(formatter, "redirect:{}", FreeText(url)),
            Self::ContentType(content_type) => {
                write!(formatter, "content-type:{}", FreeText(content_type))
            }
        }
    }
}
