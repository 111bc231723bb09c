//! The comment on a pull request as its reader sees it: among three hundred equal changes the wrong one, in a page that looks like GitHub's.
//!
//! The heights are measured by a real browser: `OFFERSYNC_TEST_BROWSER`, or a Chromium of the `PATH`. Without one, that test says so and ends.

use std::fmt::Write as _;

use pulldown_cmark::{Options, Parser, html};
use serde_json::{Value as Json, json};

use crate::harness::{Browser, Workspace};

const ADVERTISERS: [&str; 10] = [
    "nimbus-learning",
    "kuehl-energie",
    "rio-viagens",
    "lumen-finance",
    "orchid-health",
    "acme-home",
    "mabuchi",
    "peak-fitness",
    "brightline-insurance",
    "zen-auto",
];
/// The offer whose payout is ten times what it is meant to be.
const WRONG: usize = 172;
const COMMIT: &str = "4f2c9d1a0b4f2c9d1a0b4f2c9d1a0b4f2c9d1a0b";
const ON_GITHUB: [(&str, &str); 3] =
    [("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_REPOSITORY", "acme/offers"), ("GITHUB_SHA", COMMIT)];

fn key(at: usize) -> String {
    format!("{}-pet-insurance-fr-push-{at:03}", ADVERTISERS[at % 10])
}

/// Many offers of which each payout rises by a tenth; one rises to eleven times.
fn many(offers: usize) -> Workspace {
    let workspace = Workspace::empty();
    let mut config = "name = \"production\"\n[cake]\nurl = \"https://yourdomain.cakemarketing.com\"\n".to_owned();
    config.push_str("[names.currencies]\nEUR = 2\nUSD = 1\n[names.advertisers]\n");
    for (at, name) in ADVERTISERS.iter().enumerate() {
        writeln!(config, "{name} = {}", 101 + at).unwrap();
    }
    workspace.write("offersync.toml", &config);
    let mut records = serde_json::Map::new();
    for at in 0..offers {
        let (key, currency) = (key(at), if at % 10 == 2 { 2 } else { 1 });
        // In tenths of a cent, so that a tenth more is exact.
        let payout = 20_000 + (at % 37) * 1_500;
        let after = if at == WRONG { payout * 11 } else { payout * 11 / 10 };
        let amount = |thousandths: usize| format!("{}.{:02}", thousandths / 1000, thousandths % 1000 / 10);
        let (name, url) = (
            format!("Pet Insurance - FR - Push #{at:03}"),
            format!("https://t.example.com/?a=#affid#&r=#reqid#&k={key}"),
        );
        let text = format!(
            "offer_name: \"{name}\"\nadvertiser_id: {}\nvertical_id: 7\noffer_url: \"{url}\"\npayout: {}\npayout_type: cpa\n\
             revenue: {}\nrevenue_type: cpa\ncurrency_id: {currency}\n",
            101 + at % 10,
            amount(after),
            amount(payout * 3 / 2),
        );
        workspace.write(&format!("offers/{}/{key}.yaml", ADVERTISERS[at % 10]), &text);
        let fields = json!({
            "advertiser_id": 101 + at % 10, "vertical_id": 7, "offer_name": name, "offer_url": url, "offer_status": "active",
            "payout": amount(payout), "payout_type": "cpa", "revenue": amount(payout * 3 / 2), "revenue_type": "cpa",
            "currency_id": currency,
        });
        records.insert(key, json!({"offer_id": 4000 + at, "status": "live", "fields": fields}));
    }
    let state = json!({
        "format": "offersync-state", "version": 1, "lineage": "019aa9c4-7f00-7c3e-9f1b-5d2a8c64e071",
        "cake": "https://yourdomain.cakemarketing.com", "offers": records,
    });
    workspace.write("offersync.state.json", &state.to_string());
    workspace
}

fn comment(workspace: &Workspace) -> String {
    workspace.run_with(&["plan", "--format", "markdown"], &ON_GITHUB).exits(0).stdout
}

