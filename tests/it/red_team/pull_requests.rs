//! A pull request, what its plan shows, how it ends, what was sent (nothing) and what was written (nothing).

use std::os::unix::fs::symlink;

use crate::harness::{Cake, Project, small_offer};

/// What a pull request does, and what its plan must say.
struct Attack {
    what: &'static str,
    apply: fn(&Project, &Cake),
    code: i32,
    says: &'static [&'static str],
}

fn state(project: &Project, change: impl FnOnce(&mut serde_json::Value)) {
    let mut document = serde_json::from_str(&project.read("offersync.state.json")).unwrap();
    change(&mut document);
    project.write("offersync.state.json", &(serde_json::to_string_pretty(&document).unwrap() + "\n"));
    // An attacker can compute a digest, too.
    project.run(&["state", "publish", "--accept-edit"]);
}

fn setting(project: &Project, line: &str) {
    project.write("offersync.toml", &format!("{line}\n{}", project.read("offersync.toml")));
}

fn move_address(project: &Project, other: &Cake) {
    let toml = project.read("offersync.toml").replace(&project.cake.url(), &other.url());
    project.write("offersync.toml", &toml);
}

/// Makes the base branch one without a state.
fn before_the_first_apply(project: &Project) {
    project.git(&["rm", "--quiet", "--cached", "offersync.state.json"]).exits(0);
    project.git(&["commit", "--quiet", "--amend", "--message", "no state"]).exits(0);
    project.git(&["branch", "--quiet", "--force", "main"]).exits(0);
}

const ATTACKS: &[Attack] = &[
    Attack {
        what: "brings the first state",
        apply: |project, _| before_the_first_apply(project),
        code: 4,
        says: &["this branch has a state, of the CAKE at", "`main` has none", "`a` is not recorded as at `main`"],
    },
    Attack {
        what: "brings an empty first state",
        apply: |project, _| {
            before_the_first_apply(project);
            state(project, |state| state["offers"] = serde_json::json!({}));
        },
        code: 4,
        says: &["this branch has a state, of the CAKE at"],
    },
    Attack {
        what: "moves the address in the configuration and in the state",
        apply: |project, other| {
            move_address(project, other);
            state(project, |state| state["cake"] = other.url().into());
        },
        code: 4,
        says: &["`cake.url` is"],
    },
    Attack { what: "moves the address alone", apply: move_address, code: 4, says: &["`cake.url` is"] },
    Attack {
        what: "sends another secret",
        apply: |project, _| {
            let toml =
                project.read("offersync.toml").replace("[cake]\n", "[cake]\napi_key_env = \"OFFERSYNC_PUSH_TOKEN\"\n");
            project.write("offersync.toml", &toml);
        },
        code: 3,
        says: &["api_key_env"],
    },
    Attack {
        what: "swaps two ids",
        apply: |project, _| {
            state(project, |state| {
                let [a, b] = ["a", "b"].map(|key| state["offers"][key]["offer_id"].clone());
                state["offers"]["a"]["offer_id"] = b;
                state["offers"]["b"]["offer_id"] = a;
            });
        },
        code: 4,
        says: &[],
    },
    Attack {
        what: "records an offer that nobody owns, which would be retired",
        apply: |project, _| {
            state(project, |state| {
                state["offers"]["x"] = state["offers"]["a"].clone();
                state["offers"]["x"]["offer_id"] = 999.into();
            });
        },
        code: 4,
        says: &[],
    },
    Attack {
        what: "names another state, and looks for no duplicates",
        apply: |project, _| {
            setting(project, "state = \"s.json\"");
            let toml = project.read("offersync.toml").replace("\"require\"", "\"off\"");
            project.write("offersync.toml", &toml);
        },
        code: 4,
        says: &["state::missing"],
    },
    Attack {
        what: "names another folder of offers",
        apply: |project, _| {
            setting(project, "offers = \"other\"");
            project.write("other/a.yaml", &small_offer("a", "1.00"));
        },
        code: 4,
        says: &["`offers` is"],
    },
    Attack {
        what: "retires nothing any more, but forgets",
        apply: |project, _| {
            project.write(
                "offersync.toml",
                &format!("{}[removed]\naction = \"forget\"\n", project.read("offersync.toml")),
            );
            project.remove("offers/a.yaml");
        },
        code: 4,
        says: &["removed.action"],
    },
    Attack {
        what: "does not wait for what CAKE may still do",
        apply: |project, _| {
            let toml = project.read("offersync.toml").replace("settle_seconds = 20", "settle_seconds = 0");
            project.write("offersync.toml", &toml);
        },
        code: 4,
        says: &["`cake.settle_seconds` is `0`, and `20`"],
    },
    Attack {
        what: "links an offer to a private key",
        apply: |project, _| symlink("/etc/hostname", project.path("offers/key.yaml")).unwrap(),
        code: 3,
        says: &["tree::outside"],
    },
    Attack {
        what: "links the state out of the repository",
        apply: |project, _| {
            project.remove("offersync.state.json");
            symlink("/etc/hostname", project.path("offersync.state.json")).unwrap();
        },
        code: 3,
        says: &["outside of the repository"],
    },
    Attack {
        what: "hides the target of a click before an @",
        apply: |project, _| {
            let offer = small_offer("c", "1.00").replace("https://", "https://bank.example@");
            project.write("offers/c.yaml", &offer);
        },
        code: 3,
        says: &["offer::bad-value"],
    },
    Attack {
        what: "sends clicks to a host of letters that look alike",
        apply: |project, _| {
            let offer = small_offer("c", "1.00").replace("track.example.com", "tr\u{430}ck.example.com");
            project.write("offers/c.yaml", &offer);
        },
        code: 0,
        says: &["xn--"],
    },
    Attack {
        what: "brings a journal along",
        apply: |project, _| {
            project.write("offersync.state.json.journal", "x\n");
            project.git(&["add", "--force", "offersync.state.json.journal"]).exits(0);
        },
        code: 4,
        says: &["state::tracked"],
    },
    Attack {
        what: "moves the configuration to another folder",
        apply: |project, _| {
            std::fs::create_dir(project.path("x")).unwrap();
            project.git(&["mv", "offersync.toml", "offersync.state.json", "offers", "x"]).exits(0);
        },
        code: 4,
        says: &["`main` has none there, and has `offersync.toml`"],
    },
];

#[test]
fn no_pull_request_decides_unseen_sends_or_writes() {
    for Attack { what, apply, code, says } in ATTACKS {
        let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00")), ("b.yaml", &small_offer("b", "2.00"))]);
        let other = Cake::start();
        project.write(".gitignore", "offersync.state.json.*\n.offersync/\n");
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.commit("base");
        project.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
        apply(&project, &other);
        project.commit("attack");
        let folder = if project.path("x").exists() { "x" } else { "." };
        let before = (project.cake.counters().requests, project.files("."));
        for format in ["text", "markdown", "json", "github"] {
            let run = project.run(&["-C", folder, "plan", "--since", "main", "--format", format]);
            assert_eq!(run.code, Some(*code), "{what}, {format}: {}", run.said());
            if format == "text" {
                for text in *says {
                    run.says(text);
                }
            }
        }
        assert_eq!((project.cake.counters().requests, project.files(".")), before, "{what}: sent or written");
        assert_eq!(other.counters().requests, 0, "{what}: sent");
    }
}
