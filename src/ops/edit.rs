//! `edit`: the same change to many offers' YAML, exact and minimal; a plan and a review follow as for any change.

mod assignment;
mod expr;

#[cfg(test)]
mod tests;

use jiff::civil::DateTime;
use jiff::{Span, Timestamp};

use crate::desired;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{DesiredOffer, DesiredSet, Field};
use crate::plan::Selection;

use super::condition::{chosen, condition};
use super::error::Error;
use super::inputs::read_desired;
use super::overridden::Overridden;
use super::repository::Repository;
use super::rewrite::{FieldEdit, Rewrites, rewrite};

use assignment::Assignment;

/// What to change, and in which offers.
#[derive(Debug)]
pub(crate) struct EditOptions<'a> {
    pub(crate) selection: Selection,
    /// `FIELD=VALUE`, or for amounts `FIELD=+10%`.
    pub(crate) assignments: &'a [String],
    /// A condition on its values that an offer must satisfy.
    pub(crate) condition: Option<&'a str>,
    /// Decimals of computed amounts.
    pub(crate) decimals: Option<u32>,
    /// The time of the entries of `sync.schedule` to edit, in place of the offers' own fields.
    pub(crate) at: Option<&'a str>,
}

/// The edits, not written yet.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// How many offers match.
    pub(crate) offers: usize,
    pub(crate) rewrites: Rewrites,
    /// Fields among the changed ones that CAKE's API cannot change for offers that exist.
    pub(crate) create_only: Vec<Field>,
}

/// Makes the edits in memory. If one of the offers cannot get its value, none is edited.
pub(crate) fn edit(repository: &Repository, options: &EditOptions<'_>) -> Result<Edits, Error> {
    let names = &repository.settings.names;
    let condition = options.condition.map(|text| condition(text, names, false)).transpose()?;
    let mut assignments: Vec<Assignment> = Vec::new();
    for text in options.assignments {
        let assignment = Assignment::parse(text, names, options.decimals)?;
        if assignments.iter().any(|other| other.field == assignment.field) {
            return Err(Error::usage(format!("`{}` is set twice", assignment.field)));
        }
        assignments.push(assignment);
    }
    let at = options.at.map(|text| scheduled_time(repository, text, &assignments)).transpose()?;
    let mut set = read_desired(repository, false, None)?.set;
    if let Some((_, moment)) = at {
        // What is wanted until then is what the condition is about, and what amounts are relative to.
        let before = moment.checked_sub(Span::new().seconds(1)).unwrap_or(Timestamp::MIN);
        set.resolve(before, &repository.time_rules());
    }
    let offers = chosen(&set, &options.selection, condition.as_ref())?;
    let edits = edits(repository, &set, &offers, &assignments, at.map(|(time, _)| time))?;
    let rewrites = rewrite(repository, &set, &edits)?;
    let fields = assignments.iter().map(|assignment| assignment.field);
    let create_only = fields.filter(|field| field.is_create_only() && !edits.is_empty()).collect();
    Ok(Edits { offers: offers.len(), rewrites, create_only })
}

/// The time that the entries to edit have. Only what an update can change can be in them.
fn scheduled_time(
    repository: &Repository,
    text: &str,
    assignments: &[Assignment],
) -> Result<(DateTime, Timestamp), Error> {
    let mut fields = assignments.iter().map(|assignment| assignment.field);
    if let Some(field) = fields.find(|field| field.is_create_only()) {
        let can = Field::ALL.into_iter().filter(|field| !field.is_create_only()).map(Field::name);
        let message = format!("`{field}` cannot be scheduled: CAKE's API cannot change it");
        let help = Some(format!("an update can change {}", can.collect::<Vec<_>>().join(", ")));
        return Err(Error::Usage { message, help });
    }
    repository.scheduled_time(text)
}

/// What takes the place of the value that is edited, or of the new one: the offer's own value, or that of an entry.
fn overridden(repository: &Repository, edit: &FieldEdit<'_>) -> Option<Overridden> {
    let FieldEdit { offer, field, ref value, at } = *edit;
    let mut present = offer.clone();
    if at.is_none() {
        present.set_own_value(field, value.clone());
    }
    present.resolve(repository.now(), &repository.time_rules());
    match at {
        Some(at) => Overridden::of_entry(&present, field, at),
        None => Overridden::of(offer, field).or_else(|| Overridden::of(&present, field)),
    }
}

/// The values that change; fails with every offer for which there is no new value, or for which it would have no effect.
fn edits<'a>(
    repository: &Repository,
    set: &DesiredSet,
    offers: &[&'a DesiredOffer],
    assignments: &[Assignment],
    at: Option<DateTime>,
) -> Result<Vec<FieldEdit<'a>>, Error> {
    let (mut edits, mut impossible) = (Vec::new(), Vec::new());
    for (offer, assignment) in offers.iter().flat_map(|offer| assignments.iter().map(move |set| (*offer, set))) {
        let field = assignment.field;
        let present = match at {
            Some(at) => offer.scheduled(at, field).map(|scheduled| &scheduled.value),
            None => offer.fields.get(field),
        };
        match assignment.value_for(offer) {
            Ok(value) if present == Some(&value) => {}
            Ok(value) => {
                let edit = FieldEdit { offer, field, value, at };
                match overridden(repository, &edit) {
                    Some(overridden) => impossible.push(overridden.diagnostic()),
                    None => edits.push(edit),
                }
            }
            Err(reason) => impossible.push(
                Diagnostic::error(codes::process::USAGE, format!("`{field}` of `{}` {reason}", offer.key))
                    .help("nothing was changed; leave the offer out with --where or --exclude"),
            ),
        }
    }
    if impossible.is_empty() {
        return Ok(edits);
    }
    desired::quote_lines(&mut impossible, set, &repository.settings.root);
    Err(Error::NoValue(impossible))
}
