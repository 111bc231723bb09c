//! The pull request with what `drift --accept` has written, with real git.

use crate::harness::{Cake, Run, Workspace};

use super::service::{Kind, Service};
use super::{DRIFT, run_in};

/// A clone with applied offers, and the bare remote that it was pushed to.
fn clone(cake: &Cake) -> (Workspace, Workspace) {
    let remote = Workspace::empty();
    remote.git(&["init", "--quiet", "--bare", "--initial-branch=main"]).exits(0);
    let clone = Workspace::with_offers(&cake.url());
    let config = clone.read("offersync.toml");
    clone.write("offersync.toml", &format!("name = \"production\"\n{config}"));
    clone.run(&["apply", "--auto-approve"]).exits(0);
    let clone = clone.committed();
    clone.git(&["remote", "add", "origin", &remote.folder().display().to_string()]).exits(0);
    clone.git(&["push", "--quiet", "origin", "main"]).exits(0);
    clone.write("drift.md", DRIFT);
    (clone, remote)
}

fn pull_request(clone: &Workspace, service: &Service) -> Run {
    let more =
        [("GITHUB_REF_NAME", "main"), ("CI_COMMIT_BRANCH", "main"), ("GITHUB_SERVER_URL", "https://github.example")];
    run_in(clone, service, &["ci", "pull-request", "drift.md"], &more)
}

/// Somebody changes a payout in CAKE.
fn change(cake: &Cake, payout: &str) {
    let mut offer = cake.offer(cake.ids("Offer alpha")[0]).unwrap();
    offer.payout = Some(payout.parse().unwrap());
    cake.put(offer).unwrap();
}

#[test]
fn accepted_values_are_in_one_pull_request_that_is_closed_when_there_are_none() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let (cake, service) = (Cake::start(), Service::start(kind));
        let (clone, remote) = clone(&cake);
        pull_request(&clone, &service).exits(0).says("There is nothing to accept");
        change(&cake, "31.5");
        clone.run(&["drift", "--accept"]).exits(0);
        clone.write("offers/notes.txt", "not committed, and not for anybody");
        pull_request(&clone, &service).exits(0).says("Pull request 1 was opened.");
        let branch = "offersync-drift-production";
        let changed = ["diff", "--name-only", "main", branch];
        let changed = remote.git(&changed).exits(0).stdout;
        assert_eq!(changed, "offers/alpha.yaml\noffersync.state.json\n");
        let tip = || remote.git(&["rev-parse", branch]).exits(0).stdout;
        let before = tip();
        // Again, from the same commit: nothing is pushed that would start its checks anew.
        pull_request(&clone, &service).exits(0).says("Pull request 1 was edited.");
        assert_eq!(tip(), before);
        // What it has can be merged, and then the plan is empty.
        let merged = Workspace::empty();
        merged.git(&["clone", "--quiet", &remote.folder().display().to_string(), "."]).exits(0);
        merged.git(&["merge", "--quiet", "--no-edit", &format!("origin/{branch}")]).exits(0);
        merged.run(&["plan", "--detailed-exitcode"]).exits(0);
        assert!(merged.read("offers/alpha.yaml").contains("31.5"));
        // Put back in CAKE: there is nothing to accept any more.
        clone.git(&["checkout", "--quiet", "--", "."]).exits(0);
        pull_request(&clone, &service).exits(0).says("Pull request 1 was closed");
        let requests = service.kept(|kept| kept.requests_of_branch.clone());
        assert_eq!((requests.len(), requests[0].is_open, &*requests[0].body), (1, false, DRIFT));
    }
}

#[test]
fn a_pull_request_of_somebody_else_is_left_as_it_is() {
    let (cake, service) = (Cake::start(), Service::start(Kind::GitHub));
    let (clone, remote) = clone(&cake);
    let entry = super::service::Entry { author: "octo".to_owned(), body: "mine".to_owned(), is_open: true };
    service.kept(|kept| kept.requests_of_branch.push(entry));
    change(&cake, "31.5");
    clone.run(&["drift", "--accept"]).exits(0);
    pull_request(&clone, &service).exits(0);
    clone.git(&["checkout", "--quiet", "--", "."]).exits(0);
    pull_request(&clone, &service).exits(0).says("There is nothing to accept");
    let requests = service.kept(|kept| kept.requests_of_branch.clone());
    assert_eq!((requests.len(), requests[0].is_open, &*requests[0].body), (1, true, "mine"));
    // A remote that takes no such branch is an error, and nothing is posted.
    remote.write("hooks/pre-receive", "#!/bin/sh\nexit 1\n");
    let hook = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(remote.path("hooks/pre-receive"), hook).unwrap();
    change(&cake, "32.5");
    clone.run(&["drift", "--accept"]).exits(0);
    pull_request(&clone, &service)
        .exits(1)
        .says("error[ci::not-posted]")
        .says("offersync-drift-production could not be pushed");
}
