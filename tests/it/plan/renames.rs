//! A key that goes while another comes: a renamed file, and a rename that git reverts. CAKE never has the offer twice.

use crate::harness::{Project, Run, Settings, small_offer};

fn applied() -> Project {
    Project::applied(&[("solar.yaml", &small_offer("Solar", "20.00"))])
}

fn rename(project: &Project, from: &str, to: &str) {
    let (from, to) = (format!("offers/{from}.yaml"), format!("offers/{to}.yaml"));
    std::fs::rename(project.path(&from), project.path(&to)).unwrap();
}

#[track_caller]
fn is_blocked(run: Run) -> Run {
    let run = run.exits(4);
    run.says("error[plan::undeclared-rename]");
    run
}

/// Runs the command that a message gives in backticks.
#[track_caller]
fn follow(project: &Project, message: &Run, command: &str) {
    message.says(&format!("`offersync {command}`"));
    project.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
}

#[test]
fn a_renamed_file_is_blocked_and_the_command_that_is_named_keeps_the_offer() {
    let project = applied();
    let id = project.id("solar");
    rename(&project, "solar", "solar-us");
    let plan = is_blocked(project.run(&["plan"]));
    plan.says("add `sync: {renamed_from: solar}` to its YAML");
    is_blocked(project.run(&["apply", "--auto-approve"]));
    follow(&project, &plan, "state mv solar solar-us");
    project.plan_is_empty();
    assert_eq!((project.id("solar-us"), project.cake.writes()), (id, 1));
}

#[test]
fn the_line_that_is_named_keeps_the_offer_too() {
    let project = applied();
    let id = project.id("solar");
    rename(&project, "solar", "solar-us");
    project.replace("offers/solar-us.yaml", "https://", "https://new.");
    let plan = is_blocked(project.run(&["plan"]));
    plan.never_says("state mv");
    let text = project.read("offers/solar-us.yaml").replace("https://new.", "https://");
    project.write("offers/solar-us.yaml", &format!("{text}sync: {{renamed_from: solar}}\n"));
    project.apply().exits(0);
    project.plan_is_empty();
    assert_eq!((project.id("solar-us"), project.cake.writes()), (id, 1));
}

#[test]
fn a_reverted_rename_is_blocked_and_the_command_that_is_named_keeps_the_offer() {
    let project = applied();
    let (id, before) = (project.id("solar"), project.read("offers/solar.yaml"));
    project.remove("offers/solar.yaml");
    project.write("offers/solar-us.yaml", &format!("{before}sync: {{renamed_from: solar}}\n"));
    project.apply().exits(0);
    project.remove("offers/solar-us.yaml");
    project.write("offers/solar.yaml", &before);
    let plan = is_blocked(project.run(&["plan"]));
    follow(&project, &plan, "state mv solar-us solar");
    project.plan_is_empty();
    assert_eq!((project.id("solar"), project.cake.writes()), (id, 1));
}

#[test]
fn a_plan_that_is_narrowed_to_one_of_the_two_keys_is_blocked_too() {
    let project = applied();
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    rename(&project, "solar", "solar-us");
    for narrowed in [["solar"].as_slice(), &["solar-us"], &["--exclude", "solar"], &["--exclude", "solar-us"]] {
        is_blocked(project.run(&[&["plan"], narrowed].concat()));
        is_blocked(project.run(&[&["apply", "--auto-approve"], narrowed].concat()));
    }
    project.run(&["plan", "other", "--exclude", "solar*"]).says("matches no offer");
    assert_eq!(project.cake.writes(), 1);
}

#[test]
fn the_same_offers_in_other_files_with_other_names_are_not_a_rename() {
    let project = applied();
    project.remove("offers/solar.yaml");
    project.write("offers/lunar.yaml", &small_offer("Lunar", "20.00"));
    let plan = project.run(&["plan"]).exits(0);
    plan.says("Plan: 1 to create, 1 to retire, 0 unchanged.");
}

fn named(name: &str) -> String {
    small_offer("landing", "20.00").replace("Offer landing", name)
}

/// Two offers of one advertiser with the same URL.
fn two_applied() -> Project {
    Project::applied(&[("a1.yaml", &named("Acme 1")), ("a2.yaml", &named("Acme 2"))])
}

fn names(project: &Project) -> Vec<(u64, String, String)> {
    project.cake.offers().into_iter().map(|offer| (offer.offer_id, offer.offer_name, offer.offer_status)).collect()
}

