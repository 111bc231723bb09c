//! `ci comment`, `ci issue` and `ci pull-request` against stand-ins of GitHub and GitLab.

mod drift_request;
mod service;

use axum::http::Method;

use crate::harness::{Run, Workspace};
use service::{Fault, Kind, Service, TOKEN};

const PLAN: &str = "<!-- offersync-plan production -->\n### production: 1 change\n";
const REPORT: &str = "<!-- offersync-apply production -->\n### production: 1 done\n";
const DRIFT: &str = "<!-- offersync-drift production -->\n**Drift: 1 changed in CAKE.**\n";
const NO_DRIFT: &str =
    "<!-- offersync-drift production -->\n**No drift: 3 offers are in CAKE as they were recorded.**\n";

/// Runs it in a workflow for pull request 12 of the repository itself.
fn run(service: &Service, arguments: &[&str], files: &[(&str, &str)]) -> Run {
    run_for(service, arguments, files, &[])
}

fn run_for(service: &Service, arguments: &[&str], files: &[(&str, &str)], more: &[(&str, &str)]) -> Run {
    let workspace = Workspace::empty();
    for (name, text) in files {
        workspace.write(name, text);
    }
    run_in(&workspace, service, arguments, more)
}

fn run_in(workspace: &Workspace, service: &Service, arguments: &[&str], more: &[(&str, &str)]) -> Run {
    let event = r#"{"pull_request": {"number": 12, "head": {"repo": {"full_name": "acme/offers"}}}}"#;
    workspace.write(".git/event.json", event);
    let event = workspace.path(".git/event.json");
    let mut environment = match service.kind {
        Kind::GitHub => vec![
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", &*service.address),
            ("GITHUB_REPOSITORY", "acme/offers"),
            ("GITHUB_SHA", "c0ffee"),
            ("GITHUB_TOKEN", TOKEN),
            ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
        ],
        Kind::GitLab => vec![
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", &*service.address),
            ("CI_PROJECT_ID", "7"),
            ("CI_COMMIT_SHA", "c0ffee"),
            ("GITLAB_TOKEN", TOKEN),
            ("CI_MERGE_REQUEST_IID", "12"),
        ],
    };
    environment.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    environment.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    workspace.run_with(arguments, &environment)
}

fn comment(service: &Service, text: &str) -> Run {
    run(service, &["ci", "comment", "text.md"], &[("text.md", text)])
}

/// A plan that holds these.
fn labelled(labels: &str) -> String {
    PLAN.replacen('\n', &format!("\n<!-- offersync-labels {labels} -->\n"), 1)
}

#[test]
fn a_pull_request_has_the_labels_of_its_plan_and_keeps_those_of_people() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let service = Service::start(kind);
        let post = |labels: &str| {
            run(&service, &["ci", "comment", "text.md", "--labels"], &[("text.md", &labelled(labels))]).exits(0)
        };
        let of = |service: &Service| service.kept(|kept| kept.labels.clone());
        service.kept(|kept| {
            kept.labels = ["money", "staging: money", "production: blocked", "bug"].map(Into::into).into();
        });
        post("money, traffic off").says("Its labels: production: money, production: traffic off.");
        let kept = ["money", "staging: money", "bug"];
        assert_eq!(of(&service)[..3], kept);
        assert_eq!(of(&service)[3..], ["production: money", "production: traffic off"]);
        // A word that is no label of a plan is none, whatever a file says.
        post("traffic off, approved");
        assert_eq!(of(&service)[3..], ["production: traffic off"]);
        // What cannot be planned says nothing about labels.
        run(&service, &["ci", "comment", "text.md", "--labels"], &[("text.md", PLAN)]).exits(0);
        run(&service, &["ci", "comment", "text.md", "--labels"], &[("text.md", REPORT)]).exits(0);
        assert_eq!(of(&service).len(), 4);
        run(&service, &["ci", "comment", "text.md"], &[("text.md", &labelled(""))]).exits(0);
        assert_eq!(of(&service).len(), 4, "only where it is asked for");
        let by_variable = [("OFFERSYNC_LABELS", "true")];
        run_for(&service, &["ci", "comment", "text.md"], &[("text.md", &labelled(""))], &by_variable).exits(0);
        assert_eq!(of(&service), kept);
        run_for(
            &service,
            &["ci", "comment", "text.md"],
            &[("text.md", &labelled("money"))],
            &[("OFFERSYNC_LABELS", "")],
        );
        assert_eq!(of(&service), kept);
    }
}

