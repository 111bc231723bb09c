//! `log`: what was recorded by which commit, as text and as JSON (`{"format":"offersync-log","version":1,…}`).

mod applies;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::offer::{Field, Key, OfferId, Value};
use crate::words::{count, shorten};

use super::escape::visible;
use super::json::pretty;
use super::styles::Styles;

const FORMAT: &str = "offersync-log";
const VERSION: u32 = 1;

/// The maximum length of a value and of the first line of a message.
const VALUE: usize = 60;
const SUBJECT: usize = 100;
/// A commit with more changes shows the first ones.
const CHANGES: usize = 20;

/// The log, the newest commit first.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Log", deny_unknown_fields)]
pub struct LogDocument {
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The commits that have changed what is recorded of the selected offers.
    pub commits: Vec<LoggedCommit>,
    /// The record of applies in `log.file`: reports as `offersync apply --format json` prints them, the newest first, with the results of the
    /// selected offers.
    pub applies: Vec<Json>,
    /// Lines of that record that cannot be read.
    pub damaged_lines: usize,
    /// Whether there are older commits or applies.
    pub has_more: bool,
    /// Whether this clone lacks older commits, of which nothing is known.
    pub is_shallow: bool,
}

/// What a commit has changed in the state.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LoggedCommit {
    /// The whole hash; `null` of what is not committed.
    pub commit: Option<String>,
    /// When it was committed, in UTC.
    #[schemars(with = "Option<String>")]
    pub at: Option<Timestamp>,
    /// The name of its author.
    pub author: Option<String>,
    /// The first line of its message.
    pub subject: Option<String>,
    /// `null` where its state, or the one before it, cannot be read.
    pub changes: Option<Vec<LoggedChange>>,
}

/// A change of one record.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LoggedChange {
    /// The offer's key.
    pub key: Key,
    /// The key until then, where the offer has another one now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Key")]
    pub was: Option<Key>,
    /// The offer's id in CAKE; `null` where it is not known.
    pub offer_id: Option<OfferId>,
    /// `recorded` (created, adopted, imported, or a replacement), `forgotten`, `renamed`, `retired`, `restored`, `changed`, `in_doubt`,
    /// `not_created`.
    #[schemars(extend("enum" = ["recorded", "forgotten", "renamed", "retired", "restored", "changed", "in_doubt", "not_created"]))]
    pub change: &'static str,
    /// Whether it is protected from now on, where that changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub protect: Option<bool>,
    /// The recorded values before and after; `null` is absent.
    pub fields: BTreeMap<Field, [Option<Value>; 2]>,
}

impl LogDocument {
    /// The log of these commits.
    pub fn new(commits: Vec<LoggedCommit>, has_more: bool, is_shallow: bool) -> Self {
        let applies = Vec::new();
        Self { format: FORMAT, version: VERSION, commits, applies, damaged_lines: 0, has_more, is_shallow }
    }

    /// The same with the record of applies.
    #[must_use]
    pub fn with_applies(self, applies: Vec<Json>, damaged_lines: usize) -> Self {
        Self { applies, damaged_lines, ..self }
    }

    /// As JSON.
    pub fn json(&self) -> String {
        pretty(self)
    }

    /// A paragraph for each commit, a line for each change.
    pub fn text(&self, full: bool, colour: bool) -> String {
        let styles = Styles { colour };
        let mut text = String::new();
        for commit in &self.commits {
            let _infallible = writeln!(text, "{}", heading(commit, styles));
            let Some(changes) = &commit.changes else {
                text.push_str("  the state of this commit, or the one before it, cannot be read\n\n");
                continue;
            };
            let shown = if full { changes.len() } else { changes.len().min(CHANGES) };
            for change in changes.iter().take(shown) {
                let _infallible = writeln!(text, "  {}", line(change, styles));
            }
            if changes.len() > shown {
                let more = format!("… and {} more; `--full` shows every one", changes.len() - shown);
                let _infallible = writeln!(text, "  {}", styles.dim(&more));
            }
            text.push('\n');
        }
        if self.commits.is_empty() && !self.applies.is_empty() {
            text.push_str(&applies::text(&self.applies, full, styles));
        } else {
            let _infallible = writeln!(text, "{}", styles.bold(&self.summary()));
            text.push_str(&applies::text(&self.applies, full, styles));
        }
        if self.damaged_lines > 0 {
            let lines = count(self.damaged_lines, "line");
            let _infallible =
                writeln!(text, "{lines} of the record of applies cannot be read, such as of an apply that was killed.");
        }
        text
    }

    fn summary(&self) -> String {
        let commits = count(self.commits.len(), "commit");
        let rest = match (self.has_more, self.is_shallow) {
            (true, _) => " There are older ones; `--limit` shows more.",
            (false, true) => " This clone does not have the whole history: `git fetch --unshallow`.",
            (false, false) => "",
        };
        match self.commits.len() {
            0 => format!("No commit has changed what is recorded of these offers.{rest}"),
            1 => format!("1 commit has changed what is recorded.{rest}"),
            _ => format!("{commits} have changed what is recorded.{rest}"),
        }
    }
}

/// `2026-11-27 10:20:00 UTC  4f2c9d1  Ada  offersync: 2 done`
fn heading(commit: &LoggedCommit, styles: Styles) -> String {
    let Some(hash) = &commit.commit else { return styles.bold("Not committed") };
    let at = commit.at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
    let part = |text: &Option<String>| visible(&shorten(text.as_deref().unwrap_or_default(), SUBJECT)).into_owned();
    let hash = styles.bold(hash.get(..7).unwrap_or(hash));
    format!("{}  {hash}  {}  {}", styles.dim(&at), part(&commit.author), part(&commit.subject))
}

/// `~ solar-us  offer 12345  payout 20.00 → 24.00`
fn line(change: &LoggedChange, styles: Styles) -> String {
    let sign = match change.change {
        "recorded" | "restored" => "+",
        "forgotten" | "retired" | "not_created" => "-",
        "in_doubt" => "?",
        _ => "~",
    };
    let what = match change.change {
        "changed" => String::new(),
        "in_doubt" => "  its create is in doubt".to_owned(),
        "not_created" => "  was not created".to_owned(),
        "renamed" => format!("  was {}", change.was.as_ref().map(Key::as_str).unwrap_or_default()),
        other => format!("  {other}"),
    };
    let id = change.offer_id.map(|id| format!("  offer {id}")).unwrap_or_default();
    let side = |value: &Option<Value>| match value {
        Some(value) => visible(&shorten(&value.to_string().replace('\n', "⏎"), VALUE)).into_owned(),
        None => "none".to_owned(),
    };
    // Of a new record every value is new: its amounts say most.
    let is_shown = |field: Field| change.change != "recorded" || [Field::Payout, Field::Revenue].contains(&field);
    let fields = change.fields.iter().filter(|(field, _)| is_shown(**field));
    let values = fields.map(|(field, [before, after])| match (change.change, before) {
        ("recorded", None) => format!("{field} {}", side(after)),
        _ => format!("{field} {} → {}", side(before), side(after)),
    });
    let protect =
        change.protect.map(|on| if on { "protected".to_owned() } else { "not protected any more".to_owned() });
    let values: Vec<String> = values.chain(protect).collect();
    let values = if values.is_empty() { String::new() } else { format!("  {}", values.join(", ")) };
    format!("{sign} {}{id}{what}{values}", styles.bold(change.key.as_str()))
}
