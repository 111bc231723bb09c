//! One block of a plan: an action, or the same action on many offers.

use std::fmt::Write as _;

use crate::offer::{Field, FieldKind, Value};
use crate::plan::Verb;
use crate::report::diff::{self, DiffLine, Sign};
use crate::report::escape::visible;
use crate::report::group::Group;
use crate::report::paint::{style, symbol};
use crate::report::phrase::{self, NOT_MANAGED, NOT_RECORDED, Phrase};

use super::TextOptions;
use super::page::Page;
use super::wrap::{list, pad};

/// Where the fields of a block begin.
const INDENT: usize = 6;
/// Lines of keys under a folded block.
const KEY_LINES: usize = 3;
/// Lines of a long text, or of the diff of one.
const TEXT_LINES: usize = 30;
/// Lines of a long text that is only new.
const NEW_TEXT_LINES: usize = 6;

/// Writes one block.
pub(super) fn block(page: &mut Page, group: &Group<'_>, options: &TextOptions<'_>) {
    let paint = options.paint();
    page.gap();
    page.line(2, &heading(group, options));
    if let Some(reason) = &group.first.reason
        && (group.verb != Verb::Blocked || group.first.changes.is_empty())
    {
        page.line(INDENT, &paint.quiet(&visible(reason)));
    }
    let phrases = phrase::phrases(group, options.knowledge());
    let width = phrases.iter().map(|phrase| phrase.field.name().len()).max().unwrap_or(0) + 2;
    for (phrase, change) in phrases.iter().zip(&group.first.changes) {
        match (&change.before, &change.after) {
            (Some(Value::Text(before)), Some(Value::Text(after))) if change.field.kind() == FieldKind::Text => {
                long_change(page, phrase, before, after, options);
            }
            (None, Some(Value::Text(text))) if text.trim_end().contains('\n') => new_text(page, phrase, text, options),
            _ => short_change(page, phrase, group.verb, width, options),
        }
    }
    if group.len() > 1 {
        let keys: Vec<_> = group.actions().map(|action| action.key.as_str()).collect();
        let room = options.columns() - INDENT - "offers: ".len();
        for (at, line) in list(&keys, room, (!options.full).then_some(KEY_LINES)).iter().enumerate() {
            let label = if at == 0 { "offers: " } else { "        " };
            page.line(INDENT, &format!("{}{line}", paint.quiet(label)));
        }
    }
}

/// `~ update auto-insurance-us  offer 12345  offers/auto-insurance-us.yaml:9`
fn heading(group: &Group<'_>, options: &TextOptions<'_>) -> String {
    let paint = options.paint();
    let look = style(group.verb);
    let word = phrase::heading(&group.first.kind);
    let sign = paint.with(look, &format!("{} {word}", symbol(group.verb)));
    if group.len() > 1 {
        return format!("{sign} {}", paint.bold(&format!("{} offers", group.len())));
    }
    let action = group.first;
    let mut text = format!("{sign} {}", paint.bold(action.key.as_str()));
    let mut asides = Vec::new();
    if let Some(from) = action.kind.renamed_from() {
        asides.push(format!("was {from}"));
    }
    if let Some(id) = action.kind.offer_id() {
        asides.push(format!("offer {id}"));
    }
    if let (Some(name), None) = (action.context.name(), &action.source) {
        asides.push(format!("\"{}\"", visible(name)));
    }
    if let Some(source) = &action.source {
        asides.push(format!("{}:{}", visible(source.file.as_str()), source.line));
    }
    if !asides.is_empty() {
        text.push_str("  ");
        text.push_str(&paint.quiet(&asides.join("  ")));
    }
    text
}

