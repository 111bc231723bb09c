//! Parses the value of each field, or reports the problem with a suggestion.

use super::advice;
use super::events::shorten;
use super::node::{Document, Entry, Node, Style};
use super::problems::Problems;
use super::scalar::{Meaning, meaning};
use super::text_checks;
use crate::config::{NAME_TABLES, NameLookup, Names};
use crate::diagnostic::{Code, Diagnostic, MOST_SUGGESTIONS, closest, codes};
use crate::offer::{Field, FieldKind, Value};

/// Most of CAKE's screens cut off longer names.
const LONGEST_NAME: usize = 200;

/// The value of a field under CAKE's name.
pub(super) fn read(
    field: Field,
    document: &Document<'_>,
    entry: &Entry<'_>,
    names: &Names,
    problems: &mut Problems<'_, '_>,
) -> Option<Value> {
    let (text, style, meaning) = scalar(field.name(), expected(field.kind()), document, entry, problems)?;
    let rejected = match field.kind() {
        FieldKind::Name | FieldKind::Text if meaning != Meaning::Text => {
            let message = format!("`{field}` takes text, and `{}` is {}", shorten(text), meaning.kind());
            Some((codes::offer::WRONG_TYPE, message, format!("put it in quotes: `{field}: \"{}\"`", shorten(text))))
        }
        FieldKind::Id | FieldKind::Hours if meaning != Meaning::Integer => {
            Some(not_an_integer(field, text, style, names))
        }
        _ => None,
    };
    if let Some((code, message, help)) = rejected {
        problems.error(code, entry.value.span, message, help);
        return None;
    }
    match field.parse(text) {
        Ok(value) => {
            warn_of_long_name(field, text, entry, problems);
            text_checks::check(field, &value, style, entry, problems).then_some(value)
        }
        Err(error) => {
            let code = match field.kind() {
                FieldKind::Money => codes::offer::MONEY,
                FieldKind::Date => codes::offer::DATE,
                _ => codes::offer::BAD_VALUE,
            };
            let message = if text.is_empty() || text.contains('\n') || text.chars().count() > 40 {
                format!("invalid value for `{field}`: {error}")
            } else {
                format!("invalid value `{text}` for `{field}`: {error}")
            };
            let help = match closest(text, error.words.iter().copied()) {
                Some(word) => format!("did you mean `{word}`?"),
                None => advice::for_value(field, text),
            };
            problems.error(code, entry.value.span, message, help);
            None
        }
    }
}

/// The value of a field under the name that takes a configured name.
pub(super) fn read_name(
    field: Field,
    document: &Document<'_>,
    entry: &Entry<'_>,
    names: &Names,
    problems: &mut Problems<'_, '_>,
) -> Option<Value> {
    let by_name = &*entry.name;
    let (text, _, meaning) = scalar(by_name, "a name", document, entry, problems)?;
    if meaning != Meaning::Text {
        let help = if meaning == Meaning::Integer {
            format!("write `{field}: {}` for an id", shorten(text))
        } else {
            format!("put the name in quotes: `{by_name}: \"{}\"`", shorten(text))
        };
        let message = format!("`{by_name}` takes a name, and `{}` is {}", shorten(text), meaning.kind());
        problems.error(codes::offer::WRONG_TYPE, entry.value.span, message, help);
        return None;
    }
    match names.find(field, text) {
        NameLookup::Value(value) => return Some(value),
        NameLookup::Broken => return None,
        NameLookup::Nothing => {}
    }
    let table = Names::table(field).unwrap_or("names");
    let help = format!("add it below `[{table}]` in offersync.toml, or write `{field}: ID`");
    let message = format!("{}{}`", not_defined_in(table), shorten(text));
    problems.error(codes::offer::UNKNOWN_NAME, entry.value.span, message, help);
    None
}

fn not_defined_in(table: &str) -> String {
    format!("`[{table}]` does not define `")
}

