//! The rows of a report: one for each action, with what became of it and what it changes.

use crate::offer::shown_time;
use crate::report::escape::visible;
use crate::report::styles::symbol;
use crate::report::view::{ActionRow, ApplyView, ResultView};

use super::data::{Column, DetailTexts, RowTexts, Sort};
use super::plan_rows;

pub(super) const COLUMNS: [Column; 9] = [
    Column { label: "Outcome", sort: Sort::Given },
    Column { label: "Offer", sort: Sort::Text },
    Column { label: "Action", sort: Sort::Text },
    Column { label: "Advertiser", sort: Sort::Text },
    Column { label: "Payout", sort: Sort::Number(0) },
    Column { label: "Revenue", sort: Sort::Number(1) },
    Column { label: "Margin", sort: Sort::Number(2) },
    Column { label: "Message", sort: Sort::Text },
    Column { label: "Done at", sort: Sort::Text },
];

pub(super) const FILTERS: [&str; 5] = ["Outcome", "Action", "Advertiser", "Currency", "Folder"];

/// What needs a decision is first.
pub(super) fn rows(view: &ApplyView<'_>) -> Vec<RowTexts> {
    view.worst_first().map(|result| texts(view, result)).collect()
}

fn texts(apply: &ApplyView<'_>, view: ResultView<'_>) -> RowTexts {
    let result = view.result;
    let outcome = view.outcome_text().to_owned();
    let verb = result.verb;
    let row = view.action.zip(apply.plan.as_ref()).map(|(action, plan)| plan.row(action));
    let name = view.action.and_then(|action| action.context.name()).map(|name| visible(name).into_owned());
    let id = result.offer_id.map(|id| format!("offer {id}"));
    let done_at = result.done_at.map(|at| at.to_string()).unwrap_or_default();
    let note = |label: &str, text: String| DetailTexts::Note { label: label.to_owned(), text };
    let mut details = Vec::new();
    details.extend(view.advice().map(|advice| note("help", advice.to_owned())));
    details.extend(view.attempts().map(|attempts| note("requests", attempts)));
    details.extend(result.due_since.map(|since| note("due since", shown_time(since))));
    details.extend(row.iter().flat_map(plan_rows::details));
    let of_row = |part: &dyn Fn(&ActionRow<'_>) -> String| row.as_ref().map(part).unwrap_or_default();
    let (advertiser, folder) = (of_row(&|row| row.advertiser.clone()), of_row(&|row| row.folder.clone()));
    let title = row.as_ref().map_or(verb.word(), |row| row.group.title());
    RowTexts {
        key: result.key.to_string(),
        cells: vec![
            vec![outcome.clone()],
            [Some(result.key.to_string()), name, id].into_iter().flatten().collect(),
            vec![format!("{} {title}", symbol(verb))],
            vec![advertiser.clone()],
            vec![of_row(&|row| row.payout.text.clone())],
            vec![of_row(&|row| row.revenue.text.clone())],
            vec![of_row(&|row| row.margin.text.clone())],
            messages(view),
            vec![done_at],
        ],
        options: [outcome, verb.word().to_owned(), advertiser, of_row(&|row| row.currency.clone()), folder]
            .map(|option| vec![option])
            .into(),
        numbers: row.as_ref().map_or(vec![None; 3], ActionRow::numbers),
        details,
    }
}

/// The message, line by line.
pub(super) fn messages(view: ResultView<'_>) -> Vec<String> {
    let message = view.result.message.as_deref().unwrap_or_default();
    message.lines().map(|line| visible(line).into_owned()).collect()
}
