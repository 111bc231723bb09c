//! The files that `init` writes. They are the files of `examples/`, which the tests run.

use super::CiSystem;

/// `offersync.toml`.
pub(super) const CONFIG: &str = include_str!("../../../examples/init/offersync.toml");
pub(super) const OFFER: &str = include_str!("../../../examples/init/sample-offer.yaml");

pub(super) const GITHUB: &str = include_str!("../../../examples/github-actions/offersync.yml");
const GITLAB: &str = include_str!("../../../examples/gitlab-ci.yml");

/// The settings of an editor, with the schema for all YAML in the folder of offers.
pub(super) fn editor_settings(offers: &str) -> String {
    let settings = serde_json::json!({
        "yaml.schemas": {format!("./{offers}/.schema.json"): [format!("{offers}/**/*.yaml"), format!("{offers}/**/*.yml")]},
    });
    format!("{settings:#}\n")
}

/// A file of a CI workflow, by its path from the root of the repository.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) what: &'static str,
}

const ON_GITHUB: &[Template] = &[Template {
    path: ".github/workflows/offersync.yml",
    text: GITHUB,
    what: "plans on pull requests, applies on pushes",
}];

const ON_GITLAB: &[Template] =
    &[Template { path: ".gitlab-ci.yml", text: GITLAB, what: "plans on merge requests, applies on pushes" }];

/// The workflow files for a CI system.
pub(super) fn workflows(ci: CiSystem) -> &'static [Template] {
    match ci {
        CiSystem::GitHub => ON_GITHUB,
        CiSystem::GitLab => ON_GITLAB,
    }
}

/// Adapts a workflow for GitLab to an `offersync.toml` in a subfolder; the template expects it in the root.
pub(super) fn in_folder(text: &str, folder: &str) -> String {
    if folder == "." {
        return text.to_owned();
    }
    text.replace("OFFERSYNC_DIR: .\n", &format!("OFFERSYNC_DIR: {folder:?}\n"))
}