/// Suggests a similar name in the first problems with unknown names. After all files are read, so that which ones are the first does not
/// depend on the order in which they were.
pub(super) fn suggest_names(problems: &mut [Diagnostic], names: &Names) {
    let unknown = problems.iter_mut().filter(|problem| problem.code == codes::offer::UNKNOWN_NAME);
    for problem in unknown.take(MOST_SUGGESTIONS) {
        let name = NAME_TABLES.iter().find_map(|(field, table)| {
            let name = problem.message.strip_prefix(&not_defined_in(table))?.strip_suffix('`')?;
            Some((*field, name))
        });
        let near = name.and_then(|(field, name)| closest(name, names.of(field)));
        if let Some(near) = near {
            problem.help = Some(format!("did you mean `{near}`?"));
        }
    }
}

/// The scalar of a field; `None` if it is not one or empty, which is reported.
pub(super) fn scalar<'d>(
    name: &str,
    expected: &str,
    document: &'d Document<'_>,
    entry: &Entry<'_>,
    problems: &mut Problems<'_, '_>,
) -> Option<(&'d str, Style, Meaning)> {
    match document.node(entry.value) {
        Node::Scalar { text, style } => match meaning(text, *style) {
            Meaning::Null => {
                let span = if text.is_empty() { entry.span } else { entry.value.span };
                let help = if name.starts_with("sync.") {
                    "give it a value, or remove the line"
                } else {
                    "give it a value, or remove the line: an absent field is not managed"
                };
                problems.error(codes::offer::EMPTY_VALUE, span, format!("`{name}` has no value"), help);
                None
            }
            meaning => Some((text, *style, meaning)),
        },
        Node::Broken => None,
        other => {
            let field = Field::from_name(name).filter(|field| !is_text(field.kind()));
            let help = match (field, other) {
                (Some(field), _) => format!("write one value, as in `{}`", advice::example(field)),
                (None, Node::Mapping(_)) => "put the value in quotes if it is text that begins with `{`".to_owned(),
                (None, _) => "put the value in quotes if it is text that begins with `[` or `-`".to_owned(),
            };
            let message = format!("`{name}` takes {expected}, not {}", other.kind());
            problems.error(codes::offer::WRONG_TYPE, entry.value.span, message, help);
            None
        }
    }
}

fn is_text(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Name | FieldKind::Text | FieldKind::Url)
}

fn expected(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Name | FieldKind::Text => "text",
        FieldKind::Url => "a URL",
        FieldKind::Id => "an id",
        FieldKind::Hours => "a number of hours",
        FieldKind::Status | FieldKind::PriceType => "a word",
        FieldKind::Money => "an amount",
        FieldKind::Date => "a date and time",
    }
}

fn not_an_integer(field: Field, text: &str, style: Style, names: &Names) -> (Code, String, String) {
    let shown = shorten(text);
    let quote = if style == Style::Plain { "" } else { "\"" };
    let message = format!("`{field}` takes a positive whole number, not `{quote}{shown}{quote}`");
    let help = match field.by_name() {
        _ if field.parse(text).is_ok() && style != Style::Plain => format!("remove the quotes: `{field}: {shown}`"),
        Some(by_name) if names.of(field).any(|name| name == text) => {
            format!("write `{by_name}: {shown}` to use the name")
        }
        Some(by_name) => format!("write the id that CAKE shows, or `{by_name}:` with a name from offersync.toml"),
        None => "write the number in plain digits, as in `24`".to_owned(),
    };
    (codes::offer::WRONG_TYPE, message, help)
}

fn warn_of_long_name(field: Field, text: &str, entry: &Entry<'_>, problems: &mut Problems<'_, '_>) {
    // Compares bytes first, because counting characters is needed only for very long names.
    if field == Field::OfferName && text.len() > LONGEST_NAME {
        let count = text.chars().count();
        if count > LONGEST_NAME {
            let label = problems.label(entry.value.span);
            let message = format!("`{field}` has {count} characters, more than {LONGEST_NAME}");
            let help = "shorten it: CAKE may cut it off or reject it";
            problems.push(Diagnostic::warning(codes::offer::LONG_NAME, message).label(label).help(help));
        }
    }
}
