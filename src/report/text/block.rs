//! One block of a plan: an action, or the same action on many offers.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::offer::{Field, FieldKind, Value};
use crate::plan::Verb;
use crate::report::diff::{self, DiffLine, Sign};
use crate::report::escape::visible;
use crate::report::styles::{symbol, verb_style};
use crate::report::view::{FieldChangeText, Group, NOT_MANAGED, NOT_RECORDED, PlanView, UrlChange, location};
use crate::words::{count, more, shorten};

use super::TextOptions;
use super::page::TextBuilder;
use super::wrap::{list, pad};

/// The indentation of fields.
const INDENT: usize = 6;
/// The maximum number of lines for the keys of a group.
const KEY_LINES: usize = 3;
/// The maximum number of lines of a long text or its diff.
const TEXT_LINES: usize = 30;
/// The maximum number of lines of a new long text.
const NEW_TEXT_LINES: usize = 6;

pub(super) fn block(page: &mut TextBuilder, view: &PlanView<'_>, group: &Group<'_>, options: &TextOptions<'_>) {
    let styles = options.styles();
    page.gap();
    page.line(2, &heading(group, options));
    if let Some(reason) = group.reason() {
        page.line(INDENT, &styles.dim(&visible(&reason)));
    }
    if let Some(from) = group.moved_from() {
        page.line(INDENT, &styles.dim(&format!("moved from {}", visible(from))));
    }
    let texts = view.changes(group);
    let width = texts.iter().map(|text| text.field.name().len()).max().unwrap_or(0) + 2;
    for (text, change) in texts.iter().zip(&group.first.changes) {
        if let Some(url) = &text.url {
            url_change(page, text, url, width, options);
            continue;
        }
        match (&change.before, &change.after) {
            (Some(Value::Text(before)), Some(Value::Text(after))) if change.field.kind() == FieldKind::Text => {
                long_change(page, text, before, after, options);
            }
            (None, Some(Value::Text(value))) if value.trim_end().contains('\n') => new_text(page, text, value, options),
            _ => short_change(page, text, group.verb, width, options),
        }
    }
    if group.verb == Verb::Create {
        inherited(page, &texts, options);
    }
    if group.len() > 1 {
        let keys: Vec<_> = group.actions().map(|action| action.key.as_str()).collect();
        let room = options.columns() - INDENT - "offers: ".len();
        for (at, line) in list(&keys, room, (!options.full).then_some(KEY_LINES)).iter().enumerate() {
            let label = if at == 0 { "offers: " } else { "        " };
            page.line(INDENT, &format!("{}{line}", styles.dim(label)));
        }
    }
}

/// `~ update auto-insurance-us  offer 12345  offers/auto-insurance-us.yaml:9`
fn heading(group: &Group<'_>, options: &TextOptions<'_>) -> String {
    let styles = options.styles();
    let sign = styles.with(verb_style(group.verb), &format!("{} {}", symbol(group.verb), group.title()));
    if group.len() > 1 {
        return format!("{sign} {}", styles.bold(&count(group.len(), "offer")));
    }
    let action = group.first;
    let mut text = format!("{sign} {}", styles.bold(action.key.as_str()));
    let mut annotations = Vec::new();
    if let Some(from) = action.kind.renamed_from() {
        annotations.push(format!("was {from}"));
    }
    if let Some(id) = action.kind.offer_id() {
        annotations.push(format!("offer {id}"));
    }
    if let (Some(name), None) = (action.context.name(), &action.source) {
        annotations.push(format!("\"{}\"", visible(name)));
    }
    if let Some(source) = &action.source {
        annotations.push(location(source));
    }
    if !annotations.is_empty() {
        text.push_str("  ");
        text.push_str(&styles.dim(&annotations.join("  ")));
    }
    text
}

/// A change on one line, or on two if one is too short.
fn short_change(page: &mut TextBuilder, text: &FieldChangeText, verb: Verb, width: usize, options: &TextOptions<'_>) {
    let styles = options.styles();
    let label = styles.dim(&pad(text.field.name(), width));
    let room = options.columns().saturating_sub(INDENT + width);
    let tail = tail(text, verb, options);
    let fits = |text: &str| options.full || text.chars().count() <= room;
    let (before, after) = (text.before.as_deref(), text.after.as_deref());
    let line = match (before, after) {
        (None, Some(after)) if verb == Verb::Create => shortened(after, room, options.full),
        (Some(before), Some(after)) if before == after => {
            format!("{}  (sent again)", shortened(after, room, options.full))
        }
        (Some(before), Some(after)) if !fits(&format!("{before} → {after}")) && is_text(text.field) => {
            let (before, after) = if options.full {
                (before.to_owned(), after.to_owned())
            } else {
                diff::around_difference(before, after, room.saturating_sub(2))
            };
            page.line(INDENT, &format!("{label}{}", styles.error(&format!("- {before}"))));
            page.line(INDENT + width, &format!("{}{tail}", styles.success(&format!("+ {after}"))));
            return;
        }
        (before, after) => {
            let half = room.saturating_sub(3) / 2;
            let side = |value: Option<&str>, otherwise| {
                value.map_or_else(|| styles.dim(otherwise), |value| shortened(value, half.max(30), options.full))
            };
            format!("{} → {}", side(before, NOT_RECORDED), side(after, NOT_MANAGED))
        }
    };
    page.line(INDENT, &format!("{label}{line}{tail}"));
}

