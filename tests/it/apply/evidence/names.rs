//! Names that CAKE stores or lists otherwise than they were sent.

use offersync::testing::sandbox::{NameForm, Offer};

use super::{follow_advice, nothing_is_doubled, project};
use crate::harness::{DesiredOffer, DesiredOffers, Project};

/// For each form, two names that it changes.
fn forms() -> Vec<(NameForm, [String; 2])> {
    let long = |end: &str| format!("Home Warranty Lead for the East Coast, Premium {end}");
    let texts = |names: [&str; 2]| names.map(ToOwned::to_owned);
    vec![
        (NameForm::Cut, [long("Traffic"), format!("X{}", long("Search"))]),
        (NameForm::Collapsed, texts(["Solar  Lead", "Roof  Lead"])),
        (NameForm::Entities, texts(["Tom & Jerry", "Salt & Pepper"])),
        (NameForm::Latin1, texts(["Solar – 東京", "Roof – 大阪 2"])),
        (NameForm::Upper, texts(["Solar Lead", "Roof Lead"])),
        (NameForm::NoBreak, texts(["Solar Lead", "Roof Lead"])),
    ]
}

fn desired(names: &[String]) -> DesiredOffers {
    let quoted = |name: &String| DesiredOffer::new(&format!("\"{name}\""));
    names.iter().enumerate().map(|(number, name)| (format!("key-{number}"), quoted(name))).collect()
}

fn changed(form: NameForm, is_stored: bool, names: &[String]) -> Project {
    project(&desired(names), |quirks| {
        let forms = if is_stored { &mut quirks.stored_names } else { &mut quirks.listed_names };
        *forms = vec![form];
    })
}

#[test]
fn two_lost_replies_make_no_offer_twice_and_the_advice_settles_them() {
    for (form, names) in forms() {
        for is_stored in [true, false] {
            let what = format!("{form:?}, stored: {is_stored}");
            let project = changed(form, is_stored, &names);
            project.cake.faults("create=reset-after");
            for _ in 0..3 {
                let run = project.apply();
                assert!(matches!(run.code, Some(7 | 8)), "{what}: {run:?}");
                assert_eq!(project.cake.counters().creates, 2, "{what}: {run:?}");
            }
            project.cake.faults("");
            let run = project.apply().exits(8);
            assert_eq!(follow_advice(&project, &run), 2, "{what}: {run:?}");
            for _ in 0..2 {
                project.apply();
            }
            assert_eq!(project.cake.counters().creates, 2, "{what}");
            nothing_is_doubled(&project, &what);
        }
    }
}

#[test]
fn what_the_create_in_doubt_of_names_that_are_cut_alike_may_have_made_is_told_as_its_own() {
    let long = |end: &str| format!("Home Warranty Lead for the East Coast, Premium Traffic {end}");
    let names = ["A", "B", "C"].map(long);
    let project = project(&desired(&names), |quirks| {
        quirks.stored_names = vec![NameForm::Cut];
        quirks.unlisted_members = ["offer_url".to_owned()].into();
    });
    project.cake.faults("create:1=reset-after");
    project.apply();
    project.cake.faults("");
    for _ in 0..2 {
        let run = project.apply().exits(8);
        run.says("offersync state resolve key-0 --offer-id 12345").never_says("adopt key-1");
    }
    project.run(&["state", "resolve", "key-0", "--offer-id", "12345"]).exits(0);
    project.apply();
    project.apply();
    assert_eq!(project.cake.counters().creates, 3);
}

#[test]
fn an_offer_that_cake_has_under_a_changed_name_stops_the_create_of_its_duplicate() {
    for (form, names) in forms() {
        let project = changed(form, true, &names[..1]);
        // The offer is there, and its record is lost.
        project.apply();
        project.remove("offersync.state.json");
        let run = project.apply();
        assert_eq!(run.code, Some(4), "{form:?}: {run:?}");
        assert_eq!(project.cake.counters().creates, 1, "{form:?}");
    }
}

/// A project whose only offer is in CAKE under this name, and whose record is lost.
fn renamed_beyond_recognition(name: &str) -> Project {
    let project = changed(NameForm::Cut, true, &["住宅保証リード東海岸プレミアムトラフィックのみ 🎉".to_owned()]);
    project.apply().exits(0);
    project.remove("offersync.state.json");
    let id = project.cake.offers()[0].offer_id;
    project.cake.change(id, |offer| name.clone_into(&mut offer.offer_name)).unwrap();
    project
}

#[test]
fn an_offer_with_the_url_of_a_create_and_another_name_stops_it() {
    for name in ["Offer 4711", "???????????????", "住宅保証リード東海岸プレミアムト\u{fffd}"] {
        let project = renamed_beyond_recognition(name);
        let run = project.apply().exits(4);
        assert_eq!(project.cake.counters().creates, 1, "{name}: {run:?}");
        let id = project.cake.offers()[0].offer_id.to_string();
        project.run(&["state", "adopt", "key-0", "--offer-id", &id]).exits(0);
        project.apply();
        assert_eq!(project.cake.counters().creates, 1, "{name}");
    }
}