#[test]
fn a_comment_is_made_once_and_edited_from_then_on() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let service = Service::start(kind);
        let own = service.account().to_owned();
        // Somebody else's comments are never edited, whatever they say; own ones may be on a later page.
        service.has_comment("mallory", PLAN);
        service.has_comment(&own, "<!-- offersync-plan staging -->\nother");
        (0..250).for_each(|number| service.has_comment("chat", &number.to_string()));
        comment(&service, PLAN).exits(0).says("A comment on pull request 12 was made.");
        comment(&service, &PLAN.replace("1 change", "2 changes")).exits(0).says("was edited");
        comment(&service, REPORT).exits(0).says("was made");
        let comments = service.comments();
        assert_eq!(comments.len(), 254);
        assert_eq!(comments[252], (own.clone(), PLAN.replace("1 change", "2 changes")));
        assert_eq!(comments[253], (own, REPORT.to_owned()));
        assert_eq!((&*comments[0].1, &*comments[1].1), (PLAN, "<!-- offersync-plan staging -->\nother"));
    }
}

#[test]
fn a_comment_of_a_person_who_gave_a_token_is_edited() {
    let service = Service::start(Kind::GitHub);
    service.kept(|kept| kept.is_person = true);
    service.has_comment("github-actions[bot]", PLAN);
    service.has_comment("octo", PLAN);
    comment(&service, REPORT.replace("apply", "plan").as_str()).exits(0).says("was edited");
    assert_eq!(service.comments()[0].1, PLAN);
    assert!(service.comments()[1].1.contains("1 done"));
}

#[test]
fn a_plan_that_was_not_made_takes_the_place_of_the_older_one() {
    let service = Service::start(Kind::GitHub);
    service.has_comment(service.account(), PLAN);
    let more = [("GITHUB_SERVER_URL", "https://github.example"), ("GITHUB_RUN_ID", "77")];
    service.has_comment(service.account(), "<!-- offersync-plan eu -->\nthe plan of eu\n");
    let config = [("offersync.toml", "name = \"eu\"\n")];
    run_for(&service, &["ci", "comment", "plan.md"], &config, &more).exits(0).says("was edited");
    run_for(&service, &["ci", "comment", "plan.md"], &[], &more).exits(0).says("was edited");
    assert!(service.comments()[1].1.starts_with("<!-- offersync-plan eu -->\n**No plan.** "));
    let body = &service.comments()[0].1;
    assert!(body.contains("**No plan.** [The run](https://github.example/acme/offers/actions/runs/77)"), "{body}");
    // And a plan takes that one's place.
    comment(&service, PLAN).exits(0);
    assert_eq!(service.comments()[0], (service.account().to_owned(), PLAN.to_owned()));
    assert_eq!(service.comments().len(), 2);
}

