//! The text form of faults, for a command-line flag, the control path and log lines.
//!
//! The invariant: what is written reads back as the same value. Free text (a message, a URL, a name) stands as it is where
//! that is safe, and as a JSON string otherwise.

use std::fmt::{self, Display, Formatter, Write as _};
use std::str::FromStr;
use std::time::Duration;

use super::{Call, Disconnect, Effect, FaultPlan, FaultRule, Occurrences, OfferFilter, Processing, RetryAfter, Target};

/// A fault that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the fault `{text}`: {problem}")]
pub struct FaultSyntaxError {
    /// The rule, as it was written.
    pub text: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

type Parsed<T> = Result<T, &'static str>;

impl FromStr for FaultPlan {
    type Err = FaultSyntaxError;

    /// A rule to a line; empty lines and lines that begin with `#` count for nothing.
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
        _ => return Err("it begins with create, update, list, any or connect"),
    };
    let (subject, rest) = match rest.strip_prefix('[') {
        Some(rest) => subject(rest).map(|(subject, rest)| (Some(subject), rest))?,
        None => (None, rest),
    };
    let (turns, effect) = rest.split_once('=').ok_or("there is no `=` before the effect")?;
    let turns = match turns.strip_prefix(':') {
        Some(turns) => self::turns(turns)?,
        None if turns.is_empty() => Occurrences::Always,
        None => return Err("after its first word comes `[subject]`, `:turns` or `=effect`"),
    };
    let effect = self::effect(effect)?;
    let rule = FaultRule { target, subject, turns, effect };
    rule.contradiction().map_or(Ok(rule), Err)
}

fn subject(text: &str) -> Parsed<(OfferFilter, &str)> {
    const OPEN: &str = "the subject has no `]` after it";
    if let Some(quoted) = text.strip_prefix("name=").filter(|rest| rest.starts_with('"')) {
        // A name may hold any character, the closing bracket too: the end of the JSON string decides.
        let mut stream = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
        let name = stream.next().and_then(Result::ok).ok_or("the name is no whole JSON string")?;
        let rest = quoted[stream.byte_offset()..].strip_prefix(']').ok_or(OPEN)?;
        return Ok((OfferFilter::Name(name), rest));
    }
    let (inside, rest) = text.split_once(']').ok_or(OPEN)?;
    match inside.split_once('=') {
        Some(("name", name)) => Ok((OfferFilter::Name(name.to_owned()), rest)),
        Some(("id", id)) => Ok((OfferFilter::Id(number(id)?), rest)),
        _ => Err("the subject is `id=N` or `name=TEXT`"),
    }
}

fn turns(text: &str) -> Parsed<Occurrences> {
    let counted =
        |text: &str| number(text).and_then(|n: u64| if n == 0 { Err("requests count from 1") } else { Ok(n) });
    if let Some(step) = text.strip_prefix("every-") {
        return Ok(Occurrences::Every(counted(step)?));
    }
    if let Some((percent, seed)) = text.split_once('%') {
        let percent = number(percent)?;
        let seed = if seed.is_empty() { 0 } else { number(seed)? };
        return if percent <= 100 { Ok(Occurrences::Chance { percent, seed }) } else { Err("no more than 100 %") };
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
    let needed = || argument.ok_or("it needs something after a colon");
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
        _ => Err("there is no such effect"),
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
                return Err("after an HTTP status comes `done`, `after=SECONDS` or `after-date=SECONDS`");
            }
        }
    }
    Ok(Effect::Status { code, work, retry_after })
}

fn status(text: &str, lowest: u16) -> Parsed<u16> {
    number(text).and_then(|code| if (lowest..600).contains(&code) { Ok(code) } else { Err("there is no such status") })
}

fn work(argument: Option<&str>) -> Parsed<Processing> {
    match argument {
        None => Ok(Processing::NotProcessed),
        Some("done") => Ok(Processing::Processed),
        Some(_) => Err("the only word after the colon is `done`"),
    }
}

fn number<N: FromStr>(text: &str) -> Parsed<N> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or("a number is missing or too large")
}

fn free_text(text: &str) -> Parsed<String> {
    if text.starts_with('"') {
        serde_json::from_str(text).map_err(|_| "the text is no whole JSON string")
    } else {
        Ok(text.to_owned())
    }
}

/// Text as it stands, or as a JSON string where a line could not hold it or it would read back as something else.
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
    /// With the colon in front, since `Always` is written as nothing at all.
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
