//! The guardrails through the binary: what stops a plan and an apply, what is shown, the waiver that the message prints, and what a branch may
//! not loosen unseen.

use crate::harness::{Project, Run, Workspace, complete_offer, small_offer};

/// The applied project with these lines at the end of its configuration.
fn limited(project: &Project, lines: &str) {
    let text = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{text}\n{lines}\n"));
}

/// One applied offer, `a`, with another line, under these guardrails.
fn changed(old: &str, new: &str, lines: &str) -> Project {
    let project = Project::one();
    project.replace("offers/a.yaml", old, new);
    limited(&project, lines);
    project
}

/// So many applied offers, of which every fifth belongs to advertiser 102.
fn applied(offers: usize) -> Project {
    let project = Project::new();
    for number in 0..offers {
        let offer = small_offer(&format!("o{number:03}"), "20.00");
        let offer = if number % 5 == 0 { offer.replace("advertiser: acme-home", "advertiser_id: 102") } else { offer };
        project.write(&format!("offers/o{number:03}.yaml"), &offer);
    }
    project.apply().exits(0);
    project
}

/// The waiver of the message that has this code.
fn waiver_of(run: &Run, code: &str) -> String {
    let json = run.json();
    let mut problems = json["diagnostics"].as_array().unwrap().iter();
    let help = problems.find(|problem| problem["code"] == code).unwrap()["help"].as_str().unwrap().to_owned();
    let waiver = match help.split_once("write in the offer: `") {
        Some((_, rest)) => rest.split('`').next().unwrap(),
        None => help.split_once("write in offersync.toml:\n\n").unwrap().1,
    };
    // The word that stands for the reason is none.
    waiver.replace("WHY", "agreed") + "\n"
}

#[test]
fn the_word_that_stands_for_a_reason_is_none() {
    let project = changed("payout: 20.00", "payout: 26.01", "[guardrails]\npayout_rise = \"30 %\"\n");
    project.run(&["plan"]).exits(4).says("reason: WHY");
    let text = project.read("offers/a.yaml");
    project.write(
        "offers/a.yaml",
        &format!("{text}sync: {{waive: [{{guardrail: payout-rise, until: 2999-12-31, reason: WHY}}]}}\n"),
    );
    let run = project.run(&["plan"]).exits(3);
    run.says("`WHY` stands where the reason of `sync.waive` is to be written").says("offers/a.yaml:");
    project.write("offers/a.yaml", &text);
    limited(&project, "[[waivers]]\nguardrail = \"max-retires\"\nuntil = \"2999-12-31\"\nreason = \"WHY\"\n");
    project.run(&["plan"]).exits(3).says("`reason` of `[[waivers]]` takes text, not the word that stands for it");
}

/// A guardrail, a change that breaks it, its setting, and what is said.
const LIMITS_OF_OFFERS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "payout-rise",
        "payout: 20.00",
        "payout: 26.01",
        "payout_rise = \"30 %\"",
        "rises from 20.00 to 26.01, by more than 30 %",
    ),
    (
        "payout-fall",
        "payout: 20.00",
        "payout: 13.99",
        "payout_fall = \"30%\"",
        "falls from 20.00 to 13.99, by more than 30 %",
    ),
    (
        "revenue-rise",
        "revenue: 30.00",
        "revenue: 40",
        "revenue_rise = \"33.3 %\"",
        "rises from 30.00 to 40, by more than 33.3 %",
    ),
    (
        "revenue-fall",
        "revenue: 30.00",
        "revenue: 29.99",
        "revenue_fall = \"0 %\"",
        "falls from 30.00 to 29.99, by more than 0 %",
    ),
    (
        "payout-max",
        "payout: 20.00",
        "payout: 20.01",
        "payout_max = { cpa = 20.00, cpc = 5 }",
        "is 20.01, and `payout_max` of cpa is 20.00",
    ),
    (
        "payout-min",
        "payout: 20.00",
        "payout: 0.99",
        "payout_min = { cpa = \"1.00\" }",
        "is 0.99, and `payout_min` of cpa is 1.00",
    ),
    (
        "revenue-max",
        "revenue: 30.00",
        "revenue: 31",
        "revenue_max = { cpa = 30 }",
        "is 31, and `revenue_max` of cpa is 30",
    ),
    (
        "revenue-min",
        "revenue: 30.00",
        "revenue: 29",
        "revenue_min = { cpa = 30 }",
        "is 29, and `revenue_min` of cpa is 30",
    ),
    ("margin-floor", "payout: 20.00", "payout: 27.01", "margin_floor = \"10 %\"", "its margin is below 10 %"),
    (
        "payout-above-revenue",
        "payout: 20.00",
        "payout: 30.01",
        "payout_above_revenue = \"deny\"",
        "pays out 30.01 and takes in 30.00",
    ),
    ("factor", "revenue: 30.00", "revenue: 300.00", "factor = \"deny\"", "about 10 times as much"),
];

#[test]
fn each_limit_of_an_offer_stops_the_plan_and_the_apply_and_its_waiver_lets_it_pass() {
    for (guardrail, old, new, lines, message) in LIMITS_OF_OFFERS {
        let project = changed(old, new, &format!("[guardrails]\n{lines}"));
        let code = format!("guardrail::{guardrail}");
        let run = project.run(&["plan"]).exits(4);
        run.says(&format!("error[{code}]")).says(message).says("offers/a.yaml:").says("::: offersync.toml:");
        run.says("Refused: 1 breach of a guardrail. Plan: 1 to update");
        let before = project.cake.counters();
        project.run(&["apply", "--auto-approve"]).exits(4).says(&format!("error[{code}]")).says("breaks guardrails");
        assert_eq!(project.cake.counters().updates, before.updates, "{guardrail}");
        for format in ["markdown", "github"] {
            project.run(&["plan", "--format", format]).exits(4).says(message.split(", ").next().unwrap());
        }
        let json = project.run(&["plan", "--format", "json"]).exits(4);
        let waiver = waiver_of(&json, &code);
        let text = project.read("offers/a.yaml");
        project.write("offers/a.yaml", &format!("{text}{waiver}"));
        project.run(&["plan"]).exits(0).says("warning[guardrail::waived]").says("(agreed)").never_says("error[");
        project.apply().exits(0);
        // It is applied, so that nothing needs the waiver any more.
        project.run(&["plan"]).exits(0).says("warning[guardrail::unused-waiver]").says("remove it");
    }
}

#[test]
fn the_waiver_of_the_message_is_no_second_sync() {
    for (lines, told) in [
        ("sync: {protect: true}\n", "write under `sync` in the offer: `waive: [{guardrail: payout-rise, until: "),
        (
            "sync: {waive: [{guardrail: factor, until: 2999-12-31, reason: x}]}\n",
            "add to the offer's `sync.waive`: `{guardrail: payout-rise, until: ",
        ),
    ] {
        let project =
            changed("payout: 20.00\n", &format!("payout: 29.00\n{lines}"), "[guardrails]\npayout_rise = \"30 %\"");
        project.run(&["plan"]).exits(4).says(told);
    }
}

/// What a message tells to write, by the words before it.
fn told(run: &Run, before: &str) -> String {
    let (_, rest) = run.stdout.split_once(before).unwrap_or_else(|| panic!("{before}: {}", run.stdout));
    rest.split_once('`').unwrap().1.split('`').next().unwrap().replace("WHY", "agreed")
}

