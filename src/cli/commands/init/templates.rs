//! What `init` writes: the very files of `examples/`, so that what is tested there is what people get.

use crate::cli::args::Ci;

/// `offersync.toml`
pub(super) const CONFIG: &str = include_str!("../../../../examples/init/offersync.toml");
/// The offer to begin with.
pub(super) const OFFER: &str = include_str!("../../../../examples/init/sample-offer.yaml");

const GITHUB: &str = include_str!("../../../../examples/github-actions/offersync.yml");
const GITLAB: &str = include_str!("../../../../examples/gitlab-ci.yml");
const PUSH_STATE: &str = include_str!("../../../../examples/push-state.sh");

/// A file of a CI recipe.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) what: &'static str,
    /// Whether it belongs into the root of the repository, not beside `offersync.toml`.
    pub(super) at_repository: bool,
}

const PUSH: Template = Template {
    path: "ci/offersync-push-state.sh",
    text: PUSH_STATE,
    what: "brings the state from CI back to the branch",
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

/// The recipe of a CI system.
pub(super) fn workflows(ci: Ci) -> &'static [Template] {
    match ci {
        Ci::Github => ON_GITHUB,
        Ci::Gitlab => ON_GITLAB,
        Ci::None => &[],
    }
}

/// A recipe for the `offersync.toml` of a folder of the repository; the templates have it in the root.
pub(super) fn in_folder(text: &str, folder: &str) -> String {
    if folder == "." {
        return text.to_owned();
    }
    let quoted = format!("{folder:?}");
    text.replace("working-directory: .\n", &format!("working-directory: {quoted}\n"))
        .replace("OFFERSYNC_DIR: .\n", &format!("OFFERSYNC_DIR: {quoted}\n"))
}

/// What to do now, in three steps.
pub(super) fn next_steps(ci: Ci, in_repository: bool) -> String {
    let git = if in_repository { "" } else { "git init && " };
    let secret = match ci {
        Ci::Github => "In GitHub, put the secret CAKE_API_KEY into an environment `cake` (the workflow says how).",
        Ci::Gitlab => "In GitLab, set the variables that .gitlab-ci.yml names.",
        Ci::None => "Where it applies, set CAKE_API_KEY in the environment.",
    };
    format!(
        "\nNext:\n  1. Try it, without an account or a key:     offersync apply --sandbox\n  \
         2. Put your CAKE's address and ids into offersync.toml, then:\n                                              \
         offersync validate && offersync plan\n  \
         3. Commit it:                               {git}git add -A && git commit -m 'Offers as code'\n     \
         {secret}\n     Once in each clone, so that git merges states by offer:\n     \
         git config merge.offersync-state.driver 'offersync state merge %O %A %B'"
    )
}
