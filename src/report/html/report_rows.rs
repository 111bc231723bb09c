//! The rows of a report: one for each action, with what became of it.

use crate::apply::ActionOutcome;
use crate::offer::shown_time;
use crate::report::escape::visible;
use crate::report::styles::symbol;
use crate::report::view::{ApplyView, ResultView};

use super::data::{Column, DetailTexts, RowTexts, Sort};

pub(super) const COLUMNS: [Column; 5] = [
    Column { label: "Outcome", sort: Sort::Given },
    Column { label: "Offer", sort: Sort::Text },
    Column { label: "Action", sort: Sort::Text },
    Column { label: "Message", sort: Sort::Text },
    Column { label: "Done at", sort: Sort::Text },
];

pub(super) const FILTERS: [&str; 2] = ["Outcome", "Action"];

/// What needs a decision is first.
pub(super) fn in_order<'v, 'a>(
    view: &'v ApplyView<'a>,
) -> impl Iterator<Item = (ActionOutcome, ResultView<'a>)> + use<'v, 'a> {
    let sections = view.sections.iter().rev();
    sections.flat_map(|(outcome, results)| results.iter().map(|result| (*outcome, *result)))
}

pub(super) fn rows(view: &ApplyView<'_>) -> Vec<RowTexts> {
    in_order(view).map(|(_, result)| texts(result)).collect()
}

fn texts(view: ResultView<'_>) -> RowTexts {
    let result = view.result;
    let outcome = view.outcome_text().to_owned();
    let verb = result.verb;
    let id = result.offer_id.map(|id| format!("offer {id}"));
    let done_at = result.done_at.map(|at| at.to_string()).unwrap_or_default();
    let note = |label: &str, text: String| DetailTexts::Note { label: label.to_owned(), text };
    let mut details = Vec::new();
    details.extend(view.advice().map(|advice| note("help", advice.to_owned())));
    details.extend(view.attempts().map(|attempts| note("requests", attempts)));
    details.extend(result.due_since.map(|since| note("due since", shown_time(since))));
    RowTexts {
        key: result.key.to_string(),
        cells: vec![
            vec![outcome.clone()],
            [Some(result.key.to_string()), id].into_iter().flatten().collect(),
            vec![format!("{} {}", symbol(verb), verb.word())],
            messages(view),
            vec![done_at],
        ],
        options: vec![vec![outcome], vec![verb.word().to_owned()]],
        numbers: Vec::new(),
        details,
    }
}

/// The message, line by line.
pub(super) fn messages(view: ResultView<'_>) -> Vec<String> {
    let message = view.result.message.as_deref().unwrap_or_default();
    message.lines().map(|line| visible(line).into_owned()).collect()
}
