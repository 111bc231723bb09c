//! Waivers: which breaches they let pass, and those that are needed by nothing, have expired, or name no guardrail.

use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, DateTime};

use super::breach::Breach;
use super::{GuardrailInputs, rules};
use crate::config::{FREEZE, Guardrail, Guardrails, names_of_plan};
use crate::diagnostic::{Diagnostic, Label, MOST_SUGGESTIONS, Severity, closest, codes};
use crate::offer::{DesiredOffer, DesiredSet, HasSettings, Key, REASON_TO_FILL_IN, Waiver};
use crate::source::Place;

/// How many days the waiver that a message shows holds.
const DAYS: i64 = 14;

/// What is known of waivers over all times that are judged.
#[derive(Debug, Default)]
pub(super) struct Waivers {
    /// The places of those that are used.
    used: HashSet<Place>,
    /// The last day on which an offer needs one of a guardrail and has none.
    needed: HashMap<(Key, String), Date>,
    /// The same as an earlier judgement has found it.
    last: HashMap<(Key, String), Date>,
    /// Whether one is needed at several times.
    is_needed_again: bool,
}

impl Waivers {
    /// The last day on which the offer needs a waiver, as far as is known.
    fn last_day(&mut self, key: &Key, guardrail: &str, today: Date) -> Date {
        let what = (key.clone(), guardrail.to_owned());
        let last = self.last.get(&what).copied().unwrap_or(today).max(today);
        self.is_needed_again |= self.needed.insert(what, today).is_some_and(|earlier| earlier < today);
        last
    }

    pub(super) fn mark_used(&mut self, places: impl IntoIterator<Item = Place>) {
        self.used.extend(places);
    }

    /// To judge once more with the last days, so that what is pasted of the first message lets the last step pass as well.
    pub(super) fn looking_ahead(self) -> Option<Self> {
        self.is_needed_again.then(|| Self { last: self.needed, ..Self::default() })
    }
}

/// The breaches as diagnostics, those that are waived as warnings. Adds the places of the waivers that are used.
pub(super) fn apply(
    inputs: &GuardrailInputs<'_>,
    mut breaches: Vec<Breach<'_>>,
    known: &mut Waivers,
) -> Vec<Diagnostic> {
    // As they are shown: what is pasted of the second message of an offer goes beside what is pasted of the first.
    breaches.sort_by(|a, b| a.order().cmp(&b.order()));
    let today = inputs.today().date();
    let some_days_after = |day: Date| day.checked_add(jiff::Span::new().days(DAYS)).unwrap_or(day);
    let mut told: HashSet<&Key> = HashSet::new();
    let mut diagnostics = Vec::new();
    for breach in breaches {
        let name = breach.name;
        let today = breach.day.unwrap_or(today);
        let of_offer = breach.offer.into_iter().flat_map(|offer| &offer.waivers);
        let of_offer = of_offer.filter(|waiver| *waiver.guardrail == *name);
        let of_offer = of_offer.map(|waiver| (waiver.until, &*waiver.reason, Label::at(waiver.place.clone())));
        let of_plan = inputs.guardrails.waivers.iter().filter(|waiver| waiver.guardrail == name);
        let of_plan = of_plan.map(|waiver| (waiver.until, &*waiver.reason, waiver.at.clone()));
        let mut waivers = of_offer.chain(of_plan);
        // One that ends too soon is not needed by nothing.
        known.mark_used(waivers.clone().map(|(.., at)| at.place));
        // An expired one may have been followed by another.
        if let Some((until, reason, at)) = waivers.find(|(until, ..)| today <= *until) {
            diagnostics.push(breach.waived(&until.to_string(), reason, at));
        } else {
            let key = breach.offer.filter(|_| breach.severity == Severity::Error).map(|offer| &offer.key);
            let is_second = key.is_some_and(|key| !told.insert(key));
            let last = key.map_or(today, |key| known.last_day(key, name, today));
            let how = how_to_waive(&breach, some_days_after(last), is_second);
            diagnostics.push(breach.diagnostic(&how));
        }
    }
    diagnostics
}

/// The places of the waivers that let a scheduled change of an offer go on in a freeze.
pub(super) fn of_freeze(guardrails: &Guardrails, offer: &DesiredOffer, at: DateTime) -> Vec<Place> {
    let is_frozen = guardrails.freezes.iter().any(|freeze| freeze.from <= at && at < freeze.to);
    let own = offer.waivers.iter().map(|waiver| (&*waiver.guardrail, waiver.place.clone()));
    let all = guardrails.waivers.iter().map(|waiver| (waiver.guardrail, waiver.at.place.clone()));
    own.chain(all).filter(|(guardrail, _)| is_frozen && *guardrail == FREEZE).map(|(_, place)| place).collect()
}

/// What there is to say besides the breaches: of waivers that are not among the used ones, and of rules that other offers break.
pub(super) fn rest(inputs: &GuardrailInputs<'_>, known: &Waivers) -> Vec<Diagnostic> {
    let mut diagnostics = idle(inputs, &known.used, inputs.today().date());
    diagnostics.extend(rules::elsewhere(inputs));
    diagnostics
}

