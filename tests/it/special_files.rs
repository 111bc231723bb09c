//! Named pipes, devices and folders where a file belongs: refused at once, and never waited for or read without end.

use std::fs;
use std::os::unix::fs::symlink;

use crate::harness::{Project, Workspace, clean, finish, small_offer};

fn shell(project: &Project, script: &str) -> crate::harness::Run {
    finish(clean("sh", project.folder()).args(["-e", "-c", script]))
}

fn project() -> Project {
    Project::applied(&[("a.yaml", &small_offer("a", "1.00"))])
}

#[test]
fn a_configuration_that_is_no_regular_file_is_refused() {
    let project = project();
    let config = project.read("offersync.toml");
    for make in ["mkfifo offersync.toml", "mkfifo p && ln -s p offersync.toml", "mkdir offersync.toml"] {
        project.remove("offersync.toml");
        shell(&project, make).exits(0);
        for command in [&["validate"][..], &["plan"], &["apply", "--auto-approve"]] {
            project.run(command).exits(3).says("error[config::unreadable]").says("it is not a regular file");
        }
        shell(&project, "rm -r offersync.toml").exits(0);
        project.write("offersync.toml", &config);
    }
    shell(&project, "mkfifo pipe").exits(0);
    for file in ["pipe", "/dev/zero"] {
        project.run(&["--config", file, "plan"]).exits(3).says("it is not a regular file");
    }
    project.write("offersync.toml", &format!("# {}\n{config}", "secret ".repeat(200_000)));
    project.run(&["plan"]).exits(3).says("it is larger than 1 MiB").never_says("secret");
}

#[test]
fn a_configuration_behind_a_link_is_read_only_inside_of_the_repository() {
    let (project, elsewhere) = (project(), Project::new());
    let config = project.read("offersync.toml");
    project.write("data/settings.toml", &config);
    elsewhere.write("secret.toml", "root:x:0:0");
    for (to, is_inside) in [(project.path("data/settings.toml"), true), (elsewhere.path("secret.toml"), false)] {
        project.remove("offersync.toml");
        symlink(to, project.path("offersync.toml")).unwrap();
        for command in
            [&["validate"][..], &["plan"], &["apply", "--auto-approve"], &["--config", "offersync.toml", "plan"]]
        {
            let run = project.run(command);
            run.never_says("root:x");
            if is_inside {
                run.exits(0);
            } else {
                run.exits(3).says("error[tree::outside]");
            }
        }
    }
}

#[test]
fn a_state_outside_of_the_repository_is_neither_read_nor_written() {
    let (project, elsewhere) = (project(), Project::new());
    project.git(&["init", "--quiet"]).exits(0);
    let (state, config) = (project.read("offersync.state.json"), project.read("offersync.toml"));
    project.replace("offers/a.yaml", "1.00", "2.00");
    elsewhere.write("data/state.json", &state);
    let commands = [&["validate"][..], &["plan"], &["state", "list"], &["apply", "--auto-approve"]];
    let is_refused = |code: &str| {
        for command in commands {
            project.run(command).exits(3).says(code);
        }
        assert_eq!(elsewhere.read("data/state.json"), state);
    };
    // A link, also one to what is not there, a folder that is one, and a path.
    for link in ["data/state.json", "data/none.json"] {
        project.remove("offersync.state.json");
        symlink(elsewhere.path(link), project.path("offersync.state.json")).unwrap();
        is_refused("error[tree::outside]");
        assert!(!elsewhere.path("data/none.json").exists());
    }
    symlink(elsewhere.path("data"), project.path("data")).unwrap();
    for path in ["data/state.json", "../state.json", "offers/../../state.json"] {
        project.write("offersync.toml", &format!("state = \"{path}\"\n{config}"));
        is_refused("error[tree::outside]");
    }
    for setting in ["state", "offers"] {
        let path = elsewhere.path("data").display().to_string();
        project.write("offersync.toml", &format!("{setting} = \"{path}\"\n{config}"));
        is_refused("an absolute path is on one machine only");
    }
    // In a folder of the repository, its state may be beside that folder.
    for file in ["offersync.state.json", "offersync.toml"] {
        project.remove(file);
    }
    std::fs::create_dir(project.path("inner")).unwrap();
    std::fs::rename(project.path("offers"), project.path("inner/offers")).unwrap();
    project.write("inner/offersync.toml", &format!("state = \"../kept/state.json\"\n{config}"));
    project.write("kept/state.json", &state);
    project.run(&["-C", "inner", "plan"]).exits(0).says("2.00");
    project.run(&["-C", "inner", "apply", "--auto-approve"]).exits(0);
    assert!(project.read("kept/state.json").contains("2.00"));
}

