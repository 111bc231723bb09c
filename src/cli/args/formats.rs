//! The output formats of each command.
//!
//! One enum per set of formats that a command supports, so that the compiler checks that each of them is handled.

use std::path::PathBuf;

use clap::ValueEnum;

/// Formats of `validate` and of `check-links`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProblemFormat {
    /// Plain text
    Text,
    /// JSON, for other programs
    Json,
    /// Annotations for GitHub Actions
    Github,
    /// The code quality report of GitLab, with the problems
    Gitlab,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Formats of `plan` and of `apply`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResultFormat {
    /// Plain text
    Text,
    /// JSON, for other programs; of a plan the same as `--out`
    Json,
    /// JSON on one line; of an apply a line for each event as well, for programs that watch it
    Ndjson,
    /// Markdown, for a comment on a pull request
    Markdown,
    /// Annotations for GitHub Actions
    Github,
    /// The code quality report of GitLab, with the problems
    Gitlab,
    /// One HTML file, to filter, sort and search in a browser without a network
    Html,
}

/// Formats of commands whose result is for people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Plain text
    Text,
    /// JSON, for other programs
    Json,
}

/// Formats of `drift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DriftFormat {
    /// Plain text
    Text,
    /// JSON, for other programs
    Json,
    /// Markdown, for an issue or a comment
    Markdown,
}

/// Formats of `export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// CSV, for spreadsheets
    Csv,
    /// JSON, for other programs
    Json,
}

/// The value of `--output`: `FORMAT=FILE`.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) format: ResultFormat,
    pub(crate) file: PathBuf,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').ok_or("write it as FORMAT=FILE, such as json=result.json")?;
        let format = ResultFormat::from_str(format, false).map_err(|_| {
            let names = ResultFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let names: Vec<_> = names.map(|value| value.get_name().to_owned()).collect();
            format!("unknown format `{format}`: use one of {}", names.join(", "))
        })?;
        if file.is_empty() {
            return Err("the file name is missing".to_owned());
        }
        Ok(Self { format, file: PathBuf::from(file) })
    }
}
