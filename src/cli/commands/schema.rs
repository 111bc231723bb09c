//! `schema`: prints the JSON Schema of a document.

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::report::schema::{self, Subject};

pub(in crate::cli) fn run(context: &Context, subject: Subject) -> Result<Exit, Failure> {
    let text = match (subject, context.repository(false)) {
        (Subject::Offer, Ok(repository)) => schema::offer_text(&repository.settings.names),
        // Without a configuration, or with one that cannot be read, there are no names. `validate` says what is wrong with it.
        (subject, _) => schema::text(subject),
    };
    context.print(Printable::json(text))?;
    Ok(Exit::Done)
}
