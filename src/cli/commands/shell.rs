//! `completions` and `man`: generated from the arguments.

use std::io;

use clap::CommandFactory;

use crate::cli::args::Cli;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

pub(in crate::cli) fn completions(context: &Context, shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "offersync", &mut script);
    context.print(&*String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// Prints the manual page: the program, then each command as a section.
pub(in crate::cli) fn man(context: &Context) -> Result<Exit, Failure> {
    let page = manual().map_err(|error| Failure::output(&error))?;
    context.print(&*String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}

fn manual() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let man = clap_mangen::Man::new(subcommand.clone());
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_options_section(&mut page)?;
        man.render_extra_section(&mut page)?;
    }
    Ok(page)
}
