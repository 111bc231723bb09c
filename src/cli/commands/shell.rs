//! `completions` and `man`: generated from the arguments.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory;

use crate::cli::args::Cli;
use crate::cli::completion;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

pub(in crate::cli) fn completions(context: &Context, shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let script = completion::script(shell).map_err(|error| Failure::output(&error))?;
    context.print(&*String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// Prints the manual page: the program, then each command as a section. Or writes a page for each command into a folder.
pub(in crate::cli) fn man(context: &Context, folder: Option<&Path>) -> Result<Exit, Failure> {
    if let Some(folder) = folder {
        let folder = context.path(folder);
        let written = fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(Cli::command(), &folder));
        written.map_err(|error| Failure::output(&error))?;
        return Ok(Exit::Done);
    }
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
