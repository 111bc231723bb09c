//! `ci`: posts a result and says what became of it.

use crate::cli::args::CiCommand;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::ops::ci;
use crate::report::markdown;

pub(in crate::cli) async fn run(context: &Context, command: &CiCommand) -> Result<Exit, Failure> {
    let told = match command {
        CiCommand::Comment { file } => {
            let marker = markdown::marker(&context.environment(false).0);
            ci::comment(&context.directory().join(file), &marker).await?
        }
        CiCommand::Issue { file } => ci::issue(&context.directory().join(file)).await?,
    };
    context.print(Printable::from(format!("{told}\n")))?;
    Ok(Exit::Done)
}
