//! Problems as a list: each with its places, the lines that are there, and what to do.

use crate::diagnostic::{Diagnostic, Label};
use crate::words::{more, shorten};

use super::markup::{code, text};

/// So many are listed; the others are counted.
const LISTED: usize = 300;
/// The maximum length of a message or a line.
const LINE: usize = 1000;

pub(super) fn list(problems: &[&Diagnostic]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let mut items: Vec<_> = problems.iter().take(LISTED).map(|problem| item(problem)).collect();
    items.extend(more(problems.len(), items.len()).map(|more| format!("<li>{more}</li>\n")));
    format!("<ul>\n{}</ul>\n", items.concat())
}

fn item(problem: &Diagnostic) -> String {
    let word = problem.severity.word();
    let message: Vec<_> = problem.message.lines().map(|line| text(&shorten(line, LINE))).collect();
    let labels: String = problem.labels.iter().map(label).collect();
    let help: Vec<_> =
        problem.help.iter().flat_map(|help| help.lines()).map(|line| text(&shorten(line, LINE))).collect();
    let help = if help.is_empty() { String::new() } else { format!("<p>help: {}</p>", help.join("<br>")) };
    format!(
        "<li class=\"{word}\"><strong>{word}</strong> {} {}{labels}{help}</li>\n",
        code(problem.code.name),
        message.join("<br>")
    )
}

fn label(label: &Label) -> String {
    let place = &label.place;
    let numbers = [place.line, place.column].into_iter().filter(|number| *number > 0);
    let numbers: Vec<_> = numbers.map(|number| format!(":{number}")).collect();
    let place = code(&format!("{}{}", place.file, numbers.concat()));
    let said = if label.text.is_empty() { String::new() } else { format!(" {}", text(&shorten(&label.text, LINE))) };
    let line = label.source_line.as_deref().map(|line| format!("<pre>{}</pre>", text(&shorten(line, LINE))));
    format!("<p class=\"quiet\">{place}{said}</p>{}", line.unwrap_or_default())
}
