//! Every default, every message, the environment, and that no API key is ever shown.

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::diagnostic::{TextForm, render_all};
use crate::offer::{Field, RemovedAction};

fn loaded(text: &str) -> Loaded {
    from_text(text, "offersync.toml", Path::new("/repo"), &|_| None, None)
}

fn settings(text: &str) -> Settings {
    let loaded = loaded(text);
    assert_eq!(render_all(&loaded.diagnostics, TextForm::default()), "", "{text}");
    loaded.settings.unwrap()
}

fn messages(text: &str) -> String {
    render_all(&loaded(text).diagnostics, TextForm::default())
}

#[test]
fn an_empty_file_has_every_default() {
    let settings = settings("");
    assert_eq!(settings.offers.as_str(), "offers");
    assert_eq!(settings.state, Path::new("/repo/offersync.state.json"));
    assert_eq!(settings.removed, RemovedAction::Retire);
    let cake = settings.cake;
    assert_eq!((cake.url, cake.api_key_env.as_str(), cake.api_key_in), (None, "CAKE_API_KEY", ApiKeyIn::Body));
    assert_eq!((cake.max_in_flight, cake.requests_per_second, cake.timeout), (4, 10, Duration::from_mins(1)));
    assert_eq!((cake.duplicate_check, cake.time_zone.iana_name()), (DuplicateCheck::Require, Some("UTC")));
    assert_eq!((cake.listing_lag, cake.retry.attempts), (Duration::from_secs(5), 5));
    assert_eq!(cake.retry.longest_wait, Duration::from_mins(1));
}

#[test]
fn the_defaults_of_the_table_are_the_defaults_of_the_settings() {
    let lines: Vec<String> = [""]
        .into_iter()
        .chain(keys::TABLES.iter().copied())
        .flat_map(|table| {
            let head = if table.is_empty() { String::new() } else { format!("[{table}]") };
            let keys = keys::KEYS.iter().filter(move |key| key.table == table && !key.default.is_empty());
            std::iter::once(head).chain(keys.map(|key| format!("{} = {}", key.name, key.default)))
        })
        .collect();
    let text = lines.join("\n");
    assert_eq!(format!("{:?}", settings(&text)), format!("{:?}", settings("")));
}

#[test]
fn every_setting_is_taken_over() {
    let settings = settings(
        r#"
        offers = "./network/offers/"
        state = "../state.json"
        cake.url = "https://Acme.cakemarketing.com/"
        cake.api_key_env = "CAKE_ACME_KEY"
        cake.api_key_in = "query"
        cake.time_zone = "America/New_York"
        cake.max_in_flight = 64
        cake.requests_per_second = 0
        cake.timeout_seconds = 3600
        cake.duplicate_check = "require"
        cake.listing_lag_seconds = 0
        cake.retry = { attempts = 1, longest_wait_seconds = 1 }
        removed.action = "forget"
        names.advertisers = { acme-home = 101, "Acme Car" = 102 }
        names.verticals.home-services = 7
        [names.currencies]
        USD = 1
        "#,
    );
    assert_eq!(settings.offers.as_str(), "network/offers");
    assert_eq!(settings.state, Path::new("/repo/../state.json"));
    let cake = settings.cake;
    assert_eq!(cake.url.unwrap().as_str(), "https://acme.cakemarketing.com");
    assert_eq!((cake.api_key_env.as_str(), cake.api_key_in), ("CAKE_ACME_KEY", ApiKeyIn::Query));
    assert_eq!(cake.time_zone.iana_name(), Some("America/New_York"));
    assert_eq!((cake.max_in_flight, cake.requests_per_second, cake.timeout.as_secs()), (64, 0, 3600));
    assert_eq!((cake.duplicate_check, cake.listing_lag), (DuplicateCheck::Require, Duration::ZERO));
    assert_eq!(cake.retry, RetrySettings { attempts: 1, longest_wait: Duration::from_secs(1) });
    assert_eq!(settings.removed, RemovedAction::Forget);
    let id = Field::AdvertiserId.parse("102").unwrap();
    assert_eq!(settings.names.find(Field::AdvertiserId, "Acme Car"), NameLookup::Value(id.clone()));
    assert_eq!(settings.names.find(Field::VerticalId, "Acme Car"), NameLookup::Nothing);
    assert_eq!(settings.names.name_of(Field::AdvertiserId, &id), Some("Acme Car"));
    assert_eq!(settings.names.of(Field::AdvertiserId).collect::<Vec<_>>(), ["Acme Car", "acme-home"]);
}

#[test]
fn the_folder_of_the_offers_may_be_the_root_itself() {
    for text in ["offers = \".\"", "offers = \"./\""] {
        assert_eq!(settings(text).offers.as_str(), "");
    }
}

#[test]
fn every_problem_is_told_at_once() {
    insta::assert_snapshot!(messages(
        r#"
ofers = "x"
offers = ""
state = 1
url = "https://x"
[cake]
url = 5
api_key_env = "s3cr3t-key-value"
api_key_in = "header"
time_zone = "America/NewYork"
max_in_flight = 65
requests_per_second = "10"
timeout_seconds = 1.5
duplicate_chek = "auto"
duplicate_check = "requier"
retry = 5
"#
    ));
    insta::assert_snapshot!(
        "every_problem_of_tables",
        messages(
            r#"
removed = "retire"
[cake]
time_zone = "Mars"
timeout_seconds = -1
retry = { attempts = 0, pause = 3 }
[name.advertisers]
x = 1
[names.advertiser]
x = 1
[names.advertisers]
a = 0
b = "1"
c = 1.5
d = { nam = "x" }
e = 0x10
"#
        )
    );
}

