//! One document, before its defaults are applied: the valid values, and the fields that are present but invalid.
//!
//! Owns which names are allowed in a document; the rules of values are elsewhere. A field with a reported problem counts as present, so
//! that it is not also reported as missing.

use super::events::shorten;
use super::fields::{Role, field_named};
use super::node::{Document, Entry, Node};
use super::problems::Problems;
use super::scalar::{Meaning, meaning};
use super::sync::{self, SyncDraft};
use super::value;
use crate::config::{Names, looks_like_secret};
use crate::diagnostic::{Diagnostic, closest, codes};
use crate::offer::{Field, FieldSet, Fields};
use crate::source::Span;

#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) start: Span,
    pub(super) fields: Fields,
    pub(super) places: Vec<(Field, Span)>,
    /// The present fields, valid or not.
    pub(super) given: FieldSet,
    pub(super) sync: SyncDraft,
}

/// Reads a document; `None` if it is not a mapping, which is reported.
pub(super) fn read(
    document: &Document<'_>,
    role: Role,
    names: &Names,
    problems: &mut Problems<'_, '_>,
) -> Option<Draft> {
    let Node::Mapping(entries) = document.node(document.root) else {
        not_a_mapping(document, role, problems);
        return None;
    };
    let start = entries.first().map_or(document.root.span, |entry| entry.span);
    let mut draft = Draft {
        start: at_least_one(start),
        fields: Fields::default(),
        places: Vec::with_capacity(entries.len()),
        given: FieldSet::default(),
        sync: SyncDraft::default(),
    };
    let mut spans: [Option<Span>; Field::COUNT] = [None; Field::COUNT];
    for entry in entries {
        if entry.name == "sync" {
            draft.sync = sync::read(document, entry, role, names, problems);
            continue;
        }
        let Some((field, is_name)) = field_named(&entry.name) else {
            unknown_field(entry, problems);
            continue;
        };
        if let Some(first) = spans[field.index()].replace(entry.span) {
            both_forms(field, entry, first, problems);
            continue;
        }
        draft.given.insert(field);
        let value = if is_name {
            value::read_name(field, document, entry, names, problems)
        } else {
            value::read(field, document, entry, names, problems)
        };
        if let Some(value) = value {
            draft.fields.set(field, value);
            draft.places.push((field, at_least_one(entry.value.span)));
        }
    }
    Some(draft)
}

/// An empty value is underlined as one character.
fn at_least_one(span: Span) -> Span {
    Span { length: span.length.max(1), ..span }
}

fn not_a_mapping(document: &Document<'_>, role: Role, problems: &mut Problems<'_, '_>) {
    let what = if role == Role::Offer { "an offer" } else { "a file of defaults" };
    let (found, help) = match document.node(document.root) {
        Node::Broken => return,
        Node::Scalar { text, style } => match meaning(text, *style) {
            Meaning::Null if role == Role::Defaults => return,
            Meaning::Null => ("an empty document", "remove the `---` that begins it, or write the offer below it"),
            _ if text.contains(':') => ("a bare text", "write a space after the colon: `payout: 24.00`"),
            _ => ("a bare text", "write one `field: value` per line"),
        },
        _ => ("a list", "write each offer into a file of its own, or separate several by `---`"),
    };
    problems.error(codes::yaml::NOT_A_MAPPING, document.root.span, format!("{found} is not {what}"), help);
}

fn both_forms(field: Field, entry: &Entry<'_>, first: Span, problems: &mut Problems<'_, '_>) {
    let name = field.by_name().unwrap_or(field.name());
    let labels = vec![problems.label(entry.span), problems.label(first).saying("the same is said here")];
    let problem = Diagnostic::error(codes::offer::BOTH_FORMS, format!("both `{name}` and `{field}` are given"));
    problems.push(Diagnostic { labels, ..problem }.help("remove one of them"));
}

fn unknown_field(entry: &Entry<'_>, problems: &mut Problems<'_, '_>) {
    let name = &*entry.name;
    if looks_like_secret(name) {
        let help = "remove it, and make a new key in CAKE if this one was ever committed; the key comes from the environment \
                    variable that `cake.api_key_env` names";
        return problems.error(
            codes::config::SECRET,
            entry.span,
            format!("`{}`: an API key is not allowed in a file", shorten(name)),
            help,
        );
    }
    let all =
        || Field::ALL.into_iter().flat_map(|field| [Some(field.name()), field.by_name()]).flatten().chain(["sync"]);
    let help = if name == "offer_id" {
        "offersync keeps the id in its state; import existing offers with `offersync import`".to_owned()
    } else if sync::SETTINGS.contains(&name) {
        format!("`{name}` is a setting of offersync; write it below `sync:`")
    } else if let Some(near) =
        closest(name, all()).or_else(|| all().find(|field| field.split('_').any(|part| part == name)))
    {
        format!("did you mean `{near}`?")
    } else {
        format!("the fields are: {}", all().collect::<Vec<_>>().join(", "))
    };
    problems.error(codes::offer::UNKNOWN_FIELD, entry.span, format!("unknown field `{}`", shorten(name)), help);
}
