//! What an import did or would do: new files and counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::import::{Import, Origin, is_defaults};
use crate::words::count;

/// What an import would do.
pub(crate) fn dry_run(import: &Import) -> String {
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
    text.push_str(&sample(import, "-"));
    let _ = writeln!(text, "Dry run: {}. Nothing was changed.", counts(import));
    text
}

/// What becomes of the sample offer.
fn sample(import: &Import, verb: &str) -> String {
    let line = |file: &String| format!("{verb} {file}  (the unchanged sample of `offersync init`)\n");
    import.sample.as_ref().map(line).unwrap_or_default()
}

/// What an import did.
pub(crate) fn summary(import: &Import) -> String {
    let mut text = by_folder(import) + &sample(import, "Removed");
    let next = match (import.adoptions.is_empty(), import.left_out.is_empty()) {
        (false, _) => " Run `offersync plan` to review.",
        (true, true) => " Nothing to import.",
        (true, false) => "",
    };
    let _ = writeln!(text, "{}.{next}", counts(import));
    text
}

/// What the import of a CSV file would do.
pub(crate) fn csv_dry_run(import: &Import, edited: usize) -> String {
    let mut text = String::new();
    for file in &import.files {
        let _ = writeln!(text, "+ {}", file.path);
    }
    text.push_str(&sample(import, "-"));
    let edits = match import.updates.len() {
        0 => String::new(),
        values => format!(", {} in {}", count(values, "changed value"), count(edited, "file")),
    };
    let there = if import.skipped > 0 { format!(", {} already there", import.skipped) } else { String::new() };
    let _ = writeln!(text, "Dry run: {}{edits}{there}. Nothing was changed.", count(import.files.len(), "new file"));
    text
}

/// What the import of a CSV file did.
pub(crate) fn csv_summary(import: &Import, ids: bool) -> String {
    let mut text = by_folder(import) + &sample(import, "Removed");
    let offers = import.files.iter().filter(|file| !is_defaults(&file.path)).count();
    let recorded = if ids { format!(", {} recorded", import.adoptions.len()) } else { String::new() };
    let updated: BTreeSet<_> = import.updates.iter().map(|update| &update.key).collect();
    let updated = if updated.is_empty() { String::new() } else { format!(", {} updated", updated.len()) };
    let there = import.skipped + import.count(|origin| *origin == Origin::Found);
    let _ = writeln!(
        text,
        "{} written{updated}{recorded}, {there} already there. Run `offersync plan` to review.",
        count(offers, "offer")
    );
    text
}

fn counts(import: &Import) -> String {
    let matched = import.count(|origin| *origin == Origin::Matched);
    let imported = import.adoptions.len() - matched;
    let outside = import.left_out.len();
    format!(
        "{} imported, {matched} matched, {} already recorded, {outside} left out",
        count(imported, "offer"),
        import.skipped
    )
}

fn by_folder(import: &Import) -> String {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &import.files {
        *folders.entry(file.path.rsplit_once('/').map_or(".", |(folder, _)| folder)).or_default() += 1;
    }
    let width = folders.keys().map(|folder| folder.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (folder, files) in folders {
        let _ = writeln!(text, "{folder:width$}  {}", count(files, "new file"));
    }
    text
}
