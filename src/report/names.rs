//! `names pull`, as text and as JSON: `{"format":"offersync-names","version":1,…}`.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::NameEdit;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::import::{AdvertiserNames, ConfiguredName, InactiveAdvertiser, Renamed, Unnamed, UnnamedReason};
use crate::offer::AdvertiserId;
use crate::words::{count, first_and_more, more, one_line};

const FORMAT: &str = "offersync-names";
const VERSION: u32 = 1;

/// More names than this are counted in text.
const NAMES_SHOWN: usize = 20;

/// What `names pull` found, and whether it was written.
#[derive(Debug, Clone, Copy)]
pub struct NamesView<'a> {
    pub names: &'a AdvertiserNames,
    /// The path of the configuration.
    pub file: &'a str,
    pub is_written: bool,
}

/// What CAKE shows otherwise than the configuration has it, and who gets no name; one diagnostic a kind.
pub fn problems(view: &NamesView<'_>) -> Vec<Diagnostic> {
    let NamesView { names, file, is_written } = *view;
    let mut problems = Vec::new();
    let warning = |code, message: String, help: String| {
        Diagnostic::warning(code, message).label(Label::file(file.into())).help(help)
    };
    if !names.not_shown.is_empty() {
        let who = named(names.not_shown.iter().map(|ConfiguredName { name, id }| format!("`{name}` ({id})")));
        let help = "look in CAKE for the ids; it may also be that the user of the API key does not see them";
        let message = format!("CAKE's list of advertisers does not hold {who}");
        problems.push(warning(codes::advertiser::NOT_SHOWN, message, help.to_owned()));
    }
    if !names.renamed.is_empty() {
        let who = named(names.renamed.iter().map(|Renamed { configured, before, now }| {
            format!("`{}` ({}): “{before}” is “{now}” now", configured.name, configured.id)
        }));
        let help = if is_written {
            "the new names in CAKE were written down. Check that the ids stand for the advertisers that the offers mean"
        } else {
            "check that the ids stand for the advertisers that the offers mean; `offersync names pull` writes the new names down"
        };
        problems.push(warning(codes::advertiser::RENAMED, format!("CAKE has renamed {who}"), help.to_owned()));
    }
    for InactiveAdvertiser { id, name, status, active_offers } in &names.inactive {
        let who = name.as_ref().map_or_else(|| format!("advertiser {id}"), |name| format!("`{name}` ({id})"));
        let offers = count(*active_offers, "active offer");
        let status = one_line(status);
        let message = format!("{who} is {status} in CAKE and has {offers}, which CAKE does not run");
        let condition = match name {
            Some(name) => format!("advertiser == {name}"),
            None => format!("advertiser_id == {id}"),
        };
        let help =
            format!("activate it in CAKE, or run `offersync edit --where '{condition}' --set offer_status=inactive`");
        problems.push(warning(codes::advertiser::INACTIVE, message, help));
    }
    if !names.unnamed.is_empty() {
        let who = named(names.unnamed.iter().map(unnamed));
        let message = format!("{} without a name of its own: {who}", count(names.unnamed.len(), "advertiser"));
        let help = "give each a name under `[names.advertisers]`, such as `acme-uk = 104`";
        problems.push(warning(codes::advertiser::UNNAMED, message, help.to_owned()));
    }
    problems
}

fn unnamed(Unnamed { id, name_in_cake, reason }: &Unnamed) -> String {
    let shown = name_in_cake.as_ref().map_or_else(String::new, |name| format!(" “{name}”"));
    match reason {
        UnnamedReason::NoLetter if name_in_cake.is_none() => format!("{id} (CAKE shows no name)"),
        UnnamedReason::NoLetter => format!("{id}{shown} (it has no letter)"),
        UnnamedReason::Taken(name) => format!("{id}{shown} (`{name}` is another one's)"),
    }
}

/// Any text can be a name in CAKE.
fn named(items: impl Iterator<Item = String>) -> String {
    first_and_more(items.map(|item| one_line(&item).into_owned()), NAMES_SHOWN)
}

/// What was added, and the counts.
pub fn text(view: &NamesView<'_>) -> String {
    let NamesView { names, file, is_written } = *view;
    let mut text = String::new();
    let width = names.added.iter().take(NAMES_SHOWN).map(|edit| edit.name.chars().count()).max().unwrap_or(0);
    for NameEdit { name, id, name_in_cake } in names.added.iter().take(NAMES_SHOWN) {
        let name_in_cake = one_line(name_in_cake);
        let _infallible = writeln!(text, "+ {name:width$}  {id}  {name_in_cake}");
    }
    if let Some(more) = more(names.added.len(), names.added.len().min(NAMES_SHOWN)) {
        let _infallible = writeln!(text, "  {more}");
    }
    let word = if is_written { "" } else { "to be " };
    let added = format!("{} {word}added", count(names.added.len(), "name"));
    let completed = match names.completed.len() {
        0 => String::new(),
        number => format!(", what CAKE calls {} {word}written down", count(number, "configured name")),
    };
    let not_compared = not_compared(names);
    let shown = count(names.shown, "advertiser");
    let _infallible = writeln!(text, "{file}: {added}{completed}; CAKE shows {shown}.{not_compared}");
    text
}

