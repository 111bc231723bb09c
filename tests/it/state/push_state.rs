//! `ci push-state`: killed at every call of git, with remotes that refuse and that move in every direction.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;

use crate::harness::{PROGRAM, Run, Workspace, clean, finish, in_parallel, long, small_offer};

use super::two_branches::{Race, ci, create};

/// Counts the calls of git; kills the command and everything that it started before or after one of them; and runs `$BEFORE_PUSH`
/// once, right before a push.
const GIT: &str = r#"#!/bin/sh
count=$(($(cat "$AROUND/count" 2>/dev/null || echo 0) + 1))
echo "$count" >"$AROUND/count"
[ "$count" != "${KILL_BEFORE-}" ] || kill -KILL 0
case " $* " in
*" push "*) [ -e "$AROUND/pushed" ] || { : >"$AROUND/pushed"; (unset GIT_INDEX_FILE; eval "${BEFORE_PUSH-}"); } ;;
esac
"$GIT" "$@"
code=$?
[ "$count" != "${KILL_AFTER-}" ] || kill -KILL 0
exit "$code"
"#;

/// Runs the command with that `git` before the real one on the path. Returns how often git was called as well.
fn push(workspace: &Workspace, environment: &[(&str, &str)]) -> (Run, usize) {
    push_with(workspace, &[], environment)
}