#[test]
fn files_that_are_renamed_in_a_row_are_blocked_and_the_commands_keep_each_offer() {
    let project = two_applied();
    let before = names(&project);
    rename(&project, "a1", "b1");
    rename(&project, "a2", "a1");
    let plan = is_blocked(project.run(&["plan"]));
    for narrowed in [&["a1"][..], &["b1"], &["a2"], &["--exclude", "b1"], &["--exclude", "a2"]] {
        is_blocked(project.run(&[&["apply", "--auto-approve"], narrowed].concat()));
    }
    assert_eq!(names(&project), before);
    let ids = [project.id("a1"), project.id("a2")];
    plan.says("run `offersync state mv a1 b1`, then `offersync state mv a2 a1`");
    project.run(&["state", "mv", "a1", "b1"]).exits(0);
    project.run(&["state", "mv", "a2", "a1"]).exits(0);
    assert_eq!([project.id("b1"), project.id("a1")], ids);
    project.plan_is_empty();
    assert_eq!(names(&project), before);
}

#[test]
fn renames_that_depend_on_each_other_are_told_with_commands_that_make_them() {
    let declare = |project: &Project, key: &str, from: &str| {
        let path = format!("offers/{key}.yaml");
        let text = project.read(&path);
        project.write(&path, &format!("{text}sync: {{renamed_from: {from}}}\n"));
    };
    // In a row, and exchanged.
    for (last, commands) in [
        ("b1", &["state mv a1 b1", "state mv a2 a1"][..]),
        ("a2", &["state mv a1 a1-old", "state mv a2 a1", "state mv a1-old a2"]),
    ] {
        let project = two_applied();
        let before = names(&project);
        let ids = [project.id("a1"), project.id("a2")];
        rename(&project, "a1", "x");
        rename(&project, "a2", "a1");
        rename(&project, "x", last);
        declare(&project, "a1", "a2");
        declare(&project, last, "a1");
        let refused = project.run(&["plan"]).exits(3);
        let advice =
            commands.iter().map(|command| format!("`offersync {command}`")).collect::<Vec<_>>().join(", then ");
        let said = refused.said().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(&advice) && said.matches("error[").count() == 1, "{said}");
        for command in commands {
            project.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
        }
        for key in ["a1", last] {
            project.write(
                &format!("offers/{key}.yaml"),
                project.read(&format!("offers/{key}.yaml")).split("sync:").next().unwrap(),
            );
        }
        project.plan_is_empty();
        assert_eq!([project.id(last), project.id("a1")], ids);
        assert_eq!(names(&project), before);
    }
}

#[test]
fn a_name_is_handed_on_by_doing_what_the_message_says() {
    // A new offer takes a name that another one gives up.
    let project = two_applied();
    project.replace("offers/a1.yaml", "Acme 1", "Acme 1 (old)");
    project.write("offers/n.yaml", &named("Acme 1"));
    is_blocked(project.run(&["plan"])).says("add its YAML after an apply has given `a1` its new name");
    project.remove("offers/n.yaml");
    project.apply().exits(0);
    project.write("offers/n.yaml", &named("Acme 1"));
    project.apply().exits(0);
    project.plan_is_empty();
    // One takes that of an offer that is removed.
    project.remove("offers/n.yaml");
    project.replace("offers/a2.yaml", "Acme 2", "Acme 1");
    is_blocked(project.run(&["plan"])).says("keep the name \"Acme 2\" in its YAML until an apply has removed `n`");
    project.replace("offers/a2.yaml", "Acme 1", "Acme 2");
    project.apply().exits(0);
    project.replace("offers/a2.yaml", "Acme 2", "Acme 1");
    project.apply().exits(0);
    project.plan_is_empty();
    // One takes that of an offer that gets another one.
    project.replace("offers/a1.yaml", "Acme 1 (old)", "Acme 3");
    project.replace("offers/a2.yaml", "Acme 1", "Acme 1 (old)");
    is_blocked(project.run(&["plan"]))
        .says("keep the name \"Acme 1\" in its YAML until an apply has given `a1` its new name");
}

#[test]
fn a_file_that_takes_the_place_of_a_removed_one_does_not_rename_its_offer() {
    let project = two_applied();
    let before = names(&project);
    let id = project.id("a2");
    project.remove("offers/a1.yaml");
    rename(&project, "a2", "a1");
    let plan = is_blocked(project.run(&["plan"]));
    is_blocked(project.run(&["apply", "--auto-approve"]));
    assert_eq!(names(&project), before);
    follow(&project, &plan, "state mv a1 a1-old");
    follow(&project, &plan, "state mv a2 a1");
    assert_eq!(project.id("a1"), id);
    project.run(&["plan", "a1-old"]).exits(0).says("retire a1-old");
}