/// What CAKE does not show, and so was not compared; empty where there is nothing.
fn not_compared(names: &AdvertiserNames) -> String {
    let without_name = match names.without_name.len() {
        0 => None,
        number => Some(format!("what CAKE calls {}", count(number, "configured name"))),
    };
    let without_status = match names.without_status.len() {
        0 => None,
        number => Some(format!("the status of {} with active offers", count(number, "advertiser"))),
    };
    let what: Vec<String> = [without_name, without_status].into_iter().flatten().collect();
    if what.is_empty() {
        String::new()
    } else {
        format!(" Not compared: {}; CAKE does not show it.", what.join(" and "))
    }
}

/// What `offersync names pull --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Names", deny_unknown_fields)]
pub(in crate::report) struct NamesDocument<'a> {
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// Whether the configuration was written.
    written: bool,
    /// How many advertisers CAKE shows.
    shown: usize,
    /// New names.
    added: Vec<NameDocument<'a>>,
    /// Configured names beside which CAKE's own name is new in the file.
    completed: Vec<NameDocument<'a>>,
    renamed: Vec<RenamedDocument<'a>>,
    /// Configured names whose id CAKE does not show.
    not_shown: Vec<ConfiguredDocument<'a>>,
    /// Advertisers that are not active and have active offers.
    inactive: Vec<InactiveDocument<'a>>,
    /// Advertisers that get no name by themselves.
    unnamed: Vec<UnnamedDocument<'a>>,
    /// Advertisers with active offers whose status CAKE does not show.
    without_status: &'a [AdvertiserId],
    /// Configured names of which CAKE does not show what it calls them.
    without_name: Vec<ConfiguredDocument<'a>>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PulledName", deny_unknown_fields)]
struct NameDocument<'a> {
    name: &'a str,
    advertiser_id: AdvertiserId,
    advertiser_name: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConfiguredName", deny_unknown_fields)]
struct ConfiguredDocument<'a> {
    name: &'a str,
    advertiser_id: AdvertiserId,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RenamedAdvertiser", deny_unknown_fields)]
struct RenamedDocument<'a> {
    name: &'a str,
    advertiser_id: AdvertiserId,
    before: &'a str,
    now: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InactiveAdvertiser", deny_unknown_fields)]
struct InactiveDocument<'a> {
    /// `null` if it has none.
    name: Option<&'a str>,
    advertiser_id: AdvertiserId,
    /// As CAKE writes it.
    status: &'a str,
    active_offers: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UnnamedAdvertiser", deny_unknown_fields)]
struct UnnamedDocument<'a> {
    advertiser_id: AdvertiserId,
    /// `null` if CAKE shows none.
    advertiser_name: Option<&'a str>,
    /// The name that it would have, if another one did not; `null` if its name in CAKE has no letter.
    taken: Option<&'a str>,
}

/// The document.
pub fn json(view: &NamesView<'_>) -> String {
    let NamesView { names, is_written, .. } = *view;
    let AdvertiserNames {
        shown,
        added,
        completed,
        renamed,
        unnamed,
        not_shown,
        inactive,
        without_status,
        without_name,
    } = names;
    let document = NamesDocument {
        format: FORMAT,
        version: VERSION,
        written: is_written,
        shown: *shown,
        added: added.iter().map(name_document).collect(),
        completed: completed.iter().map(name_document).collect(),
        renamed: renamed.iter().map(renamed_document).collect(),
        not_shown: not_shown.iter().map(configured_document).collect(),
        inactive: inactive.iter().map(inactive_document).collect(),
        unnamed: unnamed.iter().map(unnamed_document).collect(),
        without_status,
        without_name: without_name.iter().map(configured_document).collect(),
        diagnostics: problems(view),
    };
    super::json::pretty(&document)
}

fn name_document(NameEdit { name, id, name_in_cake }: &NameEdit) -> NameDocument<'_> {
    NameDocument { name, advertiser_id: *id, advertiser_name: name_in_cake }
}

fn configured_document(ConfiguredName { name, id }: &ConfiguredName) -> ConfiguredDocument<'_> {
    ConfiguredDocument { name, advertiser_id: *id }
}

fn renamed_document(Renamed { configured: ConfiguredName { name, id }, before, now }: &Renamed) -> RenamedDocument<'_> {
    RenamedDocument { name, advertiser_id: *id, before, now }
}

fn inactive_document(advertiser: &InactiveAdvertiser) -> InactiveDocument<'_> {
    let InactiveAdvertiser { id, name, status, active_offers } = advertiser;
    InactiveDocument { name: name.as_deref(), advertiser_id: *id, status, active_offers: *active_offers }
}

fn unnamed_document(Unnamed { id, name_in_cake, reason }: &Unnamed) -> UnnamedDocument<'_> {
    let taken = match reason {
        UnnamedReason::NoLetter => None,
        UnnamedReason::Taken(name) => Some(name.as_str()),
    };
    UnnamedDocument { advertiser_id: *id, advertiser_name: name_in_cake.as_deref(), taken }
}