#[test]
fn the_waiver_of_the_message_can_be_pasted_into_every_form_of_sync() {
    let below = "write under `sync` in the offer:";
    let beside = "add to the offer's `sync.waive`:";
    for (lines, before, pasted) in [
        ("sync: {}\n", below, "sync: {NEW}\n"),
        ("sync: {protect: false}\n", below, "sync: {protect: false, NEW}\n"),
        ("sync:\n  protect: false\n", below, "sync:\n  protect: false\n  NEW\n"),
        ("sync: {key: a}\n", below, "sync: {key: a, NEW}\n"),
        ("sync: {waive: []}\n", beside, "sync: {waive: [NEW]}\n"),
        ("sync:\n  waive: []\n", beside, "sync:\n  waive: [NEW]\n"),
        (
            "sync: {waive: [{guardrail: factor, until: 2999-12-31, reason: x}]}\n",
            beside,
            "sync: {waive: [{guardrail: factor, until: 2999-12-31, reason: x}, NEW]}\n",
        ),
        (
            "sync:\n  waive:\n    - {guardrail: factor, until: 2999-12-31, reason: x}\n",
            beside,
            "sync:\n  waive:\n    - {guardrail: factor, until: 2999-12-31, reason: x}\n    - NEW\n",
        ),
    ] {
        let limits = "[guardrails]\npayout_rise = \"30 %\"\npayout_max = { cpa = 25 }";
        let project = changed("payout: 20.00\n", &format!("payout: 29.00\n{lines}"), limits);
        let run = project.run(&["plan"]).exits(4);
        let first = told(&run, before);
        let text = project.read("offers/a.yaml").replace(lines, &pasted.replace("NEW", &first));
        project.write("offers/a.yaml", &text);
        // The second breach goes beside it.
        let second = told(&project.run(&["plan"]).exits(4), beside);
        project.write("offers/a.yaml", &text.replace(&first, &first.replace(']', &format!(", {second}]"))));
        if !first.contains(']') {
            project.write("offers/a.yaml", &text.replace(&first, &format!("{first}, {second}").replace("- {", "{")));
        }
        if pasted.contains("- NEW") {
            project.write("offers/a.yaml", &text.replace(&first, &format!("{first}\n    - {second}")));
        }
        project.run(&["plan"]).exits(0).says("warning[guardrail::waived]");
    }
}

#[test]
fn the_place_of_the_limit_is_in_the_json() {
    let project = changed("payout: 20.00", "payout: 29.00", "[guardrails]\npayout_rise = \"30 %\"");
    let json = project.run(&["plan", "--format", "json"]).exits(4).json();
    let problem = json["diagnostics"].as_array().unwrap().iter().find(|one| one["severity"] == "error").unwrap();
    assert_eq!(problem["file"], "offers/a.yaml");
    let related = &problem["related"][0];
    assert_eq!((&related["file"], &related["message"]), (&"offersync.toml".into(), &"the limit".into()));
    assert!(related["line"].as_u64().unwrap() > 1 && related["column"].as_u64().is_some(), "{related}");
    let markdown = project.run(&["plan", "--format", "markdown"]).exits(4);
    markdown.says("### Guardrails").never_says("Configuration and state");
}

#[test]
fn a_reason_that_nobody_can_see_is_none() {
    for invisible in ["\u{200b}", "\u{a0}\u{2060}", "\u{3164} "] {
        for list in ["waive: [{guardrail: factor, until: 2999-12-31, ", "allow: [{lint: url::http, "] {
            let project = Project::one();
            let text = project.read("offers/a.yaml");
            project.write("offers/a.yaml", &format!("{text}sync:\n  {list}reason: \"{invisible}\"}}]\n"));
            project.run(&["validate"]).exits(3).says("is empty or no text");
        }
        let project = Project::one();
        limited(
            &project,
            &format!("[[waivers]]\nguardrail = \"max-retires\"\nuntil = \"2999-12-31\"\nreason = \"{invisible}\""),
        );
        project.run(&["validate"]).exits(3).says("`reason` of `[[waivers]]` takes text, not an empty text");
    }
}

/// Offers without traffic, however many, do not make all others a small share.
#[test]
fn the_share_of_offers_that_stop_is_one_of_those_with_traffic() {
    let project = applied(60);
    for number in 0..39 {
        let name = format!("offers/o{number:03}.yaml");
        project.write(&name, &format!("{}offer_status: inactive\n", project.read(&name)));
    }
    limited(&project, "[guardrails]\nmax_retires = \"100 %\"");
    project.apply().exits(0);
    project.replace("offersync.toml", "max_retires = \"100 %\"", "");
    for number in 39..60 {
        project.remove(&format!("offers/o{number:03}.yaml"));
    }
    project
        .run(&["plan"])
        .exits(4)
        .says("the plan retires 21 of 21 offers with traffic, and `max_retires` allows 50 %");
}

#[test]
fn offers_that_are_set_inactive_count_as_retired() {
    for status in ["inactive", "pending"] {
        let project = applied(30);
        project.write("offers/_defaults.yaml", &format!("offer_status: {status}\n"));
        let run = project.run(&["plan"]).exits(4);
        run.says("error[guardrail::max-retires]: the plan takes out of traffic 30 of 30 offers with traffic");
        run.says("`max_retires = \"100 %\"` under `[guardrails]` lifts the limit");
        project.run(&["apply", "--auto-approve"]).exits(4).says("error[guardrail::max-retires]");
        for number in 0..12 {
            project.remove(&format!("offers/o{number:03}.yaml"));
        }
        project.run(&["plan"]).exits(4).says("the plan retires or takes out of traffic 30 of 30 offers with traffic");
        limited(&project, "[guardrails]\nmax_retires = \"100 %\"");
        project.apply().exits(0);
        // Nothing goes out of traffic twice.
        let other = if status == "inactive" { "pending" } else { "inactive" };
        project.write("offers/_defaults.yaml", &format!("offer_status: {other}\n"));
        project.replace("offersync.toml", "\"100 %\"", "\"10 %\"");
        project.run(&["plan"]).exits(0).says("18 to update");
    }
}

/// The wall clock in so many hours, as an expiration date.
fn in_hours(hours: i64) -> String {
    let at = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC) + jiff::Span::new().hours(hours);
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[test]
fn offers_that_end_within_two_days_count_as_retired_and_are_flagged() {
    for (hours, exit) in [(1, 4), (40, 4), (60, 0)] {
        let project = applied(30);
        project.write("offers/_defaults.yaml", &format!("expiration_date: {}\n", in_hours(hours)));
        let run = project.run(&["plan", "--format", "json"]).exits(exit);
        let json = run.json();
        assert_eq!(json["actions"][0]["flags"] == serde_json::json!(["expiry_soon"]), exit == 4, "{hours}: {json}");
        assert_eq!(run.said().contains("guardrail::max-retires"), exit == 4, "{hours}");
        // An offer whose end is near already does not end again.
        limited(&project, "[guardrails]\nmax_retires = \"100 %\"");
        project.apply().exits(0);
        project.replace("offersync.toml", "\"100 %\"", "\"10 %\"");
        project.write("offers/_defaults.yaml", &format!("expiration_date: {}\n", in_hours(2)));
        project.run(&["plan"]).exits(if exit == 4 { 0 } else { 4 });
    }
}

#[test]
fn a_waiver_that_follows_an_expired_one_counts() {
    let project = applied(40);
    for number in 0..21 {
        project.remove(&format!("offers/o{number:03}.yaml"));
    }
    limited(&project, "[[waivers]]\nguardrail = \"max-retires\"\nuntil = \"2020-01-31\"\nreason = \"old\"\n");
    let waiver = waiver_of(&project.run(&["plan", "--format", "json"]).exits(4), "guardrail::max-retires");
    limited(&project, &waiver);
    let run = project.run(&["plan"]).exits(0);
    run.says("warning[guardrail::waived]").says("warning[guardrail::expired-waiver]").never_says("unused-waiver");
}

#[test]
fn a_waiver_of_a_rule_with_any_name_can_be_pasted() {
    for name in ["null", "12", "caf\u{e9} \u{a0}x", "it's \\\"so\\\"", "👩\u{200d}🚀"] {
        let project =
            changed("payout: 20.00", "payout: 21.00", &format!("[[rules]]\nname = \"{name}\"\nrequire = 'payout < 1'"));
        let waiver = waiver_of(&project.run(&["plan", "--format", "json"]).exits(4), "guardrail::rule");
        // The text has the same, with nothing written out.
        let said = project.run(&["plan"]).exits(4).said().replace("WHY", "agreed");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(waiver.split_whitespace().collect::<Vec<_>>().join(" ").as_str()), "{waiver} in {said}");
        project.write("offers/a.yaml", &format!("{}{waiver}", project.read("offers/a.yaml")));
        project.run(&["plan"]).exits(0).says("guardrail::waived");
    }
}

