//! `check-links` against a local web server: where links lead, what stops them, and what is never sent.

mod server;

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::harness::{KEY, Workspace, finish_child, signal, small_offer};

use server::{Answer, Server, redirect, status};

/// A repository with these offers: a key, its `offer_url`, and its `preview_url` where that is not empty.
fn workspace(offers: &[(&str, &str, &str)]) -> Workspace {
    let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
    for key in ["alpha", "beta", "gamma"] {
        workspace.remove(&format!("offers/{key}.yaml"));
    }
    for (key, offer_url, preview_url) in offers {
        let old = format!("https://track.example.com/{key}?o={{offer_id}}");
        let mut text = small_offer(key, "20.00").replace(&old, &format!("\"{offer_url}\""));
        if !preview_url.is_empty() {
            writeln!(text, "preview_url: \"{preview_url}\"").unwrap();
        }
        workspace.write(&format!("offers/{key}.yaml"), &text);
    }
    workspace
}

/// The links of a document by key and field.
#[track_caller]
fn link<'a>(document: &'a Json, key: &str, field: &str) -> &'a Json {
    let offer = document["offers"].as_array().unwrap().iter().find(|offer| offer["key"] == key).unwrap();
    offer["links"].as_array().unwrap().iter().find(|link| link["field"] == field).unwrap()
}

#[track_caller]
fn check(offer_url: &str, exit: i32) -> Json {
    let document = workspace(&[("a", offer_url, "")]).run(&["check-links", "--format", "json"]).exits(exit).json();
    link(&document, "a", "offer_url").clone()
}

#[test]
fn a_link_is_followed_to_its_page() {
    let server =
        Server::start(&[("/a", redirect("b")), ("/b", status("301 Moved Permanently\r\nLocation: /c?x=1#top"))]);
    let link = check(&server.url("/a"), 0);
    let hops = json!([
        {"url": server.url("/a"), "status": 302},
        {"url": server.url("/b"), "status": 301},
        {"url": server.url("/c?x=1"), "status": 200},
    ]);
    assert_eq!(link["hops"], hops);
    assert_eq!((&link["outcome"], &link["status"], &link["code"]), (&json!("ok"), &json!(200), &Json::Null));
    assert_eq!((&link["final_host"], &link["tls"]), (&json!("127.0.0.1"), &json!("none")));
}

#[test]
fn what_does_not_lead_to_a_page_is_told_with_its_code() {
    let answers = [
        ("/missing", status("404 Not Found")),
        ("/broken", status("500 Internal Server Error")),
        ("/busy", status("503 Service Unavailable")),
        ("/not-modified", status("304 Not Modified")),
        ("/late", redirect("/missing")),
        ("/circle", redirect("/back")),
        ("/back", redirect("/circle")),
        ("/cookie", Answer::Head("302 Found\r\nSet-Cookie: seen=1\r\nLocation: /cookie".to_owned())),
        ("/endless", Answer::Count),
        ("/nowhere", status("302 Found")),
        ("/nonsense", redirect("http://[")),
        ("/metadata", redirect("http://169.254.169.254/latest/meta-data/")),
        ("/intranet", redirect("//10.0.0.1/")),
        ("/app", redirect("market://details?id=com.example")),
        ("/file", redirect("file:///etc/passwd")),
    ];
    let server = Server::start(&answers);
    for (path, exit, code, hops) in [
        ("/missing", 4, "link::status", 1),
        ("/broken", 4, "link::status", 1),
        ("/busy", 4, "link::status", 1),
        ("/not-modified", 4, "link::status", 1),
        ("/late", 4, "link::status", 2),
        ("/circle", 4, "link::redirects", 2),
        ("/cookie", 4, "link::redirects", 1),
        ("/endless", 4, "link::redirects", 11),
        ("/nowhere", 4, "link::redirects", 1),
        ("/nonsense", 4, "link::redirects", 1),
        ("/metadata", 4, "link::not-public", 1),
        ("/intranet", 4, "link::not-public", 1),
        ("/app", 7, "link::not-checked", 1),
        ("/file", 7, "link::not-checked", 1),
    ] {
        let link = check(&server.url(path), exit);
        let outcome = if exit == 7 { "not_checked" } else { "failed" };
        assert_eq!((&link["code"], &link["outcome"]), (&json!(code), &json!(outcome)), "{path}: {link:#}");
        assert_eq!(link["hops"].as_array().unwrap().len(), hops, "{path}: {link:#}");
    }
}