#[test]
fn the_wrong_amount_is_the_first_row_with_links_names_and_currency() {
    let workspace = many(300);
    let comment = comment(&workspace);
    let mut lines = comment.lines();
    assert_eq!(lines.next(), Some("<!-- offersync-plan production -->"));
    assert_eq!(lines.next(), Some("<!-- offersync-labels money -->"));
    assert_eq!(lines.next(), Some("### 🟠 production: 300 changes, 1 to review first"));
    let summary = lines.next().unwrap();
    assert!(summary.contains("Plan: 300 to update, 0 unchanged.") && summary.contains("yourdomain.cakemarketing.com"));
    assert!(summary.contains(&format!("[<code>4f2c9d1</code>](https://github.com/acme/offers/commit/{COMMIT})")));
    let row = lines.find(|line| line.starts_with("| **")).unwrap();
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
    let [why, offer, change, margin] = cells[..] else { panic!("{row}") };
    assert!(why.contains("**payout about × 10**"), "{why}");
    let link = format!("https://github.com/acme/offers/blob/{COMMIT}/offers/rio-viagens/{}.yaml#L5", key(WRONG));
    assert!(offer.contains(&format!("[<code>{}</code>]({link})", key(WRONG))), "{offer}");
    assert!(offer.contains("<code>Pet Insurance - FR - Push &#35;172</code> · <code>rio-viagens</code>"), "{offer}");
    assert!(change.starts_with("payout 56.00 → **616.00** EUR (+560.00, "), "{change}");
    assert!(margin.contains("**33.3 % → -633.3 %**"), "{margin}");
    // The sums are those of the JSON's amounts.
    let plan: Json = workspace.run(&["plan", "--format", "json"]).exits(0).json();
    let rise = |action: &Json| {
        let cents = |side: &str| action["changes"][0][side].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        cents("after") - cents("before")
    };
    let of_rio = |action: &&Json| action["key"].as_str().unwrap().starts_with("rio-");
    let sum: i64 = plan["actions"].as_array().unwrap().iter().filter(of_rio).map(rise).sum();
    let total = format!("| <code>rio-viagens</code> | ↑ 30 | +{}.{:02} EUR (cpa) | -633.3 % |", sum / 100, sum % 100);
    assert!(comment.contains(&total), "{total}\n{comment}");
}

#[test]
fn every_output_that_was_asked_for_has_the_problems_of_invalid_input() {
    let workspace = many(1);
    workspace.write("offers/bad.yaml", "offer_name: Bad | @all\npayout: x\n");
    let environment = [ON_GITHUB[0], ON_GITHUB[1], ON_GITHUB[2], ("GITHUB_STEP_SUMMARY", "summary.md")];
    let arguments = ["plan", "--format", "github", "--output", "markdown=plan.md", "--output", "json=plan.json"];
    let annotations = workspace.run_with(&arguments, &environment).exits(3).stdout;
    let printed = workspace.run_with(&["plan", "--format", "markdown"], &environment).exits(3).stdout;
    assert!(annotations.contains("::error file=offers/bad.yaml,line=2"), "{annotations}");
    let json: Json = serde_json::from_str(&workspace.read("plan.json")).unwrap();
    let errors = json["diagnostics"].as_array().unwrap().iter().filter(|one| one["severity"] == "error").count();
    for comment in [workspace.read("plan.md"), workspace.read("summary.md"), printed] {
        assert!(comment.starts_with("<!-- offersync-plan production -->\n### 🔴 production: no plan, "), "{comment}");
        assert!(comment.contains(&format!("no plan, {errors} errors")), "{errors} {comment}");
        let link = format!(
            "[<code>offers/bad.yaml&#58;2</code>](https://github.com/acme/offers/blob/{COMMIT}/offers/bad.yaml#L2)"
        );
        assert!(comment.contains(&link) && !comment.contains('@'), "{comment}");
        assert!(!comment.contains("<details>"), "nothing is folded where there is nothing more: {comment}");
    }
    // The name is known even where the configuration is what is wrong.
    workspace.replace("offersync.toml", "[cake]", "nonsense = 1\n[cake]");
    let comment = workspace.run_with(&["plan", "--format", "markdown"], &ON_GITHUB).exits(3).stdout;
    assert!(comment.starts_with("<!-- offersync-plan production -->\n"), "{comment}");
}