#[test]
fn the_very_limit_is_kept() {
    for (old, new, lines) in [
        ("payout: 20.00", "payout: 26.00", "payout_rise = \"30 %\""),
        ("payout: 20.00", "payout: 14.00", "payout_fall = \"30 %\""),
        ("payout: 20.00", "payout: 22.00", "payout_max = { cpa = 22 }\npayout_min = { cpa = 22 }"),
        ("payout: 20.00", "payout: 27.00", "margin_floor = \"10 %\""),
        ("payout: 20.00", "payout: 30.00", "payout_above_revenue = \"deny\""),
        ("payout: 20.00", "payout: 35.00", "payout_above_revenue = \"allow\""),
        ("payout: 20.00", "payout: 25.00", "total_payout_rise = { USD = 5 }"),
        (
            "payout: 20.00",
            "payout: 159.99\nsync: {waive: [{guardrail: payout-above-revenue, until: 2999-01-01, reason: x}]}",
            "factor = \"deny\"",
        ),
        // The limit is 20.016, which is no amount.
        ("payout: 20.00", "payout: 20.02", "payout_rise = \"0.08 %\""),
        ("payout: 20.00", "payout: 19.98", "payout_fall = \"0.08 %\""),
        ("payout: 20.00", "payout: 29.98", "margin_floor = \"0.08 %\""),
        // What a plan does not touch breaks nothing.
        ("A\n", "B\n", "payout_max = { cpa = 1 }\nmargin_floor = \"90 %\""),
    ] {
        let project = changed(old, new, &format!("[guardrails]\n{lines}"));
        project.run(&["plan"]).exits(0).never_says("error[");
    }
}

#[test]
fn what_git_does_not_manage_is_judged_by_what_cake_has() {
    // A revenue that is sent on create alone says nothing of the recorded one.
    let ignored = "payout: 28.00\nsync: {ignore_changes: [revenue]}";
    let project = changed("payout: 20.00", ignored, "[guardrails]\nmargin_floor = \"10 %\"");
    project.replace("offers/a.yaml", "revenue: 30.00", "revenue: 900.00");
    let run = project.run(&["plan"]).exits(4);
    run.says("pays out 28.00 and takes in 30.00: its margin is below 10 %").says("margin 33.3 % → 6.7 %");
    let project = changed("payout: 20.00", "payout: 310.00", "");
    project.replace("offers/a.yaml", "revenue: 30.00\nrevenue_type: cpa\n", "");
    project.run(&["plan"]).exits(4).says("error[guardrail::payout-above-revenue]").says("takes in 30.00");
    let rule = "[[rules]]\nname = \"r\"\nrequire = 'revenue >= payout'";
    let project = changed("payout: 20.00", "payout: 31.00\nsync: {ignore_changes: [revenue]}", rule);
    project.replace("offers/a.yaml", "revenue: 30.00", "revenue: 900.00");
    project.run(&["plan"]).exits(4).says("`a` breaks the rule `r`");
}

#[test]
fn a_number_of_another_type_or_currency_is_another_amount() {
    for (old, new) in [("payout_type: cpa", "payout_type: cpc"), ("currency: USD", "currency_id: 3")] {
        let limits = "[guardrails]\npayout_rise = \"30 %\"\nfactor = \"deny\"";
        let project = changed(old, &format!("{new}\nsync: {{on_create_only_change: replace}}"), limits);
        let run = project.run(&["plan"]).exits(4);
        run.says("error[guardrail::payout-rise]: how far the payout of `a` moves is not known");
        run.says("error[guardrail::factor]").says("payout of another type or currency than before");
    }
}

#[test]
fn the_waivers_of_two_messages_can_both_be_pasted() {
    let limits = "[guardrails]\npayout_rise = \"30 %\"\npayout_max = { cpa = 25 }";
    let project = changed("payout: 20.00", "payout: 29.00", limits);
    let json = project.run(&["plan", "--format", "json"]).exits(4).json();
    let helps: Vec<_> = json["diagnostics"].as_array().unwrap().iter().filter_map(|one| one["help"].as_str()).collect();
    let count = |text: &str| helps.iter().filter(|help| help.contains(text)).count();
    assert_eq!((count("write in the offer: `sync: {waive: [{"), count("add to the offer's `sync.waive`: `{")), (1, 1));
}

#[test]
fn a_new_offer_keeps_the_absolute_limits() {
    let project = Project::one();
    limited(&project, "[guardrails]\npayout_max = { cpa = 500.00 }\npayout_rise = \"10 %\"");
    project.write(
        "offers/b.yaml",
        &complete_offer("B").replace("payout: 20.00", "payout: 2400.00").replace("revenue: 30.00", "revenue: 3000.00"),
    );
    let run = project.run(&["plan"]).exits(4);
    run.says("error[guardrail::payout-max]").says("the payout of `b` is 2400.00").never_says("payout-rise");
    // Without a type, too.
    project.write("offers/b.yaml", &small_offer("b", "499"));
    project.run(&["plan"]).exits(0);
    project.write("offers/b.yaml", &small_offer("b", "501"));
    project.run(&["plan"]).exits(4).says("error[guardrail::payout-max]");
}

#[test]
fn an_amount_whose_type_is_not_known_keeps_the_strictest_limit() {
    let limits = "[guardrails]\npayout_max = { cpa = 25.00, cpc = 5.00, revshare = 80 }\n\
                  payout_min = { cpa = 0.50, cpc = 0.01 }\npayout_above_revenue = \"deny\"";
    let with = |payout: &str| complete_offer("B").replace("payout: 20.00", &format!("payout: {payout}"));
    for (payout, broken) in [("79.00", "payout-max"), ("5.01", "payout-max"), ("5.00", ""), ("0.49", "payout-min")] {
        // A new offer without a type, a recorded one, and one whose type nobody has seen.
        let new = Project::new();
        new.write("offers/b.yaml", &with(payout).replace("payout_type: cpa\n", ""));
        let recorded = Project::applied(&[("b.yaml", &with("1.00").replace("payout_type: cpa\n", ""))]);
        recorded.write("offers/b.yaml", &with(payout).replace("payout_type: cpa\n", ""));
        let ignored = "sync: {ignore_changes: [payout_type]}\n";
        let unseen = Project::applied(&[("b.yaml", &(with("1.00") + ignored))]);
        let any_type = ignored.to_owned() + &with(payout).replace("payout_type: cpa", "payout_type: revshare");
        unseen.write("offers/b.yaml", &any_type);
        for project in [new, recorded, unseen] {
            limited(&project, limits);
            if broken.is_empty() {
                project.run(&["plan"]).exits(0);
                continue;
            }
            let run = project.run(&["plan"]).exits(4);
            run.says(&format!("error[guardrail::{broken}]"))
                .says(&format!("the payout of `b` is {payout} of a type that is not known (`payout_type`)"));
        }
    }
    // A payout may be of the type of the revenue that was not seen.
    let project = Project::applied(&[("b.yaml", &(with("1.00") + "sync: {ignore_changes: [revenue_type]}\n"))]);
    project.replace("offers/b.yaml", "payout: 1.00", "payout: 31.00");
    limited(&project, "[guardrails]\npayout_above_revenue = \"deny\"");
    project.run(&["plan"]).exits(4).says("error[guardrail::payout-above-revenue]");
}

#[test]
fn a_rule_holds_whatever_a_field_is_that_nobody_has_seen() {
    let applied = |ignored: &str| {
        let project = Project::applied(&[("a.yaml", &(complete_offer("A") + ignored))]);
        let rule = |name: &str, condition: &str, require: &str| {
            format!("[[rules]]\nname = \"{name}\"\nwhere = '{condition}'\nrequire = '{require}'\n")
        };
        let rules = [
            rule("is", "advertiser == acme-home", "payout <= 25"),
            rule("is not", "!has(advertiser) || advertiser != acme-home", "payout <= 24"),
            rule("in a list", "advertiser in [acme-home, bright]", "payout <= 23"),
            rule("other", "advertiser == bright && payout < 1", "payout <= 1"),
        ];
        limited(&project, &rules.concat());
        project
    };
    // Only ignored values are not known: what the YAML says of them is not what CAKE has.
    let project = applied("sync: {ignore_changes: [advertiser_id]}\n");
    project.replace("offers/a.yaml", "advertiser: acme-home", "advertiser_id: 999");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 29.00");
    let run = project.run(&["plan"]).exits(4);
    run.says("`a` breaks the rule `is not`");
    for rule in ["is", "in a list"] {
        run.says(&format!(
            "`a` may break the rule `{rule}`: its `advertiser_id` is under `ignore_changes` and not known"
        ));
    }
    run.never_says("the rule `other`");
    project.replace("offers/a.yaml", "payout: 29.00", "payout: 22.00");
    project.run(&["plan"]).exits(0).never_says("may break");
    let project = applied("");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 24.50");
    project.run(&["plan"]).exits(4).says("`a` breaks the rule `in a list`").never_says("the rule `is not`");
}

