//! What the variables of a CI system say of the checkout: its folder, and where its repository and commit are on the web.

use crate::report::SourceLinks;

use super::variable;

/// The folder of the checkout.
pub(crate) fn workspace() -> Option<String> {
    variable("GITHUB_WORKSPACE").or_else(|| variable("CI_PROJECT_DIR"))
}

/// The file of the summary page of a workflow run.
pub(crate) fn step_summary() -> Option<String> {
    variable("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty())
}

/// Links into the repository; `folder` is that of the configuration in the checkout.
pub(crate) fn links(folder: &str) -> Option<SourceLinks> {
    let github = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        SourceLinks::github(&format!("{server}/{repository}"), &variable("GITHUB_SHA")?, folder)
    };
    let gitlab = || SourceLinks::gitlab(&variable("CI_PROJECT_URL")?, &variable("CI_COMMIT_SHA")?, folder);
    github().or_else(gitlab)
}
