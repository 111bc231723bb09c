//! The files that `init` writes. They are the files of `examples/`, which the tests run.

use crate::cli::args::Ci;

/// `offersync.toml`.
pub(super) const CONFIG: &str = include_str!("../../../../examples/init/offersync.toml");
/// The sample offer.
pub(super) const OFFER: &str = include_str!("../../../../examples/init/sample-offer.yaml");

const GITHUB: &str = include_str!("../../../../examples/github-actions/offersync.yml");
const GITLAB: &str = include_str!("../../../../examples/gitlab-ci.yml");
const PUSH_STATE: &str = include_str!("../../../../examples/push-state.sh");

/// A file of a CI workflow.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) what: &'static str,
    /// Whether it belongs in the root of the repository instead of beside `offersync.toml`.
    pub(super) at_repository: bool,
}

const PUSH: Template = Template {
    path: "ci/offersync-push-state.sh",
    text: PUSH_STATE,
    what: "pushes the state from CI to the branch",
    at_repository: false,
};

const ON_GITHUB: &[Template] = &[
    Template {
        path: ".github/workflows/offersync.yml",
        text: GITHUB,
        what: "plans on pull requests, applies on pushes",
        at_repository: true,
    },
    PUSH,
];

const ON_GITLAB: &[Template] = &[
    Template {
        path: ".gitlab-ci.yml",
        text: GITLAB,
        what: "plans on merge requests, applies on pushes",
        at_repository: true,
    },
    PUSH,
];

/// The workflow files for a CI system.
pub(super) fn workflows(ci: Ci) -> &'static [Template] {
    match ci {
        Ci::Github => ON_GITHUB,
        Ci::Gitlab => ON_GITLAB,
        Ci::None => &[],
    }
}

/// Adapts a workflow to an `offersync.toml` in a subfolder; the templates expect it in the root.
pub(super) fn in_folder(text: &str, folder: &str) -> String {
    if folder == "." {
        return text.to_owned();
    }
    let quoted = format!("{folder:?}");
    text.replace("working-directory: .\n", &format!("working-directory: {quoted}\n"))
        .replace("OFFERSYNC_DIR: .\n", &format!("OFFERSYNC_DIR: {quoted}\n"))
}

/// The steps that follow `init`.
pub(super) fn next_steps(ci: Ci, in_repository: bool) -> String {
    let git = if in_repository { "" } else { "git init && " };
    let secret = match ci {
        Ci::Github => "In GitHub, add the secret CAKE_API_KEY to an environment `cake` (see the workflow).",
        Ci::Gitlab => "In GitLab, set the variables that .gitlab-ci.yml lists.",
        Ci::None => "Set CAKE_API_KEY in the environment where you run `apply`.",
    };
    format!(
        "\nNext:\n  1. Try it without a CAKE account:           offersync apply --sandbox\n  \
         2. Set CAKE's address and your ids in offersync.toml, then:\n                                              \
         offersync validate && offersync plan\n  \
         3. Commit it:                               {git}git add -A && git commit -m 'Offers as code'\n     \
         {secret}\n     In each clone, register the merge driver for the state:\n     \
         git config merge.offersync-state.driver 'offersync state merge %O %A %B'"
    )
}
