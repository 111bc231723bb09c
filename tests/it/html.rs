//! The HTML reports: what the binary writes, and what a real browser makes of it.

use serde_json::{Value as Json, json};

use crate::harness::{Browser, Project, Workspace, small_offer};

/// What a name must not do.
const HOSTILE: &str = "</script><img src=x onerror=document.title='run'>";

/// Three changes: a payout times ten, a URL that loses a macro, and a name that would be markup.
fn changed() -> Project {
    let project = Project::applied(&[
        ("acme/alpha.yaml", &small_offer("alpha", "10.00")),
        ("acme/beta.yaml", &small_offer("beta", "10.00")),
        ("zen/gamma.yaml", &small_offer("gamma", "10.00")),
    ]);
    project.replace("offers/acme/alpha.yaml", "10.00", "100.00");
    project.replace("offers/zen/gamma.yaml", "Offer gamma", &format!("\"{HOSTILE}\""));
    project.write("offers/zen/delta.yaml", &small_offer("delta", "12.00"));
    project
}

#[test]
fn a_plan_is_a_page_with_the_counts_of_the_other_formats() {
    let project = changed();
    let run = project.run(&["plan", "--format", "html", "--output", "json=plan.json", "--output", "html=plan.html"]);
    let page = run.exits(0).stdout;
    assert_eq!(page, project.read("plan.html"));
    let plan: Json = serde_json::from_str(&project.read("plan.json")).unwrap();
    let (create, update) = (&plan["summary"]["create"], &plan["summary"]["update"]);
    assert_eq!((create, update), (&json!(1), &json!(2)));
    assert!(page.contains("Plan: 1 to create, 2 to update, 1 unchanged."), "{page}");
    assert!(page.contains("payout <code>10.00</code> → <code>100.00</code>"), "{page}");
    assert!(!page.contains("<img"));
}

#[test]
fn invalid_input_is_a_page_with_its_problems() {
    let project = changed();
    project.run(&["plan", "--output", "html=plan.html"]).exits(0);
    project.replace("offers/acme/beta.yaml", "10.00", "ten");
    let run = project.run(&["plan", "--format", "html", "--output", "html=plan.html"]).exits(3);
    run.says("offers/acme/beta.yaml");
    let page = project.read("plan.html");
    assert_eq!(page, run.stdout);
    for part in ["<h1>Failed: 1 error", "<code>offers/acme/beta.yaml:5", "payout: ten"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("id=\"Data\""), "nothing of the plan before");
    let apply = ["apply", "--auto-approve", "--output", "html=report.html"];
    project.run(&apply).exits(3);
    assert!(project.read("report.html").contains("<h1>Failed: 1 error"));
    project.write("report.html", "of an earlier run");
    project.run(&[&apply[..], &["--nonsense", "--out", "plan.html"]].concat()).exits(64);
    assert!(project.read("report.html").contains("--nonsense"));
    assert_eq!(project.read("plan.html"), page, "an apply has no --out");
}

#[test]
fn an_apply_writes_its_report_as_a_page_and_checks_the_file_before_it_sends_anything() {
    let project = changed();
    let sent = project.cake.counters().requests;
    project.run(&["apply", "--auto-approve", "--output", "html=offersync.toml"]).exits(64);
    assert_eq!(project.cake.counters().requests, sent, "nothing was sent");
    let run = project.run(&["apply", "--auto-approve", "--output", "html=report.html", "--format", "json"]).exits(0);
    assert_eq!(run.json()["results"].as_array().unwrap().len(), 3);
    let page = project.read("report.html");
    assert!(page.contains("<h1>Applied: 3 done.</h1>"), "{page}");
    let run = project.run(&["apply", "--auto-approve", "--format", "html"]).exits(0);
    assert!(run.stdout.contains("<h1>Nothing to do.</h1>"), "{}", run.stdout);
}

