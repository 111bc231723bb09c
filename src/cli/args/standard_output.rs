//! `-` among the files of results: that result is printed in place of the text.

use std::path::Path;

use super::{Command, Output, ResultFormat};

/// Makes a result that goes to `-` the format of standard output. `Err` where that would get two results.
pub(crate) fn choose(command: &mut Command) -> Result<(), String> {
    let (format, output, saves_plan) = match command {
        Command::Plan(args) => {
            let out = args.out.take_if(|file| is_standard_output(file));
            (&mut args.format, &mut args.output, out.is_some())
        }
        Command::Apply(args) => (&mut args.format, &mut args.output, false),
        _ => return Ok(()),
    };
    let (printed, files): (Vec<Output>, Vec<Output>) =
        std::mem::take(output).into_iter().partition(|output| is_standard_output(&output.file));
    *output = files;
    // A saved plan is the plan as JSON.
    let saved = saves_plan.then_some(ResultFormat::Json);
    let mut chosen = printed.into_iter().map(|output| output.format).chain(saved);
    let Some(first) = chosen.next() else { return Ok(()) };
    if chosen.next().is_some() || (*format != ResultFormat::Text && *format != first) {
        return Err("standard output can have one result only: name `-` once, without another --format".to_owned());
    }
    *format = first;
    Ok(())
}

fn is_standard_output(file: &Path) -> bool {
    file == Path::new("-")
}