#[test]
fn a_saved_plan_is_a_regular_file_or_comes_from_an_open_pipe() {
    let project = project();
    project.replace("offers/a.yaml", "1.00", "2.00");
    shell(&project, "mkfifo pipe.json").exits(0);
    symlink("/dev/zero", project.path("zero.json")).unwrap();
    for file in ["pipe.json", "zero.json"] {
        project.run(&["apply", file, "--auto-approve"]).exits(1).says("it is not a regular file");
    }
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    let from_pipe = "cat plan.json | offersync apply /dev/stdin --auto-approve";
    let mut command = clean("sh", project.folder());
    command.args(["-c", from_pipe]).env("CAKE_API_KEY", crate::harness::KEY);
    finish(&mut command).exits(0).says("1 done");
}

#[test]
fn a_copy_of_the_state_that_cannot_be_kept_is_found_out_before_the_first_request() {
    for copy in ["previous", "last"] {
        let project = Project::with_files(&[("a.yaml", &small_offer("a", "1.00"))]);
        project.git(&["init", "--quiet"]).exits(0);
        project.apply().exits(0);
        project.replace("offers/a.yaml", "1.00", "2.00");
        project.apply().exits(0);
        project.write("offers/b.yaml", &small_offer("b", "1.00"));
        let path = project.path(&format!(".git/offersync/offersync.state.json.{copy}"));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let writes = project.cake.writes();
        let run = project.run(&["apply", "--auto-approve"]).exits(1);
        run.says(&format!("offersync.state.json.{copy}"));
        assert_eq!(project.cake.writes(), writes, "{run:?}");
        fs::remove_dir(&path).unwrap();
        project.apply().exits(0);
        project.plan_is_empty();
    }
}

/// A link could lead what is written to any file of the user's.
#[test]
fn a_journal_or_a_lock_that_is_a_link_is_refused_and_not_followed() {
    for ending in ["journal", "lock"] {
        for is_there in [true, false] {
            let (project, elsewhere) = (project(), Workspace::empty());
            project.replace("offers/a.yaml", "1.00", "2.00");
            if is_there {
                elsewhere.write("target", "");
            }
            let link = project.path(&format!("offersync.state.json.{ending}"));
            drop(fs::remove_file(&link));
            symlink(elsewhere.path("target"), &link).unwrap();
            let writes = project.cake.writes();
            let run = project.run(&["apply", "--auto-approve"]);
            assert_ne!(run.code, Some(0), "{ending} {run:?}");
            run.says("it is not a regular file").says(&format!("offersync.state.json.{ending}"));
            assert_eq!((project.cake.writes(), elsewhere.path("target").exists()), (writes, is_there), "{ending}");
            assert!(!is_there || elsewhere.read("target").is_empty());
        }
    }
}

/// Nothing is read without end, and nothing waits for a pipe.
#[test]
fn a_device_or_a_pipe_ends_a_command_at_once() {
    let project = project();
    assert!(std::process::Command::new("mkfifo").arg(project.path("pipe")).status().unwrap().success());
    for file in ["/dev/zero", "pipe"] {
        project.run(&["import", "--from-csv", file]).exits(1).says("it is not a regular file");
        project.run(&["import", "--dry-run", "--from-csv", file]).exits(1).says("it is not a regular file");
        project.run(&["state", "merge", file, file, file]).exits(1).says("it is not a regular file");
    }
}

