//! In which form results are printed or written.

use std::path::PathBuf;

use clap::ValueEnum;

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProblemFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Workflow commands that annotate the lines in a pull request.
    Github,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people at a terminal.
    Text,
    /// For programs; what `--out` saves.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// Workflow commands that annotate the lines in a pull request.
    Github,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// How drift is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DriftFormat {
    /// For people at a terminal.
    Text,
    /// For programs.
    Json,
    /// For an issue or a comment.
    Markdown,
}

/// How offers are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// `FORMAT=FILE`
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The format.
    pub(crate) format: PlanFormat,
    /// The file.
    pub(crate) file: PathBuf,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').ok_or("write it as FORMAT=FILE, such as markdown=plan.md")?;
        let format = PlanFormat::from_str(format, false)
            .map_err(|_| format!("`{format}` is no format: use text, json, markdown or github"))?;
        if file.is_empty() {
            return Err("the file's name is missing".to_owned());
        }
        Ok(Self { format, file: PathBuf::from(file) })
    }
}