/// Two new offers with the URL of one that CAKE has, which no key owns.
fn two_with_its_url(payout: &str) -> Project {
    let (project, url) = (renamed_beyond_recognition("Offer 4711"), "https://track.example.com/?a={aff_id}");
    let id = project.cake.offers()[0].offer_id;
    project.cake.change(id, |offer| url.clone_into(&mut offer.offer_url)).unwrap();
    let mut desired = super::offers(&["a", "b"]);
    for offer in desired.values_mut() {
        url.clone_into(&mut offer.url);
        offer.payout = Some(payout.to_owned());
    }
    project.desire(&desired);
    project
}

#[test]
fn a_url_that_several_offers_have_stops_no_create_of_another_payout() {
    let project = two_with_its_url("11.00");
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 3);
}

#[test]
fn an_offer_that_differs_in_nothing_but_its_name_stops_a_create_also_where_several_have_its_url() {
    let project = two_with_its_url("10.00");
    let id = project.cake.offers()[0].offer_id.to_string();
    project.replace("offers/b.yaml", "payout: 10.00", "payout: 11.00");
    project.apply().exits(4).says("cake::exists").says(&format!("`offersync state adopt a --offer-id {id}`"));
    assert_eq!(project.cake.counters().creates, 1);
    project.run(&["state", "adopt", "a", "--offer-id", &id]).exits(0);
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 2);
}

/// Of many that are alike, each may be another network's.
#[test]
fn many_offers_that_differ_in_nothing_but_the_name_stop_no_create() {
    let project = two_with_its_url("10.00");
    let first = project.cake.offers()[0].clone();
    for number in 1..6 {
        let offer_id = first.offer_id + number;
        project.cake.put(Offer { offer_id, offer_name: format!("Other {number}"), ..first.clone() }).unwrap();
    }
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 3);
}

#[test]
fn another_url_tells_the_new_offer_apart() {
    let project = renamed_beyond_recognition("Offer 4711");
    let mut desired = super::offers(&["a"]);
    desired.get_mut("a").unwrap().url = project.cake.offers()[0].offer_url.clone();
    project.desire(&desired);
    project.apply().exits(4).says("give the new one another URL");
    desired.get_mut("a").unwrap().url.push_str("&n=2");
    project.desire(&desired);
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn an_apply_that_is_done_has_an_empty_plan_whatever_names_cake_stores() {
    for (form, names) in forms() {
        let project = changed(form, true, &names);
        let run = project.apply();
        let plan = project.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(run.code == Some(0), plan.code == Some(0), "{form:?}: {run:?}\n{plan:?}");
        assert_eq!(project.cake.counters().creates, 2, "{form:?}");
        for _ in 0..2 {
            project.apply();
        }
        assert_eq!(project.cake.offers().len(), 2, "{form:?}");
    }
}

#[test]
fn a_replace_leaves_one_active_offer_whatever_names_cake_stores() {
    let mut desired = super::offers(&["a"]);
    let project = super::project(&desired, |quirks| quirks.stored_names = vec![NameForm::Upper]);
    project.apply();
    desired.get_mut("a").unwrap().url = "https://track.example.com/new".into();
    project.desire(&desired);
    let run = project.apply();
    assert_eq!(run.code, Some(7), "the name is not as it was sent: {run:?}");
    let active = project.cake.offers().into_iter().filter(|offer| offer.offer_status == "active");
    assert_eq!(active.map(|offer| offer.offer_url).collect::<Vec<_>>(), ["https://track.example.com/new"], "{run:?}");
}

#[test]
fn a_name_that_the_yaml_takes_over_from_cake_is_recorded_and_not_sent_again() {
    for (form, names) in forms() {
        let project = changed(form, true, &names);
        project.apply().exits(7);
        let of_keys = || ["key-0", "key-1"].map(|key| project.offer(key));
        let stored = of_keys().map(|offer| offer.offer_name);
        // The second offer also gets another payout, which is sent alone.
        let mut taken_over = desired(&stored);
        taken_over.get_mut("key-1").unwrap().payout = Some("24.00".to_owned());
        project.desire(&taken_over);
        let run = project.apply().exits(0);
        if form == NameForm::Entities {
            run.says("CAKE shows it already");
        }
        assert_eq!(project.cake.counters().updates, 1, "{form:?}: {run:?}");
        let paid = of_keys().map(|offer| offer.payout.unwrap().to_string());
        assert_eq!(paid, ["10.00", "24.00"], "{form:?}");
        assert_eq!(of_keys().map(|offer| offer.offer_name), stored, "{form:?}");
        project.plan_is_empty();
    }
}

#[test]
fn a_list_that_lags_behind_does_not_keep_a_value_from_being_sent() {
    let mut desired = super::offers(&["a"]);
    let project = super::project(&desired, |_| {});
    project.apply().exits(0);
    // CAKE keeps another payout than it was sent, and its list shows for a while what it was before.
    project.cake.change_quirks(|quirks| quirks.lag = Some(offersync::testing::sandbox::Lag::Calls(1)));
    project.cake.faults("update=echo:payout=240.00");
    desired.get_mut("a").unwrap().payout = Some("24.00".to_owned());
    project.desire(&desired);
    project.apply().exits(7);
    project.cake.faults("");
    desired.get_mut("a").unwrap().payout = Some("10.00".to_owned());
    project.desire(&desired);
    project.apply_until_done("the payout from before");
    project.check(&desired, "the payout from before");
}