fn push_with(workspace: &Workspace, arguments: &[&str], environment: &[(&str, &str)]) -> (Run, usize) {
    let around = Workspace::empty();
    around.write("bin/git", GIT);
    fs::set_permissions(around.path("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = clean(PROGRAM, workspace.folder());
    let (_, path) = command.get_envs().find(|(name, _)| *name == "PATH").unwrap();
    let path = path.unwrap().to_str().unwrap().to_owned();
    let folders = path.split(':').map(|folder| format!("{folder}/git"));
    let git = folders.into_iter().find(|git| fs::metadata(git).is_ok()).unwrap();
    command.args(["ci", "push-state", "main"]).args(arguments).process_group(0);
    command
        .env("PATH", format!("{}:{path}", around.path("bin").display()))
        .env("GIT", git)
        .env("AROUND", around.folder());
    command.envs(environment.iter().copied());
    let run = finish(&mut command);
    (run, around.read("count").trim().parse().unwrap())
}

/// What a person sees of a clone.
fn appearance(workspace: &Workspace) -> String {
    let outputs =
        [&["status", "--porcelain"][..], &["rev-parse", "HEAD"], &["for-each-ref", "refs/heads"], &["stash", "list"]];
    outputs.map(|arguments| workspace.git(arguments).exits(0).stdout).concat()
}

fn offers_on_main(race: &Race) -> Vec<String> {
    let listed = race.remote.git(&["ls-tree", "-r", "--name-only", "main", "offers"]).exits(0).stdout;
    listed.lines().map(str::to_owned).collect()
}

#[track_caller]
fn has_every_id(race: &Race, branch: &str, keys: &[&str], what: &str) {
    let recorded = race.ids_on(branch);
    for key in keys {
        let ids = race.cake.ids(&format!("Offer {key}"));
        assert_eq!(ids.len(), 1, "{what}: {key} is in CAKE {} times", ids.len());
        assert!(recorded.contains(&((*key).to_owned(), ids[0])), "{what}: {key} is lost: {recorded:?}");
    }
}

/// Commits on the remote's branch as others do: `$BEFORE_PUSH` in the clone `two`.
fn in_two(race: &Race, commands: &str) -> String {
    format!("cd {} && {{ {commands}; }} >/dev/null 2>&1", race.two.folder().display())
}

const ADD_YAML: &str =
    "echo 'offer_name: X' >offers/_later.yaml && git add offers && git commit -m later && git push origin HEAD:main";

#[test]
fn killed_at_every_call_of_git_it_pushes_what_is_missing_when_it_runs_again() {
    let calls = {
        let race = Race::start();
        create(&race.two, "from-two");
        ci(&race.two, &["push-state", "main"]).exits(0);
        create(&race.one, "from-one");
        let (run, calls) = push(&race.one, &[]);
        run.exits(0).says("The state is on main.");
        calls
    };
    assert!(calls > 12, "only {calls} calls");
    let step = if long() { 1 } else { 3 };
    let kills: Vec<_> =
        (1..=calls).step_by(step).flat_map(|call| [("KILL_BEFORE", call), ("KILL_AFTER", call)]).collect();
    in_parallel(&kills, |(kill, call)| {
        let what = format!("{kill} {call}");
        let race = Race::start();
        create(&race.two, "from-two");
        ci(&race.two, &["push-state", "main"]).exits(0);
        create(&race.one, "from-one");
        let before = appearance(&race.one);
        let (run, _) = push(&race.one, &[(kill, &call.to_string())]);
        assert_eq!(run.code, None, "{what}: {run:?}");
        assert_eq!(appearance(&race.one), before, "{what}");
        ci(&race.one, &["push-state", "main"]).exits(0).says("The state is on main.");
        has_every_id(&race, "main", &["alpha", "from-one", "from-two"], &what);
        assert_eq!(appearance(&race.one), before, "{what}");
    });
}

#[test]
fn a_push_by_hand_in_between_is_kept() {
    let race = Race::start();
    create(&race.one, "from-one");
    let (run, _) = push(&race.one, &[("BEFORE_PUSH", &in_two(&race, ADD_YAML))]);
    run.exits(0).says("The state is on main.");
    has_every_id(&race, "main", &["alpha", "from-one"], "forward");
    assert!(offers_on_main(&race).contains(&"offers/_later.yaml".to_owned()));
}

#[test]
fn a_state_that_is_pushed_in_between_is_merged() {
    let race = Race::start();
    create(&race.one, "from-one");
    create(&race.two, "from-two");
    let (run, _) = push(&race.one, &[("BEFORE_PUSH", &in_two(&race, "offersync ci push-state main"))]);
    run.exits(0).says("The state is on main.");
    has_every_id(&race, "main", &["alpha", "from-one", "from-two"], "a state in between");
}

/// A branch that is put back or rewritten has fewer files, and none of them comes back with the state.
#[test]
fn a_branch_that_moves_back_keeps_its_files_and_gets_the_ids() {
    let rewrites = [
        "git push --force origin HEAD~1:main",
        "git reset --hard HEAD~1 && git commit --allow-empty -m other && git push --force origin HEAD:main",
        "git checkout --orphan fresh && git rm --cached offersync.state.json && git commit -m fresh && git push --force origin HEAD:main",
    ];
    for at_first in [true, false] {
        for rewrite in rewrites {
            let what = format!("{rewrite}, before the push {at_first}");
            let race = Race::start();
            // A commit with an offer on the remote, which the rewriting takes away again.
            race.two.write("offers/removed.yaml", &crate::harness::small_offer("removed", "5"));
            race.two.commit("removed");
            race.two.git(&["push", "--quiet", "origin", "HEAD:main"]).exits(0);
            race.one.git(&["pull", "--quiet", "origin", "main"]).exits(0);
            create(&race.one, "from-one");
            let rewrite = in_two(&race, rewrite);
            if at_first {
                finish(clean("sh", race.two.folder()).args(["-c", &rewrite])).exits(0);
            }
            let moved = if at_first { Some(offers_on_main(&race)) } else { None };
            let environment: &[(&str, &str)] = if at_first { &[] } else { &[("BEFORE_PUSH", &rewrite)] };
            let (run, _) = push(&race.one, environment);
            run.exits(0).says("The state is on main.");
            has_every_id(&race, "main", &["alpha", "from-one"], &what);
            let offers = offers_on_main(&race);
            assert!(moved.is_none_or(|moved| moved == offers), "{what}: {offers:?}");
            if !rewrite.contains("orphan") {
                assert!(!offers.contains(&"offers/removed.yaml".to_owned()), "{what}: {offers:?}");
            }
            assert!(!offers.contains(&"offers/from-one.yaml".to_owned()), "{what}: {offers:?}");
        }
    }
}

#[test]
fn a_remote_that_refuses_gets_the_state_on_a_branch_of_its_own() {
    let race = Race::start();
    create(&race.one, "from-one");
    race.remote.write(
        "hooks/pre-receive",
        "#!/bin/sh\nwhile read -r old new ref; do [ \"$ref\" != refs/heads/main ] || exit 1; done\n",
    );
    fs::set_permissions(race.remote.path("hooks/pre-receive"), fs::Permissions::from_mode(0o755)).unwrap();
    let run = ci(&race.one, &["push-state", "main"]).exits(1);
    run.says("could not be pushed to main").says("It is on the branch offersync-unmerged-state-");
    let branches = race.remote.git(&["branch", "--list", "offersync-*", "--format=%(refname:short)"]).exits(0).stdout;
    has_every_id(&race, branches.trim(), &["alpha", "from-one"], "refused");
    // Again: the same branch.
    ci(&race.one, &["push-state", "main"]).exits(1);
    assert_eq!(race.remote.git(&["branch", "--list", "offersync-*"]).exits(0).stdout.lines().count(), 1);
    race.remote.write("hooks/pre-receive", "#!/bin/sh\nexit 1\n");
    race.remote.git(&["branch", "--quiet", "-D", branches.trim()]).exits(0);
    let run = ci(&race.one, &["push-state", "main"]).exits(1);
    run.says("It is only in").says("run this again");
    race.remote.remove("hooks/pre-receive");
    ci(&race.one, &["push-state", "main"]).exits(0);
    has_every_id(&race, "main", &["alpha", "from-one"], "accepted at last");
}

#[test]
fn the_commit_says_what_was_done_in_which_environment_by_which_pull_request_and_run() {
    let race = Race::start();
    let config = race.one.read("offersync.toml");
    race.one.write("offersync.toml", &format!("name = \"eu.west\"\n{config}"));
    race.one.write("offers/from-one.yaml", &small_offer("from-one", "5"));
    race.one.commit("Solar offers (#12)");
    race.one.git(&["push", "--quiet", "origin", "main"]).exits(0);
    race.one.run(&["apply", "--auto-approve", "--output", "text=report.txt"]).exits(0);
    let environment = [
        ("GITHUB_SERVER_URL", "https://github.com".to_owned()),
        ("GITHUB_REPOSITORY", "acme/offers".to_owned()),
        ("GITHUB_RUN_ID", "345".to_owned()),
    ];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    push_with(&race.one, &["--report", "report.txt"], &environment).0.exits(0);
    let message = race.remote.git(&["log", "-1", "--format=%B", "main"]).exits(0).stdout;
    let expected = "offersync: eu.west: Applied: 1 done [skip ci]\n\nPull request: #12\n\
                    Run: https://github.com/acme/offers/actions/runs/345\nState: ";
    assert!(message.starts_with(expected), "{message}");
    for (subject, number) in
        [("Merge pull request #7 from acme/solar", "7"), ("x (#1) y", ""), ("See merge request a/b!9", "9")]
    {
        race.one.write("offers/from-one.yaml", &small_offer("from-one", &format!("6.{}", subject.len())));
        race.one.git(&["commit", "--quiet", "--all", "--message", subject]).exits(0);
        race.one.run(&["apply", "--auto-approve"]).exits(0);
        push(&race.one, &[]).0.exits(0);
        let message = race.remote.git(&["log", "-1", "--format=%B", "main"]).exits(0).stdout;
        let of_request = if number.is_empty() { String::new() } else { format!("Pull request: #{number}\n") };
        let expected = format!("offersync: eu.west: the state after an apply [skip ci]\n\n{of_request}State: ");
        assert!(message.starts_with(&expected), "{subject}: {message}");
    }
}

#[test]
fn a_state_that_waits_stops_the_applies_of_its_own_environment_alone() {
    let race = Race::start();
    let config = race.one.read("offersync.toml");
    let named = |name: &str| race.one.write("offersync.toml", &format!("name = \"{name}\"\n{config}"));
    // That of another CAKE.
    let other = Race::start().one.read("offersync.state.json");
    race.two.write("offersync.state.json", &other);
    race.two.git(&["commit", "--quiet", "--all", "--message", "state"]).exits(0);
    let waiting =
        |branch: &str| race.two.git(&["push", "--quiet", "origin", &format!("HEAD:refs/heads/{branch}")]).exits(0);
    waiting("offersync-unmerged-state-eu-west/1a2b3c4d5e6f");
    for (name, code) in [("eu", 0), ("eu.west", 1), ("eu-west", 1), ("us", 0)] {
        named(name);
        ci(&race.one, &["check-state"]).exits(code);
    }
    // Of an earlier version, which did not name the environment.
    waiting("offersync-unmerged-state-1a2b3c4d5e6f");
    ci(&race.one, &["check-state"]).exits(1).says("offersync-unmerged-state-1a2b3c4d5e6f").never_says("eu-west");
}

#[test]
fn what_a_killed_apply_left_in_its_journal_is_pushed() {
    let race = Race::start();
    race.one.write("offers/late.yaml", &crate::harness::small_offer("late", "5"));
    race.one.commit("late");
    let armed = [("OFFERSYNC_FAULT_POINT", "replace.before-rename:2=kill")];
    assert_eq!(race.one.run_with(&["apply", "--auto-approve"], &armed).code, None);
    ci(&race.one, &["push-state", "main"]).exits(0);
    has_every_id(&race, "main", &["alpha", "late"], "killed");
}

#[test]
fn a_state_that_git_cannot_convert_is_pushed_as_it_is() {
    let race = Race::start();
    race.one.write(".gitattributes", "offersync.state.json working-tree-encoding=ASCII\n");
    race.one.write("offers/late.yaml", &crate::harness::small_offer("late", "5").replace("Offer late", "Caf\u{e9}"));
    race.one.commit("late");
    race.one.run(&["apply", "--auto-approve"]).exits(0);
    ci(&race.one, &["push-state", "main"]).exits(0);
    let id = race.cake.ids("Caf\u{e9}")[0];
    assert!(race.ids_on("main").contains(&("late".to_owned(), id)));
}

#[test]
fn a_state_is_pushed_itself_and_no_pointer_of_git_lfs_to_it() {
    let race = Race::start();
    let clean = "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\n' $(sha256sum | cut -c1-64)";
    race.one.git(&["config", "filter.lfs.clean", clean]).exits(0);
    race.one.write(".gitattributes", "offersync.state.json filter=lfs -text\n");
    create(&race.one, "late");
    let run = ci(&race.one, &["push-state", "main"]).exits(0);
    run.says("its bytes are saved as they are");
    let id = race.cake.ids("Offer late")[0];
    assert!(race.ids_on("main").contains(&("late".to_owned(), id)));
}

#[test]
fn a_state_that_is_refused_is_saved_on_a_branch_of_its_own() {
    let race = Race::start();
    create(&race.one, "late");
    let state = race.one.read("offersync.state.json");
    // Edited by hand, so that its digest is that of another content.
    race.one.write("offersync.state.json", &state.replace("Offer late", "Offer later"));
    let run = ci(&race.one, &["push-state", "main"]).exits(1);
    run.says("the state was refused, for the reason above").says("It is on the branch offersync-unmerged-state-");
    let branches = race.remote.git(&["branch", "--list", "offersync-*", "--format=%(refname:short)"]).exits(0);
    let saved = race.remote.git(&["show", &format!("{}:offersync.state.json", branches.stdout.trim())]).exits(0);
    assert!(saved.stdout.contains(&race.cake.ids("Offer late")[0].to_string()));
    assert!(!race.ids_on("main").iter().any(|(key, _)| key == "late"));
}

#[test]
fn an_apply_without_a_state_is_no_success() {
    let race = Race::start();
    race.one.remove("offersync.state.json");
    ci(&race.one, &["push-state", "main"]).exits(1).says("does not exist");
    // Where git has none either, the lock shows that an apply ran.
    let fresh = Workspace::with_offers(&race.cake.url()).committed();
    fresh.git(&["remote", "add", "origin", &race.remote.folder().display().to_string()]).exits(0);
    ci(&fresh, &["push-state", "main"]).exits(0).says("There is no state yet.");
    fresh.write("offersync.state.json.lock", "");
    ci(&fresh, &["push-state", "main"]).exits(1).says("an apply ran here");
}

#[test]
fn a_remote_that_cannot_be_reached_is_a_failure() {
    let race = Race::start();
    create(&race.one, "from-one");
    race.one.git(&["remote", "set-url", "origin", "/nowhere"]).exits(0);
    ci(&race.one, &["push-state", "main"]).exits(1).says("cannot be reached");
}

#[test]
fn a_branch_that_the_remote_does_not_have_is_no_reason_to_lose_an_id() {
    let race = Race::start();
    create(&race.one, "from-one");
    race.remote.git(&["branch", "--quiet", "-m", "main", "trunk"]).exits(0);
    let run = ci(&race.one, &["push-state", "main"]).exits(1);
    run.says("origin has no branch main. It is on the branch offersync-unmerged-state-");
    has_every_id(&race, &waiting(&race), &["alpha", "from-one"], "renamed");
    ci(&race.two, &["check-state"]).exits(1);
}

#[test]
fn a_state_that_waits_stops_the_applies_of_its_environment_also_under_another_name() {
    let race = Race::start();
    create(&race.one, "from-one");
    let config = race.one.read("offersync.toml");
    race.two.write("offersync.toml", &format!("state = \"st.json\"\nname = \"production\"\n{config}"));
    race.two.git(&["mv", "offersync.state.json", "st.json"]).exits(0);
    race.two.git(&["commit", "--quiet", "--all", "--message", "named"]).exits(0);
    race.two.git(&["push", "--quiet", "origin", "HEAD:main"]).exits(0);
    ci(&race.one, &["push-state", "main"]).exits(1);
    let branch = waiting(&race);
    assert!(!branch.contains("production"), "{branch}");
    ci(&race.two, &["check-state"]).exits(1).says(&branch);
    race.two.git(&["fetch", "--quiet"]).exits(0);
    race.two.run(&["plan"]).exits(0).says(&branch);
    // Also before this clone has a state.
    race.two.remove("st.json");
    ci(&race.two, &["check-state"]).exits(1).says(&branch);
}

#[test]
fn what_was_pushed_before_is_not_pushed_over_what_came_after_it() {
    let payout = |race: &Race| {
        let state = race.state("main");
        state.recorded.offers["alpha"].fields.get(offersync::Field::Payout).unwrap().to_string()
    };
    let change = |clone: &Workspace, from: &str, to: &str| {
        clone.replace("offers/alpha.yaml", from, to);
        clone.git(&["commit", "--quiet", "--message", to, "offers"]).exits(0);
        clone.run(&["apply", "--auto-approve"]).exits(0);
    };
    // With and without another apply on the first machine before it pushes again.
    for applies_again in [false, true] {
        let race = Race::start();
        change(&race.one, "10.50", "21");
        push(&race.one, &[]).0.exits(0);
        race.two.git(&["pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main"]).exits(0);
        race.two.run(&["apply", "--auto-approve", "--refresh", "--overwrite-drift"]).exits(0);
        change(&race.two, "10.50", "33");
        push(&race.two, &[]).0.exits(0);
        assert_eq!(payout(&race), "33");
        if applies_again {
            create(&race.one, "from-one");
        }
        for _ in 0..2 {
            push(&race.one, &[]).0.exits(0).says("The state is on main.");
            assert_eq!(payout(&race), "33", "{applies_again}");
        }
        assert_eq!(race.ids_on("main").iter().any(|(key, _)| key == "from-one"), applies_again);
    }
}

/// The branch with the state that waits.
fn waiting(race: &Race) -> String {
    let listed = race.remote.git(&["branch", "--list", "offersync-*", "--format=%(refname:short)"]).exits(0).stdout;
    listed.trim().to_owned()
}

#[test]
fn a_project_that_was_moved_on_the_branch_gets_the_state_with_a_merge() {
    for state in ["offersync.state.json", ""] {
        let race = Race::start();
        create(&race.one, "from-one");
        let moved = format!(
            "mkdir p && git mv offers offersync.toml {state} p && git commit -m moved && git push origin HEAD:main"
        );
        finish(clean("sh", race.two.folder()).args(["-e", "-c", &moved])).exits(0);
        let run = ci(&race.one, &["push-state", "main"]).exits(1);
        run.says("main has no offersync.toml any more.").says("It is on the branch offersync-unmerged-state-");
        ci(&race.one, &["check-state"]).exits(1);
        let branch = waiting(&race);
        let merge =
            format!("git fetch -q && git merge -q --no-edit origin/{branch} && git push -q origin HEAD:main :{branch}");
        finish(clean("sh", race.two.folder()).args(["-e", "-c", &merge])).exits(0);
        let path = if state.is_empty() { "offersync.state.json" } else { "p/offersync.state.json" };
        assert!(race.two.read(path).contains(&race.cake.ids("Offer from-one")[0].to_string()), "{path}");
    }
}

#[test]
fn a_state_that_has_another_name_on_the_branch_gets_its_changes_with_a_merge() {
    let race = Race::start();
    create(&race.one, "from-one");
    let renamed = "git mv offersync.state.json st.json && sed -i '1i state = \"st.json\"' offersync.toml && git commit -qam renamed && \
                   git push -q origin HEAD:main";
    finish(clean("sh", race.two.folder()).args(["-e", "-c", renamed])).exits(0);
    ci(&race.one, &["push-state", "main"]).exits(1).says("main has no offersync.state.json any more.");
    let branch = waiting(&race);
    race.two.git(&["fetch", "--quiet"]).exits(0);
    race.two.git(&["merge", "--quiet", "--no-edit", &format!("origin/{branch}")]).exits(0);
    assert!(race.two.read("st.json").contains(&race.cake.ids("Offer from-one")[0].to_string()));
}

#[test]
fn what_is_no_file_on_the_branch_is_not_replaced_and_the_state_waits() {
    for other in [
        "git mv offersync.state.json s.json && ln -s s.json offersync.state.json",
        "git rm -q offersync.state.json && mkdir offersync.state.json && cp offersync.toml offersync.state.json/x",
    ] {
        // Also where the commit that both have is of that kind.
        for is_common in [false, true] {
            let race = Race::start();
            let change = |workspace: &Workspace| {
                let change = format!("{other} && git add -A && git commit -qm other && git push -q origin HEAD:main");
                finish(clean("sh", workspace.folder()).args(["-e", "-c", &change])).exits(0);
            };
            create(&race.one, "from-one");
            if is_common {
                let state = race.one.read("offersync.state.json");
                race.one.git(&["checkout", "--quiet", "--", "offersync.state.json"]).exits(0);
                change(&race.one);
                finish(clean("rm", race.one.folder()).args(["-r", "offersync.state.json"])).exits(0);
                race.one.write("offersync.state.json", &state);
            } else {
                change(&race.two);
            }
            let run = ci(&race.one, &["push-state", "main"]).exits(1);
            run.says("offersync.state.json is not a regular file on main.");
            ci(&race.two, &["check-state"]).exits(1);
            has_every_id(&race, &waiting(&race), &["alpha", "from-one"], other);
        }
    }
}

#[test]
fn a_plan_tells_the_state_that_waits_as_far_as_this_clone_knows() {
    let race = Race::start();
    create(&race.one, "from-one");
    race.two.git(&["rm", "--quiet", "offersync.toml"]).exits(0);
    race.two.git(&["commit", "--quiet", "--message", "gone"]).exits(0);
    race.two.git(&["push", "--quiet", "origin", "HEAD:main"]).exits(0);
    ci(&race.one, &["push-state", "main"]).exits(1);
    let branch = waiting(&race);
    let plan = |arguments: &[&str]| race.one.run(&[&["plan"], arguments].concat()).exits(0);
    race.one.git(&["fetch", "--quiet", "origin"]).exits(0);
    plan(&[]).says("ci::unmerged-state").says(&format!("waits on the branch origin/{branch}"));
    plan(&["--since", "HEAD"]).says(&branch);
    plan(&["--format", "github"]).says(&format!(
        "::warning title=ci%3A%3Aunmerged-state::the state of an earlier apply waits on the branch origin/{branch}"
    ));
    // Merged: there is nothing to tell.
    race.one.git(&["checkout", "--quiet", "--", "offersync.state.json"]).exits(0);
    race.one.git(&["merge", "--quiet", "--no-edit", &format!("origin/{branch}")]).exits(0);
    plan(&[]).never_says("unmerged-state");
}

/// The address of fetches is that of a copy, which gets later what is pushed.
#[test]
fn what_is_read_is_what_is_pushed_to() {
    let race = Race::start();
    let copy = Workspace::empty();
    copy.git(&["clone", "--quiet", "--bare", &race.remote.folder().display().to_string(), "."]).exits(0);
    let [fetched, pushed] = [&copy, &race.remote].map(|remote| remote.folder().display().to_string());
    race.one.git(&["remote", "set-url", "origin", &fetched]).exits(0);
    race.one.git(&["remote", "set-url", "--push", "origin", &pushed]).exits(0);
    create(&race.two, "from-two");
    ci(&race.two, &["push-state", "main"]).exits(0);
    create(&race.one, "from-one");
    ci(&race.one, &["push-state", "main"]).exits(0).says("The state is on main.");
    has_every_id(&race, "main", &["alpha", "from-one", "from-two"], "the copy is behind");
    race.remote.git(&["branch", "--quiet", "offersync-unmerged-state-1a2b3c4d5e6f", "main"]).exits(0);
    ci(&race.one, &["check-state"]).exits(1).says("offersync-unmerged-state-1a2b3c4d5e6f");
}

/// Git refuses to push a single branch to such a remote.
#[test]
fn a_remote_that_is_a_mirror_gets_the_state_and_nothing_else() {
    let race = Race::start();
    race.one.git(&["config", "remote.origin.mirror", "true"]).exits(0);
    race.one.git(&["branch", "--quiet", "of-this-clone"]).exits(0);
    create(&race.one, "from-one");
    ci(&race.one, &["push-state", "main"]).exits(0).says("The state is on main.");
    has_every_id(&race, "main", &["alpha", "from-one"], "mirror");
    assert!(!race.remote.git(&["branch", "--list"]).stdout.contains("of-this-clone"));
}