/// How many rows the filters leave, how many stand in the table, and the key of the first.
fn shown(browser: &mut Browser) -> (String, u64, String) {
    let value = browser.value(
        "[document.getElementById('Status').textContent, document.querySelectorAll('#Rows > tbody > tr[data-key]').length,
          document.querySelector('#Rows > tbody > tr')?.dataset.key ?? '']",
    );
    let text = |at: usize| value[at].as_str().unwrap().to_owned();
    (text(0), value[1].as_u64().unwrap(), text(2))
}

/// Chooses the option that begins with this text.
fn choose(browser: &mut Browser, filter: &str, option: &str) {
    browser.value(&format!(
        "{{ const label = [...document.querySelectorAll('#Filters label')].find((one) => one.textContent.startsWith('{filter}'));
            const select = label.querySelector('select');
            select.value = [...select.options].find((one) => one.text.startsWith('{option}')).value;
            select.dispatchEvent(new Event('change')); }}"
    ));
}

fn search(browser: &mut Browser, text: &str) {
    browser.value(&format!(
        "{{ const input = document.getElementById('Search'); input.value = {}; input.dispatchEvent(new Event('input')); }}",
        json!(text)
    ));
}

/// Once the script has drawn the rows.
const READY: &str = "new Promise((resolve) => {
    const root = document.documentElement;
    const ready = () => root.dataset.ready && resolve(true);
    new MutationObserver(ready).observe(root, { attributes: true });
    ready();
})";

#[track_caller]
fn assert_quiet(browser: &Browser) {
    assert_eq!(browser.complaints(), Vec::<&Json>::new());
    let requests = browser.requests();
    assert_eq!(requests.len(), 1, "the page alone: {requests:?}");
}

#[test]
fn a_browser_filters_sorts_searches_and_follows_links_without_a_request() {
    let project = changed();
    project.run(&["plan", "--output", "html=plan.html"]).exits(0);
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&project.path("plan.html"), "");
    browser.value(READY);
    assert_eq!(shown(&mut browser), ("3 shown, here 1 to 3".to_owned(), 3, "alpha".to_owned()), "the gravest first");
    choose(&mut browser, "Action", "create");
    assert_eq!(shown(&mut browser).2, "delta");
    browser.value("document.querySelector('#Filters button').click()");
    choose(&mut browser, "Folder", "offers/zen");
    assert_eq!(shown(&mut browser).0, "2 of 3 shown, here 1 to 2");
    search(&mut browser, "ONERROR gamma");
    assert_eq!(shown(&mut browser), ("1 of 3 shown, here 1 to 1".to_owned(), 1, "gamma".to_owned()));
    search(&mut browser, "nothing has this");
    assert_eq!(shown(&mut browser).0, "0 of 3 shown");
    // A link of what is to be reviewed first leads to the row, although the filters hide it.
    browser.value(
        "new Promise((resolve) => { addEventListener('hashchange', resolve, { once: true });
        document.querySelector('.review a[href=\"#alpha\"]').click(); }).then(() => true)",
    );
    let opened = browser.value(
        "[document.activeElement.textContent, document.querySelector('tr.target').dataset.key,
          document.querySelector('tr.target .toggle').getAttribute('aria-expanded'),
          document.querySelector('tr.detail').textContent]",
    );
    assert_eq!(opened.as_array().unwrap()[..3], [json!("alpha"), json!("alpha"), json!("true")]);
    assert_eq!(opened[3], "payout10.00 → 100.00 (+90.00, +900.0 %)");
    browser.value(
        "[...document.querySelectorAll('#Rows thead button')].find((one) => one.textContent === 'Offer').click()",
    );
    assert_eq!(browser.value("document.querySelector('th[aria-sort]').getAttribute('aria-sort')"), "ascending");
    assert_eq!(
        browser.value("[...document.querySelectorAll('#Rows tr[data-key]')].map((row) => row.dataset.key)"),
        json!(["alpha", "delta", "gamma"])
    );
    let title = browser.value("[document.title, document.querySelectorAll('img').length, document.scripts.length]");
    assert_eq!(title, json!(["offersync plan", 0, 2]), "a value is no markup");
    assert_quiet(&browser);
    browser.open(&project.path("plan.html"), "#gamma");
    browser.value(READY);
    assert_eq!(browser.value("document.querySelector('tr.target').dataset.key"), "gamma");
    assert!(browser.value("document.querySelector('tr.detail').textContent").as_str().unwrap().contains(HOSTILE));
    assert_quiet(&browser);
}

