//! `schema`: the JSON Schema of one of the documents that people write or programs read.

use crate::cli::args::SchemaSubject;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::report::schema::{self, Subject};

/// Prints a schema.
pub(in crate::cli) fn run(context: &Context, subject: SchemaSubject) -> Result<Exit, Failure> {
    context.print(&schema::text(match subject {
        SchemaSubject::Offer => Subject::Offer,
        SchemaSubject::Config => Subject::Config,
        SchemaSubject::Plan => Subject::Plan,
        SchemaSubject::Report => Subject::Report,
        SchemaSubject::Diagnostics => Subject::Diagnostics,
        SchemaSubject::Drift => Subject::Drift,
        SchemaSubject::State => Subject::State,
    }))?;
    Ok(Exit::Done)
}
