//! What the commit of a state says: what the apply did, in which environment, and of which pull request and run it is.

use std::path::Path;

use super::super::error::Error;
use super::super::variable;
use crate::disk;

/// What the line begins with that names the state itself, by which a later push finds what was pushed.
pub(super) const STATE_LINE: &str = "State: ";

/// The two paragraphs of the message. The report is the text report of the apply; `message` is that of the commit that was applied.
pub(super) fn paragraphs(
    environment: &str,
    report: Option<&Path>,
    message: &str,
    state: &str,
) -> Result<[String; 2], Error> {
    let text = match report.map(disk::read_named) {
        Some(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::file("read", report.unwrap_or(Path::new("")), error));
        }
        _ => String::new(),
    };
    let outcome = outcome(&text, environment).unwrap_or("the state after an apply");
    let request = pull_request(message).map_or_else(String::new, |number| format!("Pull request: #{number}\n"));
    let run = run().map_or_else(String::new, |run| format!("Run: {run}\n"));
    Ok([format!("offersync: {environment}: {outcome} [skip ci]"), format!("{request}{run}{STATE_LINE}{state}")])
}

/// The last sentence of a report that begins a line, without the environment, which the commit names anyway.
fn outcome<'t>(report: &'t str, environment: &str) -> Option<&'t str> {
    let line = report.lines().rfind(|line| !line.is_empty() && !line.starts_with(' '))?;
    let sentence = line.split_once(". ").map_or(line, |(first, _)| first);
    let sentence = sentence.strip_suffix('.').unwrap_or(sentence);
    Some(sentence.strip_prefix(environment).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(sentence))
}

/// The number of the pull request that a commit is the merge of, as GitHub and GitLab write it.
fn pull_request(message: &str) -> Option<&str> {
    let first = message.lines().next().unwrap_or_default();
    let of_merge = message.lines().find_map(|line| line.strip_prefix("Merge pull request #")?.split(' ').next());
    let of_squash = || first.strip_suffix(')')?.rsplit_once("(#").map(|(_, number)| number);
    let of_gitlab = || {
        let line = message.lines().find(|line| line.starts_with("See merge request "))?;
        line.rsplit_once('!').map(|(_, number)| number)
    };
    let is_number = |number: &&str| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    let found = of_merge.filter(is_number).or_else(|| of_squash().filter(is_number));
    found.or_else(|| of_gitlab().filter(is_number))
}

fn run() -> Option<String> {
    let on_github = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", variable("GITHUB_RUN_ID").filter(|id| !id.is_empty())?))
    };
    on_github().or_else(|| variable("CI_JOB_URL").filter(|run| !run.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_request_is_known_by_the_words_of_either_service() {
        for (message, number) in [
            ("Merge pull request #7 from acme/solar\n\nSolar", Some("7")),
            ("Solar offers (#12)\n", Some("12")),
            ("x (#1) y\n", None),
            ("Merge branch 'solar' into 'main'\n\nSolar\n\nSee merge request a/b!9\n", Some("9")),
            ("Merge pull request #x from a\n", None),
            ("", None),
        ] {
            assert_eq!(pull_request(message), number, "{message}");
        }
    }

    #[test]
    fn the_outcome_is_the_last_sentence_at_the_margin() {
        let report = "create a\n  payout 1\neu: Applied: 2 done. The state has 3 offers.\n\n";
        assert_eq!(outcome(report, "eu"), Some("Applied: 2 done"));
        assert_eq!(outcome(report, "us"), Some("eu: Applied: 2 done"));
        assert_eq!(outcome("\n", "eu"), None);
    }
}
