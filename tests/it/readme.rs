//! Runs every command that the README shows and holds its output against what the README says.
//!
//! A ```` ```console ```` block is one terminal: lines that begin with `$ ` are commands, the lines behind each are its output
//! (stdout, then stderr), `[exit N]` is an exit code other than 0, and a line `…` stands for any lines. All blocks run one after the other in
//! one clone of the sample repository, as a reader would run them, and leave it as it was; one marked `console empty` begins in an empty
//! folder. With `OFFERSYNC_BLESS=1` the outputs are written into the README instead.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::harness::{clean, finish};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A clone of this repository, as far as the program reads it.
fn sample_repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_tree(&root().join("offers"), &folder.path().join("offers"));
    for file in ["offersync.toml", "offersync.state.json", ".gitignore"] {
        fs::copy(root().join(file), folder.path().join(file)).unwrap();
    }
    let git = |arguments: &[&str]| finish(clean("git", folder.path()).args(arguments)).exits(0);
    // A commit of the sample's history has removed this offer.
    let removed = folder.path().join("offers/acme-home/gutter-guards-canada.yaml");
    fs::copy(folder.path().join("offers/acme-home/gutter-guards.yaml"), &removed).unwrap();
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "sample"]);
    fs::remove_file(removed).unwrap();
    git(&["commit", "--quiet", "--all", "--message", "offers: no gutter guards in Canada"]);
    folder
}

/// Runs one command line as a person would type it.
fn run(command: &str, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_offersync"));
    // Built already: what cargo would say about building is not ours to test.
    let command = command.replace("cargo run -- ", "offersync ");
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("COLUMNS")
        .env_remove("CAKE_API_KEY")
        .env_remove("CAKE_URL")
        .env_remove("OFFERSYNC_KEY_HOST")
        .env("XDG_CONFIG_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-configuration"))
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !output.status.success() {
        writeln!(text, "[exit {}]", output.status.code().unwrap_or(-1)).unwrap();
    }
    on_a_fixed_day(&text)
        .replace(&folder.canonicalize().unwrap().display().to_string(), "/repository")
        .lines()
        .flat_map(|line| [line.trim_end(), "\n"])
        .collect()
}

/// The waiver to paste ends two weeks from today; the README shows that of one day.
fn on_a_fixed_day(text: &str) -> String {
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date();
    // In another time zone it is the day before, or the next one.
    let days = [13, 14, 15].map(|days| format!("until: {}", today + jiff::Span::new().days(days)));
    days.iter().fold(text.to_owned(), |text, until| text.replace(until, "until: 2026-12-10"))
}

/// Whether the output is what is expected, where a line `…` stands for any lines.
fn agrees(expected: &[&str], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((&"…", rest)) => (0..=actual.len()).any(|skip| agrees(rest, &actual[skip..])),
        Some((line, rest)) => actual.first() == Some(line) && agrees(rest, &actual[1..]),
    }
}

#[test]
fn every_command_in_the_readme_prints_what_the_readme_says() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let bless = std::env::var_os("OFFERSYNC_BLESS").is_some();
    let (mut written, mut wrong) = (String::new(), String::new());
    let (clone, empty) = (sample_repository(), tempfile::tempdir().unwrap());
    let mut lines = readme.lines().peekable();
    let mut commands = 0;
    while let Some(line) = lines.next() {
        writeln!(written, "{line}").unwrap();
        let folder = match line {
            "```console" => &clone,
            "```console empty" => &empty,
            _ => continue,
        };
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("not a command: {line}"));
            let mut expected = Vec::new();
            while let Some(line) = lines.next_if(|line| *line != "```" && !line.starts_with("$ ")) {
                expected.push(line);
            }
            let actual = run(command, folder.path());
            commands += 1;
            let holds = agrees(&expected, &actual.lines().collect::<Vec<_>>());
            writeln!(written, "$ {command}").unwrap();
            if holds {
                for line in &expected {
                    writeln!(written, "{line}").unwrap();
                }
            } else {
                written.push_str(&actual);
                writeln!(wrong, "$ {command}\n--- the README says\n{}\n--- it prints\n{actual}", expected.join("\n"))
                    .unwrap();
            }
        }
    }
    if bless {
        let mut file = std::fs::File::create(root().join("README.md")).unwrap();
        std::io::Write::write_all(&mut file, written.as_bytes()).unwrap();
    }
    let left = finish(clean("git", clone.path()).args(["status", "--porcelain"])).exits(0).stdout;
    assert_eq!(left, "", "a block leaves the clone otherwise than it was");
    assert!(commands > 10, "the README shows {commands} commands");
    assert!(bless || wrong.is_empty(), "{wrong}");
}

#[test]
fn verbose_flags_print_more_and_never_the_key() {
    let printed = |flag: &str| {
        let folder = sample_repository();
        run(&format!("offersync {flag} apply --sandbox 2>&1 >/dev/null"), folder.path())
    };
    assert_eq!(printed("-q"), "");
    let steps = printed("-v");
    assert!(steps.contains("read the offers") && steps.contains("published the state"), "{steps}");
    let requests = printed("-vv");
    assert!(requests.contains("/api/2/offer.json") && requests.contains("/api/2/offers.json"), "{requests}");
    assert!(requests.contains("HTTP 200"), "{requests}");
    assert!(!requests.contains("api_key"), "{requests}");
}

#[test]
fn the_readme_explains_every_exit_code_and_every_setting() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for code in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "64", "130"] {
        assert!(readme.contains(&format!("| {code} |")), "exit code {code}");
    }
    for key in offersync::testing::config::keys::KEYS {
        let name = if key.table.is_empty() { key.name.to_owned() } else { format!("{}.{}", key.table, key.name) };
        assert!(readme.contains(&format!("| `{name}` |")), "the setting {name}");
    }
    for code in offersync::testing::diagnostic::codes::all() {
        let area = code.name.split("::").next().unwrap();
        assert!(readme.contains(&format!("`{area}::")), "no code of the area {area} is mentioned");
    }
}
