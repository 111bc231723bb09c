//! The API key goes to hosts that were confirmed outside the repository. What goes out is seen by a proxy, so no name has to resolve.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::harness::{Cake, Run, Settings, Terminal, Workspace, finish, signal};

/// Records the host of each connection that a client asks for, and closes it.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let hosts = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut line = String::new();
                let _closed = BufReader::new(stream.unwrap()).read_line(&mut line);
                hosts.lock().unwrap().push(line.split(' ').nth(1).unwrap_or_default().to_owned());
            }
        });
        Self { address, asked }
    }

    /// The hosts that were asked for.
    fn asked(&self) -> Vec<String> {
        let mut hosts = self.asked.lock().unwrap().clone();
        hosts.dedup();
        hosts
    }
}

/// A repository whose CAKE is at `acme.invalid`, and a home folder beside it.
struct World {
    workspace: Workspace,
    proxy: Proxy,
}

const HOST: &str = "acme.invalid";
const QUESTION: &str = "Send the API key to acme.invalid from now on?";

impl World {
    fn new() -> Self {
        let workspace = Workspace::empty();
        workspace.write("home/.keep", "");
        workspace.write("repository/offersync.toml", &Settings::default().toml("https://acme.invalid"));
        workspace.write("repository/offers/alpha.yaml", &crate::harness::small_offer("alpha", "10.00"));
        Self { workspace, proxy: Proxy::start() }
    }

    fn moved_to(&self, url: &str) {
        self.workspace.replace("repository/offersync.toml", "https://acme.invalid", url);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.workspace.command(arguments);
        command.current_dir(self.workspace.path("repository"));
        command.env_remove("XDG_CONFIG_HOME").env("HOME", self.workspace.path("home"));
        command.env_remove("NO_PROXY").env_remove("no_proxy");
        command.env("HTTPS_PROXY", format!("http://{}", self.proxy.address));
        command
    }

    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        finish(self.command(arguments).envs(environment.iter().copied()))
    }

    fn hosts(&self) -> String {
        fs::read_to_string(self.workspace.path("home/.config/offersync/cake-hosts")).unwrap_or_default()
    }
}

/// Every command that sends the key.
const COMMANDS: &[&[&str]] = &[
    &["apply", "--auto-approve"],
    &["apply", "--auto-approve", "--refresh"],
    &["plan", "--refresh"],
    &["drift"],
    &["drift", "--accept"],
    &["import"],
    &["export", "--of", "observed", "--format", "csv"],
    &["state", "adopt", "alpha", "--offer-id", "1"],
    &["state", "adopt", "alpha", "--offer-id", "1", "--unseen"],
];

#[test]
fn no_command_sends_the_key_to_a_host_that_was_not_confirmed() {
    for command in COMMANDS {
        let world = World::new();
        let run = world.run(command, &[]).exits(4);
        run.says("error[cake::new-key-host]").says("offersync.toml:2:7").says("nothing was sent");
        run.says("OFFERSYNC_KEY_HOST=acme.invalid").says("run the same command once in a terminal");
        let run = world.run(command, &[("OFFERSYNC_KEY_HOST", "other.invalid")]).exits(4);
        run.says("error[cake::other-key-host]").says("`acme.invalid`").says("`other.invalid`");
        assert_eq!(world.proxy.asked(), Vec::<String>::new(), "{command:?}");
        assert!(!world.workspace.path("home/.config").exists(), "{command:?} wrote something");
        world.run(command, &[("OFFERSYNC_KEY_HOST", HOST)]);
        assert_eq!(world.proxy.asked(), ["acme.invalid:443"], "{command:?}");
    }
}

#[test]
fn what_needs_no_key_needs_no_host() {
    let world = World::new();
    for command in [&["validate"][..], &["plan"], &["state", "list"], &["apply", "--sandbox"]] {
        world.run(command, &[("HOME", "")]).exits(0);
    }
    assert_eq!(world.proxy.asked(), Vec::<String>::new());
}

