//! Waivers: which breaches they let pass, and those that are needed by nothing, have expired, or name no guardrail.

use std::collections::HashSet;

use jiff::civil::Date;

use super::breach::Breach;
use super::{GuardrailInputs, rules};
use crate::config::{Guardrail, Guardrails, names_of_plan};
use crate::diagnostic::{Diagnostic, Label, Severity, closest, codes};
use crate::offer::{DesiredOffer, DesiredSet, Key, SyncSettings, Waiver};
use crate::source::Place;

/// How many days the waiver that a message shows holds.
const DAYS: i64 = 14;

/// The breaches as diagnostics, those that are waived as warnings, and what there is to say about waivers.
pub(super) fn apply(inputs: &GuardrailInputs<'_>, breaches: Vec<Breach<'_>>) -> Vec<Diagnostic> {
    let today = inputs.today().date();
    let until = today.checked_add(jiff::Span::new().days(DAYS)).unwrap_or(today);
    let mut used: HashSet<(Option<&Key>, &str)> = HashSet::new();
    let mut diagnostics = Vec::new();
    for breach in breaches {
        let (name, key) = (breach.name, breach.offer.map(|offer| &offer.key));
        let of_offer = breach.offer.and_then(|offer| offer.waivers.iter().find(|waiver| *waiver.guardrail == *name));
        let of_plan = || inputs.guardrails.waivers.iter().find(|waiver| waiver.guardrail == name);
        let waiver = match (of_offer, of_plan()) {
            (Some(waiver), _) => Some((key, waiver.until, &*waiver.reason, Label::at(waiver.place.clone()))),
            (None, Some(waiver)) => Some((None, waiver.until, &*waiver.reason, waiver.at.clone())),
            (None, None) => None,
        };
        if let Some((key, until, reason, at)) = waiver.filter(|(_, until, ..)| today <= *until) {
            used.insert((key, name));
            diagnostics.push(breach.waived(&until.to_string(), reason, at));
        } else {
            let how = how_to_waive(&breach, until);
            diagnostics.push(breach.diagnostic(&how));
        }
    }
    diagnostics.extend(idle(inputs, &used, today));
    diagnostics.extend(rules::elsewhere(inputs));
    diagnostics
}

/// The waiver to paste.
fn how_to_waive(breach: &Breach<'_>, until: Date) -> String {
    if breach.severity == Severity::Warning {
        return format!("if it is right, `sync.waive` with `guardrail: {}` says so", breach.name);
    }
    if let Some(offer) = breach.offer {
        let name = if is_plain(breach.name) { breach.name.to_owned() } else { format!("{:?}", breach.name) };
        let waiver = format!("{{guardrail: {name}, until: {until}, reason: WHY}}");
        let own = |place: &Place| place.file == offer.place.file;
        // A second `sync:` or `waive:` would be a duplicate field.
        let has_sync = offer.sync != SyncSettings::default()
            || offer.place.file.name().rsplit_once('.').is_none_or(|(stem, _)| stem != offer.key.as_str())
            || offer.allowed.iter().any(|allowed| own(&allowed.place));
        let (what, line) = match () {
            () if offer.waivers.iter().any(|waiver| own(&waiver.place)) => ("add to the offer's `sync.waive`", waiver),
            () if has_sync => ("write under `sync` in the offer", format!("waive: [{waiver}]")),
            () => ("write in the offer", format!("sync: {{waive: [{waiver}]}}")),
        };
        return format!("if it is right, let a person decide, and {what}: `{line}`");
    }
    format!(
        "if it is right, let a person decide, and write in offersync.toml:\n\n[[waivers]]\nguardrail = \"{}\"\nuntil = \"{until}\"\n\
         reason = \"WHY\"",
        breach.name
    )
}

/// Whether a name needs no quotes in YAML.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' '))
        && name.starts_with(char::is_alphabetic)
}

/// Waivers that have expired, and where the plan is about every offer, those that it does not use.
fn idle(inputs: &GuardrailInputs<'_>, used: &HashSet<(Option<&Key>, &str)>, today: Date) -> Vec<Diagnostic> {
    let expired = |what: &str, until: Date, at: Label| {
        let message = format!("the waiver of `{what}` has expired: its last day was {until}");
        Diagnostic::warning(codes::guardrail::EXPIRED_WAIVER, message)
            .label(at)
            .help("remove it, or agree on a later day")
    };
    let unused = |what: &str, at: Label| {
        let message = format!("the waiver of `{what}` is not used: nothing breaks that guardrail here");
        Diagnostic::warning(codes::guardrail::UNUSED_WAIVER, message).label(at).help("remove it")
    };
    let mut diagnostics = Vec::new();
    for waiver in &inputs.guardrails.waivers {
        if waiver.until < today {
            diagnostics.push(expired(waiver.guardrail, waiver.until, waiver.at.clone()));
        } else if inputs.is_whole && !used.contains(&(None, waiver.guardrail)) {
            diagnostics.push(unused(waiver.guardrail, waiver.at.clone()));
        }
    }
    for (offer, waiver) in own_waivers(inputs.desired) {
        let at = Label::at(waiver.place.clone());
        if waiver.until < today {
            diagnostics.push(expired(&waiver.guardrail, waiver.until, at));
        } else if inputs.is_whole && !used.contains(&(Some(&offer.key), &*waiver.guardrail)) {
            diagnostics.push(unused(&waiver.guardrail, at));
        }
    }
    diagnostics
}

/// The waivers in the offers' own files: an inherited one may be needed by another offer.
fn own_waivers(set: &DesiredSet) -> impl Iterator<Item = (&DesiredOffer, &Waiver)> {
    set.offers.iter().flat_map(|offer| {
        let own = offer.waivers.iter().filter(|waiver| waiver.place.file == offer.place.file);
        own.map(move |waiver| (offer, &**waiver))
    })
}

/// Waivers of offers that name neither a guardrail of single offers nor a rule.
pub fn unknown_waivers(set: &DesiredSet, guardrails: &Guardrails) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let waivers = set.offers.iter().flat_map(|offer| &offer.waivers);
    let unknown = waivers.filter(|waiver| !guardrails.waivable().any(|name| *name == *waiver.guardrail));
    let once = unknown.filter(|waiver| seen.insert((&waiver.place.file, waiver.place.line, waiver.place.column)));
    let problem = |waiver: &std::sync::Arc<Waiver>| {
        let name = &*waiver.guardrail;
        let is_of_plan = names_of_plan().any(|known| known == name);
        let help = match closest(name, guardrails.waivable()) {
            _ if is_of_plan => {
                "it is a limit on whole plans: write it under `[[waivers]]` in offersync.toml".to_owned()
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let names: Vec<_> = Guardrail::ALL
                    .iter()
                    .filter(|guardrail| !guardrail.is_of_plan())
                    .map(|guardrail| guardrail.name())
                    .collect();
                format!("the guardrails are {}; a rule of offersync.toml is called by its name", names.join(", "))
            }
        };
        let message = format!("`sync.waive` names `{name}`, which is no guardrail of single offers and no rule");
        Diagnostic::error(codes::offer::SYNC_SETTING, message).label(waiver.place.clone()).help(help)
    };
    once.map(problem).collect()
}