#[test]
fn an_address_that_is_not_public_is_not_requested() {
    for url in ["http://169.254.169.254/latest/meta-data/", "http://192.168.0.1/", "http://[fd00:ec2::254]/"] {
        let link = check(url, 4);
        assert_eq!(
            (&link["code"], &link["status"], &link["tls"]),
            (&json!("link::not-public"), &Json::Null, &Json::Null)
        );
    }
}

#[test]
fn a_host_that_does_not_answer_is_told() {
    let silent = Server::start(&[("/", Answer::Never)]);
    let workspace = workspace(&[("a", &silent.url("/"), ""), ("b", "http://127.0.0.1:9/", "")]);
    let run = workspace.run(&["check-links", "--timeout", "1"]).exits(4);
    run.says("`offer_url` does not answer: no reply in time").says("Connection refused");
    assert_eq!(run.stdout.matches("error[link::unreachable]").count(), 2, "{}", run.stdout);
}

#[test]
fn macros_get_test_values_and_nothing_of_the_user_is_sent() {
    let server =
        Server::start(&[("/cookie", Answer::Head("302 Found\r\nSet-Cookie: seen=1\r\nLocation: /end".to_owned()))]);
    let hash = server.url("/lp?a=#affid#&c=#reqid#&s=#s2#");
    let braces = server.url("/{offer_id}/lp?c={{click.id}}&p={payout}&ip={ip}");
    let offers = [
        ("a", hash.as_str(), server.url("/cookie")),
        ("b", braces.as_str(), String::new()),
        ("c", "https://{domain}/lp", String::new()),
    ];
    let offers: Vec<_> = offers.iter().map(|(key, url, preview)| (*key, *url, preview.as_str())).collect();
    let document = workspace(&offers).run(&["check-links", "--format", "json"]).exits(7).json();
    let expected =
        ["/1/lp?c=offersync-test&p=1.00&ip=192.0.2.1", "/cookie", "/end", "/lp?a=1&c=offersync-test&s=offersync-test"];
    assert_eq!(server.paths(), expected);
    assert_eq!(link(&document, "a", "offer_url")["url"], hash);
    assert_eq!(link(&document, "c", "offer_url")["requested"], Json::Null);
    assert_eq!(link(&document, "c", "offer_url")["outcome"], "not_checked");
    for head in server.heads() {
        assert!(head.starts_with("GET ") && head.contains("user-agent: offersync/"), "{head}");
        let lower = head.to_ascii_lowercase();
        for header in ["cookie:", "authorization:", "referer:", &KEY.to_ascii_lowercase()] {
            assert!(!lower.contains(header), "{head}");
        }
    }
}

#[test]
fn the_help_and_the_readme_say_which_test_values_are_sent() {
    let readme = include_str!("../../../README.md");
    let help = Workspace::empty().run(&["check-links", "--help"]).exits(0);
    for value in ["1.00", "192.0.2.1", "1767225600", "US", "offersync-test", "10 redirects", "30 seconds"] {
        help.says(value);
        assert!(readme.contains(value), "{value}");
    }
}

#[test]
fn a_certificate_is_verified_for_the_host() {
    let server = Server::start_tls(&[("/down", redirect("http://localhost:1/"))]);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/check_links/root.pem");
    for (url, trusted, exit, code, tls) in [
        (server.named_url("/"), true, 0, Json::Null, json!("valid")),
        (server.named_url("/"), false, 4, json!("link::tls"), json!("invalid")),
        (server.url("/"), true, 4, json!("link::tls"), json!("invalid")),
    ] {
        let environment: &[_] = if trusted { &[("SSL_CERT_FILE", root)] } else { &[] };
        let run = workspace(&[("a", &url, "")]).run_with(&["check-links", "--format", "json"], environment).exits(exit);
        let document = run.json();
        let link = link(&document, "a", "offer_url");
        assert_eq!((&link["code"], &link["tls"]), (&code, &tls), "{url} {trusted}: {document:#}");
    }
    assert_eq!(server.paths(), ["/"], "a page is requested only once the certificate is known to be valid");
}

#[test]
fn a_link_that_leaves_tls_is_warned_of() {
    let plain = Server::start(&[]);
    let to = plain.named_url("/lp");
    let server = Server::start_tls(&[("/", redirect(&to))]);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/check_links/root.pem");
    let workspace = workspace(&[("a", &server.named_url("/"), "")]);
    let run = workspace.run_with(&["check-links"], &[("SSL_CERT_FILE", root)]).exits(0);
    run.says(&format!("`offer_url` leads over `http://localhost:{}`, which is not encrypted", plain.port()));
}