/// A token in the configuration of git is not quoted, and a file in its folder is no state.
#[test]
fn a_link_into_the_folder_of_git_leads_out_of_the_repository() {
    let project = project();
    project.git(&["init", "--quiet"]).exits(0);
    project.git(&["config", "remote.origin.url", "https://x:t0ken@git.example/"]).exits(0);
    for (to, at) in [("../.git/config", "offers/x.yaml"), ("../.git", "offers/folder")] {
        std::os::unix::fs::symlink(to, project.path(at)).unwrap();
        project.run(&["validate"]).exits(3).never_says("t0ken").says("tree::outside");
        project.remove(at);
    }
    project.write(".git/state.json", "{}");
    project.write("offersync.toml", &format!("state = \"linked.json\"\n{}", project.read("offersync.toml")));
    std::os::unix::fs::symlink(".git/state.json", project.path("linked.json")).unwrap();
    project.run(&["plan"]).exits(3).says("outside of the repository");
}

/// What is named as output obeys the umask and keeps the mode of a file that was there; what is offersync's own is for its user.
#[test]
fn modes_of_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project();
    project.git(&["init", "--quiet"]).exits(0);
    project.write("kept.csv", "");
    std::fs::set_permissions(project.path("kept.csv"), std::fs::Permissions::from_mode(0o604)).unwrap();
    shell(
        &project,
        "umask 027; offersync plan --out plan.json --output markdown=plan.md; \
         for file in new.csv kept.csv; do offersync export --of desired --format csv -o $file; done; \
         offersync apply --sandbox",
    )
    .exits(0);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for (file, expected) in [("plan.json", 0o640), ("plan.md", 0o640), ("new.csv", 0o640), ("kept.csv", 0o604)] {
        assert_eq!(mode(&project.path(file)), expected, "{file}");
    }
    assert_eq!(mode(&project.path(".offersync/sandbox")), 0o700);
    for folder in [".offersync/sandbox", ".git/offersync", "."] {
        for file in project.files(folder).keys().filter(|file| !file.starts_with(".git/")) {
            let is_ours = [".lock", ".journal", "cake.jsonl"].iter().any(|ending| file.ends_with(ending));
            assert!(!is_ours || mode(&project.path(folder).join(file)) == 0o600, "{folder}/{file}");
        }
    }
}

#[test]
fn no_result_is_written_through_a_link_of_the_repository() {
    let (project, elsewhere) = (project(), Project::new());
    elsewhere.write("profile", "untouched");
    fs::create_dir(project.path("results")).unwrap();
    symlink(elsewhere.path("profile"), project.path("plan.json")).unwrap();
    symlink(elsewhere.path("new"), project.path("new.json")).unwrap();
    symlink(elsewhere.folder(), project.path("results/folder")).unwrap();
    let before = elsewhere.files(".");
    for file in ["plan.json", "new.json", "results/folder/plan.json"] {
        let absolute = project.path(file).display().to_string();
        for file in [file, &absolute] {
            project.run(&["plan", "--out", file]).exits(64).says("is a link, and nothing is written through it");
            project.run(&["plan", "--output", &format!("json={file}")]).exits(64);
            project.run(&["export", "--format", "csv", "-o", file]).exits(64);
        }
    }
    assert_eq!(elsewhere.files("."), before);
    // A link that no branch can have brought along is the user's own.
    symlink(elsewhere.path("plan.json"), elsewhere.path("link.json")).unwrap();
    project.run(&["plan", "--out", &elsewhere.path("link.json").display().to_string()]).exits(0);
    assert!(elsewhere.read("plan.json").contains("offersync-plan"));
}

#[test]
fn of_a_state_that_cannot_be_read_only_the_beginning_of_a_text_is_quoted() {
    let project = project();
    let long = "A::".repeat(100_000);
    for state in [
        format!("{{\"format\": \"offersync-state\", \"version\": 1, \"lineage\": \"{long}\"}}"),
        format!("{{\"format\": \"{long}\", \"version\": 1}}"),
        format!("{{\"format\": \"offersync-state\", \"version\": \"{long}\"}}"),
    ] {
        project.write("offersync.state.json", &state);
        for format in ["text", "markdown", "json", "github"] {
            let run = project.run(&["plan", "--format", format]);
            assert_ne!(run.code, Some(0));
            assert!(run.said().len() < 4_000, "{format}: {}", run.said().len());
        }
    }
}

