//! `ci comment` and `ci issue`: what a run has found goes to the pull request, or to an issue, of the service that runs it. Needs no
//! configuration and no key of CAKE.

use std::path::Path;

use secrecy::SecretString;

use super::super::error::Error;
use super::super::variable;
use super::pull_request::drift;
use crate::disk;
use crate::forge::{Forge, ForgeKind, ForgeSettings, MarkedText, Posted};

/// Puts the text of a file on the pull request: that of the run, or, for the report of an apply, the merged one that brought the commit. Where there
/// is no file, the comment on the pull request of the run, which begins with this marker, says that there is no plan.
/// A pull request that changes nothing of offersync gets no new comment. Of the labels, it gets those that the plan has, and keeps them where
/// the plan could not be made.
pub(crate) async fn comment(file: &Path, marker: &str, is_relevant: bool, labels: &[&str]) -> Result<String, Error> {
    let run = Run::of_environment()?;
    let text = match read(file)? {
        Some(text) => text,
        None if run.request.is_some() => no_plan(marker)?,
        None => return Ok(format!("Nothing was posted: there is no {}.", file.display())),
    };
    if run.is_fork {
        return Ok("Nothing was posted: a run for a pull request from a fork may not write comments. The summary of the run has the plan."
            .to_owned());
    }
    let Some(forge) = run.forge()? else {
        return Ok("Nothing was posted: there is no GITLAB_TOKEN, as in a pipeline of a fork.".to_owned());
    };
    let request = if text.subject() == Some("apply") { forge.merged_with(&run.commit).await? } else { run.request };
    let Some(request) = request else {
        return Ok(match text.subject() {
            Some("apply") => format!("Nothing was posted: no merged pull request has brought commit {}.", run.commit),
            _ => "Nothing was posted: this run is for no pull request.".to_owned(),
        });
    };
    let told = match forge.comment(request, &text, !is_relevant).await? {
        Posted::Nothing => {
            return Ok("Nothing was posted: the pull request changes no offer, setting or state.".to_owned());
        }
        Posted::Edited(request) => format!("The comment on pull request {request} was edited."),
        _ => format!("A comment on pull request {request} was made."),
    };
    let Some(of_plan) = text.labels().filter(|_| !labels.is_empty()) else { return Ok(told) };
    let wanted: Vec<&str> = labels.iter().copied().filter(|label| of_plan.contains(label)).collect();
    let (known, wanted) = (named(labels, text.environment()), named(&wanted, text.environment()));
    forge.label(request, &known, &wanted).await?;
    let list = if wanted.is_empty() { "none".to_owned() } else { wanted.join(", ") };
    Ok(format!("{told} Its labels: {list}."))
}

/// The labels of an environment: each has its own, because a pull request has a plan for each.
fn named(labels: &[&str], environment: &str) -> Vec<String> {
    let of =
        |label: &&str| if environment.is_empty() { (*label).to_owned() } else { format!("{environment}: {label}") };
    labels.iter().map(of).collect()
}

/// Keeps one issue for each environment with the drift that a file has: open while there is some.
pub(crate) async fn issue(file: &Path) -> Result<String, Error> {
    let run = Run::of_environment()?;
    let (text, forge) = (drift(file)?, run.forge_or_fail()?);
    let environment = text.environment();
    let title =
        if environment.is_empty() { "Drift in CAKE".to_owned() } else { format!("Drift in CAKE: {environment}") };
    let is_open = !text.body().lines().nth(1).is_some_and(|summary| summary.starts_with("**No drift"));
    Ok(match forge.issue(&title, &text, is_open).await? {
        Posted::Created(issue) => format!("Issue {issue} was opened."),
        Posted::Edited(issue) => format!("Issue {issue} was edited."),
        Posted::Closed(issue) => format!("Issue {issue} was closed: there is no drift."),
        Posted::Nothing => "There is no drift, and no open issue of it.".to_owned(),
    })
}

/// The text of a file; `None` where there is none, or an empty one.
pub(super) fn read(file: &Path) -> Result<Option<MarkedText>, Error> {
    let bytes = match disk::read_named(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|source| Error::file("read", file, source))?,
    };
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8(bytes).ok().and_then(MarkedText::new).ok_or_else(|| Error::Usage {
        message: format!("`{}` is no markdown of offersync", file.display()),
        help: Some(
            "make it with `--output markdown=FILE` of `plan` or `apply`, or `drift --format markdown`".to_owned(),
        ),
    })?;
    Ok(Some(text))
}

