//! The cells of tables: offers and changes, each on one line and of limited length.

use std::fmt::Write as _;

use crate::offer::{Field, FieldKind, OfferId, Value};
use crate::plan::{Action, Verb, YamlLocation};
use crate::report::diff::around_difference;
use crate::report::view::{
    FieldChangeText, Group, NOT_MANAGED, NOT_RECORDED, PartChange, PlanView, UrlChange, ViewContext,
};
use crate::words::{count, first_and_more, shorten};

use super::budget::{Section, Unit};
use super::escape::{at_begin, code, prose, text};

/// The keys of a flagged group of so many stand in a table, of any other group one; the details have them all.
const FLAGGED_KEYS: usize = 5;
const KEYS: usize = 1;
/// The maximum length of a name.
const NAME: usize = 60;
/// Of a longer address there is no link: it would take the room of many rows.
const ADDRESS: usize = 400;
/// The maximum length of a new URL.
const URL: usize = 500;
/// The maximum length of a value.
const VALUE: usize = 90;
/// The maximum length of a sentence.
const SENTENCE: usize = 300;

/// A section that is folded away under a summary.
pub(super) fn folded(
    summary: &str,
    open: &str,
    rows: Vec<String>,
    more: (&'static str, &'static str),
    unit: Unit,
) -> Section {
    let open = format!("\n<details><summary>{summary}</summary>\n\n{open}");
    Section { open, rows, close: "\n</details>\n".to_owned(), more, unit, is_essential: false }
}

/// How many keys of a group stand in a table.
pub(super) fn keys_in_tables(group: &Group<'_>) -> usize {
    if group.flags.is_empty() || group.len() > FLAGGED_KEYS { KEYS } else { FLAGGED_KEYS }
}

/// One key with its id, its name and its advertiser, or the first keys of a group.
pub(super) fn offers(view: &PlanView<'_>, group: &Group<'_>, id: Option<OfferId>) -> String {
    let linked = |action: &Action, location| linked(&key(action.key.as_str()), location, view.context);
    let action = group.first;
    if group.len() > 1 {
        let keys = group.actions().map(|action| linked(action, action.source.as_ref()));
        return format!("**{}**: {}", count(group.len(), "offer"), first_and_more(keys, keys_in_tables(group)));
    }
    let id = id.map(|id| format!(" ({id})")).unwrap_or_default();
    let name = action.context.name().map(|name| code(&shorten(name, NAME)));
    let advertiser = code(&shorten(&view.advertiser(action), NAME));
    let about: Vec<_> = name.into_iter().chain([advertiser]).collect();
    format!("{}{id}<br>{}", linked(action, group.source()), about.join(" · "))
}

/// The text, as a link to a line where that is known.
pub(super) fn linked(text: &str, location: Option<&YamlLocation>, context: ViewContext<'_>) -> String {
    let address = location.zip(context.links).map(|(at, links)| links.line(at.file.as_str(), at.line));
    match address.filter(|address| address.len() <= ADDRESS) {
        Some(address) => format!("[{text}]({address})"),
        None => text.to_owned(),
    }
}

/// `33.3 % → 20.0 %`, emphasized where it is flagged.
pub(super) fn margin(view: &PlanView<'_>, group: &Group<'_>) -> String {
    let texts = view.changes(group);
    let margin = texts.iter().find_map(|text| Some((text.margin.as_deref()?, text.margin_warns)));
    let Some((margin, warns)) = margin else { return String::new() };
    let margin = margin.trim_start_matches("margin ");
    if warns { format!("**{margin}**") } else { margin.to_owned() }
}

pub(super) fn key(key: &str) -> String {
    code(&shorten(key, VALUE))
}

/// A sentence of offersync, such as a reason or a problem, with quotations in backticks as code.
pub(super) fn sentence(sentence: &str) -> String {
    prose(&shorten(sentence, SENTENCE))
}

/// The same as an item of a list.
pub(super) fn item(sentence: &str) -> String {
    at_begin(&shorten(sentence, SENTENCE))
}

