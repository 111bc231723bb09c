//! What of many scheduled changes is to be reviewed first: by what is wrong, not by its time.

use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::{DateTime, date};

use crate::harness::{Project, complete_offer};

const OFFERS: i64 = 36;
const ODD: i64 = 23;
const BEGIN: DateTime = date(2031, 6, 1).at(0, 0, 0, 0);

fn key(number: i64) -> String {
    format!("offer-{number:02}")
}

/// In cents.
fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The payout of an offer, and what it is times so many hundredths. All are whole dollars.
fn payout(number: i64, hundredths: i64) -> String {
    amount((800 + number * 100) * hundredths / 100)
}

fn revenue(number: i64, hundredths: i64) -> String {
    amount((2_000 + number * 300) * hundredths / 100)
}

fn offer(number: i64, [payout, revenue]: [String; 2]) -> String {
    let text = complete_offer(&format!("Offer {number}"));
    text.replace("payout: 20.00", &format!("payout: {payout}"))
        .replace("revenue: 30.00", &format!("revenue: {revenue}"))
}

fn hour(hours: i64) -> DateTime {
    BEGIN.checked_add(hours.hours()).unwrap()
}

/// A branch that gives each recorded offer entries: each a time and its lines.
fn branch(entries: impl Fn(i64) -> Vec<(DateTime, String)>) -> Project {
    let project = Project::new();
    let write = |entries: &dyn Fn(i64) -> Vec<(DateTime, String)>| {
        for number in 0..OFFERS {
            let mut text = offer(number, [payout(number, 100), revenue(number, 100)]);
            let entries = entries(number);
            text.push_str(if entries.is_empty() { "" } else { "sync:\n  schedule:\n" });
            for (at, line) in entries {
                write!(text, "    - at: {}\n      {line}\n", at.strftime("%Y-%m-%d %H:%M:%S")).unwrap();
            }
            project.write(&format!("offers/{}.yaml", key(number)), &text);
        }
    };
    let config = project.read("offersync.toml");
    let limits = "[guardrails]\nmax_retires = 100\npayout_above_revenue = \"allow\"\n";
    project.write("offersync.toml", &format!("{config}{limits}"));
    write(&|_| Vec::new());
    project.apply().exits(0);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("applied");
    write(&entries);
    project.commit("scheduled");
    project
}

/// The rows of the comment's first table.
fn rows(comment: &str) -> Vec<&str> {
    let table = comment.split_once("| why |").map_or("", |(_, table)| table);
    let rows = table.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    rows.take_while(|line| line.starts_with("| ")).collect()
}

/// The odd one is the first row of each view, with at most two rows that are right.
#[track_caller]
fn is_seen_first(project: &Project) {
    let plan = |format: &str| project.run(&["plan", "--since", "HEAD~1", "--format", format]).exits(0).stdout;
    let odd = key(ODD);
    let comment = plan("markdown");
    let rows = rows(&comment);
    let flagged = rows.iter().take_while(|row| row.starts_with("| **")).count();
    assert!(flagged <= 3 && rows[0].contains(&odd), "{comment}");
    let text = plan("text");
    let first = text.split_once("Review first:\n").map_or("", |(_, first)| first);
    assert!(first.lines().next().is_some_and(|line| line.contains(&odd)), "{text}");
    let annotations = plan("github");
    let first = annotations.lines().find(|line| line.starts_with("::")).unwrap_or_default();
    assert!(first.contains(&format!("file=offers/{odd}.yaml,line=")), "{annotations}");
    let html = plan("html");
    let review = html.split_once("class=\"review\"").map_or("", |(_, review)| review);
    let (review, _) = review.split_once("</section>").unwrap_or_default();
    assert!(review.contains(&odd), "{review}");
}

#[test]
fn a_flag_that_all_scheduled_changes_have_hides_no_wrong_amount() {
    for wrong in [95, 112, 1_000, 10] {
        let factor = |number| if number == ODD { wrong } else { 110 };
        let one_time = |number| vec![(BEGIN, format!("revenue: {}", revenue(number, factor(number))))];
        let project = branch(one_time);
        is_seen_first(&project);
        // What all have is counted.
        let text = project.run(&["plan", "--since", "HEAD~1"]).exits(0).stdout;
        assert!(text.contains("besides: 35 revenues change later"), "{text}");
    }
}

#[test]
fn the_ends_of_a_promotion_hide_no_wrong_amount() {
    let entries = |number| {
        let factor = if number == ODD { 90 } else { 110 };
        let begin = (hour(number), format!("payout: {}", payout(number, factor)));
        vec![begin, (hour(number + 48), "offer_status: inactive".to_owned())]
    };
    let project = branch(entries);
    is_seen_first(&project);
    let comment = project.run(&["plan", "--since", "HEAD~1", "--format", "markdown"]).exits(0).stdout;
    assert!(comment.contains("36 stop taking traffic"), "{comment}");
}