#[test]
fn the_name_of_the_environment_is_in_every_view_and_has_no_markup() {
    let workspace = many(2);
    workspace.run(&["plan"]).exits(0).says("production: CAKE: https://yourdomain.cakemarketing.com");
    let annotations = workspace.run(&["plan", "--format", "github"]).exits(0).stdout;
    assert!(annotations.ends_with("production: Plan: 2 to update, 0 unchanged.\n"), "{annotations}");
    workspace.replace("offersync.toml", "name = \"production\"\n", "");
    let comment = comment(&workspace);
    assert!(comment.starts_with("<!-- offersync-plan yourdomain.cakemarketing.com -->\n"), "{comment}");
    for name in ["a b", "x -->", "-a", "", "<b>", "a/b", "é"] {
        let config = workspace.read("offersync.toml");
        workspace.write("offersync.toml", &format!("name = \"{name}\"\n{config}"));
        workspace.run(&["plan"]).exits(3).says("error[config::bad-value]").says("offersync.toml:1:8");
        workspace.write("offersync.toml", &config);
    }
}

/// GitHub's styles of a comment, as far as they decide its height.
const STYLE: &str = "
body { margin: 0; font: 14px/1.5 -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; }
.box { padding: 16px; box-sizing: border-box; overflow-wrap: break-word; }
.box > * { margin: 0 0 16px; } .box > *:last-child { margin-bottom: 0; }
h3 { font-size: 1.25em; line-height: 1.25; }
ul { padding-left: 2em; } li + li { margin-top: .25em; }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-spacing: 0; border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
code { padding: .2em .4em; font: 85% 'Noto Sans Mono', monospace; white-space: break-spaces; }";

/// What the browser measures, in pixels.
struct Measured {
    height: u64,
    first_row: u64,
    change_from_left: u64,
}

fn measure(browser: &mut Browser, markdown: &str, width: u64) -> Measured {
    let mut body = String::new();
    html::push_html(&mut body, Parser::new_ext(markdown, Options::ENABLE_TABLES));
    // On a wide page, GitHub's comment leaves room for a column beside it.
    let box_width = (width - 32).min(862);
    let page = format!(
        "<!doctype html><meta charset=utf-8><style>{STYLE} .box {{ width: {box_width}px; }}</style><div class=box>{body}</div>"
    );
    let folder = Workspace::empty();
    folder.write("page.html", &page);
    let screen = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    browser.call("Emulation.setDeviceMetricsOverride", &screen);
    browser.open(&folder.path("page.html"), "");
    let measured = browser.value(
        "(() => { const at = (selector) => document.querySelector(selector).getBoundingClientRect();
            const first = at('tbody tr'), change = at('tbody tr td:nth-child(3)'), box = at('.box');
            return [box.height, first.bottom, change.right - box.left].map(Math.ceil); })()",
    );
    let pixels = |at: usize| measured[at].as_u64().unwrap();
    Measured { height: pixels(0), first_row: pixels(1), change_from_left: pixels(2) }
}

#[test]
fn three_hundred_changes_take_one_screen_and_the_worst_is_seen_on_a_phone() {
    let Some(mut browser) = Browser::start() else { return };
    let equal = many(300);
    let mixed = many(300);
    for at in 0..60 {
        let file = format!("offers/{}/{}.yaml", ADVERTISERS[at % 10], key(at));
        match at / 10 {
            0 => mixed.remove(&file),
            1 => mixed.write(&file, &format!("{}offer_status: inactive\n", mixed.read(&file))),
            2 => mixed.write(&file, &format!("{}expiration_date: 2031-01-31 00:00:00\n", mixed.read(&file))),
            3 => mixed.replace(&file, "Push #", "Push new #"),
            _ => mixed.replace(&file, "revenue: ", "revenue: 1"),
        }
    }
    for (workspace, width, most) in [(&equal, 1280, 1000), (&equal, 390, 1600), (&mixed, 1280, 1600)] {
        let comment = comment(workspace);
        let Measured { height, first_row, change_from_left } = measure(&mut browser, &comment, width);
        println!("{width} px wide: {height} px high, first row ends at {first_row} px");
        assert!(height <= most, "{height} px high at {width} px");
        assert!(first_row <= 844, "the first row ends at {first_row} px at {width} px");
        assert!(change_from_left <= width, "the amounts end at {change_from_left} px at {width} px");
    }
}
