//! The table of changes, the gravest first, and the tables that are folded: further flagged changes, all others, new offers.

use crate::plan::Verb;
use crate::report::view::{FolderRow, Group, PlanView, ToReview, UpcomingRow, review_first};
use crate::words::{count, shorten};

use super::budget::{Section, Unit};
use super::cells;
use super::escape::{code, text};
use super::height;

/// More creates than this are summarized by folder; the details list each of them.
const CREATES: usize = 30;
/// So many changes stand in the open table.
const ROWS: usize = 12;
/// The first rows stand in the open table however long they are, others as long as it has at most so many lines.
const FIRST_ROWS: usize = 8;
const LINES: usize = 20;
/// The maximum length of a name or a folder.
const NAME: usize = 90;

const HEAD: &str = "| why | offer | before → after | margin |\n|---|---|---|---:|\n";
/// A row that counts missing ones has fewer cells than there are columns.
const MORE: (&str, &str) = ("| ", " |");

/// The open table; further flagged changes; other changes; new offers. Where there are few changes, the table has them all.
pub(super) fn changes(view: &PlanView<'_>) -> [Section; 4] {
    let (first, more) = review_first(view.to_review(), ROWS);
    let row = |group: &Group<'_>| row(view, group);
    let flagged = first.into_iter().chain(more).map(|change| match change {
        ToReview::Now(group) => row(group),
        ToReview::Later(later) => upcoming_row(later),
    });
    let (mut rows, flagged) = open_rows(flagged.collect());
    let others: Vec<String> = view.other_changes().into_iter().map(row).collect();
    let creates = view.unflagged_creates();
    let mut whole = rows.clone();
    whole.extend(others.iter().cloned().chain(creates.iter().map(|action| row(&Group::single(action)))).take(ROWS + 1));
    let fits = flagged.is_empty() && open_rows(whole.clone()).1.is_empty();
    let [others, creates] = if fits {
        rows = whole;
        [Section::default(), Section::default()]
    } else {
        let summary = count(others.len(), if rows.is_empty() { "group" } else { "other group" }) + " of changes";
        [cells::folded(&summary, HEAD, others, MORE, ("other change", "other changes")), new_offers(view)]
    };
    let unit = ("flagged change", "flagged changes");
    let open = Section { open: format!("\n{HEAD}"), rows, more: MORE, unit, is_essential: true, ..Section::default() };
    let summary = count(flagged.len(), "more flagged change");
    [open, cells::folded(&summary, HEAD, flagged, MORE, unit), others, creates]
}

/// What is pending besides, the flagged first.
pub(super) fn pending(view: &PlanView<'_>) -> Section {
    let rows: Vec<String> = view.pending().map(|(rest, group)| row(rest, &group)).collect();
    let changes = view.elsewhere.as_ref().map_or(0, |rest| rest.verdict.counts.actions());
    let summary = format!("Pending anyway: {}", count(changes, "other change"));
    cells::folded(&summary, HEAD, rows, MORE, ("pending change", "pending changes"))
}

/// The rows that stand open, and the others.
pub(super) fn open_rows(mut rows: Vec<String>) -> (Vec<String>, Vec<String>) {
    let mut left = LINES;
    let fits = |(at, row): &(usize, &String)| {
        let lines = height::lines(row);
        let fits = *at < FIRST_ROWS || (*at < ROWS && lines <= left);
        left = left.saturating_sub(lines);
        fits
    };
    let open = rows.iter().enumerate().take_while(fits).count();
    let rest = rows.split_off(open);
    (rows, rest)
}

/// `| **why** | offer | changes | margin |`
fn row(view: &PlanView<'_>, group: &Group<'_>) -> String {
    let why = group.why();
    let action = format!("{} {}", crate::report::styles::symbol(group.verb), group.title());
    let mut changes = cells::changes(view, group);
    let why = match why.split_first() {
        None => action,
        Some((first, others)) => {
            // An update shows itself by its values.
            if group.verb != Verb::Update {
                changes = if changes.is_empty() { action } else { format!("{action}<br>{changes}") };
            }
            std::iter::once(format!("**{first}**")).chain(others.iter().cloned()).collect::<Vec<_>>().join("<br>")
        }
    };
    format!(
        "| {why} | {} | {changes} | {} |\n",
        cells::offers(view, group, group.first.kind.offer_id()),
        cells::margin(view, group)
    )
}

fn upcoming_row(row: &UpcomingRow<'_>) -> String {
    let changes: Vec<_> = row.changes.iter().map(|change| cells::sentence(change)).collect();
    let why: Vec<String> = row.why.iter().map(|why| format!("**{why}**")).collect();
    let changes = format!("{}<br>{}", text(&row.time()), changes.join("<br>"));
    format!("| {} | {} | {changes} | |\n", why.join("<br>"), text(&row.offers()))
}

/// New offers, one by one or by folder.
fn new_offers(view: &PlanView<'_>) -> Section {
    let creates = view.unflagged_creates();
    let summary = count(creates.len(), "new offer");
    if creates.len() > CREATES {
        let folders = view.folders(&creates);
        let row = |row: &FolderRow| {
            let (folder, advertiser) = (name(&row.folder), name(&row.advertiser));
            format!("| {folder} | {advertiser} | {} | {} |\n", row.count, text(&row.payout))
        };
        let rows = folders.iter().map(row).collect();
        let open = "| folder | advertiser | offers | payout |\n|---|---|---:|---|\n";
        let unit: Unit = ("folder of new offers", "folders of new offers");
        return cells::folded(&summary, open, rows, MORE, unit);
    }
    let row = |action| {
        let offer = view.new_offer(action);
        let (key, name, advertiser) = (cells::key(offer.key), name(offer.name), name(&offer.advertiser));
        let (payout, revenue) = (text(&offer.payout), text(&offer.revenue));
        format!("| {key} | {name} | {advertiser} | {payout} | {revenue} | {} |\n", offer.margin)
    };
    let open = "| offer | name | advertiser | payout | revenue | margin |\n|---|---|---|---|---|---:|\n";
    cells::folded(&summary, open, creates.into_iter().map(row).collect(), MORE, ("new offer", "new offers"))
}

fn name(name: &str) -> String {
    code(&shorten(name, NAME))
}

/// Notes about CAKE's behaviour that concern the plan.
pub(super) fn notes(view: &PlanView<'_>) -> Section {
    let rows: Vec<String> = view.notes.iter().map(|note| format!("- {note}\n")).collect();
    cells::folded(&count(rows.len(), "note"), "", rows, ("- ", ""), ("note", "notes"))
}