#[test]
fn exchanged_files_do_not_exchange_the_names_in_cake() {
    let project = two_applied();
    let before = names(&project);
    rename(&project, "a1", "x");
    rename(&project, "a2", "a1");
    rename(&project, "x", "a2");
    is_blocked(project.run(&["apply", "--auto-approve"])).says("if the files were exchanged, exchange them again");
    assert_eq!(names(&project), before);
}

#[test]
fn a_renamed_file_with_another_name_is_recognized_by_a_url_of_its_own_or_by_a_similar_name() {
    for name in ["SOLAR  quote", "Solar, new"] {
        let project = Project::applied(&[("solar.yaml", &named("Solar quote"))]);
        rename(&project, "solar", "solar-us");
        project.replace("offers/solar-us.yaml", "Solar quote", name);
        let id = project.id("solar");
        is_blocked(project.run(&["apply", "--auto-approve"])).says("renamed_from: solar");
        let text = project.read("offers/solar-us.yaml");
        project.write("offers/solar-us.yaml", &format!("{text}sync: {{renamed_from: solar}}\n"));
        project.apply().exits(0);
        assert_eq!(project.id("solar-us"), id);
    }
}

#[test]
fn an_offer_whose_name_is_not_managed_is_not_created_again_under_another_key() {
    let text = small_offer("Solar", "20.00") + "sync: {ignore_changes: [offer_name]}\n";
    let project = Project::applied(&[("solar.yaml", &text)]);
    rename(&project, "solar", "solar-us");
    let plan = is_blocked(project.run(&["plan"]));
    plan.says("all that is recorded of `solar`").says("set `renamed_from: solar`");
    is_blocked(project.run(&["apply", "--auto-approve"]));
    assert_eq!(project.cake.writes(), 1);
}

#[test]
fn a_name_that_is_given_to_another_offer_after_an_apply_is_no_rename() {
    let project = two_applied();
    project.replace("offers/a1.yaml", "Acme 1", "Acme 3");
    project.apply().exits(0);
    project.replace("offers/a2.yaml", "Acme 2", "Acme 1");
    project.apply().exits(0);
    project.plan_is_empty();
}

/// CAKE still has the name of before, and the YAML gives it another one by now: the file is the same.
#[test]
fn a_renamed_file_is_blocked_also_while_a_scheduled_name_is_due() {
    let project = two_applied();
    let scheduled =
        |at: &str| format!("{}sync:\n  schedule:\n    - at: {at}\n      offer_name: Acme Solar\n", named("Acme 1"));
    let id = project.id("a1");
    for at in ["2020-01-01 00:00:00", "2099-01-01 00:00:00"] {
        project.write("offers/a1.yaml", &scheduled(at));
        rename(&project, "a1", "b1");
        let plan = is_blocked(project.run(&["plan"]));
        plan.says("`b1`").says("state mv a1 b1");
        is_blocked(project.run(&["apply", "--auto-approve"]));
        rename(&project, "b1", "a1");
    }
    project.write("offers/a1.yaml", &scheduled("2020-01-01 00:00:00"));
    rename(&project, "a1", "b1");
    project.run(&["state", "mv", "a1", "b1"]).exits(0);
    project.apply().exits(0);
    project.plan_is_empty();
    assert_eq!((project.id("b1"), project.cake.offers().len()), (id, 2));
}

/// `git mv -f`: the key has an offer of its own, and the YAML of another one by now, of which CAKE has the name of before.
#[test]
fn a_file_that_takes_the_place_of_another_is_blocked_also_while_a_scheduled_name_is_due() {
    for at in ["2020-01-01 00:00:00", "2099-01-01 00:00:00"] {
        let project = two_applied();
        let before = names(&project);
        let entry = format!("sync:\n  schedule:\n    - at: {at}\n      offer_name: Acme Solar\n");
        project.write("offers/a2.yaml", &(named("Acme 2") + &entry));
        rename(&project, "a2", "a1");
        is_blocked(project.run(&["plan"]));
        is_blocked(project.run(&["apply", "--auto-approve"]));
        assert_eq!(names(&project), before);
    }
}

/// An apply whose record was lost has sent the name of before.
#[test]
fn an_offer_with_a_name_of_another_time_stops_the_create() {
    let project = two_applied();
    project.run(&["state", "rm", "a1"]).exits(0);
    let entry = "sync:\n  schedule:\n    - at: 2020-01-01 00:00:00\n      offer_name: Acme Solar\n";
    project.write("offers/a1.yaml", &(named("Acme 1") + entry));
    project.run(&["apply", "--auto-approve"]).exits(4).says("cake::exists").says("Acme 1");
    assert_eq!(names(&project).len(), 2);
}
