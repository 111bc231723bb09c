//! The sections that are seen at once: what is risky, what is wrong, what else changes, what is new.

use crate::diagnostic::Diagnostic;
use crate::offer::{Field, Value};
use crate::plan::Action;
use crate::report::money::tenths;
use crate::report::phrase;
use crate::report::risk::{self, Risk};
use crate::report::sides::Sides;
use crate::report::text::summary;

use super::View;
use super::budget::{Section, Unit};
use super::cells;
use super::escape::{code, cut, text};

/// More creates than this are summed up by folder; each of them is in the details.
const CREATES: usize = 30;

fn table(title: &str, columns: &[&str], rows: Vec<String>, unit: Unit) -> Section {
    let rule = "|---".repeat(columns.len());
    // A row may have fewer cells than there are columns.
    let open = format!("\n### {title}\n\n| {} |\n{rule}|\n", columns.join(" | "));
    Section { open, rows, close: String::new(), more: ("| ", " |"), unit }
}

/// What deserves a careful look.
pub(super) fn risky(view: &View<'_>) -> Section {
    let row = |judged: &super::Judged<'_>| {
        let risks: Vec<_> = judged.risks.iter().map(|risk| Risk::words(*risk)).collect();
        let group = &judged.group;
        format!(
            "| {} | {} | {} | {} |\n",
            cells::verb(group),
            cells::offers(group),
            cells::changes(view, group),
            risks.join("<br>")
        )
    };
    let rows = view.risky.iter().map(row).collect();
    table("Look at these first", &["", "offer", "change", "why"], rows, ("risky change", "risky changes"))
}

/// Changes without risk.
pub(super) fn others(view: &View<'_>) -> Section {
    let row = |group: &crate::report::group::Group<'_>| {
        format!("| {} | {} | {} |\n", cells::verb(group), cells::offers(group), cells::changes(view, group))
    };
    let title = if view.risky.is_empty() { "Changes" } else { "Other changes" };
    table(title, &["", "offer", "change"], view.others.iter().map(row).collect(), ("other change", "other changes"))
}

/// New offers, one by one or by folder.
pub(super) fn creates(view: &View<'_>) -> Option<Section> {
    if view.creates.is_empty() {
        return None;
    }
    if view.creates.len() > CREATES {
        let rows = summary::rows(&view.creates, view.knowledge);
        let row = |row: &summary::Row| {
            let (folder, advertiser) = (code(&cut(&row.folder, 90)), code(&cut(&row.advertiser, 90)));
            format!("| {folder} | {advertiser} | {} | {} |\n", row.count, text(&row.payout))
        };
        let title = format!("{} new offers", view.creates.len());
        let columns = ["folder", "advertiser", "offers", "payout"];
        return Some(table(
            &title,
            &columns,
            rows.iter().map(row).collect(),
            ("folder of new offers", "folders of new offers"),
        ));
    }
    let columns = ["offer", "name", "advertiser", "payout", "revenue", "margin"];
    let rows = view.creates.iter().map(|action| create(view, action)).collect();
    Some(table("New offers", &columns, rows, ("new offer", "new offers")))
}

fn create(view: &View<'_>, action: &Action) -> String {
    let sides = Sides::of(action);
    let money = |field| {
        let amount = sides.after(field).map(|amount| sides.unit_after(field).amount(amount)).unwrap_or_default();
        format!("{amount} {}", sides.unit_after(field).words()).trim().to_owned()
    };
    let payout = if sides.after(Field::Payout).is_some() { money(Field::Payout) } else { String::new() };
    let revenue = if sides.after(Field::Revenue).is_some() { money(Field::Revenue) } else { String::new() };
    let margin = sides.margin_after().map(|margin| format!("{} %", tenths(margin))).unwrap_or_default();
    let advertiser = sides.after(Field::AdvertiserId).and_then(Value::as_integer);
    format!(
        "| {} | {} | {} | {payout} | {revenue} | {margin} |\n",
        cells::key(action.key.as_str()),
        code(&cut(action.context.name().unwrap_or_default(), 90)),
        code(&cut(&phrase::advertiser(advertiser, view.knowledge), 90)),
    )
}

/// Errors and warnings.
pub(super) fn problems(view: &View<'_>) -> Section {
    // Errors first: a cut list must not hide one behind warnings.
    let mut problems: Vec<_> = view.plan.diagnostics.iter().collect();
    problems.sort_by_key(|problem| problem.severity);
    let rows = problems.into_iter().map(problem).collect();
    Section {
        open: "\n### Problems\n\n".to_owned(),
        rows,
        close: String::new(),
        more: ("- ", ""),
        unit: ("problem", "problems"),
    }
}

fn problem(problem: &Diagnostic) -> String {
    let place = problem.place().map_or_else(String::new, |place| {
        let line = if place.line > 0 { format!(":{}", place.line) } else { String::new() };
        format!(" at {}", code(&format!("{}{line}", cut(place.file.as_str(), 120))))
    });
    let help = problem.help.as_deref().map(|help| format!("<br>{}", cells::sentence(help))).unwrap_or_default();
    let message = cells::sentence(&problem.message);
    format!("- **{}**{place}: {message}{help}\n", problem.severity.word())
}

/// How CAKE is known to behave where the plan touches it.
pub(super) fn notes(view: &View<'_>) -> Section {
    let notes = risk::notes(view.plan, view.knowledge.today);
    let rows = notes.iter().map(|note| format!("- {note}\n")).collect();
    Section {
        open: "\n### Good to know\n\n".to_owned(),
        rows,
        close: String::new(),
        more: ("- ", ""),
        unit: ("note", "notes"),
    }
}