#[test]
fn what_cannot_be_compared_is_a_breach() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A").replace("payout: 20.00\n", ""))]);
    project.write("offers/a.yaml", &complete_offer("A"));
    limited(&project, "[guardrails]\npayout_rise = \"30 %\"");
    project.run(&["plan"]).exits(4).says("how far the payout of `a` moves is not known").says("is not recorded");
    for (without, says) in [
        ("payout_type: cpa\n", "the offer has no `payout_type`"),
        ("revenue_type: cpa\n", "the offer has no `revenue_type`"),
        ("revenue: 30.00\n", "the offer has no `revenue`"),
    ] {
        let project = Project::new();
        project.write("offers/a.yaml", &complete_offer("A").replace(without, ""));
        limited(&project, "[guardrails]\nmargin_floor = \"10 %\"");
        project.run(&["plan"]).exits(4).says("the margin of `a` cannot be seen").says(says);
    }
}

#[test]
fn a_plan_that_changes_or_retires_too_many_is_refused() {
    let project = applied(40);
    let only = |lines: &str| {
        let text = project.read("offersync.toml");
        let head = text.split("[guardrails]").next().unwrap().trim_end().to_owned();
        project.write("offersync.toml", &format!("{head}\n[guardrails]\n{lines}\n"));
    };
    for number in 0..21 {
        project.remove(&format!("offers/o{number:03}.yaml"));
    }
    only("");
    let run = project.run(&["plan"]).exits(4);
    run.says("the plan retires 21 of 40 offers with traffic, and `max_retires` allows 50 %");
    run.says("`max_retires = \"100 %\"` under `[guardrails]` lifts the limit");
    only("max_retires = \"100 %\"");
    project.run(&["plan"]).exits(0);
    only("max_retires = 20");
    project.run(&["plan"]).exits(4).says("and `max_retires` allows 20");
    only("max_retires = 21\nmax_changes = \"50 %\"");
    project.run(&["plan"]).exits(4).says("the plan changes 21 of 40 recorded offers, and `max_changes` allows 50 %");
    only("max_retires = 21\nmax_changes = \"50 %\"\nsmall_plan = 21");
    project.run(&["plan"]).exits(0);
    // 5 of the 8 offers of advertiser 102 are 62 %.
    only("max_retires = \"60 %\"");
    project
        .run(&["plan"])
        .exits(4)
        .says("the plan retires 5 of 8 offers with traffic of advertiser 102, and `max_retires` allows 60 %");
    only("max_retires = \"65 %\"");
    project.run(&["plan"]).exits(0);
    only("max_retires = \"10 %\"");
    let waiver = waiver_of(&project.run(&["plan", "--format", "json"]).exits(4), "guardrail::max-retires");
    limited(&project, &waiver);
    project.run(&["plan"]).exits(0).says("warning[guardrail::waived]").says("until ");
    project.apply().exits(0);
    project.run(&["plan"]).exits(0).says("warning[guardrail::unused-waiver]");
}

#[test]
fn waivers_in_one_line_and_as_tables_are_told_apart() {
    let project = Project::one();
    let waiver = "guardrail = \"max-retires\"\nuntil = \"2999-12-31\"\nreason = \"x\"";
    let inline = waiver.replace('\n', ", ");
    project.write("offersync.toml", &format!("waivers = [{{ {inline} }}]\n{}", project.read("offersync.toml")));
    project.run(&["plan"]).exits(0);
    limited(&project, &format!("[[waivers]]\n{waiver}"));
    project.run(&["plan"]).exits(3).says("write `[[waivers]]` on a line of its own for each");
}

#[test]
fn without_a_setting_half_of_the_offers_of_one_advertiser_may_go() {
    // 20 of 100 belong to advertiser 102.
    let project = applied(100);
    for number in 0..10 {
        project.remove(&format!("offers/o{:03}.yaml", number * 5));
    }
    project.run(&["plan"]).exits(0);
    project.remove("offers/o050.yaml");
    let run = project.run(&["plan"]).exits(4);
    run.says("the plan retires 11 of 20 offers with traffic of advertiser 102, and `max_retires` allows 50 %");
}

#[test]
fn a_first_plan_and_a_small_one_are_no_share_of_anything() {
    let project = Project::new();
    for number in 0..30 {
        project.write(&format!("offers/o{number}.yaml"), &small_offer(&format!("o{number}"), "20.00"));
    }
    limited(&project, "[guardrails]\nmax_changes = \"25 %\"");
    project.apply().exits(0);
    for number in 0..10 {
        project.replace(&format!("offers/o{number}.yaml"), "20.00", "21.00");
    }
    project.run(&["plan"]).exits(0);
    project.replace("offers/o10.yaml", "20.00", "21.00");
    project.run(&["plan"]).exits(4).says("changes 11 of 30");
}

#[test]
fn rises_are_summed_by_currency() {
    let offer = |number: usize, payout: &str| {
        complete_offer(&format!("O{number}"))
            .replace("payout: 20.00", &format!("payout: {payout}"))
            .replace("{offer_id}", &format!("{number}"))
    };
    let project = Project::new();
    project.cake.change_quirks(|quirks| quirks.all_fields = true);
    for number in 0..3 {
        project.write(&format!("offers/o{number}.yaml"), &offer(number, "20.00"));
    }
    project.apply().exits(0);
    for (number, payout) in ["22.00", "23.50", "10.00"].into_iter().enumerate() {
        project.write(&format!("offers/o{number}.yaml"), &offer(number, payout));
    }
    limited(&project, "[guardrails]\ntotal_payout_rise = { USD = 5.49 }");
    project.run(&["plan"]).exits(4).says("2 payouts rise by 5.50 USD in all, and `total_payout_rise` allows 5.49");
    project.replace("offersync.toml", "5.49", "5.50");
    project.run(&["plan"]).exits(0);
    // What one currency has in another is not known.
    for (old, new) in [("currency: USD", "currency_id: 3"), ("currency: USD\n", "")] {
        let project = Project::one();
        limited(&project, "[guardrails]\ntotal_payout_rise = { USD = 5.00 }");
        project.replace("offers/a.yaml", old, new);
        project.replace("offers/a.yaml", "payout: 20.00", "payout: 29.00");
        let text = project.read("offers/a.yaml").replace("session_hours: 24", "session_hours: 48");
        project.write("offers/a.yaml", &format!("{text}sync: {{on_create_only_change: replace}}\n"));
        let run = project.run(&["plan"]).exits(4);
        run.says("1 payout rises by 29.00 USD in all, with 1 payout whose currency changes or is not known");
    }
}

/// As CAKE's listing shows an offer: without the type of its revenue.
#[test]
fn a_payout_above_a_revenue_whose_type_is_not_known_is_stopped() {
    const DENY: &str = "[guardrails]\npayout_above_revenue = \"deny\"\n";
    let far = "2099-01-01 00:00:00";
    for (limits, payout, revenue) in [(DENY, "45.00", "19.99"), ("", "450.00", "1.00")] {
        for unknown in ["revenue_type: cpa\n", "payout_type: cpa\n"] {
            let text = complete_offer("A").replace(unknown, "");
            let changes = [
                text.replace("payout: 20.00", &format!("payout: {payout}")),
                text.replace("revenue: 30.00", &format!("revenue: {revenue}")),
                format!("{text}sync: {{schedule: [{{at: {far}, payout: {payout}}}]}}\n"),
            ];
            for change in changes {
                let project = Project::applied(&[("a.yaml", &text)]);
                limited(&project, limits);
                let commit = |message: &str| {
                    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
                    project.commit(message);
                };
                commit("before");
                project.write("offers/a.yaml", &change);
                commit("after");
                let run = project.run(&["plan", "--since", "HEAD~1"]).exits(4);
                run.says("error[guardrail::payout-above-revenue]");
            }
        }
    }
    // Two types that are known are two.
    let text = complete_offer("A").replace("revenue_type: cpa", "revenue_type: cpc");
    let project = Project::applied(&[("a.yaml", &text)]);
    limited(&project, DENY);
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 45.00");
    project.run(&["plan"]).exits(0);
}

