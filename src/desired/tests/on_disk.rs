//! Trees on disk: what is skipped, followed and rejected, and in which order.

use std::fs;
use std::path::Path;

use super::{names, offer_with};
use crate::desired::{ReadOptions, Reading, from_texts, quote_lines, read};
use crate::diagnostic::{Diagnostic, TextForm, codes, render_all};
use crate::source::{Place, Span};

struct Tree(tempfile::TempDir);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            tree.write(path, text.as_bytes());
        }
        tree
    }

    fn path(&self, relative: &str) -> std::path::PathBuf {
        self.0.path().join("offers").join(relative)
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own folder")]
    fn write(&self, relative: &str, bytes: &[u8]) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self) -> Reading {
        read(self.0.path(), &"offers".into(), &names(), ReadOptions::default())
    }

    fn messages(&self) -> String {
        render_all(&self.read().diagnostics, TextForm::default())
    }
}

#[test]
fn only_offers_are_read_and_files_are_sorted() {
    let named = |name: &str| offer_with("").replace("Home Warranty", name);
    let tree = Tree::new(&[
        ("b/b.yml", &named("b")),
        ("a.yaml", &named("a")),
        ("b/_defaults.yaml", "payout: 1\n"),
        ("b/_draft.yaml", "not: [read"),
        (".hidden.yaml", "not: [read"),
        ("_old/x.yaml", "not: [read"),
        (".git/x.yaml", "not: [read"),
        ("README.md", "not read"),
        ("b/c/UPPER.YAML", &named("c").replace("vertical_id", "sync: {key: upper}\nvertical_id")),
    ]);
    let reading = tree.read();
    assert_eq!(render_all(&reading.diagnostics, TextForm::default()), "");
    let files: Vec<_> = reading.set.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["offers/a.yaml", "offers/b/_defaults.yaml", "offers/b/b.yml", "offers/b/c/UPPER.YAML"]);
    let keys: Vec<_> = reading.set.offers.iter().map(|offer| offer.key.as_str()).collect();
    assert_eq!(keys, ["a", "b", "upper"]);
}

#[test]
fn reading_a_tree_and_reading_its_texts_are_the_same() {
    let files: Vec<(String, String)> = (0..500)
        .map(|n| {
            (format!("f{}/o{n}.yaml", n % 7), offer_with(&format!("payout: {n}\n")).replace("Home", &n.to_string()))
        })
        .collect();
    let borrowed: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let from_disk = Tree::new(&borrowed).read();
    let texts = files.iter().map(|(path, text)| (format!("offers/{path}"), text.clone().into_bytes())).collect();
    let from_memory = from_texts(texts, &names(), ReadOptions::default());
    assert_eq!(from_disk.set, from_memory.set);
    assert_eq!(from_disk.set.offers.len(), 500);
}