#[test]
fn two_links_that_lead_to_different_sites_are_a_mismatch() {
    let server = Server::start(&[("/away", redirect("/gone"))]);
    let away = Server::start(&[("/move", redirect(&server.named_url("/lp")))]);
    let workspace = workspace(&[
        ("same", &away.url("/move"), &server.named_url("/preview")),
        ("other", &server.url("/lp"), &server.named_url("/preview")),
        ("single", &server.url("/lp"), ""),
    ]);
    let run = workspace.run(&["check-links", "--format", "json"]).exits(0);
    let document = run.json();
    let mismatches: Vec<_> =
        document["offers"].as_array().unwrap().iter().map(|offer| (&offer["key"], &offer["mismatch"])).collect();
    let expected = [(&json!("other"), &json!(true)), (&json!("same"), &json!(false)), (&json!("single"), &Json::Null)];
    assert_eq!(mismatches, expected);
    assert_eq!(document["summary"]["mismatches"], 1);
    workspace
        .run(&["check-links", "other"])
        .exits(0)
        .says("warning[link::other-site]: `offer_url` leads to `127.0.0.1`, and `preview_url` to `localhost`");
}

#[test]
fn a_host_that_asks_for_a_pause_gets_it_or_is_left_alone() {
    let throttled = "429 Too Many Requests";
    let server = Server::start(&[
        ("/soon", Answer::Once(format!("{throttled}\r\nRetry-After: 2"))),
        ("/maintenance", Answer::Once("503 Service Unavailable\r\nRetry-After: 1".to_owned())),
        ("/unsaid", Answer::Once(throttled.to_owned())),
        ("/unread", Answer::Once(format!("{throttled}\r\nRetry-After: never"))),
        ("/over", Answer::Once("503 Service Unavailable\r\nRetry-After: Mon, 01 Jan 2024 00:00:00 GMT".to_owned())),
        ("/again", Answer::Head(format!("{throttled}\r\nRetry-After: 0"))),
    ]);
    let soon = ["/soon", "/maintenance", "/unsaid", "/unread", "/over"].map(|path| (path, 0, 2));
    for (path, exit, requests) in soon.into_iter().chain([("/again", 7, 3)]) {
        check(&server.url(path), exit);
        assert_eq!(server.paths().iter().filter(|asked| *asked == path).count(), requests, "{path}");
    }
    for retry_after in [
        "",
        "\r\nRetry-After: 31",
        "\r\nRetry-After: never",
        "\r\nRetry-After: -5",
        "\r\nRetry-After: Tue, 31 Dec 2999 23:59:59 GMT",
    ] {
        let server = Server::start(&[("/", Answer::Head(format!("{throttled}{retry_after}")))]);
        let links: Vec<String> = (0..9).map(|number| server.url(&format!("/?{number}"))).collect();
        let keys: Vec<String> = (0..9).map(|number| format!("k{number}")).collect();
        let offers: Vec<_> = keys.iter().zip(&links).map(|(key, link)| (key.as_str(), link.as_str(), "")).collect();
        let run = workspace(&offers).run(&["check-links"]).exits(7);
        run.says("9 links of 9 offers: 0 ok, 0 failed, 9 not checked.");
        // A pause that cannot be read, or is over, is not a longer one.
        let is_longer = retry_after.ends_with(" 31") || retry_after.contains("2999");
        assert_eq!(run.said().contains("longer pause"), is_longer, "{retry_after}: {}", run.said());
        let most = if is_longer { 2 } else { 6 };
        assert!(server.heads().len() <= most, "{retry_after}: {:?}", server.paths());
    }
}

#[test]
fn a_server_that_closes_kept_connections_breaks_no_link() {
    let server = Server::start(&[("/kept", Answer::Kept)]);
    let links: Vec<String> = (0..6).map(|number| server.url(&format!("/kept?{number}"))).collect();
    let keys: Vec<String> = (0..6).map(|number| format!("k{number}")).collect();
    let offers: Vec<_> = keys.iter().zip(&links).map(|(key, link)| (key.as_str(), link.as_str(), "")).collect();
    workspace(&offers).run(&["check-links"]).exits(0).says("6 links of 6 offers: 6 ok");
}

