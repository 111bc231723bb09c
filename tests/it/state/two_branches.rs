//! Two clones that apply at the same time, and a bare remote: no id is ever lost, and what cannot be merged is refused.

use std::fs;

use offersync::testing::state::StateDocument;

use crate::harness::{Cake, PROGRAM, Run, Workspace, clean, finish, small_offer};

/// A CAKE, a bare remote, and two clones of it, each of which can apply.
pub(super) struct Race {
    pub(super) cake: Cake,
    pub(super) remote: Workspace,
    pub(super) one: Workspace,
    pub(super) two: Workspace,
}

impl Race {
    pub(super) fn start() -> Self {
        let cake = Cake::start();
        let remote = Workspace::empty();
        remote.git(&["init", "--quiet", "--bare", "--initial-branch=main"]).exits(0);
        let one = Workspace::with_offers(&cake.url());
        one.run(&["init", "--ci", "github"]).exits(0);
        one.run(&["apply", "--auto-approve"]).exits(0);
        let one = one.committed();
        one.git(&["remote", "add", "origin", &remote.folder().display().to_string()]).exits(0);
        one.git(&["push", "--quiet", "origin", "main"]).exits(0);
        let two = Workspace::empty();
        two.git(&["clone", "--quiet", &remote.folder().display().to_string(), "."]).exits(0);
        Self { cake, remote, one, two }
    }

    /// The state on the remote's branch.
    pub(super) fn state(&self, branch: &str) -> StateDocument {
        let text = self.remote.git(&["show", &format!("{branch}:offersync.state.json")]).exits(0).stdout;
        StateDocument::parse(text.as_bytes()).unwrap()
    }

    pub(super) fn ids_on(&self, branch: &str) -> Vec<(String, u64)> {
        let state = self.state(branch);
        state.recorded.offers.iter().map(|(key, record)| (key.to_string(), record.offer_id.get())).collect()
    }
}

/// Runs `ci push-state` or `ci check-state`, without a key.
pub(super) fn ci(workspace: &Workspace, arguments: &[&str]) -> Run {
    finish(clean(PROGRAM, workspace.folder()).arg("ci").args(arguments))
}

pub(super) fn create(workspace: &Workspace, key: &str) {
    workspace.write(&format!("offers/{key}.yaml"), &small_offer(key, "5"));
    workspace.git(&["add", "--all", "offers"]).exits(0);
    workspace.git(&["commit", "--quiet", "--message", key]).exits(0);
    workspace.run(&["apply", key, "--auto-approve"]).exits(0);
}

#[test]
fn a_state_that_was_pushed_meanwhile_is_merged_and_both_ids_are_there() {
    let race = Race::start();
    create(&race.one, "from-one");
    create(&race.two, "from-two");
    ci(&race.one, &["push-state", "main"]).exits(0).says("The state is on main.");
    let run = ci(&race.two, &["push-state", "main"]).exits(0);
    run.says("The state is on main.");
    let recorded = race.ids_on("main");
    for key in ["alpha", "beta", "gamma", "from-one", "from-two"] {
        let ids = race.cake.ids(&format!("Offer {key}"));
        assert_eq!(ids.len(), 1, "{key} is in CAKE {} times", ids.len());
        assert!(recorded.contains(&(key.to_owned(), ids[0])), "{key} is lost: {recorded:?}");
    }
    // The next apply, on the merged state, has nothing to do and nothing to double.
    for clone in [&race.one, &race.two, &race.one] {
        clone.git(&["checkout", "--quiet", "--", "offersync.state.json"]).exits(0);
        clone.git(&["pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main"]).exits(0);
        clone.git(&["push", "--quiet", "origin", "HEAD:main"]).exits(0);
    }
    race.one.run(&["plan", "--detailed-exitcode"]).exits(0);
    ci(&race.one, &["push-state", "main"]).exits(0).says("The state is on main.");
}

