//! `explain`: what a diagnostic code means and what to do.

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::diagnostic::{closest, codes};

/// Explains one code, or lists all.
pub(in crate::cli) fn run(context: &Context, code: Option<&str>) -> Result<Exit, Failure> {
    let text = match code {
        Some(name) => explanation(name)?,
        None => list(),
    };
    context.print(&text)?;
    Ok(Exit::Done)
}

fn explanation(name: &str) -> Result<String, Failure> {
    // Messages show a code as error[plan::create-only]; people paste it with its brackets.
    let plain = name.trim_start_matches("error").trim_start_matches("warning").trim_matches(['[', ']']);
    let code = codes::find(plain).ok_or_else(|| {
        let failure = Failure::usage(format!("there is no code `{name}`"));
        match closest(plain, codes::all().map(|code| code.name)) {
            Some(close) => failure.help(format!("did you mean `{close}`? `offersync explain` lists all codes")),
            None => failure.help("`offersync explain` lists all codes"),
        }
    })?;
    Ok(format!("{}: {}\n\n{}\n", code.name, code.title, wrapped(code.explanation, 80)))
}

fn list() -> String {
    let width = codes::all().map(|code| code.name.len()).max().unwrap_or_default();
    let lines = codes::all().map(|code| format!("{:width$}  {}\n", code.name, code.title));
    lines.collect::<Vec<_>>().concat()
}

/// Wraps each paragraph; an indented one is an example and stays as it is.
fn wrapped(text: &str, width: usize) -> String {
    let paragraphs = text.split("\n\n");
    let wrapped = paragraphs.map(|text| if text.starts_with(' ') { text.to_owned() } else { filled(text, width) });
    wrapped.collect::<Vec<_>>().join("\n\n")
}

fn filled(paragraph: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}
