//! The files that `init` writes. They are the files of `examples/`, which the tests run.

use super::{CiSystem, StateHome};

/// `offersync.toml`, for a state in a file.
const CONFIG: &str = include_str!("../../../examples/init/offersync.toml");
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

/// The line of the configuration that names the state, as far as it is the same whatever is said of it.
const STATE: &str = "state = \"offersync.state.json\"";

/// `offersync.toml`, for a state that lives there.
pub(super) fn config(home: StateHome) -> String {
    let line = match home {
        StateHome::File => return CONFIG.to_owned(),
        StateHome::Git => {
            "state = \"git:origin\" # ids and last known values of CAKE's offers: a ref of the remote, with no commits on a branch"
        }
        StateHome::S3 => {
            "state = \"s3://your-bucket/offersync\" # ids and last known values of CAKE's offers; replace the bucket"
        }
    };
    CONFIG
        .lines()
        .map(|old| if old.starts_with(STATE) { line } else { old })
        .fold(String::new(), |text, line| text + line + "\n")
}

/// What stands in the jobs of GitHub that read the store.
const READS: [&str; 2] =
    ["      OFFERSYNC_ENV: ${{ matrix.env }}\n", "      environments: ${{ steps.plan.outputs.environments }}\n"];

/// The variables with which a job of GitHub reaches a ref of its repository.
const WITH_TOKEN: &str = "      GITHUB_TOKEN: ${{ github.token }} # reads the state, and writes it where the job may\n";

/// The variables with which a job of GitHub reaches a bucket.
const WITH_KEYS: &str = "      AWS_REGION: ${{ vars.AWS_REGION }}\n      \
                         AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n      \
                         AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n";

/// Where a job of GitHub that plans gets keys that may only read.
const READER: &str = "    environment: offersync-plan # whose secrets may only read the bucket\n";
const AFTER_PERMISSIONS_OF_PLAN: &str = "runs from forks always get a read-only token\n";

/// What is said and done in a workflow about a state that is committed.
const OF_COMMITTED_STATE: [&str; 9] = [
    "# - The apply job commits the state.",
    "#   GitHub Actions).",
    "    - offersync ci check-state",
    "    # Push the state even if the apply fails",
    "    # With OFFERSYNC_PUSH_TOKEN, which",
    "    - &push offersync ci push-state",
    "    # Once more, for a job that was cancelled",
    "    - *push",
    "      contents: write # to push the state",
];

/// What the workflows say of their plan, and what is true of it where the state lives in a store.
const OFFLINE: &str = "needs no network and no secret, so it also works for";
const READS_REF: &str = "needs no secret: it reads the state with the token of the run, also for";
const READS_BUCKET: &str = "needs secrets that read the bucket of the state, which an environment `offersync-plan` has, so it does not work for";

/// What the pipeline for GitLab says of the token that pushes the state, and what a bucket needs in its place.
const PUSH_TOKEN: &str = "# - OFFERSYNC_PUSH_TOKEN: a project access token with the scope write_repository, used to push the state; its user must be\n\
                          #   allowed to push to the default branch\n";
const BUCKET_KEYS: &str = "# - AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: the bucket of the state. Set them once more without the scope, with a key\n\
                           #   that may only read, for the jobs that plan\n";

/// Adapts a workflow to a state that lives there: in a store, nothing is committed.
pub(super) fn with_home(text: &str, home: StateHome) -> String {
    if home == StateHome::File {
        return text.to_owned();
    }
    let text = ["Check for unmerged states", "Push the state"]
        .iter()
        .fold(text.to_owned(), |text, step| without_step(&text, step));
    let variables = if home == StateHome::Git { WITH_TOKEN } else { WITH_KEYS };
    let text = text.replace(READS[0], &format!("{}{variables}", READS[0]));
    let reader = if home == StateHome::S3 { READER } else { "" };
    let text = text.replace(READS[1], &format!("{}{reader}    env:\n{variables}", READS[1]));
    let text = text.replace(AFTER_PERMISSIONS_OF_PLAN, &format!("{AFTER_PERMISSIONS_OF_PLAN}{reader}"));
    let kept = |line: &&str| !OF_COMMITTED_STATE.iter().any(|start| line.starts_with(start));
    let permission = if home == StateHome::Git {
        "      contents: write # for the ref of the state\n"
    } else {
        "      contents: read\n"
    };
    let text = match home {
        StateHome::File | StateHome::Git => text.replace(OFFLINE, READS_REF),
        StateHome::S3 => text.replace(OFFLINE, READS_BUCKET).replace(PUSH_TOKEN, BUCKET_KEYS),
    };
    let mut adapted = String::new();
    for line in text.lines() {
        if kept(&line) {
            adapted += line;
            adapted.push('\n');
        } else if line == OF_COMMITTED_STATE[8] {
            adapted += permission;
        }
    }
    adapted
}

/// A workflow for GitHub without a step.
fn without_step(text: &str, name: &str) -> String {
    const STEP: &str = "      - ";
    let head = format!("{STEP}name: {name}");
    let mut is_inside = false;
    let kept = |line: &&str| {
        let is_end = line.starts_with(STEP) || !line.starts_with("      ");
        is_inside = *line == head || (is_inside && !is_end);
        !is_inside
    };
    text.lines().filter(kept).fold(String::new(), |text, line| text + line + "\n")
}

/// Adapts a workflow for GitLab to an `offersync.toml` in a subfolder; the template expects it in the root.
pub(super) fn in_folder(text: &str, folder: &str) -> String {
    if folder == "." {
        return text.to_owned();
    }
    text.replace("OFFERSYNC_DIR: .\n", &format!("OFFERSYNC_DIR: {folder:?}\n"))
}
