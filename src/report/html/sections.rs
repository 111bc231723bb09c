//! The parts of a plan's page that stand in the HTML itself, and are there without a script: problems, what to review first, totals,
//! margins, what is scheduled, notes.

use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Action, Verb};
use crate::report::diff::around_difference;
use crate::report::styles::symbol;
use crate::report::view::{
    FieldChangeText, Group, NOT_MANAGED, NOT_RECORDED, PartChange, PlanView, ToReview, UpcomingRow, UrlChange,
    review_first,
};
use crate::words::{count, first_and_more, more, shorten};

use super::markup::{code, lines, link, list, section, table, text};
use super::{margins, problems};

/// The rows to review first.
const FIRST: usize = 12;
/// The maximum number of rows in the tables of totals and of what is scheduled.
const LISTED: usize = 200;
/// The first keys of a group.
const KEYS: usize = 5;
/// The maximum length of a value.
const VALUE: usize = 300;

pub(super) fn all(view: &PlanView<'_>) -> String {
    let (guardrails, changes): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        view.decisive.iter().partition(|problem| codes::guardrail::ALL.contains(&problem.code));
    let notes: Vec<_> = view.notes.iter().map(|note| text(note)).collect();
    [
        section("Guardrails", "problems", &problems::list(&guardrails)),
        section("Configuration and state", "problems", &problems::list(&changes)),
        section("Problems", "problems", &problems::list(&view.problems)),
        section("Review first", "review", &to_review(view)),
        section("Totals", "totals", &totals(view)),
        section("Margins", "margins", &margins::figure(&view.margins())),
        section("Scheduled", "scheduled", &scheduled(view)),
        section("Pending anyway", "pending", &pending(view)),
        section("Notes", "notes", &list("", &notes)),
    ]
    .concat()
}

fn to_review(view: &PlanView<'_>) -> String {
    let (first, rest) = review_first(view.to_review(), FIRST);
    let row = |change| match change {
        ToReview::Now(group) => review_row(view, group),
        ToReview::Later(row) => later_row(row),
    };
    let rows: Vec<_> = first.into_iter().map(row).collect();
    let common: Vec<_> = view.common().iter().map(|common| text(common)).collect();
    let rest: usize = rest.into_iter().map(ToReview::len).sum();
    let rest = (rest > 0).then(|| format!("<p>{} with a flag below.</p>\n", count(rest, "more change")));
    let table = table("Review first", &["why", "offer", "change"], &rows);
    format!("{table}{}{}", rest.unwrap_or_default(), list("", &common))
}

/// What is pending besides, the flagged first.
fn pending(view: &PlanView<'_>) -> String {
    let all: Vec<_> = view.pending().collect();
    let mut rows: Vec<_> = all.iter().take(LISTED).map(|(rest, group)| review_row(rest, group)).collect();
    rows.extend(more(all.len(), rows.len()).map(|more| vec![more]));
    table("Pending anyway", &["why", "offer", "change"], &rows)
}

fn review_row(view: &PlanView<'_>, group: &Group<'_>) -> Vec<String> {
    let why: Vec<_> = group.why().iter().map(|why| text(why)).collect();
    let keys = first_and_more(group.actions().map(|action| link(action.key.as_str())), KEYS);
    let offers = if group.len() == 1 { keys } else { format!("{}: {keys}", count(group.len(), "offer")) };
    let name = group.first.context.name().filter(|_| group.len() == 1).map(|name| text(&shorten(name, VALUE)));
    let place = group.source().map(|source| code(&format!("{}:{}", source.file, source.line)));
    let mut offer = vec![offers];
    offer.extend(name.into_iter().chain(place));
    let mut changes = vec![format!("{} {}", text(symbol(group.verb)), text(group.title()))];
    changes.extend(view.flagged_changes(group).iter().map(|change| self::change(group.verb, change)));
    vec![lines(&why), lines(&offer), lines(&changes)]
}

