//! `explain`: prints the explanation of a diagnostic code.

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::diagnostic::{closest, codes};
use crate::words::wrap_sentence;

/// Columns of an explanation.
const WIDTH: usize = 80;

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
    // Messages show a code as error[plan::create-only], and users copy it with the brackets.
    let plain = name.trim_start_matches("error").trim_start_matches("warning").trim_matches(['[', ']']);
    let code = codes::find(plain).ok_or_else(|| {
        let failure = Failure::usage(format!("there is no code `{name}`"));
        match closest(plain, codes::all().map(|code| code.name)) {
            Some(close) => failure.help(format!("did you mean `{close}`? `offersync explain` lists all codes")),
            None => failure.help("`offersync explain` lists all codes"),
        }
    })?;
    Ok(format!("{}: {}\n\n{}\n", code.name, code.title, wrapped(code.explanation)))
}

fn list() -> String {
    let width = codes::all().map(|code| code.name.len()).max().unwrap_or_default();
    let lines = codes::all().map(|code| format!("{:width$}  {}\n", code.name, code.title));
    lines.collect::<Vec<_>>().concat()
}

/// Wraps each paragraph; an indented one is an example and stays as it is.
fn wrapped(text: &str) -> String {
    let paragraph = |text: &str| match text.strip_prefix(' ') {
        Some(_) => text.to_owned(),
        None => wrap_sentence(&text.split_whitespace().collect::<Vec<_>>().join(" "), WIDTH, 0),
    };
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}
