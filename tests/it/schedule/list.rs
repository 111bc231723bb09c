//! `offersync schedule`.

use super::{hours, scheduled, workspace};
use crate::harness::{Cake, Workspace};

const CAKE: &str = "https://yourdomain.cakemarketing.com";

#[test]
fn it_lists_what_is_overdue_what_is_held_back_and_what_becomes_due() {
    let cake = Cake::start();
    let (past, soon, late) = (hours(-8), hours(8), hours(2_000));
    let entries = [(&*past, "payout: 11.00"), (&*soon, "offer_status: pending"), (&*late, "payout: 12.00")];
    let workspace = workspace(&cake.url(), &entries);
    let run = workspace.run(&["schedule"]).exits(0);
    run.says(&format!("overdue since {past} alpha payout 10.50 → 11.00"));
    run.says(&format!("from {soon} alpha offer_status active → pending"));
    run.says(&format!("from {late} alpha payout 11.00 → 12.00"));
    run.says("1 change is due and not applied, 2 changes become due later.");
    let json = workspace.run(&["schedule", "--until", &hours(100), "--format", "json"]).exits(0).json();
    let kinds: Vec<_> =
        json["changes"].as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds, json["later"].as_u64()), (vec!["overdue", "due"], Some(1)));
    workspace.run(&["schedule", "beta"]).exits(0).says("Nothing is scheduled.");
    // Needs no key.
    let mut command = workspace.command(&["schedule"]);
    crate::harness::finish(command.env_remove("CAKE_API_KEY")).exits(0);
}

#[test]
fn check_fails_where_something_is_overdue_by_more_than_the_stated_time() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-8), "payout: 11.00")]);
    let late = workspace.run(&["schedule", "--check", "6h"]).exits(2);
    late.says("schedule::overdue").says("1 change is overdue by more than 6h: `alpha`");
    workspace.run(&["schedule", "--check", "9h"]).exits(0).never_says("schedule::overdue");
    workspace.run(&["schedule", "--check", "soon"]).exits(64);
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.run(&["schedule", "--check", "0s"]).exits(0);
}

#[test]
fn check_counts_from_the_end_of_a_freeze() {
    let cake = Cake::start();
    let [before, begin, at, after, recently, just_now, soon] = [-20, -9, -8, -7, -5, -1, 5].map(hours);
    let workspace = workspace(&cake.url(), &[(&at, "payout: 11.00")]);
    let config = workspace.read("offersync.toml");
    let freeze = |from: &str, to: &str| {
        let freeze = format!("[[freeze]]\nfrom = \"{from}\"\nto = \"{to}\"\nreason = \"Q4\"\n");
        workspace.write("offersync.toml", &format!("{config}{freeze}"));
    };
    freeze(&begin, &just_now);
    let run = workspace.run(&["schedule", "--check", "6h"]).exits(0);
    run.says(&format!("overdue since {at}, held until {just_now} (Q4) alpha"));
    workspace.run(&["schedule", "--check", "30m"]).exits(2).says("schedule::overdue");
    freeze(&begin, &recently);
    workspace.run(&["schedule", "--check", "6h"]).exits(0);
    workspace.run(&["schedule", "--check", "4h"]).exits(2);
    // What was late by an hour as the freeze began was held back by it as well.
    freeze(&after, &just_now);
    workspace.run(&["schedule", "--check", "6h"]).exits(0);
    // One that ended before holds nothing back.
    freeze(&before, &begin);
    workspace.run(&["schedule", "--check", "6h"]).exits(2);
    // A new offer cannot be created before the end.
    workspace.write("offers/alpha.yaml", &crate::harness::small_offer("alpha", "10.50"));
    workspace.write("offers/new.yaml", &scheduled("new", "10.50", &[(&at, "payout: 11.00")]));
    freeze(&recently, &soon);
    let run = workspace.run(&["schedule", "--check", "6h"]).exits(0);
    run.says(&format!("held until {soon} (Q4) new"));
}

#[test]
fn the_calendar_is_read_by_another_library() {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", &format!("[cake]\nurl = \"{CAKE}\"\ntime_zone = \"America/New_York\"\n"));
    let name = "offer_name: \"Solar, 50%; \\\\ new\"";
    let long = format!("offer_name: {}", "a very long name; ".repeat(12));
    let entries = [("2031-07-01 00:00:00", name), ("2031-12-01 00:00:00", &*long)];
    for key in ["alpha", "beta"] {
        let text = scheduled(key, "10.50", &entries).replace("advertiser: acme-home", "advertiser_id: 101");
        workspace.write(&format!("offers/{key}.yaml"), &text);
    }
    let run = workspace.run(&["schedule", "--format", "ics"]).exits(0);
    assert!(
        run.stdout.lines().count() > 10 && run.stdout.split('\n').all(|line| line.is_empty() || line.ends_with('\r'))
    );
    assert!(run.stdout.split("\r\n").all(|line| line.len() <= 75), "{}", run.stdout);
    let calendars: Vec<_> = ical::IcalParser::new(run.stdout.as_bytes()).collect::<Result<_, _>>().unwrap();
    let [calendar] = &calendars[..] else { panic!("one calendar: {calendars:?}") };
    let value = |event: &ical::parser::ical::component::IcalEvent, name: &str| {
        let property = event.properties.iter().find(|property| property.name == name);
        property.and_then(|property| property.value.clone()).unwrap_or_else(|| panic!("{name} of {event:?}"))
    };
    // The names that the two offers have before are their own, and afterwards they are the same.
    let starts: Vec<_> = calendar.events.iter().map(|event| value(event, "DTSTART")).collect();
    assert_eq!(starts, ["20310701T040000Z", "20310701T040000Z", "20311201T050000Z"]);
    assert!(value(&calendar.events[0], "SUMMARY").contains("Solar\\, 50%\\; "), "{calendar:?}");
    let mut ids: Vec<_> = calendar.events.iter().map(|event| value(event, "UID")).collect();
    let again = workspace.run(&["schedule", "--format", "ics"]).exits(0);
    assert!(ids.iter().all(|id| again.stdout.contains(id.as_str())), "the same entries keep their ids");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn what_is_due_and_cannot_be_made_is_overdue_since_its_first_time() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[]);
    let first = hours(-30);
    let entries = [(&*first, "payout: 11.00"), (&*hours(-20), "payout: 12.00"), (&*hours(-1), "payout: 13.00")];
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &entries));
    workspace
        .run(&["schedule", "--check", "24h"])
        .exits(2)
        .says(&format!("overdue since {first} alpha payout 10.50 → 13.00"));
    // Blocked by another change.
    workspace.replace("offers/alpha.yaml", "vertical_id: 7", "vertical_id: 8");
    workspace.run(&["schedule", "--check", "24h"]).exits(2).says("overdue since");
    // Never created.
    workspace.write("offers/delta.yaml", &scheduled("delta", "1.00", &[(&hours(-30), "payout: 2.00")]));
    workspace.run(&["schedule", "delta", "--check", "24h"]).exits(2).says("`delta`");
}