#[test]
fn an_ignored_amount_is_judged_as_the_one_that_the_offer_began_with() {
    let ignoring = |field: &str| format!("{}sync: {{ignore_changes: [{field}]}}\n", complete_offer("A"));
    let changes = [("revenue", "payout: 20.00", "payout: 450.00"), ("payout", "revenue: 30.00", "revenue: 1.00")];
    for (ignored, before, after) in changes {
        let project = Project::applied(&[("a.yaml", &ignoring(ignored))]);
        project.replace("offers/a.yaml", before, after);
        project.run(&["plan"]).exits(4).says("error[guardrail::payout-above-revenue]");
        limited(&project, "[guardrails]\npayout_above_revenue = \"allow\"\nmargin_floor = \"10 %\"");
        let run = project.run(&["plan"]).exits(4);
        run.says("guardrail::margin-floor");
        run.says(&format!("take `{ignored}` out of `sync.ignore_changes`"));
    }
}

#[test]
fn without_settings_only_what_is_hardly_ever_meant_is_stopped() {
    let project = changed("payout: 20.00", "payout: 300.01", "");
    let run = project.run(&["plan"]).exits(4);
    run.says("error[guardrail::payout-above-revenue]")
        .says("set `payout_above_revenue = \"warn\"` under `[guardrails]`");
    limited(&project, "[guardrails]\npayout_above_revenue = \"warn\"");
    project.run(&["plan"]).exits(0).says("warning[guardrail::payout-above-revenue]");
    let project = changed("revenue: 30.00", "revenue: 0", "");
    project.run(&["plan"]).exits(4).says("error[guardrail::payout-above-revenue]");
    let project = changed("payout: 20.00", "payout: 299.99", "");
    project.run(&["plan"]).exits(0).says("warning[guardrail::payout-above-revenue]");
    let project = changed("payout: 20.00", "payout: 1.80", "");
    project.run(&["plan"]).exits(0).says("warning[guardrail::factor]").says("about a tenth");
    let share = complete_offer("B").replace("_type: cpa", "_type: revshare");
    project.write("offers/b.yaml", &share.replace("payout: 20.00", "payout: 120"));
    project.run(&["plan"]).exits(3).says("error[money::absolute-bounds]");
}

const RULE: &str = "[[rules]]\nname = \"acme tracking host\"\nwhere = 'advertiser == acme-home'\n\
                    require = 'offer_url.host == \"track.acme.example\"'\nmessage = \"ACME accepts clicks on its own host only\"\n";

#[test]
fn a_rule_holds_for_what_a_plan_changes_and_is_counted_for_the_rest() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &small_offer("b", "5.00"))]);
    limited(&project, RULE);
    project
        .run(&["plan"])
        .exits(0)
        .says("warning[guardrail::elsewhere]")
        .says("2 offers that this plan leaves as they are break rules");
    project.run(&["validate"]).exits(0).says("warning[guardrail::rule]").says("`b` breaks the rule");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    let run = project.run(&["plan"]).exits(4);
    run.says(
        "error[guardrail::rule]: `a` breaks the rule `acme tracking host`: ACME accepts clicks on its own host only",
    );
    run.says("offers/a.yaml:4:12").says("the rule").says("1 offer that this plan leaves");
    project.run(&["validate"]).exits(3).says("error[guardrail::rule]");
    let waiver = waiver_of(&project.run(&["plan", "--format", "json"]).exits(4), "guardrail::rule");
    let text = project.read("offers/a.yaml");
    project.write("offers/a.yaml", &format!("{text}{waiver}"));
    project.run(&["plan"]).exits(0).says("warning[guardrail::waived]");
    project.write("offers/a.yaml", &text);
    project.replace("offersync.toml", "message = ", "severity = \"warning\"\nmessage = ");
    project.run(&["plan"]).exits(0).says("warning[guardrail::rule]");
    project.run(&["apply", "--auto-approve"]).exits(0);
}

#[test]
fn a_rule_compares_with_what_is_recorded() {
    let project = changed(
        "payout: 20.00",
        "payout: 15.00",
        "[[rules]]\nname = \"no cuts\"\nrequire = 'change(payout) >= 0 || !has(was.payout)'",
    );
    project.run(&["plan"]).exits(4).says("`a` breaks the rule `no cuts`").says("offers/a.yaml:7:9");
    project.replace("offers/a.yaml", "15.00", "25.00");
    project.run(&["plan"]).exits(0);
}

#[test]
fn a_rule_of_a_parameter_that_a_url_has_twice_holds_for_each_value() {
    let rule = "[[rules]]\nname = \"ours\"\nrequire = 'offer_url.query.net == \"ours\"'\n";
    let url = |query: &str| {
        let text = small_offer("a", "5.00");
        let line = text.lines().find(|line| line.starts_with("offer_url:")).unwrap().to_owned();
        text.replace(&line, &format!("offer_url: \"https://track.example.com/?c=#affid#&{query}\""))
    };
    let project = Project::with_files(&[("a.yaml", &url("net=ours"))]);
    limited(&project, rule);
    project.run(&["plan"]).exits(0);
    for query in ["net=ours&net=evil", "net=evil&net=ours", "net=ours&%6eet=evil", "other=1", "x#y&net=ours"] {
        project.write("offers/a.yaml", &url(query));
        project.run(&["plan"]).exits(4).says("`a` breaks the rule `ours`");
        let has_none = !query.contains("evil");
        project.run(&["plan", "--where", "offer_url.query.net != ours"]).exits(if has_none { 64 } else { 4 });
    }
}

#[test]
fn a_rule_of_a_host_or_a_path_is_about_what_a_browser_asks_for() {
    let rules = [
        ("no evil", "offer_url.host != \"Evil.Example\" && !(offer_url.host in [\"Bücher.example\"])"),
        ("safe", "offer_url.path starts_with \"/safe/\""),
        ("value", "!(offer_url.query.net == \"evil\")"),
    ];
    let rules = rules.map(|(name, require)| format!("[[rules]]\nname = \"{name}\"\nrequire = '{require}'\n"));
    let text = small_offer("a", "5.00");
    let line = text.lines().find(|line| line.starts_with("offer_url:")).unwrap().to_owned();
    let url = |url: &str| text.replace(&line, &format!("offer_url: \"https://{url}&c=#affid#\""));
    let project = Project::with_files(&[("a.yaml", &url("good.example/safe/a?net=ours"))]);
    limited(&project, &rules.concat());
    project.run(&["plan"]).exits(0);
    for (place, rule) in [
        ("evil.example/safe/a?b=1", "no evil"),
        ("EVIL.example./safe/a?b=1", "no evil"),
        ("bücher.example/safe/a?b=1", "no evil"),
        ("good.example/safe/../evil?b=1", "safe"),
        ("good.example/safe/%2E%2e/evil?b=1", "safe"),
        ("good.example/safe/a?net=%65vil", "value"),
    ] {
        project.write("offers/a.yaml", &url(place));
        project.run(&["plan"]).exits(4).says(&format!("`a` breaks the rule `{rule}`"));
    }
}

#[test]
fn a_similar_name_is_looked_for_in_twenty_problems() {
    let project = Project::with_files(&[("a.yaml", &small_offer("a", "5.00"))]);
    let rules = (0..30).map(|number| {
        format!("[[rules]]\nname = \"r{number}\"\nrequire = 'advertiser == acme-hom'\nmessage = \"m\"\n")
    });
    limited(&project, &rules.collect::<String>());
    let run = project.run(&["validate", "--format", "json"]).exits(3);
    let similar = |json: &serde_json::Value| {
        let helps = json["diagnostics"].as_array().unwrap().iter().filter_map(|problem| problem["help"].as_str());
        helps.filter(|help| help.contains("did you mean")).count()
    };
    assert_eq!(similar(&run.json()), 20);
    let project = Project::with_files(&[("a.yaml", &small_offer("a", "5.00"))]);
    let waiver = "sync: {waive: [{guardrail: payout-ris, until: 2999-12-31, reason: x}]}\n";
    for number in 0..30 {
        let name = format!("o{number}");
        project.write(&format!("offers/{name}.yaml"), &format!("{}{waiver}", small_offer(&name, "5.00")));
    }
    let run = project.run(&["validate", "--format", "json"]).exits(3);
    assert_eq!(similar(&run.json()), 20);
}

