//! What decides about a host, and what does not.

use std::fs;

use super::*;
use crate::disk;

struct World {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl World {
    /// A repository, and a configuration folder beside it.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("repository")).unwrap();
        let configuration = folder.path().join("home").display().to_string();
        Self { folder, variables: vec![("XDG_CONFIG_HOME", configuration)] }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value.to_owned()));
        self
    }

    fn confirmed(self, hosts: &str) -> Self {
        fs::create_dir_all(self.folder.path().join("home/offersync")).unwrap();
        disk::replace(&self.folder.path().join("home/offersync/cake-hosts"), hosts.as_bytes()).unwrap();
        self
    }

    /// `allowed`, `ask`, or why it is refused.
    fn decide(&self, url: &str) -> String {
        let environment =
            |name: &str| self.variables.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
        match decide(&url.parse().unwrap(), environment, &self.folder.path().join("repository")) {
            Ok(Decision::Allowed) => "allowed".to_owned(),
            Ok(Decision::Ask(_)) => "ask".to_owned(),
            Err(reason) => reason.to_string(),
        }
    }
}

const ACME: &str = "https://acme.example";

#[test]
fn loopback_addresses_need_nothing() {
    let nowhere = || World { variables: Vec::new(), ..World::new() };
    for url in [
        "http://127.0.0.1:8080",
        "https://127.9.9.9",
        "http://[::1]:1",
        "http://localhost:80",
        "https://LOCALHOST",
        "http://cake.localhost",
    ] {
        assert_eq!(nowhere().decide(url), "allowed", "{url}");
        assert_eq!(nowhere().with(VARIABLE, "acme.example").decide(url), "allowed", "{url}");
    }
    for url in [
        "https://localhost.example",
        "https://localhost.",
        "https://notlocalhost",
        "https://0.0.0.0",
        "https://[::ffff:127.0.0.1]",
        "https://127.0.0.1.example",
    ] {
        assert_eq!(World::new().decide(url), "ask", "{url}");
    }
}

#[test]
fn the_variable_names_whole_hosts() {
    for (value, url) in [
        ("acme.example", ACME),
        (" Acme.Example\n", ACME),
        ("acme.example:443", ACME),
        ("https://acme.example/", ACME),
        ("other.example,acme.example", ACME),
        ("other.example acme.example", ACME),
        ("acme.example:8443", "https://acme.example:8443"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("[2001:db8::1]", "https://[2001:DB8::1]"),
    ] {
        assert_eq!(World::new().with(VARIABLE, value).decide(url), "allowed", "{value} {url}");
    }
    for url in [
        "https://acme.example.evil.test",
        "https://evil-acme.example",
        "https://sub.acme.example",
        "https://example",
        "https://acme.example:8443",
        "https://acme.example.",
        "https://аcme.example",
    ] {
        let refused = format!("{VARIABLE} allows only `acme.example`");
        assert_eq!(World::new().with(VARIABLE, "acme.example").decide(url), refused, "{url}");
    }
    for value in ["acme.example/path", "user@acme.example", "http://acme.example", "acme.example?x", ",,/"] {
        let refused = format!("{VARIABLE} is not a host");
        assert_eq!(World::new().with(VARIABLE, value).decide(ACME), refused, "{value}");
    }
}

#[test]
fn the_file_counts_only_without_the_variable() {
    let known = || World::new().confirmed("# a comment\nother.example\n acme.example \r\n");
    assert_eq!(known().decide(ACME), "allowed");
    assert_eq!(known().with(VARIABLE, "").decide(ACME), "allowed");
    assert_eq!(known().with(VARIABLE, "acme.test").decide(ACME), format!("{VARIABLE} allows only `acme.test`"));
    assert_eq!(known().decide("https://acme.example:8443"), "ask");
    assert_eq!(known().decide("https://comment"), "ask");
    assert_eq!(World::new().confirmed("acme.example.evil.test\n#acme.example\n").decide(ACME), "ask");
}

#[test]
fn nothing_is_asked_in_ci() {
    assert!(World::new().with("CI", "true").decide(ACME).contains("no terminal"));
    assert_eq!(World::new().with("CI", "true").confirmed("acme.example").decide(ACME), "allowed");
    assert_eq!(World::new().with("CI", "false").decide(ACME), "ask");
}

#[test]
fn a_host_is_added_to_the_file_that_was_there() {
    let world = World::new().confirmed("other.example");
    let file = world.folder.path().join("home/offersync/cake-hosts");
    let environment = |_: &str| Some(world.folder.path().join("home").display().to_string());
    let confirmed = ConfirmedHosts::find(&environment, &world.folder.path().join("repository")).unwrap();
    disk::replace(&file, b"other.example\nmeanwhile.example").unwrap();
    confirmed.add("acme.example").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "other.example\nmeanwhile.example\nacme.example\n");
    assert_eq!(world.decide(ACME), "allowed");
}