/// A change whose values stand on one line, or on two where one is too short.
fn short_change(page: &mut Page, phrase: &Phrase, verb: Verb, width: usize, options: &TextOptions<'_>) {
    let paint = options.paint();
    let label = paint.quiet(&pad(phrase.field.name(), width));
    let room = options.columns().saturating_sub(INDENT + width);
    let tail = tail(phrase, options);
    let whole = |text: &str| options.full || text.chars().count() <= room;
    let (before, after) = (phrase.before.as_deref(), phrase.after.as_deref());
    let line = match (before, after) {
        (None, Some(after)) if verb == Verb::Create => shortened(after, room, options.full),
        (Some(before), Some(after)) if before == after => {
            format!("{}  (sent again)", shortened(after, room, options.full))
        }
        (Some(before), Some(after)) if !whole(&format!("{before} → {after}")) && is_text(phrase.field) => {
            let (before, after) = if options.full {
                (before.to_owned(), after.to_owned())
            } else {
                diff::around_difference(before, after, room.saturating_sub(2))
            };
            page.line(INDENT, &format!("{label}{}", paint.bad(&format!("- {before}"))));
            page.line(INDENT + width, &paint.good(&format!("+ {after}")));
            return;
        }
        (before, after) => {
            let half = room.saturating_sub(3) / 2;
            let side = |value: Option<&str>, otherwise| {
                value.map_or_else(|| paint.quiet(otherwise), |value| shortened(value, half.max(30), options.full))
            };
            format!("{} → {}", side(before, NOT_RECORDED), side(after, NOT_MANAGED))
        }
    };
    page.line(INDENT, &format!("{label}{line}{tail}"));
}

fn is_text(field: Field) -> bool {
    matches!(field.kind(), FieldKind::Name | FieldKind::Text | FieldKind::Url)
}

fn shortened(text: &str, room: usize, full: bool) -> String {
    if full { text.to_owned() } else { diff::cut(text, room) }
}

/// `  (+4.00, +20.0 %)   margin 33.3 % → 20.0 %`
fn tail(phrase: &Phrase, options: &TextOptions<'_>) -> String {
    let paint = options.paint();
    let mut tail = String::new();
    if let Some(aside) = &phrase.aside {
        _ = write!(tail, "  ({aside})");
    }
    if let Some(margin) = &phrase.margin {
        tail.push_str("   ");
        tail.push_str(&if phrase.margin_warns { paint.bad(margin) } else { margin.clone() });
    }
    tail
}

fn long_change(page: &mut Page, phrase: &Phrase, before: &str, after: &str, options: &TextOptions<'_>) {
    let width = (!options.full).then(|| options.columns().saturating_sub(INDENT + 6));
    page.line(INDENT, &options.paint().quiet(phrase.field.name()));
    lines(page, &diff::lines(before, after, width), TEXT_LINES, options);
}

fn new_text(page: &mut Page, phrase: &Phrase, text: &str, options: &TextOptions<'_>) {
    let width = if options.full { usize::MAX } else { options.columns().saturating_sub(INDENT + 6) };
    page.line(INDENT, &options.paint().quiet(phrase.field.name()));
    let added: Vec<_> =
        text.lines().map(|line| DiffLine { sign: Sign::Added, text: diff::cut(&visible(line), width) }).collect();
    lines(page, &added, NEW_TEXT_LINES, options);
}

fn lines(page: &mut Page, lines: &[DiffLine], most: usize, options: &TextOptions<'_>) {
    let paint = options.paint();
    // One line too many is shown rather than counted: the count would take the line itself.
    let shown = if options.full || lines.len() <= most + 1 { lines.len() } else { most };
    for line in lines.iter().take(shown) {
        let text = format!("{} {}", line.sign.mark(), line.text);
        let text = text.trim_end();
        let text = match line.sign {
            Sign::Added => paint.good(text),
            Sign::Removed => paint.bad(text),
            Sign::Note => paint.quiet(text),
            Sign::Same => text.to_owned(),
        };
        page.line(INDENT + 2, &text);
    }
    if lines.len() > shown {
        page.line(INDENT + 2, &paint.quiet(&format!("… and {} more lines", lines.len() - shown)));
    }
}