/// Where a waiver goes in a list, and in settings, that are there.
const BESIDE: &str =
    " (inside its brackets, after a comma where it has an entry, or on a line of its own behind a dash)";
const BELOW: &str = " (inside its braces, after a comma where it has a setting, or on a line of its own)";

/// The waiver to paste.
fn how_to_waive(breach: &Breach<'_>, until: Date, is_second: bool) -> String {
    if breach.severity == Severity::Warning {
        return format!("if it is right, `sync.waive` with `guardrail: {}` says so", breach.name);
    }
    if let Some(offer) = breach.offer {
        if offer.waivers.iter().any(|waiver| *waiver.guardrail == *breach.name) {
            return format!("if it is right, let a person decide, and change the `until` of its waiver to {until}");
        }
        let is_known = Guardrail::ALL.iter().any(|guardrail| guardrail.name() == breach.name);
        // Rules have any name; YAML reads the escapes of JSON, and some names as other than text where they have no quotes.
        let name = if is_known { breach.name.to_owned() } else { quoted(breach.name) };
        let waiver = format!("{{guardrail: {name}, until: {until}, reason: {REASON_TO_FILL_IN}}}");
        // A second `sync:` or `waive:` would be a duplicate field.
        let (what, line, within) = match offer.has {
            HasSettings { waive, .. } if waive || is_second => ("add to the offer's `sync.waive`", waiver, BESIDE),
            HasSettings { sync: true, .. } => ("write under `sync` in the offer", format!("waive: [{waiver}]"), BELOW),
            HasSettings { .. } => ("write in the offer", format!("sync: {{waive: [{waiver}]}}"), ""),
        };
        return format!("if it is right, let a person decide, and {what}: `{line}`{within}");
    }
    format!(
        "if it is right, let a person decide, and write in offersync.toml:\n\n[[waivers]]\nguardrail = \"{}\"\nuntil = \"{until}\"\n\
         reason = \"{REASON_TO_FILL_IN}\"",
        breach.name
    )
}

/// A text in quotes, as YAML reads it, with escapes for what a message writes out because it cannot be seen.
fn quoted(text: &str) -> String {
    let escaped = |c: char| {
        // Letters that leave no mark.
        let is_blank = matches!(c, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}');
        if c.is_ascii() || c.is_alphanumeric() && !is_blank {
            c.to_string()
        } else {
            format!("\\U{:08X}", u32::from(c))
        }
    };
    serde_json::Value::from(text).to_string().chars().map(escaped).collect()
}

/// Waivers that have expired, and where the plan is about every offer, those that nothing in it uses.
fn idle(inputs: &GuardrailInputs<'_>, used: &HashSet<Place>, today: Date) -> Vec<Diagnostic> {
    let of_plan = inputs.guardrails.waivers.iter().map(|waiver| (waiver.guardrail, waiver.until, waiver.at.clone()));
    let of_offers = inputs.desired.offers.iter().flat_map(|offer| &offer.waivers);
    let of_offers = of_offers.map(|waiver| (&*waiver.guardrail, waiver.until, Label::at(waiver.place.clone())));
    let mut seen = HashSet::new();
    let mut diagnostics = Vec::new();
    // An inherited one is that of many offers, and is told once.
    for (what, until, at) in of_plan.chain(of_offers).filter(|(.., at)| seen.insert(at.place.clone())) {
        if until < today {
            let message = format!("the waiver of `{what}` has expired: its last day was {until}");
            let problem = Diagnostic::warning(codes::guardrail::EXPIRED_WAIVER, message).label(at);
            diagnostics.push(problem.help("remove it, or agree on a later day"));
        } else if inputs.is_whole && !used.contains(&at.place) {
            let message = format!("the waiver of `{what}` is not used: nothing breaks that guardrail here");
            diagnostics.push(Diagnostic::warning(codes::guardrail::UNUSED_WAIVER, message).label(at).help("remove it"));
        }
    }
    diagnostics
}

/// Waivers of offers that name neither a guardrail of single offers nor a rule.
pub fn unknown_waivers(set: &DesiredSet, guardrails: &Guardrails) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let waivers = set.offers.iter().flat_map(|offer| &offer.waivers);
    let known: HashSet<&str> = guardrails.waivable().collect();
    let unknown = waivers.filter(|waiver| !known.contains(&*waiver.guardrail));
    let once = unknown.filter(|waiver| seen.insert((&waiver.place.file, waiver.place.line, waiver.place.column)));
    let problem = |(number, waiver): (usize, &std::sync::Arc<Waiver>)| {
        let name = &*waiver.guardrail;
        let is_of_plan = names_of_plan().any(|known| known == name);
        let close = (number < MOST_SUGGESTIONS).then(|| closest(name, guardrails.waivable())).flatten();
        let help = match close {
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
    once.enumerate().map(problem).collect()
}
