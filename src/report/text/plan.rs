//! A plan for a person who must judge money. Everything that asks for a careful look is shown, however long the plan is; what is
//! alike is folded, what is many is summed up, and one line at the end says it all.

use std::cmp::Reverse;

use crate::plan::{Action, Plan, Verb};
use crate::report::group::{Group, groups};
use crate::report::paint::{style, symbol};
use crate::report::phrase;
use crate::report::risk;

use super::TextOptions;
use super::block::block;
use super::page::Page;
use super::summary;
use super::wrap::pad;

/// More creates than this are summed up by folder: a screenful can be read, a thousand blocks cannot.
const CREATES: usize = 30;
/// More blocks of any other verb than this are summed up, but for those that ask for a careful look.
const BLOCKS: usize = 40;
/// So many blocks are shown of a verb that has too many.
const CHOSEN: usize = 12;
/// A block of so many offers is worth its lines even if others are riskier; there are as many of them again at most.
const LARGE: usize = 5;
/// Rows of a summary.
const ROWS: usize = 40;
/// Renames and releases change nothing in CAKE and are shown in fewer blocks.
const QUIET_BLOCKS: usize = 20;

/// The plan as text.
pub fn plan(plan: &Plan, options: &TextOptions<'_>) -> String {
    let mut page = Page::default();
    for verb in Verb::ALL {
        let actions: Vec<&Action> = plan.actions.iter().filter(|action| action.verb() == verb).collect();
        section(&mut page, verb, &actions, options);
    }
    page.diagnostics(&plan.diagnostics, options.colour);
    let notes = risk::notes(plan, options.today);
    if !notes.is_empty() {
        page.gap();
        for note in notes {
            page.line(0, &format!("{} {note}", options.paint().bold("note:")));
        }
    }
    page.gap();
    page.line(0, &options.paint().bold(&phrase::summary(plan)));
    page.finish()
}

fn section(page: &mut Page, verb: Verb, actions: &[&Action], options: &TextOptions<'_>) {
    let groups = groups(actions.iter().copied());
    let (blocks, summed_up) = chosen(verb, groups, options);
    for group in &blocks {
        block(page, group, options);
    }
    let summed_up: Vec<&Action> = summed_up.iter().flat_map(Group::actions).collect();
    if !summed_up.is_empty() {
        sum_up(page, verb, &summed_up, !blocks.is_empty(), options);
    }
}

/// The groups to show as blocks, and those to sum up.
fn chosen<'a>(verb: Verb, groups: Vec<Group<'a>>, options: &TextOptions<'_>) -> (Vec<Group<'a>>, Vec<Group<'a>>) {
    let most = match verb {
        Verb::Create => CREATES,
        Verb::Rename | Verb::Release => QUIET_BLOCKS,
        _ => BLOCKS,
    };
    if options.full || groups.len() <= most {
        return (groups, Vec::new());
    }
    let mut ranked: Vec<(usize, Group<'a>)> = groups.into_iter().enumerate().collect();
    let weight = |group: &Group<'_>| group.actions().filter_map(|action| risk::weight(action, options.today)).max();
    // What asks most for a look first; of equals the larger block, which says more in as many lines.
    ranked.sort_by_cached_key(|(_, group)| Reverse((weight(group), group.len())));
    let risky = ranked.iter().take_while(|(_, group)| weight(group).is_some()).count().min(CHOSEN);
    let rest = ranked.split_off(risky);
    let (mut large, mut rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, group)| group.len() >= LARGE);
    large.sort_by_key(|(_, group)| Reverse(group.len()));
    rest.extend(large.split_off(large.len().min(CHOSEN)));
    ranked.extend(large);
    ranked.sort_by_key(|(place, _)| *place);
    rest.sort_by_key(|(place, _)| *place);
    let groups = |ranked: Vec<(usize, Group<'a>)>| ranked.into_iter().map(|(_, group)| group).collect();
    (groups(ranked), groups(rest))
}

/// `+ create 1000 offers` and a row for each folder and advertiser.
fn sum_up(page: &mut Page, verb: Verb, actions: &[&Action], others: bool, options: &TextOptions<'_>) {
    let paint = options.paint();
    let sign = paint.with(style(verb), &format!("{} {}", symbol(verb), verb.word()));
    let more = if others { " more" } else { "" };
    page.gap();
    page.line(2, &format!("{sign} {}", paint.bold(&format!("{}{more} offers", actions.len()))));
    let rows = summary::rows(actions, options.knowledge());
    let head = summary::Row {
        folder: "folder".to_owned(),
        advertiser: "advertiser".to_owned(),
        count: 0,
        payout: "payout".to_owned(),
    };
    let shown = if rows.len() <= ROWS + 1 { rows.len() } else { ROWS };
    let width = |of: fn(&summary::Row) -> usize| {
        rows.iter().take(shown).chain(std::iter::once(&head)).map(of).max().unwrap_or(0) + 2
    };
    let folder = width(|row| unicode_width::UnicodeWidthStr::width(row.folder.as_str())).min(60);
    let advertiser = width(|row| unicode_width::UnicodeWidthStr::width(row.advertiser.as_str())).min(40);
    let line = |row: &summary::Row, count: &str| {
        let line =
            format!("{}{}{count:>7}  {}", pad(&row.folder, folder), pad(&row.advertiser, advertiser), row.payout);
        line.trim_end().to_owned()
    };
    page.line(6, &paint.quiet(&line(&head, "offers")));
    for row in rows.iter().take(shown) {
        page.line(6, &line(row, &row.count.to_string()));
    }
    if rows.len() > shown {
        let rest: usize = rows.iter().skip(shown).map(|row| row.count).sum();
        page.line(6, &format!("… and {} more rows with {rest} offers", rows.len() - shown));
    }
    page.line(6, &paint.quiet("`--full` shows every one"));
}
