//! What a plan does in all: a short list of effects, and the totals of money by advertiser.

use crate::report::view::{AdvertiserRow, Effect, Group, PlanView};
use crate::words::{count, shorten};

use super::budget::{Section, Unit};
use super::cells;
use super::escape::{code, text};

/// So many of the largest groups of equal changes are named.
const GROUPS: usize = 4;
/// A group of so many offers is an effect of its own.
const LARGE: usize = 3;
/// So many advertisers stand open.
const ADVERTISERS: usize = 4;
/// The maximum length of a name.
const NAME: usize = 60;

/// `- **update 179 offers**: payout 8.00 to 85.50 → 8.80 to 94.05 USD (× 1.1, +10 %)`, and what it does to traffic.
/// `in_table`: the table of changes has the groups already.
pub(super) fn effects(view: &PlanView<'_>, in_table: bool) -> Section {
    let changes = if in_table { Vec::new() } else { view.other_changes() };
    let mut large: Vec<&&Group<'_>> = changes.iter().filter(|group| group.len() >= LARGE).collect();
    large.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let group = |group: &&&Group<'_>| {
        let margin = cells::margin(view, group);
        let margin = if margin.is_empty() { margin } else { format!("; margin {margin}") };
        let offers = count(group.len(), "offer");
        format!("- **{} {offers}**: {}{margin}\n", group.title(), cells::changes(view, group).replace("<br>", ", "))
    };
    let effect = |Effect { what, detail }: &Effect| {
        let detail = if detail.is_empty() { String::new() } else { format!(": {}", text(detail)) };
        format!("- **{what}**{detail}\n")
    };
    let rows: Vec<String> = large.iter().take(GROUPS).map(group).chain(view.effects.iter().map(effect)).collect();
    let open = "\n**What this does**\n\n".to_owned();
    Section { open, rows, more: ("- ", ""), unit: ("effect", "effects"), ..Section::default() }
}

/// The totals of the advertisers with the largest sums, and those of all others.
pub(super) fn totals(view: &PlanView<'_>) -> [Section; 2] {
    const UNIT: Unit = ("advertiser", "advertisers");
    const OPEN: &str = "| advertiser | payouts | sum per conversion | lowest margin |\n|---|---:|---:|---:|\n";
    let row = |row: &AdvertiserRow| {
        let moves = [("↑", row.rises), ("↓", row.falls)];
        let moves: Vec<_> =
            moves.iter().filter(|(_, count)| *count > 0).map(|(arrow, count)| format!("{arrow} {count}")).collect();
        let (name, sum) = (code(&shorten(&row.advertiser, NAME)), text(&row.sum));
        format!("| {name} | {} | {sum} | {} |\n", moves.join(" "), row.lowest_margin)
    };
    let rows: Vec<String> = view.advertisers.iter().map(row).collect();
    // One amount that changes is in the table of changes.
    if view.advertisers.iter().map(|row| row.rises + row.falls).sum::<usize>() < 2 {
        return [Section::default(), Section::default()];
    }
    let (first, rest) = rows.split_at(rows.len().min(ADVERTISERS));
    let more = ("| ", " |");
    let open = Section { open: format!("\n{OPEN}"), rows: first.to_vec(), more, unit: UNIT, ..Section::default() };
    let summary = format!("Totals of {}", count(rest.len(), "other advertiser"));
    [open, cells::folded(&summary, OPEN, rest.to_vec(), more, UNIT)]
}
