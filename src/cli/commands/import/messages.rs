//! An import in words: what stayed outside and why, what is not managed, and what came in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cli::context::Context;
use crate::desired::fill_source_lines;
use crate::diagnostic::{Diagnostic, codes};
use crate::import::{Import, LeftOut, Origin, Reason, is_defaults};
use crate::offer::{Field, FieldSet, Key};
use crate::ops::Repository;

/// More problems than this are counted: whoever has hundreds needs the first few and the number.
const MOST_PROBLEMS: usize = 50;

/// More offers than this are counted within a message.
const MOST_NAMED: usize = 5;

/// Shows everything that a person should know besides the summary.
pub(super) fn problems(context: &Context, repository: &Repository, import: &Import) {
    let mut problems = left_out(&import.left_out);
    problems.extend(not_managed(import));
    let mut warnings = import.warnings.clone();
    fill_source_lines(&mut warnings, &repository.settings.root);
    problems.extend(warnings);
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    context.show(&problems);
    if more > 0 {
        context.terminal.alert(&format!("… and {more} more problems; narrow the import to see them."));
    }
    for note in notes(import) {
        context.terminal.note(&note);
    }
}

/// One message for all offers with the same reason.
fn left_out(left_out: &[LeftOut]) -> Vec<Diagnostic> {
    let mut groups: Vec<(&Reason, Vec<&LeftOut>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for offer in left_out {
        let place = *places.entry(format!("{:?}", offer.reason)).or_insert_with(|| {
            groups.push((&offer.reason, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(offer);
    }
    groups.into_iter().map(|(reason, offers)| one_reason(reason, &offers)).collect()
}

fn one_reason(reason: &Reason, offers: &[&LeftOut]) -> Diagnostic {
    let named = some_of(offers, |offer| match &offer.name {
        Some(name) => format!("offer {} “{}”", offer.offer_id, shortened(name)),
        None => format!("offer {}", offer.offer_id),
    });
    let first = offers.first().map(|offer| offer.offer_id.to_string()).unwrap_or_default();
    let (why, help) = match reason {
        Reason::Unwritable { field, text, reason } => (
            format!("its `{field}` is `{}`: {reason}", shortened(text)),
            format!("correct it in CAKE and import it again: `offersync import --offer-id {first}`"),
        ),
        Reason::NotShown(field) => (
            format!("CAKE's listing does not show its `{field}`"),
            "no YAML can be written without it; write the file by hand, then run `offersync import --match`".to_owned(),
        ),
        Reason::Ambiguous { keys, offer_ids } => {
            let keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let ids = some_of(offer_ids, ToString::to_string);
            (
                format!(
                    "{keys} and the offers {ids} have one name, advertiser and vertical: nobody can messages which is whose"
                ),
                format!("if one of them is the right one, take it with `offersync import --match --offer-id {first}`"),
            )
        }
        Reason::NameTaken { key, would_match } => (
            format!("`{key}`, which is not recorded, has its name and advertiser; beside it the tree would be invalid"),
            if *would_match {
                "if it is the same offer, run `offersync import --match`; if not, give one of them another name"
                    .to_owned()
            } else {
                format!(
                    "if it is the same offer, give `{key}` its vertical and run `offersync import --match`; if not, give one \
                         of them another name"
                )
            },
        ),
        Reason::InDoubt(key) => (
            format!("the create of `{key}` is in doubt and may have made it"),
            "run `offersync apply`, which looks, or `offersync state resolve`; then import again".to_owned(),
        ),
        Reason::NotRoundTripped(field) => (
            format!("its `{field}` would not come back from YAML as it is"),
            "write the file by hand, then run `offersync import --match`".to_owned(),
        ),
        Reason::FileAppeared(path) => {
            (format!("{path} was made by somebody else just now"), "run the import again".to_owned())
        }
        Reason::NotFound => (
            "CAKE does not show it".to_owned(),
            "check the id, and whether the key's user may see the offer".to_owned(),
        ),
    };
    Diagnostic::error(codes::import::LEFT_OUT, format!("{named} left out: {why}")).help(help)
}

/// One message for all offers with the same value.
fn not_managed(import: &Import) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(Field, &str, &str), Vec<&Key>> = BTreeMap::new();
    for value in &import.unmanaged {
        groups.entry((value.field, &value.text, &value.reason)).or_default().push(&value.key);
    }
    let message = |((field, text, reason), keys): ((Field, &str, &str), Vec<&Key>)| {
        let named = some_of(&keys, |key| format!("`{key}`"));
        let message = format!("`{field}` is `{}` in CAKE for {named} ({reason}): it is not managed", shortened(text));
        let help = if field == Field::OfferStatus {
            "the YAML says `ignore_changes: [offer_status]`; remove that when the status is to be managed"
        } else {
            "the YAML does not say it; write a value when it is to be managed"
        };
        Diagnostic::warning(codes::import::NOT_MANAGED, message).help(help)
    };
    groups.into_iter().map(message).collect()
}

fn notes(import: &Import) -> Vec<String> {
    let mut notes = Vec::new();
    if !import.unknown.is_empty() && !import.adoptions.is_empty() {
        notes.push(format!(
            "CAKE's listing does not show {}: nobody knows these values, so they are neither written nor managed.",
            names(import.unknown)
        ));
    }
    if !import.ignored.is_empty() {
        notes.push(format!(
            "{} would be inherited from _defaults.yaml, but CAKE does not show what the offers have: they say \
             `ignore_changes` for it.",
            names(import.ignored)
        ));
    }
    if !import.trusted.is_empty() {
        notes.push(format!(
            "Nobody checked {} of matched offers: CAKE's listing does not show it, and no update can change it, so it is taken \
             to be as the YAML says.",
            names(import.trusted)
        ));
    }
    notes
}

/// What an import would do.
pub(super) fn preview(import: &Import) -> String {
    let mut text = String::new();
    for adoption in &import.adoptions {
        let (key, id) = (&adoption.key, adoption.record.offer_id);
        // Writing into a String cannot fail.
        let _ = match adoption.origin {
            Origin::Written(file) => {
                let path = import.files.get(file).map(|file| file.path.as_str()).unwrap_or_default();
                writeln!(text, "+ {path}  (offer {id})")
            }
            Origin::Found => writeln!(text, "= {key}  (offer {id}; its YAML is there)"),
            Origin::Matched => writeln!(text, "= {key}  (offer {id}; matched)"),
        };
    }
    for file in import.files.iter().filter(|file| is_defaults(&file.path)) {
        let _ = writeln!(text, "+ {}", file.path);
    }
    let _ = writeln!(text, "Would be: {}. Nothing was changed.", counts(import));
    text
}

/// What an import did.
pub(super) fn summary(import: &Import) -> String {
    let mut text = by_folder(import);
    let next = match (import.adoptions.is_empty(), import.left_out.is_empty()) {
        (false, _) => " Next: `offersync plan`.",
        (true, true) => " There was nothing to import.",
        (true, false) => "",
    };
    let _ = writeln!(text, "{}.{next}", counts(import));
    text
}

/// What the import of a spreadsheet would do.
pub(super) fn sheet_preview(import: &Import) -> String {
    let mut text = String::new();
    for file in &import.files {
        let _ = writeln!(text, "+ {}", file.path);
    }
    let _ = writeln!(text, "Would be written: {}. Nothing was changed.", counted(import.files.len(), "file"));
    text
}

/// What the import of a spreadsheet did.
pub(super) fn sheet_summary(import: &Import, ids: bool) -> String {
    let mut text = by_folder(import);
    let offers = import.files.iter().filter(|file| !is_defaults(&file.path)).count();
    let recorded = if ids { format!(", {} recorded", import.adoptions.len()) } else { String::new() };
    let there = import.skipped + import.count(|origin| *origin == Origin::Found);
    let _ = writeln!(
        text,
        "{} written{recorded}, {there} there already. Next: `offersync plan`.",
        counted(offers, "offer")
    );
    text
}

fn counts(import: &Import) -> String {
    let matched = import.count(|origin| *origin == Origin::Matched);
    let imported = import.adoptions.len() - matched;
    let outside = import.left_out.len();
    format!(
        "{} imported, {matched} matched, {} skipped (recorded already), {outside} left out",
        counted(imported, "offer"),
        import.skipped
    )
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// New files by folder.
fn by_folder(import: &Import) -> String {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &import.files {
        *folders.entry(file.path.rsplit_once('/').map_or(".", |(folder, _)| folder)).or_default() += 1;
    }
    let width = folders.keys().map(|folder| folder.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (folder, files) in folders {
        let _ = writeln!(text, "{folder:width$}  {}", counted(files, "new file"));
    }
    text
}

fn names(fields: FieldSet) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}

fn some_of<T>(items: &[T], name: impl Fn(&T) -> String) -> String {
    let mut text = items.iter().take(MOST_NAMED).map(name).collect::<Vec<_>>().join(", ");
    let more = items.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// CAKE's text on one line: it may hold anything.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = text
        .chars()
        .take(MOST)
        .flat_map(|c| {
            if c.is_control() { c.escape_debug().collect::<String>() } else { c.to_string() }
                .chars()
                .collect::<Vec<_>>()
        })
        .collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}