fn later_row(row: &UpcomingRow<'_>) -> Vec<String> {
    let why: Vec<_> = row.why.iter().map(|why| text(why)).collect();
    let mut offer = vec![text(&row.offers())];
    offer.extend(row.source.map(|source| code(&format!("{}:{}", source.file, source.line))));
    let changes = std::iter::once(text(&row.time())).chain(row.changes.iter().map(|change| text(change)));
    vec![lines(&why), lines(&offer), lines(&changes.collect::<Vec<_>>())]
}

fn change(verb: Verb, change: &FieldChangeText) -> String {
    let name = change.field.name();
    let mut line = match (&change.before, &change.after) {
        _ if change.url.is_some() => format!("{name} {}", change.url.as_ref().map(url).unwrap_or_default()),
        (None, Some(after)) if verb == Verb::Create => format!("{name} {}", code(&shorten(after, VALUE))),
        (Some(before), Some(after)) => {
            let (before, after) = around_difference(before, after, VALUE);
            format!("{name} {} → {}", code(&before), code(&after))
        }
        (before, after) => {
            let side = |side: &Option<String>, otherwise: &str| {
                side.as_ref().map_or_else(|| otherwise.to_owned(), |shown| code(&shorten(shown, VALUE)))
            };
            format!("{name} {} → {}", side(before, NOT_RECORDED), side(after, NOT_MANAGED))
        }
    };
    line.extend(change.annotation.as_ref().map(|annotation| format!(" ({})", text(annotation))));
    let class = if change.margin_warns { "bad" } else { "quiet" };
    line.extend(change.margin.as_ref().map(|margin| format!(", <span class=\"{class}\">{}</span>", text(margin))));
    line
}

/// A URL by part, a line for each part that differs.
fn url(url: &UrlChange) -> String {
    let part = |part: &PartChange| format!("{} {}", code(&part.part), part.values(VALUE, code));
    let macros = url.macros().map(|(what, names)| {
        let names: Vec<_> = names.iter().map(|name| code(name)).collect();
        format!("<span class=\"bad\">{what}: {}</span>", names.join(" "))
    });
    lines(&url.parts.iter().map(part).chain(macros).collect::<Vec<_>>())
}

fn totals(view: &PlanView<'_>) -> String {
    let moved: Vec<_> = view.payout_texts().iter().map(|total| text(total)).collect();
    let mut tables = list("", &moved);
    for verb in Verb::ALL {
        let actions: Vec<&Action> = view.of_verb(verb).into_iter().flat_map(Group::actions).collect();
        let folders = view.folders(&actions);
        let row = |row: &crate::report::view::FolderRow| {
            vec![code(&row.folder), text(&row.advertiser), row.count.to_string(), text(&row.payout)]
        };
        let mut rows: Vec<_> = folders.iter().take(LISTED).map(row).collect();
        rows.extend(more(folders.len(), rows.len()).map(|more| vec![more]));
        tables.push_str(&named_table(
            &format!("{} {}: {}", symbol(verb), verb.word(), actions.len()),
            &["folder", "advertiser", "offers", "payout"],
            &rows,
        ));
    }
    tables
}

/// A table below a line that opens it.
fn named_table(title: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
    let table = table(title, columns, rows);
    if table.is_empty() { table } else { format!("<details><summary>{}</summary>\n{table}</details>\n", text(title)) }
}

fn scheduled(view: &PlanView<'_>) -> String {
    let row = |row: &UpcomingRow<'_>| {
        let changes: Vec<_> = row.changes.iter().map(|change| text(change)).collect();
        let why: Vec<_> = row.why.iter().map(|why| text(why)).collect();
        vec![text(&row.time()), text(&row.offers()), lines(&changes), lines(&why)]
    };
    let mut rows: Vec<_> = view.upcoming.iter().take(LISTED).map(row).collect();
    rows.extend(more(view.upcoming.len(), rows.len()).map(|more| vec![more]));
    let later = view.upcoming_later;
    rows.extend((later > 0).then(|| vec!["later".to_owned(), text(&count(later, "change"))]));
    table("Scheduled", &["time", "offer", "change", "why"], &rows)
}
