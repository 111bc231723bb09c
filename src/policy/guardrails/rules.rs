//! The rules of `[[rules]]`: conditions that offers have to keep.

use std::cell::Cell;

use super::breach::Breach;
use super::{GuardrailInputs, Judged};
use crate::config::{Guardrails, Names, Rule, Written};
use crate::diagnostic::{Diagnostic, Label, MOST_SUGGESTIONS, Severity, codes};
use crate::expr::{Condition, ParseError, PatternRoom, RefusedValue, Sides, Vocabulary};
use crate::offer::{DesiredOffer, DesiredSet, Field, FieldSet, Fields, Recorded};
use crate::plan::Verb;
use crate::policy::subject::is_as_recorded;
use crate::words::count;

/// A rule whose conditions are read.
struct ReadRule<'a> {
    rule: &'a Rule,
    condition: Option<Condition>,
    require: Condition,
}

impl<'a> ReadRule<'a> {
    /// `None` if one of its conditions cannot be read, which [`unreadable_conditions`] reports.
    fn new(rule: &'a Rule, names: &Names, patterns: &PatternRoom) -> Option<Self> {
        let condition = rule.condition.as_ref().map(|written| read(written, names, patterns, |_, _, _| None).ok());
        let condition = if let Some(condition) = condition { Some(condition?) } else { None };
        Some(Self { rule, condition, require: read(&rule.require, names, patterns, |_, _, _| None).ok()? })
    }

    fn all(guardrails: &'a Guardrails, names: &Names) -> Vec<Self> {
        let patterns = PatternRoom::default();
        guardrails.rules.iter().filter_map(|rule| Self::new(rule, names, &patterns)).collect()
    }

    fn is_broken(&self, sides: Sides<'_>) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.may_hold(sides)) && !self.require.surely_holds(sides)
    }