/// A URL by part, a line for each part that differs.
fn url_change(
    page: &mut TextBuilder,
    text: &FieldChangeText,
    url: &UrlChange,
    width: usize,
    options: &TextOptions<'_>,
) {
    let styles = options.styles();
    let room = options.columns().saturating_sub(INDENT + width + 2);
    let mut lines: Vec<String> = Vec::new();
    for part in &url.parts {
        let line = format!("{} {}", part.part, part.values(usize::MAX, str::to_owned));
        let sides = part.sides(room.saturating_sub(2)).filter(|_| !options.full && line.width() > room);
        match sides {
            Some([before, after]) => {
                let sides = [styles.error(&format!("- {before}")), styles.success(&format!("+ {after}"))];
                lines.extend([part.part.clone()].into_iter().chain(sides));
            }
            None => lines.push(line),
        }
    }
    let macros = url.macros().map(|(what, names)| styles.error(&format!("{what}: {}", names.join(" "))));
    lines.extend(macros);
    let mut label = styles.dim(&pad(text.field.name(), width));
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter().enumerate() {
        let tail = if at == last { tail(text, Verb::Update, options) } else { String::new() };
        page.line(INDENT, &format!("{label}{line}{tail}"));
        label = " ".repeat(width);
    }
}

fn is_text(field: Field) -> bool {
    matches!(field.kind(), FieldKind::Name | FieldKind::Text | FieldKind::Url)
}

fn shortened(text: &str, room: usize, full: bool) -> String {
    if full { text.to_owned() } else { shorten(text, room).into_owned() }
}

/// `  (+4.00, +20.0 %)  from offers/acme/_defaults.yaml:3   margin 33.3 % → 20.0 %`
fn tail(text: &FieldChangeText, verb: Verb, options: &TextOptions<'_>) -> String {
    let styles = options.styles();
    let mut tail = String::new();
    if let Some(annotation) = &text.annotation {
        _ = write!(tail, "  ({annotation})");
    }
    if verb != Verb::Create {
        tail.push_str(&source(text, options));
    }
    if let Some(margin) = &text.margin {
        tail.push_str("   ");
        tail.push_str(&if text.margin_warns { styles.error(margin) } else { margin.clone() });
    }
    tail
}

/// `  from offers/acme/_defaults.yaml:3`
fn source(text: &FieldChangeText, options: &TextOptions<'_>) -> String {
    let from = text.inherited_from.as_ref();
    from.map(|from| options.styles().dim(&format!("  from {}", location(from)))).unwrap_or_default()
}

/// The files of defaults of a new offer: `from offers/acme/_defaults.yaml: advertiser_id, vertical_id`.
fn inherited(page: &mut TextBuilder, texts: &[FieldChangeText], options: &TextOptions<'_>) {
    let mut by_file: Vec<(&str, Vec<&str>)> = Vec::new();
    for text in texts {
        let Some(file) = text.inherited_from.as_ref().map(|from| from.file.as_str()) else { continue };
        match by_file.iter_mut().find(|(of, _)| *of == file) {
            Some((_, fields)) => fields.push(text.field.name()),
            None => by_file.push((file, vec![text.field.name()])),
        }
    }
    for (file, fields) in by_file {
        page.line(INDENT, &options.styles().dim(&format!("from {}: {}", visible(file), fields.join(", "))));
    }
}

fn long_change(page: &mut TextBuilder, text: &FieldChangeText, before: &str, after: &str, options: &TextOptions<'_>) {
    let width = (!options.full).then(|| options.columns().saturating_sub(INDENT + 6));
    page.line(INDENT, &format!("{}{}", options.styles().dim(text.field.name()), source(text, options)));
    lines(page, &diff::lines(before, after, width), TEXT_LINES, options);
}

fn new_text(page: &mut TextBuilder, text: &FieldChangeText, value: &str, options: &TextOptions<'_>) {
    let width = if options.full { usize::MAX } else { options.columns().saturating_sub(INDENT + 6) };
    page.line(INDENT, &options.styles().dim(text.field.name()));
    let added: Vec<_> = value
        .lines()
        .map(|line| DiffLine { sign: Sign::Added, text: shorten(&visible(line), width).into_owned() })
        .collect();
    lines(page, &added, NEW_TEXT_LINES, options);
}

fn lines(page: &mut TextBuilder, lines: &[DiffLine], most: usize, options: &TextOptions<'_>) {
    let styles = options.styles();
    // A single remaining line is shown, because a count would need a line as well.
    let shown = if options.full || lines.len() <= most + 1 { lines.len() } else { most };
    for line in lines.iter().take(shown) {
        let text = format!("{} {}", line.sign.mark(), line.text);
        let text = text.trim_end();
        let text = match line.sign {
            Sign::Added => styles.success(text),
            Sign::Removed => styles.error(text),
            Sign::Note => styles.dim(text),
            Sign::Same => text.to_owned(),
        };
        page.line(INDENT + 2, &text);
    }
    if let Some(more) = more(lines.len(), shown) {
        page.line(INDENT + 2, &styles.dim(&format!("{more} lines")));
    }
}