#[test]
fn the_answer_of_an_apply_goes_to_the_merged_request_of_its_commit() {
    for (kind, no_request) in [(Kind::GitHub, ("GITHUB_EVENT_PATH", "")), (Kind::GitLab, ("CI_MERGE_REQUEST_IID", ""))]
    {
        let service = Service::start(kind);
        let post = |file: &[(&str, &str)], more: &[(&str, &str)]| {
            run_for(&service, &["ci", "comment", "report.md"], file, &[&[no_request], more].concat()).exits(0)
        };
        post(&[], &[]).says("Nothing was posted: there is no");
        // As in a merge queue.
        post(&[("report.md", PLAN)], &[]).says("this run is for no pull request");
        let commit = if kind == Kind::GitHub { "GITHUB_SHA" } else { "CI_COMMIT_SHA" };
        post(&[("report.md", REPORT)], &[(commit, "d00d")]).says("no merged pull request has brought commit d00d");
        assert_eq!(service.comments(), []);
        post(&[("report.md", REPORT)], &[]).says("A comment on pull request 12 was made.");
        post(&[("report.md", &REPORT.replace("1 done", "2 done"))], &[]).says("was edited");
        assert_eq!(service.comments().len(), 1);
        assert!(service.comments()[0].1.contains("2 done"));
    }
}

#[test]
fn a_run_that_may_not_write_says_so() {
    let github = Service::start(Kind::GitHub);
    let workspace = Workspace::empty();
    for from in [r#"{"repo": {"full_name": "fork/offers"}}"#, r#"{"repo": null}"#] {
        workspace.write("fork.json", &format!(r#"{{"pull_request": {{"number": 12, "head": {from}}}}}"#));
        let event = workspace.path("fork.json");
        let more = [("GITHUB_EVENT_PATH", event.to_str().unwrap())];
        run_for(&github, &["ci", "comment", "a.md"], &[("a.md", PLAN)], &more).exits(0).says("from a fork");
    }
    let gitlab = Service::start(Kind::GitLab);
    let more = [("GITLAB_TOKEN", "")];
    run_for(&gitlab, &["ci", "comment", "a.md"], &[("a.md", PLAN)], &more).exits(0).says("no GITLAB_TOKEN");
    assert_eq!((github.comments(), gitlab.comments()), (vec![], vec![]));
    // On GitHub, a token is there in every run.
    let more = [("GITHUB_TOKEN", "")];
    run_for(&github, &["ci", "comment", "a.md"], &[("a.md", PLAN)], &more).exits(64).says("GITHUB_TOKEN");
    let workspace = Workspace::empty();
    workspace.write("a.md", PLAN);
    workspace.run(&["ci", "comment", "a.md"]).exits(64).says("this is no run of GitHub Actions or GitLab");
}

#[test]
fn one_issue_has_the_drift_and_is_closed_without_any() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let service = Service::start(kind);
        let issue = |text: &str| run(&service, &["ci", "issue", "drift.md"], &[("drift.md", text)]).exits(0);
        issue(NO_DRIFT).says("There is no drift, and no open issue of it.");
        issue(DRIFT).says("Issue 1 was opened.");
        issue(&DRIFT.replace("1 changed", "2 changed")).says("Issue 1 was edited.");
        issue(NO_DRIFT).says("Issue 1 was closed");
        issue(NO_DRIFT).says("no open issue");
        issue(DRIFT).says("Issue 1 was edited.");
        let issues = service.kept(|kept| kept.issues.clone());
        assert_eq!((issues.len(), issues[0].is_open, &*issues[0].body), (1, true, DRIFT));
        run(&service, &["ci", "issue", "plan.md"], &[("plan.md", PLAN)])
            .exits(64)
            .says("offersync drift --format markdown");
    }
}

/// The next requests of that method.
fn faults(service: &Service, method: &Method, number: usize, status: u16, is_done: bool) {
    let fault = || Fault { method: method.clone(), status, headers: vec![("retry-after", "0".to_owned())], is_done };
    service.kept(|kept| kept.faults.extend(std::iter::repeat_with(fault).take(number)));
}