/// A freeze from so many days ago until so many days ahead.
fn freeze(from: i64, to: i64, except: &str) -> String {
    let day = |days: i64| {
        let day = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date() + jiff::Span::new().days(days);
        format!("{day} 00:00:00")
    };
    format!("[[freeze]]\nfrom = \"{}\"\nto = \"{}\"\nreason = \"Q4 freeze\"\n{except}\n", day(from), day(to))
}

#[test]
fn nothing_is_written_during_a_freeze() {
    for (from, to, except, exit) in [
        (-1, 2, "", 4),
        (2, 4, "", 0),
        (-4, -1, "", 0),
        (-1, 2, "except = [\"update\"]", 0),
        (-1, 2, "except = [\"retire\", \"create\"]", 4),
    ] {
        let project = changed("payout: 20.00", "payout: 21.00", &freeze(from, to, except));
        let run = project.run(&["plan"]).exits(exit);
        if exit == 4 {
            run.says("error[guardrail::freeze]: the plan writes 1 offer during a freeze until").says("(Q4 freeze)");
            project.run(&["apply", "--auto-approve"]).exits(4);
            let waiver = waiver_of(&project.run(&["plan", "--format", "json"]).exits(4), "guardrail::freeze");
            let config = project.read("offersync.toml");
            limited(&project, &waiver);
            project.run(&["plan"]).exits(0).says("warning[guardrail::waived]");
            project.write("offersync.toml", &config);
            let text = project.read("offers/a.yaml");
            project.write(
                "offers/a.yaml",
                &format!("{text}sync: {{waive: [{{guardrail: freeze, until: 2999-12-31, reason: urgent}}]}}\n"),
            );
            project.run(&["plan"]).exits(0).says("waived until 2999-12-31 (urgent)");
            project.apply().exits(0);
        }
    }
    // What changes the state alone is no write.
    let project = changed("session_hours: 24\n", "", &freeze(-1, 2, ""));
    project.run(&["plan"]).exits(0);
}

#[test]
fn an_offer_that_comes_back_keeps_the_limits() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &small_offer("b", "5"))]);
    project.remove("offers/a.yaml");
    project.apply().exits(0);
    project.write("offers/a.yaml", &complete_offer("A").replace("payout: 20.00", "payout: 31.00"));
    project.run(&["plan"]).exits(0).says("restore a").says("warning[guardrail::payout-above-revenue]");
    limited(&project, "[guardrails]\nmargin_floor = \"10 %\"\npayout_rise = \"50 %\"");
    project.run(&["plan"]).exits(4).says("error[guardrail::margin-floor]").says("error[guardrail::payout-rise]");
    project.write("offers/a.yaml", &complete_offer("A"));
    project.run(&["plan"]).exits(0);
}

/// What a rule compares with is what the plan shows as before, and what `payout_rise` compares with.
#[test]
fn a_rule_knows_what_is_recorded_of_an_offer_that_comes_back() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &small_offer("b", "5"))]);
    project.remove("offers/a.yaml");
    project.apply().exits(0);
    let config = project.read("offersync.toml");
    let restored = complete_offer("A").replace("payout: 20.00", "payout: 23.00");
    let renamed = format!("{restored}sync: {{renamed_from: a}}\n");
    let replace = "sync: {on_create_only_change: replace}\n";
    let replaced = restored.replace("session_hours: 24", "session_hours: 48") + replace;
    for (key, yaml) in [("a", &restored), ("z", &renamed), ("a", &replaced)] {
        project.write(&format!("offers/{key}.yaml"), yaml);
        for (rule, exit) in [
            ("require = '!(change(payout) > 1)'", 4),
            ("require = '!(was.payout < 21 && payout > 22)'", 4),
            ("where = 'was.payout == 20'\nrequire = 'payout < 22'", 4),
            ("require = 'has(was.payout) && was.offer_status == inactive'", 0),
        ] {
            project.write("offersync.toml", &format!("{config}\n[[rules]]\nname = \"r\"\n{rule}\n"));
            project.run(&["plan"]).exits(exit).says("20.00 → 23.00");
        }
        project.remove(&format!("offers/{key}.yaml"));
    }
}

#[test]
fn an_offer_without_amounts_has_no_margin_and_a_replacement_without_them_falls_to_nothing() {
    let without = |fields: &[&str]| {
        fields.iter().fold(complete_offer("A"), |yaml, field| yaml.replace(&format!("{field}\n"), ""))
    };
    let both = ["payout: 20.00", "revenue: 30.00"];
    let project = Project::one();
    let config = project.read("offersync.toml");
    let limits = |limits: &str| project.write("offersync.toml", &format!("{config}\n[guardrails]\n{limits}\n"));
    let replace = |fields: &[&str], sync: &str| {
        let yaml = without(fields).replace("session_hours: 24", "session_hours: 48");
        project.write("offers/a.yaml", &format!("{yaml}sync: {{on_create_only_change: replace{sync}}}\n"));
    };
    replace(&both, "");
    limits("margin_floor = \"10 %\"");
    project
        .run(&["plan"])
        .exits(4)
        .says("the margin of `a` cannot be seen: the offer has neither `payout` nor `revenue`");
    limits("payout_fall = \"10 %\"");
    project.run(&["plan"]).exits(4).says("the payout of `a` falls from 20.00 to nothing").never_says("revenue-fall");
    limits("revenue_fall = \"10 %\"");
    project.run(&["plan"]).exits(4).says("error[guardrail::revenue-fall]").says("write the `revenue`");
    replace(&both[1..], "");
    project.run(&["plan"]).exits(4).says("error[guardrail::revenue-fall]");
    limits("payout_fall = \"10 %\"");
    project.run(&["plan"]).exits(0);
    // A create sends an amount that is not managed, too.
    limits("payout_max = { cpa = 25.00 }");
    replace(&[], ", ignore_changes: [payout]");
    project.run(&["plan"]).exits(0).never_says("not managed").never_says("payout ");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 26.00");
    project.run(&["plan"]).exits(4).says("error[guardrail::payout-max]").says("20.00 → 26.00");
    // A new offer needs amounts as well, unless others look after them.
    limits("margin_floor = \"10 %\"");
    project.write("offers/a.yaml", &complete_offer("A"));
    project.write("offers/b.yaml", &without(&both).replace("offer_name: A", "offer_name: B"));
    project.run(&["plan"]).exits(4).says("the margin of `b` cannot be seen");
    let yaml = project.read("offers/b.yaml") + "sync: {ignore_changes: [payout, revenue]}\n";
    project.write("offers/b.yaml", &yaml);
    project.run(&["plan"]).exits(0);
}

/// CAKE ends an offer at its date; with a later one, it takes traffic again.
#[test]
fn an_expired_offer_with_a_later_date_keeps_the_limits() {
    let dated = |year: &str| {
        let dear = complete_offer("A").replace("payout: 20.00", "payout: 29.00");
        dear.replace("2031-06-30", &format!("{year}-06-30"))
    };
    let project = Project::applied(&[("a.yaml", &dated("2031"))]);
    limited(&project, "[guardrails]\npayout_max = { cpa = 25.00 }\nmargin_floor = \"10 %\"");
    let plan = |at: &str, format: &str| project.run(&["plan", "--format", format, "--at", at]);
    let (before, after) = ("2031-06-01T00:00:00Z", "2031-08-01T00:00:00Z");
    project.write("offers/a.yaml", &dated("2999"));
    let run = plan(after, "text").exits(4);
    run.says("error[guardrail::payout-max]").says("error[guardrail::margin-floor]").says("starts to take traffic");
    plan(after, "markdown").exits(4).says("1 offer starts to take traffic");
    plan(before, "text").exits(0).never_says("starts to take traffic");
    project.replace("offers/a.yaml", "offer_status: active", "offer_status: inactive");
    plan(after, "text").exits(0).never_says("starts to take traffic");
    // From one date that has passed to another.
    project.write("offers/a.yaml", &dated("2032"));
    plan("2032-08-01T00:00:00Z", "text").never_says("starts to take traffic").never_says("guardrail::");
}

