//! The sections that are not folded: what to review first, problems, other changes, new offers, notes.

use crate::diagnostic::{Diagnostic, codes};
use crate::report::view::{Group, PlanView, UpcomingRow, review_first};
use crate::words::{count, shorten};

use super::budget::{Section, Unit};
use super::cells;
use super::escape::{code, text};

/// More creates than this are summarized by folder; the details list each of them.
const CREATES: usize = 30;
/// So many flagged changes are shown before a fold.
const FIRST: usize = 12;
/// The maximum length of a name or a folder.
const NAME: usize = 90;
/// The maximum length of a path.
const PATH: usize = 120;

fn table(title: &str, columns: &[&str], rows: Vec<String>, unit: Unit) -> Section {
    let rule = "|---".repeat(columns.len());
    // A row may have fewer cells than there are columns.
    let open = format!("\n### {title}\n\n| {} |\n{rule}|\n", columns.join(" | "));
    Section { open, rows, close: String::new(), more: ("| ", " |"), unit, is_essential: false }
}

/// What to review first, and the flagged changes for which that table has no room.
pub(super) fn to_review(view: &PlanView<'_>) -> (Section, Section) {
    let row = |group: &Group<'_>| format!("{} {} |\n", cells::change_row(view, group), group.why().join("<br>"));
    let (first, more) = review_first(view.to_review(), FIRST);
    let [first, more] = [first, more].map(|groups| groups.into_iter().map(row).collect::<Vec<_>>());
    let later = |row: &UpcomingRow<'_>| {
        let changes: Vec<_> = row.changes.iter().map(|change| cells::sentence(change)).collect();
        format!("| {} | {} | {} | {} |\n", row.time(), text(&row.offers()), changes.join("<br>"), row.why.join("<br>"))
    };
    let (mut first, mut more) = (first, more);
    for row in view.upcoming_to_review().map(later) {
        if first.len() < FIRST { first.push(row) } else { more.push(row) }
    }
    let (columns, unit) = (["", "offer", "change", "why"], ("flagged change", "flagged changes"));
    let folded = count(more.len(), "more flagged change");
    let first = Section { is_essential: true, ..table("Review first", &columns, first, unit) };
    let Section { open, .. } = table("", &columns, Vec::new(), unit);
    let open = open.trim_start_matches("\n### \n\n");
    let more = Section {
        open: format!("\n<details><summary>{folded}</summary>\n\n{open}"),
        close: "\n</details>\n".to_owned(),
        ..table("", &columns, more, unit)
    };
    (first, more)
}

/// Changes without a flag.
pub(super) fn other_changes(view: &PlanView<'_>) -> Section {
    let title = if view.flags.is_empty() { "Changes" } else { "Other changes" };
    let rows = view.other_changes().into_iter().map(|group| cells::change_row(view, group) + "\n").collect();
    table(title, &["", "offer", "change"], rows, ("other change", "other changes"))
}

/// New offers, one by one or by folder.
pub(super) fn new_offers(view: &PlanView<'_>) -> Section {
    let creates = view.unflagged_creates();
    if creates.len() > CREATES {
        let folders = view.folders(&creates);
        let row = |row: &crate::report::view::FolderRow| {
            let (folder, advertiser) = (name(&row.folder), name(&row.advertiser));
            format!("| {folder} | {advertiser} | {} | {} |\n", row.count, text(&row.payout))
        };
        let rows = folders.iter().map(row).collect();
        let columns = ["folder", "advertiser", "offers", "payout"];
        let unit = ("folder of new offers", "folders of new offers");
        return table(&format!("{} new offers", creates.len()), &columns, rows, unit);
    }
    let row = |action| {
        let offer = view.new_offer(action);
        let (key, name, advertiser) = (cells::key(offer.key), name(offer.name), name(&offer.advertiser));
        format!("| {key} | {name} | {advertiser} | {} | {} | {} |\n", offer.payout, offer.revenue, offer.margin)
    };
    let columns = ["offer", "name", "advertiser", "payout", "revenue", "margin"];
    table("New offers", &columns, creates.into_iter().map(row).collect(), ("new offer", "new offers"))
}

fn name(name: &str) -> String {
    code(&shorten(name, NAME))
}

fn list(title: &str, rows: Vec<String>, unit: Unit) -> Section {
    Section {
        open: format!("\n### {title}\n\n"),
        rows,
        close: String::new(),
        more: ("- ", ""),
        unit,
        is_essential: false,
    }
}

/// The guardrails that the plan breaks, waived or not; and what the branch changes in the configuration and in the state.
pub(super) fn decisive(view: &PlanView<'_>) -> [Section; 2] {
    let (guardrails, changes): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        view.decisive.iter().partition(|problem| codes::guardrail::ALL.contains(&problem.code));
    let section = |title, problems: Vec<&Diagnostic>, unit| {
        let rows = problems.into_iter().map(problem).collect();
        Section { is_essential: true, ..list(title, rows, unit) }
    };
    [
        section("Guardrails", guardrails, ("breach", "breaches")),
        section("Configuration and state", changes, ("change", "changes")),
    ]
}

/// Errors and warnings.
pub(super) fn problems(view: &PlanView<'_>) -> Section {
    list("Problems", view.problems.iter().map(|problem| self::problem(problem)).collect(), ("problem", "problems"))
}

fn problem(problem: &Diagnostic) -> String {
    let place = problem.place().map_or_else(String::new, |place| {
        let line = if place.line > 0 { format!(":{}", place.line) } else { String::new() };
        format!(" at {}", code(&format!("{}{line}", shorten(place.file.as_str(), PATH))))
    });
    let help = problem.help.as_deref().map(|help| format!("<br>{}", cells::sentence(help))).unwrap_or_default();
    let message = cells::sentence(&problem.message);
    format!("- **{}**{place}: {message}{help}\n", problem.severity.word())
}

/// Notes about CAKE's behaviour that concern the plan.
pub(super) fn notes(view: &PlanView<'_>) -> Section {
    list("Notes", view.notes.iter().map(|note| format!("- {note}\n")).collect(), ("note", "notes"))
}
