//! Every reply that was no success is shown: its status, and its message or the title of its page.

use std::time::{Duration, Instant};

use super::{offers, outcome, project, result};
use crate::harness::{Project, Settings};

const PAGE: &str = "A potentially dangerous request value was detected from the client";

#[test]
fn a_firewall_that_blocks_one_offer_stops_only_that_one() {
    let mut desired = offers(&["a", "b", "c"]);
    desired.get_mut("b").unwrap().description = Some("please select one".to_owned());
    let project = project(&desired, |_| {});
    project.cake.faults("create[text=select]=html-403:title=Request blocked by policy 4711");
    let run = project.apply().exits(7);
    let outcomes = ["a", "b", "c"].map(|key| outcome(&run, key));
    assert_eq!(outcomes, ["done", "rejected", "done"]);
    let message = result(&run, "b")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("403") && message.contains("Request blocked by policy 4711"), "{message}");
    let text = project.run(&["apply", "--auto-approve"]).exits(7);
    text.says("403").says("Request blocked by policy 4711");
    assert_eq!(project.cake.offers().len(), 2);
}

#[test]
fn an_error_page_that_comes_for_each_attempt_is_shown_with_its_title() {
    let desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.cake.faults(&format!("create[name=Offer b]=html-500:title={PAGE}"));
    let run = project.apply().exits(7);
    let message = result(&run, "b")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("500") && message.contains(PAGE), "{message}");
    assert!(!message.contains("replies were lost"), "{message}");
    assert_eq!(outcome(&run, "b"), "rejected");
    let text = project.run(&["apply", "--auto-approve", "-vv"]).exits(7);
    assert!(text.stdout.contains(PAGE), "{}", text.stdout);
    assert!(text.stderr.contains("500"), "{}", text.stderr);
    project.cake.faults("");
    project.apply_until_done("without the filter");
    project.check(&desired, "without the filter");
}

#[test]
fn an_update_that_meets_an_error_page_shows_its_title() {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    desired.get_mut("a").unwrap().payout = Some("11.00".to_owned());
    project.desire(&desired);
    project.cake.faults(&format!("update=html-500:title={PAGE}"));
    let run = project.apply();
    assert!(matches!(run.code, Some(7 | 8)), "{run:?}");
    run.says(PAGE).says("500");
}

#[test]
fn a_connection_error_names_the_address() {
    let project = project(&offers(&["a"]), |_| {});
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for duplicate_check in ["require", "off"] {
        let settings = Settings { duplicate_check, ..Settings::default() };
        project.write("offersync.toml", &settings.toml(&format!("http://{unused}")));
        let run = project.run(&["apply", "--auto-approve"]);
        assert_ne!(run.code, Some(0));
        run.says(&unused.to_string());
    }
}

#[test]
fn a_wait_that_cake_asks_for_is_kept_or_the_request_is_given_up() {
    for effect in ["http-429:after=600", "http-503:after=600"] {
        let desired = offers(&["a"]);
        let project = project(&desired, |_| {});
        project.cake.faults(&format!("create={effect}"));
        let began = Instant::now();
        let run = project.apply();
        assert_ne!(run.code, Some(0), "{run:?}");
        assert_eq!(project.cake.counters().creates, 1, "{effect}: sent again before the time that CAKE asked for");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        run.says("600");
        assert_ne!(outcome(&run, "a"), "not_sent", "it was sent");
    }
}

fn lost(attempts: u32) -> Project {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    desired.get_mut("a").unwrap().payout = Some("11.00".to_owned());
    project.desire(&desired);
    project.configure(&Settings { attempts, ..Settings::default() });
    project
}

#[test]
fn the_number_of_attempts_is_what_the_configuration_says() {
    for attempts in [1, 3] {
        for effect in ["reset-before", "http-503", "http-429", "restricted"] {
            let project = lost(attempts);
            project.cake.faults(&format!("update={effect}"));
            let run = project.apply();
            assert!(matches!(run.code, Some(7 | 8)), "{run:?}");
            assert_eq!(project.cake.counters().updates, u64::from(attempts), "{effect}");
            assert_ne!(outcome(&run, "a"), "not_sent", "{effect}: it was sent");
        }
    }
    let project = project(&offers(&["a"]), |_| {});
    project.configure(&Settings { attempts: 1, ..Settings::default() });
    project.cake.faults("create=http-429");
    let run = project.apply();
    assert_eq!((project.cake.counters().creates, outcome(&run, "a").as_str()), (1, "rejected"), "{run:?}");
}

#[test]
fn drift_names_the_fields_that_the_listing_does_not_show() {
    let project = Project::with_files(&[("a.yaml", &crate::harness::complete_offer("A"))]);
    project.cake.change_quirks(|quirks| quirks.all_fields = false);
    project.apply().exits(0);
    project.in_cake("a", |offer| offer.expiration_date = Some("2031-01-31 00:00:00".parse().unwrap()));
    let text = project.run(&["drift", "--detailed-exitcode"]);
    text.says("expiration_date").never_says("are in CAKE as they were recorded");
    let document = project.drift();
    assert!(document.to_string().contains("expiration_date"), "{document:#}");
    project.run(&["plan", "--refresh"]).says("expiration_date");
}

#[test]
fn a_value_that_cannot_be_read_is_drift() {
    let project = Project::one();
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
    project.cake.change_quirks(|quirks| quirks.dollar_amounts = true);
    project.run(&["drift", "--detailed-exitcode"]).exits(2).says("$20.00");
}

#[test]
fn a_key_that_is_refused_from_the_start_is_a_refused_key() {
    let project = project(&offers(&["a", "b"]), |_| {});
    project.cake.faults("any=html-403:title=Forbidden");
    project.apply().exits(9);
    project.cake.faults("create=error:Invalid API Key");
    project.run(&["apply", "--auto-approve"]).exits(9).says("refused the API key").never_says("rejected by CAKE");
}