#[test]
fn what_fails_for_a_moment_is_tried_again_and_nothing_is_posted_twice() {
    let service = Service::start(Kind::GitHub);
    for (method, status, is_done) in
        [(Method::GET, 503, false), (Method::POST, 502, true), (Method::GET, 429, false), (Method::GET, 403, false)]
    {
        faults(&service, &method, 2, status, is_done);
        comment(&service, PLAN).exits(0);
        service.kept(|kept| kept.faults.clear());
        assert_eq!(service.comments().len(), 1, "{status}");
    }
}

#[test]
fn what_is_refused_has_a_code_and_never_the_token() {
    let service = Service::start(Kind::GitHub);
    let more = [("GITHUB_TOKEN", "another-token")];
    let run = run_for(&service, &["ci", "comment", "a.md"], &[("a.md", PLAN)], &more).exits(1);
    run.says("error[ci::not-posted]: nothing was posted: 127.0.0.1 answers with 401: Bad credentials");
    run.never_says("another-token");
    faults(&service, &Method::POST, 9, 503, false);
    comment(&service, PLAN).exits(1).says("answers with 503");
    assert_eq!(service.kept(|kept| 9 - kept.faults.len()), 4, "attempts");
    service.kept(|kept| kept.faults.clear());
    let to = "https://elsewhere.example/".to_owned();
    let fault = Fault { method: Method::GET, status: 302, headers: vec![("location", to)], is_done: false };
    service.kept(|kept| kept.faults.push_back(fault));
    comment(&service, PLAN).exits(1).says("answers with 302").never_says("elsewhere");
    let more = [("GITHUB_API_URL", "http://api.github.example")];
    run_for(&service, &["ci", "comment", "a.md"], &[("a.md", PLAN)], &more).exits(1).says("https://");
    comment(&service, "### a note\n").exits(64).says("is no markdown of offersync");
    assert_eq!(service.comments(), []);
}

#[test]
fn a_pull_request_that_changes_nothing_of_offersync_gets_no_comment() {
    let service = Service::start(Kind::GitHub);
    let workspace = Workspace::with_offers("https://example.cakemarketing.com").committed();
    let comment = || {
        workspace.write("plan.md", PLAN);
        run_in(&workspace, &service, &["ci", "comment", "plan.md", "--if-changed-since", "HEAD^1"], &[]).exits(0)
    };
    workspace.write("README.md", "more");
    workspace.commit("unrelated");
    comment().says("Nothing was posted: the pull request changes no offer, setting or state.");
    assert_eq!(service.comments(), []);
    workspace.replace("offers/alpha.yaml", "10.50", "11");
    workspace.commit("offers");
    comment().says("A comment on pull request 12 was made.");
    // The earlier comment would still look valid.
    workspace.write("README.md", "still more");
    workspace.commit("unrelated again");
    comment().says("was edited");
    for (file, text) in [("offersync.toml", "offers = 1"), ("offersync.state.json", "{}")] {
        service.kept(|kept| kept.comments.clear());
        workspace.write(file, text);
        workspace.commit(file);
        comment().says("was made");
    }
    // What a link leads to is elsewhere.
    workspace.git(&["checkout", "--quiet", "HEAD~2", "--", "offersync.toml"]).exits(0);
    workspace.git(&["rm", "--quiet", "offersync.state.json"]).exits(0);
    workspace.write("shared/beta.yaml", &workspace.read("offers/beta.yaml"));
    workspace.git(&["rm", "--quiet", "offers/beta.yaml"]).exits(0);
    std::os::unix::fs::symlink("../shared/beta.yaml", workspace.path("offers/beta.yaml")).unwrap();
    workspace.commit("link");
    workspace.replace("shared/beta.yaml", "offer_name: Offer beta", "offer_name: Offer beta 2");
    workspace.commit("through the link");
    service.kept(|kept| kept.comments.clear());
    comment().says("was made");
    // What git does not know counts as changed.
    service.kept(|kept| kept.comments.clear());
    run_in(&workspace, &service, &["ci", "comment", "plan.md", "--if-changed-since", "nothing"], &[])
        .exits(0)
        .says("was made");
}