type Attack = (&'static str, fn(&World), &'static [(&'static str, &'static str)], &'static str);

fn link(world: &World, to: &str, at: &str) {
    let at = world.workspace.path(at);
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    symlink(world.workspace.path(to), at).unwrap();
}

/// What a pull request may try. Each is refused with this code, and nothing is sent or recorded.
const ATTACKS: &[Attack] = &[
    (
        "another host",
        |world| world.moved_to("https://evil.invalid"),
        &[("OFFERSYNC_KEY_HOST", HOST)],
        "cake::other-key-host",
    ),
    (
        "another port",
        |world| world.moved_to("https://acme.invalid:8443"),
        &[("OFFERSYNC_KEY_HOST", HOST)],
        "cake::other-key-host",
    ),
    (
        "a longer name",
        |world| world.moved_to("https://acme.invalid.evil.invalid"),
        &[("OFFERSYNC_KEY_HOST", HOST)],
        "cake::other-key-host",
    ),
    (
        "a name that looks the same",
        |world| world.moved_to("https://аcme.invalid"),
        &[("OFFERSYNC_KEY_HOST", HOST)],
        "cake::other-key-host",
    ),
    (
        "a confirmed host that the variable does not have",
        |world| world.workspace.write("home/.config/offersync/cake-hosts", "acme.invalid\n"),
        &[("OFFERSYNC_KEY_HOST", "other.invalid")],
        "cake::other-key-host",
    ),
    (
        "a second host in CI",
        |world| world.workspace.write("home/.config/offersync/cake-hosts", "other.invalid\n"),
        &[("CI", "true")],
        "cake::new-key-host",
    ),
    (
        "a variable that the repository variable leaves empty",
        |_| {},
        &[("OFFERSYNC_KEY_HOST", ""), ("CI", "true")],
        "cake::new-key-host",
    ),
    ("a variable with a pattern", |_| {}, &[("OFFERSYNC_KEY_HOST", "*.invalid")], "cake::other-key-host"),
    ("a variable with a path", |_| {}, &[("OFFERSYNC_KEY_HOST", "acme.invalid/x")], "cake::key-host-unusable"),
    (
        "a list of hosts in the scratch folder",
        |world| {
            world.workspace.write("repository/.offersync/cake-hosts", "acme.invalid\n");
            world.workspace.write("repository/cake-hosts", "acme.invalid\n");
        },
        &[],
        "cake::new-key-host",
    ),
    (
        "a relative home folder",
        |world| world.workspace.write("repository/.config/offersync/cake-hosts", "acme.invalid\n"),
        &[("HOME", ".")],
        "cake::no-key-hosts",
    ),
    (
        "a relative configuration folder",
        |world| world.workspace.write("repository/.config/offersync/cake-hosts", "acme.invalid\n"),
        &[("XDG_CONFIG_HOME", ".config")],
        "cake::new-key-host",
    ),
    (
        "a configuration folder that links into the repository",
        |world| {
            world.workspace.write("repository/hosts/cake-hosts", "acme.invalid\n");
            link(world, "repository/hosts", "home/.config/offersync");
        },
        &[],
        "cake::key-hosts-in-repository",
    ),
    (
        "a file that links into the repository",
        |world| {
            world.workspace.write("repository/hosts", "acme.invalid\n");
            link(world, "repository/hosts", "home/.config/offersync/cake-hosts");
        },
        &[],
        "cake::key-hosts-file",
    ),
];

#[test]
fn a_pull_request_does_not_decide_where_the_key_goes() {
    for (attack, prepare, environment, code) in ATTACKS {
        let world = World::new();
        prepare(&world);
        let before = world.workspace.files("home");
        for command in [&["plan", "--refresh"][..], &["apply", "--auto-approve"]] {
            let run = world.run(command, environment);
            assert_eq!(run.code, Some(4), "{attack}: {run:?}");
            assert!(run.stderr.contains(&format!("error[{code}]")), "{attack}: {}", run.stderr);
        }
        assert_eq!(world.proxy.asked(), Vec::<String>::new(), "{attack}");
        assert_eq!(world.workspace.files("home"), before, "{attack}");
    }
}

/// The whole home folder is the checkout in some containers.
#[test]
fn a_home_folder_that_is_the_repository_confirms_nothing() {
    let world = World::new();
    world.workspace.write("repository/.config/offersync/cake-hosts", "acme.invalid\n");
    let home = world.workspace.path("repository").display().to_string();
    world.run(&["drift"], &[("HOME", &home)]).exits(4).says("error[cake::key-hosts-in-repository]");
    assert_eq!(world.proxy.asked(), Vec::<String>::new());
}

#[test]
fn a_setting_names_no_variable_with_another_secret() {
    for (name, code) in [
        ("OFFERSYNC_PUSH_TOKEN", 3),
        ("GITHUB_TOKEN", 3),
        ("CAKE_", 3),
        ("XCAKE_KEY", 3),
        ("OFFERSYNC_CAKE_KEY", 1),
        ("CAKE_API_KEY_STAGING", 1),
    ] {
        let world = World::new();
        world.workspace.replace(
            "repository/offersync.toml",
            "[cake]\n",
            &format!("[cake]\napi_key_env = \"{name}\"\n"),
        );
        let run = world.run(&["drift"], &[("OFFERSYNC_KEY_HOST", HOST), ("OFFERSYNC_PUSH_TOKEN", "t0k3n")]);
        assert_eq!(run.code, Some(code), "{name}: {run:?}");
        run.never_says("t0k3n");
        assert_eq!(world.proxy.asked(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_environment_names_its_own_place() {
    let world = World::new();
    let run = world.run(&["drift"], &[("CAKE_URL", "https://other.invalid"), ("OFFERSYNC_KEY_HOST", HOST)]).exits(4);
    run.says("`other.invalid`, the host in CAKE_URL").never_says("offersync.toml");
}

#[test]
fn a_document_says_what_the_exit_code_says() {
    let world = World::new();
    let problem = &world.run(&["apply", "--auto-approve", "--format", "json"], &[]).exits(4).json()["diagnostics"][0];
    assert_eq!((&problem["code"], &problem["file"]), (&"cake::new-key-host".into(), &"offersync.toml".into()));
}

#[test]
fn two_accounts_have_two_hosts() {
    let world = World::new();
    world.run(&["drift"], &[("OFFERSYNC_KEY_HOST", "staging.invalid, acme.invalid")]).exits(1);
    assert_eq!(world.proxy.asked(), ["acme.invalid:443"]);
}

#[test]
fn a_confirmed_host_is_recorded_and_not_asked_about_again() {
    let world = World::new();
    let terminal = Terminal::spawn(world.command(&["drift"]));
    let shown = terminal.wait_for(QUESTION);
    for text in ["offersync.toml:2:7", "/home/.config/offersync/cake-hosts"] {
        assert!(shown.contains(text), "`{text}` is not in:\n{shown}");
    }
    assert_eq!(world.proxy.asked(), Vec::<String>::new());
    assert_eq!(world.hosts(), "");
    terminal.type_line("yes");
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(1), "{shown}");
    assert_eq!(world.proxy.asked(), ["acme.invalid:443"]);
    assert!(world.hosts().ends_with("\nacme.invalid\n"), "{}", world.hosts());
    let file = world.workspace.path("home/.config/offersync/cake-hosts");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing temporary stays");
    world.run(&["drift"], &[]).exits(1).says("acme.invalid");
    world.run(&["drift"], &[("CI", "true")]).exits(1);
}

#[test]
fn any_other_answer_sends_and_records_nothing() {
    for answer in ["no", "", "yes please"] {
        let world = World::new();
        let terminal = Terminal::spawn(world.command(&["apply", "--auto-approve"]));
        terminal.wait_for(QUESTION);
        terminal.type_line(answer);
        let (code, shown) = terminal.finish();
        assert_eq!(code, Some(4), "{answer}: {shown}");
        assert!(shown.contains("error[cake::key-host-declined]"), "{shown}");
        assert_eq!((world.proxy.asked(), world.hosts()), (vec![], String::new()));
    }
}

#[test]
fn an_interrupt_at_the_question_sends_and_records_nothing() {
    let world = World::new();
    let terminal = Terminal::spawn(world.command(&["import"]));
    terminal.wait_for(QUESTION);
    signal(terminal.process(), "INT");
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(130), "{shown}");
    assert_eq!((world.proxy.asked(), world.hosts()), (vec![], String::new()));
}

/// Some CI systems have a pseudo-terminal, and no one to answer.
#[test]
fn a_terminal_in_ci_is_not_asked() {
    let world = World::new();
    let mut command = world.command(&["drift"]);
    command.env("CI", "true");
    let (code, shown) = Terminal::spawn(command).finish();
    assert_eq!(code, Some(4), "{shown}");
    assert!(shown.contains("error[cake::new-key-host]") && !shown.contains(QUESTION), "{shown}");
}

#[test]
fn names_of_this_machine_are_asked_of_no_resolver() {
    let cake = Cake::start();
    for name in ["localhost", "cake.localhost"] {
        let there = cake.url().replace("127.0.0.1", name);
        assert_ne!(there, cake.url());
        Workspace::with_offers(&there).run(&["plan", "--refresh"]).exits(0);
    }
}

#[test]
fn a_redirect_takes_the_key_nowhere() {
    let (cake, other) = (Cake::start(), Cake::start());
    let workspace = Workspace::with_offers(&cake.url());
    cake.faults(&format!("any:1-=redirect:{}/api/2/offers.json", other.url()));
    workspace.run(&["drift"]).exits(1).says("a redirect, which is never followed");
    workspace.run(&["apply", "--auto-approve"]);
    assert_eq!(other.counters().requests, 0);
}