#[test]
fn addresses() {
    let told_of = |url: &str| messages(&format!("[cake]\nurl = \"{url}\"\n"));
    let refused = [
        "http://yourdomain.cakemarketing.com",
        "http://10.0.0.1",
        "yourdomain.cakemarketing.com",
        "cake",
        "ftp://yourdomain.cakemarketing.com",
        "https://me:s3cr3t@yourdomain.cakemarketing.com",
        "https://yourdomain.cakemarketing.com/api/2",
        "https://yourdomain.cakemarketing.com/?api_key=s3cr3t",
        "https://",
        "",
    ];
    let shown = refused.map(told_of).concat();
    assert!(!shown.contains("s3cr3t"), "{shown}");
    insta::assert_snapshot!(shown);
    for url in [
        "https://yourdomain.cakemarketing.com",
        "https://yourdomain.cakemarketing.com:8443",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://127.8.9.10",
        "http://[::1]:8080",
    ] {
        assert_eq!(settings(&format!("cake.url = \"{url}/\"")).cake.url.unwrap().as_str(), url);
    }
}

#[test]
fn no_key_is_ever_shown() {
    let texts = [
        "api_key = \"s3cr3t\"",
        "[cake]\nkey = \"s3cr3t\"",
        "[cake]\napi-key = 's3cr3t'\nurl = 5",
        "cake = { url = 5, api_key = \"s3cr3t\" }",
        "cake = { api_key = \"s3cr3t\", url = 5 }",
        "[cake]\napi_key = s3cr3t",
        "[cake]\n\"api_key\" = \"s3cr3t",
        "[cake]\napi_key_env = \"s3cr3t\"",
        "[cake]\napi_key_env = \"S3CR3T value\"",
        "[cake]\nCAKE_API_KEY = \"s3cr3t\"",
        "[cake]\nurl = \"https://me:s3cr3t@yourdomain.cakemarketing.com",
        "[cake]\nurls = \"https://s3cr3t@yourdomain.cakemarketing.com\"",
        "[names.advertisers]\napi_key = \"s3cr3t\"",
    ];
    for text in texts {
        let loaded = loaded(text);
        assert!(!loaded.diagnostics.is_empty(), "{text}");
        let shown = format!(
            "{}{:?}",
            render_all(&loaded.diagnostics, TextForm { colour: true, columns: None }),
            loaded.diagnostics
        )
        .to_lowercase();
        assert!(!shown.contains("s3cr3t"), "{text}: {shown}");
    }
    insta::assert_snapshot!(texts[..3].iter().map(|text| messages(text)).collect::<String>());
}

#[test]
fn what_is_not_toml() {
    let broken =
        ["offers = \n", "[cake\n", "offers = \"a\"\noffers = \"b\"\n", "[cake]\n[cake]\n", "offers: x\n", "= 1\n"];
    insta::assert_snapshot!(broken.map(messages).concat());
    assert!(loaded("offers = ").settings.is_none());
}

#[test]
fn the_environment_overrides_the_file() {
    let url = |environment: Option<&str>| {
        let lookup = |name: &str| environment.filter(|_| name == "CAKE_URL").map(str::to_owned);
        from_text("cake.url = \"https://file.example.com\"", "offersync.toml", Path::new(""), &lookup, None)
    };
    let shown = |loaded: Loaded| loaded.settings.unwrap().cake.url.unwrap().as_str().to_owned();
    assert_eq!(shown(url(None)), "https://file.example.com");
    assert_eq!(shown(url(Some(""))), "https://file.example.com", "CI systems set what is not set to nothing");
    assert_eq!(shown(url(Some("https://env.example.com"))), "https://env.example.com");
    let refused = url(Some("http://u:s3cr3t@env.example.com"));
    insta::assert_snapshot!(render_all(&refused.diagnostics, TextForm::default()));
}

#[test]
fn a_plan_without_an_address_says_where_to_write_it() {
    let problem = settings("").cake_url().unwrap_err().clone();
    insta::assert_snapshot!(crate::diagnostic::render(&problem, TextForm::default()));
    assert!(settings("cake.url = \"https://a.example.com\"").cake_url().is_ok());
}

#[test]
fn a_name_with_a_broken_id_is_known_all_the_same() {
    let settings = loaded("[names.advertisers]\nacme = \"101\"\n").settings.unwrap();
    assert_eq!(settings.names.find(Field::AdvertiserId, "acme"), NameLookup::Broken);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test's own folder")]
fn the_file_is_found_upward_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    assert!(missing(&deep).message.contains("a/b"));
    let file = folder.path().join(FILE_NAME);
    std::fs::write(&file, b"offers = \"\xff\"\n").unwrap();
    assert_eq!(find(&deep).as_deref(), Some(&*file));
    let loaded = load(&file, FILE_NAME, &|_| None, None);
    assert_eq!(loaded.diagnostics[0].message, "`offersync.toml` is not UTF-8 (line 1)");
    std::fs::write(&file, b"\xef\xbb\xbfoffers = \"x\"\r\n").unwrap();
    let settings = load(&file, FILE_NAME, &|_| None, None).settings.unwrap();
    assert_eq!(settings.offers.on_disk(&settings.root), folder.path().join("x"));
    let gone = load(&folder.path().join("gone.toml"), "gone.toml", &|_| None, None);
    assert!(gone.settings.is_none() && gone.diagnostics[0].code == crate::diagnostic::codes::config::UNREADABLE);
}