#[test]
fn changes_of_one_offer_on_both_sides_meet_in_one_record() {
    let race = Race::start();
    race.one.replace("offers/alpha.yaml", "10.50", "31");
    race.two.replace("offers/alpha.yaml", "offer_name: Offer alpha", "offer_name: Offer alpha two");
    race.one.run(&["apply", "--auto-approve"]).exits(0);
    race.one.git(&["commit", "--quiet", "--message", "offers", "offers"]).exits(0);
    race.two.run(&["apply", "--auto-approve"]).exits(4).says("`alpha`) is not in CAKE as it was recorded: payout");
    // Without the comparison, and with a reply that does not show it, the other one's change goes unnoticed until the states meet.
    race.two.replace("offersync.toml", "[cake]", "[cake]\nverify = \"off\"");
    race.cake.faults("update=echo:payout");
    race.two.run(&["apply", "--auto-approve"]).exits(0);
    race.two.git(&["commit", "--quiet", "--message", "offers", "offers"]).exits(0);
    ci(&race.one, &["push-state", "main"]).exits(0);
    ci(&race.two, &["push-state", "main"]).exits(0);
    let state = race.state("main");
    let record = &state.recorded.offers["alpha"];
    assert_eq!(record.fields.name(), Some("Offer alpha two"));
    assert_eq!(record.fields.get(offersync::Field::Payout).unwrap().to_string(), "31");
    race.two.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_real_conflict_is_refused_and_the_state_waits_on_a_branch_of_its_own() {
    let race = Race::start();
    // Both create an offer of the same key, with two ids: CAKE has two of them.
    race.one.replace("offersync.toml", "duplicate_check = \"require\"", "duplicate_check = \"off\"");
    race.two.write("offersync.toml", &race.one.read("offersync.toml"));
    for clone in [&race.one, &race.two] {
        clone.write("offers/both.yaml", &small_offer("both", "5"));
        clone.run(&["apply", "--auto-approve"]).exits(0);
        clone.commit("both");
    }
    let ids = race.cake.ids("Offer both");
    assert_eq!(ids.len(), 2);
    // The state is part of the commit already, so it is pushed by hand; the merge is what matters.
    race.one.git(&["push", "--quiet", "origin", "main"]).exits(0);
    race.two.git(&["reset", "--quiet", "--soft", "origin/main"]).exits(0);
    race.two.git(&["commit", "--quiet", "--message", "offers", "offers", "offersync.toml"]).exits(0);
    race.two.git(&["reset", "--quiet"]).exits(0);
    let run = ci(&race.two, &["push-state", "main"]).exits(1);
    run.says("the key `both` has two of CAKE's offers");
    run.says("It is on the branch offersync-unmerged-state-");
    let recorded = race.ids_on("main");
    assert!(recorded.contains(&("both".to_owned(), ids[0])));
    let branches = race.remote.git(&["branch", "--list", "offersync-unmerged-state-*", "--format=%(refname:short)"]);
    let waiting = branches.exits(0).stdout.trim().to_owned();
    assert!(race.ids_on(&waiting).contains(&("both".to_owned(), ids[1])), "the second id is lost");
    // No apply begins while it waits.
    ci(&race.one, &["check-state"]).exits(1).says(&waiting);
    race.remote.git(&["branch", "--quiet", "-D", &waiting]).exits(0);
    ci(&race.one, &["check-state"]).exits(0);
    // What the message says, on the side that has the other offer.
    let stays = ids[0].to_string();
    run.says(&format!("run `offersync state adopt both --offer-id {stays}`"));
    race.two.run(&["state", "adopt", "both", "--offer-id", &stays]).exits(0).says("the next apply makes inactive");
    ci(&race.two, &["push-state", "main"]).exits(0);
    assert!(race.ids_on("main").contains(&("both".to_owned(), ids[0])));
    race.two.run(&crate::harness::APPLY).exits(0);
    let status = |id| race.cake.offer(id).unwrap().offer_status;
    assert_eq!([status(ids[0]), status(ids[1])], ["active", "inactive"]);
}

#[test]
fn a_branch_that_takes_no_push_gets_no_endless_tries() {
    let race = Race::start();
    create(&race.one, "from-one");
    let hook = race.remote.path("hooks/update");
    race.remote.write("hooks/update", "#!/bin/sh\ntest \"$1\" != refs/heads/main\n");
    let mut mode = fs::metadata(&hook).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(&hook, mode).unwrap();
    ci(&race.one, &["push-state", "main"]).exits(1).says("It is on the branch");
    let id = race.cake.ids("Offer from-one")[0];
    let branches = race.remote.git(&["branch", "--list", "offersync-*", "--format=%(refname:short)"]).exits(0);
    assert!(race.ids_on(branches.stdout.trim()).contains(&("from-one".to_owned(), id)));
}

/// The three files of a merge, as git would hand them over.
fn files(workspace: &Workspace, base: &str, ours: &str, theirs: &str) {
    workspace.write("base.json", base);
    workspace.write("ours.json", ours);
    workspace.write("theirs.json", theirs);
}

const MERGE: [&str; 5] = ["state", "merge", "base.json", "ours.json", "theirs.json"];

fn state(offers: &[(&str, u64, &str)]) -> String {
    let offers = offers.iter().map(|(key, id, payout)| {
        format!("\"{key}\": {{\"offer_id\": {id}, \"status\": \"live\", \"fields\": {{\"payout\": \"{payout}\"}}}}")
    });
    format!(
        "{{\"format\": \"offersync-state\", \"version\": 1, \"lineage\": \"0190f2a0-0000-7000-8000-000000000001\", \
         \"cake\": \"https://yourdomain.cakemarketing.com\", \"offers\": {{{}}}}}",
        offers.collect::<Vec<_>>().join(", ")
    )
}

#[test]
fn the_merge_needs_no_repository_and_writes_the_result_into_ours() {
    let workspace = Workspace::empty();
    files(&workspace, "", &state(&[("a", 1, "5")]), &state(&[("b", 2, "6")]));
    let run = workspace.run(&MERGE).exits(0);
    assert_eq!(run.said(), "");
    let merged = StateDocument::parse(workspace.read("ours.json").as_bytes()).unwrap();
    assert_eq!(merged.recorded.offers.len(), 2);
    // Both changed one payout: unknown now, and said.
    files(&workspace, &state(&[("a", 1, "5")]), &state(&[("a", 1, "6")]), &state(&[("a", 1, "7")]));
    workspace.run(&MERGE).exits(0).says("`payout` of `a` was changed on both sides: ours is \"6\", theirs is \"7\"");
    assert!(!workspace.read("ours.json").contains("payout"));
}

#[test]
fn what_cannot_be_merged_leaves_every_file_as_it_was() {
    let workspace = Workspace::empty();
    let removed = state(&[]).replace("\"offers\"", "\"revisions\": {\"1\": 1}, \"offers\"");
    let cases = [
        (state(&[]), state(&[("a", 1, "5")]), state(&[("a", 2, "5")]), "the key `a` has two of CAKE's offers: 1 and 2"),
        (state(&[]), state(&[("a", 1, "5")]), state(&[("b", 1, "5")]), "CAKE's offer 1 has two keys: `a` and `b`"),
        (state(&[("a", 1, "5")]), removed, state(&[("a", 1, "6")]), "was forgotten on one side (ours)"),
        (state(&[]), state(&[("a", 1, "5")]), "<<<<<<< ours\n".to_owned(), "git's conflict markers"),
        (state(&[]), state(&[("a", 1, "5")]), String::new(), "theirs.json: the state is empty"),
        (state(&[]), String::new(), state(&[]), "ours.json: the state is empty"),
        ("{".to_owned(), state(&[]), state(&[("a", 1, "5")]), "base.json:1:1: the state is cut short"),
    ];
    for (base, ours, theirs, message) in &cases {
        files(&workspace, base, ours, theirs);
        workspace.run(&MERGE).exits(1).says(message);
        assert_eq!((&workspace.read("base.json"), &workspace.read("ours.json")), (base, ours), "{message}");
        assert_eq!(&workspace.read("theirs.json"), theirs, "{message}");
    }
    workspace.write("base.json", "");
    workspace.run(&["state", "merge", "base.json", "no-such-file", "theirs.json"]).exits(1).says("cannot read");
}
