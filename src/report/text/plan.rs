//! A plan for a person at a terminal. Every flagged change is shown, however long the plan is; identical changes are one block,
//! many blocks are summed up, and the last line is the verdict.

use crate::plan::{Action, Plan, Verb};
use crate::report::escape::visible;
use crate::report::styles::{symbol, verb_style};
use crate::report::view::{FolderRow, Group, PlanView, select};
use crate::words::{count, more};

use super::TextOptions;
use super::block::block;
use super::page::TextBuilder;
use super::review::{pending, review};
use super::wrap::pad;

/// More blocks of creates than this are summarized by folder.
const CREATE_BLOCKS: usize = 30;
/// The limit for what changes nothing in CAKE.
const STATE_ONLY_BLOCKS: usize = 20;
/// The limit for any other verb.
const BLOCKS: usize = 40;
/// So many later changes are shown.
const UPCOMING: usize = 12;
/// The maximum number of rows in a table by folder.
const ROWS: usize = 40;
/// The maximum width of the columns for folder and advertiser.
const FOLDER_WIDTH: usize = 60;
const ADVERTISER_WIDTH: usize = 40;

/// The plan as text.
pub fn plan(plan: &Plan, options: &TextOptions<'_>) -> String {
    let view = PlanView::of(plan, options.context);
    let mut page = TextBuilder::new(options.form);
    review(&mut page, &view, options);
    page.folded_diagnostics(&view.decisive, options);
    for verb in Verb::ALL {
        section(&mut page, &view, verb, options);
    }
    upcoming(&mut page, &view, options);
    pending(&mut page, &view, options);
    page.folded_diagnostics(&view.problems, options);
    notes(&mut page, &view.notes, options);
    page.gap();
    page.line(0, &options.styles().bold(&view.verdict.sentence()));
    page.line(0, &options.styles().dim(&options.context.environment.before(&format!("CAKE: {}", view.cake))));
    page.finish()
}

fn section(page: &mut TextBuilder, view: &PlanView<'_>, verb: Verb, options: &TextOptions<'_>) {
    let most = match verb {
        _ if options.full => usize::MAX,
        Verb::Create => CREATE_BLOCKS,
        Verb::Rename | Verb::Protect | Verb::Release => STATE_ONLY_BLOCKS,
        _ => BLOCKS,
    };
    let (blocks, summed_up) = select(view.of_verb(verb), most);
    for group in &blocks {
        block(page, view, group, options);
    }
    let summed_up: Vec<&Action> = summed_up.into_iter().flat_map(Group::actions).collect();
    if !summed_up.is_empty() {
        let noun = if blocks.is_empty() { "offer" } else { "more offer" };
        let title = options.styles().bold(&count(summed_up.len(), noun));
        let sign = options.styles().with(verb_style(verb), &format!("{} {}", symbol(verb), verb.word()));
        page.gap();
        page.line(2, &format!("{sign} {title}"));
        folders(page, &view.folders(&summed_up), options);
    }
}

fn folders(page: &mut TextBuilder, rows: &[FolderRow], options: &TextOptions<'_>) {
    // A single remaining row is shown, because a count would need a line as well.
    let shown = if rows.len() <= ROWS + 1 { rows.len() } else { ROWS };
    let (rows, hidden) = rows.split_at(shown);
    let width = |of: fn(&FolderRow) -> &str, title: &str, widest: usize| {
        let widths = rows.iter().map(|row| unicode_width::UnicodeWidthStr::width(of(row)));
        (widths.max().unwrap_or(0).max(title.len()) + 2).min(widest)
    };
    let folder = width(|row| &row.folder, "folder", FOLDER_WIDTH);
    let advertiser = width(|row| &row.advertiser, "advertiser", ADVERTISER_WIDTH);
    let line = |cells: [&str; 4]| {
        let line = format!("{}{}{:>7}  {}", pad(cells[0], folder), pad(cells[1], advertiser), cells[2], cells[3]);
        line.trim_end().to_owned()
    };
    page.line(6, &options.styles().dim(&line(["folder", "advertiser", "offers", "payout"])));
    for FolderRow { folder, advertiser, count, payout } in rows {
        page.line(6, &line([folder, advertiser, &count.to_string(), payout]));
    }
    if let Some(more) = more(hidden.len(), 0) {
        let offers: usize = hidden.iter().map(|row| row.count).sum();
        page.line(6, &format!("{more} rows with {offers} offers"));
    }
    page.line(6, &options.styles().dim("`--full` shows every one"));
}

/// What becomes due later, one line for each change at each time.
fn upcoming(page: &mut TextBuilder, view: &PlanView<'_>, options: &TextOptions<'_>) {
    let styles = options.styles();
    let most = if options.full { usize::MAX } else { UPCOMING };
    if view.upcoming.is_empty() && view.upcoming_later == 0 {
        return;
    }
    page.gap();
    page.line(0, &styles.bold("Scheduled:"));
    for row in view.upcoming.iter().take(most) {
        let (time, offers) = (styles.dim(&row.time()), styles.bold(&visible(&row.offers())));
        page.line(2, &format!("{time}  {offers}  {}", row.changes.join(", ")));
    }
    if let Some(more) = more(view.upcoming.len(), view.upcoming.len().min(most)) {
        page.line(2, &styles.dim(&format!("{more}; `--full` shows every one")));
    }
    if view.upcoming_later > 0 {
        let later = count(view.upcoming_later, "later change");
        page.line(2, &styles.dim(&format!("{later}; `--until` shows more")));
    }
}

/// Notes; only the first line of each has the label.
pub(super) fn notes(page: &mut TextBuilder, notes: &[impl AsRef<str>], options: &TextOptions<'_>) {
    if !notes.is_empty() {
        page.gap();
    }
    for note in notes {
        let mut lines = note.as_ref().lines().map(visible);
        page.line(0, &format!("{} {}", options.styles().bold("note:"), lines.next().unwrap_or_default()));
        for line in lines {
            page.line(0, &line);
        }
    }
}