/// Each at a time of its own, so that no time shows what is usual.
#[test]
fn an_amount_among_scheduled_changes_of_other_fields_is_seen() {
    let date = |number: i64| format!("expiration_date: 2032-{:02}-11 23:59:59", number % 12 + 1);
    for others in [date, |_| "offer_status: inactive".to_owned()] {
        for wrong in [90, 112] {
            let line = |number| {
                if number == ODD { format!("payout: {}", payout(number, wrong)) } else { others(number) }
            };
            is_seen_first(&branch(|number| vec![(hour(number), line(number))]));
        }
    }
}

/// Where amounts follow a rule over many times, one of them is not alone at its own.
#[test]
fn an_amount_by_the_rule_of_all_is_no_alarm_where_others_end_at_its_time() {
    let entries = |number| {
        let begin = if number == ODD { 0 } else { -48 - number };
        let raised = (hour(begin), format!("payout: {}", payout(number, 110)));
        let ends = (BEGIN, "offer_status: inactive".to_owned());
        if number == ODD { vec![raised] } else { vec![raised, ends] }
    };
    let project = branch(entries);
    let text = project.run(&["plan", "--since", "HEAD~1"]).exits(0).stdout;
    assert!(!text.contains("others change no amount"), "{text}");
}

const FOLDERS: i64 = 12;
const ODD_FOLDER: i64 = 7;

/// A branch that gives the offers of each folder entries in its defaults. Each folder has four offers with one payout.
fn branch_of_folders(entries: impl Fn(i64) -> Vec<(DateTime, String)>) -> Project {
    let project = Project::new();
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{config}[guardrails]\npayout_above_revenue = \"allow\"\n"));
    let defaults = |folder: i64, entries: &[(DateTime, String)]| {
        let mut text = format!("payout: {}\n", payout(folder, 100));
        text.push_str(if entries.is_empty() { "" } else { "sync:\n  schedule:\n" });
        for (at, line) in entries {
            write!(text, "    - at: {}\n      {line}\n", at.strftime("%Y-%m-%d %H:%M:%S")).unwrap();
        }
        project.write(&format!("offers/f{folder:02}/_defaults.yaml"), &text);
    };
    for folder in 0..FOLDERS {
        defaults(folder, &[]);
        for at in 0..4 {
            let text = complete_offer(&format!("Offer {folder} {at}"));
            let text = text.replace("payout: 20.00\n", "").replace("revenue: 30.00", "revenue: 60.00");
            project.write(&format!("offers/f{folder:02}/offer-{folder:02}-{at}.yaml"), &text);
        }
    }
    project.apply().exits(0);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("applied");
    for folder in 0..FOLDERS {
        defaults(folder, &entries(folder));
    }
    project.commit("scheduled");
    project
}

/// The odd entry is the first line of the review, once, and annotated where it is written.
#[track_caller]
fn odd_folder_is_seen_first(project: &Project, line: u32) {
    let plan = |format: &str| project.run(&["plan", "--since", "HEAD~1", "--format", format]).exits(0).stdout;
    let text = plan("text");
    let key = format!("offer-{ODD_FOLDER:02}-0");
    let review = text.split_once("Review first:\n").map_or("", |(_, review)| review);
    let review: Vec<&str> = review.lines().take_while(|line| !line.is_empty()).collect();
    assert!(review.first().is_some_and(|line| line.contains(&key) && line.contains("4 offers")), "{text}");
    assert!(review.len() <= 4, "{text}");
    let annotations = plan("github");
    let at = format!("file=offers/f{ODD_FOLDER:02}/_defaults.yaml,line={line},");
    assert!(annotations.lines().next().is_some_and(|line| line.contains(&at)), "{annotations}");
}

#[test]
fn a_wrong_entry_in_the_defaults_of_a_folder_is_seen() {
    for (wrong, of_one_time) in [(1_000, true), (90, true), (112, true), (10, false), (90, false), (112, false)] {
        let project = branch_of_folders(|folder| {
            let factor = if folder == ODD_FOLDER { wrong } else { 110 };
            let at = if of_one_time { BEGIN } else { hour(folder) };
            vec![(at, format!("payout: {}", payout(folder, factor)))]
        });
        odd_folder_is_seen_first(&project, 5);
    }
    let project = branch_of_folders(|folder| vec![(BEGIN, format!("payout: {}", payout(folder, 110)))]);
    let text = project.run(&["plan", "--since", "HEAD~1"]).exits(0).stdout;
    assert!(!text.contains("Review first"), "{text}");
}

#[test]
fn a_promotion_without_its_end_is_seen() {
    let project = branch_of_folders(|folder| {
        let promotion = (BEGIN, format!("payout: {}", payout(folder, 110)));
        let end = (hour(240), format!("payout: {}", payout(folder, 100)));
        if folder == ODD_FOLDER { vec![promotion] } else { vec![promotion, end] }
    });
    odd_folder_is_seen_first(&project, 5);
    let text = project.run(&["plan", "--since", "HEAD~1"]).exits(0).stdout;
    assert!(text.contains("payout is not set back later, as 44 others are"), "{text}");
    let one = branch(|number| {
        let promotion = (BEGIN, format!("payout: {}", payout(number, 110)));
        let end = (hour(240), format!("payout: {}", payout(number, 100)));
        if number == ODD { vec![promotion] } else { vec![promotion, end] }
    });
    is_seen_first(&one);
}