#[test]
fn a_configuration_of_the_commit_that_cannot_be_read_is_no_first_one() {
    let project = Project::one();
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{config}\n[guardrails]\npayout_rise = \"10 %\"\n[oops\n"));
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("main");
    project.write("offersync.toml", &config);
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 29.00");
    let run = project.run(&["plan", "--since", "HEAD"]).exits(4);
    run.never_says("no configuration here")
        .says("error[review::setting]: the configuration of `HEAD` cannot be read")
        .says("this is not TOML");
    let run = project.run(&["plan", "--since", "HEAD", "--accept-config"]).exits(0);
    run.says("warning[review::setting]").says("its limits do not hold");
}

#[test]
fn a_waiver_that_has_expired_has_no_effect() {
    let project = changed(
        "payout: 20.00",
        "payout: 30.00\nsync: {waive: [{guardrail: payout-rise, until: 2020-01-31, reason: x}]}",
        "[guardrails]\npayout_rise = \"10 %\"\n[[waivers]]\nguardrail = \"max-changes\"\nuntil = 2020-01-31\nreason = \"x\"",
    );
    let run = project.run(&["plan"]).exits(4);
    run.says("error[guardrail::payout-rise]")
        .says("warning[guardrail::expired-waiver]")
        .says("its last day was 2020-01-31");
    run.says("the waiver of `max-changes` has expired");
    run.says("and change the `until` of its waiver to 2");
    // Today is its last day.
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date().to_string();
    project.replace("offers/a.yaml", "2020-01-31", &today);
    project.run(&["plan"]).exits(0).says("guardrail::waived");
}

#[test]
fn an_inherited_waiver_is_for_every_offer_below() {
    let project = changed("payout: 20.00", "payout: 30.00", "[guardrails]\npayout_rise = \"10 %\"");
    project.write("offers/_defaults.yaml", "sync: {waive: [{guardrail: payout-rise, until: 2999-01-31, reason: x}]}\n");
    project.run(&["plan"]).exits(0).says("guardrail::waived").never_says("unused");
    project.replace("offers/_defaults.yaml", "2999-01-31", "2020-01-31");
    project.run(&["plan"]).exits(4).says("warning[guardrail::expired-waiver]");
    project.replace("offers/_defaults.yaml", "payout-rise, until: 2020", "revenue-rise, until: 2999");
    project.run(&["plan"]).exits(4).says("warning[guardrail::unused-waiver]");
}

/// Lines of the configuration, the place of their problem, what is said, and what to do.
const MEANINGLESS_SETTINGS: &[(&str, &str, &str, &str)] = &[
    ("[guardrails]\npayout_rise = 30", "2:15", "`payout_rise` takes a percentage, not `30`", "payout_rise = \"30 %\""),
    ("[guardrails]\npayout_rise = \"-3 %\"", "2:15", "takes a percentage, not `-3 %`", ""),
    (
        "[guardrails]\npayout_raise = \"3 %\"",
        "2:1",
        "there is no setting `guardrails.payout_raise`",
        "did you mean `payout_rise`?",
    ),
    (
        "[guardrails]\nmax_changes = \"many\"",
        "2:15",
        "takes a number of offers, or a share of them, not `many`",
        "25 %",
    ),
    ("[guardrails]\nmax_changes = \"101 %\"", "2:15", "not `101 %`", ""),
    ("[guardrails]\npayout_max = 500", "2:14", "takes amounts by types, not `500`", "{ cpa = 500.00"),
    ("[guardrails]\npayout_max = { cpl = 5 }", "2:16", "`cpl` is no type", "did you mean `cpa`?"),
    ("[guardrails]\npayout_max = { cpa = 5e2 }", "2:22", "takes an amount, not `5e2`", "plain digits"),
    ("[guardrails]\npayout_max = { cpa = \"5,00\" }", "2:22", "takes an amount, not `5,00`", ""),
    ("[guardrails]\nfactor = \"error\"", "2:10", "is one of `allow`, `warn`, `deny`, not `error`", ""),
    ("[guardrails]\nmargin_floor = \"110 %\"", "2:16", "takes a percentage", ""),
    (
        "[guardrails]\ntotal_payout_rise = { EUR = 5 }",
        "2:29",
        "a currency `EUR` that `[names.currencies]` does not name",
        "EUR = ID",
    ),
    ("[[rules]]\nname = \"x\"", "1:1", "the rule `x` has no `require`", "write what has to hold"),
    ("[[rules]]\nrequire = 'payout < 1'", "1:1", "has no `name`", "needs a name"),
    ("[[rules]]\nname = \"x\"\nrequire = 'payot < 1'", "3:12", "unknown field `payot`", "did you mean `payout`?"),
    (
        "[[rules]]\nname = \"x\"\nwhere = 'advertiser == acm-home'\nrequire = 'payout < 1'",
        "3:24",
        "`acm-home` is not in [names.advertisers]",
        "did you mean `acme-home`?",
    ),
    ("[[rules]]\nname = \"x\"\nrequire = '''\npayout <'''", "3:11", "expected a value", ""),
    (
        "[[rules]]\nname = \"x\"\nrequires = 'payout < 1'\nrequire = 'payout < 1'",
        "3:1",
        "the rule `x`: `[[rules]]` has no setting `requires`",
        "did you mean `require`?",
    ),
    (
        "[[rules]]\nname = \"x\"\nrequire = 'payout < 1'\nseverity = \"warn\"",
        "4:12",
        "`severity` of the rule `x` is one of `error`, `warning`, not `warn`",
        "did you mean `warning`?",
    ),
    (
        "[[rules]]\nname = \"x\"\nrequire = 'payout < 1'\n[[rules]]\nname = \"x\"\nrequire = 'payout < 1'",
        "5:8",
        "the name of another rule",
        "another one",
    ),
    ("[[rules]]\nname = \"payout-max\"\nrequire = 'payout < 1'", "2:8", "or of a guardrail", ""),
    ("[rules]\nname = \"x\"", "1:2", "`rules` is a list of tables", "[[rules]]"),
    (
        "[[freeze]]\nfrom = \"2026-12-20 00:00:00\"\nto = \"2026-12-20 00:00:00\"\nreason = \"x\"",
        "3:6",
        "the freeze ends before it begins",
        "",
    ),
    (
        "[[freeze]]\nfrom = \"2026-02-30 00:00:00\"\nto = \"2026-12-20 00:00:00\"\nreason = \"x\"",
        "2:8",
        "is no date with a time",
        "",
    ),
    ("[[freeze]]\nfrom = 2026-02-20T00:00:00\nto = 2026-12-20 00:00:00", "1:1", "has no `reason`", "why"),
    (
        "[[freeze]]\nfrom = 2026-02-20T00:00:00Z\nto = 2026-12-20 00:00:00\nreason = \"x\"",
        "2:8",
        "is no date with a time",
        "",
    ),
    (
        "[[freeze]]\nfrom = 2026-02-20T00:00:00\nto = 2026-12-20 00:00:00\nreason = \"x\"\nexcept = [\"delete\"]",
        "5:11",
        "`delete` is no action that writes",
        "`retire`",
    ),
    (
        "[[waivers]]\nguardrail = \"max-retire\"\nuntil = \"2026-12-31\"\nreason = \"x\"",
        "2:13",
        "`max-retire` is no limit on whole plans",
        "did you mean `max-retires`?",
    ),
    (
        "[[waivers]]\nguardrail = \"payout-max\"\nuntil = \"2026-12-31\"\nreason = \"x\"",
        "2:13",
        "is no limit on whole plans",
        "write in the offer",
    ),
    (
        "[guardrails]\npayout_min = { cpc = 0.1, cpa = 5 }\npayout_max = { cpa = 4.99 }",
        "2:33",
        "`payout_min` of cpa is 5, which is above `payout_max`, 4.99",
        "no amount",
    ),
    ("[[waivers]]\nguardrail = \"max-retires\"\nreason = \"x\"", "1:1", "has no `until`", "the last day"),
    (
        "[[waivers]]\nguardrail = \"max-retires\"\nuntil = \"2026-12-31\"\nreason = \" \"",
        "4:10",
        "takes text, not an empty text",
        "",
    ),
    (
        "[[waivers]]\nguardrail = \"max-retires\"\nuntil = \"31.12.2026\"\nreason = \"x\"",
        "3:9",
        "is no day",
        "2026-12-31",
    ),
];

