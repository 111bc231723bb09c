//! `schema`: prints the JSON Schema of a document.

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::report::schema::{self, Subject};

pub(in crate::cli) fn run(context: &Context, subject: Subject) -> Result<Exit, Failure> {
    context.print(Printable::json(schema::text(subject)))?;
    Ok(Exit::Done)
}
