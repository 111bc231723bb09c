//! Whole applies against replies that say less, or something else, than they seem to.

use offersync::testing::sandbox::{Offer, Wrapper};

use crate::harness::{DesiredOffer, DesiredOffers, Project, Run};

fn offers(names: &[&str]) -> DesiredOffers {
    names.iter().map(|name| ((*name).to_owned(), DesiredOffer::new(name))).collect()
}

/// Outcome and message of a key's result.
fn result(run: &Run, key: &str) -> (String, String) {
    let report = run.json();
    let results = report["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["key"] == key).unwrap();
    let text = |member: &str| result[member].as_str().unwrap_or_default().to_owned();
    (text("outcome"), text("message"))
}

#[test]
fn a_firewalls_page_for_one_offer_leaves_the_key_and_the_other_offers_alone() {
    let project = Project::new();
    project.desire(&offers(&["a", "b", "c"]));
    project.cake.faults("create[name=b]=html-403:title=Request blocked");
    let run = project.apply();
    assert_eq!(run.code, Some(7), "{}", run.stdout);
    assert_eq!(result(&run, "b"), ("rejected".to_owned(), "HTTP 403: Request blocked".to_owned()));
    assert_eq!((result(&run, "a").0.as_str(), result(&run, "c").0.as_str()), ("done", "done"));
}

#[test]
fn the_title_of_an_error_page_is_in_the_report() {
    let project = Project::new();
    project.desire(&offers(&["a"]));
    assert_eq!(project.apply().code, Some(0));
    let mut changed = offers(&["a"]);
    changed.get_mut("a").unwrap().payout = Some("12.00".to_owned());
    project.desire(&changed);
    project.cake.faults("update=html-500:title=A potentially dangerous value");
    let run = project.apply();
    assert_eq!(run.code, Some(7), "{}", run.stdout);
    let (outcome, message) = result(&run, "a");
    assert_eq!(outcome, "rejected", "the listing shows that nothing was changed");
    assert!(message.starts_with("HTTP 500: A potentially dangerous value (3 times)"), "{message}");
}

#[test]
fn replies_in_the_wrapper_of_a_script_service_are_read() {
    let project = Project::new();
    project.cake.change_quirks(|quirks| quirks.wrapper = Wrapper::UnderD);
    let desired = offers(&["a", "b"]);
    project.desire(&desired);
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "with wrapped replies");
}

#[test]
fn a_total_that_counts_the_page_hides_no_offer() {
    let project = Project::new();
    for id in 1..=250 {
        let mut filler = Offer::filler(id);
        filler.advertiser_id = 101;
        if id == 200 {
            filler.offer_name = "a".to_owned();
        }
        project.cake.put(filler).unwrap();
    }
    project.cake.change_quirks(|quirks| (quirks.total_of_page, quirks.page_cap) = (true, 100));
    project.desire(&offers(&["a"]));
    assert_eq!(project.apply().code, Some(4));
    assert_eq!(project.cake.counters().creates, 0);
}

#[test]
fn a_throttle_that_says_success_makes_no_second_offer() {
    let project = Project::new();
    let desired = offers(&["a", "b", "c"]);
    project.desire(&desired);
    project.cake.faults("create:1=success-429");
    project.apply();
    project.cake.faults("");
    project.apply_until_done("after the throttle");
    project.check(&desired, "after a throttle that said Success");
}