/// A result in place of what a command reads would lose records or settings.
#[test]
fn a_result_is_not_written_over_what_a_command_reads() {
    let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com").committed();
    for file in ["offersync.toml", "offersync.state.json", "offers/alpha.yaml", ".git/index"] {
        let before = std::fs::read(workspace.path(file)).ok();
        for arguments in [&["plan", "--out", file][..], &["plan", "--output", &format!("json={file}")]] {
            workspace.run(arguments).exits(64).says("no place for a result").says("name another file");
        }
        assert_eq!(std::fs::read(workspace.path(file)).ok(), before, "{file}");
    }
    workspace.run(&["plan", "--out", "plan.json"]).exits(0);
}

#[test]
fn two_results_of_a_plan_are_never_written_to_one_file() {
    let project = Project::one();
    symlink("plan.md", project.path("link.md")).unwrap();
    // Before anything is read: not even the configuration is.
    project.write("offersync.toml", "nonsense\n");
    for [one, other] in [["text=plan.md", "markdown=./plan.md"], ["text=plan.md", "markdown=link.md"]] {
        project.run(&["plan", "--output", one, "--output", other]).exits(64).says("are the same file");
    }
    project
        .run(&["plan", "--out", "plan.md", "--output", "markdown=offers/../plan.md"])
        .exits(64)
        .says("the same file");
    project
        .run(&["-C", "offers", "plan", "--out", "p", "--output", "json=../offers/p"])
        .exits(64)
        .says("the same file");
    assert!(!project.path("plan.md").exists());
    let file = fs::File::create(project.path("plan.json")).unwrap();
    let refused = project.command(&["plan", "--output", "json=plan.json"]).stdout(file).output().unwrap();
    assert_eq!(refused.status.code(), Some(64));
    assert_eq!(project.read("plan.json"), "");
    project.remove("plan.json");
    project.run(&["plan", "--out", "plan.json", "--output", "markdown=plan.md"]).exits(3);
}

#[test]
fn fmt_opens_no_pipe_and_quotes_nothing_of_what_a_link_out_of_the_repository_leads_to() {
    let (project, secret) = (Project::one(), tempfile::tempdir().unwrap());
    let secret = secret.path().join("key.yaml");
    std::fs::copy(project.path("offers/a.yaml"), &secret).unwrap();
    let text = std::fs::read_to_string(&secret).unwrap().replace("offer_name: ", "offer_name:     ");
    std::io::Write::write_all(&mut fs::File::create(&secret).unwrap(), text.as_bytes()).unwrap();
    symlink(&secret, project.path("offers/link.yaml")).unwrap();
    for arguments in [&["fmt", "--check", "offers/link.yaml"][..], &["fmt", "offers/link.yaml"]] {
        project.run(arguments).exits(3).says("tree::outside").never_says("offer_name");
    }
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), text);
    // A link on the way to the file.
    symlink(secret.parent().unwrap(), project.path("offers/folder")).unwrap();
    for arguments in [&["fmt", "--check", "offers/folder/key.yaml"][..], &["fmt", "offers/folder/key.yaml"]] {
        project.run(arguments).exits(3).says("tree::outside").never_says("offer_name");
    }
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), text);
    finish(clean("mkfifo", project.folder()).arg("pipe.yaml")).exits(0);
    project.run(&["fmt", "pipe.yaml"]).exits(1).says("it is not a regular file");
}

#[test]
fn a_configuration_among_the_offers_is_refused_by_every_command_that_reads_them() {
    let project = Project::one();
    project.git(&["init", "--quiet"]);
    project.commit("first");
    let configuration = project.read("offersync.toml").replace("[cake]", "offers = \".\"\n[cake]");
    for file in ["offers/offersync.toml", "offers/acme/Offersync.TOML"] {
        project.write(file, &configuration);
        for arguments in [&["validate"][..], &["plan"], &["plan", "--since", "HEAD"], &["apply", "--auto-approve"]] {
            project.run(arguments).exits(3).says("tree::other-configuration").says(file);
        }
        project.remove(file);
    }
    // Where the offers folder is the folder of the configuration, that is no other one.
    let project = Project::with_files(&[]);
    let configuration = project.read("offersync.toml").replace("[cake]", "offers = \".\"\n[cake]");
    project.write("offersync.toml", &configuration);
    project.run(&["validate", "--allow-empty"]).exits(0);
}