    fn breach(&self, offer: &'a DesiredOffer) -> Breach<'a> {
        let Rule { name, severity, message, require, .. } = self.rule;
        let says = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        let field = self.require.fields().into_iter().find(|field| offer.fields.get(*field).is_some());
        let place = field.map_or_else(|| offer.place.clone(), |field| offer.place_of(field));
        Breach {
            name,
            code: codes::guardrail::RULE,
            severity: *severity,
            offer: Some(offer),
            message: format!("`{}` breaks the rule `{name}`{says}", offer.key),
            at: Some(Label::at(place)),
            limit: Some(require.at.clone().saying("the rule")),
            help: "change the offer".to_owned(),
            day: None,
        }
    }

    /// Of an offer that may break it, by what is not known of the offer.
    fn unclear(&self, offer: &'a DesiredOffer, unknown: FieldSet) -> Breach<'a> {
        let conditions = self.condition.iter().chain([&self.require]);
        let fields: FieldSet =
            conditions.flat_map(Condition::fields).filter(|field| unknown.contains(*field)).collect();
        let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        let (name, key, fields) = (&self.rule.name, &offer.key, fields.join(" and "));
        Breach {
            message: format!(
                "`{key}` may break the rule `{name}`: its {fields} is under `ignore_changes` and not known"
            ),
            help: "take the field out of `sync.ignore_changes`".to_owned(),
            ..self.breach(offer)
        }
    }
}

fn read(
    written: &Written,
    names: &Names,
    patterns: &PatternRoom,
    suggest: impl Fn(Field, &str, &str) -> Option<String>,
) -> Result<Condition, ParseError> {
    let read = |field, called: &str, text: &str| {
        let refused = |message| RefusedValue { message, help: suggest(field, called, text) };
        names.read(field, called, text).map_err(refused)
    };
    Condition::parse(&written.text, Vocabulary { read: &read, has_was: true, patterns })
}

/// The conditions of rules that cannot be read, each with its place.
pub fn unreadable_conditions(guardrails: &Guardrails, names: &Names) -> Vec<Diagnostic> {
    let (patterns, suggestions) = (PatternRoom::default(), Cell::new(0));
    let suggest = |field, called: &str, text: &str| {
        suggestions.set(suggestions.get() + 1);
        (suggestions.get() <= MOST_SUGGESTIONS).then(|| names.suggestion(field, called, text)).flatten()
    };
    let conditions = guardrails
        .rules
        .iter()
        .flat_map(|rule| rule.condition.iter().chain([&rule.require]).map(move |written| (&*rule.name, written)));
    let unreadable = |(name, written): (&str, &Written)| {
        // Of the patterns that are too large together, the first one is told.
        let was_exhausted = patterns.is_exhausted();
        let ParseError { message, help, span } = read(written, names, &patterns, suggest).err()?;
        if was_exhausted && written.text.contains("matches") {
            return None;
        }
        let label = written.label_of(&span);
        let message = format!("the condition of the rule `{name}` cannot be read: {message}");
        Some(Diagnostic { help, ..Diagnostic::error(codes::config::CONDITION, message).label(label) })
    };
    conditions.filter_map(unreadable).collect()
}

/// The rules that the offers of these actions break.
pub(super) fn judge<'a>(inputs: &GuardrailInputs<'a>, writes: &[Judged<'a>], breaches: &mut Vec<Breach<'a>>) {
    for rule in ReadRule::all(inputs.guardrails, inputs.names) {
        for judged in writes.iter().filter(|judged| judged.action.verb() != Verb::Retire) {
            let Some(offer) = judged.offer else { continue };
            let sides = Sides::new(&judged.action.context, judged.was());
            let unknown = judged.unknown();
            if rule.is_broken(sides) {
                breaches.push(rule.breach(offer));
            } else if rule.is_broken(Sides { unknown, ..sides }) {
                breaches.push(rule.unclear(offer, unknown));
            }
        }
    }
}

/// What rules of all offers need to know.
#[derive(Debug, Clone, Copy)]
pub struct RuleInputs<'a> {
    pub guardrails: &'a Guardrails,
    pub names: &'a Names,
    pub desired: &'a DesiredSet,
    /// `None` where it could not be read.
    pub recorded: Option<&'a Recorded>,
}

/// Every offer that breaks a rule, waivers aside. What CAKE has already is a warning: nothing in the repository has caused it.
pub fn broken_rules(inputs: RuleInputs<'_>) -> Vec<Diagnostic> {
    let RuleInputs { guardrails, names, desired, recorded } = inputs;
    let mut broken = Vec::new();
    for rule in ReadRule::all(guardrails, names) {
        for offer in &desired.offers {
            let was = recorded.and_then(|recorded| was_of(offer, recorded));
            if !rule.is_broken(Sides::new(&offer.fields, was)) || is_waived(offer, &rule.rule.name) {
                continue;
            }
            let mut breach = rule.breach(offer);
            if is_as_recorded(offer, recorded) {
                breach.severity = Severity::Warning;
            }
            broken.push(breach.diagnostic("or write a waiver in the offer, see `offersync explain guardrail::rule`"));
        }
    }
    broken
}

fn is_waived(offer: &DesiredOffer, rule: &str) -> bool {
    offer.waivers.iter().any(|waiver| *waiver.guardrail == *rule)
}

fn was_of<'a>(offer: &DesiredOffer, recorded: &'a Recorded) -> Option<&'a Fields> {
    recorded.record_of(offer).map(|record| &record.fields)
}

/// How many offers that the plan leaves as they are break a rule.
pub(super) fn elsewhere(inputs: &GuardrailInputs<'_>) -> Option<Diagnostic> {
    let rules = ReadRule::all(inputs.guardrails, inputs.names);
    if rules.is_empty() || !inputs.is_whole {
        return None;
    }
    let written: std::collections::BTreeSet<_> =
        inputs.actions.iter().filter(|action| action.verb().writes()).map(|action| &action.key).collect();
    let breaks = |offer: &&DesiredOffer| {
        let sides = Sides::new(&offer.fields, was_of(offer, inputs.recorded));
        !written.contains(&offer.key)
            && rules.iter().any(|rule| rule.is_broken(sides) && !is_waived(offer, &rule.rule.name))
    };
    let offers = inputs.desired.offers.iter().filter(breaks).count();
    (offers > 0).then(|| {
        let message = format!("{} that this plan leaves as they are break rules", count(offers, "offer"));
        Diagnostic::warning(codes::guardrail::ELSEWHERE, message).help("`offersync validate` shows them")
    })
}