/// In place of a plan that there is not: an older comment would look valid.
fn no_plan(marker: &str) -> Result<MarkedText, Error> {
    let run = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", variable("GITHUB_RUN_ID")?))
    };
    let why = match run().or_else(|| variable("CI_JOB_URL")) {
        Some(run) => format!("[The run]({run}) shows why."),
        None => "The log of the run shows why.".to_owned(),
    };
    let text = MarkedText::new(format!("{marker}\n**No plan.** {why}\n"));
    text.ok_or_else(|| Error::Internal("a marker is not known".to_owned()))
}

/// What the variables of CI say of this run.
pub(super) struct Run {
    kind: ForgeKind,
    api: String,
    project: String,
    token: Option<SecretString>,
    commit: String,
    /// The number of the pull request that the run is for.
    request: Option<u64>,
    /// Whether that comes from a fork, so that the run may not write.
    is_fork: bool,
    /// The branch that the run is for.
    branch: Option<String>,
}

impl Run {
    pub(super) fn of_environment() -> Result<Self, Error> {
        let is_set = |name: &str| variable(name).is_some_and(|value| value == "true");
        if is_set("GITHUB_ACTIONS") {
            return Self::of_github();
        }
        if is_set("GITLAB_CI") {
            return Self::of_gitlab();
        }
        Err(Error::Usage {
            message: "this is no run of GitHub Actions or GitLab CI/CD, so there is nowhere to post to".to_owned(),
            help: Some("run it as a step of a workflow or a job, as the recipes of `offersync init` do".to_owned()),
        })
    }

    fn of_github() -> Result<Self, Error> {
        let event = match variable("GITHUB_EVENT_PATH") {
            Some(path) => event(Path::new(&path))?,
            None => serde_json::Value::Null,
        };
        let project = required("GITHUB_REPOSITORY")?;
        let request = &event["pull_request"];
        let from = request["head"]["repo"]["full_name"].as_str();
        Ok(Self {
            kind: ForgeKind::GitHub,
            api: variable("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".to_owned()),
            token: token("GITHUB_TOKEN").or_else(|| token("GH_TOKEN")),
            commit: required("GITHUB_SHA")?,
            request: request["number"].as_u64(),
            is_fork: request.is_object() && from != Some(project.as_str()),
            branch: variable("GITHUB_REF_NAME"),
            project,
        })
    }

    fn of_gitlab() -> Result<Self, Error> {
        Ok(Self {
            kind: ForgeKind::GitLab,
            api: required("CI_API_V4_URL")?,
            project: required("CI_PROJECT_ID")?,
            token: token("GITLAB_TOKEN"),
            commit: required("CI_COMMIT_SHA")?,
            request: variable("CI_MERGE_REQUEST_IID").and_then(|number| number.parse().ok()),
            is_fork: false,
            branch: variable("CI_COMMIT_BRANCH"),
        })
    }

    /// The branch that a pull request goes into.
    pub(super) fn branch(&self) -> Result<String, Error> {
        let branch = self.branch.clone().filter(|branch| !branch.is_empty());
        branch.ok_or_else(|| Error::usage("this run is for no branch, so that there is none for a pull request"))
    }

    /// The service, where the run has a token.
    pub(super) fn forge_or_fail(&self) -> Result<Forge, Error> {
        self.forge()?.ok_or_else(|| no_token("GITLAB_TOKEN"))
    }

    /// `None` where a pipeline of GitLab has no token, which one of a fork cannot have.
    fn forge(&self) -> Result<Option<Forge>, Error> {
        let Some(token) = self.token.clone() else {
            return if self.kind == ForgeKind::GitLab { Ok(None) } else { Err(no_token("GITHUB_TOKEN")) };
        };
        let (kind, api, project) = (self.kind, self.api.clone(), self.project.clone());
        Ok(Some(Forge::new(&ForgeSettings { kind, api, project, token })?))
    }
}

fn event(path: &Path) -> Result<serde_json::Value, Error> {
    let failed = |source| Error::file("read", path, source);
    let bytes = disk::read_named(path).map_err(failed)?;
    serde_json::from_slice(&bytes).map_err(|error| failed(error.into()))
}

fn required(name: &str) -> Result<String, Error> {
    let value = variable(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| Error::usage(format!("the variable {name}, which the service sets, is missing")))
}

fn token(name: &str) -> Option<SecretString> {
    variable(name).map(|token| token.trim().to_owned()).filter(|token| !token.is_empty()).map(SecretString::from)
}

fn no_token(name: &str) -> Error {
    let help = match name {
        "GITHUB_TOKEN" => "give it to the step: `env: GITHUB_TOKEN: ${{ github.token }}`",
        _ => "set it under Settings > CI/CD > Variables: a project access token with the scope api",
    };
    Error::Usage { message: format!("there is no {name}"), help: Some(help.to_owned()) }
}
