//! Plans and lists that a condition narrows.

use crate::harness::{Project, small_offer};

fn project() -> Project {
    let offers = ["a", "b", "c"].map(|key| (format!("{key}.yaml"), small_offer(key, "10.00")));
    let offers: Vec<_> = offers.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    Project::applied(&offers)
}

#[test]
fn a_plan_shows_the_offers_of_which_the_condition_holds_now_or_held_before() {
    let project = project();
    project.replace("offers/a.yaml", "10.00", "10.50");
    project.replace("offers/b.yaml", "10.00", "15.00");
    project.remove("offers/c.yaml");
    for (condition, actions) in [
        ("change(payout) > 10 %", "Plan: 1 to update"),
        ("change(payout)", "Plan: 2 to update, 1 to retire"),
        ("payout > 10 && payout < 11", "Plan: 1 to update"),
        ("was.payout == 10", "Plan: 2 to update, 1 to retire"),
        ("was.payout == 10 && !has(payout)", "Plan: 1 to retire"),
        ("payout == 15 || was.payout == 11", "Plan: 1 to update"),
    ] {
        project.run(&["plan", "--where", condition]).exits(0).says(actions);
    }
    project.run(&["plan", "a", "--where", "payout > 10"]).exits(0).says("Plan: 1 to update").says("update a");
    project.run(&["plan", "--where", "payout > 10", "--exclude", "a"]).exits(0).says("update b").never_says("update a");
    // What is saved is applied, and nothing else.
    project.run(&["plan", "--where", "payout == 15", "--out", "plan.json"]).exits(0);
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(0).says("1 done");
    project.run(&["plan"]).exits(0).says("Plan: 1 to update, 1 to retire");
}

#[test]
fn a_file_selects_its_offers_also_where_it_is_gone() {
    let project = project();
    project.replace("offers/a.yaml", "10.00", "11.00");
    project.replace("offers/b.yaml", "10.00", "15.00");
    project.remove("offers/c.yaml");
    project.run(&["plan", "offers/a.yaml"]).exits(0).says("update a").says("Plan: 1 to update,");
    project.run(&["plan", "./offers/b.yaml", "offers/c.yaml"]).exits(0).says("Plan: 1 to update, 1 to retire");
    project.run(&["plan", "--exclude", "offers/b.yaml"]).exits(0).says("update a").never_says("update b");
    project.run(&["plan", "-C", "offers", "a.yaml"]).exits(0).says("Plan: 1 to update,");
    project.run(&["plan", "offers/none.yaml"]).exits(3).says("`none` matches no offer");
    project.run(&["plan", "./offers"]).exits(64).says("is a folder").says("`./offers/*.yaml`");
    project.run(&["apply", "offers/a.yaml", "--auto-approve"]).exits(0).says("1 done");
    project.run(&["plan"]).exits(0).says("Plan: 1 to update, 1 to retire");
}

#[test]
fn a_condition_goes_together_with_a_commit_to_compare_with() {
    let project = project();
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.replace("offers/a.yaml", "10.00", "15.00");
    project.commit("base");
    project.replace("offers/b.yaml", "10.00", "16.00");
    let since = ["plan", "--since", "HEAD", "--accept-config", "--where"];
    let plan = |condition| project.run(&[&since[..], &[condition]].concat());
    plan("payout > 10").exits(0).says("update b").never_says("update a");
    plan("payout > 100").exits(64).says("--where holds of no offer");
    plan("payout == 15").exits(0).never_says("update b");
}

#[test]
fn a_list_shows_the_records_of_which_the_condition_holds() {
    let project = project();
    project.replace("offers/a.yaml", "10.00", "15.00");
    project.apply().exits(0);
    project.replace("offers/b.yaml", "10.00", "15.00");
    let list = |condition| project.run(&["state", "list", "--where", condition]);
    list("payout > 10").exits(0).says("1 offer recorded").never_says("Offer b");
    list("payout > 100").exits(0).says("0 offers recorded");
    list("was.payout > 10").exits(64).says("--where, character 1:");
}

#[test]
fn a_condition_that_cannot_be_read_is_an_error_with_its_place() {
    let project = project();
    for (condition, message) in [
        ("payot > 1", "--where, character 1: unknown field `payot`"),
        ("payout > 1 && change(offer_name) > 2", "--where, character 34: `change(offer_name)` says whether it changes"),
        ("payout >", "--where, character"),
    ] {
        project.run(&["plan", "--where", condition]).exits(64).says(message);
    }
    project.run(&["plan", "--where", "payot > 1"]).says("did you mean `payout`?");
}
