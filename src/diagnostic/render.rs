//! Renders diagnostics as text with source lines, in rustc's format.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};

use super::{Diagnostic, Label, Severity};
use crate::characters::is_invisible;
use crate::inert;
use crate::words::wrap_sentence;

/// Only a part of a longer source line is shown, around the label.
const LINE_WIDTH: usize = 140;

/// How a text is written for what shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextForm {
    /// Whether to write ANSI styles.
    pub colour: bool,
    /// The columns in which sentences are wrapped; `None` where no terminal shows the text.
    pub columns: Option<usize>,
}

/// What stands before a help, and before its further lines.
const BEFORE_HELP: usize = "     = help: ".len();

/// One diagnostic as text, without a line end. What it quotes has no styles of its own. Source lines are not wrapped.
pub fn render(diagnostic: &Diagnostic, form: TextForm) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let (severity, code) = (diagnostic.severity.word(), diagnostic.code.name);
    let before_message = severity.len() + code.len() + "[]: ".len();
    let message = wrapped(&inert::text(&diagnostic.message), form, before_message);
    let help = diagnostic.help.as_deref().map(|help| wrapped(&inert::text(help), form, BEFORE_HELP));
    let title = level.primary_title(&*message).id(diagnostic.code.name);
    let labels: Vec<_> = diagnostic.labels.iter().map(Shown::of).collect();
    let mut group = Group::with_title(title).elements(labels.iter().enumerate().map(element));
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(&**help));
    }
    let renderer = if form.colour { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(LINE_WIDTH).render(&[group])
}

/// The text in lines that have room for what stands before them.
fn wrapped(text: &str, form: TextForm, before: usize) -> String {
    let Some(columns) = form.columns else { return text.to_owned() };
    text.lines().map(|line| wrap_sentence(line, columns.saturating_sub(before), 0)).collect::<Vec<_>>().join("\n")
}

/// The texts of a label, of which each stays on its line.
struct Shown<'a> {
    label: &'a Label,
    line: Option<Cow<'a, str>>,
    file: String,
    text: String,
}

impl<'a> Shown<'a> {
    fn of(label: &'a Label) -> Self {
        let one_line = |text: &str| inert::text(text).replace('\n', "\\n").replace('\t', "\\t");
        let line = label.source_line.as_deref().map(visible);
        Self { label, line, file: one_line(label.place.file.as_str()), text: one_line(&label.text) }
    }
}

/// Several diagnostics, each followed by an empty line.
pub fn render_all(diagnostics: &[Diagnostic], form: TextForm) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&render(diagnostic, form));
        text.push_str("\n\n");
    }
    text
}

/// The line with a mark in place of each character that cannot be seen: one for one, so that the columns stay.
fn visible(line: &str) -> Cow<'_, str> {
    // The renderer has pictures for control characters.
    let is_odd = |c: char| is_invisible(c) && !c.is_ascii_control();
    if line.contains(is_odd) { Cow::Owned(line.replace(is_odd, "\u{fffd}")) } else { Cow::Borrowed(line) }
}

fn element<'a>((index, shown): (usize, &'a Shown<'_>)) -> Element<'a> {
    let Shown { label, line, file, text } = shown;
    let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
    let place = &label.place;
    match line {
        Some(line) if place.line > 0 => {
            let mut annotation = kind.span(byte_span(line, place.column, place.length));
            if !text.is_empty() {
                annotation = annotation.label(text.as_str());
            }
            Snippet::source(&**line).path(file.as_str()).line_start(place.line as usize).annotation(annotation).into()
        }
        _ => {
            let mut origin = Origin::path(file.as_str());
            if place.line > 0 {
                origin = origin.line(place.line as usize);
                if place.column > 0 {
                    origin = origin.char_column(place.column as usize);
                }
            }
            origin.into()
        }
    }
}

/// The byte range of the columns, clamped to the line.
fn byte_span(line: &str, column: u32, length: u32) -> Range<usize> {
    let offset = |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at);
    let start = column.saturating_sub(1) as usize;
    offset(start)..offset(start + length.max(1) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes;
    use crate::source::{Place, Span};

    fn label(line: u32, column: u32, length: u32, source: &str) -> Label {
        Label::at(Place::new("offers/a.yaml".into(), Span { line, column, length })).with_source(source)
    }

    #[test]
    fn a_problem_is_shown_with_its_line_and_help() {
        let problem = Diagnostic::error(codes::offer::MONEY, "`payout` cannot be negative")
            .label(label(7, 9, 2, "payout: -1").saying("not an amount"))
            .help("write the amount in plain digits");
        insta::assert_snapshot!(render(&problem, TextForm::default()), @r#"
        error[offer::money]: `payout` cannot be negative
         --> offers/a.yaml:7:9
          |
        7 | payout: -1
          |         ^^ not an amount
          |
          = help: write the amount in plain digits
        "#);
    }

    #[test]
    fn both_places_of_a_duplicate_are_shown() {
        let problem = Diagnostic::error(codes::yaml::DUPLICATE_FIELD, "`payout` is written twice")
            .label(label(7, 1, 6, "payout: 1"))
            .label(label(3, 1, 6, "payout: 2").saying("first written here"));
        insta::assert_snapshot!(render(&problem, TextForm::default()), @r#"
        error[yaml::duplicate-field]: `payout` is written twice
         --> offers/a.yaml:7:1
          |
        7 | payout: 1
          | ^^^^^^
          |
         ::: offers/a.yaml:3:1
          |
        3 | payout: 2
          | ------ first written here
        "#);
    }

    #[test]
    fn what_cannot_be_seen_is_marked_and_moves_no_column() {
        let problem =
            Diagnostic::error(codes::offer::BAD_VALUE, "no").label(label(1, 4, 2, "a\u{200b}\u{202e}\u{1b}b"));
        insta::assert_snapshot!(render(&problem, TextForm::default()), @r"
        error[offer::bad-value]: no
         --> offers/a.yaml:1:4
          |
        1 | a��␛b
          |    ^^
        ");
    }

    #[test]
    fn a_file_as_a_whole_has_a_place_too() {
        let problem =
            Diagnostic::error(codes::tree::UNREADABLE, "permission denied").label(Label::file("offers/x".into()));
        insta::assert_snapshot!(render(&problem, TextForm::default()), @r#"
        error[tree::unreadable]: permission denied
        --> offers/x
        "#);
    }

    #[test]
    fn columns_count_characters_and_never_leave_the_line() {
        assert_eq!(byte_span("ä: ü", 4, 1), 4..6);
        assert_eq!(byte_span("ab", 9, 4), 2..2);
    }
}
