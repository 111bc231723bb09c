//! `plan --since`: what a pull request changes, and nothing else.

use std::process::Command;

use crate::harness::{Cake, Project, Run, Workspace, clean, complete_offer, finish, small_offer};

const CAKE: &str = "https://yourdomain.cakemarketing.com";

/// Three committed offers; none is recorded, so three creates are pending.
fn workspace() -> Workspace {
    Workspace::with_offers(CAKE).committed()
}

fn keys(run: &Run) -> Vec<String> {
    let document = run.json();
    document["actions"].as_array().unwrap().iter().map(|action| action["key"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn shows(workspace: &Workspace, expected: &[&str], elsewhere: u64) {
    let run = workspace.run(&["plan", "--since", "HEAD", "--accept-config", "--format", "json"]).exits(0);
    assert_eq!(keys(&run), expected);
    assert_eq!(run.json()["pending_elsewhere"], elsewhere);
    let listed = run.json()["pending"].as_array().map_or(0, Vec::len);
    assert_eq!(u64::try_from(listed).unwrap(), elsewhere);
}

#[test]
fn only_what_differs_is_shown_and_the_rest_is_counted() {
    let workspace = workspace();
    shows(&workspace, &[], 3);
    workspace.run(&["plan", "--since", "HEAD"]).exits(0).says("3 other changes are pending anyway: 3 to create.");
    workspace.run(&["plan", "--since", "HEAD", "--detailed-exitcode"]).exits(0);
    workspace.replace("offers/beta.yaml", "11.50", "12");
    shows(&workspace, &["beta"], 2);
    workspace.run(&["plan", "--since", "HEAD", "--detailed-exitcode"]).exits(2);
    // Another spelling of the same value, and a comment, are no difference.
    workspace.replace("offers/beta.yaml", "payout: 12", "payout: 11.500 # as before");
    shows(&workspace, &[], 3);
    let whole = workspace.run(&["plan", "--format", "json"]).exits(0).json();
    assert!(whole.get("pending_elsewhere").is_none(), "only --since has anything elsewhere");
}

#[test]
fn inherited_values_and_names_count_and_places_do_not() {
    let workspace = workspace();
    workspace.write("offers/_defaults.yaml", "session_hours: 24\n");
    shows(&workspace, &["alpha", "beta", "gamma"], 0);
    workspace.remove("offers/_defaults.yaml");
    workspace.replace("offersync.toml", "acme-home = 101", "acme-home = 102");
    shows(&workspace, &["alpha", "beta", "gamma"], 0);
    workspace.replace("offersync.toml", "acme-home = 102", "acme-home = 101");
    // Moved to another folder: the same offer.
    let text = workspace.read("offers/gamma.yaml");
    workspace.remove("offers/gamma.yaml");
    workspace.write("offers/deep/er/gamma.yaml", &text);
    shows(&workspace, &[], 3);
}

#[test]
fn a_range_of_commits_is_wrong_usage() {
    let workspace = workspace();
    for reference in ["^main", "main..HEAD", "main...HEAD", "", "-x", "HEAD^@", "HEAD^!"] {
        let run = workspace.run(&["plan", &format!("--since={reference}")]).exits(64);
        run.says("git::bad-reference").says("such as --since origin/main");
    }
    workspace.run(&["plan", "--since", "-x"]).exits(64);
}

#[test]
fn a_file_that_git_is_told_not_to_compare_counts() {
    let workspace = workspace();
    workspace.git(&["update-index", "--assume-unchanged", "offers/beta.yaml"]).exits(0);
    workspace.replace("offers/beta.yaml", "11.50", "12");
    shows(&workspace, &["beta"], 2);
    workspace.git(&["update-index", "--no-assume-unchanged", "offers/beta.yaml"]).exits(0);
    // Known to the index alone: git compares it, and the commit lacks it.
    workspace.write("offers/delta.yaml", &small_offer("delta", "1"));
    workspace.git(&["add", "offers/delta.yaml"]).exits(0);
    shows(&workspace, &["beta", "delta"], 2);
    // In the commit and the working tree, but not in the index.
    workspace.git(&["rm", "--quiet", "--cached", "offers/gamma.yaml"]).exits(0);
    shows(&workspace, &["beta", "delta"], 2);
}

#[test]
fn new_renamed_and_removed_offers_are_differences() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    let workspace = workspace.committed();
    // Pending anyway: a change that was committed and never applied.
    workspace.replace("offers/alpha.yaml", "10.50", "10.75");
    workspace.commit("not applied");
    workspace.remove("offers/beta.yaml");
    let gamma = workspace.read("offers/gamma.yaml");
    workspace.remove("offers/gamma.yaml");
    workspace.write("offers/delta.yaml", &format!("{gamma}sync:\n  renamed_from: gamma\n"));
    shows(&workspace, &["beta", "delta"], 1);
}

#[test]
fn a_commit_with_invalid_offers_shows_too_much_rather_than_too_little() {
    let workspace = Workspace::with_offers(CAKE);
    workspace.write("offers/broken.yaml", "offer_name: [");
    let workspace = workspace.committed();
    workspace.write("offers/broken.yaml", &small_offer("broken", "1"));
    shows(&workspace, &["broken"], 3);
    // No configuration at all at the commit: everything is new.
    let workspace = Workspace::empty();
    workspace.write("README", "nothing yet");
    let workspace = workspace.committed();
    let full = Workspace::with_offers(CAKE);
    for file in ["offersync.toml", "offers/alpha.yaml", "offers/beta.yaml", "offers/gamma.yaml"] {
        workspace.write(file, &full.read(file));
    }
    shows(&workspace, &["alpha", "beta", "gamma"], 0);
}

#[test]
fn offers_in_a_folder_of_the_repository_are_found() {
    let workspace = Workspace::empty();
    let full = Workspace::with_offers(CAKE);
    for file in ["offersync.toml", "offers/alpha.yaml", "offers/beta.yaml", "offers/gamma.yaml"] {
        workspace.write(&format!("affiliates/{file}"), &full.read(file));
    }
    let workspace = workspace.committed();
    workspace.replace("affiliates/offers/alpha.yaml", "10.50", "9");
    let run = workspace.run(&["-C", "affiliates", "plan", "--since", "HEAD", "--format", "json"]).exits(0);
    assert_eq!(keys(&run), ["alpha"]);
}

#[test]
fn links_are_followed_at_the_commit_as_on_the_disk() {
    let workspace = workspace();
    let run = |script: &str| finish(clean("sh", workspace.folder()).args(["-e", "-c", script])).exits(0);
    run(
        "mkdir -p shared/zen && git mv offers/beta.yaml shared/zen/beta.yaml && git mv offers/gamma.yaml shared/gamma.yml",
    );
    run("ln -s ../shared/zen offers/zen && ln -s ../shared/gamma.yml offers/gamma.yaml && ln -s zen shared/again");
    workspace.commit("linked");
    shows(&workspace, &[], 3);
    workspace.replace("offers/alpha.yaml", "10.50", "9");
    shows(&workspace, &["alpha"], 2);
    workspace.replace("shared/zen/beta.yaml", "11.50", "9");
    workspace.replace("shared/gamma.yml", "12.50", "9");
    shows(&workspace, &["alpha", "beta", "gamma"], 0);
    workspace.commit("nine");
    shows(&workspace, &[], 3);
    // By way of another link to the same files, the same offers.
    run("ln -sfn ../shared/again offers/zen");
    shows(&workspace, &[], 3);
    // To other files.
    run("mkdir shared/other && sed s/9$/8/ shared/zen/beta.yaml > shared/other/beta.yaml");
    run("ln -sfn ../shared/other offers/zen");
    shows(&workspace, &["beta"], 2);
    // What leads out of the commit is not known.
    run("git checkout -q . && ln -sfn /nonexistent offers/away.txt && git add -A && git commit -qm away");
    shows(&workspace, &[], 3);
}

#[test]
fn links_out_of_a_folder_of_the_repository_are_followed_too() {
    let workspace = Workspace::empty();
    let full = Workspace::with_offers(CAKE);
    for file in ["offersync.toml", "offers/alpha.yaml"] {
        workspace.write(&format!("affiliates/{file}"), &full.read(file));
    }
    workspace.write("shared/beta.yaml", &full.read("offers/beta.yaml"));
    finish(clean("ln", workspace.folder()).args(["-s", "../../shared", "affiliates/offers/shared"])).exits(0);
    let workspace = workspace.committed();
    let plan = ["-C", "affiliates", "plan", "--since", "HEAD", "--format", "json"];
    assert_eq!(keys(&workspace.run(&plan).exits(0)), [""; 0]);
    workspace.replace("shared/beta.yaml", "11.50", "9");
    assert_eq!(keys(&workspace.run(&plan).exits(0)), ["beta"]);
}

#[test]
fn no_temporary_folder_is_needed() {
    let workspace = workspace();
    workspace.replace("offers/beta.yaml", "11.50", "12");
    let plan = ["plan", "--since", "HEAD", "--format", "json"];
    let run = workspace.run_with(&plan, &[("TMPDIR", "/nonexistent")]).exits(0);
    assert_eq!(keys(&run), ["beta"]);
}

#[test]
fn git_that_cannot_answer_says_why() {
    let workspace = workspace();
    let fails = |run: Run, code: &str, text: &str| {
        let document = Run { stderr: String::new(), ..run }.exits(1).json();
        let problem = &document["diagnostics"][0];
        assert_eq!(problem["code"], code);
        let said = format!("{} {}", problem["message"], problem["help"]);
        assert!(said.contains(text), "{said}");
    };
    let plan = ["plan", "--format", "json", "--since", "no-such-ref"];
    fails(workspace.run(&plan), "git::unknown-commit", "git knows no commit");
    // Nothing but the program itself can be found.
    let mut command: Command = workspace.command(&plan);
    fails(finish(command.env("PATH", "/nowhere")), "git::not-installed", "there is no `git` command");
    let outside = Workspace::with_offers(CAKE);
    fails(
        finish(outside.command(&plan).env("GIT_CEILING_DIRECTORIES", "/")),
        "git::no-repository",
        "is not in a git repository",
    );
    workspace.write("offers/new.yaml", &small_offer("new", "1"));
    workspace.commit("second");
    let clone = Workspace::empty();
    let from = format!("file://{}", workspace.folder().display());
    clone.git(&["clone", "--quiet", "--depth=1", &from, "."]).exits(0);
    fails(clone.run(&["plan", "--format", "json", "--since", "HEAD^"]), "git::unknown-commit", "which is shallow");
    // What the clone does have is answered.
    clone.run(&["plan", "--since", "origin/main"]).exits(0);
    workspace.run(&["plan", "--since", ""]).exits(64);
    workspace.run(&["plan", "--since=--output=x"]).exits(64);
}

#[test]
fn nothing_in_the_repository_is_written() {
    let workspace = workspace();
    workspace.replace("offers/alpha.yaml", "10.50", "9");
    let listing = || {
        let found =
            finish(clean("find", workspace.folder()).args([".", "-type", "f", "-printf", "%p %s %T@\\n"])).exits(0);
        let mut lines: Vec<_> = found.stdout.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let before = listing();
    workspace.run(&["plan", "--since", "HEAD"]).exits(0);
    assert_eq!(listing(), before);
}

/// A tag that a fetch brought along must not choose the commit that is compared with.
#[test]
fn a_name_of_a_branch_and_of_a_tag_elsewhere_is_refused() {
    let workspace = workspace();
    let branch = String::from_utf8(workspace.git(&["symbolic-ref", "--short", "HEAD"]).exits(0).stdout.into()).unwrap();
    let branch = branch.trim();
    let whole = format!("refs/heads/{branch}");
    workspace.git(&["tag", branch]).exits(0);
    workspace.run(&["plan", "--since", branch, "--accept-config"]).exits(0);
    workspace.git(&["tag", "-d", branch]).exits(0);
    workspace.replace("offers/beta.yaml", "11.50", "12");
    workspace.git(&["checkout", "--quiet", "-b", "pr"]).exits(0);
    workspace.git(&["commit", "--quiet", "--all", "-m", "pr"]).exits(0);
    workspace.git(&["tag", "lone"]).exits(0);
    workspace.git(&["tag", branch]).exits(0);
    workspace.git(&["tag", "origin/main"]).exits(0);
    workspace.git(&["tag", "refs/heads/gone"]).exits(0);
    workspace.git(&["update-ref", "refs/remotes/origin/main", &whole]).exits(0);
    for name in [branch.to_owned(), format!("{branch}~0")] {
        let run = workspace.run(&["plan", "--since", &name]).exits(64);
        run.says("error[git::bad-reference]").says(&format!("--since {whole}"));
    }
    let run = workspace.run(&["plan", "--since", "origin/main"]).exits(64);
    run.says("write its whole name: --since refs/remotes/origin/main");
    workspace.run(&["plan", "--since", "refs/heads/gone"]).exits(1).says("git::unknown-commit");
    for name in [whole.as_str(), "refs/remotes/origin/main"] {
        workspace.run(&["plan", "--since", name]).exits(0).says("create beta");
    }
    workspace.run(&["plan", "--since", "lone"]).exits(0).says("3 other changes");
    // A tag beside a remote's branch alone.
    workspace.git(&["branch", "--quiet", "-D", branch]).exits(0);
    workspace.git(&["update-ref", &format!("refs/remotes/origin/{branch}"), "refs/remotes/origin/main"]).exits(0);
    let run = workspace.run(&["plan", "--since", branch]).exits(64);
    run.says(&format!("--since refs/remotes/origin/{branch}"));
}

/// The commit has the same bytes, and the disk others: what was read is compared, and not what git says of it.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_git_writes_otherwise_than_before_is_a_difference() {
    let workspace = Workspace::with_offers(CAKE);
    let odd = small_offer("gamma", "1").replace("Offer gamma", "Offer \u{a5} gamma");
    assert!(odd.contains('\u{a5}'));
    workspace.write("offers/gamma.yaml", &odd);
    let workspace = workspace.committed();
    shows(&workspace, &[], 3);
    let attribute = "offers/gamma.yaml working-tree-encoding=ISO-8859-1\n";
    workspace.write(".gitattributes", attribute);
    workspace.git(&["add", ".gitattributes"]).exits(0);
    shows(&workspace, &[], 3);
    // As a checkout writes the file: ISO646-JP has the yen sign where ASCII has the backslash.
    workspace.write(".gitattributes", "offers/gamma.yaml working-tree-encoding=ISO646-JP\n");
    workspace.git(&["add", ".gitattributes"]).exits(0);
    workspace.git(&["commit", "--quiet", "-m", "attributes"]).exits(0);
    workspace.remove("offers/gamma.yaml");
    workspace.git(&["checkout", "--", "offers/gamma.yaml"]).exits(0);
    let since =
        |commit: &str| workspace.run(&["plan", "--since", commit, "--accept-config", "--format", "json"]).exits(0);
    assert_eq!(workspace.git(&["status", "--porcelain"]).exits(0).stdout, "");
    assert_eq!(keys(&since("HEAD~1")), ["gamma"]);
    assert_eq!(keys(&since("HEAD")), [""; 0]);
    // Back again: what the disk had at the commit is not known, so that everything is shown.
    workspace.git(&["rm", "--quiet", ".gitattributes"]).exits(0);
    workspace.remove("offers/gamma.yaml");
    workspace.git(&["checkout", "--", "offers/gamma.yaml"]).exits(0);
    assert_eq!(keys(&since("HEAD")), ["alpha", "beta", "gamma"]);
}

/// A folder of the checkout may be in `PATH`, and a branch can put a program there.
#[cfg(unix)]
#[test]
fn no_git_of_the_checkout_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let workspace = Workspace::with_offers(CAKE).committed();
    workspace.write("bin/git", &format!("#!/bin/sh\ntouch '{}'\n", workspace.path("run").display()));
    let program = workspace.path("bin/git");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::copy(&program, workspace.path("git")).unwrap();
    let path = std::env::var("PATH").unwrap();
    // As `npm run` and its like write them; and links that lead into the checkout from elsewhere.
    let (absolute, elsewhere) = (workspace.path("bin"), tempfile::tempdir().unwrap());
    let [folder, linked] = ["folder", "linked"].map(|name| elsewhere.path().join(name));
    std::os::unix::fs::symlink(&absolute, &folder).unwrap();
    std::fs::create_dir(&linked).unwrap();
    std::os::unix::fs::symlink(&program, linked.join("git")).unwrap();
    let around = elsewhere.path().join("../").join(workspace.folder().file_name().unwrap()).join("bin");
    let of_checkout = [&absolute, &folder, &linked, &around].map(|folder| folder.to_str().unwrap());
    for before in ["bin", "./bin", ".", ""].into_iter().chain(of_checkout) {
        workspace.run_with(&["plan", "--since", "HEAD"], &[("PATH", &format!("{before}:{path}"))]).exits(0);
        // Alone, it is no git at all.
        workspace.run_with(&["plan", "--since", "HEAD"], &[("PATH", before)]).says("there is no `git` command");
        assert!(!workspace.path("run").exists(), "`{before}`");
    }
    workspace.write("sub/offersync.toml", &workspace.read("offersync.toml"));
    workspace.write("sub/offers/alpha.yaml", &workspace.read("offers/alpha.yaml"));
    let run = workspace.run_with(&["-C", "sub", "plan", "--since", "HEAD"], &[("PATH", of_checkout[0])]);
    run.says("there is no `git` command");
    workspace.run_with(&["plan", "--since", "HEAD"], &[("GIT_EXEC_PATH", of_checkout[0])]);
    assert!(!workspace.path("run").exists());
}

/// A payout that was merged and is not applied yet stands in every view of the next review, with its flags.
#[test]
fn what_a_merge_applies_besides_is_listed_and_its_flags_count() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("recorded");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 2.00");
    project.commit("a slipped point");
    project.replace("offers/b.yaml", "offer_name: B", "offer_name: C");
    let since = |format: &str| project.run(&["plan", "--since", "HEAD", "--format", format]).exits(0);
    since("text")
        .says("Pending anyway:\n  ~ a  payout")
        .says("about ÷ 10")
        .says("1 other change is pending anyway: 1 to update.");
    let markdown = since("markdown");
    markdown.says("### 🟠 ").says("1 change, 1 pending anyway (1 to review first)");
    markdown.says("**Flags of what is pending anyway:** 1 about × 10 or ÷ 10");
    markdown.says("<details><summary>Pending anyway: 1 other change</summary>");
    since("html").says("<h2>Pending anyway</h2>");
    since("github").says("1 other change is pending anyway: 1 to update.");
    let json = since("json").json();
    assert_eq!((json["actions"].as_array().unwrap().len(), &json["pending"][0]["key"]), (1, &"a".into()));
    assert_eq!(json["pending"][0]["flags"][0], "power_of_ten");
}
