//! The record of applies as text: a paragraph for each apply, a line for each result.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::super::escape::visible;
use super::super::styles::Styles;
use super::{CHANGES, VALUE};
use crate::words::shorten;

/// Those reports, the newest first. What a line of the file may hold is not known: what is missing is left out.
pub(super) fn text(reports: &[Json], full: bool, styles: Styles) -> String {
    let mut text = String::new();
    for report in reports {
        let results = report["results"].as_array().map(Vec::as_slice).unwrap_or_default();
        let _infallible = writeln!(text, "\n{}", heading(report, results, styles));
        let shown = if full { results.len() } else { results.len().min(CHANGES) };
        for result in results.iter().take(shown) {
            let _infallible = writeln!(text, "  {}", line(result, styles));
        }
        if results.len() > shown {
            let more = format!("… and {} more; `--full` shows every one", results.len() - shown);
            let _infallible = writeln!(text, "  {}", styles.dim(&more));
        }
    }
    text
}

/// `Apply 2026-11-27 10:20:00 UTC  4f2c9d1  complete: 2 done`
fn heading(report: &Json, results: &[Json], styles: Styles) -> String {
    let at = word(&report["ended_at"]);
    let at = at.parse().map_or(at, |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    let commit = word(&report["commit"]);
    let commit = commit.get(..7).map_or_else(String::new, |commit| format!("  {}", styles.bold(commit)));
    let mut counts: Vec<(String, usize)> = Vec::new();
    for outcome in results.iter().map(|result| word(&result["outcome"]).replace('_', " ")) {
        match counts.iter_mut().find(|(counted, _)| *counted == outcome) {
            Some((_, count)) => *count += 1,
            None => counts.push((outcome, 1)),
        }
    }
    let counts: Vec<_> = counts.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    format!("Apply {}{commit}  {}: {}", styles.dim(&at), word(&report["outcome"]).replace('_', " "), counts.join(", "))
}

/// `update solar-us  offer 12345  done  payout 20.00 → 24.00`
fn line(result: &Json, styles: Styles) -> String {
    let id = result["offer_id"].as_u64().map(|id| format!("  offer {id}")).unwrap_or_default();
    let changes = result["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    // Of a create every value is new: its amounts say most.
    let is_shown = |change: &&Json| {
        !change["before"].is_null() || ["payout", "revenue"].iter().any(|amount| change["field"] == *amount)
    };
    let change = |change: &Json| match &change["before"] {
        Json::Null => format!("{} {}", word(&change["field"]), word(&change["after"])),
        before => format!("{} {} → {}", word(&change["field"]), word(before), word(&change["after"])),
    };
    let changes: Vec<_> = changes.iter().filter(is_shown).map(change).collect();
    let changes = if changes.is_empty() { String::new() } else { format!("  {}", changes.join(", ")) };
    let message = result["message"].as_str().map_or_else(String::new, |_| format!("  {}", word(&result["message"])));
    let (action, key) = (word(&result["action"]), styles.bold(&word(&result["key"])));
    format!("{action} {key}{id}  {}{changes}{message}", word(&result["outcome"]).replace('_', " "))
}

/// A value as text.
fn word(value: &Json) -> String {
    let text = match value {
        Json::Null => String::new(),
        Json::String(text) => text.replace('\n', "⏎"),
        other => other.to_string(),
    };
    visible(&shorten(&text, VALUE)).into_owned()
}