#[test]
fn the_digest_knows_paths_and_contents() {
    let digest = |files: &[(&str, &str)]| Tree::new(files).read().set.digest;
    let (one, other) = (offer_with(""), offer_with("payout: 1\n"));
    let before = digest(&[("a.yaml", &one)]);
    assert_eq!(before, digest(&[("a.yaml", &one)]));
    assert_ne!(before, digest(&[("a.yaml", &other)]));
    assert_ne!(before, digest(&[("b.yaml", &one)]));
    assert_ne!(before, digest(&[("_defaults.yaml", "payout: 2\n"), ("a.yaml", &one)]));
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_each_folder_once() {
    use std::os::unix::fs::symlink;
    let tree = Tree::new(&[("a.yaml", &offer_with("")), ("sub/b.yaml", &offer_with("").replace("Home", "Car"))]);
    let boat = offer_with("").replace("Home", "Boat");
    let elsewhere =
        Tree::new(&[("linked.yaml", &boat), ("deep/inner/deep.yaml", &offer_with("").replace("Home", "Van"))]);
    symlink(elsewhere.path(""), tree.path("outside")).unwrap();
    symlink(elsewhere.path("linked.yaml"), tree.path("file-link.yaml")).unwrap();
    symlink(tree.path(""), tree.path("sub/up")).unwrap();
    symlink(tree.path("sub"), elsewhere.path("round")).unwrap();
    for link in ["one", "other", "sub/third"] {
        symlink(elsewhere.path("deep/inner"), tree.path(link)).unwrap();
    }
    symlink(elsewhere.path("deep"), tree.path("sub/fourth")).unwrap();
    symlink("self.yaml", tree.path("self.yaml")).unwrap();
    symlink("nowhere", tree.path("gone.yaml")).unwrap();
    symlink("nowhere", tree.path("gone.txt")).unwrap();
    let reading = tree.read();
    let reported: Vec<_> =
        reading.diagnostics.iter().map(|d| (d.code.name, d.labels[0].place.file.to_string())).collect();
    let expected = [
        ("tree::unreadable", "offers/gone.yaml"),
        ("tree::linked-twice", "offers/other"),
        ("tree::linked-twice", "offers/outside/deep/inner"),
        ("tree::linked-twice", "offers/outside/round"),
        ("tree::symlink-loop", "offers/self.yaml"),
        ("tree::linked-twice", "offers/sub/fourth"),
        ("tree::linked-twice", "offers/sub/third"),
        ("tree::linked-twice", "offers/sub/up"),
    ];
    assert_eq!(reported.iter().map(|(code, file)| (*code, file.as_str())).collect::<Vec<_>>(), expected);
    let keys: Vec<_> = reading.set.offers.iter().map(|offer| offer.key.as_str()).collect();
    assert!(["linked", "file-link", "deep"].iter().all(|key| keys.contains(key)), "{keys:?}");
}

#[cfg(unix)]
#[test]
fn what_is_not_a_file_is_never_opened() {
    let tree = Tree::new(&[("a.yaml", &offer_with(""))]);
    // Opening a pipe would block until there is a writer.
    let _socket = std::os::unix::net::UnixListener::bind(tree.path("socket.yaml")).unwrap();
    fs::create_dir(tree.path("folder.yaml")).unwrap();
    insta::assert_snapshot!(tree.messages());
}

#[cfg(unix)]
#[test]
fn a_name_that_cannot_be_shown_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::new(&[("a.yaml", &offer_with("")), ("new\nline.yaml", ""), ("odd\u{7}.txt", "")]);
    let odd = std::ffi::OsStr::from_bytes(b"b\xff.yaml");
    if fs::File::create(tree.path("").join(odd)).is_ok() {
        insta::assert_snapshot!(tree.messages());
    }
}

#[test]
fn a_tree_without_offers_is_refused_unless_it_is_meant() {
    let tree = Tree::new(&[("README.md", "x"), ("_defaults.yaml", "payout: 1\n")]);
    let missing = Path::new("no-such-folder-anywhere");
    let reported = [
        tree.messages(),
        render_all(&read(missing, &"offers".into(), &names(), ReadOptions::default()).diagnostics, TextForm::default()),
        render_all(
            &read(tree.0.path(), &"offers/README.md".into(), &names(), ReadOptions::default()).diagnostics,
            TextForm::default(),
        ),
    ];
    insta::assert_snapshot!(reported.concat());
    let allowed = ReadOptions { allow_empty: true, ..ReadOptions::default() };
    assert!(!read(tree.0.path(), &"offers".into(), &names(), allowed).has_errors());
    assert!(!read(missing, &"offers".into(), &names(), allowed).has_errors());
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new(&[("a.yaml", &offer_with("")), ("closed/b.yaml", "x: 1"), ("closed.yaml", "x: 1")]);
    let close = |path: &str, mode| fs::set_permissions(tree.path(path), fs::Permissions::from_mode(mode)).unwrap();
    close("closed", 0);
    close("closed.yaml", 0);
    // Root can read everything, so there is nothing to test.
    let is_root = fs::read_dir(tree.path("closed")).is_ok();
    let reported = tree.messages();
    close("closed", 0o755);
    if !is_root {
        insta::assert_snapshot!(reported);
    }
}

#[test]
fn later_diagnostics_quote_the_lines_that_were_read() {
    let tree = Tree::new(&[("a.yaml", "offer_name: x\npayout: 1\napi_key: abc\n"), ("b.yaml", "payout: 1\n")]);
    let set = tree.read().set;
    let at = |file: &str, line| Place::new(format!("offers/{file}").into(), Span { line, column: 1, length: 6 });
    let places = [at("a.yaml", 2), at("a.yaml", 3), at("a.yaml", 9), at("b.yaml", 1), at("gone.yaml", 1)];
    let problem = Diagnostic::warning(codes::plan::UNPROTECTED, "x");
    let mut problems = [places.into_iter().fold(problem, Diagnostic::label)];
    tree.write("b.yaml", b"payout: 2\n");
    quote_lines(&mut problems, &set, tree.0.path());
    let lines: Vec<_> = problems[0].labels.iter().map(|label| label.source_line.as_deref()).collect();
    let unchecked = None;
    assert_eq!(
        lines,
        [Some("payout: 1"), Some("api_key: …"), Some(""), unchecked, None],
        "b.yaml was saved in between"
    );
}