#[test]
fn settings_that_mean_nothing_are_errors_with_their_place() {
    for (lines, place, message, help) in MEANINGLESS_SETTINGS {
        let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
        let text = workspace.read("offersync.toml");
        workspace.write("offersync.toml", &format!("{text}{lines}\n"));
        let (line, column) = place.split_once(':').unwrap();
        let line = text.lines().count() + line.parse::<usize>().unwrap();
        for command in ["validate", "plan"] {
            let run = workspace.run(&[command]).exits(3);
            run.says(&format!("offersync.toml:{line}:{column}\n")).says(message).says(help);
        }
    }
}

#[test]
fn a_waiver_in_an_offer_that_means_nothing_is_an_error_with_its_place() {
    for (waive, message, help) in [
        (
            "[{guardrail: payout-rose, until: 2026-12-31, reason: x}]",
            "names `payout-rose`, which is no guardrail",
            "did you mean `payout-rise`?",
        ),
        ("[{guardrail: max-changes, until: 2026-12-31, reason: x}]", "names `max-changes`", "under `[[waivers]]`"),
        ("[{guardrail: payout-rise, reason: x}]", "needs a last day", "until: 2026"),
        ("[{guardrail: payout-rise, until: 2026-12-31}]", "needs a reason", "add `reason:`"),
        (
            "[{guardrail: payout-rise, until: 2026-13-31, reason: x}]",
            "`until` of `sync.waive` takes a day",
            "2026-12-31",
        ),
        ("[{guardrail: payout-rise, until: soon, reason: x}]", "`until` of `sync.waive` takes a day", ""),
        ("[{guardrail: payout-rise, until: 2026-12-31, reason: x, who: me}]", "has no setting `who`", ""),
        (
            "[{guardrail: factor, until: 2026-12-31, reason: x}, {guardrail: factor, until: 2026-12-31, reason: y}]",
            "has `factor` twice",
            "remove one",
        ),
        ("payout-rise", "takes a list of guardrails", "write `waive:"),
    ] {
        let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
        let text = complete_offer("A") + &format!("sync:\n  waive: {waive}\n");
        workspace.write("offers/a.yaml", &text);
        let run = workspace.run(&["plan"]).exits(3);
        run.says("error[offer::sync-setting]").says("offers/a.yaml:16:").says(message).says(help);
    }
}

#[test]
fn a_branch_cannot_loosen_a_limit_that_it_breaks() {
    let project = Project::one();
    limited(&project, "[guardrails]\npayout_rise = \"10 %\"\n[lints]\n\"url::http\" = \"deny\"");
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("main");
    project.replace("offersync.toml", "\"10 %\"", "\"90 %\"");
    project.run(&["plan", "--since", "HEAD"]).exits(0).says("warning[review::setting]");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 29.00");
    let run = project.run(&["plan", "--since", "HEAD"]).exits(4);
    run.says("error[guardrail::payout-rise]")
        .says("by more than 10 % (by the limits of `HEAD`)")
        .says("the limit at `HEAD`");
    project.run(&["plan", "--since", "HEAD", "--accept-config"]).exits(0).says("warning[guardrail::payout-rise]");
    // A waiver does not hide whose limit is broken.
    let text = project.read("offers/a.yaml");
    project.write(
        "offers/a.yaml",
        &format!("{text}sync: {{waive: [{{guardrail: payout-rise, until: 2999-12-31, reason: x}}]}}\n"),
    );
    let run = project.run(&["plan", "--since", "HEAD"]).exits(0);
    run.says("warning[guardrail::waived]").says("by more than 10 %: waived").never_says("not used");
    project.write("offers/a.yaml", &text);
    // Removed altogether.
    let text = project.read("offersync.toml");
    project.write("offersync.toml", text.split("[guardrails]").next().unwrap());
    project.run(&["plan", "--since", "HEAD"]).exits(4).says("by more than 10 % (by the limits of `HEAD`)");
    // What breaks both is told once.
    project.write("offersync.toml", &text.replace("\"90 %\"", "\"20 %\""));
    let run = project.run(&["plan", "--since", "HEAD"]).exits(4);
    run.says("by more than 20 %").never_says("by more than 10 %");
    project.run(&["plan"]).exits(4);
}

/// Two rules have one code, and point at one line.
#[test]
fn a_rule_that_a_branch_removes_is_not_hidden_by_another_one() {
    let rule = |name: &str, most: u32| format!("[[rules]]\nname = \"{name}\"\nrequire = 'payout <= {most}'\n");
    let project = Project::one();
    let text = project.read("offersync.toml");
    limited(&project, &(rule("low", 25) + &rule("high", 28)));
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("main");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 29.00");
    project.write("offersync.toml", &format!("{text}\n{}", rule("low", 25)));
    let run = project.run(&["plan", "--since", "HEAD"]).exits(4);
    run.says("`a` breaks the rule `low`").says("`a` breaks the rule `high` (by the limits of `HEAD`)");
}

#[test]
fn a_freeze_of_the_commit_is_in_its_time_zone() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A"))]);
    let freeze = "[[freeze]]\nfrom = \"2031-12-20 00:00:00\"\nto = \"2031-12-21 00:00:00\"\nreason = \"Q4\"\n";
    limited(&project, freeze);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("main");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    let review = ["plan", "--since", "HEAD", "--accept-config", "--at", "2031-12-20T20:00:00Z"];
    project.run(&review).exits(4).says("error[guardrail::freeze]");
    // There it is the next day.
    let config = project.read("offersync.toml").replace("\"UTC\"", "\"Pacific/Kiritimati\"");
    project.write("offersync.toml", &config);
    project.run(&review).exits(0).says("warning[guardrail::freeze]").says("(by the limits of `HEAD`)");
    project.run(&review[..3]).exits(4);
}

#[test]
fn what_is_pending_besides_has_to_keep_the_limits_too() {
    let project = applied(30);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    for number in 0..14 {
        project.replace(&format!("offers/o{number:03}.yaml"), "20.00", "21.00");
    }
    limited(&project, "[guardrails]\nmax_changes = \"50 %\"");
    project.commit("main");
    project.run(&["plan"]).exits(0);
    project.replace("offers/o020.yaml", "20.00", "21.00");
    project.run(&["plan", "--since", "HEAD"]).exits(0);
    project.replace("offers/o021.yaml", "20.00", "21.00");
    project.run(&["plan", "--since", "HEAD"]).exits(4).says("the plan changes 16 of 30");
}

#[test]
fn a_saved_plan_is_held_against_the_limits_of_today() {
    let project = changed("payout: 20.00", "payout: 29.00", "");
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    limited(&project, "[guardrails]\npayout_rise = \"10 %\"");
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(4).says("error[guardrail::payout-rise]");
    assert_eq!(project.cake.counters().updates, 0);
}

#[test]
fn every_breach_is_in_the_json_of_a_long_plan() {
    let project = applied(60);
    for number in 0..60 {
        project.replace(&format!("offers/o{number:03}.yaml"), "20.00", "29.00");
    }
    limited(&project, "[guardrails]\npayout_rise = \"10 %\"");
    let json = project.run(&["plan", "--format", "json"]).exits(4).json();
    let errors = json["diagnostics"].as_array().unwrap().iter().filter(|one| one["code"] == "guardrail::payout-rise");
    assert_eq!(errors.count(), 60);
    let run = project.run(&["plan"]).exits(4);
    run.says("Refused: 60 breaches of guardrails.").says("\nerror[guardrail::payout-rise]: the payout of `o019` rises");
    run.says("… and 40 more of guardrail::payout-rise; all are in the output of --full and of --format json");
    let whole = |run: &Run| run.said().matches("::: offersync.toml").count();
    assert_eq!(whole(&run), 5, "the others are a line each");
    assert_eq!(whole(&project.run(&["plan", "--full"]).exits(4)), 60);
}