/// Another page's script cannot be added: the policy holds.
#[test]
fn a_script_that_is_not_of_the_page_does_not_run() {
    let project = changed();
    project.run(&["plan", "--output", "html=plan.html"]).exits(0);
    let page = project
        .read("plan.html")
        .replace("</h1>", "</h1><script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">");
    project.write("changed.html", &page);
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&project.path("changed.html"), "");
    browser.value(READY);
    assert_eq!(browser.value("document.title"), "offersync plan");
    assert!(!browser.complaints().is_empty(), "and the browser says so");
}

fn twenty_thousand() -> Workspace {
    let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
    for folder in 0..20 {
        for number in 0..1000 {
            let key = format!("offer-{folder:02}-{number:03}");
            workspace.write(
                &format!("offers/folder-{folder:02}/{key}.yaml"),
                &small_offer(&key, &format!("{}.50", 1 + number % 90)),
            );
        }
    }
    workspace
}

#[test]
fn twenty_thousand_changes_are_filtered_in_a_third_of_a_second_and_printed_in_a_stated_part() {
    let Some(mut browser) = Browser::start() else { return };
    let workspace = twenty_thousand();
    workspace.run(&["plan", "--format", "github", "--output", "html=plan.html"]).exits(0);
    let bytes = workspace.read("plan.html").len();
    assert!(bytes <= 5_000_000, "{bytes}");
    browser.open(&workspace.path("plan.html"), "#offer-19-999");
    browser.value(READY);
    assert_eq!(browser.value("document.querySelector('tr.target').dataset.key"), "offer-19-999");
    let (_, rows, _) = shown(&mut browser);
    assert!(rows <= 100, "only a page of rows is drawn");
    // The best of three: another test may have the processor.
    let quickest = browser.value(
        "Math.min(...[1, 2, 3].map(() => {
            const input = document.getElementById('Search');
            const began = performance.now();
            input.value = 'track.example.com 19-99';
            input.dispatchEvent(new Event('input'));
            document.body.offsetHeight;
            return performance.now() - began;
        }))",
    );
    assert!(quickest.as_f64().unwrap() < 300.0, "{quickest} ms");
    assert_eq!(shown(&mut browser).0, "10 of 20003 shown, here 1 to 10");
    search(&mut browser, "");
    let printed = browser.value(
        "dispatchEvent(new Event('beforeprint')),
        [document.querySelectorAll('#Rows tr[data-key]').length, document.getElementById('Printed').textContent]",
    );
    assert_eq!(printed, json!([2000, "Printed: the first 2000 of 20003 that the filters show, of 20003 in all."]));
    assert_quiet(&browser);
}

/// Rules of accessibility, where `AXE_CORE` names the file of that library.
#[test]
fn a_checker_of_accessibility_finds_nothing_serious() {
    let Some(library) = std::env::var("AXE_CORE").ok().filter(|file| !file.is_empty()) else {
        println!("skipped: AXE_CORE names no file (npm install axe-core)");
        return;
    };
    let Some(mut browser) = Browser::start() else { return };
    let project = changed();
    project.run(&["plan", "--output", "html=plan.html"]).exits(0);
    let axe = std::fs::read_to_string(library).unwrap();
    for scheme in ["light", "dark"] {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.call("Emulation.setEmulatedMedia", &features);
        browser.open(&project.path("plan.html"), "#alpha");
        browser.value(READY);
        browser.value(&format!("{axe}; 1"));
        let found = browser.value(
            "axe.run().then((result) => result.violations.map(({ id, impact, nodes }) =>
                [id, impact, nodes.map((node) => node.html)]))",
        );
        assert_eq!(found, json!([]), "{scheme}");
    }
}