/// What changes, a line for each field.
pub(super) fn changes(view: &PlanView<'_>, group: &Group<'_>) -> String {
    let texts = view.changes(group);
    // A create that is blocked has no offer, either.
    let is_new = group.verb == Verb::Create || group.verb == Verb::Blocked && group.first.kind.offer_id().is_none();
    let is_shown = |text: &&FieldChangeText| !is_new || is_shown_of_create(text);
    let mut lines: Vec<String> = texts.iter().filter(is_shown).map(|text| change(group, text)).collect();
    if let Some(from) = group.moved_from() {
        lines.insert(0, format!("moved from {}", key(from)));
    }
    if let Some(from) = group.first.kind.renamed_from() {
        lines.push(format!("was {}", key(from.as_str())));
    } else if let Some(reason) = group.reason() {
        lines.push(sentence(&reason));
    }
    lines.join("<br>")
}

/// The table shows what a new offer pays and until when, and what there is to say of other values; the details show the rest.
fn is_shown_of_create(text: &FieldChangeText) -> bool {
    matches!(text.field.kind(), FieldKind::Money | FieldKind::Date) || text.annotation.is_some()
}

fn change(group: &Group<'_>, text: &FieldChangeText) -> String {
    let name = text.field.name();
    let change = group.first.changes.iter().find(|change| change.field == text.field);
    let long = |value: Option<&Value>| value.and_then(Value::as_text).is_some_and(|text| text.contains('\n'));
    let is_long = change.is_some_and(|change| long(change.before.as_ref()) || long(change.after.as_ref()));
    let mut line = match (&text.before, &text.after) {
        _ if text.url.is_some() => format!("{name} {}", text.url.as_ref().map(url).unwrap_or_default()),
        (Some(_), Some(_)) if is_long => format!("{name}: see the texts below"),
        (None, Some(after)) if group.verb == Verb::Create => format!("{name} {}", value(text.field, after)),
        (Some(before), Some(after)) if before == after => format!("{name} {} (sent again)", value(text.field, after)),
        (Some(before), Some(after)) if text.field.kind() == FieldKind::Money => {
            format!("{name} {before} → **{after}**")
        }
        (Some(before), Some(after)) => {
            let (before, after) = around_difference(before, after, VALUE);
            format!("{name} {} → {}", value(text.field, &before), value(text.field, &after))
        }
        (before, after) => {
            let side = |side: &Option<String>, otherwise: &str| {
                side.as_ref().map_or_else(|| otherwise.to_owned(), |shown| value(text.field, shown))
            };
            format!("{name} {} → {}", side(before, NOT_RECORDED), side(after, NOT_MANAGED))
        }
    };
    if let Some(currency) = &text.currency {
        _ = write!(line, " {}", prose(currency));
    }
    if let Some(annotation) = &text.annotation {
        _ = write!(line, " ({})", prose(annotation));
    }
    if group.verb != Verb::Create {
        line.push_str(&source(text));
    }
    line
}

/// A URL by part, a line for each part that differs.
fn url(url: &UrlChange) -> String {
    let part = |part: &PartChange| {
        let name = if part.is_parameter() { code(&part.part) } else { text(&part.part) };
        format!("{name} {}", part.values(VALUE, code))
    };
    let macros = url.macros().map(|(what, names)| {
        let names: Vec<_> = names.iter().map(|name| code(name)).collect();
        format!("**{what}: {}**", names.join(" "))
    });
    url.parts.iter().map(part).chain(macros).collect::<Vec<_>>().join("<br>")
}

/// `, from offers/acme/_defaults.yaml:3`
pub(super) fn source(text: &FieldChangeText) -> String {
    let Some(YamlLocation { file, line }) = &text.inherited_from else { return String::new() };
    format!(", from {}", code(&format!("{}:{line}", shorten(file.as_str(), VALUE))))
}

/// A value; texts and URLs as code.
pub(super) fn value(field: Field, shown: &str) -> String {
    // A macro at the end of a URL must be seen.
    let shown = shorten(shown, if field.kind() == FieldKind::Url { URL } else { VALUE });
    match field.kind() {
        FieldKind::Name | FieldKind::Text | FieldKind::Url => code(&shown),
        // The configured name of an advertiser can be any text.
        FieldKind::Id if shown.contains('(') => code(&shown),
        // Validated when read: digits, fixed words or a date.
        FieldKind::Id
        | FieldKind::Hours
        | FieldKind::Status
        | FieldKind::Money
        | FieldKind::PriceType
        | FieldKind::Date => shown.into_owned(),
    }
}
