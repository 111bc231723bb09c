//! Links into a submodule: it must be there, and at the commit that is recorded.

use super::{advised, project, refused, shell};
use crate::harness::{Project, small_offer};

/// A project with a submodule in `shared` and a link into it in `offers`.
fn linked(link: &str) -> Project {
    let project = project();
    shell(&project, "git rm -q -r offers/zen && git commit -qm out && git init -q -b main upstream").exits(0);
    project.write("upstream/z.yaml", &small_offer("z", "10.00"));
    project.write("upstream/deep/y.yaml", &small_offer("y", "10.00"));
    shell(&project, "cd upstream && git add -A && git commit -qm offers").exits(0);
    shell(&project, "echo /upstream >> .gitignore").exits(0);
    let add = "git -c protocol.file.allow=always submodule --quiet add ./upstream shared";
    shell(&project, &format!("{add} && git config submodule.shared.url \"$PWD/upstream\" && {link}")).exits(0);
    project.commit("submodule");
    project.apply().exits(0);
    project
}

const LINKS: [&str; 3] =
    ["ln -s ../shared offers/zen", "ln -s ../shared/deep offers/zen", "ln -s ../shared/deep/y.yaml offers/y.yaml"];

#[test]
fn what_lies_where_a_submodule_is_not_checked_out_is_not_what_a_link_into_it_leads_to() {
    let left_over = ["", "mkdir shared/deep", "mkdir shared/deep && cp offers/acme/a.yaml shared/deep/y.yaml"];
    for (link, left_over) in LINKS.iter().flat_map(|link| left_over.map(|left_over| (link, left_over))) {
        let project = linked(link);
        shell(&project, &format!("rm -rf shared && mkdir shared; {left_over}")).exits(0);
        let message = refused(&project, "git::hidden");
        let commands = advised(&message);
        let update = commands.iter().find(|command| command.contains("submodule update")).unwrap();
        assert_eq!(message.contains("move the files"), !left_over.is_empty(), "{message}");
        let update = update.replacen("git", "git -c protocol.file.allow=always", 1);
        shell(&project, &format!("rm -rf shared && mkdir shared && {update}")).exits(0);
        project.plan_is_empty();
    }
}

#[test]
fn the_folder_of_offers_itself_can_be_in_a_submodule_that_is_not_checked_out() {
    let project = linked("git rm -rq offers && sed -i '1ioffers = \"shared/deep\"' offersync.toml");
    project.plan_is_empty();
    shell(&project, "rm -rf shared && mkdir -p shared/deep").exits(0);
    project.write("shared/deep/x.yaml", &small_offer("x", "10.00"));
    refused(&project, "git::hidden");
}

#[test]
fn a_link_into_a_submodule_at_another_commit_is_told() {
    for link in LINKS {
        let project = linked(link);
        project.write("shared/deep/y.yaml", &small_offer("y", "12.00"));
        shell(&project, "cd shared && git commit -qam twelve").exits(0);
        project.commit("twelve");
        project.apply().exits(0);
        shell(&project, "git -C shared checkout -q HEAD~1").exits(0);
        let message = project.run(&["plan"]).exits(0).says("warning[git::submodule]").said();
        project.apply().exits(4).says("git::submodule");
        let commands = advised(&message);
        shell(&project, commands.iter().find(|command| command.contains("submodule update")).unwrap()).exits(0);
        project.plan_is_empty();
    }
}

#[test]
fn the_superproject_of_a_submodule_is_looked_at_too() {
    let project = linked("true");
    shell(&project, "git init -q -b main upstream/inner && cp -r upstream/deep upstream/inner/").exits(0);
    shell(&project, "cd upstream/inner && git add -A && git commit -qm offers").exits(0);
    let add = "git -c advice.addEmbeddedRepo=false add inner && git commit -qm inner";
    shell(&project, &format!("cd upstream && {add}; cd ../shared && git pull -q && git checkout -q HEAD")).exits(0);
    shell(&project, "rm -r shared/inner && cp -r upstream/inner shared/inner && ln -s ../shared/inner offers/zen")
        .exits(0);
    project.commit("inner");
    project.apply().exits(0);
    project.plan_is_empty();
    shell(&project, "git -C shared commit -q --allow-empty -m later").exits(0);
    project.run(&["plan"]).exits(0).says("warning[git::submodule]");
}

#[test]
fn a_link_into_a_folder_outside_a_sparse_checkout_is_not_what_was_left_there() {
    for link in ["ln -s ../shared/zen offers/zen", "ln -s ../shared/zen/z.yaml offers/z.yaml"] {
        let project = project();
        shell(&project, &format!("mkdir shared && git mv offers/zen shared/zen && {link}")).exits(0);
        project.commit("linked");
        shell(&project, "git sparse-checkout set --sparse-index offers && mkdir -p shared/zen").exits(0);
        project.write("shared/zen/x.yaml", &small_offer("x", "9.00"));
        let message = refused(&project, "git::hidden");
        let message = &message[message.find("git::hidden").unwrap()..];
        shell(&project, &format!("rm -r shared && {}", advised(message).remove(0))).exits(0);
        project.plan_is_empty();
    }
}

/// The history of the superproject says nothing of the states that the submodule has had, so that a revert would bring back an older one.
#[test]
fn the_state_is_in_no_other_repository_than_the_configuration() {
    let project = project();
    shell(&project, "git rm -q -r offers/zen && git commit -qm out && git init -q -b main upstream").exits(0);
    shell(&project, "mv offersync.state.json upstream/s.json && cd upstream && git add -A && git commit -qm state")
        .exits(0);
    shell(&project, "echo /upstream >> .gitignore").exits(0);
    shell(&project, "git -c protocol.file.allow=always submodule --quiet add ./upstream st").exits(0);
    let text = project.read("offersync.toml");
    for (state, link) in [("st/s.json", ""), ("link.json", "ln -s st/s.json link.json")] {
        project.write("offersync.toml", &format!("state = \"{state}\"\n{text}"));
        shell(&project, link).exits(0);
        for command in [&["plan"][..], &["validate"], &["apply", "--auto-approve"], &["state", "list"]] {
            project.run(command).exits(3).says("the state is in another git repository than offersync.toml");
        }
    }
    project.write("offersync.toml", &format!("state = \"st/s.json\"\n{text}"));
    project.commit("state in a submodule");
    shell(&project, "git submodule --quiet deinit --force st").exits(0);
    project.run(&["plan"]).exits(3).says("the state is in another git repository than offersync.toml");
    // A folder that is not there yet is in none.
    project.write("offersync.toml", &format!("state = \"states/s.json\"\n{text}"));
    project.run(&["validate"]).exits(0);
}