#[test]
fn a_host_gets_two_requests_at_once_and_each_link_once() {
    // While the pages of one host wait, another host answers ten times: more than enough time for a third request to the first one.
    let server = Server::start(&[("/lp", Answer::After("/endless?10")), ("/endless", Answer::Count)]);
    let mut links: Vec<String> = (0..12).map(|number| server.url(&format!("/lp?{}", number / 2))).collect();
    links.push(server.named_url("/endless"));
    let keys: Vec<String> = (0..13).map(|number| format!("k{number:02}")).collect();
    let offers: Vec<_> = keys.iter().zip(&links).map(|(key, link)| (key.as_str(), link.as_str(), "")).collect();
    workspace(&offers).run(&["check-links"]).exits(4).says("13 links of 13 offers: 12 ok, 1 failed");
    let pages: Vec<String> = server.paths().into_iter().filter(|path| path.starts_with("/lp")).collect();
    assert_eq!(pages, ["/lp?0", "/lp?1", "/lp?2", "/lp?3", "/lp?4", "/lp?5"]);
    assert_eq!(server.most_at_once(), 2);
}

#[test]
fn offers_are_selected_by_key_and_by_condition() {
    let server = Server::start(&[]);
    let (a, b) = (server.url("/a"), server.url("/b"));
    let workspace = workspace(&[("a-one", &a, ""), ("b-one", &b, "")]);
    for (arguments, exit, says) in [
        (&["a-*"][..], 0, "1 link of 1 offer: 1 ok"),
        (&["--exclude", "a-*"], 0, "1 link of 1 offer: 1 ok"),
        (&["--where", "offer_url.path == /b"], 0, "1 link of 1 offer: 1 ok"),
        (&["--where", "payout > 1000"], 64, "--where holds of no offer"),
        (&["--where", "payot > 1"], 64, "did you mean"),
        (&["c-*"], 3, "`c-*` matches no offer"),
        (&["--timeout", "0"], 64, "--timeout"),
    ] {
        let run = workspace.run(&[&["check-links"], arguments].concat()).exits(exit);
        run.says(says);
    }
    assert_eq!(server.paths(), ["/a", "/b", "/b"]);
    workspace.write("offers/c.yaml", "offer_name: C\n");
    let run = workspace.run(&["check-links", "--format", "json"]).exits(3);
    assert_eq!(run.json()["format"], "offersync-diagnostics");
    assert_eq!(server.heads().len(), 3, "nothing is requested while an offer is invalid");
}

#[test]
fn no_other_command_follows_links() {
    let server = Server::start(&[]);
    let workspace = workspace(&[("a", &server.url("/a"), &server.url("/b"))]);
    let text = workspace.read("offers/a.yaml");
    workspace.write("offers/a.yaml", &format!("{text}offer_status: pending\n"));
    for command in ["validate", "plan", "apply --sandbox", "drift --sandbox", "export --format csv"] {
        workspace.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
    }
    assert_eq!(server.heads(), Vec::<String>::new());
}

#[test]
fn an_inherited_link_is_one_problem_on_the_line_of_the_defaults() {
    let server = Server::start(&[("/preview", status("410 Gone"))]);
    let workspace = workspace(&[("a", &server.url("/a"), ""), ("b", &server.url("/b"), "")]);
    workspace.write("offers/_defaults.yaml", &format!("preview_url: {}\n", server.url("/preview")));
    let run = workspace.run(&["check-links", "--format", "json"]).exits(4);
    let errors: Vec<Json> = run.json()["diagnostics"].as_array().unwrap().clone();
    let errors: Vec<&Json> = errors.iter().filter(|problem| problem["severity"] == "error").collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!((&errors[0]["file"], &errors[0]["line"]), (&json!("offers/_defaults.yaml"), &json!(1)));
    let run = workspace.run(&["check-links", "--format", "github"]).exits(4);
    assert!(run.stdout.contains("::error file=offers/_defaults.yaml,line=1,"), "{}", run.stdout);
}

#[test]
fn a_signal_ends_the_check() {
    let server = Server::start(&[("/", Answer::Never)]);
    let workspace = workspace(&[("a", &server.url("/"), "")]);
    let child = workspace.command(&["check-links", "--timeout", "600"]).spawn().unwrap();
    server.wait_for_a_request();
    signal(child.id(), "INT");
    finish_child(child).exits(130).says("interrupted while links were followed");
}

#[test]
fn the_text_shows_every_link_then_the_problems_then_a_summary() {
    let server = Server::start(&[("/old", redirect("/new")), ("/missing", status("404 Not Found"))]);
    let workspace = workspace(&[
        ("moved", &server.url("/old?c={click_id}"), &server.url("/missing")),
        ("unknown", "https://{domain}/?c={click_id}", "http://169.254.169.254/"),
    ]);
    let run = workspace.run(&["check-links"]).exits(4);
    insta::assert_snapshot!(run.said().replace(&server.port().to_string(), "PORT"));
}
